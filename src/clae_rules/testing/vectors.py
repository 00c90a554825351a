"""
Vector files: questions to a règlement, each with the answer expected; in TOML or JSON, for any language (S1.4).

The same cases as `attendu.toml` in the examples. Nothing here needs pytest: the plugin only collects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from ..described import Faults, Key, ListOf, Plain, Record, Shape, TableOf, keys_of
from ..errors import Fault, InvalidValueError, Path
from ..files.reading import described_from_text, plain_from_text
from ..shapes import Choice, Day, Either, Instant, Number, Text

__all__ = ["COMMANDS", "Case", "InvalidVectorsError", "Question", "Vector", "VectorFile", "read_vectors"]

#: What can be asked: the commands of the command line that answer.
COMMANDS: Final = ("recap", "check", "options", "recopie", "due")
WORDS: Final = ListOf(Text(), least=0)
TEXTS: Final = TableOf(Text(), Text())
EUROS: Final = TableOf(Text(), Number(least=None))


class InvalidVectorsError(InvalidValueError):
    """A vector file that cannot be read."""


@dataclass(frozen=True, slots=True)
class AnyTable(Shape):
    """A table of which nothing is said here: another form reads it."""

    def expects(self) -> tuple[str, str]:
        return "une table", "a table"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        return raw if isinstance(raw, dict) else self.refuse(raw, path, faults)

    def schema(self) -> dict[str, Plain]:
        return {"type": "object"}


FREE: Final = AnyTable()
FILE: Final = Either(text=Text(), table=FREE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`[[reponse]]`: one question, and the answer expected of it."""

    said: Annotated[str, Key("dit", Text(), "La question en une phrase, et d'où vient la réponse.")]
    reglement: Annotated[
        str | Plain, Key("reglement", FILE, "Le règlement, s'il n'est pas celui du fichier.", '"reglement.toml"')
    ] = ""
    file: Annotated[
        str | Plain, Key("fichier", FILE, "La demande ou le relevé : un fichier, ou sa table.", '"demande.toml"')
    ] = ""
    command: Annotated[
        str, Key("commande", Choice(tuple((one, one) for one in COMMANDS)), "Ce que l'on demande.", '"check"')
    ] = "recap"
    day: Annotated[date | None, Key("date", Day(), "Pour « options » : la date.", "2021-09-06")] = None
    instant: Annotated[
        datetime | None,
        Key("instant", Instant(), "Quand, si ce n'est pas l'instant de la demande.", "2021-09-01T09:00:00+02:00"),
    ] = None
    changed: Annotated[Plain | None, Key("avec", FREE, "Ce que l'on change au fichier avant de le lire.")] = None
    dropped: Annotated[
        tuple[str, ...], Key("sans", ListOf(Text()), "Ce que l'on en retire, par son chemin.", '["foyer.quotient"]')
    ] = ()
    worked_out: Annotated[str, Key("calcul", Text(), "Comment la réponse est calculée à la main.")] = ""
    status: Annotated[str | None, Key("statut", Text(), "La réponse.", '"accepté"')] = None
    effect: Annotated[date | None, Key("effet", Day(), "Quand un abonnement prend effet.")] = None
    granted: Annotated[tuple[date, ...] | None, Key("accordees", ListOf(Day(), least=0), "Les dates accordées.")] = None
    refused: Annotated[
        tuple[str, ...] | None, Key("refus", WORDS, "Les règles qui refusent, sinon les codes.", '["repas-mercredi"]')
    ] = None
    doubts: Annotated[tuple[str, ...] | None, Key("doutes", WORDS, "De même, ce qui laisse indécis.")] = None
    repairs: Annotated[
        tuple[str, ...] | None, Key("reparations", WORDS, "Les réparations, dans l'ordre.", '["+mer-matin"]')
    ] = None
    priorities: Annotated[tuple[tuple[str, str], ...] | None, Key("priorites", TEXTS, "La priorité par créneau.")] = (
        None
    )
    pending: Annotated[tuple[tuple[str, str], ...] | None, Key("en_attente", TEXTS, "Ce qu'attend chaque créneau.")] = (
        None
    )
    boxes: Annotated[tuple[tuple[str, str], ...] | None, Key("cases", TEXTS, "L'état de quelques cases.")] = None
    prices: Annotated[tuple[tuple[str, Any], ...] | None, Key("prix", EUROS, "Le prix de quelques cases.")] = None
    classes: Annotated[
        tuple[tuple[date, str], ...] | None,
        Key("classes", TableOf(Day(), Text()), "La classe de chaque date recopiée."),
    ] = None
    lines: Annotated[
        tuple[tuple[str, Any], ...] | None, Key("lignes", EUROS, "Toutes les lignes, et leur montant en euros.")
    ] = None
    total: Annotated[Any, Key("total", Number(least=None), "Le total en euros.", "4.20")] = None
    unknown: Annotated[
        tuple[str, ...] | None, Key("inconnus", WORDS, "Un mot de chaque prix inconnu ; il n'y en a pas d'autre.")
    ] = None
    findings: Annotated[tuple[str, ...] | None, Key("a_savoir", WORDS, "Les codes de ce qu'un dû fait savoir.")] = None
    undecided: Annotated[tuple[str, ...] | None, Key("indecis", WORDS, "Les codes de ce qu'un dû laisse indécis.")] = (
        None
    )

    def __post_init__(self) -> None:
        if not self.expected():
            fr = "aucune réponse attendue ; écrivez statut, refus, total…"
            raise InvalidValueError([Fault((), fr, "no answer is expected; write statut, refus, total…")])

    def expected(self) -> dict[str, Any]:
        """What the answer must say, under the keys of the file."""
        asked = [key.name for _, key in keys_of(Case)].index("statut")
        named = [(key.name, getattr(self, field.name)) for field, key in keys_of(Case)][asked:]
        return {name: _comparable(value) for name, value in named if value is not None}


