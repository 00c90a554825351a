"""Recopies told as recurrence rules and read back: the same dates, or a refusal (S9.1)."""

from __future__ import annotations

import pytest

pytest.importorskip("dateutil")
pytest.importorskip("hypothesis")

import builtins
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from dateutil.rrule import WEEKLY as EACH_WEEK
from dateutil.rrule import rrule, rruleset, rrulestr
from hypothesis import given
from hypothesis import strategies as st

from clae_rules.adapters._missing import MissingLibraryError
from clae_rules.adapters.recurrences import pattern_of, rruleset_of, rules_of
from clae_rules.days import WEEKDAYS, monday
from clae_rules.errors import InvalidValueError
from clae_rules.patterns import Pattern

SLOTS = ((), ("repas",), ("matin", "repas"), ("soir",))
#: Around the ends of ISO years of 53 weeks (2020, 2026, 2032) and around leap days.
AROUND = (date(2020, 12, 28), date(2024, 2, 29), date(2026, 12, 28), date(2028, 2, 29), date(2032, 12, 27))
MIDNIGHT = datetime(2026, 9, 7)
WEEKLY = "DTSTART;VALUE=DATE:20260907\nRRULE:FREQ=WEEKLY;COUNT=5"


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Patterns of any shape that S9.5 allows, near the dates where counting weeks goes wrong."""
    first = draw(st.sampled_from(AROUND)) + timedelta(days=draw(st.integers(-400, 60)))
    weekdays = draw(st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True))
    anchor = st.none() | st.integers(-800, 800).map(lambda days: first + timedelta(days=days))
    return Pattern(
        model=tuple((weekday, draw(st.sampled_from(SLOTS))) for weekday in weekdays),
        first_day=first,
        last_day=first + timedelta(days=draw(st.integers(0, 700))),
        every_weeks=draw(st.integers(1, 4) | st.sampled_from((26, 52))),
        from_week=draw(anchor),
        erase=True,
    )


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Rules that a recopie may or may not say, each beginning on a date of its own."""
    start = draw(st.sampled_from(AROUND)) + timedelta(days=draw(st.integers(-30, 30)))
    freq = draw(st.sampled_from(("DAILY", "WEEKLY")))
    end = draw(
        st.integers(1, 40).map(lambda n: f"COUNT={n}")
        | st.integers(0, 300).map(lambda n: f"UNTIL={start + timedelta(days=n):%Y%m%d}")
    )
    weekdays = draw(st.none() | st.sets(st.integers(0, 6)).map(lambda some: {*some, start.weekday()}))
    names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    by = "" if weekdays is None else f";BYDAY={','.join(names[n] for n in sorted(weekdays))}"
    wkst = draw(st.sampled_from(("", ";WKST=MO", ";WKST=SU", ";WKST=TH")))
    interval = draw(st.sampled_from((1, 2, 3, 7, 14)))
    return f"DTSTART:{start:%Y%m%d}\nRRULE:FREQ={freq};INTERVAL={interval};{end}{by}{wkst}"


def expanded(rules: Iterable[str]) -> list[date]:
    """The dates of some rules, by dateutil alone."""
    return sorted({one.date() for text in rules for one in rrulestr(text)})


def held(pattern: Pattern) -> dict[date, tuple[str, ...]]:
    """Each date of a pattern with its slots."""
    return {day: pattern.slots_on(day) for day in pattern.dates()}


@given(patterns())
def test_a_pattern_and_its_rules_say_the_same_dates(pattern: Pattern) -> None:
    """S9.1: expanding the pattern, before any closure, equals expanding its rules, slots by slots; both ways."""
    if not pattern.dates():
        with pytest.raises(InvalidValueError, match="aucune date n'est atteinte"):
            rules_of(pattern)
        return
    rules = rules_of(pattern)
    for slots, text in rules.items():
        assert expanded([text]) == [day for day in pattern.dates() if pattern.slots_on(day) == slots]
    assert expanded(rules.values()) == list(pattern.dates())
    assert [one.date() for one in rruleset_of(pattern)] == list(pattern.dates())
    back = pattern_of(rules)
    assert held(back) == held(pattern)
    assert rules_of(back) == rules


