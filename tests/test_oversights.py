"""What looks like an oversight in a valid règlement is told, once, and only where nobody chose it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import pytest
from tests.small import SMALL, engine, told

from clae_rules.notices import NoticeKind, notices
from clae_rules.oversights import easter, legal_feries

PERIODE = 'nom = "Rentrée"\nmode = "accueil"\ndu = 2026-09-07\nau = 2026-10-30'
HOLIDAYS = "toussaint = { du = 2026-10-17, au = 2026-10-30 }"
ACTIONS = {
    "reserver": ('variante = "normal"', 'variante = "normal", accord = true'),
    "annuler": ('a_payer = "rien"', 'a_payer = "tout"'),
}


def odd(changes: dict[str, str | None]) -> list[str]:
    """What is to be checked in the small règlement once changed."""
    found = [one for one in notices(engine(changes)) if one.kind is NoticeKind.SUSPECT]
    assert all("to check, " in one.text("en") for one in found)
    return [one.text() for one in found]


def phases(action: str, first: str, second: str) -> dict[str, str | None]:
    """A deadline of two phases of one action, whose limits are these."""
    one, two = ACTIONS[action]
    other = 'annuler = "jamais"' if action == "reserver" else 'reserver = "sans limite"'
    lines = f'{action} = [{{ limite = "{first}", {one} }}, {{ limite = "{second}", {two} }}]\n{other}'
    return {"delai.general": lines}


EVE, SAME_DAY = "1 jour école avant la date, jusqu'à 24:00", "le jour même, avant 09:00"


@pytest.mark.parametrize("action", ACTIONS)
def test_a_phase_that_is_open_on_no_date_is_refused(action: str) -> None:
    """A phase that ends before the one it follows, whatever the date, is refused, and both are named (S3.6)."""
    assert told(phases(action, EVE, SAME_DAY)) == []

    (found,) = told(phases(action, SAME_DAY, EVE))
    assert f"delai.general.{action}[1]" in found
    assert f"celle qui la précède (« {SAME_DAY} »)" in found
    assert "écrivez d'abord celle qui finit la première" in found


def test_a_phase_that_begins_after_its_end_is_refused() -> None:
    """« depuis » later than « limite » on every date is refused."""
    line = 'reserver = [{ depuis = "le jour même, avant 09:00", limite = "le jour même, avant 08:00", '
    (found,) = told({"delai.general": f'{line}variante = "normal" }}]\nannuler = "jamais"'})

    assert "delai.general.reserver[0] : cette phase finit avant de commencer" in found


def test_a_phase_that_is_shut_on_some_dates_only_is_told() -> None:
    """A phase that others leave open on most dates is a notice with the first date on which it never opens."""
    first, second = "2 jours école avant la date, avant 12:00", "3 jours calendaires avant la date, avant 12:00"
    (found,) = odd(phases("reserver", first, second))

    assert "delai.general.reserver[1] : la phase d'avant finit après celle-ci" in found
    assert re.search(r"\(\d+ dates, du 2026-09-09 au 2026-10-\d\d\)", found)


EARLY: Final = "2 heures calendaires avant le créneau"


@pytest.mark.parametrize(
    "sections",
    (
        phases("annuler", "le jour même, avant 09:00", EARLY),
        {
            "faits": 'statut = ["regulier"]',
            "abonnement.fixe": (
                'creneaux = ["matin", "soir"]\nsouscrire = "3 jours calendaires avant la date, avant 00:00"\n'
                'fait = { statut = "regulier" }\nsuspendre = [{ limite = "le jour même, avant 09:00", a_payer = "rien" }, '
                f'{{ limite = "{EARLY}", a_payer = "50 %" }}]'
            ),
        },
    ),
)
def test_a_phase_that_opens_for_some_slots_only_names_the_others(sections: dict[str, str | None]) -> None:
    """Every slot of a date is looked at: a phase that only the morning shuts is a notice that names it (S3.6, S9.4)."""
    timed = SMALL["mode.accueil"].replace('nom = "Repas"', 'nom = "Repas", horaire = "12:00-14:00"')
    found = [one for one in odd({**sections, "mode.accueil": timed}) if "finit après celle-ci" in one]

    assert len(found) == 1
    assert "pour « matin » (" in found[0]


def test_a_limit_of_never_is_no_dead_phase() -> None:
    """A row of the table that says « jamais » is meant."""
    table = (
        'table = [{ quand.mois = "septembre", limite = "jamais" }, { limite = "le jour même, avant 09:00" }]\n'
        'reserver = [{ limite = "table", variante = "normal" }]\nannuler = "jamais"'
    )

    assert odd({"delai.general": table}) == []


@pytest.mark.parametrize(
    ("written", "told_of"),
    (
        ("", True),
        ('\nquand.type = ["ordinaire", "vacances"]', False),
        ('\nsauf.type = "vacances"', False),
        ('\nsauf.vacances = "toussaint"', False),
    ),
)
def test_a_periode_that_opens_in_the_holidays_unasked_is_told(written: str, told_of: bool) -> None:
    """A période of school days that forgets « quand.type » opens in the holidays too, and it is said."""
    weekdays = '\nquand.jour = ["lundi", "mardi", "jeudi", "vendredi"]'
    found = odd({"jours.vacances": HOLIDAYS, "periode.p1": PERIODE + weekdays + written})

    assert bool(found) is told_of
    assert all("periode.p1 : ouvre aussi pendant les vacances (2026-10-19, 2026-10-20, 2026-10-22" in x for x in found)


def test_a_periode_of_holidays_alone_is_left_alone() -> None:
    """A période that lies within the holidays opens in them on purpose."""
    inside = 'nom = "Toussaint"\nmode = "accueil"\ndu = 2026-10-19\nau = 2026-10-30'

    assert odd({"jours.vacances": HOLIDAYS, "periode.p1": inside}) == []


def test_a_legal_holiday_left_out_is_told() -> None:
    """A holiday of French law on a working day is told unless [jours] says what that date is."""
    known = "du = 2026-08-01\nau = 2026-12-31\n"

    (found,) = odd({"jours": f"{known}feries = [2026-12-25]"})
    assert "jours.feries : jours fériés légaux absents : 2026-11-11 ;" in found
    worked = 'exception = { 2026-11-11 = { type = "ordinaire" } }'
    assert odd({"jours": f"{known}feries = [2026-12-25]\n{worked}"}) == []
    elsewhere = 'code = "essai"\nnom = "Essai"\nfuseau = "America/Cayenne"\nsource = "doc"'
    assert odd({"jours": f"{known}feries = []", "reglement": elsewhere}) == []


def test_the_holidays_of_french_law_are_known() -> None:
    """Eleven dates a year; Easter falls between 22 March and 25 April, on a Sunday."""
    found = [easter(year) for year in range(1900, 2200)]
    assert all(day.weekday() == 6 and (3, 22) <= (day.month, day.day) <= (4, 25) for day in found)
    assert [day.isoformat() for day in sorted(legal_feries(2026))] == [
        "2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25", "2026-07-14", "2026-08-15",
        "2026-11-01", "2026-11-11", "2026-12-25",
    ]  # fmt: skip
    assert date(2038, 4, 25) in found
