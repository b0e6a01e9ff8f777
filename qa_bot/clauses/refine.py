"""What only shows once the tree stands: closing paragraphs and unnumbered clauses.

- A paragraph behind the last item of a list belongs to the clause that opened the list.
- Unnumbered paragraphs with a heading run into their first sentence (坚持党的全面领导。…), with a
  dash (——以人为本。…) or with one body's duties (财政部门负责…) are clauses of their own.
"""

from __future__ import annotations

import re

from qa_bot.clauses.tree import Node, Paragraph

_RUN_IN = re.compile(r"^(?:[—－-]{1,2}\s*)?([^。；;：:]{3,40}?)。(?=.{12})", re.DOTALL)
_DASHED = re.compile(r"^[—－]{1,2}\s*([^。；;：:，,]{2,40})[。；;：:，,]", re.DOTALL)
_DUTY = re.compile(
    r"^(?!此项|该项|以上|上述|由|各)([^，,。；;：:由]{1,24}?(?:部门|局|委|办|办公室|政府|公司|中心|银行|处|厅|院|学院|会|单位)(?:[（(][^）)]*[）)])?)"
    r"\s*(?:负责|要|牵头|[:：]|配合|应)"
)
_STAGE = re.compile(r"^((?:到|至)\s*\d{4}\s*年(?:\s*\d{1,2}\s*月)?(?:底|末|初)?)[,，]")
_MOST_COMMAS = 2


def refine(node: Node) -> None:
    """Move closing paragraphs and open unnumbered clauses, from the leaves up."""
    for child in node.children:
        refine(child)
    _lift_closing_paragraphs(node)
    if node.role == "marked":
        _open_unnumbered(node, least=2)
    items = [child for child in node.children if child.role == "marked"]
    closed = [child for child in items if not any(n.role == "named" for n in child.children)]
    if len(closed) == 1 and len(items) > 2:
        _open_unnumbered(closed[0], least=1)


def _lift_closing_paragraphs(node: Node) -> None:
    items = [c for c in node.children if c.role == "marked" and c.marker]
    if len(items) < 2 or items[-1].marker is None or items[-1].marker.style == "article":
        return
    if items[-1].marker.rank <= 3:
        return
    last, before = items[-1], items[:-1]
    as_list = all(_text(c)[-1:] in "；;" for c in before)
    usual = max(len(c.all_paragraphs) for c in before)
    if not as_list and (len(before) < 2 or min(len(c.all_paragraphs) for c in before) != usual):
        return
    if any(c.children for c in items) and not all(c.children for c in items) and not as_list:
        return
    extra = len(last.all_paragraphs) - usual
    if extra == 1 or (as_list and extra > 0):
        for _ in range(extra):
            node.tail.insert(0, (last.tail or last.paragraphs).pop())


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
    moved = [p for child in children for p in child.paragraphs]
    node.paragraphs = [p for p in node.paragraphs if p not in moved]
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
    if match and len(re.findall(r"[，,、]", match[1])) <= _MOST_COMMAS:
        return match[1].strip()
    return ""
