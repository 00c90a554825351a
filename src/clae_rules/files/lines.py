"""TOML text read with the line of everything in it, and its faults told in one French line each."""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from clae_rules.errors import Path
from clae_rules.files.toml_faults import TomlSyntaxError, diagnose, invisible, too_deep, unusable_number
from clae_rules.files.toml_scan import Mark, Scan

__all__ = ["TomlSyntaxError", "line_map", "line_of", "read_toml"]

MAX_DEPTH: Final = 20  # a règlement needs seven; what is deeper costs memory and helps no one

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # nowhere legal, comments included
_MANY_DOTS = re.compile(rf"^(?:[^.\n]*+\.){{{MAX_DEPTH}}}", re.MULTILINE)
_ORDINARY_FLOAT = re.compile(r"[-+]?[0-9_]{1,20}(?:\.[0-9_]{1,20})?(?:[eE][-+]?[0-9]{1,2})?")
_ENDLESS_INTEGER = re.compile(r"[-+]?[0-9_]{600}")
_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)\s*\Z")


def line_map(text: str) -> dict[Path, int]:
    r"""
    Say on which line each header, key and array element begins.

    A table that is both implied and opened by its own header stands on the line of that header; a table
    that is only implied (by `[a.b]` or `a.b = 1`) stands on the first line that implies it.

    Args:
        text: What `tomllib.loads` accepted; on other text the map stops at the first fault.

    Returns:
        1-based lines by path, a path being the keys and indices that lead to a value in the parsed data.

    >>> line_map('[jours]\nferies = [\n  2021-11-01,\n]\n')
    {('jours',): 1, ('jours', 'feries'): 2, ('jours', 'feries', 0): 3}
    """
    src = _plain(text)
    lines: dict[Path, int] = {}
    line, counted = 1, 0
    for mark in Scan(src).marks():
        line += src.count("\n", counted, mark.at)
        counted = mark.at
        if mark.kind == "table":
            lines[mark.path] = line
        else:
            lines.setdefault(mark.path, line)
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """
    Give the line of the longest known prefix of *path*, itself included; None when none is known.

    >>> line_of({('jours',): 1}, ('jours', 'du'))
    1
    """
    return next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)


def read_toml(text: str) -> dict[str, object]:
    """
    Parse TOML text, decimals as `Decimal`; a byte order mark at its head is let through.

    Stricter than TOML in two ways: a number must be finite and of ordinary size (integers of 64 bits,
    twenty digits either side of the point), and nothing lies deeper than `MAX_DEPTH` levels.

    Raises:
        TomlSyntaxError: With the line, the column, what is wrong and the way out.

    >>> read_toml('prix = 0.25')
    {'prix': Decimal('0.25')}
    >>> read_toml('prix = 0,25')  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    clae_rules...TomlSyntaxError: ligne 1 : « 0,25 » porte une virgule ; écrivez 0.25 avec un point
    """
    src = _plain(text)
    if found := _FORBIDDEN.search(src):
        raise invisible(src, found.start())
    # tomllib takes quadratic time over a key of many parts: such a key is refused before it sees it
    if _MANY_DOTS.search(src) and (deep := _first_deep(src)):
        raise too_deep(src, deep)
    try:
        data = tomllib.loads(src, parse_float=_decimal)
    except RecursionError as error:
        deep = _first_deep(src)
        if deep is None:  # the caller's own stack is full: the text is not at fault
            raise
        raise too_deep(src, deep) from error
    except tomllib.TOMLDecodeError as error:
        raise diagnose(src, _offset(src, str(error))) from error
    except ValueError as error:  # an integer longer than Python agrees to convert
        raise unusable_number(src, _endless_integer(src)) from error
    _refuse_values(src, data)
    return data


def _plain(text: str) -> str:
    """Drop a byte order mark and carriage returns, as offsets are counted without them."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _decimal(literal: str) -> Decimal:
    """Read a float exactly, or as NaN when it is infinite or of absurd size."""
    return Decimal(literal if _ORDINARY_FLOAT.fullmatch(literal) else "nan")


def _offset(src: str, message: str) -> int:
    """Turn the position that ends a tomllib message into an offset; without one, the end of the text."""
    position = _POSITION.search(message)
    if position is None:
        return len(src)
    line, column = map(int, position.groups())
    start = 0
    for _ in range(line - 1):
        start = src.index("\n", start) + 1
    return start + column - 1


def _first_deep(src: str) -> Mark | None:
    """Find the first thing that lies too deep, without building any longer path."""
    return next((mark for mark in Scan(src).marks() if len(mark.path) > MAX_DEPTH), None)


def _endless_integer(src: str) -> Mark:
    """Find the integer that Python refused to convert."""
    return next(
        mark for mark in Scan(src).marks() if mark.value_at is not None and _ENDLESS_INTEGER.match(src, mark.value_at)
    )


def _refuse_values(src: str, data: dict[str, object]) -> None:
    """
    Refuse a number nobody can use, and values that lie too deep, in accepted text.

    Raises:
        TomlSyntaxError: For the first value at fault, shallowest first.
    """
    level: list[tuple[Path, object]] = [((), data)]
    while level:
        deeper: list[tuple[Path, object]] = []
        for path, holder in level:
            for key, value in _items(holder):
                if isinstance(value, (dict, list)):
                    deeper.append(((*path, key), value))
                elif _is_unusable(value):
                    raise unusable_number(src, _mark_of(src, (*path, key)))
        if deeper and len(deeper[0][0]) > MAX_DEPTH:
            raise too_deep(src, _mark_of(src, deeper[0][0]))
        level = deeper


def _items(holder: object) -> list[tuple[str | int, object]]:
    """Pair what a table or an array holds with its keys or indices."""
    if isinstance(holder, dict):
        return list(holder.items())
    return list(enumerate(holder)) if isinstance(holder, list) else []


def _is_unusable(value: object) -> bool:
    """Tell NaN, and integers beyond the 64 bits that TOML promises."""
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def _mark_of(src: str, path: Path) -> Mark:
    """Find where *path* begins in accepted text."""
    return next(mark for mark in Scan(src).marks() if mark.path == path)
