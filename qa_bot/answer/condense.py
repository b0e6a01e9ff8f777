"""A follow-up question made complete by the language model before anything is searched.

What the model writes is used only where it brings in nothing of its own: every figure, 文号,
title and organisation must stand in the conversation.
"""

from __future__ import annotations

import re
from string import Template

from qa_bot.answer.endpoint import Endpoint
from qa_bot.answer.model import Usage
from qa_bot.answer.statements import spoken
from qa_bot.answer.verify import unsupported
from qa_bot.retrieval.question import Question
from qa_bot.visible import visible

_TURNS = 3
_ANSWER_CHARS = 300
_TITLE = re.compile(r"《[^》]+》")


class Condenser:
    """Rewrites a question that leans on the turns before it as one that stands alone."""

    def __init__(self, endpoint: Endpoint, prompts: dict[str, Template], longest: int) -> None:
        self._endpoint = endpoint
        self._prompt = prompts["condense"]
        self._longest = longest

    def complete(self, question: Question) -> tuple[Question, Usage]:
        """The question on its own, without history; as it was where the rewriting cannot be used.

        Raises ``NoModelAnswer`` where the model fails.
        """
        from llama_index.core.llms import ChatMessage

        history = "\n".join(
            f"问：{turn.question}\n答：{turn.answer[:_ANSWER_CHARS]}"
            for turn in question.history[-_TURNS:]
        )
        prompt = self._prompt.substitute(
            history=visible(history), question=visible(question.question)
        )
        reply = self._endpoint.ask([ChatMessage(role="user", content=prompt)])
        rewritten = visible("".join(spoken(reply))).strip()
        conversation = [question.question, *(f"{t.question}\n{t.answer}" for t in question.history)]
        if not self._usable(rewritten, conversation):
            return question, reply.usage
        return question.model_copy(update={"question": rewritten, "history": ()}), reply.usage

    def _usable(self, rewritten: str, conversation: list[str]) -> bool:
        said = "\n".join(conversation)
        return (
            0 < len(rewritten) <= self._longest
            and "\n" not in rewritten
            and not unsupported(rewritten, conversation)
            and all(title in said for title in _TITLE.findall(rewritten))
        )
