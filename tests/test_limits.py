"""Limits: the phrase, its resolution to an instant (S3), and what stays due (S4.2)."""

import pickle
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from clae_rules.days import WEEKDAYS, CivilDays, DayKind, time_of_day
from clae_rules.described import REFUSED, Faults, Record
from clae_rules.dues import ALL_DUE, DUE, DUE_UNPUBLISHED, NOTHING_DUE, Due, DueKind, format_due, parse_due
from clae_rules.errors import Fault, InvalidValueError, OutOfCalendarError
from clae_rules.limits import (
    _WAYS,
    CALENDARS,
    LIMIT,
    NEVER,
    NO_LIMIT,
    RESERVED_CALENDARS,
    STAYS,
    TABLE,
    Anchor,
    At,
    ClosedDay,
    Dated,
    Days,
    Hours,
    LastFullWeek,
    Limit,
    Moments,
    MonthDay,
    MonthWeekday,
    TimeOfDay,
    UnresolvedError,
    Weekday,
    Weeks,
    Word,
    format_closed_day,
    format_limit,
    instant,
    parse_closed_day,
    parse_limit,
    resolve,
)
from clae_rules.moments import Timed
from clae_rules.shapes import UNPUBLISHED
from clae_rules.steps import Part

VECTORS: Final = tomllib.loads((Path(__file__).parent / "vectors" / "deadlines.toml").read_text("utf-8"))
PARIS: Final = ZoneInfo("Europe/Paris")


def _civil_days() -> CivilDays:
    faults: list[Fault] = []
    days = Record(CivilDays).read(VECTORS["jours"], ("jours",), faults)
    assert not faults
    assert isinstance(days, CivilDays)
    return days


DAYS: Final = _civil_days()


def moments(day: date, opened: Mapping[str, list[str]] | None = None, **more: Any) -> Moments:
    """What is known of *day*; *opened* gives the weekdays of calendars."""

    def is_open(calendar: str, one: date) -> bool:
        facts = DAYS.describe(one)
        if calendar in {"ouvrés", "ouvrables"}:
            return facts.kind is not DayKind.FERIE and facts.weekday < (5 if calendar == "ouvrés" else 6)
        off = {DayKind.FERIE, DayKind.VACANCES}
        return facts.kind not in off and WEEKDAYS[facts.weekday] in (opened or {})[calendar]

    return Moments(**{"tz": PARIS, **more}, day=day, is_open=is_open)


def _vectors() -> Iterator[Any]:
    for case in VECTORS["case"]:
        for day, expected in case["too_late_from"].items():
            yield pytest.param(case, date.fromisoformat(day), expected, id=f"{case['source']}: {day}")


@pytest.mark.parametrize(("case", "day", "expected"), tuple(_vectors()))
def test_a_published_limit_resolves_to_its_instant(case: dict[str, Any], day: date, expected: datetime) -> None:
    """For each published rule and date, it is too late from the published instant (S3)."""
    known = moments(
        day,
        case.get("open"),
        tz=ZoneInfo(case.get("tz", "Europe/Paris")),
        slot_start=time_of_day(case.get("slot", "")),
        holiday_first_day=case.get("holidays"),
        periode_first_day=case.get("periode"),
        first_open_day=case.get("opening"),
        absence_start=case.get("absence"),
        report=case.get("report"),
    )
    closed_day = parse_closed_day(case.get("closed_day", "reste"))

    found = resolve(parse_limit(case["limit"]), known, closed_day)

    assert found == expected
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC


# ---- The phrase ---------------------------------------------------------------------------------


def _parts() -> Iterator[Part]:
    calendars = (*CALENDARS, "bureau", "2-mairie")
    yield from (Days(*one) for one in product((1, 15), calendars, Anchor, (False, True), (False, True)))
    yield from (Hours(*one) for one in product((1, 48), calendars, Anchor, (False, True)))
    yield from (Weeks(*one) for one in product((1, 3), Anchor, (False, True)))
    yield from (At(anchor) for anchor in Anchor)
    yield from (Weekday(*one) for one in product(range(7), (None, 0, 1, 2, 99)))
    yield from (MonthDay(*one) for one in product((None, 1, 2, 31), (0, 1, 12)))
    yield from (MonthWeekday(*one) for one in product(range(7), (None, 1, 2, 4), (0, 1, 12)))
    yield from (LastFullWeek(*one) for one in product(range(7), (0, 1, 12)))
    yield from (Dated(date(2026, 8, 27), minutes) for minutes in (None, 0, 990, 1440))
    yield from Word


