"""Fuzzing: damaged gazettes, questions, references and bytes; nothing may crash, hang or be lost.

Every input is made of a real gazette and its own number alone, so a failure is repeated by
``--first NUMBER --inputs 1``; only the beginning of an input is printed, ``make(NUMBER)`` gives all.

    python -m eval.reliability.fuzz --inputs 100000
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from qa_bot.answer.statements import sentences, statements
from qa_bot.answer.verify import unsupported
from qa_bot.clauses.labels import fold_label
from qa_bot.clauses.lookup import find_clause, find_document
from qa_bot.clauses.model import ParsedFile
from qa_bot.clauses.parser import parse_text
from qa_bot.clauses.references import label_steps
from qa_bot.errors import NotFoundError, SourceError
from qa_bot.gazette.html import html_text
from qa_bot.gazette.reader import decode, read_source
from qa_bot.index.lexical import LexicalIndex, tokenize
from qa_bot.retrieval.homophones import Corrector
from qa_bot.retrieval.query import read_query
from qa_bot.retrieval.question import Question, Turn
from qa_bot.retrieval.regions import Regions

CORPUS = Path(__file__).parents[2] / "corpus"
_LONGEST = 1500
_MOST = 20_000  # characters of an input, however often it is doubled
_SHOWN = 120
_HANGS_AFTER_S = 20  # of processor time
_SECONDS = 2.0  # what any input may take, and on top of it
_SECONDS_A_CHARACTER = 1e-3
_INVENTED = "第98765432条"
_ODD = "\u200b\u200e\u202e\u2066\ufeff\x00\x0c\x1b\u2028\u3000\xa0\ufe0f\U000e0041\U0001f600①²½Ⅻ〇○ＯO०٣"
_MARKS = "第条章节款项一二十百（）()〔〕[]【】《》〈〉“”、。；：，.,:;|<>&*#-—_`~{}$\\/\t\n 0123456789年月日号附件专栏表"
_LOOKALIKES = str.maketrans("一二〇（）〔〕。，日未己", "—ニ0()[].,曰末已")
_ASKED = [
    "哪个部门负责？",
    "什么时候施行？",
    "第几条？",
    "要什么材料？",
    "有效期多久？",
    "依据是什么？",
    "which office?",
    "那它呢？",
]
_CITED = [
    "。[E1]",
    "[E1]。",
    "。【E2】",
    "。[E1, E12]",
    "。[E 3][E4]",
    "。[1]",
    "[E",
    "。<think>",
    "。",
]

Mutation = Callable[[random.Random, str], str]


@dataclass(frozen=True, slots=True)
class Failure:
    """An input on which ``target`` broke, and how."""

    number: int
    target: str
    text: str
    problem: str


class Hang(BaseException):
    """An input took far too long."""


@cache
def sources() -> tuple[str, ...]:
    """The text of the shipped gazettes."""
    return tuple(read_source(path) for path in sorted(CORPUS.glob("*.txt")))


@cache
def _library() -> ParsedFile:
    return parse_text(sources()[-1], "library.txt")


@cache
def _regions() -> Regions:
    return Regions(_library().documents)


@cache
def _corrector() -> Corrector:
    return Corrector(LexicalIndex.build([clause.text for clause in _library().clauses]))


def _cut(rng: random.Random, text: str) -> str:
    start, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    return text[:start] + text[end:]


def _shuffled(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    rng.shuffle(lines)
    return "\n".join(lines)


def _doubled(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    return "\n".join(lines[:at] + lines[at : at + 3] * rng.randint(2, 8) + lines[at + 3 :])


def _glued(rng: random.Random, text: str) -> str:
    return "".join("" if c == "\n" and rng.random() < 0.3 else c for c in text)


def _broken(rng: random.Random, text: str) -> str:
    return "".join(c + rng.choice("\n \t") if rng.random() < 0.05 else c for c in text)


def _misread(rng: random.Random, text: str) -> str:
    return "".join(c.translate(_LOOKALIKES) if rng.random() < 0.3 else c for c in text)


def _sprinkled(rng: random.Random, text: str) -> str:
    kinds = (_ODD, _MARKS, [chr(rng.randrange(0x20, 0xD7FF)) for _ in range(9)])
    kind = rng.choice(kinds)
    return "".join(c + rng.choice(kind) if rng.random() < 0.05 else c for c in text)


def _repeated(rng: random.Random, text: str) -> str:
    start = rng.randrange(len(text) + 1)
    end = start + rng.randint(1, 6)
    return text[:end] + text[start:end] * rng.choice((2, 50, 1500)) + text[end:]


def _marked(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + "".join(rng.choices(_MARKS, k=rng.randint(1, 200))) + text[at:]


MUTATIONS: tuple[Mutation, ...] = (
    _cut,
    _shuffled,
    _doubled,
    _glued,
    _broken,
    _misread,
    _sprinkled,
    _repeated,
    _marked,
)


def check_parser(text: str) -> None:
    """Spans lie in the file, none in another, no word is lost, ids are unique."""
    parsed = parse_text(text, "a.txt")
    spans = sorted([s for c in parsed.clauses for s in c.spans] + list(parsed.noise_spans))
    assert all(0 <= start <= end <= len(text) for start, end in spans), "a span leaves the file"
    assert all(first[1] <= second[0] for first, second in pairwise(spans)), "spans overlap"
    joined = "".join(text[start:end] for start, end in spans)
    assert _words(joined) == _words(text), "text is lost"
    ids = [clause.id for clause in parsed.clauses]
    assert len(ids) == len(set(ids)), "an id stands twice"
    assert all(clause.section and clause.lines for clause in parsed.clauses), "no label"


def check_query(text: str) -> None:
    """Any question and history is read."""
    asked, _, before = text.partition("\n")
    history = (Turn(question=before, answer=before),) if before else ()
    read_query(Question(question=asked, history=history), _regions(), _corrector())
    tokenize(text)


def check_lookup(text: str) -> None:
    """Any reference names one document or clause, or is refused in a sentence."""
    label_steps(text)
    fold_label(text)
    library = _library()
    with suppress(NotFoundError):
        assert find_document(library.documents, text) in library.documents
    with suppress(NotFoundError):
        assert find_clause(library.clauses[:60], text) in library.clauses


def check_verify(text: str) -> None:
    """A text supports itself; a figure that it does not hold is found out."""
    assert unsupported(text, [text]) == [], "a text does not support itself"
    if "98765432" not in text:
        assert unsupported(f"{text}。{_INVENTED}", [text]), "an invented figure passes"


def check_reply(text: str) -> None:
    """A model's reply gives the same statements however it is cut into pieces."""
    assert list(statements([text])) == list(statements(text)), "pieces change the statements"
    sentences(text)