def _comparable(value: Any) -> Any:
    """Pairs as a mapping, a list of words as one."""
    if isinstance(value, tuple):
        pairs = bool(value) and all(isinstance(one, tuple) for one in value)
        return dict(value) if pairs else list(value)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorFile:
    """A vector file."""

    reglement: Annotated[
        str | Plain, Key("reglement", FILE, "Le règlement : un fichier, ou sa table.", '"reglement.toml"')
    ] = "reglement.toml"
    kinds: Annotated[Plain | None, Key("genres", FREE, "Où est écrit chaque genre de règle ; pour qui lit.")] = None
    calendar: Annotated[Plain | None, Key("calendrier", FREE, "D'où vient le calendrier ; pour qui lit.")] = None
    cases: Annotated[tuple[Case, ...], Key("reponse", ListOf(Record(Case), most=100_000), "Les questions.")]


VECTORS: Final = Record(VectorFile)


@dataclass(frozen=True, slots=True)
class Question:
    """
    What is asked of a portal.

    Args:
        reglement: The règlement, in its normal JSON form or as its file says it.
        file: The demande, or the relevé, the same.
        command: One of `COMMANDS`.
        day: The date whose boxes are asked for.
        instant: When; that of the demande where left out.
    """

    reglement: Plain
    file: Plain
    command: str = "recap"
    day: date | None = None
    instant: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vector:
    """
    One case of a vector file, ready to be asked.

    Args:
        number: Its place in the file, from 1.
        said: The question in a sentence.
        question: The question.
        expected: What the answer must say, by key.
    """

    number: int
    said: str
    question: Question
    expected: Mapping[str, Any]

    def differences(self, answer: Mapping[str, Any]) -> tuple[str, ...]:
        """What an answer says otherwise, one line a key; none where it is the expected one."""
        return tuple(self._differing(answer))

    def _differing(self, answer: Mapping[str, Any]) -> Iterator[str]:
        for key, wanted in self.expected.items():
            if key not in answer:
                yield f"{key} : attendu {_shown(wanted)}, rien n'est dit"
            elif (got := _asked_for(key, wanted, answer[key])) != wanted:
                yield f"{key} : attendu {_shown(wanted)}, reçu {_shown(got)}"


