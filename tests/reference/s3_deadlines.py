"""S3: limits as instants, the phases that they bound, and which deadline governs."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .s1_answers import Plain, plain_words
from .s2_places import (
    WEEKDAYS,
    holiday_of,
    hours_of,
    in_calendar,
    kind_of,
    mode_of,
    on,
    open_periodes,
    opens,
    weekday_of,
)
from .s5_who import Facts, reaches

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)


class UnknownError(Exception):
    """S1.5: what a limit counts from is not there."""


@dataclass(frozen=True)
class Spot:
    """One slot on one date, as limits see it."""

    reglement: Plain
    day: date
    slot: str
    periode: str


def instant(local: datetime, zone: str) -> datetime:
    """S3.7: an ambiguous local time is the later instant, a missing one the first instant after the gap."""
    tz = ZoneInfo(zone)
    readings = [local.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = [one for one in readings if one.astimezone(tz).replace(tzinfo=None) == local]
    if real:
        return max(real)
    at = min(readings)
    while at.astimezone(tz).replace(tzinfo=None) < local:
        at += ONE_MINUTE
    return at


def counts(spot: Spot, calendar: str, day: date) -> bool:
    """S3.2: whether a calendar holds a day."""
    reglement, mode = spot.reglement, mode_of(spot.reglement, spot.slot)
    word = plain_words(calendar)
    if re.fullmatch(r"calendaires?", word):
        return True
    ferie, place = kind_of(reglement, day) == "férié", reglement["mode"][mode]["etablissement"]
    if re.fullmatch(r"ouvree?s?", word):
        return day.weekday() <= 4 and not ferie
    if re.fullmatch(r"ouvrables?", word):
        return day.weekday() <= 5 and not ferie
    if word == "ecole":
        taught = reglement["etablissement"][place]["jours_ecole"]
        return kind_of(reglement, day) == "ordinaire" and weekday_of(reglement, day) in taught
    if re.fullmatch(r"ouverte?s?", word):
        return any(reglement["periode"][one]["mode"] == mode for one in open_periodes(reglement, day))
    return in_calendar(reglement, calendar, day)


def back(spot: Spot, day: date, count: int, calendar: str) -> date:
    """S3.2: the count-th day of a calendar strictly before a day."""
    while count:
        day -= ONE_DAY
        if counts(spot, calendar, day):
            count -= 1
    return day


def ahead(spot: Spot, day: date, count: int, calendar: str) -> date:
    """S3.2: the count-th day of a calendar strictly after a day."""
    while count:
        day += ONE_DAY
        if counts(spot, calendar, day):
            count -= 1
    return day


def hours_back(spot: Spot, local: datetime, count: int, calendar: str) -> datetime:
    """S3.2: so many hours before, of which only the 24 of a calendar's days count; a minute at a time."""
    left, known = count * 60, {}
    while left:
        local -= ONE_MINUTE
        if local.date() not in known:
            known[local.date()] = counts(spot, calendar, local.date())
        if known[local.date()]:
            left -= 1
    return local


def anchor(spot: Spot, said: str) -> datetime:
    """S3.1: what a limit counts from, in civil local time."""
    day, periode = spot.day, spot.reglement["periode"][spot.periode]
    if said == "le creneau":
        hours = hours_of(spot.reglement, spot.slot)
        if hours is None:
            raise UnknownError(said)
        return datetime.combine(day, time()) + hours[0] * ONE_MINUTE
    if said == "le lundi de la semaine":
        day -= day.weekday() * ONE_DAY
    elif said == "le 1er du mois":
        day = day.replace(day=1)
    elif said == "le debut des vacances":
        day = holidays_start(spot)
    elif said == "le debut de la periode":
        day = date.fromisoformat(periode["du"])
    elif said == "le premier jour d'ouverture de la periode":
        day = date.fromisoformat(periode["du"])
        while not opens(spot.reglement, spot.periode, day):
            day += ONE_DAY
    elif said != "la date":
        raise ValueError(said)
    return datetime.combine(day, time())


def holidays_start(spot: Spot) -> date:
    """S3.1: the first day of the school holidays that hold the date."""
    code = holiday_of(spot.reglement, spot.day)
    if not code:
        raise UnknownError(code)
    return date.fromisoformat(spot.reglement["jours"]["vacances"][code]["du"])


