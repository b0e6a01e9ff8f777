"""What a question asks for, before anything is searched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from qa_bot.clauses.model import Document
from qa_bot.index.passages import core_of_title
from qa_bot.retrieval.doc_numbers import (
    DocNumber,
    doc_numbers,
    with_whole_number,
    without_numbers,
    without_whole_numbers,
)
from qa_bot.retrieval.homophones import Corrector
from qa_bot.retrieval.lexicon import load_lexicon
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.regions import Regions
from qa_bot.retrieval.sections import labels_in, without_labels

Intent = Literal[
    "department",
    "number",
    "date",
    "list",
    "procedure",
    "document",
    "issued",
    "validity",
    "basis",
]

_DOCUMENT = r"(?:文件?|通知|办法|规定|方案|决定|意见|细则|规则|制度|规划|条例|[》号份])"
_DOCUMENT_EN = (
    r"(?:document|notice|rules?|measures?|decision|plan|opinions?|regulations?|provisions?|scheme)"
)
_WHEN = "(?:哪[一天年月]|什么时候|何时|几月)"
# The end of a document, said of the whole: not 废止以后, 登记证失效或者丢失.
ENDED = (
    r"(?<![证照牌书])(?:作废|失效|废止|过期|到期)(?=[了的]{0,2}(?:[吗么没呢否吧？?。，,；;！]|$))|"
    r"\bexpired?\b|\brepealed\b"
)

_INTENTS: dict[Intent, re.Pattern[str]] = {
    "department": re.compile(
        r"(?:哪个|哪些|什么|哪一个|啥|何)\S{0,4}(?:部门|单位|机关|局|机构)|归谁|归哪|找谁|找哪|由谁|哪家|哪一?级|"
        r"谁(?:来|去|给)?(?:管|办|批|审|核|收|罚|定|兜|发(?![现生言])|出(?![席现生])|负责|牵头|挑头|承担|监督|监管|解释|督办)|谁来|"
        r"(?:牵头|主管|责任|承办|监督)\S{0,4}[谁哪]|(?:报|交|送)给?谁|[到去跑上在]哪[里儿]?[办找申报投交]|"
        r"\bwho\b|which (?:department|bureau|office|agency|authority)",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"多少|几[个项条名人家天次年月]|多大|百分之|比例|how (?:many|much|large)|percentage", re.I
    ),
    "date": re.compile(
        r"什么时候|何时|哪[一]?[天年月]|几月|几号(?!文)|期限|截止|多久|多长时间|多少天|when\b|how (?:long|often)|deadline",
        re.IGNORECASE,
    ),
    "list": re.compile(
        r"哪些|哪几|有哪|分别|列出|都有|包括什么|which\b.*\bare|list\b|what are", re.IGNORECASE
    ),
    "procedure": re.compile(
        r"怎么办|怎么申请|如何办|如何申请|办理|流程|程序|步骤|手续|材料|怎样|how (?:do|can|to)",
        re.IGNORECASE,
    ),
    "document": re.compile(
        r"文号|几号文|哪份文|哪个文[件号]|(?<![交带备要供附送填])什么文件|文件名|document number|which (?:document|notice)|"
        r"[号》](?:文件?)?(?:主要|到底|究竟)?是?(?:关于|讲|说)[了的]?是?(?:什么|啥)(?:内容)?的?[吗呢？?。]*$",
        re.IGNORECASE,
    ),
    "issued": re.compile(
        rf"(?:印发|发文|成文|落款|落的是)\S{{0,8}}(?:{_WHEN}|哪|日期)|"
        rf"{_WHEN}\S{{0,6}}(?:印发|发文|成文|落款|印的)|"
        rf"{_DOCUMENT}(?:(?![里中内])\S){{0,3}}{_WHEN}\S{{0,6}}(?:签发|下发|出台|[发公]布|发的|发出来)|"
        rf"{_DOCUMENT}(?:(?![里中内])\S){{0,3}}(?:签发|下发|出台|[发公]布)\S{{0,8}}(?:{_WHEN}|哪|日期)|"
        rf"{_WHEN}\S{{0,6}}(?:签发|下发|出台|[发公]布|发)的?\S{{0,8}}{_DOCUMENT}|"
        r"^(?=.*\b(?:when|dated?|day|month|year)\b).*"
        rf"(?:(?:\b(?:{_DOCUMENT_EN}|it|this|that)\b|[》号])[^?]{{0,60}}\b(?:issued|dated)\b|"
        rf"\b(?:issued|dated)\b[^?]{{0,20}}\b{_DOCUMENT_EN}\b)",
        re.IGNORECASE,
    ),
    "validity": re.compile(
        r"施行(?![前后]|[以之][前后])|生效(?![前后]|[以之][前后])|有效期|有效吗|还有效|是否有效|有没有效|"
        rf"管几年|管用|还?能用[吗么不]|还在?(?:执行|适用)[吗么]|算数|起执行|失效日期|{ENDED}|"
        r"\b(?:come|comes|came|take|takes|took|go|goes|went|still|in) (?:into )?(?:effect|force|effective)\b|"
        r"\beffective (?:date|from|until|on|as|since)|\beffective\W*$|\bexpires?\b|\bvalid\b",
        re.IGNORECASE,
    ),
    "basis": re.compile(r"依据|根据|照的?是|照着|对着|凭什么文|based on|pursuant", re.IGNORECASE),
}
_POLITE = re.compile(
    r"请问一下|请问|怎么办理|怎么办|怎么|怎样|如何|什么时候|什么|哪个部门|哪些|哪个|哪里|哪儿|哪家|哪年|哪|多少|几个|"
    r"多久|多长时间|谁来|谁|是否|是不是|有没有|能不能|可不可以|可以吗|行吗|吗|呢|啊|吧|呀|嘛|了(?!解)|咋|啥|我想|我们|我|"
    r"你们|你|他们|(?<![申提报邀聘])请(?![示假求])|帮我|告诉|一下|到底|究竟|现在|的"
)
# 那…, and what has 呢 in the place of a question: 床位呢？, 要是碰上急事呢，…
_ELLIPTIC = re.compile(
    r"^(?:(?:那|这|它|他|她|该|此|上述|前面|刚才|and\b|what about|how about|then\b)|"
    r"(?!.*(?:怎|咋|什么|啥|哪|谁|多少|几|如何|何时|吗)).{1,14}呢[？?。！!]*$|"
    r"(?:要是|如果|假如|万一)[^，,]{1,12}呢)",
    re.IGNORECASE,
)
_SHORT = 14
# What points at something said before, and words that name nothing of their own: what is left of
# a question without them is the thing that it names.
_POINTING = re.compile(
    r"[这那该此]|本(?=[办规条通决意方细制])|上述|前述|前面|刚才|它|他们|\b(?:it|its|this|that|these|those|they|them)\b",
    re.IGNORECASE,
)
_NAMELESS = re.compile(
    r"办法|规定|条例|通知|方案|决定|意见|细则|制度|规划|文件|政策|法规|条款|要求|标准|流程|程序|手续|材料|证明|期限|时间|日期|"
    r"有效期?|生效|施行|实施|执行|失效|作废|废止|印发|发布|出台|文号|名称|标题|全文|内容|依据|部门|单位|机关|地方|"
    r"关于|审批|批准|申请|办理|负责|管理|提交|准备|需要|规定|知道|告诉|具体|详细|情况|事[情项]?|东西|问题|意思|"
    r"个|份|项|部|些|条|种|次|类|件|样|里|中|上|下|去|来|到|得|要|是|有|会|能|可|应|该|当|由|归|管|批|办|交|找|和|与|或|"
    r"还|都|也|就|才|再|又|吗|么|呢|吧|啊|几|哪|何|时|谁|多|久|长|大|少|钱|元|天|年|月|日|号|从|在|对|为|以|被|把|给|用|做|说|写|讲|报|自|起|解释|"
    r"\b(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have|be|been|who|what|when|where|which|"
    r"how|why|many|much|long|still|now|the|an?|of|for|in|on|to|at|by|and|or|i|me|my|we|you|valid|effective|effect|"
    r"force|take|takes|issued|issue|apply|applies|expire|expires|document|rule|rules|notice|measure|measures|"
    r"regulation|regulations|policy|date|number|say|says|about|mean|need|there)\b",
    re.IGNORECASE,
)
# One and the same character, syllable or word again and again: 第第第第第, 啊哈啊哈啊哈啊哈啊哈.
_REPEATED = re.compile(r"(\S.{0,3}?)\1{4,}", re.DOTALL)
_TITLE = re.compile(r"《([^》]{4,200})》")


# A place is known by so many characters, a title by so many without its place.
_STEM = 2
_LEAST_SPOKEN = 6
_PLACE = re.compile(r"[一-龥]{2,6}?(?:自治区|[省市县区])(?:[一-龥]{1,4}?[县区](?![级域]))?")


class Query(BaseModel):
    """A question made ready for search.

    ``text`` is the question, its homophone typos set right, completed from the history where it is a follow-up; ``keywords``
    the same for lexical search: without places, 文号 and section labels, which choose documents
    and clauses directly, and without words of politeness; what is asked now counts twice as much
    as what was asked before. ``expansion`` are the official terms that its words stand for.
    ``nameless``: the question itself names no document or thing (要几天？). ``dangling``: nor does a history
    (这办法还有效吗？), so that nothing found can be what was meant: ask back. ``leaning``: a follow-up
    that cannot stand alone, since it points back (那…, 它…) or is nameless; another may be a new
    topic.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    text: str
    keywords: str
    expansion: str
    language: Literal["zh", "en"]
    follow_up: bool
    nameless: bool
    dangling: bool
    leaning: bool
    places: frozenset[str]
    doc_numbers: tuple[DocNumber, ...]
    titles: tuple[str, ...]
    labels: tuple[str, ...]
    intents: frozenset[Intent]

    @property
    def wordless(self) -> bool:
        """Does the question say nothing at all: signs alone, or one word again and again?"""
        return _is_wordless(self.question)

    @property
    def of_document(self) -> bool:
        """Is a document itself asked for, its name or its date, which stand in title and signature?"""
        return bool(self.intents & {"document", "issued"})

    def names(self, document: Document, *, whole: bool = False) -> bool:
        """Does the question name ``document`` by title, by 文号 or, unless ``whole``, by its number
        alone?"""
        for number in self.doc_numbers:
            if (number.whole or not whole) and number.names(document.doc_no):
                return True
        for title in self.titles:
            if title in document.title:
                return True
        return self._says_title(document.title)

    def _says_title(self, title: str) -> bool:
        """Does the question say the title without 《》, if need be without its place?"""
        place, rest = _spoken(title)
        of_place = not self.places or place[:_STEM] in self.text
        return len(rest) >= _LEAST_SPOKEN and of_place and rest in self.text

    def alike(self, documents: Sequence[Document]) -> list[Document]:
        """Those of ``documents``, two or more, that the question may mean by a number alone (8号文),
        where it says nothing else of what it is about."""
        if self.titles or self.places or self.follow_up or not self.doc_numbers:
            return []
        said = things_in(with_whole_number(self.keywords, " "))
        if any(number.whole for number in self.doc_numbers) or re.search(r"\w", said):
            return []
        meant = [document for document in documents if self.names(document)]
        return meant if len(meant) > 1 else []

    @property
    def meaning(self) -> str:
        """The text without 文号, of which no passage says anything: what to embed."""
        return " ".join(without_numbers(self.text).split()) or self.text

    @property
    def wording(self) -> str:
        """Keywords and the official terms for them: the words to look for in a clause."""
        return f"{self.keywords} {self.expansion}".strip()


