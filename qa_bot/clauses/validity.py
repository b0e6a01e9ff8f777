"""What a document says of its own force: since when, until when, instead of what, on what basis.

Everything is read from the document's own words and carries the clause that says it; what the
document does not say is None.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property

from qa_bot.clauses.model import Clause, Document, Level, Mention, Validity
from qa_bot.clauses.numerals import DATE, NUMERAL, normalise_doc_no, numeral_value, parse_date

_IN_FORCE = r"(?:起)?\s*(?:正式|同时)?\s*(?:施行|实施|执行|生效|试行)"
_FROM_DATE = re.compile(rf"(?:自|从|于|由)\s*(?P<day>{DATE.pattern})\s*{_IN_FORCE}")
_ISSUED = "发布|印发|公布|下发|颁布|签发|发文|成文"
_FROM_ISSUE = re.compile(rf"自\s*(?:(?P<issued>{_ISSUED})|通过)\s*之日\s*{_IN_FORCE}")
_NOTE = re.compile(rf"{DATE.pattern}\s*(?:起)?\s*(?:施行|实施)[)）。]?$")
# A licence, a qualification, … has a term of its own.
_OF_PAPER = re.compile(r"(?:[证照]书?|批件|资格|注册|许可|登记|合同|标识|证明)的?(?:有效期|试行期)")
_OWN_TERM = re.compile(
    r"本[一-龥]{0,8}?(?:文件|办法|规定|细则|规则|方案|意见|通知|决定|条例|制度|规范|指引|公告|法|令|措施|规划|清单)"
    r"[^，,。；;]{0,12}(?:有效期|试行期|暂定|施行至|执行至)"
)
_TERM = re.compile(
    rf"(?:有效期|试行期|暂定)(?:限)?(?:为|是)?\s*(?P<n>{NUMERAL}|\d+)\s*(?:个)?\s*(?P<unit>年|月)"
)
_UNTIL = re.compile(
    rf"(?:有效期(?:限)?(?:至|到|截至|截止到?)|施行至|执行至)\s*(?P<day>{DATE.pattern})"
)
_OWN = re.compile(
    r"本(?:办法|规定|细则|规则|方案|意见|通知|决定|条例|制度|规范|指引|公告|法|令|措施|规划|清单)"
)
_ANOTHER = re.compile(r"[新原][一-龥]{1,20}(?:法|条例|规定|办法)\s*[（(]?$")
_REPEALS = re.compile(
    r"同时废止|即行废止|予以废止|自行废止|同时失效|停止执行|不再执行|同时终止|相应废止"
)
_OTHERS_CLAUSE = re.compile(r"^(?:凡|以前|此前|过去|其他)")
_BASIS = re.compile(r"(?:根据|依据|依照|按照|遵照|贯彻|落实)")
_ON_BASIS = re.compile(rf"{_BASIS.pattern}(?!.*(?:修[正订改]|[公发颁]布)的)")
_MENTION = re.compile(
    r"《(?P<title>(?:[^《》]|《[^《》]*》){2,120})》\s*(?:[（(](?P<no>[^（）()]{4,40}?号)[^（）()]{0,20}[）)])?"
    r"|(?P<bare>[一-龥]{2,10}\s*[〔\[［（(]\s*(?:19|20)\d\d\s*[〕\]］）)]\s*第?\s*\d+\s*号)"
)
_TITLE = re.compile(r"《(?:[^《》]|《[^《》]*》)*》")
_TYPES_OF_BASIS = frozenset({"preamble", "article", "paragraph"})
_SENTENCE = re.compile(r"[^。；;\n]+[。；;]?")
_REGION = re.compile(
    r"(?!中华人民共和国|全国|国家)"
    r"(?P<province>[一-龥]{2,7}?(?:省|自治区)|(?:北京|上海|天津|重庆)市)?"
    r"(?P<city>[一-龥]{2,7}?(?:市|州|盟|地区))?"
    r"(?P<county>(?!城市)[一-龥]{1,7}?(?:自治县|县|市|区|旗))?"
    r"(?P<town>[一-龥]{1,6}?(?<![城乡村])(?:镇|乡|街道))?"
    r"(?=人民政府|人民代表大会|政府|委员会|办公室|办公厅|[一-龥]{0,12}(?:局|厅|委|办)|关于|$|[一-龥])"
)
_STATE = re.compile(r"国务院|中华人民共和国国务院|全国人民代表大会|全国人大|中共中央|中央军委")
_OF_STATE = re.compile(r"中华人民共和国|国家|中国|全国|[一-龥、]{1,40}(?:部|总局|总署)$")


def read_validity(document: Document, clauses: list[Clause]) -> Validity:
    """The validity of ``document``; ``clauses`` are its own."""
    return _Reader(document, clauses).read()


class _Reader:
    def __init__(self, document: Document, clauses: list[Clause]) -> None:
        self.document = document
        self.clauses = [c for c in clauses if c.kind not in ("table_row", "roster")]

    def read(self) -> Validity:
        effective, said = self._effective()
        term, expires, until = self._expires(effective)
        region, level = scope_of(self.document.issuer, self.document.title)
        return Validity(
            effective=effective,
            effective_clause=said,
            term=term,
            expires=expires,
            expires_clause=until,
            repeals=tuple(self._repeals()),
            basis=tuple(self._basis()),
            region=region,
            level=level,
        )

    @cached_property
    def _sentences(self) -> list[tuple[str, Clause]]:
        return [(m[0], c) for c in self.clauses for m in _SENTENCE.finditer(c.text)]

    def _effective(self) -> tuple[date | None, str | None]:
        """The day on which it enters into force and the clause that says so.

        A sentence that speaks of 本办法 (…) goes before one that does not; within each, the last.
        """
        found: dict[bool, tuple[date | None, str]] = {}
        for sentence, clause in self._sentences:
            match = _FROM_DATE.search(sentence) or _FROM_ISSUE.search(sentence)
            own = bool(_OWN.search(sentence[: match.end()] if match else sentence))
            if match and (own or not self._names_another(sentence[: match.start()])):
                day = match.groupdict().get("day")
                found[own] = parse_date(day) if day else self.document.date, clause.id
            elif clause.section == "题注" and _NOTE.search(sentence.strip()):
                found[False] = parse_date(sentence), clause.id
        return found.get(True) or found.get(False) or (None, None)

    def _names_another(self, text: str) -> bool:
        """Does ``text`` name another document by its title, or end in one (新环境保护法)?"""
        if _ANOTHER.search(text):
            return True
        own = self.document.title
        titles = (match["title"] for match in _MENTION.finditer(text) if match["title"])
        return any(title not in own and own not in title for title in titles)

    def _expires(self, effective: date | None) -> tuple[str | None, date | None, str | None]:
        for sentence, clause in reversed(self._sentences):
            in_force = _FROM_DATE.search(sentence) or _FROM_ISSUE.search(sentence)
            if _OF_PAPER.search(sentence) or not (in_force or _OWN_TERM.search(sentence)):
                continue
            if match := _UNTIL.search(sentence):
                return None, parse_date(match["day"]), clause.id
            if match := _TERM.search(sentence):
                count = numeral_value(match["n"]) or 0
                months = count * (12 if match["unit"] == "年" else 1)
                term = f"{match['n']}{'年' if match['unit'] == '年' else '个月'}"
                return term, _after(effective, months) if effective else None, clause.id
        return None, None, None

    def _repeals(self) -> Iterator[Mention]:
        for sentence, clause in self._sentences:
            end = _REPEALS.search(sentence)
            if end and not _OTHERS_CLAUSE.match(sentence):
                yield from _mentions(sentence[: end.end()], clause, repealed=True)

    def _basis(self) -> Iterator[Mention]:
        """Named in the introduction, the covering notice or the first article."""
        seen: set[tuple[str | None, str | None]] = set()
        for sentence, clause in self._sentences:
            first = clause.section in ("引言", "正文") or clause.section.endswith("第一条")
            start = _BASIS.search(sentence) if first and clause.kind in _TYPES_OF_BASIS else None
            if not start or _REPEALS.search(sentence):
                continue
            for mention in _mentions(sentence[start.start() :], clause):
                key = (mention.title, mention.doc_no)
                if key not in seen and mention.title not in (None, self.document.title):
                    seen.add(key)
                    yield mention


def since_issue(text: str) -> bool:
    """Does ``text`` put a document into force on the day of its issue, and not on another?"""
    match = _FROM_ISSUE.search(text)
    return bool(match and match["issued"])


def scope_of(issuer: str | None, title: str) -> tuple[str | None, Level | None]:
    """Where a document holds, and the level of who issued it, by the issuer's or title's words."""
    for words in filter(None, (issuer, "" if title.startswith("关于") else title)):
        if _STATE.match(words):
            return "全国", "国家"
        match = _REGION.match(words)
        if match and match[0]:
            return match[0], _level(match)
        if _OF_STATE.match(words):
            return "全国", "部门" if words == issuer else "国家"
    return None, None


def _level(match: re.Match[str]) -> Level:
    if match["town"]:
        return "乡级"
    if match["county"] and (match["province"] or match["city"]):
        return "县级" if match["city"] or match["county"][-1] != "市" else "市级"
    if match["county"]:
        return "市级" if match["county"].endswith("市") else "县级"
    return "市级" if match["city"] else "省级"


def _mentions(text: str, clause: Clause, *, repealed: bool = False) -> Iterator[Mention]:
    """The documents that ``text`` names; where it says what is ``repealed``, not those on the basis
    of which it is: 依据《立法法》，《甲规定》予以废止."""
    bare = _TITLE.sub(lambda match: "_" * len(match[0]), text)
    for match in _MENTION.finditer(text):
        before = re.split("[，,]", bare[: match.start()])[-1]
        if repealed and _ON_BASIS.search(before):
            continue
        printed = match["no"] or match["bare"]
        number = normalise_doc_no(printed) if printed else None
        if match["title"] or number:
            yield Mention(title=match["title"], doc_no=number or printed, clause_id=clause.id)


def _after(start: date, months: int) -> date | None:
    """The last day of a term of so many months from ``start``."""
    year, month = divmod(start.month - 1 + months, 12)
    year += start.year
    if year > date.max.year:
        return None
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)
