"""Prompt templates: files in the prompts folder, checked when they are loaded."""

from __future__ import annotations

from pathlib import Path
from string import Template

from qa_bot.errors import ModelError

_VARIABLES = {
    "system": set[str](),
    "answer": {"evidence", "question", "language"},
    "condense": {"history", "question"},
}


def load_prompts(folder: Path) -> dict[str, Template]:
    """The templates ``system``, ``answer`` and ``condense``.

    Raises ``ModelError`` where a file is missing or has other variables than it must.
    """
    prompts = {}
    for name, variables in _VARIABLES.items():
        path = folder / f"{name}.txt"
        try:
            template = Template(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise ModelError(
                f"提示词文件 {path} 缺失或不是 UTF-8 文本，请检查 QA_BOT_PROMPTS_DIR。"
                "(this prompt file is missing or not UTF-8: check QA_BOT_PROMPTS_DIR.)"
            ) from None
        found = set(template.get_identifiers())
        if found != variables or not template.is_valid():
            raise ModelError(
                f"提示词文件 {path} 的变量应为 {sorted(variables)}，实际为 {sorted(found)}，请改正（单独的 $ 写作 $$）。"
                "(the prompt's variables are not those that it must have; a plain $ is written $$.)"
            )
        prompts[name] = template
    return prompts
