"""Uploading a gazette: what is refused, what is shown, and that it answers without a restart."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from test_web_support import shot
from web_access_support import browser_of, sign_in_by_hand, three_users

from qa_bot.bot import Bot
from qa_bot.errors import QaBotError, SourceError
from qa_bot.index.ingest import ingest
from qa_bot.index.manifest import read_manifest
from qa_bot.settings import Settings
from qa_bot.web.uploads import Job, UploadError, Uploads, safe_name

FIRST, SECOND, THIRD = "hangzhou-ningxia-xinzhou.txt", "benxi-2018-06.txt", "benxi-2019-05.txt"
DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def settings(tmp_path_factory, corpus_dir) -> Settings:
    """An index of one gazette, with uploads for staff."""
    folder = tmp_path_factory.mktemp("uploads")
    three_users(folder / "users.json")
    settings = Settings(
        _env_file=None,
        index_dir=folder,
        auth="users",
        upload=True,
        upload_mb=1,
        questions_per_minute=0,
    )
    ingest([corpus_dir / FIRST], settings)
    return settings


@pytest.fixture(scope="module")
def bot(settings) -> Bot:
    return Bot(settings)


@pytest.fixture(scope="module")
def uploads(bot) -> Uploads:
    return Uploads(bot)


@pytest.fixture
def sent(tmp_path):
    """Writes a file as a browser's upload leaves it."""

    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def files_below(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("公报 2023.txt", "公报 2023.txt"),
        ("../../etc/公报.TXT", "公报.txt"),
        ("C:\\gazettes\\公报.docx", "公报.docx"),
        ("..\\..\\公报.pdf", "公报.pdf"),
        ("a\u202egpj\u200b.md", "agpj.md"),
        ('公<报>:"|?*\n.html', "公报.html"),
        (" ..公报.. .txt", "公报.txt"),
        ("长" * 300 + ".txt", "长" * 60 + ".txt"),
    ],
)
def test_names_are_made_safe(given, kept):
    assert safe_name(given) == kept


@pytest.mark.parametrize("given", ["", ".txt", "...", "公报", "公报.exe", "公报.txt.sh", "../.pdf"])
def test_names_that_are_no_gazette_s(given):
    with pytest.raises(UploadError, match=r"[。]\(.+\)$"):
        safe_name(given)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("公报.txt", b"", "是空文件"),
        ("公报.txt", b" \n ", "是空文件"),
        ("公报.txt", b"x" * 1_000_001, "超过 1 MB"),
        ("公报.txt", bytes(range(256)) * 40, "不是文本文件"),
        ("公报.pdf", b"no pdf", "公报.pdf"),
        ("公报.docx", b"no docx", "公报.docx"),
        ("公报.exe", b"MZ", "只能上传"),
    ],
)  # fmt: skip
def test_files_that_are_refused(uploads, settings, sent, name, data, words):
    file = sent(name, data)
    with pytest.raises(QaBotError, match=words) as raised:
        uploads.stage(file)
    assert str(file.parent) not in str(raised.value)
    assert not file.exists()
    assert files_below(settings.uploads_path) == set()


def test_what_is_indexed_already_is_refused(uploads, sent, corpus_dir):
    same = sent("另名.txt", (corpus_dir / FIRST).read_bytes())
    with pytest.raises(UploadError, match=f"相同内容已经收录：{FIRST}"):
        uploads.stage(same)


@pytest.mark.parametrize("name", ["notice.txt", "notice.html", "notice.docx", "notice.pdf"])
def test_every_format_is_parsed_and_discarded(uploads, settings, sent, name):
    staged = uploads.stage(sent(name, (DATA / name).read_bytes()))
    assert staged.name == name
    assert staged.parsed.documents
    uploads.discard(staged)
    assert files_below(settings.uploads_path) == set()


