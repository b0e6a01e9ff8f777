"""Many questions from a JSON Lines file: answers in input order, a bad line stops nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from qa_bot.answer.model import Answer
from qa_bot.errors import QaBotError, QuestionError
from qa_bot.gazette.reader import decode
from qa_bot.retrieval.question import Question


class Answerer(Protocol):
    """Whoever answers: the bot, or a stand-in."""

    def ask(self, question: Question) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Result:
    """One line of output; ``failed`` where it holds an error instead of an answer."""

    line: str
    failed: bool = False


def read_lines(path: Path) -> list[str]:
    """The non-blank lines of a question file; ``QuestionError`` where there are none."""
    try:
        text = decode(path.read_bytes(), str(path))
    except OSError as error:
        raise QuestionError(
            f"无法读取 {path}（{error.strerror}），请检查路径。(cannot be read, check the path.)"
        ) from None
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        raise QuestionError(f"{path} 中没有问题，每行应是一个 JSON 对象。(holds no question.)")
    return lines


def answer_lines(bot: Answerer, lines: list[str]) -> Iterator[Result]:
    """One result per line, in order."""
    for number, line in enumerate(lines, 1):
        try:
            yield Result(bot.ask(_question(line, number)).model_dump_json())
        except QaBotError as error:
            yield _error(line, str(error))
        except Exception as error:
            yield _error(
                line,
                f"内部错误 {type(error).__name__}，请报告。(internal error, please report it.)",
            )


def _question(line: str, number: int) -> Question:
    try:
        return Question.model_validate_json(line)
    except ValidationError:
        raise QuestionError(
            f'第 {number} 行不是问题对象，应为 {{"id": …, "question": …}}。'
            "(this line is no question object.)"
        ) from None


def _error(line: str, message: str) -> Result:
    """What is known of the line, and the message; half a character stays the escape that it was."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = {}
    known = data if isinstance(data, dict) else {}
    said = {name: known.get(name) for name in ("id", "question")}
    output = {name: value if isinstance(value, str | int) else None for name, value in said.items()}
    written = json.dumps({**output, "error": message}, ensure_ascii=False)
    return Result(written.encode(errors="backslashreplace").decode(), failed=True)
