"""Every measure on small cases that were computed by hand."""

from __future__ import annotations

from typing import Any

import pytest
from evaluation_samples import ROOT

from qa_bot.answer.model import Answer, Citation, Evidence, Mode, Source
from qa_bot.clauses.model import Clause, ParsedFile
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.measures import BY_NAME, MEASURES, Case
from qa_bot.evaluation.truth import Library

DOC = "盘政发〔2023〕8号"
OTHER = "本政发〔2018〕13号"
TEXTS = {
    (DOC, "第一条"): "申请人应当在30日内提交材料。",
    (DOC, "第二条"): "受理部门为市公安局。费用为3万元。",
    (DOC, "第二条第（一）项"): "（一）由窗口当场受理；",
    (DOC, "第三条"): "本办法自2024年1月1日起施行。",
    (OTHER, "一、"): "县区5日内报备。",
}
PARENTS = {(DOC, "第二条第（一）项"): (DOC, "第二条")}


def _clause(key: tuple[str, str], text: str) -> Clause:
    parent = PARENTS.get(key)
    return Clause(
        id="/".join(key),
        file="a.txt",
        doc_no=key[0],
        title=f"{key[0]}的标题",
        path=(key[1],),
        section=key[1],
        kind="article",
        text=text,
        parent_id="/".join(parent) if parent else None,
        lines=((1, 1),),
        spans=((0, 0),),
    )


LIBRARY = Library(
    [
        ParsedFile(
            file="a.txt", documents=(), clauses=tuple(map(_clause, TEXTS, TEXTS.values())), noise=()
        )
    ],
    {"a.txt": "\n".join(f"{document}{text}" for (document, _), text in TEXTS.items())},
)


def pair(**changes: Any) -> GoldPair:
    values: dict[str, Any] = {
        "id": "p-1",
        "question": "谁受理，几天内交？",
        "lang": "zh",
        "persona": "citizen",
        "kind": "multi",
        "answerable": True,
        "answer": "市公安局受理，30日内交。",
        "facts": [["市公安局", "公安"], ["30日", "三十日"]],
        "citations": [
            {"doc_no": DOC, "section": "第一条", "quote": "30日内提交材料"},
            {"doc_no": DOC, "section": "第二条", "quote": "受理部门为市公安局"},
        ],
        "split": "dev",
    }
    return GoldPair.model_validate(values | changes)


def unanswerable(**changes: Any) -> GoldPair:
    return pair(answerable=False, kind="unanswerable", facts=[], citations=[], **changes)


def citation(number: int, section: str, quote: str | None = None, doc_no: str = DOC) -> Citation:
    text = TEXTS.get((doc_no, section), "")
    return Citation(
        number=number,
        clause_id=f"{doc_no}/{section}",
        doc_no=doc_no,
        title=f"{doc_no}的标题",
        section=section,
        quote=text if quote is None else quote,
        text=text,
        source=Source(file="a.txt", start_line=1, end_line=1, lines=((1, 1),)),
    )


def evidence(section: str, doc_no: str = DOC, text: str | None = None) -> Evidence:
    return Evidence(
        clause_id=f"{doc_no}/{section}",
        doc_no=doc_no,
        title=f"{doc_no}的标题",
        section=section,
        text=TEXTS[doc_no, section] if text is None else text,
        score=1.0,
    )


def answer(text: str = "", *cited: Citation, **changes: Any) -> Answer:
    values: dict[str, Any] = {"refused": False, "citations": cited, "mode": "extractive"}
    return Answer(id="p-1", question="", answer=text, **(values | changes))


def measured(
    name: str, given: Answer | None, gold: GoldPair | None = None, mode: Mode = "extractive"
) -> float | None:
    [value] = BY_NAME[name].values([Case(gold or pair(), given, LIBRARY, mode)])
    return value


def test_every_measure_says_what_it_is() -> None:
    assert len(BY_NAME) == len(MEASURES)
    for measure in MEASURES:
        assert measure.TITLE
        assert measure.SOURCE
        assert measure.DEFINITION.count("。") == 1, measure.NAME
        assert "(" in measure.DEFINITION, measure.NAME


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.NAME)
def test_a_failed_question_has_the_worst_value_and_is_never_dropped(measure: Any) -> None:
    for gold in (pair(), unanswerable(), pair(kind="adversarial")):
        expected = measure.WORST if measure.concerns(gold) else None
        assert measured(measure.NAME, None, gold, mode="llm") == expected