TIMES: Final = (
    None,
    TimeOfDay(0),
    TimeOfDay(720),
    TimeOfDay(1440),
    TimeOfDay(720, True),
    TimeOfDay(1440, True),
)


def _limits() -> Iterator[Limit]:
    for part, time in product(_parts(), TIMES):
        if part.timed is Timed.OPTIONAL or (time is None) == (part.timed is Timed.FORBIDDEN):
            yield Limit(part, time)


def test_a_limit_reads_back_from_its_phrase() -> None:
    """The phrase of a limit, in any capitals, is read back as the same limit, and no two share one."""
    limits = list(_limits())

    assert [parse_limit(format_limit(one).upper()) for one in limits] == limits
    assert len({format_limit(one) for one in limits}) == len(limits)
    assert len({one.describe("en") for one in limits}) == len(limits)


@pytest.mark.parametrize("text", LIMIT.examples)
def test_an_example_is_canonical(text: str) -> None:
    """The examples shown to editors are limits in their canonical words."""
    assert LIMIT.write(LIMIT.read(text, (), [])) == text


@pytest.mark.parametrize(
    ("written", "canonical"),
    (
        ("la date, avant 08:00", "le jour même, avant 08:00"),
        ("JEUDI de la semaine précédente,  avant 12:00", "jeudi de la semaine -1, avant 12:00"),
        ("le 2ème mercredi du mois précédent, avant 12:00", "le 2e mercredi du mois -1, avant 12:00"),
        (
            "Vendredi de la derniere semaine complete du meme mois, avant 12:00",
            "vendredi de la dernière semaine complète du même mois, avant 12:00",
        ),
        ("le 20 du mois precedent, avant 12:00", "le 20 du mois -1, avant 12:00"),
        ("le 1 du mois -1, avant 12:00", "le 1er du mois -1, avant 12:00"),
        ("1 jours ouvrables avant la date, avant 12:00", "1 jour ouvrable avant la date, avant 12:00"),
        ("3 jours ouvré avant la date, jusqu’à 12:00", "3 jours ouvrés avant la date, jusqu'à 12:00"),
        ("48 heures ouvres avant la date", "48 heures ouvrées avant la date"),
        ("1 heure ouverte avant le creneau", "1 heure ouverte avant le créneau"),
        ("15 jours bureau francs avant la date", "15 jours bureau francs avant la date"),
        ("SANS LIMITE", "sans limite"),
    ),
)
def test_a_limit_may_be_written_loosely(written: str, canonical: str) -> None:
    """Accents, capitals, spaces and agreement are free, and so is « précédente » for -1."""
    assert format_limit(parse_limit(written)) == canonical


