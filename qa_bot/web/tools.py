"""Endpoints of the page that programs call: through Gradio's client and as MCP tools."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import gradio as gr
from gradio.blocks import BlockFunction
from gradio.components.api_component import Api

from qa_bot.clauses.lookup import find_clause as look_up_clause
from qa_bot.clauses.lookup import find_document
from qa_bot.errors import QaBotError
from qa_bot.index.whole import whole_text
from qa_bot.retrieval.question import Question
from qa_bot.web.logs import log_failure
from qa_bot.web.matters import all_matters, find_matters
from qa_bot.web.roles import visitor_of
from qa_bot.web.service import Service

_MOST_MATTERS = 20
_FAILED = "请求无法处理，请刷新页面后再试。(this cannot be handled: reload the page and try again.)"


class Endpoints(gr.Blocks):
    """A page whose endpoints may be called without their last values that have a default.

    What fails in a call is one line of the log, without what was sent, and a sentence to whoever
    called; Gradio would print a traceback with both.
    """

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            given: dict[str, Any] = await super().process_api(*args, **kwargs)
            return given
        except Exception as error:
            scope = getattr(getattr(kwargs.get("request"), "request", None), "scope", {})
            log_failure("a call of the page failed", error, visitor_of(scope))
            raise gr.Error(_FAILED, print_exception=False) from None

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], *args: Any, **kwargs: Any
    ) -> Any:
        left_out = block_fn.inputs[len(inputs) :]
        if all(isinstance(block, Api) and block.value is not None for block in left_out):
            inputs = [*inputs, *(block.value for block in left_out)]
        return await super().preprocess_data(block_fn, inputs, *args, **kwargs)


def offer_tools(service: Service) -> None:
    """Put the endpoints ``/ask``, ``/find_clause`` and ``/find_matter`` into the current Blocks."""

    bot = service.bot

    async def ask(question: str, region: str = "") -> dict[str, Any]:
        """Answer a question from the indexed Chinese government gazettes, with exact citations.

        Returns an answer object: the text with marks like [1], the numbered citations (document
        number, title, section, quote, source lines), or refused=true with a reason where the
        documents do not say it.

        Args:
            question: The question, in Chinese or English.
            region: A place, e.g. 盘锦市: only its documents are searched; empty for all.
        """
        try:
            answer = await service.ask(Question(question=question, region=region))
        except QaBotError as error:
            return {"question": question, "error": str(error)}
        return answer.model_dump(mode="json")

    def find_clause(document: str, section: str = "") -> dict[str, Any]:
        """The words of one clause of a document, or the outline of the document.

        Args:
            document: The document number (文号, any bracket style) or the title.
            section: The section label, e.g. 附件2 第3项 or 第二十二条; empty for the outline.
        """
        store = bot.index.store
        try:
            service.count()
            found = find_document(store.documents, document)
            clauses = store.clauses_of(found)
            described = found.model_dump(mode="json")
            if not section.strip():
                return {"document": described, "sections": [clause.section for clause in clauses]}
            clause = look_up_clause(clauses, section)
        except QaBotError as error:
            return {"error": str(error)}
        words = {"section": clause.section, "text": whole_text(store, clause)}
        return {"document": described, "clause": words, "clause_id": clause.id}

    def find_matter(words: str) -> dict[str, Any]:
        """Which body handles a permit or another government matter, now and before.

        Args:
            words: The name of the matter or a part of it; misspelt words are found too.
        """
        try:
            service.count()
            found = find_matters(all_matters(bot.index.store), words)
        except QaBotError as error:
            return {"error": str(error)}
        return {"total": len(found), "matters": [asdict(row) for row in found[:_MOST_MATTERS]]}

    for tool in (ask, find_clause, find_matter):
        gr.api(tool, api_name=tool.__name__)
