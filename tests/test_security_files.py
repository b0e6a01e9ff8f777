"""Hostile Word and PDF files and web pages: bombs, macros, nesting. One sentence, or only text."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from qa_bot.errors import SourceError
from qa_bot.gazette import apart
from qa_bot.gazette import docx as word
from qa_bot.gazette import pdf as portable
from qa_bot.gazette.html import html_text
from qa_bot.gazette.reader import read_source, text_of
from qa_bot.index.ingest import ingest
from qa_bot.settings import Settings

CONTENT = '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_parts(base: bytes, **parts: str | bytes) -> bytes:
    """The .docx ``base`` with these parts (``__`` for ``/``, ``_xml`` for ``.xml``) put in."""
    names = {name.replace("__", "/").replace("_xml", ".xml"): data for name, data in parts.items()}
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename not in names:
                new.writestr(info, old.read(info))
        for name, data in names.items():
            new.writestr(name, data)
    return packed.getvalue()


def pdf(content: bytes, kids: int = 1, packed: bool = True) -> bytes:
    """A PDF whose pages all show ``content``."""
    stream = zlib.compress(content) if packed else content
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>"
        % (kids, b" ".join(b"%d 0 R" % (5 + n) for n in range(kids))),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d%s>>stream\n%s\nendstream"
        % (len(stream), b"/Filter/FlateDecode" if packed else b"", stream),
        *[
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F 3 0 R>>>>>>"
        ]
        * kids,
    ]
    written, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, len(written))
    )


def refused(data: bytes, suffix: str) -> str:
    with pytest.raises(SourceError) as caught:
        text_of(data, suffix, "来件" + suffix)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "part", ["word__document_xml", "word__media__image1.png"], ids=["xml", "picture"]
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(part):
    bomb = with_parts(saved(Document()), **{part: b"0" * 210_000_000})
    assert len(bomb) < 1_000_000
    started = time.process_time()

    assert "过大" in refused(bomb, ".docx")
    assert time.process_time() - started < 5


def test_a_word_file_with_too_many_parts_is_refused():
    many = {f"word__media__{n}": b"" for n in range(word.MAX_PARTS)}

    assert "过大" in refused(with_parts(saved(Document()), **many), ".docx")


def test_a_zip_that_lies_about_its_sizes_is_refused():
    honest = with_parts(saved(Document()), word__document_xml=b"0" * 3_000_000)
    lying = honest.replace((3_000_000).to_bytes(4, "little"), (300).to_bytes(4, "little"))
    assert lying != honest

    assert "Word" in refused(lying, ".docx")


def test_entities_are_not_expanded_and_no_file_is_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret", encoding="utf-8")
    head = (
        f'<!DOCTYPE d [<!ENTITY s SYSTEM "{secret.as_uri()}"><!ENTITY a "{"甲" * 100}">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 100}">' for a, b in ("ab", "bc", "cd", "de"))
        + "]>"
    )
    body = CONTENT.format("<w:p><w:r><w:t>第一条 &s;&e;</w:t></w:r></w:p>")
    hostile = with_parts(saved(Document()), word__document_xml=body.replace("?>", f"?>{head}", 1))
    try:
        text = text_of(hostile, ".docx", "a.docx")
    except SourceError:
        return
    assert "secret" not in text
    assert len(text) < 1000


def test_macros_and_embedded_objects_are_never_read(tmp_path):
    document = Document()
    document.add_paragraph("第一条 为了规范管理，制定本办法。")
    macro = b'Sub AutoOpen()\nShell "calc"\nEnd Sub'
    data = with_parts(
        saved(document), word__vbaProject_bin=macro, word__embeddings__oleObject1_bin=macro
    )

    assert text_of(data, ".docx", "a.docx") == "第一条 为了规范管理，制定本办法。\n"


def test_a_cell_that_spans_a_billion_columns_and_a_deep_heading_stay_small():
    document = Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "事项"
    properties = table.cell(0, 0)._tc.get_or_add_tcPr()
    properties.append(parse_xml(f'<w:gridSpan {nsdecls("w")} w:val="2000000000"/>'))
    style = document.styles.add_style("Heading 999999999999", 1)
    document.add_paragraph("标题", style=style)

    assert len(text_of(saved(document), ".docx", "a.docx")) < 500


def test_cells_merged_over_thousands_of_rows_are_read():
    row = '<w:tr><w:tc><w:tcPr><w:vMerge w:val="{}"/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr>'
    rows = row.format("restart") + row.format("continue") * 3000
    table = f"<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>"
    data = with_parts(saved(Document()), word__document_xml=CONTENT.format(table))

    assert text_of(data, ".docx", "a.docx") == "甲\t乙\n" * 3001


def test_a_long_cell_merged_over_many_rows_does_not_multiply():
    cell = '<w:tr><w:tc><w:tcPr><w:vMerge w:val="{}"/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>'
    rows = cell.format("restart", "甲" * 1_000_000) + cell.format("continue", "") * 100
    body = CONTENT.format(f"<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>")

    assert "过多" in refused(with_parts(saved(Document()), word__document_xml=body), ".docx")


def test_inserted_words_content_controls_and_nested_tables_are_not_lost():
    text = "<w:r><w:t>{}</w:t></w:r>".format
    inner = (
        f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:p>{text('内层')}</w:p></w:tc></w:tr></w:tbl>"
    )
    body = (
        f"<w:p>{text('第一条')}<w:ins>{text(' 新增')}</w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{text('第二条 控件')}</w:p></w:sdtContent></w:sdt>"
        f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:p>{text('外层')}</w:p>{inner}</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    )
    data = with_parts(saved(Document()), word__document_xml=CONTENT.format(body))

    assert text_of(data, ".docx", "a.docx") == (
        "第一条 新增\n第二条 控件\n<p>外层</p><p>内层</p>\t\n"
    )


@pytest.mark.parametrize(
    "body",
    ["<w:p>" * 5000, "<w:p>" * 300 + "</w:p>" * 300, "<w:p><w:r><w:t>a</w:r></w:p>", "\x00"],
    ids=["open", "deep", "crossed", "control"],
)
def test_broken_xml_is_refused(body):
    assert "Word" in refused(
        with_parts(saved(Document()), word__document_xml=CONTENT.format(body)), ".docx"
    )


def test_a_pdf_whose_page_unpacks_beyond_the_memory_is_stopped(monkeypatch):
    monkeypatch.setattr(apart, "MAX_MEMORY", 400_000_000)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b" " * 50_000_000) for _ in range(8)) + packer.flush()
    bomb = pdf(packed, packed=False).replace(b"<</Length", b"<</Filter/FlateDecode/Length", 1)
    assert len(bomb) < 10_000_000

    refused(bomb, ".pdf")


def test_a_pdf_that_keeps_the_processor_busy_is_stopped(monkeypatch):
    monkeypatch.setattr(apart, "MAX_SECONDS", 1)
    endless = pdf(
        b"BT /F 9 Tf 9 9 Td " + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 200_000 + b"ET"
    )

    assert "中止" in refused(endless, ".pdf")


def test_a_pdf_with_too_many_pages_is_refused():
    assert "页数过多" in refused(pdf(b"", kids=portable.MAX_PAGES + 1), ".pdf")


def test_a_pdf_that_holds_scripts_and_links_gives_its_text_only():
    page = pdf(b"BT /F 12 Tf 50 700 Td (Article one) Tj ET")
    hostile = page.replace(
        b"/Pages 2 0 R", b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>/Pages 2 0 R", 1
    )

    assert text_of(hostile, ".pdf", "a.pdf").strip() == "Article one"


def test_no_secret_reaches_the_process_that_reads_foreign_files(monkeypatch):
    seen = {}

    def noted(command, **options):
        seen.update(options["env"])
        raise SourceError("stop")

    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setattr(apart.subprocess, "run", noted)
    with pytest.raises(SourceError):
        text_of(b"", ".pdf", "a.pdf")

    assert "PYTHONPATH" in seen
    assert "sk-secret" not in seen.values()


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>" * 1500 + "第一条 甲" + "</td></tr></table>" * 1500,
        "<div>" * 1900 + "第一条 甲",
        "<p>" * 50_000 + "第一条 甲",
        f"<table><tr><td colspan={'9' * 6000}>第一条 甲<td rowspan=99999999>乙</table>",
        "<table>" + "<tr><td rowspan=99999 colspan=99999>第一条 甲" * 300,
    ],
    ids=["tables", "blocks", "paragraphs", "long span", "wide spans"],
)
def test_a_web_page_nested_or_spanned_beyond_reason_is_read(page):
    started = time.process_time()

    assert "第一条 甲" in html_text(page)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<table><tr><td>", "<ul><li>"])
def test_a_web_page_nested_too_deep_is_refused_at_once(tag):
    started = time.process_time()

    assert "嵌套过深" in refused((tag * 50_000).encode(), ".html")
    assert time.process_time() - started < 2


def test_one_hostile_file_does_not_stop_an_ingest(tmp_path: Path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "bomb.docx").write_bytes(
        with_parts(saved(Document()), word__document_xml=b"0" * 51_000_000)
    )
    (folder / "good.txt").write_text("甲市管理办法\n第一条 甲乙丙。\n第二条 丁戊己。\n", "utf-8")

    report = ingest([folder], Settings(_env_file=None, index_dir=tmp_path / "index"))

    assert report.added == ("good.txt",) or list(report.added) == ["good.txt"]
    assert [("过大" in problem.message) for problem in report.problems] == [True]


def test_a_file_larger_than_allowed_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("qa_bot.gazette.reader.MAX_BYTES", 10)
    file = tmp_path / "a.txt"
    file.write_text("第一条 甲乙丙丁戊己庚辛。", "utf-8")

    with pytest.raises(SourceError, match="拆分"):
        read_source(file)
