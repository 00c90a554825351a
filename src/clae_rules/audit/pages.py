"""One way to show any answer of an audit: titled tables, as text, HTML, CSV or a frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final, Protocol

from ..errors import ClaeRulesError, Lang

Cell = str | int
#: How many rows of a table a text shows before it counts the others.
MOST_SHOWN: Final = 200
#: A spreadsheet would read a cell that begins so as a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Section:
    """
    A titled table.

    Args:
        title: Its heading.
        columns: The headings of its columns.
        rows: Its cells, row by row, as many as there are columns.
        note: A sentence below the heading.
        drawing: An SVG above the table, complete and without script; empty for none.
    """

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    note: str = ""
    drawing: str = ""


class Shown(Protocol):
    """Whatever can be shown as a page of tables."""

    def heading(self, lang: Lang = "fr") -> str:
        """The title of the page."""

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """Its tables, in reading order."""


class Page:
    """What every answer of an audit can do beside what it holds: be shown, richly in a notebook."""

    __slots__ = ()

    def heading(self, lang: Lang = "fr") -> str:
        """The title of the page."""
        raise NotImplementedError

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """Its tables, in reading order."""
        raise NotImplementedError

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

    def _repr_html_(self) -> str:
        return body(self, "fr")


def text(shown: Shown, lang: Lang = "fr") -> str:
    """A page as plain text: each table with its columns aligned."""
    return "\n".join(_text_lines(shown, lang))


def _text_lines(shown: Shown, lang: Lang) -> Iterator[str]:
    yield shown.heading(lang)
    for one in shown.sections(lang):
        yield ""
        yield one.title
        if one.note:
            yield f"  {one.note}"
        yield from _aligned(one, lang)


def _aligned(section: Section, lang: Lang) -> Iterator[str]:
    rows = [tuple(map(str, row)) for row in section.rows[:MOST_SHOWN]]
    table = [section.columns, *rows] if section.columns and rows else rows
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))] if table else []
    for row in table:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    left = len(section.rows) - MOST_SHOWN
    if left > 0:
        yield f"  … {left} {'autres lignes' if lang == 'fr' else 'more rows'}"


_STYLE: Final = (
    "body{font-family:system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;line-height:1.4}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}"
    "th,td{border:1px solid #888;padding:.25rem .6rem;text-align:left;vertical-align:top}"
    "th{background:#eee}td.n{text-align:right}caption{text-align:left;font-style:italic;padding:.25rem 0}"
)


def html(shown: Shown, lang: Lang = "fr") -> str:
    """A page as one HTML document: no script, no outside resource, readable without colour, everything escaped."""
    title = escape(shown.heading(lang))
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body(shown, lang)}\n</body>\n</html>\n"
    )


def body(shown: Shown, lang: Lang = "fr") -> str:
    """The inside of a page, to stand in another document or a notebook."""
    return "\n".join([f"<h1>{escape(shown.heading(lang))}</h1>", *map(_html_section, shown.sections(lang))])


def _html_section(one: Section) -> str:
    parts = [f"<section>\n<h2>{escape(one.title)}</h2>"]
    if one.drawing:
        parts.append(one.drawing)
    if one.rows:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in one.columns)
        rows = "\n".join(f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in one.rows)
        caption = f"<caption>{escape(one.note)}</caption>" if one.note else ""
        parts.append(f"<table>{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>")
    elif one.note:
        parts.append(f"<p>{escape(one.note)}</p>")
    return "\n".join([*parts, "</section>"])


def _html_cell(cell: Cell) -> str:
    return f'<td class="n">{cell}</td>' if isinstance(cell, int) else f"<td>{escape(cell)}</td>"


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
