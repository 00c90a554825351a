"""Prices are exact, derived step by step, and never guessed (S10)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from clae_rules.charges import _STEPS, _UNKNOWN
from clae_rules.days import DayFacts, DayKind
from clae_rules.described import REFUSED, Coded, Faults, Record, TableOf
from clae_rules.errors import InvalidValueError
from clae_rules.facts import Dated, Facts, FactShape, profile_at
from clae_rules.grids import Grid
from clae_rules.modifiers import Modifier, PriceOrder
from clae_rules.prices import FactValue, PriceShape, parse_shift
from clae_rules.pricing import (
    Charge,
    DayPrice,
    DayPricing,
    PriceRules,
    Share,
    Step,
    Unpriced,
    charge_of,
    item_of,
    price_day,
)
from clae_rules.selectors import Places
from clae_rules.shapes import Slug
from clae_rules.slots import Held, Selection, Slot
from clae_rules.tariffs import Formule, Tariff
from clae_rules.unit_prices import Scene
from clae_rules.variants import Variant

VECTORS = tomllib.loads(
    Path(__file__).with_name("vectors").joinpath("prices.toml").read_text("utf-8"), parse_float=Decimal
)["reglement"]
CASES = [(name, i) for name, one in VECTORS.items() for i in range(len(one.get("cas", ())))]
MONDAY = date(2026, 9, 7)


def read(plain: Mapping[str, Any]) -> tuple[PriceRules | None, Faults]:
    """The prices that a plain règlement states, or None, with every fault."""
    faults: Faults = []
    sections = {
        "tarif": ("tariffs", Tariff),
        "modification": ("modifiers", Modifier),
        "grille": ("grids", Grid),
        "formule": ("formules", Formule),
    }
    values: dict[str, Any] = {
        field: Coded(Slug(), Record(cls)).read(plain.get(key, {}), (key,), faults)
        for key, (field, cls) in sections.items()
    }
    values["order"] = Record(PriceOrder).read(plain.get("prix", {}), ("prix",), faults)
    values["facts"] = dict(TableOf(Slug(), FactShape()).read(plain.get("faits", {}), ("faits",), faults))
    slots = {}
    for code, hours in plain["creneaux"].items():
        timed = {"horaire": hours} if hours else {}
        slots[code] = Record(Slot).read({"code": code, "nom": code.capitalize(), **timed}, ("offre",), faults)
    places = {code: frozenset((code,)) for code in slots}
    places |= {code: frozenset(group) for code, group in plain.get("groupe", {}).items()}
    if faults:
        return None, faults
    rules = PriceRules(places=Places(places, {}), slots=slots, **values)
    return rules, list(rules.faults())


def good(plain: Mapping[str, Any]) -> PriceRules:
    """The prices of a plain règlement without fault."""
    rules, faults = read({"creneaux": {"matin": "07:30-08:30", "repas": "", "soir": "16:30-18:00"}, **plain})
    assert faults == []
    assert rules is not None
    return rules


def bad(plain: Mapping[str, Any]) -> list[str]:
    """The faults of a plain règlement, in French; English says as many."""
    _, faults = read({"creneaux": {"matin": "07:30-08:30", "repas": "", "soir": "16:30-18:00"}, **plain})
    assert all(one.text("en") for one in faults)
    return [one.text() for one in faults]


def priced(
    rules: PriceRules, *held: str | Held, day: date = MONDAY, late: tuple[str, ...] = (), **facts: Any
) -> DayPrice:
    """What a selection costs that day for a child with these facts."""
    known = Facts.of(**facts)
    selection = Selection.of(*held, *(Held(slot, Variant.HORS_DELAI) for slot in late))
    described = DayFacts(day, day.weekday(), DayKind.ORDINARY, "")
    return price_day(rules, described, (), known, profile_at(rules.facts, known, day, None), selection)


def why(price: DayPrice) -> tuple[str, tuple[str, ...]]:
    """The one reason why a price is not known, with its names; it can be said in both languages."""
    (unknown,) = price.unpriced
    assert unknown.sentence()
    assert unknown.sentence("en")
    assert price.total_cents is None
    return unknown.code, unknown.params


SLOT = {"par": "creneau"}
ALL_SLOTS = {"creneaux": ["matin", "repas", "soir"], **SLOT}
LATE = {"modification": {"tard": {"variante": "hors-delai", "plus": 1}}}
BY_DAY = {"par": "jour", "prix": 5}
WORDS: dict[str, Any] = {
    "faits": {"tranche": ["t1", "t6"], "secteur": ["dedans", "dehors"]},
    "tarif": {"r": {"creneaux": "repas", **SLOT, "selon": "tranche", "prix": {"t1": "0.29", "t6": "2.13"}}},
}
FORMULES: dict[str, Any] = {
    "formule": {"demi": {"nom": "Demi-journée", "ensembles": [["matin", "repas"], ["repas", "soir"]]}},
    "tarif": {"accueil": {"par": "jour", "prix": {"demi": "6.50"}}},
}


@pytest.mark.parametrize(("name", "i"), CASES)
def test_a_published_price_is_found_to_the_cent(name: str, i: int) -> None:
    """Every published price with a known answer is found to the cent, or is undecided as known."""
    plain, case = VECTORS[name], VECTORS[name]["cas"][i]
    rules = good(plain)
    facts = {code: FactValue().read(one, (), []) for code, one in case.get("faits", {}).items()}
    found = priced(rules, *case.get("tient", ()), day=case["jour"], late=tuple(case.get("hors_delai", ())), **facts)

    if "prix" in case:
        assert found.unpriced == ()
        assert found.total_cents == Fraction(case["prix"]) * 100
    else:
        assert why(found)[0] == case["inconnu"]


@pytest.mark.parametrize("name", tuple(name for name, one in VECTORS.items() if "refuse" in one))
def test_a_published_hole_is_refused(name: str) -> None:
    """A grid with holes under its reading, or without a reading, is refused with every hole."""
    said = bad(VECTORS[name])

    assert len(said) == len(VECTORS[name]["refuse"])
    for text, expected in zip(said, VECTORS[name]["refuse"], strict=True):
        assert expected in text


@pytest.mark.parametrize("name", tuple(VECTORS))
def test_prices_read_back_from_what_was_written(name: str) -> None:
    """Every tariff, modifier, grid and formule equals what is read from its plain form."""
    plain = VECTORS[name]
    sections = {"tarif": Tariff, "modification": Modifier, "grille": Grid, "formule": Formule}
    for key, cls in sections.items():
        shape, faults = Coded(Slug(), Record(cls)), list[Any]()
        value = shape.read(plain.get(key, {}), (), faults)
        if value is not REFUSED:
            assert shape.read(shape.write(value), (), faults) == value
            assert faults == []


class TestFamilies:
    """Each held slot belongs to exactly one tariff (S10.2)."""

    def test_a_slot_without_a_tariff_is_not_free(self) -> None:
        """A slot that no tariff covers has no price; what is held beside it keeps its own."""
        rules = good({"tarif": {"repas": {"creneaux": "repas", **SLOT, "prix": 4}}})
        found = priced(rules, "matin", "repas")

        assert why(found) == ("sans-tarif", ())
        assert [one.amount_cents for one in found.charges] == [400]

    def test_an_unknown_slot_has_no_price(self) -> None:
        """A code that is no slot is priced by no tariff, even by one that covers every slot."""
        assert why(priced(good({"tarif": {"tout": {**SLOT, "prix": 1}}}), "inconnu"))[0] == "sans-tarif"

    def test_two_tariffs_are_never_chosen_between(self) -> None:
        """A slot that two tariffs cover has no price: no first match."""
        tarif = {"a": {"creneaux": "repas", **SLOT, "prix": 4}, "b": {**ALL_SLOTS, "prix": 5}}

        assert why(priced(good({"tarif": tarif}), "repas")) == ("deux-tarifs", ("a", "b"))

    def test_a_missing_fact_is_named(self) -> None:
        """A tariff that a missing fact decides, of exceptions too, leaves the price undecided."""
        faits = {"residence": ["commune", "exterieur"], "pai": "oui ou non"}
        tarif = {
            "a": {**ALL_SLOTS, "qui": {"residence": "commune"}, "sauf": {"qui": {"pai": True}}, "prix": 4},
            "b": {**ALL_SLOTS, "qui": {"pai": True}, "prix": 1},
        }
        rules = good({"faits": faits, "tarif": tarif})

        assert why(priced(rules, "repas")) == ("fait-manquant", ("residence", "pai"))
        assert priced(rules, "repas", residence="commune", pai=False).total_cents == 400
        assert priced(rules, "repas", residence="commune", pai=True).total_cents == 100
        assert why(priced(rules, "repas", residence="exterieur", pai=False))[0] == "sans-tarif"

    def test_a_tariff_may_hold_for_one_variant(self) -> None:
        """A tariff of the late variant prices late slots alone; the sum is that of both."""
        tarif = {
            "a": {**ALL_SLOTS, "variante": "normal", "prix": 4},
            "b": {**ALL_SLOTS, "variante": "hors-delai", "prix": 6},
        }

        assert priced(good({"tarif": tarif}), "repas", late=("soir",)).total_cents == 1000

    def test_a_tariff_may_depend_on_the_date(self) -> None:
        """A tariff holds on the dates of its selector only."""
        tarif = {"a": {**ALL_SLOTS, "quand": {"jour": "lundi"}, "prix": 4}}
        rules = good({"tarif": tarif})

        assert priced(rules, "repas").total_cents == 400
        assert why(priced(rules, "repas", day=date(2026, 9, 8)))[0] == "sans-tarif"

    def test_charges_follow_the_display_order(self) -> None:
        """Charges stand in the display order of their slots, whatever the order of the codes."""
        rules = good({"creneaux": {"soir": "", "matin": ""}, "tarif": {"tout": {**SLOT, "prix": 1}}})

        assert [one.item for one in priced(rules, "matin", "soir").charges] == ["soir", "matin"]

    def test_a_slot_and_a_tariff_may_share_a_code(self) -> None:
        """The day's price « repas » of one tariff is not the price of the slot « repas » of another."""
        tarif = {
            "repas": {"creneaux": ["matin", "soir"], "par": "jour", "prix": 2},
            "cantine": {"creneaux": "repas", **SLOT, "prix": 4},
        }
        found = priced(good({"tarif": tarif}), "matin", "repas", "soir")

        assert [(one.tariff, one.item, one.slots) for one in found.charges] == [
            ("repas", "repas", ("matin", "soir")),
            ("cantine", "repas", ("repas",)),
        ]
        assert found.total_cents == 600

    def test_the_empty_selection_costs_nothing(self) -> None:
        """Holding nothing costs nothing, and that is known."""
        assert priced(good({}), day=MONDAY) == DayPrice()
        assert DayPrice().total_cents == 0


