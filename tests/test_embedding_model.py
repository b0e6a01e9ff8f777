"""The shipped embedding model: its files, its vectors, its loader."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from qa_bot.embedding_model import (
    DIMENSION,
    FOLDER,
    MODEL,
    SUMS,
    TOKENIZER,
    OnnxEmbedder,
    model_id,
    shipped_embedder,
)
from qa_bot.errors import ModelError, QaBotError

CLAUSES = [
    "盘锦市 城市供热管理\n第八条 供热企业擅自停业、歇业的，由供热行政主管部门责令限期改正。",
    "本溪市 养老服务\n各县（区）对新建养老机构给予每张床位2～3千元的一次性补贴。",
    "晋城市城区 防汛应急预案\n区防汛指挥部办公室设在区应急管理局，24小时值班。",
]
QUESTIONS = ["供热公司能说停就停吗？", "开养老院有补贴吗", "Who is on duty during a flood?"]
# The first numbers of the vectors of QUESTIONS, then of CLAUSES.
RECORDED = [
    [0.0164, 0.0651, 0.0072, 0.0287, -0.0034, -0.0142],
    [0.0118, 0.0406, 0.0095, -0.0059, 0.0854, 0.0265],
    [0.0388, -0.0002, -0.0611, -0.0813, 0.0244, -0.0977],
    [-0.0082, 0.0245, -0.0088, -0.0181, -0.0131, 0.0534],
    [0.0393, 0.0473, -0.0147, -0.0590, 0.0459, 0.1344],
    [-0.0053, 0.0421, 0.0663, -0.0086, 0.0971, 0.0375],
]


@pytest.fixture(scope="module")
def model() -> OnnxEmbedder:
    return shipped_embedder()


def test_vectors_are_unit_vectors_of_the_dimension(model: OnnxEmbedder) -> None:
    vectors = model.passages(CLAUSES)
    assert vectors.shape == (len(CLAUSES), DIMENSION)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert model.query(QUESTIONS[0]).shape == (DIMENSION,)
    assert model.passages([]).shape == (0, DIMENSION)


def test_vectors_are_the_recorded_ones(model: OnnxEmbedder) -> None:
    vectors = [*(model.query(text) for text in QUESTIONS), *model.passages(CLAUSES)]
    found = [vector[:6].tolist() for vector in vectors]
    assert np.abs(np.array(found) - np.array(RECORDED)).max() < 0.002


def test_each_question_finds_its_clause(model: OnnxEmbedder) -> None:
    there = model.passages(CLAUSES)
    assert [int((there @ model.query(text)).argmax()) for text in QUESTIONS] == [0, 1, 2]


def test_a_text_has_one_vector_alone_and_in_a_batch(model: OnnxEmbedder) -> None:
    texts = [text * times for times in (1, 7, 2) for text in CLAUSES] * 5
    together = model.passages(texts)
    alone = np.stack([model.passages([text])[0] for text in texts])
    assert np.abs(together - alone).max() < 1e-5


def test_threads_may_share_the_model(model: OnnxEmbedder) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(model.query, QUESTIONS * 4))
    expected = np.stack([model.query(text) for text in QUESTIONS] * 4)
    assert np.abs(np.stack(found) - expected).max() < 1e-5


@pytest.mark.parametrize("text", ["", "\0", "停业\0歇业", "\ud800", "供热" * 2000])
def test_any_text_has_a_vector(model: OnnxEmbedder, text: str) -> None:
    assert np.isfinite(model.query(text)).all()
    assert np.isfinite(model.passages([text])).all()


def test_a_nul_hides_nothing_behind_it(model: OnnxEmbedder) -> None:
    assert model.query("停业\0歇业") @ model.query("停业 歇业") == pytest.approx(1, abs=1e-5)


def test_the_files_are_small_enough_to_ship() -> None:
    assert sum((FOLDER / name).stat().st_size for name in (MODEL, TOKENIZER)) <= 45_000_000


@pytest.mark.parametrize("changed", [MODEL, TOKENIZER])
def test_a_changed_file_is_refused(tmp_path: Path, changed: str) -> None:
    for name in (SUMS, MODEL, TOKENIZER):
        shutil.copyfile(FOLDER / name, tmp_path / name)
    with (tmp_path / changed).open("ab") as file:
        file.write(b" ")
    with pytest.raises(QaBotError, match=changed):
        OnnxEmbedder(tmp_path)


@pytest.mark.parametrize("sums", [None, "not sums", "0 0 0\n"])
def test_missing_or_broken_sums_are_refused(tmp_path: Path, sums: str | None) -> None:
    if sums is not None:
        (tmp_path / SUMS).write_text(sums)
    with pytest.raises(ModelError, match="重新安装"):
        OnnxEmbedder(tmp_path)


def test_the_model_has_a_name_that_follows_its_files() -> None:
    assert model_id().startswith("e5-small-zh-")
    assert model_id() == model_id()
