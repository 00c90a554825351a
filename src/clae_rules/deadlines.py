"""
When something may be done: deadlines, and the windows that they open for one date (S3, S4.1).

For each action a deadline lists phases, in order. A phase begins where the one before it ends, unless it says
since when, and ends where it becomes too late. Outside every phase the action is refused (S3.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from .described import Key, ListOf, Record
from .errors import Fault, InvalidValueError, Path, raise_all
from .limits import (
    CLOSED_DAY,
    NO_LIMIT,
    STAYS,
    TABLE,
    Anchor,
    ClosedDay,
    Limit,
    Moments,
    UnresolvedError,
    Word,
    format_limit,
    resolve,
)
from .phases import BOOKING, CANCELLING, CHANGING, Action, Phase, Phases, Row, misfits
from .selectors import Answer, When, Where
from .shapes import Slug
from .slots import HYPOTHESE, SOURCE
from .variants import Variant

__all__ = [
    "Action",
    "Deadline",
    "Governing",
    "Phase",
    "Phases",
    "Row",
    "Schedule",
    "Window",
    "governing",
    "schedule",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Where):
    """
    When slots may be booked, changed and cancelled (S3.6).

    An action that a deadline leaves out is left to the others; an empty list of phases is « jamais ».

    Args:
        book: Phases of booking; None where it says nothing of it.
        change: Phases of changing what is held on a date.
        cancel: Phases of cancelling.
        table: What « table » stands for, by date.
        closed_day: What becomes of a limit on a closed day.
    """

    code: Annotated[str, Key("", Slug(), "")]
    book: Annotated[
        Phases | None,
        Key(
            "reserver",
            BOOKING,
            "Réserver : une limite, ou des phases.",
            '"sans limite"',
        ),
    ] = None
    change: Annotated[
        Phases | None,
        Key(
            "changer",
            CHANGING,
            "Modifier un jour déjà réservé : des phases.",
            '"jamais"',
        ),
    ] = None
    cancel: Annotated[
        Phases | None,
        Key("annuler", CANCELLING, "Annuler : des phases.", '"jamais"'),
    ] = None
    table: Annotated[
        tuple[Row, ...],
        Key("table", ListOf(Record(Row)), "Les limites publiées date par date, ou mois par mois."),
    ] = ()
    closed_day: Annotated[
        ClosedDay | None,
        Key("limite_un_jour_ferme", CLOSED_DAY, "Ce que devient une limite un jour fermé.", '"reste"'),
    ] = None
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(
            [*self._faults(), *self._faults_of_anchors(), *self._faults_of_table(), *self._faults_of_closed_day()]
        )

    def phases(self, action: Action) -> Phases | None:
        """The phases of an action, in order; None where this deadline says nothing of it."""
        return {Action.BOOK: self.book, Action.CHANGE: self.change, Action.CANCEL: self.cancel}[action]

    def limits(self) -> Iterator[tuple[Path, Limit]]:
        """Every limit that is written in it, with its path below the deadline."""
        for action in Action:
            for i, phase in enumerate(self.phases(action) or ()):
                if phase.since is not None:
                    yield (action.value, i, "depuis"), phase.since
                yield (action.value, i, "limite"), phase.limit
        for i, row in enumerate(self.table):
            if row.since is not None:
                yield ("table", i, "depuis"), row.since
            yield ("table", i, "limite"), row.limit

    def calendars(self) -> frozenset[str]:
        """Every calendar that it counts in or rolls back along: words of the format, and codes."""
        rolls = self.closed_day and self.closed_day.calendar
        counted = (calendar for _, limit in self.limits() for calendar in limit.calendars)
        return frozenset(counted) | ({rolls} if rolls else set())

    @property
    def anchored_on_slot(self) -> bool:
        """Whether it has no answer for a slot without times (S2.2)."""
        return any(limit.uses_slot_times for _, limit in self.limits())

    def _faults(self) -> Iterator[Fault]:
        if all(self.phases(action) is None for action in Action):
            fr = "ce délai ne dit rien ; donnez reserver, changer ou annuler"
            yield Fault((), fr, "this deadline says nothing; give reserver, changer or annuler")
        for action in Action:
            phases = self.phases(action) or ()
            for i, phase in enumerate(phases):
                here: Path = (action.value, i)
                yield from (fault.under(*here) for fault in misfits(action, phase))
                if phase.limit == NO_LIMIT and i < len(phases) - 1:
                    fr = "rien ne peut suivre une phase sans limite ; mettez-la en dernier"
                    yield Fault((*here, "limite"), fr, "nothing can follow a phase without limit; put it last")

    def _faults_of_anchors(self) -> Iterator[Fault]:
        for path, limit in self.limits():
            if getattr(limit.part, "anchor", None) in {Anchor.ABSENCE, Anchor.REPORT}:
                fr = f"« {format_limit(limit)} » se compte depuis une absence ; écrivez-le dans [absence.X]"
                yield Fault(path, fr, "counts from an absence; write it in [absence.X]")

    def _faults_of_table(self) -> Iterator[Fault]:
        phases = [phase for action in Action for phase in self.phases(action) or () if phase.limit == TABLE]
        if phases and not self.table:
            yield Fault(("table",), "il manque le tableau que « table » annonce", "the table announced is missing")
        if self.table and not phases:
            fr = "aucune phase ne s'en sert ; écrivez limite = \"table\" dans l'une d'elles"
            yield Fault(("table",), fr, 'no phase uses it; write limite = "table" in one of them')
        for i, row in enumerate(self.table):
            if row.since is not None and any(phase.since is not None for phase in phases):
                fr = "la phase qui renvoie au tableau dit déjà « depuis » ; gardez l'un des deux"
                yield Fault(("table", i, "depuis"), fr, "the phase says « depuis » already; keep one of them")
            if row.limit == NO_LIMIT and any(phase.variant is Variant.HORS_DELAI for phase in phases):
                fr = "une phase hors délai doit finir ; donnez une limite à cette ligne"
                yield Fault(("table", i, "limite"), fr, "a late phase must end; give this row a limit")

    def _faults_of_closed_day(self) -> Iterator[Fault]:
        limits = [limit for _, limit in self.limits()]
        asking = next((limit for limit in limits if limit.may_fall_on_closed_day), None)
        if asking and self.closed_day is None:
            fr = (
                f'« {format_limit(asking)} » peut tomber un jour fermé ; écrivez limite_un_jour_ferme = "reste" '
                f'ou "recule au jour ouvré précédent"'
            )
            en = f'« {format_limit(asking)} » may fall on a closed day; write limite_un_jour_ferme = "reste"'
            yield Fault((), fr, en)
        rolls = self.closed_day is not None and self.closed_day != STAYS
        if rolls and not any(limit.may_roll_back for limit in limits):
            fr = "aucune limite de ce délai ne recule : chacune dit déjà son jour ; retirez cette ligne"
            yield Fault(("closed_day",), fr, "no limit of this deadline can roll back; drop this line")


@dataclass(frozen=True, slots=True)
class Window:
    """
    A phase of one date, as instants in UTC: from *start*, included, to *end*, excluded; None is unbounded.

    Args:
        phase: On what terms the action is open then.
    """

    start: datetime | None
    end: datetime | None
    phase: Phase

    def __contains__(self, now: datetime) -> bool:
        return (self.start is None or self.start <= now) and (self.end is None or now < self.end)


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    The windows of one action on one date, apart and in order; an empty one is left out.

    Args:
        unknown: Why some windows are not known, French then English: outside the known ones the answer is
            then undecided (S1.5). None where all are known.
        dead: Phases that end before they begin, each with the one before it where that one's end is its beginning.
    """

    windows: tuple[Window, ...] = ()
    unknown: tuple[str, str] | None = None
    dead: tuple[tuple[Phase, Phase | None], ...] = ()

    def at(self, now: datetime) -> Phase | None:
        """The phase in force at an aware instant, or None."""
        return next((window.phase for window in self.windows if now in window), None)

    def opens(self, now: datetime) -> datetime | None:
        """The first instant after *now* at which a window opens; None if there is none."""
        return next((one.start for one in self.windows if one.start is not None and now < one.start), None)

    def closed_since(self, now: datetime) -> datetime | None:
        """The last instant, at *now* or before, at which a window closed; None if there is none."""
        ends = [one.end for one in self.windows if one.end is not None and one.end <= now]
        return ends[-1] if ends else None

    def cuts(self) -> tuple[datetime, ...]:
        """The instants at which the answer changes, in order, each once."""
        bounds = {bound for one in self.windows for bound in (one.start, one.end) if bound is not None}
        return tuple(sorted(bounds))


