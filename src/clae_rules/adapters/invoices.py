"""
Invoices of a régie: from what is due in a month to what is issued, credited, paid, reminded and shown.

Nothing is stored and nothing is sent here. The portal's store allocates the numbers, keeps the records and the events,
and hands them back; each function is pure, so that the same events give the same balance at the same instant. Records
and events name nobody: names and address are one record apart, `Recipient`, to be erased when a person is. No VAT is
counted; what a town must print of it, or of anything else, it says in `Issuer.mentions`.
"""

from __future__ import annotations

from html import escape
from typing import Final

from ._credit_notes import CreditLine, CreditNote, credit_note
from ._invoice_accounts import (
    InvoiceAccount,
    Received,
    Standing,
    State,
    account_of,
    doubts,
    received,
    standing,
)
from ._invoice_events import (
    EVENTS,
    Asked,
    Credited,
    InvoiceEvent,
    Issued,
    Notified,
    Outcome,
    Paid,
    Refunded,
    Reminded,
    Withdrawn,
    credited,
    issued,
)
from ._invoice_parties import ChildName, Issuer, Nature, Recipient
from ._invoices import Invoice, InvoiceLine, Numbered, billed_twice, check_numbers, invoice
from ._reminders import Reminder, ReminderRules, reminder_due
from ._sheets import COLUMNS, Row, Sheet, credit_sheet, invoice_sheet, my_invoices

__all__ = [
    "EVENTS",
    "Asked",
    "ChildName",
    "CreditLine",
    "CreditNote",
    "Credited",
    "Invoice",
    "InvoiceAccount",
    "InvoiceEvent",
    "InvoiceLine",
    "Issued",
    "Issuer",
    "Nature",
    "Notified",
    "Numbered",
    "Outcome",
    "Paid",
    "Received",
    "Recipient",
    "Refunded",
    "Reminded",
    "Reminder",
    "ReminderRules",
    "Sheet",
    "Standing",
    "State",
    "Withdrawn",
    "account_of",
    "billed_twice",
    "check_numbers",
    "credit_note",
    "credit_sheet",
    "credited",
    "doubts",
    "fragment",
    "invoice",
    "invoice_sheet",
    "issued",
    "my_invoices",
    "page",
    "received",
    "reminder_due",
    "standing",
]

#: On screen and on paper: black on white, what a line comes from below it, headings again on each printed page.
STYLE: Final = """\
.feuille { font: 1rem/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 50rem; margin: 2rem auto;
  padding: 0 1rem; overflow-wrap: anywhere; }
.feuille > :first-child { font-size: 1.5em; line-height: 1.2; }
.feuille .tetes { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 1rem 3rem; }
.feuille address { font-style: normal; flex: 1 1 16rem; }
.feuille .destinataire { margin-top: 3rem; }
.feuille address span { display: block; }
.feuille address span:first-child { font-weight: 600; }
.feuille dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1.5rem; }
.feuille dd { margin: 0; }
.feuille table { border-collapse: collapse; width: 100%; }
.feuille caption { text-align: left; font-weight: 600; padding: .5rem 0; }
.feuille th, .feuille td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid #bbb; }
.feuille thead th { border-bottom: 2px solid #111; }
.feuille th[scope=rowgroup] { background: #f2f2f2; }
.feuille tbody th[scope=row] { font-weight: 400; }
.feuille .nombre { text-align: right; white-space: nowrap; }
.feuille .ligne:has(+ .calcul) > * { border-bottom: 0; }
.feuille .calcul td { padding-top: 0; }
.feuille .calcul ul { margin: 0; padding-left: 1.2rem; font-size: .85em; color: #444; }
.feuille tfoot tr:last-child { font-weight: 700; font-size: 1.1em; }
@media print {
  @page { size: A4; margin: 15mm; }
  .feuille { font-size: 10pt; max-width: none; margin: 0; padding: 0; }
  .feuille thead { display: table-header-group; }
  .feuille tfoot { display: table-row-group; }
  .feuille tr { break-inside: avoid; }
  .feuille .ligne:has(+ .calcul) { break-after: avoid; }
}
"""


def page(sheet: Sheet) -> str:
    """
    A sheet as a whole HTML page, without script, to view and to print.

    Args:
        sheet: What it says.
    """
    head = f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>{escape(sheet.title)}</title>'
    return (
        f'<!DOCTYPE html>\n<html lang="fr">\n<head>\n{head}\n<style>\n{STYLE}</style>\n</head>\n'
        f"<body>\n<main>\n{fragment(sheet)}\n</main>\n</body>\n</html>\n"
    )


def fragment(sheet: Sheet, level: int = 1) -> str:
    """
    A sheet as an article to stand in a page of the portal, which takes `STYLE`; everything escaped.

    Args:
        sheet: What it says.
        level: The level of its heading among those of the page.
    """
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in sheet.facts)
    heads = "".join(f'<th scope="col"{_side(i)}>{name}</th>' for i, name in enumerate(COLUMNS))
    totals = "".join(
        f'<tr><th scope="row" colspan="2">{escape(name)}</th><td class="nombre">{escape(amount)}</td></tr>'
        for name, amount in sheet.totals
    )
    return "\n".join(
        [
            f'<article class="feuille" lang="fr">\n<h{level}>{escape(sheet.title)}</h{level}>',
            f'<div class="tetes">{_address(sheet.issuer, "emetteur")}{_address(sheet.recipient, "destinataire")}</div>',
            f"<dl>{facts}</dl>",
            f"<table>\n<caption>Détail</caption>\n<thead><tr>{heads}</tr></thead>",
            *(_group(name, rows) for name, rows in sheet.groups),
            f"<tfoot>{totals}</tfoot>\n</table>",
            *(f"<p>{escape(note)}</p>" for note in sheet.notes),
            "</article>",
        ]
    )


def _side(column: int) -> str:
    return ' class="nombre"' if column else ""


def _address(lines: tuple[str, ...], kind: str) -> str:
    return f'<address class="{kind}">{"".join(f"<span>{escape(line)}</span>" for line in lines)}</address>'


def _group(name: str, rows: tuple[Row, ...]) -> str:
    said = "\n".join(map(_row, rows))
    return f'<tbody>\n<tr><th scope="rowgroup" colspan="3">{escape(name)}</th></tr>\n{said}\n</tbody>'


def _row(row: Row) -> str:
    """The line; then, in a row of its own that no heading repeats, how it came about."""
    amounts = "".join(f'<td class="nombre">{escape(said)}</td>' for said in (row.quantity, row.amount))
    line = f'<tr class="ligne"><th scope="row">{escape(row.matter)}</th>{amounts}</tr>'
    steps = "".join(f"<li>{escape(step)}</li>" for step in row.details)
    return f'{line}\n<tr class="calcul"><td colspan="3"><ul>{steps}</ul></td></tr>' if steps else line
