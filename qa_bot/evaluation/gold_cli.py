"""``qa-bot gold``: check gold pairs, write new ones, take candidates from votes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qa_bot.evaluation.cli import exit_2_on_unusable_input, file_name, workbench

gold_app = typer.Typer(help="金标：检查与新增。(Check and add gold pairs.)", no_args_is_help=True)


@gold_app.command()
def check(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(help="金标文件或目录。(Gold file or folder.)")
    ] = None,
) -> None:
    """检查格式、引文、标签与划分；有问题则退出码为 1。(Check schema, quotes, labels, splits.)"""
    with exit_2_on_unusable_input():
        from qa_bot.evaluation.check import LONGEST_COPY, check_gold
        from qa_bot.evaluation.errors import GoldError
        from qa_bot.evaluation.gold import load_gold
        from qa_bot.evaluation.truth import load_library

        bench = workbench(context)
        try:
            gold = load_gold(path or bench.gold)
        except GoldError as error:
            typer.echo(str(error))
            raise typer.Exit(1) from None
        report = check_gold(gold, load_library(bench.settings().corpus_dir))
    for problem in report.problems:
        typer.echo(str(problem))
    typer.echo(f"{report.pairs} 题 (pairs)，{len(report.problems)} 个问题 (problems)")
    typer.echo("类别 (kinds): " + _counts(report.kinds))
    typer.echo("划分 (splits): " + _counts(report.splits))
    fewest = min(report.per_document.values(), default=0)
    typer.echo(f"文件 (documents): {len(report.per_document)}，每份至少 (at least) {fewest} 题")
    typer.echo(
        f"不含条款中连续 {LONGEST_COPY} 字以上的问题 (questions in own words): "
        f"{report.own_words:.0%}"
    )
    if not report.ok:
        raise typer.Exit(1)


@gold_app.command()
def new(
    context: typer.Context,
    doc: Annotated[
        str | None, typer.Option(help="文号，无文号时用标题。(文号 or title of the document.)")
    ] = None,
    section: Annotated[str | None, typer.Option(help="条款标签。(Section label.)")] = None,
    question: Annotated[str | None, typer.Option(help="问题。(The question.)")] = None,
    answer: Annotated[str | None, typer.Option(help="标准答案。(The right answer.)")] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(help="要点，各种写法以 | 分开，可重复。(A fact, alternatives parted by |.)"),
    ] = None,
    quote: Annotated[
        str | None, typer.Option(help="条款中的原文。(Words of the clause, verbatim.)")
    ] = None,
    kind: Annotated[str, typer.Option(help="类别。(Kind of question.)")] = "colloquial",
    persona: Annotated[
        str, typer.Option(help="提问者。(citizen, staff or researcher.)")
    ] = "citizen",
    file: Annotated[
        Path | None,
        typer.Option(callback=file_name, help="写入的金标文件。(Gold file to append to.)"),
    ] = None,
) -> None:
    """写一条金标：不给问题时显示条款；齐全时检查并追加。(Show a clause, or append a pair.)"""
    with exit_2_on_unusable_input():
        from qa_bot.evaluation.candidates import (
            append_pair,
            find_clauses,
            make_pair,
        )
        from qa_bot.evaluation.gold import load_gold
        from qa_bot.evaluation.truth import load_library

        bench = workbench(context)
        if not (doc and section):
            raise typer.BadParameter("请给出 --doc 和 --section。(give --doc and --section.)")
        library = load_library(bench.settings().corpus_dir)
        if question is None:
            for clause in find_clauses(library, doc, section):
                number = clause.doc_no or f"《{clause.title}》"
                typer.echo(f"{number} {clause.section}\n{clause.text}\n")
            return
        if not (answer and fact and quote and file):
            raise typer.BadParameter(
                "还需 --answer --fact --quote --file。(these are needed with --question.)"
            )
        pair = make_pair(
            library,
            load_gold(bench.gold),
            file,
            (doc, section, quote),
            question=question,
            answer=answer,
            facts=fact,
            kind=kind,
            persona=persona,
        )
        problems = append_pair(pair, file, library)
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"已加入 {file}：{pair.id} (added)")


@gold_app.command()
def candidates(
    context: typer.Context,
    history: Annotated[
        Path | None,
        typer.Option(
            callback=file_name,
            help="网页的对话记录，默认按设置。(History of the page; else as set.)",
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(callback=file_name, help="写入的新文件，默认打印。(New file; else printed.)"),
    ] = None,
) -> None:
    """把网页上的评价变成待补全的候选。(Turn votes of the page into pairs to be completed.)"""
    with exit_2_on_unusable_input():
        from qa_bot.evaluation.candidates import candidates, json_line, read_votes
        from qa_bot.evaluation.gold import load_gold

        bench = workbench(context)
        votes = read_votes(history or bench.settings().history_path)
        found = candidates(votes, load_gold(bench.gold))
        lines = "".join(json_line(one.values) + "\n" for one in found)
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as out:
                out.write(lines)
        else:
            typer.echo(lines, nl=False)
    for one in found:
        vote = "有帮助 (useful)" if one.vote > 0 else f"没有帮助 (not useful) {one.reason}"
        typer.echo(f"{one.values['id']} {vote.strip()}：{one.values['question']}", err=True)
    typer.echo(f"{len(found)} 条候选，须读原文补全。(candidates, to be completed)", err=True)


def _counts(counts: dict[str, int]) -> str:
    return "，".join(f"{name} {count}" for name, count in sorted(counts.items()))
