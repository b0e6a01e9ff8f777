"""The command line ``qa-bot``. Heavy libraries are imported inside the commands that need them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_bot.doctor_cli import doctor
from qa_bot.errors import QaBotError
from qa_bot.evaluation.cli import eval_app
from qa_bot.evaluation.gold_cli import gold_app
from qa_bot.index.cli import index_app
from qa_bot.user_cli import user_app

if TYPE_CHECKING:
    from qa_bot.answer.model import Answer
    from qa_bot.bot import Bot
    from qa_bot.index.progress import Progress
    from qa_bot.settings import Settings

app = typer.Typer(
    help="政府公报问答：按条款检索，答案附文号与章节引用。(Question answering over Chinese government gazettes.)",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(eval_app, name="eval")
app.add_typer(gold_app, name="gold")
app.add_typer(index_app, name="index")
app.command()(doctor)
app.add_typer(user_app, name="user")


@app.command()
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(help="公报文件或文件夹。(Gazette files or folders.)")
    ],
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="全部重新解析并重建索引。(Parse every file again.)")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="移除磁盘上已不存在的文件。(Drop files that are gone.)")
    ] = False,
) -> None:
    """把公报文件编入索引；未改动的跳过，改动的替换。(Add gazette files to the index.)"""
    from qa_bot.index.ingest import ingest as run

    settings = _settings()
    with _progress_bar() as progress:
        report = run(paths, settings, rebuild=rebuild, prune=prune, progress=progress)
    for problem in report.problems:
        typer.echo(f"跳过 (skipped): {problem.message}", err=True)
    done = "已更新 (updated)" if report.built else "已是最新 (up to date)"
    typer.echo(
        f"索引{done}：{report.files} 个文件、{report.documents} 份文件（documents）、"
        f"{report.clauses} 个条款 (clauses)；新增 {len(report.added)}，替换 {len(report.replaced)}，"
        f"未变 {len(report.unchanged)}，移除 {len(report.removed)}。"
    )


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="问题，中文或英文。(The question.)")],
    as_json: Annotated[
        bool, typer.Option("--json", help="输出一个答案对象 JSON。(Print one answer object.)")
    ] = False,
    region: Annotated[
        str,
        typer.Option("--region", help="只查这个地区的文件。(Only documents of this place.)"),
    ] = "",
) -> None:
    """提一个问题，答案附编号引用。(Ask one question.)"""
    from qa_bot.retrieval.question import Question

    bot = _open_bot()
    answer = bot.ask(Question(question=question, region=region))
    if as_json:
        typer.echo(public_json(answer))
    else:
        _print_answer(answer)


@app.command()
def batch(
    questions: Annotated[
        Path, typer.Argument(help="问题文件，每行一个 JSON 对象。(One JSON object a line.)")
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="答案文件，与输入同序。(Answers, in input order.)"),
    ],
) -> None:
    """批量提问；坏行得到 "error"，不影响其他行。(Many questions; a bad line stops nothing.)"""
    from qa_bot.batch import answer_lines, read_lines

    lines = read_lines(questions)
    bot = _open_bot()
    failed = 0
    try:
        with output.open("w", encoding="utf-8") as file, _progress_bar() as progress:
            for done, result in enumerate(answer_lines(bot, lines), 1):
                file.write(result.line + "\n")
                failed += result.failed
                progress("回答 (answering)", done, len(lines))
    except OSError as error:
        raise QaBotError(
            f"无法写入 {output}（{error.strerror}），请检查路径和权限。(cannot be written.)"
        ) from None
    typer.echo(
        f"{len(lines)} 个问题，{failed} 个出错，答案在 {output}。({failed} failed.)", err=True
    )


@app.command()
def parse(
    files: Annotated[list[Path], typer.Argument(help="公报文件。(Gazette files.)")],
) -> None:
    """输出文件的结构，每行一个 JSON 对象，不需要索引。(The structure of files as JSON Lines.)"""
    from qa_bot.clauses.export import structure_lines
    from qa_bot.clauses.parser import parse_text
    from qa_bot.gazette.reader import read_source
    from qa_bot.index.sources import readable

    for file in files:
        for line in structure_lines(parse_text(read_source(file), readable(file.name))):
            typer.echo(line)


@app.command()
def show(
    document: Annotated[
        str, typer.Argument(help="文号或标题。(文号, any bracket style, or title.)")
    ],
    section: Annotated[
        str | None, typer.Argument(help="章节，如 附件2 第3项。(A section label.)")
    ] = None,
) -> None:
    """显示一份文件的目录，或其中一个条款的全文。(A document's outline, or one clause's text.)"""
    from qa_bot.clauses.lookup import find_clause, find_document
    from qa_bot.index.manifest import read_manifest
    from qa_bot.index.reader import load_store
    from qa_bot.index.whole import whole_text

    settings = _settings()
    _ensure_index(settings)
    store = load_store(settings.index_dir, read_manifest(settings.index_dir))
    found = find_document(store.documents, document)
    clauses = store.clauses_of(found)
    if section is not None:
        clause = find_clause(clauses, section)
        typer.echo(f"{found.reference} {clause.section}（{found.file}:{clause.start_line}）\n")
        typer.echo(whole_text(store, clause))
        return
    typer.echo(
        f"《{found.title}》\n{found.doc_no or '（无文号）'}　{found.issuer or ''}　{found.date or ''}"
    )
    for clause in clauses:
        first = clause.text.split("\n")[0]
        typer.echo(f"{clause.section}\t{first[:40]}")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址。(Address to listen on.)")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="监听端口。(Port to listen on.)")
    ] = None,
) -> None:
    """打开网页问答。(Open the web page.)"""
    settings = _settings()
    bot = _open_bot()
    from qa_bot.web.serving import launch

    launch(bot, host or settings.host, port or settings.port)


@app.command(name="settings")
def show_settings() -> None:
    """列出全部设置、当前值和含义。(All settings, their values and meaning.)"""
    from qa_bot.settings import describe

    for name, value, description in describe(_settings()):
        typer.echo(f"{name}={value}\n    {description}")


def public_json(answer: Answer) -> str:
    """An answer object as the machine interface has it (``docs/interface.md``)."""
    return answer.model_dump_json()


def _settings() -> Settings:
    from qa_bot.settings import load_settings

    return load_settings()


def _ensure_index(settings: Settings) -> None:
    """Build the index of the shipped corpus where there is none yet."""
    from qa_bot.index.manifest import has_index

    if has_index(settings.index_dir):
        return
    from qa_bot.index.ingest import ingest as run

    typer.echo("首次运行，正在建立随附公报的索引…… (first run: building the index)", err=True)
    with _progress_bar() as progress:
        run([settings.corpus_dir], settings, progress=progress)


def _open_bot() -> Bot:
    settings = _settings()
    _ensure_index(settings)
    from qa_bot.bot import Bot

    return Bot(settings)


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """A progress bar on standard error that follows (stage, done, total)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, int] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield report


def _print_answer(answer: Answer) -> None:
    typer.echo(answer.answer)
    for note in answer.notes:
        typer.echo(f"\n※ {note}")
    for citation in answer.citations:
        lines = f"{citation.source.file}:{citation.source.start_line}"
        typer.echo(f"\n[{citation.number}] {citation.reference}（{lines}）\n    “{citation.quote}”")
    for number, suggestion in enumerate(answer.suggestions, 1):
        typer.echo(("\n相近的条款 (near):\n" if number == 1 else "") + f"  · {suggestion}")


def main() -> None:
    """Run the command line; an error fit to show ends with one sentence and exit code 2."""
    try:
        app()
    except QaBotError as error:
        typer.echo(f"错误 (error): {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