def is_regular(days: list[date]) -> bool:
    """Whether some pattern reaches exactly these dates, tried one by one."""
    weekdays = {day.weekday() for day in days}
    for every in range(1, 53):
        counted = {day for day in days if (monday(day) - monday(days[0])).days // 7 % every == 0}
        span = range((days[-1] - days[0]).days + 1)
        meant = {
            day
            for day in (days[0] + timedelta(days=n) for n in span)
            if day.weekday() in weekdays and (monday(day) - monday(days[0])).days // 7 % every == 0
        }
        if counted == set(days) == meant:
            return True
    return False


@given(texts())
def test_a_rule_is_read_exactly_or_refused(text: str) -> None:
    """S9.1: a rule is read where some pattern reaches its very dates, and refused where none does."""
    days = expanded([text])
    if is_regular(days):
        assert list(pattern_of({("repas",): text}).dates()) == days
    else:
        with pytest.raises(InvalidValueError, match="il manque le"):
            pattern_of({("repas",): text})


def test_the_text_is_the_one_that_agendas_read() -> None:
    """A rule begins on its first date, ends on its last, and counts its weeks from Monday."""
    pattern = Pattern.day(["repas"], "jeudi", "mardi", first_day=date(2026, 12, 21), last_day=date(2027, 1, 31))
    (text,) = rules_of(pattern).values()
    assert text == "DTSTART;VALUE=DATE:20261222\nRRULE:FREQ=WEEKLY;UNTIL=20270128;BYDAY=TU,TH"


@pytest.mark.parametrize("start", (date(2020, 12, 21), date(2026, 12, 21), date(2032, 12, 20)))
def test_a_and_b_weeks_cross_a_year_of_53_weeks(start: date) -> None:
    """S9.1: one week in two stays one in two across a year of 53 weeks, whatever the numbers of the weeks."""
    pattern = Pattern.day(WEEKDAYS[:1], "lundi", first_day=start, last_day=start + timedelta(weeks=6), every_weeks=2)
    assert expanded(rules_of(pattern).values()) == [start + timedelta(weeks=n) for n in (0, 2, 4, 6)]


def test_weeks_left_out_are_said_or_refused() -> None:
    """S9.1: A/B weeks that do not count the holidays have a rule only where their dates still come evenly."""
    term: dict[str, Any] = {"first_day": date(2026, 10, 5), "last_day": date(2026, 11, 23)}
    autumn = {date(2026, 10, 19), date(2026, 10, 26)}
    with pytest.raises(InvalidValueError, match="il manque le 19/10/2026 pour que les semaines soient égales"):
        rules_of(Pattern.day(["repas"], "lundi", **term, every_weeks=2), autumn.__contains__)
    other = {date(2026, 10, 12), date(2026, 10, 26), date(2026, 11, 9), date(2026, 11, 23)}
    rules = rules_of(Pattern.day(["repas"], "lundi", **term), other.__contains__)
    assert expanded(rules.values()) == [*_mondays(10, 5, 19), *_mondays(11, 2, 16)]


def _mondays(month: int, *days: int) -> list[date]:
    return [date(2026, month, day) for day in days]


def test_dates_added_and_left_out_are_read_as_dates() -> None:
    """What counts is the dates: an EXDATE that leaves every second week, an RDATE that fills a hole."""
    even = pattern_of({("repas",): f"{WEEKLY}\nEXDATE;VALUE=DATE:20260914,20260928"})
    assert (even.every_weeks, len(even.dates())) == (2, 3)
    filled = pattern_of({("repas",): f"{WEEKLY}\nRDATE;VALUE=DATE:20261012\nEXDATE:20260907T000000"})
    assert list(filled.dates()) == [*_mondays(9, 14, 21, 28), *_mondays(10, 5, 12)]
    alone = pattern_of({("repas",): "DTSTART:20260907\nRDATE:20260907,20260910"})
    assert list(alone.dates()) == _mondays(9, 7, 10)


def test_a_date_of_two_rules_holds_the_slots_of_both() -> None:
    """An agenda may have a rule for each slot: a date holds what all of them put there."""
    other = "DTSTART:20260907\nRRULE:FREQ=DAILY;COUNT=29;BYDAY=MO,WE"
    with pytest.raises(InvalidValueError, match="même jour d'une autre semaine"):
        pattern_of({("repas",): WEEKLY, ("soir",): other})
    read = pattern_of({("repas",): WEEKLY, ("soir",): "DTSTART:20260907\nRRULE:FREQ=WEEKLY;COUNT=10;BYDAY=MO,WE"})
    assert read.model == ((0, ("repas", "soir")), (2, ("soir",)))


def test_rules_together_reach_no_more_dates_than_a_recopie() -> None:
    """S9.5: two rules of 500 dates are over 800 dates, as one of them would be."""
    early, late = ("DTSTART:20200106\nRRULE:FREQ=DAILY;COUNT=500", "DTSTART:20210520\nRRULE:FREQ=DAILY;COUNT=500")
    with pytest.raises(InvalidValueError, match="plus de 800 dates"):
        pattern_of({("repas",): early, ("soir",): late})


def test_one_weekday_has_one_set_of_slots() -> None:
    """A pattern has one model week: slots that change from one week to another are refused, naming the date."""
    later = "DTSTART:20260921\nRRULE:FREQ=WEEKLY;COUNT=3"
    with pytest.raises(
        InvalidValueError, match="le 21/09/2026 porte repas, soir, et le même jour d'une autre semaine repas"
    ):
        pattern_of({("repas",): WEEKLY, ("soir",): later})


def test_what_dateutil_makes_is_read_as_its_text_is() -> None:
    """A rule or a set of dateutil is read by its dates; an erased weekday stays erased."""
    made = rrule(EACH_WEEK, dtstart=MIDNIGHT, count=5)
    several = rruleset()
    several.rrule(made)
    read = pattern_of({("repas",): WEEKLY})
    assert pattern_of({("repas",): made}) == pattern_of({("repas",): several}) == read
    assert pattern_of({(): made}).erase


@pytest.mark.parametrize(
    ("text", "said"),
    (
        ("DTSTART:20260907\nRRULE:FREQ=MONTHLY;COUNT=3", "repas.RRULE.FREQ : lu « MONTHLY » ; il faut DAILY ou WEEKLY"),
        ("DTSTART:20260907\nRRULE:FREQ=HOURLY;COUNT=3", "repas.RRULE.FREQ : lu « HOURLY »"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO,TU;BYSETPOS=1", "une recopie ne dit pas « BYSETPOS »"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;COUNT=3;BYDAY=1MO", "lu « 1MO » ; il faut des jours sans rang"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;COUNT=3;BYHOUR=8", "une recopie ne dit pas « BYHOUR »"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY", "il faut une fin : UNTIL ou COUNT"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;COUNT=2;UNTIL=20261001", "il faut une fin : UNTIL ou COUNT"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;COUNT=2;COUNT=3", "une partie est donnée deux fois"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;INTERVAL=0;COUNT=3", "repas.RRULE.INTERVAL : lu « 0 »"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;COUNT=0", "repas.RRULE.COUNT : lu « 0 »"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;UNTIL=20261001T215959Z", "repas.RRULE.UNTIL : lu « 20261001T215959Z »"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;UNTIL=20260931", "repas.RRULE.UNTIL : lu « 20260931 »"),
        ("DTSTART:20260907\nRRULE:COUNT=3", "il manque FREQ"),
        ("DTSTART:20260907T083000\nRRULE:FREQ=WEEKLY;COUNT=3", "repas.DTSTART : lu « 20260907T083000 »"),
        ("DTSTART:20260907T000000Z\nRRULE:FREQ=WEEKLY;COUNT=3", "repas.DTSTART : lu « 20260907T000000Z »"),
        (
            "DTSTART;TZID=Europe/Paris:20260907T000000\nRRULE:FREQ=WEEKLY;COUNT=3",
            "une recopie ne connaît pas de fuseau",
        ),
        ("DTSTART:7\nRRULE:FREQ=WEEKLY;COUNT=3", "repas.DTSTART : lu « 7 » ; il faut un jour sans heure"),
        ("DTSTART:18991231\nRRULE:FREQ=WEEKLY;COUNT=3", "de 1900 à 2200"),
        ("RRULE:FREQ=WEEKLY;COUNT=3", "il faut un DTSTART, un seul"),
        ("DTSTART:20260907\nDTSTART:20260908\nRRULE:FREQ=WEEKLY;COUNT=3", "il faut un DTSTART, un seul"),
        ("DTSTART:20260906\nRRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO", "le 06/09/2026 n'est pas la première date"),
        ("DTSTART:20260907\nRRULE:FREQ=DAILY;INTERVAL=7;COUNT=1;BYDAY=TU", "le 07/09/2026 n'est pas la première date"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;UNTIL=20260901", "le 07/09/2026 n'est pas la première date"),
        ("DTSTART:20260907\nRDATE:20260908", "le 07/09/2026 n'est pas la première date"),
        ("DTSTART:20260907", "le 07/09/2026 n'est pas la première date"),
        (f"{WEEKLY}\nRDATE:20260831", "le 07/09/2026 n'est pas la première date"),
        (f"{WEEKLY}\nEXRULE:FREQ=WEEKLY;COUNT=2", "il faut DTSTART, RRULE, RDATE ou EXDATE"),
        (f"BEGIN:VEVENT\n{WEEKLY}", "lu « BEGIN:VEVENT »"),
        ("", "il faut un DTSTART, un seul"),
        ("x" * 20_001, "plus de 20000 caractères"),
        (f"{WEEKLY}\nEXDATE:20260907,20260914,20260921,20260928,20261005", "aucune date n'est atteinte"),
        ("DTSTART:20260907\nRRULE:FREQ=DAILY;COUNT=801", "plus de 800 dates"),
        ("DTSTART:20260907\nRRULE:FREQ=WEEKLY;INTERVAL=53;COUNT=3", "every_weeks : lu « 53 » ; de 1 à 52"),
        ("DTSTART:20260907\nRRULE:FREQ=DAILY;INTERVAL=2;COUNT=5", "il manque le 08/09/2026"),
    ),
)
def test_what_a_recopie_cannot_say_is_refused(text: str, said: str) -> None:
    """A rule that a recopie cannot say is one clear error, in French and in English, before anything is guessed."""
    with pytest.raises(InvalidValueError, match=re.escape(said)) as caught:
        pattern_of({("repas",): text})
    assert "lu «" not in caught.value.text("en")


def test_all_that_is_wrong_with_a_rule_is_told_at_once() -> None:
    """Every fault of a text is named, with its place."""
    with pytest.raises(InvalidValueError) as caught:
        pattern_of({("repas",): "DTSTART:hier\nRRULE:FREQ=YEARLY;BYMONTH=2"})
    assert [fault.path for fault in caught.value.faults] == [
        ("repas", "DTSTART"),
        ("repas", "RRULE", "FREQ"),
        ("repas", "RRULE"),
        ("repas", "RRULE"),
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    (
        ({"dtstart": MIDNIGHT.replace(hour=8), "count": 3}, "lu « 20260907T080000 »"),
        ({"dtstart": MIDNIGHT.replace(tzinfo=timezone(timedelta(hours=2))), "count": 3}, "sans heure ni fuseau"),
        ({"dtstart": MIDNIGHT}, "il faut une fin"),
        ({"dtstart": MIDNIGHT, "count": 3, "byhour": (8, 12)}, "une recopie ne dit pas « BYHOUR »"),
    ),
)
def test_an_object_of_dateutil_hides_nothing(more: dict[str, Any], said: str) -> None:
    """The hour, the time zone and the missing end of an rrule are refused as those of a text are; in a set too."""
    made = rrule(EACH_WEEK, **more)
    with pytest.raises(InvalidValueError, match=said):
        pattern_of({("repas",): made})
    several = rruleset()
    several.rrule(made)
    with pytest.raises(InvalidValueError, match=r"sans heure ni fuseau|plus de 800 dates, ou sans fin"):
        pattern_of({("repas",): several})


def test_without_dateutil_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing a rule needs no library; reading one says which extra brings it."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "dateutil":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    pattern = Pattern.day(["repas"], "lundi", first_day=date(2026, 9, 7), last_day=date(2026, 9, 28))
    assert rules_of(pattern)
    for reading in (lambda: pattern_of({("repas",): WEEKLY}), lambda: rruleset_of(pattern)):
        with pytest.raises(MissingLibraryError, match=r"pip install 'clae-rules\[calendars\]'"):
            reading()
