"""Plots in the unit square: how far a score can be relied on, and what its threshold trades."""

from __future__ import annotations

from collections.abc import Sequence

from qa_bot.evaluation.calibration import Bin
from qa_bot.evaluation.report.html import Html, tag

_LEFT, _TOP, _SIDE, _WIDTH, _FOOT = 150, 24, 340, 614, 46
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def reliability_plot(title: str, bins: Sequence[Bin]) -> Html:
    """The share of answerable questions (upwards) by score (to the right), with intervals.

    Above each dot stands the number of its questions.
    """
    marks: list[Html] = []
    for one in bins:
        x = _x(one.score)
        marks.append(_line(x, _y(one.low), x, _y(one.high), "ci"))
        marks.append(_dot(one.score, one.share, "dot"))
        marks.append(_text(x, _y(1) - 10, str(one.n), "middle"))
    axes = ("可答性分数 (answerability)", "确可回答 (answerable)")
    return _figure(title, *axes, [_diagonal(), *marks])


def trade_off_plot(
    title: str, curve: Sequence[tuple[float, float]], at: tuple[float, float]
) -> Html:
    """Refusal recall (upwards) against over-refusal; the dot is where the bot stands."""
    points = " ".join(f"{_x(across):.1f},{_y(up):.1f}" for across, up in curve)
    marks = [
        _diagonal(),
        tag("polyline", points=points, class_="curve"),
        _dot(*at, "dot here"),
        _text(_x(at[0]) + 9, _y(at[1]) + 14, f"{at[1]:.2f} / {at[0]:.2f}", "start"),
    ]
    return _figure(title, "误拒率 (over-refusal)", "拒答召回率 (recall)", marks)


def _figure(title: str, across: str, up: str, marks: Sequence[Html]) -> Html:
    grid = [_line(_x(tick), _y(0), _x(tick), _y(1), "grid") for tick in _TICKS]
    grid += [_line(_x(0), _y(tick), _x(1), _y(tick), "grid") for tick in _TICKS]
    labels = [_text(_x(tick), _y(0) + 16, f"{tick:g}", "middle") for tick in _TICKS]
    labels += [_text(_x(0) - 6, _y(tick) + 4, f"{tick:g}", "end") for tick in _TICKS]
    labels.append(_text(_x(0.5), _y(0) + 36, across, "middle"))
    labels.append(_upright(_x(0) - 42, _y(0.5), up))
    svg = tag(
        "svg",
        *grid,
        *labels,
        *marks,
        viewBox=f"0 0 {_WIDTH} {_TOP + _SIDE + _FOOT}",
        role="img",
        aria_label=title,
    )
    return tag("figure", tag("figcaption", title), svg)


def _diagonal() -> Html:
    return _line(_x(0), _y(0), _x(1), _y(1), "even")


def _dot(across: float, up: float, css: str) -> Html:
    return tag("circle", cx=f"{_x(across):.1f}", cy=f"{_y(up):.1f}", r=5, class_=css)


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> Html:
    return tag("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=css)


def _upright(x: float, y: float, text: str) -> Html:
    turn = f"translate({x:.1f} {y:.1f}) rotate(-90)"
    return tag("text", text, transform=turn, text_anchor="middle")


def _text(x: float, y: float, text: str, anchor: str) -> Html:
    return tag("text", text, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)
