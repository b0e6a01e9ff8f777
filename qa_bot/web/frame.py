"""What surrounds the tabs: masthead, notice, the dialog for whole documents."""

from __future__ import annotations

from qa_bot.web.escape import button
from qa_bot.web.strings import Language, text


def masthead_html(language: Language) -> str:
    """Name of the site, and the switches for language and shade."""
    other = "en" if language == "zh" else "zh"
    switches = button(
        text(language, "language"),
        act="language",
        language=other,
        title=text(language, "language_title"),
    ) + button(text(language, "shade"), act="shade", title=text(language, "shade_title"))
    return (
        f'<header class="qb-masthead" data-language="{language}">'
        f'<a class="qb-skip" href="#qb-question">{text(language, "skip")}</a>'
        f"<div><h1>{text(language, 'site')}</h1><p>{text(language, 'motto')}</p></div>"
        f'<div class="qb-switches">{switches}</div></header>'
    )


def notice_html(language: Language) -> str:
    return f'<footer class="qb-notice">{text(language, "prevails")}</footer>'


def dialog_html(language: Language) -> str:
    """The empty dialog that the script fills, and the line that screen readers speak."""
    words = {
        key: text(language, key)
        for key in ("copied", "copy_failed", "not_loaded", "thanks", "forget_sure")
    }
    data = "".join(f' data-{key.replace("_", "-")}="{said}"' for key, said in words.items())
    return (
        f'<dialog class="qb-dialog" aria-label="{text(language, "document")}">'
        f'<div class="qb-bar"><span>{text(language, "document")}</span>'
        f"{button(text(language, 'close'), act='close')}</div>"
        '<div class="qb-dialog-body"></div></dialog>'
        f'<p class="qb-status" role="status" aria-live="polite"{data}></p>'
    )
