"""``qa-bot eval`` and ``qa-bot gold``.

Exit codes: 0 all right, 1 a guarded measure dropped or a gold pair needs repair, 2 unusable input.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_bot.errors import QaBotError

if TYPE_CHECKING:
    from qa_bot.answer.model import Mode
    from qa_bot.evaluation.gold import GoldSet
    from qa_bot.evaluation.run_folder import RunFolder, RunInfo
    from qa_bot.evaluation.runner import Progress
    from qa_bot.evaluation.session import Outcome
    from qa_bot.evaluation.workbench import Workbench
    from qa_bot.settings import Settings

eval_app = typer.Typer(
    help="评测：在金标上运行并与基线比较。(Run the gold set, compare with a baseline.)",
    invoke_without_command=True,
)


def file_name(path: Path | None) -> Path | None:
    """A path from the command line, refused where it is an option that took its place."""
    if path and str(path).startswith("-"):
        raise typer.BadParameter(
            f"{path} 不能作为文件名，文件名不得以 - 开头。(a file name must not begin with a dash.)"
        )
    return path


_Gold = Annotated[
    Path | None,
    typer.Option("--gold", callback=file_name, help="金标文件或目录。(Gold file or folder.)"),
]


@eval_app.callback()
def run(
    context: typer.Context,
    gold: _Gold = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="只问前 N 题。(Only the first N questions.)")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="只问这类问题，可重复。(Only this kind; repeatable.)")
    ] = None,
    split: Annotated[
        list[str] | None, typer.Option(help="只问 dev 或 test。(Only this split.)")
    ] = None,
    mode: Annotated[
        str, typer.Option(help="extractive 或 llm。(How answers are composed.)")
    ] = "extractive",
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="并行提问数。(Questions asked in parallel.)")
    ] = 4,
    baseline: Annotated[
        Path | None,
        typer.Option(callback=file_name, help="与之比较的基线文件。(Baseline to compare with.)"),
    ] = None,
    save_baseline: Annotated[
        Path | None,
        typer.Option(callback=file_name, help="把本次结果存为基线。(Save this run as a baseline.)"),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(callback=file_name, help="续跑这个运行目录。(Run folder to take up again.)"),
    ] = None,
    runs: Annotated[
        Path | None,
        typer.Option(callback=file_name, help="运行目录的上级目录。(Folder that holds the runs.)"),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(callback=file_name, help="JUnit XML 输出。(Where to write it.)")
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option(callback=file_name, help="Markdown 摘要输出。(Where to write the summary.)"),
    ] = None,
    price_in: Annotated[
        float, typer.Option(min=0, help="每百万输入词元的价格。(Price per million tokens read.)")
    ] = 0.0,
    price_out: Annotated[
        float, typer.Option(min=0, help="每百万输出词元的价格。(Per million tokens written.)")
    ] = 0.0,
) -> None:
    """在金标上运行并打印指标；给出基线则比较。(Run the gold set and print the measures.)"""
    if context.invoked_subcommand:
        return
    with exit_2_on_unusable_input():
        from qa_bot.evaluation.compare import check_replaceable, read_baseline
        from qa_bot.evaluation.gold import load_gold
        from qa_bot.evaluation.run_folder import hash_index, hash_settings, run_info
        from qa_bot.evaluation.session import Prices, evaluate, write_reports
        from qa_bot.evaluation.truth import load_library

        bench = workbench(context)
        if junit and not baseline:
            raise typer.BadParameter("--junit 需要 --baseline。(--junit needs --baseline.)")
        whole = load_gold(gold or bench.gold)
        pairs = _select(whole, kind or [], split or [], limit)
        against = read_baseline(baseline) if baseline else None
        settings = bench.settings()
        composing = _mode(mode)
        if save_baseline:
            check_replaceable(save_baseline, mode=composing, left_out=pairs.left_out)
        bot = bench.open_bot(settings, composing)
        info = run_info(
            whole,
            mode=composing,
            settings_hash=hash_settings(settings),
            index_hash=hash_index(bot.index.manifest),
            filters={"kind": kind or [], "split": split or [], "limit": limit},
        )
        folder = _folder(resume, runs or bench.runs, info)
        library = load_library(settings.corpus_dir)
        with _progress_bar() as progress:
            outcome = evaluate(
                bot,
                pairs,
                library,
                folder,
                baseline=against,
                prices=Prices(price_in, price_out),
                workers=_workers(workers, composing, settings),
                progress=progress,
            )
        page = write_reports(outcome, pairs, library)
        _print_outcome(outcome)
        typer.echo(f"报告 (report): {page}")
        for target, name in ((junit, "junit.xml"), (markdown, "summary.md")):
            if target:
                _copy(folder.path / name, target)
        if save_baseline:
            _save(outcome, info, save_baseline)
    if not outcome.ok:
        raise typer.Exit(1)


@eval_app.command()
def diff(
    before: Annotated[Path, typer.Argument(help="较早的运行目录。(The earlier run.)")],
    after: Annotated[Path, typer.Argument(help="较晚的运行目录。(The later run.)")],
) -> None:
    """比较两次运行；受控指标下降则退出码为 1。(Compare two runs.)"""
    with exit_2_on_unusable_input():
        from qa_bot.evaluation.run_folder import RunFolder
        from qa_bot.evaluation.session import compare_runs
        from qa_bot.evaluation.summary import markdown

        comparison = compare_runs(RunFolder(before), RunFolder(after))
        typer.echo(markdown(None, comparison))
    if not comparison.ok:
        raise typer.Exit(1)


@contextmanager
def exit_2_on_unusable_input() -> Iterator[None]:
    """Say what cannot be used in one sentence, without a traceback."""
    try:
        yield
    except QaBotError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        message = f"无法读写 {error.filename}：{error.strerror}。(cannot be read or written.)"
        typer.echo(message, err=True)
        raise typer.Exit(2) from None


def workbench(context: typer.Context) -> Workbench:
    """The workbench that was handed in, else that of the project."""
    from qa_bot.evaluation.workbench import Workbench

    return context.find_object(Workbench) or Workbench()


def _mode(mode: str) -> Mode:
    if mode == "extractive":
        return "extractive"
    if mode == "llm":
        return "llm"
    raise typer.BadParameter("--mode 须为 extractive 或 llm。(must be one of these.)")


def _workers(wanted: int, mode: Mode, settings: Settings) -> int:
    """No more than the language model takes: what finds it busy would be answered without it."""
    from qa_bot.answer.endpoint import places

    return min(wanted, places(settings)) if mode == "llm" else wanted


def _select(gold: GoldSet, kinds: list[str], splits: list[str], limit: int | None) -> GoldSet:
    from qa_bot.evaluation.errors import EvaluationError

    pairs = gold.select(kinds=kinds, splits=splits, limit=limit)
    if not pairs.pairs:
        raise EvaluationError("没有符合筛选条件的问题。(no question fits the filters.)")
    return pairs


def _folder(resume: Path | None, runs: Path, info: RunInfo) -> RunFolder:
    from qa_bot.evaluation.run_folder import RunFolder

    return RunFolder.resume(resume, info) if resume else RunFolder.create(runs, info)


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("评测 (evaluating)", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_outcome(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    from qa_bot.evaluation.summary import headline, latency_table, markdown, table, verdict

    console = Console(file=sys.stdout)
    measures = Table("指标", "名称", "均值", "95% 区间", "n", title=headline(outcome.results))
    for row in table(outcome.results):
        measures.add_row(*row)
    console.print(measures, markup=False)
    stages = Table("阶段 (stage)", "p50 ms", "p95 ms", title="耗时 (latency)")
    for stage_row in latency_table(outcome.results):
        stages.add_row(*stage_row)
    console.print(stages)
    if outcome.comparison:
        typer.echo(markdown(None, outcome.comparison))
        typer.echo(verdict(outcome.comparison))


def _save(outcome: Outcome, info: RunInfo, path: Path) -> None:
    """Save the run as a baseline, but for one that failed the gate or that no model answered."""
    from qa_bot.evaluation.compare import make_baseline, write_baseline
    from qa_bot.evaluation.errors import EvaluationError

    if not outcome.ok:
        typer.echo("与基线比较未通过，没有保存基线。(failed the gate: not saved.)", err=True)
        return
    if outcome.results.model_absent:
        raise EvaluationError(
            "语言模型一题也没有答，没有保存基线。(the model answered nothing: not saved.)"
        )
    made = make_baseline(outcome.results, gold_hash=info.gold_hash, mode=info.mode)
    write_baseline(made, path)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
