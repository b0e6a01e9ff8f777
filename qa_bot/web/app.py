"""The Gradio page: a chat with the citations of the last answer beneath."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr

from qa_bot.answer.model import Answer
from qa_bot.bot import Bot
from qa_bot.errors import QaBotError
from qa_bot.retrieval.question import Question, Turn
from qa_bot.web.render import citations_html

_CONCURRENT = 8
_WAITING = 64
_EXAMPLES = ("校车标牌怎么办理？", "供热经营许可现在归谁批？", "How do I get school bus plates?")
_CSS = """
.citation blockquote { margin: .4rem 0; padding: .2rem .8rem; border-left: 3px solid #b91c1c; }
.citation summary { cursor: pointer; font-weight: 600; }
"""
_FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")

Message = dict[str, Any]


def build_app(bot: Bot) -> gr.Blocks:
    """The page over ``bot``; its endpoint ``/ask`` takes a question and gives an answer object."""
    with gr.Blocks(title="政府公报问答", analytics_enabled=False) as page:
        gr.Markdown(
            "# 政府公报问答\n答案均引自已收录的公报原文，以官方文本为准。*Gazette Q&A, cited.*"
        )
        chat = gr.Chatbot(label="对话", height=420, allow_tags=False)
        box = gr.Textbox(
            label="问题 (question)",
            placeholder="例如：校车标牌怎么办理？",
            max_length=bot.settings.max_question_chars,
        )
        with gr.Row():
            send = gr.Button("提问 Ask", variant="primary")
            clear = gr.Button("新对话 New")
        gr.Examples(list(_EXAMPLES), inputs=box)
        sources = gr.HTML(label="引用 (citations)")

        def respond(question: str, messages: list[Message]) -> tuple[str, list[Message], str]:
            answer_text, citations = _reply(bot, question, _turns(messages))
            turn = [
                {"role": "user", "content": question},
                {"role": "assistant", "content": answer_text},
            ]
            return "", [*messages, *turn], citations

        outputs = [box, chat, sources]
        for trigger in (send.click, box.submit):
            trigger(respond, [box, chat], outputs, api_visibility="private")
        clear.click(lambda: ("", [], ""), None, outputs, api_visibility="private")

        def ask(question: str) -> dict[str, Any]:
            return answer_object(bot, question)

        gr.api(ask, api_name="ask")
    page.queue(default_concurrency_limit=_CONCURRENT, max_size=_WAITING)
    return page


def answer_object(bot: Bot, question: str) -> dict[str, Any]:
    """The answer object of the machine interface, or ``{"error": …}``."""
    try:
        return bot.ask(Question(question=question)).model_dump(mode="json")
    except QaBotError as error:
        return {"question": question, "error": str(error)}


def launch(bot: Bot, host: str, port: int) -> None:
    """Serve the page until interrupted; ``QaBotError`` where the port cannot be had."""
    theme = gr.themes.Default(font=list(_FONTS), font_mono=["monospace"])
    try:
        build_app(bot).launch(
            server_name=host,
            server_port=port,
            theme=theme,
            css=_CSS,
            share=False,
            ssr_mode=False,
            enable_monitoring=False,
            footer_links=[],
        )
    except OSError:
        raise QaBotError(
            f"无法监听 {host}:{port}，请用 --port 换一个端口。(cannot listen there: try another port.)"
        ) from None


def _reply(bot: Bot, question: str, turns: tuple[Turn, ...]) -> tuple[str, str]:
    try:
        answer: Answer = bot.ask(Question(question=question, history=turns))
    except QaBotError as error:
        return str(error), ""
    return answer.answer, citations_html(answer)


def _turns(messages: list[Message]) -> tuple[Turn, ...]:
    """Chat messages (user, assistant, user, …) as turns."""
    texts = [_text(message["content"]) for message in messages]
    pairs = zip(texts[::2], texts[1::2], strict=False)
    return tuple(Turn(question=asked, answer=answered) for asked, answered in pairs)


def _text(content: Any) -> str:
    """Gradio hands message content back as text or as a list of blocks."""
    if isinstance(content, str):
        return content
    return "".join(block.get("text", "") for block in content if isinstance(block, dict))
