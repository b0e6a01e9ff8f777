"""The report: one HTML file that needs nothing else, neither network nor script."""

from __future__ import annotations

from collections.abc import Mapping

from qa_bot.evaluation.bootstrap import Estimate
from qa_bot.evaluation.calibration import reliability, trade_off
from qa_bot.evaluation.compare import Change, Comparison, Delta
from qa_bot.evaluation.gold import GoldSet
from qa_bot.evaluation.measures import BY_NAME, MEASURES
from qa_bot.evaluation.report import charts, squares
from qa_bot.evaluation.report.html import Html, join, table, tag
from qa_bot.evaluation.report.questions import cards, worst
from qa_bot.evaluation.report.style import CSS
from qa_bot.evaluation.results import AnswerRecord, QuestionResult, Results, scored
from qa_bot.evaluation.run_folder import RunInfo
from qa_bot.evaluation.summary import (
    change_text,
    delta_row,
    headline,
    interval,
    number,
    verdict,
)
from qa_bot.evaluation.truth import Library

_PLOTTED = ("strict_success", "citation_f1", "hit_5")
_GROUPS = (("kind", "题型 (kind)"), ("persona", "提问者 (persona)"), ("gazette", "公报 (gazette)"))


def render(
    info: RunInfo,
    results: Results,
    records: Mapping[str, AnswerRecord],
    comparison: Comparison | None,
    gold: GoldSet,
    library: Library,
) -> str:
    """The whole page."""
    title = f"评测报告 (evaluation) {info.started:%Y-%m-%d %H:%M} · {info.mode}"
    pairs = {pair.id: pair for pair in gold.pairs}
    shown = {question.id for question in worst(results.questions)}
    body = [
        tag("h1", title),
        tag("p", headline(results)),
        _run(info),
        _compared(comparison, shown) if comparison else "",
        tag("h2", "全部指标 (All measures)"),
        _measures(results),
        tag("h2", "图 (Plots)"),
        _plots(results, records),
        tag("h2", "分组 (Groups)"),
        *(_group(results, grouping, name) for grouping, name in _GROUPS),
        tag("h2", "最差的问题 (Worst questions)"),
        tag(
            "p",
            "绿色：与金标一致；红色：缺失或不实。(green agrees with gold, red is missing or wrong)",
        ),
        cards(results.questions, pairs, records, library),
    ]
    head = join(
        [Html('<meta charset="utf-8">'), tag("title", title), Html(f"<style>{CSS}</style>")]
    )
    viewport = Html('<meta name="viewport" content="width=device-width, initial-scale=1">')
    page = tag("html", tag("head", viewport, head), tag("body", *body), lang="zh-CN")
    return f"<!doctype html>\n{page}\n"


def _run(info: RunInfo) -> Html:
    facts = {
        "设置 (settings)": info.settings_hash,
        "索引 (index)": info.index_hash,
        "金标 (gold)": info.gold_hash,
        "程序 (code)": info.code_hash,
        **{f"筛选 (filter) {name}": str(value) for name, value in info.filters.items() if value},
        **info.versions,
    }
    line = " · ".join(f"{name} {value}" for name, value in facts.items())
    return tag("p", line, class_="quiet")


def _compared(comparison: Comparison, shown: set[str]) -> Html:
    head = ("指标", "之前", "现在", "差", "95% 区间", "变差/变好", "门槛", "")
    lists = [
        tag(
            "details",
            tag("summary", f"{title}: {len(changed)}"),
            tag("ul", *(_changed(id, changes, shown) for id, changes in changed.items())),
        )
        for improved, title in ((False, "变差的问题 (worse)"), (True, "变好的问题 (better)"))
        for changed in [comparison.changed_questions(improved)]
    ]
    return join(
        [
            tag("h2", "与基线比较 (Against the baseline)"),
            tag("p", verdict(comparison), class_="good" if comparison.ok else "bad"),
            table(head, [_delta(delta) for delta in comparison.deltas]),
            *lists,
        ]
    )


def _delta(delta: Delta) -> tuple[str, ...]:
    title = join([BY_NAME[delta.measure].TITLE, " ", tag("code", delta.measure)])
    return (title, *delta_row(delta)[1:])


