"""The gold set that is shipped is sound, and the checker finds what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from evaluation_samples import corpus_library, perfect, shipped_gold

from qa_bot.evaluation.candidates import (
    append_pair,
    candidates,
    make_pair,
    next_id,
    read_votes,
)
from qa_bot.evaluation.check import check_gold, copied_run
from qa_bot.evaluation.errors import EvaluationError, GoldError
from qa_bot.evaluation.gold import GoldPair, GoldSet, Kind, load_gold
from qa_bot.web.history import History
from qa_bot.web.turns import Exchange

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


def test_a_question_in_english_must_be_called_so() -> None:
    [problem] = problems(raw(question="How early must I apply?"))
    assert "lang" in problem
    assert problems(raw(question="How early must I apply?", lang="en")) == []
    assert problems(raw(question="What does 盘政发〔2023〕8号 say?", lang="en")) == []


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


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_line_ends_at_a_newline_only(tmp_path: Path, separator: str) -> None:
    pair = raw(answer=f"二十日{separator}内")
    (tmp_path / "a.jsonl").write_text(json.dumps(pair, ensure_ascii=False), encoding="utf-8")
    assert load_gold(tmp_path).pairs[0].answer == pair["answer"]


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes("停业".encode("gbk"))
    with pytest.raises(GoldError, match=r"a\.jsonl"):
        load_gold(tmp_path)


def test_a_folder_without_gold_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError):
        load_gold(tmp_path)


def test_select() -> None:
    gold = gold_of(raw(), raw(id="t-002", kind="date"), raw(id="t-003", split="test"))
    assert [pair.id for pair in gold.select(kinds=["date"]).pairs] == ["t-002"]
    assert [pair.id for pair in gold.select(splits=["dev"], limit=1).pairs] == ["t-001"]


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_new_pair_is_numbered_checked_and_appended(tmp_path: Path, end: str) -> None:
    file = tmp_path / "panjin.jsonl"
    file.write_text(json.dumps(raw(id="panjin-007", split="test")) + end, encoding="utf-8")
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


def history_of(file: Path, *conversations: list[Exchange]) -> Path:
    """A history file as the page writes it."""
    history = History(file, 90)
    for number, said in enumerate(conversations):
        for turn, exchange in enumerate(said):
            history.keep("browser", str(number), turn, exchange)
            history.vote("browser", str(number), turn, exchange.vote, exchange.reason)
    return file


def test_votes_become_candidates(tmp_path: Path) -> None:
    answer = perfect(corpus_library())(shipped_gold().pairs[0])
    first = Exchange("供热公司想停业？", answer)
    voted = Exchange("多久答复？", answer, vote=-1, reason="incomplete")
    useful = Exchange("暖气停了找谁？", vote=1)
    known = Exchange("停业得提早 多久申请？", vote=-1)
    file = history_of(tmp_path / "h.sqlite3", [first, voted], [useful], [known], [useful])
    before = file.read_bytes()
    gold = gold_of(raw(id="vote-004", split="test"))
    made = candidates(read_votes(file), gold)
    assert file.read_bytes() == before
    assert [(each.values["id"], each.vote, each.reason) for each in made] == [
        ("vote-005", -1, "incomplete"),
        ("vote-006", 1, ""),
    ]
    draft = made[0].values
    assert (draft["question"], draft["kind"]) == ("多久答复？", "followup")
    assert [turn["question"] for turn in draft["history"]] == ["供热公司想停业？"]
    assert draft["citations"][0]["section"] == answer.citations[0].section
    with pytest.raises(ValueError, match="facts"):
        GoldPair.model_validate(draft | {"answer": "二十日"})
    done = draft | {"answer": "二十日", "facts": [["二十日"]]}
    assert problems(done) == []


def test_a_candidate_goes_where_its_clause_is_used_already(tmp_path: Path) -> None:
    answer = perfect(corpus_library())(gold_of(raw()).pairs[0])
    file = history_of(tmp_path / "h.sqlite3", [Exchange("停业怎么报？", answer, vote=-1)])
    [made] = candidates(read_votes(file), gold_of(raw(split="test")))
    assert made.values["split"] == "test"


@pytest.mark.parametrize("content", [None, b"", b"no database at all", b"folder"])
def test_a_history_that_cannot_be_used_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "h.sqlite3"
    if content == b"folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    with pytest.raises(EvaluationError, match=r"h\.sqlite3"):
        read_votes(file)
