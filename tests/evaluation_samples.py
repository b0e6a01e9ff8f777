"""Answerers made from the gold, to try the harness on: perfect, empty, and liars."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from qa_bot.answer.model import Answer, Citation, Evidence, Source
from qa_bot.clauses.model import Clause
from qa_bot.evaluation.folding import states
from qa_bot.evaluation.gold import GoldPair, GoldSet, load_gold
from qa_bot.evaluation.truth import Library, load_library
from qa_bot.retrieval.question import Question

ROOT = Path(__file__).resolve().parent.parent


@cache
def corpus_library() -> Library:
    return load_library(ROOT / "corpus")


@cache
def shipped_gold() -> GoldSet:
    return load_gold(ROOT / "eval" / "gold")


Composer = Callable[[GoldPair], Answer]


class FromGold:
    """Answers each gold question with what ``compose`` makes of its pair."""

    def __init__(self, gold: GoldSet, compose: Composer) -> None:
        self._pairs = {pair.id: pair for pair in gold.pairs}
        self._compose = compose

    def ask(self, question: Question) -> Answer:
        assert question.id
        return self._compose(self._pairs[question.id])


def perfect(library: Library) -> Composer:
    """Cites the gold clauses, quotes them and states every fact; refuses the rest."""

    def compose(pair: GoldPair) -> Answer:
        if not pair.answerable:
            return refusal(pair)
        cited = [cite(library, *source, n) for n, source in enumerate(_sources(pair, library), 1)]
        lines = [f"{citation.text}[{citation.number}]" for citation in cited]
        stated = "\n".join(citation.text for citation in cited)
        for fact in pair.facts:
            if not any(states(stated, alternative) for alternative in fact):
                lines.append(f"即{fact[0]}。[1]")
        return Answer(
            id=pair.id,
            question=pair.question,
            answer="\n".join(lines),
            refused=False,
            mode="extractive",
            citations=tuple(cited),
            candidates=tuple(evidence(c, 1 / c.number) for c in cited),
            timings_ms={"search": 1.0, "total": 2.0},
        )

    return compose


def empty(pair: GoldPair) -> Answer:
    """Says nothing at all, and does not refuse either."""
    return Answer(id=pair.id, question=pair.question, answer="", refused=False, mode="extractive")


def refusal(pair: GoldPair) -> Answer:
    return Answer(
        id=pair.id,
        question=pair.question,
        answer="公报中没有这方面的内容。",
        refused=True,
        reason="nothing_found",
        mode="extractive",
    )


def cite(library: Library, clause: Clause, section: str, quote: str, number: int) -> Citation:
    """A citation of ``clause`` under ``section``, with the text of all that stands beneath."""
    return Citation(
        number=number,
        clause_id=clause.id,
        doc_no=clause.doc_no,
        title=clause.title,
        section=section,
        quote=quote,
        text=" ".join(part.text.replace("\n", " ") for part in library.family(clause)),
        source=Source(
            file=clause.file,
            start_line=clause.start_line,
            end_line=clause.end_line,
            lines=clause.lines,
        ),
    )


def evidence(citation: Citation, score: float) -> Evidence:
    return Evidence(
        clause_id=citation.clause_id,
        doc_no=citation.doc_no,
        title=citation.title,
        section=citation.section,
        text=citation.quote,
        score=score,
    )


def changed(answer: Answer, /, **update: object) -> Answer:
    return answer.model_copy(update=update)


def _sources(pair: GoldPair, library: Library) -> Iterable[tuple[Clause, str, str]]:
    seen = set()
    for gold in pair.citations:
        if gold.key not in seen:
            seen.add(gold.key)
            yield library.find(gold.key)[0], gold.section, gold.quote