class TestFormules:
    """A tariff by formule prices the exact subset that is held (S10.2)."""

    def test_the_exact_subset_is_priced(self) -> None:
        """A formule is one charge with its own name; another subset has no price."""
        rules = good(FORMULES)
        (charge,) = priced(rules, "soir", "repas").charges

        assert (charge.item, charge.label, charge.slots) == ("demi", "Demi-journée", ("repas", "soir"))
        assert why(priced(rules, "soir")) == ("sans-formule", ("soir",))

    def test_two_rows_are_refused_and_never_chosen_between(self) -> None:
        """Two formules that sell the same slots are refused, and price nothing."""
        plain = {
            "creneaux": {"matin": ""},
            "formule": {"a": {"ensembles": [["matin"]]}, "b": {"ensembles": [["matin"]]}},
            "tarif": {"accueil": {"par": "jour", "prix": {"a": 1, "b": 2}}},
        }
        rules, faults = read(plain)

        assert ["déjà vendu par « a »" in one.fr for one in faults] == [True]
        assert rules is not None
        assert why(priced(rules, "matin")) == ("deux-formules", ("a", "b"))

    @pytest.mark.parametrize(
        ("tarif", "said"),
        (
            ({"par": "jour", "prix": {"dem": 1}}, "formule inconnue ; vouliez-vous dire « demi »"),
            ({"par": "creneau", "prix": {"demi": 1}}, "se vendent au jour"),
            ({"par": "jour", "creneaux": ["matin", "repas"], "prix": {"demi": 1}}, "ne couvre pas tous"),
            ({"par": "jour", "prix": {"demi": {"A": 1}}}, "se lisent dans une grille"),
            ({"par": "jour", "prix": {"demi": {"taux": 1}}}, "se multiplie par un nombre"),
        ),
    )
    def test_a_row_that_fits_nothing_is_refused(self, tarif: dict[str, Any], said: str) -> None:
        """A row of an unknown formule, of slots not covered, or looked up in nothing is refused."""
        (text,) = bad({**FORMULES, "tarif": {"accueil": tarif}})

        assert said in text

    def test_a_formule_names_each_slot_once(self) -> None:
        """An empty set, a slot named twice and a set written twice are refused."""
        for sets in ((("a", "a"),), ((),), (("a", "b"), ("b", "a"))):
            with pytest.raises(InvalidValueError, match="sets"):
                Formule(code="f", sets=sets)


class TestDayAndTime:
    """A price may pay for a day, or for time begun (S10.3)."""

    def test_a_day_is_paid_once(self) -> None:
        """A price by the day pays for all slots held of the family, under the tariff's name or theirs."""
        plain = {"tarif": {"jour": {"par": "jour", "prix": "2.80"}}}
        (charge,) = priced(good(plain), "matin", "soir").charges

        assert (charge.label, charge.quantity, charge.amount_cents) == ("Matin + Soir", 1, 280)
        named = {"tarif": {"jour": {"par": "jour", "prix": "2.80", "nom": "Garderie"}}}
        assert priced(good(named), "matin").charges[0].label == "Garderie"

    @pytest.mark.parametrize(("per", "units"), (("heure", 3), ("demi-heure", 5), ("quart d'heure", 10)))
    def test_a_unit_begun_is_due(self, per: str, units: int) -> None:
        """Every unit of time begun over the day is due: 1 h and 1 h 30 are 3 hours, or 10 quarters."""
        plain = {"tarif": {"temps": {"creneaux": ["matin", "soir"], "par": per, "prix": 1}}}
        (charge,) = priced(good(plain), "matin", "soir").charges

        assert (charge.quantity, charge.unit_cents, charge.amount_cents) == (units, 100, units * 100)

    def test_time_needs_hours(self) -> None:
        """A price by time for a slot without hours is refused at load, and gives no price."""
        plain = {"creneaux": {"repas": ""}, "tarif": {"temps": {"par": "heure", "prix": 1}}}
        rules, faults = read(plain)

        assert ["repas n'en a pas" in one.fr for one in faults] == [True]
        assert rules is not None
        assert why(priced(rules, "repas")) == ("sans-horaire", ("repas",))


