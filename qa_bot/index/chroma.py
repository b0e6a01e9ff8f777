"""The Chroma collection of one generation.

Every generation has a Chroma folder of its own: damage to one cannot reach another, and
dropping one gives its disk space back. Vectors come from outside, so no embedding function.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
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

DATABASE = "chroma.sqlite3"
_SEGMENT_INDEX = "index_metadata.pickle"
MAX_BATCH = 5000
# Chroma's defaults lose 5 % of the 100 nearest passages of the shipped corpus, and whole answers
# among near-equal table rows; this loses none, at 2 ms a query instead of 1.5.
_HNSW = CreateHNSWConfiguration(
    space="cosine", max_neighbors=64, ef_construction=400, ef_search=2000
)
_SAMPLES = 5
_SAME = 1e-4
# Chroma shares one system between the clients of a folder, but counts them without a lock.
_CLIENTS = threading.Lock()
_WRITTEN_ON_OPENING = bytes(1 << 16)


def open_client(folder: Path) -> Client:
    """A client of the Chroma folder, to be given to ``close_client``; it never calls home."""
    settings = ChromaSettings(anonymized_telemetry=False)
    with _CLIENTS:
        return cast(Client, chromadb.PersistentClient(str(folder), settings=settings))


def close_client(client: Client) -> None:
    with _CLIENTS:
        client.close()


def is_scratch(path: Path) -> bool:
    """Is this file of a Chroma folder written anew whenever the collection is opened?

    So are the files of a segment of which too little is known yet to be kept.
    """
    return path.name != DATABASE and not (path.parent / _SEGMENT_INDEX).exists()


def readable_folder(folder: Path, until: ExitStack) -> Path:
    """``folder``, or where Chroma could not open it a stand-in that is there ``until`` closed.

    Chroma cannot open a folder to which it cannot write. On a full or read-only disk it gets a
    copy of what it writes, in the temporary folder or in memory, with links to the vectors.
    Raises OSError where there is no room for that either.
    """
    if _takes_writes(folder):
        return folder
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = {path for path in files if path.name != DATABASE and not is_scratch(path)}
    size = sum(path.stat().st_size for path in files if path not in kept)
    roomy = (place for place in _scratch_places() if _has_room(place, size))
    stand_in = Path(until.enter_context(tempfile.TemporaryDirectory(dir=next(roomy, None))))
    for path in files:
        to = stand_in / path.relative_to(folder)
        to.parent.mkdir(exist_ok=True)
        if path in kept:
            to.symlink_to(path.resolve())
        else:
            shutil.copyfile(path, to)
    return stand_in


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
    collection: chromadb.Collection, count: int, dimension: int, samples: int = _SAMPLES
) -> str | None:
    """What is wrong with a collection that should hold ``count`` rows; None where all is well.

    A lost HNSW segment still counts right, so a few rows spread over the whole must also find
    themselves, or one that looks the same to the model (（ and ( do).
    """
    try:
        if (found := collection.count()) != count:
            return f"{found} ≠ {count}"
        rows = {*np.linspace(0, count - 1, samples, dtype=int).tolist()}
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


def _takes_writes(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(_WRITTEN_ON_OPENING)
    except OSError:
        return False
    return True


def _scratch_places() -> Iterator[str]:
    with suppress(OSError):
        yield tempfile.gettempdir()
    yield "/dev/shm"


def _has_room(place: str, size: int) -> bool:
    try:
        free = shutil.disk_usage(place).free
        return free > size + len(_WRITTEN_ON_OPENING) and _takes_writes(Path(place))
    except OSError:
        return False
