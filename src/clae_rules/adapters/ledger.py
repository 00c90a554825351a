"""
The ledger of a portal: one sequence of events, only ever added to, from which plannings and invoices are rebuilt.

Each entry bears its rank, its instant and the digest of the one before, so that what was changed, taken away, moved or
put in is found and named. People stand in it under pseudonyms alone; who they are is one record apart, `Identities`, so
that erasing a person changes no entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, cast

from ..errors import Fault, InvalidValueError, raise_all
from ..events import PlanningEvent
from ..history import History
from ..holdings import Planning
from ._credit_notes import CreditNote
from ._entries import NOTHING, Billing, Entry, Fact, Planned, entry_of, parsed, seal
from ._identities import ERASED, Identities, Identity, personal_data
from ._invoice_accounts import InvoiceAccount
from ._invoice_events import credited, issued
from ._invoices import Invoice

__all__ = [
    "ERASED",
    "NOTHING",
    "Entry",
    "Fact",
    "Identities",
    "Identity",
    "Ledger",
    "Planned",
    "personal_data",
    "read_ledger",
    "recovered",
]

_EVENT: Final = ("fait", "evenement")


class _Known:
    """What some entries come to."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.histories: dict[str, History] = {}
        self.invoices: dict[str, Invoice] = {}
        self.notes: dict[str, CreditNote] = {}
        self.accounts: dict[str, InvoiceAccount] = {}
        told: dict[str, list[tuple[int, PlanningEvent]]] = {}
        faults: list[Fault] = []
        for entry in entries:
            if isinstance(entry.fact, PlanningEvent):
                told.setdefault(entry.told.household, []).append((entry.number, entry.fact))
            else:
                faults += self._billed(entry.number, entry.told.household, entry.fact)
        for household, events in told.items():  # each history once: it is replayed whole
            faults += self._planned(household, events)
        raise_all(sorted(faults, key=lambda one: one.line or 0))

    def with_one(self, entry: Entry) -> _Known:
        """
        What is known once an entry is.

        Raises:
            InvalidValueError: If its fact cannot follow the others.
        """
        longer = _Known()
        longer.histories, longer.invoices = dict(self.histories), dict(self.invoices)
        longer.notes, longer.accounts = dict(self.notes), dict(self.accounts)
        household, fact = entry.told.household, entry.fact
        if isinstance(fact, PlanningEvent):
            raise_all(longer._planned(household, [(entry.number, fact)]))
        else:
            raise_all(longer._billed(entry.number, household, fact))
        return longer

    def _planned(self, household: str, told: list[tuple[int, PlanningEvent]]) -> list[Fault]:
        """The history of a household with some events more, each with its rank; or why it cannot be."""
        before = self.histories.get(household, History(household=told[0][1].household))
        try:
            self.histories[household] = replace(before, events=(*before.events, *(event for _, event in told)))
        except InvalidValueError as error:
            first, faults = len(before.events), error.faults
            ranks = [told[cast("int", one.path[1]) - first][0] for one in faults]
            return [
                Fault((*_EVENT, *one.path[2:]), one.fr, one.en, rank) for one, rank in zip(faults, ranks, strict=True)
            ]
        return []

    def _billed(self, rank: int, household: str, fact: Billing) -> list[Fault]:
        """Why a fact of an invoice cannot follow the others; known where it can."""
        faults = [replace(fault, line=rank) for fault in self._strange(household, fact)]
        if not faults:
            self._bill(fact)
        return faults

    def _strange(self, household: str, fact: Billing) -> Iterator[Fault]:
        """An invoice that is not known, of another household, or issued twice; a note given twice."""
        if isinstance(fact, Invoice | CreditNote):
            if fact.reference in self.invoices or fact.reference in self.notes:
                fr = f"« {fact.reference} » est déjà au journal ; donnez le numéro suivant"
                yield Fault(
                    ("fait", "numero"), fr, f"« {fact.reference} » is in the ledger already; give the next number"
                )
            if fact.household != household:
                fr = f"« {fact.reference} » est de « {fact.household} », l'écriture de « {household} » ; à chacun la sienne"
                en = f"« {fact.reference} » is of « {fact.household} », the entry of « {household} »"
                yield Fault(("fait", "foyer"), fr, en)
        if isinstance(fact, Invoice):
            return
        of = self.invoices.get(fact.invoice)
        if of is None:
            fr = f"aucune facture « {fact.invoice} » au journal ; inscrivez-la d'abord"
            yield Fault(("fait", "facture"), fr, f"no invoice « {fact.invoice} » in the ledger; write it first")
        elif of.household != household:
            fr = f"la facture « {fact.invoice} » est de « {of.household} », l'écriture de « {household} »"
            en = f"invoice « {fact.invoice} » is of « {of.household} », the entry of « {household} »"
            yield Fault(("foyer",), fr, en)

    def _bill(self, fact: Billing) -> None:
        if isinstance(fact, Invoice):
            self.invoices[fact.reference] = fact
            self.accounts[fact.reference] = InvoiceAccount(invoice=fact.reference, events=(issued(fact),))
        elif isinstance(fact, CreditNote):
            self.notes[fact.reference] = fact
            self.accounts[fact.invoice] = self.accounts[fact.invoice].after(credited(fact))
        else:
            self.accounts[fact.invoice] = self.accounts[fact.invoice].after(fact)


