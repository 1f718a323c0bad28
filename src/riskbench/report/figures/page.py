"""A figure on a page: its title, the drawing with its alt text, and its data one click away."""

import base64
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from riskbench.core.words import count_rows
from riskbench.report.figures.canvas import svg
from riskbench.report.prose import evidence_sign
from riskbench.report.tables import html_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST_PRINTED = 12  # rows; a longer table behind a figure stays folded on paper


def figure_html(
    figure: "Figure",
    alt: str,
    data: pd.DataFrame,
    caption: str,
    *,
    formats: Mapping[str, str] | None = None,
    evidence: str = "",
) -> str:
    """`<figure>` with its title, the drawing, and the data table one click away. Equal figures give equal bytes.

    `alt` says what the drawing shows to someone who cannot see it; it must not be empty. `formats` and `evidence`: see
    `html_table`.
    """
    table = html_table(data, "The data behind this figure", formats=formats or {})
    fold = "data long" if len(data) > LONGEST_PRINTED else "data"
    title = escape(caption, quote=False) + (evidence_sign(evidence) if evidence else "")
    return (
        f'<figure class="drawing"><figcaption>{title}</figcaption>{_image(figure, alt)}'
        f'<details class="{fold}"><summary>Data, {count_rows(len(data))}</summary>{table}</details></figure>'
    )


def picture_html(figure: "Figure", alt: str) -> str:
    """`<figure>` with the drawing alone, for one whose data stand beside it."""
    return f'<figure class="drawing">{_image(figure, alt)}</figure>'


def _image(figure: "Figure", alt: str) -> str:
    if not alt.strip():
        raise ValueError("a figure needs an alt text that says what it shows, got an empty one")
    picture = base64.b64encode(svg(figure).encode()).decode()
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    return f'<img alt="{escape(alt)}" width="{width}" height="{height}" src="data:image/svg+xml;base64,{picture}">'
