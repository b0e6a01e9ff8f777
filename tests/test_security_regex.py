"""A megabyte of anything takes time in proportion: parser, question, look-up, verification."""

from __future__ import annotations

import time
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from qa_bot.answer.sentences import SentenceChooser
from qa_bot.answer.statements import sentences, statements
from qa_bot.answer.verify import unsupported
from qa_bot.clauses.lookup import find_clause, find_document
from qa_bot.clauses.model import Document
from qa_bot.clauses.parser import parse_text
from qa_bot.clauses.references import fold_words, label_steps
from qa_bot.errors import NotFoundError
from qa_bot.gazette.reader import read_source
from qa_bot.index.lexical import LexicalIndex, tokenize
from qa_bot.nfkc import nfkc
from qa_bot.retrieval.facts import LOOSE, STRICT
from qa_bot.retrieval.homophones import Corrector
from qa_bot.retrieval.query import read_query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.regions import Regions

CORPUS = Path(__file__).parents[1] / "corpus"
UNITS = [
    *("第", "（一", "一、", "一", "1", " ", "\u3000", "〔", "《", "（", "；", "？", "年", "附件"),
    *("政发〔2023〕8号", "1.", "1,", "根据《", "2023", "甲，", "牵头", "条第", "**", "<", "自"),
    *("\n", "局", "市教育局\n", "[E1", "[E 1, ", "不得使用车辆", "\u0301\u0316"),
]
DOCUMENT = Document(
    file="a.txt", doc_no="甲政发〔2023〕5号", doc_no_printed=None, title="甲市人民政府关于校车的通知",
    issuer="甲市人民政府", date=date(2023, 5, 1), addressee=None, release=None, start_line=1, end_line=2,
)  # fmt: skip
REGIONS = Regions([DOCUMENT])
CORRECTOR = Corrector(LexicalIndex.build(["校车每半年检验一次。"]))
CHOOSER = SentenceChooser(["校车每半年检验一次。"])
INTENTS = frozenset({"department", "number", "date", "validity", "procedure"})


def facts(text: str) -> None:
    for kind in (*STRICT, *LOOSE):
        kind.asked.search(text)
        kind.held.search(text)


READERS = {
    "parser": lambda text: parse_text(text, "a.txt"),
    "question": lambda text: read_query(Question(question=text), REGIONS, CORRECTOR),
    "labels": label_steps,
    "reply": lambda text: [*statements(text), *sentences(text)],
    "verifier": lambda text: unsupported(text, [text]),
    "words": tokenize,
    "sentences": lambda text: CHOOSER.best("校车", INTENTS, text, 200),
    "kinds of fact": facts,
}


@pytest.mark.parametrize("reader", READERS)
def test_time_grows_with_the_length(reader):
    """Eight times the text: a quadratic reader would need 64 times the time."""
    read = READERS[reader]
    for unit in UNITS:
        seconds = []
        for length in (1_500, 12_000):
            text = (unit * length)[:length] + "终"
            started = time.process_time()
            read(text)
            seconds.append(time.process_time() - started)
        assert seconds[1] < 0.25 + 24 * seconds[0], unit


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["第", "（一", "1", "一、", " ", "〔"])
def test_a_megabyte_on_one_line_parses(unit):
    text = (unit * 1_000_000)[:1_000_000]
    started = time.process_time()
    parse_text(text, "a.txt")

    assert time.process_time() - started < 10


@pytest.mark.parametrize("unit", ["第", " ", "\n", "市教育局\n", "1"])
def test_a_megabyte_is_verified(unit):
    text = unit * (1_000_000 // len(unit.encode()))
    started = time.process_time()

    assert unsupported(text, [text]) == []
    assert time.process_time() - started < 15


@pytest.mark.parametrize("reader", [nfkc, fold_words])
def test_combining_marks_are_put_in_order_piece_by_piece(reader):
    started = time.process_time()
    reader("a" + "\u0301\u0316" * 200_000)

    assert time.process_time() - started < 15


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_gazette_is_normalised_in_pieces_as_in_one(path):
    text = read_source(path)

    assert nfkc(text) == unicodedata.normalize("NFKC", text)


def test_an_endless_reference_is_refused_at_once():
    started = time.process_time()
    for find in (find_document, find_clause):
        with pytest.raises(NotFoundError, match="过长"):
            find([], "第" * 1_000_000)

    assert time.process_time() - started < 1
