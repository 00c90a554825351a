"""Random règlements with rules over windows, in normal JSON form, and random households before them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from .random_reglements import VARIANTS, condition, some
from .s2_places import mode_of, open_slots

#: Every date of the périodes below; the 22nd is a férié, and September ends among them.
DAYS: Final = tuple(date(2026, 9, 17) + timedelta(days=n) for n in range(26))
WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
SLOTS: Final = ("a", "b", "c")
CHILDREN: Final = ("lea", "tom")
NOWS: Final = tuple(datetime(2026, month, day, 9, tzinfo=UTC) for month, day in ((8, 1), (9, 14), (9, 21)))
WINDOWS: Final = (
    "semaine",
    "2 semaines depuis le 2026-09-09",
    "3 semaines depuis le 2026-10-12",
    "mois",
    "période",
    "part",
    "année scolaire",
    "année civile",
)
Plain = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """
    A household and what it asks for Léa.

    Args:
        known: The facts of each child of whom facts are given; Léa is always one.
        held: What is held, by (child, date).
        wanted: What is asked of the mode « m » by date, each slot with the variant named or None.
        waived: (rule, child, date) that an agent set aside.
    """

    known: dict[str, dict[str, Any]]
    held: dict[tuple[str, date], dict[str, str]]
    wanted: dict[date, dict[str, str | None]]
    waived: frozenset[tuple[str, str, date]]
    now: datetime


def opening(rng: random.Random, mode: str, first: str, last: str) -> Plain:
    """A période that opens on some weekdays, now and then on few."""
    days = some(rng, WEEKDAYS, rng.choice((1, 2, 4)), 5)
    return {"nom": mode, "mode": mode, "du": first, "au": last, "quand": {"jour": days, "type": ["ordinaire"]}}


def calendar(rng: random.Random) -> Plain:
    """Two modes; the second opens under two périodes, on other days."""
    late = [
        {"limite": "8 jours calendaires avant la date, avant 12:00", "variante": "normal"},
        {"limite": "le jour même, avant 06:00", "variante": "hors-delai"},
    ]
    drop = [
        {"limite": rng.choice(("sans limite", "3 jours calendaires avant la date, avant 12:00")), "a_payer": "rien"}
    ]
    return {
        "reglement": {"code": "hasard", "nom": "Hasard", "fuseau": "Europe/Paris", "source": "doc"},
        "document": {"doc": {"titre": "Hasard"}},
        "jours": {"du": "2026-06-01", "au": "2027-08-31", "feries": ["2026-09-22"]},
        "faits": {"niveau": ["a", "b"], "rang": "nombre", "pai": "oui ou non", "ne": "ans, au 31 décembre"},
        "etablissement": {"e": {"nom": "E"}},
        "mode": {
            "m": {"nom": "M", "etablissement": "e", "offre": [{"code": one, "nom": one} for one in ("a", "b")]},
            "n": {"nom": "N", "etablissement": "e", "offre": [{"code": "c", "nom": "c"}]},
        },
        "periode": {
            "p": opening(rng, "m", "2026-09-17", "2026-10-12"),
            "q": opening(rng, "n", "2026-09-18", "2026-09-29"),
            "r": opening(rng, "n", "2026-09-30", "2026-10-12"),
        },
        "decoupage": {"part": {"parties": [
            {"nom": "un", "du": "2026-09-01", "au": "2026-09-24"}, {"nom": "deux", "du": "2026-09-25", "au": "2026-10-31"},
        ]}},
        "formule": {
            "ab": {"ensembles": [["a", "b"]]},
            "c": {"ensembles": [["c"]]},
            "ac": {"ensembles": [["a", "c"]]},
            "seul": {"ensembles": [["a"], ["b"]]},
        },
        "tarif": {"t": {"par": "créneau", "prix": 1}},
        "modification": {"tard": {"variante": ["hors-delai"], "fois": 2}},
        "delai": {"d": {"reserver": rng.choice(("sans limite", late)), "annuler": drop}},
    }  # fmt: skip


def counting(rng: random.Random, slots: list[str]) -> Plain:
    """What a rule counts over its window, and how many it asks."""
    unit = rng.choice(("créneaux", "jours", "dates"))
    n, fewer = rng.randint(1, 4), {"si_moins_ouverts": rng.choice(("tous", "libre", "interdit"))}
    count: Plain = {"compte": unit} if unit != "créneaux" or rng.random() < 0.5 else {}
    if unit == "créneaux" and rng.random() < 0.4:
        count["poids"] = {slots[0]: 2}
    formule: Plain = {"formules": [rng.choice(("ab", "c", "ac", "seul"))], rng.choice(("au_moins", "exactement")): n}
    part: Plain = {"creneaux": some(rng, slots), "au_moins": rng.randint(1, 5)}
    other: Plain = rng.choice(({"au_plus": rng.randint(1, 2), "compte": "jours"}, {"exactement": n}))
    made: Plain = rng.choice((
        {"au_plus": rng.randint(0, 5), **count},
        {"au_moins": n, **count, **fewer},
        {"exactement": n, **count, **fewer},
        {"tout_ou_rien": True, "compte": unit},
        {"laisse_libre": n, **rng.choice(({}, {"compte": "dates"})), "si_moins_ouverts": rng.choice(("libre", "interdit"))},
        {"l_un_de": [part, formule], **fewer},
        {"l_un_de": [other, part], **fewer},
    ))  # fmt: skip
    if "l_un_de" not in made and rng.random() < 0.2:
        made["variante"] = [rng.choice(VARIANTS)]
    return made


def rule(rng: random.Random) -> Plain:
    """A rule over a window, of any verb, with exceptions and conditions."""
    slots = rng.choice((["a"], ["a", "b"], ["a", "b", "c"], ["c"], ["b"]))
    per = rng.choice((*WINDOWS, "semaine", "semaine"))
    if rng.random() < 0.35:
        per = f"{rng.choice(('jour', per))} du foyer"
    made = {"creneaux": slots, "par": per, **counting(rng, slots)}
    if "l_un_de" not in made and rng.random() < 0.15:
        made["formules"] = [rng.choice(("ab", "c", "ac", "seul"))]
    if rng.random() < 0.3:
        made["sauf"] = [rng.choice((
            {"quand": {"jour": [rng.choice(WEEKDAYS)]}},
            {"qui": condition(rng)},
            {"qui": condition(rng)},
            {"variante": [rng.choice(VARIANTS)], "creneaux": [rng.choice(SLOTS)]},
            {"formules": ["ab"]} if "au_plus" in made or "laisse_libre" in made else {"qui": condition(rng)},
        ))]  # fmt: skip
    if rng.random() < 0.25:
        made["qui"] = condition(rng)
    if rng.random() < 0.15:
        made["quand"] = {"jour": some(rng, WEEKDAYS, 1, 3)}
    return made


def world(rng: random.Random) -> Plain:
    """A random règlement of one to three rules over windows, and now and then one of a date."""
    plain = calendar(rng)
    plain["regle"] = {f"r{i}": rule(rng) for i in range(rng.randint(1, 3))}
    if rng.random() < 0.4:
        plain["regle"]["date"] = {"creneaux": ["a"], rng.choice(("bloque", "seulement_avec")): ["b"]}
    return plain


def facts(rng: random.Random, missing: float) -> Plain:
    """What is known of a child."""
    given = {"niveau": rng.choice("ab"), "rang": rng.randint(1, 3), "pai": rng.random() < 0.5, "ne": "2020-12-31"}
    return {fact: value for fact, value in given.items() if rng.random() >= missing}


def family(rng: random.Random, plain: Plain) -> Family:
    """A random household before a règlement, and what it asks."""
    missing = rng.choice((0, 0, 0.3))
    known = {"lea": facts(rng, missing), "tom": facts(rng, missing)}
    if rng.random() < 0.1:
        del known["tom"]
    odds = rng.choice((0.2, 0.4, 0.8))
    held: dict[tuple[str, date], dict[str, str]] = {}
    for child in CHILDREN:
        for day in DAYS:
            chosen = {slot: rng.choice(VARIANTS) for slot in open_slots(plain, day) if rng.random() < odds}
            if chosen and rng.random() < 0.7:
                held[child, day] = chosen
    opened = [day for day in DAYS if any(mode_of(plain, one) == "m" for one in open_slots(plain, day))]
    often = rng.choice((0.3, 0.6, 0.9))
    wanted: dict[date, dict[str, str | None]] = {
        day: {slot: rng.choice((None, None, *VARIANTS)) for slot in "ab" if rng.random() < often}
        for day in sorted(rng.sample(opened, min(len(opened), rng.randint(1, 8))))
    }
    waived = frozenset(
        (code, "lea", day)
        for code in plain["regle"]
        if code != "date"
        for day in rng.sample(DAYS, 2)
        if rng.random() < 0.1
    )
    return Family(known, held, wanted, waived, rng.choice(NOWS))
