"""Who is signed in, and the way out or in."""

from __future__ import annotations

from qa_bot.settings import Settings
from qa_bot.web.escape import safe
from qa_bot.web.roles import Role, Visitor
from qa_bot.web.strings import Language, text


def account_html(visitor: Visitor, settings: Settings, language: Language) -> str:
    """The user's name with a button to sign out, or a link to sign in; empty without sign-in."""
    if visitor.name:
        role = text(language, f"role_{visitor.role.name.lower()}")
        leave = (
            '<form method="post" action="sign-out">'
            f'<button class="qb-button">{text(language, "sign_out")}</button></form>'
            if settings.auth == "users"
            else ""
        )
        may = [f"qb-{each.name.lower()}" for each in Role if each <= visitor.role]
        kind = " ".join(["qb-account", *may])
        return f'<div class="{kind}"><span>{safe(visitor.name)}（{role}）</span>{leave}</div>'
    if settings.auth == "users":
        return f'<div class="qb-account"><a href="sign-in">{text(language, "sign_in")}</a></div>'
    return ""
