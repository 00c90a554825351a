"""What kind of day a date is, and stepping along calendars (S2.1, S3.2)."""

from datetime import date
from typing import Any

import pytest

from clae_rules.days import (
    HOURS,
    CivilDays,
    DayException,
    DayKind,
    Span,
    clipped,
    clock,
    days_between,
    monday,
    parse_hours,
    previous_weekday,
    step,
    time_of_day,
)
from clae_rules.errors import InvalidValueError, OutOfCalendarError

YEAR: dict[str, Any] = {"first_day": date(2021, 9, 1), "last_day": date(2022, 8, 31), "feries": ()}
DAYS = CivilDays(
    first_day=date(2021, 9, 1),
    last_day=date(2022, 8, 31),
    feries=(date(2021, 11, 1), date(2021, 11, 11)),
    holidays=(("toussaint", Span(date(2021, 10, 23), date(2021, 11, 7))),),
    exceptions=(
        (date(2021, 9, 8), DayException(like=0)),
        (date(2021, 9, 10), DayException(kind=DayKind.FERIE)),
        (date(2021, 9, 11), DayException(kind=DayKind.WEEKEND, like=1)),
    ),
)


@pytest.mark.parametrize(
    ("day", "kind", "weekday", "holiday"),
    (
        (date(2021, 11, 1), DayKind.FERIE, 0, "toussaint"),
        (date(2021, 11, 11), DayKind.FERIE, 3, ""),
        (date(2021, 11, 6), DayKind.VACANCES, 5, "toussaint"),
        (date(2021, 11, 13), DayKind.WEEKEND, 5, ""),
        (date(2021, 11, 12), DayKind.ORDINARY, 4, ""),
        (date(2021, 9, 8), DayKind.ORDINARY, 0, ""),
        (date(2021, 9, 10), DayKind.FERIE, 4, ""),
        (date(2021, 9, 11), DayKind.WEEKEND, 1, ""),
        (date(2021, 9, 13), DayKind.ORDINARY, 0, ""),
    ),
)
def test_a_date_is_the_first_kind_that_fits(day: date, kind: DayKind, weekday: int, holiday: str) -> None:
    """S2.1: férié, vacances, week-end, ordinary, in this order; a dated exception sets it or its weekday."""
    found = DAYS.describe(day)
    assert (found.kind, found.weekday, found.holiday) == (kind, weekday, holiday)


@pytest.mark.parametrize("day", (date(2021, 8, 31), date(2022, 9, 1)))
def test_nothing_is_guessed_outside_the_calendar(day: date) -> None:
    """S3.7: a day that the data do not cover is named, never guessed."""
    assert day not in DAYS
    with pytest.raises(OutOfCalendarError, match=day.isoformat()):
        DAYS.describe(day)


def test_an_exception_that_says_nothing_is_refused() -> None:
    """S2.1: a dated exception sets a kind, a weekday, or both; one of neither is a line forgotten."""
    with pytest.raises(InvalidValueError, match="rien n'est dit"):
        DayException()


def test_every_fault_of_a_calendar_is_told_at_once() -> None:
    """S1.2: days outside, spans outside and overlapping spans are named together."""
    with pytest.raises(InvalidValueError) as caught:
        CivilDays(
            first_day=date(2021, 9, 1),
            last_day=date(2022, 8, 31),
            feries=(date(2020, 1, 1),),
            holidays=(
                ("a", Span(date(2021, 10, 1), date(2021, 10, 9))),
                ("b", Span(date(2021, 10, 9), date(2022, 10, 10))),
            ),
        )
    assert [fault.path for fault in caught.value.faults] == [("feries", 0), ("holidays", "b"), ("holidays", "b")]


@pytest.mark.parametrize(
    ("last_day", "said"), ((date(2021, 8, 31), "est avant"), (date(2040, 1, 1), "plus de 4000 jours"))
)
def test_a_calendar_has_bounds_in_order_and_within_reason(last_day: date, said: str) -> None:
    """S13.1: a calendar runs forward, over at most 4000 days."""
    with pytest.raises(InvalidValueError, match=said):
        CivilDays(**(YEAR | {"last_day": last_day}))


