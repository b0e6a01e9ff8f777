"""Ranked evidence → an answer whose every statement is cited."""
