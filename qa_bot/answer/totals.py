"""How much a document holds in all: the rows of its tables, its articles, counted by their numbers.

``盘政发〔2023〕9号一共多少项？``, ``本溪市行政执法公示办法有几条？`` What the document itself says of it is
quoted first. Only numbers that run from 1 without gaps are counted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence

from qa_bot.answer.remits import shortens
from qa_bot.answer.rows import deciding_run, row_name
from qa_bot.answer.sentences import opening_run
from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause, Document
from qa_bot.clauses.numerals import NUMERAL, numeral_value
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.doc_numbers import without_numbers
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.sections import labelled, without_labels

_ASKS = re.compile(
    r"(?:多少|(?<![那这前头后好第哪十])几)\s*(?:(?P<rows>项|[个件]\s*(?=事项))|(?P<articles>条))|"
    r"how many (?:(?P<items>items|matters|rows)|articles)\b",
    re.IGNORECASE,
)
# What is left of the question without these words and the name of the document asks for something else.
_GENERAL = re.compile(
    r"《.*?》|一共|总共|合计|共计|总计|到底|究竟|请问|全文|全部|附件|附表|清单|文件|事项|条款|条文|"
    r"里面|包括|包含|列[出了]|规定|[这该][个份]|[共总有是含列里中内上了的吗呢呀啊表分]|"
    r"\b(?:articles?|does|do|are|there|is|in|the|of|have|has|contain|altogether|annex|attachment)\b|[\W\d]",
    re.IGNORECASE,
)
_LEAST_NAME = 6
_SCOPES = ("附件", "专栏")
# The number of a row, of an article, of an item of a text that numbers them through its chapters.
_ROW = re.compile(r"^(?P<scope>.*)第(?P<n>\d+)项$")
_ARTICLE = re.compile(
    rf"^(?P<scope>.*?)(?:第{NUMERAL}[章节]\s*)*第(?P<n>{NUMERAL})条(?P<sub>之.+)?$"
)
_POINT = re.compile(rf"^(?P<scope>.*?)第{NUMERAL}章 (?P<n>{NUMERAL})、$")
_STATED = rf"(?<![第\d])(?P<n>\d+|{NUMERAL})"
_SENTENCE = re.compile(r"[^。；;\n]+[。；;]?")
_SAYS_ITSELF = {"标题", "引言", "正文"}
_QUOTED = 120
_UNITS = {"zh": {"项": "项", "条": "条"}, "en": {"项": "rows", "条": "articles"}}
_TEXTS = {
    "zh": "{name}共{count}{unit}（由系统按已收录文本中的编号清点）",
    "en": "{name}: {count} {unit}, counted by the bot, by their numbers in the indexed text",
}


def total(query: Query, store: ClauseStore) -> list[Statement] | None:
    """How many rows or articles the document has that ``query`` names, or the attachment that it
    names too, with the last of each run cited; [] where that cannot be told, None where no such
    total is asked for."""
    asks = _ASKS.search(query.question)
    document = _meant(query, asks, store) if asks else None
    if not asks or not document:
        return None
    unit = "项" if asks["rows"] or asks["items"] else "条"
    clauses = store.clauses_of(document)
    runs = _runs(clauses, unit)
    if query.labels:
        scopes = {one.section for label in query.labels for one in labelled(label, clauses)}
        runs = {scope: run for scope, run in runs.items() if scope in scopes}
        if not runs:
            return []
    counts = {len(run) for run in runs.values()}
    said = [_said(query, document, scope, run, unit) for scope, run in runs.items()]
    return [*_stated(clauses, unit, counts), *said]


def asks_total(query: Query) -> bool:
    """Is it asked how many rows or articles something has?"""
    return bool(_ASKS.search(query.question))


def _meant(query: Query, asks: re.Match[str], store: ClauseStore) -> Document | None:
    """The one document of which nothing else is asked: the rest of the question is no more than its
    number, the name of a section, and words of its title in their order."""
    if not all(label.startswith(_SCOPES) for label in query.labels):
        return None
    rest = f"{query.question[: asks.start()]} {query.question[asks.end() :]}"
    words = _GENERAL.sub(" ", without_labels(without_numbers(rest))).split()
    documents = [document for document in store.documents if query.names(document)]
    if not (documents or query.doc_numbers or query.titles) and sum(map(len, words)) >= _LEAST_NAME:
        documents = list(store.documents)
    meant = [one for one in documents if all(shortens(word, one.title) for word in words)]
    return meant[0] if len(meant) == 1 else None


def _runs(clauses: Sequence[Clause], unit: str) -> dict[str, list[Clause]]:
    """The rows of each table or the articles of each text, under the attachment or box that they
    stand in; without those whose numbers have gaps."""
    kind, pattern = ("table_row", _ROW) if unit == "项" else ("article", _ARTICLE)
    if unit == "条" and not any(clause.kind == "article" for clause in clauses):
        kind, pattern = "item", _POINT
    runs: dict[str, list[Clause]] = defaultdict(list)
    numbers: dict[str, list[int]] = defaultdict(list)
    for clause in clauses:
        if clause.kind == kind and (match := pattern.match(clause.section)):
            scope = match["scope"].strip()
            runs[scope].append(clause)
            if not match.groupdict().get("sub"):
                numbers[scope].append(numeral_value(match["n"]) or 0)
    return {
        scope: run
        for scope, run in runs.items()
        if numbers[scope] == [*range(1, len(numbers[scope]) + 1)]
    }


def _said(
    query: Query, document: Document, scope: str, run: Sequence[Clause], unit: str
) -> Statement:
    last = run[-1]
    lead = _TEXTS[query.language].format(
        name=f"{document.reference}{scope}", count=len(run), unit=_UNITS[query.language][unit]
    )
    if last.fields:
        return Statement(row_name(last), last, deciding_run(last), lead)
    quote = opening_run(last.text, _QUOTED)
    return Statement(quote, last, quote, lead)


def _stated(clauses: Sequence[Clause], unit: str, counts: Collection[int]) -> list[Statement]:
    """The sentence in which the document itself states a number of such things: one of ``counts``
    if there is such a sentence, else the first."""
    number = re.compile(rf"{_STATED}[余多]?{unit}")
    found = [
        (Statement(sentence, clause, sentence), {numeral_value(n["n"]) for n in numbers})
        for clause in clauses
        if clause.section in _SAYS_ITSELF
        for sentence in map(str.strip, _SENTENCE.findall(clause.text))
        if (numbers := [*number.finditer(sentence)])
    ]
    agreeing = [statement for statement, stated in found if stated & set(counts)]
    return agreeing or [statement for statement, _ in found[:1]]
