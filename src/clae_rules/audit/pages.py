"""One way to show any answer of an audit: titled tables, as text, HTML, CSV or a frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from ..errors import ClaeRulesError, Lang
from ..showing import Cell, Displayed, Section, Shown, body, text

__all__ = ["FORMULA", "Cell", "Page", "Section", "Shown", "body", "frame", "html", "table_csv", "text"]

#: A spreadsheet would read a cell that begins so as a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Page(Displayed):
    """What every answer of an audit can do beside what it holds: be shown, richly in a notebook."""

    __slots__ = ()

    def text(self, lang: Lang = "fr") -> str:
        """The page as plain text."""
        return text(self, lang)

    def html(self, lang: Lang = "fr") -> str:
        """The page as one HTML document, without scripts, everything escaped."""
        return html(self, lang)

    def csv(self, lang: Lang = "fr", section: int = -1) -> str:
        """One of its tables as CSV, the last unless told."""
        return table_csv(self.sections(lang)[section])

    def frame(self, lang: Lang = "fr", section: int = -1) -> Any:
        """One of its tables as a frame of polars, or else of pandas; see `frame`."""
        return frame(self.sections(lang)[section])


_STYLE: Final = (
    "body{font-family:system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;line-height:1.4}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}"
    "th,td{border:1px solid #888;padding:.25rem .6rem;text-align:left;vertical-align:top}"
    "th{background:#eee}caption{text-align:left;font-style:italic;padding:.25rem 0}"
)


def html(shown: Shown, lang: Lang = "fr") -> str:
    """A page as one HTML document: no script, no outside resource, readable without colour, everything escaped."""
    title = escape(shown.heading(lang))
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body(shown, lang)}\n</body>\n</html>\n"
    )


def table_csv(section: Section) -> str:
    """A table as CSV (comma, quotes where needed, CRLF); what a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(map(_plain_cell, section.columns))
    writer.writerows([*map(_plain_cell, row)] for row in section.rows)
    return out.getvalue()


def _plain_cell(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def frame(section: Section) -> Any:
    """
    A table as a frame: of polars where it is installed, else of pandas.

    Raises:
        ClaeRulesError: If neither is installed, with what to install.
    """
    columns: dict[str, Sequence[Cell]] = {
        name: [row[i] for row in section.rows] for i, name in enumerate(section.columns)
    }
    from importlib import import_module
    from importlib.util import find_spec

    for name in ("polars", "pandas"):
        if find_spec(name) is not None:
            return import_module(name).DataFrame(columns)
    raise ClaeRulesError("frame : il faut polars ou pandas ; pip install polars")
