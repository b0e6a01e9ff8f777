"""``qa-bot index``: which generations there are, going back to one, checking, dropping old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from qa_bot.index.history import Generation
    from qa_bot.settings import Settings

index_app = typer.Typer(
    help="索引：历代、退回、检查、清理。(Generations of the index: list, roll back, verify, drop.)",
    no_args_is_help=True,
)

_MB = 1_000_000
_Name = Annotated[
    str | None,
    typer.Argument(help="索引编号，见 index list。(A generation, see `index list`.)"),
]


@index_app.command(name="list")
def list_() -> None:
    """列出磁盘上的历代索引，新的在前。(The generations on the disk, the newest first.)"""
    from qa_bot.index.history import list_generations

    found = list_generations(_settings().index_dir)
    if not found:
        typer.echo("还没有索引，请运行 `qa-bot ingest PATH…`。(no index yet.)")
    for generation in found:
        typer.echo(_line(generation))


@index_app.command()
def rollback(generation: _Name = None) -> None:
    """退回到上一代或指定的索引；先检查，正在运行的服务随即改用。

    (Make the generation before the current one, or the one named, current again. It is verified
    first; a running server changes over by itself. A lost or damaged manifest is put back, too.)
    """
    from qa_bot.index.history import rollback as run

    manifest = run(_settings(), generation)
    typer.echo(
        f"当前索引 (current): {manifest.generation}，{len(manifest.sources)} 个文件 (files)、"
        f"{manifest.documents} 份文件 (documents)、{manifest.clauses} 个条款 (clauses)。"
    )


@index_app.command()
def verify(generation: _Name = None) -> None:
    """彻底检查当前或指定的索引；有问题则退出码为 1。

    (Manifest, sizes and digests of the files, counts, that sampled rows find themselves, and that
    clauses, BM25 and vectors are of the same generation; exit code 1 where something is wrong.)
    """
    from qa_bot.errors import IndexStoreError
    from qa_bot.index.history import finished_folder
    from qa_bot.index.manifest import has_index, read_manifest
    from qa_bot.index.verify import faults_of

    index_dir = _settings().index_dir
    folder = finished_folder(index_dir, generation) if generation else index_dir
    try:
        manifest = read_manifest(folder)
        faults = faults_of(index_dir, manifest)
    except IndexStoreError as error:
        if not has_index(index_dir):
            raise
        faults = [str(error)]
    if not faults:
        typer.echo(
            f"✓ {manifest.generation}：{len(manifest.files)} 个数据文件、{manifest.clauses} 个条款、"
            f"{manifest.passages} 个向量都完好。(whole.)"
        )
        return
    for fault in faults:
        typer.echo(f"✗ {fault}")
    typer.echo(
        "修复：`qa-bot ingest --rebuild` 重建；或 `qa-bot index rollback` 退回上一代。"
        "(to heal: rebuild, or roll back.)"
        if generation is None
        else "不要退回到这一代。(do not roll back to this one.)"
    )
    raise typer.Exit(1)


@index_app.command()
def gc(
    keep: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="保留最新的几代，默认 QA_BOT_KEEP_GENERATIONS。(How many of the newest to keep.)",
        ),
    ] = None,
) -> None:
    """删除旧的和未建成的索引。

    (Drop old generations and half-built ones. The current one, the one before it and any that a
    reader has open, also in another process on this machine, always stay.)
    """
    from qa_bot.index.history import collect

    dropped = collect(_settings(), keep)
    for name in dropped:
        typer.echo(f"已删除 (dropped): {name}")
    if not dropped:
        typer.echo("没有可删除的索引。(nothing to drop.)")


def _line(generation: Generation) -> str:
    """One line: mark, name, what it holds, size."""
    mark = "*" if generation.current else " "
    size = f"{generation.size / _MB:.0f} MB"
    state = "，使用中 (open)" if generation.open else ""
    manifest = generation.manifest
    if manifest is None:
        return f"{mark} {generation.name}  清单已损坏或属于另一版本 (unreadable manifest)  {size}{state}"
    created = manifest.created.astimezone().strftime("%Y-%m-%d %H:%M")
    now = "，当前 (current)" if generation.current else ""
    return (
        f"{mark} {generation.name}  {created}  {len(manifest.sources)} 个文件 (files)  "
        f"{manifest.documents} 份文件 (documents)  {manifest.clauses} 个条款 (clauses)  "
        f"{manifest.embedding}  {size}{now}{state}"
    )


def _settings() -> Settings:
    from qa_bot.settings import load_settings

    return load_settings()
