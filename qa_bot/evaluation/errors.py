"""What makes an evaluation impossible: input that cannot be used (exit code 2)."""

from __future__ import annotations

from collections.abc import Sequence

from qa_bot.errors import QaBotError


class EvaluationError(QaBotError):
    """A run, baseline or gold set cannot be used."""


class GoldError(EvaluationError):
    """Gold lines that cannot be used; ``problems`` names each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