def read_query(question: Question, regions: Regions, corrector: Corrector) -> Query:
    """What ``question`` asks for; places and words are those of the indexed documents."""
    asked = corrector.correct(question.question.strip())
    follow_up = bool(question.history) and _is_follow_up(asked, regions)
    history = [corrector.correct(turn.question) for turn in question.history if follow_up]
    text = " ".join((*_leant_on(history, regions), asked))
    nameless = _names_nothing(asked, regions)
    named = (regions.named_in(said) for said in (asked, text, *reversed(history)))
    places = next(filter(None, named), frozenset[str]())
    keywords = without_whole_numbers(f"{text} {asked}" if follow_up else text)
    keywords = without_labels(keywords)
    for place in regions.names:
        if place in places:
            keywords = keywords.replace(place, " ")
    keywords = _POLITE.sub(" ", keywords)
    return Query(
        question=question.question.strip(),
        text=text,
        keywords=keywords,
        expansion=" ".join(load_lexicon().expand(keywords)),
        language=_language(asked),
        follow_up=follow_up,
        nameless=nameless,
        dangling=_is_wordless(asked) or (nameless and not question.history),
        leaning=follow_up and _leans(asked, regions),
        places=places,
        doc_numbers=doc_numbers(text),
        titles=tuple(_TITLE.findall(text)),
        labels=labels_in(without_numbers(text)),
        intents=frozenset(name for name, pattern in _INTENTS.items() if pattern.search(asked)),
    )


