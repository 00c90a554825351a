"""
One description of each field, from which reading, messages, schema and reference follow.

A described value is a frozen dataclass whose fields are annotated `Annotated[type, Key(...)]`. The key says
how the field is called in a file, and its shape says how it is written there. Everything that touches a file
walks these.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Protocol,
    TypeGuard,
    get_args,
    get_origin,
    get_type_hints,
)

from .errors import Fault, InvalidValueError, Path, meant

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What a shape returns in place of a value that it refused; the fault is already in the list.
REFUSED: Final = object()
Plain = Any
Faults = list[Fault]


@dataclass(frozen=True, slots=True)
class Key:
    """
    How one field is written in a file.

    Args:
        name: The French key; empty when the value is the table's own header.
        shape: How its value is written.
        doc: One sentence for the reference page and for editors, in French.
        example: A value as written in TOML.
    """

    name: str
    shape: Shape
    doc: str
    example: str = ""


class Shape:
    """How a value is written in a file: read it, write it back, describe it to an editor."""

    __slots__ = ()

    def expects(self) -> tuple[str, str]:
        """What is expected, French then English, as it stands after « il faut » and "expected"."""
        raise NotImplementedError

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        """The value that *raw* stands for, or `REFUSED` with the reason added to *faults*."""
        raise NotImplementedError

    def write(self, value: Any) -> Plain:
        """The plain form (JSON types) from which `read` gives the same value back."""
        return value

    def schema(self) -> dict[str, Plain]:
        """A JSON Schema (draft 2020-12) of the plain form."""
        raise NotImplementedError

    def chosen(self, value: Any) -> Shape:
        """The shape that *value* has, where this one is a choice of several; else this one."""
        del value
        return self

    def refuse(self, raw: Plain, path: Path, faults: Faults, why: tuple[str, str] | None = None) -> object:
        """Add « lu …; il faut … » to *faults*."""
        fr, en = why or self.expects()
        faults.append(Fault(path, f"lu {quoted(raw)} ; il faut {fr}", f"got {quoted(raw)}; expected {en}"))
        return REFUSED


def quoted(raw: Plain) -> str:
    """
    A value as a message shows it: the user's own word, short, on one line.

    >>> quoted(True), quoted({"a": 1})
    ('« true »', '« une table »')
    """
    text = "une table" if isinstance(raw, dict) else "une liste" if isinstance(raw, list) else str(raw)
    text = " ".join((text.lower() if isinstance(raw, bool) else text).split())
    text = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text[:61])
    return f"« {text[:60]}{'…' if len(text) > 60 else ''} »"


@dataclass(frozen=True, slots=True)
class ListOf(Shape):
    """A list; where *single* is true one value may stand without its brackets."""

    item: Shape
    single: bool = False
    least: int = 1
    most: int = 1000

    def expects(self) -> tuple[str, str]:
        fr, en = self.item.expects()
        return (
            f"une liste de {self.least} à {self.most} : {fr}",
            f"a list of {self.least} to {self.most}: {en}",
        )

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, list):
            if not self.single:
                return self.refuse(raw, path, faults)
            value = self.item.read(raw, path, faults)
            return REFUSED if value is REFUSED else (value,)
        if not self.least <= len(raw) <= self.most:
            why = (f"une liste de {self.least} à {self.most}", f"a list of {self.least} to {self.most}")
            return self.refuse(f"{len(raw)} éléments", path, faults, why)
        found = [self.item.read(one, (*path, i), faults) for i, one in enumerate(raw)]
        return REFUSED if any(one is REFUSED for one in found) else tuple(found)

    def write(self, value: Any) -> Plain:
        return [self.item.write(one) for one in value]

    def schema(self) -> dict[str, Plain]:
        item = self.item.schema()
        many = {"type": "array", "items": item, "minItems": self.least, "maxItems": self.most}
        return {"anyOf": [item, many]} if self.single else many


@dataclass(frozen=True, slots=True)
class TableOf(Shape):
    """A table from codes that the town chooses to values; read as a tuple of pairs in the file's order."""

    code: Shape
    item: Shape
    most: int = 1000

    def expects(self) -> tuple[str, str]:
        return "une table", "a table"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, dict):
            return self.refuse(raw, path, faults)
        if len(raw) > self.most:
            return self.refuse(f"{len(raw)} clés", path, faults, (f"au plus {self.most}", f"at most {self.most}"))
        pairs = [
            (self.code.read(code, (*path, code), faults), self.item.read(one, (*path, code), faults))
            for code, one in raw.items()
        ]
        return REFUSED if any(REFUSED in pair for pair in pairs) else tuple(pairs)

    def write(self, value: Any) -> Plain:
        return {self.code.write(code): self.item.write(one) for code, one in value}

    def schema(self) -> dict[str, Plain]:
        return {
            "type": "object",
            "additionalProperties": self.item.schema(),
            "propertyNames": self.code.schema(),
        }


