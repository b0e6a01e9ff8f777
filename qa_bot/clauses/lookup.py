"""Finding the document and the clause that a citation names, however it is spelt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from qa_bot.clauses.labels import fold_label
from qa_bot.clauses.model import Clause, Document
from qa_bot.clauses.numerals import NUMERAL, numeral_value
from qa_bot.clauses.references import DIVISIONS, Step, agree, fold_words, label_steps, readings
from qa_bot.errors import NotFoundError

_NUMBER = re.compile(r"(?P<who>\D*?)\W*(?P<year>(?:19|20)\d\d)\W*第?\W*(?P<n>\d{1,5})\W*号?")
_ORDER = re.compile(rf"(?P<who>.*?(?:令|公告))\W*第?\W*(?P<n>\d{{1,5}}|{NUMERAL})\W*号?")
_SUGGESTED = 3
_LEAST_PART = 4
_LONGEST_REFERENCE = 300

Steps = tuple[Step, ...]
T = TypeVar("T")


def find_document(documents: Sequence[Document], reference: str) -> Document:
    """The document with this 文号 (any brackets and blanks) or title (whole or in part).

    Raises NotFoundError, naming the nearest, where none or more than one fits.
    """
    _check_length("文件", reference)
    documents = list(documents)
    for fits in (_same_number(reference), _same_title(reference), _part_of_title(reference)):
        found = [document for document in documents if fits(document)]
        if len({(d.doc_no, d.title) for d in found}) == 1:
            return found[0]
        if found:
            names = "、".join(d.reference for d in found[:_SUGGESTED])
            raise NotFoundError(
                f"“{reference}”符合多份文件（{names}），请写出文号。"
                "(fits several documents, give the number of one.)"
            )
    near = _nearest(reference, documents, lambda d: (d.doc_no or "", d.title))
    raise NotFoundError(_sentence("文件", reference, [d.reference for d in near]))


def find_clause(clauses: Sequence[Clause], label: str) -> Clause:
    """The clause of one document that ``label`` names: ``附件2第3项``, ``第22条第2项``, ``二（三）1``.

    Raises NotFoundError, naming the nearest, where none or more than one fits.
    """
    _check_length("条款", label)
    clauses = [clause for clause in clauses if clause.section]
    for fits in _ways_to_fit(label):
        found = [clause for clause in clauses if fits(clause)]
        if found and (len({c.section for c in found}) == 1 or _is_family(found)):
            return found[0]
        if found:
            names = "、".join(dict.fromkeys(c.section for c in found[:_SUGGESTED]))
            raise NotFoundError(
                f"“{label}”符合多处（{names}），请写全章节。(fits several clauses, give the full label.)"
            )
    near = _nearest(label, clauses, lambda c: (c.section,))
    raise NotFoundError(_sentence("条款", label, [c.section for c in near]))


def _ways_to_fit(label: str) -> Iterator[Callable[[Clause], bool]]:
    """From the strictest reading of ``label`` to the loosest."""
    yield _same_label(label)
    for way in (_same_steps, _same_numbers, _within, _under_divisions):
        for steps in readings(label):
            yield way(steps)
    yield _headed(label)


def _same_number(reference: str) -> Callable[[Document], bool]:
    wanted = _number_key(reference)
    if wanted is None:
        return lambda document: False
    who, year, number = wanted

    def fits(document: Document) -> bool:
        own = _number_key(document.doc_no or "")
        if own is None or own[2] != number or year not in ("", own[1]):
            return False
        return own[0] == who or (bool(who) and own[0].endswith(who)) or (not who and bool(year))

    return fits


def _number_key(text: str) -> tuple[str, str, str] | None:
    """(issuer's word, year, number) of a 文号 in any spelling."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).strip("《》“”\"'")
    if match := _NUMBER.fullmatch(plain):
        return match["who"], match["year"], str(int(match["n"]))
    if match := _ORDER.fullmatch(plain):
        return match["who"], "", str(numeral_value(match["n"]))
    return None


def _same_title(reference: str) -> Callable[[Document], bool]:
    wanted = fold_words(reference)
    return lambda document: bool(wanted) and fold_words(document.title) == wanted


def _part_of_title(reference: str) -> Callable[[Document], bool]:
    wanted = fold_words(reference)
    return lambda document: len(wanted) >= _LEAST_PART and wanted in fold_words(document.title)


def _same_label(label: str) -> Callable[[Clause], bool]:
    wanted = fold_label(label)
    return lambda clause: bool(wanted) and fold_label(clause.section) == wanted


def _same_steps(steps: Steps) -> Callable[[Clause], bool]:
    return lambda clause: bool(steps) and agree(label_steps(clause.section), steps)


def _same_numbers(steps: Steps) -> Callable[[Clause], bool]:
    """The same numbers, words behind them left out or begun only; 款 is found in its article."""
    wanted = tuple(step for step in steps if step.kind != "款")

    def fits(clause: Clause) -> bool:
        own = label_steps(clause.section)
        if not _numbers(wanted) or not agree(_numbers(own), _numbers(wanted)):
            return False
        said = [step.value for step in wanted if step.kind == "文"]
        return not said or any(step.kind == "文" and step.value.startswith(said[0]) for step in own)

    return fits


def _within(steps: Steps) -> Callable[[Clause], bool]:
    """Steps left out before the last: ``二十五、`` for ``第五章 二十五、``, ``附件 名单`` for
    ``附件 一、名单``."""
    wanted = [step for step in steps if step.kind != "款"]

    def fits(clause: Clause) -> bool:
        own = label_steps(clause.section)
        if wanted and wanted[-1].kind != "文":
            own = _numbers(own)
        way = iter(own)
        if not wanted or not own or not own[-1].agrees(wanted[-1]):
            return False
        return all(any(step.agrees(other) for other in way) for step in wanted)

    return fits


def _under_divisions(steps: Steps) -> Callable[[Clause], bool]:
    """``第五章第二十五条``: the chapter is not in the label, but on the way to the clause."""
    divisions = [step for step in steps if step.kind in DIVISIONS]
    rest = tuple(step for step in steps if step.kind not in DIVISIONS)

    def fits(clause: Clause) -> bool:
        if not divisions or not rest:
            return False
        if not agree(_numbers(label_steps(clause.section)), _numbers(rest)):
            return False
        way = [step for part in clause.path for step in label_steps(part)[:1]]
        return all(division in way for division in divisions)

    return fits


def _headed(label: str) -> Callable[[Clause], bool]:
    """The words of a heading alone: ``组织领导`` for ``五、（一）``."""
    wanted = fold_words(label)
    return lambda clause: (
        len(wanted) >= 2 and bool(clause.path) and fold_words(clause.path[-1]).endswith(wanted)
    )


def _numbers(steps: Steps) -> Steps:
    return tuple(step for step in steps if step.kind != "文")


def _is_family(found: list[Clause]) -> bool:
    """One clause and what stands below it."""
    first = found[0].path
    return bool(first) and all(clause.path[: len(first)] == first for clause in found[1:])


def _nearest(wanted: str, items: Iterable[T], names: Callable[[T], tuple[str, ...]]) -> list[T]:
    folded = fold_words(wanted)

    def likeness(item: T) -> float:
        return max(
            SequenceMatcher(None, folded, fold_words(name), autojunk=False).ratio()
            for name in names(item)
        )

    return sorted(items, key=likeness, reverse=True)[:_SUGGESTED]


def _check_length(what: str, wanted: str) -> None:
    if len(wanted) > _LONGEST_REFERENCE:
        raise NotFoundError(
            f"{what}的名称过长（{len(wanted)} 个字符，最多 {_LONGEST_REFERENCE} 个），请缩短后再试。"
            "(this name is too long, shorten it.)"
        )


def _sentence(what: str, wanted: str, near: list[str]) -> str:
    names = "、".join(dict.fromkeys(near))
    hint = f"，最接近的是：{names}" if names else ""
    return f"找不到{what}“{wanted}”{hint}。(not found, check the spelling or pick one of these.)"
