"""The harness tells good from bad: perfect is 1, empty is 0, every liar is caught."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from evaluation_samples import (
    Composer,
    FromGold,
    changed,
    cite,
    corpus_library,
    empty,
    perfect,
    refusal,
    shipped_gold,
)

from qa_bot.answer.model import Answer
from qa_bot.evaluation.folding import without_markers
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.measures import BY_NAME
from qa_bot.evaluation.results import AnswerRecord, Results, score

EVIDENCE = ("evidence_300", "evidence_1000", "evidence_3000", "evidence_all_3000")
_OF_MODELS = {"model_fallback", "model_unavailable", "model_unverified"}
_UNBOUNDED = {"answer_length", "citation_near", *_OF_MODELS}


def results_of(compose: Composer) -> Results:
    answerer = FromGold(shipped_gold(), compose)
    records = {
        pair.id: AnswerRecord(id=pair.id, answer=answerer.ask(pair.to_question()), wall_ms=1.0)
        for pair in shipped_gold().pairs
    }
    return score(shipped_gold(), records, corpus_library())


def mean(results: Results, name: str) -> float | None:
    return results.overall[name].mean


def share(wanted: Callable[[GoldPair], bool], kind: str | None = None) -> float:
    """The share of the gold (of one kind) that is wanted."""
    pairs = shipped_gold().select(kinds=[kind] if kind else []).pairs
    return sum(map(wanted, pairs)) / len(pairs)


@pytest.fixture(scope="module")
def best() -> Composer:
    return perfect(corpus_library())


def test_a_perfect_answerer_has_the_best_value_everywhere(best: Composer) -> None:
    results = results_of(best)
    for name in BY_NAME.keys() - _UNBOUNDED:
        assert mean(results, name) == 1.0 - BY_NAME[name].WORST, name
    assert mean(results, "citation_near") == 0.0
    for groups in results.groups.values():
        for estimates in groups.values():
            assert estimates["strict_success"].mean in (1.0, None)


def test_an_empty_answerer_has_the_worst_value_everywhere() -> None:
    results = results_of(empty)
    for name in BY_NAME.keys() - {"refusal_precision", *_OF_MODELS}:
        assert mean(results, name) == BY_NAME[name].WORST, name
    assert results.overall["refusal_precision"].n == 0


def test_a_failing_answerer_has_the_worst_value_everywhere() -> None:
    results = score(shipped_gold(), {}, corpus_library(), mode="llm")
    assert results.failed == len(shipped_gold().pairs)
    for name, measure in BY_NAME.items():
        assert mean(results, name) == measure.WORST, name


def _alters_quotes(answer: Answer) -> Answer:
    """Changes a character of every quote, and the clause text with it."""
    forged = tuple(
        c.model_copy(update={"quote": c.quote[:-1] + "※", "text": c.text[:-1] + "※"})
        for c in answer.citations
    )
    return changed(answer, citations=forged)


def _cites_elsewhere(answer: Answer) -> Answer:
    """Cites, word for word, a clause of another document."""
    last = corpus_library().clauses[-1]
    here = {c.doc_no for c in answer.citations}
    other = corpus_library().clauses[0] if last.doc_no in here else last
    wrong = cite(corpus_library(), other, other.section, other.text, 1)
    return changed(answer, citations=(wrong,))


def _cites_much(answer: Answer) -> Answer:
    """Cites ten more clauses beside the right one."""
    more = [
        cite(corpus_library(), clause, clause.section, clause.text, 10 + n)
        for n, clause in enumerate(corpus_library().clauses[100:110])
    ]
    return changed(answer, citations=(*answer.citations, *more))


def _adds_a_number(answer: Answer) -> Answer:
    return changed(answer, answer=f"{answer.answer}\n逾期罚款987654元。[1]")


def _adds_a_document(answer: Answer) -> Answer:
    return changed(answer, answer=f"{answer.answer}\n另见盘政发〔2031〕77号。[1]")


def _adds_an_article(answer: Answer) -> Answer:
    return changed(answer, answer=f"{answer.answer}\n依据第七百条。[1]")


def _leaves_marks_out(answer: Answer) -> Answer:
    return changed(answer, answer=without_markers(answer.answer))


def _answers_beside_the_point(answer: Answer) -> Answer:
    return changed(answer, answer="请向有关部门咨询。[1]")


def _ranks_badly(answer: Answer) -> Answer:
    """Puts thirty other clauses of some length before the right ones."""
    others = [clause for clause in corpus_library().clauses if len(clause.text) > 150][:30]
    noise = tuple(
        answer.candidates[0].model_copy(
            update={"doc_no": "x", "section": str(n), "text": clause.text}
        )
        for n, clause in enumerate(others)
    )
    return changed(answer, candidates=noise)


@pytest.mark.parametrize(
    ("lie", "caught_by", "unaffected"),
    [
        (_alters_quotes, ["quote_validity"], ["citation_f1"]),
        (
            _cites_elsewhere,
            ["citation_precision", "citation_recall", "citation_f1", "strict_success"],
            ["fact_recall", "quote_validity"],
        ),
        (_cites_much, ["citation_precision", "citation_f1"], ["citation_recall"]),
        (_adds_a_number, ["number_faithfulness"], ["fact_strict", "quote_validity"]),
        (_adds_a_document, ["invented_reference", "number_faithfulness"], ["fact_recall"]),
        (_adds_an_article, ["invented_reference"], ["citation_f1"]),
        (_leaves_marks_out, ["citation_coverage"], ["fact_recall"]),
        (_answers_beside_the_point, ["fact_recall", "fact_strict", "strict_success"], ["hit_1"]),
        (
            _ranks_badly,
            ["hit_1", "hit_5", "hit_10", "recall_5", "recall_10", "mrr_10", "ndcg_10", *EVIDENCE],
            ["strict_success"],
        ),
    ],
)
def test_a_liar_is_caught(
    best: Composer, lie: Callable[[Answer], Answer], caught_by: list[str], unaffected: list[str]
) -> None:
    def compose(pair: GoldPair) -> Answer:
        answer = best(pair)
        return answer if answer.refused else lie(answer)

    results = results_of(compose)
    for name in caught_by:
        measure, value = BY_NAME[name], mean(results, name)
        assert value is not None
        lost = 1.0 - value if measure.HIGHER_IS_BETTER else value
        assert lost > 0.2, name
    for name in unaffected:
        assert mean(results, name) == 1.0 - BY_NAME[name].WORST, name


def test_one_who_refuses_everything_is_caught() -> None:
    results = results_of(refusal)
    assert mean(results, "refusal_recall") == 1.0
    assert mean(results, "over_refusal") == 1.0
    assert mean(results, "refusal_precision") == pytest.approx(
        share(lambda pair: not pair.answerable)
    )
    for name in ("fact_recall", "strict_success", "citation_f1", "hit_10", "evidence_3000"):
        assert mean(results, name) == 0.0


def test_one_who_refuses_nothing_is_caught(best: Composer) -> None:
    def compose(pair: GoldPair) -> Answer:
        return changed(best(pair), refused=False)

    results = results_of(compose)
    assert mean(results, "refusal_recall") == 0.0
    assert results.groups["kind"]["adversarial"]["adversarial_pass"].mean == pytest.approx(
        share(lambda pair: pair.answerable, kind="adversarial")
    )


def test_one_who_repeats_what_is_forbidden_is_caught(best: Composer) -> None:
    def compose(pair: GoldPair) -> Answer:
        answer = best(pair)
        return changed(answer, answer=answer.answer + "".join(pair.forbidden))

    assert mean(results_of(compose), "adversarial_pass") == 0.0


def test_one_who_cites_the_parent_is_near_not_exact(best: Composer) -> None:
    library = corpus_library()
    by_id = {clause.id: clause for clause in library.clauses}

    def compose(pair: GoldPair) -> Answer:
        answer = best(pair)
        parents = []
        for citation in answer.citations:
            parent = by_id.get(by_id[citation.clause_id].parent_id or "")
            if parent:
                parents.append(
                    cite(library, parent, parent.section, citation.quote, citation.number)
                )
        return changed(answer, citations=tuple(parents))

    results = results_of(compose)
    near, recall = mean(results, "citation_near"), mean(results, "citation_recall")
    assert near is not None
    assert recall is not None
    assert near > 0.3
    assert recall < 0.1
