"""``qa-bot doctor``: is this machine fit to answer?"""

from __future__ import annotations

from typing import Annotated

import typer

_MARKS = {"ok": "[green]✓[/]", "note": "[yellow]![/]", "fault": "[red]✗[/]"}


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="输出一个 JSON 对象。(Print one JSON object.)")
    ] = False,
) -> None:
    """检查索引、模型、磁盘、版本和端口，并说明怎样修复；有 ✗ 则退出码为 1。

    (Try index, models, disk, versions and port, and say what to do; ✓ well, ! answers go on,
    ✗ answers cannot be given: exit code 1.)
    """
    import json

    from rich.console import Console
    from rich.markup import escape

    from qa_bot.doctor import examine
    from qa_bot.settings import load_settings

    console, findings = Console(soft_wrap=True), []
    for finding in examine(load_settings()):
        findings.append(finding)
        if not as_json:
            console.print(f"{_MARKS[finding.level]} {escape(f'{finding.part}: {finding.text}')}")
            if finding.todo:
                console.print(f"    → {escape(finding.todo)}", highlight=False)
    well = all(finding.level != "fault" for finding in findings)
    if as_json:
        rows = [finding.model_dump() for finding in findings]
        typer.echo(json.dumps({"ok": well, "findings": rows}, ensure_ascii=False))
    if not well:
        raise typer.Exit(1)
