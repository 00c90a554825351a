"""S5.4: rules over windows, counted by hand over every (child, date, slot) of the household."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from .s1_answers import Answer, Plain, many, plain_words
from .s2_places import expand, open_periodes, open_slots
from .s5_rules import narrowed
from .s5_who import Facts, holds_formule, on_selection, reaches, speaks_of_selection

#: What the household holds: (child, date) to slot to variant.
Planning = Mapping[tuple[str, date], Mapping[str, str]]
Spot = tuple[str, date, str]
Span = tuple[date, date]
#: The verbs that only keep a count down: where they alone join dates, each date stands for itself (S6.6).
MAXIMUMS = ("au_plus", "laisse_libre")


def over_window(rule: Plain) -> bool:
    """Whether a rule counts over more than one date of one child."""
    return plain_words(rule.get("par", "jour")) != "jour"


def of_household(rule: Plain) -> bool:
    """S5.4: a count says whether it counts a child or a household."""
    return plain_words(rule["par"]).endswith(" du foyer")


def span_of(reglement: Plain, par: str, day: date, periode: Span) -> Span | None:
    """S5.4: the window of a date; days, weeks and months stop with the période, years and divisions do not."""
    said = plain_words(par).removesuffix(" du foyer")
    if said in reglement.get("decoupage", {}):
        for part in reglement["decoupage"][said]["parties"]:
            first, last = date.fromisoformat(part["du"]), date.fromisoformat(part["au"])
            if first <= day <= last:
                return first, last
        return None
    if said == "annee scolaire":
        year = day.year if day.month >= 9 else day.year - 1
        return date(year, 9, 1), date(year + 1, 8, 31)
    if said == "annee civile":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    first, last = civil_span(said, day, periode)
    return max(first, periode[0]), min(last, periode[1])


def civil_span(said: str, day: date, periode: Span) -> Span:
    """S5.4: ISO weeks, several of them counted from a date, civil months, the période itself."""
    monday = day - timedelta(days=day.weekday())
    if said == "jour":
        return day, day
    if said == "semaine":
        return monday, monday + timedelta(days=6)
    if said == "mois":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    found = re.fullmatch(r"(\d+) semaines depuis le (\d{4}-\d\d-\d\d)", said)
    if found is None:
        return periode
    start, weeks = date.fromisoformat(found[2]), int(found[1])
    start -= timedelta(days=start.weekday())
    while start > monday:
        start -= timedelta(weeks=weeks)
    while start + timedelta(weeks=weeks) <= monday:
        start += timedelta(weeks=weeks)
    return start, start + timedelta(days=7 * weeks - 1)


@dataclass(frozen=True)
class Household:
    """
    A household before a règlement.

    Args:
        facts: Of each child; empty where nothing is known of him.
        waived: (rule, child, date) that an agent set aside.
    """

    reglement: Plain
    facts: Mapping[str, Facts]
    waived: frozenset[tuple[str, str, date]] = frozenset()
    seen: dict[object, dict[str, Answer]] = field(default_factory=dict)
    known: dict[date, dict[str, str]] = field(default_factory=dict)

    def opened(self, day: date) -> dict[str, str]:
        """The slots that open on a date, each with its période; worked out once."""
        if day not in self.known:
            self.known[day] = open_slots(self.reglement, day)
        return self.known[day]

    def subject(self, code: str, child: str, day: date) -> dict[str, Answer]:
        """S6.7: the open slots of a date of which a rule is said for a child, surely or perhaps; none if set aside."""
        key = (code, child, day)
        if key not in self.seen:
            self.seen[key] = {} if key in self.waived else self._subject(self.reglement["regle"][code], child, day)
        return self.seen[key]

    def _subject(self, rule: Plain, child: str, day: date) -> dict[str, Answer]:
        found: dict[str, Answer] = {}
        periodes = open_periodes(self.reglement, day)
        opened = self.opened(day)
        for slot in expand(self.reglement, rule.get("creneaux") or list(opened)):
            if slot in opened:
                first_day = date.fromisoformat(self.reglement["periode"][opened[slot]]["du"])
                answer = reaches(self.reglement, rule, slot, day, periodes, self.facts[child], first_day)
                if answer is not False:
                    found[slot] = answer
        return found

    def spots(self, code: str, child: str, span: Span) -> dict[Spot, Answer]:
        """Everything that a rule may count in a window: its slots of every mode that open in between."""
        children = list(self.facts) if of_household(self.reglement["regle"][code]) else [child]
        return {
            (who, day, slot): sure
            for day in days_of(self.reglement, span)
            for who in children
            for slot, sure in self.subject(code, who, day).items()
        }

    def worlds(self, code: str, child: str, span: Span) -> list[set[Spot]]:
        """S1.5: what a rule may count in a window, whatever a missing fact of each child may be."""
        spots = self.spots(code, child, span)
        unsure = sorted({who for (who, _, _), sure in spots.items() if sure is None})
        return [
            {one for one, sure in spots.items() if sure or one[0] in chosen}
            for size in range(len(unsure) + 1)
            for chosen in combinations(unsure, size)
        ]

    def breaks(self, code: str, room: set[Spot], planning: Planning) -> bool:
        """S5.4: whether what is held breaks a rule over some spots."""
        return breaks(self.reglement, self.reglement["regle"][code], room, planning)

    def causes(self, code: str, room: set[Spot], planning: Planning) -> set[Spot]:
        """S6.2: what is held that a rule counts in a window, and the formules that make it count."""
        rule = self.reglement["regle"][code]
        found = counted(self.reglement, rule, room, planning)
        dates = {(who, day) for who, day, _ in found}
        found |= self.companions(rule.get("formules", []), dates, planning)
        for way in rule.get("l_un_de", []):  # too many days of a formule are as much a cause
            if way.get("formules") and formule_days(self.reglement, way, room, planning)[0] > way.get(
                "exactement", 999
            ):
                found |= self.companions(way["formules"], {(who, day) for who, day, _ in room}, planning)
        return found

    def companions(self, names: Iterable[str], dates: Iterable[tuple[str, date]], planning: Planning) -> set[Spot]:
        """The slots of the formules that are held whole on some dates."""
        return {
            (who, day, slot)
            for name in names
            for who, day in dates
            for one in self.reglement["formule"][name]["ensembles"]
            if set(one) <= set(planning.get((who, day), {}))
            for slot in one
        }

    def touched(self, code: str, child: str, changes: Mapping[date, set[str]]) -> set[Span]:
        """S6.2: the windows in which something that a rule reads changes, seen from the périodes of what changes."""
        rule, found = self.reglement["regle"][code], set()
        for day, slots in changes.items():
            said, opened = self.subject(code, child, day), set(self.opened(day))
            sets = [
                set(one)
                for name in formules_of(rule)
                for one in self.reglement["formule"][name]["ensembles"]
                if set(one) <= opened
            ]
            named = rule.get("formules", [])
            if not said or (named and not any(can_hold(self.reglement, name, day) for name in named)):
                continue  # nothing of the date can be counted
            read = set(said).union(*sets)
            if slots & read & opened:
                found |= self.holding(code, child, day)
        return found

    def holding(self, code: str, child: str, day: date) -> set[Span]:
        """S5.4: the windows of a rule that hold a date, seen from each période that opens one of its slots in them."""
        rule, found = self.reglement["regle"][code], set()
        for name, one in self.reglement["periode"].items():
            bounds = date.fromisoformat(one["du"]), date.fromisoformat(one["au"])
            if bounds[0] <= day <= bounds[1]:
                span = span_of(self.reglement, rule["par"], day, bounds)
                if span and any(name in self.opening(code, child, other) for other in days_of(self.reglement, span)):
                    found.add(span)
        return found

    def opening(self, code: str, child: str, day: date) -> set[str]:
        """The périodes that open on a date some slot that a rule is said of."""
        key = ("ouvre", code, child, day)
        if key not in self.seen:
            self.seen[key] = self._subject(self.reglement["regle"][code], child, day)
        return {self.opened(day)[slot] for slot in self.seen[key]}


def days_of(reglement: Plain, span: Span) -> list[date]:
    """The days of a window that the calendar reaches; beyond it nothing opens."""
    days = [span[0] + timedelta(days=n) for n in range((span[1] - span[0]).days + 1)]
    return [day for day in days if reglement["jours"]["du"] <= day.isoformat() <= reglement["jours"]["au"]]


def formules_of(rule: Plain) -> Iterator[str]:
    """The formules that a rule narrows itself to, counts, or excepts."""
    yield from rule.get("formules", [])
    for one in many(rule.get("sauf")):
        yield from one.get("formules", [])
    for way in rule.get("l_un_de", []):
        yield from way.get("formules", [])


def counted(reglement: Plain, rule: Plain, room: Iterable[Spot], planning: Planning) -> set[Spot]:
    """S5.4: what is held of some spots; variants, formules and exceptions narrow it date by date."""
    found = set()
    for who, day, slot in room:
        held = planning.get((who, day), {})
        names = rule.get("formules", [])
        speaks = not names or any(holds_formule(reglement, name, held) for name in names)
        if speaks and narrowed(rule, [slot], held) and not exempted(reglement, rule, slot, held):
            found.add((who, day, slot))
    return found


def exempted(reglement: Plain, rule: Plain, slot: str, held: Mapping[str, str]) -> bool:
    """S1.6: whether an exception that names variants or formules takes a slot out of what is held on a date."""
    return any(
        on_selection(reglement, one, slot, held)
        and (not one.get("creneaux") or slot in expand(reglement, one["creneaux"]))
        for one in many(rule.get("sauf"))
        if speaks_of_selection(one)
    )


def measure(reglement: Plain, rule: Plain, way: Plain, spots: Iterable[Spot]) -> int:
    """S5.4: slots by their weight, days of a child once each, or dates of the household once each."""
    slots = expand(reglement, way.get("creneaux") or rule.get("creneaux") or [])
    inside_way = [one for one in spots if not slots or one[2] in slots]
    by_default = "jours" if "laisse_libre" in rule else "creneaux"
    unit = plain_words(way.get("compte", by_default))
    if unit == "jours":
        return len({(who, day) for who, day, _ in inside_way})
    if unit == "dates":
        return len({day for _, day, _ in inside_way})
    return sum(int(way.get("poids", {}).get(slot, 1)) for _, _, slot in inside_way)


def open_room(reglement: Plain, rule: Plain, room: Iterable[Spot]) -> set[Spot]:
    """S5.4: the spots of a window that may be counted: where formules are named, on dates when one may be held."""
    names = rule.get("formules", [])
    return {
        (who, day, slot)
        for who, day, slot in room
        if not names or any(can_hold(reglement, name, day) for name in names)
    }


def can_hold(reglement: Plain, name: str, day: date) -> bool:
    """Whether all the slots of one set of a formule open on a date."""
    opened = set(open_slots(reglement, day))
    return any(set(one) <= opened for one in reglement["formule"][name]["ensembles"])


def breaks(reglement: Plain, rule: Plain, spots: set[Spot], planning: Planning) -> bool:
    """S5.4: whether what is held breaks a rule over the spots of a window; an empty window breaks none (S1.7)."""
    mine = counted(reglement, rule, spots, planning)
    if not mine:
        return False
    if "l_un_de" in rule:
        return no_way(reglement, rule, spots, mine, planning)
    count = measure(reglement, rule, rule, mine)
    room = measure(reglement, rule, rule, open_room(reglement, rule, spots))
    fewer = rule.get("si_moins_ouverts", "")
    if "au_plus" in rule:
        return count > int(rule["au_plus"])
    if "tout_ou_rien" in rule:
        return count < room
    if "laisse_libre" in rule:
        free = int(rule["laisse_libre"])
        return fewer == "interdit" if room <= free else count > room - free
    least = int(rule.get("au_moins") or rule["exactement"])
    if room < least:
        return bool(fewer == "interdit" or (fewer == "tous" and count < room))
    return count < least or ("exactement" in rule and count > least)


def no_way(reglement: Plain, rule: Plain, spots: set[Spot], mine: set[Spot], planning: Planning) -> bool:
    """S5.4: whether none of the alternatives holds; where none can be reached, « si_moins_ouverts » speaks."""
    found = []
    for way in rule["l_un_de"]:
        if way.get("formules"):
            count, room = formule_days(reglement, way, spots, planning)
        else:
            count, room = (measure(reglement, rule, way, one) for one in (mine, spots))
        found.append((way, count, room))
    least = [(room, int(way.get("au_moins") or way.get("exactement") or 0)) for way, _, room in found]
    if all(room < needed for room, needed in least):
        fewer = rule["si_moins_ouverts"]
        return bool(fewer == "interdit" or (fewer == "tous" and not any(room and n == room for _, n, room in found)))
    return not any(satisfied(way, count) for way, count, _ in found)


def formule_days(reglement: Plain, way: Plain, spots: set[Spot], planning: Planning) -> tuple[int, int]:
    """S5.4: the days of a window on which one of some formules is held whole, and on which it may be."""
    dates = {(who, day) for who, day, _ in spots}
    names = way["formules"]
    held = sum(any(holds_formule(reglement, name, planning.get(one, {})) for name in names) for one in dates)
    return held, sum(any(can_hold(reglement, name, day) for name in names) for _, day in dates)


def satisfied(way: Plain, count: int) -> bool:
    """S5.4: whether a count is what an alternative asks."""
    if "au_plus" in way:
        return count <= int(way["au_plus"])
    if "exactement" in way:
        return count == int(way["exactement"])
    return count >= int(way["au_moins"])
