"""B.5 of the guide: an invoice seen, downloaded, printed and paid on line."""

from __future__ import annotations

from datetime import date, datetime

import famille
from famille import MARTIN_CODE, le
from portail import Portail, show

from clae_rules import due, euros, releve_of
from clae_rules.adapters.invoices import (
    ChildName,
    Recipient,
    Sheet,
    account_of,
    check_numbers,
    invoice,
    invoice_sheet,
    my_invoices,
    standing,
)
from clae_rules.adapters.invoices import page as printable
from clae_rules.adapters.payments import Eopayment, applied, asked, payment_of, reception
from clae_rules.adapters.pdf import pdf
from clae_rules.showing import section_lines


def b5_mes_factures(portal: Portail) -> None:
    """B.5. Mes factures"""
    now = le("2021-10-01 09:00")
    statement = due(portal.desk(MARTIN_CODE, now), releve_of(portal.history, date(2021, 9, 1), now=now))
    show("Ce qui est dû, que le service relit", statement.text())
    made = invoice(
        statement,
        regie="CLAE",
        year=2021,
        number=1,
        household=portal.household.code,
        issued=now,
        due_on=date(2021, 10, 31),
    )
    portal.invoices, portal.payments = [made], {made.reference: account_of(made)}
    show("Numéros", *([one.text() for one in check_numbers(portal.invoices)] or ["sans trou ni répétition"]))
    _my_invoices(portal, now)
    sheet = invoice_sheet(made, famille.REGIE, _recipient(portal, made.reference))
    _view(sheet)
    show("Télécharger", "facture.pdf")
    portal.file("facture.pdf", pdf(sheet))
    show("Imprimer", "facture.html, en page A4 sur le papier")
    portal.file("facture.html", printable(sheet).encode())
    _pay(portal, le("2021-10-09 20:00"))


def _recipient(portal: Portail, reference: str) -> Recipient:
    """Names and address of the day of issue, apart from the invoice, which names nobody."""
    me, home = portal.household.me, portal.household.contact.address
    children = portal.children.values()
    return Recipient(
        invoice=reference,
        name=f"{me.first_name} {me.last_name}",
        address=() if home is None else (home.street, f"{home.postcode} {home.town}"),
        children=tuple(ChildName(child=one.code, name=f"{one.first_name} {one.last_name}") for one in children),
    )


def _view(sheet: Sheet) -> None:
    """What the invoice says on the screen, as on paper."""
    show(f"Visualiser : {sheet.title}", *sheet.issuer)
    show("À", *sheet.recipient)
    show("Facture", *(f"{name} : {value}" for name, value in sheet.facts))
    for name, rows in sheet.groups:
        show(name, *(f"{row.matter} × {row.quantity} : {row.amount}" for row in rows))
    show("En tout", *(f"{name} : {amount}" for name, amount in sheet.totals), *sheet.notes)


def _my_invoices(portal: Portail, now: datetime) -> None:
    """The page « Mes factures » at an instant."""
    rows = [(one, standing(portal.payments[one.reference], now)) for one in portal.invoices]
    show(f"Le {now:%d/%m/%Y}", *section_lines(my_invoices(rows), "fr"))


def _pay(portal: Portail, now: datetime) -> None:
    """Pay on line: asked, kept, told by the gateway, once more for nothing, and paid."""
    made = portal.invoices[0]
    gateway = Eopayment("dummy", {"normal_return_url": f"{famille.PORTAL}/retour"})
    payment = payment_of(made, portal.payments[made.reference], now=now, email=portal.opened().email)
    there = gateway.request(payment)
    account = portal.payments[made.reference].after(asked(payment, there, at=now))
    show("Payer en ligne", f"{payment.subject} : {euros(payment.amount_cents)}", "vers la page de paiement, pour essai")
    amount = f"{payment.amount_cents // 100}.{payment.amount_cents % 100:02d}"
    query = f"transaction_id={there.transaction}&ok=1&signed=1&amount={amount}"
    for minute in (4, 5):
        told = gateway.notification(query, at=le(f"2021-10-09 20:{minute:02d}"))
        show(f"La passerelle, à 20:{minute:02d}", f"{told.outcome.value} ({reception(account, told).value})")
        account = applied(account, told)
    portal.payments[made.reference] = account
    _my_invoices(portal, le("2021-10-10 09:00"))
