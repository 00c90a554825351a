"""Price anomalies and gaps of an audit: planted faults all found, none invented, amounts as they are charged (S13.1)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Final

import pytest
from tests.guide import OPEN, PRICED, SMALL, at, small, subsets
from tests.reference.random_reglements import priced

from clae_rules import Desk, Engine, Facts, Held, Planning, engine_from_text
from clae_rules.audit import Finding, audit
from clae_rules.audit.kinds import Days
from clae_rules.audit.tariffs import PriceAudit
from clae_rules.costs import charges
from clae_rules.errors import Fault
from clae_rules.facts import Value
from clae_rules.money import euros
from clae_rules.pricing import price_day
from clae_rules.reglement import REGLEMENT
from clae_rules.slots import Selection
from clae_rules.variants import Variant

REGLEMENTS: Final = sorted(Path(__file__).parents[1].joinpath("examples").rglob("reglement.toml"))
SCALES: Final = ("quotient", "ressources", "tranche")
LATE: Final = """
[delai.general]
hypothese = "essai"
reserver = [
  { limite = "1 jour calendaire avant la date, avant 12:00", variante = "normal" },
  { limite = "le jour même, avant 06:00", variante = "hors-delai" },
]
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "rien" }]
"""
GRID: Final = """
[grille.qf]
mesure = "quotient"
lu = "tronqué"
tranches = { A = "de 0 à 599", B = "de 600 à 999", C = "à partir de 1000" }
hypothese = "essai"
"""
SAME: Final = '[modification.meme]\ncreneaux = [{}]\nvariante = "hors-delai"\nfois = 1\nhypothese = "essai"\n'
ANOMALIES: Final = ("hors-delai-moins-cher", "prix-decroissant", "saut-de-prix")
DAY: Final = date(2025, 9, 11)


def tariff(price: str, more: str = "", code: str = "unique") -> str:
    """A tariff of the slot a, by the quotient's grid unless said otherwise, and a plain one for the others."""
    by = "" if "selon" in more or "{" not in price else 'selon = "qf"'
    return f"""
[tarif.{code}]
creneaux = "a"
par = "creneau"
{by}
prix = {price}
{more}
hypothese = "essai"
"""


OTHERS: Final = '[tarif.autres]\ncreneaux = ["b", "c", "d"]\npar = "creneau"\nprix = 1\nhypothese = "essai"\n'


def engine(*parts: str, delays: str = OPEN, facts: str = 'quotient = "nombre"') -> Engine:
    """The small règlement whose slot a is priced as said, and a grid of the quotient."""
    text = SMALL.replace("[faits]", f"[faits]\n{facts}")
    return engine_from_text("\n".join([text, delays, GRID, OTHERS, *parts]))


def found(engine: Engine, step_cents: int | None = None) -> tuple[Finding, ...]:
    """The price anomalies of a règlement."""
    return tuple(one for one in audit(engine, step_cents=step_cents).findings if one.code in ANOMALIES)


def params(one: Finding) -> dict[str, Any]:
    """What a finding says, by name."""
    return dict(one.params)


def charged(engine: Engine, one: Finding, *, late: bool = False, **facts: str) -> str:
    """What a family pays for what a finding is about, by the door that bills it."""
    given = [part.split(" = ") for part in str(params(one)["who"]).split(", ") if " = " in part]
    known = dict(given) | facts
    values: dict[str, Value] = {name: _value(engine, name, value) for name, value in known.items()}
    held = [Held(box.slot, box.variant) for box in one.boxes]
    if late:
        held = [Held(box.slot, Variant.HORS_DELAI) for box in held]
    desk = Desk(engine, Facts.from_mapping(values), "lou")
    assert one.first_day is not None
    account = charges(desk, Planning.of({("lou", one.first_day): held}), now=at("2025-01-01 09:00"))
    assert account.total_cents is not None, account.unsettled
    return euros(account.total_cents)


