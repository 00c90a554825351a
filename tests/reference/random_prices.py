"""Random prices over windows and households, in normal JSON form."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from .random_reglements import VARIANTS, price, some, subsets

Plain = dict[str, Any]
CHILDREN: Final = ("lea", "tom", "zoe")
#: What happens around the turn of a month, of a year of school or of a division.
DAYS: Final = tuple(date(2026, 9, 14) + timedelta(days=n) for n in range(35))
SPANS: Final = (
    "semaine",
    "2 semaines depuis le 2026-09-09",
    "mois",
    "part",
    "période",
    "année scolaire",
    "année civile",
)


def base(slots: list[str]) -> Plain:
    """A règlement of one mode that opens from Monday to Friday."""
    offer = [{"code": one, "nom": one, "horaire": f"{8 + i:02}:00-{9 + i:02}:30"} for i, one in enumerate(slots)]
    late = [
        {"limite": "1 jour calendaire avant la date, avant 12:00", "variante": "normal"},
        {"limite": "le jour même, avant 06:00", "variante": "hors-delai"},
    ]
    return {
        "reglement": {"code": "hasard", "nom": "Hasard", "fuseau": "Europe/Paris", "source": "doc"},
        "document": {"doc": {"titre": "Hasard"}},
        "jours": {"du": "2026-06-01", "au": "2027-08-31", "feries": ["2026-09-22"]},
        "faits": {"quotient": "nombre", "pai": "oui ou non"},
        "etablissement": {"e": {"nom": "E"}},
        "mode": {"m": {"nom": "M", "etablissement": "e", "offre": offer}},
        "periode": {
            "p": {"nom": "P", "mode": "m", "du": "2026-09-01", "au": "2026-10-02", "quand": {"type": ["ordinaire"]}},
            "q": {"nom": "Q", "mode": "m", "du": "2026-10-05", "au": "2027-07-02", "quand": {"type": ["ordinaire"]}},
        },
        "decoupage": {"part": {"parties": [
            {"nom": "un", "du": "2026-09-01", "au": "2026-09-24"}, {"nom": "deux", "du": "2026-09-25", "au": "2027-07-31"},
        ]}},
        "delai": {"d": {"reserver": late, "annuler": [{"limite": "le jour même, avant 06:00", "a_payer": "rien"}]}},
    }  # fmt: skip


def window(rng: random.Random, household: float = 0.3) -> str:
    """A window, now and then of the household."""
    return f"{rng.choice(SPANS)}{' du foyer' if rng.random() < household else ''}"


def counters(rng: random.Random, slots: list[str]) -> Plain:
    """What the planning counts."""
    found: Plain = {}
    for i in range(rng.randint(0, 2)):
        unit = rng.choice(("créneaux", "jours", "dates", "enfants"))
        par = "jour du foyer" if rng.random() < 0.3 else window(rng, 1 if unit == "enfants" else 0.3)
        found[f"c{i}"] = {"compte": unit, "par": par}
        if unit == ("dates" if "foyer" in par else "jours") and "jour" not in par and rng.random() < 0.5:
            found[f"c{i}"]["rang"] = True
        if rng.random() < 0.3:
            found[f"c{i}"]["creneaux"] = some(rng, slots)
        if rng.random() < 0.2:
            found[f"c{i}"]["variante"] = [rng.choice(VARIANTS)]
        if rng.random() < 0.2:
            found[f"c{i}"]["quand"] = {"jour": some(rng, ("lundi", "mardi", "mercredi", "jeudi"))}
    return found


def tariff(rng: random.Random, slots: list[str]) -> Plain:
    """A tariff of a day or over a window."""
    daily = ("créneau", "jour", "demi-heure")
    made: Plain = {
        "creneaux": slots,
        "par": rng.choice(daily) if rng.random() < 0.5 else window(rng),
        "prix": price(rng),
    }
    if made["par"] not in {"créneau", "demi-heure"} and rng.random() < 0.25:
        made["prix"] = {"-".join(one): price(rng) for one in subsets(slots) if one}
    elif rng.random() < 0.3:
        made |= {"selon": "qf", "prix": {code: price(rng) for code in ("A", "B")}}
    if made["par"] not in daily:
        if rng.random() < 0.3:
            made["prorata"] = rng.choice(("jours réservés", "jours restants"))
        if rng.random() < 0.4:
            made["lu_le"] = rng.choice(("premier jour", "dernier jour"))
    return made


def world(rng: random.Random) -> Plain:
    """A règlement with families, counters, supplements, ranks and totals."""
    slots = [f"s{i}" for i in range(rng.randint(2, 4))]
    plain = base(slots)
    if counts := counters(rng, slots):
        plain["compte"] = counts
    plain["grille"] = {
        "qf": {
            "mesure": "quotient",
            "lu": "tronqué",
            "effet": "immédiat",
            "tranches": {"A": "moins de 600", "B": "à partir de 600"},
        }
    }
    cut = rng.randint(1, len(slots) - 1)
    sold = [one for part in (slots[:cut], slots[cut:]) for one in subsets(part) if one]
    plain["formule"] = {"-".join(one): {"ensembles": [list(one)]} for one in sold}
    plain["tarif"] = {"t0": tariff(rng, slots[:cut]), "t1": tariff(rng, slots[cut:])}
    if counts and rng.random() < 0.5:
        code, one = rng.choice(list(counts)), plain["tarif"]["t1"]
        n = rng.randint(1, 3)
        plain["tarif"]["t1"] = {**one, "qui": {code: f"à partir de {n}"}}
        plain["tarif"]["t2"] = {**tariff(rng, slots[cut:]), "qui": {code: f"moins de {n}"}}
    if rng.random() < 0.4:
        plain["tarif"]["sup"] = {
            "en_plus": True,
            "par": rng.choice(("créneau", "jour", window(rng))),
            "prix": price(rng),
        }
        if rng.random() < 0.5:
            plain["tarif"]["sup"]["creneaux"] = some(rng, slots)
    plain["modification"] = modifiers(rng, plain, list(counts))
    plain["prix"] = {"ordre": list(plain["modification"])}
    return plain


def modifiers(rng: random.Random, plain: Plain, counts: list[str]) -> Plain:
    """Modifiers of prices, of some ranks, and of totals, in their declared order."""
    daily = [code for code, one in plain["tarif"].items() if one["par"] in {"créneau", "jour", "demi-heure"}]
    found: Plain = {
        "tard": {"variante": ["hors-delai"], "fois": "2", **({"tarifs": daily} if daily else {"tarifs": ["t0"]})}
    }
    if counts and rng.random() < 0.5:
        change: Plain = rng.choice(({"plus": price(rng)}, {"moins": price(rng)}, {"fois": "0.9"}, {"prix": price(rng)}))
        found["compte"] = {"qui": {rng.choice(counts): "à partir de 2"}, **change}
    if daily and rng.random() < 0.5:
        found["rangs"] = {
            "tarifs": [rng.choice(daily)],
            "unites": rng.choice(("de 1 à 2", "à partir de 3")),
            "par": rng.choice(SPANS),
        }
        found["rangs"][rng.choice(("plus", "moins"))] = price(rng)
        if rng.random() < 0.4:
            found["rangs"]["variante"] = ["hors-delai"]
    for i in range(rng.choice((0, 1, 1, 2))):
        verb = rng.choice(("plus", "moins", "fois", "plafond", "plancher"))
        value = "0.85" if verb == "fois" else f"{rng.randint(100, 4000) / 100:.2f}"
        found[f"total{i}"] = {
            "par": f"{rng.choice(SPANS)} du foyer" if rng.random() < 0.5 else rng.choice(SPANS),
            verb: value,
        }
        if rng.random() < 0.4:
            found[f"total{i}"]["tarifs"] = some(rng, list(plain["tarif"]))
    return dict(rng.sample(list(found.items()), len(found)))


def household(rng: random.Random) -> dict[tuple[str, date], dict[str, str]]:
    """Which dates some children hold; the slots are chosen by whoever knows them."""
    odds = rng.choice((0.1, 0.4, 0.8))
    days = [day for day in DAYS[: rng.choice((7, 20, 35))] if day.weekday() < 5 and day != date(2026, 9, 22)]
    return {(child, day): {} for child in CHILDREN[: rng.randint(1, 3)] for day in days if rng.random() < odds}


def holding(rng: random.Random, plain: Plain) -> dict[tuple[str, date], dict[str, str]]:
    """What a household holds."""
    slots = [one["code"] for one in plain["mode"]["m"]["offre"]]
    late = rng.choice((0, 0, 0, 0.2))
    return {key: {slot: VARIANTS[rng.random() < late] for slot in some(rng, slots)} for key in household(rng)}


def known(rng: random.Random) -> Mapping[str, Any]:
    """What is known of the household: its quotient, which may change on the 28th of September, or be missing."""
    first = rng.choice((100, 100, 100, 700, 700, None))
    return {"first": first, "then": rng.choice((first, first, 700)) if first is not None else None}
