"""The JSON Schemas of the three files, made from the one description of each field."""

from __future__ import annotations

from typing import Any

from ..described import Alternatives, Record, Shape, keys_of
from ..reglement import REGLEMENT
from .demandes import DEMANDE
from .releves import RELEVE


def reglement_schema() -> dict[str, Any]:
    """The schema of a règlement file (draft 2020-12)."""
    return headed("Règlement clae_rules, format 1", REGLEMENT)


def demande_schema() -> dict[str, Any]:
    """The schema of a demande file (draft 2020-12)."""
    return headed("Demande clae_rules, format 1", DEMANDE)


def releve_schema() -> dict[str, Any]:
    """The schema of a relevé file (draft 2020-12)."""
    return headed("Relevé clae_rules, format 1", RELEVE)


def headed(title: str, root: Record) -> dict[str, Any]:
    """The schema of a described value, with its title and the definitions that it refers to."""
    definitions: dict[str, Any] = {}
    _collect(root, definitions)
    own = definitions.pop(root.cls.__name__)
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": title, **own, "$defs": dict(sorted(definitions.items()))}


def _collect(shape: Shape, definitions: dict[str, Any]) -> None:
    """The definitions of every record that a shape can hold, by class name."""
    if isinstance(shape, Record):
        if shape.cls.__name__ not in definitions:
            definitions[shape.cls.__name__] = shape.definition()
            for _, key in keys_of(shape.cls):
                _collect(key.shape, definitions)
    elif isinstance(shape, Alternatives):
        for cls in shape.classes:
            _collect(Record(cls), definitions)
    else:
        for inner in vars_of(shape):
            _collect(inner, definitions)


def vars_of(shape: Shape) -> list[Shape]:
    """The shapes of which a shape is made."""
    names = [name for cls in type(shape).__mro__ for name in getattr(cls, "__slots__", ())]
    return [inner for name in names if isinstance(inner := getattr(shape, name), Shape)]
