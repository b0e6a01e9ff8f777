"""What tests of answers share: a question as it is read where no gazette is indexed."""

from __future__ import annotations

from qa_bot.index.lexical import LexicalIndex
from qa_bot.retrieval.homophones import Corrector
from qa_bot.retrieval.query import Query, read_query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.regions import Regions


def read(asked: str) -> Query:
    corrector = Corrector(LexicalIndex.build(["无"]))
    return read_query(Question(question=asked), Regions([]), corrector)
