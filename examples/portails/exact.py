"""
A portal that applies reglement.toml as it is written, by hand and with nothing of clae_rules.

`python exact.py` reads a case a line and answers a line. Each method is one thing that a portal must get
right, so that the faulty ones beside it can get it wrong.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

#: A case and an answer as JSON; slots; slots with their variant.
Case = dict[str, Any]
Slots = list[str]
Boxes = dict[str, str]

PARIS = ZoneInfo("Europe/Paris")
MODES = {
    "annee": ("matin", "repas", "panier", "soir-1", "soir-2"),
    "mercredis": ("mer-matin", "mer-repas", "mer-apres-midi"),
}
FIRST, LAST = date(2026, 9, 1), date(2026, 12, 31)
TERM = {"annee": (date(2026, 9, 1), date(2026, 12, 18)), "mercredis": (date(2026, 9, 2), date(2026, 12, 16))}
SHUT = {date(2026, 11, 11)} | {date(2026, 10, 17) + timedelta(n) for n in range(16)}
#: Euro cents; a meal is paid by the quotient.
PRICES = {"matin": 135, "panier": 115, "soir-1": 105, "soir-2": 105, "mer-matin": 435, "mer-repas": 325}
PRICES["mer-apres-midi"] = 435
RATE, FLOOR, CEILING = Fraction("0.45"), 120, 580
#: Slots of midday, of which three a week may be held.
MIDDAY = {"repas", "panier"}


class Portal:
    """The validator of a portal: from a case to its answer."""

    def answer(self, case: Case) -> Case:
        """What the portal answers to a case."""
        day, now = date.fromisoformat(case["date"]), self.instant(case["instant"])
        held = {one["creneau"]: one.get("variante", "normal") for one in case["deja"]}
        wanted = {one["creneau"]: one.get("variante") for one in case["veut"]}
        if not FIRST <= day <= LAST:
            return self.said(case, "indécis")
        added, removed = [one for one in wanted if one not in held], [one for one in held if one not in wanted]
        live = self.live(day, now)
        after = {one: held.get(one) or live or "normal" for one in wanted}
        refused = [
            not self.are_open(day, [*added, *removed]),
            bool(added) and live is None,
            any(wanted[one] not in (None, live) for one in added),
            any(wanted[one] not in (None, held[one]) for one in wanted if one in held),
            bool(removed) and not self.may_cancel(day, now),
            bool(added) and self.file_of(case) == "incomplet",
            not self.keeps_rules(held, after, added),
            not self.keeps_week(case, day, after, added),
        ]
        if any(refused):
            return self.said(case, "refusé")
        unknown = [self.line(case, one, after[one]) is None for one in added]
        if added and (self.file_of(case) is None or any(unknown)):
            return self.said(case, "indécis")
        return self.said(case, "accepté", self.total(case, added, removed, held, after))

    def said(self, case: Case, status: str, cents: int | None = None) -> Case:
        """An answer."""
        return {"cas": case["cas"], "statut": status, "prix_cents": cents}

    def instant(self, text: str) -> datetime:
        """The instant, in Paris."""
        return datetime.fromisoformat(text).astimezone(PARIS)

    def are_open(self, day: date, slots: Slots) -> bool:
        """Whether some slots open on a date."""
        wednesday = day.weekday() == 2
        periode = "mercredis" if wednesday else "annee"
        opened = TERM[periode][0] <= day <= TERM[periode][1] and day.weekday() < 5 and day not in SHUT
        return all(opened and one in MODES[periode] for one in slots)

    def live(self, day: date, now: datetime) -> str | None:
        """The variant that may be booked: until the Thursday before at noon, then until the day itself at 8."""
        thursday = day - timedelta(days=day.weekday() + 4)
        if now < datetime.combine(thursday, time(12), PARIS):
            return "normal"
        return "hors-delai" if now < datetime.combine(day, time(8), PARIS) else None

    def may_cancel(self, day: date, now: datetime) -> bool:
        """Whether something may be given back: until two days before, at midnight."""
        return now < datetime.combine(day - timedelta(days=2), time(0), PARIS)

    def file_of(self, case: Case) -> str | None:
        """The state of the child's file; None where it is not known."""
        found: str | None = case["faits"].get("dossier")
        return found

    def broken(self, held: Boxes) -> dict[str, set[str]]:
        """The rules that a selection breaks, each with the slots at fault."""
        found: dict[str, set[str]] = {}
        if {"repas", "panier"} <= set(held):
            found["repas-ou-panier"] = {"repas", "panier"}
        if "soir-2" in held and "soir-1" not in held:
            found["deuxieme-heure"] = {"soir-2"}
        if "mer-repas" in held and not {"mer-matin", "mer-apres-midi"} & set(held):
            found["repas-mercredi"] = {"mer-repas"}
        return found

    def keeps_rules(self, held: Boxes, after: Boxes, added: Slots) -> bool:
        """Whether no rule is broken, but those that were before and of which no added slot is a cause."""
        before = self.broken(held)
        return not any(rule not in before or slots & set(added) for rule, slots in self.broken(after).items())

    def keeps_week(self, case: Case, day: date, after: Boxes, added: Slots) -> bool:
        """Whether at most three middays are held in the week, where one is added."""
        monday = day - timedelta(days=day.weekday())
        week = {str(monday + timedelta(n)) for n in range(7)}
        others = [one for when, held in case["planning"].items() if when in week for one in held]
        count = sum(one["creneau"] in MIDDAY for one in others) + len(MIDDAY & set(after))
        return count <= 3 or not MIDDAY & set(added)

    def quotient(self, case: Case) -> Fraction | None:
        """The exact quotient; None where it is not known."""
        told = case["faits"].get("quotient")
        return None if told is None else Fraction(Decimal(str(told)))

    def unit(self, case: Case, slot: str) -> Fraction | None:
        """The price of a slot before what changes it, exact cents; None where it is not known."""
        if slot != "repas":
            return Fraction(PRICES[slot])
        quotient = self.quotient(case)
        return None if quotient is None else min(max(RATE * quotient, Fraction(FLOOR)), Fraction(CEILING))

    def factor(self, case: Case, variant: str) -> Fraction | None:
        """What multiplies a price; None where it is not known."""
        residence = case["faits"].get("residence")
        if residence is None:
            return None
        late = Fraction(3, 2) if variant == "hors-delai" else Fraction(1)
        return late * (Fraction(6, 5) if residence == "exterieur" else 1)

    def rounded(self, cents: Fraction) -> int:
        """Whole cents, the half going up."""
        return floor(cents + Fraction(1, 2))

    def line(self, case: Case, slot: str, variant: str) -> Fraction | None:
        """What a slot costs, rounded once; None where it is not known."""
        unit, factor = self.unit(case, slot), self.factor(case, variant)
        return None if unit is None or factor is None else Fraction(self.rounded(unit * factor))

    def total(self, case: Case, added: Slots, removed: Slots, held: Boxes, after: Boxes) -> int | None:
        """What the household pays more, or less; None where it is not known."""
        lines = [(1, self.line(case, one, after[one])) for one in added]
        lines += [(-1, self.line(case, one, held[one])) for one in removed]
        known = [sign * cents for sign, cents in lines if cents is not None]
        return self.rounded(sum(known, Fraction())) if len(known) == len(lines) else None


def serve(portal: Portal) -> None:
    """Answer the cases of standard input, one a line."""
    for line in sys.stdin:
        print(json.dumps(portal.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    serve(Portal())
