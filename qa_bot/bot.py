"""The bot: open an index once, then ask as often as you like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic_core import PydanticSerializationError

from qa_bot.answer.endpoint import Endpoint, load_llm
from qa_bot.answer.model import Answer, Mode, Partial
from qa_bot.chain import Chain
from qa_bot.current import CurrentChain
from qa_bot.errors import QuestionError
from qa_bot.index.embedding import load_embedding
from qa_bot.index.reader import Index
from qa_bot.reranker_model import shipped_reranker
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.retriever import HybridRetriever
from qa_bot.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


class Bot:
    """Answers questions from the index that the settings name; safe to use from several threads.

    It follows the index: what an ingest or a rollback makes current answers soon after, without
    a restart. ``index``, which it does not follow, ``embedding`` and ``llm`` stand in for those
    that the settings name.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        index: Index | None = None,
        embedding: BaseEmbedding | None = None,
        llm: LLM | None = None,
    ) -> None:
        self.settings = settings
        self._embedding = embedding or load_embedding(settings)
        shipped_reranker()  # where it cannot be loaded, no index has been opened
        llm = llm or load_llm(settings)
        self._model = Endpoint(llm, settings) if llm else None
        self._chains = CurrentChain(settings, self._build, index)

    @property
    def index(self) -> Index:
        return self._chains.chain().index

    @property
    def retriever(self) -> HybridRetriever:
        return self._chains.chain().retriever

    @property
    def index_problem(self) -> str | None:
        """Why an older generation than the current one answers; None where that is not so."""
        return self._chains.problem

    @property
    def mode(self) -> Mode:
        """Who answers: the clauses' own words, or the language model."""
        return "llm" if self._model else "extractive"

    def ask(self, question: Question) -> Answer:
        """Answer ``question``, or refuse; raises ``QuestionError`` where it cannot be used."""
        *_, answer = self.stream(question)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: Question) -> Iterator[Partial | Answer]:
        """What is written and verified so far, as it comes, and last the answer; raises like
        ``ask``, before anything is given."""
        check_question(question, self.settings)
        return self._stream(question)

    def _stream(self, question: Question) -> Iterator[Partial | Answer]:
        with self._chains.lend() as chain:
            yield from chain.stream(question)

    def _build(self, index: Index) -> Chain:
        return Chain(self.settings, index, self._embedding, self._model)


def check_question(question: Question, settings: Settings) -> None:
    """Raise ``QuestionError`` where the question is empty, too long or holds half a character."""
    length = len(question.question)
    if not _is_whole(question):
        raise QuestionError(
            "问题含有不完整的字符，请重新输入。(the question holds half a character: type it again.)"
        )
    if not question.question.strip():
        raise QuestionError("问题为空，请输入要问的内容。(the question is empty: type one.)")
    if length > settings.max_question_chars:
        raise QuestionError(
            f"问题有 {length} 个字符，最多 {settings.max_question_chars} 个，请缩短后再问。"
            f"(the question has {length} characters, at most {settings.max_question_chars}: shorten it.)"
        )


def _is_whole(question: Question) -> bool:
    """Whether all that was sent can be written: half of a surrogate pair, or a byte of an argument
    that is not UTF-8, cannot."""
    try:
        question.model_dump_json()
    except PydanticSerializationError:
        return False
    return True
