"""One entry of a ledger: a line that is never written anew, the fact that it tells, and the digest that seals it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, cast

from ..described import Plain
from ..errors import Fault, InvalidValueError, meant, raise_all
from ..events import PlanningEvent
from ._credit_notes import CreditNote
from ._forms import FORM, from_plain, to_plain
from ._invoice_events import Asked, Notified, Paid, Refunded, Reminded, Withdrawn
from ._invoices import Invoice, moment
from ._records import Form, Record, RefusedValueError, a, a_code, record, shown, whole
from ._records import field as kept

#: What one line may tell of an invoice; its issue and what is credited are read from the invoice and the notes.
Billing = Invoice | CreditNote | Paid | Refunded | Reminded | Asked | Notified | Withdrawn
#: What one line may tell.
Fact = PlanningEvent | Billing
#: What the first entry follows.
NOTHING: Final = "0" * 64
_DIGEST: Final = "empreinte"
_FACT: Final = "fait"


@record
class Planned(Record):
    """What happened to a planning, as a ledger tells it: people stand in it by codes that no name can be."""

    FORM = Form("planning")
    event: PlanningEvent = kept(a(PlanningEvent), key="evenement")


#: By its form, every kind of fact.
KINDS: Final = MappingProxyType(
    {one.FORM.name: one for one in (Planned, Invoice, CreditNote, Paid, Refunded, Reminded, Asked, Notified, Withdrawn)}
)


def _fact(given: Any) -> Record:
    if type(given) not in KINDS.values():
        known = ", ".join(f"« {name} »" for name in KINDS)
        raise RefusedValueError(f"un fait du journal : {known}", f"a fact of the ledger: {known}")
    return cast("Record", given)


def _digest(given: Any) -> str:
    if not isinstance(given, str) or not re.fullmatch(r"[0-9a-f]{64}", given):
        raise RefusedValueError("une empreinte SHA-256, 64 chiffres hexadécimaux", "a SHA-256, 64 hexadecimal digits")
    return given


@record
class Told(Record):
    """
    What a line tells besides its own digest.

    Args:
        number: From 1, without a hole.
        at: When it was written, given by the store.
        household: Pseudonym of whose it is.
        fact: What happened.
        previous: The digest of the line before.
    """

    FORM = Form("écriture")
    number: int = kept(whole(1, 10**9), key="rang")
    at: datetime = kept(moment, key="instant")
    household: str = kept(a_code, key="foyer")
    fact: Record = kept(_fact, key=_FACT)
    previous: str = kept(_digest, key="precedente")


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A line of a ledger as it was written; a later version of a form reads it anew and never changes it.

    Args:
        written: All but the digest, as canonical JSON: ASCII, keys in order, no blank.
        digest: The SHA-256 that the line bears.

    Raises:
        InvalidValueError: Naming what cannot be read; that the digest is the right one is for the ledger to see.
    """

    written: str = field(repr=False)
    digest: str
    told: Told = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        table = parsed(self.written)
        raise_all(_stranger(table))
        object.__setattr__(self, "told", from_plain(Told, table))

    @classmethod
    def of(cls, number: int, at: datetime, household: str, fact: Fact, previous: str) -> Entry:
        """The entry of a fact, sealed."""
        said = Planned(event=fact) if isinstance(fact, PlanningEvent) else fact
        told = Told(number=number, at=at, household=household, fact=said, previous=previous)
        written = canonical(to_plain(told))
        return cls(written, seal(written))

    @property
    def number(self) -> int:
        """Its rank, from 1."""
        return self.told.number

    @property
    def fact(self) -> Fact:
        """What happened."""
        fact = self.told.fact
        return fact.event if isinstance(fact, Planned) else cast("Fact", fact)

    def line(self) -> str:
        """The line to store, with its end."""
        return canonical({**parsed(self.written), _DIGEST: self.digest}) + "\n"


def entry_of(line: str) -> Entry:
    """
    The entry of a line.

    Raises:
        InvalidValueError: Naming what is wrong with the line; its digest is for the ledger to check.
    """
    table = parsed(line)
    if _DIGEST not in table:
        raise_all([Fault((), f"il manque « {_DIGEST} »", f"missing {_DIGEST!r}")])
    try:
        digest = _digest(table.pop(_DIGEST))
    except RefusedValueError as why:
        fault = Fault((_DIGEST,), f"il faut {why.fr}", f"expected {why.en}")
    else:
        return Entry(canonical(table), digest)
    raise InvalidValueError([fault])


def _stranger(table: dict[str, Plain]) -> Iterator[Fault]:
    """A fact of another form than those of a ledger: a person's record has no business there, and is not read."""
    fact = table.get(_FACT)
    said = fact.get(FORM) if isinstance(fact, dict) else None
    if isinstance(said, str) and said not in KINDS:
        fr, en = meant(said[:60], KINDS)
        yield Fault(
            (_FACT, FORM), f"lu {shown(said)}, ce n'est pas un fait du journal ; {fr}", f"no fact of a ledger; {en}"
        )


def canonical(table: dict[str, Plain]) -> str:
    """The one way to write a table: what is equal is written the same."""
    return json.dumps(table, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def seal(written: str) -> str:
    """The digest of what is written."""
    return sha256(written.encode("ascii")).hexdigest()


def parsed(line: str) -> dict[str, Plain]:
    """A line as a table: no key twice, no number but whole ones, since two readers may take these in two ways."""
    try:
        table = json.loads(line, object_pairs_hook=_once, parse_float=_no_number, parse_constant=_no_number)
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict):
        raise_all(
            [Fault((), "ce n'est pas une ligne de journal (une table JSON)", "no line of a ledger (a JSON table)")]
        )
    return cast("dict[str, Plain]", table)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError
    return table


def _no_number(_: str) -> None:
    raise ValueError
