"""What only shows once the tree stands: closing paragraphs and unnumbered clauses.

- A paragraph behind the last item of a list belongs to the clause that opened the list.
- Unnumbered paragraphs with a heading run into their first sentence (坚持党的全面领导。…), with a
  dash (——以人为本。…) or with one body's duties (财政部门负责…) are clauses of their own.
"""

from __future__ import annotations

import re

from qa_bot.clauses.markers import RANK
from qa_bot.clauses.nodes import Node, Paragraph

_RUN_IN = re.compile(r"^(?:[—－-]{1,2}\s*)?([^。；;：:]{3,40}?)。(?=.{12})", re.DOTALL)
_DASHED = re.compile(r"^[—－]{1,2}\s*([^。；;：:，,]{2,40})[。；;：:，,]", re.DOTALL)
_DUTY = re.compile(
    r"^(?!此项|该项|以上|上述|由|各)([^，,。；;：:由]{1,24}?(?:部门|局|委|办|办公室|政府|公司|中心|银行|处|厅|院|学院|会|单位)(?:[（(][^）)]*[）)])?)"
    r"\s*(?:负责|要|牵头|[:：]|配合|应)"
)
_STAGE = re.compile(r"^((?:到|至)\s*\d{4}\s*年(?:\s*\d{1,2}\s*月)?(?:底|末|初)?)[,，]")
_MOST_COMMAS = 2
_WHOLE = (
    r".{0,25}(?:本(?:方案|办法|规定|意见|通知|规划|细则|计划|决定|制度|措施|规则)|"
    r"以上(?:工作|任务|措施|各项)|上述|任务完成后|工作完成后)"
)
_OF_THE_WHOLE = re.compile(_WHOLE)
_TO_ALL = re.compile(
    rf"{_WHOLE}|.{{0,20}}(?:各地区|各部门|各级|各单位|各有关|各县|各分行|各省)|请|特此"
)


def refine(node: Node, in_article: bool = False) -> None:
    """Move closing paragraphs and open unnumbered clauses, from the leaves up.

    The paragraphs of an article are counted (第X条第二款) and stay in it.
    """
    in_article = in_article or _is_article(node)
    for child in node.children:
        refine(child, in_article)
    _lift_closing_paragraphs(node)
    if in_article:
        return
    if node.role == "marked":
        _open_unnumbered(node, least=2)
    items = [c for c in node.children if c.role == "marked" and not _is_article(c)]
    closed = [child for child in items if not any(n.role == "named" for n in child.children)]
    if len(closed) == 1 and len(items) > 2:
        _open_unnumbered(closed[0], least=1)


def _is_article(node: Node) -> bool:
    return node.marker is not None and node.marker.style == "article"


def _lift_closing_paragraphs(node: Node) -> None:
    items = [c for c in node.children if c.role == "marked" and c.marker]
    if len(items) < 2:
        return
    closing: list[Paragraph] = []
    for _ in range(_closing(node, items)):
        closing.insert(0, (items[-1].tail or items[-1].paragraphs).pop())
    if closing and node.marker:
        node.tail = closing + node.tail
    elif closing:
        position = node.children.index(items[-1]) + 1
        last = Node("closing", "paragraph", "结语", parent=node)
        last.paragraphs = closing
        node.children.insert(position, last)


def _closing(node: Node, items: list[Node]) -> int:
    """How many paragraphs at the end of the last item close the list and not the item.

    Items that end in ； (or stand in an article) are a list, and what follows it is not part of
    its last item. Elsewhere only a paragraph that speaks of the whole is taken for a closing.
    """
    last, before = items[-1], items[:-1]
    if last.marker is None or last.marker.rank <= RANK["article"]:
        return 0
    usual = max(len(c.all_paragraphs) for c in before)
    extra = len(last.all_paragraphs) - usual
    if extra <= 0:
        return 0
    if all(_text(c)[-1:] in "；;" for c in before):
        return extra
    if _is_article(node) and usual == 1 and not any(c.children for c in items):
        return extra
    if last.tail or last.children:
        return 0
    cue = _OF_THE_WHOLE if node.marker else _TO_ALL
    return 1 if cue.match(_text(last)) else 0


def _text(node: Node) -> str:
    return node.all_paragraphs[-1].text if node.all_paragraphs else ""


def _open_unnumbered(node: Node, least: int) -> None:
    """Give ``node`` a child for each named paragraph, if at least ``least`` and most have a name."""
    body = [p for p in node.paragraphs if not p.is_heading]
    if body and body[0] is node.paragraphs[0]:
        body = body[1:]
    named = [p for p in body if _name(p)]
    if len(named) < least or len(named) * 10 < len(body) * 6:
        return
    children: list[Node] = []
    for paragraph in body:
        if name := _name(paragraph):
            children.append(Node("named", "paragraph", name, name, parent=node))
            children[-1].paragraphs = [paragraph]
        elif children:
            children[-1].paragraphs.append(paragraph)
    moved = {id(p) for child in children for p in child.paragraphs}
    node.paragraphs = [p for p in node.paragraphs if id(p) not in moved]
    marked = (i for i, child in enumerate(node.children) if child.role == "marked")
    position = next(marked, len(node.children))
    node.children[position:position] = children


def _name(paragraph: Paragraph) -> str:
    """What an unnumbered clause is called: its run-in heading, or the body whose duty it is."""
    text = paragraph.text
    for pattern in (_DASHED, _STAGE, _DUTY):
        if match := pattern.match(text):
            return match[1].strip()
    match = _RUN_IN.match(text)
    if (
        match
        and not _OF_THE_WHOLE.match(text)
        and len(re.findall(r"[，,、]", match[1])) <= _MOST_COMMAS
    ):
        return match[1].strip()
    return ""
