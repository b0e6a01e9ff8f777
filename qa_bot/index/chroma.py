"""The Chroma collection of one generation.

Every generation has a Chroma folder of its own: damage to one cannot reach another, and
dropping one gives its disk space back. Vectors come from outside, so no embedding function.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from llama_index.core.schema import TextNode

from qa_bot.index.embedding import Vectors
from qa_bot.index.progress import Progress, no_progress

MAX_BATCH = 5000
# Chroma's defaults lose 5 % of the 100 nearest passages of the shipped corpus, and whole answers
# among near-equal table rows; this loses none, at 2 ms a query instead of 1.5.
_HNSW = CreateHNSWConfiguration(
    space="cosine", max_neighbors=64, ef_construction=400, ef_search=2000
)
_SAMPLES = 5
_SAME = 1e-4


def open_client(folder: Path) -> Client:
    """A client of the Chroma folder, to be closed after use; it never calls home."""
    settings = ChromaSettings(anonymized_telemetry=False)
    return cast(Client, chromadb.PersistentClient(str(folder), settings=settings))


def collection_name(generation: str) -> str:
    return f"clauses-{generation}"


def write_collection(
    client: Client,
    generation: str,
    nodes: Sequence[TextNode],
    vectors: Vectors,
    progress: Progress = no_progress,
) -> chromadb.Collection:
    """A new collection with the ids, texts, flat metadata and vectors of ``nodes``."""
    collection = client.create_collection(
        collection_name(generation), embedding_function=None, configuration={"hnsw": _HNSW}
    )
    size = min(MAX_BATCH, client.get_max_batch_size())
    for start in range(0, len(nodes), size):
        batch = nodes[start : start + size]
        collection.add(
            ids=[node.node_id for node in batch],
            embeddings=vectors[start : start + size],
            documents=[node.text for node in batch],
            metadatas=[node.metadata for node in batch],
        )
        progress("writing", start + len(batch), len(nodes))
    return collection


def read_collection(client: Client, generation: str) -> chromadb.Collection:
    return client.get_collection(collection_name(generation), embedding_function=None)


def fault_of(collection: chromadb.Collection, count: int, dimension: int) -> str | None:
    """What is wrong with a collection that should hold ``count`` rows; None where all is well.

    A lost HNSW segment still counts right, so a few rows spread over the whole must also find
    themselves, or one that looks the same to the model (（ and ( do).
    """
    try:
        if (found := collection.count()) != count:
            return f"{found} ≠ {count}"
        rows = {*np.linspace(0, count - 1, _SAMPLES, dtype=int).tolist()}
        return None if all(_finds_itself(collection, row, dimension) for row in rows) else "HNSW"
    except ChromaError as error:
        return f"Chroma: {error}"


def _finds_itself(collection: chromadb.Collection, row: int, dimension: int) -> bool:
    sample = collection.get(limit=1, offset=row, include=["embeddings"])
    vectors = np.asarray(sample["embeddings"], dtype=np.float32)
    if vectors.shape != (1, dimension):
        return False
    found = collection.query(query_embeddings=vectors, n_results=1, include=["distances"])
    nearest = np.asarray(found["distances"], dtype=np.float32)
    return nearest.shape == (1, 1) and bool(nearest < _SAME)
