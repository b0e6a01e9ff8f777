"""The tab 关于: what is indexed, who answers, and that the official text prevails."""

from __future__ import annotations

from qa_bot import __version__
from qa_bot.bot import Bot
from qa_bot.web.escape import safe
from qa_bot.web.matters import all_matters
from qa_bot.web.strings import Language, text


def about_html(bot: Bot, language: Language) -> str:
    manifest, store = bot.index.manifest, bot.index.store
    index = {
        "files_count": len(manifest.sources),
        "documents_count": manifest.documents,
        "clauses_count": manifest.clauses,
        "matters_count": len(all_matters(store)),
        "built": f"{manifest.created:%Y-%m-%d %H:%M} UTC",
        "embedding": manifest.embedding,
    }
    answers = {"answered_by": text(language, f"mode_{bot.mode}")}
    if bot.mode == "llm":
        answers["language_model"] = bot.settings.llm_model
    answers["version"] = __version__
    return (
        f'<section class="qb-about"><h2>{text(language, "about_title")}</h2>'
        f"<p>{text(language, 'about_text')}</p>"
        f"<h3>{text(language, 'about_index')}</h3>{_facts(index, language)}"
        f"<h3>{text(language, 'about_answers')}</h3>{_facts(answers, language)}"
        f"<h3>{text(language, 'about_notice')}</h3><p>{text(language, 'about_notice_text')}</p>"
        "</section>"
    )


def _facts(facts: dict[str, object] | dict[str, str], language: Language) -> str:
    rows = "".join(
        f"<div><dt>{text(language, key)}</dt><dd>{safe(value)}</dd></div>"
        for key, value in facts.items()
    )
    return f"<dl>{rows}</dl>"
