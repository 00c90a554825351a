"""The small shapes of a file: what each accepts, refuses and writes back (S1.2)."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from clae_rules.days import HOURS, WEEKDAY
from clae_rules.described import REFUSED, Faults, Shape
from clae_rules.shapes import (
    UNPUBLISHED,
    Amount,
    Choice,
    Day,
    Either,
    Flag,
    Instant,
    Label,
    Number,
    Ref,
    Slug,
    Text,
    Whole,
    exact,
    folded,
    plain_number,
    written,
)

NOON = datetime(2021, 9, 1, 12, tzinfo=UTC)
EITHER = Either(text=Slug(), rows=None, number=Whole(0, 9), flag=Flag())


@pytest.mark.parametrize(
    ("shape", "raw", "value", "plain"),
    (
        (Text(), "Repas", "Repas", "Repas"),
        (Slug(), "repas-1", "repas-1", "repas-1"),
        (Label(), "QF0", "QF0", "QF0"),
        (Ref(("mode",)), "clae", "clae", "clae"),
        (Flag(), True, True, True),
        (Whole(1, 3), 3, 3, 3),
        (Number(), Decimal("0.00360"), Fraction(9, 2500), "0.0036"),
        (Number(None), "-1/3", Fraction(-1, 3), "-1/3"),
        (Amount(), Decimal("3.05"), Fraction(305), "3.05"),
        (Amount(), "non publié", UNPUBLISHED, "non publié"),
        (Day(), date(2024, 2, 29), date(2024, 2, 29), "2024-02-29"),
        (Day(), "2024-02-29", date(2024, 2, 29), "2024-02-29"),
        (Instant(), NOON, NOON, "2021-09-01T12:00:00+00:00"),
        (Instant(), "2021-09-01T12:00:00Z", NOON, "2021-09-01T12:00:00+00:00"),
        (WEEKDAY, "Lundi", 0, "lundi"),
        (HOURS, "06:30-07:30", (390, 450), "06:30-07:30"),
        (EITHER, "repas", "repas", "repas"),
        (EITHER, 3, 3, 3),
        (EITHER, True, True, True),
    ),
)
def test_a_shape_reads_and_writes_back(shape: Shape, raw: object, value: object, plain: object) -> None:
    """S1.2: the plain form is read back as the same value."""
    faults: Faults = []
    assert shape.read(raw, (), faults) == value
    assert shape.write(value) == plain
    assert shape.read(shape.write(value), (), faults) == value
    assert faults == []


@pytest.mark.parametrize(
    ("shape", "raw"),
    (
        (Text(5), "      "),
        (Text(5), "trop long"),
        (Text(), "a\tb"),
        (Text(), 3),
        (Slug(), "Répas"),
        (Slug(), 3),
        (Label(), "é"),
        (Ref(("mode",)), ""),
        (Flag(), 1),
        (Whole(1, 3), 4),
        (Whole(0, 3), True),
        (Number(), "-1"),
        (Number(), "0,5"),
        (Number(), True),
        (Amount(), Decimal(-1)),
        (Amount(announced=False), "non publié"),
        (Day(), "2023-02-29"),
        (Day(), NOON),
        (Day(), "hier"),
        (Instant(), "2021-09-01T12:00:00"),
        (Instant(), "midi"),
        (Instant(), 3),
        (Instant(), "9999-12-31T08:00:00+02:00"),
        (Instant(), "0001-01-01T00:00:00+14:00"),
        (WEEKDAY, "lund"),
        (WEEKDAY, 0),
        (HOURS, "17:15-17:15"),
        (HOURS, 3),
        (EITHER, []),
        (EITHER, {}),
        (EITHER, None),
    ),
)
def test_a_shape_refuses_with_what_it_read(shape: Shape, raw: object) -> None:
    """S1.2: one fault at its path, in both languages, with the way out."""
    faults: Faults = []
    assert shape.read(raw, ("ici",), faults) is REFUSED
    assert [fault.path for fault in faults] == [("ici",)]
    assert faults[0].fr.startswith("lu « ")
    assert faults[0].en.startswith("got « ")
    assert json.loads(json.dumps(shape.schema())) == shape.schema()


def test_a_refused_instant_is_quoted_as_written() -> None:
    """S1.2: the message quotes the user's own word."""
    faults: Faults = []
    Instant().read("2021-09-01", (), faults)
    assert "« 2021-09-01 »" in faults[0].fr


@pytest.mark.parametrize("raw", ("1/0", "1/00", Decimal("NaN"), Decimal("1e99"), 10**15, 0.5, None, "1e5", "+1"))
def test_what_is_no_exact_number_is_none(raw: object) -> None:
    """S10.1: zero denominators, infinities, floats and too many digits are no numbers."""
    assert exact(raw) is None


@pytest.mark.parametrize("value", (Fraction(0), Fraction(-1, 8), Fraction(1, 7), Fraction(10**14), Fraction(1, 10**12)))
def test_an_exact_number_is_written_without_loss(value: Fraction) -> None:
    """S10.1: the plain form of a number is read back as the same number."""
    assert exact(plain_number(value)) == value


def test_words_are_compared_without_accents() -> None:
    """S1.2: accents, capitals and spaces do not matter when words of the format are read."""
    assert folded("  Août   ŒUF l’été ") == "aout oeuf l'ete"
    assert Choice((("août", 8),)).read("AOUT", (), []) == 8


def test_what_no_shape_writes_is_misuse() -> None:
    """S1.2: a value without a plain form is an error, never a guess."""
    with pytest.raises(TypeError, match="has no plain form"):
        written(object(), [Day(), Whole(0, 3)])
