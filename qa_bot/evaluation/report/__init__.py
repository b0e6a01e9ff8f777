"""The HTML report of a run."""

from qa_bot.evaluation.report.page import render

__all__ = ["render"]
