"""How a file gives facts: a value, or dated values, which may hold one week in so many."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, Final

from ..described import REFUSED, Faults, Key, ListOf, Plain, Record, Shape, is_day
from ..errors import Path
from ..facts import Dated, Facts
from ..shapes import Day, Text, Whole, exact, plain_number


@dataclass(frozen=True, slots=True)
class ValueShape(Shape):
    """The value of a fact: a word, true or false, a number, a birth date."""

    def expects(self) -> tuple[str, str]:
        return "un mot, true ou false, un nombre ou une date", "a word, true or false, a number or a date"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if isinstance(raw, bool) or is_day(raw):
            return raw
        if (number := exact(raw)) is not None:
            return number
        if isinstance(raw, str) and (day := Day().read(raw, path, [])) is not REFUSED:
            return day
        return raw if isinstance(raw, str) and 1 <= len(raw) <= 60 else self.refuse(raw, path, faults)

    def write(self, value: Any) -> Plain:
        if isinstance(value, bool | str):
            return value
        return value.isoformat() if is_day(value) else plain_number(value)

    def schema(self) -> dict[str, Plain]:
        return {"type": ["string", "number", "boolean"]}


VALUE: Final = ValueShape()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedFile:
    """A value in force between two days, both included."""

    value: Annotated[Any, Key("valeur", VALUE, "La valeur.", "650")]
    first_day: Annotated[date | None, Key("du", Day(), "Premier jour, compris.")] = None
    last_day: Annotated[date | None, Key("au", Day(), "Dernier jour, compris.")] = None
    every_weeks: Annotated[
        int, Key("une_sur", Whole(1, 52), "Une semaine sur tant, comptée depuis « du » : la garde alternée.", "2")
    ] = 1
    missing: Annotated[
        tuple[str, ...],
        Key(
            "manque", ListOf(Text(120), True), "Ce qui manque, par son nom : un accès fermé le dit.", '["vaccinations"]'
        ),
    ] = ()

    def __post_init__(self) -> None:
        Dated(self.value, self.first_day, self.last_day, self.every_weeks)


DATED: Final = Record(DatedFile)


@dataclass(frozen=True, slots=True)
class FactsShape(Shape):
    """Facts by code: a value, or dated values [{valeur, du, au}]; an age is given by the birth date."""

    dated: Shape = DATED

    def expects(self) -> tuple[str, str]:
        return "des faits : quotient = 650, pai = false", "facts: quotient = 650, pai = false"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, dict):
            return self.refuse(raw, path, faults)
        pairs = [(code, self._values(one, (*path, code), faults)) for code, one in raw.items()]
        return REFUSED if any(one is REFUSED for _, one in pairs) else Facts(tuple(sorted(pairs)))

    def _values(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, list):
            value = VALUE.read(raw, path, faults)
            return REFUSED if value is REFUSED else (Dated(value),)
        found = [self.dated.read(one, (*path, i), faults) for i, one in enumerate(raw)]
        if not found:
            return self.refuse(raw, path, faults)
        return (
            REFUSED
            if any(one is REFUSED for one in found)
            else tuple(Dated(o.value, o.first_day, o.last_day, o.every_weeks, o.missing) for o in found)
        )

    def write(self, value: Any) -> Plain:
        return {code: self._written(values) for code, values in value.values}

    def _written(self, values: tuple[Dated, ...]) -> Plain:
        if values == (Dated(values[0].value),):
            return VALUE.write(values[0].value)
        return [
            self.dated.write(DatedFile(**{one.name: getattr(value, one.name) for one in fields(DatedFile)}))
            for value in values
        ]

    def schema(self) -> dict[str, Plain]:
        one = VALUE.schema()
        return {
            "type": "object",
            "additionalProperties": {"anyOf": [one, {"type": "array", "items": self.dated.schema()}]},
        }