class TestLate:
    """A late slot has its own price, and nothing sold together is guessed to be late (S4.1)."""

    @pytest.mark.parametrize(
        ("written", "total"),
        (
            ({"formule_hors_delai": "si un créneau l'est"}, 600),
            ({"formule_hors_delai": "si tous le sont"}, 500),
        ),
    )
    def test_mixed_variants_are_read_as_written(self, written: dict[str, str], total: int) -> None:
        """Slots sold together, some late, are late or not as the tariff says."""
        rules = good({**LATE, "tarif": {"jour": {**BY_DAY, **written}}})

        assert priced(rules, "matin", late=("soir",)).total_cents == total
        assert priced(rules, late=("soir", "matin")).total_cents == 600

    def test_mixed_variants_are_undecided_where_it_matters(self) -> None:
        """Without a word on it, a mix is undecided if the late price differs, else it is that price."""
        assert why(priced(good({**LATE, "tarif": {"jour": BY_DAY}}), "matin", late=("soir",))) == (
            "variantes-melees",
            ("jour",),
        )
        (charge,) = priced(good({"tarif": {"jour": BY_DAY}}), "matin", late=("soir",)).charges
        assert (charge.variant, charge.amount_cents) == (Variant.NORMAL, 500)

    @pytest.mark.parametrize(
        ("plain", "spoken"),
        (
            ({"tarif": {"a": {**ALL_SLOTS, "prix": 1}}}, False),
            ({"tarif": {"a": {**ALL_SLOTS, "variante": "normal", "prix": 1}}}, True),
            ({"tarif": {"a": {"creneaux": "soir", "variante": "normal", **SLOT, "prix": 1}}}, False),
            ({"modification": {"m": {"variante": "hors-delai", "fois": 2}}}, True),
            ({"modification": {"m": {"variante": "normal", "fois": 2}}}, False),
            ({"modification": {"m": {"sauf": {"variante": "normal"}, "fois": 2}}}, True),
            ({"modification": {"m": {"creneaux": "soir", "variante": "hors-delai", "fois": 2}}}, False),
            (
                {
                    "tarif": {"a": {"creneaux": "soir", **SLOT, "prix": 1}},
                    "modification": {"m": {"tarifs": "a", "variante": "hors-delai", "fois": 2}},
                },
                False,
            ),
        ),
    )
    def test_late_prices_are_spoken_of_or_not(self, plain: dict[str, Any], spoken: bool) -> None:
        """A slot's late price is written where a tariff or a modifier names variants for it alone."""
        assert good(plain).speaks_of_late("repas") is spoken


GRID: dict[str, Any] = {
    "faits": {
        "quotient": "nombre",
        "rang": "nombre",
        "residence": ["commune", "exterieur"],
        "pai": "oui ou non",
    },
    "grille": {
        "qf": {
            "mesure": "quotient",
            "lu": "tronqué",
            "tranches": {"A": "de 0 à 599", "B": "de 600 à 999", "C": "à partir de 1000"},
        }
    },
    "tarif": {"repas": {"creneaux": "repas", **SLOT, "selon": "qf", "prix": {"A": 1, "B": 2, "C": 4}}},
}


def with_modifiers(*order: str, **modifiers: Any) -> PriceRules:
    """The gridded meal with some modifiers, underscores standing for hyphens, in an order."""
    named = {code.replace("_", "-"): one for code, one in modifiers.items()}
    return good({**GRID, "modification": named, "prix": {"ordre": list(order)}})


