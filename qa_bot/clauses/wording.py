"""What the fixed parts of an official document look like: titles, addressees, signatures, …

Every test here looks at one cleaned line (or several joined ones) and nothing else.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from qa_bot.clauses.lines import tighten
from qa_bot.clauses.numerals import DATE, normalise_doc_no

_KIND = (
    "决定|决议|通知|意见|办法|规定|细则|规则|方案|条例|通告|公告|批复|报告|函|计划|规划|纲要|要点|"
    "制度|措施|章程|通报|复函|请示|纪要|清单|名单|目录|标准|规范|指引|指南|解释|答复|分工|职责|"
    "预案|法|令|准则|公约|协议|说明|表"
)
_TITLE_END = re.compile(rf"(?:{_KIND})[》〉”]?(?:[（(〔][^（）()]{{1,30}}[）)〕])*$")
_OPENS_SENTENCE = re.compile(r"(?:根据|按照|依照|依据|遵照)[^。]*")
_SUBTITLE = re.compile(r"[（(][^（）()。]{2,30}[）)]")
_SENTENCE = re.compile(r"[。；;！!？?]|[:：]$")
_ADDRESSEE = re.compile(r".{2,}(?:[:：]|各有关单位|直属机构)$")
_ADDRESSEE_WORD = re.compile(
    r"^各|^有关|^国务院各|人民政府|办事处|委员会|部门|直属机构|单位|分行|银行|公司|厅|局|部|院"
)
_RELEASE = re.compile(
    r"[（(]?\s*(?:此件|本件|此文件)[^。]{0,24}[）)]?|[（(]\s*(?:主动|依申请|不予)?公开\s*[）)]"
)
_LETTERHEAD = re.compile(r"(?!.*关于).{2,60}(?:文件|令)|特\s*急|加\s*急|急\s*件|平\s*急")
_ORGANISATION = re.compile(
    r"[一-龥、，,（）()\s]{2,60}(?:政府|办公室|办公厅|委员会|委|局|厅|部|院|署|行|会|处|法院|检察院|中心|集团)"
)
_LEADER = re.compile(
    r"(?:代\s*)?(?:市\s*长|省\s*长|主\s*席|总\s*理|区\s*长|县\s*长|部\s*长|行\s*长|局\s*长|主\s*任|委员长|署\s*长)"
    r"\s*[:：]?\s*[一-龥·]{1,2}\s?[一-龥·]{1,6}"
)
_GAZETTE_NAME = re.compile(r".{2,30}(?:政府公报|公\s*报)(?:\s*.{0,4}\d{4}\s*年.*)?")
_ATTACHMENT_NUMBER = r"[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3}"
_ATTACHMENT = re.compile(
    rf"附\s*(?P<kind>[件表录式图])\s*[-—]?\s*(?P<n>{_ATTACHMENT_NUMBER})?\s*[:：.．]?"
    rf"|附\s*(?P<bare>{_ATTACHMENT_NUMBER})?\s*[:：.．]?"
)
_TITLED_ATTACHMENT = re.compile(
    rf"(附\s*[件表录式图]\s*[-—]?\s*(?:{_ATTACHMENT_NUMBER})\s*[:：]?)\s*(?<=[\s:：])(\S.{{1,60}})"
)
_ATTACHMENT_LIST = re.compile(
    r"附\s*[件表式]?\s*[:：]?\s*(?:[0-9０-９]{1,2}\s*[.．、]|[:：]\s*\S|(?<=[:：])\s*\S)"
)
_BOX = re.compile(r"专\s*栏\s*([0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*[:：]?\s*(.*)")
_IMPRINT = re.compile(
    r"(?:主题词|抄\s*送|抄报|内部发送|信息公开选项)\s*[:：].*"
    rf"|(?:联系人[^。]{{0,80}}?)?[一-龥\s]{{2,40}}{DATE.pattern}\s*印发"
)
_BOILERPLATE = re.compile(
    r"(?:下载地址|来源|作者|浏览|打印|分享|责任编辑|上一篇|下一篇|索引号|信息名称|发布日期|发布时间|"
    r"废止日期|关键词|主题分类|发布机构|主办单位|编辑出版|电\s*话|网\s*址|地\s*址|印\s*刷|邮\s*编|"
    r"打\s*字|校\s*对|发\s*送)\s*[:：].*|-{3,}|_{3,}|<?https?://[^\s<>]+>?"
)
_ROLE = re.compile(
    r"(?:总|第一|常\s*务|执\s*行)?\s*(?:副\s*)?(?:总\s*)?(?:召\s*集\s*人|组\s*长|成\s*员|主\s*任|指\s*挥(?:\s*长)?|"
    r"委\s*员|顾\s*问|秘\s*书\s*长|理\s*事\s*长|理\s*事|会\s*长|主\s*席|联\s*络\s*员)\s*[:：]"
)
_LONGEST_ADDRESSEE = 400
_ISSUER_OF_ORDER = re.compile(r"([一-龥\s、]{2,60}?)\s*(?:文件|令|公告)(?:$|\s*[〔\[（(第])")
_CONTACT = re.compile(r"联系人|联系电话|共印|\d{3,4}-\d{7,8}")
_CONTENTS = re.compile(r"目\s*[录次]")
_PAGE_NUMBER = re.compile(
    r"[-—–－·]\s*\d{1,4}\s*[-—–－·]|第\s*\d{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?"
)
_PROMULGATION_NOTE = re.compile(
    rf"[（(]?\s*(?:根据|自|于|经)?\s*{DATE.pattern}.{{0,300}}?"
    r"(?:通过|修正|修订|公布|发布|批准|施行|实施|废止|修改|颁布)(?:[)）。；;]|\s|根据|，自.{0,20}施行)*"
)
_ORDER_IN_NOTE = re.compile(
    r"(?!日)([一-龥、]{2,40}令\s*(?:[〔\[（(]\d{4}[〕\]）)]\s*)?"
    r"第\s*(?:\d+|[一二三四五六七八九十百零〇]+)\s*号)\s*(?:公布|发布)"
)
_LONGEST_NOTE = 400
_LONGEST_IMPRINT = 300
_LONGEST_DATE = 40
_LONGEST_MEMBER = 45
LABELLED_LINE = re.compile(r"^[一-龥]{2,8}[:：]")
_REGION_OR_STATE = re.compile(
    r"(?:中华人民共和国|国务院|全国|.{2,9}?(?:省|市|县|区|自治州|盟|旗))(?=.{4,})"
)


def title_of(parts: list[str]) -> str:
    """The parts of a broken title as one line, without the blanks of the break."""
    return tighten("".join(tighten(part) for part in parts))


def is_title_line(text: str) -> bool:
    """Could this line stand in a title? (short, no sentence punctuation, no date, no mark)"""
    return (
        2 <= len(text) <= 100
        and not _SENTENCE.search(text)
        and not is_date_line(text)
        and not is_release_mark(text)
        and not is_gazette_name(text)
        and not is_boilerplate(text)
        and not _ATTACHMENT.fullmatch(text)
        and not _ROLE.match(text)
        and not _CONTACT.search(text)
        and not opens_sentence(text)
        and normalise_doc_no(text) is None
    )


def opens_sentence(text: str) -> bool:
    """``根据《甲规定》``: the first part of a sentence, which goes on below."""
    return bool(_OPENS_SENTENCE.fullmatch(text))


def ends_like_title(text: str) -> bool:
    return bool(_TITLE_END.search(tighten(text)))


def is_subtitle(text: str) -> bool:
    """A bracket on a line of its own under a title: （2018—2020年）."""
    return bool(_SUBTITLE.fullmatch(text)) and not is_release_mark(text)


def is_addressee(text: str) -> bool:
    return (
        len(text) <= _LONGEST_ADDRESSEE
        and bool(_ADDRESSEE.fullmatch(text))
        and bool(_ADDRESSEE_WORD.search(text))
        and "。" not in text
        and not _ROLE.match(text)
        and not re.search(r"(?:如下|下列|以下)\S{0,6}[:：]$|^附", text)
    )


def is_date_line(text: str) -> bool:
    if "日" not in text or len(text) > _LONGEST_DATE:
        return False
    return bool(DATE.fullmatch(re.sub(r"\s", "", text).strip("（）()")))


def is_release_mark(text: str) -> bool:
    return len(text) <= 60 and bool(_RELEASE.fullmatch(text))


def is_letterhead(text: str) -> bool:
    return bool(_LETTERHEAD.fullmatch(text)) and not _SENTENCE.search(text)


def is_organisation(text: str) -> bool:
    return bool(_ORGANISATION.fullmatch(text)) and len(text) <= 60


def is_leader(text: str) -> bool:
    return bool(_LEADER.fullmatch(text))


def is_gazette_name(text: str) -> bool:
    return bool(_GAZETTE_NAME.fullmatch(text))


def is_boilerplate(text: str) -> bool:
    short = len(text) <= _LONGEST_IMPRINT
    return is_imprint(text) or (short and bool(_BOILERPLATE.fullmatch(text)))


def is_imprint(text: str) -> bool:
    """``主题词：…``, ``抄送：…``, ``甲市人民政府办公室2023年5月2日印发``: never a line of the text."""
    return len(text) <= _LONGEST_IMPRINT and bool(_IMPRINT.fullmatch(text))


def is_contents(text: str) -> bool:
    return bool(_CONTENTS.fullmatch(text))


def is_attachment_list(text: str) -> bool:
    return bool(_ATTACHMENT_LIST.match(text))


def attachment_label(text: str) -> str | None:
    """``附件 2`` → ``附件2``, ``附表`` → ``附表``, ``附 1`` → ``附件1``, anything else → None."""
    match = _ATTACHMENT.fullmatch(text)
    if not match:
        return None
    return f"附{match['kind'] or '件'}{match['n'] or match['bare'] or ''}"


def titled_attachment(text: str) -> tuple[str, str] | None:
    """``附件1 甲清单`` → ``附件1`` and ``甲清单``."""
    match = _TITLED_ATTACHMENT.fullmatch(text)
    label = attachment_label(match[1].strip()) if match else None
    return (label, match[2].strip()) if match and label and is_title_line(match[2]) else None


def box_number(text: str) -> str | None:
    """``专栏3 …`` → ``3``; None where the line is no box caption."""
    match = _BOX.fullmatch(text)
    return match[1] if match and len(text) <= 60 and not _SENTENCE.search(text) else None


def is_page_number(text: str) -> bool:
    return len(text) <= 20 and bool(_PAGE_NUMBER.fullmatch(text))


def is_promulgation_note(text: str) -> bool:
    """``2014年4月25日 国务院令第652号公布``, ``（1984年…通过 根据…修正）``."""
    return len(text) <= _LONGEST_NOTE and bool(_PROMULGATION_NOTE.fullmatch(text))


def order_in_note(text: str) -> str | None:
    """The order that promulgated the text: ``国务院令第652号``."""
    match = _ORDER_IN_NOTE.search(text)
    return re.sub(r"\s", "", match[1]) if match else None


def opens_roster(text: str) -> bool:
    match = _ROLE.match(text)
    return match is not None and len(text) - match.end() <= 40 and "。" not in text


def is_roster_line(text: str) -> bool:
    """A role with its holder, or name and post: short, no sentence, no label of another kind."""
    if opens_roster(text):
        return True
    short = len(text) <= _LONGEST_MEMBER and not re.search(r"[。；;，,]", text)
    return short and not LABELLED_LINE.match(text)


def role_label(text: str) -> tuple[str | None, str]:
    """``副 组 长:任尊严 市委常委`` → ``副组长`` and the rest; None where no role is printed."""
    match = _ROLE.match(text)
    if not match:
        return None, text.strip()
    return re.sub(r"[\s:：]", "", match[0]), text[match.end() :].strip()


def names_region(text: str) -> bool:
    """Does this title begin with the State, a province, a city or a county?"""
    return bool(_REGION_OR_STATE.match(text))


def issuer_of_order(text: str) -> str | None:
    """``盘锦市人民政府文件``, ``中国人民银行令〔2021〕第1号`` → who issues it."""
    match = _ISSUER_OF_ORDER.match(text)
    return match[1] if match and is_organisation(match[1]) else None


def issuer_in(title: str) -> str | None:
    """``盘锦市人民政府关于…`` → ``盘锦市人民政府``; None where the title does not say."""
    match = re.match(r"([一-龥、]{2,40}?)\s*关于", title)
    return match[1] if match and is_organisation(match[1]) else None


def signs_with_date(text: str) -> bool:
    """``甲市人民政府 2023年5月1日``: who signs and when, on one line."""
    match = re.fullmatch(
        r"(.{2,60}?)\s*(\d{4}\s*年.{2,12}日|[二一][〇零○Oo0一二三四五六七八九]{3}年.{2,8}日)", text
    )
    return bool(match and is_organisation(match[1].strip()) and is_date_line(match[2]))


def mentions(context: str, title: str) -> bool:
    """Is ``title`` (nearly) contained in ``context``, punctuation and blanks aside?"""
    context, title = (re.sub(r"[\W_]", "", text) for text in (context, title))
    if not title or title in context:
        return bool(title)
    if sum(c in context for c in set(title)) < 0.85 * len(set(title)):
        return False
    matcher = SequenceMatcher(None, context, title, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks() if block.size > 1)
    return shared >= 0.85 * len(title)
