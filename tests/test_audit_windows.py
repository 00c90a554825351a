"""What an audit says of rules over more than one date, which no selection of a day shows (S5.4, S13.1)."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest
from tests.guide import at, small

from clae_rules import Desk, Facts, Held, Planning, Selection, Status
from clae_rules.audit import (
    Absence,
    CaseBook,
    NoPair,
    Relation,
    Voice,
    assert_no_newly_refused,
    audit,
    compare,
    coverage,
    explain,
    reform,
)

MONDAY: Final = date(2026, 3, 2)
TUESDAY: Final = date(2026, 3, 3)
AT_MOST: Final = '[regle.une-fois]\ncreneaux = "a"\nau_plus = 1\npar = "semaine"\nhypothese = "essai"'
OF_ALL: Final = '[regle.un-seul]\ncreneaux = "a"\nau_plus = 1\npar = "jour du foyer"\nhypothese = "essai"'
DAILY: Final = '[regle.a-b]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"'


@pytest.mark.parametrize("said", (AT_MOST, OF_ALL))
def test_a_report_notes_what_it_counts_without(said: str) -> None:
    """S13.1: a rule over a week, or over a household, is told, and never taken for one that says nothing."""
    report = audit(small(said, DAILY))

    (note,) = report.of("regle-sur-plusieurs-jours")
    assert note.rules == (said.partition("]")[0].removeprefix("[regle."),)
    assert "jour du foyer" in note.sentence() or "semaine" in note.sentence()
    assert not report.of("regle-muette")
    assert report.kinds[0].count == audit(small(DAILY)).kinds[0].count


def test_no_pair_of_one_day_shows_it() -> None:
    """MC/DC over single days: every rule has its pair, or its reason."""
    over, daily = CaseBook(small(AT_MOST, DAILY)).pairs()

    assert isinstance(over, NoPair)
    assert over.absence is Absence.LONGER
    assert not isinstance(daily, NoPair)


def test_a_comparison_says_that_it_leaves_it_out() -> None:
    """Neither equivalent nor proved: a rule over a week that only one has is not compared, and a guard fails."""
    old = small(DAILY)
    new = reform(old, AT_MOST)

    found = compare(old, new)
    assert found.relation is Relation.EQUIVALENT
    assert not found.same
    assert any("une-fois" in fr for fr, _ in found.notes)
    with pytest.raises(AssertionError, match="une-fois"):
        assert_no_newly_refused(old, new)
    assert compare(new, new).same


def test_an_explanation_judges_it_with_the_planning() -> None:
    """S5.4: with the planning a second day of the week is refused, and the rule says so; alone it is kept."""
    desk = Desk(small(AT_MOST), Facts(), "lou")
    now = at("2026-02-01 09:00")
    had = Planning.of({("lou", MONDAY): Selection.of(Held("a"))})

    refused = explain(desk, TUESDAY, ["a"], now=now, planning=had)
    assert refused.status is Status.REFUSED
    assert refused.word("regle", "une-fois").voice is Voice.BROKEN
    kept = explain(desk, TUESDAY, ["a"], now=now, planning=Planning())
    assert kept.status is Status.ALLOWED
    assert kept.word("regle", "une-fois").voice is Voice.KEPT
    assert kept.word("regle", "une-fois").slots == ("a",)
    alone = explain(desk, TUESDAY, ["a"], now=now)
    assert alone.status is Status.UNDECIDED
    assert alone.word("regle", "une-fois").voice is Voice.UNSURE
    silent = explain(desk, TUESDAY, ["b"], now=now, planning=had)
    assert silent.word("regle", "une-fois").voice in {Voice.KEPT, Voice.SILENT}


def test_coverage_says_that_it_does_not_judge_it() -> None:
    """Rows are looked at one by one: whom the rule speaks of is counted, and that no row says whether it is broken."""
    desk = Desk(small(AT_MOST, DAILY), Facts(), "lou")

    found = coverage(desk.engine, [(desk, MONDAY, ["a"]), (desk, TUESDAY, ["a"]), (desk, TUESDAY, ["c"])])
    over, daily = found.rules
    assert (over.spoke, over.concerned, over.broken) == (3, 2, None)
    assert (daily.concerned, daily.broken) == (2, 0)
    assert found.never_broken == ("a-b",)
    assert "se juge sur plusieurs jours" in found.text()