class TestModifiers:
    """Modifiers act on the lookup, then on the amount, in their declared order (S10.5)."""

    @pytest.mark.parametrize(
        ("verb", "total"),
        (
            ({"plus": "0.10"}, 210),
            ({"moins": "0.10"}, 190),
            ({"moins": 3}, 0),
            ({"fois": "0.333"}, 67),
            ({"prix": 7}, 700),
            ({"prix": {"A": 5, "B": 6, "autres": "non publié"}}, 600),
            ({"tranche": "+1"}, 400),
            ({"tranche": "-1", "sauf": {"tranches": "A"}}, 100),
            ({"tranche": "C"}, 400),
            ({"plafond": "1.50"}, 150),
            ({"plafond": 3}, 200),
            ({"plancher": 3}, 300),
        ),
    )
    def test_each_verb(self, verb: dict[str, Any], total: int) -> None:
        """Each verb does what it says to a price of 2.00; a subtraction stops at 0."""
        reach = {"tranches": ["A", "B"]} if verb.get("tranche") == "+1" else {}
        found = priced(with_modifiers(m={**verb, **reach}), "repas", quotient=700)

        assert found.total_cents == total
        assert all(step.sentence() and step.sentence("en") for step in found.charges[0].derivation)

    def test_an_unpublished_modifier_gives_no_price(self) -> None:
        """A supplement that is announced but not published leaves the price unknown (S4.6)."""
        for verb in ("plus", "moins", "prix", "plafond", "plancher"):
            rules = with_modifiers(m={verb: "non publié", "hypothese": "article 7"})
            found = priced(rules, "repas", quotient=700)

            assert why(found)[0] == "non-publie"
            assert found.unpriced[0].source == "hypothèse : article 7"

    def test_the_declared_order_decides(self) -> None:
        """(2 + 1) × 2 is not 2 × 2 + 1: the declared order is followed."""
        both = {"plus": {"plus": 1}, "fois": {"fois": 2}}

        assert priced(with_modifiers("plus", "fois", **both), "repas", quotient=700).total_cents == 600
        assert priced(with_modifiers("fois", "plus", **both), "repas", quotient=700).total_cents == 500

    def test_an_order_that_is_not_said_is_not_guessed(self) -> None:
        """Two modifiers that meet without an order are refused at load, and give no price."""
        rules, faults = read({"creneaux": {"repas": ""}, **GRID, "modification": {"a": {"plus": 1}, "b": {"fois": 2}}})

        assert ["peuvent changer le même prix" in one.fr for one in faults] == [True]
        assert rules is not None
        assert why(priced(rules, "repas", quotient=700)) == ("ordre", ("a", "b"))

    def test_a_substitute_makes_all_before_it_moot(self) -> None:
        """What stands before a substitute price neither changes it nor makes it unknown."""
        rules = with_modifiers("a", "b", "c", a={"plus": "non publié"}, b={"prix": 5}, c={"fois": 2})

        assert priced(rules, "repas").total_cents == 1000

    def test_a_bracket_may_be_looked_up_without_the_measure(self) -> None:
        """« tranche = C » needs no quotient; « -1 » does."""
        outsider = {"qui": {"residence": "exterieur"}}
        rules = with_modifiers(c={**outsider, "tranche": "C"})
        assert priced(rules, "repas", residence="exterieur").total_cents == 400
        assert why(priced(rules, "repas", residence="commune")) == ("fait-manquant", ("quotient",))

        rules = with_modifiers(c={**outsider, "tranche": "-1", "sauf": {"tranches": "A"}})
        assert why(priced(rules, "repas", residence="exterieur")) == ("fait-manquant", ("quotient",))
        rules = with_modifiers(c={**outsider, "tranche": "-1", "tranches": ["B", "C"]})
        assert why(priced(rules, "repas", residence="exterieur")) == ("fait-manquant", ("quotient",))

    def test_a_step_of_an_unknown_bracket_changes_nothing(self) -> None:
        """One bracket up from an unknown one is unknown, and up from the last one is no bracket."""
        rules, _ = read({"creneaux": {"repas": ""}, **GRID, "modification": {"m": {"tranche": "+1"}}})

        assert rules is not None
        assert why(priced(rules, "repas")) == ("fait-manquant", ("quotient",))
        assert why(priced(rules, "repas", quotient=2000)) == ("hors-grille", ("m",))

    def test_lookups_see_the_bracket_read_and_amounts_the_bracket_used(self) -> None:
        """A modifier of the amount that names brackets compares the one that was looked up in the end."""
        rules = with_modifiers(a={"tranche": "-1", "tranches": "C"}, b={"plus": 1, "tranches": "B"})

        assert priced(rules, "repas", quotient=1000).total_cents == 300

    def test_two_ways_to_one_bracket_are_told_apart(self) -> None:
        """What is remembered of a price keeps the step that led to its bracket."""
        rules = with_modifiers(
            a={"qui": {"rang": 1}, "tranche": "A"},
            b={"qui": {"rang": "à partir de 2"}, "tranche": "-1", "tranches": "B"},
        )
        steps = [priced(rules, "repas", quotient=700, rang=rank).charges[0].derivation[1] for rank in (1, 2)]

        assert [dict(step.params)["by"] for step in steps] == ["a", "b"]

    def test_a_modifier_of_brackets_leaves_a_flat_price_alone(self) -> None:
        """A price without a bracket is in none of the brackets that a modifier names."""
        plain = {**GRID, "tarif": {**GRID["tarif"], "soir": {"creneaux": "soir", **SLOT, "prix": 3}}}
        rules = good({**plain, "modification": {"m": {"tranches": "A", "fois": 2}, "n": {"tranche": "C"}}})

        assert priced(rules, "soir").total_cents == 300

    def test_another_word_is_read_of_a_price_by_words(self) -> None:
        """« tranche » reads the row of another word, known or not, and says which word was given."""
        rules = good({**WORDS, "modification": {"hors": {"qui": {"secteur": "dehors"}, "tranche": "t6"}}})

        assert priced(rules, "repas", tranche="t1", secteur="dedans").total_cents == 29
        assert priced(rules, "repas", secteur="dehors").total_cents == 213
        found = priced(rules, "repas", tranche="t1", secteur="dehors")
        (charge,) = found.charges
        assert found.total_cents == 213
        assert [(step.code, dict(step.params).get("value")) for step in charge.derivation] == [
            ("mot", "t1"),
            ("autre-tranche", None),
            ("prix", None),
        ]

    def test_a_modifier_of_some_words_changes_only_their_price(self) -> None:
        """« tranches » names the words of a fact as it names the brackets of a grid."""
        rules = good({**WORDS, "modification": {"m": {"tranches": "t6", "plus": 1}}})

        found = [priced(rules, "repas", tranche=word, secteur="dedans").total_cents for word in ("t1", "t6")]
        assert found == [29, 313]

    def test_a_missing_fact_of_a_modifier_is_named(self) -> None:
        """A modifier that a missing fact decides leaves the price undecided, naming the fact."""
        rules = with_modifiers(m={"qui": {"rang": "à partir de 3"}, "fois": "0.5"})

        assert why(priced(rules, "repas", quotient=700)) == ("fait-manquant", ("rang",))

    def test_what_concerns_a_part_of_what_is_sold_together_is_undecided(self) -> None:
        """A modifier of one slot of a formule is refused at load, and gives no price."""
        plain = {
            "tarif": {"jour": {"par": "jour", "prix": 5}},
            "modification": {"m": {"creneaux": "soir", "plus": 1}},
        }
        (text,) = bad(plain)
        rules, _ = read({"creneaux": {"matin": "", "soir": ""}, **plain})

        assert "ne porte que sur soir" in text
        assert rules is not None
        assert why(priced(rules, "matin", "soir")) == ("portee-partielle", ("m",))
        assert priced(rules, "soir").total_cents == 600

    def test_a_modifier_of_another_tariff_is_not_asked(self) -> None:
        """A modifier that names tariffs reaches those alone, and an exception may name tariffs too."""
        plain = {**GRID, "tarif": {**GRID["tarif"], "soir": {"creneaux": "soir", **SLOT, "prix": 3}}}
        for reach in ({"tarifs": "soir"}, {"sauf": {"tarifs": "repas"}}):
            rules = good({**plain, "modification": {"m": {**reach, "plus": 1}}})

            assert priced(rules, "repas", "soir", quotient=0).total_cents == 500

    def test_a_bracket_that_a_tariff_does_not_have_is_never_replaced(self) -> None:
        """An unknown bracket, by step or by name, or a row that is not there gives no price."""
        base = {"creneaux": {"repas": ""}, **GRID}
        for modifier, names in (({"tranche": "Z"}, ("m",)), ({"prix": {"A": 1}}, ("repas",))):
            rules, faults = read({**base, "modification": {"m": modifier}})

            assert len(faults) == 1
            assert rules is not None
            assert why(priced(rules, "repas", quotient=700)) == ("hors-grille", names)

    def test_rows_without_a_grid_give_no_price(self) -> None:
        """Rows by bracket for a tariff without a grid are refused at load, and give no price."""
        plain = {"creneaux": {"soir": ""}, "tarif": {"soir": {**SLOT, "prix": 3}}}
        rules, faults = read({**plain, "modification": {"m": {"prix": {"A": 1}}}})

        assert len(faults) == 1
        assert rules is not None
        assert why(priced(rules, "soir")) == ("hors-grille", ("soir",))


