"""What is due of what a child misses: absences with a motive, and events of the service that cancel for all (S4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final

from .described import Key, ListOf, Phrase, Record
from .dues import DUE, REFUND, Due, Refund
from .errors import Fault, Lang, Path, raise_all
from .limits import LIMIT, NO_LIMIT, Limit, format_limit, parse_limit
from .moments import ALL_DAYS, ENGLISH_ANCHORS, Anchor
from .selectors import Where
from .shapes import Slug, folded, phrase_error
from .slots import HYPOTHESE, SOURCE
from .steps import CALENDARS, WRITTEN_CALENDARS, At, Dated, Days, Hours, Weeks, agreed, check_calendar

#: The days that the child had booked, beside the calendars of `CALENDARS`.
BOOKED_DAYS: Final = "réservés"
_BOOKED: Final = frozenset(("reserve", "reserves"))
_ANCHORS: Final = MappingProxyType({folded(one.value): one for one in (Anchor.ABSENCE, Anchor.REPORT)})


def _days(count: int, calendar: str, lang: Lang) -> str:
    if lang == "en":
        return f"{count} day{'s' if count > 1 else ''} ({'booked' if calendar == BOOKED_DAYS else calendar})"
    said = BOOKED_DAYS.removesuffix("s") if calendar == BOOKED_DAYS and count == 1 else calendar
    return f"{count} jour{'s' if count > 1 else ''} {said if calendar == BOOKED_DAYS else agreed(said, count)}"


def _calendar(said: str, text: str) -> str:
    """A calendar as written after a count of days, the days booked among them."""
    calendar = BOOKED_DAYS if said in _BOOKED else WRITTEN_CALENDARS.get(said, said)
    if calendar == "":
        ways = ", ".join((BOOKED_DAYS, *CALENDARS))
        raise phrase_error(text, f"de quels jours ? écrivez l'un de : {ways}", f"which days? write one of: {ways}")
    if calendar != BOOKED_DAYS:
        check_calendar(calendar)
    return calendar


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    Days that stay due all the same, the first of them included (S4.4).

    Args:
        count: How many, 1 to 99.
        calendar: Which days count: « réservés », a word of `CALENDARS`, or the code of a calendar.
        anchor: The start of the absence; or the day of its report, before which everything is due.
    """

    count: int
    calendar: str
    anchor: Anchor

    def describe(self, lang: Lang = "fr") -> str:
        """The phrase; French is what `parse_waiting` reads."""
        days = _days(self.count, self.calendar, lang)
        return f"{days} depuis {self.anchor.value}" if lang == "fr" else f"{days} since {ENGLISH_ANCHORS[self.anchor]}"


def parse_waiting(text: str) -> Waiting:
    """
    Read « 2 jours réservés depuis le début de l'absence », « 3 jours calendaires depuis le signalement ».

    Raises:
        InvalidValueError: If it is not of this form: « 2 jours » alone has several readings.

    >>> parse_waiting("3 jours calendaires depuis le signalement").count
    3
    """
    found = re.fullmatch(r"([1-9]\d?) jours?(?: (.+?))?? depuis (.+)", folded(text))
    if found is None or found[3] not in _ANCHORS:
        ways = "« 2 jours réservés depuis le début de l'absence », « 3 jours calendaires depuis le signalement »"
        raise phrase_error(text, f"de quels jours, et depuis quand ? écrivez {ways}", f"write {ways}")
    return Waiting(int(found[1]), _calendar(found[2] or "", text), _ANCHORS[found[3]])


