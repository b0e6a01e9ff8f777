"""The worst questions: question, gold, answer and evidence side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_bot.answer.model import Answer, Citation, Evidence
from qa_bot.evaluation.folding import clause_key
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.measures import BY_NAME, Case
from qa_bot.evaluation.measures.facts import facts_held
from qa_bot.evaluation.report.html import Html, join, marked, tag
from qa_bot.evaluation.results import AnswerRecord, QuestionResult
from qa_bot.evaluation.truth import Library

_EVIDENCE_SHOWN = 5
_ANSWERABLE = ("strict_success", "fact_recall", "citation_f1", "quote_validity", "hit_1")
_UNANSWERABLE = ("refusal_recall", "adversarial_pass")
_LONG = 400


def badness(question: QuestionResult) -> float:
    """1 minus the mean of the measures by which a reader would call an answer right."""
    names = _ANSWERABLE if question.answerable else _UNANSWERABLE
    values = [v for name in names if (v := question.values.get(name)) is not None]
    return 1 - sum(values) / len(values) if values else 0.0


def worst(questions: Sequence[QuestionResult]) -> list[QuestionResult]:
    """The worst first, without those that are right by every measure."""
    ranked = sorted(questions, key=lambda question: (-badness(question), question.id))
    return [question for question in ranked if badness(question) > 0]


def question_card(
    result: QuestionResult, pair: GoldPair, record: AnswerRecord | None, library: Library
) -> Html:
    """One question; opened by a click."""
    answer = record.answer if record else None
    case = Case(pair, answer, library)
    head = tag(
        "summary", tag("code", pair.id), f" {pair.question} ", tag("small", _values(result.values))
    )
    columns = tag(
        "div",
        _gold_column(case),
        _answer_column(case, result.error),
        _evidence_column(case),
        class_="columns",
    )
    history = [
        tag("p", f"此前 (before): {turn.question} → {turn.answer}", class_="quiet")
        for turn in pair.history
    ]
    return tag("details", head, *history, columns, id=pair.id)


def _values(values: Mapping[str, float | None]) -> str:
    shown = [name for name in (*_ANSWERABLE, *_UNANSWERABLE) if values.get(name) is not None]
    return " · ".join(f"{BY_NAME[name].TITLE} {values[name]:.2f}" for name in shown)


def _gold_column(case: Case) -> Html:
    pair = case.pair
    held = facts_held(case)
    facts = [
        tag("li", "✓ " if there else "✗ ", " | ".join(fact), class_="good" if there else "bad")
        for fact, there in zip(pair.facts, held, strict=True)
    ]
    missing = [a for fact, there in zip(pair.facts, held, strict=True) if not there for a in fact]
    citations = [
        tag(
            "li",
            _badge(f"{gold.doc_no or gold.title} {gold.section}", gold.key in case.cited_keys),
            tag("q", gold.quote),
        )
        for gold in pair.citations
    ]
    wanted = "" if pair.answerable else tag("p", "应当拒答 (to be refused)", class_="quiet")
    return tag(
        "section",
        tag("h4", "金标 (gold)"),
        wanted,
        tag("p", marked(pair.answer, missing, "miss")),
        tag("ul", *facts),
        tag("ul", *citations),
    )


def _answer_column(case: Case, error: str | None) -> Html:
    heading = tag("h4", "答案 (answer)")
    answer = case.answer
    if answer is None:
        return tag("section", heading, tag("p", f"失败 (failed): {error}", class_="bad"))
    refused = f"拒答 (refused): {answer.reason}" if answer.refused else ""
    citations = [_citation(citation, case) for citation in answer.citations]
    return tag(
        "section",
        heading,
        tag("p", refused, class_="quiet"),
        tag("p", _highlighted(answer, case.pair), class_="text"),
        tag("ul", *citations),
    )


def _highlighted(answer: Answer, pair: GoldPair) -> Html:
    if any(words in answer.answer for words in pair.forbidden):
        return marked(answer.answer, pair.forbidden, "miss")
    return marked(answer.answer, [a for fact in pair.facts for a in fact])


def _citation(citation: Citation, case: Case) -> Html:
    key = clause_key(citation.doc_no, citation.title, citation.section)
    valid = case.library.holds_under(key, citation.quote)
    label = f"[{citation.number}] {citation.doc_no or citation.title} {citation.section}"
    note = "" if valid else tag("span", " 引文不实 (not verbatim)", class_="bad")
    return tag("li", _badge(label, key in case.gold_keys), note, tag("q", citation.quote))


def _evidence_column(case: Case) -> Html:
    candidates = case.answer.candidates[:_EVIDENCE_SHOWN] if case.answer else ()
    quotes = [gold.quote for gold in case.pair.citations]
    items = [_evidence(candidate, case, quotes) for candidate in candidates]
    return tag("section", tag("h4", "依据 (evidence)"), tag("ol", *items))


def _evidence(candidate: Evidence, case: Case, quotes: Sequence[str]) -> Html:
    key = clause_key(candidate.doc_no, candidate.title, candidate.section)
    text = candidate.text
    shown = text if len(text) <= _LONG else text[:_LONG] + "…"
    label = f"{candidate.doc_no or candidate.title} {candidate.section}"
    return tag(
        "li", _badge(label, key in case.gold_keys), tag("div", marked(shown, quotes), class_="text")
    )


def _badge(label: str, right: bool) -> Html:
    return tag("b", label, class_="good" if right else "other")


def cards(
    questions: Sequence[QuestionResult],
    pairs: Mapping[str, GoldPair],
    records: Mapping[str, AnswerRecord],
    library: Library,
) -> Html:
    """The cards of the worst questions."""
    return join(
        question_card(result, pairs[result.id], records.get(result.id), library)
        for result in worst(questions)
    )