def weekday_step(day: date, said: str) -> date | None:
    """S3.2: the previous W, strictly before; or W of the week n weeks before."""
    found = re.fullmatch(rf"({'|'.join(WEEKDAYS)}) (precedent|de la (?:semaine -(\d+)|meme semaine))", said)
    if not found:
        return None
    wanted = WEEKDAYS.index(found[1])
    if found[2] == "precedent":
        day -= ONE_DAY
        while day.weekday() != wanted:
            day -= ONE_DAY
        return day
    monday = day - day.weekday() * ONE_DAY
    return monday - 7 * int(found[3] or 0) * ONE_DAY + wanted * ONE_DAY


def month_step(day: date, said: str) -> date | None:
    """S3.2: a day of the month n months before, clipped to its end; its nth weekday; one of its last full week."""
    found = re.fullmatch(r"(.+) du (?:mois -(\d+)|meme mois)", said)
    if not found:
        return None
    year, month = day.year, day.month
    for _ in range(int(found[2] or 0)):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    days = [date(year, month, 1 + n) for n in range(monthrange(year, month)[1])]
    if number := re.fullmatch(r"le (\d+)(?:er)?", found[1]):
        return days[min(int(number[1]), len(days)) - 1]
    if week := re.fullmatch(r"(\w+) de la derniere semaine complete", found[1]):
        full = [one for one in days if one.weekday() == 0 and one + 6 * ONE_DAY in days]
        return full[-1] + WEEKDAYS.index(week[1]) * ONE_DAY
    nth = re.fullmatch(r"le (?:dernier|(\d)(?:er|e)) (\w+)", found[1])
    if nth is None:
        raise ValueError(said)
    named = [one for one in days if one.weekday() == WEEKDAYS.index(nth[2])]
    return named[int(nth[1] or 0) - 1]


def minutes_of(said: str) -> int:
    """S3.3: « avant » makes that minute too late, « jusqu'à » grants it; 24:00 is the next 00:00 either way."""
    word, clock = said.rsplit(" ", 1)
    minutes = int(clock[:2]) * 60 + int(clock[3:])
    return minutes if word == "avant" or minutes == 1440 else minutes + 1


def rolled(spot: Spot, day: date, closed_day: str) -> date:
    """S3.2: a limit that falls outside its calendar stays, or rolls back."""
    found = re.fullmatch(r"recule au jour (.+) precedent", plain_words(closed_day))
    if not found or counts(spot, found[1], day):
        return day
    return back(spot, day, 1, found[1])


def resolve(spot: Spot, phrase: str, closed_day: str = "reste") -> datetime | str:
    """S3: the instant, in UTC, from which it is too late; or « jamais », « sans limite »."""
    zone = str(spot.reglement["reglement"]["fuseau"])
    day_said, _, clock = (part.strip() for part in plain_words(phrase).partition(","))
    if day_said == "non publie":
        raise UnknownError(phrase)
    if day_said in {"jamais", "sans limite"}:
        return day_said
    if found := re.fullmatch(r"(\d+) heures? (.+) avant (.+)", day_said):
        return instant(hours_back(spot, anchor(spot, found[3]), int(found[1]), found[2]), zone)
    rolls = True
    if found := re.fullmatch(r"(\d+) jours? (.+?)( francs?)? (avant|apres) (.+)", day_said):
        start = spot.day if found[5] == "le creneau" else anchor(spot, found[5]).date()
        day = (back if found[4] == "avant" else ahead)(spot, start, int(found[1]), found[2])
        if found[3]:
            return instant(datetime.combine(day, time()), zone)
        rolls = found[2].startswith("calendaire")
    elif found := re.fullmatch(r"le (\d{4}-\d\d-\d\d)(?: a (\d\d):(\d\d))?", day_said):
        day, rolls = date.fromisoformat(found[1]), False
        if found[2]:
            return instant(datetime.combine(day, time()) + timedelta(hours=int(found[2]), minutes=int(found[3])), zone)
    elif day_said == "le creneau":
        return instant(anchor(spot, day_said), zone)
    else:
        step = weekday_step(spot.day, day_said) or month_step(spot.day, day_said)
        day = step or anchor(spot, "la date" if day_said == "le jour meme" else day_said).date()
        rolls = step is not None or day_said in {"le lundi de la semaine", "le 1er du mois"}
    if rolls:
        day = rolled(spot, day, closed_day)
    return instant(datetime.combine(day, time()) + minutes_of(clock) * ONE_MINUTE, zone)