@dataclass(frozen=True, slots=True)
class Coded(Shape):
    """Tables whose header is the code, `[regle.repas]`; a tuple of values in the file's order."""

    code: Shape
    item: Record | Alternatives
    most: int = 1000

    def expects(self) -> tuple[str, str]:
        return "des tables, une par code", "tables, one a code"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, dict):
            return self.refuse(raw, path, faults)
        if len(raw) > self.most:
            return self.refuse(f"{len(raw)} tables", path, faults, (f"au plus {self.most}", f"at most {self.most}"))
        found = []
        for code, one in raw.items():
            good = self.code.read(code, (*path, code), faults)
            found.append(self.item.read(one, (*path, code), faults, header="-" if good is REFUSED else code))
        return REFUSED if any(one is REFUSED for one in found) else tuple(found)

    def write(self, value: Any) -> Plain:
        return {one.code: self.item.write(one) for one in value}

    def schema(self) -> dict[str, Plain]:
        return {
            "type": "object",
            "additionalProperties": self.item.schema(),
            "propertyNames": self.code.schema(),
        }


@dataclass(frozen=True, slots=True)
class Phrase(Shape):
    """
    A short closed phrase, such as a limit or a bound, with its own parser and printer.

    Args:
        name: What it is, French then English.
        parse: Text to value; raises `InvalidValueError` saying what was not understood.
        format: Value to its one canonical text.
        examples: Phrases that parse, shown to editors.
    """

    name: tuple[str, str]
    parse: Callable[[str], Any]
    format: Callable[[Any], str]
    examples: tuple[str, ...]

    def expects(self) -> tuple[str, str]:
        shown = ", ".join(f"« {one} »" for one in self.examples[:3])
        return f"{self.name[0]} : {shown}", f"{self.name[1]}: {shown}"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, str) or len(raw) > 200:
            return self.refuse(raw, path, faults)
        try:
            return self.parse(raw)
        except InvalidValueError as error:
            faults += [fault.under(*path) for fault in error.faults]
            return REFUSED

    def write(self, value: Any) -> Plain:
        return self.format(value)

    def schema(self) -> dict[str, Plain]:
        return {"type": "string", "examples": list(self.examples)}


@cache
def keys_of(cls: type) -> tuple[tuple[dataclasses.Field[Any], Key], ...]:
    """The described fields of *cls* with their keys, in the order in which they are declared."""
    hints = get_type_hints(cls, include_extras=True)
    found = []
    for one in dataclasses.fields(cls):
        if get_origin(hints[one.name]) is Annotated:
            found += [(one, key) for key in get_args(hints[one.name])[1:] if isinstance(key, Key)]
    return tuple(found)


def required(one: dataclasses.Field[Any]) -> bool:
    """Whether a field has no default: its key must be written."""
    return one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING


@dataclass(frozen=True, slots=True)
class Record(Shape):
    """One described value, written as a table."""

    cls: type

    def expects(self) -> tuple[str, str]:
        names = ", ".join(key.name for _, key in keys_of(self.cls) if key.name)
        return f"une table ({names})", f"a table ({names})"

    def read(self, raw: Plain, path: Path, faults: Faults, header: str | None = None) -> Any:
        if not isinstance(raw, dict):
            return self.refuse(raw, path, faults)
        keys, before = keys_of(self.cls), len(faults)
        names = [key.name for _, key in keys if key.name]
        for word in raw:
            if word not in names:
                fr, en = meant(str(word), names)
                faults.append(Fault((*path, word), f"clé inconnue ; {fr}", f"unknown key; {en}"))
        values: dict[str, Any] = {}
        for one, key in keys:
            if not key.name:
                values[one.name] = header
            elif key.name in raw:
                values[one.name] = key.shape.read(raw[key.name], (*path, key.name), faults)
            elif required(one):
                way = f" ; par exemple : {key.name} = {key.example}" if key.example else ""
                faults.append(Fault(path, f"il manque « {key.name} »{way}", f"missing {key.name!r}{way}"))
        return self._build(values, keys, path, faults) if len(faults) == before else REFUSED

    def _build(
        self,
        values: Mapping[str, Any],
        keys: tuple[tuple[dataclasses.Field[Any], Key], ...],
        path: Path,
        faults: Faults,
    ) -> Any:
        try:
            return self.cls(**values)
        except InvalidValueError as error:
            written = {one.name: key.name for one, key in keys}
            for fault in error.faults:
                first = [written.get(str(part), part) for part in fault.path[:1]]
                faults.append(Fault((*path, *(p for p in first if p), *fault.path[1:]), fault.fr, fault.en))
            return REFUSED

    def write(self, value: Any) -> Plain:
        plain = {}
        for one, key in keys_of(self.cls):
            given = getattr(value, one.name)
            if key.name and (required(one) or given != one.default):
                plain[key.name] = key.shape.write(given)
        return plain

    def schema(self) -> dict[str, Plain]:
        return {"$ref": f"#/$defs/{self.cls.__name__}"}

    def definition(self) -> dict[str, Plain]:
        """The table itself, to which `schema` refers: a record may hold itself."""
        properties, needed = {}, []
        for one, key in keys_of(self.cls):
            if key.name:
                properties[key.name] = {"description": key.doc, **key.shape.schema()}
                needed += [key.name] if required(one) else []
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": properties,
            **({"required": needed} if needed else {}),
        }


