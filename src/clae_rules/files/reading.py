"""Règlement, demande and relevé files to values: every fault at once, with its file, line and path (S13.1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any, Final, TypeVar

from ..described import REFUSED, Plain, Record
from ..engine import Engine
from ..errors import Fault, InvalidDemandeError, InvalidReglementError, InvalidReleveError, InvalidValueError
from ..reglement import REGLEMENT, Reglement
from ..soundness import faults as unsound
from ..soundness import time_zone_fault
from .demandes import DEMANDE, DemandeFile, check_demande
from .lines import TomlSyntaxError, line_map, line_of, read_toml
from .loose import unknown_codes
from .releves import RELEVE, ReleveFile, check_releve

#: S13.1: a larger file is refused before it is read.
MOST_BYTES: Final = 4 * 1024 * 1024
#: A longer whole number of a JSON file is refused.
MOST_DIGITS: Final = 40
#: Nesting deeper than this is refused.
MOST_DEPTH: Final = 20

T = TypeVar("T")
Lines = dict[tuple[str | int, ...], int]


def load_engine(path: str | FilePath, *, sound: bool = True) -> Engine:
    """
    Read a règlement file, check it whole, and make it ready to answer.

    Args:
        path: A `.toml` file, or a `.json` one in the normal form.
        sound: Whether to refuse what only its open days can tell: a slot that can never be booked, has no deadline, no
            price. Without it such a règlement is for an audit alone, which tells these faults beside all else.

    Raises:
        InvalidReglementError: Naming every fault with its line, path, value and way out.
        OSError: If the file cannot be read.
    """
    return engine_from_text(_read(path, InvalidReglementError), str(FilePath(path).name), sound=sound)


def load_reglement(path: str | FilePath) -> Reglement:
    """Read a règlement file and check it whole; see `load_engine`."""
    return load_engine(path).reglement


def engine_from_text(text: str, name: str = "reglement.toml", *, sound: bool = True) -> Engine:
    """
    The same from text; *name* ends with `.json` for the normal JSON form, and stands in the messages.

    Raises:
        InvalidReglementError: Naming every fault at once.
    """
    return _engine(*_plain(text, name, InvalidReglementError), name, sound=sound)


def engine_from_plain(plain: Plain, name: str = "reglement.json") -> Engine:
    """
    The same from the normal form, as `Reglement.plain` gives it; *name* stands in the messages.

    Raises:
        InvalidReglementError: Naming every fault at once.
    """
    return _engine(plain, {}, name)


def plain_from_text(text: str, name: str = "reglement.toml") -> Plain:
    """
    The plain data of a file, or of some lines of one, not yet held against the format.

    Raises:
        InvalidReglementError: If it is no TOML, or no JSON where *name* ends with `.json`.
    """
    return _plain(text, name, InvalidReglementError)[0]


def _engine(plain: Plain, lines: Lines, name: str, *, sound: bool = True) -> Engine:
    reglement: Reglement = _built(REGLEMENT, plain, lines, name, InvalidReglementError)
    zone = time_zone_fault(reglement)
    if zone is not None:
        raise InvalidReglementError(_placed([zone], lines), where=name)
    engine = Engine(reglement)
    found = unsound(engine) if sound else ()
    if found:
        raise InvalidReglementError(_placed(found, lines), where=name)
    return engine


def load_demande(path: str | FilePath, reglement: Reglement) -> DemandeFile:
    """
    Read a demande file (`.toml` or `.json`) and hold it against its règlement.

    Raises:
        InvalidDemandeError: Naming every fault with its line, path, value and way out.
        OSError: If the file cannot be read.
    """
    return demande_from_text(_read(path, InvalidDemandeError), reglement, str(FilePath(path).name))


def demande_from_text(text: str, reglement: Reglement, name: str = "demande.toml") -> DemandeFile:
    """
    The same from text; *name* ends with `.json` for JSON, and stands in the messages.

    Raises:
        InvalidDemandeError: Naming every fault at once.
    """
    plain, lines = _plain(text, name, InvalidDemandeError)
    read: DemandeFile = _built(DEMANDE, plain, lines, name, InvalidDemandeError)
    _guarded(lambda: check_demande(read, reglement), lines, name, InvalidDemandeError)
    _guarded(lambda: (read.planning(), read.demande(), read.pattern()), lines, name, InvalidDemandeError)
    return read


def load_releve(path: str | FilePath, reglement: Reglement) -> ReleveFile:
    """
    Read a relevé file (`.toml` or `.json`) and hold it against its règlement.

    Raises:
        InvalidReleveError: Naming every fault with its line, path, value and way out.
        OSError: If the file cannot be read.
    """
    return releve_from_text(_read(path, InvalidReleveError), reglement, str(FilePath(path).name))


def releve_from_text(text: str, reglement: Reglement, name: str = "releve.toml") -> ReleveFile:
    """
    The same from text; *name* ends with `.json` for JSON, and stands in the messages.

    Raises:
        InvalidReleveError: Naming every fault at once.
    """
    plain, lines = _plain(text, name, InvalidReleveError)
    read: ReleveFile = _built(RELEVE, plain, lines, name, InvalidReleveError)
    _guarded(lambda: check_releve(read, reglement), lines, name, InvalidReleveError)
    return read


def described_from_text(shape: Record, text: str, name: str, error: type[InvalidValueError]) -> Any:
    """
    A file of any described form, from its text; *name* ends with `.json` for JSON, and stands in the messages.

    Args:
        shape: How the file is written.
        text: The file.
        name: Its name.
        error: What is raised.

    Raises:
        InvalidValueError: The *error* given, naming every fault at once with its line.
    """
    return _built(shape, *_plain(text, name, error), name, error)


def _read(path: str | FilePath, error: type[InvalidValueError]) -> str:
    file = FilePath(path)
    with file.open("rb") as stream:
        raw = stream.read(MOST_BYTES + 1)
    _bounded(len(raw), file.name, error)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as bad:
        line = raw[: bad.start].count(b"\n") + 1
        fr = f"octet {raw[bad.start]:#04x} qui n'est pas de l'UTF-8 ; enregistrez le fichier en UTF-8"
        raise error([Fault((), fr, "not UTF-8; save the file as UTF-8", line)], where=file.name) from bad


def _bounded(size: int, name: str, error: type[InvalidValueError]) -> None:
    """Refuse what is over the limit of a file (S13.1)."""
    if size > MOST_BYTES:
        fr = "fichier de plus de 4 Mio ; un règlement tient en quelques pages, séparez-le"
        raise error([Fault((), fr, "file over 4 MiB; a règlement takes a few pages, split it")], where=name)


def _plain(text: str, name: str, error: type[InvalidValueError]) -> tuple[Plain, Lines]:
    _bounded(len(text.encode("utf-8", "surrogatepass")), name, error)
    if name.endswith(".json"):
        return _json(text, name, error), {}
    try:
        plain = read_toml(text)
    except TomlSyntaxError as bad:
        fr = f"{bad.what} ; {bad.way_out}"
        raise error([Fault((), fr, f"not valid TOML: {fr}", bad.line)], where=name) from bad
    return plain, line_map(text)


def _json(text: str, name: str, error: type[InvalidValueError]) -> Plain:
    try:
        plain = json.loads(
            text, parse_float=Decimal, parse_int=_integer, parse_constant=_no_constant, object_pairs_hook=_once
        )
    except RecursionError as bad:
        raise error(
            [Fault((), "trop imbriqué ; aplatissez le fichier", "nested too deep; flatten it")], where=name
        ) from bad
    except _EndlessNumberError as bad:
        shown, at = f"« {bad.literal[:12]}… »", text.count("\n", 0, text.index(bad.literal)) + 1
        fr = f"{shown} : un nombre de {len(bad.literal)} chiffres ; au plus {MOST_DIGITS}, vérifiez-le"
        en = f"{shown}: a number of {len(bad.literal)} digits; {MOST_DIGITS} at most, check it"
        raise error([Fault((), fr, en, at)], where=name) from bad
    except ValueError as bad:
        line = getattr(bad, "lineno", None)
        raise error([Fault((), f"JSON invalide : {bad}", f"invalid JSON: {bad}", line)], where=name) from bad
    if _depth(plain) > MOST_DEPTH:
        raise error([Fault((), "trop imbriqué ; aplatissez le fichier", "nested too deep; flatten it")], where=name)
    return plain


class _EndlessNumberError(ValueError):
    """A whole number too long to be meant; Python's own refusal is of no help."""

    def __init__(self, literal: str) -> None:
        super().__init__(literal)
        self.literal = literal