@pytest.mark.parametrize(
    ("text", "way_out"),
    (
        ("la veille, avant 10:00", "« 1 jour ouvré avant la date, avant 10:00 »"),
        ("la veille, avant 10:00", "« 1 jour école avant la date, avant 10:00 »"),
        ("la veille, avant 10:00", "« 1 jour calendaire avant la date, avant 10:00 »"),
        ("48 h", "« 48 heures calendaires avant le créneau »"),
        ("48 heures", "« 48 heures ouvrées avant la date »"),
        ("48 h avant le créneau", "quelles heures"),
        ("3 jours", "lesquels ? calendaires (tous), ouvrés"),
        ("3 jours avant la date, avant 12:00", "« 3 jours calendaires avant la date »"),
        ("15 jours francs avant la date", "« 15 jours calendaires francs avant la date »"),
        ("jeudi précédent, avant midi", "« 12:00 »"),
        ("jeudi précédent, jusqu'à minuit", "« 24:00 » sa fin"),
        ("le jour même, avant 7h30", "« 07:30 »"),
        ("le jour même, avant 8 h", "« 08:00 »"),
        ("le jour même, avant 25:00", "« avant 12:00 » (12:00 est trop tard)"),
        ("le jour même, 08:00", "« avant 12:00 » (12:00 est trop tard)"),
        ("le jour même", "il manque l'heure : « le jour même, avant 12:00 »"),
        ("3 jours ouvrés avant la date", "il manque l'heure"),
        ("48 heures calendaires avant la date, avant 12:00", "l'heure est déjà fixée"),
        ("15 jours ouvrés francs avant la date, avant 12:00", "l'heure est déjà fixée"),
        ("le 2026-08-27 à 16:30, avant 12:00", "l'heure est déjà fixée"),
        ("le créneau, avant 12:00", "écrivez « le créneau » seul"),
        ("jamais, avant 12:00", "l'heure est déjà fixée"),
        ("3 jours ouvrés, avant 12:00", "avant quoi ?"),
        (
            "3 jours ouvrés avant le debut des vacance, avant 12:00",
            "vouliez-vous dire « le debut des vacances »",
        ),
        ("2 semaines ouvrées avant la date, avant 12:00", "7 jours calendaires"),
        ("2 semaines franches avant la date, avant 12:00", "7 jours calendaires"),
        ("48 heures ouvrées franches avant la date", "seuls des jours sont francs"),
        ("0 jours ouvrés avant la date, avant 12:00", "un nombre de 1 à 999"),
        ("0 semaines avant la date, avant 12:00", "un nombre de 1 à 99"),
        ("0 heures calendaires avant la date", "un nombre de 1 à 9999"),
        ("3 jours du maire avant la date, avant 12:00", "il faut un calendrier"),
        ("3 jours apres avant la date, avant 12:00", "lesquels ?"),
        ("le 32 du mois -1, avant 12:00", "un nombre de 1 à 31"),
        ("le 5e lundi du mois -1, avant 12:00", "« le dernier »"),
        ("le 0e lundi du mois -1, avant 12:00", "de 1er à 4e"),
        ("le dernier vendredi du mois -1", "il manque l'heure"),
        ("vendredi de la dernière semaine du mois -1, avant 12:00", "écrivez «"),
        ("jeudi de la semaine -0, avant 12:00", "écrivez «"),
        ("le 2026-02-30, avant 12:00", "cette date n'existe pas"),
        ("le 2026-02-28 à 25:00", "cette heure n'existe pas"),
        ("le 0001-01-01, avant 12:00", "un nombre de 100 à 9900"),
        ("", "écrivez «"),
        ("jeudi prochain", "écrivez «"),
    ),
)
def test_what_cannot_be_read_says_how_to_write_it(text: str, way_out: str) -> None:
    """A wording that is ambiguous, incomplete or unknown is refused with the way to say it (S3.3, S3.4)."""
    with pytest.raises(InvalidValueError) as caught:
        parse_limit(text)

    (fault,) = caught.value.faults
    assert way_out in fault.fr
    assert fault.en
    assert "\n" not in fault.fr + fault.en


@pytest.mark.parametrize("calendar", sorted(RESERVED_CALENDARS - set(CALENDARS)))
def test_a_named_calendar_cannot_bear_a_word_of_the_format(calendar: str) -> None:
    """A calendar called as a word of the phrase would be read as that word."""
    with pytest.raises(InvalidValueError, match="il faut un calendrier"):
        Days(3, calendar, Anchor.DATE)


@pytest.mark.parametrize(
    ("text", "english"),
    (
        ("jeudi de la semaine -1, avant 12:00", "Thursday of the week before, before 12:00"),
        ("lundi de la même semaine, avant 09:00", "Monday of the same week, before 09:00"),
        ("jeudi précédent, jusqu'à 12:00", "the previous Thursday, up to and including 12:00"),
        ("1 jour ouvré avant la date, avant 10:00", "1 working day (Mon–Fri) before the date, before 10:00"),
        (
            "15 jours calendaires francs avant le début des vacances",
            "15 clear calendar days before the first day of the holidays",
        ),
        ("2 jours bureau après la date, avant 10:00", "2 days of « bureau » after the date, before 10:00"),
        ("1 heure calendaire avant le créneau", "1 hour before the start of the slot"),
        ("48 heures école avant le créneau", "48 hours of school days before the start of the slot"),
        ("le 20 du mois -1, avant 12:00", "day 20 of the month before, before 12:00"),
        (
            "le dernier jour du mois -2, avant 12:00",
            "the last day of the month, 2 months before, before 12:00",
        ),
        ("le 2e mercredi du mois -1, avant 12:00", "the second Wednesday of the month before, before 12:00"),
        ("le dernier vendredi du même mois, avant 12:00", "the last Friday of the same month, before 12:00"),
        (
            "vendredi de la dernière semaine complète du mois -2, avant 12:00",
            "Friday of the last full week of the month, 2 months before, before 12:00",
        ),
        ("le 2026-08-27 à 16:30", "2026-08-27 at 16:30"),
        ("sans limite", "no limit"),
    ),
)
def test_a_limit_is_told_in_english(text: str, english: str) -> None:
    """A limit is described in English from the same value as in French (S1.4)."""
    assert parse_limit(text).describe("en") == english


