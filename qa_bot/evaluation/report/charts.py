"""Plots as inline SVG: bars with intervals, and the distribution of answering times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_bot.evaluation.bootstrap import Estimate
from qa_bot.evaluation.report.html import Html, tag

_LABEL, _WIDTH, _ROW, _RIGHT = 220, 330, 22, 64


def estimate_bars(title: str, rows: Mapping[str, Estimate], css: str = "bar") -> Html:
    """One bar for each group with its 95 % interval; groups without values are left out."""
    present = {name: found for name, found in rows.items() if found.mean is not None}
    parts: list[Html] = [_axis(len(present))]
    for number, (name, found) in enumerate(present.items()):
        mean, low, high = found.mean or 0.0, found.low or 0.0, found.high or 0.0
        y = number * _ROW
        parts += _bar(y, f"{name} ({found.n})", mean, f"{mean:.2f}", css)
        parts.append(_line(_x(low), y + 11, _x(high), y + 11, "ci"))
    return _figure(title, parts, len(present))


def target_bars(title: str, rows: Sequence[tuple[str, float, float]]) -> Html:
    """One bar for each (name, share, wanted share), with a mark where it ought to end."""
    parts: list[Html] = [_axis(len(rows))]
    for number, (name, share, wanted) in enumerate(rows):
        y = number * _ROW
        parts += _bar(y, name, share, f"{share:.2f}", "bar")
        parts.append(_line(_x(wanted), y + 2, _x(wanted), y + 20, "target"))
    return _figure(title, parts, len(rows))


def value_bars(title: str, rows: Sequence[tuple[str, float, float]]) -> Html:
    """Two numbers for each name: a bar to the first, a thin line on to the second."""
    largest = max((max(first, second) for _, first, second in rows), default=1.0) or 1.0
    parts: list[Html] = []
    for number, (name, first, second) in enumerate(rows):
        y = number * _ROW
        parts += _bar(y, name, first / largest, f"{first:.0f} / {second:.0f}", "bar")
        parts.append(_line(_x(first / largest), y + 11, _x(second / largest), y + 11, "ci"))
    return _figure(title, parts, len(rows))


def cumulative(title: str, milliseconds: Sequence[float]) -> Html:
    """The share of questions (upwards) answered within a time (to the right)."""
    times = sorted(milliseconds)
    longest = times[-1] if times and times[-1] > 0 else 1.0
    height = 160
    points = " ".join(
        f"{_x(time / longest):.1f},{height - height * (n + 1) / len(times):.1f}"
        for n, time in enumerate(times)
    )
    parts = [
        tag("polyline", points=points, class_="curve"),
        _line(_x(0), height, _x(1), height, "grid"),
        _line(_x(0), height / 2, _x(1), height / 2, "grid"),
        _text(_x(0) - 6, 10, "100%", "end"),
        _text(_x(0) - 6, height / 2 + 4, "50%", "end"),
        _text(_x(0), height + 16, "0", "middle"),
        _text(_x(1), height + 16, f"{longest:.0f} ms", "middle"),
    ]
    return _figure(title, parts, 0, height + 24)


def _figure(title: str, parts: Sequence[Html], rows: int, height: int | None = None) -> Html:
    width = _LABEL + _WIDTH + _RIGHT
    svg = tag(
        "svg",
        *parts,
        viewBox=f"0 0 {width} {height or rows * _ROW + 18}",
        role="img",
        aria_label=title,
    )
    return tag("figure", tag("figcaption", title), svg)


def _bar(y: float, name: str, share: float, value: str, css: str) -> list[Html]:
    length = max(0.0, min(1.0, share)) * _WIDTH
    return [
        _text(_LABEL - 8, y + 15, name, "end"),
        tag("rect", x=_LABEL, y=y + 3, width=f"{length:.1f}", height=16, class_=css),
        _text(_LABEL + _WIDTH + 6, y + 15, value, "start"),
    ]


def _axis(rows: int) -> Html:
    bottom = rows * _ROW
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    lines = [_line(_x(tick), 0, _x(tick), bottom, "grid") for tick in ticks]
    labels = [_text(_x(tick), bottom + 14, f"{tick:g}", "middle") for tick in ticks]
    return tag("g", *lines, *labels)


def _x(share: float) -> float:
    return _LABEL + _WIDTH * max(0.0, min(1.0, share))


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> Html:
    return tag("line", x1=f"{x1:.1f}", y1=y1, x2=f"{x2:.1f}", y2=y2, class_=css)


def _text(x: float, y: float, text: str, anchor: str) -> Html:
    return tag("text", text, x=f"{x:.1f}", y=y, text_anchor=anchor)
