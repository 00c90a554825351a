"""Where things stand in a record, by the keys of its form: « moi.coordonnees.telephone »."""

from __future__ import annotations

from types import UnionType
from typing import Any, Union, get_args, get_origin

from ._records import Record, fields_of, key_of


def part_of(annotation: Any) -> type[Record] | None:
    """The record that a field holds, or may hold, as its annotation says; None where it holds none."""
    choices = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
    return next((one for one in choices if isinstance(one, type) and issubclass(one, Record)), None)


def leaf_keys(cls: type[Record]) -> tuple[str, ...]:
    """The paths of everything in a record that holds no other record; a list is one thing."""
    found: list[str] = []
    for one in fields_of(cls):
        part = part_of(one.type)
        found += [f"{key_of(one)}.{inner}" for inner in leaf_keys(part)] if part else [key_of(one)]
    return tuple(found)


def leaf_values(cls: type[Record], value: Record | None) -> dict[str, Any]:
    """What stands at each path of `leaf_keys`; None all along a record that is not there."""
    found: dict[str, Any] = {}
    for one in fields_of(cls):
        part, given = part_of(one.type), None if value is None else getattr(value, one.name)
        inner = leaf_values(part, given) if part else {"": given}
        found |= {f"{key_of(one)}.{key}" if key else key_of(one): held for key, held in inner.items()}
    return found
