"""
The pages of docs/kinds, read: each kind with its sentence, its blocks of TOML and the examples that use it.

`python -m tests.kinds_pages` renews the tables of docs/kinds/README.md and examples/reglements/README.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from clae_rules.kinds import FAMILIES, KINDS

FOLDER: Final = Path(__file__).parents[1] / "docs" / "kinds"
EXAMPLES: Final = FOLDER.parents[1] / "examples" / "reglements"
#: How many examples of a kind the table names.
MOST: Final = 3
BASE: Final = FOLDER / "base.toml"
INDEX: Final = FOLDER / "README.md"
BEGIN: Final = "<!-- table : début -->"
END: Final = "<!-- table : fin -->"


@dataclass(frozen=True)
class Entry:
    """One kind, as its page tells it."""

    code: str
    label: str
    page: Path
    text: str

    @property
    def blocks(self) -> tuple[str, ...]:
        """Its blocks of TOML."""
        return tuple(re.findall(r"```toml\n(.*?)```", self.text, re.DOTALL))

    @property
    def sentences(self) -> tuple[tuple[str, str], ...]:
        """What a town publishes, and which one."""
        return tuple(re.findall(r"^> « (.+) » — (.+)$", self.text, re.MULTILINE))

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """The examples that use it: their name, and where they are from the page."""
        said = re.search(r"^Exemples? : (.+)$", self.text, re.MULTILINE)
        return tuple(re.findall(r"\[([^]]+)\]\(([^)]+)\)", said[1])) if said else ()

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that its blocks write, in order: `delai`, `modification`."""
        found = re.findall(r"^\[([a-z]+)", "\n".join(self.blocks), re.MULTILINE)
        kept = [one for one in found if one not in {"faits", "document"}]
        return tuple(dict.fromkeys(kept or found))

    @property
    def anchor(self) -> str:
        """Where it stands in its page, as GitHub and most readers name it."""
        title = f"{self.code} — {self.label}".lower()
        return "".join(c for c in title if c.isalnum() or c in " -_").replace(" ", "-")


def entries() -> tuple[Entry, ...]:
    """Every kind of every page, in order."""
    return tuple(entry for page in sorted(FOLDER.glob("?-*.md")) for entry in _of(page))


def _of(page: Path) -> Iterator[Entry]:
    for part in re.split(r"^### ", page.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        found = re.fullmatch(r"`([A-Z0-9-]+)` — (.+)", title)
        assert found is not None, title
        yield Entry(found[1], found[2], page, text)


def spliced(block: str) -> dict[str, Any]:
    """The base règlement with the tables of a block in place of its own of the same name, or beside them."""
    base = tomllib.loads(BASE.read_text("utf-8"), parse_float=Decimal)
    for section, table in tomllib.loads(block, parse_float=Decimal).items():
        base[section] = {**base.get(section, {}), **table}
    return base


def table() -> str:
    """The table of all kinds: what each is, what one writes, which example uses it."""
    lines = []
    known = {one.code: one for one in entries()}
    for letter, family in FAMILIES.items():
        lines += [
            "",
            f"### {letter}. {family}",
            "",
            "| genre | ce que c'est | ce qu'on écrit | exemple |",
            "|---|---|---|---|",
        ]
        lines += [_row(known[kind.code]) for kind in KINDS if kind.family == letter and kind.code in known]
    return "\n".join([*lines[1:], ""])


def declared(code: str) -> tuple[tuple[str, str], ...]:
    """The towns whose attendu.toml says where they write a kind: their name, and where they are from the index."""
    return tuple(
        (name, f"../../examples/reglements/{town}/reglement.toml")
        for town, (name, kinds) in towns().items()
        if code in kinds
    )


@cache
def towns() -> dict[str, tuple[str, frozenset[str]]]:
    """Each town of the examples, by folder: its name, and the kinds that it writes."""
    found = {}
    for path in sorted(EXAMPLES.glob("*/attendu.toml")):
        name = tomllib.loads(path.with_name("reglement.toml").read_text("utf-8"))["reglement"]["nom"]
        kinds = tomllib.loads(path.read_text("utf-8"))["genres"]
        found[path.parent.name] = (re.split(r", | \(", name)[0], frozenset(kinds))
    return found


def _row(entry: Entry) -> str:
    how = " ".join(f"`[{one}]`" for one in entry.sections)
    known = {path for _, path in entry.examples}
    more = [one for one in declared(entry.code) if one[1] not in known]
    shown = ", ".join(f"[{name}]({path})" for name, path in (*entry.examples, *more)[: max(MOST, len(entry.examples))])
    return f"| [`{entry.code}`]({entry.page.name}#{entry.anchor}) | {entry.label} | {how} | {shown} |"


def towns_table() -> str:
    """The towns of the examples, and the kinds that each writes."""
    lines = ["| commune | genres de règle |", "|---|---|"]
    pages = {one.code: f"../../docs/kinds/{one.page.name}#{one.anchor}" for one in entries()}
    for town, (name, kinds) in towns().items():
        shown = ", ".join(f"[`{one.code}`]({pages[one.code]})" for one in KINDS if one.code in kinds)
        lines.append(f"| [{name}]({town}/reglement.toml) | {shown} |")
    return "\n".join([*lines, ""])


def renewed(page: str, made: str) -> str:
    """A page with a table as the pages and the examples make it today."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{made}\n{END}{after}"


#: Each page with a table, and what makes it.
TABLES: Final = ((INDEX, table), (EXAMPLES / "README.md", towns_table))

if __name__ == "__main__":
    for page, made in TABLES:
        page.write_text(renewed(page.read_text("utf-8"), made()), "utf-8")
