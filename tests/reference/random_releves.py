"""Random règlements with constats, absences and events, and random relevés of September 2026, in normal JSON form."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, Final

from .random_reglements import some

Plain = dict[str, Any]
SLOTS: Final = ("matin", "cantine", "soir")
DAYS: Final = tuple(
    day for day in (date(2026, 9, 1) + timedelta(days=n) for n in range(30)) if day.weekday() in {0, 1, 3, 4}
)
PARTS: Final = ("rien", "tout", "50 %", "1.25 dus", "1.25 rendus")
LIMITS: Final = (
    "le début de l'absence, avant 10:00",
    "48 heures calendaires après le début de l'absence",
    "5 jours calendaires après le début de l'absence, jusqu'à 24:00",
    "sans limite",
)
WAITS: Final = (
    "2 jours réservés depuis le début de l'absence",
    "1 jour réservé depuis le signalement",
    "3 jours calendaires depuis le début de l'absence",
    "2 jours école depuis le signalement",
)


def instant(day: date, hour: int) -> str:
    """An instant of a day, in Paris in September."""
    return f"{day.isoformat()}T{hour:02}:15:00+02:00"


def constat(rng: random.Random, fact: str) -> Plain:
    """What a lapse costs."""
    money = f"{rng.randint(50, 700) / 100:.2f}"
    ways: list[Plain] = [{"prix": money}, {"plus": money}, {"fois": "1.5"}]
    if fact == "présent sans réservation":
        ways += [{"au_tarif": "normal"}, {"refus": True}]
    elif fact == "repris en retard":
        paliers = {"paliers": {"de 1 à 15": "3.00", "plus de 15": money}}
        ways = [{"prix": money}, {"prix": money, "tranche_minutes": rng.choice((10, 15))}, paliers]
    else:
        ways += [{"a_payer": rng.choice(PARTS)}, {"a_payer": rng.choice(PARTS)}]
    made: Plain = {"fait": fact, **rng.choice(ways)}
    if fact == "repris en retard":
        made |= {"creneaux": ["soir"], "apres": rng.choice(("18:05", "la fin du créneau"))}
    return made


def constats(rng: random.Random) -> Plain:
    """For each kind of lapse: nothing, a rule, a narrower one beside it, or one that counts."""
    found: Plain = {}
    for i, fact in enumerate(
        ("présent sans réservation", "absent sans annuler", "annulé hors délai", "repris en retard")
    ):
        if rng.random() < 0.85:
            found[f"c{i}"] = constat(rng, fact)
            if fact != "repris en retard" and rng.random() < 0.4:
                found[f"n{i}"] = {**constat(rng, fact), "creneaux": some(rng, SLOTS, 1, 2)}
            if rng.random() < 0.3:
                units = rng.choice(("à partir de 2", "de 1 à 2", "à partir de 3"))
                found[f"u{i}"] = {**constat(rng, fact), "par": "mois", "unites": units}
    return found


def absence(rng: random.Random) -> Plain:
    """What stays due of an absence with a motive."""

    def case() -> Plain:
        made: Plain = {"a_payer": rng.choice(PARTS)}
        for name in ("signale", "justifie"):
            if rng.random() < 0.5:
                made[name] = rng.choice(LIMITS)
        if rng.random() < 0.5:
            made["jours_dus"] = rng.choice(WAITS)
            if "signalement" in made["jours_dus"]:
                made.setdefault("signale", "sans limite")
        return made

    rule: Plain = {"motifs": ["maladie"], **(case() if rng.random() < 0.5 else {"phases": [case(), case()]})}
    if rng.random() < 0.3:
        rule["au_moins"] = rng.choice(("3 jours école consécutifs", "4 jours calendaires consécutifs"))
    return rule


def world(rng: random.Random) -> Plain:
    """A règlement with a price for each slot."""
    hours = {"matin": "07:30-08:30", "cantine": "", "soir": "16:30-18:00"}
    offer = [{"code": one, "nom": one, **({"horaire": said} if said else {})} for one, said in hours.items()]
    drop = [
        {"limite": "7 jours calendaires avant la date, avant 12:00", "a_payer": "rien"},
        {"limite": "2 jours calendaires avant la date, avant 12:00", "a_payer": rng.choice(PARTS)},
    ]
    plain: Plain = {
        "reglement": {"code": "hasard", "nom": "Hasard", "fuseau": "Europe/Paris", "source": "doc"},
        "document": {"doc": {"titre": "Hasard"}},
        "jours": {"du": "2026-06-01", "au": "2027-08-31", "feries": []},
        "etablissement": {"e": {"nom": "E", "jours_ecole": ["lundi", "mardi", "jeudi", "vendredi"]}},
        "mode": {"m": {"nom": "M", "etablissement": "e", "offre": offer}},
        "periode": {
            "p": {"nom": "P", "mode": "m", "du": "2026-09-01", "au": "2027-07-02",
                  "quand": {"jour": ["lundi", "mardi", "jeudi", "vendredi"]}}
        },
        "delai": {"d": {"reserver": "sans limite", "annuler": drop[rng.choice((0, 0, 1)):]}},
        "tarif": {one: {"creneaux": [one], "par": "créneau", "prix": f"{rng.randint(100, 600) / 100:.2f}"} for one in SLOTS},
        "evenement": {"e": {"motifs": ["greve"], "a_payer": rng.choice(PARTS)}},
        "constat": constats(rng),
        "absence": {"a": absence(rng)},
    }  # fmt: skip
    return plain


def releve(rng: random.Random) -> Plain:
    """What a household booked in September, and what happened."""
    last = rng.choice((date(2026, 10, 1), date(2026, 10, 1), date(2026, 9, 18)))
    noted = rng.choice((["m"], ["cantine"], ["cantine", "soir"], []))
    pointed = list(SLOTS) if noted == ["m"] else noted
    found: Plain = {
        "releve": {"reglement": "hasard", "mois": "2026-09", "instant": instant(last, 8), "pointes": noted},
        "enfant": {}, "reserve": {}, "present": {}, "annule": [], "absence": [], "evenement": [],
    }  # fmt: skip
    for child in ("lea", "tom")[: rng.randint(1, 2)]:
        booked = {day: some(rng, SLOTS) for day in DAYS if rng.random() < 0.5}
        away = told(rng, child, found, last) if rng.random() < 0.6 else []
        for day, slots in booked.items():
            if rng.random() < 0.2:
                at = day - timedelta(days=rng.randint(0, 9))
                if at < last:
                    act = {"enfant": child, "dates": [day.isoformat()], "instant": instant(at, rng.choice((6, 11, 13)))}
                    found["annule"].append({**act, **({"creneaux": [rng.choice(slots)]} if rng.random() < 0.5 else {})})
        found["enfant"][child] = {}
        found["reserve"][child] = {day.isoformat(): asked for day, asked in booked.items()}
        there: Plain = {}
        for day in DAYS:
            if day < last and day not in away:
                came = [one for one in pointed if rng.random() < (0.85 if one in booked.get(day, ()) else 0.05)]
                if came:
                    there[day.isoformat()] = [attended(rng, one) for one in came]
        found["present"][child] = there
    if rng.random() < 0.3:
        strike = rng.choice(DAYS).isoformat()
        found["evenement"].append({"motif": "greve", "du": strike, "au": strike})
    if not noted:
        del found["releve"]["pointes"]
    return {key: one for key, one in found.items() if one}


def told(rng: random.Random, child: str, found: Plain, last: date) -> list[date]:
    """An absence of a child, and its days."""
    first = rng.choice(DAYS[4:12])
    days = [first + timedelta(days=n) for n in range(rng.randint(1, 8))]
    one: Plain = {"enfant": child, "du": days[0].isoformat(), "au": days[-1].isoformat()}
    if rng.random() < 0.85:
        one["motif"] = "maladie"
    for name in ("signale", "justifie"):
        at = first + timedelta(days=rng.randint(-1, 6))
        if rng.random() < 0.7 and at < last:
            one[name] = instant(at, rng.choice((7, 9, 16)))
    found["absence"].append(one)
    return days


def attended(rng: random.Random, slot: str) -> Any:
    """A presence, with the hour of departure in the evening."""
    if slot != "soir" or rng.random() < 0.5:
        return slot
    return {"creneau": slot, "depart": rng.choice(("17:30", "18:00", "18:05", "18:06", "18:15", "18:20", "18:45"))}
