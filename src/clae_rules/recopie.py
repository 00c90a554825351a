"""Recopie: a day or a week copied onto dates, every date ending in exactly one class with its reason (S9)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Final

from .booking import NOBODY, decide, periode_of, wishes_of
from .desk import Desk, aware
from .epochs import Live, Outcome, Status
from .errors import Lang, OutOfCalendarError
from .gates import Act
from .holdings import Demande, Grain, Occupancy, Planning, Wish
from .patterns import Pattern
from .shapes import Choice
from .showing import Displayed, Section, said
from .slots import NOTHING, Held, Periode, Selection
from .variants import Variant
from .verdicts import DayVerdict, Verdict


class Onto(Enum):
    """What a recopie does with what a date already holds (S9.3)."""

    MERGE = "fusionner"
    REPLACE = "remplacer"
    KEEP = "garder"


class Late(Enum):
    """What a recopie does where only the late variant is left (S9.3)."""

    REFUSE = "refuser"
    ACCEPT = "accepter"


ONTO: Final = Choice(tuple((one.value, one) for one in Onto))
LATE: Final = Choice(tuple((one.value, one) for one in Late))


class Fate(Enum):
    """The one class in which a date ends (S9.2)."""

    APPLIED = "appliqué"
    UNCHANGED = "inchangé"
    CLOSED = "fermé"
    OUT = "hors période"
    NOT_OFFERED = "non proposé"
    REFUSED = "refusé"
    UNDECIDED = "indécis"


@dataclass(frozen=True, slots=True, eq=False)
class Copied:
    """One date of a recopie: its class, and the verdict or the slots that say why."""

    day: date
    fate: Fate
    slots: tuple[str, ...] = ()
    verdict: DayVerdict | None = None
    note: tuple[str, str] = ("", "")

    def reason(self, lang: Lang = "fr") -> str:
        """Why the date ended in its class, in one line."""
        if self.verdict is not None and self.fate in (Fate.REFUSED, Fate.UNDECIDED, Fate.NOT_OFFERED):
            reasons = (*self.verdict.violations, *self.verdict.doubts)
            return " ; ".join(one.sentence(lang) for one in reasons)
        return self.note[lang == "en"]

    def told(self, lang: Lang = "fr") -> str:
        """Its class and the reason of it, in one line."""
        reason = self.reason(lang)
        colon = " : " if lang == "fr" else ": "
        return f"{said(self.fate, lang)}{f'{colon}{reason}' if reason else ''}"


@dataclass(frozen=True, slots=True, eq=False)
class Recopie(Displayed):
    """
    What became of every date of a pattern, and the verdict of the dates that change.

    Args:
        dates: Every date that the pattern reaches, ascending, each in exactly one class.
        verdict: The decision, date by date, of those that were judged.
    """

    dates: tuple[Copied, ...]
    verdict: Verdict

    @property
    def after(self) -> Planning:
        """The planning once the dates that are applied are."""
        return self.verdict.after

    def of(self, fate: Fate) -> tuple[date, ...]:
        """The dates that ended in a class."""
        return tuple(one.day for one in self.dates if one.fate is fate)

    def count(self) -> Mapping[Fate, int]:
        """How many dates ended in each class."""
        return {fate: len(self.of(fate)) for fate in Fate}

    def heading(self, lang: Lang = "fr") -> str:
        """What was copied, and where."""
        return f"{('Recopie : ', 'Copied: ')[lang == 'en']}{self.verdict.periode.label}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """Every date with its class and reason."""
        columns = (("date", "sort", "raison"), ("date", "fate", "reason"))[lang == "en"]
        rows = tuple((f"{one.day:%d/%m/%Y}", said(one.fate, lang), one.reason(lang)) for one in self.dates)
        return (Section("", columns, rows),)

    def text(self, lang: Lang = "fr") -> str:
        """One line a date: date, class, reason."""
        return "\n".join(self._lines(lang))

    def _lines(self, lang: Lang) -> Iterator[str]:
        for one in self.dates:
            yield f"{one.day:%d/%m/%Y}  {one.told(lang)}"


def recopie(
    desk: Desk, planning: Planning, pattern: Pattern, *, periode: str, now: datetime, onto: Onto = Onto.MERGE,
    late: Late = Late.REFUSE, occupancy: Occupancy = NOBODY, holidays_count: bool = True,
    accept_unknown_price: bool = False, since: date = date.min, without: Collection[date] = (),
) -> Recopie:  # fmt: skip
    """
    Copy a pattern onto its dates; each date is applied whole or not at all (S9).

    Args:
        desk: The child before his règlement.
        planning: Everything the household holds.
        pattern: Slots of weekdays between two dates.
        periode: Code of the période, the dates outside which are classed so.
        now: The instant, aware.
        onto: Merge with what is held (never removes), replace it (never what can no longer be cancelled), or keep it.
        late: Whether a date left only with the late variant is refused, or takes it.
        occupancy: Places taken by others.
        holidays_count: Whether weeks wholly in holidays count among « every n weeks »: yes unless told.
        accept_unknown_price: Whether an amount that is announced but not published is booked all the same (S4.6).
        since: The first date that may change: an earlier one is gone by.
        without: Dates of the pattern that are not asked.

    Raises:
        NaiveInstantError: If *now* has no time zone.
        InvalidValueError: If the pattern reaches more than 800 dates.
        UnknownPeriodeError: If the règlement has no such période.
        UnknownSlotError: If the règlement has no such slot.
    """
    instant = aware(now)
    planning = planning.at(instant)
    for _, slots in pattern.model:
        wishes_of(desk, slots)
    work = _Copying(desk, planning, pattern, periode_of(desk, periode), instant, onto, late, since)
    days = [day for day in pattern.dates(None if holidays_count else work.is_holiday_week) if day not in without]
    first = {day: work.before(day) for day in days}
    asked = tuple((day, found) for day, found in first.items() if not isinstance(found, Copied))
    demande = Demande(desk.child, periode, asked)
    verdict = decide(
        desk, planning, demande, now=instant, occupancy=occupancy, grain=Grain.DAY_BY_DAY, barred=work.is_too_late,
        accept_unknown_price=accept_unknown_price,
    )  # fmt: skip
    judged = {day: found for day, found in first.items() if isinstance(found, Copied)}
    judged |= {one.day: work.judged(one) for one in verdict.days}
    return Recopie(tuple(judged[day] for day in days), work.kept(verdict, judged))


class _Copying:
    """One recopie, while its dates are being classed."""

    def __init__(
        self, desk: Desk, planning: Planning, pattern: Pattern, periode: Periode, now: datetime, onto: Onto, late: Late,
        since: date,
    ) -> None:  # fmt: skip
        self.desk, self.pattern, self.periode, self.now, self.onto, self.late = desk, pattern, periode, now, onto, late
        self.since = since
        self.mine = {slot for slot, mode in desk.engine.modes.items() if mode.code == periode.mode}
        self.held = planning.of_child(desk.child)
        self.wanted = dict(pattern.model)
        order = desk.engine.order
        self.alone = {day: tuple(slot for slot in order if slot in slots) for day, slots in pattern.model}
        self.fates: dict[int, Copied] = {}

    def is_holiday_week(self, monday: date) -> bool:
        """Whether the working days of a week are all holidays."""
        days = [date.fromordinal(monday.toordinal() + n) for n in range(5)]
        try:
            return all(self.desk.engine.reglement.days.describe(day).holiday for day in days)
        except OutOfCalendarError:
            return False

    def before(self, day: date) -> Copied | tuple[Wish, ...]:
        """The class of a date that need not be judged; otherwise what is asked of it."""
        periode = self.periode
        if day not in periode:
            fr, en = f"hors de « {periode.label} »", f"outside « {periode.label} »"
            return Copied(day, Fate.OUT, note=(fr, en))
        try:
            opened = self.desk.engine.day(day)
        except OutOfCalendarError:
            fr, en = "le calendrier ne va pas jusque-là", "the calendar does not reach it"
            return Copied(day, Fate.UNDECIDED, note=(fr, en))
        if periode not in opened.periodes:
            kind = opened.facts.said
            return Copied(day, Fate.CLOSED, note=(f"jour fermé ({kind})", f"closed ({kind})"))
        wanted = self.wanted[day.weekday()]
        missing = tuple([slot for slot in wanted if opened.slots.get(slot) is not periode])
        if missing:
            labels = ", ".join(f"« {self.desk.engine.labels[slot]} »" for slot in missing)
            note = (f"{labels} n'est pas proposé ce jour-là", f"{labels} is not offered that day")
            return Copied(day, Fate.NOT_OFFERED, missing, note=note)
        if day < self.since:
            return Copied(day, Fate.REFUSED, note=("déjà passé", "gone by"))
        return self._asked(day, wanted) if day in self.held else self.alone[day.weekday()] or self._asked(day, wanted)

    def _asked(self, day: date, wanted: tuple[str, ...]) -> Copied | tuple[Wish, ...]:
        held = self.held.get(day, NOTHING)
        here = [one for one in held if one.slot in self.mine]
        if here and self.onto is Onto.KEEP:
            return Copied(day, Fate.UNCHANGED, note=("gardé tel quel", "kept as it is"))
        kept = [one.slot for one in here] if self.onto is Onto.MERGE else self._stuck(day, held, here, wanted)
        wishes = tuple(slot for slot in self.desk.engine.order if slot in wanted or slot in kept)
        if set(wishes) == {one.slot for one in here}:
            return Copied(day, Fate.UNCHANGED, note=("déjà ainsi", "already so"))
        return wishes

    def _stuck(self, day: date, held: Selection, here: list[Held], wanted: tuple[str, ...]) -> list[str]:
        """What is held, not wanted, and can no longer be cancelled: a replacement never takes it."""
        where = self.desk.day(day)
        epoch, after = where.epoch(self.now), set(wanted)
        changing = bool(held and (after or len(here) < len(held)))
        stuck = []
        for one in here:
            if one.slot not in epoch.standings or one.holder != self.desk.household:
                stuck.append(one.slot)
            elif one.slot not in after:
                live = epoch.standing(one.slot, Act.CANCEL, changing=changing).live
                gated = any(sure for _, sure in epoch.standings[one.slot].gates(Act.CANCEL))
                if live is not Live.OPEN or gated:
                    stuck.append(one.slot)
        return stuck

    def judged(self, verdict: DayVerdict) -> Copied:
        """The class of a date that was judged; dates alike share their outcome, and with it their class."""
        key = id(verdict.outcome)  # the verdicts keep it alive while this recopie is being made
        like = self.fates.get(key)
        if like is None:
            like = self.fates[key] = self._fate(verdict)
        told = None if like.verdict is None else verdict
        return Copied(verdict.day, like.fate, like.slots, told, like.note)

    def is_too_late(self, verdict: DayVerdict) -> bool:
        """Whether a date is left only with the late variant, which is not wanted."""
        return verdict.allowed and self.late is Late.REFUSE and bool(_late(verdict.outcome))

    def _fate(self, verdict: DayVerdict) -> Copied:
        outcome = verdict.outcome
        if outcome.status is Status.REFUSED:
            shut = tuple(one.slot for one in outcome.refusals if one.code == "non-offert")
            if shut:
                return Copied(verdict.day, Fate.NOT_OFFERED, shut, verdict)
            return Copied(verdict.day, Fate.REFUSED, verdict=verdict)
        if outcome.status is Status.UNDECIDED:
            return Copied(verdict.day, Fate.UNDECIDED, verdict=verdict)
        late = _late(outcome)
        if late and self.late is Late.REFUSE:
            labels = ", ".join(f"« {self.desk.engine.labels[slot]} »" for slot in late)
            note = (f"{labels} ne se réserve plus qu'en hors-délai", f"{labels} can only be booked late now")
            return Copied(verdict.day, Fate.REFUSED, late, note=note)
        note = (f"{', '.join(late)} en hors-délai", f"{', '.join(late)} late") if late else ("", "")
        return Copied(verdict.day, Fate.APPLIED, outcome.added, verdict=verdict, note=note)

    def kept(self, verdict: Verdict, judged: Mapping[date, Copied]) -> Verdict:
        """The verdict of the dates that are applied."""
        days = tuple(day for day in verdict.days if judged[day.day].fate is Fate.APPLIED)
        return replace(verdict, days=days)


def _late(outcome: Outcome) -> tuple[str, ...]:
    """The slots that are booked late."""
    return tuple(slot for slot in outcome.added if outcome.after.variant(slot) is Variant.HORS_DELAI)
