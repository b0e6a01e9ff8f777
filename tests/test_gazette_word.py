"""Word files: automatic numbers, content controls, tracked changes, merged cells."""

from __future__ import annotations

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from qa_bot.gazette.reader import read_source

LEVEL = (
    '<w:lvl w:ilvl="{0}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '{2}<w:lvlText w:val="{1}"/></w:lvl>'
)


def element(xml: str):
    """The element that ``xml`` describes, in Word's name space."""
    return parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1))


def number_properties(number: int, level: int | None = None) -> str:
    depth = "" if level is None else f'<w:ilvl w:val="{level}"/>'
    return f'<w:numPr>{depth}<w:numId w:val="{number}"/></w:numPr>'


class Word:
    """A Word document in the making, with lists of its own."""

    def __init__(self) -> None:
        self.document = Document()

    def list_of(self, levels: str, *numbers: str) -> None:
        """An abstract list of these levels; ``numbers`` are what its lists 90, 91, … override."""
        part = self.document.part.numbering_part.element
        part.append(element(f'<w:abstractNum w:abstractNumId="90">{levels}</w:abstractNum>'))
        for n, overrides in enumerate(numbers, 90):
            part.append(
                element(f'<w:num w:numId="{n}"><w:abstractNumId w:val="90"/>{overrides}</w:num>')
            )

    def style(self, name: str, properties: str = "", base: str = "Normal") -> None:
        style = self.document.styles.add_style(name, 1)
        style.base_style = self.document.styles[base]
        if properties:
            style.element.get_or_add_pPr().append(element(properties))

    def add(self, words: str, properties: str = "", style: str = "Normal") -> None:
        paragraph = self.document.add_paragraph(words, style=style)
        if properties:
            paragraph._p.get_or_add_pPr().append(element(properties))

    def body(self, xml: str) -> None:
        self.document.element.body.insert(0, element(xml))

    def text(self, folder) -> str:
        file = folder / "a.docx"
        self.document.save(str(file))
        return read_source(file)


def cell(words: str, merge: str = "") -> str:
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return f"<w:tc><w:tcPr>{merged}</w:tcPr><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>"


def controlled(xml: str) -> str:
    return f"<w:sdt><w:sdtContent>{xml}</w:sdtContent></w:sdt>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def test_automatic_numbers_are_written_out(tmp_path):
    word = Word()
    word.list_of(LEVEL.format(0, "%1、", ""), "")
    for words in ("总体要求", "主要任务"):
        word.add(words, number_properties(90, 0))

    assert word.text(tmp_path) == "一、总体要求\n二、主要任务\n"


def test_a_style_numbers_its_paragraphs_and_those_of_styles_based_on_it(tmp_path):
    word = Word()
    word.list_of(
        LEVEL.format(0, "第%1章", '<w:pStyle w:val="Chapter"/>')
        + LEVEL.format(1, "第%2条", '<w:lvlRestart w:val="0"/><w:pStyle w:val="Article"/>'),
        "",
    )
    word.style("Chapter", number_properties(90))
    word.style("Article", number_properties(90))
    word.style("Article Indented", base="Article")
    word.add("总则", style="Chapter")
    word.add("为了规范管理，制定本办法。", style="Article")
    word.add("本市适用本办法。", style="Article Indented")
    word.add("附则", style="Chapter")
    word.add("修改本办法，由市政府决定。", style="Article")
    word.add("没有编号。", '<w:numPr><w:numId w:val="0"/></w:numPr>', style="Article")

    assert word.text(tmp_path).splitlines() == [
        "第一章 总则",
        "第一条 为了规范管理，制定本办法。",
        "第二条 本市适用本办法。",
        "第二章 附则",
        "第三条 修改本办法，由市政府决定。",
        "没有编号。",
    ]


def test_lists_of_one_abstract_list_count_on_unless_they_start_anew(tmp_path):
    word = Word()
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    word.list_of(LEVEL.format(0, "%1、", ""), "", "", anew)
    for words, number in (("甲", 90), ("乙", 91), ("丙", 92), ("丁", 92)):
        word.add(words, number_properties(number, 0))

    assert word.text(tmp_path).split() == ["一、甲", "二、乙", "一、丙", "二、丁"]


def test_more_than_ninety_nine_articles_are_numbered_in_chinese(tmp_path):
    word = Word()
    word.list_of(LEVEL.format(0, "第%1条", ""), "")
    for _ in range(211):
        word.add("甲", number_properties(90, 0))
    lines = word.text(tmp_path).splitlines()

    assert [lines[n - 1].split()[0] for n in (10, 19, 100, 101, 110, 211)] == [
        "第十条",
        "第十九条",
        "第一百条",
        "第一百零一条",
        "第一百一十条",
        "第二百一十一条",
    ]


def test_rows_and_cells_within_content_controls_are_read(tmp_path):
    word = Word()
    inner = table(f"<w:tr>{cell('内层')}</w:tr>")
    word.body(
        table(
            f"<w:tr>{cell('事项')}{cell('主体')}</w:tr>",
            controlled(f"<w:tr>{cell('甲许可')}{controlled(cell('市公安局'))}</w:tr>"),
            f"<w:tr>{cell('乙许可')}<w:tc>{inner}<w:p/></w:tc></w:tr>",
        )
    )

    assert word.text(tmp_path) == "事项\t主体\n甲许可\t市公安局\n乙许可\t内层\n"


def test_what_was_moved_away_is_not_read(tmp_path):
    word = Word()
    word.body(
        "<w:p><w:r><w:t>第一条</w:t></w:r><w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t> 移来</w:t></w:r></w:moveTo></w:p>"
    )

    assert word.text(tmp_path) == "第一条 移来\n"


def test_a_cell_merged_downwards_stands_in_each_of_its_rows(tmp_path):
    word = Word()
    word.body(
        table(
            f"<w:tr>{cell('事项')}{cell('主体')}</w:tr>",
            f"<w:tr>{cell('甲许可')}{cell('市公安局', 'restart')}</w:tr>",
            f"<w:tr>{cell('乙许可')}{cell('', 'continue')}</w:tr>",
            f"<w:tr>{cell('丙许可')}{cell('')}</w:tr>",
        )
    )

    assert word.text(tmp_path).splitlines()[1:] == [
        "甲许可\t市公安局",
        "乙许可\t市公安局",
        "丙许可\t",
    ]
