"""The reranker that ships with the bot: a model that reads a question and a clause together.

``model.onnx`` lies beside this file, its SHA-256 in ``SHA256SUMS``; its tokens are those of the
embedding model. Where it comes from and what it reaches: ``docs/reranker.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer

from qa_bot.embedding_model import encodable, load_tokenizer
from qa_bot.shipped_model import MODEL, OnnxModel, Vectors, checked

FOLDER = Path(__file__).parent
# The columns of its scores.
RELEVANCE, ANSWERABILITY = 0, 1
QUESTION_TOKENS, TOKENS = 64, 288


class OnnxReranker:
    """A question and texts → two scores for each; may be called from several threads."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._model = OnnxModel(checked(folder / MODEL))
        self._tokenizer = load_tokenizer()

    def scores(self, question: str, texts: Sequence[str]) -> Vectors:
        """Of shape ``(len(texts), 2)``: how well each fits compared with the others (``RELEVANCE``, of
        no scale), and the log-odds that it answers the question (``ANSWERABILITY``)."""
        return self._model.run([pair_ids(self._tokenizer, question, text) for text in texts])


@lru_cache(maxsize=1)
def shipped_reranker() -> OnnxReranker:
    """The shipped model, loaded once; ``ModelError`` where its files are not as they should be."""
    return OnnxReranker()


def pair_ids(tokenizer: Tokenizer, question: str, text: str) -> list[int]:
    """What the model is given: ``<s> query: … </s> passage: … </s>``. Of a long question the end is
    kept, which is what it asks; of a long text the beginning."""
    asked = _ids(tokenizer, f"query: {question}")
    if len(asked) > QUESTION_TOKENS:
        opening = _ids(tokenizer, "query:")[:-1]
        asked = opening + asked[len(opening) - QUESTION_TOKENS :]
    read = _ids(tokenizer, f"passage: {text}")[1:]
    room = TOKENS - len(asked)
    return asked + (read if len(read) <= room else [*read[: room - 1], read[-1]])


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(encodable(text)).ids
    return ids