# ---- What others ask of a limit -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "calendars", "closed", "rolls", "slot"),
    (
        ("3 jours bureau avant la date, avant 12:00", ("bureau",), False, False, False),
        ("48 heures école avant le créneau", ("école",), False, False, True),
        ("3 jours calendaires avant le créneau, avant 12:00", (), False, True, False),
        ("15 jours calendaires francs avant la date", (), False, False, False),
        ("2 semaines avant la date, avant 12:00", (), False, True, False),
        ("le créneau", (), False, False, True),
        ("le jour même, avant 12:00", (), False, False, False),
        ("le 1er du mois, avant 12:00", (), True, True, False),
        ("le lundi de la semaine, avant 12:00", (), True, True, False),
        ("jeudi précédent, avant 12:00", (), True, True, False),
        ("le 1er du même mois, avant 12:00", (), True, True, False),
        ("le dernier lundi du même mois, avant 12:00", (), True, True, False),
        ("lundi de la dernière semaine complète du mois -1, avant 12:00", (), True, True, False),
        ("le 2026-08-27, avant 12:00", (), False, False, False),
        ("jamais", (), False, False, False),
    ),
)
def test_a_limit_says_what_it_needs(
    text: str, calendars: tuple[str, ...], closed: bool, rolls: bool, slot: bool
) -> None:
    """A limit names its calendar, and says whether it may move and whether slots need times."""
    limit = parse_limit(text)

    assert limit.calendars == calendars
    assert limit.may_fall_on_closed_day is closed
    assert limit.may_roll_back is rolls
    assert limit.uses_slot_times is slot


@pytest.mark.parametrize("calendar", (None, *CALENDARS[1:], "bureau"))
def test_a_closed_day_reads_back_from_its_phrase(calendar: str | None) -> None:
    """What becomes of a limit on a closed day is read back from its phrase."""
    value = ClosedDay(calendar)

    assert parse_closed_day(format_closed_day(value)) == value


@pytest.mark.parametrize("text", ("avance", "recule au jour calendaire précédent", "recule au jour du maire précédent"))
def test_an_unknown_closed_day_is_refused(text: str) -> None:
    """A limit stays or rolls back to a day of a calendar that leaves some out; nothing else is read."""
    with pytest.raises(InvalidValueError):
        parse_closed_day(text)


@pytest.mark.parametrize(
    ("text", "fr", "en"),
    (
        (
            "avance",
            "lu « avance » ; écrivez « reste », « recule au jour ouvré précédent »",
            "got « avance »; write one of « reste », « recule au jour ouvré précédent »",
        ),
        (
            "recule au jour calendaire précédent",
            "lu « calendaires » ; tous les jours y sont ; écrivez « reste »",
            "got « calendaires »; it holds all days; write « reste »",
        ),
    ),
)
def test_an_unknown_closed_day_is_told_with_the_way_out(text: str, fr: str, en: str) -> None:
    """What is read and what may be written instead, in both languages."""
    with pytest.raises(InvalidValueError) as caught:
        parse_closed_day(text)
    (found,) = caught.value.faults
    assert (found.fr, found.en) == (fr, en)


def test_a_closed_day_is_written_in_the_words_of_the_format() -> None:
    """« reste » or « recule au jour … précédent », in lower case and in the singular."""
    assert [format_closed_day(ClosedDay(one)) for one in (None, "ouvrés", "bureau")] == [
        "reste", "recule au jour ouvré précédent", "recule au jour bureau précédent"
    ]  # fmt: skip


