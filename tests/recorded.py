"""Any record of the portal, drawn by what its fields are annotated with; for the tests of forms and of privacy."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from importlib import import_module
from types import UnionType
from typing import Any, Final, get_args, get_origin

from hypothesis import strategies as st
from tests.households import guide_history
from tests.invoicing import first
from tests.papers import given

from clae_rules import PlanningEvent, adapters
from clae_rules.adapters._entries import KINDS, Told
from clae_rules.adapters._papers import Document, DossierStep, Papers, Review, SentFile, Step, Verdict
from clae_rules.adapters._people import Custody, Household, Quotient
from clae_rules.adapters._records import Record, fields_of
from clae_rules.adapters.accounts import Account, AccountState
from clae_rules.adapters.invoices import (
    CreditLine,
    CreditNote,
    Invoice,
    InvoiceAccount,
    InvoiceEvent,
    InvoiceLine,
    Issued,
    Withdrawn,
)
from clae_rules.adapters.ledger import Identities, Identity

#: What an adapter that is not installed would bring: no record of its own.
_WITHOUT_RECORDS: Final = frozenset({"calendars", "recurrences", "ics", "pdf", "payments"})


def family(cls: type[Record]) -> Iterator[type[Record]]:
    """A class of record and all below it in the package; without those that attrs left behind."""
    if "__attrs_attrs__" in vars(cls) and cls.__module__.startswith(adapters.__name__):
        yield cls
    for below in cls.__subclasses__():
        yield from family(below)


def every_record() -> tuple[type[Record], ...]:
    """Every class of record of the package that has a form, by name."""
    for module in pkgutil.iter_modules(adapters.__path__):
        if module.name not in _WITHOUT_RECORDS:
            import_module(f"{adapters.__name__}.{module.name}")
    return tuple(sorted({one for one in family(Record) if hasattr(one, "FORM")}, key=lambda one: one.__name__))


WORDS: Final = st.text("aéœ €'-ZÀ\u00a07", min_size=1, max_size=12).filter(lambda said: bool(said.strip()))
CODES: Final = st.text("abcXYZ019", min_size=1, max_size=8)
SLUGS: Final = st.text("abc019", min_size=1, max_size=8)
PHONES: Final = st.from_regex(r"0[1-9][0-9]{8}|\+41[0-9]{9}", fullmatch=True, alphabet=st.characters(codec="ascii"))
DAYS: Final = st.dates(date(2000, 1, 1), date(2100, 12, 31))
OFFSETS: Final = st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS: Final = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS)
DIGESTS: Final = st.text("0123456789abcdef", min_size=64, max_size=64)
CENTS: Final = st.integers(1, 10**9)
#: By the name of a field, where its annotation does not say it all.
BY_NAME: Final[dict[str, st.SearchStrategy[Any]]] = {
    **dict.fromkeys(("code", "child", "school", "household", "invoice", "credit"), CODES),
    **dict.fromkeys(("phone", "other_phone", "work_phone", "doctor_phone"), PHONES),
    **dict.fromkeys(("sha256", "previous"), DIGESTS),
    **dict.fromkeys(("amount_cents", "least_cents"), CENTS),
    **dict.fromkeys(("birth_date", "pai_until"), st.dates(date(1900, 1, 1), date(2100, 12, 31))),
    "email": st.just("lea.martin@exemple.fr"),
    "postcode": st.sampled_from(["74300", "97400", "20090"]),
    "portal": st.just("https://portail.exemple.fr"),
    "caf_number": st.sampled_from(["0123456", "1234567A"]),
    "every_weeks": st.integers(2, 52),
    "kinds": st.integers(1, 4),
    "words": st.integers(1, 20),
    "children_count": st.integers(0, 30),
    "last_day": st.none(),
    "zone": st.sampled_from(["Europe/Paris", "Indian/Reunion", "UTC"]),
    "year": st.integers(2000, 2199),
    "rank": st.integers(1, 20),
    "after_days": st.lists(st.integers(0, 3650), min_size=1, max_size=5, unique=True).map(
        lambda days: tuple(sorted(days))
    ),
}


def values(annotation: Any, name: str = "") -> st.SearchStrategy[Any]:
    """What a field may hold."""
    if get_origin(annotation) is UnionType:
        inner = next(one for one in get_args(annotation) if one is not type(None))
        return st.none() | values(inner, name)
    if name in BY_NAME:
        return BY_NAME[name]
    if get_origin(annotation) is tuple:
        return st.lists(values(get_args(annotation)[0]), max_size=3).map(tuple)
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return records(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    kinds: dict[Any, st.SearchStrategy[Any]] = {
        str: WORDS, int: st.integers(1, 30), bool: st.booleans(), date: DAYS, datetime: INSTANTS,
        PlanningEvent: st.sampled_from(guide_history()[1].events),
    }  # fmt: skip
    return kinds[annotation]


def records(cls: type[Record]) -> st.SearchStrategy[Any]:
    """Records of a class, all their fields given."""
    return BY_CLASS[cls]() if cls in BY_CLASS else plainly(cls)


def plainly(cls: type[Record], **given_: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Records whose fields have nothing to do with each other, but for those that are given."""
    fields = {one.name: values(one.type, one.name) for one in fields_of(cls) if one.name not in given_}
    return st.builds(cls, **fields, **given_)


