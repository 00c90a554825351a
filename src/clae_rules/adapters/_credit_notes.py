"""What a régie gives up of an invoice, in all or in part, never more than it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from ..errors import Fault, InvalidValueError, raise_all
from ..money import euros
from ._invoices import Invoice, Numbered, cents, or_none
from ._records import Form, Record, RefusedValueError, a, a_code, field, record, several, text, whole


@record
class CreditLine(Record):
    """
    What is given up of a line of an invoice.

    Args:
        line: Its place in the invoice, from 0.
        label: What is printed.
        child: Pseudonym of the child; empty for the household.
        credit_cents: What is given up, of the sign of the line.
    """

    FORM = Form("ligne d'avoir")
    line: int = field(whole(0, 4999), key="ligne")
    label: str = field(text(1500), key="libelle")
    child: str = field(or_none(a_code), key="enfant", default="")
    credit_cents: int = field(cents, key="avoir_cents")


@record
class CreditNote(Numbered):
    """
    What a régie gives up of an invoice, in a series of its own; made by `credit_note`, which holds it to the invoice.

    Args:
        invoice: Reference of the invoice.
        household: Pseudonym of the household.
        lines: What is given up, at least one line.
        reason: Why, as it is printed.
    """

    FORM = Form("avoir")
    invoice: str = field(a_code, key="facture")
    household: str = field(a_code, key="foyer")
    lines: tuple[CreditLine, ...] = field(several(a(CreditLine), 5000), key="lignes")
    reason: str = field(text(400), key="motif")

    @property
    def reference(self) -> str:
        """« CLAE-2026-A000001 », one of a kind."""
        return f"{self.regie}-{self.year}-A{self.number:06d}"

    @property
    def total_cents(self) -> int:
        """What is given up, euro cents."""
        return sum(line.credit_cents for line in self.lines)

    def faults(self) -> Iterator[Fault]:
        """What makes it no credit note."""
        yield from Numbered.faults(self)
        if self.total_cents <= 0:
            fr, en = "il n'y reste rien à annuler ; n'émettez pas d'avoir", "nothing is left to credit; issue none"
            yield Fault(
                ("lines",), f"total de {euros(self.total_cents)} ; {fr}", f"total {euros(self.total_cents)}; {en}"
            )


def credit_note(
    of: Invoice, *, year: int, number: int, issued: datetime, reason: str, cents_of: Mapping[int, int] | None = None,
    earlier: Iterable[CreditNote] = (),
) -> CreditNote:  # fmt: skip
    """
    A credit note of an invoice, of all that is left of it or of a part; never more than the invoice.

    Args:
        of: The invoice.
        year: The exercice of the note.
        number: The next of the series of notes, which the store allocates.
        issued: The instant of issue.
        reason: Why, as it is printed.
        cents_of: For some lines, by their place from 0, what is given up; without it, all that is left.
        earlier: The notes of the same invoice that were issued before, each counted once.

    Raises:
        InvalidValueError: Naming every line that does not have that much left, and every wrong value.
    """
    notes = tuple(dict.fromkeys(earlier))
    left = {i: line.due_cents for i, line in enumerate(of.lines)}
    for one in (one for note in notes for one in note.lines if one.line in left):
        left[one.line] -= one.credit_cents
    wanted = {i: much for i, much in left.items() if much} if cents_of is None else dict(cents_of)
    raise_all([*_beyond(left, wanted), *_strange(of, notes)])
    lines = [
        CreditLine(line=i, label=of.lines[i].label, child=of.lines[i].child, credit_cents=much)
        for i, much in sorted(wanted.items())
    ]
    made = CreditNote(
        regie=of.regie, year=year, number=number, issued=issued, zone=of.zone, invoice=of.reference,
        household=of.household, lines=tuple(lines), reason=reason,
    )  # fmt: skip
    if made.issued < of.issued:
        fr, en = "avant l'émission de la facture ; vérifiez l'horloge", "before the invoice was issued; check the clock"
        raise InvalidValueError([Fault(("issued",), fr, en)])
    return made


def _beyond(left: Mapping[int, int], wanted: Mapping[int, int]) -> Iterator[Fault]:
    """Lines that are not there, or do not have that much left; and more than what is left in all."""
    for i, much in wanted.items():
        here = left.get(i)
        try:
            cents(much)
        except RefusedValueError as why:
            yield Fault(("cents_of", i), f"il faut {why.fr}", f"expected {why.en}")
            return
        if here is None:
            yield Fault(("cents_of", i), "ligne inconnue de la facture", "no such line in the invoice")
        elif not (0 < much <= here or here <= much < 0):
            fr = f"lu {euros(much)} ; il reste {euros(here)} sur cette ligne"
            yield Fault(("cents_of", i), fr, f"got {euros(much)}; {euros(here)} is left on this line")
    over, most = sum(wanted.values()), sum(left.values())
    if over > most:
        fr = f"lu {euros(over)} en tout ; il reste {euros(most)} sur la facture"
        yield Fault(("cents_of",), fr, f"got {euros(over)} in all; {euros(most)} is left on the invoice")


def _strange(of: Invoice, notes: Iterable[CreditNote]) -> Iterator[Fault]:
    """Notes of another invoice, and one told in two ways."""
    told: set[str] = set()
    for i, note in enumerate(notes):
        if note.reference in told:
            fr = f"{note.reference} est dit de deux façons ; gardez le vrai"
            yield Fault(("earlier", i), fr, f"{note.reference} is told in two ways; keep the true one")
        told.add(note.reference)
        if note.invoice != of.reference:
            fr = f"avoir de {note.invoice} ; il faut ceux de {of.reference}"
            yield Fault(("earlier", i), fr, f"note of {note.invoice}; expected those of {of.reference}")