def _value(engine: Engine, name: str, said: str) -> Value:
    if said in ("true", "false"):
        return said == "true"
    return said if engine.facts[name].words else Fraction(said)


def checked(engine: Engine, one: Finding) -> None:
    """The amounts of a finding are what the household is charged."""
    said = params(one)
    if one.code == "hors-delai-moins-cher":
        assert (charged(engine, one, late=True), charged(engine, one)) == (said["late"], said["normal"])
        return
    low, high = (charged(engine, one, **{said["fact"]: said[end]}) for end in ("from", "to"))
    assert (low, high) == (said["low"], said["high"])


# ---- late that costs less ----------------------------------------------------------------------------------------


def test_a_late_price_below_the_normal_one_is_found_for_the_families_that_it_touches() -> None:
    """A flat late price is cheaper for the highest bracket alone, and a surcharge that takes away is for all."""
    flat = engine(
        tariff("{ A = 1.00, B = 3.00, C = 6.00 }"),
        '[modification.tard]\nvariante = "hors-delai"\ncreneaux = "a"\nprix = 5.00\nhypothese = "essai"',
        delays=LATE + SAME.format('"b", "c", "d"'),
    )
    (one,) = found(flat)

    assert (one.code, [box.slot for box in one.boxes], one.dates) == ("hors-delai-moins-cher", ["a"], 167)
    assert (params(one)["late"], params(one)["normal"]) == (euros(500), euros(600))
    assert "quotient = 1000" in str(params(one)["who"])
    checked(flat, one)


def test_a_late_surcharge_is_no_anomaly_and_one_that_no_deadline_opens_neither() -> None:
    """Late at the same price or dearer is what is meant; a late price that nobody can be asked is not looked at."""
    dearer = '[modification.tard]\nvariante = "hors-delai"\ncreneaux = "a"\nplus = 0\nhypothese = "essai"'
    cheaper = dearer.replace("plus = 0", "moins = 0.50")

    assert found(engine(tariff("2.00"), dearer, delays=LATE + SAME.format('"b", "c", "d"'))) == ()
    assert found(engine(tariff("2.00"), cheaper)) == ()
    assert [one.code for one in found(engine(tariff("2.00"), cheaper, delays=LATE + SAME.format('"b", "c", "d"')))] == [
        "hors-delai-moins-cher"
    ]


def test_slots_sold_together_are_looked_at_together_and_told_of_the_smallest_set() -> None:
    """A late formule that is too cheap is told once for all its sets, and not again for larger ones."""
    formules = """
[formule.un]
ensembles = [["a"], ["b"]]
hypothese = "essai"
[formule.deux]
ensembles = [["a", "b"]]
hypothese = "essai"
[tarif.jour]
creneaux = ["a", "b"]
par = "jour"
prix = { un = 4.00, deux = 6.00 }
variante = "normal"
hypothese = "essai"
[tarif.tard]
creneaux = ["a", "b"]
par = "jour"
prix = { un = 5.00, deux = 5.50 }
variante = "hors-delai"
hypothese = "essai"
[tarif.autres]
creneaux = ["c", "d"]
par = "creneau"
prix = 1
hypothese = "essai"
"""
    (one,) = found(small(delays=LATE + SAME.format('"c", "d"'), prices=formules))

    assert [box.slot for box in one.boxes] == ["a", "b"]
    assert (params(one)["late"], params(one)["normal"], params(one)["who_en"]) == (
        euros(550),
        euros(600),
        "every family",
    )


# ---- a price that falls as means rise ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "low", "high"),
    (
        ("{ A = 3.00, B = 1.00, C = 6.00 }", "A", "B"),
        ("{ A = 1.00, B = 3.00, C = 2.99 }", "B", "C"),
        ("{ A = 3.00, B = 2.00, C = 1.00 }", "A", "C"),
    ),
)
def test_a_bracket_cheaper_than_the_one_below_is_found(price: str, low: str, high: str) -> None:
    """An inversion in a grid is told with both brackets, both amounts, its slot and its source."""
    flawed = engine(tariff(price))
    (one,) = found(flawed)

    assert (one.code, [box.slot for box in one.boxes]) == ("prix-decroissant", ["a"])
    assert (params(one)["below"], params(one)["above"]) == (f"« {low} »", f"« {high} »")
    assert "hypothèse : essai" in one.sources
    assert f"pour « {low} »" in one.sentence()
    assert f"for « {low} »" in one.sentence("en")
    checked(flawed, one)


