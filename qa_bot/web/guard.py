"""What stands before every route: trusted headers, log, bounds, access."""

from __future__ import annotations

from fastapi import FastAPI

from qa_bot.settings import Settings
from qa_bot.web.access import UPLOAD_PATH, Access, identifier
from qa_bot.web.limits import BodyLimit, Rate, RequestRate
from qa_bot.web.logs import RequestLog
from qa_bot.web.proxy import FromProxy
from qa_bot.web.sessions import Sessions
from qa_bot.web.sign_in import signing_in
from qa_bot.web.users import Users

_FORM = 100_000
_REQUESTS = 10  # to a question


def guard(server: FastAPI, settings: Settings) -> None:
    """Put the guards before the routes of ``server``, and the sign-in page beside them."""
    users = sessions = None
    if settings.auth == "users":
        users = Users(settings.users_path)
        sessions = Sessions(users, settings.session_hours)
        server.include_router(signing_in(users, sessions, settings))
    # The middleware that is added last sees a request first.
    server.add_middleware(RequestRate, rate=Rate(_REQUESTS * settings.questions_per_minute))
    server.add_middleware(Access, settings=settings, identify=identifier(settings, users, sessions))
    server.add_middleware(
        BodyLimit,
        most=settings.max_body_kb * 1000,
        seconds=settings.body_timeout_s,
        upload_path=UPLOAD_PATH,
        uploads=settings.upload_mb * 1_000_000 + _FORM,
    )
    server.add_middleware(RequestLog)
    server.add_middleware(
        FromProxy,
        trusted=[proxy for proxy in settings.trusted_proxies.split(",") if proxy],
        private=(settings.auth_user_header, settings.auth_role_header),
        root_path=settings.root_path,
    )
