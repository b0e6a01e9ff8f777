"""The chain's middle link: gazette documents → LlamaIndex nodes, one per passage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, NodeRelationship, RelatedNodeInfo, TextNode
from pydantic import Field

from qa_bot.clauses.model import Clause, ParsedFile
from qa_bot.index.passages import MAX_CHARS, passages_of


class ClauseNodeParser(NodeParser):
    """Cuts gazettes at their clauses.

    Takes LlamaIndex documents whose text is that of a gazette file and whose metadata ``file``
    (else their id) names it. Node ids are passage ids, stable for the same text; a node's text is
    what is embedded, so its metadata is kept out of the embedding.
    """

    parse: Callable[[str, str], ParsedFile] = Field(
        exclude=True, description="Parser of a file: (text, file name) → its clauses."
    )
    max_chars: int = Field(default=MAX_CHARS, gt=0, description="Longest passage, in characters.")

    @classmethod
    def class_name(cls) -> str:
        return "ClauseNodeParser"

    def parse_document(self, document: BaseNode) -> ParsedFile:
        """The documents and clauses that one gazette file holds."""
        file = str(document.metadata.get("file", document.node_id))
        return self.parse(document.get_content(), file)

    def nodes_of(self, clauses: Iterable[Clause], source_id: str | None = None) -> list[TextNode]:
        """One node per passage, in order; ``source_id`` is the id of the LlamaIndex document."""
        return [
            TextNode(
                id_=passage.id,
                text=passage.text,
                metadata=(metadata := metadata_of(clause)),
                excluded_embed_metadata_keys=list(metadata),
                excluded_llm_metadata_keys=["clause_id", "twins", "kind", "file"],
                relationships={
                    NodeRelationship.SOURCE: RelatedNodeInfo(node_id=source_id or clause.file)
                },
            )
            for clause in clauses
            for passage in passages_of(clause, self.max_chars)
        ]

    def _parse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any
    ) -> list[BaseNode]:
        return [
            node
            for document in nodes
            for node in self.nodes_of(self.parse_document(document).clauses, document.node_id)
        ]


def distinct(nodes: Iterable[TextNode]) -> list[TextNode]:
    """One node per text: the first, whose metadata ``twins`` lists the other clauses' ids.

    Hundreds of equal vectors would tear Chroma's HNSW graph apart.
    """
    first: dict[str, TextNode] = {}
    twins: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes:
        if first.setdefault(node.text, node) is not node:
            twins[node.text].append(node.metadata["clause_id"])
    for text, node in first.items():
        node.metadata["twins"] = " ".join(twins[text])
    return list(first.values())


def metadata_of(clause: Clause) -> dict[str, str]:
    """What Chroma keeps beside a passage: flat, with "" for a missing 文号 and no twins."""
    return {
        "clause_id": clause.id,
        "twins": "",
        "doc_no": clause.doc_no or "",
        "title": clause.title,
        "section": clause.section,
        "kind": clause.kind,
        "file": clause.file,
    }
