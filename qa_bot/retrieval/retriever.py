"""The hybrid retriever: as the bot uses it, and as LlamaIndex knows it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from qa_bot.index.embedding import embed_query
from qa_bot.index.node_parser import metadata_of
from qa_bot.index.reader import Index
from qa_bot.reranker_model import shipped_reranker
from qa_bot.retrieval.features import Scores
from qa_bot.retrieval.hits import Hit, hits_of
from qa_bot.retrieval.query import Query, read_query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.ranker import Ranker
from qa_bot.retrieval.reading import Reader
from qa_bot.retrieval.ties import settle


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The ranking for one question, best first, and the milliseconds that its stages took."""

    query: Query
    hits: Sequence[Hit]
    timings_ms: dict[str, float]


class HybridRetriever(BaseRetriever):
    """Dense vectors and BM25 fused over clauses; a LlamaIndex retriever in its own right."""

    def __init__(self, index: Index, embedding: BaseEmbedding, candidates: int = 20) -> None:
        super().__init__()
        self.index = index
        self.ranker = Ranker(index)
        self.reader: Reader = shipped_reranker()
        self._embedding = embedding
        self._candidates = candidates

    def understand(self, question: Question) -> Query:
        """What ``question`` asks for, history included; nothing is searched."""
        return read_query(question, self.ranker.regions, self.ranker.corrector)

    def search(self, question: Question) -> Retrieved:
        """The best clauses for ``question``, history included, of its region or places alone; those
        that the ranking holds level are read.

        Raises ``QuestionError`` where no indexed document is from that region.
        """
        ranked = self.rank(question)
        clock = time.perf_counter()
        hits = settle(ranked.query, ranked.hits, self.index.store, self.reader)
        timings = ranked.timings_ms | {"read": 1000 * (time.perf_counter() - clock)}
        return Retrieved(ranked.query, hits, timings)

    def rank(self, question: Question) -> Retrieved:
        """The same with nothing read."""
        clock = time.perf_counter()
        query = self.understand(question)
        searched = self.ranker.documents_meant(query, question.region)
        understood = time.perf_counter()
        vector: Scores = embed_query(query.meaning, self._embedding)
        embedded = time.perf_counter()
        similarity = self.ranker.similarities(vector, searched)
        rows, likely = self.ranker.rank(query, similarity, searched)
        hits = hits_of(self.index.store.clauses, rows, likely, similarity)[: self._candidates]
        ranked = time.perf_counter()
        timings = {
            "understand": 1000 * (understood - clock),
            "embed": 1000 * (embedded - understood),
            "search": 1000 * (ranked - embedded),
        }
        return Retrieved(query, hits, timings)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self.search(Question(question=query_bundle.query_str))
        return [
            NodeWithScore(
                node=TextNode(
                    id_=hit.clause.id, text=hit.clause.text, metadata=metadata_of(hit.clause)
                ),
                score=hit.score,
            )
            for hit in found.hits
        ]