def test_a_span_holds_both_its_ends() -> None:
    """S2.1: first and last day are included, and cannot be swapped."""
    span = Span(date(2024, 2, 28), date(2024, 3, 1))
    assert [f"{day:%m-%d}" for day in span] == ["02-28", "02-29", "03-01"]
    assert date(2024, 3, 1) in span
    assert date(2024, 3, 2) not in span
    assert list(days_between(span.last_day, span.first_day)) == []
    with pytest.raises(InvalidValueError, match="inversez"):
        Span(span.last_day, span.first_day)


def test_weeks_are_iso_weeks_right_across_a_year_of_53() -> None:
    """S3.1: the Monday of a week may lie in the year before, and 2026 has 53 weeks."""
    assert monday(date(2027, 1, 3)) == date(2026, 12, 28)
    assert date(2026, 12, 28).isocalendar().week == 53
    assert previous_weekday(date(2027, 1, 4), 0) == date(2026, 12, 28)
    assert previous_weekday(date(2027, 1, 4), 6) == date(2027, 1, 3)


@pytest.mark.parametrize(
    ("year", "month", "number", "day"),
    (
        (2024, 2, 31, date(2024, 2, 29)),
        (2026, 2, 29, date(2026, 2, 28)),
        (2026, 0, 31, date(2025, 12, 31)),
        (2026, -12, 1, date(2024, 12, 1)),
        (2026, 13, 15, date(2027, 1, 15)),
    ),
)
def test_a_day_of_the_month_is_clipped_to_its_end(year: int, month: int, number: int, day: date) -> None:
    """S3.2: a day that a month does not have is its last; months run over years."""
    assert clipped(year, month, number) == day


def test_steps_count_open_days_strictly() -> None:
    """S3.2: n open days before or after, the day itself never counted."""
    weekday = date(2021, 9, 6)
    assert step(weekday, -1, lambda day: day.weekday() < 5) == date(2021, 9, 3)
    assert step(weekday, 5, lambda day: day.weekday() < 5) == date(2021, 9, 13)
    assert step(weekday, 0, lambda _: False) == weekday


@pytest.mark.parametrize(("day", "count"), ((date(2021, 9, 6), 1), (date(1, 1, 3), -2), (date(9999, 12, 29), 2)))
def test_a_step_that_finds_no_open_day_is_out_of_calendar(day: date, count: int) -> None:
    """S3.7: 800 closed days in a row, or the end of all dates, is no answer."""
    with pytest.raises(OutOfCalendarError):
        step(day, count, lambda _: False)


@pytest.mark.parametrize(
    ("text", "minutes"),
    (("00:00", 0), ("07:30", 450), ("24:00", 1440), ("24:01", None), ("12:60", None), ("7:30", None), ("", None)),
)
def test_a_time_of_day_exists_or_is_none(text: str, minutes: int | None) -> None:
    """S2.2: times run from 00:00 to 24:00."""
    assert time_of_day(text) == minutes
    assert minutes is None or clock(minutes) == text


def test_hours_are_read_and_written_back() -> None:
    """S2.2: hours are half-open, within one civil day."""
    assert parse_hours("06:30 – 07:30") == (390, 450)
    assert HOURS.write(HOURS.read("17:15-24:00", (), [])) == "17:15-24:00"


@pytest.mark.parametrize(
    ("text", "said"),
    (
        ("17:15-17:15", "finir après avoir commencé"),
        ("18:15-17:15", "finir après avoir commencé"),
        ("17h15-18h15", "écrivez « 17:15-18:15 »"),
        ("17:15-25:00", "il faut deux heures"),
    ),
)
def test_a_slot_without_length_cannot_exist(text: str, said: str) -> None:
    """S2.2: « 17:15-17:15 » is refused where it is read, quoting it."""
    with pytest.raises(InvalidValueError, match=said) as caught:
        parse_hours(text)
    assert text in str(caught.value)