def test_an_effort_rate_that_a_condition_breaks_is_found_where_it_breaks() -> None:
    """Two rates that meet at a quotient: the second one asks less there than the first asked a cent before."""
    first = tariff("{ taux = 0.005, plancher = 1.00 }", 'selon = "quotient"\nqui.quotient = "moins de 800"', "bas")
    second = tariff("{ taux = 0.004, plafond = 9.00 }", 'selon = "quotient"\nqui.quotient = "à partir de 800"', "haut")
    flawed = engine(first, second)
    (one,) = found(flawed)

    assert (params(one)["from"], params(one)["to"]) == ("799.99", "800")
    assert (params(one)["below"], params(one)["low"], params(one)["high"]) == (
        "quotient = 799,99",
        euros(400),
        euros(320),
    )
    checked(flawed, one)


def test_a_modifier_that_takes_more_off_the_wealthier_is_found() -> None:
    """An aid above a quotient, in place of below it, is an inversion whatever the tariff."""
    aid = '[modification.aide]\ncreneaux = "a"\nmoins = 1\nqui.quotient = "{}"\nhypothese = "essai"'
    flawed = engine(tariff("3.00"), aid.format("plus de 700"))
    (one,) = found(flawed)

    assert (params(one)["from"], params(one)["to"]) == ("700", "700.01")
    checked(flawed, one)
    assert found(engine(tariff("3.00"), aid.format("moins de 700"))) == ()


def test_a_fall_is_told_for_the_family_for_whom_it_is_the_largest() -> None:
    """Two tariffs of two families are never compared with each other, and one anomaly of a tariff is told once."""
    facts = 'quotient = "nombre"\nresidence = ["commune", "exterieur"]'
    commune = tariff("{ A = 3.00, B = 1.00, C = 6.00 }", 'qui.residence = "commune"', "commune")
    apart = tariff("{ A = 7.00, B = 8.00, C = 9.00 }", 'qui.residence = "exterieur"', "exterieur")
    sound = tariff("{ A = 1.00, B = 2.00, C = 3.00 }", 'qui.residence = "commune"', "commune")
    double = '[modification.pai]\ncreneaux = "a"\nfois = 2\nqui.niveau = "petit"\nhypothese = "essai"'

    assert found(engine(sound, apart, facts=facts)) == ()
    (one,) = found(engine(commune, apart, double, facts=facts))
    assert params(one)["who"] == "niveau = petit, residence = commune"
    assert (params(one)["low"], params(one)["high"]) == (euros(600), euros(200))


@pytest.mark.parametrize(
    ("facts", "by", "price"),
    (
        ('enfants = "nombre"', "enfants", "{ A = 3.00, B = 2.50, C = 2.00 }"),
        ('rang = "nombre"', "rang", "{ A = 3.00, B = 1.00, C = 3.00 }"),
    ),
)
def test_what_falls_with_the_number_of_children_is_meant(facts: str, by: str, price: str) -> None:
    """A degressive price by children, or by rank, is what the town publishes; and so is one by word."""
    grid = GRID.replace('"quotient"', f'"{by}"').replace("de 0 à 599", "jusqu'à 1").replace("de 600 à 999", "2")
    grid = grid.replace("à partir de 1000", "à partir de 3").replace("grille.qf", "grille.n")
    assert found(engine(grid, tariff(price, 'selon = "n"'), facts=f'quotient = "nombre"\n{facts}')) == ()
    worded = tariff("{ adulte = 5.00, enfant = 2.00, agent = 3.00 }", 'selon = "convive"')
    words = 'quotient = "nombre"\nconvive = ["adulte", "enfant", "agent"]'
    assert found(engine(worded, facts=words)) == ()


