"""The mail that confirms a cancellation, and every other event of a history (S12.4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.guide import at, lou
from tests.households import MONDAY, guide_history, told

from clae_rules import History, InvalidValueError, cancellation, confirm

pytest.importorskip("attrs")

from clae_rules.adapters.confirmations import Service, confirmation_mail

SERVICE = Service(
    name="Guichet Unique", email="guichet@exemple.fr", phone="04 50 96 69 00", portal="https://portail.exemple.fr"
)


def cancelled() -> History:
    """The guide's booking of 7 September, given back."""
    desk, history = guide_history()
    clicked = [one for one in history.booked() if one.day == date(2021, 9, 7)]
    draft = cancellation(desk, history.planning(), clicked)
    found = confirm(history, desk, draft, number="10", now=at("2021-08-20 10:00"), referent="adulte-1")
    return found.history


def mail(history: History, **more: Any) -> Any:
    """The mail of its last event, to a mother."""
    desk, _ = guide_history()
    names = {"martin": "Martin"}
    told = {"history": history, "sender": SERVICE, "engine": desk.engine, "names": names, **more}
    return confirmation_mail(history.events[-1], "zoe@exemple.fr", **told)


def test_a_cancellation_is_confirmed_by_a_mail() -> None:
    """Its subject, what is given back and what is no longer charged, as text and as HTML."""
    found = mail(cancelled())

    assert (found["Subject"], found["To"]) == ("Votre annulation est confirmée (dossier n° 10)", "zoe@exemple.fr")
    text, rich = (found.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "- Annulé : Martin, Périscolaire midi 2 (07/09/2021)" in text
    assert "<li>Annulé : Martin, Périscolaire midi 2 (07/09/2021)</li>" in rich
    assert "Total : -0,25\xa0€" in text
    assert bytes(found) == bytes(mail(cancelled()))


def test_a_name_is_text_in_a_mail_and_no_header() -> None:
    """What somebody who means harm writes as a name is escaped; an end of line in it is refused, and not repeated."""
    rich = mail(cancelled(), names={"martin": "<script>"}).get_body(("html",)).get_content()
    assert "&lt;script&gt;" in rich
    assert "<script" not in rich
    with pytest.raises(InvalidValueError) as error:
        mail(cancelled(), names={"martin": "Lou\r\nBcc: x@y.fr"})
    assert "Bcc" not in str(error.value)


def test_a_year_of_bookings_is_one_mail() -> None:
    """The longest demande is written, its dates counted rather than listed."""
    desk = lou()
    days = (date.fromordinal(MONDAY.toordinal() + n) for n in range(290))
    wanted = {day: ["a", "b", "c", "d"] for day in days if day.weekday() in {0, 1, 3, 4} and desk.engine.slots_on(day)}
    history = told(History(), desk, wanted, "1")
    text = mail(history, engine=desk.engine).get_body(("plain",)).get_content()

    assert f"- Réservé : lou, A ({len(wanted)} dates, du 08/09/2025 au" in text
