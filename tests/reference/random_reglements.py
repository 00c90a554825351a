"""Random règlements in normal JSON form, from a seed: rules of every verb, deadlines, gates, prices."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Any, Final

VARIANTS: Final = ("normal", "hors-delai")
MONDAY: Final = date(2026, 9, 14)
MONDAYS: Final = tuple(MONDAY + timedelta(weeks=n) for n in range(4))
OPEN: Final = "2 jours calendaires avant la date, avant 12:00"
PAST: Final = "10 jours calendaires avant la date, avant 12:00"


def subsets(slots: Any) -> Iterator[tuple[str, ...]]:
    """Every subset, the smallest first."""
    for size in range(len(slots) + 1):
        yield from combinations(slots, size)


def some(rng: random.Random, codes: Any, least: int = 1, most: int = 4) -> list[str]:
    """A few of some codes, in their order."""
    count = min(len(codes), rng.randint(least, most))
    chosen = rng.sample(list(codes), count)
    return [code for code in codes if code in chosen]


def base(slots: list[str], first: int, second_day: str) -> dict[str, Any]:
    """A règlement of two modes, the first of which opens on every day of the week."""
    offers = {"m0": slots[:first], "m1": slots[first:]}
    periods = {"m0": ["lundi", "mardi", "mercredi"], "m1": [second_day]}
    return {
        "reglement": {"code": "hasard", "nom": "Hasard", "fuseau": "Europe/Paris", "source": "doc"},
        "document": {"doc": {"titre": "Hasard"}},
        "jours": {"du": "2026-06-01", "au": "2027-08-31", "feries": ["2026-07-14", "2026-11-11"]},
        "faits": {
            "niveau": ["a", "b"],
            "rang": "nombre",
            "pai": "oui ou non",
            "ne": "ans, au 31 décembre",
            "quotient": "nombre",
        },
        "etablissement": {"e": {"nom": "E", "jours_ecole": ["lundi", "mardi", "jeudi", "vendredi"]}},
        "mode": {
            mode: {
                "nom": mode,
                "etablissement": "e",
                "offre": [
                    {"code": one, "nom": one, "horaire": f"{8 + i % 14:02}:00-{9 + i % 14:02}:30"}
                    for i, one in enumerate(offer)
                ],
            }
            for mode, offer in offers.items()
            if offer
        },
        "periode": {
            f"p-{mode}": {
                "nom": mode,
                "mode": mode,
                "du": "2026-09-01",
                "au": "2027-07-04",
                "quand": {"jour": periods[mode]},
            }
            for mode, offer in offers.items()
            if offer
        },
        "tarif": {"t": {"par": "créneau", "prix": 1}},
        "modification": {"tard": {"variante": ["hors-delai"], "fois": 2}},
    }


def condition(rng: random.Random) -> dict[str, Any]:
    """A condition on facts."""
    ways: tuple[dict[str, Any], ...] = (
        {"niveau": "a"},
        {"rang": "à partir de 2"},
        {"rang": "de 1 à 2", "niveau": "b"},
        {"pai": True},
        {"ne": "moins de 6"},
        {"rang": "plus de 1 et moins de 3"},
    )
    return rng.choice(ways)


def who(rng: random.Random) -> dict[str, Any]:
    """What is known: each fact now and then missing."""
    given: dict[str, Any] = {
        "niveau": rng.choice("ab"),
        "rang": rng.randint(1, 3),
        "pai": rng.random() < 0.5,
        "ne": rng.choice(("2020-12-31", "2021-01-01", "2016-02-29")),
        "quotient": rng.choice((0, 599, 600, 999, 1500)),
    }
    return {fact: value for fact, value in given.items() if rng.random() < 0.85}


def rule(rng: random.Random, slots: list[str]) -> dict[str, Any]:
    """A rule of any kind, its subject and its objects apart."""
    mixed = rng.sample(slots, len(slots))
    cut = rng.randint(1, len(slots) - 1)
    subject, others = some(rng, mixed[:cut]), some(rng, mixed[cut:], 1, 3)
    wide = some(rng, slots, 2, 5)
    formules = some(rng, ("f0", "f1", "f2"), 2, 3)
    inside = [slot for slot in slots if any(slot in one for code in formules for one in _sets(slots)[code])]
    made: dict[str, Any] = rng.choice((
        {"creneaux": subject, "seulement_avec": others},
        {"creneaux": subject, "seulement_avec_un_de": others},
        {"creneaux": subject, "interdit_seul_sans": others},
        {"creneaux": subject, "bloque": others},
        {"creneaux": wide, "au_plus": rng.randint(0, 3), "poids": {rng.choice(wide): 2}},
        {"creneaux": wide, "au_moins": rng.randint(1, 3), "poids": {rng.choice(wide): 2}},
        {"creneaux": wide, "exactement": rng.randint(1, 3)},
        {"creneaux": wide, "tout_ou_rien": True},
        {"creneaux": inside, "formules_seulement": formules},
        {"creneaux": inside, "une_seule_formule_de": formules},
    ))  # fmt: skip
    if "formules_seulement" not in made and "une_seule_formule_de" not in made:
        if rng.random() < 0.3:
            made["variante"] = [rng.choice(VARIANTS)]
        if rng.random() < 0.15:
            made["formules"] = [rng.choice(("f0", "f1", "f2"))]
        if rng.random() < 0.2:
            made["sauf"] = [rng.choice((
                {"creneaux": [rng.choice(slots)]},
                {"quand": {"jour": [rng.choice(("lundi", "mardi"))]}},
                {"qui": condition(rng)},
            ))]  # fmt: skip
    if rng.random() < 0.25:
        made["qui"] = condition(rng)
    if rng.random() < 0.8:
        made["quand"] = {"dates": some(rng, [day.isoformat() for day in MONDAYS], 1, 3)}
    elif rng.random() < 0.5:
        made["quand"] = rng.choice((
            {"jour": ["lundi"]}, {"jour": ["mardi"]}, {"mois": ["septembre"]}, {"calendrier": ["école"]},
            {"calendrier": ["ouvrés"]},
        ))  # fmt: skip
    return made


def _sets(slots: list[str]) -> dict[str, list[list[str]]]:
    """Three formules, some slots in two of them."""
    half = max(1, len(slots) // 2)
    return {"f0": [slots[:half]], "f1": [slots[half - 1 : half + 1], slots[-1:]], "f2": [slots[-2:]]}


def formules(slots: list[str]) -> dict[str, Any]:
    """The section of those formules, the same set written once."""
    return {
        code: {"ensembles": [one for i, one in enumerate(sets) if one not in sets[:i]]}
        for code, sets in _sets(slots).items()
    }


def world(rng: random.Random, fewest: int = 2, most: int = 8) -> dict[str, Any]:
    """A random règlement of two to eight slots, unless other numbers are given."""
    slots = [f"s{i}" for i in range(rng.randint(fewest, most))]
    first, second_day = rng.randint(1, len(slots)), rng.choice(("lundi", "lundi", "mercredi"))
    plain = base(slots, first, second_day)
    plain["formule"] = formules(slots)
    plain["regle"] = {f"r{i}": rule(rng, slots) for i in range(rng.randint(2, 12))}
    late = [{"limite": PAST, "variante": "normal"}, {"limite": OPEN, "variante": "hors-delai"}]
    keep, drop = [{"limite": PAST, "a_payer": "rien"}], [{"limite": OPEN, "a_payer": "rien"}]
    plain["delai"] = {"general": {"reserver": OPEN, "annuler": rng.choice((drop, drop, keep))}}
    plain["delai"]["part"] = {
        "creneaux": some(rng, slots),
        "reserver": rng.choice((late, late, "jamais", "sans limite", "non publié")),
        "annuler": rng.choice((drop, keep, "non publié")),
    }
    if rng.random() < 0.2:
        plain["delai"]["dates"] = {"quand": {"dates": ["2026-09-14"]}, "reserver": late, "creneaux": some(rng, slots)}
    if rng.random() < 0.2:
        change = {"limite": rng.choice((OPEN, PAST)), "variante": rng.choice(VARIANTS), "a_payer": "rien"}
        plain["delai"]["general"]["changer"] = rng.choice(([change], "jamais", "non publié"))
    if rng.random() < 0.3:
        plain["delai"]["part"]["qui"] = condition(rng)
    if rng.random() < 0.3:
        plain["acces"] = {
            "porte": {
                "creneaux": some(rng, slots),
                "exige": condition(rng),
                "ferme": some(rng, ("reserver", "annuler")),
            }
        }
    return plain


def price(rng: random.Random) -> Any:
    """An amount, with cents that halves do not divide."""
    return f"{rng.randint(0, 900) / 100:.2f}"


def priced(rng: random.Random, slots: list[str]) -> dict[str, Any]:
    """A règlement with a tariff of each kind and modifiers in a declared order."""
    plain = base(slots, len(slots), "lundi")
    cut = rng.randint(1, len(slots) - 1)
    family, alone = slots[:cut], slots[cut:]
    sold = [list(one) for one in subsets(family) if one and (len(one) == 1 or rng.random() < 0.8)]
    plain["formule"] = {f"f{i}": {"ensembles": [one]} for i, one in enumerate(sold)}
    brackets = {"A": "de 0 à 599", "B": "de 600 à 999", "C": "à partir de 1000"}
    reading, table = rng.choice(("tronqué", "arrondi")), {code: price(rng) for code in brackets}
    plain["grille"] = {"qf": {"mesure": "quotient", "lu": reading, "tranches": brackets}}
    plain["tarif"] = {
        "jour": {"creneaux": family, "par": "jour", "prix": {f"f{i}": price(rng) for i in range(len(sold))}},
        "seul": rng.choice((
            {"creneaux": alone, "par": "créneau", "prix": price(rng)},
            {"creneaux": alone, "par": "créneau", "selon": "qf", "prix": table},
            {"creneaux": alone, "par": "jour", "selon": "qf", "prix": table, "arrondi": "0.05"},
            {"creneaux": alone, "par": "demi-heure", "prix": price(rng)},
            {
                "creneaux": alone,
                "par": "créneau",
                "selon": "quotient",
                "prix": {"taux": "0.0036", "plancher": "2.88", "plafond": "5.26"},
            },
        )),
    }  # fmt: skip
    if rng.random() < 0.5:
        plain["tarif"]["jour"]["formule_hors_delai"] = rng.choice(("si un créneau l'est", "si tous le sont"))
    verbs = rng.sample(("fois", "plus", "moins", "prix", "plafond", "plancher"), rng.randint(1, 3))
    plain["modification"] = {}
    for verb in verbs:
        value = rng.choice(("0.5", "1.15", "2")) if verb == "fois" else price(rng)
        made: dict[str, Any] = {verb: value, "variante": ["hors-delai"]}
        if rng.random() < 0.4:
            made = {verb: value, "qui": condition(rng), "sauf": [{"tarifs": ["jour"]}]}
        plain["modification"][verb] = made
    plain["prix"] = {"ordre": verbs}
    return plain
