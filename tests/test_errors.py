"""Faults are data, told whole and in both languages (S1.2)."""

import pickle

import pytest

from clae_rules.errors import (
    ClaeRulesError,
    Fault,
    InvalidReglementError,
    InvalidValueError,
    OutOfCalendarError,
    meant,
    path_text,
    raise_all,
)


def test_a_fault_names_line_place_and_way_out() -> None:
    """S1.2: one line holds the line, the place and the way out, in either language."""
    fault = Fault(("offre", 0, "code"), "vide ; donnez-en un", "empty; give one", 3)
    assert fault.text() == "ligne 3 : offre[0].code : vide ; donnez-en un"
    assert fault.text("en") == "line 3: offre[0].code: empty; give one"
    assert Fault((), "vide", "empty").text("en") == "empty"


def test_a_fault_seen_from_outside_has_a_longer_path() -> None:
    """S1.2: an outer table puts its own keys before the path."""
    assert Fault((1,), "a", "b", 7).under("mode", "clae") == Fault(("mode", "clae", 1), "a", "b", 7)
    assert path_text((0, "code")) == "[0].code"
    assert path_text(("a\nb", "c\0")) == r"a\nb.c\x00"


def test_every_fault_is_raised_at_once() -> None:
    """S1.2: one exception names every fault, and no fault raises nothing."""
    raise_all([])
    with pytest.raises(InvalidValueError) as caught:
        raise_all(iter([Fault(("a",), "un", "one"), Fault(("b",), "deux", "two")]))
    assert str(caught.value) == "a : un\nb : deux"
    assert caught.value.text("en") == "a: one\nb: two"


def test_an_error_survives_pickling() -> None:
    """S1.2: an error crosses processes with its faults, its file and its class."""
    error = InvalidReglementError([Fault((), "un", "one")], where="r.toml")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is InvalidReglementError
    assert (again.faults, str(again)) == (error.faults, "r.toml: un")


def test_a_day_outside_the_calendar_is_named() -> None:
    """S3.7: the day about which nothing is known is part of the error."""
    error = OutOfCalendarError("2030-01-01")
    assert isinstance(error, ClaeRulesError)
    assert error.day in str(error)


@pytest.mark.parametrize(
    ("word", "known", "fr"),
    (
        ("repsa", ["repas", "matin"], "vouliez-vous dire « repas » ?"),
        ("xyz", ["b", "a"], "connus : a, b"),
        ("xyz", [], "il n'y en a aucun"),
        ("xyz", [f"mot{i:02d}" for i in range(13)], "connus : " + ", ".join(f"mot{i:02d}" for i in range(12)) + ", …"),
    ),
)
def test_an_unknown_word_is_answered_with_the_known_ones(word: str, known: list[str], fr: str) -> None:
    """S1.2: the way out is the nearest known word, or the list."""
    assert meant(word, known)[0] == fr
