"""A booking that counts only once paid, and is lost unless it is in time (S4.1)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from tests.guide import PRICED, SMALL, at, lou, small

from clae_rules import (
    BoxState,
    Demande,
    Desk,
    Facts,
    Held,
    InvalidReglementError,
    InvalidValueError,
    NaiveInstantError,
    Occupancy,
    Pattern,
    Planning,
    Selection,
    Status,
    Variant,
    boxes,
    check_day,
    decide,
    pay,
    recapitulatif,
    recopie,
)
from clae_rules.durations import Duration, format_duration, parse_duration

#: « Paiement dans l'heure suivant la réservation, sinon perdue ; aucune annulation » (Villes Sœurs).
VILLES_SOEURS: Final = """
[delai.general]
hypothese = "essai"
reserver = [{ limite = "3 jours ouvrés avant la date, jusqu'à 24:00", variante = "normal", paye_sous = "1 heure" }]
annuler = "jamais"
"""
DAY, NOW = date(2025, 9, 12), at("2025-09-08 09:00")
ASKED = Demande.of("lou", "annee", {DAY: ["a", "b"]})


def booked(now: datetime = NOW) -> Planning:
    """What is held once two slots were booked and not paid."""
    return decide(lou(delays=VILLES_SOEURS), Planning(), ASKED, now=now).after


def test_a_booking_waits_for_its_payment() -> None:
    """It is accepted, pending « paiement », charged, and told with the instant at which it is lost."""
    verdict = decide(lou(delays=VILLES_SOEURS), Planning(), ASKED, now=NOW)
    assert verdict.allowed
    assert verdict.pending == ((DAY, "a", "paiement"), (DAY, "b", "paiement"))
    assert verdict.days[0].unpaid == (("a", at("2025-09-08 10:00")), ("b", at("2025-09-08 10:00")))
    assert recapitulatif(verdict).total_cents == 200
    until = at("2025-09-08 10:00")
    assert verdict.after.held("lou", DAY) == Selection.of(Held("a", pay_before=until), Held("b", pay_before=until))
    free = boxes(lou(delays=VILLES_SOEURS), DAY, now=NOW).box("a")
    assert (free.state, free.price_cents) == (BoxState.FREE, 100)


@pytest.mark.parametrize(
    ("paid_at", "kept"), (("2025-09-08 09:00", True), ("2025-09-08 09:59:59", True), ("2025-09-08 10:00", False))
)
def test_paid_in_time_or_lost(paid_at: str, kept: bool) -> None:
    """A payment in the hour keeps the booking; at the hour it is too late, and the booking is gone (S3)."""
    found = pay(booked(), at=at(paid_at))
    both = (("lou", DAY, "a"), ("lou", DAY, "b"))
    assert (found.paid, found.lost) == ((both, ()) if kept else ((), both))
    assert found.planning == (Planning.of({("lou", DAY): ["a", "b"]}) if kept else Planning())
    assert pay(found.planning, at=at("2025-09-09 09:00")).planning == found.planning


def test_what_is_lost_is_no_longer_held() -> None:
    """Past its hour an unpaid booking is held by nobody: it can be booked anew, and is no change to cancel."""
    desk, late = lou(delays=VILLES_SOEURS), at("2025-09-08 10:00")
    assert booked().at(at("2025-09-08 09:59")) == booked()
    assert booked().at(late) == Planning()
    still = decide(desk, booked(), ASKED, now=at("2025-09-08 09:30"))
    assert (still.allowed, still.days[0].outcome.added, still.after) == (True, (), booked())
    assert still.pending == ()
    again = decide(desk, booked(), ASKED, now=late)
    assert (again.allowed, again.days[0].outcome.added) == (True, ("a", "b"))
    assert again.after == booked(late)
    copied = recopie(
        desk, booked(), Pattern.day(["a"], "vendredi", first_day=DAY, last_day=DAY), periode="annee", now=late
    )
    assert copied.after.held("lou", DAY) == Selection.of(Held("a", pay_before=at("2025-09-08 11:00")))
    with pytest.raises(NaiveInstantError):
        decide(desk, booked(), ASKED, now=datetime(2025, 9, 8, 9))
    with pytest.raises(NaiveInstantError):
        pay(booked(), at=datetime(2025, 9, 8, 9))


def test_each_pays_what_it_booked() -> None:
    """A payment is for one household, and for one child where that is said (S6.8)."""
    until = at("2025-09-08 10:00")
    planning = Planning.of({
        ("lou", DAY): [Held("a", holder="mere", pay_before=until), Held("b", holder="pere", pay_before=until), Held("c", holder="mere")],
        ("ana", DAY): [Held("a", holder="mere", pay_before=until)],
    })  # fmt: skip
    one = pay(planning, at=NOW, household="mere", child="lou")
    assert (one.paid, one.lost) == ((("lou", DAY, "a"),), ())
    both = pay(one.planning, at=NOW, household="mere")
    assert both.paid == (("ana", DAY, "a"),)
    assert both.planning.at(until).held("lou", DAY) == Selection.of(Held("a", holder="mere"), Held("c", holder="mere"))


@pytest.mark.parametrize(
    ("now", "until"),
    (
        (datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Paris")), "2026-10-25T01:30:00+00:00"),
        (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Paris")), "2026-10-25T02:30:00+00:00"),
        (datetime(2027, 3, 28, 1, 30, tzinfo=ZoneInfo("Europe/Paris")), "2027-03-28T01:30:00+00:00"),
        (datetime(2026, 9, 1, 23, 30, tzinfo=ZoneInfo("Indian/Reunion")), "2026-09-01T20:30:00+00:00"),
    ),
)
def test_an_hour_is_an_hour_whatever_the_clock_does(now: datetime, until: str) -> None:
    """The hour to pay in is 60 minutes that pass, on either side of a change of hour (S3.7)."""
    assert Duration(60).after(now) == datetime.fromisoformat(until)


def test_a_payment_hour_across_the_end_of_summer_time() -> None:
    """Booked at 02:30 summer time, an hour to pay ends at 02:30 winter time: paid at 02:15 winter time, it is kept."""
    days = VILLES_SOEURS.replace(
        "3 jours ouvrés avant la date, jusqu'à 24:00", "1 jour calendaire avant la date, avant 12:00"
    )
    summer = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    demande = Demande.of("lou", "annee", {date(2025, 11, 3): ["a"]})
    held = decide(lou(delays=days), Planning(), demande, now=summer).after
    assert pay(held, at=datetime(2025, 10, 26, 2, 15, fold=1, tzinfo=ZoneInfo("Europe/Paris"))).lost == ()
    assert pay(held, at=datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Paris"))).paid == ()


def test_what_else_a_prepaid_slot_waits_for() -> None:
    """An accord comes before the payment, a waiting place is not paid yet; without a time to pay nothing is lost."""
    accord = VILLES_SOEURS.replace('paye_sous = "1 heure"', 'paye_sous = "1 heure", accord = true')
    asked = check_day(lou(delays=accord), DAY, ["a"], now=NOW)
    assert (asked.outcome.pending, asked.unpaid) == ((("a", "accord, puis paiement"),), ())
    assert asked.held_after == Selection.of("a")
    pool = '[capacite.salle]\nenfants = 0\nattente = true\nhypothese = "essai"'
    full = check_day(lou(pool, delays=VILLES_SOEURS), DAY, ["a"], now=NOW, occupancy=Occupancy.of({("salle", DAY): 0}))
    assert (full.outcome.pending, full.unpaid) == ((("a", "liste-d-attente"),), ())
    timeless = VILLES_SOEURS.replace('paye_sous = "1 heure"', "paye = true")
    verdict = check_day(lou(delays=timeless), DAY, ["a"], now=NOW)
    assert (verdict.outcome.pending, verdict.unpaid) == ((("a", "paiement"),), (("a", None),))
    assert verdict.held_after == Selection.of("a")
    late = check_day(lou(delays=VILLES_SOEURS), DAY, ["a"], now=at("2025-09-10 00:00"))
    assert (late.status, late.unpaid) == (Status.REFUSED, ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    (
        ('"1 heure"', '"1 jour"', "« 1 heure », « 48 heures », « 30 minutes »"),
        ('"1 heure"', '"0 heure"', "au moins 1 minute"),
        ('"1 heure"', '"745 heures"', "au plus 744 heures"),
        ('annuler = "jamais"', 'annuler = [{ limite = "sans limite", a_payer = "rien", paye_sous = "1 heure" }]', "annuler ne se paie pas"),
        ('annuler = "jamais"', 'annuler = [{ limite = "sans limite", a_payer = "rien", paye = true }]', "annuler[0].paye"),
    ),
)  # fmt: skip
def test_a_wrong_time_to_pay_is_refused_at_load(old: str, new: str, said: str) -> None:
    """A time to pay is minutes or hours, and is said of what is booked."""
    with pytest.raises(InvalidReglementError) as error:
        small(delays=VILLES_SOEURS.replace(old, new))
    assert said in error.value.text()
    assert error.value.text("en")


@pytest.mark.parametrize("text", ("1 heure", "48 heures", "30 minutes", "90 minutes", "1 minute"))
def test_a_duration_is_written_as_it_is_read(text: str) -> None:
    """The canonical phrase of a duration reads back as the same duration."""
    assert format_duration(parse_duration(text)) == text
    assert parse_duration(text.replace(" heures", "H").replace(" minutes", " min")) == parse_duration(text)
    assert Duration(60).describe("en") == "1 hour"
    assert Duration(90).describe("en") == "90 minutes"


def test_one_slot_is_held_once() -> None:
    """A slot held both paid and to be paid cannot exist (S2.3)."""
    with pytest.raises(InvalidValueError, match="à la fois payé et à payer"):
        Selection.of("a", Held("a", pay_before=NOW))
    with pytest.raises(InvalidValueError, match="normal et en hors délai"):
        Selection.of("a", Held("a", Variant.HORS_DELAI))


DEMANDE = """
format = 1
[demande]
reglement = "petit"
enfant = "lou"
periode = "annee"
instant = 2025-09-08T09:00:00+02:00
[deja]
2025-09-11 = [{ creneau = "a", paye_avant = 2025-09-08T09:30:00+02:00 }]
[veut]
2025-09-12 = ["a"]
"""


def test_a_demande_file_tells_what_is_not_paid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Check says until when to pay, as text and as JSON; what a file holds unpaid is lost at its instant."""
    pytest.importorskip("typer")
    from clae_rules.cli import run

    reglement, file = tmp_path / "reglement.toml", tmp_path / "demande.toml"
    reglement.write_text(SMALL + VILLES_SOEURS + PRICED, "utf-8")
    file.write_text(DEMANDE, "utf-8")
    assert run(["check", str(reglement), str(file)]) == 0
    assert "12/09/2025 : « A » en attente (paiement, avant le 08/09/2025 10:00)" in capsys.readouterr().out
    assert run(["check", str(reglement), str(file), "--format", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["dates"]
    assert (told["en_attente"], told["tenus"][0]["paye_avant"]) == ({"a": "paiement"}, "2025-09-08T08:00:00+00:00")
    for now, state in (("09:29", "coché, verrouillé"), ("09:30", "libre")):
        assert run(["options", str(reglement), str(file), "2025-09-11", "--now", f"2025-09-08T{now}:00+02:00"]) == 0
        line = next(one for one in capsys.readouterr().out.splitlines() if one.startswith("A —"))
        assert line.startswith(f"A — {state}")


def test_a_desk_of_its_own_is_not_touched() -> None:
    """A règlement without a time to pay holds what it held: no instant is added (S1.1)."""
    desk = Desk(small(), Facts(), "lou")
    verdict = decide(desk, Planning(), ASKED, now=NOW)
    assert verdict.after == Planning.of({("lou", DAY): ["a", "b"]})
    assert verdict.days[0].held_after == verdict.days[0].outcome.after
