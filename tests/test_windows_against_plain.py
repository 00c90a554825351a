"""Rules over windows against a plain count of what is held, on small random règlements (S5.4, S6.2, S6.6)."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from clae_rules import Demande, Desk, Engine, Facts, Grain, Planning, boxes, check_day, decide
from clae_rules.boxes import BoxState
from clae_rules.errors import Fault
from clae_rules.reglement import REGLEMENT
from clae_rules.violations import Violation
from clae_rules.window_repairs import window_repairs

NOW: Final = datetime(2026, 8, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
DAYS: Final = tuple(date(2026, 9, 17) + timedelta(days=n) for n in range(26))
WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
#: What each child holds: (child, date) to slots.
Held = Mapping[tuple[str, date], frozenset[str]]
CHILDREN: Final = ("lea", "tom")


def world(rng: random.Random) -> dict[str, Any]:
    """Two modes, one of which opens on fewer days and under two périodes, and one to three rules over windows."""
    plain: dict[str, Any] = {
        "reglement": {"code": "hasard", "nom": "Hasard", "fuseau": "Europe/Paris", "source": "doc"},
        "document": {"doc": {"titre": "Hasard"}},
        "jours": {"du": "2026-06-01", "au": "2027-08-31", "feries": ["2026-09-22"]},
        "faits": {"pai": "oui ou non"},
        "etablissement": {"e": {"nom": "E"}},
        "mode": {
            "m": {"nom": "M", "etablissement": "e", "offre": [{"code": one, "nom": one} for one in ("a", "b")]},
            "n": {"nom": "N", "etablissement": "e", "offre": [{"code": "c", "nom": "c"}]},
        },
        "periode": {
            "p": _periode("m", "2026-09-17", "2026-10-12", rng.sample(WEEKDAYS, rng.randint(2, 5))),
            "q": _periode("n", "2026-09-18", "2026-09-29", rng.sample(WEEKDAYS, rng.randint(2, 5))),
            "r": _periode("n", "2026-09-30", "2026-10-12", list(WEEKDAYS)),
        },
        "decoupage": {"part": {"parties": [
            {"nom": "un", "du": "2026-09-01", "au": "2026-09-24"}, {"nom": "deux", "du": "2026-09-25", "au": "2026-10-31"},
        ]}},
        "formule": {"ab": {"ensembles": [["a", "b"]]}, "c": {"ensembles": [["c"]]}},
        "tarif": {"t": {"par": "créneau", "prix": 1}},
        "delai": {"d": {"reserver": "sans limite", "annuler": [{"limite": "sans limite", "a_payer": "rien"}]}},
    }  # fmt: skip
    plain["regle"] = {f"r{i}": rule(rng) for i in range(rng.randint(1, 3))}
    return plain


def _periode(mode: str, first: str, last: str, weekdays: list[str]) -> dict[str, Any]:
    return {"nom": mode, "mode": mode, "du": first, "au": last, "quand": {"jour": weekdays, "type": "ordinaire"}}


def rule(rng: random.Random) -> dict[str, Any]:
    """A rule over a window, of any verb."""
    slots = rng.choice((["a"], ["a", "b"], ["a", "b", "c"], ["c"]))
    windows = (
        "semaine",
        "2 semaines depuis le 2026-09-07",
        "mois",
        "période",
        "part",
        "année scolaire",
        "jour du foyer",
    )
    per = rng.choice((*windows, "semaine du foyer", "mois du foyer", "semaine"))
    fewer = rng.choice(("tous", "libre", "interdit"))
    counted = rng.choice(("créneaux", "jours", "dates"))
    weights = {"poids": {slots[0]: 2}} if counted == "créneaux" and rng.random() < 0.4 else {}
    n = rng.randint(1, 4)
    way = {"formules": [rng.choice(("ab", "c"))], "au_moins": rng.randint(1, 2)}
    made: dict[str, Any] = rng.choice((
        {"au_plus": n, "compte": counted, **weights},
        {"au_moins": n, "compte": counted, "si_moins_ouverts": fewer, **weights},
        {"exactement": n, "compte": counted, "si_moins_ouverts": fewer, **weights},
        {"tout_ou_rien": True, "compte": counted},
        {"laisse_libre": n, "compte": counted, "si_moins_ouverts": rng.choice(("libre", "interdit"))},
        {"l_un_de": [{"creneaux": slots[:1], "au_moins": n}, way], "si_moins_ouverts": fewer},
        {"l_un_de": [{"au_plus": 1, "compte": "jours"}, {"exactement": n}], "si_moins_ouverts": fewer},
    ))  # fmt: skip
    made |= {"creneaux": slots, "par": per}
    if rng.random() < 0.3:
        made["qui"] = {"pai": True}
    if rng.random() < 0.3:
        made["sauf"] = [{"quand": {"jour": [rng.choice(WEEKDAYS)]}}]
    return made


@dataclass(frozen=True)
class Plain:
    """The same règlement as plain tables, with what is known of the children."""

    reglement: Mapping[str, Any]
    pai: Mapping[str, bool]

    def periode(self, slot: str, day: date) -> tuple[date, date] | None:
        """The first and last day of the période that opens a slot on a date."""
        mode = "n" if slot == "c" else "m"
        for one in self.reglement["periode"].values():
            first, last = date.fromisoformat(one["du"]), date.fromisoformat(one["au"])
            inside = one["mode"] == mode and first <= day <= last and day != date(2026, 9, 22)
            if inside and day.weekday() < 5 and WEEKDAYS[day.weekday()] in one["quand"]["jour"]:
                return first, last
        return None

    def subject(self, rule_: Mapping[str, Any], child: str, day: date) -> list[str]:
        """The open slots of which a rule is said for a child on a date."""
        if "qui" in rule_ and not self.pai[child]:
            return []
        if "sauf" in rule_ and day.weekday() < 5 and WEEKDAYS[day.weekday()] in rule_["sauf"][0]["quand"]["jour"]:
            return []
        return [slot for slot in rule_["creneaux"] if self.periode(slot, day)]

    def holding(self, rule_: Mapping[str, Any], day: date) -> set[tuple[date, date]]:
        """The windows of a rule that hold a date, seen from each période that opens one of its slots in them."""
        found = set()
        for one in self.reglement["periode"].values():
            bounds = date.fromisoformat(one["du"]), date.fromisoformat(one["au"])
            if bounds[0] <= day <= bounds[1]:
                window = self.window(rule_, bounds, day)
                inside = [other for other in DAYS if window[0] <= other <= window[1]]
                if any(
                    self.periode(slot, other) == bounds
                    for other in inside
                    for slot in self.subject(rule_, "lea", other)
                ):
                    found.add(window)
        return found

    def window(self, rule_: Mapping[str, Any], opened: tuple[date, date], day: date) -> tuple[date, date]:
        """The first and the last day of the window that holds a date, as far as a période goes."""
        monday = day - timedelta(days=day.weekday())
        per = rule_["par"].removesuffix(" du foyer")
        if per == "part":
            return (
                (date(2026, 9, 1), date(2026, 9, 24))
                if day <= date(2026, 9, 24)
                else (date(2026, 9, 25), date(2026, 10, 31))
            )
        if per == "année scolaire":
            return date(2026, 9, 1), date(2027, 8, 31)
        if per.startswith("2 semaines"):
            monday -= timedelta(days=(monday - date(2026, 9, 7)).days % 14)
        whole = {
            "jour": (day, day),
            "semaine": (monday, monday + timedelta(days=6)),
            "mois": (day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])),
            "période": (date.min, date.max),
        }.get(per, (monday, monday + timedelta(days=13)))
        return max(whole[0], opened[0]), min(whole[1], opened[1])

    def spots(self, rule_: Mapping[str, Any], window: tuple[date, date]) -> list[tuple[str, date, str]]:
        """Everything that a rule may count in a window."""
        children = CHILDREN if "du foyer" in rule_["par"] else ("lea",)
        days = [day for day in DAYS if window[0] <= day <= window[1]]
        return [(who, day, slot) for day in days for who in children for slot in self.subject(rule_, who, day)]

    def breaks(self, rule_: Mapping[str, Any], window: tuple[date, date], held: Held) -> bool:
        """Whether what is held breaks a rule in a window, counted by hand."""
        spots = self.spots(rule_, window)
        mine = {one for one in spots if one[2] in held.get((one[0], one[1]), frozenset())}
        if not mine:
            return False
        if "l_un_de" in rule_:
            return self._none_met(rule_, spots, mine, held)
        count, room = _count(rule_, rule_, mine), _count(rule_, rule_, set(spots))
        fewer = rule_.get("si_moins_ouverts")
        if "au_plus" in rule_:
            return count > int(rule_["au_plus"])
        if "tout_ou_rien" in rule_:
            return count < room
        if "laisse_libre" in rule_:
            short = room <= rule_["laisse_libre"]
            return fewer != "libre" if short else count > room - rule_["laisse_libre"]
        n = int(rule_.get("au_moins") or rule_["exactement"])
        if room < n:
            return {"tous": count < room, "libre": False, "interdit": True}[str(fewer)]
        return count < n or ("exactement" in rule_ and count > n)

    def _none_met(self, rule_: Mapping[str, Any], spots: Any, mine: Any, held: Held) -> bool:
        counts = []
        for way in rule_["l_un_de"]:
            if "formules" in way:
                slots: frozenset[str] = frozenset(*self.reglement["formule"][way["formules"][0]]["ensembles"])
                dates = {(who, day) for who, day, _ in spots}
                room = sum(all(self.periode(slot, day) for slot in slots) for _, day in dates)
                counts.append((way, sum(slots <= held.get(one, frozenset()) for one in dates), room))
            else:
                counts.append((way, _count(rule_, way, mine), _count(rule_, way, set(spots))))
        short = all("au_plus" not in way and room < _needed(way) for way, _, room in counts)
        if short and rule_["si_moins_ouverts"] != "interdit":
            return rule_["si_moins_ouverts"] == "tous" and not any(room and count == room for _, count, room in counts)
        return not any(_is_met(way, count) for way, count, _ in counts)

    def reads(self, rule_: Mapping[str, Any]) -> set[str]:
        """The slots that a rule looks at."""
        formules = [code for way in rule_.get("l_un_de", ()) for code in way.get("formules", ())]
        sets = (slot for code in formules for one in self.reglement["formule"][code]["ensembles"] for slot in one)
        return {*rule_["creneaux"], *sets}

    def judged(self, before: Held, changes: Mapping[date, frozenset[str]]) -> tuple[set[Any], set[Any]]:
        """(code, first day) of the windows that a change of Léa's dates breaks, and of those that it leaves broken."""
        after = {**before, **{("lea", day): slots for day, slots in changes.items()}}
        blocking: set[Any] = set()
        inherited: set[Any] = set()
        for code, rule_ in self.reglement["regle"].items():
            for window in self.touched(rule_, before, changes):
                if not self.breaks(rule_, window, after):
                    continue
                added = {
                    (day, slot)
                    for day, slots in changes.items()
                    for slot in slots - before.get(("lea", day), frozenset())
                }
                adds = any((day, slot) in added for who, day, slot in self.spots(rule_, window) if who == "lea")
                kept = self.breaks(rule_, window, before) and not adds
                (inherited if kept else blocking).add((code, window[0]))
        return blocking, inherited

    def touched(
        self, rule_: Mapping[str, Any], before: Held, changes: Mapping[date, frozenset[str]]
    ) -> set[tuple[date, date]]:
        """The windows of a rule in which what it looks at changes."""
        found = set()
        for day, slots in changes.items():
            differs = slots ^ before.get(("lea", day), frozenset())
            spoken = self.subject(rule_, "lea", day)
            if spoken and differs & {one for one in self.reads(rule_) if self.periode(one, day)}:
                found |= self.holding(rule_, day)
        return found

    def granted(self, before: Held, changes: Mapping[date, frozenset[str]]) -> set[date]:
        """The dates granted day by day: blocks in the order of their first dates."""
        rules = self.reglement["regle"]

        def tied(days: Iterable[date], codes: Iterable[str]) -> list[list[date]]:
            parts: list[tuple[set[date], set[Any]]] = []
            for day in sorted(days):
                meets = {
                    (code, one) for code in codes for one in self.touched(rules[code], before, {day: changes[day]})
                }
                old = [part for part in parts if part[1] & meets]
                parts = [part for part in parts if part not in old]
                parts.append(
                    ({day, *chain(*(part[0] for part in old))}, meets | set(chain(*(part[1] for part in old))))
                )
            return sorted(sorted(part[0]) for part in parts)

        ties = [code for code, one in rules.items() if "au_plus" not in one and "laisse_libre" not in one]
        found: set[date] = set()
        for cluster in tied(changes, rules):
            taken: list[date] = []
            for block in tied(cluster, ties):
                trial = {day: changes[day] for day in (*taken, *block)}
                windows = {
                    (code, window[0])
                    for code, one in rules.items()
                    for window in self.touched(one, before, {day: changes[day] for day in block})
                }
                if not self.judged(before, trial)[0] & windows:
                    taken += block
            found |= set(taken)
        return found


