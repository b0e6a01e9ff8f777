"""What an answer says of a document's force: asked for, or because the document is out of force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from qa_bot.answer.force import Force, ForceKind, Forces, ended_elsewhere
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause, Document, Mention
from qa_bot.clauses.numerals import parse_date
from qa_bot.clauses.validity import since_issue
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import ENDED, Query, things_in

_OF_DOCUMENT = re.compile(
    r"文件|办法|规定|方案|规则|细则|通知|决定|意见|制度|规划|条例|措施|公告|号文|\d号|这份|》|"
    r"(?<![办方])法(?=[还现是作失废有已])|"
    r"\b(?:document|rules?|measures?|notice|plan|regulations?|decision|provisions?|scheme|policy)\b",
    re.IGNORECASE,
)
_IN_FORCE_NOW = re.compile(
    rf"还?有效[吗么否]|是否有效|有没有效|管用|算数吗|还?能用[吗么不]|还在?(?:执行|适用)[吗么]|{ENDED}|"
    r"still (?:valid|in force|effective|apply|applies)|in force|valid\?",
    re.IGNORECASE,
)
# A paper that a document speaks of has a force of its own.
_OF_PAPER = re.compile(
    r"[证照牌](?:书|件)?的?(?:有效|失效|作废|过期|到期)|合同的?(?:有效|失效|到期)|"
    r"\b(?:permit|licen[cs]e|certificate|card|contract)s?\b[^?]{0,30}\b(?:valid|expired?)\b",
    re.IGNORECASE,
)
# Words that tell no document from another.
_NO_NAME = re.compile(
    r"过期|作废|失效|废止|到期|届满|逾期|期满|效力|算数|管用|(?:人民)?政府|[A-Za-z]+"
)
# What kind of document is asked for; one of another kind is not meant.
_KIND = re.compile(
    r"条例|细则|规定|办法|规则|方案|意见|规划|决定|措施|制度|(?<![办方])法(?=[还是现什何作废失有到的])"
)
_SIGNS = " ？?。，,、！!"
_OLD = re.compile(
    r"旧的?|老的|以前|原来|原先|原有|之前|过去|上一[版个]|\b(?:old|former|previous)\b", re.I
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年")
_QUOTED = 160
_LOOKED_AT = 5
# So large a share of the words for it must the title of a document hold that is not named.
_LEAST_TITLE = 0.2

_VERDICTS: dict[str, dict[ForceKind, str]] = {
    "zh": {
        "repealed": "已不再有效（见{by}）",
        "expired": "已过有效期（有效期至{day}，今天是{today}）",
        "pending": "尚未施行（{day}起施行，今天是{today}）",
        "term": "有效（有效期至{day}，今天是{today}）",
        "effective": "已施行；文件未写明有效期，已收录的文件中没有废止它的",
        "unstated": "文件未写明施行日期和有效期，已收录的文件中没有废止它的",
    },
    "en": {
        "repealed": "No longer in force (see {by})",
        "expired": "Expired (valid until {day}; today is {today})",
        "pending": "Not yet in force (from {day}; today is {today})",
        "term": "In force (valid until {day}; today is {today})",
        "effective": "It has taken effect; it states no term, and no indexed document repeals it",
        "unstated": "It states neither commencement nor term, and no indexed document repeals it",
    },
}
_WARNINGS: dict[str, dict[ForceKind, str]] = {
    "zh": {"repealed": "注意：该文件已废止（见{by}）", "expired": "注意：该文件已于{day}期满"},
    "en": {
        "repealed": "Note: this document has been repealed (by {by})",
        "expired": "Note: this document expired on {day}",
    },
}
_SINCE = {"validity", "date"}
_SIGNED = {
    "zh": "{document}自{day}起施行（按落款日期）",
    "en": "{document} takes effect on {day}, by the date of its signature",
}


class ValidityAnswerer:
    """Statements on the force of documents of one store."""

    def __init__(self, store: ClauseStore, chooser: SentenceChooser) -> None:
        self._store = store
        self._chooser = chooser
        self._forces = Forces(store)

    def asks_now(self, query: Query) -> bool:
        """Does ``query`` ask whether a document is in force?"""
        asked = _IN_FORCE_NOW.search(query.question) and _OF_DOCUMENT.search(query.text)
        return bool(asked) and not _OF_PAPER.search(query.question)

    def asked(self, query: Query, hits: Sequence[Hit], today: date) -> list[Statement]:
        """The answer where ``query`` asks for the force of a document; [] where it does not, or
        where none of the documents is certain to be meant."""
        now = bool(_IN_FORCE_NOW.search(query.question))
        if not (now or "validity" in query.intents) or not _OF_DOCUMENT.search(query.text):
            return []
        document = None if _OF_PAPER.search(query.question) else self._meant(query, hits)
        if document is None:
            return []
        force = self._forces.of(document, today)
        clause_ids = _telling(document, force)
        verdict = _said(_VERDICTS, query, force, today) if now or not clause_ids else ""
        if not clause_ids:
            return [self._of_signature(document, verdict)]
        quotes = [self._quote(clause_id, "") for clause_id in clause_ids]
        first = quotes[0]
        return [Statement(first.text, first.clause, first.quote, verdict), *quotes[1:]]

    def former(self, query: Query) -> list[Statement]:
        """The answer where ``query`` names a document that is not indexed, of whose end an indexed
        one tells, by its 文号 or asking for its force; else []."""
        for mention, by in ended_elsewhere(self._store):
            if self._is_named(query, mention, by):
                verdict = _VERDICTS[query.language]["repealed"].format(by=by.reference)
                return [self._quote(mention.clause_id, verdict, mention.title or "")]
        return []

    def warning(self, language: str, document: Document, today: date) -> list[Statement]:
        """One statement where ``document`` is repealed or has expired, else []."""
        force = self._forces.of(document, today)
        if force.kind not in _WARNINGS[language] or not force.clause_id:
            return []
        said = _WARNINGS[language][force.kind].format(by=force.by, day=_day(force.day, language))
        return [self._quote(force.clause_id, said)]

    def since(self, query: Query, statements: Sequence[Statement]) -> list[Statement]:
        """Where a force or a date is asked for: the day, by its signature, for each document that one
        of the statements puts into force on the day of its issue (自发布之日起施行)."""
        found: dict[str, Statement] = {}
        if not query.intents & _SINCE:
            return []
        for statement in statements:
            document = self._store.document_of(statement.clause)
            signed = self._signature(document)
            own = document.validity and document.validity.effective_clause == statement.clause.id
            if not (own and signed and document.date and since_issue(statement.quote)):
                continue
            if parse_date(signed.text) == document.date:
                day = _day(document.date, query.language)
                said = _SIGNED[query.language].format(document=document.reference, day=day)
                found[signed.id] = Statement(signed.text, signed, signed.text, said)
        return list(found.values())

    def _meant(self, query: Query, hits: Sequence[Hit]) -> Document | None:
        """The document that ``query`` names, or points back to; else of those of the best clauses
        the one whose title has most of its words, if it has enough."""
        documents = list(dict.fromkeys(self._store.document_of(hit.clause) for hit in hits))
        if named := [document for document in documents if query.names(document)]:
            return named[0]
        if query.titles or any(number.whole for number in query.doc_numbers):
            return None
        if query.language == "en" and not query.places and not query.leaning:
            return None
        words = things_in(_NO_NAME.sub(" ", f"{query.keywords} {query.expansion}"))
        if query.leaning or (len(documents) == 1 and not words.strip(_SIGNS)):
            return documents[0]
        best = list(dict.fromkeys(self._store.document_of(hit.clause) for hit in hits[:_LOOKED_AT]))
        kinds = set(_KIND.findall(query.question))
        best = [d for d in best if not kinds or any(kind in d.title for kind in kinds)]
        shares = [self._chooser.coverage(words, document.title) for document in best]
        most = max(shares, default=0.0)
        return best[shares.index(most)] if most >= _LEAST_TITLE else None

    def _is_named(self, query: Query, mention: Mention, by: Document) -> bool:
        """Does ``query`` name what ``by`` repeals: by 文号, or asking for the force of what has its
        title, is of its year or an old one, and of no other place?"""
        if any(number.whole for number in query.doc_numbers):
            return any(n.whole and n.names(mention.doc_no) for n in query.doc_numbers)
        if not mention.title or not _IN_FORCE_NOW.search(query.question):
            return False
        place = f"{by.issuer or ''}{by.title}"
        if query.places and not any(name in place for name in query.places):
            return False
        years = _YEAR.findall(query.text)
        of_then = any(year in (mention.doc_no or "") for year in years) or _OLD.search(query.text)
        return bool(of_then) and self._chooser.coverage(mention.title, query.text) > 0.5

    def _quote(self, clause_id: str, lead: str, words: str = "施行 有效期 废止") -> Statement:
        clause = self._store.clause(clause_id)
        quote = self._chooser.best(words, frozenset({"validity"}), clause.text, _QUOTED).text
        return Statement(quote, clause, quote, lead)

    def _of_signature(self, document: Document, verdict: str) -> Statement:
        """The verdict on a document that says nothing of its force: its signature tells the day."""
        signed = self._signature(document) or self._store.clauses_of(document)[0]
        return Statement(signed.text, signed, signed.text, verdict)

    def _signature(self, document: Document) -> Clause | None:
        clauses = self._store.clauses_of(document)
        return next((c for c in reversed(clauses) if c.kind == "signature"), None)


def _telling(document: Document, force: Force) -> list[str]:
    """The clauses that say since when and until when, or what repealed it, each once."""
    if force.kind == "repealed":
        return [force.clause_id] if force.clause_id else []
    validity = document.validity
    said = (validity.effective_clause, validity.expires_clause) if validity else ()
    return list(dict.fromkeys(filter(None, said)))


def _said(texts: dict[str, dict[ForceKind, str]], query: Query, force: Force, today: date) -> str:
    return texts[query.language][force.kind].format(
        by=force.by, day=_day(force.day, query.language), today=_day(today, query.language)
    )


def _day(day: date | None, language: str) -> str:
    if day is None:
        return ""
    return day.isoformat() if language == "en" else f"{day.year}年{day.month}月{day.day}日"
