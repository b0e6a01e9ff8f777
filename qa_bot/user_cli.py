"""``qa-bot user``: who may sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from qa_bot.web.users import Users

user_app = typer.Typer(help="可以登录的用户。(Those who may sign in.)", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="用户名。(Name of the user.)")]


@user_app.command()
def add(
    name: Name,
    role: Annotated[
        Literal["citizen", "staff", "admin"], typer.Option(help="角色。(What the user may do.)")
    ] = "citizen",
) -> None:
    """添加用户，或更改其角色和密码；密码从终端输入。(Add or change a user; asks for the password.)"""
    users = _users()
    password = typer.prompt("密码 (password)", hide_input=True, confirmation_prompt=True)
    users.add(name, role, password)
    typer.echo(f"已保存用户“{name}”（{role}）。(saved.)")


@user_app.command()
def token(name: Name) -> None:
    """为程序生成令牌，只显示这一次；旧令牌作废。(A new token for programs, shown this once.)"""
    typer.echo(_users().new_token(name))


@user_app.command()
def remove(name: Name) -> None:
    """删除用户；其登录立即失效。(Remove a user, who is signed out at once.)"""
    _users().remove(name)
    typer.echo(f"已删除用户“{name}”。(removed.)")


@user_app.command(name="list")
def list_users() -> None:
    """列出用户和角色。(Names and roles.)"""
    for name, user in sorted(_users().all().items()):
        typer.echo(f"{name}\t{user.role}" + ("\ttoken" if user.token else ""))


def _users() -> Users:
    from qa_bot.settings import load_settings
    from qa_bot.web.users import Users

    return Users(load_settings().users_path)
