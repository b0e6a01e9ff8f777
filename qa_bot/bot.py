"""The whole chain behind one object: open an index once, then ask as often as you like."""

from __future__ import annotations

import time

from llama_index.core.base.embeddings.base import BaseEmbedding

from qa_bot.answer.answerable import refusal
from qa_bot.answer.citing import Composed, evidence
from qa_bot.answer.extractive import ExtractiveAnswerer
from qa_bot.answer.llm import ModelAnswerer, load_model
from qa_bot.answer.model import Answer, Mode, RefusalReason
from qa_bot.answer.refusals import refusal_text, suggestions
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.errors import ModelError, QuestionError
from qa_bot.index.embedding import load_embedding
from qa_bot.index.reader import Index, open_index
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.retriever import HybridRetriever, Retrieved
from qa_bot.settings import Settings


class Bot:
    """Answers questions from one index generation; safe to use from several threads.

    ``embedding`` and ``model`` stand in for those that the settings name.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        index: Index | None = None,
        embedding: BaseEmbedding | None = None,
        model: ModelAnswerer | None = None,
    ) -> None:
        self.settings = settings
        self.index = index or open_index(settings)
        self.retriever = HybridRetriever(
            self.index, embedding or load_embedding(settings), settings.candidates
        )
        self._chooser = SentenceChooser(clause.text for clause in self.index.store.clauses)
        self._extractive = ExtractiveAnswerer(self.index.store, self._chooser)
        self._model = model or load_model(settings, self.index.store, self._chooser)

    @property
    def mode(self) -> Mode:
        """Who answers: the clauses' own words, or the language model."""
        return "llm" if self._model else "extractive"

    def ask(self, question: Question) -> Answer:
        """Answer ``question``, or refuse; raises ``QuestionError`` where it cannot be used."""
        check_question(question, self.settings)
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


def check_question(question: Question, settings: Settings) -> None:
    """Raise ``QuestionError`` where the question is empty or too long."""
    length = len(question.question)
    if not question.question.strip():
        raise QuestionError("问题为空，请输入要问的内容。(the question is empty: type one.)")
    if length > settings.max_question_chars:
        raise QuestionError(
            f"问题有 {length} 个字符，最多 {settings.max_question_chars} 个，请缩短后再问。"
            f"(the question has {length} characters, at most {settings.max_question_chars}: shorten it.)"
        )
