"""The language-model answerer: an OpenAI-compatible model words the answer, code vouches for it.

The model sees clauses under keys (E1, E2, …) and may only name keys; the code writes 文号,
section and quote. A sentence that names no key, an unknown one, or holds a figure that its
clauses do not have is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa_bot.answer.citing import Composed, cite, whole_text
from qa_bot.answer.model import Citation
from qa_bot.answer.prompts import load_prompts
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.answer.verify import unsupported
from qa_bot.clauses.model import Clause
from qa_bot.errors import ModelError
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.retriever import Hit
from qa_bot.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_EVIDENCE = 8
_EVIDENCE_CHARS = 6000
_QUOTE = 220
_KEY = re.compile(r"\[\s*E(\d+)\s*\]")
_STATEMENT = re.compile(r"(.+?)((?:\[\s*E\d+\s*\]\s*)+)", re.DOTALL)
NO_ANSWER = "NO_ANSWER"


class ModelAnswerer:
    """Answers through ``llm``; raises ``ModelError`` where no verified sentence is left."""

    def __init__(
        self, llm: LLM, settings: Settings, store: ClauseStore, chooser: SentenceChooser
    ) -> None:
        self._llm = llm
        self._prompts = load_prompts(settings.prompts_dir)
        self._store = store
        self._chooser = chooser

    def compose(self, query: Query, hits: Sequence[Hit]) -> Composed:
        clauses = self._evidence(hits)
        reply = self._ask(query, clauses)
        if NO_ANSWER in reply:
            raise ModelError(
                "模型认为证据不足，以下为条款原文。(the model found no answer: the clauses' own words follow.)"
            )
        statements: list[str] = []
        citations: list[Citation] = []
        dropped = 0
        for match in _STATEMENT.finditer(reply):
            sentence = match[1].strip()
            keys = [int(key) for key in _KEY.findall(match[2])]
            cited = [clauses[key - 1] for key in keys if 0 < key <= len(clauses)]
            sources = [f"{c.doc_no} {whole_text(self._store, c)}" for c in cited]
            if len(cited) < len(keys) or unsupported(sentence, sources):
                dropped += 1
                continue
            marks = [self._number(clause, sentence, citations) for clause in cited]
            statements.append(sentence + "".join(f"[{number}]" for number in marks))
        if not statements:
            raise ModelError(
                "模型的回答未能通过核对，以下为条款原文。(the model's answer could not be verified: the clauses' own words follow.)"
            )
        notes = (
            (
                f"模型有 {dropped} 句话未能通过核对，已略去。({dropped} unverified sentence(s) left out.)",
            )
            if dropped
            else ()
        )
        return Composed("".join(statements), tuple(citations), notes)

    def _evidence(self, hits: Sequence[Hit]) -> list[Clause]:
        chosen: list[Clause] = []
        length = 0
        for hit in hits[:_EVIDENCE]:
            length += len(whole_text(self._store, hit.clause))
            if chosen and length > _EVIDENCE_CHARS:
                break
            chosen.append(hit.clause)
        return chosen

    def _ask(self, query: Query, clauses: Sequence[Clause]) -> str:
        from llama_index.core.llms import ChatMessage

        evidence = "\n\n".join(
            f"[E{key}] {' '.join(clause.path)}\n{whole_text(self._store, clause)}"
            for key, clause in enumerate(clauses, 1)
        )
        user = self._prompts["answer"].substitute(evidence=evidence, question=query.text)
        messages = [
            ChatMessage(role="system", content=self._prompts["system"].template),
            ChatMessage(role="user", content=user),
        ]
        try:
            return self._llm.chat(messages).message.content or ""
        except Exception as error:
            raise ModelError(
                f"语言模型没有应答（{type(error).__name__}），以下为条款原文。"
                "(the language model did not answer: the clauses' own words follow.)"
            ) from error

    def _number(self, clause: Clause, sentence: str, citations: list[Citation]) -> int:
        for citation in citations:
            if citation.clause_id == clause.id:
                return citation.number
        text = whole_text(self._store, clause)
        quote = self._chooser.best(sentence, frozenset(), text, _QUOTE).text
        citations.append(cite(self._store, clause, quote, len(citations) + 1))
        return citations[-1].number


def load_llm(settings: Settings) -> LLM | None:
    """The language model of the configured endpoint, or None where no key is set."""
    if settings.openai_api_key is None:
        return None
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike(
        model=settings.llm_model,
        api_key=settings.openai_api_key.get_secret_value(),
        api_base=settings.openai_base_url,
        is_chat_model=True,
        timeout=settings.llm_timeout_s,
        max_retries=1,
        temperature=0.0,
    )
