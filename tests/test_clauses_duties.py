"""Who must do it, by when; who sits in the group; what a row of a list of matters says."""

from __future__ import annotations

import pytest

from qa_bot.clauses.duties import duties_within, read_duties, row_duties
from qa_bot.clauses.matters import read_matter
from qa_bot.clauses.rosters import read_roster


@pytest.mark.parametrize(
    ("text", "duties", "deadlines"),
    [
        (
            "规范执法。(责任单位:市司法局、市级各行政执法部门;完成时限:2025年底前取得阶段性成果)",
            [("责任", ("市司法局", "市级各行政执法部门"))],
            ["2025年底前取得阶段性成果"],
        ),
        (
            "整合资金。(市财政局牵头,市农委、市水务局配合;2018年7月起持续推进)",
            [("牵头", ("市财政局",)), ("配合", ("市农委", "市水务局"))],
            ["2018年7月起持续推进"],
        ),
        (
            "开展培训。(牵头单位:市医保局,责任单位:市医保服务中心、各县区政府,监督单位:市财政局)",
            [("牵头", ("市医保局",)), ("责任", ("市医保服务中心", "各县区政府")), ("监督", ("市财政局",))],
            [],
        ),
        ("完善机制。〔牵头单位：区发改局；责任单位：区直各有关部门]",
         [("牵头", ("区发改局",)), ("责任", ("区直各有关部门",))], []),
        ("此项工作由监察局牵头,编办、法制办协办。",
         [("牵头", ("监察局",)), ("配合", ("编办", "法制办"))], []),
        ("此项工作由审改办(监察局)、编办负责。", [("责任", ("审改办(监察局)", "编办"))], []),
        ("加强监管。(区交通局)", [("责任", ("区交通局",))], []),
        ("推进追溯。〔区市场监管局、各镇<街道>〕", [("责任", ("区市场监管局", "各镇<街道>"))], []),
        ("开展研究。(区检察院牵头,区法院、区发改局按职责分工负责)",
         [("牵头", ("区检察院",)), ("责任", ("区法院", "区发改局"))], []),
        ("完善制度。(各县区政府负责;2019年基本完成)", [("责任", ("各县区政府",))], ["2019年基本完成"]),
        ("镇(街道)要加强管理。区教科局(原区教育局)负责。", [], []),
        ("健全制度。(2023年9月底)", [], ["2023年9月底"]),
        ("安全生产工作由市人民政府负责考核。", [], []),
        ("会议由市长（或者副市长）主持。", [], []),
    ],
)  # fmt: skip
def test_duties_of_a_clause(text, duties, deadlines):
    found, until = read_duties(text, paragraph=False)

    assert [(d.role, d.bodies) for d in found] == duties
    assert list(until) == deadlines


def test_a_paragraph_that_opens_with_its_body():
    found, _ = read_duties("市医保局负责推进医保支付方式改革。", paragraph=True)

    assert [(d.role, d.bodies) for d in found] == [("责任", ("市医保局",))]


@pytest.mark.parametrize(
    ("heading", "body"),
    [
        ("（二）镇(街道)职责", "镇(街道)"),
        ("(三)区民政局工作职责", "区民政局"),
        ("2. 市应急局的安全监管职责", "市应急局"),
        ("（二）工作专班办公室工作职责", "工作专班办公室"),
    ],
)
def test_an_item_of_a_list_of_one_bodys_duties(heading, body):
    found, _ = read_duties("追缴违规领取的资金；", paragraph=False, heading=heading)

    assert [(d.role, d.bodies) for d in found] == [("责任", (body,))]


@pytest.mark.parametrize(
    "heading",
    ["三、工作职责", "（一）部门监管职责", "一、主要职责", "四、职责分工", "各成员单位职责"],
)
def test_a_heading_that_names_no_body(heading):
    assert read_duties("开展检查；", paragraph=False, heading=heading) == ((), ())


def test_a_duty_in_the_text_counts_for_more_than_the_heading():
    text = "发放救助金。(区财政局负责)"
    found, _ = read_duties(text, paragraph=False, heading="（三）区民政局职责")

    assert [d.bodies for d in found] == [("区财政局",)]


