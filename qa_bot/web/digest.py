"""Secrets of visitors (cookies, tokens) are kept and compared as digests only."""

from __future__ import annotations

import hashlib


def digest(secret: str) -> str:
    """The SHA-256 of a secret, as hex digits."""
    return hashlib.sha256(secret.encode()).hexdigest()
