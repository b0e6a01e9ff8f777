"""A document and a clause are found by any sensible spelling of their citation."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_bot.clauses.lookup import find_clause, find_document
from qa_bot.clauses.parser import parse_text
from qa_bot.errors import NotFoundError
from qa_bot.gazette.reader import read_source

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture(scope="module")
def library():
    files = [parse_text(read_source(path), path.name) for path in sorted(CORPUS.glob("*.txt"))]
    return [d for f in files for d in f.documents], [c for f in files for c in f.clauses]


@pytest.mark.parametrize(
    ("reference", "doc_no"),
    [
        ("盘政发〔2023〕8号", "盘政发〔2023〕8号"),
        ("盘政发[2023]8号", "盘政发〔2023〕8号"),
        ("盘政发（2023） 8 号", "盘政发〔2023〕8号"),
        ("盘政发【2023】８号", "盘政发〔2023〕8号"),
        ("盘政发2023 8", "盘政发〔2023〕8号"),
        ("杭州市人民政府令〔2003〕第200号", "杭州市人民政府令〔2003〕第200号"),
        ("杭州市人民政府令第200号", "杭州市人民政府令〔2003〕第200号"),
        ("〔2012〕9号", "忻政发〔2012〕9号"),
        ("本溪市行政执法公示办法", "本政办发〔2019〕35号"),
        ("《本溪市行政执法公示办法》", "本政办发〔2019〕35号"),
        ("本溪市人民政府办公室关于印发《本溪市行政执法公示办法》的通知", "本政办发〔2019〕35号"),
        ("市场登记管理办法", None),
    ],
)
def test_a_document_is_found_by_number_or_title(library, reference, doc_no):
    assert find_document(library[0], reference).doc_no == doc_no


def test_an_unknown_document_names_the_nearest(library):
    with pytest.raises(NotFoundError, match="盘政发〔2023〕9号"):
        find_document(library[0], "盘政发〔2023〕7号")


def test_a_title_that_fits_several_documents_names_them(library):
    with pytest.raises(NotFoundError, match="多份文件"):
        find_document(library[0], "工作方案")


@pytest.mark.parametrize(
    ("document", "label", "section"),
    [
        ("盘政发〔2023〕8号", "附件2第3项", "附件2 第3项"),
        ("盘政发〔2023〕8号", "附件二 3", "附件2 第3项"),
        ("盘政发〔2023〕8号", "附件2 第三项", "附件2 第3项"),
        ("盘政发〔2023〕8号", "附件 2", "附件2"),
        ("本政办发〔2019〕33号", "第22条第2项", "第二十二条第（二）项"),
        ("本政办发〔2019〕33号", "22条2项", "第二十二条第（二）项"),
        ("本政办发〔2019〕33号", "第二十二条（二）", "第二十二条第（二）项"),
        ("本政办发〔2019〕33号", "第32条第2款", "第三十二条"),
        ("本政办发〔2019〕35号", "第二章第十八条", "第十八条"),
        ("盘政办发〔2023〕24号", "二（二）9", "二、（二）9."),
        ("盘政办发〔2023〕24号", "二、(二)9.", "二、（二）9."),
        ("盘政办发〔2023〕24号", "一、总体要求", "一、总体要求"),
        ("盘政办发〔2023〕24号", "附件三、", "附件 三、部门职责"),
        ("盘政办发〔2023〕24号", "附件名单", "附件 一、名单"),
        ("盘政办发〔2023〕24号", "引言", "引言"),
        ("城政发〔2023〕5号", "二十五", "第五章 二十五、"),
        ("城政发〔2023〕5号", "第5章25", "第五章 二十五、"),
        ("城政发〔2023〕6号", "专栏一第10项", "专栏1 第10项"),
        ("本政办发〔2018〕69号", "附件第30项", "附件 第30项"),
        ("忻政发〔2012〕9号", "严格责任追究", "五、（二）"),
    ],
)
def test_a_clause_is_found_by_its_label(library, document, label, section):
    documents, clauses = library
    own = [c for c in clauses if c.doc_no == find_document(documents, document).doc_no]

    assert find_clause(own, label).section == section


def test_an_article_in_another_chapter_is_not_found(library):
    own = [c for c in library[1] if c.doc_no == "本政办发〔2019〕35号"]

    with pytest.raises(NotFoundError, match="第十八条"):
        find_clause(own, "第三章第十八条")


def test_a_label_that_fits_several_clauses_names_them(library):
    own = [c for c in library[1] if c.doc_no == "盘政办发〔2023〕24号"]

    with pytest.raises(NotFoundError, match="多处"):
        find_clause(own, "（一）")