def test_files_that_nobody_decides_on_make_room(uploads, settings, sent):
    notice = (DATA / "notice.txt").read_bytes()
    staged = [uploads.stage(sent(f"{n}.txt", notice)) for n in range(23)]
    assert len(files_below(settings.uploads_path)) == 20
    with pytest.raises(UploadError, match="文件已不在"):
        uploads.index(staged[0])
    for one in staged:
        uploads.discard(one)


def test_one_file_at_a_time(uploads, sent, corpus_dir, settings, monkeypatch):
    """The second is refused with a sentence, and can be confirmed again afterwards."""
    go = threading.Event()

    def slow(*given, **more):
        assert go.wait(30)
        raise SourceError("这份文件不行。")

    monkeypatch.setattr("qa_bot.web.uploads.ingest", slow)
    before = read_manifest(settings.index_dir)
    notice = (DATA / "notice.txt").read_bytes()
    first, second = (uploads.stage(sent(f"{n}.txt", notice)) for n in range(2))
    job = uploads.index(first)
    with pytest.raises(UploadError, match="另一个文件正在编入索引"):
        uploads.index(second)
    go.set()
    assert job.ended.wait(30)
    assert job.error == "这份文件不行。"
    assert first.path.is_file()
    assert uploads.index(second).ended.wait(30)
    assert read_manifest(settings.index_dir) == before
    uploads.discard(first)
    uploads.discard(second)


@pytest.fixture
def fresh(tmp_path, corpus_dir) -> Uploads:
    """Uploads of an index of its own."""
    settings = Settings(_env_file=None, index_dir=tmp_path / "index", upload=True)
    ingest([corpus_dir / FIRST], settings)
    return Uploads(Bot(settings))


def ended(job: Job) -> Job:
    assert job.ended.wait(60)
    return job


def test_of_two_files_of_one_name_the_later_is_refused(fresh, sent, tmp_path):
    notice = (DATA / "notice.txt").read_bytes()
    other = notice.replace("总工会".encode(), "妇女联合会".encode())
    first, second = (fresh.stage(sent("公报.txt", data)) for data in (notice, other))
    assert ended(fresh.index(first)).error == ""
    assert "已有同名文件 公报.txt" in ended(fresh.index(second)).error
    assert (tmp_path / "index/uploads/公报.txt").read_bytes() == notice
    assert second.path.read_bytes() == other


@pytest.mark.parametrize("behind", [False, True], ids=["the bot follows", "the bot is behind"])
def test_of_two_files_of_one_content_the_later_is_refused(
    fresh, sent, tmp_path, monkeypatch, behind
):
    if behind:
        monkeypatch.setattr("qa_bot.web.uploads._FOLLOW_S", 0)
        fresh = Uploads(SimpleNamespace(settings=fresh._bot.settings, index=fresh._bot.index))
    notice = (DATA / "notice.txt").read_bytes()
    first, second = (fresh.stage(sent(f"{n}.txt", notice)) for n in range(2))
    assert ended(fresh.index(first)).report.added == ("0.txt",)
    later = ended(fresh.index(second))
    assert "相同内容已经收录：0.txt" in later.error
    assert later.report is None
    assert files_below(tmp_path / "index/uploads") == {"0.txt", "1.txt"}
    fresh.discard(second)
    assert files_below(tmp_path / "index/uploads") == {"0.txt"}


def test_a_staged_file_that_is_lost_meanwhile_stops_no_later_one(
    uploads, sent, settings, monkeypatch
):
    def losing(*given, **more):
        uploads.discard(lost)
        raise SourceError("这份文件不行。")

    monkeypatch.setattr("qa_bot.web.uploads.ingest", losing)
    notice = (DATA / "notice.txt").read_bytes()
    lost, next_one = (uploads.stage(sent(f"{n}.txt", notice)) for n in range(2))
    for staged in (lost, next_one):
        assert ended(uploads.index(staged)).error == "这份文件不行。"
    uploads.discard(next_one)
    assert files_below(settings.uploads_path) == set()


