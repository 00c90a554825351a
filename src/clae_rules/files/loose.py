"""Unknown codes in a file that has other faults too: so that one reading lists everything (S1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..described import Alternatives, Coded, ListOf, Plain, Record, Shape, TableOf, keys_of
from ..errors import Fault, Path
from ..references import unknown
from ..shapes import Either, Ref


def unknown_codes(shape: Record, plain: Plain) -> Iterator[Fault]:
    """
    The codes that a raw file refers to and does not define; whatever is malformed is passed over.

    Args:
        shape: How the whole file is written.
        plain: The file as plain data, not yet valid.
    """
    known = _defined(plain)
    for path, to, code in _references(shape, plain, ()):
        codes = {one for kind in to for one in known.get(kind, ())}
        if code not in codes:
            yield unknown(path, to, code, codes)


def _defined(plain: Plain) -> Mapping[str, set[str]]:
    """The codes that each section of a règlement defines."""
    sections = plain if isinstance(plain, dict) else {}
    known = {str(section): set(table) for section, table in sections.items() if isinstance(table, dict)}
    known["faits"] = known.get("faits", set()) | known.get("compte", set())
    known["jours.vacances"] = set(_table(_table(plain, "jours"), "vacances"))
    offered = [one for mode in _table(plain, "mode").values() for one in _rows(mode, "offre")]
    known["créneau"] = {str(one["code"]) for one in offered if isinstance(one, dict) and "code" in one}
    return known


def _table(plain: Plain, key: str) -> dict[str, Any]:
    found = plain.get(key) if isinstance(plain, dict) else None
    return found if isinstance(found, dict) else {}


def _rows(plain: Plain, key: str) -> list[Any]:
    found = plain.get(key) if isinstance(plain, dict) else None
    return found if isinstance(found, list) else []


def _references(shape: Shape, plain: Plain, path: Path) -> Iterator[tuple[Path, tuple[str, ...], str]]:
    if isinstance(shape, Ref):
        if isinstance(plain, str) and shape.read(plain, path, []) not in shape.words:
            yield path, shape.to, plain
    elif isinstance(shape, ListOf):
        rows = plain if isinstance(plain, list) else [plain] if shape.single else []
        for i, one in enumerate(rows):
            yield from _references(shape.item, one, (*path, i) if isinstance(plain, list) else path)
    elif isinstance(shape, Either):
        chosen = shape.text if isinstance(plain, str) else shape.rows if isinstance(plain, list) else shape.table
        if chosen is not None:
            yield from _references(chosen, plain, path)
    elif isinstance(plain, dict):
        yield from _inside(shape, plain, path)


def _inside(shape: Shape, plain: dict[str, Any], path: Path) -> Iterator[tuple[Path, tuple[str, ...], str]]:
    if isinstance(shape, Alternatives):
        for verb, cls in shape.verbs().items():
            if verb in plain:
                yield from _inside(Record(cls), plain, path)
    else:
        for key, inner, value in _entries(shape, plain):
            yield from _references(inner, value, (*path, key))


def _entries(shape: Shape, plain: dict[str, Any]) -> Iterator[tuple[str, Shape, Plain]]:
    """Each key of a table with the shape of what stands under it, and of the key itself where it is a code."""
    if isinstance(shape, Record):
        for _, key in keys_of(shape.cls):
            if key.name in plain:
                yield key.name, key.shape, plain[key.name]
    elif isinstance(shape, Coded | TableOf):
        for code, one in plain.items():
            yield code, shape.code, code
            yield code, shape.item, one