def _needed(way: Mapping[str, Any]) -> int:
    return int(way.get("au_moins") or way.get("exactement") or 0)


def _is_met(way: Mapping[str, Any], count: int) -> bool:
    if "au_plus" in way:
        return count <= int(way["au_plus"])
    return count >= _needed(way) and ("exactement" not in way or count == way["exactement"])


def _count(rule_: Mapping[str, Any], way: Mapping[str, Any], spots: Iterable[tuple[str, date, str]]) -> int:
    inside = [one for one in spots if one[2] in (way.get("creneaux") or rule_["creneaux"])]
    counted = way.get("compte", "jours" if "laisse_libre" in rule_ else "créneaux")
    if counted == "jours":
        return len({(who, day) for who, day, _ in inside})
    if counted == "dates":
        return len({day for _, day, _ in inside})
    return sum(int(way.get("poids", {}).get(slot, 1)) for _, _, slot in inside)


def read(plain: Any) -> Engine:
    """A règlement from its normal form, made ready."""
    faults: list[Fault] = []
    found = REGLEMENT.read(plain, (), faults)
    assert not faults, [one.text() for one in faults]
    return Engine(found)


class Case:
    """One random règlement, what a household holds, and a demande for Léa's mode « m »."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.rng, reglement = rng, world(rng)
        self.engine = read(reglement)
        pai = {child: rng.random() < 0.7 for child in CHILDREN}
        self.plain = Plain(reglement, pai)
        facts = {child: Facts.of(pai=flag) for child, flag in pai.items()}
        self.desk = Desk(self.engine, facts["lea"], "lea", {"tom": facts["tom"]})
        self.before: dict[tuple[str, date], frozenset[str]] = {}
        for child in CHILDREN:
            for day in DAYS:
                slots = [slot for slot in ("a", "b", "c") if self.plain.periode(slot, day) and rng.random() < 0.35]
                if slots and rng.random() < 0.6:
                    self.before[child, day] = frozenset(slots)
        self.planning = Planning.of(self.before)
        opened = [day for day in DAYS if self.plain.periode("a", day)]
        chosen = rng.sample(opened, min(len(opened), rng.randint(1, 8)))
        self.asked = {day: frozenset(slot for slot in "ab" if rng.random() < 0.6) for day in chosen}
        #: Everything held on each date then, the other mode's slot kept.
        self.changes = {
            day: slots | (self.before.get(("lea", day), frozenset()) & {"c"}) for day, slots in self.asked.items()
        }
        self.demande = Demande.of("lea", "p", self.asked)


def told(violations: Iterable[Violation]) -> set[Any]:
    """Rule and first day of each violation."""
    return {(one.rule, one.day) for one in violations if one.code != "avec-les-autres"}


@pytest.mark.parametrize("seed", range(70))
def test_a_demande_breaks_the_windows_that_a_plain_count_says(seed: int) -> None:
    """S5.4, S6.2: the windows broken by a whole demande, and those it leaves broken, are those counted by hand."""
    case = Case(seed)
    verdict = decide(case.desk, case.planning, case.demande, now=NOW)
    blocking, inherited = case.plain.judged(case.before, case.changes)

    assert told(verdict.violations) == blocking
    assert told(one for day in verdict.days for one in day.inherited) == inherited
    assert verdict.allowed is not bool(blocking)


@pytest.mark.parametrize("seed", range(100, 170))
def test_day_by_day_grants_the_blocks_that_a_plain_count_grants(seed: int) -> None:
    """S6.6: dates joined by a window fall or stand together; where only limits speak, earlier dates come first."""
    case = Case(seed)
    verdict = decide(case.desk, case.planning, case.demande, now=NOW, grain=Grain.DAY_BY_DAY)
    granted = {one.day for one in verdict.granted}

    assert granted == case.plain.granted(case.before, case.changes)
    assert not case.plain.judged(case.before, {day: case.changes[day] for day in granted})[0]
    alone = Demande.of("lea", "p", {day: case.asked[day] for day in granted})
    assert decide(case.desk, case.planning, alone, now=NOW).allowed


@pytest.mark.parametrize("seed", range(200, 260))
def test_every_window_repair_mends_and_none_is_larger_than_needed(seed: int) -> None:
    """S8: what a repair of a window leads to is allowed, and no part of it already is."""
    case = Case(seed)
    verdict = decide(case.desk, case.planning, case.demande, now=NOW)
    for one in window_repairs(verdict, first=4).found:
        edits = (*one.add, *one.remove)
        for kept in [edits, *([two for two in edits if two != left] for left in edits)]:
            asked = dict(case.asked)
            for day, slot in kept:
                now = asked.get(day, case.before.get(("lea", day), frozenset()) - {"c"})
                asked[day] = now ^ {slot}
            again = decide(case.desk, case.planning, Demande.of("lea", "p", asked), now=NOW)
            assert again.allowed is (kept is edits), (one, kept)


@pytest.mark.parametrize("seed", range(300, 312))
def test_a_box_shown_as_free_is_never_refused(seed: int) -> None:
    """S1.3: over windows too, the boxes of a date with its planning are the decision about toggling them."""
    case = Case(seed)
    for day in case.asked:
        held = case.before.get(("lea", day), frozenset())
        for box in boxes(case.desk, day, now=NOW, planning=case.planning).boxes:
            verdict = check_day(case.desk, day, sorted(held ^ {box.slot}), now=NOW, planning=case.planning)
            assert verdict.allowed is (box.state in {BoxState.FREE, BoxState.CHECKED}), (day, box)
