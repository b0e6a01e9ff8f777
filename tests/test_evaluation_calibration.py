"""What is said of the scores of answerability, on small cases computed by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from evaluation_samples import FromGold, changed, corpus_library, perfect, shipped_gold

from qa_bot.answer.model import Answer
from qa_bot.evaluation.calibration import Scored, reliability, roc_auc, trade_off
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.run_folder import RunFolder, run_info
from qa_bot.evaluation.session import Outcome, evaluate, write_reports
from qa_bot.evaluation.summary import headline


def scored(yes: list[float | None], no: list[float | None]) -> list[Scored]:
    return [(score, True) for score in yes] + [(score, False) for score in no]


@pytest.mark.parametrize(
    ("yes", "no", "area"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1, 0.2], [0.9, 0.8], 0.0),
        ([0.9, 0.3], [0.5, 0.1], 0.75),
        ([0.9, 0.5], [0.5, 0.1], 0.875),
        ([0.9, None], [0.1, 0.2], 0.5),
        ([0.9, 0.8], [None, 0.1], 0.5),
    ],
)
def test_area_by_hand(yes: list[float | None], no: list[float | None], area: float) -> None:
    found = roc_auc(scored(yes, no))
    assert found.mean == pytest.approx(area)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= area <= found.high <= 1


@pytest.mark.parametrize(
    ("yes", "no"), [([1.0] * 5, [1.0] * 3), ([0.2, 0.9], []), ([], [0.2, 0.9]), ([0.9], [0.1, 0.2])]
)
def test_no_area_without_two_groups_and_two_scores(yes: list[float], no: list[float]) -> None:
    assert roc_auc(scored([*yes], [*no])).mean is None


def test_bins_by_hand() -> None:
    low, high = reliability(scored([0.95, 1.0, 0.93], [0.12, 0.12, 1.0]))
    assert (low.score, low.share, low.n) == (pytest.approx(0.12), 0.0, 2)
    assert (high.score, high.share, high.n) == (pytest.approx(0.97), 0.75, 4)
    assert high.low < 0.75 < high.high


def test_trade_off_by_hand() -> None:
    assert trade_off(scored([0.9, 0.4], [0.1, 0.4])) == [(0, 0), (0, 0.5), (0.5, 1.0), (1.0, 1.0)]
    assert trade_off(scored([0.9], [])) == []


def _outcome(folder: Path, score: dict[bool, float]) -> Outcome:
    gold = shipped_gold().select(kinds=["number", "unanswerable"])
    good = perfect(corpus_library())

    def compose(pair: GoldPair) -> Answer:
        return changed(good(pair), answerability=score[pair.answerable])

    info = run_info(gold, mode="extractive", settings_hash="s", index_hash="i")
    run = RunFolder.create(folder, info)
    return evaluate(FromGold(gold, compose), gold, corpus_library(), run)


def test_scores_are_judged_in_summary_and_report(tmp_path: Path) -> None:
    outcome = _outcome(tmp_path, {True: 0.9, False: 0.2})
    assert "ROC-AUC 1.000 [1.000, 1.000]" in headline(outcome.results)
    gold = shipped_gold().select(kinds=["number", "unanswerable"])
    page = write_reports(outcome, gold, corpus_library())
    assert "ROC-AUC 1.000" in page.read_text(encoding="utf-8")
    assert 'class="dot here"' in page.read_text(encoding="utf-8")
    assert "ROC-AUC 1.000" in (outcome.folder.path / "summary.md").read_text(encoding="utf-8")


def test_equal_scores_are_called_so(tmp_path: Path) -> None:
    outcome = _outcome(tmp_path, {True: 1.0, False: 1.0})
    assert "ROC-AUC" not in headline(outcome.results)
    gold = shipped_gold().select(kinds=["number", "unanswerable"])
    page = write_reports(outcome, gold, corpus_library()).read_text(encoding="utf-8")
    assert "equal scores" in page
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)
