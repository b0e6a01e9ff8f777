"""A run and its comparison as text: terminal table, Markdown for CI, JUnit XML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from qa_bot.answer.model import Fallback
from qa_bot.evaluation.bootstrap import Estimate
from qa_bot.evaluation.compare import Change, Comparison, Delta
from qa_bot.evaluation.measures import BY_NAME, MEASURES, Measure
from qa_bot.evaluation.results import Results

_FALLBACKS: dict[Fallback, str] = {
    "unavailable": "模型不可用",
    "unverified": "未能核对",
    "no_answer": "模型认为证据不足",
}


def number(value: float | None, measure: Measure) -> str:
    """A value as it is shown: three digits, lengths whole, an em dash where there is none."""
    if value is None:
        return "—"
    return f"{value:.0f}{measure.UNIT}" if measure.UNIT else f"{value:.3f}"


def interval(found: Estimate, measure: Measure) -> str:
    if found.mean is None:
        return "—"
    return f"[{number(found.low, measure)}, {number(found.high, measure)}]"


def headline(results: Results) -> str:
    """One line: how many questions, how many failed; fall-backs, tokens, cost and ROC-AUC where
    there are any."""
    line = f"{len(results.questions)} 题，失败 {results.failed} 题 (questions, failed)"
    if results.fell_back:
        kinds = "、".join(
            f"{_FALLBACKS[kind]} {count}" for kind, count in results.fallbacks.most_common()
        )
        line += f"；{results.fell_back} 题模型未答，改用条款原文{kinds and f'：{kinds}'}"
        line += " (not answered by the model: unavailable, unverified, no answer found)"
    if results.usage.tokens_in or results.usage.tokens_out:
        line += f"；词元 {results.usage.tokens_in} + {results.usage.tokens_out}"
        line += f"，费用 {results.cost:.4f} (tokens in + out, cost)"
    auc = results.answerability_auc
    if auc and auc.mean is not None:
        line += f"；可答性 ROC-AUC {auc.mean:.3f} [{auc.low:.3f}, {auc.high:.3f}] (answerability)"
    return line


def table(results: Results) -> list[tuple[str, str, str, str, str]]:
    """Rows of (title, name, mean, interval, n) for all measures."""
    return [
        (
            measure.TITLE,
            measure.NAME,
            number(results.overall[measure.NAME].mean, measure),
            interval(results.overall[measure.NAME], measure),
            str(results.overall[measure.NAME].n),
        )
        for measure in MEASURES
        if measure.NAME in results.overall
    ]


def latency_table(results: Results) -> list[tuple[str, str, str]]:
    return [
        (stage, f"{latency.p50:.0f}", f"{latency.p95:.0f}")
        for stage, latency in results.latency_ms.items()
    ]


def verdict(comparison: Comparison) -> str:
    if comparison.ok:
        return (
            f"通过：比较了 {comparison.compared} 题，受控指标没有超出噪声的下降。"
            f"(pass: {comparison.compared} questions, no guarded measure dropped beyond noise)"
        )
    fallen = "、".join(_title(delta.measure) for delta in comparison.deltas if not delta.ok)
    parts = [f"下降：{fallen}"] if fallen else []
    parts += [check.text for check in _checks(comparison) if check.failed]
    return (
        f"不通过：{'；'.join(parts)}。"
        "(fail: a guarded measure dropped or vanished, or questions are missing)"
    )


class _Check(NamedTuple):
    """Whether all was compared that should have been; ``text`` says what was not."""

    name: str
    failed: bool
    text: str
    items: Sequence[str] = ()


def _checks(comparison: Comparison) -> tuple[_Check, ...]:
    missing, vanished = comparison.missing, comparison.vanished
    titles = "、".join(map(_title, vanished))
    return (
        _Check("compared_questions", not comparison.compared, "没有与基线共有的问题"),
        _Check("missing_questions", bool(missing), f"缺 {len(missing)} 题", missing),
        _Check("vanished_measures", bool(vanished), f"不再有值：{titles}", vanished),
    )


def markdown(results: Results | None, comparison: Comparison | None) -> str:
    """The summary that CI shows."""
    lines = ["# 评测结果 (Evaluation)", ""]
    if results:
        lines += [headline(results), ""]
    if comparison:
        lines += [f"**{verdict(comparison)}**", "", *_comparison_lines(comparison)]
    if results:
        lines += ["## 全部指标 (All measures)", "", "| 指标 | | 均值 | 95% 区间 | n |"]
        lines += ["|---|---|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in table(results)]
        lines += ["", "## 耗时 (Latency, ms)", "", "| 阶段 | p50 | p95 |", "|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in latency_table(results)]
    return "\n".join(lines) + "\n"


def _comparison_lines(comparison: Comparison) -> list[str]:
    lines = ["| 指标 | 之前 | 现在 | 差 | 95% 区间 | 变差/变好 | 门槛 | |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(delta_row(delta))} |" for delta in comparison.deltas]
    if comparison.gold_changed:
        lines += ["", "金标与基线不同，只比较两者共有的问题。(gold differs from the baseline's)"]
    if comparison.missing:
        lines += ["", f"缺少的问题 (missing): {'、'.join(comparison.missing)}"]
    if comparison.vanished:
        lines += ["", f"本次没有值的指标 (vanished): {'、'.join(comparison.vanished)}"]
    if comparison.added:
        lines += ["", f"基线中没有的问题 (not in the baseline): {len(comparison.added)}"]
    for improved, title in ((False, "变差的问题 (Worse)"), (True, "变好的问题 (Better)")):
        changed = comparison.changed_questions(improved)
        lines += ["", f"## {title}: {len(changed)}", ""]
        lines += [
            f"- `{id}` {'; '.join(change_text(change) for change in changes)}"
            for id, changes in changed.items()
        ]
    return [*lines, ""]


def delta_row(delta: Delta) -> tuple[str, ...]:
    measure = BY_NAME[delta.measure]
    guard = {"none": "", "noise": "噪声", "any": "零容忍"}[delta.guard]
    return (
        f"{measure.TITLE} `{measure.NAME}`",
        number(delta.before, measure),
        number(delta.after, measure),
        _signed(delta.difference, measure),
        f"[{_signed(delta.low, measure)}, {_signed(delta.high, measure)}]",
        f"{delta.worse}/{delta.better}",
        guard,
        "✓" if delta.ok else "✗",
    )


def _signed(difference: float, measure: Measure) -> str:
    digits = 0 if measure.UNIT else 3
    return f"{round(difference, digits) + 0.0:+.{digits}f}"


def change_text(change: Change) -> str:
    measure = BY_NAME[change.measure]
    return f"{measure.TITLE} {number(change.before, measure)}→{number(change.after, measure)}"


def junit(comparison: Comparison) -> str:
    """One test case for each guarded measure, and for whether all was compared that should be."""
    guarded = [delta for delta in comparison.deltas if delta.guard != "none"]
    checks = _checks(comparison)
    failures = sum(not delta.ok for delta in guarded) + sum(check.failed for check in checks)
    tests = len(guarded) + len(checks)
    suite = ElementTree.Element(
        "testsuite", name="qa-bot eval", tests=str(tests), failures=str(failures)
    )
    for delta in guarded:
        case = _case(suite, delta.measure)
        if not delta.ok:
            worse = [
                f"{change.id}: {change_text(change)}"
                for change in comparison.changes
                if change.measure == delta.measure and not change.improved
            ]
            message = f"{_title(delta.measure)} {delta.before:.3f} → {delta.after:.3f}"
            ElementTree.SubElement(case, "failure", message=message).text = "\n".join(worse)
    for check in checks:
        case = _case(suite, check.name)
        if check.failed:
            failure = ElementTree.SubElement(case, "failure", message=check.text)
            failure.text = "\n".join(check.items)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname="qa_bot.evaluation", name=name)


def _title(measure: str) -> str:
    return BY_NAME[measure].TITLE if measure in BY_NAME else measure
