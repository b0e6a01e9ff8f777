"""A conversation to take away: Markdown and Word, each answer with its formal citations."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Literal

from docx import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Pt
from fastapi import APIRouter, Request, Response

from qa_bot.errors import NotFoundError
from qa_bot.web.past import Past
from qa_bot.web.strings import Language, as_language, text
from qa_bot.web.turns import Exchange

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MARKUP = re.compile(r"([\\`*_{}<>#|!\[\]])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def transcripts(past: Past) -> APIRouter:
    """``/conversations/ID.md`` and ``.docx``, for the browser that held the conversation."""
    router = APIRouter(include_in_schema=False)

    @router.get("/conversations/{conversation}.{ending}")
    def transcript(
        request: Request, conversation: str, ending: Literal["md", "docx"], lang: str = "zh"
    ) -> Response:
        exchanges = past.exchanges(request, conversation)
        if not exchanges:
            raise NotFoundError(
                "没有这段对话，它可能已被删除，或属于另一个浏览器。"
                "(no such conversation: it was deleted, or is another browser's.)"
            )
        language = as_language(lang)
        content, kind = (
            (as_markdown(exchanges, language).encode(), "text/markdown")
            if ending == "md"
            else (as_word(exchanges, language), _WORD)
        )
        disposition = f'attachment; filename="conversation.{ending}"'
        return Response(content, media_type=kind, headers={"Content-Disposition": disposition})

    return router


def as_markdown(exchanges: Sequence[Exchange], language: Language) -> str:
    """The conversation as Markdown in which no word of a document acts as markup."""
    parts = [f"# {text(language, 'site')}", f"> {text(language, 'prevails')}"]
    for exchange in exchanges:
        parts.append(f"## {_plain(exchange.question)}")
        parts.append(_plain(_said(exchange)))
        parts += [f"- ※ {_plain(note)}" for note in _notes(exchange)]
        for number, reference, quote in _cited(exchange):
            quoted = _plain(quote).replace("\n", "\n   > ")
            parts.append(f"{number}. {_plain(reference)}\n\n   > {quoted}")
    return "\n\n".join(parts) + "\n"


def as_word(exchanges: Sequence[Exchange], language: Language) -> bytes:
    """The conversation as a Word document."""
    book = WordDocument()
    style = book.styles["Normal"]
    style.font.name, style.font.size = "宋体", Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    book.add_heading(text(language, "site"), level=1)
    book.add_paragraph(text(language, "prevails"))
    for exchange in exchanges:
        book.add_heading(_clean(exchange.question), level=2)
        book.add_paragraph(_clean(_said(exchange)))
        for note in _notes(exchange):
            book.add_paragraph(_clean(f"※ {note}"))
        for number, reference, quote in _cited(exchange):
            book.add_paragraph(_clean(f"[{number}] {reference}"))
            book.add_paragraph(_clean(quote), style="Intense Quote")
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _said(exchange: Exchange) -> str:
    return exchange.answer.answer if exchange.answer else exchange.error


def _notes(exchange: Exchange) -> tuple[str, ...]:
    return exchange.answer.notes if exchange.answer else ()


def _cited(exchange: Exchange) -> list[tuple[int, str, str]]:
    citations = exchange.answer.citations if exchange.answer else ()
    return [(citation.number, citation.reference, citation.quote) for citation in citations]


def _plain(words: str) -> str:
    """Words as Markdown that shows them; a mark like [1] stays as it is read."""
    return re.sub(r"\\\[(\d+)\\\]", r"[\1]", _MARKUP.sub(r"\\\1", words))


def _clean(words: str) -> str:
    return _CONTROL.sub("", words)
