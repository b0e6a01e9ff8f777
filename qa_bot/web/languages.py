"""Components whose words follow the language of the page, and are given when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr

from qa_bot.web.strings import Language, text

Render = Callable[[Language], Any]


class Worded:
    """Components with the strings or functions that give their words in each language."""

    def __init__(self) -> None:
        self._bound: list[tuple[Any, dict[str, str | Render]]] = []

    def bind(self, component: Any, **words: str | Render) -> Any:
        """Let ``words`` (property → key of a string, or a function) follow the language."""
        self._bound.append((component, words))
        return component

    def block(self, render: Callable[[Language], str], **given: Any) -> gr.HTML:
        """A block that ``render`` fills when a page is opened and when its language changes."""
        return self.bind(block("", **given), value=render)

    @property
    def components(self) -> list[Any]:
        return [component for component, _ in self._bound]

    def updates(self, language: Language) -> list[dict[str, Any]]:
        """What to send to ``components`` when a page is opened or its language changes."""
        return [
            gr.update(**{name: _words(said, language) for name, said in words.items()})
            for _, words in self._bound
        ]


def block(value: str, **given: Any) -> gr.HTML:
    """A piece of the page's own HTML, without Gradio's styles for running text."""
    return gr.HTML(value, apply_default_css=False, padding=False, **given)


def choices_of(values: Iterable[str], language: Language) -> list[tuple[str, str]]:
    """What a filter offers: everything, then ``values``."""
    return [(text(language, "all"), ""), *((value, value) for value in values)]


def _words(said: str | Render, language: Language) -> Any:
    return said(language) if callable(said) else text(language, said)
