from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.index.lexical import LexicalIndex, tokenize

ANY_TEXT = st.text(max_size=80)
HAN = st.text(alphabet="校车管理办法盘锦市", min_size=1, max_size=20)
ROWS = ["校车标牌由市公安局发放", "供热经营许可由住建局审批", "PM2.5 监测，2023年", "——"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("校车", ["校", "车", "校车"]),
        ("２０２３年PPP模式", ["2023", "年", "ppp", "模", "式", "模式"]),
        ("盘政发〔2023〕8号", ["盘", "政", "发", "盘政", "政发", "2023", "8", "号"]),
        ("增长3.5%，", ["增", "长", "增长", "3.5"]),
        ("二〇二三", ["二", "〇", "二", "三", "二〇", "〇二", "二三"]),
        ("。—— ", []),
    ],
)
def test_tokens(text, tokens):
    assert tokenize(text) == tokens


@given(ANY_TEXT)
def test_width_and_case_do_not_matter(text):
    assert tokenize(text) == tokenize(unicodedata.normalize("NFKC", text))
    assert all(token == token.lower() for token in tokenize(text))


@given(ANY_TEXT)
def test_tokens_hold_no_blank_or_punctuation(text):
    kinds = {unicodedata.category(c)[0] for token in tokenize(text) for c in token if c != "."}
    assert not kinds & {"P", "S", "Z"}


@given(HAN)
def test_a_chinese_run_gives_every_character_and_pair(run):
    tokens = tokenize(run)
    assert tokens[: len(run)] == list(run)
    assert tokens[len(run) :] == [run[i : i + 2] for i in range(len(run) - 1)]


@given(HAN, HAN)
def test_no_pair_reaches_over_punctuation(left, right):
    assert tokenize(f"{left}，{right}") == tokenize(left) + tokenize(right)


def test_best_row_and_shape():
    index = LexicalIndex.build(ROWS)
    scores = index.scores("校车标牌找谁？")
    assert scores.shape == (len(index),) == (4,)
    assert scores.dtype == np.float32
    assert scores.argmax() == 0
    assert scores[3] == 0
    assert index.scores("pm2.5").argmax() == 2


@pytest.mark.parametrize("query", ["", "？？", "zzz"])
def test_unknown_words_score_nothing(query):
    assert not LexicalIndex.build(ROWS).scores(query).any()


def test_saved_index_scores_alike(tmp_path):
    index = LexicalIndex.build(ROWS)
    index.save(tmp_path / "bm25")
    loaded = LexicalIndex.load(tmp_path / "bm25")
    assert len(loaded) == len(ROWS)
    for query in ("供热许可", "2023年"):
        np.testing.assert_array_equal(loaded.scores(query), index.scores(query))


def test_field_that_is_empty_everywhere(tmp_path):
    index = LexicalIndex.build(["", "", ""])
    index.save(tmp_path / "bm25")
    assert LexicalIndex.load(tmp_path / "bm25").scores("校车").tolist() == [0, 0, 0]
