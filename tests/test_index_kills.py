"""``kill -9`` at random moments of an ingest; the long run is in ``docs/reliability.md``."""

from __future__ import annotations

import pytest

from eval.reliability.kills import kill_ingests


@pytest.mark.slow
def test_no_kill_loses_an_answer_or_mixes_generations(tmp_path):
    outcome = kill_ingests(kills=12, seed=7, folder=tmp_path)
    assert (outcome.lost, outcome.mixed, outcome.stuck) == ([], [], [])
    assert outcome.kills == 12
    assert len(outcome.stages) > 1