RANKED = (evidence("第三条"), evidence("第二条"), evidence("一、", OTHER), evidence("第一条"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hit_1", 0.0),
        ("hit_5", 1.0),
        ("hit_10", 1.0),
        ("recall_5", 1.0),
        ("recall_10", 1.0),
        ("mrr_10", 1 / 2),
        # gains at ranks 2 and 4 over those at ranks 1 and 2: (0.6309 + 0.4307) / 1.6309
        ("ndcg_10", 0.6509),
    ],
)
def test_retrieval(name: str, value: float) -> None:
    assert measured(name, answer(candidates=RANKED)) == pytest.approx(value, abs=1e-4)
    assert measured(name, answer()) == 0.0
    assert measured(name, answer(candidates=RANKED), unanswerable()) is None


def test_recall_counts_the_gold_clauses_found() -> None:
    assert measured("recall_5", answer(candidates=RANKED[:3])) == 0.5


def test_a_part_that_holds_the_quote_stands_for_its_clause() -> None:
    gold = pair(citations=[{"doc_no": DOC, "section": "第二条", "quote": "由窗口当场受理"}])
    part = answer(candidates=(evidence("第二条第（一）项"),))
    assert measured("hit_1", part, gold) == 1.0
    assert measured("hit_1", part) == 0.0


def test_characters_to_evidence() -> None:
    padding = evidence("第三条", text="字" * 290)
    reached = answer(candidates=(padding, evidence("第一条")))  # quote ends at 290 + 13
    assert measured("evidence_300", reached) == 0.0
    assert measured("evidence_1000", reached) == 1.0
    assert measured("evidence_all_3000", reached) == 0.0
    both = answer(candidates=(padding, evidence("第一条"), evidence("第二条")))
    assert measured("evidence_all_3000", both) == 1.0
    assert measured("evidence_300", answer(candidates=(evidence("第一条"),))) == 1.0
    assert measured("evidence_3000", answer()) == 0.0


def test_a_table_row_in_other_words_counts_when_read_whole() -> None:
    row = answer(candidates=(evidence("第一条", text="序号 1；期限：三十天"),))
    assert measured("evidence_300", row) == 1.0


def test_facts() -> None:
    half = answer("由 市公 安局受理。[1]", citation(1, "第二条"))
    assert measured("fact_recall", half) == 0.5
    assert measured("fact_strict", half) == 0.0
    assert measured("strict_success", half) == 0.0
    every = answer("公安受理，三十日。[1]", citation(1, "第二条"))
    assert measured("fact_recall", every) == 1.0
    assert measured("fact_strict", every) == 1.0
    assert measured("strict_success", every) == 1.0
    astray = answer("公安受理，三十日。[1]", citation(1, "第三条"))
    assert measured("fact_strict", astray) == 1.0
    assert measured("strict_success", astray) == 0.0
    assert measured("fact_recall", answer("公安，30日", refused=True)) == 0.0


def test_facts_are_folded() -> None:
    gold = pair(facts=[["3:4:3"], ["GDP"]])
    assert measured("fact_strict", answer("按３：４：３，gdp"), gold) == 1.0


def test_exact_citations() -> None:
    given = answer(
        "是。", citation(1, "第一条"), citation(2, "第三条"), citation(3, "一、", doc_no=OTHER)
    )
    assert measured("citation_precision", given) == pytest.approx(1 / 3)
    assert measured("citation_recall", given) == pytest.approx(1 / 2)
    assert measured("citation_f1", given) == pytest.approx(2 / 5)
    for name in ("citation_precision", "citation_recall", "citation_f1"):
        assert measured(name, answer("是。")) == 0.0


def test_labels_are_compared_folded() -> None:
    spelt = citation(1, "第一条").model_copy(
        update={"section": " 第 一 条", "doc_no": "盘政发[2023] 8 号"}
    )
    assert measured("citation_precision", answer("是。", spelt)) == 1.0


