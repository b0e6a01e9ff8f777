"""The gate: a run against a baseline, question by question.

The difference of every guarded measure is taken per question and resampled (paired bootstrap,
Koehn 2004, as in machine translation): a drop is beyond noise when fewer than 5 % of the
resamples show none. For measures guarded ``any`` a single worse question is a drop, and a
question that is new is held against the best value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from qa_bot.answer.model import Mode
from qa_bot.evaluation.bootstrap import paired_interval
from qa_bot.evaluation.errors import EvaluationError
from qa_bot.evaluation.measures import BY_NAME, MEASURES, Measure
from qa_bot.evaluation.results import Results

NOISE = 0.05
_SAME = 1e-6  # baselines are rounded to six digits
Values = dict[str, dict[str, float | None]]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Baseline(_Frozen):
    """The values of every question of a run that later runs are held against."""

    gold_hash: str
    mode: Mode
    questions: Values


class Delta(_Frozen):
    """How one measure changed over the questions that are compared."""

    measure: str
    before: float
    after: float
    low: float
    high: float
    n: int
    worse: int
    better: int
    guard: Literal["none", "noise", "any"]
    ok: bool

    @property
    def difference(self) -> float:
        return self.after - self.before


class Change(_Frozen):
    """A question whose value of a measure changed."""

    id: str
    measure: str
    before: float | None
    after: float | None
    improved: bool


class Comparison(_Frozen):
    """A paired comparison over ``compared`` questions.

    Not ``ok`` where a guarded measure dropped or vanished, where questions are missing, or where
    there was nothing to compare.
    """

    compared: int
    deltas: tuple[Delta, ...]
    changes: tuple[Change, ...]
    vanished: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    gold_changed: bool

    @property
    def ok(self) -> bool:
        complete = self.compared and not self.missing and not self.vanished
        return bool(complete) and all(delta.ok for delta in self.deltas)

    def changed_questions(self, improved: bool) -> dict[str, list[Change]]:
        """Question → its changes for the better (or for the worse), in order."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            if change.improved == improved:
                found.setdefault(change.id, []).append(change)
        return found


def values_of(results: Results) -> Values:
    return {question.id: dict(question.values) for question in results.questions}


def make_baseline(results: Results, *, gold_hash: str, mode: Mode) -> Baseline:
    """The baseline that a run makes."""
    return Baseline(gold_hash=gold_hash, mode=mode, questions=values_of(results))


def write_baseline(baseline: Baseline, path: Path) -> None:
    """One line for each question, so that a change of baseline can be read as a diff."""
    import json

    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"  {json.dumps(id, ensure_ascii=False)}: {json.dumps(_rounded(values))}"
        for id, values in sorted(baseline.questions.items())
    ]
    head = f'{{"gold_hash": "{baseline.gold_hash}", "mode": "{baseline.mode}", "questions": {{\n'
    path.write_text(head + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


def read_baseline(path: Path) -> Baseline:
    """Raises EvaluationError where the file is missing or no baseline."""
    try:
        return Baseline.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError):
        raise EvaluationError(f"{path} 不是可用的基线文件。(not a usable baseline.)") from None


def check_replaceable(path: Path, *, mode: Mode, left_out: Collection[str]) -> None:
    """Raise EvaluationError where a run of this kind must not replace the file ``path``: where that
    is no baseline, one of another mode, or one with questions that the run leaves out."""
    if not path.exists():
        return
    old = read_baseline(path)
    if old.mode != mode or old.questions.keys() & set(left_out):
        raise EvaluationError(
            f"不能替换基线 {path}：它以另一种方式得出，或含有本次不问的问题。"
            "(a baseline of another mode, or with questions that are left out now: not replaced.)"
        )


def compare(
    before: Values,
    after: Values,
    *,
    gold_changed: bool = False,
    left_out: Collection[str] = (),
    measures: Sequence[Measure] = MEASURES,
) -> Comparison:
    """Compare two runs on the questions that both have.

    ``left_out`` names the questions of the gold that filters left out; any other question of
    ``before`` that is not in ``after`` is missing, and a run with missing questions fails.
    """
    shared = [id for id in before if id in after]
    ids = [*shared, *(id for id in after if id not in before)]
    deltas = [delta for m in measures if (delta := _delta(m, before, after, ids))]
    changes = [
        change
        for id in ids
        for measure in measures
        for old, new in _values(measure, before, after, [id])
        if (change := _change(measure, id, old, new))
    ]
    return Comparison(
        compared=len(shared),
        deltas=tuple(deltas),
        changes=tuple(changes),
        vanished=tuple(_vanished(before, after, shared)),
        missing=tuple(sorted(before.keys() - after.keys() - set(left_out))),
        added=tuple(ids[len(shared) :]),
        gold_changed=gold_changed,
    )


def _values(
    measure: Measure, before: Values, after: Values, ids: Sequence[str]
) -> Iterator[tuple[float | None, float | None]]:
    """What is compared: values that both have, and any of a measure whose bar is absolute."""
    for id in ids:
        old, new = before.get(id, {}), after[id]
        if measure.NAME in new and (measure.NAME in old or measure.GUARD == "any"):
            yield old.get(measure.NAME), new[measure.NAME]


def _vanished(before: Values, after: Values, shared: Sequence[str]) -> Iterator[str]:
    """The measures that have values in ``before`` and none in ``after``, but for unguarded ones."""
    known, found = (
        {name for id in shared for name, value in run[id].items() if value is not None}
        for run in (before, after)
    )
    for name in sorted(known - found):
        if name not in BY_NAME or BY_NAME[name].GUARD != "none":
            yield name


def _delta(measure: Measure, before: Values, after: Values, ids: Sequence[str]) -> Delta | None:
    values = _values(measure, before, after, ids)
    pairs = [pair for old, new in values if (pair := _pair(measure, old, new))]
    if not pairs:
        return None
    sign = 1 if measure.HIGHER_IS_BETTER else -1
    gains = [sign * (new - old) if abs(new - old) > _SAME else 0.0 for old, new in pairs]
    low, high, unharmed = paired_interval(gains)
    worse, better = (sum(side * gain > 0 for gain in gains) for side in (-1, 1))
    fell = {"none": False, "noise": unharmed < NOISE, "any": worse > 0}[measure.GUARD]
    return Delta(
        measure=measure.NAME,
        before=sum(old for old, _ in pairs) / len(pairs),
        after=sum(new for _, new in pairs) / len(pairs),
        low=min(sign * low, sign * high),
        high=max(sign * low, sign * high),
        n=len(pairs),
        worse=worse,
        better=better,
        guard=measure.GUARD,
        ok=not fell,
    )


def _pair(measure: Measure, old: float | None, new: float | None) -> tuple[float, float] | None:
    """Both values; where one run stated nothing (a refusal), it did no harm: the best value."""
    if old is None and new is None:
        return None
    if (old is None or new is None) and measure.UNIT:
        return None
    best = 1.0 - measure.WORST
    return (best if old is None else old), (best if new is None else new)


def _change(measure: Measure, id: str, old: float | None, new: float | None) -> Change | None:
    pair = _pair(measure, old, new)
    if not pair or measure.UNIT or abs(pair[1] - pair[0]) <= _SAME:
        return None
    improved = (pair[1] > pair[0]) == measure.HIGHER_IS_BETTER
    return Change(id=id, measure=measure.NAME, before=old, after=new, improved=improved)


def _rounded(values: Mapping[str, float | None]) -> dict[str, float | None]:
    return {
        name: None if value is None else round(value, 6)
        for name, value in values.items()
        if name in BY_NAME
    }
