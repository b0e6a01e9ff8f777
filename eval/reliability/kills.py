"""``kill -9`` at random moments of an ingest: is an answer lost, are two generations mixed?

    python -m eval.reliability.kills --kills 200

Two states of a corpus take turns. Each ingest towards the other state runs in a process of its
own, which is killed. Then the index must be whole, be one of the two states and answer as a
clean index of that state does, word by word; so must a bot that runs all the time.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path

from qa_bot.bot import Bot
from qa_bot.index.ingest import ingest
from qa_bot.index.manifest import (
    generation_folders,
    has_index,
    is_finished,
    read_manifest,
)
from qa_bot.index.verify import faults_of
from qa_bot.retrieval.question import Question
from qa_bot.settings import Settings

# The file that stays sorts first, so that a clean index has the same order of files.
_STAYS, _GOES, _COMES = (
    "benxi-2018-06.txt",
    "hangzhou-ningxia-xinzhou.txt",
    "benxi-2019-05.txt",
)
QUESTIONS = tuple(
    Question(question=text)
    for text in (
        "校车标牌怎么办理？",
        "杭州市安全生产责任制规定什么时候施行？",
        "市政府办公室发了什么通知？",
        "谁负责安全生产？",
    )
)
_log = logging.getLogger(__name__)
Answers = tuple[str, ...]


@dataclass
class Outcome:
    """What happened over all kills; every list should stay empty."""

    kills: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not (self.lost or self.mixed or self.stuck)

    def __str__(self) -> str:
        seen = ", ".join(f"{stage} {count}" for stage, count in sorted(self.stages.items()))
        return (
            f"{self.kills} kills ({seen}): {len(self.lost)} lost answers, "
            f"{len(self.mixed)} mixed generations, {len(self.stuck)} stuck"
        )


class Ground:
    """A folder with two states of a corpus, the index under fire and a clean one of each state."""

    def __init__(self, folder: Path) -> None:
        shipped = Settings(_env_file=None).corpus_dir  # type: ignore[call-arg]
        self.settings = Settings(_env_file=None, index_dir=folder / "index")  # type: ignore[call-arg]
        self.corpora = (folder / "before", folder / "after")
        for corpus, names in zip(self.corpora, ((_STAYS, _GOES), (_STAYS, _COMES)), strict=True):
            corpus.mkdir()
            for name in names:
                shutil.copy(shipped / name, corpus)
        self.expected: dict[frozenset[str], Answers] = {}
        self.seconds = 0.0
        for number, corpus in enumerate(self.corpora):
            clean = self.settings.model_copy(update={"index_dir": folder / f"clean-{number}"})
            started = time.monotonic()
            ingest([corpus], clean)
            self.seconds = time.monotonic() - started
            self.expected[state_of(clean)] = answers_of(Bot(clean))

    def change_corpus(self) -> None:
        """Let the folder that is ingested hold the state that the index does not have."""
        live, state = live_corpus(self.settings), frozenset[str]()
        if has_index(self.settings.index_dir):
            state = state_of(self.settings)
        corpus = next(c for c in self.corpora if {file.name for file in c.iterdir()} ^ state)
        shutil.rmtree(live, ignore_errors=True)
        shutil.copytree(corpus, live)


def live_corpus(settings: Settings) -> Path:
    return settings.index_dir.parent / "live"


def state_of(settings: Settings) -> frozenset[str]:
    """The files that the current generation says it holds."""
    sources = read_manifest(settings.index_dir).sources.values()
    return frozenset(source.file for source in sources)


def answers_of(bot: Bot) -> Answers:
    return tuple(
        bot.ask(question).model_dump_json(exclude={"timings_ms"}) for question in QUESTIONS
    )


def take_in(settings: Settings) -> None:
    """What the process does that is killed."""
    ingest([live_corpus(settings)], settings, prune=True)


def kill_ingests(kills: int, seed: int, folder: Path) -> Outcome:
    """Kill ``kills`` ingests below ``folder``, the first ones before any index is there."""
    ground, outcome, chance = Ground(folder), Outcome(), random.Random(seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["qa_bot.bot", "qa_bot.index.ingest"])
    bot: Bot | None = None
    while outcome.kills < kills:
        ground.change_corpus()
        before = {path.name for path in generation_folders(ground.settings.index_dir)}
        if _killed(context, ground, chance):
            outcome.kills += 1
            outcome.stages[_stage(ground.settings.index_dir, before)] += 1
        if has_index(ground.settings.index_dir):
            bot = bot or Bot(ground.settings)
            _check(ground, bot, outcome)
        _log.info("%s", outcome)
    try:
        take_in(ground.settings)
    except Exception as error:
        outcome.stuck.append(f"the ingest after all kills: {error}")
    return outcome


def _killed(context: ForkServerContext, ground: Ground, chance: random.Random) -> bool:
    """Kill an ingest at a random moment of its time; False where it was done before that."""
    process = context.Process(target=take_in, args=(ground.settings,))
    started = time.monotonic()
    process.start()
    process.join(chance.uniform(0, ground.seconds))
    if process.exitcode is None:
        process.kill()
        process.join()
        ground.seconds *= 1.02
        return True
    ground.seconds = 0.5 * ground.seconds + 0.5 * (time.monotonic() - started)
    return False


def _stage(index_dir: Path, before: set[str]) -> str:
    """How far the killed ingest came, by what it left."""
    new = [folder for folder in generation_folders(index_dir) if folder.name not in before]
    if not new:
        return "reading"
    if is_finished(new[0]):
        return "switching"
    return "writing vectors" if (new[0] / "chroma").exists() else "writing texts"


def _check(ground: Ground, running: Bot, outcome: Outcome) -> None:
    settings, number = ground.settings, outcome.kills
    try:
        faults = faults_of(settings.index_dir, read_manifest(settings.index_dir))
        if faults or state_of(settings) not in ground.expected:
            outcome.mixed.append(f"kill {number}: {faults or sorted(state_of(settings))}")
        elif answers_of(Bot(settings)) != ground.expected[state_of(settings)]:
            outcome.lost.append(f"kill {number}: a fresh bot answers otherwise")
        # The running bot may change over between two questions.
        for answer, *known in zip(answers_of(running), *ground.expected.values(), strict=True):
            if answer not in known:
                outcome.lost.append(f"kill {number}: the running bot answers otherwise")
    except Exception as error:
        outcome.lost.append(f"kill {number}: {error}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    logging.basicConfig(format="%(message)s")
    _log.setLevel(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_ingests(given.kills, given.seed, Path(folder))
    print(outcome)
    for problem in (*outcome.lost, *outcome.mixed, *outcome.stuck):
        print(f"  {problem}")
    return 0 if outcome.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
