"""Prompt templates: files in the prompts folder, checked when they are loaded."""

from __future__ import annotations

from pathlib import Path
from string import Template

from qa_bot.errors import ModelError

_VARIABLES = {"system": set[str](), "answer": {"evidence", "question"}}


def load_prompts(folder: Path) -> dict[str, Template]:
    """The templates ``system`` and ``answer``.

    Raises ``ModelError`` where a file is missing or has other variables than it must.
    """
    prompts = {}
    for name, variables in _VARIABLES.items():
        path = folder / f"{name}.txt"
        try:
            template = Template(path.read_text(encoding="utf-8"))
        except OSError:
            raise ModelError(
                f"缺少提示词文件 {path}，请检查 QA_BOT_PROMPTS_DIR。(prompt file missing.)"
            ) from None
        found = set(template.get_identifiers())
        if found != variables or not template.is_valid():
            raise ModelError(
                f"提示词文件 {path} 的变量应为 {sorted(variables)}，实际为 {sorted(found)}，请改正。"
                "(the prompt's variables are not those that it must have.)"
            )
        prompts[name] = template
    return prompts
