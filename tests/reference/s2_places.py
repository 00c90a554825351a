"""S2: kinds of day, named sets of dates, slots, and which of them open on a date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from .s1_answers import Plain, many, plain_words

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip


class OutsideError(Exception):
    """S3.7: the calendar data do not reach a date."""


def within(day: date, first: str | None, last: str | None) -> bool:
    """S2.1: a stretch of days has a first and a last day, both included."""
    if first is not None and day < date.fromisoformat(first):
        return False
    return last is None or day <= date.fromisoformat(last)


def exception_of(reglement: Plain, day: date) -> Plain:
    """S2.1: what a dated exception says of a day; nothing for most days."""
    found: Plain = reglement["jours"].get("exception", {}).get(day.isoformat(), {})
    return found


def holiday_of(reglement: Plain, day: date) -> str:
    """S2.1: the code of the school holidays that hold a day; empty for none."""
    for code, span in reglement["jours"].get("vacances", {}).items():
        if within(day, span["du"], span["au"]):
            return str(code)
    return ""


def kind_of(reglement: Plain, day: date) -> str:
    """S2.1: the first that fits of férié, vacances, week-end, ordinaire; a dated exception may set it."""
    days = reglement["jours"]
    if not within(day, days["du"], days["au"]):
        raise OutsideError(day.isoformat())
    said = exception_of(reglement, day)
    if "type" in said:
        return str(said["type"])
    if "comme" in said:
        return "ordinaire"
    if day.isoformat() in days.get("feries", []):
        return "férié"
    if holiday_of(reglement, day):
        return "vacances"
    return "week-end" if day.weekday() in {5, 6} else "ordinaire"


def weekday_of(reglement: Plain, day: date) -> str:
    """S2.1: its weekday, unless a dated exception treats it « as a Monday »."""
    return str(exception_of(reglement, day).get("comme", WEEKDAYS[day.weekday()]))


def on(reglement: Plain, when: Plain, day: date, periodes: Collection[str]) -> bool:
    """
    S1 (selector): whether some dates hold a day; keys add up, a list is a choice, a key left out restricts nothing.

    Args:
        periodes: The périodes of the day.
    """
    months = [plain_words(one) for one in many(when.get("mois"))]
    checks = [
        not when.get("jour") or weekday_of(reglement, day) in when["jour"],
        not when.get("type") or kind_of(reglement, day) in when["type"],
        not months or MONTHS[day.month - 1] in months,
        not when.get("periode") or any(one in periodes for one in when["periode"]),
        not when.get("vacances") or holiday_of(reglement, day) in when["vacances"],
        not when.get("calendrier") or any(in_calendar(reglement, one, day) for one in when["calendrier"]),
        not when.get("dates") or day.isoformat() in when["dates"],
        within(day, when.get("du"), when.get("au")),
    ]
    return all(checks)


def in_calendar(reglement: Plain, code: str, day: date) -> bool:
    """S3.2: whether a calendar given as data, or one of the format that a date tells by itself, holds a day."""
    said = plain_words(code)
    if said == "ecole":
        taught = [place["jours_ecole"] for place in reglement["etablissement"].values()]
        return kind_of(reglement, day) == "ordinaire" and all(weekday_of(reglement, day) in one for one in taught)
    if said in {"ouvres", "ouvrables"}:
        return kind_of(reglement, day) != "férié" and day.weekday() < (5 if said == "ouvres" else 6)
    one = reglement["calendrier"][code]
    if one.get("sauf") and on(reglement, one["sauf"], day, ()):
        return False
    return on(reglement, one["quand"], day, ())


def slot_of(reglement: Plain, code: str) -> Plain:
    """S2.2: a slot by its code."""
    for mode in reglement["mode"].values():
        for slot in mode["offre"]:
            if slot["code"] == code:
                return dict(slot)
    raise KeyError(code)


def hours_of(reglement: Plain, code: str) -> tuple[int, int] | None:
    """S2.2: start and end of a slot in minutes since midnight, or no times."""
    said = slot_of(reglement, code).get("horaire", "")
    if not said:
        return None
    start, end = (int(one[:2]) * 60 + int(one[3:]) for one in said.split("-"))
    return start, end


def all_slots(reglement: Plain) -> list[str]:
    """S2.2: every slot, in display order."""
    return [slot["code"] for mode in reglement["mode"].values() for slot in mode["offre"]]


def mode_of(reglement: Plain, slot: str) -> str:
    """S2.1: the mode d'accueil of a slot."""
    for code, mode in reglement["mode"].items():
        if any(one["code"] == slot for one in mode["offre"]):
            return str(code)
    raise KeyError(slot)


def expand(reglement: Plain, codes: Collection[str]) -> list[str]:
    """S1 (selector): the slots that codes of slots, groups and modes stand for, in display order."""
    found: set[str] = set()
    for code in codes:
        if code in reglement["mode"]:
            found.update(slot["code"] for slot in reglement["mode"][code]["offre"])
        elif code in reglement.get("groupe", {}):
            found.update(expand(reglement, reglement["groupe"][code]))
        else:
            found.add(code)
    return [code for code in all_slots(reglement) if code in found]


def opens(reglement: Plain, code: str, day: date) -> bool:
    """S2.1: a période opens on the dates that its selector gives, between its bounds."""
    periode = reglement["periode"][code]
    if not within(day, periode["du"], periode["au"]):
        return False
    if periode.get("sauf") and on(reglement, periode["sauf"], day, (code,)):
        return False
    return on(reglement, periode.get("quand", {}), day, (code,))


def open_periodes(reglement: Plain, day: date) -> list[str]:
    """S2.1: the périodes that open on a date."""
    kind_of(reglement, day)
    return [code for code in reglement["periode"] if opens(reglement, code, day)]


def open_slots(reglement: Plain, day: date) -> dict[str, str]:
    """S2.1: the slots that open on a date, each with its période, in display order."""
    found = {}
    periodes = open_periodes(reglement, day)
    for slot in all_slots(reglement):
        for code in periodes:
            if reglement["periode"][code]["mode"] == mode_of(reglement, slot):
                found[slot] = code
    return found
