"""How the page's events are wired: without a progress bar, and closed to programs."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# For what is done in a moment: it waits behind no question.
AT_ONCE: dict[str, Any] = {**QUIET, "queue": False}


def then_in_browser(event: Any, script: str, given: Any = None) -> None:
    """Let ``script`` run in the browser after an event, with the value of ``given``."""
    event.then(None, given, None, js=script, api_visibility="private")