def _language(asked: str) -> Literal["zh", "en"]:
    """An English question may name a document by its Chinese 文号 or title."""
    words = _TITLE.sub(" ", without_whole_numbers(asked))
    english = re.search("[A-Za-z]{2}", words) and not re.search(r"[\u4e00-\u9fff]", words)
    return "en" if english or not re.search(r"[\u4e00-\u9fff]", asked) else "zh"


def _is_follow_up(asked: str, regions: Regions) -> bool:
    complete = bool(doc_numbers(asked) or _TITLE.search(asked) or regions.named_in(asked))
    return not complete or bool(_ELLIPTIC.match(asked)) or len(asked) <= _SHORT


def _leant_on(history: Sequence[str], regions: Regions) -> Sequence[str]:
    """The question before, behind those that it leans on itself."""
    start = len(history) - 1
    while start > 0 and _leans(history[start], regions):
        start -= 1
    return history[max(start, 0) :]


def _leans(asked: str, regions: Regions) -> bool:
    return _names_nothing(asked, regions) or bool(_ELLIPTIC.match(asked))


def _is_wordless(asked: str) -> bool:
    return not re.search(r"[^\W_]", _REPEATED.sub(" ", "".join(asked.split())))


def _names_nothing(asked: str, regions: Regions) -> bool:
    """Is there no document, place or thing left once pointing and nameless words are gone?"""
    if doc_numbers(asked) or _TITLE.search(asked) or labels_in(without_numbers(asked)):
        return False
    if regions.named_in(asked):
        return False
    words = re.findall(r"[\u4e00-\u9fff]|[A-Za-z0-9]+", things_in(asked))
    verb_alone = len(words) == 1 and not words[0].isascii()
    return not words or verb_alone or (len(words) == 1 and bool(_POINTING.search(asked)))


def things_in(text: str) -> str:
    """What is left of ``text`` without words that point back or name nothing of their own."""
    for pattern in (_REPEATED, _POINTING, _POLITE, _NAMELESS):
        text = pattern.sub(" ", text)
    return text


@lru_cache(maxsize=10_000)
def _spoken(title: str) -> tuple[str, str]:
    """The place and the rest of a title as people say it: 本溪市, 行政执法公示办法."""
    core = re.sub(r"[（(][^（）()]*[）)]$", "", core_of_title(title))
    place = match[0] if (match := _PLACE.match(core)) else ""
    return place, core.removeprefix(place).strip()
