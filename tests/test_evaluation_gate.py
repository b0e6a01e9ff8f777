"""The gate: what is noise passes, what is a drop fails, and a changed index is found out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from evaluation_samples import ROOT, FromGold, cite, corpus_library, evidence, refusal, shipped_gold

from qa_bot.answer.model import Answer
from qa_bot.evaluation.bootstrap import estimate, paired_interval
from qa_bot.evaluation.compare import (
    Baseline,
    Comparison,
    Values,
    compare,
    make_baseline,
    read_baseline,
    values_of,
    write_baseline,
)
from qa_bot.evaluation.errors import EvaluationError
from qa_bot.evaluation.gold import GoldPair, GoldSet
from qa_bot.evaluation.results import Results, score
from qa_bot.evaluation.run_folder import RunFolder, run_info
from qa_bot.evaluation.runner import Answerer, run_gold
from qa_bot.evaluation.session import evaluate
from qa_bot.evaluation.summary import junit, markdown, verdict
from qa_bot.evaluation.truth import Library, load_library

Builder = Callable[[Path], Answerer]


def column(*values: float | None, measure: str = "fact_recall") -> Values:
    return {f"q{number:03}": {measure: value} for number, value in enumerate(values)}


def test_estimate_by_hand() -> None:
    found = estimate([1.0, None, 0.0, 1.0, 1.0])
    assert (found.mean, found.n) == (0.75, 4)
    assert found.low is not None
    assert found.high is not None
    assert 0.0 <= found.low < 0.75 < found.high <= 1.0
    assert estimate([1.0, None, 0.0, 1.0, 1.0]) == found
    assert estimate([1.0] * 9).low == 1.0
    assert estimate([None]).mean is None


def test_interval_has_the_width_of_theory() -> None:
    found = estimate([1.0] * 50 + [0.0] * 50)  # standard error 0.05, so ± 0.098
    assert found.low == pytest.approx(0.402, abs=0.015)
    assert found.high == pytest.approx(0.598, abs=0.015)


def test_paired_interval_of_a_constant_difference() -> None:
    assert paired_interval([-0.5] * 10) == (-0.5, -0.5, 0.0)
    assert paired_interval([0.0] * 10) == (0.0, 0.0, 1.0)


def test_no_change_passes() -> None:
    comparison = compare(column(1, 0, 0.5), column(1, 0, 0.5))
    assert comparison.ok
    assert comparison.changes == ()


def test_one_question_in_a_hundred_is_noise_ten_are_not() -> None:
    before = column(*[1.0] * 100)
    assert compare(before, column(0.0, *[1.0] * 99)).ok
    fallen = compare(before, column(*[0.0] * 10, *[1.0] * 90))
    assert not fallen.ok
    [delta] = fallen.deltas
    assert (delta.before, delta.after, delta.worse, delta.better) == (1.0, 0.9, 10, 0)
    assert delta.difference == pytest.approx(-0.1)
    assert delta.low < -0.1 < delta.high < 0


def test_losses_that_are_made_up_for_are_noise() -> None:
    before = column(*[1.0] * 10, *[0.0] * 10, *[1.0] * 80)
    comparison = compare(before, column(*[0.0] * 10, *[1.0] * 10, *[1.0] * 80))
    assert comparison.ok
    assert len(comparison.changed_questions(improved=True)) == 10
    assert len(comparison.changed_questions(improved=False)) == 10


def test_a_single_false_quote_fails() -> None:
    before = column(*[1.0] * 100, measure="quote_validity")
    assert not compare(before, column(0.0, *[1.0] * 99, measure="quote_validity")).ok


def test_a_false_quote_where_there_was_a_refusal_fails() -> None:
    before = column(None, *[1.0] * 99, measure="quote_validity")
    assert not compare(before, column(0.0, *[1.0] * 99, measure="quote_validity")).ok
    assert compare(before, column(1.0, *[1.0] * 99, measure="quote_validity")).ok


def test_lower_is_better_where_the_measure_says_so() -> None:
    before = column(*[0.0] * 100, measure="invented_reference")
    worse = compare(before, column(1.0, *[0.0] * 99, measure="invented_reference"))
    assert not worse.ok
    assert worse.changes[0].improved is False
    assert compare(column(1.0, measure="over_refusal"), column(0.0, measure="over_refusal")).ok


def test_unguarded_measures_never_fail() -> None:
    before = column(*[1.0] * 50, measure="ndcg_10")
    assert compare(before, column(*[0.0] * 50, measure="ndcg_10")).ok
    before = column(*[10.0] * 50, measure="answer_length")
    assert compare(before, column(*[900.0] * 50, measure="answer_length")).ok


def test_missing_questions_fail_unless_filtered_out() -> None:
    before = column(1.0, 1.0)
    after = {"q000": before["q000"]}
    assert compare(before, after).missing == ("q001",)
    assert not compare(before, after).ok
    assert compare(before, after, left_out=["q001"]).ok
    assert compare(after, before).added == ("q001",)


def test_a_measure_that_the_baseline_does_not_know_is_passed_over() -> None:
    assert compare(column(1.0), {"q000": {"fact_recall": 1.0, "hit_1": 0.0}}).ok


def test_a_comparison_of_nothing_fails() -> None:
    comparison = compare({"a": {"fact_recall": 1.0}}, {"b": {"fact_recall": 1.0}}, left_out=["a"])
    assert not comparison.ok
    assert "没有与基线共有的问题" in verdict(comparison)
    assert ElementTree.fromstring(junit(comparison)).get("failures") == "1"


@pytest.mark.parametrize("values", [{"hit_1": 1.0}, {"hit_1": 1.0, "fact_recall": None}])
def test_a_guarded_measure_that_vanished_fails(values: dict[str, float | None]) -> None:
    before: Values = {
        "q": {"hit_1": 1.0, "fact_recall": 0.0, "ndcg_10": 1.0, "refusal_recall": None}
    }
    comparison = compare(before, {"q": values})
    assert comparison.vanished == ("fact_recall",)
    assert not comparison.ok
    assert "不再有值：要点召回率" in verdict(comparison)
    assert "fact_recall" in markdown(None, comparison)
    assert ElementTree.fromstring(junit(comparison)).get("failures") == "1"


def test_a_measure_of_the_baseline_that_there_is_no_more_fails() -> None:
    before: Values = {"q": {"hit_1": 1.0, "of_old": 1.0}}
    comparison = compare(before, {"q": {"hit_1": 1.0}})
    assert not comparison.ok
    assert "不再有值：of_old" in verdict(comparison)


def test_an_absolute_bar_holds_for_questions_that_are_new() -> None:
    before: Values = {"q": {"invented_reference": 0.0, "fact_recall": 1.0}}
    for value, ok in ((0.0, True), (1.0, False)):
        comparison = compare(
            before, before | {"new": {"invented_reference": value, "fact_recall": 0.0}}
        )
        assert comparison.ok is ok
        assert ("new" in comparison.changed_questions(improved=False)) is not ok


def test_a_question_that_the_gold_lost_is_missing_whatever_was_filtered(tmp_path: Path) -> None:
    gold = shipped_gold()
    lost, *kept = gold.pairs
    fewer = GoldSet(tuple(kept), {pair.id: gold.gazettes[pair.id] for pair in kept})
    part = fewer.select(limit=5)
    answerer = build_from_corpus(ROOT / "corpus")
    values: Values = {pair.id: {"fact_recall": 0.0} for pair in gold.pairs}
    baseline = Baseline(gold_hash="of the whole gold", mode="extractive", questions=values)
    info = run_info(fewer, mode="extractive", settings_hash="", index_hash="", filters={"limit": 5})
    folder = RunFolder.create(tmp_path, info)
    outcome = evaluate(answerer, part, corpus_library(), folder, baseline=baseline)
    assert outcome.comparison
    assert outcome.comparison.missing == (lost.id,)
    assert outcome.comparison.gold_changed
    assert not outcome.ok


def test_junit_and_markdown_name_what_fell() -> None:
    before = column(*[1.0] * 100)
    comparison = compare(before, column(*[0.0] * 10, *[1.0] * 90))
    suite = ElementTree.fromstring(junit(comparison))
    assert suite.get("failures") == "1"
    failure = suite.find("testcase[@name='fact_recall']/failure")
    assert failure is not None
    assert "q009" in (failure.text or "")
    text = markdown(None, comparison)
    assert "不通过" in text
    assert "- `q009`" in text
    assert verdict(compare(before, before)).startswith("通过")


def test_a_baseline_survives_its_file(tmp_path: Path) -> None:
    results = run(build_from_corpus(ROOT / "corpus"), tmp_path)
    file = tmp_path / "baselines" / "main.json"
    write_baseline(make_baseline(results, gold_hash="g", mode="extractive"), file)
    again = read_baseline(file)
    assert (again.gold_hash, again.mode) == ("g", "extractive")
    assert compare(again.questions, values_of(results)).changes == ()
    assert len(file.read_text(encoding="utf-8").splitlines()) == len(results.questions) + 2


def test_an_unusable_baseline_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps({"questions": 3}), encoding="utf-8")
    for name in ("b.json", "missing.json"):
        with pytest.raises(EvaluationError, match="基线"):
            read_baseline(tmp_path / name)


def build_from_corpus(corpus: Path) -> Answerer:
    """An answerer that knows its own corpus only: quotes the gold clause as it stands there."""
    library = load_library(corpus)
    return FromGold(shipped_gold(), lambda pair: _quote_clauses(pair, library))


def _quote_clauses(pair: GoldPair, library: Library) -> Answer:
    found = [(gold, library.find(gold.key)) for gold in pair.citations]
    parts = [
        cite(library, clauses[0], gold.section, _text_of(library, clauses[0], gold.quote), number)
        for number, (gold, clauses) in enumerate(found, 1)
        if clauses
    ]
    if not parts:
        return refusal(pair)
    return Answer(
        id=pair.id,
        question=pair.question,
        answer="\n".join(f"{part.text}[{part.number}]" for part in parts),
        refused=False,
        mode="extractive",
        citations=tuple(parts),
        candidates=tuple(evidence(part, 1.0) for part in parts),
    )


def _text_of(library: Library, clause, quote: str) -> str:  # type: ignore[no-untyped-def]
    family = list(library.family(clause))
    return next((member.text for member in family if library.holds(member, quote)), clause.text)


BUILDERS: list[Builder] = [build_from_corpus]


def run(answerer: Answerer, tmp_path: Path) -> Results:
    """Run the shipped gold; measured, as always, against the corpus that is shipped."""
    info = run_info(shipped_gold(), mode="extractive", settings_hash="s", index_hash="i")
    folder = RunFolder.create(tmp_path / "runs", info)
    records = run_gold(answerer, shipped_gold(), folder)
    return score(shipped_gold(), records, corpus_library())


def gate(build: Builder, corpus: Path, tmp_path: Path) -> Comparison:
    """The gate over an index of ``corpus``, held against one of the shipped corpus."""
    before = values_of(run(build(ROOT / "corpus"), tmp_path))
    return compare(before, values_of(run(build(corpus), tmp_path)))


def _copy_of_corpus(tmp_path: Path, file: str, change: Callable[[str], str]) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for path in sorted((ROOT / "corpus").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(
            change(text) if path.name == file else text, encoding="utf-8"
        )
    return folder


def _without_document(text: str, library: Library, doc_no: str) -> str:
    [document] = [d for d in library.documents if d.doc_no == doc_no]
    lines = text.splitlines(keepends=True)
    return "".join(lines[: document.start_line - 1] + lines[document.end_line :])


@pytest.mark.parametrize("build", BUILDERS)
def test_an_unchanged_index_passes(build: Builder, tmp_path: Path) -> None:
    comparison = gate(build, _copy_of_corpus(tmp_path, "", str), tmp_path)
    assert comparison.ok
    assert comparison.changes == ()


@pytest.mark.parametrize("build", BUILDERS)
def test_an_index_that_lost_a_document_fails(build: Builder, tmp_path: Path) -> None:
    lost = "盘政发〔2023〕8号"
    corpus = _copy_of_corpus(
        tmp_path,
        "panjin-2023-11-12.txt",
        lambda text: _without_document(text, corpus_library(), lost),
    )
    comparison = gate(build, corpus, tmp_path)
    assert not comparison.ok
    fallen = {delta.measure for delta in comparison.deltas if not delta.ok}
    assert {"fact_recall", "citation_f1", "hit_1"} <= fallen


@pytest.mark.parametrize("build", BUILDERS)
def test_an_index_with_one_changed_number_fails(build: Builder, tmp_path: Path) -> None:
    def change(text: str) -> str:
        assert "每人每年接受不少于60学时" in text
        return text.replace("每人每年接受不少于60学时", "每人每年接受不少于40学时", 1)

    corpus = _copy_of_corpus(tmp_path, "panjin-2023-11-12.txt", change)
    comparison = gate(build, corpus, tmp_path)
    assert not comparison.ok
    fallen = {delta.measure for delta in comparison.deltas if not delta.ok}
    assert "quote_validity" in fallen
    assert "panjin-073" in comparison.changed_questions(improved=False)