#: What is written, what is said of it in French, and in English.
REFUSED_LIMITS: Final = (
    (
        "3 jours ouvrés avant, avant 12:00",
        "lu « 3 jours ouvrés avant, avant 12:00 » ; avant quoi ? « avant la date », « avant le créneau »…",
        "got « 3 jours ouvrés avant, avant 12:00 »; before what? « avant la date »…",
    ),
    (
        "3 jours ouvrés après, avant 12:00",
        "lu « 3 jours ouvrés après, avant 12:00 » ; avant quoi ? « avant la date », « avant le créneau »…",
        "got « 3 jours ouvrés après, avant 12:00 »; before what? « avant la date »…",
    ),
    (
        "3 heures francs avant la date",
        "lu « 3 heures francs avant la date » ; seuls des jours sont francs",
        "got « 3 heures francs avant la date »; only days can be clear",
    ),
    (
        "le 2026-02-30, avant 12:00",
        "lu « le 2026-02-30, avant 12:00 » ; cette date n'existe pas",
        "got « le 2026-02-30, avant 12:00 »; this date does not exist",
    ),
    (
        "le 2026-02-10 à 25:00",
        "lu « le 2026-02-10 à 25:00 » ; cette heure n'existe pas",
        "got « le 2026-02-10 à 25:00 »; this time does not exist",
    ),
    (
        "le créneau, avant 12:00",
        "lu « le créneau, avant 12:00 » ; l'heure est déjà fixée ; écrivez « le créneau » seul",
        "got « le créneau, avant 12:00 »; the time is fixed already; write « le créneau » alone",
    ),
    (
        "48 heures calendaires avant la date, avant 12:00",
        "lu « 48 heures calendaires avant la date, avant 12:00 » ; l'heure est déjà fixée ; écrivez « 48 heures calendaires avant la date » seul",
        "got « 48 heures calendaires avant la date, avant 12:00 »; the time is fixed already; write « 48 heures calendaires avant la date » alone",
    ),
    (
        "jeudi précédent, midi",
        "lu « jeudi précédent, midi » ; écrivez l'heure : « 12:00 »",
        "got « jeudi précédent, midi »; write the time: « 12:00 »",
    ),
    (
        "jeudi précédent",
        "lu « jeudi précédent » ; il manque l'heure : « jeudi précédent, avant 12:00 » (12:00 est trop tard) ou « jeudi précédent, jusqu'à 12:00 »",
        "got « jeudi précédent »; the time is missing: « jeudi précédent, avant 12:00 » (12:00 is too late) or « jeudi précédent, jusqu'à 12:00 »",
    ),
    (
        "le jour même, après 12:00",
        "lu « le jour même, après 12:00 » ; après la virgule, l'heure : « avant 12:00 » (12:00 est trop tard) ou « jusqu'à 12:00 » (12:00 est encore permis)",
        "got « le jour même, après 12:00 »; after the comma, the time: « avant 12:00 » or « jusqu'à 12:00 »",
    ),
    (
        "0 jours ouvrés avant la date, avant 12:00",
        "lu « 0 » ; il faut un nombre de 1 à 999",
        "got « 0 »; expected a number from 1 to 999",
    ),
    (
        "2 jours francs avant la date, avant 12:00",
        "lu « 2 jours francs avant la date, avant 12:00 » ; « 2 jours » : lesquels ? calendaires (tous), ouvrés (lundi à vendredi), ouvrables (lundi à samedi), école, ouverts ; écrivez « 2 jours calendaires francs avant la date »",
        "got « 2 jours francs avant la date, avant 12:00 »; « 2 jours »: which days? calendaires (tous), ouvrés (lundi à vendredi), ouvrables (lundi à samedi), école, ouverts; write « 2 jours calendaires francs avant la date »",
    ),
    (
        "3 jours, avant 12:00",
        "lu « 3 jours, avant 12:00 » ; « 3 jours » : lesquels ? calendaires (tous), ouvrés (lundi à vendredi), ouvrables (lundi à samedi), école, ouverts ; écrivez « 3 jours calendaires avant la date »",
        "got « 3 jours, avant 12:00 »; « 3 jours »: which days? calendaires (tous), ouvrés (lundi à vendredi), ouvrables (lundi à samedi), école, ouverts; write « 3 jours calendaires avant la date »",
    ),
    (
        "la veille, avant 10:00",
        "lu « la veille, avant 10:00 » ; quelle veille ? écrivez « 1 jour calendaire avant la date, avant 10:00 », « 1 jour ouvré avant la date, avant 10:00 », « 1 jour école avant la date, avant 10:00 »",
        "got « la veille, avant 10:00 »; which day before? write « 1 jour calendaire avant la date, avant 10:00 », « 1 jour ouvré avant la date, avant 10:00 », « 1 jour école avant la date, avant 10:00 »",
    ),
)


@pytest.mark.parametrize(("text", "fr", "en"), REFUSED_LIMITS)
def test_a_refused_limit_is_told_in_both_languages(text: str, fr: str, en: str) -> None:
    """What was read and what to write instead, word for word."""
    with pytest.raises(InvalidValueError) as caught:
        parse_limit(text)
    (found,) = caught.value.faults
    assert (found.fr, found.en) == (fr, en)


