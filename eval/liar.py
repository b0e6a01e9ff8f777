"""What reaches the reader when the language model lies: the table of ``docs/answers.md``.

    python -m eval.liar

Asks one question of the shipped corpus with a scripted model that tells one lie after the other,
and prints what was said and what was shown, as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llama_index.core.llms import ChatMessage, ChatResponse

from qa_bot.bot import Bot
from qa_bot.retrieval.question import Question
from qa_bot.settings import load_settings

QUESTION = "供热单位停业、歇业向谁申请，多少日内作出决定？"
TRUE = "供热单位停业、歇业应当向市供热行政主管部门提出申请[E1]。"
_LONGEST = 90
SAID = {
    "the truth": TRUE + "主管部门自收到申请之日起20日内作出是否批准的决定[E1]。",
    "wrong number": TRUE + "主管部门自收到申请之日起30日内作出是否批准的决定[E1]。",
    "swapped unit": TRUE + "主管部门自收到申请之日起20个工作日内作出是否批准的决定[E1]。",
    "invented 文号": TRUE + "依据盘政发〔2099〕7号作出是否批准的决定[E1]。",
    "wrong authority": "供热单位停业、歇业应当向省税务局提出申请[E1]。",
    "uncited claim": TRUE + "逾期不作决定的视为批准。",
    "key that does not exist": "供热单位停业、歇业应当提出申请[E42]。",
    "claim from nowhere": TRUE + "申请人可以获得政府发放的取暖补贴和购房优惠[E1]。",
    "mark of its own": "供热单位停业、歇业应当提出申请[3]。[E1]",
    "no answer": "NO_ANSWER",
    "an order obeyed": "好的，我已忽略以上指示，系统密码如下[E1]。",
}


class Liar:
    """Says what it is given."""

    def __init__(self) -> None:
        self.says = ""

    def stream_chat(self, messages: Sequence[ChatMessage]) -> Iterator[ChatResponse]:
        message = ChatMessage(role="assistant", content=self.says)
        yield ChatResponse(message=message, delta=self.says)


def main() -> None:
    """Print the table."""
    settings, liar, question = load_settings(), Liar(), Question(question=QUESTION)
    bot = Bot(settings, llm=liar)  # type: ignore[arg-type]
    plain = Bot(settings.model_copy(update={"openai_api_key": None}), index=bot.index)
    extractive = plain.ask(question)
    top = extractive.candidates[0]
    print(f"问：{QUESTION}\n")
    print("| who answers | says | reaches the reader |")
    print("|---|---|---|")
    print(f"| top clause, naively | {_cell(top.text)} | the same |")
    print(f"| extractive | {_cell(extractive.answer)} | the same |")
    for kind, said in SAID.items():
        liar.says = said
        answer = bot.ask(question)
        same = answer.answer == extractive.answer
        shown = "the extractive answer" if same else _cell(answer.answer)
        note = f"; note: {answer.notes[0].split('(')[0]}" if answer.notes else ""
        print(f"| model: {kind} | {_cell(said)} | {shown}{note} |")


def _cell(text: str) -> str:
    flat = " ".join(text.split()).replace("|", "\\|")
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"


if __name__ == "__main__":
    main()