class TestAlike:
    """« comme » prices as if other facts held (S10.5)."""

    def test_the_tariff_the_grid_and_the_modifiers_see_the_supposed_facts(self) -> None:
        """Staff from outside pay as residents with a quotient of 0, supplement for outsiders included."""
        plain = {
            **GRID,
            "modification": {
                "personnel": {"qui": {"pai": True}, "comme": {"residence": "commune", "quotient": 0}},
                "exterieur": {"qui": {"residence": "exterieur"}, "plus": 3},
            },
        }
        rules = good(plain)
        found = priced(rules, "repas", residence="exterieur", quotient=2000, pai=True)

        assert found.total_cents == 100
        assert "comme si residence = commune" in found.charges[0].sentence()
        assert priced(rules, "repas", residence="exterieur", quotient=2000, pai=False).total_cents == 700
        assert why(priced(rules, "repas", residence="commune", quotient=0)) == ("fait-manquant", ("pai",))

    def test_an_effort_rate_sees_the_supposed_number(self) -> None:
        """A rate multiplies the supposed number; a supposed word is no number."""
        plain = {
            "faits": GRID["faits"],
            "tarif": {"repas": {**ALL_SLOTS, "selon": "quotient", "prix": {"taux": "0.01"}}},
            "modification": {"m": {"comme": {"quotient": 250}}},
        }
        assert priced(good(plain), "repas").total_cents == 250

        rules, faults = read(
            {
                "creneaux": {"matin": "", "repas": "", "soir": ""},
                **plain,
                "modification": {"m": {"comme": {"quotient": "zero"}}},
            }
        )
        assert len(faults) == 1
        assert rules is not None
        assert why(priced(rules, "repas")) == ("fait-manquant", ("quotient",))

    def test_contrary_suppositions_give_no_price(self) -> None:
        """Two modifiers that suppose contrary facts leave the price unknown."""
        rules = with_modifiers(a={"comme": {"rang": 1}}, b={"comme": {"rang": 2}})

        assert why(priced(rules, "repas", quotient=0)) == ("comme-contradictoires", ("a", "b"))

    def test_slots_sold_together_share_what_is_supposed(self) -> None:
        """Facts supposed for a part of what is sold together leave its price unknown."""
        plain = {
            "creneaux": {"matin": "", "soir": ""},
            **GRID,
            "grille": {},
            "tarif": {"jour": {"par": "jour", "prix": 5}},
            "modification": {"m": {"creneaux": "soir", "comme": {"rang": 1}}},
        }
        rules, _ = read(plain)

        assert rules is not None
        assert why(priced(rules, "matin", "soir")) == ("portee-partielle", ("m",))
        assert priced(rules, "soir").total_cents == 500


class TestMeasure:
    """A quotient that is missing, expired or not in force has a written outcome, or is undecided (S10.4)."""

    @staticmethod
    def rules(**written: str) -> PriceRules:
        """The gridded meal with written outcomes."""
        return good({**GRID, "grille": {"qf": {**GRID["grille"]["qf"], **written}}})

    def test_a_written_bracket_is_used(self) -> None:
        """« manquant = tranche C » prices a child without quotient in bracket C, and says so."""
        (charge,) = priced(self.rules(manquant="tranche C"), "repas").charges

        assert charge.amount_cents == 400
        assert charge.derivation[0].code == "tranche-ecrite"

    @pytest.mark.parametrize(("effect", "second"), (("immédiat", 400), ("mois suivant", 1000), (None, 0)))
    def test_a_rate_says_when_a_new_number_takes_effect(self, effect: str | None, second: int) -> None:
        """S10.4: « pas de rétroactivité » is written by the rate; without it, the days it bears on are undecided."""
        said = {} if effect is None else {"effet": effect}
        tariff = {"r": {**ALL_SLOTS, "prix": {"taux": "0.01", "de": "quotient", **said}}}
        rules = good({"faits": {"quotient": "nombre"}, "tarif": tariff})
        history = (Dated(Fraction(1000)), Dated(Fraction(400), date(2026, 9, 8)))

        found = priced(rules, "repas", day=date(2026, 9, 8), quotient=history)
        if second:
            assert found.total_cents == second
        else:
            assert why(found) == ("quotient-indecis", ("quotient",))

    @pytest.mark.parametrize(
        ("written", "known", "code"),
        (
            ({"manquant": "refus"}, (), "fait-manquant"),
            ({"perime": "refus"}, (Dated(Fraction(1), None, date(2026, 8, 31)),), "quotient-perime"),
            ({"pas_encore": "refus"}, (Dated(Fraction(1), date(2026, 10, 1)),), "quotient-a-venir"),
        ),
    )
    def test_a_written_refusal_is_told(self, written: dict[str, str], known: tuple[Dated, ...], code: str) -> None:
        """A written refusal is an unknown price that says it refuses; without it, it is undecided."""
        (unknown,) = priced(self.rules(**written), "repas", quotient=known).unpriced
        assert (unknown.code, unknown.refused) == (code, True)
        assert "refusée" in unknown.sentence()
        assert "refused" in unknown.sentence("en")

        (unknown,) = priced(self.rules(), "repas", quotient=known).unpriced
        assert (unknown.code, unknown.refused) == (code, False)

    def test_two_values_around_the_date_need_an_effect(self) -> None:
        """Two quotients are decided by the declared effect; without one the day is undecided."""
        history = (Dated(Fraction(100), None, date(2026, 9, 1)), Dated(Fraction(2000), date(2026, 9, 2)))

        assert why(priced(self.rules(), "repas", quotient=history)) == ("quotient-indecis", ("quotient",))
        assert priced(self.rules(effet="immédiat"), "repas", quotient=history).total_cents == 400
        assert priced(self.rules(effet="mois suivant"), "repas", quotient=history).total_cents == 100

    def test_the_grid_is_read_once_for_all_items(self) -> None:
        """Several items of one grid share one reading, and each has its own derivation."""
        plain = {**GRID, "tarif": {"tout": {**ALL_SLOTS, "selon": "qf", "prix": {"A": 1, "B": 2, "C": 4}}}}

        assert priced(good(plain), "matin", "repas", "soir", quotient=600).total_cents == 600


