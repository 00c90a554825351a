"""Dated facts of a child and a household, and ages at a named reference (S5.5)."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest

from clae_rules.bounds import Bound, parse_interval
from clae_rules.described import REFUSED, Faults
from clae_rules.facts import (
    AgeOn,
    Dated,
    FactKind,
    FactKindRead,
    Facts,
    FactShape,
    compare,
    misgiven,
    profile_at,
    read_number,
)

DAY = date(2024, 3, 20)
WORDS = FactKindRead(FactKind.CHOICE, ("cp", "ce1"))
FLAG = FactKindRead(FactKind.FLAG)
NUMBER = FactKindRead(FactKind.NUMBER)
AGE = FactKindRead(FactKind.AGE)
#: A binary float, where the types would refuse one.
INEXACT: Any = 1.5
FLOAT = Dated(INEXACT)
DECLARED = {"niveau": WORDS, "pai": FLAG, "quotient": NUMBER, "age": AGE}


def test_the_value_that_began_last_is_in_force() -> None:
    """S5.5: facts are dated, both ends included; of those that cover a day, the last to begin wins."""
    facts = Facts.of(
        quotient=[
            Dated(Fraction(1)),
            Dated(Fraction(2), date(2024, 1, 1), date(2024, 3, 20)),
            Dated(Fraction(3), date(2024, 6, 1)),
        ]
    )
    at = {day: facts.at("quotient", day) for day in (date(2023, 12, 31), DAY, date(2024, 3, 21), date(2024, 6, 1))}
    assert list(at.values()) == [1, 2, 1, 3]
    assert facts.at("pai", DAY) is None
    assert facts.history("pai") == ()


def test_values_that_contradict_each_other_from_the_same_day_are_unknown() -> None:
    """S1.5: no first match: of two values since the same day neither is in force, and what says so is at fault."""
    one, two = Dated("cp", date(2024, 1, 1)), Dated("ce1", date(2024, 1, 1), date(2024, 6, 30))
    for order in ([one, two], [two, one]):
        facts = Facts.of(niveau=order)
        assert facts.at("niveau", DAY) is None
        assert facts.at("niveau", date(2024, 7, 1)) == "cp"
        assert [fault.path for fault in misgiven(DECLARED, facts)] == [("niveau",)]
    same = Facts.of(niveau=[one, Dated("cp", date(2024, 1, 1), date(2024, 6, 30))])
    assert same.at("niveau", DAY) == "cp"
    assert misgiven(DECLARED, same) == []
    assert "sans « du »" in misgiven(DECLARED, Facts.of(pai=[Dated(True), Dated(False)]))[0].fr


def test_facts_are_given_by_code_and_merge() -> None:
    """S5.5: underscores stand for hyphens, ints are exact numbers, and the later facts win."""
    facts = Facts.of(dossier_foyer="complet", quotient=600, pai=True)
    assert facts.merged(Facts.of(pai=False)) == Facts.of(dossier_foyer="complet", quotient=600, pai=False)
    assert facts.at("dossier-foyer", DAY) == "complet"
    assert facts.at("quotient", DAY) == Fraction(600)


@pytest.mark.parametrize("value", (600.5, None, datetime(2024, 3, 20), [FLOAT]))
def test_a_value_that_is_not_exact_is_misuse(value: Any) -> None:
    """S10.1: a float or another type is never taken for a fact."""
    with pytest.raises(TypeError, match="quotient: got"):
        Facts.of(quotient=value)


@pytest.mark.parametrize(
    ("on", "age"),
    (
        (AgeOn.DATE, 9),
        (AgeOn.MONTH_START, 9),
        (AgeOn.MONTH_END, 10),
        (AgeOn.YEAR_END, 10),
        (AgeOn.PERIODE_START, 8),
    ),
)
def test_an_age_is_taken_at_a_named_reference(on: AgeOn, age: int) -> None:
    """S5.5: the date, the 1st or last of its month, 31 December, or the first day of the période."""
    assert FactKindRead(FactKind.AGE, age_on=on).age(date(2014, 3, 21), DAY, date(2022, 9, 1)) == age


def test_an_age_without_its_reference_is_unknown() -> None:
    """S1.5: no période, or a reference before birth, gives no age."""
    assert FactKindRead(FactKind.AGE, age_on=AgeOn.PERIODE_START).age(date(2014, 1, 1), DAY, None) is None
    assert AGE.age(date(2025, 1, 1), DAY, None) is None


@pytest.mark.parametrize(
    ("march", "day", "age"),
    (
        (False, date(2025, 2, 27), 4),
        (False, date(2025, 2, 28), 5),
        (True, date(2025, 2, 28), 4),
        (True, date(2025, 3, 1), 5),
        (True, date(2024, 2, 29), 4),
        (False, date(2024, 2, 28), 3),
    ),
)
def test_a_child_of_29_february_has_a_birthday_every_year(march: bool, day: date, age: int) -> None:
    """S5.5: born 29 February counts on the 28th in common years, unless written."""
    assert FactKindRead(FactKind.AGE, leap_march=march).age(date(2020, 2, 29), day, None) == age


def test_a_profile_computes_ages_and_hides_dates() -> None:
    """S5.5: a profile gives comparable values only, None where nothing is known."""
    facts = Facts.of(age=date(2014, 3, 21), niveau="cp", quotient=date(2014, 1, 1))
    at = profile_at(DECLARED, facts, DAY, None)
    assert [at(code) for code in ("age", "niveau", "quotient", "pai")] == [9, "cp", None, None]
    assert profile_at(DECLARED, Facts.of(age=9), DAY, None)("age") is None


def test_comparing_the_unknown_is_unknown() -> None:
    """S1.5: no value, no answer."""
    assert compare(parse_interval("2"), None) is None
    assert compare(frozenset(("cp",)), "cp") is True
    assert compare(frozenset(("cp",)), "ce1") is False


def test_misgiven_facts_are_all_named() -> None:
    """S1.2: unknown codes, wrong kinds and unlisted words are told at once, in both languages."""
    faults = misgiven(DECLARED, Facts.of(age=3, niveau="cm1", pai="oui", quotient=True, quotien=1))
    assert [fault.path[0] for fault in faults] == ["age", "niveau", "pai", "quotien", "quotient"]
    assert "vouliez-vous dire « quotient » ?" in faults[3].fr
    assert faults[0].en == "got « 3 »; expected the date of birth: 2015-03-21"
    assert faults[1].en == "got « cm1 »; expected one of: cp, ce1"
    assert faults[4].fr == "lu « true » ; il faut un nombre"
    assert misgiven(DECLARED, Facts.of(age=date(2014, 3, 21), niveau="cp", pai=True, quotient=600)) == []


@pytest.mark.parametrize(
    ("kind", "bound", "said"),
    (
        (WORDS, frozenset(("cp",)), ""),
        (WORDS, frozenset(("ce2",)), "« ce2 » ; vouliez-vous dire « ce1 » ?"),
        (WORDS, frozenset((True,)), "ce fait prend un mot : cp, ce1"),
        (WORDS, parse_interval("2"), "ce fait prend un mot : cp, ce1"),
        (FLAG, frozenset((True,)), ""),
        (FLAG, frozenset(("oui",)), "ce fait est vrai ou faux : écrivez true ou false"),
        (NUMBER, parse_interval("2"), ""),
        (AGE, frozenset(("dix",)), "ce fait est un nombre : écrivez une borne, « à partir de 3 »"),
    ),
)
def test_a_bound_must_suit_its_fact(kind: FactKindRead, bound: Bound, said: str) -> None:
    """S5.5: words are compared with words, flags with flags, numbers and ages with bounds."""
    assert kind.accepts(bound) == said


@pytest.mark.parametrize(
    "raw",
    (
        ["maternelle", "cp"],
        "oui ou non",
        "nombre",
        "ans, au jour de la date",
        "ans, au 31 décembre",
        "ans, au 1er du mois, né le 29 février : le 1er mars",
    ),
)
def test_a_declaration_is_read_and_written_back(raw: object) -> None:
    """S5.5: the written form of a declaration is its plain form."""
    faults: Faults = []
    assert FactShape().write(FactShape().read(raw, (), faults)) == raw
    assert faults == []


@pytest.mark.parametrize(
    "raw", (["a", "a"], [], [1], [""], "ans", "nombre, né le 29 février : le 1er mars", 3, [str(i) for i in range(101)])
)
def test_a_declaration_that_is_none_is_refused(raw: object) -> None:
    """S1.2: repeated or empty words, and ages without a reference, are faults."""
    faults: Faults = []
    assert FactShape().read(raw, ("faits", "age"), faults) is REFUSED
    assert faults[0].path == ("faits", "age")
    assert {"enum", "type"} <= {key for one in FactShape().schema()["anyOf"] for key in one}


def test_numbers_of_plain_data_are_exact() -> None:
    """S10.1: a decimal text is read exactly, and « 1/00 » is no number."""
    assert read_number("0.25") == Fraction(1, 4)
    assert read_number("1/00") is None