@dataclass(frozen=True)
class Window:
    """S3.6: a phase as [start, end); None is unbounded."""

    start: datetime | None
    end: datetime | None
    phase: Plain


@dataclass(frozen=True)
class Plan:
    """S3.6: the windows of one action, and whether some of them are not known."""

    windows: tuple[Window, ...] = ()
    unknown: bool = False

    def live(self, now: datetime) -> Plain | None:
        """S3.6: outside every interval the action is refused."""
        for one in self.windows:
            if (one.start is None or one.start <= now) and (one.end is None or now < one.end):
                return one.phase
        return None


def phases_of(deadline: Plain, action: str) -> list[Plain]:
    """S3.6: a deadline is the simplest phase."""
    said = deadline[action]
    if said == "jamais":
        return []
    return [{"limite": said, "variante": "normal"}] if isinstance(said, str) else list(said)


def precedence(where: Plain) -> int:
    """S3.5: dated exceptions win over tables, tables over the formula."""
    when = where.get("quand", {})
    if when.get("dates") or when.get("du") or when.get("au"):
        return 2
    return 1 if any(where.get(key) for key in ("creneaux", "variante", "formules", "quand", "qui", "sauf")) else 0


def row_of(spot: Spot, deadline: Plain) -> Plain:
    """S3.5: the row of a table that holds the date; the most precise wins."""
    periodes = open_periodes(spot.reglement, spot.day)
    rows = [one for one in deadline["table"] if on(spot.reglement, one.get("quand", {}), spot.day, periodes)]
    if not rows:
        raise UnknownError("table")
    row: Plain = max(rows, key=precedence)
    return row


def without(table: Plain, key: str) -> Plain:
    """A table without one of its keys."""
    return {name: value for name, value in table.items() if name != key}


def plan(spot: Spot, deadline: Plain, action: str) -> Plan:
    """S3.6: an ordered list of intervals, each starting where the one before ends unless it says since when."""
    windows, unknown, over = [], False, False
    start: datetime | None = None
    closed_day = deadline.get("limite_un_jour_ferme", "reste")
    for phase in phases_of(deadline, action):
        try:
            said = phase if phase["limite"] != "table" else {**row_of(spot, deadline), **without(phase, "limite")}
            if "depuis" not in said and (over or unknown):
                continue
            begin = start
            if "depuis" in said:
                since = resolve(spot, said["depuis"], closed_day)
                begin = since if isinstance(since, datetime) else None
            end = resolve(spot, said["limite"], closed_day)
        except UnknownError:
            unknown = True
            continue
        over = isinstance(end, str)
        if end == "jamais" or (isinstance(end, datetime) and begin is not None and end <= begin):
            start = begin
            continue
        start = end if isinstance(end, datetime) else None
        windows.append(Window(begin, start, phase))
    return Plan(tuple(windows), unknown)


def governing(spot: Spot, action: str, facts: Facts) -> Plan | None:
    """S3.5: of the deadlines that speak of an action and apply, the most precise; None where there is none."""
    periodes = open_periodes(spot.reglement, spot.day)
    first_day = date.fromisoformat(spot.reglement["periode"][spot.periode]["du"])
    found = []
    for deadline in spot.reglement.get("delai", {}).values():
        answer = reaches(spot.reglement, deadline, spot.slot, spot.day, periodes, facts, first_day)
        if action in deadline and answer is not False:
            found.append((precedence(deadline), answer, deadline))
    if not found:
        return None
    best = [(answer, one) for rank, answer, one in found if rank == max(rank for rank, _, _ in found)]
    if len(best) > 1 or best[0][0] is None:
        return Plan(unknown=True)
    return plan(spot, best[0][1], action)


def edges(plans: list[Plan]) -> list[datetime]:
    """S1 (epoch): every instant at which an answer may change, in order."""
    found = {at for one in plans for window in one.windows for at in (window.start, window.end) if at is not None}
    return sorted(found)


__all__ = ["Plan", "Spot", "Window", "edges", "governing", "instant", "plan", "resolve"]