@pytest.mark.parametrize("text", ("n'importe quoi", "99999 jours ouvrés avant la date, avant 12:00"))
@pytest.mark.parametrize("ways", ("", "« demain »"))
def test_what_is_no_limit_is_answered_by_every_way_to_write_one(text: str, ways: str) -> None:
    """Every shape of a limit is listed, or those of the place where it stands."""
    with pytest.raises(InvalidValueError) as caught:
        parse_limit(text, ways)
    (found,) = caught.value.faults
    assert found.fr == f"lu « {text} » ; écrivez {ways or _WAYS}"
    assert found.en == f"got « {text} »; write one of {ways or _WAYS}"


@pytest.mark.parametrize("minutes", (-1, 1441))
def test_a_time_is_of_one_day(minutes: int) -> None:
    """From 00:00 to 24:00, no other minute is one."""
    with pytest.raises(InvalidValueError) as caught:
        TimeOfDay(minutes)
    (found,) = caught.value.faults
    assert found.fr == f"lu « {minutes} » ; il faut 0 à 1440 minutes"
    assert found.en == f"got « {minutes} »; expected 0 to 1440 minutes"


# ---- Resolution ---------------------------------------------------------------------------------


@pytest.mark.parametrize("anchor", sorted(set(Anchor) - {Anchor.DATE, Anchor.WEEK, Anchor.MONTH}, key=str))
def test_a_missing_anchor_is_undecided(anchor: Anchor) -> None:
    """Where a date lacks what a limit counts from, there is a reason in both languages, no instant (S1.5)."""
    limit = Limit(Hours(1, "calendaires", anchor))

    with pytest.raises(UnresolvedError) as caught:
        resolve(limit, moments(date(2026, 9, 14)))

    fr, en = caught.value.reason
    assert str(caught.value) == fr
    assert en
    assert pickle.loads(pickle.dumps(caught.value)).reason == (fr, en)


@pytest.mark.parametrize("limit", (NEVER, NO_LIMIT, TABLE))
def test_a_word_is_no_instant(limit: Limit) -> None:
    """« jamais », « sans limite » and « table » resolve to themselves."""
    assert resolve(limit, moments(date(2026, 9, 14))) is limit.part


def test_data_that_do_not_reach_are_told() -> None:
    """A limit that counts past the calendar's data is not guessed (S3.7)."""
    limit = parse_limit("3 jours ouvrés avant la date, avant 12:00")

    assert resolve(limit, moments(date(2021, 9, 6))) == instant(date(2021, 9, 1), 720, PARIS)
    with pytest.raises(OutOfCalendarError):
        resolve(limit, moments(date(2021, 9, 3)))


def test_days_of_a_month_agree_with_a_count_over_its_days() -> None:
    """The nth and last weekdays and the last full week are those that one finds by looking at every day (S3.2)."""
    for year, month, weekday in product((2026, 2027, 2028), range(1, 13), range(7)):
        first = date(year, month, 1)
        days = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == month]
        named = [one for one in days if one.weekday() == weekday]
        mondays = [one for one in days if one.weekday() == 0 and one + timedelta(days=6) in days]
        after = moments(days[-1] + timedelta(days=15))

        assert [MonthWeekday(weekday, n, 1).reach(after).date() for n in (1, 2, 3, 4)] == named[:4]
        assert MonthWeekday(weekday, None, 1).reach(after).date() == named[-1]
        assert LastFullWeek(weekday, 1).reach(after).date() == mondays[-1] + timedelta(days=weekday)


@pytest.mark.parametrize(
    "text",
    (
        "le 20 du mois -99, avant 12:00",
        "999 jours calendaires avant la date, avant 12:00",
        "9999 heures calendaires avant la date",
    ),
)
@pytest.mark.parametrize("day", (date.min, date.max))
def test_no_step_falls_off_the_civil_calendar(text: str, day: date) -> None:
    """At the ends of the civil calendar a limit is out of the data, not an overflow."""
    with pytest.raises(OutOfCalendarError, match=r"\d{4}-\d\d-\d\d"):
        resolve(parse_limit(text), moments(day))


