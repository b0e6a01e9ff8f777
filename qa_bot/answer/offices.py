"""Who holds an office: told only from a line or sentence that says it of the body that is asked about.

``兴隆台区区长是谁？`` is looked up among the posts of the rosters, ``“两区”建设领导小组组长是谁？`` among the
roles of that group. A line that gives the office alone does not say who holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_bot.answer.members import member_lines, shown_member
from qa_bot.answer.sentences import SentenceChooser, sentences_of
from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause, Member
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.doc_numbers import without_numbers
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query

_OFFICE = r"(?:总|第一|常务)?副?(?:召集人|[组局区市县省镇乡院部厅处科所会河湖林]长|秘书长|董事长|总经理|总指挥|主任|书记|主席)"
_ASKS = re.compile(
    rf"(?P<of>[^\s，,。；;？?：:]*?)的?(?P<office>{_OFFICE})(?:的?(?:名字|姓名))?[是叫](?:谁|什么名字|啥名字|哪[个位一])"
)
_GROUP = re.compile(
    r"领导小组|推进组|工作组|专班|联席会议?|管委会|管理委员会|委员会|指挥部|办公室|小组"
)
_TITLE = re.compile("《.*?》")
_GENERAL = re.compile(r"工作|成员|请问|那个?|这个?|[的里中]|[“”\"]")
_HELD = (
    r"{office}(?:由|为)(?P<by>[^,，;；。]{{2,40}}?)(?:同志)?(?:兼任|担任)",
    r"(?:由|以)(?P<by>[^,，;；。]{{2,40}}?)(?:同志)?(?:兼任|担任|任|为){office}",
)
_NAMED = re.compile(r"(?:长|主任|书记|主席|委员|经理)[一-龥]{2,3}$")
_LEVEL = re.compile(r"[省市县区]$")
_LEAST_HELD = 0.5
_LOOKED_AT = 10
_SAYS_WHAT_FOR = ("引言", "正文")
_NAMELESS = {
    "zh": "文件只写明了职务，没有写姓名",
    "en": "The document states the post only, and no name",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The office, and the words for the body or group that it is of."""

    office: str
    of: str


def officer(
    query: Query, hits: Sequence[Hit], store: ClauseStore, chooser: SentenceChooser
) -> list[Statement] | None:
    """Who holds the office that ``query`` asks for, by name if a clause found gives one; [] where
    none says it, None where that is not asked."""
    matches = [*_ASKS.finditer(_TITLE.sub("", without_numbers(query.question)))]
    if not matches or query.leaning:
        return None
    asked = _Asked(matches[-1]["office"], _GENERAL.sub("", matches[-1]["of"]))
    about = _About(query, asked, store, chooser)
    told = [one for hit in hits[:_LOOKED_AT] for one in _said(about, hit.clause)]
    return [max(told, key=about.fitness)] if told else []


def _said(about: _About, clause: Clause) -> Iterator[Statement]:
    """What the clause says of who holds the office: lines of a roster, or a sentence."""
    nameless = _NAMELESS[about.query.language]
    if lines := [*_of_post(about, clause)] or [*_of_role(about, clause)]:
        shown = "；".join(shown_member(member) for _, member in lines)
        lead = "" if all(member.name for _, member in lines) else nameless
        yield Statement(shown, clause, lines[0][0], lead)
    for sentence, by in _sentences(about.asked.office, clause):
        if about.is_group(clause, _before(about.asked.office, sentence), sentence):
            yield Statement(sentence, clause, sentence, "" if _NAMED.search(by) else nameless)


def _of_post(about: _About, clause: Clause) -> Iterator[tuple[str, Member]]:
    """The named members whose post is the office of that body; 市长 alone is of the document's place."""
    asked, region = about.asked, about.store.document_of(clause).region or ""
    for line, member in member_lines(clause):
        for post in (member.post or "").split("、") if member.name else ():
            body = post.removesuffix(asked.office)
            if body != post and not body.endswith("副") and _same(asked.of, body or region):
                yield line, member


def _same(one: str, other: str) -> bool:
    """The same body, of which either may leave out the place or the level: 大洼, 盘锦市大洼区."""
    one, other = _LEVEL.sub("", one), _LEVEL.sub("", other)
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 1 and longer.endswith(shorter)


def _of_role(about: _About, clause: Clause) -> Iterator[tuple[str, Member]]:
    """The members with that role in the group."""
    title = clause.title.partition("关于")[2] or clause.title
    for line, member in member_lines(clause):
        if member.role == about.asked.office and about.is_group(clause, f"{title} {clause.path}"):
            yield line, member


def _sentences(office: str, clause: Clause) -> Iterator[tuple[str, str]]:
    """The sentences that say by whom the office is held, and by whom."""
    patterns = [re.compile(pattern.format(office=re.escape(office))) for pattern in _HELD]
    for sentence in sentences_of(clause.text):
        matches = (pattern.search(sentence) for pattern in patterns)
        if match := next(filter(None, matches), None):
            yield sentence, match["by"]


def _before(office: str, sentence: str) -> str:
    return sentence.partition(office)[0]


@dataclass(frozen=True, slots=True)
class _About:
    """What a clause must be about to answer who holds the office."""

    query: Query
    asked: _Asked
    store: ClauseStore
    chooser: SentenceChooser

    def fitness(self, statement: Statement) -> tuple[bool, float, bool]:
        """A named line of a roster goes first, then the sentence whose group is called most like
        that of the question, then one with a name."""
        named = not statement.lead
        before = _before(self.asked.office, statement.quote)
        return (
            named and bool(statement.clause.members),
            self.chooser.coverage(self.asked.of, before),
            named,
        )

    def is_group(self, clause: Clause, named: str, sentence: str = "") -> bool:
        """Is it the group that is asked about: of its kind, as ``named`` has it last, of its place,
        and with its words in what the document says that it is about?"""
        document = self.store.document_of(clause)
        kinds, kind = _GROUP.findall(named), _GROUP.search(self.asked.of)
        if kind and (not kinds or kind[0] != kinds[-1]):
            return False
        places, place_of = self.query.places, f"{document.region}{document.title}"
        if places and not any(place[:2] in place_of for place in places):
            return False
        words = _GROUP.sub("", self.asked.of)
        for place in places:
            words = words.replace(place, "")
        if not words:
            return self.query.names(document)
        clauses = self.store.clauses_of(document)
        opening = (one.text for one in clauses if one.section in _SAYS_WHAT_FOR)
        about = " ".join((document.title, named, sentence, *opening))
        return self.chooser.coverage(words, about) >= _LEAST_HELD
