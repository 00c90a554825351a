"""Abonnements in a demande file: `[abonnement.X]` is asked, `[abonne.X]` is had (S9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Final

from ..days import WEEKDAY
from ..described import Coded, Key, ListOf, Record, TableOf
from ..errors import Fault, InvalidValueError, Path, meant
from ..patterns import Pattern
from ..reglement import Reglement
from ..shapes import Day, Instant, Ref, Slug, Whole
from ..slots import Periode
from ..subscriptions import Abonnement


@dataclass(frozen=True, slots=True, kw_only=True)
class AbonnementFile:
    """The regular days of the child: the slots of each weekday, over the période unless said."""

    code: Annotated[str, Key("", Slug(), "")]
    week: Annotated[
        tuple[tuple[int, tuple[str, ...]], ...],
        Key(
            "semaine",
            TableOf(WEEKDAY, ListOf(Ref(("créneau",)), True, most=64), most=7),
            "Les créneaux de chaque jour de semaine ; {} pour résilier celui qu'il a.",
            '{ lundi = ["repas"], jeudi = ["repas"] }',
        ),
    ]
    first_day: Annotated[date | None, Key("du", Day(), "Premier jour voulu ; celui de la période si absent.")] = None
    last_day: Annotated[date | None, Key("au", Day(), "Dernier jour ; celui de la période si absent.")] = None
    every_weeks: Annotated[int, Key("une_sur", Whole(1, 52), "Une semaine sur tant.", "2")] = 1
    from_week: Annotated[date | None, Key("a_partir_de", Day(), "Un jour de la première semaine comptée.")] = None
    suspended: Annotated[
        tuple[date, ...], Key("suspendus", ListOf(Day(), True), "Les jours déjà rendus un à un.", "[2026-10-05]")
    ] = ()
    booked: Annotated[
        datetime | None, Key("reserve_le", Instant(), "L'instant de la demande, si le prix en dépend.")
    ] = None

    @property
    def resigns(self) -> bool:
        """Whether it names no day: asked so, the one that is had ends."""
        return not self.week

    def abonnement(self, periode: Periode) -> Abonnement:
        """
        The value that it stands for.

        Raises:
            InvalidValueError: If its pattern reaches no weekday, swaps its days, or goes over 800 dates.
        """
        return self.over(periode.code, self.first_day or periode.first_day, self.last_day or periode.last_day)

    def over(self, periode: str, first_day: date, last_day: date) -> Abonnement:
        """
        The same from a day to another, both included.

        Raises:
            InvalidValueError: If its pattern reaches no weekday, swaps its days, or goes over 800 dates.
        """
        pattern = Pattern(
            model=self.week,
            first_day=first_day,
            last_day=last_day,
            every_weeks=self.every_weeks,
            from_week=self.from_week,
        )
        return Abonnement(
            code=self.code, periode=periode, pattern=pattern, suspended=self.suspended, booked=self.booked
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AbonneFile(AbonnementFile):
    """The regular days that a child of a relevé has, and the période in which he has them."""

    periode: Annotated[
        str, Key("periode", Ref(("periode",)), "La période ; à dire si plusieurs ont ces créneaux.", '"annee"')
    ] = ""

    def within(self, reglement: Reglement) -> tuple[str, ...]:
        """Codes of the périodes that it may be of: the one that it names, or those that have its slots."""
        if self.periode:
            return (self.periode,)
        modes = reglement.mode_of()
        mine = {modes[slot].code for _, slots in self.week for slot in slots if slot in modes}
        return tuple(one.code for one in reglement.periodes if one.mode in mine)

    def said(self) -> Abonnement | None:
        """The value that it stands for; None where its période and its days are not said, or cannot be."""
        if self.first_day is None or self.last_day is None:
            return None
        try:
            return self.over(self.periode, self.first_day, self.last_day)
        except InvalidValueError:  # told by `abonnement_faults`
            return None

    def dated(self, reglement: Reglement) -> AbonneFile:
        """The same with its période and its days said, once it was held against its règlement."""
        code = self.within(reglement)[0]
        one = next(each for each in reglement.periodes if each.code == code)
        first, last = self.first_day or one.first_day, self.last_day or one.last_day
        return replace(self, periode=code, first_day=first, last_day=last)


#: Shape of abonnements: asked, one at a time; had; and had by a child of a relevé.
ASKED: Final = Coded(Slug(), Record(AbonnementFile), most=1)
HAD: Final = Coded(Slug(), Record(AbonnementFile))
HAD_OF_RELEVE: Final = Coded(Slug(), Record(AbonneFile))
_KEYS: Final = (("first_day", "du"), ("last_day", "au"), ("model", "semaine"))


def abonnement_faults(
    section: Path, given: tuple[AbonnementFile, ...], reglement: Reglement, periode: str, had: Iterable[str] = ()
) -> Iterator[Fault]:
    """
    What is wrong with the abonnements of a section, against their règlement.

    Args:
        section: Where they stand: « abonnement », « abonne », « abonne » of a child.
        given: Its abonnements.
        reglement: The règlement.
        periode: Code of the période.
        had: Codes of those that the child has, of which he may resign one.
    """
    known = [one.code for one in reglement.subscriptions]
    opened = next((one for one in reglement.periodes if one.code == periode), None)
    for one in given:
        here, asked = (*section, one.code), section == ("abonnement",)
        if one.code not in known:
            fr, en = meant(one.code, known)
            yield Fault(
                here, f"abonnement inconnu : « {one.code} » ; {fr}", f"unknown abonnement: « {one.code} »; {en}"
            )
        if asked and one.suspended:
            fr = "on suspend un jour d'un abonnement que l'on a ; retirez cette ligne"
            yield Fault((*here, "suspendus"), fr, "one suspends a day of an abonnement one has; drop this line")
        if asked and one.booked is not None:
            fr = "c'est l'instant de la demande ; retirez cette ligne"
            yield Fault((*here, "reserve_le"), fr, "it is the instant of the demande; drop this line")
        if opened is None:
            continue
        if one.resigns and asked:
            yield from _of_resignation(one, here, had)
            continue
        try:
            yield from _out_of_reach(one, one.abonnement(opened), opened, here)
        except InvalidValueError as bad:
            names = dict(_KEYS)
            for fault in bad.faults:
                head = str(fault.path[0]) if fault.path else ""
                yield Fault((*here, names.get(head, head)), fault.fr, fault.en)


def _out_of_reach(one: AbonnementFile, regular: Abonnement, periode: Periode, here: Path) -> Iterator[Fault]:
    """A last day past the période, and days given back that are none of its days."""
    if one.last_day and one.last_day > periode.last_day:
        fr = f"{one.last_day} est après la fin de « {periode.label} », le {periode.last_day} ; retirez « au » ou avancez-le"
        yield Fault(
            (*here, "au"), fr, f"{one.last_day} is after the end of the période, {periode.last_day}; bring it forward"
        )
    days = frozenset(regular.pattern.dates())
    for day in one.suspended:
        if day not in days:
            fr = f"{day} n'est pas un jour de cet abonnement ; corrigez « semaine » ou retirez cette date"
            yield Fault((*here, "suspendus"), fr, f"{day} is no day of this abonnement; mend « semaine » or drop it")


def _of_resignation(one: AbonnementFile, here: Path, had: Iterable[str]) -> Iterator[Fault]:
    """What a resignation lacks, or has too much: it says when it begins, and nothing else."""
    if one.code not in had:
        fr = f"aucun jour, et rien à résilier ; dites ce qu'il a dans [abonne.{one.code}], ou les jours voulus"
        en = f"no day, and nothing to resign; say what he has in [abonne.{one.code}], or the days wanted"
        yield Fault((*here, "semaine"), fr, en)
    more = {"au": one.last_day is not None, "une_sur": one.every_weeks != 1, "a_partir_de": one.from_week is not None}
    for key in (key for key, given in more.items() if given):
        fr = "une résiliation ne dit que « du » ; retirez cette ligne"
        yield Fault((*here, key), fr, "a resignation only says « du »; drop this line")
