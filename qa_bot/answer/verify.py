"""Does a sentence stand in the clauses that it cites? What is compared, and how.

Figures by value and unit, 文号 whole, organisations by name, and that what a clause forbids is not
allowed. A Chinese sentence must also have most of its words from its clauses; of an English
one over Chinese clauses the words cannot be compared, and ``UNCHECKED_ENGLISH`` says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from qa_bot.answer.bodies import unknown_bodies
from qa_bot.answer.figures import missing_figures

# The least share of a Chinese sentence's words, rare ones counting more, that its clauses hold:
# `python -m eval.verifier` prints what true sentences and others reach.
LEAST_COVERAGE = 0.55
UNCHECKED_ENGLISH = (
    "英文回答只核对了数字、日期、文号和机构的中文名称，措辞未逐句核对，请以所引条款为准。"
    "(only figures, dates, document numbers and Chinese names were checked in the English wording: "
    "rely on the clauses cited.)"
)

_DOC_NO = re.compile(
    r"([一-龥]{0,16})\s*[〔\[(【﹝]\s*((?:19|20)\d\d)\s*[〕\])】﹞]\s*第?\s*(\d+)\s*号"
)
_ISSUER = 3
_NEGATION = r"(?:不得|禁止|严禁|不准|不许|不可|不能|不予|不再|不宜|无需|无须|不需|不必|免于|免除)"
_NEGATED = re.compile(rf"{_NEGATION}([一-龥]{{4}})")

Coverage = Callable[[str, str], float]


def unsupported(sentence: str, sources: Sequence[str]) -> list[str]:
    """What of ``sentence`` stands in none of ``sources``, as text: 文号, figures, organisations,
    and prohibitions that either side lacks."""
    rest = _DOC_NO.sub(" ", _plain(sentence))
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
    held = [m.groups() for source in sources for m in _DOC_NO.finditer(_plain(source))]
    missing = []
    for match in _DOC_NO.finditer(_plain(sentence)):
        issuer, *number = match.groups()
        known = (other for other, *same in held if same == number)
        if not any(_same_issuer(issuer, other) for other in known):
            missing.append(match[0])
    return missing


def _same_issuer(left: str, right: str) -> bool:
    shared = min(_ISSUER, len(left), len(right))
    return left[len(left) - shared :] == right[len(right) - shared :]


def _turned(sentence: str, source: str) -> list[str]:
    """What one side forbids or denies and the other states."""
    return [
        *(words for words in _negated_only(source) if words in _stated(sentence)),
        *(words for words in _negated_only(sentence) if words in _stated(source)),
    ]


def _negated_only(text: str) -> set[str]:
    stated = _stated(text)
    return {words for words in _NEGATED.findall(text) if words not in stated}


def _stated(text: str) -> str:
    """``text`` without what follows directly on a negation."""
    return _NEGATED.sub("|", text)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _fold(text: str) -> str:
    return re.sub(r"\s", "", _plain(text))
