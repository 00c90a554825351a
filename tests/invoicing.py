"""The invoice of Léa's September at Massingy, and what may happen to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from clae_rules import Desk, Statement, due, load_engine, load_releve
from clae_rules.adapters.invoices import ChildName, Invoice, Issuer, Paid, Recipient, invoice

PARIS: Final = ZoneInfo("Europe/Paris")
TOWN: Final = Issuer(
    town="Commune de Massingy", service="Régie périscolaire", address=("1, place de la Mairie", "74150 Massingy"),
    payment="Payez en ligne sur le portail, ou par chèque à l’ordre du Trésor public.",
)  # fmt: skip


@cache
def september() -> Statement:
    """What is due for September 2026: 86,50 €, a cancellation among it that costs nothing."""
    engine = load_engine("examples/massingy/reglement.toml")
    read = load_releve("examples/massingy/releve.toml", engine.reglement)
    return due(Desk(engine, read.facts()["lea"], "lea"), read.releve())


def at(day: int, month: int = 10, hour: int = 9) -> datetime:
    """An instant of 2026 in Paris."""
    return datetime(2026, month, day, hour, tzinfo=PARIS)


def first(statements: Any = None, **other: Any) -> Invoice:
    """The first invoice of the year, issued on 2 October and due by the 31st, unless said otherwise."""
    given = {
        "regie": "CLAE",
        "year": 2026,
        "number": 1,
        "household": "F-0012",
        "issued": at(2),
        "due_on": date(2026, 10, 31),
    }
    return invoice(september() if statements is None else statements, **{**given, **other})


def with_cents(*cents: int) -> Statement:
    """The statement with other amounts, as many lines as there are."""
    lines = september().lines
    made = tuple(replace(lines[i % len(lines)], due_cents=much) for i, much in enumerate(cents))
    return replace(september(), lines=made)


def names(of: Invoice, name: str = "Mme Zoé Lœuf-Çelik", child: str = "Léa Lœuf") -> Recipient:
    """Whom it goes to."""
    address = ("12 bis, rue de l’Église", "74300 Cluses")
    return Recipient(invoice=of.reference, name=name, address=address, children=(ChildName(child="lea", name=child),))


def paid(cents: int, day: int = 9, month: int = 10, number: str = "R-1", **other: Any) -> Paid:
    """A receipt."""
    return Paid(invoice=first().reference, at=at(day, month), payment=number, amount_cents=cents, **other)
