"""Understanding a question, ranking clauses, and the retriever as LlamaIndex sees it."""

from __future__ import annotations

import pytest
from index_samples import document

from qa_bot.errors import QuestionError
from qa_bot.index.embedding import ShippedEmbedding
from qa_bot.retrieval.doc_numbers import doc_numbers
from qa_bot.retrieval.query import read_query
from qa_bot.retrieval.question import Question, Turn
from qa_bot.retrieval.ranker import Ranker
from qa_bot.retrieval.regions import Regions
from qa_bot.retrieval.retriever import HybridRetriever


@pytest.fixture(scope="module")
def ranker(bot) -> Ranker:
    return bot.retriever.ranker


def read(ranker, question, *history):
    turns = tuple(Turn(question=asked) for asked in history)
    return read_query(Question(question=question, history=turns), ranker.regions, ranker.corrector)


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("盘锦的供热谁管？", "盘锦"),
        ("晋城城区的常务会议多久开一次？", "城区"),
        ("宁夏市场登记要什么材料？", "宁夏"),
        ("How many meetings in Benxi?", "本溪"),
        ("Xinzhou approval reform", "忻州"),
    ],
)
def test_places_are_learnt_from_the_documents(ranker, question, place):
    assert place in read(ranker, question).places


def test_unknown_place_is_no_place(ranker):
    assert not read(ranker, "巴黎的天气").places


def test_what_is_embedded_leaves_out_document_numbers(ranker):
    assert read(ranker, "盘政发〔2023〕8号对供热怎么说").meaning == "对供热怎么说"
    assert read(ranker, "盘政发〔2023〕8号").meaning == "盘政发〔2023〕8号"


def test_only_documents_of_a_named_place_are_looked_at(bot):
    for question in ("宁夏的专利奖励多少钱？", "本溪和盘锦市的消防责任有什么不同？"):
        hits = bot.retriever.search(Question(question=question)).hits
        regions = {bot.index.store.document_of(hit.clause).validity.region for hit in hits}
        assert regions == ({"宁夏回族自治区"} if "宁夏" in question else {"本溪市", "盘锦市"})


@pytest.mark.parametrize("asked", ["盘政发〔2023〕9号讲了什么", "请问盘政发〔2023〕9号怎么说"])
def test_only_the_document_that_is_named_is_looked_at(bot, asked):
    hits = bot.retriever.search(Question(question=asked)).hits
    assert {hit.clause.doc_no for hit in hits} == {"盘政发〔2023〕9号"}


def test_a_document_named_by_its_number_is_looked_at_wherever_it_is_from(bot):
    question = Question(question="宁夏能照盘政发〔2023〕8号办吗？")
    assert any(
        hit.clause.doc_no == "盘政发〔2023〕8号" for hit in bot.retriever.search(question).hits
    )


def test_a_place_under_two_names_counts_once(ranker):
    named = read(ranker, "本溪和盘锦市的消防责任").places
    titles = " ".join(ranker.regions.full_names[i] for i in ranker.regions.documents_of(named))
    assert "本溪" in titles
    assert "盘锦" in titles


@pytest.mark.parametrize(
    "asked", ["辽滨能办吗？", "辽滨经开区能办吗？", "Who handles it in the Liaobin zone?"]
)
def test_whom_a_document_gives_something_is_a_place_within_its_own(ranker, asked):
    named = read(ranker, asked).places
    meant = {ranker.regions.full_names[i] for i in ranker.documents_meant(read(ranker, asked))}
    assert "辽滨" in named
    assert meant == {"盘锦市"}
    assert len(ranker.regions.documents_of(named)) == 1


@pytest.mark.parametrize(
    ("title", "asked", "named"),
    [
        ("甲州市人民政府关于向临江高新技术产业开发区下放一批事项的决定", "临江能办吗？", True),
        ("甲州市人民政府办公室关于向河湾镇赋予执法权限的通知", "河湾镇谁执法？", True),
        ("甲州市人民政府关于向社会公开征求意见的通知", "社会公开怎么办？", False),
    ],
)
def test_places_that_a_title_gives_something_to(title, asked, named):
    places = Regions([document("a.txt", title, 1)])
    assert bool(places.named_in(asked)) is named


def test_place_chooses_the_document_and_leaves_the_keywords(ranker):
    assert "盘锦" not in read(ranker, "盘锦的供热谁管？").keywords


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("盘政发〔2023〕8号说什么", (("盘政发", "2023", "8"),)),
        ("盘政发[2023] 8 号说什么", (("盘政发", "2023", "8"),)),
        ("盘政发2023年第8号说什么", (("盘政发", "2023", "8"),)),
        ("本溪27号文附的制度", (("", "", "27"),)),
        ("请问一下政办发〔2023〕35号说什么", (("政办发", "2023", "35"),)),
        ("本溪2019年35号文说什么", (("", "2019", "35"),)),
        ("8号文和盘政发〔2023〕9号", (("盘政发", "2023", "9"), ("", "", "8"))),
        ("9月8号起施行的方案", ()),
        ("2020年1月1号之后", ()),
        ("9号楼和3号窗口在哪", ()),
        ("本溪市人民政府公报2019年第5号里的任务", ()),
    ],
)
def test_document_numbers_in_any_spelling(ranker, question, numbers):
    assert read(ranker, question).doc_numbers == numbers


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("这事归谁管？", "department"),
        ("补贴是多少？", "number"),
        ("什么时候截止？", "date"),
        ("有哪些成员单位？", "list"),
        ("怎么申请低保？", "procedure"),
        ("这个决定的文号是什么？", "document"),
        ("盘政发〔2023〕9号是关于什么的？", "document"),
        ("这份通知是哪天印发的？", "issued"),
        ("这办法还有效吗？", "validity"),
        ("Which bureau is in charge?", "department"),
    ],
)
def test_what_is_asked_for(ranker, question, intent):
    assert intent in read(ranker, question).intents


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("申请补贴需要提交什么文件？", "document"),
        ("要求哪个文化部门参加？", "document"),
        ("这个方案里补贴什么时候下发？", "issued"),
        ("By which department are permits issued?", "issued"),
        ("法规修改或者废止以后要更新公示信息吗？", "validity"),
        ("登记证失效或者丢失了怎么办？", "validity"),
        ("What must enterprises do for effective management?", "validity"),
    ],
)
def test_what_is_not_asked_for(ranker, question, intent):
    assert intent not in read(ranker, question).intents


