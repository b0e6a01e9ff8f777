"""Question answering over Chinese government gazettes, with verifiable citations."""

__version__ = "0.1.0"