def test_a_number_compared_with_hundreds_is_a_scale_of_means_whatever_its_name() -> None:
    """The name of a fact is free: what no number of children reaches is a measure of means."""
    renamed = GRID.replace('"quotient"', '"bareme"').replace("grille.qf", "grille.b")
    facts = 'quotient = "nombre"\nbareme = "nombre"'
    assert [
        one.code for one in found(engine(renamed, tariff("{ A = 3, B = 1, C = 6 }", 'selon = "b"'), facts=facts))
    ] == ["prix-decroissant"]


def test_who_gives_no_quotient_is_no_bracket_of_the_scale() -> None:
    """The full price of who gives nothing, written as a first bracket of 0 or as an outcome, is no inversion."""
    grid = GRID.replace('A = "de 0 à 599"', 'sans = "0", A = "de 1 à 599"')
    text = SMALL.replace("[faits]", '[faits]\nquotient = "nombre"')
    full = tariff("{ sans = 6.00, A = 1.00, B = 3.00, C = 6.00 }")
    assert found(engine_from_text(f"{text}\n{OPEN}\n{grid}\n{OTHERS}\n{full}")) == ()
    less = tariff("{ sans = 2.00, A = 1.00, B = 3.00, C = 6.00 }")
    assert [one.code for one in found(engine_from_text(f"{text}\n{OPEN}\n{grid}\n{OTHERS}\n{less}"))] == [
        "prix-decroissant"
    ]
    outcome = GRID.replace('lu = "tronqué"', 'lu = "tronqué"\nmanquant = "tranche C"')
    cheap = tariff("{ A = 1.00, B = 3.00, C = 2.00 }")
    assert [one.code for one in found(engine_from_text(f"{text}\n{OPEN}\n{outcome}\n{OTHERS}\n{cheap}"))] == [
        "prix-decroissant"
    ]


def test_numbered_words_are_a_scale_from_the_end_that_pays_least() -> None:
    """T1 to T4 of a fact called tranche: the one that leaves the way from one end to the other is told."""
    facts = 'quotient = "nombre"\ntranche = ["T1", "T2", "T3", "T4", "exterieur"]'
    up = "{ T1 = 1.00, T2 = 3.00, T3 = 2.00, T4 = 4.00, exterieur = 0.50 }"
    down = "{ T1 = 4.00, T2 = 2.00, T3 = 3.00, T4 = 1.00, exterieur = 9.00 }"
    for price, below, above in ((up, "T2", "T3"), (down, "T3", "T2")):
        flawed = engine(tariff(price, 'selon = "tranche"'), facts=facts)
        (one,) = found(flawed)
        assert (params(one)["below"], params(one)["above"]) == (f"« {below} »", f"« {above} »")
        checked(flawed, one)
    sound = "{ T1 = 4.00, T2 = 3.00, T3 = 2.00, T4 = 1.00, exterieur = 9.00 }"
    assert found(engine(tariff(sound, 'selon = "tranche"'), facts=facts)) == ()


def test_the_price_of_a_stretch_is_looked_at_too() -> None:
    """A package of the month by bracket is inverted as a price of a date is."""
    flawed = engine(tariff("{ A = 30.00, B = 20.00, C = 60.00 }", 'nom = "Forfait"').replace('"creneau"', '"mois"'))
    (one,) = found(flawed)

    assert (params(one)["low"], params(one)["high"]) == (euros(3000), euros(2000))
    checked(flawed, one)


# ---- a step larger than one asked about --------------------------------------------------------------------------


