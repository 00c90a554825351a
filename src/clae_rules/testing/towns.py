"""
Règlements drawn at random, each of which loads: rules, windows, deadlines, gates, places and prices.

A règlement is drawn around the bookings that it must allow: slots are dealt into classes, and every rule lets each class
be held whole. So no slot is dead, nothing is drawn and thrown away, and dropping any part leaves a règlement that loads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations
from operator import attrgetter
from typing import Any, Final

from hypothesis import strategies as st

from ..engine import Engine
from ..files.reading import engine_from_plain
from ..reglement import Reglement

__all__ = ["engines", "reglements", "ruled"]

Plain = dict[str, Any]
Slots = tuple[str, ...]
Classes = tuple[Slots, ...]
#: Strategies are built once: building and checking them takes longer than drawing.
KEPT: Final = lru_cache(maxsize=1024)
MONDAY: Final = date(2026, 8, 31)
WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
#: What is known of families; « garde » is for the weeks of an alternate custody.
FACTS: Final = {
    "residence": ["commune", "exterieur"],
    "pai": "oui ou non",
    "quotient": "nombre",
    "age": "ans, au 31 décembre",
    "garde": "oui ou non",
}
#: Limits, each later than the one before on every date from Monday to Friday.
LIMITS: Final = (
    "10 jours calendaires avant la date, avant 12:00",
    "jeudi de la semaine -1, avant 12:00",
    "2 jours ouvrés avant la date, avant 18:00",
    "24 heures calendaires avant la date",
    "le jour même, avant 07:00",
)
WINDOWS: Final = ("semaine", "mois", "période", "2 semaines depuis le 2026-09-02")
BOUNDS: Final = ("0", "0.05", "0.5", "1")


def engines(*, most_slots: int = 5, most_rules: int = 4) -> st.SearchStrategy[Engine]:
    """
    Règlements made ready to answer.

    They shrink to one slot, one week, no rule, no deadline and a price of nothing. A failing test tells the call that
    reads the same règlement again: `engine_from_plain({…})`.

    Args:
        most_slots: At most so many slots, two modes together; at least one.
        most_rules: At most so many rules, over windows among them.
    """
    return _plains(most_slots, most_rules).map(engine_from_plain)


def reglements(*, most_slots: int = 5, most_rules: int = 4) -> st.SearchStrategy[Reglement]:
    """The same as values: see `engines`."""
    return engines(most_slots=most_slots, most_rules=most_rules).map(attrgetter("reglement"))


def ruled() -> st.SearchStrategy[Engine]:
    """Règlements with one rule or more, made ready to answer."""
    return _plains(5, 4, 1).map(engine_from_plain)


@st.composite
def _plains(draw: st.DrawFn, most_slots: int, most_rules: int, least_rules: int = 0) -> Plain:
    """A règlement in its normal JSON form."""
    deal = draw(st.lists(st.integers(0, 2), min_size=1, max_size=most_slots))
    slots = tuple(f"s{i}" for i in range(len(deal)))
    first = draw(st.integers(0, len(slots) - 1))
    modes = {"m": slots[: len(slots) - first], **({"n": slots[len(slots) - first :]} if first else {})}
    days = {mode: draw(_some(WEEKDAYS)) for mode in modes}
    if len(modes) > 1 and draw(st.booleans()):
        days["n"] = days["m"]
    # slots of modes that open on other days are never of one class
    apart = [days.get("n") != days["m"] and one in modes.get("n", ()) for one in slots]
    classes = _dealt(slots, tuple(zip(apart, deal, strict=True)))
    plain = _places(draw, modes, days)
    plain |= _deadlines(draw, slots)
    some = _rules(slots, classes, ceiling=draw(st.booleans()))
    rules = draw(st.lists(some, min_size=least_rules, max_size=most_rules))
    plain |= {"regle": {f"r{i}": one for i, one in enumerate(rules)}} if rules else {}
    plain |= _doors(draw, slots)
    plain |= _prices(draw, slots, late="hors-delai" in json.dumps(plain["delai"]))
    return plain


def _dealt(slots: Slots, deal: Sequence[tuple[bool, int]]) -> Classes:
    """The classes: the slots that fell to each number; a règlement lets each be held whole."""
    pairs = tuple(zip(slots, deal, strict=True))
    return tuple(tuple(one for one, k in pairs if k == n) for n in sorted(set(deal)))


def _places(draw: st.DrawFn, modes: dict[str, Slots], days: dict[str, list[str]]) -> Plain:
    """Where and when: the calendar, the modes with their slots, the périodes."""
    weeks = draw(st.integers(1, 5))
    last = MONDAY + timedelta(weeks=weeks, days=-3)
    # the first week has no férié: every période opens
    off = draw(st.lists(st.integers(7, weeks * 7), max_size=min(weeks - 1, 1)))
    return {
        "reglement": {"code": "hasard", "nom": "Hasard", "fuseau": "Europe/Paris", "source": "doc"},
        "document": {"doc": {"titre": "Hasard"}},
        "jours": {"du": "2026-07-01", "au": "2027-01-31", "feries": [f"{MONDAY + timedelta(days=n)}" for n in off]},
        "faits": dict(FACTS),
        "etablissement": {"e": {"nom": "École", "jours_ecole": ["lundi", "mardi", "jeudi", "vendredi"]}},
        "mode": {
            mode: {"nom": mode, "etablissement": "e", "offre": [_slot(one) for one in offer]}
            for mode, offer in modes.items()
        },
        "periode": {
            f"p-{mode}": {"nom": mode, "mode": mode, "du": f"{MONDAY}", "au": f"{last}"}
            | {"quand": {"jour": days[mode], "type": ["ordinaire"]}}
            for mode in modes
        },
    }


def _slot(code: str) -> Plain:
    hour = 7 + int(code[1:])
    return {"code": code, "nom": code.upper(), "horaire": f"{hour:02}:00-{hour + 1:02}:30"}


@KEPT
def _some(codes: Slots, least: int = 1, most: int = 5) -> st.SearchStrategy[list[str]]:
    """A few of some codes, in their order."""
    order = {code: i for i, code in enumerate(codes)}
    few = st.lists(st.sampled_from(codes), min_size=least, max_size=min(most, len(codes)), unique=True)
    return few.map(lambda found: sorted(found, key=order.__getitem__))


@KEPT
def _conditions() -> st.SearchStrategy[Plain]:
    """A condition on what is known of a family."""
    return st.one_of(
        st.sampled_from(({"residence": "commune"}, {"residence": "exterieur"}, {"pai": True}, {"garde": True})),
        st.integers(0, 1500).map(lambda n: {"quotient": f"à partir de {n}"}),
        st.integers(1, 11).map(lambda n: {"age": f"moins de {n}"}),
    )


def _deadlines(draw: st.DrawFn, slots: Slots) -> Plain:
    """When slots are booked, changed and cancelled; a part of them, and some dates, now and then apart."""
    found: Plain = {"general": _deadline(draw)}
    if draw(st.booleans()):
        found["part"] = {"creneaux": draw(_some(slots)), **_deadline(draw)}
    if draw(st.booleans()):
        day = MONDAY + timedelta(days=draw(st.integers(0, 4)))
        found["date"] = {"quand": {"dates": [f"{day}"]}, **_deadline(draw)}
    return {"delai": found}


def _deadline(draw: st.DrawFn) -> Plain:
    """One deadline: a limit, a late phase after it, approval, payment, or never; and what is due of a cancellation."""
    said: Plain = {"reserver": _booking(draw), "annuler": _cancelling(draw)}
    if any(LIMITS[1] in str(one) for one in said.values()):
        said["limite_un_jour_ferme"] = draw(st.sampled_from(("reste", "recule au jour ouvré précédent")))
    return said


def _booking(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(("sans limite", "limite", "tard", "jamais")))
    if kind in {"sans limite", "jamais"}:
        return kind
    first = draw(st.integers(0, len(LIMITS) - 2))
    phase: Plain = {"limite": LIMITS[first], "variante": "normal"}
    if kind == "limite":
        return [phase]
    late: Plain = {"limite": LIMITS[draw(st.integers(first + 1, len(LIMITS) - 1))], "variante": "hors-delai"}
    return [phase, {**late, "accord": True} if draw(st.booleans()) else late]


def _cancelling(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(("rien", "jamais", "deux")))
    if kind == "jamais":
        return kind
    first = draw(st.integers(0, len(LIMITS) - 2))
    free: Plain = {"limite": "sans limite" if kind == "rien" and draw(st.booleans()) else LIMITS[first]}
    free["a_payer"] = "rien"
    if kind == "rien":
        return [free]
    due = draw(st.sampled_from(("50 %", "tout", "non publié")))
    return [free, {"limite": LIMITS[draw(st.integers(first + 1, len(LIMITS) - 1))], "a_payer": due}]


@KEPT
@st.composite
def _rules(draw: st.DrawFn, slots: Slots, classes: Classes, *, ceiling: bool) -> Plain:
    """
    A rule that lets every class be held whole, on some dates, for some families.

    Args:
        ceiling: Whether windows bound from above; from below otherwise, since the two may leave nothing between them.
    """
    large = any(len(one) > 1 for one in classes)
    kinds = (
        "most",
        *(("together", "counted") if large else ()),
        *(("apart", "each") if len(classes) > 1 else ()),
        "over",
    )
    kind = draw(st.sampled_from(kinds))
    if kind == "over":
        made = _over_windows(draw, slots, ceiling=ceiling)
    elif kind == "most":
        made = _at_most(draw, slots, classes)
    elif kind == "together":
        made = _together(draw, slots, classes)
    else:
        made = {"counted": _counted, "apart": _apart, "each": _one_of_each}[kind](draw, classes)
    return _narrowed(draw, made)


def _narrowed(draw: st.DrawFn, rule: Plain) -> Plain:
    """A rule for all, or for some dates and families, with an exception now and then: it never refuses more."""
    made = dict(rule)
    kind = draw(st.sampled_from(("tous", "tous", "qui", "quand", "sauf", "variante")))
    if kind == "quand":
        made["quand"] = {"jour": draw(_some(WEEKDAYS))}
    elif kind == "variante":
        made["variante"] = ["normal"]
    elif kind != "tous":
        who = draw(_conditions())
        made |= {"qui": who} if kind == "qui" else {"sauf": [{"qui": who}]}
    return made


def _together(draw: st.DrawFn, slots: Slots, classes: Classes) -> Plain:
    """Slots that go with others of their class."""
    mine = draw(st.sampled_from(tuple(one for one in classes if len(one) > 1)))
    cut = draw(st.integers(1, len(mine) - 1))
    subject, others = list(mine[:cut]), draw(_some(mine[cut:]))
    verb = draw(st.sampled_from(("seulement_avec", "seulement_avec_un_de", "interdit_seul_sans", "tout_ou_rien")))
    if verb == "tout_ou_rien":
        return {"creneaux": [*subject, *others], verb: True}
    more = tuple(one for one in slots if one not in mine) if verb != "seulement_avec" else ()
    return {"creneaux": subject, verb: [*others, *(draw(_some(more, 0)) if more else ())]}


def _counted(draw: st.DrawFn, classes: Classes) -> Plain:
    """At least, or exactly, so many of a class."""
    mine = draw(st.sampled_from(tuple(one for one in classes if len(one) > 1)))
    if draw(st.booleans()):
        return {"creneaux": list(mine), "exactement": len(mine)}
    return {"creneaux": list(mine), "au_moins": draw(st.integers(2, len(mine)))}


def _at_most(draw: st.DrawFn, slots: Slots, classes: Classes) -> Plain:
    """At most as many as a class has; one may weigh two."""
    few = draw(_some(slots))
    heavy = draw(st.lists(st.sampled_from(few), max_size=1))
    least = max(sum(1 + (one in heavy) for one in few if one in mine) for mine in classes)
    weights = {"poids": dict.fromkeys(heavy, 2)} if heavy else {}
    return {"creneaux": few, "au_plus": max(least, 1) + draw(st.integers(0, 1)), **weights}


def _apart(draw: st.DrawFn, classes: Classes) -> Plain:
    """Slots of one class that never go with those of another."""
    one, other = draw(st.permutations(range(len(classes))))[:2]
    return {"creneaux": draw(_some(classes[one])), "bloque": draw(_some(classes[other]))}


def _one_of_each(draw: st.DrawFn, classes: Classes) -> Plain:
    """One slot at most of some that are of different classes."""
    return {"creneaux": sorted(draw(st.sampled_from(one)) for one in classes), "exactement": 1}


def _over_windows(draw: st.DrawFn, slots: Slots, *, ceiling: bool) -> Plain:
    """A count over a week, a month, a période: of one child or of the household."""
    per = draw(st.sampled_from(WINDOWS)) + draw(st.sampled_from(("", " du foyer")))
    made: Plain = {"creneaux": draw(_some(slots)), "par": per}
    verb = draw(st.sampled_from(("au_plus", "laisse_libre") if ceiling else ("au_moins", "tout_ou_rien")))
    if verb == "tout_ou_rien":
        return {**made, verb: True, "compte": "jours"}
    made[verb] = draw(st.integers(1, 3))
    if verb != "laisse_libre":
        made["compte"] = draw(st.sampled_from(("jours", "créneaux")))
    if verb != "au_plus":
        made["si_moins_ouverts"] = draw(st.sampled_from(("libre", "interdit", "tous")[: 3 - (verb == "laisse_libre")]))
    return made


def _doors(draw: st.DrawFn, slots: Slots) -> Plain:
    """A gate that closes something to some families, and places that are counted."""
    found: Plain = {}
    if draw(st.booleans()):
        closes = draw(st.sampled_from((["reserver"], ["reserver", "annuler"], ["voir"])))
        found["acces"] = {"porte": {"creneaux": draw(_some(slots)), "exige": draw(_conditions()), "ferme": closes}}
    if draw(st.booleans()):
        pool: Plain = {"creneaux": draw(_some(slots)), "enfants": draw(st.integers(1, 20))}
        found["capacite"] = {"salle": {**pool, "attente": True} if draw(st.booleans()) else pool}
    return found


@KEPT
def _amounts(least: int = 0) -> st.SearchStrategy[str]:
    """An amount of at most 20 €, to the cent."""
    return st.integers(least, 2000).map(lambda cents: f"{cents // 100}.{cents % 100:02}")


def _prices(draw: st.DrawFn, slots: Slots, *, late: bool) -> Plain:
    """One or two tariffs that share the slots, and what changes a price, in a declared order."""
    cut = draw(st.integers(0, len(slots) - 1))
    parts = [part for part in (slots[: len(slots) - cut], slots[len(slots) - cut :]) if part]
    tariffs = {f"t{i}": _tariff(draw, f"t{i}", part) for i, part in enumerate(parts)}
    plain: Plain = {"tarif": {code: one for code, (one, _) in tariffs.items()}}
    sold = {code: sets for _, rows in tariffs.values() for code, sets in rows.items()}
    plain |= {"formule": sold} if sold else {}
    if any(one.get("selon") == "qf" for one, _ in tariffs.values()):
        first = draw(st.integers(100, 900))
        tranches = {"A": f"moins de {first}", "B": f"à partir de {first}"}
        plain["grille"] = {"qf": {"mesure": "quotient", "lu": "tronqué", "effet": "immédiat", "tranches": tranches}}
    changes: Plain = {"tard": {"variante": ["hors-delai"], **draw(_change())}} if late else {}
    if draw(st.booleans()):
        changes["remise"] = {"qui": draw(_conditions()), **draw(_change())}
    if draw(st.booleans()):
        per = draw(st.sampled_from(("semaine", "mois", "mois du foyer")))
        changes["total"] = {"par": per, "plafond": draw(_amounts(100))}
    plain |= {"modification": changes, "prix": {"ordre": list(changes)}} if changes else {}
    return plain


@KEPT
def _change() -> st.SearchStrategy[Plain]:
    """What a modifier does to an amount."""
    return st.one_of(
        st.sampled_from(({"fois": "1"}, {"fois": "2"}, {"fois": "0.85"})),
        _amounts().map(lambda one: {"plus": one}),
        _amounts().map(lambda one: {"moins": one}),
    )


def _tariff(draw: st.DrawFn, code: str, part: Slots) -> tuple[Plain, Plain]:
    """A tariff of some slots, and the formules that it sells."""
    kinds = ("créneau", "grille", "taux", "demi-heure", "mois", *(("jour",) if len(part) < 4 else ()))
    kind, slots = draw(st.sampled_from(kinds)), list(part)
    made: Plain = {"creneaux": slots, "par": kind if kind in {"demi-heure", "mois", "jour"} else "créneau"}
    if kind == "jour":
        sets = [list(one) for size in range(1, len(slots) + 1) for one in combinations(slots, size)]
        rows = {f"{code}-{'-'.join(one)}": one for one in sets}
        prices = {row: draw(_amounts()) for row in rows}
        return {**made, "prix": prices}, {row: {"ensembles": [one]} for row, one in rows.items()}
    if kind == "grille":
        return {**made, "selon": "qf", "prix": {"A": draw(_amounts()), "B": draw(_amounts())}}, {}
    if kind == "taux":
        rate = f"0.{draw(st.integers(1, 99)):04}"
        return {**made, "selon": "quotient", "prix": {"taux": rate, "plancher": "1.00", "plafond": "6.00"}}, {}
    return {**made, "prix": draw(_amounts())}, {}
