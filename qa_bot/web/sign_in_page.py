"""The sign-in page as HTML: no script, no file beside it, the colours of the page."""

from __future__ import annotations

from html import escape

_STYLE = """
:root { color-scheme: light dark; --ground: #f6f5f1; --sheet: #fff; --ink: #23262b; --soft: #5d6169;
  --edge: #a9a599; --accent: #9e1b1b; --strong: #9e1b1b; --bad: #fbeaea; --link: #1d4f84; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181b; --sheet: #1e2125; --ink: #e8e6e1;
  --soft: #a9adb5; --edge: #666c75; --accent: #f0948a; --strong: #a83232; --bad: #351f20;
  --link: #93bdf0; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.7 "PingFang SC",
  "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif; }
main { max-width: 24rem; margin: 10vh auto 0; padding: 0 20px; }
h1 { font: 700 1.75rem/1.3 "Songti SC", "Noto Serif CJK SC", SimSun, serif; letter-spacing: .06em;
  color: var(--accent); margin: 0; padding-bottom: 12px; border-bottom: 3px solid var(--accent); }
p { color: var(--soft); margin: 12px 0; }
p.problem { color: var(--ink); background: var(--bad); border-inline-start: 3px solid var(--accent);
  padding: 8px 14px; }
label { display: block; margin-top: 14px; }
input { box-sizing: border-box; width: 100%; font: inherit; color: inherit; padding: 9px 12px;
  background: var(--sheet); border: 1px solid var(--edge); border-radius: 4px; }
button { font: inherit; color: #fff; background: var(--strong); border: 0; border-radius: 4px;
  margin-top: 20px; padding: 9px 28px; cursor: pointer; }
:is(input, button):focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
"""


def sign_in_html(next: str, problem: str) -> str:
    """The form; ``next`` is where to go on to, ``problem`` why the last try failed."""
    alert = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>登录 · 政府公报问答</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>政府公报问答</h1>"
        f'<p>请登录后使用。<span lang="en">Please sign in.</span></p>{alert}'
        f'<form method="post"><input type="hidden" name="next" value="{escape(next)}">'
        '<label>用户名 <span lang="en">Name</span>'
        '<input name="name" maxlength="64" autocomplete="username" required autofocus></label>'
        '<label>密码 <span lang="en">Password</span><input name="password" type="password" '
        'maxlength="256" autocomplete="current-password" required></label>'
        '<button>登录 <span lang="en">Sign in</span></button></form></main></body></html>'
    )
