"""What an invoice or a credit note says on paper, once for its page and for its PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from ..errors import Fault, raise_all
from ..money import euros
from ..showing import Section
from ._credit_notes import CreditNote
from ._invoice_accounts import Standing
from ._invoice_parties import Issuer, Nature, Recipient
from ._invoices import Invoice, InvoiceLine

COLUMNS: Final = ("Désignation", "Quantité", "Montant")


@dataclass(frozen=True, slots=True)
class Row:
    """
    A line of a sheet.

    Args:
        matter: What it is about.
        quantity: Units, or nothing.
        amount: As the French write it.
        details: How it came about, a sentence a step.
    """

    matter: str
    quantity: str
    amount: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """
    A paper of a régie, everything in words; who may not be named is under his pseudonym.

    Args:
        title: « Facture CLAE-2026-000001 ».
        reference: The number.
        issuer: Lines of who issues.
        recipient: Lines of whom it goes to.
        facts: What is said above the table: (heading, value).
        groups: Whose lines, child by child: (name, rows).
        totals: What is said below the table: (heading, amount); the last is what counts.
        notes: Sentences at the end.
    """

    title: str
    reference: str
    issuer: tuple[str, ...] = field(repr=False)
    recipient: tuple[str, ...] = field(repr=False)
    facts: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...] = field(repr=False)
    totals: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def invoice_sheet(
    invoice: Invoice, issuer: Issuer, recipient: Recipient | None = None, standing: Standing | None = None
) -> Sheet:
    """
    What an invoice says on paper.

    Args:
        invoice: The invoice.
        issuer: Who issues it.
        recipient: Names and address as they were on its day; without them, pseudonyms stand in their place.
        standing: What it comes to at an instant, to print what was paid and what is left.

    Raises:
        InvalidValueError: If the names or the standing are those of another invoice.
    """
    ref = invoice.reference
    raise_all([*_of("recipient", recipient, ref), *_of("standing", standing, ref)])
    facts = [
        ("Date d'émission", f"{invoice.issued_on:%d/%m/%Y}"),
        ("À payer au plus tard le", f"{invoice.due_on:%d/%m/%Y}"),
    ]
    facts += [("Foyer", invoice.household), ("Au titre de", _months(invoice.lines))]
    totals = [("Total à payer", euros(invoice.total_cents))]
    if standing is not None:
        facts.append(("État", f"{standing.state.value}, le {standing.now.astimezone(ZoneInfo(invoice.zone)):%d/%m/%Y}"))
        totals = [("Total", euros(invoice.total_cents)), *_standing(standing)]
    rows = (
        (line.child, Row(line.label, str(line.quantity), euros(line.due_cents), line.derivation))
        for line in invoice.lines
    )
    said = (*invoice.provisional, *_rulebooks(invoice.lines), issuer.payment, issuer.appeal, *issuer.mentions)
    return Sheet(
        title=f"{_TITLES[issuer.nature]} {invoice.reference}",
        reference=invoice.reference,
        issuer=_who(issuer),
        recipient=_whom(recipient, invoice.household),
        facts=tuple(facts),
        groups=_groups(rows, recipient),
        totals=tuple(totals),
        notes=tuple(filter(None, said)),
    )


def credit_sheet(note: CreditNote, issuer: Issuer, recipient: Recipient | None = None) -> Sheet:
    """
    What a credit note says on paper.

    Args:
        note: The credit note.
        issuer: Who issues it.
        recipient: Names and address as they were on the day of the invoice.

    Raises:
        InvalidValueError: If the names are those of another invoice.
    """
    raise_all(_of("recipient", recipient, note.invoice))
    rows = ((line.child, Row(line.label, "", euros(line.credit_cents))) for line in note.lines)
    return Sheet(
        title=f"Avoir {note.reference}",
        reference=note.reference,
        issuer=_who(issuer),
        recipient=_whom(recipient, note.household),
        facts=(
            ("Date d'émission", f"{note.issued_on:%d/%m/%Y}"),
            ("Sur", note.invoice),
            ("Foyer", note.household),
            ("Motif", note.reason),
        ),
        groups=_groups(rows, recipient),
        totals=(("Total de l'avoir", euros(note.total_cents)),),
        notes=tuple(filter(None, (issuer.appeal, *issuer.mentions))),
    )


def my_invoices(invoices: Iterable[tuple[Invoice, Standing]]) -> Section:
    """
    The page « Mes factures » of a household: its invoices, the newest first, with what is left to pay.

    Args:
        invoices: Each with what it comes to.

    Raises:
        InvalidValueError: If a standing is that of another invoice.
    """
    given = sorted(invoices, key=lambda pair: (pair[0].issued, pair[0].reference), reverse=True)
    raise_all(fault for one, at in given for fault in _of("standing", at, one.reference))
    rows = tuple(
        (
            one.reference,
            _months(one.lines),
            euros(one.total_cents),
            f"{one.due_on:%d/%m/%Y}",
            at.state.value,
            euros(at.balance_cents),
        )
        for one, at in given
    )
    columns = ("Facture", "Au titre de", "Total", "À payer au plus tard le", "État", "Reste à payer")
    return Section("Mes factures", columns, rows, "" if rows else "Aucune facture.")


_TITLES: Final = {Nature.REGIE: "Facture", Nature.TITRE: "Avis des sommes à payer"}


def _standing(at: Standing) -> Iterator[tuple[str, str]]:
    """What was given up, what came in, and what is left."""
    for name, taken in (("Avoirs", at.credited_cents), ("Déjà payé", at.paid_cents)):
        if taken:
            yield name, euros(-taken)
    if at.overpaid_cents:
        yield "Trop-perçu, à rembourser", euros(at.overpaid_cents)
    yield "Reste à payer", euros(at.balance_cents)


def _who(issuer: Issuer) -> tuple[str, ...]:
    by = (f"Émis par {issuer.officer}",) if issuer.officer else ()
    return (issuer.town, issuer.service, *issuer.address, *by)


def _of(name: str, given: Recipient | Standing | None, invoice: str) -> Iterator[Fault]:
    """What is of another invoice."""
    if given is not None and given.invoice != invoice:
        fr = f"de {given.invoice} ; il faut celui de {invoice}"
        yield Fault((name,), fr, f"of {given.invoice}; expected that of {invoice}")


def _whom(recipient: Recipient | None, household: str) -> tuple[str, ...]:
    return (recipient.name, *recipient.address) if recipient else (f"Foyer {household}",)


def _groups(rows: Iterable[tuple[str, Row]], recipient: Recipient | None) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """The rows child by child, as they first come; those of the household under its own heading."""
    found: dict[str, list[Row]] = {}
    for child, row in rows:
        found.setdefault(child, []).append(row)
    name = recipient.name_of if recipient else str
    return tuple((name(child) if child else "Foyer", tuple(said)) for child, said in found.items())


def _months(lines: Iterable[InvoiceLine]) -> str:
    return ", ".join(f"{month:%m/%Y}" for month in sorted({line.month for line in lines}))


def _rulebooks(lines: Iterable[InvoiceLine]) -> Iterator[str]:
    """Which règlements were applied, so that anybody may count again."""
    for code, version, digest in dict.fromkeys((one.reglement, one.version, one.digest) for one in lines):
        yield f"Règlement « {code} »{version and f', version {version}'}, empreinte {digest[:12]}"