@dataclass(frozen=True, slots=True)
class Ledger:
    """
    All that was written, oldest first; a value: adding gives another ledger, and nothing is taken away.

    Args:
        entries: As they were written.

    Raises:
        InvalidValueError: Naming, by the rank of its line, every entry that was changed, is missing, repeated or moved,
            whose clock goes back; where there is none, every one whose fact cannot follow the others.

    >>> Ledger().head == NOTHING
    True
    """

    entries: tuple[Entry, ...] = ()
    _known: _Known = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        last: Entry | None = None
        for rank, entry in enumerate(self.entries, 1):
            faults += (replace(fault, line=rank) for fault in _unchained(last, entry))
            last = entry
        raise_all(faults)
        object.__setattr__(self, "_known", _Known(self.entries))

    @property
    def head(self) -> str:
        """The digest of the last entry: kept elsewhere, it proves that no entry up to it was changed or cut."""
        return self.entries[-1].digest if self.entries else NOTHING

    def appended(self, fact: Fact, *, household: str, at: datetime) -> Ledger:
        """
        The ledger with one entry more: the last, of which `line()` is what the store writes.

        Args:
            fact: What happened.
            household: Pseudonym of whose it is.
            at: The instant of writing, given by the store.

        Raises:
            InvalidValueError: If the clock goes back, or the fact cannot follow the others: a number that was given
                before, a planning that is not the one held, an invoice that is not known or of another household.
        """
        entry = Entry.of(len(self.entries) + 1, at, household, fact, self.head)
        last = self.entries[-1] if self.entries else None
        raise_all(replace(fault, line=entry.number) for fault in _unchained(last, entry))
        longer, known = Ledger(), self._known.with_one(entry)
        object.__setattr__(longer, "entries", (*self.entries, entry))
        object.__setattr__(longer, "_known", known)
        return longer

    def until(self, number: int) -> Ledger:
        """The ledger as it was once the entry of a rank was written."""
        return Ledger(self.entries[:number])

    def text(self) -> str:
        """The ledger as JSON lines; `read_ledger` reads them back as the same."""
        return "".join(entry.line() for entry in self.entries)

    @property
    def households(self) -> tuple[str, ...]:
        """The pseudonyms of the households, as they come."""
        return tuple(dict.fromkeys(entry.told.household for entry in self.entries))

    def history(self, household: str, start: Planning | None = None) -> History:
        """
        The history of a household, whose fold is its planning; empty where nothing was written of it.

        Args:
            household: Its pseudonym.
            start: Where given, the overrides and modes of its planning; what was held must be in the ledger.
        """
        found = self._known.histories.get(household, History())
        return found if start is None else replace(found, start=start)

    def invoices(self, household: str | None = None) -> tuple[Invoice, ...]:
        """The invoices as they were issued, of a household or of all, in the order of their writing."""
        return tuple(one for one in self._known.invoices.values() if household in (None, one.household))

    def credit_notes(self, household: str | None = None) -> tuple[CreditNote, ...]:
        """The credit notes as they were issued, of a household or of all, in the order of their writing."""
        return tuple(one for one in self._known.notes.values() if household in (None, one.household))

    def account(self, reference: str) -> InvoiceAccount:
        """
        All that happened to an invoice, of which `standing` tells the balance.

        Raises:
            InvalidValueError: If the ledger has no such invoice.
        """
        if reference not in self._known.accounts:
            fr = f"aucune facture « {reference} » au journal"
            raise InvalidValueError([Fault(("reference",), fr, f"no invoice « {reference} » in the ledger")])
        return self._known.accounts[reference]