def accounts() -> st.SearchStrategy[Account]:
    """Accounts in each of their states."""
    locked: dict[str, st.SearchStrategy[Any]] = {"links": st.integers(0, 9), "link_until": st.none()}
    return st.one_of(
        plainly(
            Account,
            state=st.just(AccountState.INVITED),
            links=st.integers(1, 9),
            link_until=INSTANTS,
            failures=st.just(0),
        ),
        plainly(Account, state=st.just(AccountState.LOCKED), failures=st.integers(1, 9), **locked),
    )


def households() -> st.SearchStrategy[Household]:
    """Households of up to twelve children, some of them half of the time."""

    @st.composite
    def made(draw: st.DrawFn) -> Household:
        children = draw(st.lists(CODES, max_size=12, unique=True))
        custodies = tuple(draw(plainly(Custody, child=st.just(one))) for one in children[:2])
        quotients = tuple(draw(plainly(Quotient, first_day=st.just(date(2020, 9, 1)))) for _ in children[:1])
        given_ = {"children": tuple(children), "custodies": custodies, "quotients": quotients, "other": None}
        found: Household = draw(plainly(Household, **{name: st.just(one) for name, one in given_.items()}))
        return found

    return made()


def files() -> st.SearchStrategy[SentFile]:
    """Files whose names end like their kind."""
    return values(next(one.type for one in fields_of(SentFile) if one.name == "kind")).flatmap(
        lambda kind: plainly(SentFile, kind=st.just(kind), name=st.just(f"Scan de Léa{kind.endings[0]}"))
    )


def reviews() -> st.SearchStrategy[Review]:
    """Reviews that say why they refuse."""
    refused = plainly(Review, verdict=st.just(Verdict.REFUSED), reason=WORDS, dated=st.none())
    return refused | plainly(Review, verdict=st.just(Verdict.ACCEPTED), reason=st.just(""))


def documents() -> st.SearchStrategy[Document]:
    """Documents, accepted and recalled in some."""
    at = datetime(2100, 1, 2, tzinfo=UTC)
    accepted = plainly(Review, verdict=st.just(Verdict.ACCEPTED), at=st.just(at))
    recalled = plainly(Review, verdict=st.just(Verdict.RECALLED), at=st.just(at), reason=WORDS, dated=st.none())
    seen = st.tuples(accepted) | st.tuples(accepted, recalled) | st.just(())
    return plainly(Document, piece=SLUGS, reviews=seen)


