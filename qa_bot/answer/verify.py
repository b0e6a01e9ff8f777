"""Does a sentence stand in the clauses that it cites? What is compared, and how.

Figures by value and unit, 文号 whole, organisations by name, and that what a clause forbids is not
allowed. A Chinese sentence must also have most of its words from its clauses; of an English
one over Chinese clauses the words cannot be compared, and ``UNCHECKED_ENGLISH`` says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qa_bot.answer.bodies import unknown_bodies
from qa_bot.answer.figures import missing_figures
from qa_bot.nfkc import nfkc

# The least share of a Chinese sentence's words, rare ones counting more, that its clauses hold:
# `python -m eval.verifier` prints what true sentences and others reach.
LEAST_COVERAGE = 0.55
UNCHECKED_ENGLISH = (
    "英文回答只核对了数字、日期、文号和机构的中文名称，措辞未逐句核对，请以所引条款为准。"
    "(only figures, dates, document numbers and Chinese names were checked in the English wording: "
    "rely on the clauses cited.)"
)

_DOC_NO = re.compile(
    r"(?:([一-龥]{1,16})\s*)?"
    r"[〔\[(【﹝]\s*((?:19|20)\d\d)\s*[〕\])】﹞]\s*(?:第\s*)?(\d+)\s*号"
)
_ISSUER = 3
_NEGATION = r"(?:不得|禁止|严禁|不准|不许|不可|不能|不予|不再|不宜|无需|无须|不需|不必|免于|免除)"
_WORDS = 4
_NEGATED = re.compile(rf"{_NEGATION}([一-龥]{{{_WORDS}}})")

Coverage = Callable[[str, str], float]


def unsupported(sentence: str, sources: Sequence[str]) -> list[str]:
    """What of ``sentence`` stands in none of ``sources``, as text: 文号, figures, organisations,
    and prohibitions that either side lacks."""
    rest = _DOC_NO.sub(" ", nfkc(sentence))
    return [
        *_missing_doc_numbers(sentence, sources),
        *map(str, missing_figures(rest, sources)),
        *unknown_bodies(rest, sources),
        *_turned(_fold(rest), _fold("".join(sources))),
    ]


def carried(sentence: str, sources: Sequence[str], coverage: Coverage) -> bool:
    """Do the clauses hold enough of a Chinese sentence's words?"""
    return coverage(sentence, "\n".join(sources)) >= LEAST_COVERAGE


def is_chinese(sentence: str) -> bool:
    """Is it written in Chinese, names and numbers apart?"""
    return len(re.findall(r"[㐀-鿿]", sentence)) > len(re.findall(r"[A-Za-z]", sentence)) / 2


def _missing_doc_numbers(sentence: str, sources: Sequence[str]) -> list[str]:
    """The 文号 of the sentence that no source has; their issuers are compared from the right,
    since on the left other words run into them."""
    held: dict[tuple[str, str], set[str]] = {}
    for source in sources:
        for match in _DOC_NO.finditer(nfkc(source)):
            held.setdefault((match[2], match[3]), set()).add(_issuer(match))
    return [
        match[0]
        for match in _DOC_NO.finditer(nfkc(sentence))
        if not any(
            _same_issuer(_issuer(match), other) for other in held.get((match[2], match[3]), ())
        )
    ]


def _issuer(match: re.Match[str]) -> str:
    return (match[1] or "")[-_ISSUER:]


def _same_issuer(left: str, right: str) -> bool:
    return left.endswith(right) or right.endswith(left)


def _turned(sentence: str, source: str) -> list[str]:
    """What one side forbids or denies and the other states."""
    return [*_denied_and_stated(source, sentence), *_denied_and_stated(sentence, source)]


def _denied_and_stated(denying: str, stating: str) -> set[str]:
    """What ``denying`` only denies and ``stating`` states."""
    denied = set(_NEGATED.findall(denying))
    return denied & _stated(stating) - _stated(denying) if denied else denied


def _stated(text: str) -> set[str]:
    """All runs of characters in ``text`` but for what follows directly on a negation."""
    rest = _NEGATED.sub("|", text)
    return {rest[i : i + _WORDS] for i in range(len(rest) - _WORDS + 1)}


def _fold(text: str) -> str:
    return re.sub(r"\s", "", nfkc(text))
