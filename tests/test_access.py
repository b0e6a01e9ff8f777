"""Who is let in: roles, every class of routes, signing in and out, lock-out, forgery, proxies."""

from __future__ import annotations

import json
import stat

import pytest
from test_web_support import BUSES, served
from typer.testing import CliRunner
from web_access_support import PASSWORD, browser_of, sign_in, three_users, with_settings

from qa_bot.cli import app
from qa_bot.errors import SettingsError
from qa_bot.settings import load_settings
from qa_bot.web.limits import Allowance
from qa_bot.web.sessions import COOKIE, Sessions
from qa_bot.web.users import Users

HTML = {"Accept": "text/html"}
# One of each class of routes: (method, path, body, content type).
ROUTES = [
    ("GET", "/", None),
    ("GET", "/docs", None),
    ("GET", "/openapi.json", None),
    ("GET", "/config", None),
    ("GET", "/theme.css", None),
    ("GET", "/gradio_api/info", None),
    ("POST", "/gradio_api/call/ask", {"data": [BUSES, ""]}),
    ("POST", "/gradio_api/queue/join", {"data": [], "fn_index": 0, "session_hash": "x"}),
    ("POST", "/gradio_api/component_server", {"data": 1}),
    ("GET", "/gradio_api/heartbeat/none", None),
    ("GET", "/gradio_api/file=/etc/passwd", None),
    ("POST", "/gradio_api/mcp/", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
    ("POST", "/api/ask", {"question": BUSES}),
    ("GET", "/api/documents", None),
    ("GET", "/api/clauses?document=x", None),
    ("GET", "/api/matters.csv", None),
    ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": BUSES}]}),
    ("GET", "/v1/models", None),
    ("GET", "/conversations/x.md", None),
    ("GET", "//api/documents", None),
    ("GET", "/no/such/route", None),
]
CLOSED = [
    ("GET", "/gradio_api/deep_link?session_hash=x"),
    ("GET", "/gradio_api/proxy=http://127.0.0.1:1/"),
    ("POST", "/gradio_api/process_recording"),
    ("POST", "/gradio_api/run-history/connect"),
    ("POST", "/gradio_api/vibe-code/"),
    ("GET", "/gradio_api/runs"),
    ("GET", "/monitoring"),
    ("POST", "/login"),
    ("POST", "//gradio_api//deep_link"),
]
MCP = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def users_file(tmp_path_factory):
    return tmp_path_factory.mktemp("users") / "users.json"


@pytest.fixture(scope="module")
def users(users_file) -> Users:
    return three_users(users_file)


@pytest.fixture(scope="module")
def closed(bot, users, users_file):
    """A server where everyone signs in."""
    with served(with_settings(bot, auth="users", users_file=users_file)) as url:
        yield url


@pytest.fixture(scope="module")
def public(bot):
    """A server as it is without any setting."""
    with served(with_settings(bot)) as url:
        yield url


@pytest.fixture(scope="module")
def proxied(bot):
    """A server that believes a proxy at 127.0.0.1, and nobody else."""
    with served(with_settings(bot, auth="proxy", trusted_proxies="127.0.0.1")) as url:
        yield url


def status(url: str, method: str, path: str, body: object = None, **headers: str) -> int:
    """The status of a request, without waiting for the end of a stream."""
    with (
        browser_of(url, headers={**MCP, **headers}) as client,
        client.stream(method, path, json=body) as response,
    ):
        return response.status_code


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_no_route_without_signing_in(closed, method, path, body):
    assert status(closed, method, path, body) == 401
    assert status(closed, method, path, body, Authorization="Bearer wrong") == 401
    assert status(closed, method, path, body, Cookie=f"{COOKIE}=forged") == 401
    assert (
        status(closed, method, path, body, **{"X-Remote-User": "a", "X-Remote-Role": "admin"})
        == 401
    )


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_every_route_with_a_token(closed, users, method, path, body):
    token = users.new_token("citizen一")
    given = status(closed, method, path, body, Authorization=f"Bearer {token}")
    assert given == 403 if "passwd" in path else given not in (401, 403)


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_what_the_page_does_not_need_is_closed_to_all(closed, public, users, method, path):
    token = users.new_token("admin一")
    assert status(closed, method, path, Authorization=f"Bearer {token}") == 404
    assert status(public, method, path) == 404


def test_probes_need_no_sign_in(closed):
    assert status(closed, "GET", "/healthz") == 200
    assert status(closed, "GET", "/readyz") == 200
    with browser_of(closed) as client:
        assert "WWW-Authenticate" in client.get("/api/documents").headers


def test_open_without_settings(public):
    with browser_of(public) as client:
        assert client.get("/", headers=HTML).status_code == 200
        assert client.post("/api/ask", json={"question": BUSES}).json()["citations"]
        assert client.get("/sign-in", headers=HTML).status_code == 404
        for path in ("/gradio_api/upload", "/gradio_api/upload/", "//gradio_api/upload"):
            given = client.post(path, files={"files": ("a.txt", b"x")})
            assert given.status_code == 404


def test_roles(closed, users):
    figures = {
        role: status(
            closed, "GET", "/metrics",
            **{"Authorization": f"Bearer {users.new_token(f'{role}一')}", "X-Forwarded-For": "10.1.1.1"},
        )
        for role in ("citizen", "staff", "admin")
    }  # fmt: skip
    assert figures == {"citizen": 403, "staff": 200, "admin": 200}


def test_figures_are_for_this_machine(public):
    """A request that a proxy on this machine hands on does not come from this machine."""
    assert status(public, "GET", "/metrics") == 200
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
        assert status(public, "GET", "/metrics", **{header: "127.0.0.1"}) == 403


def test_signing_in_and_out(closed):
    with browser_of(closed) as client:
        sent = client.get("/docs?x=1", headers=HTML)
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=/docs%3Fx%3D1")
        page = client.get(sent.headers["location"])
        assert 'value="/docs?x=1"' in page.text
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        done = sign_in(client, "staff一")
        assert (done.status_code, done.headers["location"]) == (303, "/")
        cookie = done.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "secure" not in cookie
        value = client.cookies[COOKIE]
        assert client.get("/api/documents").status_code == 200
        client.post("/sign-out")
        assert client.get("/api/documents").status_code == 401
        kept = {"Cookie": f"{COOKIE}={value}"}
        assert client.get("/api/documents", headers=kept).status_code == 401


def test_wrong_password_and_unknown_name_read_the_same(closed):
    with browser_of(closed) as client:
        wrong = sign_in(client, "citizen一", "wrong")
        unknown = sign_in(client, "nobody", "wrong")
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.text == unknown.text
        assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize(
    "there", ["//evil.example", "/\\evil.example", "https://evil.example", "\t//x"]
)
def test_signing_in_leads_nowhere_else(closed, there):
    with browser_of(closed) as client:
        form = {"name": "staff一", "password": PASSWORD, "next": there}
        assert client.post("/sign-in", data=form).headers["location"] == "/"


def test_failed_tries_lock_the_name(bot, users, users_file):
    guarded = with_settings(bot, auth="users", users_file=users_file)
    with served(guarded) as url, browser_of(url) as client:
        tries = [sign_in(client, "staff一", "wrong").status_code for _ in range(6)]
        assert tries == [401] * 5 + [429]
        locked = sign_in(client, "staff一")
        assert locked.status_code == 429
        assert int(locked.headers["retry-after"]) > 600
        assert "登录失败次数过多" in locked.text
        assert sign_in(client, "admin一").status_code == 303


def test_failed_tries_lock_the_address(bot, users, users_file, monkeypatch):
    monkeypatch.setattr("qa_bot.web.sign_in._TRIES_OF_ADDRESS", 3)
    guarded = with_settings(bot, auth="users", users_file=users_file)
    with served(guarded) as url, browser_of(url) as client:
        tries = [sign_in(client, f"guess{n}", "wrong").status_code for n in range(4)]
        assert tries == [401] * 3 + [429]
        assert sign_in(client, "admin一").status_code == 429


def test_pages_of_other_sites_change_nothing(closed, users):
    token = {"Authorization": f"Bearer {users.new_token('staff一')}"}
    ask = ("POST", "/api/ask", {"question": BUSES})
    assert status(closed, *ask, **token, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert status(closed, *ask, **token, Origin="https://evil.example") == 403
    assert status(closed, *ask, **token, Origin="null") == 403
    assert status(closed, *ask, **token, Origin=closed) == 200
    assert status(closed, *ask, **token, **{"Sec-Fetch-Site": "same-origin"}) == 200
    with browser_of(closed) as client:
        assert sign_in(client, "staff一", Origin="https://evil.example").status_code == 403


def test_citizens_need_no_name_where_the_page_is_open(bot, users, users_file):
    with served(with_settings(bot, auth="users", auth_open=True, users_file=users_file)) as url:
        assert status(url, "POST", "/api/ask", {"question": BUSES}) == 200
        assert status(url, "GET", "/metrics", **{"X-Forwarded-For": "10.1.1.1"}) == 401
        with browser_of(url) as client:
            assert client.get("/", headers=HTML).status_code == 200


def test_a_proxy_names_the_user(proxied):
    staff = {"X-Remote-User": "%E5%BC%A0%E4%B8%89", "X-Remote-Role": "staff"}
    far = {"X-Forwarded-For": "10.1.1.1"}
    assert status(proxied, "GET", "/api/documents", **staff, **far) == 200
    assert status(proxied, "GET", "/metrics", **staff, **far) == 200
    assert status(proxied, "GET", "/metrics", **{**staff, "X-Remote-Role": "king"}, **far) == 403
    assert status(proxied, "GET", "/api/documents", **far) == 401


def test_nobody_else_names_the_user(bot):
    with served(with_settings(bot, auth="proxy", trusted_proxies="10.0.0.0/8")) as url:
        claimed = {"X-Remote-User": "a", "X-Remote-Role": "admin"}
        assert status(url, "GET", "/api/documents", **claimed) == 401


def test_https_at_the_proxy_makes_the_cookie_secure(bot, users, users_file):
    changes = {"auth": "users", "users_file": users_file, "trusted_proxies": "127.0.0.1"}
    with served(with_settings(bot, **changes)) as url, browser_of(url) as client:
        done = sign_in(client, "staff一", **{"X-Forwarded-Proto": "https"})
        assert "secure" in done.headers["set-cookie"].lower()


def test_users_file(tmp_path):
    path = tmp_path / "users.json"
    users = three_users(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PASSWORD not in path.read_text()
    assert users.by_password("staff一", PASSWORD).role == "staff"
    assert users.by_password("staff一", PASSWORD + "x") is None
    assert users.by_password("nobody", PASSWORD) is None
    token = users.new_token("staff一")
    assert token not in path.read_text()
    assert Users(path).by_token(token)[0] == "staff一"
    assert users.by_token("") is None
    path.write_text("{")
    with pytest.raises(SettingsError, match="无法读取"):
        Users(path).all()


@pytest.mark.parametrize("name", ["file/users.json", "file/below/users.json", "folder"])
def test_a_users_file_that_cannot_be_written(tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    users = Users(tmp_path / name)
    for change in (
        lambda: users.add("张三", "staff", PASSWORD),
        lambda: users.new_token("张三"),
        lambda: users.remove("张三"),
    ):
        with pytest.raises(SettingsError, match=r"用户文件.+\(.+\)$"):
            change()


def test_a_users_file_in_a_full_folder(tmp_path, monkeypatch):
    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qa_bot.web.users.write_atomic", full)
    with pytest.raises(SettingsError, match="无法写入（No space left on device）"):
        Users(tmp_path / "users.json").add("张三", "staff", PASSWORD)


def test_a_session_ends_with_its_user(tmp_path):
    users = three_users(tmp_path / "users.json")
    sessions = Sessions(users, hours=1)
    first, second = (sessions.begin(name, users.get(name)) for name in ("staff一", "admin一"))
    assert sessions.user(first)[0] == "staff一"
    users.add("staff一", "staff", "another password")
    assert sessions.user(first) is None
    users.remove("admin一")
    assert sessions.user(second) is None
    brief = Sessions(users, hours=0)
    assert brief.user(brief.begin("staff一", users.get("staff一"))) is None


def test_users_command(tmp_path, monkeypatch):
    path = tmp_path / "users.json"
    monkeypatch.setenv("QA_BOT_USERS_FILE", str(path))
    run = CliRunner().invoke
    made = run(app, ["user", "add", "张三", "--role", "staff"], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0
    assert PASSWORD not in made.output
    token = run(app, ["user", "token", "张三"]).output.strip()
    assert Users(path).by_token(token)[0] == "张三"
    assert run(app, ["user", "list"]).output == "张三\tstaff\ttoken\n"
    short = run(app, ["user", "add", "李四"], input="short\nshort\n")
    assert isinstance(short.exception, SettingsError)
    assert run(app, ["user", "add", "李四", "--role", "king"]).exit_code == 2
    assert run(app, ["user", "remove", "张三"]).exit_code == 0
    assert json.loads(path.read_text()) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QA_BOT_AUTH", "yes"),
        ("QA_BOT_TRUSTED_PROXIES", "nginx.example"),
        ("QA_BOT_ROOT_PATH", "qa"),
        ("QA_BOT_ROOT_PATH", "https://host/qa"),
    ],
)
def test_unusable_settings_are_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_memory_for_failed_tries_is_bounded(monkeypatch):
    monkeypatch.setattr("qa_bot.web.limits._MOST_KEYS", 3)
    allowed = Allowance(2)
    assert [allowed.take(str(key)) for key in range(5)] == [True] * 3 + [False] * 2
    assert allowed.take("0")
    assert not allowed.take("0")
