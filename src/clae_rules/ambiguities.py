"""Wordings of a limit with more than one reading, or written otherwise here: each with its way out (S3.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .shapes import folded, phrase_error


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """
    A pattern over a folded phrase, and how to say what it may mean; {0}, {1}… are its groups.

    Args:
        anchored: Whether these ways count from the date or the slot, which not every limit may.
    """

    pattern: str
    fr: str
    en: str
    anchored: bool = True


_EVES: Final = tuple(f"« 1 jour {one} avant la date, avant 10:00 »" for one in ("calendaire", "ouvré", "école"))
_HOURS: Final = ", ".join(
    f"« {{0}} heures {one} »"
    for one in ("calendaires avant le créneau", "calendaires avant la date", "ouvrées avant la date")
)
_DAYS: Final = "calendaires (tous), ouvrés (lundi à vendredi), ouvrables (lundi à samedi), école, ouverts"
_SO: Final = "« {0} jours calendaires{1} avant la date »"
#: The first that fits speaks.
AMBIGUITIES: Final = (
    Ambiguity(
        r"\bveille\b",
        f"quelle veille ? écrivez {', '.join(_EVES)}",
        f"which day before? write {', '.join(_EVES)}",
    ),
    Ambiguity(r"\bmidi\b", "écrivez l'heure : « 12:00 »", "write the time: « 12:00 »", anchored=False),
    Ambiguity(
        r"\bminuit\b",
        "lequel ? « 00:00 » est le début du jour, « 24:00 » sa fin",
        "which one? « 00:00 » is the start of the day, « 24:00 » its end",
        anchored=False,
    ),
    Ambiguity(
        r"(?:avant|jusqu'a|,| a) ?(\d{1,2}) ?h ?(\d\d)?$",
        "écrivez l'heure « {0:0>2}:{1:0>2} »",
        "write the time « {0:0>2}:{1:0>2} »",
        anchored=False,
    ),
    Ambiguity(
        r"(?:avant|jusqu'a|,| a) ?(\d:\d\d)$",
        "écrivez l'heure « 0{0} »",
        "write the time « 0{0} »",
        anchored=False,
    ),
    Ambiguity(
        r"^(\d+) ?(?:h|heures?)(?=,| avant| apres|$)",
        f"quelles heures, et avant quoi ? écrivez {_HOURS}",
        f"which hours, and before what? write {_HOURS}",
    ),
    Ambiguity(
        r"^(\d+) ?(?:j|jours?)( francs?)?(?=,| avant| apres|$)",
        f"« {{0}} jours » : lesquels ? {_DAYS} ; écrivez {_SO}",
        f"« {{0}} jours »: which days? {_DAYS}; write {_SO}",
    ),
)


def refuse_ambiguous(text: str, ways: str = "") -> None:
    """
    Refuse a limit that has more than one reading, with the ways to say each.

    Args:
        text: The limit.
        ways: How it may be written, where it does not count from the date or the slot.

    Raises:
        InvalidValueError: If *text* is one.
    """
    for one in AMBIGUITIES:
        if found := re.search(one.pattern, folded(text)):
            if ways and one.anchored:
                raise phrase_error(text, f"plusieurs lectures ; écrivez {ways}", f"more than one reading; write {ways}")
            words = [group or "" for group in found.groups()]
            raise phrase_error(text, one.fr.format(*words), one.en.format(*words))
