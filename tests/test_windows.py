"""Windows: the stretch of days over which something is counted or paid (S5.4, S10.6)."""

from datetime import date
from typing import Final

import pytest

from clae_rules.errors import InvalidValueError
from clae_rules.windows import Division, PublishedPart, Stretch, Unit, Window, format_window, parse_window

PHRASES: Final = (
    "jour",
    "semaine",
    "2 semaines depuis le 2026-09-07",
    "mois",
    "mois du foyer",
    "période",
    "année scolaire du foyer",
    "année civile",
    "trimestre",
)


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_is_written_back_as_it_is_read(phrase: str) -> None:
    """parse(format(window)) is the window, and the canonical phrase stays as it is."""
    assert format_window(parse_window(phrase)) == phrase


def test_accents_and_capitals_do_not_matter() -> None:
    """« PERIODE du foyer » is a window of the household."""
    assert parse_window("PERIODE du foyer") == Window(Unit.PERIODE, household=True)


@pytest.mark.parametrize(
    ("phrase", "says"),
    (
        ("2 semaines", "depuis quand"),
        ("2 semaines depuis le 2026-02-30", "cette date n'existe pas"),
        ("1 semaine depuis le 2026-09-07", "semaine"),
        ("année", "année scolaire"),
        ("tous les mois", "écrivez"),
        ("", "écrivez"),
    ),
)
def test_what_is_no_window_is_refused_with_its_way_out(phrase: str, says: str) -> None:
    """A phrase with more than one reading, or none, is refused."""
    with pytest.raises(InvalidValueError, match=says):
        parse_window(phrase)


@pytest.mark.parametrize(
    ("phrase", "day", "first", "last"),
    (
        ("jour", date(2028, 2, 29), date(2028, 2, 29), date(2028, 2, 29)),
        ("semaine", date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 3)),
        ("2 semaines depuis le 2026-12-23", date(2027, 1, 3), date(2026, 12, 21), date(2027, 1, 3)),
        ("2 semaines depuis le 2026-12-23", date(2027, 1, 4), date(2027, 1, 4), date(2027, 1, 17)),
        ("2 semaines depuis le 2026-12-23", date(2026, 12, 20), date(2026, 12, 7), date(2026, 12, 20)),
        ("mois", date(2028, 2, 1), date(2028, 2, 1), date(2028, 2, 29)),
        ("année scolaire", date(2026, 8, 31), date(2025, 9, 1), date(2026, 8, 31)),
        ("année scolaire", date(2026, 9, 1), date(2026, 9, 1), date(2027, 8, 31)),
        ("année civile", date(2026, 9, 1), date(2026, 1, 1), date(2026, 12, 31)),
    ),
)
def test_a_stretch_holds_its_date(phrase: str, day: date, first: date, last: date) -> None:
    """The stretch of a date, both bounds included, right across years of 53 weeks and leap days."""
    found = parse_window(phrase).stretch(day)

    assert found is not None
    assert (found.first_day, found.last_day) == (first, last)
    assert day in found


def test_a_periode_is_the_one_that_opens_the_slot() -> None:
    """The stretch of a période is given, since slots of one date may have several."""
    own = Stretch(date(2026, 9, 1), date(2026, 12, 31), "Rentrée")

    assert Window(Unit.PERIODE).stretch(date(2026, 9, 9), own) == own
    assert Window(Unit.PERIODE).stretch(date(2026, 9, 9)) is None


TERMS: Final = Division(
    code="trimestre",
    parts=(
        PublishedPart(label="1er", first_day=date(2026, 9, 1), last_day=date(2026, 12, 31)),
        PublishedPart(label="2e", first_day=date(2027, 1, 1), last_day=date(2027, 3, 31)),
    ),
    hypothese="essai",
)


def test_a_division_gives_its_published_parts() -> None:
    """A date outside every part has no stretch: nothing is guessed."""
    window, terms = parse_window("trimestre"), {"trimestre": TERMS}

    assert window.stretch(date(2027, 3, 31), None, terms) == Stretch(date(2027, 1, 1), date(2027, 3, 31), "2e")
    assert window.stretch(date(2027, 4, 1), None, terms) is None
    assert window.stretch(date(2027, 3, 31)) is None


def test_parts_do_not_overlap() -> None:
    """Two parts that share a day are refused, the day named."""
    twice = (*TERMS.parts, PublishedPart(label="bis", first_day=date(2027, 3, 31), last_day=date(2027, 4, 2)))

    with pytest.raises(InvalidValueError, match="« 2e » et « bis » se chevauchent le 2027-03-31"):
        Division(code="trimestre", parts=twice)


@pytest.mark.parametrize(
    ("phrase", "fr", "en"),
    (
        ("jour du foyer", "31/12/2026 (tout le foyer)", "2026-12-31 (whole household)"),
        ("semaine", "semaine du 28/12/2026", "week of 2026-12-28"),
        ("2 semaines depuis le 2026-09-07", "2 semaines du 28/12/2026", "2 weeks from 2026-12-28"),
        ("mois", "décembre 2026", "December 2026"),
        ("période", "Période d'hiver", "Période d'hiver"),
        ("année scolaire", "année scolaire 2026-2027", "school year 2026-2027"),
        ("année civile", "année 2026", "year 2026"),
        ("trimestre", "1er trimestre", "1er trimestre"),
    ),
)
def test_a_stretch_is_called_in_both_languages(phrase: str, fr: str, en: str) -> None:
    """Units come in the language of the sentence; names that a town gives stay."""
    window, day = parse_window(phrase), date(2026, 12, 31)
    part = PublishedPart(label="1er trimestre", first_day=date(2026, 9, 1), last_day=date(2026, 12, 31))
    divisions = {"trimestre": Division(code="trimestre", parts=(part,))}
    found = window.stretch(day, Stretch(date(2026, 11, 1), date(2027, 1, 31), "Période d'hiver"), divisions)

    assert found is not None
    assert (window.said(found, "fr"), window.said(found, "en")) == (fr, en)
