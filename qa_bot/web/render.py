"""Answers as HTML: every text from documents, questions or models is escaped."""

from __future__ import annotations

from html import escape

from qa_bot.answer.model import Answer, Citation


def citations_html(answer: Answer) -> str:
    """The numbered citations of an answer, the quoted words marked in their clause."""
    if answer.refused:
        near = "".join(f"<li>{escape(name)}</li>" for name in answer.suggestions)
        return f"<p>相近的条款（不是答案）</p><ul>{near}</ul>" if near else ""
    notes = "".join(f"<p class='note'>※ {escape(note)}</p>" for note in answer.notes)
    return notes + "".join(_citation(citation) for citation in answer.citations)


def _citation(citation: Citation) -> str:
    source = f"{citation.source.file}:{citation.source.start_line}"
    return (
        f"<details class='citation' open><summary>[{citation.number}] "
        f"{escape(citation.reference)}</summary>"
        f"<blockquote>{_marked(citation)}</blockquote>"
        f"<small>{escape(source)}</small></details>"
    )


def _marked(citation: Citation) -> str:
    """The clause with the quote in ``<mark>``."""
    before, quote, after = citation.text.partition(citation.quote)
    marked = f"{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}"
    return marked.replace("\n", "<br>")