def test_a_step_is_told_only_where_one_is_asked_about() -> None:
    """From A to B costs 2 € more, from B to C 1 €: past 1 € the first is told, past 2 € none, unasked none."""
    stairs = engine(tariff("{ A = 1.00, B = 3.00, C = 4.00 }"))

    assert found(stairs) == found(stairs, 200) == ()
    (one,) = found(stairs, 100)
    assert (one.code, params(one)["below"], params(one)["above"]) == ("saut-de-prix", "« A »", "« B »")
    assert params(one)["step"] == euros(100)
    checked(stairs, one)


def test_a_rate_that_climbs_steadily_is_no_step_and_an_unpublished_bracket_could_be_the_stair() -> None:
    """Only what rises at once is a step: between two brackets, or where a rate begins."""
    rate = tariff("{ taux = 0.01, plafond = 20.00 }", 'selon = "quotient"')
    assert found(engine(rate), 50) == ()
    assert found(engine(tariff('{ A = 1.00, B = "non publié", C = 9.00 }')), 100) == ()
    halves = (tariff("1.00", 'qui.quotient = "moins de 500"', "bas"), rate.replace("unique", "haut"))
    begun = engine(
        halves[0], halves[1].replace('selon = "quotient"', 'selon = "quotient"\nqui.quotient = "à partir de 500"')
    )
    (one,) = found(begun, 100)
    assert (params(one)["from"], params(one)["to"], params(one)["high"]) == ("499.99", "500", euros(500))


# ---- the règlements of real towns --------------------------------------------------------------------------------


@cache
def published(path: Path) -> Engine:
    """An example."""
    return engine_from_text(path.read_text("utf-8"))


@pytest.mark.parametrize("path", REGLEMENTS, ids=lambda path: path.parent.name)
def test_no_price_of_an_example_is_an_anomaly(path: Path) -> None:
    """None of the towns publishes an inversion, or a late price below the normal one: none is told."""
    assert list(PriceAudit(Days(published(path))).findings()) == []


def planted() -> Iterator[Any]:
    """Every pair of neighbouring brackets of a scale of means in the examples, their prices swapped."""
    for path in REGLEMENTS:
        plain = published(path).reglement.plain()
        for code, one in plain.get("tarif", {}).items():
            by = one.get("selon", "")
            measure = plain.get("grille", {}).get(by, {}).get("mesure", by)
            for keys, table in _tables(one["prix"]) if measure in SCALES else ():
                rows = [row for row in table if row != "autres"]
                pairs = list(pairwise(rows)) if measure != "tranche" or len(rows) > 2 else []
                for pair in pairs:
                    if table[pair[0]] != table[pair[1]]:
                        place = ("tarif", code, "prix", *keys)
                        yield pytest.param(path, place, pair, id="-".join((path.parent.name, code, *keys, *pair)))


