"""One forward pass over TOML text that tells where each header, key and array element begins."""

import re
import tomllib
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from clae_rules.errors import Path

__all__ = ["Mark", "Scan"]

Kind: TypeAlias = Literal["implied", "table", "array", "item", "part", "key", "element"]
State: TypeAlias = Literal["header", "key", "value", "after"]

_GAP: Final = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
_BLANKS: Final = re.compile(r"[ \t]*+")
_LINE_END: Final = re.compile(r"[ \t]*+(?:#[^\n]*+)?+\n")
_EQUALS: Final = re.compile(r"=")
_BRACKET: Final = re.compile(r"\]")
_BRACKETS: Final = re.compile(r"\]\]")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]++")
_BARE_VALUE: Final = re.compile(r"[^,\]}#\n]++")  # numbers, booleans, dates: none holds a separator
_STRING: Final = re.compile(
    r'''"""(?:[^"\\]++|\\[\s\S]|""?(?!"))*+"{3,5}'''
    r"""|'''(?:[^']++|''?(?!'))*+'{3,5}"""
    r'''|"(?!"")(?:[^"\\\n]++|\\[^\n])*+"'''
    r"""|'(?!'')[^'\n]*+'"""
)


class Mark(NamedTuple):
    """
    One thing that begins in the text.

    `implied` is a table named on the way to a header's own, `part` one on the way to a dotted key;
    `array` and `item` are what `[[x]]` adds to and what it adds; `element` stands in `[...]`.
    """

    path: Path
    at: int  # offset of its first character
    kind: Kind
    value_at: int | None = None  # offset of the value, for a key or an element


@dataclass(slots=True)
class Opened:
    """A `[` or `{` that waits for its end."""

    path: Path
    at: int
    is_array: bool
    count: int = 0  # elements begun so far


class _UnreadableError(Exception):
    """The text stops, or stops being TOML."""


class Scan:
    r"""
    A pass over text without `\r\n`, linear, without recursion, and more lenient than tomllib.

    It stops in silence where the text ends or makes no sense: never before tomllib would. What it was
    reading then is left in its attributes.

    Attributes:
        state: What was being read: a header, a key up to its `=`, a value, or what follows a value.
        since: Offset where that thing, or the value that was followed, begins.
        value_at: Offset of the last value begun.
        string_at: Offset of the quote of a string that has no end; None when none is open.
        opened: The arrays and inline tables that are not closed, outermost first.
    """

    def __init__(self, src: str) -> None:
        self.state: State = "key"
        self.since = 0
        self.value_at = 0
        self.string_at: int | None = None
        self.opened: list[Opened] = []
        self._src = src
        self._pos = 0
        self._table: Path = ()
        self._last_index: dict[Path, int] = {}  # of each array of tables

    def marks(self) -> Iterator[Mark]:
        """Yield each thing in the order of the text; to be called once."""
        with suppress(_UnreadableError):
            while self._begin("key") < len(self._src):
                if self._sees("["):
                    yield from self._header()
                else:
                    yield from self._values((yield from self._key(self._table)))
                self._take(_LINE_END)

    def _header(self) -> Iterator[Mark]:
        self.state = "header"
        is_array = self._sees("[[")
        self._pos += 2 if is_array else 1
        *parents, (name, at) = self._names()
        path: Path = ()
        for parent, parent_at in parents:
            path = (*path, parent)
            yield Mark(path, parent_at, "implied")
            if path in self._last_index:
                path = (*path, self._last_index[path])
        path = (*path, name)
        if is_array:
            yield Mark(path, at, "array")
            index = self._last_index[path] = self._last_index.get(path, -1) + 1
            path = (*path, index)
        yield Mark(path, at, "item" if is_array else "table")
        self._table = path
        self._take(_BRACKETS if is_array else _BRACKET)
        self.state = "after"

    def _key(self, table: Path) -> Generator[Mark, None, Path]:
        """Read a key and its `=`; return the path of the value that comes."""
        self._begin("key")
        *parents, (name, at) = self._names()
        self._take(_EQUALS)
        value_at = self._begin("value")
        path = table
        for parent, parent_at in parents:
            path = (*path, parent)
            yield Mark(path, parent_at, "part")
        path = (*path, name)
        yield Mark(path, at, "key", value_at)
        return path

    def _names(self) -> list[tuple[str, int]]:
        """Read the parts of a key, each with its offset."""
        names = []
        while True:
            self._take(_BLANKS)
            at = self._pos
            names.append((_unquoted(self._word(_BARE_KEY)), at))
            self._take(_BLANKS)
            if not self._sees("."):
                return names
            self._pos += 1

    def _values(self, path: Path) -> Iterator[Mark]:
        """Read the value of *path* and all that it holds."""
        while True:
            self.value_at = self._begin("value")
            if self._sees("[", "{"):
                self.opened.append(Opened(path, self._pos, self._sees("[")))
                self._begin_item()
            else:
                self._word(_BARE_VALUE)
                self.state = "after"
            if not self._awaits_item():
                return
            holder = self.opened[-1]
            if holder.is_array:
                path = (*holder.path, holder.count)
                holder.count += 1
                yield Mark(path, self._pos, "element", self._pos)
            else:
                path = yield from self._key(holder.path)

    def _awaits_item(self) -> bool:
        """Close what closes here, and say whether an array or a table then goes on."""
        while self.opened:
            self._take(_GAP)
            if self._sees(","):
                self._begin_item()
            if self._sees("]", "}"):
                self.since = self.opened.pop().at
                self.state = "after"
                self._pos += 1
            elif self._pos < len(self._src):
                return True
            else:
                raise _UnreadableError
        return False

    def _begin_item(self) -> None:
        """Step over a bracket or a comma, to the item that comes."""
        self._pos += 1
        self._begin("value" if self.opened[-1].is_array else "key")

    def _begin(self, state: State) -> int:
        """Skip blanks, lines and comments, and note what is now read."""
        self._take(_GAP)
        self.state = state
        self.since = self._pos
        return self._pos

    def _word(self, bare: re.Pattern[str]) -> str:
        """Read a string, or what *bare* allows."""
        if not self._sees('"', "'"):
            return self._take(bare)
        self.string_at = self._pos
        word = self._take(_STRING)
        self.string_at = None
        return word

    def _sees(self, *starts: str) -> bool:
        return self._src.startswith(starts, self._pos)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._src, self._pos)
        if found is None:
            raise _UnreadableError
        self._pos = found.end()
        return found[0]


def _unquoted(name: str) -> str:
    """Give the key that a bare or quoted name stands for."""
    if name[0] == '"' and "\\" in name:
        with suppress(tomllib.TOMLDecodeError):  # a wrong escape is told by tomllib, when its turn comes
            return str(tomllib.loads(f"name = {name}")["name"])
    return name[1:-1] if name[0] in "\"'" else name
