"""Section labels: how the way from the document to a clause is written in a citation.

The rules stand in ``docs/labels.md``.
"""

from __future__ import annotations

import re
import unicodedata

from qa_bot.clauses.nodes import Node

_DIVISIONS = ("part", "subpart", "chapter", "section")


def section_label(node: Node, prefix_issued: bool) -> str:
    """The label of ``node``; ``prefix_issued`` puts the issued text's title before its clauses."""
    scopes: list[str] = []
    chain: list[Node] = []
    for step in _way(node):
        if step.role in ("attachment", "box"):
            scopes.append(step.label)
        elif step.role == "issued":
            if prefix_issued or step is node:
                scopes.append(step.label)
        elif step.role != "document":
            chain.append(step)
    return _assemble(scopes, chain)


def path_of(node: Node) -> tuple[str, ...]:
    """Marker and heading of every step down to ``node`` (the marker alone where it has none)."""
    return tuple(
        step.label + (_joint(step) + step.heading if step.heading and step.role != "named" else "")
        for step in _way(node)
        if step.role not in ("document", "issued")
    )


def fold_label(label: str) -> str:
    """A label in the form in which spellings of it agree: NFKC, no blanks, no punctuation but
    what tells levels apart; ``第二十二条第(二)项``, ``二(三)1``, ``附件2第3项``."""
    text = unicodedata.normalize("NFKC", label)
    text = re.sub(r"[\s《》“”\"'、.,，。:：]", "", text)
    return re.sub(r"第?(\d+)(?:项|号|条目|行)", r"第\1项", text).lower()


def _way(node: Node) -> list[Node]:
    steps: list[Node] = []
    current: Node | None = node
    while current:
        steps.append(current)
        current = current.parent
    return steps[::-1]


def _joint(step: Node) -> str:
    return (
        " "
        if step.role in ("attachment", "box") or _style(step) in (*_DIVISIONS, "article")
        else ""
    )


def _style(node: Node) -> str:
    return node.marker.style if node.marker else ""


def _assemble(scopes: list[str], chain: list[Node]) -> str:
    articles = [i for i, step in enumerate(chain) if _style(step) == "article"]
    if articles:
        body = _article_label(chain[articles[-1] :])
    else:
        divisions = "".join(step.label for step in chain if _style(step) in _DIVISIONS)
        rest = [step for step in chain if _style(step) not in _DIVISIONS]
        body = " ".join(filter(None, [divisions, _outline_label(rest)]))
    title_alone = scopes and scopes[-1].startswith("《")
    if title_alone and body:
        return " ".join(scopes) + body
    return " ".join(filter(None, [*scopes, body]))


def _article_label(chain: list[Node]) -> str:
    label = chain[0].label
    for depth, step in enumerate(chain[1:]):
        bare = step.label.rstrip("、.")
        if not step.marker:
            label += step.label
        elif depth == 0:
            label += f"第{bare}项"
        else:
            label += f"第{bare}目"
    return label


def _outline_label(chain: list[Node]) -> str:
    label = ""
    for step in chain:
        own = step.label
        if step.parent and step.parent.role == "box" and step.marker:
            own = f"第{own.rstrip('.、')}项"
        apart = step.role == "row" or (step.role == "named" and own[0].isdigit())
        label += (" " if label and apart else "") + own
    last = chain[-1] if chain else None
    if last and _style(last) == "cn" and last.heading and last.paragraphs[0].is_heading:
        label += last.heading
    return label
