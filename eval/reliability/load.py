"""Mixed load on a server: errors, time to an answer, growth of memory.

    python -m eval.reliability.load --users 20 --minutes 30

Starts `qa-bot serve` as a process of its own on loopback. Each user asks questions of the
development half of the gold set, one after the other with a pause between, three in four as JSON,
one in four as server-sent events. The memory of the server is read every two seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

GOLD = Path(__file__).parent.parent / "gold"
READY_S = 300
SAMPLE_S = 2.0
WARM_UP = 0.2  # of the time of a run


@dataclass
class Run:
    """What was seen: seconds of each answer, outcomes by name, (time, bytes) of the server."""

    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, int]] = field(default_factory=list)


def questions() -> list[str]:
    """The questions of the development half."""
    rows = [
        json.loads(line)
        for path in sorted(GOLD.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return [row["question"] for row in rows if row["split"] == "dev"]


@contextmanager
def server() -> Iterator[tuple[str, psutil.Process]]:
    """The address and process of a server of its own, without a model and without a rate limit."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "OPENAI_API_KEY": "",
        "QA_BOT_QUESTIONS_PER_MINUTE": "0",
        "QA_BOT_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "qa_bot.cli", "serve", "--port", str(port)], env=environment
    )
    url = f"http://127.0.0.1:{port}"
    try:
        ends = time.monotonic() + READY_S
        while not _ready(url):
            if process.poll() is not None or time.monotonic() > ends:
                raise SystemExit("the server did not start")
            time.sleep(0.5)
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


async def load(url: str, process: psutil.Process, users: int, seconds: float, pause: float) -> Run:
    run, asked = Run(), questions()
    ends = time.monotonic() + seconds

    async def user(number: int) -> None:
        chance = random.Random(number)
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            await asyncio.sleep(chance.uniform(0, pause))
            while time.monotonic() < ends:
                body = {"question": chance.choice(asked), "stream": chance.random() < 0.25}
                started = time.perf_counter()
                run.outcomes[await _outcome(client, body)] += 1
                run.seconds.append(time.perf_counter() - started)
                await asyncio.sleep(chance.uniform(0, 2 * pause))

    async def watch() -> None:
        while time.monotonic() < ends:
            run.memory.append((time.monotonic(), process.memory_info().rss))
            await asyncio.sleep(SAMPLE_S)

    await asyncio.gather(watch(), *map(user, range(users)))
    return run


async def _outcome(client: httpx.AsyncClient, body: dict[str, object]) -> str:
    """``answered``, ``refused politely`` (429, 503) or what went wrong."""
    try:
        response = await client.post("/api/ask", json=body)
        if response.status_code in (429, 503) and response.json().get("error"):
            return "refused politely"
        if response.status_code != 200:
            return f"status {response.status_code}"
        whole = "event: answer" in response.text if body["stream"] else "answer" in response.json()
        return "answered" if whole else "no answer"
    except (httpx.HTTPError, ValueError) as error:
        return type(error).__name__


def report(run: Run, users: int, seconds: float) -> str:
    """The figures as lines of text; memory after warm-up as a fitted line."""
    cuts = statistics.quantiles(run.seconds, n=100, method="inclusive")
    begun = run.memory[0][0] + WARM_UP * seconds
    warm = [(at, rss) for at, rss in run.memory if at >= begun]
    slope = statistics.linear_regression(*zip(*warm, strict=True)).slope
    first = statistics.median(rss for _, rss in warm[: max(1, len(warm) // 10)])
    last = statistics.median(rss for _, rss in warm[-max(1, len(warm) // 10) :])
    outcomes = ", ".join(f"{name} {count}" for name, count in run.outcomes.most_common())
    return "\n".join(
        (
            f"{users} users, {seconds / 60:g} minutes, {len(run.seconds)} questions "
            f"({len(run.seconds) / seconds:.1f} a second)",
            f"outcomes: {outcomes}",
            f"seconds to the whole answer: p50 {cuts[49]:.3f}, p95 {cuts[94]:.3f}, p99 {cuts[98]:.3f}",
            f"memory after warm-up: {first / 1e6:.0f} MB → {last / 1e6:.0f} MB "
            f"({100 * (last / first - 1):+.1f} %), {slope * 3600 / 1e6:+.1f} MB an hour",
        )
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--users", type=int, default=20)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--pause", type=float, default=1.0, help="mean seconds between questions")
    given = options.parse_args()
    with server() as (url, process):
        run = asyncio.run(load(url, process, given.users, 60 * given.minutes, given.pause))
    print(report(run, given.users, 60 * given.minutes))
    wrong = set(run.outcomes) - {"answered", "refused politely"}
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