@pytest.mark.parametrize(
    ("said", "doc_no", "same"),
    [
        ("盘政发〔2023〕08号", "盘政发〔2023〕8号", True),
        ("盘锦市人民政府盘政发〔2023〕8号", "盘政发〔2023〕8号", True),
        ("政发〔2023〕8号", "盘政发〔2023〕8号", True),
        ("辽政发〔2023〕8号", "盘政发〔2023〕8号", False),
        ("盘政发〔2022〕8号", "盘政发〔2023〕8号", False),
        ("杭州市人民政府令〔2003〕200号", "杭州市人民政府令〔2003〕第200号", True),
        ("市政府令〔2003〕第200号", "杭州市人民政府令〔2003〕第200号", True),
        ("宁波市人民政府令〔2003〕第200号", "杭州市人民政府令〔2003〕第200号", False),
        ("8号文", "盘政发〔2023〕8号", True),
        ("8号文", "盘政发〔2023〕18号", False),
        ("8号文", None, False),
    ],
)
def test_of_which_document_a_number_is(said, doc_no, same):
    (number,) = doc_numbers(said)
    assert number.names(doc_no) is same


def test_the_number_of_a_document_is_no_label(ranker):
    assert read(ranker, "杭州第200号令里由谁处分").labels == ()


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Is 城政办发〔2023〕26号 still in force?", "en"),
        ("What does 《杭州市安全生产责任制规定》 say of fines?", "en"),
        ("Which bureau handles 供热经营许可?", "zh"),
        ("城政办发〔2023〕26号", "zh"),
        ("PPP模式是什么？", "zh"),
    ],
)
def test_chinese_name_of_a_document_leaves_the_question_english(ranker, question, language):
    assert read(ranker, question).language == language


def test_follow_up_is_completed_and_a_whole_question_is_not(ranker):
    follow_up = read(ranker, "那谁来审批？", "供热经营许可怎么办？")
    assert follow_up.follow_up
    assert follow_up.text == "供热经营许可怎么办？ 那谁来审批？"
    whole = read(ranker, "杭州市安全生产责任制规定里企业主要负责人有哪些职责？", "校车怎么办？")
    assert not whole.follow_up


@pytest.mark.parametrize(
    "question",
    [
        "这办法还有效吗？",
        "那谁来审批？",
        "要交什么材料？",
        "本办法自何时起施行？",
        "Is it still valid?",
    ],
)
def test_question_that_names_nothing_dangles_unless_the_history_names_it(ranker, question):
    assert read(ranker, question).dangling
    assert not read(ranker, question, "供热经营许可怎么办？").dangling


@pytest.mark.parametrize(
    "question",
    [
        "校车标牌怎么办？",
        "低保怎么申请？",
        "这个标牌谁发？",
        "杭州的规定还有效吗？",
        "8号文还有效吗？",
        "Who issues bus plates?",
    ],
)
def test_question_that_names_its_thing_does_not_dangle(ranker, question):
    assert not read(ranker, question).dangling


@pytest.mark.parametrize("region", ["本溪市", "本溪"])
def test_region_restricts_the_search(bot, region):
    found = bot.retriever.search(Question(question="供热经营许可现在归谁批？", region=region))
    assert len(found.hits) > 5
    assert {hit.clause.file[:5] for hit in found.hits} == {"benxi"}


def test_region_without_documents_is_said_so(bot):
    with pytest.raises(QuestionError, match="本溪市"):
        bot.ask(Question(question="供热经营许可现在归谁批？", region="巴黎"))


@pytest.mark.parametrize(
    ("question", "doc_no", "section"),
    [
        ("盘政办〔2023〕35号第五条", "盘政办〔2023〕35号", "第五条"),
        ("盘政发[2023]9号附件第24项", "盘政发〔2023〕9号", "附件 第24项"),
        ("《本溪市行政执法公示办法》第三十三条", "本政办发〔2019〕35号", "第三十三条"),
    ],
)
def test_reference_in_the_question_is_looked_up(bot, question, doc_no, section):
    best = bot.retriever.search(Question(question=question)).hits[0].clause
    assert (best.doc_no, best.section) == (doc_no, section)


def test_document_question_finds_the_title(bot):
    found = bot.retriever.search(
        Question(question="盘锦向辽滨委托下放政务服务事项的决定文号是什么？")
    )
    best = found.hits[0].clause
    assert (best.doc_no, best.section) == ("盘政发〔2023〕9号", "标题")


def test_llama_index_can_use_the_retriever_alone(bot):
    retriever = HybridRetriever(bot.index, ShippedEmbedding(), candidates=5)
    nodes = retriever.retrieve("校车标牌怎么办理？")
    assert len(nodes) == 5
    assert nodes[0].node.metadata["section"] == "附件2 第3项"
    assert nodes[0].score >= nodes[1].score