def _tables(price: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if isinstance(price, dict) and "taux" not in price:
        nested = {key: one for key, one in price.items() if isinstance(one, dict)}
        for key, one in nested.items():
            yield from _tables(one, (*keys, key))
        if not nested:
            yield keys, price


@pytest.mark.parametrize(("path", "place", "pair"), tuple(planted()))
def test_two_prices_swapped_in_an_example_are_found(path: Path, place: tuple[str, ...], pair: tuple[str, str]) -> None:
    """Swapping the prices of two neighbouring brackets of a real grid is told of these brackets, or as a late price."""
    plain = deepcopy(published(path).reglement.plain())
    table: Any = plain
    for key in place:
        table = table[key]
    table[pair[0]], table[pair[1]] = table[pair[1]], table[pair[0]]
    flawed = engine_from_text(json.dumps(plain, default=str), name="reglement.json")

    told = [one for one in PriceAudit(Days(flawed)).findings() if one.code == "prix-decroissant"]

    assert told
    for one in told:
        assert {params(one)["below"], params(one)["above"]} == {f"« {code} »" for code in pair}
        checked(flawed, one)


# ---- what is missing ---------------------------------------------------------------------------------------------


MODE: Final = """
[mode.soir]
nom = "SOIR"
etablissement = "ecole"
hypothese = "essai"
offre = [{ code = "z", nom = "Z" }]
[tarif.z]
creneaux = "soir"
par = "creneau"
prix = 2
hypothese = "essai"
"""
NEVER: Final = """
[periode.jamais]
nom = "Jamais"
mode = "{}"
du = 2025-10-20
au = 2025-10-25
quand.type = "ordinaire"
hypothese = "essai"
"""


def test_a_slot_that_no_day_opens_and_a_periode_without_a_day_are_found() -> None:
    """What loads and can never be booked for want of days is told: the slots of the mode, or the période."""
    for more in (MODE, MODE + NEVER.format("soir")):
        (one,) = audit(engine_from_text(SMALL + OPEN + PRICED + more)).findings
        assert (one.code, [box.slot for box in one.boxes]) == ("jamais-ouvert", ["z"])
        assert "« soir »" in one.sentence()
        assert "« soir »" in one.sentence("en")
    (one,) = audit(engine_from_text(SMALL + OPEN + PRICED + NEVER.format("jour"))).findings
    assert (one.code, params(one)["periode"]) == ("periode-vide", "jamais")
    assert audit(engine_from_text(SMALL + OPEN + PRICED)).findings == ()


def test_a_price_that_is_not_published_is_told() -> None:
    """An amount announced without being published leaves families without an answer: told, and grave for nobody."""
    (one,) = audit(engine_from_text(SMALL + OPEN + PRICED.replace("1.00", '"non publié"'))).findings
    assert (one.code, one.severity.name) == ("laisse-ouvert", "NOTE")
    assert "tarif.unique.prix" in one.sentence()


def test_a_grid_of_a_counter_lacks_no_outcome() -> None:
    """The planning always gives a counter: nobody has to say what happens where it is missing."""
    path = next(path for path in REGLEMENTS if path.parent.name == "jauldes")
    assert not any("presents" in one.sentence() for one in audit(published(path)).of("laisse-ouvert"))


# ---- random prices -----------------------------------------------------------------------------------------------


def test_late_prices_below_the_normal_ones_are_those_of_plain_enumeration() -> None:
    """Random prices: a late price is told if and only if some family pays less late for some slots held together."""
    outcomes = set()
    for seed in range(16):
        rng = random.Random(seed)
        plain = priced(rng, [f"s{i}" for i in range(rng.randint(2, 3))])
        plain["delai"] = {"general": {"reserver": [{"limite": "le jour même, avant 06:00", "variante": "hors-delai"}]}}
        faults: list[Fault] = []
        read = REGLEMENT.read(plain, (), faults)
        assert not faults, faults
        made = Engine(read)
        told = [one for one in PriceAudit(Days(made)).findings() if one.code == "hors-delai-moins-cher"]
        assert bool(told) is any(_cheaper_late(made)), seed
        outcomes.add(bool(told))
    assert outcomes == {True, False}


def _cheaper_late(engine: Engine) -> Iterator[bool]:
    """Whether late is cheaper, for families that no bound leaves out and all that may be held on a day."""
    day = engine.day(date(2026, 9, 14))
    quotients = [Fraction(one) for one in ("0", "400", "599", "599.5", "600", "800", "999.5", "1000", "2000")]
    for quotient, rank, level, flag, age in product(quotients, (1, 2, 3), "ab", (True, False), (3, 9)):
        values: dict[str, Value] = {
            "quotient": quotient, "rang": Fraction(rank), "niveau": level, "pai": flag, "ne": Fraction(age),
        }  # fmt: skip
        facts = Facts.from_mapping({"quotient": quotient})
        for slots in subsets(tuple(day.slots)):
            both = [
                price_day(
                    engine.prices,
                    day.facts,
                    day.codes,
                    facts,
                    values.get,
                    Selection(tuple(Held(one, way) for one in slots)),
                ).total_cents
                for way in Variant
            ]
            yield both[0] is not None and both[1] is not None and both[1] < both[0]
