"""Characters that a reader does not see, of which foreign text is rid wherever it comes in or goes out."""

from __future__ import annotations

# Format characters (zero-width, bidirectional, tags), variation selectors, control characters
# other than white space, and halves of characters (surrogates), which cannot be written anywhere.
_UNSEEN: dict[int, None] = dict.fromkeys(
    [
        *(c for c in range(0x20) if chr(c) not in "\t\n\v\f\r"),
        *(c for c in range(0x7F, 0xA0) if c != 0x85),
        *(0xAD, 0x61C, 0x180E, 0xFEFF, *range(0xFFF9, 0xFFFC)),
        *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)),
        *(*range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)),
        *(*range(0xFE00, 0xFE10), *range(0xE0000, 0xE01F0)),
        *range(0xD800, 0xE000),
    ]
)


def visible(text: str) -> str:
    """``text`` without what a reader does not see: zero-width, direction, tag and control
    characters, halves of characters."""
    return text.translate(_UNSEEN)
