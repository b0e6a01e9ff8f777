"""Kinds of fact: what a question asks for, and how a clause that holds it looks."""

from __future__ import annotations

import re
from typing import NamedTuple

# Lengths are bounded, so that a text of figures alone is read in linear time.
_FIGURE = r"(?:\d[\d.,/]{0,12}|[一二三四五六七八九十百千万亿两半]{1,8})[多余]?"
_SPAN = "个?工作日|日|天|个?月|周|星期|年|季度|个?小时|分钟"
_SOON = "即时|当场|当日|立即|及时|尽快|随时|长期|永久|终身|按[时期]|定期"
_HOW_MUCH = r"(?:多少|几(?![天年月日个次条]))"


class Kind(NamedTuple):
    """A kind of fact: a question that ``asked`` matches wants a clause that ``held`` matches."""

    asked: re.Pattern[str]
    held: re.Pattern[str]


def _kinds(*pairs: tuple[str, str]) -> tuple[Kind, ...]:
    return tuple(Kind(re.compile(asked, re.I), re.compile(held)) for asked, held in pairs)


def _how_many(units: str) -> str:
    """A question for a number of such units: 几个月, 多少万元."""
    return rf"(?<![十第好哪])(?:几|多少)(?:个|[十百千万亿])?(?:{units})"


def _number(units: str) -> str:
    """A number of such units: 三个月, 10至20日, 一倍以上五倍以下."""
    range_of = rf"(?:以上|以下|以内|至|到|[—~～、-])\s?(?:{_FIGURE})?"
    return rf"{_FIGURE}\s?(?:{range_of})?\s?(?:{units})"


