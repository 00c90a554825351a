"""The one way to say where something applies, in three values (S1.5, S3.5)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from tests.small import engine, told

from clae_rules.bounds import parse_interval
from clae_rules.days import DayFacts, DayKind
from clae_rules.errors import InvalidValueError
from clae_rules.facts import Profile, Value
from clae_rules.selectors import (
    ALWAYS,
    EVERYWHERE,
    Answer,
    Places,
    When,
    Where,
    both,
    fits,
    missing_facts,
    negated,
)
from clae_rules.variants import Variant

MONDAY = DayFacts(date(2021, 9, 6), 0, DayKind.ORDINARY, "")
HOLIDAY = DayFacts(date(2021, 10, 27), 2, DayKind.VACANCES, "toussaint")
PLACES = Places(
    {"matin": frozenset(("matin",)), "repas": frozenset(("repas",)), "jour": frozenset(("matin", "repas"))},
    {"cantine": lambda day: day.weekday == 0},
)
OLD = (("age", parse_interval("à partir de 6")),)


def known(**facts: Value) -> Profile:
    """A profile of the given facts and of no other."""
    return facts.get


def answer(where: Where, slot: str = "repas", variant: Variant | None = None, **facts: Any) -> Answer:
    """Whether a selector holds a slot on an ordinary Monday."""
    return PLACES.applies(where, slot, variant, MONDAY, ("p",), known(**facts))


@pytest.mark.parametrize(
    ("when", "monday", "holiday"),
    (
        ({}, True, True),
        ({"weekdays": (0, 1)}, True, False),
        ({"kinds": (DayKind.VACANCES,)}, False, True),
        ({"months": (9,)}, True, False),
        ({"periodes": ("p", "q")}, True, True),
        ({"periodes": ("q",)}, False, False),
        ({"holidays": ("toussaint",)}, False, True),
        ({"calendars": ("cantine",)}, True, False),
        ({"dates": (date(2021, 10, 27),)}, False, True),
        ({"first_day": date(2021, 9, 7)}, False, True),
        ({"last_day": date(2021, 9, 6)}, True, False),
        ({"weekdays": (0,), "months": (10,)}, False, False),
    ),
)
def test_keys_add_up_and_a_list_is_a_choice(when: Mapping[str, Any], monday: bool, holiday: bool) -> None:
    """S2: keys are « and », the values of one key are « or », an absent key restricts nothing."""
    made = When(**when)
    assert made.matches(MONDAY, ("p",), PLACES.calendars) is monday
    assert made.matches(HOLIDAY, ("p",), PLACES.calendars) is holiday


def test_dates_run_forward() -> None:
    """S1.2: swapped dates raise where they are built."""
    with pytest.raises(InvalidValueError, match="inversez"):
        When(first_day=date(2021, 9, 7), last_day=date(2021, 9, 6))


@pytest.mark.parametrize(
    ("where", "precedence"),
    (
        (EVERYWHERE, 0),
        (Where(slots=("repas",)), 1),
        (Where(when=When(weekdays=(0,))), 1),
        (Where(when=When(dates=(date(2021, 9, 6),))), 2),
        (Where(when=When(last_day=date(2021, 9, 6))), 2),
        (Where(who=OLD, when=When(first_day=date(2021, 9, 6))), 2),
    ),
)
def test_a_dated_exception_goes_before_what_names_no_date(where: Where, precedence: int) -> None:
    """S3.5: dated exceptions win over tables, tables over the formula."""
    assert where.precedence == precedence


@pytest.mark.parametrize(
    ("answers", "together"),
    (
        ((), True),
        ((True, True), True),
        ((True, None), None),
        ((None, False), False),
        ((False, None), False),
    ),
)
def test_and_is_three_valued(answers: tuple[Answer, ...], together: Answer) -> None:
    """S1.5: no wins, then unknown."""
    assert both(answers) is together


def test_not_is_three_valued() -> None:
    """S1.5: the opposite of unknown is unknown."""
    assert [negated(one) for one in (True, False, None)] == [False, True, None]


def test_a_slot_is_named_by_itself_its_group_or_its_mode() -> None:
    """S2: a code stands for its slots; without codes, for all."""
    assert answer(Where(slots=("jour",))) is True
    assert answer(Where(slots=("matin",))) is False
    assert answer(EVERYWHERE, "matin") is True


def test_a_selector_may_narrow_to_one_variant() -> None:
    """S2.3: asked about no variant, it speaks of the slot in any."""
    late = Where(variants=(Variant.HORS_DELAI,))
    assert [answer(late, "repas", one) for one in (None, Variant.NORMAL, Variant.HORS_DELAI)] == [True, False, True]


def test_who_is_compared_or_unknown() -> None:
    """S1.5: a missing fact makes the answer unknown, and is named."""
    where = Where(who=OLD)
    assert [answer(where, age=6), answer(where, age=5), answer(where)] == [True, False, None]
    assert missing_facts(OLD, known()) == ("age",)
    assert missing_facts(OLD, known(age=True)) == ()
    assert fits((), known()) is True


def test_exceptions_take_away() -> None:
    """S2: an exception is itself a selector; an unknown exception makes the answer unknown."""
    where = Where(slots=("jour",), unless=(Where(slots=("matin",)), Where(who=OLD)))
    assert answer(where, "matin", age=3) is False
    assert answer(where, age=3) is True
    assert answer(where, age=7) is False
    assert answer(where) is None
    assert answer(Where(unless=(Where(when=When(months=(9,))),))) is False
    assert answer(Where(when=When(months=(10,)), unless=(Where(who=OLD),))) is False


def test_formules_are_not_looked_at() -> None:
    """S2: which formules are held depends on the selection, so an exception for one waits for it."""
    assert answer(Where(formules=("journee",), unless=(Where(formules=("demi",)),))) is True
    assert PLACES.on(Where(when=ALWAYS), MONDAY, ())


@pytest.mark.parametrize(
    ("said", "days"), (("ecole", [7, 8, 10, 11]), ("ouvrés", [7, 8, 9, 10, 11]), ("Ouvrables", [7, 8, 9, 10, 11, 12]))
)
def test_a_selector_names_a_calendar_of_the_format(said: str, days: list[int]) -> None:
    """« école », « ouvrés » and « ouvrables » open a période without being defined; a férié is in none (S3.2)."""
    periode = f'nom = "P"\nmode = "accueil"\ndu = 2026-09-07\nau = 2026-09-20\nquand.calendrier = "{said}"'
    found = engine({"periode.p1": periode, "jours": "du = 2026-08-01\nau = 2026-12-31\nferies = [2026-09-14]"})
    opened = [one.day for one in found.open_days(found.reglement.periodes[0])]
    assert opened[: len(days)] == days
    assert 14 not in opened


SCHOOL_DAYS = 'nom = "P"\nmode = "accueil"\ndu = 2026-09-07\nau = 2026-09-20\nquand.calendrier = "école"'
TWO_SCHOOLS: dict[str, str | None] = {
    "etablissement.college": 'nom = "Collège"\njours_ecole = ["lundi", "mercredi"]',
    "mode.college": 'nom = "Collège"\netablissement = "college"\noffre = [{ code = "midi", nom = "Midi" }]',
    "periode.p2": 'nom = "C"\nmode = "college"\ndu = 2026-09-07\nau = 2026-09-13\nquand.calendrier = "école"',
}


def test_the_school_days_of_a_periode_are_those_of_its_school() -> None:
    """Two schools that teach on other weekdays open on their own; elsewhere the word has two readings (S3.2)."""
    found = engine(TWO_SCHOOLS)
    assert [one.day for one in found.open_days(found.reglement.periodes[1])] == [7, 9]
    rule = 'creneaux = "matin"\nseulement_avec = "repas"\nquand.calendrier = "école"'
    (said,) = told({**TWO_SCHOOLS, "regle.r": rule})
    assert "n'ont pas les mêmes jours_ecole" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    (
        (
            {
                "etablissement.ecole": 'nom = "École"',
                "periode.p1": SCHOOL_DAYS,
            },
            "periode.p1.quand.calendrier : « école » demande jours_ecole",
        ),
        ({"calendrier.ecole": 'quand.jour = "lundi"'}, "« ecole » est un mot du format"),
    ),
)
def test_a_calendar_that_cannot_be_told_is_refused(changes: dict[str, str | None], said: str) -> None:
    """Without the days taught nobody knows « école »; a code that is a word of the format has two readings."""
    assert any(said in one for one in told(changes))


def test_a_mode_and_its_only_slot_may_share_a_code() -> None:
    """« cantine » names both, which are the same; with a second slot it would name two things."""
    offer = '{ code = "accueil", nom = "Accueil" }'
    mode = 'nom = "Accueil"\netablissement = "ecole"\noffre = [{}]'
    found = engine(
        {
            "mode.accueil": mode.format(offer),
            "delai.general": 'creneaux = "accueil"\nreserver = "jamais"\nannuler = "jamais"',
        }
    )
    assert found.places.expand(["accueil"]) == {"accueil"}
    two = f'{offer}, {{ code = "repas", nom = "Repas" }}'
    assert any("« accueil » sert déjà" in one for one in told({"mode.accueil": mode.format(two)}))
