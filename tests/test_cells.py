"""One representative stands for all children that conditions cannot tell apart (S1.5)."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from clae_rules.bounds import Bound, Interval, parse_interval
from clae_rules.cells import axes, conditions, profiles
from clae_rules.errors import InvalidValueError
from clae_rules.facts import FactKind, FactKindRead
from clae_rules.selectors import Where, Who, fits

DECLARED = {
    "niveau": FactKindRead(FactKind.CHOICE, ("ps", "cp", "ce1")),
    "pai": FactKindRead(FactKind.FLAG),
    "quotient": FactKindRead(FactKind.NUMBER),
    "rang": FactKindRead(FactKind.NUMBER),
    "age": FactKindRead(FactKind.AGE),
}


def who(**bounds: str | Bound) -> Who:
    """Conditions from phrases."""
    return tuple((fact, parse_interval(one) if isinstance(one, str) else one) for fact, one in bounds.items())


def test_without_conditions_all_children_are_alike() -> None:
    """Where nothing is compared, one child of whom nothing is known stands for all."""
    assert list(profiles(DECLARED, [()])) == [{}]


@pytest.mark.parametrize(
    ("conditions_", "fact", "values"),
    (
        ([who(pai=frozenset((True,)))], "pai", (False, True)),
        ([who(niveau=frozenset(("cp",))), who(niveau=frozenset(("ce1",)))], "niveau", ("ps", "cp", "ce1")),
        ([who(niveau=frozenset(("cp", "ce1")))], "niveau", ("ps", "cp")),
        ([who(quotient="à partir de 600")], "quotient", (0, 600)),
        (
            [who(quotient="de 600 à 999"), who(quotient="à partir de 1000")],
            "quotient",
            (0, 600, 1000),
        ),
        ([who(quotient="plus de 600")], "quotient", (0, 601)),
        ([who(quotient="à partir de -5")], "quotient", (-6, -5)),
        ([who(age="moins de 3")], "age", (0, 3)),
        ([who(age="de 3 à 5"), who(age="à partir de 6")], "age", (0, 3, 6)),
        ([who(age="à partir de 26")], "age", (0,)),
    ),
)
def test_every_answer_of_the_bounds_has_one_value(
    conditions_: list[Who], fact: str, values: tuple[object, ...]
) -> None:
    """Each combination of answers has one value: where no bound holds is a single cell."""
    assert axes(DECLARED, conditions_) == {fact: values}


def test_conditions_of_exceptions_are_conditions() -> None:
    """An exception, at any depth, compares facts as its selector does."""
    inner = Where(who=who(pai=frozenset((True,))))
    where = Where(who=who(age="moins de 3"), unless=(Where(unless=(inner,)),))

    assert set(axes(DECLARED, conditions(where))) == {"age", "pai"}


def test_cells_are_the_product_of_facts() -> None:
    """There is one assignment a combination, of the facts that are compared and no other."""
    found = list(profiles(DECLARED, [who(pai=frozenset((True,)), age="moins de 3")]))

    assert len(found) == 4
    assert all(set(one) == {"age", "pai"} for one in found)


def test_too_many_cells_are_refused_at_once() -> None:
    """More cells than the limit are refused before the first is given, with the facts and their sizes."""
    with pytest.raises(InvalidValueError, match=r"faits : 4 cas à distinguer \(age 2, pai 2\), plus de 3") as caught:
        profiles(DECLARED, [who(age="3", pai=frozenset((True,)))], limit=3)

    assert "4 cases" in caught.value.text("en")


def test_no_child_is_without_a_representative() -> None:
    """For any number and age, some representative gives every bound the same answer."""
    draw = random.Random(7)
    for _ in range(200):
        numbers = [sorted(Fraction(draw.randint(0, 20), draw.choice((1, 2))) for _ in range(2)) for _ in range(3)]
        bounds = [Interval(low, high + 1, draw.random() < 0.5, draw.random() < 0.5) for low, high in numbers]
        whos: list[Who] = [((fact, bound),) for bound in bounds for fact in ("quotient", "age")]
        cells = [tuple(fits(one, cell.get) for one in whos) for cell in profiles(DECLARED, whos)]
        for _ in range(20):
            child = {
                "quotient": Fraction(draw.randint(0, 100), draw.choice((1, 2, 4))),
                "age": Fraction(draw.randint(0, 25)),
            }

            assert tuple(fits(one, child.get) for one in whos) in cells
