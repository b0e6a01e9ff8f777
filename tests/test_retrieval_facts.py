"""Kinds of fact: which a question asks for, and whether a text holds them."""

from __future__ import annotations

import pytest

from qa_bot.retrieval.facts import STRICT


def wants(question: str, text: str) -> bool:
    """Does ``text`` hold every kind of fact that ``question`` asks for?"""
    return all(held.search(text) for asked, held in STRICT if asked.search(question))


@pytest.mark.parametrize(
    ("question", "text", "holds"),
    [
        ("每月补多少元？", "每人每月补贴200元", True),
        ("每月补多少元？", "给予运营补贴", False),
        ("罚多少？", "处以五千元至一万元罚款", True),
        ("交多少工本费？", "应当办理变更登记", False),
        ("交多少工本费？", "处以五千元至一万元罚款", False),
        ("收费标准是多少？", "每件收费200元", True),
        ("How much is the registration fee?", "登记工本费100元", True),
        ("检验站的地址在哪？", "行驶线路、开行时间和停靠站点", False),
        ("大厅在什么路？", "市民中心一楼，迎宾路5号", True),
        ("窗口电话是多少？", "监察室(电话:024-23860625)", True),
        ("窗口电话是多少？", "由管委会负责", False),
        ("几个工作日内答复？", "在3个工作日内回复", True),
        ("几个工作日内答复？", "1.采购人名称;2.联系方式", False),
        ("要提前多久申请？", "在供热期开始六十日前", True),
        ("要提前多少天报？", "由市政府办公室承办", False),
        ("是几月几号开的？", "每年至少召开一次", False),
        ("从哪一天起？", "自2004年1月1日起施行", True),
        ("由哪家银行代发？", "资金发放", False),
        ("谁来管？", "由市公安局负责", True),
        ("最高能贷几成？", "不低于总造价的30%", True),
        ("最高能贷几成？", "按照规定执行", False),
        ("车位收费标准是多少？", "按日收取", False),
        ("多少奖金？", "给予表彰", False),
        ("贴几天？", "不少于十日", True),
        ("分成哪几块？", "划定为候机隔离区、货物存放区", True),
        ("几个人签名？", "五人以上联名", True),
        ("几个人签名？", "应当联名提出", False),
        ("几点？", "由管委会负责", False),
        ("罚款多少？", "对未取得许可证行为的处罚", False),
        ("罚款是多少？", "处一万元以下罚款", True),
        ("有效期几年？", "应当在三十日内办理", False),
        ("有效期几年？", "许可证有效期三年", True),
        ("补贴每月多少钱？", "共计58万元", False),
        ("基本原则有哪几点？", "坚持以人为本", True),
        ("隔几米？", "外缘起二十米", True),
        ("要多少吨？", "达到规定的规模", False),
        ("要多少吨？", "年处理十万吨以上", True),
        ("罚几倍？", "处一倍以上五倍以下罚款", True),
        ("罚几倍？", "处五千元罚款", False),
        ("一年查几次？", "每季度检查", True),
        ("一年查几次？", "应当进行检查", False),
        ("多久检一次？", "定期检测", True),
        ("网址是什么？", "向窗口提出申请", False),
        ("手机能办吗？", "通过网上平台办理", True),
        ("手机能办吗？", "到窗口办理", False),
        ("能不能邮寄？", "当面提交", False),
        ("评估费谁来出？", "费用由申请人承担", True),
        ("评估费谁来出？", "每三年评估一次", False),
        ("赔多少？", "依法给予处分", False),
        ("要不要交税？", "免征所得税", True),
        ("要不要交税？", "给予奖励", False),
        ("票钱能退吗？", "按照合同约定", False),
        ("局长是谁？", "组 长:隋显利 常务副市长", True),
        ("局长是谁？", "由市教育局负责", False),
        ("联络员都叫什么名字？", "副市长担任总召集人，设联络员", False),
        ("Who chairs it?", "由区长召集和主持", True),
        ("How much does it cost?", "应当申请许可", False),
        ("Which website is it on?", "在市政府门户网站公布", True),
        ("How many years is it valid?", "自公布之日起施行", False),
        ("处罚是第几项？", "序号 83；对瞒报行为的处罚", True),
        ("单位职能改了,网上的公示要换吗？", "及时更新相关公示内容", True),
        ("Can I apply online?", "到窗口办理", False),
        ("What happens to an officer who falsifies what is put online?", "批评教育", True),
        ("How far ahead must it be advertised?", "20个工作日内公开", True),
        ("How far from the road?", "及时公开", False),
    ],
)
def test_a_kind_of_fact_must_stand_in_the_clause(question, text, holds):
    assert wants(question, text) is holds
