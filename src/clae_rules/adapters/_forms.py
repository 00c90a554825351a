"""
Records to and from plain JSON types: versioned, strict, every fault at once and nothing private repeated.

A form is a table whose « forme » and « version » say what it is of; its keys are French, dates are ISO, instants bear
their offset, and an enumeration is its French word. An older form is brought up one version at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, cast, get_args, get_origin

from ..described import Plain, keys_of
from ..described import Record as Described
from ..errors import Fault, InvalidValueError, meant, raise_all
from ._missing import MissingLibraryError
from ._paths import part_of
from ._records import PRIVATE, Form, Record, RefusedValueError, fields_of, key_of, shown, taken, told

try:
    import attrs
    from cattrs import Converter
except ImportError as missing:
    raise MissingLibraryError("les formes JSON demandent une bibliothèque", "records") from missing

__all__ = ["FORM", "VERSION", "from_plain", "to_plain"]

#: The two keys that say what a form is of.
FORM: Final = "forme"
VERSION: Final = "version"
#: How many unknown keys are told one by one.
_MOST_TOLD: Final = 20
_HIDDEN: Final = Fault((), "valeur refusée, non répétée ici", "value refused, not repeated here")
_R = TypeVar("_R", bound=Record)


def to_plain(record: Record) -> dict[str, Plain]:
    """
    A record as plain JSON types, to store or to send; everything is written, what was left out as `None`.

    Raises:
        TypeError: If a field holds what has no plain form.
    """
    return cast("dict[str, Plain]", _written(record))


def from_plain(cls: type[_R], data: Plain) -> _R:
    """
    The record of a form, as `json.loads` gives it; what may be left out may be left out here too.

    Args:
        cls: What the form must be of: this class, or one below it, as « forme » says.
        data: The form, in this version or an older one.

    Raises:
        InvalidValueError: Naming every fault at once by the path of its keys: another form, a version to come, keys that
            are unknown or missing, values that are none. A private value is not repeated, nor the keys around it.
    """
    try:
        return cast("_R", _record(data, cls, private=False))
    except RefusedValueError as why:
        fault = Fault((), f"il faut {why.fr}", f"expected {why.en}")
    raise InvalidValueError([fault])


@cache
def _converter(*, private: bool) -> Converter:
    """What reads plain types as a field is annotated; within something private, nothing given is repeated."""
    converter = Converter(detailed_validation=False, prefer_attrib_converters=False)
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _as_it_is)
    converter.register_structure_hook(date, lambda raw, _: _day(raw))
    converter.register_structure_hook(datetime, lambda raw, _: _instant(raw))
    converter.register_structure_hook_func(_is_enum, _word)
    converter.register_structure_hook_factory(
        _is_tuple, lambda kind: lambda raw, _: _items(raw, get_args(kind)[0], converter)
    )
    converter.register_structure_hook_func(_is_described, lambda raw, kind: _described(raw, kind, private=private))
    converter.register_structure_hook_func(_is_record, lambda raw, kind: _record(raw, kind, private=private))
    return converter


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Record)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_described(kind: Any) -> bool:
    return isinstance(kind, type) and is_dataclass(kind) and bool(keys_of(kind))


def _written(value: Any) -> Plain:
    """The plain form of any value that a record may hold."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # an instant too
        return value.isoformat()
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    if isinstance(value, Record):
        head = {FORM: value.FORM.name, VERSION: value.FORM.version} if _form(type(value)) else {}
        return {**head, **{key_of(one): _written(getattr(value, one.name)) for one in fields_of(type(value))}}
    if _is_described(type(value)):
        return Described(type(value)).write(value)
    raise TypeError(f"{type(value).__name__} has no plain form")


def _as_it_is(raw: Any, _: Any) -> Any:
    """What JSON and Python write alike; the reader of the field judges it."""
    return raw