class Announced(Protocol):
    """A described value that one required key, its verb, tells apart from the others."""

    verb: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Alternatives(Shape):
    """One of several described values, told apart by the one verb that each requires."""

    classes: tuple[type[Announced], ...]

    def verbs(self) -> dict[str, type[Announced]]:
        """The key that announces each class."""
        return {cls.verb: cls for cls in self.classes}

    def expects(self) -> tuple[str, str]:
        verbs = ", ".join(self.verbs())
        return f"un seul verbe parmi : {verbs}", f"exactly one verb of: {verbs}"

    def read(self, raw: Plain, path: Path, faults: Faults, header: str | None = None) -> Any:
        if not isinstance(raw, dict):
            return self.refuse(raw, path, faults)
        verbs = self.verbs()
        said = [word for word in raw if word in verbs]
        if len(said) != 1:
            unknown = [str(word) for word in raw if word not in self._all_names()]
            fr, en = meant(unknown[0], verbs) if unknown and not said else self.expects()
            seen = ", ".join(said or unknown) or "aucun verbe"
            faults.append(Fault(path, f"lu « {seen} » ; {fr}", f"got « {seen} »; {en}"))
            return REFUSED
        return Record(verbs[said[0]]).read(raw, path, faults, header)

    def _all_names(self) -> set[str]:
        return {key.name for cls in self.classes for _, key in keys_of(cls)}

    def write(self, value: Any) -> Plain:
        return Record(type(value)).write(value)

    def schema(self) -> dict[str, Plain]:
        return {"oneOf": [Record(cls).schema() for cls in self.classes]}


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Key, Any]]:
    """Every described field reachable from *value*, with the path that it has in a file."""
    for one, key in keys_of(value.__class__):
        given = getattr(value, one.name)
        here = (*path, key.name) if key.name else path
        yield here, key, given
        shape = key.shape.chosen(given)
        if isinstance(shape, Record) and given is not None:
            yield from leaves(given, here)
        elif isinstance(shape, Coded | ListOf | TableOf) and isinstance(given, tuple):
            yield from _members(shape, given, here)


def unlisted(value: Any, path: Path = ()) -> Iterator[Fault]:
    """The fields of a value built in Python where one text stands for a list: it would be read letter by letter."""
    for here, key, given in leaves(value, path):
        if isinstance(key.shape, ListOf) and isinstance(given, str):
            fr, en = key.shape.item.expects()
            said = f"lu {quoted(given)} ; il faut une liste, ({given!r},) : {fr}"
            yield Fault(here, said, f"got {quoted(given)}; expected a list, ({given!r},): {en}")


def _members(shape: Coded | ListOf | TableOf, given: tuple[Any, ...], path: Path) -> Iterator[tuple[Path, Key, Any]]:
    for i, one in enumerate(given):
        if isinstance(shape, Coded):
            yield from leaves(one, (*path, one.code))
        elif isinstance(shape, ListOf) and isinstance(shape.item, Record | Alternatives):
            yield from leaves(one, path if shape.single and len(given) == 1 else (*path, i))
        elif isinstance(shape, TableOf) and isinstance(shape.item, Record):
            yield from leaves(one[1], (*path, shape.code.write(one[0])))


def is_day(value: object) -> TypeGuard[date]:
    """Whether *value* is a civil day: a datetime is a date too, and compares badly with one."""
    return isinstance(value, date) and not isinstance(value, datetime)