def schedule(deadline: Deadline, action: Action, moments: Moments, on: Callable[[When], bool]) -> Schedule:
    """
    The windows that a deadline opens for an action on one date.

    Where a row of the table says « jamais », neither its phase nor those that would follow it open.

    Args:
        deadline: A deadline that speaks of the action.
        moments: What is known of the date.
        on: Whether some dates hold this one: which rows of the table apply.

    Raises:
        InvalidValueError: If two rows apply with nothing to choose between them, or a phase begins before
            the one before it ends; the path begins at « delai ».
        OutOfCalendarError: If the calendar data do not reach (S3.7).
    """
    windows: list[Window] = []
    dead: list[tuple[Phase, Phase | None]] = []
    start: datetime | None = None
    unknown: tuple[str, str] | None = None
    over = False
    for i, phase in enumerate(deadline.phases(action) or ()):
        try:
            since, limit = _bounds(phase, deadline, moments, on)
            if since is None and (over or unknown):
                continue
            begin = start if since is None else _instant(since, deadline, moments)
            end = resolve(limit, moments, deadline.closed_day or STAYS)
        except UnresolvedError as error:
            unknown = unknown or error.reason
            continue
        over = isinstance(end, Word)
        until = None if isinstance(end, Word) else end
        if end is Word.NEVER or not _before(begin, until):
            if end is not Word.NEVER:
                dead.append((phase, windows[-1].phase if since is None and windows else None))
            start = begin
            continue
        if windows and since and not _before_or_at(windows[-1].end, begin):
            raise _overlap(deadline, action, i, moments)
        windows.append(Window(begin, until, phase))
        start = until
    return Schedule(tuple(windows), unknown, tuple(dead))


