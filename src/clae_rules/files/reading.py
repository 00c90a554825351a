"""Règlement, demande and relevé files to values: every fault at once, with its file, line and path (S13.1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Any, Final, TypeVar

from ..described import REFUSED, Plain, Record
from ..engine import Engine
from ..errors import Fault, InvalidDemandeError, InvalidReglementError, InvalidReleveError, InvalidValueError
from ..reglement import REGLEMENT, Reglement
from ..soundness import faults as unsound
from ..soundness import time_zone_fault
from .demandes import DEMANDE, DemandeFile, check_demande
from .headings import mistaken
from .json_text import read_json
from .lines import TomlSyntaxError, line_map, line_of, read_toml
from .loose import unknown_codes
from .releves import RELEVE, ReleveFile, check_releve, dated

#: S13.1: a larger file is refused before it is read.
MOST_BYTES: Final = 4 * 1024 * 1024
#: Why a file cannot be opened, French then English, by the error of the system.
_UNOPENED: Final = (
    (
        FileNotFoundError,
        (
            "aucun fichier à ce chemin ; vérifiez-le, ou le dossier d'où vous lancez la commande",
            "no file at this path; check it, or the folder in which you run the command",
        ),
    ),
    (IsADirectoryError, ("c'est un dossier ; donnez un fichier", "this is a folder; give a file")),
    (
        PermissionError,
        ("vous n'avez pas le droit de le lire ; demandez-le", "you may not read it; ask for the right to"),
    ),
)
_UNREADABLE: Final = ("ce fichier ne se lit pas ; donnez un fichier ordinaire", "unreadable; give an ordinary file")

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
        InvalidReglementError: Naming every fault with its line, path, value and way out, or why the file cannot be read.
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
        InvalidDemandeError: Naming every fault with its line, path, value and way out, or why the file cannot be read.
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
        InvalidReleveError: Naming every fault with its line, path, value and way out, or why the file cannot be read.
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
    return dated(read, reglement)


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
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as bad:
        raise error([unopened(bad)], where=str(file)) from bad
    _bounded(len(raw), file.name, error)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as bad:
        raise error([_no_text(raw, bad.start)], where=file.name) from bad


def unopened(bad: OSError) -> Fault:
    """
    Why a file cannot be opened, and the way out.

    >>> unopened(FileNotFoundError()).fr
    "aucun fichier à ce chemin ; vérifiez-le, ou le dossier d'où vous lancez la commande"
    """
    fr, en = next((said for kind, said in _UNOPENED if isinstance(bad, kind)), _UNREADABLE)
    return Fault((), fr, en)


def _no_text(raw: bytes, at: int) -> Fault:
    """Where a file stops being text; one with null bytes never was."""
    if b"\0" in raw:
        fr = "ce n'est pas un fichier texte (un tableur, un PDF ?) ; donnez un .toml ou un .json, enregistré en UTF-8"
        return Fault((), fr, "this is no text file (a spreadsheet, a PDF?); give a .toml or .json, saved as UTF-8")
    shown = f"{raw[at]:#04x}"
    fr = f"octet {shown} qui n'est pas de l'UTF-8 ; enregistrez le fichier en UTF-8"
    return Fault((), fr, f"byte {shown} is not UTF-8; save the file as UTF-8", raw[:at].count(b"\n") + 1)


def _bounded(size: int, name: str, error: type[InvalidValueError]) -> None:
    """Refuse what is over the limit of a file (S13.1)."""
    if size > MOST_BYTES:
        fr = "fichier de plus de 4 Mio ; un règlement tient en quelques pages, séparez-le"
        raise error([Fault((), fr, "file over 4 MiB; a règlement takes a few pages, split it")], where=name)


def _plain(text: str, name: str, error: type[InvalidValueError]) -> tuple[Plain, Lines]:
    _bounded(len(text.encode("utf-8", "surrogatepass")), name, error)
    if name.endswith(".json"):
        return _guarded(lambda: read_json(text), {}, name, error), {}
    try:
        plain = read_toml(text)
    except TomlSyntaxError as bad:
        fr = f"{bad.what} ; {bad.way_out}"
        en = "" if bad.__cause__ is None else f"{bad.__cause__}; in French: "
        raise error([Fault((), fr, f"not valid TOML: {en}{fr}", bad.line)], where=name) from bad
    return plain, line_map(text)


def _built(shape: Record, plain: Plain, lines: Lines, name: str, error: type[InvalidValueError]) -> Any:
    other = mistaken(shape, plain)
    if other is not None:
        raise error(_placed([other], lines), where=name)
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
