"""The pieces that a dossier needs, how long each is good for, and the word that its fact takes (S6.4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Final

from .days import clipped
from .described import Key, Phrase
from .errors import Fault, Lang
from .facts import FactKind, FactKindRead, Value
from .selectors import WHO, Who
from .shapes import Choice, Flag, Ref, Slug, Text, folded, phrase_error
from .slots import HYPOTHESE, SOURCE
from .windows import Unit, Window

#: A piece that is good for longer has no end.
MOST_MONTHS: Final = 240


class Whose(Enum):
    """Who gives a piece: the household, once; or each child, one each."""

    HOUSEHOLD = "foyer"
    CHILD = "enfant"


class Term(Enum):
    """What ends a piece."""

    ENDLESS = "sans fin"
    DATED = "jusqu'à sa date"
    SCHOOL_YEAR = "année scolaire"
    MONTHS = "mois"


@dataclass(frozen=True, slots=True)
class Validity:
    """
    How long a piece is good for.

    Args:
        term: What ends it.
        months: For how many months, where months end it.

    >>> Validity(Term.MONTHS, 3).days(date(2026, 11, 30))[1].isoformat()
    '2027-02-28'
    >>> [day.isoformat() for day in Validity(Term.SCHOOL_YEAR).days(date(2026, 11, 30))]
    ['2026-09-01', '2027-08-31']
    """

    term: Term
    months: int = 0

    def __post_init__(self) -> None:
        if (self.term is Term.MONTHS) is not (1 <= self.months <= MOST_MONTHS):
            fr, en = f"de 1 à {MOST_MONTHS} mois ; au-delà, « sans fin »", f"1 to {MOST_MONTHS} months, or « sans fin »"
            raise phrase_error(str(self.months), fr, en)

    @property
    def needs(self) -> tuple[str, str] | None:
        """The date that must be read on the piece, French then English; None where none is needed."""
        return {
            Term.DATED: ("la date de fin qu'elle porte", "the last day that it bears"),
            Term.SCHOOL_YEAR: ("un jour de l'année scolaire qu'elle couvre", "a day of the school year that it covers"),
            Term.MONTHS: ("la date à laquelle elle a été établie", "the date on which it was issued"),
        }.get(self.term)

    def days(self, dated: date | None) -> tuple[date | None, date | None]:
        """
        The first and last day, both included, that a piece covers; None is unbounded.

        Months run to the day of the last one that bears the same number, or to its last day.

        Args:
            dated: The date read on the piece, as `needs` has it.

        Source: code de procédure civile, art. 641.
        """
        if dated is None or self.term is Term.ENDLESS:
            return None, None
        if self.term is Term.MONTHS:
            return None, clipped(dated.year, dated.month + self.months, dated.day)
        if self.term is Term.SCHOOL_YEAR:
            year = _SCHOOL_YEAR.stretch(dated)
            return (dated, dated) if year is None else (year.first_day, year.last_day)
        return None, dated

    def describe(self, lang: Lang = "fr") -> str:
        """The phrase; French is what `parse_validity` reads."""
        if self.term is not Term.MONTHS:
            return self.term.value if lang == "fr" else _ENGLISH[self.term.value]
        if self.months % 12 == 0:
            count, fr, en = self.months // 12, "an", "year"
        else:
            count, fr, en = self.months, "mois", "month"
        if lang == "en":
            return f"{count} {en}{'s' if count > 1 else ''}"
        return f"{count} {fr}{'s' if count > 1 and fr == 'an' else ''}"


_SCHOOL_YEAR: Final = Window(Unit.SCHOOL_YEAR)
_ENGLISH: Final = MappingProxyType(
    {
        Term.ENDLESS.value: "without end",
        Term.DATED.value: "until its date",
        Term.SCHOOL_YEAR.value: "school year",
    }
)


def parse_validity(text: str) -> Validity:
    """
    Read « sans fin », « jusqu'à sa date », « année scolaire », « 3 mois », « 1 an ».

    Raises:
        InvalidValueError: If it is none of these; days are not, since no town publishes them.
    """
    said = folded(text)
    for term in (Term.ENDLESS, Term.DATED, Term.SCHOOL_YEAR):
        if said == folded(term.value):
            return Validity(term)
    found = re.fullmatch(r"(\d{1,3}) (mois|ans?)", said)
    if found is None:
        ways = "« sans fin », « jusqu'à sa date », « année scolaire », « 3 mois », « 1 an »"
        raise phrase_error(text, f"écrivez {ways}", f"write one of {ways}")
    return Validity(Term.MONTHS, int(found[1]) * (12 if found[2].startswith("an") else 1))


ENDLESS: Final = Validity(Term.ENDLESS)
#: Shape of how long a piece is good for.
VALIDITY: Final = Phrase(
    ("une durée de validité", "how long a piece is good for"),
    parse_validity,
    Validity.describe,
    ("sans fin", "jusqu'à sa date", "année scolaire", "3 mois"),
)
WHOSE: Final = Choice(tuple((one.value, one) for one in Whose))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """
    A document that a règlement requires (S6.4).

    Args:
        label: What families and gates call it.
        whose: Who gives it.
        dossier: The fact that tells where the dossier stands that it belongs to.
        who: Of whom it is asked; of everyone where empty.
        validity: How long one is good for.
        required: Whether the dossier is incomplete without it.
    """

    code: Annotated[str, Key("", Slug(), "")]
    label: Annotated[str, Key("nom", Text(120), "Son nom, tel qu'on le demande.", '"justificatif de domicile"')]
    whose: Annotated[Whose, Key("pour", WHOSE, "Une pour le foyer, ou une par enfant.", '"foyer"')]
    dossier: Annotated[str, Key("dossier", Ref(("faits",)), "Le fait qui dit où en est le dossier.", '"dossier-foyer"')]
    who: Annotated[Who, Key("qui", WHO, "À qui elle est demandée ; à tous sans cette ligne.", "{ pai = true }")] = ()
    validity: Annotated[Validity, Key("validite", VALIDITY, "Combien de temps elle vaut.", '"année scolaire"')] = (
        ENDLESS
    )
    required: Annotated[
        bool, Key("obligatoire", Flag(), "Le dossier est incomplet sans elle, sauf si c'est false.", "false")
    ] = True
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""


def levels(kind: FactKindRead) -> tuple[Value, ...]:
    """
    What the fact of a dossier says, in order: a piece lacks; none does; an agent validated it, where it has that word.

    Its words in the order of [faits], or no then yes; empty for a fact that cannot tell of a dossier.

    >>> levels(FactKindRead(FactKind.CHOICE, ("incomplet", "complet", "valide")))
    ('incomplet', 'complet', 'valide')
    """
    if kind.kind is FactKind.FLAG:
        return False, True
    return kind.words if kind.kind is FactKind.CHOICE and 2 <= len(kind.words) <= 3 else ()


def piece_faults(pieces: Collection[Piece], facts: Mapping[str, FactKindRead]) -> Iterator[Fault]:
    """What is wrong with the pieces of a règlement: a dossier whose fact cannot tell of one, or that asks by itself."""
    given = {one.dossier for one in pieces}
    for one in pieces:
        if one.dossier in facts and not levels(facts[one.dossier]):
            fr = f"« {one.dossier} » ne dit pas où en est un dossier ; déclarez deux ou trois mots, du moins au plus avancé"
            en = f"« {one.dossier} » cannot tell of a dossier; declare two or three words, least to most advanced"
            yield Fault(("piece", one.code, "dossier"), f"{fr}, ou « oui ou non »", f"{en}, or « oui ou non »")
        for fact in [fact for fact, _ in one.who if fact in given]:
            fr = f"« {fact} » vient lui-même des pièces ; demandez cette pièce selon un autre fait"
            yield Fault(
                ("piece", one.code, "qui", fact), fr, f"« {fact} » itself comes from pieces; ask by another fact"
            )