def dossier_steps() -> st.SearchStrategy[DossierStep]:
    """Acts on dossiers."""
    reopened = plainly(
        DossierStep, step=st.just(Step.REOPENED), dossier=SLUGS, pieces=st.lists(SLUGS, max_size=3).map(tuple)
    )
    return reopened | plainly(DossierStep, step=st.just(Step.VALIDATED), dossier=SLUGS, pieces=st.just(()))


def papers() -> st.SearchStrategy[Papers]:
    """What a household transmitted, and one act."""
    steps = dossier_steps().map(lambda one: (one,))
    sent = st.lists(st.sampled_from(["domicile", "vaccins", "assurance", "pai"]), unique=True, max_size=4)
    return st.builds(lambda pieces, done: given(*pieces).changed(steps=done), sent, steps)


def invoices() -> st.SearchStrategy[Invoice]:
    """Invoices of up to three lines, the last of which makes the total positive."""
    lines = st.lists(plainly(InvoiceLine, booked_cents=st.integers(-(10**9), 10**9)), min_size=1, max_size=3).map(tuple)
    return st.builds(lambda of, to: first().changed(lines=of, household=to), lines, CODES)


def credit_notes() -> st.SearchStrategy[CreditNote]:
    """Credit notes of up to three lines."""
    line = plainly(CreditLine, credit_cents=st.integers(1, 1000))
    issued = datetime(2026, 11, 4, tzinfo=UTC)
    fixed = {
        "regie": st.just("CLAE"),
        "year": st.just(2026),
        "issued": st.just(issued),
        "number": st.integers(1, 999_999),
    }
    return plainly(CreditNote, lines=st.lists(line, min_size=1, max_size=3).map(tuple), **fixed)


def invoice_accounts() -> st.SearchStrategy[InvoiceAccount]:
    """Accounts with some events of every kind."""
    events = st.lists(invoice_events() | withdrawals(), max_size=5).map(tuple)
    return plainly(InvoiceAccount, invoice=st.just("X-1"), events=events)


def invoice_events() -> st.SearchStrategy[InvoiceEvent]:
    """Events of one invoice that may be told wrongly, of every kind."""
    kinds = [one for one in family(InvoiceEvent) if hasattr(one, "FORM") and one not in {Issued, Withdrawn}]
    return st.one_of([plainly(one, invoice=st.just("X-1")) for one in kinds])


def withdrawals() -> st.SearchStrategy[Withdrawn]:
    """Events of one invoice that were told wrongly."""
    return plainly(Withdrawn, invoice=st.just("X-1"), event=invoice_events())


def identities() -> st.SearchStrategy[Identities]:
    """People by pseudonyms, some of them erased."""
    return st.lists(identity(), max_size=4, unique_by=lambda one: one.code).map(
        lambda found: Identities(people=tuple(found))
    )


def identity() -> st.SearchStrategy[Identity]:
    """A person, erased or not."""
    signs = st.lists(st.just("06 12 34 56 78") | st.just("lea@exemple.fr"), max_size=2).map(tuple)
    code = st.text("XYZ019", min_size=1, max_size=6)
    return st.builds(Identity, code=code) | plainly(Identity, code=code, name=st.just("Léa Martin"), signs=signs)


def told() -> st.SearchStrategy[Told]:
    """What a line of a ledger tells, of every kind."""
    return plainly(Told, fact=st.one_of([records(one) for one in KINDS.values()]))


#: The classes whose fields have to do with each other.
BY_CLASS: Final[dict[type[Record], Callable[[], st.SearchStrategy[Any]]]] = {
    Account: accounts,
    Household: households,
    SentFile: files,
    Review: reviews,
    Document: documents,
    DossierStep: dossier_steps,
    Papers: papers,
    Invoice: invoices,
    CreditNote: credit_notes,
    InvoiceAccount: invoice_accounts,
    Withdrawn: withdrawals,
    Identity: identity,
    Identities: identities,
    Told: told,
}