def _day(raw: Any) -> date:
    try:
        day = date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != raw:
        raise RefusedValueError("une date : « 2021-09-06 »", "a date: « 2021-09-06 »")
    return day


def _instant(raw: Any) -> datetime:
    try:
        found = datetime.fromisoformat(raw) if isinstance(raw, str) and "T" in raw else None
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        raise RefusedValueError(
            "un instant avec son décalage : « 2021-09-06T08:30:00+02:00 »",
            "an instant with its offset: « 2021-09-06T08:30:00+02:00 »",
        )
    return found


def _word(raw: Any, kind: type[Enum]) -> Any:
    """The member of an enumeration, or the word that is none, for the reader of the field to refuse."""
    return next((one for one in kind if isinstance(raw, str) and one.value == raw), raw)


def _items(raw: Any, item: Any, converter: Converter) -> Any:
    """A list, each of its items read as what it must be; a fault says which."""
    if not isinstance(raw, list):
        return raw
    found, faults = [], []
    for i, one in enumerate(raw):
        try:
            found.append(converter.structure(one, item))
        except RefusedValueError as why:
            faults.append(Fault((i,), f"il faut {why.fr}", f"expected {why.en}"))
        except InvalidValueError as inner:
            faults += [fault.under(i) for fault in inner.faults]
    raise_all(faults)
    return tuple(found)


def _described(raw: Any, kind: type, *, private: bool) -> Any:
    """A value of the core, which describes its own plain form."""
    faults: list[Fault] = []
    found = Described(kind).read(raw, (), faults)
    raise_all([_HIDDEN] if faults and private else faults)
    return found


def _record(raw: Any, cls: type[Record], *, private: bool) -> Record:
    """The record of a table, its faults told by their keys."""
    if not isinstance(raw, dict):
        name = form.name if (form := _form(cls)) else cls.__name__
        raise RefusedValueError(f"une table (« {name} »)", f"a table (« {name} »)")
    kind = _kind(raw, cls, private=private)
    table = _current(raw, kind) if _form(kind) else raw
    values, faults = _values(table, kind, private=private)
    if not faults:
        try:
            return kind(**values)
        except InvalidValueError as error:  # between fields; one that is shown elsewhere may be repeated in it
            hidden = private and not all(one.metadata[PRIVATE] for one in fields_of(kind))
            faults = [_HIDDEN] if hidden else [_by_keys(kind, fault) for fault in error.faults]
    raise InvalidValueError(faults)


def _kind(raw: dict[str, Plain], cls: type[Record], *, private: bool) -> type[Record]:
    """The class that « forme » names: the one expected, or one below it."""
    forms = {form.name: kind for kind in reversed([*_family(cls)]) if (form := _form(kind))}
    if not forms:
        return cls
    if FORM not in raw:
        raise_all([_missing_key(FORM)])
    said = raw[FORM]
    if not isinstance(said, str) or said not in forms:
        fr, en = meant(said[:60] if isinstance(said, str) else "", forms)
        got = ("valeur non répétée ici", "not repeated") if private else (f"lu {shown(said)}", f"got {shown(said)}")
        raise_all([Fault((FORM,), f"{got[0]} ; {fr}", f"{got[1]}; {en}")])
    return forms[cast("str", said)]


def _family(cls: type[Record]) -> Iterator[type[Record]]:
    """A class and all below it; without those that attrs left behind when it made the slots."""
    if "__attrs_attrs__" in vars(cls):
        yield cls
    for below in cls.__subclasses__():
        yield from _family(below)


def _form(cls: type[Record]) -> Form | None:
    return getattr(cls, "FORM", None)


