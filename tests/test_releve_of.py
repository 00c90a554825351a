"""The relevé of a month as a history tells it: what `due` reads of bookings and cancellations (S4.3, S12.3)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.guide import at, lou, small
from tests.households import ASKED, MONDAY, NOW, ON_REQUEST, PAID, TUESDAY, last, told

from clae_rules import (
    Cancellation,
    Closure,
    Desk,
    Event,
    Facts,
    History,
    InvalidValueError,
    NaiveInstantError,
    Planning,
    Releve,
    Stay,
    close,
    due,
    record_answer,
    record_closing,
    record_payment,
    releve_of,
)
from clae_rules.selectors import When

END = at("2025-10-01 09:00")
STRIKE = '[evenement.greve]\nmotifs = "greve"\na_payer = "rien"\nhypothese = "essai"'
#: Changing a date gives back for nothing what leaving it half pays for.
CHANGING = """
[delai.general]
hypothese = "essai"
reserver = "1 jour calendaire avant la date, avant 12:00"
changer = [{ limite = "1 jour calendaire avant la date, avant 12:00", variante = "normal", a_payer = "rien" }]
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "50 %" }]
"""
HALF = """
[delai.general]
hypothese = "essai"
reserver = "1 jour calendaire avant la date, avant 12:00"
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "50 %" }]
"""


def releve(history: History, month: date = MONDAY) -> Releve:
    """The relevé of September, once it is over."""
    return releve_of(history, month, now=END)


def slots(found: Releve, day: date = MONDAY) -> set[str]:
    """What is told as booked by Lou on a date."""
    return set(found.booked.held("lou", day).slots)


def test_what_is_held_is_booked_in_its_month_alone() -> None:
    """The relevé of a month tells the bookings of its dates, and of no other."""
    history = told(History(), lou(), {MONDAY: ["a", "b"], date(2025, 10, 2): ["a"]}, "1")

    assert (slots(releve(history)), releve(history).children) == ({"a", "b"}, ("lou",))
    october = releve_of(history, date(2025, 10, 31), now=at("2025-11-03 09:00"))
    assert [day for _, day, _ in october.booked.days] == [date(2025, 10, 2)]
    wider = releve_of(history, MONDAY, now=END, last_day=date(2025, 10, 2))
    assert [day for _, day, _ in wider.booked.days] == [MONDAY, date(2025, 10, 2)]


def test_what_was_given_back_was_booked_and_is_cancelled() -> None:
    """A booking given back stands in the relevé with the instant at which it was, and what stays due of it is due."""
    desk, when = lou(delays=HALF), at("2025-09-05 10:00")
    history = told(History(), desk, {MONDAY: ["a", "b"], TUESDAY: ["a"]}, "1")
    history = told(history, desk, {MONDAY: ["b"], TUESDAY: []}, "2", when)
    found = releve(history)

    assert (slots(found), slots(found, TUESDAY)) == ({"a", "b"}, {"a"})
    assert found.cancellations == (
        Cancellation(child="lou", days=(MONDAY,), instant=when, slots=("a",), change=True),
        Cancellation(child="lou", days=(TUESDAY,), instant=when, slots=("a",), change=False),
    )
    assert due(desk, found).total_cents == 100 + 50 + 50


def test_later_events_are_not_known_yet() -> None:
    """A relevé drawn up at an instant knows what had happened by then."""
    history = told(History(), lou(), {MONDAY: ["a"]}, "1")
    history = told(history, lou(), {MONDAY: []}, "2", at("2025-09-05 10:00"))

    assert releve_of(history, MONDAY, now=at("2025-09-05 09:59")).cancellations == ()


def test_what_was_never_firm_is_not_owed() -> None:
    """What waits for an accord, what was declined and what was not paid in time are not in the relevé."""
    waiting = told(History(), lou(delays=ASKED), {MONDAY: ["a"], TUESDAY: ["b"]}, "1")
    assert releve(waiting).booked == Planning()
    declined = record_answer(waiting, "1", agreed=False, number="2", now=NOW, referent="agent", days=[MONDAY])
    agreed = record_answer(declined, "1", agreed=True, number="3", now=NOW, referent="agent")
    assert (slots(releve(agreed)), slots(releve(agreed), TUESDAY)) == (set(), {"b"})
    unpaid = told(History(), lou(delays=PAID), {MONDAY: ["a"]}, "1")
    paid = record_payment(unpaid, number="2", now=NOW + timedelta(minutes=10), referent="adulte-1")
    assert (slots(releve(unpaid)), slots(releve(paid))) == (set(), {"a"})


def test_an_accord_counts_from_when_it_was_asked() -> None:
    """A booking given back with an accord was given back when the family asked, whenever the agent answered."""
    desk, asked = lou(delays=ON_REQUEST), at("2025-09-04 10:00")
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    history = told(history, desk, {MONDAY: []}, "2", asked)
    assert (slots(releve(history)), releve(history).cancellations) == ({"a"}, ())
    agreed = record_answer(history, "2", agreed=True, number="3", now=at("2025-09-12 10:00"), referent="agent")

    assert [one.instant for one in releve(agreed).cancellations] == [asked]
    assert due(desk, releve(agreed)).total_cents == 50


@pytest.mark.parametrize(("first", "due_cents"), (([], 50), (["b"], 0)))
def test_what_was_left_whole_is_no_change_though_more_was_booked_since(first: list[str], due_cents: int) -> None:
    """S3.6: a date left, then booked anew with something else, was cancelled; one that kept something was changed."""
    desk = lou(delays=CHANGING)
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    history = told(history, desk, {MONDAY: first}, "2", at("2025-09-03 10:00"))
    history = told(history, desk, {MONDAY: ["b", "c"]}, "3", at("2025-09-04 10:00"))
    shown = sum(one.total_cents or 0 for one in history.events)

    assert due(desk, releve(history)).total_cents == 200 + due_cents == shown


def test_what_the_service_closes_is_an_event_of_its_motive() -> None:
    """What a closure cancelled is told as an event of the child, so that the règlement says what stays due."""
    desk = Desk(small(STRIKE), Facts(), "lou")
    history = told(History(), desk, {MONDAY: ["a", "b"], TUESDAY: ["a"]}, "1")
    strike = Closure(code="greve", motive="grève", slots=("a",), when=When(dates=(MONDAY,)))
    closing = close(desk, history.planning(), strike, now=NOW)
    found = releve(record_closing(history, closing, number="2", now=NOW, referent="agent"))

    assert found.events == (Event(motive="greve", first_day=MONDAY, last_day=MONDAY, children=("lou",), slots=("a",)),)
    assert found.cancellations == ()
    assert due(desk, found).total_cents == 200


def test_given_back_for_nothing_and_booked_again_is_booked() -> None:
    """What was given back for nothing and booked again is booked, and not cancelled."""
    history = told(History(), lou(), {MONDAY: ["a"]}, "1")
    history = told(told(history, lou(), {MONDAY: []}, "2"), lou(), {MONDAY: ["a"]}, "3")

    assert (slots(releve(history)), releve(history).cancellations) == ({"a"}, ())


def test_given_back_for_a_part_and_booked_again_is_refused() -> None:
    """What was given back for a part that stays due and booked again is refused, by name: a relevé cannot tell both."""
    desk = lou(delays=HALF)
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    history = told(told(history, desk, {MONDAY: []}, "2"), desk, {MONDAY: ["a"]}, "3")
    again = told(history, desk, {MONDAY: []}, "4")

    for one in (history, again):
        with pytest.raises(InvalidValueError, match=r"lou\.2025-09-08 : « a » : rendu au dossier « 2 », .* à la main"):
            releve(one)
    assert releve(history, date(2025, 10, 1)).booked == Planning()


def test_what_was_held_before_the_history_is_told_too() -> None:
    """What a history starts with is booked, and may be given back."""
    start = History(start=Planning.of({("lou", MONDAY): ["a", "b"]}))
    history = told(start, lou(), {MONDAY: ["a"]}, "1")

    assert slots(releve(history)) == {"a", "b"}
    assert [one.slots for one in releve(history).cancellations] == [("b",)]


def test_the_pointing_is_added_to_it() -> None:
    """Who was there is told by `replace`, and due is then read of both."""
    found = replace(
        releve(told(History(), lou(), {MONDAY: ["a"]}, "1")),
        pointed=("a",),
        stays=(("lou", MONDAY, (Stay(slot="a"),)),),
    )

    assert due(lou(), found).total_cents == 100


def test_an_instant_without_a_zone_is_refused() -> None:
    """The instant of a relevé is aware."""
    with pytest.raises(NaiveInstantError):
        releve_of(History(), MONDAY, now=END.replace(tzinfo=None))


@pytest.mark.parametrize("delays", (HALF, CHANGING), ids=("annuler", "changer"))
@pytest.mark.parametrize("seed", range(12))
def test_what_is_due_is_what_was_shown(seed: int, delays: str) -> None:
    """Whatever a family books and gives back, what is due of the month is the sum of the récapitulatifs that it saw."""
    draw, desk, history, now = random.Random(seed), lou(delays=delays), History(), NOW
    gone: set[tuple[date, str]] = set()
    for number in range(1, 9):
        days = {}
        for day in draw.sample([MONDAY, TUESDAY, date(2025, 9, 11), date(2025, 9, 12)], 2):
            held = history.planning().held("lou", day).slots
            wanted = {slot for slot in "abcd" if draw.random() < 0.5 and (slot in held or (day, slot) not in gone)}
            if wanted != held:
                gone |= {(day, slot) for slot in held - wanted}
                days[day] = sorted(wanted)
        now += timedelta(hours=7)
        history = told(history, desk, days, str(number), now) if days else history
    shown = sum(one.total_cents or 0 for one in history.events)

    assert last(history).instant < at("2025-09-07 12:00")
    assert due(desk, releve(history)).total_cents == shown