def _changed(id: str, changes: list[Change], shown: set[str]) -> Html:
    name = tag("a", id, href=f"#{id}") if id in shown else tag("code", id)
    return tag("li", name, " " + "; ".join(change_text(change) for change in changes))


def _measures(results: Results) -> Html:
    rows = [
        (
            join([tag("b", measure.TITLE), " ", tag("code", measure.NAME)]),
            number(results.overall[measure.NAME].mean, measure),
            interval(results.overall[measure.NAME], measure),
            str(results.overall[measure.NAME].n),
            join([measure.DEFINITION, tag("div", measure.SOURCE, class_="quiet")]),
        )
        for measure in MEASURES
        if measure.NAME in results.overall
    ]
    return table(("指标", "均值", "95% 区间", "n", "定义与出处 (definition, source)"), rows)


def _plots(results: Results, records: Mapping[str, AnswerRecord]) -> Html:
    titles = {measure.NAME: measure.TITLE for measure in MEASURES}
    figures = [
        charts.estimate_bars(f"{titles[name]}：{label}", _estimates(results.groups[grouping], name))
        for grouping, label in (("kind", "按题型 (by kind)"), ("gazette", "按公报 (by gazette)"))
        for name in _PLOTTED
        if name in results.overall
    ]
    stages = [
        (stage, latency.p50, latency.p95)
        for stage, latency in sorted(results.latency_ms.items(), key=lambda item: -item[1].p50)
    ]
    figures += [
        charts.target_bars(
            "拒答比例，✗ 为不可回答，竖线为应有值 (share refused, and what it should be)",
            refused_shares(results.questions),
        ),
        *_calibration(results),
        charts.value_bars("各阶段耗时 p50 / p95，毫秒 (latency by stage, ms)", stages),
        charts.cumulative(
            "答复时间的累积分布 (answered within)", [record.wall_ms for record in records.values()]
        ),
    ]
    return tag("div", *figures, class_="figures")


def _calibration(results: Results) -> list[Html]:
    """How far the scores of answerability can be relied on, and where the bot refuses."""
    auc = results.answerability_auc
    known = f"ROC-AUC {auc.mean:.3f}" if auc and auc.mean is not None else "分数全同 (equal scores)"
    title = f"可答性分数的校准，{known} (calibration; above: questions)"
    figures = [squares.reliability_plot(title, reliability(scored(results.questions)))]
    recall, over = (results.overall.get(name) for name in ("refusal_recall", "over_refusal"))
    curve = trade_off(scored(results.questions))
    if curve and recall and over and recall.mean is not None and over.mean is not None:
        title = "拒答的取舍，圆点为现状：召回 / 误拒 (refusals: curve by threshold, dot as it is)"
        figures.append(squares.trade_off_plot(title, curve, (over.mean, recall.mean)))
    return figures


def refused_shares(questions: tuple[QuestionResult, ...]) -> list[tuple[str, float, float]]:
    """For each kind, split by answerability: (name, share refused, share to be refused)."""
    groups: dict[tuple[str, bool], list[bool]] = {}
    for question in questions:
        key = (question.kind, question.answerable)
        groups.setdefault(key, []).append(question.refused)
    ordered = sorted(groups.items(), key=lambda item: (item[0][1], item[0][0]))
    return [
        (
            f"{kind}{'' if answerable else ' ✗'} ({len(refused)})",
            sum(refused) / len(refused),
            0.0 if answerable else 1.0,
        )
        for (kind, answerable), refused in ordered
    ]


def _group(results: Results, grouping: str, name: str) -> Html:
    groups = results.groups[grouping]
    rows = [
        (
            measure.TITLE,
            *(number(estimates[measure.NAME].mean, measure) for estimates in groups.values()),
        )
        for measure in MEASURES
        if measure.NAME in results.overall
    ]
    return tag("details", tag("summary", name), table(("指标", *groups), rows))


def _estimates(groups: Mapping[str, Mapping[str, Estimate]], measure: str) -> dict[str, Estimate]:
    return {group: estimates[measure] for group, estimates in groups.items()}