def _asked_for(key: str, wanted: Any, got: Any) -> Any:
    """What an answer says of what is asked: some boxes among all, or the words that unknown prices say."""
    if key in {"cases", "prix"} and isinstance(got, Mapping):
        return {box: said for box, said in got.items() if box in wanted}
    if key == "inconnus":
        silent = [text for text in got if not any(part in text for part in wanted)]
        return [part for part in wanted if any(part in text for text in got)] + silent
    return got


def _shown(value: Any) -> str:
    """A value as a person writes it: euros to the cent, dates as ISO."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_shown(key)}: {_shown(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, bool | str) or value is None:
        return f"« {value} »" if isinstance(value, str) else str(value)
    if isinstance(value, int) or hasattr(value, "numerator"):
        return f"{float(value):.2f}"
    return str(value)


def read_vectors(path: str | FilePath) -> tuple[Vector, ...]:
    """
    The cases of a vector file; the files that it names are looked for beside it.

    Raises:
        InvalidVectorsError: Naming every fault at once: those of the file, and files that it names and are not there.
        OSError: If the file cannot be read.
    """
    file = FilePath(path)
    read: VectorFile = described_from_text(VECTORS, file.read_text("utf-8"), file.name, InvalidVectorsError)
    around = _Around(file)
    vectors = [around.vector(i, one, read) for i, one in enumerate(read.cases, 1)]
    if around.faults:
        raise InvalidVectorsError(around.faults, where=file.name)
    return tuple(one for one in vectors if one is not None)


class _Around:
    """What stands beside a vector file, each read once."""

    def __init__(self, file: FilePath) -> None:
        self._folder = file.parent
        self._plains: dict[str, Plain | None] = {}
        self.faults: list[Fault] = []

    def vector(self, number: int, case: Case, read: VectorFile) -> Vector | None:
        """One case, with the règlement and the file that it is about; None where one is missing."""
        here: Path = ("reponse", number - 1)
        reglement = self._plain(case.reglement or read.reglement, (*here, "reglement"))
        file = self._plain(case.file, (*here, "fichier"))
        if reglement is None or file is None:
            return None
        try:
            file = with_changes(file, case.changed or {})
            for dotted in case.dropped:
                without(file, dotted.split("."))
        except (KeyError, TypeError, AttributeError):
            fr = "ne trouve pas ce chemin dans le fichier ; corrigez « avec » ou « sans »"
            self.faults.append(Fault((*here, "sans"), fr, "no such path in the file; mend « avec » or « sans »"))
            return None
        asked = Question(reglement, file, case.command, case.day, case.instant)
        return Vector(number, case.said, asked, case.expected())

    def _plain(self, told: str | Plain, path: Path) -> Plain | None:
        if not isinstance(told, str):
            return told
        if not told:
            fr = 'quelle demande ? écrivez fichier = "demande.toml", ou fichier = { demande = …, veut = … }'
            self.faults.append(Fault(path, fr, 'which demande? write fichier = "demande.toml", or its table'))
            return None
        if told not in self._plains:
            self._plains[told] = self._read(told, path)
        return self._plains[told]

    def _read(self, told: str, path: Path) -> Plain | None:
        try:
            return plain_from_text((self._folder / told).read_text("utf-8"), told)
        except OSError:
            fr = f"« {told} » n'est pas à côté de ce fichier ; corrigez le nom"
            self.faults.append(Fault(path, fr, f"« {told} » is not beside this file; mend its name"))
        except InvalidValueError as bad:
            self.faults += [Fault((*path, *one.path), f"{told} : {one.fr}", f"{told}: {one.en}") for one in bad.faults]
        return None


def with_changes(base: Mapping[str, Plain], changes: Mapping[str, Plain]) -> dict[str, Plain]:
    """A file's tables with some keys said otherwise; a table of dates is replaced whole."""
    merged = dict(base)
    for key, value in changes.items():
        inner = merged.get(key)
        dated = isinstance(value, dict) and all(one[:1].isdigit() for one in value)
        merged[key] = with_changes(inner, value) if isinstance(inner, dict) and not dated else value
    return deepcopy(merged)


def without(said: dict[str, Plain], path: list[str]) -> None:
    """
    Take one key away, named by its path.

    Raises:
        KeyError: If it is not there.
    """
    for name in path[:-1]:
        said = said[name]
    del said[path[-1]]
