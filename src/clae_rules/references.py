"""The codes that a described value refers to, with their place in a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .described import ListOf, Record, Shape, TableOf, leaves
from .errors import Path
from .shapes import Either, Ref


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