def _unchained(last: Entry | None, entry: Entry) -> Iterator[Fault]:
    """What is wrong with the place of an entry after the last one, with its seal and its clock."""
    rank, before = (last.number, last.digest) if last else (0, NOTHING)
    if entry.number > rank + 1:
        gap = f"{rank + 1}" if entry.number == rank + 2 else f"{rank + 1} à {entry.number - 1}"
        yield Fault((), f"il manque l'écriture {gap} avant celle-ci", f"missing before this: {gap.replace('à', 'to')}")
    elif entry.number <= rank:
        fr = f"écriture {entry.number} après la {rank} : répétée, déplacée, ou d'un autre journal"
        yield Fault((), fr, f"entry {entry.number} after {rank}: repeated, moved, or of another ledger")
    elif entry.told.previous != before:
        fr = f"ne suit pas l'écriture {rank} : l'une des deux a été changée, ou vient d'un autre journal"
        yield Fault((), fr, f"does not follow entry {rank}: one of them was changed, or is of another ledger")
    if seal(entry.written) != entry.digest:
        fr = f"l'écriture {entry.number} n'est plus celle que son empreinte scelle ; elle a été changée"
        yield Fault((), fr, f"entry {entry.number} is not what its digest seals; it was changed")
    if last and entry.told.at < last.told.at:
        fr = f"lu {entry.told.at.isoformat()}, avant l'écriture précédente ({last.told.at.isoformat()}) ; l'horloge a reculé"
        en = f"got {entry.told.at.isoformat()}, before the last entry ({last.told.at.isoformat()}); the clock went back"
        yield Fault(("instant",), fr, en)


def read_ledger(text: str, *, head: str = "") -> Ledger:
    """
    The ledger of some JSON lines.

    Args:
        text: All of them.
        head: Where given, the digest of an entry that was kept elsewhere: it must still be there.

    Raises:
        InvalidValueError: Naming every line that cannot be read, or every entry that is out of its place; lines joined
            from two ledgers, and a last line that was cut, are refused.
    """
    found, torn = recovered(text)
    raise_all(torn)
    if head and head not in (NOTHING, *(entry.digest for entry in found.entries)):
        fr = "l'écriture dont l'empreinte était gardée n'y est plus ; le journal a été coupé ou récrit"
        raise InvalidValueError(
            [Fault(("head",), fr, "the entry whose digest was kept is gone; it was cut or rewritten")]
        )
    return found


def recovered(text: str) -> tuple[Ledger, tuple[Fault, ...]]:
    """
    The ledger of some JSON lines, of which the last may have been cut as it was written; nothing before it is lost.

    Returns:
        What is whole, and the fault that tells of a line cut, if there is one.

    Raises:
        InvalidValueError: For anything else that is wrong.
    """
    *lines, last = text.split("\n")
    torn: tuple[Fault, ...] = ()
    if last and _is_cut(last):
        fr = "la dernière ligne est coupée ; retirez-la, son fait est à inscrire de nouveau"
        torn = (Fault((), fr, "the last line is cut; drop it, its fact is to be written again", len(lines) + 1),)
    elif last:
        lines.append(last)
    entries, faults = list[Entry](), list[Fault]()
    for rank, line in enumerate(lines, 1):
        try:
            entries.append(entry_of(line))
        except InvalidValueError as error:
            faults += (replace(fault, line=rank) for fault in error.faults)
    raise_all(faults)
    return Ledger(tuple(entries)), torn


def _is_cut(line: str) -> bool:
    """Whether a line is no whole table; a table that was cut is none."""
    try:
        parsed(line)
    except InvalidValueError:
        return True
    return False
