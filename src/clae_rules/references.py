"""The codes that a described value refers to, with their place in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from .described import ListOf, Record, Shape, TableOf, leaves
from .errors import Fault, Path, meant
from .shapes import Either, Ref

_UNKNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "faits": "fait inconnu",
        "periode": "période inconnue",
        "formule": "formule inconnue",
        "grille": "grille inconnue",
        "capacite": "capacité inconnue",
        "regle": "règle inconnue",
    }
)


def unknown(where: Path, to: tuple[str, ...], code: str, known: Iterable[str]) -> Fault:
    """A code that nothing bears, with the nearest one or the list."""
    fr, en = meant(code, known)
    said = _UNKNOWN.get(to[0], f"{to[0]} inconnu") if len(to) == 1 else f"{' ou '.join(to)} inconnu"
    return Fault(where, f"{said} : « {code} » ; {fr}", f"unknown {to[0]}: « {code} »; {en}")


def references(shape: Shape, value: Any, path: Path) -> Iterator[tuple[Path, tuple[str, ...], str]]:
    """Every code that a field refers to, with its path and the sections where it may stand."""
    if isinstance(shape, Ref) and isinstance(value, str):
        yield from [(path, shape.to, value)] if value and value not in shape.words else ()
    elif isinstance(shape, ListOf) and isinstance(value, tuple):
        for i, one in enumerate(value):
            yield from references(shape.item, one, path if shape.single and len(value) == 1 else (*path, i))
    elif isinstance(shape, TableOf) and isinstance(value, tuple):
        for code, one in value:
            here = (*path, shape.code.write(code))
            yield from references(shape.code, code, here)
            yield from references(shape.item, one, here)
    elif isinstance(shape, Either):
        inner = shape.text if isinstance(value, str) else shape.rows if isinstance(value, tuple) else shape.table
        if inner is not None:
            yield from references(inner, value, path)
    elif isinstance(shape, Record) and isinstance(value, shape.cls):
        for where, key, one in leaves(value, path):
            yield from references(key.shape, one, where)
