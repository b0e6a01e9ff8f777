"""One question and what came of it, as HTML: an answer, a refusal, or a sentence on what failed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa_bot.answer.model import Answer, Citation, Partial
from qa_bot.web.escape import button, lines, safe
from qa_bot.web.strings import Language, text

_MARKER = re.compile(r"\s?\[(\d{1,3})\]")
REASONS = ("wrong_source", "off_topic", "incomplete", "outdated", "other")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer, or with the sentence that says why there is none.

    ``vote`` is 1 where the reader found it useful, -1 where not, ``reason`` says why; ``kept`` is
    its turn in the history.
    """

    question: str
    answer: Answer | None = None
    error: str = ""
    vote: int = 0
    reason: str = ""
    kept: int | None = field(default=None, compare=False)


def turn_html(exchange: Exchange, turn: int, language: Language, examples: Sequence[str]) -> str:
    """A finished exchange; ``turn`` is its position in the conversation."""
    return _turn(exchange.question, _reply(exchange, turn, language, examples), language)


def waiting_html(question: str, message: str, language: Language) -> str:
    """A question whose answer is not there yet."""
    waiting = (
        f'<p class="qb-waiting"><span class="qb-dots" aria-hidden="true"></span>{safe(message)}</p>'
    )
    return _turn(question, waiting, language)


def partial_html(question: str, partial: Partial, turn: int, language: Language) -> str:
    """An answer as far as it is written."""
    written = _statements(partial.answer, partial.citations, turn, language)
    return _turn(question, written, language)


def plain_answer(answer: Answer) -> str:
    """An answer with its notes and its numbered citations as text, to be copied."""
    notes = [f"※ {note}" for note in answer.notes]
    cited = [f"[{citation.number}] {citation.reference}" for citation in answer.citations]
    return "\n".join([answer.answer, *([""] if notes or cited else []), *notes, *cited])


def _turn(question: str, reply: str, language: Language) -> str:
    return (
        '<article class="qb-turn">'
        f'<div class="qb-question"><span class="qb-who">{text(language, "you")}</span>'
        f"<p>{lines(question)}</p></div>"
        f'<div class="qb-reply"><span class="qb-who">{text(language, "bot")}</span>'
        f'<div class="qb-said">{reply}</div></div></article>'
    )


def _reply(exchange: Exchange, turn: int, language: Language, examples: Sequence[str]) -> str:
    answer = exchange.answer
    if answer is None:
        return (
            f'<div class="qb-refusal error"><p class="qb-verdict">{text(language, "failed")}</p>'
            f"<p>{lines(exchange.error)}</p></div>"
        )
    if answer.refused:
        return _refusal(exchange, answer, turn, language, examples)
    return (
        _statements(answer.answer, answer.citations, turn, language)
        + _notes(answer, language)
        + _footer(exchange, answer, turn, language)
    )


def _statements(written: str, citations: Sequence[Citation], turn: int, language: Language) -> str:
    paragraphs = [part for part in written.split("\n\n") if part.strip()]
    return "".join(f"<p>{_statement(part, citations, turn, language)}</p>" for part in paragraphs)


def _statement(part: str, citations: Sequence[Citation], turn: int, language: Language) -> str:
    """A paragraph with its citation marks as buttons, its leading reference set off."""
    leads = (f"{c.doc_no or f'《{c.title}》'} {c.section}" for c in citations)
    lead = next((lead for lead in leads if part.startswith(lead)), "")
    known = {str(citation.number): citation for citation in citations}
    html, position = "", len(lead)
    for mark in _MARKER.finditer(part, position):
        if mark[1] in known:
            html += lines(part[position : mark.start()])
            html += _mark(known[mark[1]], turn, language)
            position = mark.end()
    html += lines(part[position:])
    return (f'<strong class="qb-lead">{safe(lead)}</strong>' if lead else "") + html


def _mark(citation: Citation, turn: int, language: Language) -> str:
    name = f"{text(language, 'source', number=citation.number)}：{citation.reference}"
    return (
        f'<button type="button" class="qb-cite" data-act="cite" data-turn="{turn}" '
        f'data-number="{citation.number}" title="{safe(citation.reference)}" '
        f'aria-label="{safe(name)}">[{citation.number}]</button>'
    )


def _notes(answer: Answer, language: Language) -> str:
    if not answer.notes:
        return ""
    notes = "".join(f"<li>{lines(note)}</li>" for note in answer.notes)
    return f'<div class="qb-notes"><p>{text(language, "notes")}</p><ul>{notes}</ul></div>'


def _footer(exchange: Exchange, answer: Answer, turn: int, language: Language) -> str:
    """Who worded the answer, how long it took, and what can be done with it."""
    took = f"{answer.timings_ms.get('total', 0) / 1000:.1f}"
    copy = button(text(language, "copy_answer"), act="copy", copy=plain_answer(answer))
    return (
        f'<div class="qb-foot"><span class="qb-mode {answer.mode}">{text(language, f"mode_{answer.mode}")}</span>'
        f"<span>{text(language, 'seconds', seconds=took)}</span>"
        f'<span class="qb-tools">{copy}{votes_html(exchange, turn, language)}</span></div>'
    )


def _refusal(
    exchange: Exchange, answer: Answer, turn: int, language: Language, examples: Sequence[str]
) -> str:
    reason = text(language, f"reason_{answer.reason or 'nothing_found'}")
    named = {
        f"{found.doc_no or f'《{found.title}》'} {found.section}": found.clause_id
        for found in reversed(answer.candidates)
    }
    near = "".join(f"<li>{_near(name, named.get(name))}</li>" for name in answer.suggestions)
    heading = text(language, "which_one" if answer.reason == "unclear_reference" else "near")
    nearby = f"<p>{heading}</p><ul>{near}</ul>" if near else ""
    return (
        f'<div class="qb-refusal"><p class="qb-verdict">{text(language, "refused")}'
        f"<span>{reason}</span></p><p>{lines(answer.answer)}</p>{nearby}"
        f'<div class="qb-tools">{votes_html(exchange, turn, language)}</div></div>'
        + (examples_html(examples, language) if examples else "")
    )


def _near(name: str, clause_id: str | None) -> str:
    """A clause to open, or a question to ask."""
    if clause_id:
        return button(name, kind="link", act="open", clause=clause_id)
    return button(name, kind="link", act="ask", question=name)


def examples_html(examples: Sequence[str], language: Language) -> str:
    """Questions to click on."""
    items = "".join(
        f"<li>{button(question, kind='example', act='ask', question=question)}</li>"
        for question in examples
    )
    return f'<div class="qb-examples"><p>{text(language, "examples")}</p><ul>{items}</ul></div>'


def votes_html(exchange: Exchange, turn: int, language: Language) -> str:
    """Was it useful? Yes at once; no with a reason."""
    up = (
        f'<button type="button" class="qb-button" data-act="vote" data-turn="{turn}" data-vote="1" '
        f'aria-pressed="{str(exchange.vote > 0).lower()}">{text(language, "useful")}</button>'
    )
    pressed = ' class="pressed"' if exchange.vote < 0 else ""
    reasons = "".join(
        button(text(language, f"why_{why}"), act="vote", turn=turn, vote=-1, reason=why)
        for why in REASONS
    )
    return (
        f'{up}<details class="qb-why"><summary{pressed}>{text(language, "not_useful")}</summary>'
        f"<div><p>{text(language, 'why')}</p>{reasons}</div></details>"
    )