# Facts without which a question is not answered: a clause that holds none of the kind that is
# asked for is not the answer.
STRICT = _kinds(
    (
        r"电话(?:号码)?(?:是|多少|几)|(?:什么|哪个|多少|几)\S{0,3}(?:电话|热线|号码)|联系方式|窗口电话|"
        r"传真|\b(?:tele)?phone|\bfax\b",
        r"\d{3,4}[-—)）]?\d{7,8}|\d{7,11}|1[2-9]\d{3}(?!\d)",
    ),
    (
        r"网址|哪个网|什么网|(?:哪个|什么)(?:App|小程序|公众号)|哪里?下载|\b(?:website|download)\b",
        r"网站|网址|门户|平台|App|小程序|公众号|www|下载",
    ),
    (
        r"(?:(?<![职功才技性])能|可以|可不可以|直接)[^\s，,。]{0,4}(?:网上|手机|线上|微信|App)|"
        r"(?:网上|手机|线上|微信)(?:能|可以|办|查|交)|"
        r"\b(?:can|may|could) (?:I|we|you|they|one|it)\b[^.?]*\bonline\b",
        r"网|电子|线上|在线|手机|微信|信息系统|App|小程序|公众号|远程",
    ),
    (r"邮箱|微信号|邮寄|寄到|\be-?mail", r"@|邮箱(?:是|[:：])|邮寄|邮政|信函|寄"),
    (
        _how_many("块|元|毛|钱") + r"|几[万千百]+(?:块|元)?(?=[？?，]|$)|多少[万亿](?=[？?，]|$)|"
        r"[花交罚收补奖赔掏给发领贴报](?:到|得|给)?多少(?=[？?，钱万]|$)|"
        r"多少[一-龥]{0,4}(?:费|钱|奖金|补助|补贴|津贴|工资|款|资金)|"
        rf"(?:费|价|额|金|贴|工资|标准)(?:用|格)?(?:是|要|得|每月|一年|一般|大概|最高|最低|至少)*{_HOW_MUCH}|"
        r"什么价|价钱|打几折|how much (?:money|does|do|is the (?:fee|fine)|must .{0,60} (?:pay|deposit))|"
        r"what .{0,20}\b(?:fee|fine|price|charge)s?\b|how large is .{0,60} (?:reward|fine|fee|subsidy)",
        _number("[万千百亿]?(?:元|角|块)")
        + r"|免费|不收|不得收|不得\S{0,6}收取|无偿|百分之|[%％]|倍",
    ),
    (
        r"每个?月[^，。？]{0,8}(?:多少|几)|一个月[^，。？]{0,4}(?:多少|几)(?!次)",
        r"每人?每?月|按月|[/／]月|月标准",
    ),
    (
        r"(?:工本|手续|登记|服务|报名|检[验测]|鉴定|公证|管理|使用|停车|培训)费[^，。？]{0,6}(?:多少|几)|"
        r"收费(?:标准)?[^，。？]{0,4}(?:多少|几)|(?:多少|几块)(?:钱的?)?[一-龥]{0,2}费|how much .{0,30}\bfees?\b|"
        r"what .{0,20}\bfee\b",
        r"费|无偿|不收|价[格目]?",
    ),
    (
        r"百分之几|几成(?!立)|百分比|几个(?:百分)?点|[几千万]分之几|\bpercent|proportion|what share",
        rf"分之|[%％‰]|{_FIGURE}[成折]|\d[:：/]\d|倍|一半|全[部额免]",
    ),
    (_how_many("倍"), _number("倍")),
    (
        r"[几多少]+[次回趟](?!事)|how often|how many times",
        _number("次|回") + rf"|每半?[年月周日天季]|{_SOON}|" + _number(_SPAN),
    ),
    (_how_many("工作日") + "|working days", _number("个?工作日") + f"|{_SOON}"),
    (
        _how_many("天|日(?!期)") + r"|提前多[久少]|how many days",
        _number(_SPAN) + f"|{_SOON}",
    ),
    (
        _how_many("小时|钟头|课时|学时|分钟") + "|how many hours",
        _number(f"{_SPAN}|学时|课时") + f"|{_SOON}",
    ),
    (_how_many("月") + "|how many months", _number(_SPAN) + rf"|\d\s*月|{_SOON}"),
    (
        _how_many("年") + r"|哪一?年|how many years|which year",
        _number("周?年") + rf"|每[一个]?年|[上下本当次]一?年|{_SOON}",
    ),
    (
        r"多久|多长时间|隔多|how long",
        _number(_SPAN) + rf"|每半?[年月周日天季]|有效期|{_SOON}",
    ),
    (r"有效期", r"有效|届满|期满|到期"),
    (
        r"(?<![哪有这那])几点(?:钟|关|开|[到上下以之才熄亮灭清]|[？?]|$)|钟点|开门|关门|上班时间|opening hours",
        r"\d{1,2}\s*[:：]\s*\d\d|[上下]午|\d\s*[时点]|小时",
    ),
    (
        _how_many("公里|米|里路|厘米")
        + r"|多[高宽远](?=[？?，才]|$)|how (?:far(?! (?:ahead|in advance|before|back))|wide|tall)",
        _number("公里|千米|厘米|毫米|米|层"),
    ),
    (_how_many("亩|平方?|公顷"), _number("万?亩|平方|平米|公顷")),
    (
        _how_many("人|名(?!额)|户|位") + r"|how many (?:people|members|persons|experts)",
        _number("个|名|人|户|位|家") + "|[人户]数|分之|单人",
    ),
    (_how_many("[台辆只套棵株张份]"), _number("[台辆只套棵株张份件]")),
    (r"几岁|多大岁数|多大年[纪龄]|how old", _number("周?岁") + "|成年"),
    (r"扣?几分(?!之)|扣多少分", _number("分")),
    (_how_many("度"), _number("(?:摄氏)?度") + "|℃"),
    (_how_many("吨|斤|克|公斤"), _number("吨|斤|克|公斤|千克")),
    (
        r"(?:哪条|什么)[路街]|门牌|地址(?:是|在|和|$|[？?，])|哪个地址|哪层楼|哪栋楼|street address",
        r"(?<![线公铁道管水陆网出思])路|[街巷]|地址|号楼",
    ),
    (
        r"几月几[号日]|几月份|星期几|每月几号|哪年哪月|哪月哪[日天]|哪一?天|what date|which day",
        r"\d\s*[月日]|[一二三四五六七八九十][月日]|星期|之日",
    ),
    (r"哪家银行|什么银行|which banks?\b", r"银行|信用社"),
    (r"哪家\S{0,3}(?:公司|企业|国企)", r"公司|企业|集团"),
    (
        r"叫什么名|叫啥|姓名|姓什么|联系人是谁|(?:主席|[局市县区部院处科所]长|主任|组长)是谁|name of the",
        r"[：:]\s*[一-龥]\s?[一-龥]{1,2}(?:\s|$)|组\s*长|姓名|名字|称为|简称|联系人",
    ),
    (r"\bwho chairs", r"组\s*长|召集|主持|主席"),
    (r"奖金|赏钱|奖励?(?:多少|几)|领奖|\breward|\bprize", r"奖|表彰"),
    (r"[交扣免缴抵][一-龥]{0,4}税|税[一-龥]{0,4}(?:减|免|抵|多少)|关税|\btax\b", r"税"),
    (
        r"罚款?(?:多少|几)|怎么罚|罚不罚|关几天|拘留几|判几年|坐牢|扣[^，。？]{0,4}(?:绩效|工资|分)|"
        r"\bfine\b|in prison|penalt|punish",
        r"罚|处分|拘留|刑|没收|吊销|警告|责令|追究|约谈|通报|扣",
    ),
    (r"罚款?[^，。？第]{0,4}(?:多少|几)", r"罚款|没收|[元倍]"),
    (r"赔偿?(?:多少|几|不赔)|[谁要][^，。？]{0,6}赔|能赔|compensat", r"赔|补偿|责任"),
    (r"退(?:款|费|票|钱|押金|给|吗|不退)|能退|\brefund", r"退|返还"),
    (
        r"(?:费用?|钱|款)[^，。？]{0,4}(?:谁|哪个)|谁来?(?:出钱|掏|承担|负担|付)|自己(?:出钱|掏钱|花钱)|who pays",
        r"承担|负担|支付|经费|出资|财政|自理|收取|费用|资金|[免自公]费",
    ),
    (r"报名", r"报名|招募|招[生聘]|遴选|申请|登记"),
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
        r"罚|处分|后果|追究|违反|不遵守|(?:怎么|咋|如何)处理|penalt|fine|punish|happens? to",
        r"罚款|处分|责令|追究|没收|吊销|警告|处罚|责任",
    ),
    (
        r"条件|要求|资格|标准|符合什么|够不够|满足|condition|qualif|require",
        r"条件|符合|具备|具有|应当|以上|标准",
    ),
    (r"哪些|哪几|有哪|分别|列出|都有|包括什么|what are|list", r"包括|以下|下列|[、；;]"),
)
