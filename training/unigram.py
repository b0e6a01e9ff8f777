"""The tokenizer of the model, rebuilt from its unigram pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

UNK = 3
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
MAX_TOKENS = 512

# What the model's own normaliser does beyond NFKC: control characters go, line breaks and
# invisible spaces become spaces, and the wide tilde of Chinese ranges (2～5年) stays as it is.
_DROPPED = "[\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f\\x8f\\x9f]"
_SPACES = "[\\x00\\t\\n\\x0c\\r\\u1680\\u200b-\\u200f\\u2028\\u2029\\u2581\\ufeff\\ufffd]"
_TILDE, _KEPT = "\uff5e", "\ue000"


def build_tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """A tokenizer that frames a text in ``<s>`` and ``</s>`` and cuts it at 512 tokens."""
    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=UNK, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_DROPPED), ""),
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.Replace(_TILDE, _KEPT),
            normalizers.NFKC(),
            normalizers.Replace(_KEPT, _TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def tokens_of(tokenizer: Tokenizer, texts: Iterable[str], batch: int = 512) -> Iterator[list[str]]:
    """The tokens of each text, whole texts, without the frame."""
    chunk: list[str] = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == batch:
            yield from (
                one.tokens for one in tokenizer.encode_batch(chunk, add_special_tokens=False)
            )
            chunk = []
    yield from (one.tokens for one in tokenizer.encode_batch(chunk, add_special_tokens=False))
