"""A question as a user asks it, with the conversation before it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Turn(BaseModel):
    """One earlier question with the answer that was given."""

    model_config = ConfigDict(frozen=True)

    question: str
    answer: str = ""


class Question(BaseModel):
    """A question, with the turns of the conversation before it (oldest first).

    ``region`` restricts the search to the documents of a place; "" means all.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    id: str | None = None
    history: tuple[Turn, ...] = ()
    region: str = ""