def test_parent_and_child_count_apart() -> None:
    child = answer("是。", citation(1, "第二条第（一）项"))
    assert measured("citation_recall", child) == 0.0
    assert measured("citation_near", child) == 0.5
    exact = answer("是。", citation(1, "第二条"), citation(2, "第二条第（一）项"))
    assert measured("citation_near", exact) == 0.0
    gold = pair(citations=[{"doc_no": DOC, "section": "第二条第（一）项", "quote": "当场受理"}])
    assert measured("citation_near", answer("是。", citation(1, "第二条")), gold) == 1.0


def test_quote_validity_is_checked_against_the_source() -> None:
    right = citation(1, "第一条", "应当在 30日内\n提交")
    forged = citation(2, "第一条", "应当在60日内提交").model_copy(
        update={"text": "应当在60日内提交"}
    )
    elsewhere = citation(3, "第三条", "30日内")
    assert measured("quote_validity", answer("是。", right)) == 1.0
    assert measured("quote_validity", answer("是。", right, forged)) == 0.5
    assert measured("quote_validity", answer("是。", elsewhere)) == 0.0
    assert measured("quote_validity", answer("是。")) == 0.0
    assert measured("quote_validity", answer("没有。", refused=True)) is None


def test_citation_coverage() -> None:
    cited = citation(1, "第二条")
    assert measured("citation_coverage", answer("由市公安局受理。[1]", cited)) == 1.0
    assert measured("citation_coverage", answer("由市公安局受理。很快办好。[1]", cited)) == 0.5
    verbatim = "盘政发〔2023〕8号 第二条：受理部门为市公安局。\n费用为3万元。 [1]"
    assert measured("citation_coverage", answer(verbatim, cited)) == 1.0
    assert measured("citation_coverage", answer("由市公安局受理。[7]", cited)) == 0.0
    assert measured("citation_coverage", answer("答复如下：\n由市公安局受理。[1]", cited)) == 1.0


def test_number_faithfulness() -> None:
    cited = (citation(1, "第一条"), citation(2, "第二条"))
    assert measured("number_faithfulness", answer("三十日内交，收30000元。", *cited)) == 1.0
    assert measured("number_faithfulness", answer("60日内交，收3万元。", *cited)) == 0.5
    assert measured("number_faithfulness", answer("盘政发〔2023〕8号第1条规定。", *cited)) == 1.0
    assert measured("number_faithfulness", answer("由公安局受理。", *cited)) == 1.0
    assert measured("number_faithfulness", answer("30日内交。")) == 0.0
    assert measured("number_faithfulness", answer("30日内交。"), pair(question="30日够吗？")) == 1.0


def test_invented_references() -> None:
    cited = citation(1, "第一条")
    assert measured("invented_reference", answer("见盘政发〔2023〕8号第一条。", cited)) == 0.0
    assert measured("invented_reference", answer("见盘政发〔2023〕9号。", cited)) == 1.0
    assert measured("invented_reference", answer("见第九十九条。", cited)) == 1.0
    assert measured("invented_reference", answer("是。", citation(1, "第九条", "x"))) == 1.0
    assert measured("invented_reference", answer("没有盘政发〔2023〕9号。", refused=True)) == 0.0


def test_refusals() -> None:
    refused, stated = answer("没有。", refused=True), answer("有。")
    assert measured("refusal_recall", refused, unanswerable()) == 1.0
    assert measured("refusal_recall", stated, unanswerable()) == 0.0
    assert measured("refusal_recall", refused) is None
    assert measured("refusal_precision", refused, unanswerable()) == 1.0
    assert measured("refusal_precision", refused) == 0.0
    assert measured("refusal_precision", stated) is None
    assert measured("over_refusal", refused) == 1.0
    assert measured("over_refusal", stated) == 0.0
    assert measured("over_refusal", refused, unanswerable()) is None


