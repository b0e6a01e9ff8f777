"""Retrieval and answering over one generation of the index."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from llama_index.core.base.embeddings.base import BaseEmbedding

from qa_bot.answer.answerable import refusal
from qa_bot.answer.citing import Composed, evidence
from qa_bot.answer.extractive import ExtractiveAnswerer
from qa_bot.answer.llm import ModelAnswerer
from qa_bot.answer.model import Answer, Mode, Partial, RefusalReason
from qa_bot.answer.refusals import refusal_text, suggestions
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.errors import ModelError
from qa_bot.index.reader import Index
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.retriever import HybridRetriever, Retrieved
from qa_bot.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


class Chain:
    """Question → clauses → answer, over one index; safe to use from several threads."""

    def __init__(
        self, settings: Settings, index: Index, embedding: BaseEmbedding, llm: LLM | None
    ) -> None:
        self.index = index
        self.retriever = HybridRetriever(index, embedding, settings.candidates)
        self._chooser = SentenceChooser(clause.text for clause in index.store.clauses)
        self._extractive = ExtractiveAnswerer(index.store, self._chooser)
        self._model = ModelAnswerer(llm, settings, index.store, self._chooser) if llm else None

    def stream(self, question: Question) -> Iterator[Partial | Answer]:
        """What is written and verified so far, as it comes, and last the answer."""
        yield self._ask(question)

    def _ask(self, question: Question) -> Answer:
        started = time.perf_counter()
        found = self.retriever.search(question)
        composing = time.perf_counter()
        reason = refusal(found.query, found.hits, self.index.store, self._chooser)
        answer = self._refuse(question, found, reason) if reason else self._answer(question, found)
        now = time.perf_counter()
        timings = found.timings_ms | {
            "answer": 1000 * (now - composing),
            "total": 1000 * (now - started),
        }
        rounded = {stage: round(value, 1) for stage, value in timings.items()}
        return answer.model_copy(update={"timings_ms": rounded})

    def _answer(self, question: Question, found: Retrieved) -> Answer:
        notes: tuple[str, ...] = ()
        if self._model:
            try:
                composed = self._model.compose(found.query, found.hits)
                return self._as_answer(question, found, "llm", composed, composed.notes)
            except ModelError as error:
                notes = (str(error),)
        composed = self._extractive.compose(found.query, found.hits)
        return self._as_answer(question, found, "extractive", composed, notes)

    @staticmethod
    def _as_answer(
        question: Question,
        found: Retrieved,
        mode: Mode,
        composed: Composed,
        notes: tuple[str, ...] = (),
    ) -> Answer:
        return Answer(
            id=question.id,
            question=question.question,
            answer=composed.text,
            refused=False,
            mode=mode,
            citations=composed.citations,
            candidates=tuple(map(evidence, found.hits)),
            notes=notes,
        )

    def _refuse(self, question: Question, found: Retrieved, reason: RefusalReason) -> Answer:
        near = suggestions(found.hits)
        return Answer(
            id=question.id,
            question=question.question,
            answer=refusal_text(reason, found.query.language, self.index.store.documents),
            refused=True,
            reason=reason,
            mode="extractive",
            candidates=tuple(map(evidence, found.hits)),
            suggestions=near if reason != "out_of_scope" else (),
        )
