"""Places, slots and selections are values: compared, kept, never changed in place (S2)."""

import dataclasses
import pickle
from datetime import date

import pytest

from clae_rules.days import PRINTED_HOURS
from clae_rules.described import REFUSED, Faults
from clae_rules.errors import InvalidValueError
from clae_rules.slots import NOTHING, Held, ModeAccueil, Periode, Selection, Slot
from clae_rules.variants import Variant

LATE = Held("repas", Variant.HORS_DELAI)
MATIN = Slot(code="matin", label="Matin", hours=(390, 450))


@pytest.mark.parametrize("hours", ((450, 450), (450, 390), (-1, 60), (1380, 1441)))
def test_a_slot_without_length_cannot_exist(hours: tuple[int, int]) -> None:
    """S2.2: start is before end, both within the day."""
    with pytest.raises(InvalidValueError, match="finir après avoir commencé"):
        Slot(code="soir", label="Soir", hours=hours)


def test_a_slot_may_have_no_times() -> None:
    """S2.2: « Accueil péri avant Mercredi » has none; the short label is the label where left out."""
    slot = Slot(code="avant", label="Avant")
    assert (slot.times, slot.short_label) == ("", "Avant")
    assert dataclasses.replace(MATIN, hours=(0, 1440)).times == "00:00-24:00"


@pytest.mark.parametrize(
    ("text", "minutes", "canonical"),
    (
        ("07:30-09:00", (450, 540), "07:30-09:00"),
        ("07:30 – 09:00", (450, 540), "07:30-09:00"),
        ("18:00", (1080, 1080), "18:00"),
    ),
)
def test_arrival_and_departure_are_printed(text: str, minutes: tuple[int, int], canonical: str) -> None:
    """S2.2: when one may come or go is data to print, a stretch of time or one time."""
    assert PRINTED_HOURS.read(text, (), []) == minutes
    assert PRINTED_HOURS.write(minutes) == canonical
    assert Slot(code="soir", label="Soir", departure=minutes).hours is None


@pytest.mark.parametrize("text", ("18h", "09:00-07:30", "25:00"))
def test_arrival_and_departure_exist(text: str) -> None:
    """Times that do not exist, or end before they start, are refused with the way to write them."""
    faults: Faults = []

    assert PRINTED_HOURS.read(text, ("depart",), faults) is REFUSED
    assert [one.path for one in faults] == [("depart",)]


def test_short_labels_are_unique_in_a_mode() -> None:
    """S2.2: labels may repeat, short labels may not."""
    same = Slot(code="matin-2", label="Matin")
    with pytest.raises(InvalidValueError, match="« Matin » sert déjà à « matin »") as caught:
        ModeAccueil(code="m", label="M", etablissement="e", slots=(MATIN, same))
    assert caught.value.faults[0].path == ("slots", 1)
    other = dataclasses.replace(same, short_label="Matin 2")
    assert len(ModeAccueil(code="m", label="M", etablissement="e", slots=(MATIN, other)).slots) == 2


def test_a_periode_holds_both_its_ends() -> None:
    """S2.1: first and last day are included, and cannot be swapped."""
    periode = Periode(code="p", label="P", mode="m", first_day=date(2021, 9, 2), last_day=date(2022, 7, 7))
    assert periode.first_day in periode
    assert periode.last_day in periode
    assert date(2022, 7, 8) not in periode
    with pytest.raises(InvalidValueError, match="inversez"):
        dataclasses.replace(periode, last_day=date(2021, 9, 1))


def test_a_selection_is_equal_in_any_order() -> None:
    """S2.3: a selection is a set; equal ones hash alike, and each slot counts once."""
    one, two = Selection.of("repas", "matin"), Selection.of("matin", "repas", "matin")
    assert one == two
    assert len({one, two}) == 1
    assert [held.slot for held in one] == ["matin", "repas"]
    assert len(one) == 2


def test_a_selection_says_what_it_holds() -> None:
    """S2.3: each slot is held in one variant, or not at all."""
    held = Selection.of("matin", LATE)
    assert (held.variant("repas"), held.variant("soir")) == (Variant.HORS_DELAI, None)
    assert "repas" in held
    assert "soir" not in held
    assert held.slots == {"matin", "repas"}
    assert held.without(["repas", "soir"]) == Selection.of("matin")
    assert held.without(held.slots) == NOTHING
    assert not NOTHING


def test_a_slot_is_never_held_in_both_variants() -> None:
    """S2.3: normal and hors-délai are one place for one child."""
    with pytest.raises(InvalidValueError, match="repas : tenu à la fois en normal et en hors délai"):
        Selection.of("repas", LATE)


@pytest.mark.parametrize("value", (MATIN, LATE, Selection.of("matin", LATE), NOTHING))
def test_values_are_frozen_hashed_and_pickled(value: Slot | Held | Selection) -> None:
    """S1.1: a value never changes, and its copy from another process equals it."""
    copy = pickle.loads(pickle.dumps(value))
    assert copy == value
    assert hash(copy) == hash(value)
    assert not hasattr(value, "__dict__")
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, dataclasses.fields(value)[0].name, None)
