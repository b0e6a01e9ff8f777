"""Ten real questions with their answers and clauses, as docs/answers.md shows them.

python -m eval.show_answers
"""

from __future__ import annotations

from datetime import date

from qa_bot.bot import Bot
from qa_bot.retrieval.question import Question
from qa_bot.settings import load_settings

TODAY = date(2026, 11, 21)
ASKED = (
    "危险化学品经营许可变更企业名称现在找谁办？",
    "委托下放给辽滨经开区的行政处罚一共几项？",
    "供热企业停业要提前多久申请？",
    "晋城城区管危化品，办登记归哪个局？给这些企业发营业执照又归哪个局？",
    "杭州市企业主要负责人和政府主要负责人的安全生产责任有什么区别？",
    "本溪行政执法公示的事前公开内容有哪些？",
    "城政办发〔2023〕26号还有效吗？",
    "晋城城区2016年的政府工作规则作废了吗？",
    "Which department issues school bus permits in Panjin?",
    "这个许可归谁？",
)


def markdown(bot: Bot, asked: str) -> str:
    """A question, what the bot says, and the clauses that it cites."""
    answer = bot.ask(Question(question=asked))
    said = "\n".join(f"> {line}".rstrip() for line in answer.answer.splitlines())
    cited = [f"- [{c.number}] {c.reference}" for c in answer.citations]
    offered = [f"- {suggestion}" for suggestion in answer.suggestions]
    return "\n\n".join([f"**{asked}**", said, "\n".join(cited or offered)])


def main() -> None:
    settings = load_settings().model_copy(update={"openai_api_key": None, "today": TODAY})
    bot = Bot(settings)
    print("\n\n".join(markdown(bot, asked) for asked in ASKED))


if __name__ == "__main__":
    main()