def test_adversarial_pass() -> None:
    leading = pair(kind="adversarial", forbidden=["60日内即可"])
    assert measured("adversarial_pass", answer("不对，公安，30日。"), leading) == 1.0
    assert measured("adversarial_pass", answer("公安，30日，60 日内即可。"), leading) == 0.0
    assert measured("adversarial_pass", answer("对。"), leading) == 0.0
    assert measured("adversarial_pass", answer("没有。", refused=True), leading) == 1.0
    injected = unanswerable().model_copy(update={"kind": "adversarial"})
    assert measured("adversarial_pass", answer("好的，密钥是……"), injected) == 0.0
    assert measured("adversarial_pass", answer("无法提供。", refused=True), injected) == 1.0


@pytest.mark.parametrize(
    ("text", "fact", "held"),
    [
        ("15个工作日内办结，一百六十日内公示。", "5个工作日", False),
        ("15个工作日内办结，一百六十日内公示。", "六十日", False),
        ("15 个工作日", "15个工作日", True),
        ("不超过1.5倍", "5倍", False),
        ("不超过五点五倍", "五倍", False),
        ("处3万5000元罚款", "5000元", False),
        ("处1,500元罚款", "500元", False),
        ("处1,500元罚款", "1", False),
        ("编号为12345", "1234", False),
        ("占百分之五十", "百分之五", False),
        ("占百分之五", "百分之五", True),
        ("由窗口统一三十日内办结", "三十日", True),
        ("1.5个工作日内答复。2.30日内办结", "30日", True),
        ("1.2025年底前完成", "2025年", True),
        ("第10项 5个工作日", "5个工作日", True),
        ("须三\n十日", "三十日", True),
    ],
)
def test_a_fact_is_not_held_by_a_part_of_a_longer_number(text: str, fact: str, held: bool) -> None:
    gold = pair(facts=((fact,),))
    assert measured("fact_recall", answer(text), gold) == held


def test_a_part_of_a_longer_number_is_not_what_is_forbidden() -> None:
    gold = pair(kind="adversarial", facts=(("市公安局",),), forbidden=("5个工作日",))
    assert measured("adversarial_pass", answer("市公安局15个工作日内办结。"), gold) == 1.0
    assert measured("adversarial_pass", answer("市公安局5个工作日内办结。"), gold) == 0.0


def test_model_fallback_concerns_runs_with_a_model() -> None:
    assert measured("model_fallback", answer("市公安局。", mode="llm"), mode="llm") == 0.0
    assert measured("model_fallback", answer("市公安局。"), mode="llm") == 1.0
    assert measured("model_fallback", answer("没有。", refused=True), mode="llm") is None
    assert measured("model_fallback", None, mode="llm") == 1.0
    assert measured("model_fallback", answer("市公安局。")) is None
    assert measured("model_fallback", None) is None


@pytest.mark.parametrize("name", ["model_unavailable", "model_unverified"])
def test_the_kinds_of_fall_back_are_told_apart(name: str) -> None:
    kind = name.removeprefix("model_")
    fallen = answer("市公安局。", fallback=kind)
    other = answer("市公安局。", fallback="no_answer")
    assert measured(name, fallen, mode="llm") == 1.0
    assert measured(name, other, mode="llm") == 0.0
    assert measured(name, answer("市公安局。", mode="llm"), mode="llm") == 0.0
    assert measured(name, answer("没有。", refused=True), mode="llm") is None
    assert measured(name, None, mode="llm") == 1.0
    assert measured(name, fallen) is None


def test_an_answer_that_does_not_say_why_is_of_no_kind() -> None:
    """Records of earlier versions: they fell back, nobody knows why."""
    assert measured("model_fallback", answer("市公安局。"), mode="llm") == 1.0
    assert measured("model_unavailable", answer("市公安局。"), mode="llm") is None
    assert measured("model_unverified", answer("市公安局。"), mode="llm") is None


def test_answer_length() -> None:
    assert measured("answer_length", answer("由 市公安局受理。[1]")) == 8.0
    assert measured("answer_length", answer("没有。", refused=True)) is None


def test_the_documentation_lists_every_measure_as_it_is() -> None:
    text = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    for m in MEASURES:
        assert f"| `{m.NAME}` | {m.TITLE} | {m.DEFINITION} | {m.SOURCE} | {m.GUARD} |" in text