class TestAmounts:
    """Amounts are exact, rounded once, and tell how they came about (S10.1, S10.8)."""

    def test_the_rounding_step_and_mode_are_followed(self) -> None:
        """1.525 is 1.53 to the cent, 1.55 to the higher five cents, 1.50 to the lower."""
        for written, cents in (
            ({}, 153),
            ({"arrondi": "0.05", "arrondi_mode": "au supérieur"}, 155),
            ({"arrondi": "0.05", "arrondi_mode": "à l'inférieur"}, 150),
        ):
            plain = {
                "tarif": {"tout": {**ALL_SLOTS, "prix": "3.05", **written}},
                "modification": {"m": {"fois": "0.5"}},
            }

            assert priced(good(plain), "repas").total_cents == cents

    def test_the_derivation_names_base_bracket_modifiers_rounding_and_sources(self) -> None:
        """The steps stand in order, each with its source or its hypothesis."""
        plain = {
            **GRID,
            "tarif": {
                "repas": {
                    **GRID["tarif"]["repas"],
                    "prix": {"A": 1, "B": "3.05", "C": 4},
                    "source": "deliberation 12",
                }
            },
            "modification": {"tiers": {"fois": "0.5", "hypothese": "lu ainsi"}},
        }
        (charge,) = priced(good(plain), "repas", quotient=700).charges

        assert charge.sentence() == (
            "« Repas » : 1,53\xa0€ — quotient 700 : tranche B ; prix 3,05\xa0€ (deliberation 12) ; "
            "tiers : × 0,5 = 1,525\xa0€ (hypothèse : lu ainsi) ; arrondi à 1,53\xa0€ (deliberation 12)"
        )
        assert charge.sentence("en").startswith("« Repas »: 1,53\xa0€ — quotient 700: bracket B")

    def test_an_effort_rate_is_clamped_and_needs_its_number(self) -> None:
        """A base is added, floor and ceiling hold, and a negative measure never makes a negative price."""
        prix = {"taux": "0.01", "base": 1, "plafond": 5}
        plain = {"faits": GRID["faits"], "tarif": {"a": {**ALL_SLOTS, "selon": "quotient", "prix": prix}}}
        rules = good(plain)

        assert [priced(rules, "repas", quotient=qf).total_cents for qf in (100, 1000, -500)] == [200, 500, 0]
        assert why(priced(rules, "repas")) == ("fait-manquant", ("quotient",))

    def test_an_announced_price_is_not_zero(self) -> None:
        """« non publié » gives no price, and the total is not known."""
        assert why(priced(good({"tarif": {"a": {**ALL_SLOTS, "prix": "non publié"}}}), "repas"))[0] == "non-publie"

    def test_what_is_remembered_is_bounded_and_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Prices remembered or derived anew are the same, and memory does not grow with the children priced."""
        monkeypatch.setattr("clae_rules.price_rules.MEMO", 2)
        monkeypatch.setattr("clae_rules.pricing.MEMO", 2)
        rules = good(GRID)
        found = [priced(rules, "repas", quotient=qf).total_cents for qf in (0, 700, 2000, 0, 700, 2000)]
        (family,) = rules.families["repas"]

        assert found == [100, 200, 400] * 2
        assert len(family.memo) <= 2
        assert len(family.places) <= 2

    def test_every_sentence_has_both_languages(self) -> None:
        """No sentence stands in one language alone."""
        assert all(fr and en for fr, en in [*_STEPS.values(), *_UNKNOWN.values()])
        said = Unpriced("sans-tarif", "repas", ("repas",), source="art. 3").sentence("en")
        assert said == "price unknown for « repas »: no tariff covers it (art. 3)"
        assert Step("prix", (("amount_cents", 25),), "art. 3").sentence("en") == "price 0,25\xa0€ (art. 3)"
        assert Charge("t", "i", "l", ("i",), Variant.NORMAL, 2, 3, 6).sentence().startswith("« l » : 0,06")


class TestTold:
    """Each line, step and doubt names what it is of, its slots and its source (S10.8)."""

    SOLD: Final = {"creneaux": ["matin", "soir"], "source": "art. 7"}

    def test_a_price_by_time_tells_the_time(self) -> None:
        """The minutes, and how many units they begin, stand in the derivation."""
        plain = {"tarif": {"temps": {**self.SOLD, "par": "heure", "prix": 1}}}
        (charge,) = priced(good(plain), "matin", "soir").charges
        step = charge.derivation[-1]

        assert (step.code, step.source) == ("temps", "art. 7")
        assert step.params == (("minutes", 150), ("quantity", 3), ("unit", 60))
        assert charge.sentence()
        assert charge.sentence("en")

    def test_slots_within_slots_are_paid_once(self) -> None:
        """Time is that of the union: a slot inside another adds none, nor one that touches it more than its own."""
        plain = {
            "creneaux": {"long": "07:00-09:00", "dedans": "07:30-08:00", "suite": "09:00-10:00"},
            "tarif": {"temps": {"par": "quart d'heure", "prix": 1}},
        }
        rules, faults = read(plain)
        assert rules is not None
        assert faults == []

        assert [priced(rules, *held).total_cents for held in (("long", "dedans"), ("long", "dedans", "suite"))] == [
            800,
            1200,
        ]

    def test_a_part_of_a_stretch_is_told_with_its_days(self) -> None:
        """A prorated price is the share of its open days, exactly, rounded once; each part keeps its own price."""
        rules = good({"tarif": {"mois": {"creneaux": "repas", "par": "creneau", "prix": 10, "source": "art. 9"}}})
        known = Facts()
        scene = Scene(
            DayFacts(MONDAY, 0, DayKind.ORDINARY, ""),
            (),
            frozenset(("repas",)),
            known,
            profile_at({}, known, MONDAY, None),
        )
        ((sale,), _) = DayPricing(rules, scene, Selection.of("repas")).sold()
        item = item_of(rules, sale)
        whole = charge_of(rules, scene, item, {Variant.NORMAL})
        third, again, half = (
            charge_of(rules, scene, item, set(Variant), share=share)
            for share in (Share(1, 3), Share(1, 3), Share(1, 2))
        )

        assert [one.amount_cents for one in (whole, third, again, half)] == [1000, 333, 333, 500]
        (step,) = [one for one in third.derivation if one.code == "prorata"]
        assert step.source == "art. 9"
        assert step.params == (
            ("days", 1), ("whole", 3), ("value", Fraction(1, 3)), ("amount_cents", Fraction(1000, 3))
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("plain", "held", "late", "code"),
        (
            ({"tarif": {"t": {**SOLD, "par": "heure", "prix": 1}}, "creneaux": {"matin": "", "soir": ""}}, ("matin",), (), "sans-horaire"),
            ({**LATE, "tarif": {"t": {**SOLD, **BY_DAY}}}, ("matin",), ("soir",), "variantes-melees"),
            ({**FORMULES, "tarif": {"t": {**SOLD, "par": "jour", "prix": {"demi": 1}}}}, ("matin",), (), "sans-formule"),
            (
                {**FORMULES, "tarif": {"t": {**SOLD, "par": "jour", "prix": {"demi": 1, "autres": "non publié"}}}},
                ("matin",),
                (),
                "non-publie",
            ),
            (
                {
                    "formule": {"x": {"ensembles": [["matin"]]}, "y": {"ensembles": [["matin"]]}},
                    "tarif": {"t": {**SOLD, "par": "jour", "prix": {"x": 1, "y": 2}}},
                },
                ("matin",),
                (),
                "deux-formules",
            ),
        ),
    )  # fmt: skip
    def test_a_price_that_is_not_known_names_its_tariff_slots_and_source(
        self, plain: dict[str, Any], held: tuple[str, ...], late: tuple[str, ...], code: str
    ) -> None:
        """Why there is none, of what is sold, of which slots, by which article."""
        rules, _ = read({"creneaux": {"matin": "07:30-08:30", "soir": "16:30-18:00"}, **plain})
        assert rules is not None
        (unknown,) = priced(rules, *held, late=late).unpriced

        assert (unknown.code, unknown.item, unknown.slots, unknown.source) == (code, "t", (*held, *late), "art. 7")

    def test_a_missing_fact_of_a_supposition_names_its_source(self) -> None:
        """Where it is not known whether other facts are supposed, the modifier that would says so."""
        plain = {**GRID, "modification": {"m": {"qui": {"pai": True}, "comme": {"quotient": 0}, "source": "art. 4"}}}
        (unknown,) = priced(good(plain), "repas", quotient=700).unpriced

        assert (unknown.code, unknown.params, unknown.source) == ("fait-manquant", ("pai",), "art. 4")

    @pytest.mark.parametrize(
        ("extra", "label"),
        (
            ({"par": "creneau"}, ["Supplément « s », Repas"]),
            ({"par": "creneau", "nom": "Panier"}, ["Panier, Repas"]),
            ({"par": "jour"}, ["Supplément « s »"]),
            ({"par": "jour", "nom": "Panier", "creneaux": ["repas", "soir"]}, ["Panier"]),
        ),
    )
    def test_a_supplement_is_told_as_one(self, extra: dict[str, Any], label: list[str]) -> None:
        """A line of a supplement bears its name, or that it is one, with what it comes on where each has its own."""
        plain = {
            "tarif": {"t": {**ALL_SLOTS, "prix": 1}, "s": {"creneaux": "repas", "prix": 2, "en_plus": True, **extra}}
        }
        found = priced(good(plain), "repas", "soir")

        assert [one.label for one in found.charges if one.tariff == "s"] == label
        assert found.total_cents == 400

    def test_a_supplement_of_formules_is_told_with_each(self) -> None:
        """« Supplément », its name, then the formule that it comes on."""
        plain = {
            **FORMULES,
            "tarif": {
                "t": {**ALL_SLOTS, "prix": 1},
                "s": {"par": "jour", "en_plus": True, "nom": "Car", "prix": {"demi": 2}},
            },
        }
        found = priced(good(plain), "matin", "repas")

        assert [one.label for one in found.charges if one.tariff == "s"] == ["Car, Demi-journée"]

    def test_a_supplement_sees_the_supposed_facts(self) -> None:
        """Who is priced as if he lived in the town pays no supplement for outsiders (S10.5)."""
        plain = {
            "faits": {"residence": ["commune", "exterieur"], "pai": "oui ou non"},
            "tarif": {
                "t": {**ALL_SLOTS, "prix": 1, "qui": {"residence": "commune"}},
                "u": {**ALL_SLOTS, "prix": 2, "qui": {"residence": "exterieur"}},
                "s": {**ALL_SLOTS, "prix": 5, "qui": {"residence": "exterieur"}, "en_plus": True},
            },
            "modification": {"m": {"qui": {"pai": True}, "comme": {"residence": "commune"}}},
        }
        rules = good(plain)

        assert [priced(rules, "repas", residence="exterieur", pai=pai).total_cents for pai in (True, False)] == [
            100,
            700,
        ]

    def test_a_line_of_a_slot_bears_the_name_of_the_slot(self) -> None:
        """The name of a tariff by the slot is no name of what is sold."""
        (charge,) = priced(good({"tarif": {"t": {**ALL_SLOTS, "prix": 1, "nom": "Accueil"}}}), "repas").charges

        assert charge.label == "Repas"

    def test_an_aid_to_a_late_price_is_what_it_takes_off_that_price(self) -> None:
        """What an aid takes off is counted from the price in the same variant, late or not (S10.5)."""
        aid = {"aide": {"fois": "0.5", "aide": True}, **LATE["modification"]}
        plain = {"tarif": {"t": {**ALL_SLOTS, "prix": 3}}, "modification": aid, "prix": {"ordre": ["tard", "aide"]}}
        found = [priced(good(plain), "repas"), priced(good(plain), late=("repas",))]

        assert [(one.charges[0].amount_cents, one.charges[0].aid_cents) for one in found] == [(150, 150), (200, 200)]

    def test_a_household_pays_for_what_it_holds(self) -> None:
        """Of two households each pays its own slots, while what they hold together decides (S6.8)."""
        rules = good({"tarif": {"t": {**ALL_SLOTS, "prix": 1}}})
        held = Selection.of(Held("matin", holder="mere"), Held("soir", holder="pere"), Held("repas", holder="pere"))
        known, day = Facts(), DayFacts(MONDAY, 0, DayKind.ORDINARY, "")
        profile = profile_at({}, known, MONDAY, None)

        totals = [price_day(rules, day, (), known, profile, held, who).total_cents for who in ("mere", "pere", None)]
        assert totals == [100, 200, 300]


class TestFaults:
    """What cannot be priced is refused when it is loaded, with the way out (S10.2, S10.4)."""

    QF = GRID["grille"]["qf"]

    @pytest.mark.parametrize(
        ("changed", "said"),
        (
            (
                {"tarif": {"r": {**SLOT, "selon": "qf", "prix": {"A": 1, "B": 2}}}},
                "tarif.r.prix : sans prix : C",
            ),
            (
                {"tarif": {"r": {**SLOT, "selon": "qf", "prix": {"A": 1, "Z": 2, "autres": "non publié"}}}},
                "tarif.r.prix.Z : tranche inconnue",
            ),
            ({"tarif": {"r": {**SLOT, "selon": "qf", "prix": {"taux": 1}}}}, "se multiplie par un nombre"),
            ({"tarif": {"r": {**SLOT, "selon": "quotient", "prix": {"A": 1}}}}, "se lisent dans une grille"),
            ({"tarif": {"r": {**SLOT, "selon": "residence", "prix": {"taux": 1}}}}, "se multiplie par un nombre"),
            ({"tarif": {"r": {**SLOT, "prix": {"taux": 1, "de": "pai"}}}}, "« pai » n'est pas un nombre"),
            ({"tarif": {"r": {**SLOT, "prix": {"taux": 1, "de": "quotien"}}}}, "faits inconnu : « quotien »"),
            ({"tarif": {"r": {**SLOT, "selon": "pai", "prix": {"oui": 1}}}}, "par mot d'un fait"),
            ({"tarif": {"r": {**SLOT, "selon": "residence", "prix": {"commune": 1}}}}, "sans prix : exterieur"),
            (
                {"tarif": {"r": {**SLOT, "selon": "residence", "prix": {"commune": 1, "exterieur": 2, "ici": 3}}}},
                "tranche inconnue de « residence »",
            ),
            ({"grille": {"qf": {**QF, "mesure": "pai"}}}, "grille.qf.mesure : « pai » n'est pas un nombre"),
            ({"tarif": {"r": {**SLOT, "prix": 1, "arrondi": "0.005"}}}, "nombre entier de centimes"),
            (
                {"tarif": {"r": {**SLOT, "prix": {"A": 1, "autres": 2}}}},
                "tarif.r.prix.autres : « autres » ne peut être",
            ),
            ({"tarif": {"r": {**SLOT, "prix": {"A": {"B": {"C": 1}}}}}}, "lu « une table »"),
            ({"tarif": {"r": {**SLOT, "prix": {}}}}, "lu « une table »"),
            ({"tarif": {"r": {**SLOT, "prix": [1]}}}, "lu « une liste »"),
            ({"tarif": {"r": {**SLOT, "prix": {"à": 1}}}}, "un code sans espace"),
            ({"tarif": {"r": {**SLOT, "prix": {"A": "cher"}}}}, "lu « cher »"),
            (
                {"tarif": {"r": {**SLOT, "prix": {"taux": 1, "plancher": 2, "plafond": 1}}}},
                "sous le plancher",
            ),
            ({"tarif": {"r": {"prix": 1}}}, "il manque « par »"),
            ({"modification": {"m": {"plus": 1, "fois": 2}}}, "lu « plus, fois » ; un seul verbe parmi"),
            ({"modification": {"m": {}}}, "aucun verbe"),
            (
                {"modification": {"m": {"comme": {"rang": 1}, "tarifs": "repas"}}},
                "modification.m.comme : « comme » est lu avant",
            ),
            ({"modification": {"m": {"comme": {"rang": 1}, "sauf": {"tranches": "A"}}}}, "est lu avant"),
            ({"modification": {"m": {"comme": {"rang": "trois"}}}}, "ce fait est un nombre"),
            (
                {"modification": {"m": {"comme": {"residence": "commun"}}}},
                "modification.m.comme.residence : « commun »",
            ),
            ({"modification": {"m": {"comme": {"pai": 1}}}}, "vrai ou faux"),
            ({"modification": {"m": {"comme": {"pai": "Ni oui"}}}}, "un mot ou un nombre"),
            (
                {"modification": {"m": {"tranches": ["A", "Z"], "fois": 2}}},
                "modification.m.tranches : tranche inconnue",
            ),
            (
                {"modification": {"m": {"sauf": {"tranches": "Z"}, "fois": 2}}},
                "modification.m.sauf.tranches : tranche",
            ),
            ({"modification": {"m": {"tranche": "+1"}}}, "sort de la grille depuis « C »"),
            ({"modification": {"m": {"tranche": "D2"}}}, "n'a pas de tranche « D2 »"),
            ({"modification": {"m": {"tranche": "+0"}}}, "écrivez « +1 »"),
            ({**WORDS, "modification": {"m": {"tranche": "zz"}}}, "n'a pas de tranche « zz » ; connus : t1, t6"),
            ({**WORDS, "modification": {"m": {"tranche": "+1"}}}, "se lit par mot de « tranche », sans ordre"),
            (
                {"tarif": {"r": {"creneaux": "repas", **SLOT, "prix": 3}}, "modification": {"m": {"tranche": "A"}}},
                "aucun des tarifs concernés ne se lit par tranche",
            ),
            ({"modification": {"m": {"creneaux": "soir", "plus": 1}}}, "ne change le prix d'aucun tarif"),
            ({"modification": {"m": {"prix": {"A": 1, "B": 2}}}}, "modification.m.prix : sans prix : C"),
            ({"modification": {"a": {"plus": 1}, "b": {"plus": 2}}}, "peuvent changer le même prix"),
            ({"prix": {"ordre": ["a", "a"]}}, "prix.ordre : « a » y est deux fois"),
            (
                {
                    "modification": {"a": {"plus": 1}, "b": {"tranche": "A"}},
                    "prix": {"ordre": ["a", "b", "inconnu"]},
                },
                "prix.ordre : « b » change ce qu'on lit ; placez-le avant « a »",
            ),
        ),
    )
    def test_one_fault_is_told_once(self, changed: dict[str, Any], said: str) -> None:
        """One mistake gives one fault, at its place, with the way out."""
        (text,) = bad({**GRID, **changed})

        assert said in text

    @pytest.mark.parametrize(
        ("one", "two"),
        (
            ({"variante": "normal"}, {"variante": "hors-delai"}),
            ({"tranches": "A"}, {"tranches": ["B", "C"]}),
            ({"creneaux": "matin"}, {"sauf": {"creneaux": "matin"}}),
            ({"qui": {"rang": "jusqu'à 2"}}, {"qui": {"rang": "à partir de 3"}}),
            ({"qui": {"rang": "à partir de 3"}}, {"qui": {"rang": "moins de 3"}}),
            ({"qui": {"residence": "commune"}}, {"qui": {"residence": "exterieur"}}),
            ({"quand": {"jour": "lundi"}}, {"quand": {"jour": ["mardi", "jeudi"]}}),
            ({"quand": {"au": date(2026, 9, 1)}}, {"quand": {"du": date(2026, 9, 2)}}),
        ),
    )
    def test_modifiers_that_never_meet_need_no_order(self, one: dict[str, Any], two: dict[str, Any]) -> None:
        """Two modifiers of other variants, brackets, slots, children or dates need no order."""
        modifiers = {"a": {**one, "plus": 1}, "b": {**two, "plus": 2}}
        tarif = {"tout": {**ALL_SLOTS, "selon": "qf", "prix": {"A": 1, "B": 2, "C": 4}}}

        assert bad({**GRID, "tarif": tarif, "modification": modifiers}) == []

    @pytest.mark.parametrize(
        ("one", "two"),
        (
            ({"qui": {"rang": "à partir de 2"}}, {"qui": {"rang": "jusqu'à 2"}}),
            ({"qui": {"rang": "à partir de 2"}}, {"qui": {"rang": "à partir de 3"}}),
            ({"qui": {"rang": "à partir de 2"}}, {"qui": {"rang": "deux"}}),
            ({"qui": {"pai": True}}, {"qui": {"rang": 1}}),
            ({"quand": {"du": date(2026, 9, 1)}}, {"quand": {"du": date(2026, 9, 2)}}),
        ),
    )
    def test_modifiers_that_may_meet_need_an_order(self, one: dict[str, Any], two: dict[str, Any]) -> None:
        """Two modifiers that no condition keeps apart need an order."""
        (text,) = bad({**GRID, "modification": {"a": {**one, "plus": 1}, "b": {**two, "fois": 2}}})

        assert "peuvent changer le même prix" in text

    def test_a_modifier_of_a_formule_that_is_not_there_is_told_once(self) -> None:
        """An unknown formule is one fault, whatever modifiers are beside it."""
        plain = {
            "tarif": {"j": {"par": "jour", "prix": {"demi": 1}}},
            "modification": {"m": {"creneaux": "soir", "plus": 1}},
        }
        (text,) = bad(plain)

        assert "formule inconnue" in text


class TestShapes:
    """Prices are described once: read, written, and told to an editor."""

    def test_a_step_is_read_and_written_in_one_way(self) -> None:
        """A shift of brackets is a signed number or a code, and is written back as it was."""
        assert [parse_shift(text) for text in ("+1", " -2 ", "QF4", "2")] == [1, -2, "QF4", "2"]
        faults: Faults = []
        for text in ("+1", "-2", "QF4"):
            one = Record(Modifier).read({"tranche": text}, (), faults, "m")
            assert Record(Modifier).write(one) == {"tranche": text}
        assert faults == []

    def test_the_schema_of_a_price_has_its_levels(self) -> None:
        """A price is an amount, a rate, or a table of one level less."""
        flat, rows = PriceShape(0).schema(), PriceShape(1).schema()

        assert rows["anyOf"][-1]["additionalProperties"] == flat
        assert FactValue().schema() == {"type": ["boolean", "number", "string"]}
        assert "taux" in PriceShape().expects()[0]
        assert "taux" in PriceShape(0).expects()[0]

    def test_supposed_facts_are_written_back(self) -> None:
        """Words, numbers and yes or no are read back as they were written."""
        faults: Faults = []
        plain = {"comme": {"residence": "commune", "pai": False, "quotient": "436.5"}}
        one = Record(Modifier).read(plain, (), faults, "m")

        assert (Record(Modifier).write(one), faults) == (plain, [])
        assert one.verb == "alike"
