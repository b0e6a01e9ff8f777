"""Lost line breaks: what was printed on lines of its own and got glued together.

- a title and the first article: ``…管理办法第一条 为了…``
- a title and the addressees: ``…关于…的通知各分行：``
- a title and the text: ``…关于…的通知为进一步规范…``
- a sentence and the first item: ``…通知如下：一、加强…``, where 二、 follows and 一、 is missing
- a heading and its first item: ``一、总体要求（一）指导思想。…``, where （二） follows
- a chapter or sentence and an article: ``第三章 贷款用途第七条 紧急贷款…``, where 第七条 is missing
  from the articles that open a line
- a list of attachments and the imprint: ``附件：某表主题词：…``, or the imprint and what follows
- the last sentence and the signature: ``…请遵照执行。中国人民银行2015年1月7日``

A reference to an article (依照第七条的规定) is not missing from the sequence and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from qa_bot.clauses import wording as w
from qa_bot.clauses.lines import Line
from qa_bot.clauses.markers import Marker, read_marker
from qa_bot.clauses.numerals import DATE, NUMERAL, numeral_value

_TITLE_AND_ARTICLE = re.compile(
    r"[^。；;，,：:\s]{4,60}(?:办法|规定|细则|规则|条例|规范|章程|制度|通则|指引|准则|指南|方案)"
    r"(?:[（(][^（）()]{2,8}[）)])?(?=\s*第\s*一\s*[条章])"
)
_TITLE_AND_ADDRESSEE = re.compile(
    r"[^。；;：:]{0,120}?关于[^。；;：:]{2,160}?(?:通知|意见|批复|函|公告|决定|通报)"
    r"(?=\s*(?:各|中国|国务院|人民银行|[一-龥]{2,8}?(?:省|市|自治区|分行|总部|部|委|局)))"
)
_TITLE_AND_TEXT = re.compile(
    r"[^。；;：:]{0,120}?关于[^。；;：:]{2,160}?(?:的通知|的意见|的批复|的公告|的决定)"
    r"(?=\s*(?:为|根据|按照|现将|近年来|近期|依据|经))"
)
_SENTENCE_AND_SIGNATURE = re.compile(rf"[。）)]\s*(?=([一-龥、\s]{{3,60}}?)\s*({DATE.pattern})$)")
_ANNEX_AND_DATE = re.compile(rf"附\s*件.{{2,120}}?(?={DATE.pattern}$)")
_IMPRINT_AND_NEXT = re.compile(
    rf"[一-龥\s]{{2,40}}{DATE.pattern}\s*印发(?!\s*(?:[的，。；、）》]|$))"
)
_TEXT_AND_IMPRINT = re.compile(r".+?(?=(?:主题词|信息公开选项)\s*[:：])")
_ANNEX_AND_LABEL = re.compile(r"附\s*件\s*[:：].{2,120}(?=附\s*[件表]?$)")
_ARTICLE = re.compile(rf"(?<=[^\s第《〈“(（])第({NUMERAL})条\s+(?=\S)")
_FIRST_CHILD = {
    "": re.compile(r"(?<=[：:。])\s*一、"),
    "cn": re.compile(rf"[（(]\s*{NUMERAL}\s*[）)]|\d{{1,2}}\s*[.．、](?!\d)"),
    "cn_paren": re.compile(r"\d{1,2}\s*[.．、](?!\d)|[（(]\s*\d{1,2}\s*[）)]"),
}
_MOST_MISSING = 3
_LONGEST_GLUED_HEADING = 80
_LONGEST_ENDING = 120
_TRACKED = ("article", "cn", "cn_paren", "arabic", "arabic_paren")

Following = dict[str, int]


def unglue(lines: list[Line], source: str) -> list[Line]:
    """``lines`` with glued parts on lines of their own, numbered anew."""
    following = _following(lines)
    result: list[Line] = []
    last = 0
    for i, line in enumerate(lines):
        for part in _split(line, _cuts(line, last, following[i]), source):
            marker = read_marker(part.text)
            if marker and marker.style == "article":
                last = marker.value
            result.append(part)
    if len(result) == len(lines):
        return lines
    return [replace(line, ordinal=ordinal) for ordinal, line in enumerate(result)]


def _following(lines: list[Line]) -> list[Following]:
    """For each line the next number below it of each marker style."""
    result: list[Following] = []
    after: Following = {}
    for line in reversed(lines):
        result.append(after)
        marker = None if line.is_table_row else read_marker(line.text)
        if marker and marker.style in _TRACKED:
            after = {**after, marker.style: marker.value}
    return result[::-1]


def _cuts(line: Line, last: int, following: Following) -> list[int]:
    """Where in ``line.text`` a new line should begin."""
    if line.is_table_row or len(line.text) < 6:
        return []
    marker = read_marker(line.text)
    cuts = [*_article_cuts(line.text, marker, last, following.get("article", 0))]
    cuts += _child_cut(line.text, marker, following)
    if not marker:
        cuts += _end_of(line.text, _TITLE_AND_ARTICLE, lambda rest: read_marker(rest) is not None)
        cuts += _end_of(line.text, _TITLE_AND_ADDRESSEE, _is_long_addressee)
        cuts += _end_of(line.text, _TITLE_AND_TEXT, lambda rest: "。" in rest)
        cuts += _end_of(line.text, _ANNEX_AND_DATE, w.is_date_line)
        cuts += _end_of(line.text, _ANNEX_AND_LABEL, bool)
        cuts += _end_of(line.text, _TEXT_AND_IMPRINT, w.is_imprint)
        cuts += _end_of(line.text, _IMPRINT_AND_NEXT, bool)
    match = _SENTENCE_AND_SIGNATURE.search(line.text[-_LONGEST_ENDING:])
    if match and w.is_organisation(match[1].strip()):
        cuts.append(max(0, len(line.text) - _LONGEST_ENDING) + match.end())
    return sorted({cut for cut in cuts if 0 < cut < len(line.text)})


def _end_of(text: str, pattern: re.Pattern[str], fits: Callable[[str], bool]) -> list[int]:
    match = pattern.match(text)
    return [match.end()] if match and fits(text[match.end() :].strip()) else []


def _is_long_addressee(text: str) -> bool:
    return text[-1:] in "：:" and len(text) > 5 and w.is_addressee(text)


def _article_cuts(text: str, marker: Marker | None, last: int, following: int) -> Iterator[int]:
    if marker and marker.style == "article":
        last = marker.value
    missing = following - last - 1 if following > last else _MOST_MISSING
    if not 0 < missing <= _MOST_MISSING:
        return
    for match in _ARTICLE.finditer(text):
        if numeral_value(match[1]) == last + 1 and (last + 1 < following or following <= last):
            last += 1
            yield match.start()


def _child_cut(text: str, marker: Marker | None, following: Following) -> list[int]:
    """A heading (or an introduction) with its first item behind it, if the item after that is
    the next below."""
    pattern = _FIRST_CHILD.get(marker.style if marker else "")
    start = len(text) - len(marker.rest) if marker else 0
    furthest = start + _LONGEST_GLUED_HEADING if marker else len(text)
    match = pattern.search(text, start + 2, furthest) if pattern else None
    if not match or (marker and re.search(r"[。；;：:，,]", text[start : match.start()])):
        return []
    child = read_marker(text[match.start() :].strip())
    return [match.start()] if child and following.get(child.style) == child.value + 1 else []


def _split(line: Line, cuts: list[int], source: str) -> Iterator[Line]:
    start, end = line.span
    begin = 0
    for cut in cuts:
        literal = line.text[cut:].split(maxsplit=1)[0][:12]
        place = start
        for _ in range(1 + line.text.count(literal, begin, cut + len(literal) - 1)):
            place = source.find(literal, place + 1, end)
            if place < 0:
                break
        if place < 0:
            continue
        yield replace(line, span=(start, place), text=line.text[begin:cut].rstrip())
        start, begin = place, cut
        line = replace(line, heading=0, bold="", bullet=False)
    yield replace(line, span=(start, end), text=line.text[begin:].strip()) if begin else line
