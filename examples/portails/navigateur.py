"""
A faulty portal: its rules are applied in the browser, and its server believes what the page posts.

`python navigateur.py` has every fault; `python navigateur.py delai fuseau` has those alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date, datetime

from exact import PARIS, Boxes, Case, Portal, Slots, serve

FAULTS = {
    "regles": "the page greys the boxes that do not go together; the server takes whatever is posted",
    "semaine": "the page counts the middays of the week; the server does not",
    "delai": "the page hides the boxes past their limit; the server takes what an old page posts",
    "annulation": "the same for what is given back",
    "fermes": "the page shows no closed day; the server takes any date",
    "dossier": "the menu is hidden where the file is not complete; the address of the page still works",
    "inconnu": "what is not known of a child is taken for granted",
    "variante": "the variant that the page names is the one that is booked",
    "fuseau": "the hour is read as the browser wrote it, whatever its offset",
}


class BrowserOnly(Portal):
    """The portal with some of the faults, all of them unless told."""

    def __init__(self, faults: Iterable[str] = tuple(FAULTS)) -> None:
        self.faults = set(faults)

    def answer(self, case: Case) -> Case:
        """The server fills in what it does not know, and drops the variant where it trusts the page."""
        if "inconnu" in self.faults:
            case = {**case, "faits": {"dossier": "complet", "residence": "commune", "quotient": 0, **case["faits"]}}
        return super().answer(case)

    def instant(self, text: str) -> datetime:
        """Read without its offset."""
        if "fuseau" in self.faults:
            return datetime.fromisoformat(text).replace(tzinfo=PARIS)
        return super().instant(text)

    def are_open(self, day: date, slots: Slots) -> bool:
        """Every date is open."""
        return "fermes" in self.faults or super().are_open(day, slots)

    def live(self, day: date, now: datetime) -> str | None:
        """Late is never too late."""
        found = super().live(day, now)
        return found or "hors-delai" if "delai" in self.faults else found

    def may_cancel(self, day: date, now: datetime) -> bool:
        """Always."""
        return "annulation" in self.faults or super().may_cancel(day, now)

    def file_of(self, case: Case) -> str | None:
        """Always complete."""
        found = super().file_of(case)
        return "complet" if "dossier" in self.faults and found else found

    def keeps_rules(self, held: Boxes, after: Boxes, added: Slots) -> bool:
        """Always."""
        return "regles" in self.faults or super().keeps_rules(held, after, added)

    def keeps_week(self, case: Case, day: date, after: Boxes, added: Slots) -> bool:
        """Always."""
        return "semaine" in self.faults or super().keeps_week(case, day, after, added)


class TrustsTheVariant(BrowserOnly):
    """The same, which books the variant that is posted."""

    def answer(self, case: Case) -> Case:
        """What is named is forgotten before it is judged."""
        if "variante" in self.faults:
            case = {**case, "veut": [{"creneau": one["creneau"]} for one in case["veut"]]}
        return super().answer(case)


if __name__ == "__main__":
    serve(TrustsTheVariant(sys.argv[1:] or tuple(FAULTS)))
