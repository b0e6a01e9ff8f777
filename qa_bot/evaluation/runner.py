"""Run a gold set over an answerer: parallel, resumable, every answer kept with its evidence."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Protocol

from qa_bot.answer.model import Answer
from qa_bot.evaluation.gold import GoldPair, GoldSet
from qa_bot.evaluation.results import AnswerRecord
from qa_bot.evaluation.run_folder import RunFolder
from qa_bot.retrieval.question import Question


class Answerer(Protocol):
    """What is evaluated; ``ask`` is called from several threads."""

    def ask(self, question: Question) -> Answer: ...


Progress = Callable[[int, int], None]


def run_gold(
    answerer: Answerer,
    gold: GoldSet,
    folder: RunFolder,
    *,
    workers: int = 4,
    progress: Progress = lambda done, total: None,
) -> dict[str, AnswerRecord]:
    """Ask every question that the folder has no answer to yet; an exception becomes its error.

    Questions that failed in an earlier run of the folder, or that its language model was not there
    for, are asked again. ``progress`` is told (answered, all).
    """
    mode = folder.read_info().mode
    wanted = {pair.id for pair in gold.pairs}
    records = {
        id: record
        for id, record in folder.read_answers().items()
        if id in wanted and record.answered(mode)
    }
    todo = [pair for pair in gold.pairs if pair.id not in records]
    progress(len(records), len(gold.pairs))
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="eval") as pool:
        futures = [pool.submit(_ask, answerer, pair) for pair in todo]
        try:
            for future in as_completed(futures):
                record = future.result()
                folder.append_answer(record)
                records[record.id] = record
                progress(len(records), len(gold.pairs))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {pair.id: records[pair.id] for pair in gold.pairs}


def _ask(answerer: Answerer, pair: GoldPair) -> AnswerRecord:
    started = time.perf_counter()
    answer, error = None, None
    try:
        answer = answerer.ask(pair.to_question())
    except Exception as failure:  # a question that fails must not stop the run: it scores 0
        error = f"{type(failure).__name__}: {failure}"
    wall_ms = (time.perf_counter() - started) * 1000
    return AnswerRecord(id=pair.id, answer=answer, error=error, wall_ms=wall_ms)
