"""
A recopie told as the recurrence rules of agendas (RFC 5545), and read back from them.

Both ways say the same dates, or refuse. What a recopie reaches is the dates of its pattern, before any closure: which of
them are open is for the règlement to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, time
from itertools import islice, pairwise
from math import gcd
from types import ModuleType
from typing import TYPE_CHECKING, Final

from ..days import monday
from ..errors import Fault, InvalidValueError, Path, raise_all
from ..patterns import MOST_DATES, Pattern
from ..shapes import YEARS
from ._missing import MissingLibraryError

if TYPE_CHECKING:
    from dateutil.rrule import rrule, rruleset

    #: A recurrence: its text, or what dateutil makes of one.
    Recurrence = str | rrule | rruleset

#: RFC 5545 names weekdays so, Monday first.
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MOST_TEXT: Final = 20_000
_LINE: Final = re.compile(r"(DTSTART|RRULE|RDATE|EXDATE)((?:;[^:]*)?):(.*)")
_DAY: Final = re.compile("[0-9]{8}(T000000)?")
_KIND: Final = ("", ";VALUE=DATE", ";VALUE=DATE-TIME")
#: The parts of a rule that a recopie can say, and how their values are written.
_PARTS: Final = {
    "FREQ": re.compile("DAILY|WEEKLY"),
    "INTERVAL": re.compile("[1-9][0-9]{0,3}"),
    "COUNT": re.compile("[1-9][0-9]{0,3}"),
    "UNTIL": _DAY,
    "WKST": re.compile("|".join(_WEEKDAYS)),
    "BYDAY": re.compile(f"({'|'.join(_WEEKDAYS)})(,({'|'.join(_WEEKDAYS)}))*"),
}

#: The same in words, French then English.
_EXPECTED: Final = {
    "FREQ": (
        "DAILY ou WEEKLY : une recopie compte des jours et des semaines",
        "DAILY or WEEKLY: a recopie counts weeks",
    ),
    "INTERVAL": ("un nombre de 1 à 9999", "a number from 1 to 9999"),
    "COUNT": ("un nombre de 1 à 9999", "a number from 1 to 9999"),
    "UNTIL": ("un jour sans heure, de 1900 à 2200 : 20260907", "a day without a time, from 1900 to 2200: 20260907"),
    "WKST": ("un jour, MO, TU, WE, TH, FR, SA ou SU", "a weekday: MO, TU, WE, TH, FR, SA or SU"),
    "BYDAY": ("des jours sans rang : MO,TU,WE,TH,FR,SA,SU", "weekdays without a rank: MO,TU,WE,TH,FR,SA,SU"),
}


def rules_of(pattern: Pattern, skip_week: Callable[[date], bool] | None = None) -> dict[tuple[str, ...], str]:
    r"""
    The rules of a pattern: for each set of slots that it copies, the text that reaches the same dates.

    Args:
        pattern: What is copied.
        skip_week: Given a Monday, whether that week is left out and does not count (`Pattern.dates`).

    Raises:
        InvalidValueError: If no date is reached, since a rule has a first one, or if the weeks left out make the
            dates uneven, which no rule says.

    >>> days = {"first_day": date(2026, 12, 21), "last_day": date(2027, 1, 18)}
    >>> for slots, text in rules_of(Pattern.day(["repas"], "lundi", **days, every_weeks=2)).items():
    ...     print(slots, text, sep="\n")
    ('repas',)
    DTSTART;VALUE=DATE:20261221
    RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=MO;UNTIL=20270118;BYDAY=MO
    """
    said = _regular({day: pattern.slots_on(day) for day in pattern.dates(skip_week)})
    reached = said.dates()
    return {slots: _text(said, [day for day in reached if said.slots_on(day) == slots]) for _, slots in said.model}


def rruleset_of(pattern: Pattern, skip_week: Callable[[date], bool] | None = None) -> rruleset:
    """
    The dates of a pattern as one dateutil `rruleset`, at midnight, whatever slots they bear.

    Raises:
        MissingLibraryError: If `python-dateutil` is not installed.
        InvalidValueError: As `rules_of`.

    >>> days = {"first_day": date(2026, 12, 21), "last_day": date(2027, 1, 18)}
    >>> [f"{one:%m-%d}" for one in rruleset_of(Pattern.day(["repas"], "lundi", **days, every_weeks=2))]
    ['12-21', '01-04', '01-18']
    """
    library = _dateutil()
    found: rruleset = library.rruleset()
    for text in rules_of(pattern, skip_week).values():
        found.rrule(library.rrulestr(text))
    return found


def pattern_of(rules: Mapping[tuple[str, ...], Recurrence]) -> Pattern:
    r"""
    The pattern that copies some slots to exactly the dates of some recurrences; a date of two holds the slots of both.

    Read are daily and weekly rules of civil days, with an end (`COUNT` or `UNTIL`), and dates added or left out one by
    one (`RDATE`, `EXDATE`): whatever they say, as long as the dates come out as even weeks. A rule whose `DTSTART` is
    no date of it means two things, one in RFC 5545's readers and another in dateutil, and is refused.

    Args:
        rules: The slots to copy, and where: a text with its `DTSTART`, or what dateutil makes of one.

    Raises:
        MissingLibraryError: If `python-dateutil` is not installed.
        InvalidValueError: Naming everything that a recopie cannot say: an hour, a time zone, a rule by months or
            without an end, more than 800 dates, weeks that do not come evenly or bear different slots.

    >>> rule = "DTSTART;VALUE=DATE:20260907\nRRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO,TH"
    >>> [f"{day:%m-%d}" for day in pattern_of({("repas",): rule}).dates()]
    ['09-07', '09-10', '09-14', '09-17']
    """
    held: dict[date, tuple[str, ...]] = {}
    for slots, rule in rules.items():
        for day in _days_of(rule, (", ".join(slots) or "sans créneau",)):
            held[day] = tuple(dict.fromkeys((*held.get(day, ()), *slots)))
    return _regular(held)


def _dateutil() -> ModuleType:
    try:
        from dateutil import rrule
    except ImportError as missing:
        raise MissingLibraryError("les règles de récurrence demandent une bibliothèque", "calendars") from missing
    return rrule


def _text(said: Pattern, days: list[date]) -> str:
    """The rule that reaches some dates of a pattern, all those of their weekdays."""
    weekdays = ",".join(_WEEKDAYS[n] for n in sorted({day.weekday() for day in days}))
    every = f"INTERVAL={said.every_weeks};WKST=MO;" if said.every_weeks > 1 else ""
    head = f"DTSTART;VALUE=DATE:{_written(days[0])}"
    return f"{head}\nRRULE:FREQ=WEEKLY;{every}UNTIL={_written(days[-1])};BYDAY={weekdays}"


def _written(day: date) -> str:
    return day.isoformat().replace("-", "")


def _regular(days: Mapping[date, tuple[str, ...]]) -> Pattern:
    """
    The pattern that reaches exactly some dates, with their slots: from the first to the last, every n weeks.

    Any pattern that reaches them has weeks as far apart as these have, and copies the same slots to the weekdays that
    it reaches; so if this one does not, none does.

    Raises:
        InvalidValueError: If there is none.
    """
    if not days:
        fr = "aucune date n'est atteinte ; une règle a toujours une première date"
        raise _fault(fr, "no date is reached; a rule always has a first one")
    if len(days) > MOST_DATES:
        raise _too_many()
    first, last = min(days), max(days)
    weeks = sorted({monday(day) for day in days})
    every = gcd(*((two - one).days // 7 for one, two in pairwise(weeks))) or 1
    model: dict[int, tuple[str, ...]] = {}
    for day in sorted(days):
        slots = model.setdefault(day.weekday(), days[day])
        if slots != days[day]:
            said, before = (", ".join(one) or "rien" for one in (days[day], slots))
            fr = f"le {day:%d/%m/%Y} porte {said}, et le même jour d'une autre semaine {before} ; dites-les en plusieurs fois"
            raise _fault(
                fr, f"{day} bears {said}, the same weekday of another week {before}; say them one part at a time"
            )
    counted = range(weeks[0].toordinal(), last.toordinal() + 1, 7 * every)
    meant = (date.fromordinal(week + weekday) for week in counted for weekday in sorted(model))
    lacking = next((day for day in meant if first <= day <= last and day not in days), None)
    if lacking is not None:
        fr = f"il manque le {lacking:%d/%m/%Y} pour que les semaines soient égales ; dites-les en plusieurs fois"
        raise _fault(fr, f"{lacking} is missing for the weeks to come evenly; say them one part at a time")
    return Pattern(
        model=tuple(model.items()), first_day=first, last_day=last, every_weeks=every, erase=not all(model.values())
    )


def _fault(fr: str, en: str) -> InvalidValueError:
    return InvalidValueError([Fault(("dates",), fr, en)])


def _too_many() -> InvalidValueError:
    return _fault(
        f"plus de {MOST_DATES} dates, ou sans fin ; donnez une fin plus proche (UNTIL)",
        f"over {MOST_DATES} dates, or without an end; give a closer one (UNTIL)",
    )


def _days_of(rule: Recurrence, path: Path) -> list[date]:
    """The civil days of a recurrence, ascending."""
    library = _dateutil()
    found = rule if isinstance(rule, library.rruleset) else _read(str(rule), path, library)
    if isinstance(rule, library.rrule):
        found = rule  # read as a text first, which tells what a recopie cannot say, but forgets a time zone
    moments: list[datetime] = list(islice(found, MOST_DATES + 1))
    if len(moments) > MOST_DATES:
        raise _too_many()
    timed = next((one for one in moments if one.time() != time.min or one.tzinfo is not None), None)
    if timed is not None:
        fr = f"lu « {timed} » ; une recopie ne connaît que des jours, sans heure ni fuseau"
        raise InvalidValueError([Fault(path, fr, f"got « {timed} »; a recopie knows days, no time and no time zone")])
    return [one.date() for one in moments]


def _read(text: str, path: Path, library: ModuleType) -> rruleset:
    """
    The dates that a text says, its lines read strictly: dateutil would complete half a date from the clock.

    Raises:
        InvalidValueError: Naming every fault of the text.
    """
    if len(text) > _MOST_TEXT:
        fr, en = f"plus de {_MOST_TEXT} caractères", f"over {_MOST_TEXT} characters"
        raise InvalidValueError([Fault(path, f"{fr} ; donnez une règle plus courte", f"{en}; give a shorter rule")])
    faults: list[Fault] = []
    lines: list[tuple[str, str]] = []
    for line in re.sub(r"\r?\n[ \t]", "", text.upper()).split():
        found = _LINE.fullmatch(line)
        if found is None:
            fr, en = "il faut DTSTART, RRULE, RDATE ou EXDATE", "expected DTSTART, RRULE, RDATE or EXDATE"
            faults.append(Fault(path, f"lu « {line[:60]} » ; {fr}", f"got « {line[:60]} »; {en}"))
            continue
        name, kind, value = found.groups()
        check = _rule_faults if name == "RRULE" else _day_faults
        faults += (fault.under(*path, name) for fault in check(kind, value))
        lines.append((name, value))
    if len([name for name, value in lines if name == "DTSTART"]) != 1:
        fr = "il faut un DTSTART, un seul : sans lui, la règle commencerait le jour où on la lit"
        faults.append(Fault((*path, "DTSTART"), fr, "expected one DTSTART: without it a rule begins when it is read"))
    raise_all(faults)
    return _built(lines, (*path, "DTSTART"), library)


def _rule_faults(kind: str, value: str) -> Iterator[Fault]:
    """What a recopie cannot say in the parts of one rule."""
    parts = [part.partition("=")[::2] for part in value.split(";")]
    names = [name for name, _ in parts]
    if kind or len(set(names)) < len(names):
        yield Fault((), "une partie est donnée deux fois ; gardez-en une", "a part is given twice; keep one")
    for name, said in parts:
        if name not in _PARTS:
            known = ", ".join(_PARTS)
            fr = f"une recopie ne dit pas « {name[:30]} » ; il faut seulement {known}"
            yield Fault((), fr, f"a recopie cannot say « {name[:30]} »; expected only {known}")
        elif not _PARTS[name].fullmatch(said) or (name == "UNTIL" and _day(said) is None):
            fr, en = _EXPECTED[name]
            yield Fault((name,), f"lu « {said[:30]} » ; il faut {fr}", f"got « {said[:30]} »; expected {en}")
    if "FREQ" not in names:
        yield Fault((), "il manque FREQ ; écrivez FREQ=WEEKLY", "FREQ is missing; write FREQ=WEEKLY")
    if ("COUNT" in names) == ("UNTIL" in names):
        yield Fault(
            (), "il faut une fin : UNTIL ou COUNT, un seul des deux", "expected an end: UNTIL or COUNT, one only"
        )


def _day_faults(kind: str, value: str) -> Iterator[Fault]:
    """Which of some dates are no civil days."""
    if kind not in _KIND:
        fr = f"lu « {kind[1:40]} » ; une recopie ne connaît pas de fuseau, écrivez VALUE=DATE"
        yield Fault((), fr, f"got « {kind[1:40]} »; a recopie knows no time zone, write VALUE=DATE")
    fr, en = _EXPECTED["UNTIL"]
    for said in value.split(","):
        if _day(said) is None:
            yield Fault((), f"lu « {said[:30]} » ; il faut {fr}", f"got « {said[:30]} »; expected {en}")


def _day(said: str) -> date | None:
    """The civil day of « 20260907 », or of the midnight by which dateutil writes one; None where it is none."""
    try:
        day = date.fromisoformat(said[:8]) if _DAY.fullmatch(said) else None
    except ValueError:
        return None
    return day if day is not None and day.year in YEARS else None


def _midnights(value: str) -> list[datetime]:
    return [datetime.combine(day, time.min) for day in map(_day, value.split(",")) if day is not None]


def _built(lines: Collection[tuple[str, str]], path: Path, library: ModuleType) -> rruleset:
    """
    The dates of lines without fault.

    Raises:
        InvalidValueError: If the first one is not where the text begins.
    """
    found: rruleset = library.rruleset()
    start = next(_midnights(value)[0] for name, value in lines if name == "DTSTART")
    rules = [dict(part.partition("=")[::2] for part in value.split(";")) for name, value in lines if name == "RRULE"]
    added = [one for name, value in lines if name == "RDATE" for one in _midnights(value)]
    # A rule that does not hold its start is told before dateutil looks for its first date until the year 9999.
    begins = all(_reaches(parts, start) for parts in rules) if rules else start in added
    if not begins or any(one < start for one in added):
        fr = f"le {start:%d/%m/%Y} n'est pas la première date que dit la règle ; commencez par la première"
        en = f"{start:%Y-%m-%d} is not the first date that the rule says; begin with the first one"
        raise InvalidValueError([Fault(path, fr, en)])
    for parts in rules:
        found.rrule(_rule(parts, start, library))
    for moment in added:
        found.rdate(moment)
    for moment in (one for name, value in lines if name == "EXDATE" for one in _midnights(value)):
        found.exdate(moment)
    return found


def _reaches(parts: Mapping[str, str], start: datetime) -> bool:
    """Whether the day that a rule begins on is one of its dates."""
    end = _day(parts["UNTIL"]) if "UNTIL" in parts else None
    ended = end is not None and end < start.date()
    return not ended and _WEEKDAYS[start.weekday()] in parts.get("BYDAY", _WEEKDAYS[start.weekday()])


def _rule(parts: Mapping[str, str], start: datetime, library: ModuleType) -> rrule:
    """One rule of valid parts."""
    weekdays = [_WEEKDAYS.index(one) for one in parts["BYDAY"].split(",")] if "BYDAY" in parts else None
    end = _day(parts["UNTIL"]) if "UNTIL" in parts else None
    made: rrule = library.rrule(
        library.DAILY if parts["FREQ"] == "DAILY" else library.WEEKLY,
        dtstart=start,
        interval=int(parts.get("INTERVAL", 1)),
        wkst=_WEEKDAYS.index(parts.get("WKST", "MO")),
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        until=None if end is None else datetime.combine(end, time.min),
        byweekday=weekdays,
    )
    return made
