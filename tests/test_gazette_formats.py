"""The same document as text, web page, Word and PDF gives the same tree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qa_bot.clauses.model import ParsedFile
from qa_bot.clauses.parser import parse_text
from qa_bot.errors import SourceError
from qa_bot.gazette.reader import SUFFIXES, read_source

DATA = Path(__file__).parent / "data"


def tree(parsed: ParsedFile) -> list[tuple[str, str, str]]:
    return [(c.section, c.kind, re.sub(r"\s", "", c.text)) for c in parsed.clauses]


def parsed(name: str) -> ParsedFile:
    return parse_text(read_source(DATA / name), name)


@pytest.mark.parametrize("name", ["notice.html", "notice.docx", "notice.pdf"])
def test_every_format_gives_the_tree_of_the_text_file(name):
    expected = parsed("notice.txt")
    found = parsed(name)

    assert [(d.doc_no, d.title, d.issuer, d.date) for d in found.documents] == [
        (d.doc_no, d.title, d.issuer, d.date) for d in expected.documents
    ]
    assert tree(found) == tree(expected)
    assert ("第二条第（三）项", "item") in [(s, k) for s, k, _ in tree(found)]


@pytest.mark.parametrize("name", ["list.html", "list.docx"])
def test_tables_become_rows_and_merged_cells_are_carried_down(name):
    rows = [c for c in parsed(name).clauses if c.kind == "table_row"]

    assert [row.section for row in rows] == ["一、 第1项", "一、 第2项"]
    assert rows[1].fields["事项名称"] == "校车标牌发放"
    assert rows[1].fields["类别"] == "公安"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_every_encoding_is_read(tmp_path, encoding, suffix):
    text = "第一条 为了规范市场登记管理，制定本办法。\n"
    file = tmp_path / f"a{suffix}"
    file.write_bytes(text.encode(encoding))

    assert read_source(file).lstrip("\ufeff") == text


def test_a_web_page_is_read_in_the_encoding_that_it_declares(tmp_path):
    file = tmp_path / "a.html"
    file.write_bytes(
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>镕基</p>'.encode(
            "gbk"
        )
    )

    assert read_source(file) == "镕基\n"


@pytest.mark.parametrize("charset", ["undefined", "hex", "no-such"])
def test_an_encoding_that_is_none_is_passed_over(tmp_path, charset):
    page = tmp_path / "a.html"
    page.write_bytes(f'<meta charset="{charset}"><p>甲市办法</p>'.encode())
    assert "甲市办法" in read_source(page)


def test_a_page_that_lies_in_a_form_is_read(tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<form><input value='x'><p>第一条 好。</p><button>搜</button></form>", "utf-8")
    assert read_source(page).strip() == "第一条 好。"


def test_scripts_and_menus_of_a_web_page_are_no_text():
    text = read_source(DATA / "notice.html")

    assert "不是条文" not in text
    assert "首页" not in text


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
@pytest.mark.parametrize(
    "data", [b"", b"not a document at all", b"PK\x03\x04broken", b"%PDF-1.7\n%%EOF"]
)
def test_a_broken_file_is_refused_in_one_sentence(tmp_path, suffix, data):
    file = tmp_path / f"broken{suffix}"
    file.write_bytes(data)

    with pytest.raises(SourceError, match="broken"):
        read_source(file)


def test_every_suffix_is_named_once():
    assert len(set(SUFFIXES)) == len(SUFFIXES) == 6