def _before(begin: datetime | None, end: datetime | None) -> bool:
    return begin is None or end is None or begin < end


def _before_or_at(end: datetime | None, begin: datetime | None) -> bool:
    return end is not None and begin is not None and end <= begin


def _instant(since: Limit, deadline: Deadline, moments: Moments) -> datetime | None:
    found = resolve(since, moments, deadline.closed_day or STAYS)
    return None if isinstance(found, Word) else found


def _bounds(
    phase: Phase, deadline: Deadline, moments: Moments, on: Callable[[When], bool]
) -> tuple[Limit | None, Limit]:
    """Since when a phase is open, and until when: as it says itself, or as the row of the table for the date."""
    if phase.limit != TABLE:
        return phase.since, phase.limit
    row = _row(deadline, moments, on)
    return phase.since or row.since, row.limit


def _row(deadline: Deadline, moments: Moments, on: Callable[[When], bool]) -> Row:
    """The row of the table for a date: dated ones win over other selectors, those over a bare row (S3.5)."""
    found = [(i, row) for i, row in enumerate(deadline.table) if on(row.when)]
    if not found:
        raise UnresolvedError("aucune ligne du tableau ne couvre cette date", "no row of the table covers this date")
    highest = max(row.precedence for _, row in found)
    best = [(i, row) for i, row in found if row.precedence == highest]
    if len(best) > 1:
        rows = ", ".join(f"table[{i}]" for i, _ in best)
        fr = f"{rows} s'appliquent au {moments.day} et rien ne les départage ; précisez « quand »"
        en = f"{rows} apply to {moments.day} with nothing to choose between them; narrow « quand »"
        raise InvalidValueError([Fault(("delai", deadline.code, "table", best[1][0]), fr, en)])
    return best[0][1]


def _overlap(deadline: Deadline, action: Action, i: int, moments: Moments) -> InvalidValueError:
    before = f"{action.value}[{i - 1}]"
    fr = f"pour le {moments.day}, cette phase commence avant la fin de {before} ; corrigez « depuis »"
    en = f"for {moments.day}, this phase begins before {before} ends; mend « depuis »"
    return InvalidValueError([Fault(("delai", deadline.code, action.value, i), fr, en)])


@dataclass(frozen=True, slots=True)
class Governing:
    """
    Which deadline governs an action: read *tied*, then *unknown*, then *found*; all empty is none at all.

    Args:
        found: The one that governs.
        unknown: Those that would decide, if the facts told whether they apply (S1.5).
        tied: Those that apply with nothing to choose between them; refused at load (S3.5).
    """

    found: Deadline | None = None
    unknown: tuple[Deadline, ...] = ()
    tied: tuple[Deadline, ...] = ()


def governing(deadlines: Iterable[Deadline], action: Action, applies: Callable[[Deadline], Answer]) -> Governing:
    """
    Of the deadlines that speak of an action and apply, the one of highest precedence.

    Args:
        deadlines: In any order; the result keeps it.
        action: One that leaves it out is left to the others.
        applies: Whether one applies to the slot, date and child; None where a missing fact would decide.
    """
    speaking = [one for one in deadlines if one.phases(action) is not None]
    answers = [(one, answer) for one in speaking if (answer := applies(one)) is not False]
    if not answers:
        return Governing()
    highest = max(one.precedence for one, _ in answers)
    sure = tuple(one for one, answer in answers if answer and one.precedence == highest)
    unsure = tuple(one for one, answer in answers if answer is None and one.precedence == highest)
    if len(sure) > 1:
        return Governing(tied=sure)
    return Governing(unknown=unsure) if unsure else Governing(found=sure[0])
