"""The reranker as LlamaIndex knows it, for the nodes of any retriever."""

from __future__ import annotations

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle
from pydantic import Field

from qa_bot.reranker_model import RELEVANCE, shipped_reranker
from qa_bot.retrieval.reading import excerpts


class ClauseRerank(BaseNodePostprocessor):
    """Reads every node beside the question and keeps the ``top_n`` that fit best, best first; their
    score is the model's, comparable within one question. Made for the nodes of
    ``ClauseNodeParser``, whose first line is title and headings."""

    top_n: int = Field(default=5, ge=1, description="Nodes to keep.")

    @classmethod
    def class_name(cls) -> str:
        return "ClauseRerank"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if query_bundle is None:
            raise ValueError("ClauseRerank needs the question")
        question = query_bundle.query_str
        parted = [node.node.get_content().partition("\n") for node in nodes]
        texts = [excerpts(question, context, "", text, 1)[0] for context, _, text in parted]
        scores = shipped_reranker().scores(question, texts)[:, RELEVANCE]
        read = [
            NodeWithScore(node=node.node, score=float(score))
            for node, score in zip(nodes, scores, strict=True)
        ]
        return sorted(read, key=lambda node: -(node.score or 0.0))[: self.top_n]
