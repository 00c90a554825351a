"""
A portal that applies reglement.toml as it is written, by hand and with nothing of clae_rules.

`python portail.py` reads a case a line and answers a line. Each method is one thing that a portal must get right, so that
the faulty ones beside it can get it wrong.
"""

import json
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

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

    def answer(self, case):
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

    def said(self, case, status, cents=None):
        """An answer."""
        return {"cas": case["cas"], "statut": status, "prix_cents": cents}

    def instant(self, text):
        """The instant, in Paris."""
        return datetime.fromisoformat(text).astimezone(PARIS)

    def are_open(self, day, slots):
        """Whether some slots open on a date."""
        wednesday = day.weekday() == 2
        periode = "mercredis" if wednesday else "annee"
        opened = TERM[periode][0] <= day <= TERM[periode][1] and day.weekday() < 5 and day not in SHUT
        return all(opened and one in MODES[periode] for one in slots)

    def live(self, day, now):
        """The variant that may be booked: until the Thursday before at noon, then until the day itself at 8."""
        thursday = day - timedelta(days=day.weekday() + 4)
        if now < datetime.combine(thursday, time(12), PARIS):
            return "normal"
        return "hors-delai" if now < datetime.combine(day, time(8), PARIS) else None

    def may_cancel(self, day, now):
        """Whether something may be given back: until two days before, at midnight."""
        return now < datetime.combine(day - timedelta(days=2), time(0), PARIS)

    def file_of(self, case):
        """The state of the child's file; None where it is not known."""
        return case["faits"].get("dossier")

    def broken(self, held):
        """The rules that a selection breaks, each with the slots at fault."""
        found = {}
        if {"repas", "panier"} <= set(held):
            found["repas-ou-panier"] = {"repas", "panier"}
        if "soir-2" in held and "soir-1" not in held:
            found["deuxieme-heure"] = {"soir-2"}
        if "mer-repas" in held and not {"mer-matin", "mer-apres-midi"} & set(held):
            found["repas-mercredi"] = {"mer-repas"}
        return found

    def keeps_rules(self, held, after, added):
        """Whether no rule is broken, but those that were before and of which no added slot is a cause."""
        before = self.broken(held)
        return not any(rule not in before or slots & set(added) for rule, slots in self.broken(after).items())

    def keeps_week(self, case, day, after, added):
        """Whether at most three middays are held in the week, where one is added."""
        monday = day - timedelta(days=day.weekday())
        week = {str(monday + timedelta(n)) for n in range(7)}
        others = [one for when, held in case["planning"].items() if when in week for one in held]
        count = sum(one["creneau"] in MIDDAY for one in others) + len(MIDDAY & set(after))
        return count <= 3 or not MIDDAY & set(added)

    def quotient(self, case):
        """The exact quotient; None where it is not known."""
        told = case["faits"].get("quotient")
        return None if told is None else Fraction(Decimal(str(told)))

    def unit(self, case, slot):
        """The price of a slot before what changes it, exact cents; None where it is not known."""
        if slot != "repas":
            return Fraction(PRICES[slot])
        quotient = self.quotient(case)
        return None if quotient is None else min(max(RATE * quotient, Fraction(FLOOR)), Fraction(CEILING))

    def factor(self, case, variant):
        """What multiplies a price; None where it is not known."""
        residence = case["faits"].get("residence")
        if residence is None:
            return None
        return (Fraction(3, 2) if variant == "hors-delai" else 1) * (Fraction(6, 5) if residence == "exterieur" else 1)

    def rounded(self, cents):
        """Whole cents, the half going up."""
        return floor(cents + Fraction(1, 2))

    def line(self, case, slot, variant):
        """What a slot costs, rounded once; None where it is not known."""
        unit, factor = self.unit(case, slot), self.factor(case, variant)
        return None if unit is None or factor is None else self.rounded(unit * factor)

    def total(self, case, added, removed, held, after):
        """What the household pays more, or less; None where it is not known."""
        plus = [self.line(case, one, after[one]) for one in added]
        less = [self.line(case, one, held[one]) for one in removed]
        return None if None in (*plus, *less) else sum(plus) - sum(less)


def serve(portal):
    """Answer the cases of standard input, one a line."""
    for line in sys.stdin:
        print(json.dumps(portal.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    serve(Portal())
