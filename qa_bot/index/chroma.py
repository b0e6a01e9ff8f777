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
from llama_index.core.schema import TextNode

from qa_bot.index.embedding import Vectors
from qa_bot.index.progress import Progress, no_progress

MAX_BATCH = 5000
# Searching 400 neighbours keeps recall@200 above .99; a query still takes under 2 ms.
_HNSW = CreateHNSWConfiguration(space="cosine", ef_construction=200, ef_search=400)
_SAMPLES = 5


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


def fault_of(
    collection: chromadb.Collection, count: int, dimension: int, ids: Sequence[str]
) -> str | None:
    """What is wrong with a collection that should hold ``count`` rows, among them ``ids``.

    A lost HNSW segment still counts right, so a few rows spread over ``ids`` must also find
    themselves or a twin. None where all is well.
    """
    if (found := collection.count()) != count:
        return f"{found} ≠ {count}"
    sample = [ids[row] for row in np.linspace(0, len(ids) - 1, _SAMPLES, dtype=int)]
    rows = collection.get(ids=list(set(sample)), include=["embeddings"])
    vectors = np.asarray(rows["embeddings"], dtype=np.float32)
    if vectors.shape != (len(set(sample)), dimension):
        return f"{vectors.shape}"
    nearest = collection.query(query_embeddings=vectors, n_results=1, include=["distances"])
    distances = nearest["distances"] or []
    if any(not row or row[0] > 1e-3 for row in distances):
        return "HNSW"
    return None