def _current(raw: dict[str, Plain], cls: type[Record]) -> dict[str, Plain]:
    """The table without its head, brought up to the version of today."""
    if VERSION not in raw:
        raise_all([_missing_key(VERSION)])
    form, said = cls.FORM, raw[VERSION]
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        way = f"un nombre de 1 à {form.version}", f"a number from 1 to {form.version}"
        raise_all([Fault((VERSION,), f"lu {shown(said)} ; il faut {way[0]}", f"got {shown(said)}; expected {way[1]}")])
    at = cast("int", said)
    if at > form.version:
        fr, en = f"lu {shown(at)}, plus récent que {form.version}", f"got {shown(at)}, newer than {form.version}"
        raise_all([Fault((VERSION,), f"{fr} ; mettez clae_rules à jour", f"{en}; upgrade clae_rules")])
    table = {key: value for key, value in raw.items() if key not in (FORM, VERSION)}
    for version in range(at, form.version):
        table = _migrated(table, form, version)
    return table


def _migrated(table: dict[str, Plain], form: Form, version: int) -> dict[str, Plain]:
    """A table of one version as one of the next; a table that its own version could not write is refused."""
    try:
        found: Any = form.migrations[version](table)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        found = None
    if not isinstance(found, dict):
        fr, en = f"illisible comme version {version}", f"not readable as version {version}"
        raise_all([Fault((VERSION,), f"{fr} de « {form.name} » ; corrigez-la", f"{en} of « {form.name} »; correct it")])
    return cast("dict[str, Plain]", found)


def _values(table: dict[str, Plain], cls: type[Record], *, private: bool) -> tuple[dict[str, Any], list[Fault]]:
    """What is given for each field, by its name, and all that is wrong with it, by its key."""
    fields = {key_of(one): one for one in fields_of(cls)}
    hidden = private or any(one.metadata[PRIVATE] for one in fields.values())
    faults, values = [*_unknown(table, fields, hidden=hidden)], {}
    for key, one in fields.items():
        if key in table:
            value, wrong = _value(one, table[key], private=private)
            values[one.name] = value
            faults += [Fault((key, *fault.path[1:]), fault.fr, fault.en) for fault in wrong]
        elif one.default is attrs.NOTHING:
            faults.append(_missing_key(key))
    return values, faults


def _missing_key(key: str) -> Fault:
    return Fault((), f"il manque « {key} »", f"missing {key!r}")


def _value(one: attrs.Attribute[Any], raw: Plain, *, private: bool) -> tuple[Any, list[Fault]]:
    """What a field keeps of its plain form, and why it cannot."""
    hidden = private or bool(one.metadata[PRIVATE])
    try:
        value = _converter(private=hidden).structure(raw, cast("type[Any]", one.type))
    except RefusedValueError as why:
        return None, [told(one.name, raw, why, private=hidden)]
    except InvalidValueError as inner:  # of a record or a list within, which repeats nothing private
        return None, [fault.under(one.name) for fault in inner.faults]
    return taken(one, value, private=private)


def _unknown(table: dict[str, Plain], known: dict[str, Any], *, hidden: bool) -> Iterator[Fault]:
    """Keys that are none of a form's; near something private a key is not repeated, since a value may stand for one."""
    words = [str(key) for key in table if key not in known]
    for word in words[:_MOST_TOLD]:
        fr, en = meant(word[:60], known)
        said = ", non répétée ici" if hidden else f" : {shown(word)}"
        heard = ", not repeated here" if hidden else f": {shown(word)}"
        yield Fault((), f"clé inconnue{said} ; {fr}", f"unknown key{heard}; {en}")
    left = len(words) - _MOST_TOLD
    if left > 0:
        yield Fault((), f"{left} autres clés inconnues", f"{left} more unknown keys")


def _by_keys(cls: type[Record], fault: Fault) -> Fault:
    return Fault(_keyed(cls, fault.path), fault.fr, fault.en)


def _keyed(cls: type[Record], path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """A path of names of fields as one of keys."""
    one = next((one for one in fields_of(cls) if path and one.name == path[0]), None)
    if one is None:
        return path
    part = part_of(one.type)
    return (key_of(one), *(_keyed(part, path[1:]) if part else path[1:]))
