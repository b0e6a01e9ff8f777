"""Retrieval and answering over one generation of the index."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from llama_index.core.base.embeddings.base import BaseEmbedding

from qa_bot.answer.answerable import (
    Verdict,
    judge,
    less_likely,
    missing_section,
    unknown_document,
    unstated,
)
from qa_bot.answer.citing import Composed, evidence
from qa_bot.answer.condense import Condenser
from qa_bot.answer.endpoint import Endpoint, NoModelAnswer
from qa_bot.answer.extractive import ExtractiveAnswerer
from qa_bot.answer.llm import ModelAnswerer
from qa_bot.answer.model import Answer, Mode, Partial, RefusalReason, Usage
from qa_bot.answer.parts import asking, without
from qa_bot.answer.prompts import load_prompts
from qa_bot.answer.refusals import missing_text, quoted_text, refusal_text, suggestions
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.index.reader import Index
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.question import Question, Turn
from qa_bot.retrieval.retriever import HybridRetriever, Retrieved
from qa_bot.settings import Settings

# So likely must an answer be to a follow-up of which the documents know nothing by itself, and to
# what is left of a question of which they do not state a part.
_LIKELY = 0.4
# So many times higher must the odds of an answer be for a question to be taken by itself that may be
# a follow-up.
_CLEARLY = math.e


class Chain:
    """Question → clauses → answer, over one index; safe to use from several threads."""

    def __init__(
        self, settings: Settings, index: Index, embedding: BaseEmbedding, model: Endpoint | None
    ) -> None:
        self.index = index
        self.retriever = HybridRetriever(index, embedding, settings.candidates)
        self._chooser = SentenceChooser(clause.text for clause in index.store.clauses)
        self._extractive = ExtractiveAnswerer(
            index.store,
            self._chooser,
            self.retriever.rank,
            lambda: settings.today or date.today(),
        )
        self._model = self._condenser = None
        if model:
            prompts = load_prompts(settings.prompts_dir)
            self._condenser = Condenser(model, prompts, settings.max_question_chars)
            self._model = ModelAnswerer(
                model, prompts, index.store, self._chooser, settings.evidence_tokens
            )

    def stream(self, question: Question) -> Iterator[Partial | Answer]:
        """What is written and verified so far, as it comes, and last the answer.

        The answer may be another than what came before it: where a model breaks off, or too
        little of what it says can be verified, it is the extractive one.
        """
        started = time.perf_counter()
        standalone, usage, failure = self._complete(question)
        completed = time.perf_counter()
        asked = self.retriever.understand(standalone)
        standalone, found, verdict = self._find_what_is_there(standalone)
        composing = time.perf_counter()
        if verdict.reason:
            answer = self._refuse(question, found, verdict.reason)
        else:
            composed = None
            if self._model and not failure:
                outcome = yield from self._model.stream(found.query, found.hits)
                composed, failure = outcome.composed, outcome.failure
                usage = _sum(usage, outcome.usage)
            answer = self._as_answer(
                question,
                found,
                "llm" if composed else "extractive",
                composed or self._extractive.compose(standalone, found),
                failure,
            )
            missing = self._missing(answer, asked)
            if missing and len(missing) == len(asking(asked)):
                verdict = Verdict(0.0, "not_answerable")
                answer = self._refuse(question, found, "not_answerable")
            else:
                notes = (
                    *answer.notes,
                    *missing_text(missing, asked.language),
                    *quoted_text(found.query, self.index.store),
                )
                answer = answer.model_copy(update={"notes": notes})
        now = time.perf_counter()
        timings = found.timings_ms | {
            "judge": 1000 * (composing - completed) - sum(found.timings_ms.values()),
            "answer": 1000 * (now - composing),
            "total": 1000 * (now - started),
        }
        if self._condenser and question.history:
            timings["condense"] = 1000 * (completed - started)
        rounded = {stage: round(value, 1) for stage, value in timings.items()}
        yield answer.model_copy(
            update={"timings_ms": rounded, "usage": usage, "answerability": verdict.answerability}
        )

    def _complete(self, question: Question) -> tuple[Question, Usage, NoModelAnswer | None]:
        """A follow-up made complete by the model, if there is one; with the failure where there was
        one, for then there is no use in asking it again."""
        if not (self._condenser and question.history):
            return question, Usage(), None
        if not self.retriever.understand(question).follow_up:
            return question, Usage(), None
        try:
            standalone, usage = self._condenser.complete(question)
        except NoModelAnswer as failure:
            return question, Usage(), failure
        leans_still = self.retriever.understand(standalone).dangling
        return question if leans_still else standalone, usage, None

    def _find_what_is_there(self, question: Question) -> tuple[Question, Retrieved, Verdict]:
        """Like ``_find``; where a part of the question is all that is refused, without that part."""
        whole = _, found, verdict = self._find(question)
        if not 0 < len(verdict.unstated) < len(asking(found.query)):
            return whole
        words, before = without(found.query, verdict.unstated)
        history = question.history or ((Turn(question=before),) if before else ())
        rest = question.model_copy(update={"question": words, "history": history})
        part = _, found, verdict = self._find_what_is_there(rest)
        likely = verdict.answerability >= _LIKELY or self._extractive.of_document(
            found.query, found.hits
        )
        return part if likely and not verdict.reason else whole

    def _missing(self, answer: Answer, asked: Query) -> tuple[str, ...]:
        """What is asked that nothing cited in the answer holds."""
        store = self.index.store
        cited = [store.clause(citation.clause_id) for citation in answer.citations]
        return unstated(asked, cited, store)

    def _find(self, question: Question) -> tuple[Question, Retrieved, Verdict]:
        """The question as it is best understood, what is found for it, and whether to answer.

        What may be a follow-up or a new topic is searched both ways: the earlier question counts
        unless an answer is clearly likelier without it; where the documents know nothing of what is
        asked now, only if it makes an answer likely.
        """
        found = self.retriever.search(question)
        verdict = self._verdict(found)
        if not found.query.follow_up or found.query.leaning:
            return question, found, verdict
        alone = question.model_copy(update={"history": ()})
        found_alone = self.retriever.search(alone)
        own = self._verdict(found_alone)
        least = (
            _LIKELY if own.reason == "out_of_scope" else less_likely(own.answerability, _CLEARLY)
        )
        if verdict.answerability > least:
            return question, found, verdict
        return alone, found_alone, own

    def _verdict(self, found: Retrieved) -> Verdict:
        """Whether to answer. What a document says of its own force need not stand among the best
        clauses, so that those do not decide whether it can be told."""
        query = found.query
        verdict = judge(found, self.index.store, self._chooser, self.retriever.reader)
        if query.dangling:
            return replace(verdict, reason="unclear_reference")
        if found.hits and self._extractive.untold(query, found.hits):
            return Verdict(0.0, "not_answerable")
        named = bool(query.doc_numbers or query.titles or query.labels)
        doubted = ("not_answerable", "out_of_scope") if named else ("not_answerable",)
        if verdict.reason not in doubted or self._absent(found):
            return verdict
        return Verdict(1.0) if self._extractive.of_document(query, found.hits) else verdict

    def _absent(self, found: Retrieved) -> str:
        """What the question names that is not there: a document, or a section of one."""
        store = self.index.store
        return unknown_document(found.query, found.hits, store) or missing_section(
            found.query, store
        )

    @staticmethod
    def _as_answer(
        question: Question,
        found: Retrieved,
        mode: Mode,
        composed: Composed,
        failure: NoModelAnswer | None,
    ) -> Answer:
        return Answer(
            id=question.id,
            question=question.question,
            answer=composed.text,
            refused=False,
            mode=mode,
            fallback=failure.fallback if failure else None,
            citations=composed.citations,
            candidates=tuple(map(evidence, found.hits)),
            notes=(*((str(failure),) if failure else ()), *composed.notes),
        )

    def _refuse(self, question: Question, found: Retrieved, reason: RefusalReason) -> Answer:
        store = self.index.store
        named = reason == "not_answerable"
        unknown = unknown_document(found.query, found.hits, store) if named else ""
        quoting = [hit for hit in found.hits if unknown and unknown in hit.clause.text]
        near = suggestions(found.query, quoting or found.hits, store)
        missing = missing_section(found.query, store) if named else ""
        return Answer(
            id=question.id,
            question=question.question,
            answer=refusal_text(reason, found.query.language, store.documents, unknown, missing),
            refused=True,
            reason=reason,
            mode="extractive",
            candidates=tuple(map(evidence, found.hits)),
            suggestions=near if reason != "out_of_scope" else (),
        )


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        tokens_in=one.tokens_in + other.tokens_in, tokens_out=one.tokens_out + other.tokens_out
    )
