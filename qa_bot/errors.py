"""Errors that are fit to show to a user: one sentence on what is wrong and what to do.

QaBotError
├── SourceError      a gazette file cannot be read or holds no text
├── IndexStoreError  the index is missing, damaged, locked or built by another model
├── QuestionError    a question cannot be used (empty, too long, malformed line)
├── NotFoundError    a 文号, title or section that is not in the index
├── SettingsError    a setting has a value that cannot be used
└── ModelError       the language model or embedding endpoint failed
"""


class QaBotError(Exception):
    """Base of every error whose message may be shown as it is."""


class SourceError(QaBotError):
    """A gazette file cannot be read or holds no text."""


class IndexStoreError(QaBotError):
    """The index is missing, damaged, locked or built by another embedding model."""


class QuestionError(QaBotError):
    """A question cannot be used."""


class NotFoundError(QaBotError):
    """No document or clause goes by the reference that was given."""


class ModelError(QaBotError):
    """The language model endpoint failed."""


class SettingsError(QaBotError):
    """A setting has a value that cannot be used."""