TWO_TASKS = "规范收费。〔牵头单位:区发改局〕公示目录。防范风险。〔牵头单位:区税务局〕"


@pytest.mark.parametrize(
    ("quote", "bodies"),
    [
        ("规范收费。", [("区发改局",)]),
        ("公示目录。", [("区税务局",)]),
        ("规范收费。〔牵头单位:区发改局〕公示目录。", [("区发改局",), ("区税务局",)]),
        ("防范风险。〔牵头单位:区税务局〕", [("区税务局",)]),
    ],
)
def test_a_bracket_assigns_what_stands_before_it(quote, bodies):
    assert [duty.bodies for duty in duties_within(TWO_TASKS, quote)] == bodies


def test_duties_in_the_columns_of_a_table():
    found, until = row_duties(
        {"重点任务": "培训", "牵头单位": "市司法局 市营商局", "完成时限": "持续推进"}
    )

    assert [(d.role, d.bodies) for d in found] == [("牵头", ("市司法局", "市营商局"))]
    assert until == ("持续推进",)


def test_a_roster():
    members = read_roster(
        "组 长: 市长\n副 组 长:任尊严 市委常委、副市长\n刘旭东 副市长\n"
        "成 员:马 强 市政府副秘书长\n市中医医院院长\n攸翔 辽油宝石花医院党委书记\n李  君  市城乡统筹办主任"
    )

    assert [(m.role, m.name, m.post) for m in members] == [
        ("组长", None, "市长"),
        ("副组长", "任尊严", "市委常委、副市长"),
        ("副组长", "刘旭东", "副市长"),
        ("成员", "马强", "市政府副秘书长"),
        ("成员", None, "市中医医院院长"),
        ("成员", "攸翔", "辽油宝石花医院党委书记"),
        ("成员", "李君", "市城乡统筹办主任"),
    ]


def test_a_matter_that_is_moved_has_a_body_before_and_a_body_now():
    matter = read_matter(
        {"序号": "1", "目录名称": "甲许可", "业务办理项": "甲许可变更", "事项类型": "行政许可",
         "实施主体": "市应急局", "改革方式": "委托下放至辽滨经开区管委会", "加强事中事后监管措施": "监督检查"}
    )  # fmt: skip

    assert matter is not None
    assert (matter.name, matter.type) == ("甲许可变更", "行政许可")
    assert (matter.body, matter.body_before) == ("辽滨经开区管委会", "市应急局")
    assert matter.supervision == "监督检查"


def test_a_new_matter_has_one_body():
    matter = read_matter(
        {"目录主项": "甲", "事项类型": "行政许可", "改革方式": "新增", "实施主体": "市公安局"}
    )

    assert matter is not None
    assert (matter.body, matter.body_before) == ("市公安局", None)


def test_another_table_holds_no_matter():
    assert read_matter({"类别": "就业", "指标": "人数", "2025年": "3"}) is None


@pytest.mark.parametrize(
    ("change", "body", "before"),
    [
        ("下放至县级住房城乡建设部门", "县级住房城乡建设部门", "市住建局"),
        ("调整为由市行政审批局实施", "市行政审批局", "市住建局"),
        ("委托区县住建局实施", "区县住建局", "市住建局"),
        ("下放县（区）管理", "县（区）", "市住建局"),
        ("委托下放", "市住建局", None),
        ("取消", "市住建局", None),
        ("审批改为备案", "市住建局", None),
    ],
)
def test_who_takes_a_matter_over(change, body, before):
    matter = read_matter({"事项名称": "燃气许可", "审批部门": "市住建局", "处理决定": change})

    assert matter
    assert (matter.body, matter.body_before, matter.change) == (body, before, change)


def test_columns_of_a_list_by_other_names():
    matter = read_matter(
        {
            "主项名称": "燃气许可",
            "权力类别": "行政许可",
            "原实施机关": "市住建局",
            "承接机关": "经开区管委会",
            "设立依据": "《条例》第十条",
            "监管要求": "市住建局抽查",
        }
    )

    assert matter
    assert (matter.name, matter.type, matter.basis) == ("燃气许可", "行政许可", "《条例》第十条")
    assert (matter.body, matter.body_before) == ("经开区管委会", "市住建局")
    assert matter.supervision == "市住建局抽查"