#: Shape of waiting days.
WAITING: Final = Phrase(
    ("des jours qui restent dus", "days that stay due"),
    parse_waiting,
    Waiting.describe,
    ("2 jours réservés depuis le début de l'absence", "3 jours calendaires depuis le signalement"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """How long an absence must last: *count* consecutive days of a calendar, or of those booked."""

    count: int
    calendar: str

    def describe(self, lang: Lang = "fr") -> str:
        """The phrase; French is what `parse_run` reads."""
        days = _days(self.count, self.calendar, lang)
        return f"{days} consécutif{'s' if self.count > 1 else ''}" if lang == "fr" else f"{days} in a row"


def parse_run(text: str) -> Run:
    """
    Read « 4 jours école consécutifs », « 3 jours réservés consécutifs ».

    Raises:
        InvalidValueError: If it is not of this form.

    >>> parse_run("4 jours école consécutifs")
    Run(count=4, calendar='école')
    """
    found = re.fullmatch(r"([1-9]\d?) jours?(?: (.+?))?? consecutifs?", folded(text))
    if found is None:
        ways = "« 4 jours école consécutifs », « 3 jours réservés consécutifs »"
        raise phrase_error(text, f"écrivez {ways}", f"write {ways}")
    return Run(int(found[1]), _calendar(found[2] or "", text))


#: Shape of how long an absence must last.
RUN: Final = Phrase(
    ("une durée d'absence", "how long an absence lasts"),
    parse_run,
    Run.describe,
    ("4 jours école consécutifs", "3 jours réservés consécutifs"),
)


_LIMITS: Final = (
    "le début de l'absence, avant 10:00",
    "48 heures calendaires après le début de l'absence",
    "sans limite",
)
_WAYS: Final = ", ".join(f"« {one} »" for one in _LIMITS)
#: Shape of a limit that counts from an absence.
ABSENCE_LIMIT: Final = Phrase(LIMIT.name, lambda text: parse_limit(text, _WAYS), format_limit, _LIMITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    On what conditions an absence is excused, and what then stays due.

    Args:
        reported: It must be reported before this limit.
        proved: A proof must be given before this limit.
        waiting: Days that stay due all the same.
        due: What stays due of each other day.
    """

    reported: Annotated[
        Limit | None,
        Key("signale", ABSENCE_LIMIT, "Signalée avant cette limite.", '"le début de l\'absence, avant 10:00"'),
    ] = None
    proved: Annotated[
        Limit | None,
        Key(
            "justifie",
            ABSENCE_LIMIT,
            "Justifiée avant cette limite.",
            '"48 heures calendaires après le début de l\'absence"',
        ),
    ] = None
    waiting: Annotated[
        Waiting | None,
        Key(
            "jours_dus",
            WAITING,
            "Les jours qui restent dus en entier.",
            '"2 jours réservés depuis le début de l\'absence"',
        ),
    ] = None
    due: Annotated[Due, Key("a_payer", DUE, "Ce qui reste dû de chacun des autres jours.", '"rien"')]
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(_misplaced(self.reported, self.proved))

    def calendars(self) -> frozenset[str]:
        """The calendars that it counts in, « réservés » left out."""
        counted = {name for limit in (self.reported, self.proved) if limit for name in limit.calendars}
        if self.waiting and self.waiting.calendar not in {BOOKED_DAYS, ALL_DAYS}:
            counted.add(self.waiting.calendar)
        return frozenset(counted)


def _misplaced(reported: Limit | None, proved: Limit | None) -> Iterator[Fault]:
    """Limits that do not count from the absence or its report, and reports limited by themselves."""
    for name, limit in (("reported", reported), ("proved", proved)):
        if limit is None or limit == NO_LIMIT:
            continue
        part = limit.part
        anchored = isinstance(part, Days | Hours | Weeks | At) and part.anchor in {Anchor.ABSENCE, Anchor.REPORT}
        if not (anchored or isinstance(part, Dated)):
            fr = f"« {format_limit(limit)} » ne se compte pas depuis l'absence ; écrivez {_WAYS}"
            yield Fault((name,), fr, f"does not count from the absence; write {_WAYS}")
        elif name == "reported" and anchored and getattr(part, "anchor", None) is Anchor.REPORT:
            fr = f"un signalement ne se limite pas par lui-même ; écrivez {_WAYS}"
            yield Fault((name,), fr, f"a report cannot be limited by itself; write {_WAYS}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence(Where):
    """
    What stays due of an absence that has one of these motives (S4.4).

    The terms stand in it, where there is one way to be excused; or in `phases`, of which the first whose conditions
    are met applies. Where none is, it is an absence without excuse.

    Args:
        motives: Codes that absences give as their motive.
        run: How long the absence must last.
        phases: Terms, in order.
        refund: In what form the rest comes back.

    Raises:
        InvalidValueError: If the terms stand nowhere, or both in it and in `phases`.
    """

    code: Annotated[str, Key("", Slug(), "")]
    motives: Annotated[
        tuple[str, ...], Key("motifs", ListOf(Slug(), True), "Les motifs que l'absence peut donner.", '"maladie"')
    ]
    run: Annotated[
        Run | None, Key("au_moins", RUN, "La durée à partir de laquelle elle compte.", '"4 jours école consécutifs"')
    ] = None
    phases: Annotated[
        tuple[Terms, ...],
        Key("phases", ListOf(Record(Terms), most=20), "Les cas, dans l'ordre : le premier rempli s'applique."),
    ] = ()
    reported: Annotated[
        Limit | None, Key("signale", ABSENCE_LIMIT, "Signalée avant cette limite.", '"sans limite"')
    ] = None
    proved: Annotated[
        Limit | None,
        Key(
            "justifie",
            ABSENCE_LIMIT,
            "Justifiée avant cette limite.",
            '"48 heures calendaires après le début de l\'absence"',
        ),
    ] = None
    waiting: Annotated[
        Waiting | None,
        Key(
            "jours_dus",
            WAITING,
            "Les jours qui restent dus en entier.",
            '"1 jour réservé depuis le début de l\'absence"',
        ),
    ] = None
    due: Annotated[Due | None, Key("a_payer", DUE, "Ce qui reste dû de chacun des autres jours.", '"rien"')] = None
    refund: Annotated[Refund | None, Key("rendu", REFUND, "Sous quelle forme le reste est rendu.", '"avoir"')] = None
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all([*self._faults(), *_misplaced(self.reported, self.proved)])

    def terms(self) -> tuple[Terms, ...]:
        """Its phases, or the one that stands in it."""
        if self.due is None:
            return self.phases
        return (Terms(reported=self.reported, proved=self.proved, waiting=self.waiting, due=self.due),)

    def calendars(self) -> frozenset[str]:
        """Every calendar that it counts in, « réservés » left out."""
        run = {self.run.calendar} if self.run else set()
        return frozenset(run - {BOOKED_DAYS, ALL_DAYS}).union(*(one.calendars() for one in self.terms()))

    def _faults(self) -> Iterator[Fault]:
        own = [name for name in ("reported", "proved", "waiting", "due") if getattr(self, name) is not None]
        if self.phases and own:
            paths: tuple[Path, ...] = tuple((name,) for name in own)
            fr = "écrivez-le dans « phases », ou retirez les phases"
            yield from (Fault(path, fr, "write it in « phases », or drop the phases") for path in paths)
        elif not self.phases and self.due is None:
            fr = 'il manque « a_payer », ce qui reste dû ; par exemple : a_payer = "rien"'
            yield Fault((), fr, 'missing « a_payer », what stays due; for instance a_payer = "rien"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Evenement(Where):
    """
    An event of the service that cancels for everybody what it covers: a strike, an absent teacher, an outing (S4.4).

    Args:
        motives: Codes that events give as their motive.
        due: What stays due of what is cancelled.
        refund: In what form the rest comes back.
    """

    code: Annotated[str, Key("", Slug(), "")]
    motives: Annotated[
        tuple[str, ...], Key("motifs", ListOf(Slug(), True), "Les motifs que l'événement peut donner.", '"greve"')
    ]
    due: Annotated[Due, Key("a_payer", DUE, "Ce qui reste dû de ce qui est annulé.", '"rien"')]
    refund: Annotated[Refund | None, Key("rendu", REFUND, "Sous quelle forme le reste est rendu.", '"avoir"')] = None
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""
