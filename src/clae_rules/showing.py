"""One way to show an answer: a heading and titled tables, as plain text, as HTML, and richly in a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Final, Protocol

from .errors import Lang

Cell = str | int
#: How many rows of a table a text shows before it counts the others.
MOST_SHOWN: Final = 200
#: The level of a heading among those of a notebook, whose own are larger.
IN_A_NOTEBOOK: Final = 3


def said(state: Enum, lang: Lang) -> str:
    """A state in words: its French value, or its name in English."""
    return str(state.value) if lang == "fr" else state.name.lower().replace("_", " ")


class Printer(Protocol):
    """What a notebook hands to an answer that prints itself."""

    def text(self, obj: str) -> None:
        """Print some text."""


@dataclass(frozen=True, slots=True)
class Section:
    """
    A titled table; a notebook shows it as one.

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

    def _repr_html_(self) -> str:
        return section_html(self, IN_A_NOTEBOOK)

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        del cycle
        printer.text("\n".join(section_lines(self, "fr")))


class Shown(Protocol):
    """Whatever can be shown as a page of tables."""

    def heading(self, lang: Lang = "fr") -> str:
        """The title of the page."""

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """Its tables, in reading order."""


class Displayed:
    """An answer that a notebook shows as a page of tables, everything escaped."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # a notebook takes the nearer of the two, and every dataclass has a repr of its own
        type.__setattr__(cls, "_repr_pretty_", Displayed._repr_pretty_)

    def heading(self, lang: Lang = "fr") -> str:
        """The title of the page."""
        raise NotImplementedError

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """Its tables, in reading order."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return body(self, "fr", IN_A_NOTEBOOK)

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        del cycle
        printer.text(text(self))


def text(shown: Shown, lang: Lang = "fr") -> str:
    """A page as plain text: each table with its columns aligned."""
    parts = ["\n".join(section_lines(one, lang)) for one in shown.sections(lang)]
    return "\n\n".join([shown.heading(lang), *parts])


def section_lines(section: Section, lang: Lang) -> Iterator[str]:
    """A table as lines, its columns aligned."""
    if section.title:
        yield section.title
    if section.note:
        yield f"  {section.note}"
    rows = [tuple(map(str, row)) for row in section.rows[:MOST_SHOWN]]
    table = [section.columns, *rows] if section.columns and rows else rows
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))] if table else []
    for row in table:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    left = len(section.rows) - MOST_SHOWN
    if left > 0:
        yield f"  … {left} {'autres lignes' if lang == 'fr' else 'more rows'}"


def body(shown: Shown, lang: Lang = "fr", level: int = 1) -> str:
    """The inside of a page, its title a heading of some level, to stand in another document or a notebook."""
    title = f"<h{level}>{escape(shown.heading(lang))}</h{level}>"
    return "\n".join([title, *(section_html(one, level + 1) for one in shown.sections(lang))])


def section_html(one: Section, level: int) -> str:
    """A table as HTML, its title a heading of some level."""
    parts = ["<section>"]
    if one.title:
        parts.append(f"<h{level}>{escape(one.title)}</h{level}>")
    if one.drawing:
        parts.append(one.drawing)
    if one.rows:
        names = "".join(f'<th scope="col" {_LEFT}>{escape(name)}</th>' for name in one.columns)
        head = f"<thead><tr>{names}</tr></thead>" if any(one.columns) else ""
        rows = "\n".join(f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in one.rows)
        caption = f"<caption {_LEFT}>{escape(one.note)}</caption>" if one.note else ""
        parts.append(f"<table>{caption}{head}\n<tbody>\n{rows}\n</tbody></table>")
    elif one.note:
        parts.append(f"<p>{escape(one.note)}</p>")
    return "\n".join([*parts, "</section>"])


#: An amount stands to the right, as a number does.
_AMOUNT: Final = re.compile(r"[+-]?[\d\s]+,\d\d\s€")
#: Said of each cell: a notebook's own style would set words to the right.
_LEFT: Final = 'style="text-align:left"'


def _html_cell(cell: Cell) -> str:
    if isinstance(cell, int) or _AMOUNT.fullmatch(cell):
        return f'<td style="text-align:right">{cell}</td>'
    return f"<td {_LEFT}>{escape(cell)}</td>"
