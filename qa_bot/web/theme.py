"""The look of the page: colours and system fonts for Gradio, and the files of style and script."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

_ASSETS = Path(__file__).parent / "assets"
_SANS = (
    "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC",
    "Source Han Sans SC", "WenQuanYi Micro Hei", "system-ui", "sans-serif",
)  # fmt: skip

STYLE = _ASSETS / "page.css"


def head() -> str:
    """What the page adds to ``<head>``: its script, and no address of another host."""
    script = (_ASSETS / "page.js").read_text(encoding="utf-8")
    return f'<meta name="referrer" content="no-referrer"><script>{script}</script>'


def page_theme() -> gr.themes.Base:
    """Gradio's own parts in the colours of ``page.css``; system fonts only."""
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.red,
        neutral_hue=gr.themes.colors.stone,
        font=list(_SANS),
        font_mono=["ui-monospace", "monospace"],
        radius_size=gr.themes.sizes.radius_sm,
    )
    return theme.set(
        body_background_fill="var(--qb-ground)",
        body_background_fill_dark="var(--qb-ground)",
        body_text_color="var(--qb-ink)",
        body_text_color_dark="var(--qb-ink)",
        body_text_color_subdued="var(--qb-soft)",
        body_text_color_subdued_dark="var(--qb-soft)",
        background_fill_primary="var(--qb-sheet)",
        background_fill_primary_dark="var(--qb-sheet)",
        background_fill_secondary="var(--qb-ground)",
        background_fill_secondary_dark="var(--qb-ground)",
        border_color_primary="var(--qb-rule)",
        border_color_primary_dark="var(--qb-rule)",
        border_color_accent="var(--qb-accent)",
        border_color_accent_dark="var(--qb-accent)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_title_text_color="var(--qb-soft)",
        block_title_text_color_dark="var(--qb-soft)",
        block_label_text_color="var(--qb-soft)",
        block_label_text_color_dark="var(--qb-soft)",
        input_background_fill="var(--qb-sheet)",
        input_background_fill_dark="var(--qb-sheet)",
        input_border_color="var(--qb-edge)",
        input_border_color_dark="var(--qb-edge)",
        input_border_width="1px",
        input_border_color_focus="var(--qb-accent)",
        input_border_color_focus_dark="var(--qb-accent)",
        input_placeholder_color="var(--qb-soft)",
        input_placeholder_color_dark="var(--qb-soft)",
        button_primary_background_fill="var(--qb-strong)",
        button_primary_background_fill_dark="var(--qb-strong)",
        button_primary_background_fill_hover="var(--qb-strong-hover)",
        button_primary_background_fill_hover_dark="var(--qb-strong-hover)",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
        button_secondary_background_fill="var(--qb-sheet)",
        button_secondary_background_fill_dark="var(--qb-sheet)",
        button_secondary_border_color="var(--qb-edge)",
        button_secondary_border_color_dark="var(--qb-edge)",
        button_secondary_text_color="var(--qb-ink)",
        button_secondary_text_color_dark="var(--qb-ink)",
        button_border_width="1px",
        link_text_color="var(--qb-link)",
        link_text_color_dark="var(--qb-link)",
    )
