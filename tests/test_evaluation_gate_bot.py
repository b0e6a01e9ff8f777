"""The gate over the real bot: an index of changed sources is found out.

One gazette is enough; its vectors are shipped, so only what was changed is embedded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from evaluation_samples import ROOT, shipped_gold

from qa_bot.evaluation.compare import Comparison, Values, compare, values_of
from qa_bot.evaluation.gold import GoldSet
from qa_bot.evaluation.results import score
from qa_bot.evaluation.run_folder import RunFolder, run_info
from qa_bot.evaluation.runner import run_gold
from qa_bot.evaluation.truth import Library, load_library
from qa_bot.evaluation.workbench import open_bot
from qa_bot.settings import Settings

GAZETTE = "panjin-2023-11-12"
SOURCE = ROOT / "corpus" / f"{GAZETTE}.txt"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def gold() -> GoldSet:
    gazettes = shipped_gold().gazettes
    pairs = tuple(pair for pair in shipped_gold().pairs if gazettes[pair.id] == GAZETTE)
    return GoldSet(pairs, gazettes)


@pytest.fixture(scope="module")
def measured(
    gold: GoldSet, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Values, Library]]:
    """``measured(text)``: the values of the bot over an index of ``text``.

    They are measured against the gazette as it is shipped.
    """
    original = _write(tmp_path_factory.mktemp("original"), SOURCE.read_text(encoding="utf-8"))
    library = load_library(original)

    def run(text: str) -> tuple[Values, Library]:
        corpus = _write(tmp_path_factory.mktemp("corpus"), text)
        place = tmp_path_factory.mktemp("index")
        settings = Settings(corpus_dir=corpus, index_dir=place / "index")
        bot = open_bot(settings, "extractive")
        info = run_info(gold, mode="extractive", settings_hash="s", index_hash="i")
        records = run_gold(bot, gold, RunFolder.create(place, info), workers=2)
        return values_of(score(gold, records, library)), library

    return run


def _write(folder: Path, text: str) -> Path:
    (folder / SOURCE.name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def before(measured: Callable[[str], tuple[Values, Library]]) -> tuple[Values, Library]:
    return measured(SOURCE.read_text(encoding="utf-8"))


def _fallen(comparison: Comparison) -> set[str]:
    assert not comparison.ok
    return {delta.measure for delta in comparison.deltas if not delta.ok}


def test_the_same_index_passes(measured, before) -> None:  # type: ignore[no-untyped-def]
    again, _ = measured(SOURCE.read_text(encoding="utf-8"))
    assert compare(before[0], again).changes == ()


def test_a_lost_document_fails(measured, before) -> None:  # type: ignore[no-untyped-def]
    values, library = before
    [lost] = [d for d in library.documents if d.doc_no == "盘政发〔2023〕8号"]
    lines = SOURCE.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = lines[: lost.start_line - 1] + lines[lost.end_line :]
    after, _ = measured("".join(kept))
    assert {"fact_recall", "hit_1"} <= _fallen(compare(values, after))


def test_one_changed_number_fails(measured, before, gold) -> None:  # type: ignore[no-untyped-def]
    values, _ = before
    text = SOURCE.read_text(encoding="utf-8")
    for pair in gold.pairs:
        quote = pair.citations[0].quote if pair.citations else ""
        number = re.search(r"\d+(?=个工作日|学时|%|项|人)", quote)
        if not number or values[pair.id]["strict_success"] < 1.0 or text.count(quote) != 1:
            continue
        if any(number[0] in form for fact in pair.facts for form in fact):
            break
    else:
        pytest.fail("no right answer tells a number")
    changed = f"{quote[: number.start()]}{int(number[0]) + 7}{quote[number.end() :]}"
    after, _ = measured(text.replace(quote, changed))
    comparison = compare(values, after)
    assert "quote_validity" in _fallen(comparison)
    assert pair.id in comparison.changed_questions(improved=False)
