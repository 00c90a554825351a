"""A grid leaves no gap and never overlaps, and a quotient is used when it takes effect (S10.4)."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from clae_rules.bounds import parse_interval
from clae_rules.described import REFUSED, Faults, Record
from clae_rules.errors import InvalidValueError
from clae_rules.facts import Dated
from clae_rules.grids import FALLBACK, Fallback, Grid, Lack, Placed, Reading, TakesEffect, measured

DAY = date(2024, 3, 20)
OLD = Fraction(100)
NEW = Fraction(200)


def grid(lu: str = "tronqué", /, **written: Any) -> tuple[Grid | None, list[str]]:
    """A grid from its plain form, or None, with its faults in French."""
    faults: Faults = []
    tranches = written.pop("tranches", {"A": "de 0 à 599", "B": "à partir de 600"})
    plain = {"mesure": "quotient", "lu": lu, "tranches": tranches, **written}
    value = Record(Grid).read(plain, ("grille", "qf"), faults, "qf")
    assert all(fault.text("en") for fault in faults)
    return None if value is REFUSED else value, [fault.text() for fault in faults]


def made(lu: str = "tronqué", /, **written: Any) -> Grid:
    """A grid without fault."""
    value, faults = grid(lu, **written)
    assert faults == []
    assert value is not None
    return value


@pytest.mark.parametrize(
    ("lu", "tranches", "shown"),
    (
        (
            "tronqué",
            {"A": "de 0 à 599", "B": "de 601 à 999"},
            ["trou à 600, entre « A » et « B »", "trou à partir de 1000, après « B »"],
        ),
        ("tronqué", {"A": "de 0 à 9", "B": "à partir de 12"}, ["trou de 10 à 11, "]),
        ("arrondi", {"A": "de 0 à 9", "B": "à partir de 20"}, ["trou de 10 à 19, "]),
        ("tronqué", {"A": "moins de 436", "B": "plus de 436"}, ["trou à 436, "]),
        ("exact", {"A": "moins de 436", "B": "plus de 436"}, ["trou à 436, "]),
        ("exact", {"A": "moins de 650", "B": "à partir de 651"}, ["trou de 650 compris à 651 non compris, "]),
        (
            "exact",
            {"A": "de 0 à 599", "B": "de 600 à 999.5"},
            ["trou entre 599 et 600, ni l'un ni l'autre compris, ", "trou au-dessus de 999.5, après « B »"],
        ),
        (
            "exact",
            {"A": "plus de 0 et jusqu'à 9", "B": "plus de 10"},
            ["trou à 0, avant « A »", "trou de 9 non compris à 10 compris, "],
        ),
        ("tronqué", {"A": "à partir de 3"}, ["trou de 0 à 2, avant « A »"]),
        ("exact", {"A": "de -10 à -5", "B": "à partir de 0"}, ["trou entre -5 et 0, ni l'un ni l'autre compris, "]),
    ),
)
def test_every_gap_is_refused_and_printed_in_the_reading(lu: str, tranches: dict[str, str], shown: list[str]) -> None:
    """Each gap is one fault, told in words, with bounds as the grid reads them: integers unless exact."""
    _, faults = grid(lu, tranches=tranches)

    assert len(faults) == len(shown)
    for text, bounds in zip(faults, shown, strict=True):
        assert text.startswith("grille.qf.tranches : trou")
        assert bounds in text


@pytest.mark.parametrize(
    ("lu", "tranches", "shown"),
    (
        ("tronqué", {"A": "de 0 à 600", "B": "à partir de 600"}, "à 600"),
        ("tronqué", {"A": "de 0 à 601", "B": "à partir de 600"}, "de 600 à 601"),
        ("arrondi", {"A": "jusqu'à 700", "B": "à partir de 600"}, "de 600 à 700"),
        ("tronqué", {"A": "jusqu'à 5", "B": "jusqu'à 9", "C": "à partir de 10"}, "jusqu'à 5"),
        ("tronqué", {"A": "à partir de 0", "B": "à partir de 10"}, "à partir de 10"),
        ("exact", {"A": "de 0 à 600", "B": "à partir de 600"}, "à 600"),
        ("exact", {"A": "moins de 601", "B": "à partir de 600"}, "de 600 compris à 601 non compris"),
        ("exact", {"A": "jusqu'à 5", "B": "jusqu'à 9", "C": "plus de 9"}, "jusqu'à 5"),
        ("exact", {"A": "à partir de 0", "B": "plus de 10"}, "au-dessus de 10"),
        ("tronqué", {"A": "de 0 à 9", "B": "de 2 à 4", "C": "à partir de 10"}, "de 2 à 4"),
    ),
)
def test_every_overlap_is_refused_and_printed_in_the_reading(lu: str, tranches: dict[str, str], shown: str) -> None:
    """A number in two brackets is refused, with bounds as the grid reads them, decision or not."""
    _, (text,) = grid(lu, tranches=tranches)
    _, (again,) = grid(lu, tranches=tranches, trous="indécis", hypothese="gardé")

    assert f"se chevauchent {shown} (lu " in text
    assert again == text


def test_all_faults_come_at_once() -> None:
    """Gaps, overlaps, empty brackets and unknown outcomes are named together."""
    tranches = {"A": "de 0 à 10", "B": "de 10 à 20", "C": "plus de 20 et moins de 21", "D": "de 30 à 40"}
    _, faults = grid(tranches=tranches, manquant="tranche Z")

    assert [
        any(word in text for text in faults)
        for word in ("chevauchent", "aucun nombre entier", "trou de 21 à 29", "trou à partir de 41", "« Z »")
    ] == [True] * 5
    assert len(faults) == 5


def test_a_hole_without_whole_number_says_how_else_the_measure_may_be_read() -> None:
    """A hole that reading the whole part would close says so; one that holds a whole number does not."""
    for tranches, closed in (
        ({"A": "de 0 à 599", "B": "à partir de 600"}, True),
        ({"A": "de 0 à 599", "B": "à partir de 599.5"}, True),
        ({"A": "moins de 650", "B": "à partir de 651"}, False),
        ({"A": "de 0 à 599", "B": "plus de 600"}, False),
    ):
        _, (text,) = grid("exact", tranches=tranches)
        assert ('écrivez lu = "tronqué"' in text) is closed
        assert closed is (grid("tronqué", tranches=tranches)[0] is not None)


def test_a_grid_has_brackets_that_hold_something() -> None:
    """A grid without bracket, or whose only bracket holds no whole number, is refused once."""
    for tranches, said in (({}, "aucune tranche"), ({"A": "plus de 1 et moins de 2"}, "aucun nombre entier")):
        _, (text,) = grid(tranches=tranches)

        assert said in text


def test_a_kept_hole_is_a_recorded_decision() -> None:
    """A published hole may be kept, if a hypothesis says so; what falls in it has no bracket."""
    tranches = {"A": "de 0 à 10", "B": "à partir de 12"}
    _, (text,) = grid(tranches=tranches, trous="indécis")
    kept = made(tranches=tranches, trous="indécis", hypothese="11 n'est pas publié")

    assert "hypothese" in text
    assert kept.place(Fraction(11)) == Placed(value=Fraction(11), lack=Lack.HOLE)
    assert made(tranches={"A": "de 1 à 9"}, trous="indécis", hypothese="gardé").codes() == ("A",)


def test_a_grid_covers_each_number_once_or_is_refused() -> None:
    """Read in whole numbers, a grid is accepted if, and only if, each number from 0 is in one bracket."""
    draw = random.Random(20241)
    seen = set()
    for _ in range(3000):
        cuts = sorted(draw.sample(range(12), draw.randint(1, 3)))
        spans = []
        for low, high in zip([0, *cuts], [*cuts, None], strict=True):
            start = f"{'plus de' if draw.random() < 0.2 else 'à partir de'} {low}"
            end = "" if high is None else f" et {draw.choice(('moins de', 'moins de', 'moins de', 'jusqu’à'))} {high}"
            spans.append(start + end)
        try:
            bounds = tuple((f"T{i}", parse_interval(text)) for i, text in enumerate(spans))
        except InvalidValueError:
            continue
        once = all(sum(n in bound for _, bound in bounds) == 1 for n in range(30))
        held = all(any(n in bound for n in range(30)) for _, bound in bounds)
        try:
            Grid(code="g", measure="q", reading=Reading.TRUNCATED, brackets=bounds)
        except InvalidValueError:
            assert not (once and held)
            seen.add(False)
        else:
            assert once
            seen.add(True)

    assert seen == {True, False}


@pytest.mark.parametrize(
    ("lu", "value", "bracket"),
    (
        ("tronqué", "599.99", "A"),
        ("arrondi", "599.49", "A"),
        ("arrondi", "599.5", "B"),
        ("tronqué", "600", "B"),
        ("tronqué", "0", "A"),
    ),
)
def test_a_quotient_is_read_before_it_is_compared(lu: str, value: str, bracket: str) -> None:
    """Truncated is the whole part, rounded is half up."""
    assert made(lu).place(Fraction(value)).bracket == bracket


def test_an_exact_quotient_is_compared_as_it_is() -> None:
    """Read exactly, 599.99 is below 600 and nothing is rounded."""
    exact = made("exact", tranches={"A": "moins de 600", "B": "à partir de 600"})

    assert exact.place(Fraction("599.99")) == Placed("A", Fraction("599.99"))


def test_a_negative_quotient_is_in_no_bracket_that_begins_at_zero() -> None:
    """A grid may begin at 0; what is below is nobody's, never the first bracket's."""
    assert made().place(Fraction(-1)).lack is Lack.HOLE


def test_brackets_stand_in_the_order_of_numbers() -> None:
    """The order of a grid is that of its numbers, whatever the order in the file."""
    assert made(tranches={"Z": "à partir de 10", "A": "de 5 à 9", "M": "moins de 5"}).codes() == (
        "M",
        "A",
        "Z",
    )


def test_a_written_outcome_is_used_for_its_own_case_alone() -> None:
    """Missing, expired and not yet in force have each their outcome; what is not written is undecided."""
    one = made(manquant="tranche B", perime="refus")

    assert one.place(Lack.MISSING) == Placed("B", None, Lack.MISSING)
    assert one.place(Lack.EXPIRED) == Placed("", None, Lack.EXPIRED, refused=True)
    assert one.place(Lack.NOT_YET) == Placed("", None, Lack.NOT_YET)
    assert one.place(Lack.UNSAID) == Placed("", None, Lack.UNSAID)


def test_an_outcome_is_read_and_written_in_one_way() -> None:
    """« refus », or « tranche » and a code that keeps its capitals; all else is refused."""
    for text, value in (("refus", Fallback()), ("tranche QF4", Fallback("QF4"))):
        assert FALLBACK.read(text, (), []) == value
        assert FALLBACK.write(value) == text
    _, (said,) = grid(manquant="le maximum")
    assert "écrivez « refus » ou « tranche »" in said


@pytest.mark.parametrize(
    ("effect", "first_day", "since"),
    (
        (TakesEffect.AT_ONCE, date(2024, 3, 15), date(2024, 3, 15)),
        (TakesEffect.NEXT_MONTH, date(2024, 12, 15), date(2025, 1, 1)),
        (TakesEffect.JANUARY, date(2024, 3, 15), date(2025, 1, 1)),
        (TakesEffect.SEPTEMBER, date(2024, 9, 1), date(2024, 9, 1)),
        (TakesEffect.SEPTEMBER, date(2024, 3, 15), date(2024, 9, 1)),
        (TakesEffect.SEPTEMBER, date(2024, 9, 2), date(2025, 9, 1)),
        (TakesEffect.NEXT_MONTH, date(9999, 12, 1), date.max),
    ),
)
def test_a_new_quotient_is_used_from_its_effect(effect: TakesEffect, first_day: date, since: date) -> None:
    """A quotient is used at once, from the next month, or from the 1 January or September that follows."""
    assert effect.since(first_day) == since


@pytest.mark.parametrize(
    ("history", "effect", "found"),
    (
        ((), None, Lack.MISSING),
        ((Dated("commune"),), None, Lack.MISSING),
        ((Dated(OLD),), None, OLD),
        ((Dated(OLD, date(2024, 3, 21)),), None, Lack.NOT_YET),
        ((Dated(OLD, date(2024, 3, 1)),), TakesEffect.NEXT_MONTH, Lack.NOT_YET),
        ((Dated(OLD, None, date(2024, 3, 19)),), None, Lack.EXPIRED),
        ((Dated(OLD, None, date(2024, 3, 19)), Dated(NEW, DAY)), None, Lack.UNSAID),
        ((Dated(OLD, None, date(2024, 3, 19)), Dated(NEW, DAY)), TakesEffect.AT_ONCE, NEW),
        ((Dated(OLD, None, date(2024, 3, 19)), Dated(NEW, DAY)), TakesEffect.JANUARY, OLD),
        ((Dated(NEW, DAY), Dated(OLD, None, date(2024, 3, 19))), TakesEffect.JANUARY, OLD),
        ((Dated(OLD), Dated(NEW, date(2024, 4, 1))), None, OLD),
        ((Dated(OLD), Dated(NEW, date(2022, 4, 1))), None, NEW),
        ((Dated(OLD), Dated(NEW, date(2024, 2, 1), date(2024, 2, 29))), TakesEffect.AT_ONCE, OLD),
        (
            (Dated(OLD, None, date(2024, 1, 31)), Dated(NEW, date(2024, 3, 1))),
            TakesEffect.NEXT_MONTH,
            Lack.EXPIRED,
        ),
        ((Dated(OLD, DAY), Dated(NEW, DAY)), TakesEffect.AT_ONCE, Lack.CONFLICT),
        ((Dated(OLD, DAY), Dated(OLD, DAY)), TakesEffect.AT_ONCE, OLD),
    ),
)
def test_the_quotient_in_force_is_found_or_the_reason_why_not(
    history: tuple[Dated, ...], effect: TakesEffect | None, found: Fraction | Lack
) -> None:
    """The last value that has taken effect, kept until its successor does; never a guess between two."""
    assert measured(history, DAY, effect) == found


def test_a_value_without_end_never_overflows() -> None:
    """Values that run to the last day that exists are read like any other."""
    history = (Dated(OLD, date.min, date.max), Dated(NEW, date(9999, 12, 31), date.max))

    assert measured(history, date.max, TakesEffect.AT_ONCE) == NEW