def test_hours_of_a_calendar_are_counted() -> None:
    """Before or after any instant, hours of working days agree with a count of half hours."""
    half = timedelta(minutes=30)
    for day, start, count in product(range(8, 16), (0, 450, 1410), (1, 23, 24, 25, 48, 100)):
        known = moments(date(2027, 5, day), slot_start=start, tz=ZoneInfo("UTC"))
        anchor = instant(known.day, start, ZoneInfo("UTC"))
        for after in (False, True):
            now, left = anchor, count * 2
            while left:
                now += half if after else -half
                left -= known.is_open("ouvrés", (now - half if after else now).date())
            assert resolve(Limit(Hours(count, "ouvrés", Anchor.SLOT, after)), known) == now


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "expected"),
    (
        ("Europe/Paris", date(2026, 10, 25), 119, "2026-10-24T23:59:00+00:00"),
        ("Europe/Paris", date(2026, 10, 25), 120, "2026-10-25T01:00:00+00:00"),
        ("Europe/Paris", date(2026, 10, 25), 179, "2026-10-25T01:59:00+00:00"),
        ("Europe/Paris", date(2026, 10, 25), 180, "2026-10-25T02:00:00+00:00"),
        ("Europe/Paris", date(2027, 3, 28), 119, "2027-03-28T00:59:00+00:00"),
        ("Europe/Paris", date(2027, 3, 28), 120, "2027-03-28T01:00:00+00:00"),
        ("Europe/Paris", date(2027, 3, 28), 179, "2027-03-28T01:00:00+00:00"),
        ("Europe/Paris", date(2027, 3, 28), 180, "2027-03-28T01:00:00+00:00"),
        ("Europe/Paris", date(2027, 3, 28), 1440, "2027-03-28T22:00:00+00:00"),
        ("Pacific/Apia", date(2011, 12, 30), 720, "2011-12-30T10:00:00+00:00"),
        ("Indian/Reunion", date(2026, 10, 25), 150, "2026-10-24T22:30:00+00:00"),
    ),
)
def test_a_civil_time_becomes_an_instant_once(zone: str, day: date, minutes: int, expected: str) -> None:
    """A time that comes twice is the later instant, one that does not come the first after the gap (S3.7)."""
    assert instant(day, minutes, ZoneInfo(zone)).isoformat() == expected


@pytest.mark.parametrize("minutes", (-1, 1441))
def test_a_time_of_day_is_on_the_clock(minutes: int) -> None:
    """A time of day is from 00:00 to 24:00, and so is the time of an instant."""
    with pytest.raises(InvalidValueError):
        TimeOfDay(minutes)
    with pytest.raises(InvalidValueError):
        Dated(date(2026, 8, 27), minutes)


def test_midnight_is_the_same_in_either_form() -> None:
    """« avant 24:00 » and « jusqu'à 24:00 » are both the next 00:00 (S3.3)."""
    known = moments(date(2026, 9, 14))
    found = {resolve(parse_limit(f"le jour même, {word} 24:00"), known) for word in ("avant", "jusqu'à")}

    assert found == {instant(date(2026, 9, 15), 0, PARIS)}


def test_a_limit_is_told_as_data_in_a_file() -> None:
    """A phrase that is not understood becomes a fault with its path."""
    faults: Faults = []

    assert LIMIT.read("la veille", ("delai", "x", "reserver"), faults) is REFUSED
    assert [fault.path for fault in faults] == [("delai", "x", "reserver")]


def test_rolling_back_is_for_whoever_writes_it() -> None:
    """Without a word on closed days, a limit stays where it falls."""
    limit, known = parse_limit("jeudi de la semaine -1, avant 12:00"), moments(date(2027, 5, 10))

    assert resolve(limit, known) == resolve(limit, known, STAYS)
    assert resolve(limit, replace(known, day=date(2027, 5, 17))) == instant(date(2027, 5, 13), 720, PARIS)


# ---- What stays due -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "charged_cents", "due_cents"),
    (
        ("rien", 385, 0),
        ("tout", 385, 385),
        ("50 %", 305, 153),
        ("12,5 %", 100, 13),
        ("100/3 %", 300, 100),
        ("3.85 dus", 400, 385),
        ("3.85 dus", 200, 200),
        ("3,85 rendus", 400, 15),
        ("3.85 rendus", 200, 0),
        ("0.005 dus", 400, 1),
        ("1 € dû", 400, 100),
        ("1 euro rendu", 400, 300),
        ("0 %", 385, 0),
        ("100%", 385, 385),
        ("tout", 0, 0),
    ),
)
def test_what_stays_due_is_a_part_of_what_was_charged(text: str, charged_cents: int, due_cents: int) -> None:
    """A due is exact, rounded half up once, and from nothing to all of the price (S4.2, S10.1)."""
    assert parse_due(text).of(charged_cents) == due_cents


