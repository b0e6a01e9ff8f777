"""The gold set that is shipped is sound, and the checker finds what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from evaluation_samples import corpus_library, shipped_gold

from qa_bot.evaluation.candidates import (
    append_pair,
    candidates,
    make_pair,
    next_id,
    read_feedback,
)
from qa_bot.evaluation.check import check_gold, copied_run
from qa_bot.evaluation.errors import EvaluationError, GoldError
from qa_bot.evaluation.gold import GoldPair, GoldSet, Kind, load_gold

DOC = "盘政发〔2023〕8号"
QUOTE = "供热单位应当在停业开始六个月前向市供热行政主管部门提出申请"


def raw(**changes: Any) -> dict[str, Any]:
    values = {
        "id": "t-001",
        "question": "停业得提早多久申请？",
        "lang": "zh",
        "persona": "citizen",
        "kind": "number",
        "answerable": True,
        "answer": "六个月前。",
        "facts": [["六个月", "6个月"]],
        "citations": [{"doc_no": DOC, "section": "附件1 第2项", "quote": QUOTE}],
        "split": "dev",
        "history": [],
    }
    return values | changes


def gold_of(*pairs: dict[str, Any]) -> GoldSet:
    made = tuple(map(GoldPair.model_validate, pairs))
    return GoldSet(made, {pair.id: "panjin" for pair in made})


def problems(*pairs: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in check_gold(gold_of(*pairs), corpus_library()).problems]


def test_the_shipped_gold_is_sound() -> None:
    report = check_gold(shipped_gold(), corpus_library())
    assert [str(problem) for problem in report.problems] == []


def test_the_shipped_gold_is_what_the_specification_asks_for() -> None:
    report = check_gold(shipped_gold(), corpus_library())
    assert report.pairs >= 300
    assert len(report.per_document) == 38
    assert min(report.per_document.values()) >= 3
    assert set(report.kinds) == set(get_args(Kind))
    assert report.kinds["unanswerable"] >= 45
    assert report.kinds["adversarial"] >= 20
    assert report.own_words >= 2 / 3
    assert len(set(shipped_gold().gazettes.values())) == 5


def test_a_sound_pair_has_no_problem() -> None:
    assert problems(raw()) == []


def test_labels_may_be_spelt_in_any_sensible_way() -> None:
    citation = {"doc_no": "盘政发[2023] 8 号", "section": "附件1第2号", "quote": QUOTE}
    assert problems(raw(citations=[citation])) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"doc_no": "盘政发〔2023〕88号"}, "语料中没有文件"),
        ({"section": "附件1 第9项"}, "引文见于 附件1 第2项"),
        ({"section": "附件1 第3项"}, "引文不在"),
        ({"quote": "在停业开始九个月前"}, "未见此引文"),
    ],
)
def test_what_does_not_stand_in_the_corpus_is_found(change: dict[str, str], message: str) -> None:
    citation = {"doc_no": DOC, "section": "附件1 第2项", "quote": QUOTE} | change
    [problem] = problems(raw(citations=[citation]))
    assert message in problem


def test_a_parent_may_be_cited_for_what_stands_beneath_it() -> None:
    citation = {"doc_no": DOC, "section": "附件1", "quote": QUOTE}
    assert problems(raw(citations=[citation])) == []


def test_splits_must_not_share_a_clause() -> None:
    [problem] = problems(raw(), raw(id="t-002", split="test"))
    assert "t-001(dev)" in problem
    assert "t-002(test)" in problem


def test_copied_run() -> None:
    [copied] = gold_of(raw(question="停业开始六个月前吗？")).pairs
    assert copied_run(copied, corpus_library()) == len("停业开始六个月前")


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"kind": "riddle"},
        {"facts": []},
        {"citations": []},
        {"answerable": False},
        {"kind": "unanswerable"},
        {"kind": "followup"},
        {"facts": [[]]},
        {"facts": [[" "]]},
        {"citations": [{"doc_no": None, "section": "引言", "quote": "x"}]},
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, change: dict[str, Any]) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("\n" + json.dumps(raw(**change)), encoding="utf-8")
    with pytest.raises(GoldError, match=r"a\.jsonl:2"):
        load_gold(tmp_path)


def test_an_id_given_twice_is_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(raw()), encoding="utf-8")
    with pytest.raises(GoldError, match=r"b\.jsonl:1 id t-001"):
        load_gold(tmp_path)


def test_a_folder_without_gold_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError):
        load_gold(tmp_path)


def test_select() -> None:
    gold = gold_of(raw(), raw(id="t-002", kind="date"), raw(id="t-003", split="test"))
    assert [pair.id for pair in gold.select(kinds=["date"]).pairs] == ["t-002"]
    assert [pair.id for pair in gold.select(splits=["dev"], limit=1).pairs] == ["t-001"]


def test_a_new_pair_is_numbered_checked_and_appended(tmp_path: Path) -> None:
    file = tmp_path / "panjin.jsonl"
    file.write_text(json.dumps(raw(id="panjin-007", split="test")) + "\n", encoding="utf-8")
    assert next_id(file) == "panjin-008"
    values: dict[str, Any] = {
        "question": "停业多久批？",
        "answer": "六个月前。",
        "facts": ["六个月|6个月"],
    }
    source = (DOC, "附件1第2项", QUOTE)
    kinds = {"kind": "number", "persona": "staff"}
    pair = make_pair(corpus_library(), load_gold(tmp_path), file, source, **values, **kinds)
    assert (pair.id, pair.split, pair.facts) == ("panjin-008", "test", (("六个月", "6个月"),))
    assert append_pair(pair, file, corpus_library()) == []
    assert len(load_gold(tmp_path).pairs) == 2
    wrong = pair.model_copy(update={"id": "panjin-009", "split": "dev"})
    assert append_pair(wrong, file, corpus_library())
    assert len(load_gold(tmp_path).pairs) == 2


def test_feedback_becomes_candidates(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    lines = [
        {"question": "暖气停了找谁？", "helpful": False, "comment": "应是市住建局"},
        {"question": "谢谢", "helpful": True},
        {"question": "停业得提早多久申请？", "helpful": False},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    [made] = candidates(read_feedback(file), gold_of(raw()))
    assert made["question"] == "暖气停了找谁？"
    assert made["answer"] == "应是市住建局"
    with pytest.raises(ValueError, match="facts"):
        GoldPair.model_validate(made)


def test_feedback_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    file.write_text('{"text": 1}', encoding="utf-8")
    with pytest.raises(GoldError, match=r"feedback\.jsonl:1"):
        read_feedback(file)
