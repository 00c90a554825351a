"""What is held, asked and allowed by an agent (S6.1, S6.5, S6.7)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from clae_rules.errors import InvalidValueError
from clae_rules.holdings import Demande, Occupancy, Override, Planning
from clae_rules.slots import NOTHING, Held, Selection
from clae_rules.variants import Variant

DAY, NEXT = date(2021, 9, 6), date(2021, 9, 7)
SAID: dict[str, Any] = {
    "rules": ("repas",),
    "child": "martin",
    "agent": "A. Durand",
    "reason": "grève",
    "instant": datetime(2021, 9, 1, tzinfo=UTC),
}


def test_an_override_names_rule_child_and_dates() -> None:
    """S6.7: it covers the named rules of one child, on its dates or on all."""
    always, once = Override(**SAID), Override(**SAID, days=(DAY,))
    assert always.covers("repas", "martin", NEXT)
    assert once.covers("repas", "martin", DAY)
    assert not once.covers("repas", "martin", NEXT)
    assert not always.covers("repas", "lea", DAY)
    assert not always.covers("delai", "martin", DAY)


def test_an_override_is_named_reasoned_and_dated() -> None:
    """S6.7: rule, agent, reason and an aware instant are all needed, and named at once."""
    with pytest.raises(InvalidValueError) as caught:
        Override(rules=(), child="martin", agent="", reason="", instant=datetime(2021, 9, 1))
    assert [fault.path[0] for fault in caught.value.faults] == ["rules", "agent", "reason", "instant"]


def test_a_planning_is_a_value() -> None:
    """S6.1: a planning is equal whatever the order, holds no empty date and never changes in place."""
    one = Planning.of({("martin", NEXT): ["repas"], ("lea", DAY): Selection.of("matin"), ("lea", NEXT): []})
    assert one == Planning.of({("lea", DAY): ["matin"], ("martin", NEXT): ["repas"]})
    assert one.held("lea", DAY) == Selection.of("matin")
    assert one.held("lea", NEXT) == NOTHING
    assert one.of_child("martin") == {NEXT: Selection.of("repas")}
    after = one.changed({("lea", DAY): NOTHING, ("martin", DAY): Selection.of("soir")})
    assert after.of_child("lea") == {}
    assert list(after.of_child("martin")) == [DAY, NEXT]
    assert one.held("lea", DAY)


def test_a_child_has_one_selection_a_date() -> None:
    """S2.3: two selections of one child on one date are refused."""
    with pytest.raises(InvalidValueError, match="deux sélections"):
        Planning((("lea", DAY, Selection.of("a")), ("lea", DAY, Selection.of("b"))))


def test_a_demande_tells_its_dates_in_order() -> None:
    """S6.1: the whole selection of each touched date, none taking everything away."""
    demande = Demande.of("martin", "p", {NEXT: [], DAY: ["repas", Held("soir", Variant.HORS_DELAI)]})
    assert demande.dates == (DAY, NEXT)


def test_every_fault_of_a_demande_is_told_at_once() -> None:
    """S1.2: a date told twice, a slot ticked twice and what is no date are named together."""
    days: Any = ((DAY, ("repas", Held("repas"))), (DAY, ()), (datetime(2021, 9, 8), ()))
    with pytest.raises(InvalidValueError) as caught:
        Demande("martin", "p", days)
    told = str(caught.value)
    assert "« repas » est coché deux fois" in told
    assert "demandé deux fois" in told
    assert "il faut une date civile" in told


def test_places_taken_are_told_by_pool_and_date() -> None:
    """S6.5: what is not told is unknown, never free."""
    assert Occupancy.of({("cantine", DAY): 59}).by_pool() == {("cantine", DAY): 59}
    assert Occupancy.of({("cantine", DAY): 59, ("cantine", None): 2}).by_pool()[("cantine", None)] == 2
    assert Occupancy().by_pool() == {}


def test_one_code_where_a_list_is_needed_is_not_read_letter_by_letter() -> None:
    """A date with "repas" instead of ["repas"] is a fault that shows the list to write."""
    with pytest.raises(InvalidValueError, match=r"lu « repas » ; il faut une liste de créneaux : \['repas'\]"):
        Demande.of("lea", "p1", {date(2026, 9, 7): "repas"})
