"""Kinds of fact: what a question asks for, and how a clause that holds it looks."""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMBER = r"(?:\d[.,]*|[一二三四五六七八九十百千万两半])\s*(?:(?:多|余|以上|至|—|-)\s*)?"


class Kind(NamedTuple):
    """A kind of fact: a question that ``asked`` matches wants a clause that ``held`` matches."""

    asked: re.Pattern[str]
    held: re.Pattern[str]


def _kinds(*pairs: tuple[str, str]) -> tuple[Kind, ...]:
    return tuple(Kind(re.compile(asked, re.I), re.compile(held)) for asked, held in pairs)


# Where no clause that is found holds the fact, the question cannot be answered.
STRICT = _kinds(
    (
        r"电话|联系方式|热线|telephone|phone",
        r"\d{3,4}[-—)）]?\d{7,8}|\d{7,11}|1[2-9]\d{3}(?!\d)",
    ),
    (
        r"多少[块元钱]|多少万元|几块钱|几元|[花交罚收]多少|费(?:用)?多少|多少费|什么价|价钱|"
        r"how much (?:money|does it cost)",
        rf"{_NUMBER}万?亿?元|免费|不收|不得收",
    ),
    (r"几点|开门|关门|上班时间|opening hours", r"\d{1,2}\s*[:：]\s*\d\d|[上下]午|\d\s*时"),
    (r"(?:哪条|什么)路|门牌|地址|street address", r"[路街巷]\s*\d*\s*号?"),
    (r"几个工作日|多少个?工作日", rf"{_NUMBER}个?工作日"),
    (
        r"多少天|几天|提前多[久少]",
        rf"{_NUMBER}(?:个?工作日|日|天|个?月|年|周|小时)|即时|当场|当日",
    ),
    (r"管几年|能用几年|几年有效|有效期", rf"{_NUMBER}年|有效期|长期"),
    (
        r"几月几[号日]|哪年哪月|哪月哪[日天]|哪一?天",
        r"\d\s*[月日]|[一二三四五六七八九十][月日]",
    ),
    (r"哪家银行|什么银行", r"银行|信用社"),
    (r"哪家(?:公司|企业)", r"公司|企业|集团"),
)

# Hints on the right clause among several.
LOOSE = _kinds(
    (
        r"(?:哪个|哪些|什么|哪一个|啥|何)\S{0,4}(?:部门|单位|机关|局|机构)|归谁|归哪|找谁|找哪|谁来|谁管|谁负责|谁批|由谁|哪家|"
        r"\bwho\b|which (?:department|bureau|office|agency|authority)",
        r"负责|牵头|责任单位|主管|承担|设在|由\S{2,20}(?:局|委|办|厅|政府|部门|中心|机构)",
    ),
    (
        r"多少|几[个项条名人家天次年月]|多大|百分之|比例|几成|how (?:many|much|large)|percentage|share",
        r"\d|[一二三四五六七八九十百千万](?:个|项|元|人|次|倍|％|%)|百分之",
    ),
    (
        r"什么时候|何时|哪[一]?[天年月]|几月|几号|期限|截止|多久|多长时间|多少天|几天|\bwhen\b|how (?:long|often)|deadline",
        r"\d\s*[年月日天]|[一二三四五六七八九十](?:日|天|个月|年)|前完成|每[年半季月周]|期限|持续",
    ),
    (
        r"施行|生效|有效|管几年|作废|失效|废止|算数|effective|in force|expire",
        r"施行|有效期|废止|生效",
    ),
    (
        r"怎么办|怎么申请|如何|办理|流程|程序|步骤|手续|材料|怎样|咋办|怎么走|how (?:do|can|to)",
        r"申请|提交|受理|审核|审批|办理|领取|应当|材料|—",
    ),
    (
        r"是指|指的是|指的啥|指啥|指什么|什么意思|到底是|何谓|什么叫|啥叫|算是|what (?:is|are) meant|\bmean",
        r"是指|指的是|以下简称|简称|所称|包括|称为",
    ),
    (
        r"能不能|可不可以|行不行|可以|能否|能.{1,8}[吗么]|行吗|允许|算不算|必须|要不要|用不用|非得|\b(?:may|can|must|need)\b",
        r"可以|不得|应当|禁止|必须|允许|不予|不能|方可|不再",
    ),
    (
        r"罚|处分|后果|追究|违反|不遵守|penalt|fine|punish",
        r"罚款|处分|责令|追究|没收|吊销|警告|处罚|责任",
    ),
    (
        r"条件|要求|资格|标准|符合什么|够不够|满足|condition|qualif|require",
        r"条件|符合|具备|具有|应当|以上|标准",
    ),
    (r"哪些|哪几|有哪|分别|列出|都有|包括什么|what are|list", r"包括|以下|下列|[、；;]"),
)
