"""The shipped reranker: its files, its scores, and what it reads."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from index_samples import clause
from llama_index.core.schema import NodeWithScore, TextNode

from qa_bot.embedding_model import load_tokenizer
from qa_bot.errors import ModelError, QaBotError
from qa_bot.index.store import ClauseStore
from qa_bot.reranker_model import (
    ANSWERABILITY,
    FOLDER,
    QUESTION_TOKENS,
    RELEVANCE,
    TOKENS,
    OnnxReranker,
    pair_ids,
    shipped_reranker,
)
from qa_bot.retrieval.postprocessor import ClauseRerank
from qa_bot.retrieval.reading import excerpts, readings
from qa_bot.shipped_model import MODEL, SUMS

HEATING = "清河市 城市供热管理\n第八条 供热企业擅自停业、歇业的，由供热行政主管部门责令限期改正，处五万元以上十万元以下罚款。"
PERMIT = "清河市 城市供热管理\n第五条 申请供热经营许可的，应当有稳定的热源和与规模相适应的资金。"
ROW = (
    "清河市 下放一批政务服务事项 附件 下放事项清单 第4项\n"
    "序号 4；事项名称：校车使用许可；事项类型：行政许可；实施主体：市公安局；改革方式：下放至县公安局"
)
# Each text with a question that it answers and one on the same matter that it does not.
ASKED = [
    (HEATING, "供热公司说停就停，罚多少钱？", "供热公司停业前要提前几天告诉住户？"),
    (ROW, "校车的许可现在下放给谁了？", "校车的许可要等几个工作日？"),
    (ROW, "Who grants the school bus permit now?", "How many seats may a school bus have?"),
]


@pytest.fixture(scope="module")
def model() -> OnnxReranker:
    return shipped_reranker()


def test_two_scores_for_each_text(model: OnnxReranker) -> None:
    scores = model.scores("供热公司停业罚多少？", [HEATING, PERMIT, ROW])
    assert scores.shape == (3, 2)
    assert scores.dtype == np.float32
    assert model.scores("供热公司停业罚多少？", []).shape == (0, 2)


def test_the_clause_that_answers_is_first(model: OnnxReranker) -> None:
    for text, answered, _ in ASKED:
        others = [other for other in (HEATING, PERMIT, ROW) if other != text]
        order = model.scores(answered, [text, *others])[:, RELEVANCE]
        assert order.argmax() == 0, answered


@pytest.mark.parametrize(("text", "answered", "missed"), ASKED)
def test_a_question_that_is_answered_is_told_from_one_that_is_not(
    model: OnnxReranker, text: str, answered: str, missed: str
) -> None:
    odds = [model.scores(question, [text])[0, ANSWERABILITY] for question in (answered, missed)]
    assert odds[0] > odds[1] + 1


def test_a_text_has_the_same_scores_alone_and_in_a_batch(model: OnnxReranker) -> None:
    texts = [HEATING * times for times in (1, 3)] + [PERMIT, ROW]
    together = model.scores("停业罚多少？", texts)
    alone = np.concatenate([model.scores("停业罚多少？", [text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-4


def test_threads_may_share_the_model(model: OnnxReranker) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: model.scores("停业？", [text])[0], [HEATING, ROW] * 4))
    expected = np.stack([model.scores("停业？", [text])[0] for text in (HEATING, ROW)] * 4)
    assert np.abs(np.stack(found) - expected).max() < 1e-4


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "供热" * 2000])
def test_any_question_and_any_text_have_scores(model: OnnxReranker, text: str) -> None:
    assert np.isfinite(model.scores(text, [text, HEATING])).all()


def test_a_long_question_leaves_room_for_the_text() -> None:
    tokenizer = load_tokenizer()
    short, long = (pair_ids(tokenizer, "热" * times, HEATING * 20) for times in (5, 500))
    assert len(short) == len(long) == TOKENS
    assert long[QUESTION_TOKENS - 1] == short[-1] == long[-1]
    assert long[:4] == short[:4]


def test_of_a_long_question_the_end_is_read_which_is_what_it_asks(model: OnnxReranker) -> None:
    story = "我们小区去年冬天换了一家公司来管，邻居们都说不清楚到底是怎么回事，" * 5
    scores = [model.scores(f"{story}{asked}", [HEATING])[0] for asked in ("罚多少？", "几岁？")]
    assert np.abs(scores[0] - scores[1]).max() > 0.5


def test_the_file_is_small_enough_to_ship() -> None:
    assert (FOLDER / MODEL).stat().st_size < 35_000_000


@pytest.mark.parametrize("sums", [None, "not sums", f"0  {MODEL}\n"])
def test_a_file_that_does_not_match_its_sum_is_refused(tmp_path: Path, sums: str | None) -> None:
    shutil.copyfile(FOLDER / MODEL, tmp_path / MODEL)
    if sums is not None:
        (tmp_path / SUMS).write_text(sums)
    with pytest.raises(ModelError, match="重新安装") as error:
        OnnxReranker(tmp_path)
    assert isinstance(error.value, QaBotError)


def test_what_is_read_of_a_long_clause_is_the_part_that_was_asked_for() -> None:
    text = "".join(f"第{n}款规定一般事项，各单位应当遵照执行。" for n in range(60))
    asked = f"{text}校车标牌由公安机关发放。{text}"
    assert (
        "校车标牌由公安机关发放" in excerpts("校车标牌谁发？", "清河市 校车管理", "", asked, 1)[0]
    )
    assert len(excerpts("校车标牌谁发？", "清河市 校车管理", "", asked, 1)[0]) < 400


def test_an_english_question_finds_its_part_by_the_official_terms() -> None:
    text = "".join(f"第{n}款规定一般事项，各单位应当遵照执行。" for n in range(60))
    asked = f"{text}校车标牌由公安机关发放。{text}"
    assert (
        "校车标牌" in excerpts("Who issues school bus plates?", "清河市 校车管理", "", asked, 1)[0]
    )


def test_context_and_lead_leave_the_text_its_room() -> None:
    read_of = excerpts(
        "停业？", "清河市" * 100, "有下列情形之一的：" * 20, "供热企业停业。" * 100, 1
    )[0]
    assert read_of.count("供热企业停业") > 15


def test_an_item_is_read_behind_the_words_that_open_its_list() -> None:
    parent = clause("有下列情形之一的，不予受理：").model_copy(update={"id": "p"})
    item = clause("（一）材料不全的；").model_copy(
        update={"id": "i", "kind": "item", "parent_id": "p"}
    )
    store = ClauseStore([], [parent, item])
    assert "不予受理：（一）材料不全的" in readings("材料不全怎么办？", store, item, 1)[0]


def test_llama_index_can_rerank_nodes_of_any_retriever() -> None:
    nodes = [NodeWithScore(node=TextNode(text=text), score=0.5) for text in (PERMIT, ROW, HEATING)]
    best = ClauseRerank(top_n=2).postprocess_nodes(nodes, query_str="供热公司停业罚多少钱？")
    assert len(best) == 2
    assert best[0].node.get_content() == HEATING
