"""Makes the files of this folder from one document of the corpus (盘政办〔2023〕35号).

    python tests/data/make.py

``notice.txt`` is the document's part of the gazette with the words that page breaks cut joined,
``notice.html`` the same as a web page with a menu and a script, ``notice.docx`` by python-docx,
``notice.pdf`` by PyMuPDF's story layout (needs ``pip install pymupdf``; A4, justified, two
characters indent, page numbers). ``list.html`` and ``list.docx`` hold a small list of matters, made up in
the form of the gazette's own, with a cell merged over two rows.
"""

from __future__ import annotations

import html
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
HERE = Path(__file__).parent


def paragraphs() -> list[str]:
    """The paragraphs of the document as the parser reads them."""
    from qa_bot.clauses.parser import parse_text
    from qa_bot.gazette.reader import read_source

    parsed = parse_text(read_source(ROOT / "corpus" / "panjin-2023-11-12.txt"), "panjin")
    own = [c for c in parsed.clauses if c.doc_no == "盘政办〔2023〕35号"]
    return [line for clause in own for line in clause.text.split("\n")]


TABLE = [
    ["类别", "序号", "事项名称", "事项类型", "实施主体"],
    ["公安", "1", "校车驾驶资格许可", "行政许可", "市公安局"],
    ["", "2", "校车标牌发放", "行政许可", "市公安局"],
]


def make_html(lines: list[str]) -> None:
    body = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)
    (HERE / "notice.html").write_text(
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>公报</title>'
        "<script>document.write('第一条 不是条文')</script></head><body>"
        f"<nav><a href='/'>首页</a></nav><div class='content'>\n{body}\n</div></body></html>\n",
        "utf-8",
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{' rowspan=2' if cell == '公安' else ''}>{cell}</td>" for cell in row if cell
        )
        + "</tr>\n"
        for row in TABLE
    )
    (HERE / "list.html").write_text(
        "<html><body><p>盘锦市新增事项清单的通知</p><p>一、清单如下：</p>"
        f"<table>\n{rows}</table></body></html>\n",
        "utf-8",
    )


def make_docx(lines: list[str]) -> None:
    from docx import Document

    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(HERE / "notice.docx"))
    document = Document()
    document.add_paragraph("盘锦市新增事项清单的通知")
    document.add_paragraph("一、清单如下：")
    table = document.add_table(rows=0, cols=5)
    for row in TABLE:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "公安"
    document.save(str(HERE / "list.docx"))


def make_pdf(lines: list[str]) -> None:
    import pymupdf

    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    story = pymupdf.Story(
        f"<body>{body}</body>",
        user_css="body {font-family: sans-serif; font-size: 14px} p {text-indent: 28px; margin: 4px 0}",
    )
    writer = pymupdf.DocumentWriter(str(HERE / "notice.pdf"))
    page, number, more = pymupdf.paper_rect("a4"), 0, 1
    while more:
        number += 1
        device = writer.begin_page(page)
        more, _ = story.place(pymupdf.Rect(70, 70, page.x1 - 70, page.y1 - 90))
        story.draw(device)
        footer = pymupdf.Story(f"<p style='text-align: center'>— {number} —</p>")
        footer.place(pymupdf.Rect(70, page.y1 - 70, page.x1 - 70, page.y1 - 30))
        footer.draw(device)
        writer.end_page()
    writer.close()
    made = pymupdf.open(str(HERE / "notice.pdf"))
    made.subset_fonts()
    made.save(str(HERE / "small.pdf"), garbage=4, deflate=True)
    made.close()
    (HERE / "small.pdf").replace(HERE / "notice.pdf")


def main() -> None:
    lines = paragraphs()
    (HERE / "notice.txt").write_text("\n".join(lines) + "\n", "utf-8")
    make_html(lines)
    make_docx(lines)
    make_pdf(lines)


if __name__ == "__main__":
    main()