def test_an_unpublished_due_is_not_a_number() -> None:
    """A part that is announced but not published is never read as zero (S4.6)."""
    assert parse_due("non publié").of(385) is UNPUBLISHED


@pytest.mark.parametrize(
    ("due", "french", "english"),
    (
        (NOTHING_DUE, "rien", "nothing"),
        (ALL_DUE, "tout", "all of it"),
        (Due(DueKind.SHARE, Fraction(1, 2)), "50 %", "50 %"),
        (Due(DueKind.SHARE, Fraction(1, 3)), "100/3 %", "100/3 %"),
        (Due(DueKind.FIXED, Fraction(385)), "3.85 dus", "3.85 € due"),
        (Due(DueKind.GIVEN_BACK, Fraction(300)), "3 rendus", "3 € given back"),
        (DUE_UNPUBLISHED, "non publié", "not published"),
    ),
)
def test_a_due_reads_back_from_its_phrase(due: Due, french: str, english: str) -> None:
    """The phrase of a due is read back as the same due, and told in English too."""
    assert (format_due(due), due.describe("fr"), due.describe("en")) == (french, french, english)
    assert parse_due(french) == due


@pytest.mark.parametrize("text", DUE.examples)
def test_an_example_of_a_due_is_canonical(text: str) -> None:
    """The examples shown to editors are dues in their canonical words."""
    assert format_due(parse_due(text)) == text


@pytest.mark.parametrize(
    ("text", "way_out"),
    (
        ("3.85", "écrivez « 3.85 dus », ce qui reste dû, ou « 3.85 rendus »"),
        ("3,85 €", "dû ou rendu ?"),
        ("3.85€", "« 3.85 dus »"),
        ("moitié", "« 50 % »"),
        ("1.2.3 dus", "« 3.85 dus »"),
        ("120 %", "de 0 à 100 %"),
        ("-1 dus", "« 3.85 dus »"),
    ),
)
def test_a_due_that_cannot_be_read_says_how_to_write_it(text: str, way_out: str) -> None:
    """An amount alone could be due or given back, and is refused with both."""
    with pytest.raises(InvalidValueError) as caught:
        parse_due(text)

    assert way_out in caught.value.faults[0].fr


@pytest.mark.parametrize(
    ("kind", "amount"),
    (
        (DueKind.FIXED, -1),
        (DueKind.GIVEN_BACK, -1),
        (DueKind.UNPUBLISHED, 1),
        (DueKind.SHARE, 2),
        (DueKind.SHARE, -1),
    ),
)
def test_a_due_that_cannot_exist_is_refused(kind: DueKind, amount: int) -> None:
    """A due is built only within its bounds (S1.2)."""
    with pytest.raises(InvalidValueError):
        Due(kind, Fraction(amount))


def test_what_is_counted_elsewhere_is_asked_since_what() -> None:
    """Where limits count from something of their own, a count without an anchor is answered by the ways to write one."""
    with pytest.raises(InvalidValueError) as caught:
        parse_limit("3 jours ouvrés après", "« demain »")
    (found,) = caught.value.faults
    assert found.fr == "lu « 3 jours ouvrés après » ; depuis quoi ? écrivez « demain »"
    assert found.en == "got « 3 jours ouvrés après »; since what? write « demain »"


def test_a_week_is_of_seven_days_of_any_calendar() -> None:
    """« 2 semaines ouvrées » is refused: a week leaves no day out."""
    with pytest.raises(InvalidValueError) as caught:
        parse_limit("2 semaines ouvrées avant la date, avant 12:00")
    (found,) = caught.value.faults
    assert found.fr == (
        "lu « 2 semaines ouvrées avant la date, avant 12:00 » ; "
        "une semaine est de 7 jours calendaires : écrivez-la seule"
    )
    assert found.en.endswith("a week is 7 calendar days: write it alone")


def test_an_unresolved_limit_bears_its_reason_in_both_languages() -> None:
    """What has no instant says why, in French, and keeps both texts."""
    error = UnresolvedError("pas publié", "not published")

    assert (str(error), error.reason, error.args) == ("pas publié", ("pas publié", "not published"), error.reason)