def check_bytes(text: str) -> None:
    """Any bytes are decoded or refused in a sentence, as text and as a web page."""
    data = text.encode("gb18030", "replace")
    with suppress(SourceError):
        decode(data[1:], "a.txt")
    html_text(f"<table><tr><td colspan={text[:9]}>{text}<td><p>{text[:50]}")


TARGETS: dict[str, Callable[[str], None]] = {
    "parser": check_parser,
    "query": check_query,
    "lookup": check_lookup,
    "verify": check_verify,
    "reply": check_reply,
    "bytes": check_bytes,
}
_WEIGHTS = (4, 2, 1, 2, 1, 1)
_LENGTHS = {
    "parser": _LONGEST, "query": 300, "lookup": 40, "verify": 400, "reply": 300, "bytes": 800,
}  # fmt: skip


def make(number: int) -> tuple[str, str]:
    """Input ``number``: the target that it is for, and its text."""
    rng = random.Random(number)
    target = rng.choices(list(TARGETS), _WEIGHTS)[0]
    text = _seed(rng, target)
    for _ in range(rng.randint(1, 4)):
        text = rng.choice(MUTATIONS)(rng, text)[:_MOST]
    return target, text


def _seed(rng: random.Random, target: str) -> str:
    if target == "lookup":
        item = rng.choice(_library().clauses)
        return rng.choice((item.section, item.doc_no or item.title, " ".join(item.path)))[:200]
    source = rng.choice(sources())
    start = rng.randrange(len(source))
    text = source[start : start + rng.randint(1, _LENGTHS[target])]
    if target == "reply":
        return re.sub("。", lambda _: rng.choice(_CITED), text)
    return text + rng.choice(_ASKED) if target == "query" else text


def broken(target: str, text: str) -> str | None:
    """How ``target`` breaks on ``text``; None where it does not."""
    started = time.process_time()
    try:
        with _alarm():
            TARGETS[target](text)
    except Hang:
        return "hangs"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    seconds = time.process_time() - started
    slow = seconds > _SECONDS + _SECONDS_A_CHARACTER * len(text)
    return f"takes {seconds:.1f} s for {len(text)} characters" if slow else None


def fuzz(numbers: Iterable[int]) -> Iterator[Failure | str]:
    """For each input its failure, or the target that withstood it."""
    for number in numbers:
        target, text = make(number)
        problem = broken(target, text)
        yield Failure(number, target, text, problem) if problem else target


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, _HANGS_AFTER_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _words(text: str) -> str:
    return re.sub(r"[\s\ufeff]", "", text)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--first", type=int, default=0, help="number of the first input")
    chosen = options.parse_args()
    withstood: Counter[str] = Counter()
    failures = 0
    started = time.perf_counter()
    numbers = range(chosen.first, chosen.first + chosen.inputs)
    for done, outcome in enumerate(fuzz(numbers), 1):
        if isinstance(outcome, Failure):
            failures += 1
            print(f"input {outcome.number}, {outcome.target}: {outcome.problem[:_SHOWN]}", end=", ")
            print(f"{len(outcome.text)} characters: {outcome.text[:_SHOWN]!r}", flush=True)
        else:
            withstood[outcome] += 1
        if done % 10_000 == 0:
            print(f"{done} inputs, {failures} failures", file=sys.stderr, flush=True)
    counts = ", ".join(f"{target} {count}" for target, count in sorted(withstood.items()))
    print(f"{chosen.inputs} inputs, {failures} failures ({counts}) in", end=" ")
    print(f"{time.perf_counter() - started:.0f} s")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
