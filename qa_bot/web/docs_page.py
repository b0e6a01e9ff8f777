"""``/docs``: the OpenAPI description as one plain page, with no script and no outside host."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

_STYLE = """
body { font: 16px/1.7 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em;
  color: #23262b; background: #f6f5f1; }
h1, h2 { line-height: 1.3; } h2 { margin-top: 2em; border-top: 1px solid #dedbd2; padding-top: .7em; }
code, pre { font-family: ui-monospace, monospace; font-size: .92em; }
pre { background: #fff; border: 1px solid #dedbd2; padding: .7em 1em; overflow-x: auto; }
table { border-collapse: collapse; } td, th { border: 1px solid #dedbd2; padding: .2em .7em; text-align: left; }
@media (prefers-color-scheme: dark) { body { color: #e8e6e1; background: #16181b; }
  pre { background: #1e2125; } a { color: #93bdf0; } }
"""


def docs(server: FastAPI) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/docs", response_class=HTMLResponse)
    def page() -> str:
        return docs_html(server.openapi())

    return router


def docs_html(described: dict[str, Any]) -> str:
    """Operations with their parameters and answers, then the shapes that they name."""
    operations = "".join(
        _operation(method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    )
    shapes = "".join(
        f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{escape(shape.get("description", ""))}</p>'
        f"<pre>{_json({k: v for k, v in shape.items() if k not in ('description', 'title')})}</pre>"
        for name, shape in described.get("components", {}).get("schemas", {}).items()
    )
    title = escape(described["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{title} {escape(described['info']['version'])}</h1>"
        f'<p><a href="openapi.json">openapi.json</a></p>{operations}<h2>Shapes</h2>{shapes}</html>'
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(given['name'])}</code></td><td>{given['in']}</td>"
        f"<td><code>{_json(given['schema'], None)}</code></td></tr>"
        for given in operation.get("parameters", ())
    )
    table = f"<table><tr><th>name<th>in<th>shape</tr>{rows}</table>" if rows else ""
    body = operation.get("requestBody", {}).get("content", {})
    answers = ", ".join(
        f"{status} ({escape(', '.join(answer.get('content', {}) or ['–']))})"
        for status, answer in operation["responses"].items()
    )
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
        f"<p>{escape(operation.get('description', ''))}</p>{table}"
        + (f"<p>Body</p><pre>{_json(body)}</pre>" if body else "")
        + f"<p>Answers: {answers}</p>"
    )


def _json(value: object, indent: int | None = 2) -> str:
    return escape(json.dumps(value, ensure_ascii=False, indent=indent))