def test_no_thread_to_index_in_stops_no_later_one(uploads, sent, monkeypatch):
    staged = uploads.stage(sent("公报.txt", (DATA / "notice.txt").read_bytes()))
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", _no_thread)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                uploads.index(staged)
    uploads.discard(staged)


def _no_thread(self):
    raise RuntimeError("can't start new thread")


def test_another_ingest_at_work(uploads, sent, settings):
    from filelock import FileLock

    staged = uploads.stage(sent("公报.txt", (DATA / "notice.txt").read_bytes()))
    with FileLock(settings.index_dir / ".lock"):
        job = uploads.index(staged)
        assert job.ended.wait(30)
    assert "请等它结束后重试" in job.error
    uploads.discard(staged)


def entered(browser, url, name):
    page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="zh-CN")
    page.set_default_timeout(60_000)
    page.goto(url)
    sign_in_by_hand(page, name, "wrong password")
    page.get_by_role("alert").wait_for()
    shot(page, "sign-in")
    sign_in_by_hand(page, name)
    page.wait_for_selector(".qb-welcome")
    page.get_by_text(name).wait_for()
    return page


def test_citizens_see_no_upload(browser, url):
    page = entered(browser, url, "citizen一")
    assert not page.get_by_role("tab", name="上传").is_visible()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_label("用户名").wait_for()
    page.close()


def test_citizens_cannot_upload(bot, url, settings):
    from qa_bot.web.users import Users

    token = Users(settings.users_path).new_token("citizen一")
    with browser_of(url, headers={"Authorization": f"Bearer {token}"}) as client:
        assert (
            client.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == 403
        )


def test_a_gazette_is_uploaded_while_questions_are_asked(browser, url, bot, settings, corpus_dir):
    from qa_bot.web.users import Users

    page = entered(browser, url, "staff一")
    page.get_by_role("tab", name="上传").click()
    page.locator("#qb-upload input[type=file]").set_input_files(corpus_dir / SECOND)
    page.locator("#qb-upload-said summary").first.wait_for()
    shot(page, "upload-outline")
    page.get_by_role("button", name="取消").click()
    page.get_by_text("已取消，文件已删除。").wait_for()
    assert files_below(settings.uploads_path) == set()

    known = len(bot.index.store.documents)
    page.locator("#qb-upload input[type=file]").set_input_files(corpus_dir / SECOND)
    page.locator("#qb-upload-said summary").first.wait_for()
    token = {"Authorization": f"Bearer {Users(settings.users_path).new_token('citizen一')}"}
    page.get_by_role("button", name="确认收录").click()
    page.locator("progress").wait_for()
    asked = 0
    while page.locator("progress").count():
        answer = httpx.post(
            f"{url}/api/ask", json={"question": "公租房怎么申请？"}, headers=token, timeout=30
        )
        assert answer.status_code == 200
        asked += 1
        page.wait_for_timeout(50)
    assert asked
    page.get_by_text(f"已收录 {SECOND}").wait_for()
    shot(page, "upload-done")
    tabs = page.locator("#qb-tabs .tab-container[role=tablist] [role=tab]:visible")
    assert tabs.all_inner_texts() == ["问答", "事项查询", "文件库", "上传", "关于"]
    assert files_below(settings.uploads_path) == {SECOND}
    sources = {source.file for source in read_manifest(settings.index_dir).sources.values()}
    assert sources == {FIRST, SECOND}
    listed = httpx.get(f"{url}/api/documents", headers=token, timeout=30).json()
    assert len(listed) > known
    assert SECOND in {each["document"]["file"] for each in listed}
    page.close()


def test_a_name_is_taken_once(uploads, sent, corpus_dir, settings):
    settings.uploads_path.mkdir(exist_ok=True)
    shutil.copy(corpus_dir / THIRD, settings.uploads_path / "taken.txt")
    with pytest.raises(UploadError, match=r"已有同名文件 taken\.txt"):
        uploads.stage(sent("taken.txt", (DATA / "notice.txt").read_bytes()))
