"""One evaluation from gold to reports: run, score, compare, write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qa_bot.evaluation.compare import Baseline, Comparison, compare, values_of
from qa_bot.evaluation.errors import EvaluationError
from qa_bot.evaluation.gold import GoldSet
from qa_bot.evaluation.results import AnswerRecord, Results, score
from qa_bot.evaluation.run_folder import RunFolder
from qa_bot.evaluation.runner import Answerer, Progress, run_gold
from qa_bot.evaluation.summary import junit, markdown
from qa_bot.evaluation.truth import Library


@dataclass(frozen=True)
class Prices:
    """Price of a million tokens, in any currency."""

    tokens_in: float = 0.0
    tokens_out: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What an evaluation came to; ``comparison`` is None without a baseline."""

    folder: RunFolder
    results: Results
    records: dict[str, AnswerRecord]
    comparison: Comparison | None

    @property
    def ok(self) -> bool:
        return self.comparison is None or self.comparison.ok


def evaluate(
    answerer: Answerer,
    gold: GoldSet,
    library: Library,
    folder: RunFolder,
    *,
    baseline: Baseline | None = None,
    prices: Prices = Prices(),
    workers: int = 4,
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Run ``gold`` over ``answerer``, keep everything in ``folder``, compare with ``baseline``."""
    info = folder.read_info()
    if baseline and baseline.mode != info.mode:
        raise EvaluationError(
            f"基线以 {baseline.mode} 方式得出，与本次的 {info.mode} 不可比。"
            "(the baseline was made in another mode.)"
        )
    records = run_gold(answerer, gold, folder, workers=workers, progress=progress)
    results = score(
        gold,
        records,
        library,
        mode=info.mode,
        price_in=prices.tokens_in,
        price_out=prices.tokens_out,
    )
    comparison = (
        compare(
            baseline.questions,
            values_of(results),
            gold_changed=baseline.gold_hash != info.gold_hash,
            left_out=gold.left_out,
        )
        if baseline
        else None
    )
    folder.write_results(results)
    return Outcome(folder, results, records, comparison)


def compare_runs(before: RunFolder, after: RunFolder) -> Comparison:
    """Compare two runs that were made in the same mode with the same filters."""
    old, new = before.read_info(), after.read_info()
    if (old.mode, old.filters) != (new.mode, new.filters):
        raise EvaluationError(
            f"{before.path} 与 {after.path} 的方式或筛选条件不同，不可比。"
            "(made in another mode or with other filters: cannot be compared.)"
        )
    return compare(
        values_of(before.read_results()),
        values_of(after.read_results()),
        gold_changed=old.gold_hash != new.gold_hash,
    )


def write_reports(outcome: Outcome, gold: GoldSet, library: Library) -> Path:
    """Write ``report.html``, ``summary.md`` and, with a comparison, ``junit.xml``.

    Returns the HTML report.
    """
    from qa_bot.evaluation.report import render

    path = outcome.folder.path
    (path / "summary.md").write_text(
        markdown(outcome.results, outcome.comparison), encoding="utf-8"
    )
    if outcome.comparison:
        (path / "junit.xml").write_text(junit(outcome.comparison), encoding="utf-8")
    page = path / "report.html"
    info = outcome.folder.read_info()
    html = render(info, outcome.results, outcome.records, outcome.comparison, gold, library)
    page.write_text(html, encoding="utf-8")
    return page