def _integer(literal: str) -> int:
    if len(literal) > MOST_DIGITS:
        raise _EndlessNumberError(literal)
    return int(literal)


def _no_constant(word: str) -> Plain:
    raise ValueError(f"« {word} » n'est pas un nombre exact")


def _once(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"la clé « {key} » est donnée deux fois")
        found[key] = value
    return found


def _depth(plain: Plain) -> int:
    level, depth = [plain], 0
    while level:
        inner = [one for one in level if isinstance(one, dict | list)]
        level = [x for one in inner for x in (one.values() if isinstance(one, dict) else one)]
        depth += bool(inner)
    return depth


def _built(shape: Record, plain: Plain, lines: Lines, name: str, error: type[InvalidValueError]) -> Any:
    faults: list[Fault] = []
    value = shape.read(plain, (), faults)
    if value is REFUSED or faults:
        said = {fault.path for fault in faults}
        unknown = unknown_codes(shape, plain) if shape is REGLEMENT else ()
        raise error(_placed([*faults, *(one for one in unknown if one.path not in said)], lines), where=name)
    return value


def _guarded(build: Callable[[], T], lines: Lines, name: str, error: type[InvalidValueError]) -> T:
    try:
        return build()
    except InvalidValueError as bad:
        raise error(_placed(bad.faults, lines), where=name) from bad


def _placed(faults: Any, lines: Lines) -> list[Fault]:
    """The faults with their lines, in the order of the file."""
    found = [
        Fault(one.path, one.fr, one.en, one.line or (line_of(lines, one.path) if lines else None)) for one in faults
    ]
    return sorted(dict.fromkeys(found), key=lambda one: (one.line or MOST_BYTES, [str(part) for part in one.path]))
