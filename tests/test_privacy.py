"""Nothing of a person is shown where it is not meant to: reprs, errors, tracebacks, logs, pages, mails, the ledger."""

from __future__ import annotations

import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from typing import Any, Final, get_args, get_origin

import pytest

pytest.importorskip("attrs")
pytest.importorskip("cattrs")

from tests.households import guide_history
from tests.invoicing import PARIS, TOWN, at, first, names
from tests.papers import FILE, REGLEMENT, given, sent
from tests.papers import at as autumn
from tests.recorded import every_record
from tests.test_forms_all import read

from clae_rules import HistoryPage, InvalidValueError, PlanningLook, confirmation, dossiers, month_page
from clae_rules.adapters._entries import entry_of
from clae_rules.adapters._papers import Document, DossierStep, Papers, Review, SentFile
from clae_rules.adapters._paths import part_of
from clae_rules.adapters._payments import Payment
from clae_rules.adapters._people import (
    Address,
    AuthorisedPerson,
    Contact,
    FamilySituation,
    Household,
    Insurance,
    Level,
    Medical,
    Quotient,
    Relation,
    Sex,
)  # fmt: skip
from clae_rules.adapters._records import PRIVATE, Record, fields_of, key_of
from clae_rules.adapters.accounts import Account
from clae_rules.adapters.documents import dossier_facts, refuse, review_message
from clae_rules.adapters.documents import dossiers as piece_dossiers
from clae_rules.adapters.forms import FORM, VERSION, from_plain, to_plain
from clae_rules.adapters.households import Child, Profile
from clae_rules.adapters.invoices import (
    ChildName,
    Recipient,
    account_of,
    fragment,
    invoice_sheet,
    my_invoices,
    page,
    standing,
)
from clae_rules.adapters.ledger import Identities, Identity, Ledger, read_ledger
from clae_rules.showing import text

MARK: Final = "Qzxventoline"
RECORDS: Final = [pytest.param(cls, id=cls.__name__) for cls in every_record()]
#: What a refusal lists, whoever it is about: the words of the enumerations.
WORDS: Final = {word.value for kind in (Sex, Relation, FamilySituation, Level) for word in kind}
#: All that may be shown of the records that tell of somebody: a field that is not here is private.
SHOWN: Final = {
    Address: "", Contact: "", Medical: "", Insurance: "", AuthorisedPerson: "", Quotient: "", Profile: "code", Child: "code",
    Household: "code children custodies", Account: "code state at links link_until failures", Identity: "code",
    Identities: "people", Recipient: "invoice", ChildName: "child", Payment: "invoice year amount_cents subject",
    SentFile: "kind size_bytes sha256", Review: "verdict at dated", Document: "number piece child file sent_at reviews",
    DossierStep: "step dossier child at pieces", Papers: "documents steps",
}  # fmt: skip
Path = tuple[str | int, ...]


class Talkative:
    """A value that tells a secret however it is asked."""

    def __repr__(self) -> str:
        return MARK

    def __str__(self) -> str:
        return MARK

    def __format__(self, _: str) -> str:
        return MARK


#: What somebody may put where something else is expected, all of it secret; some of it only in Python.
IN_JSON: Final[tuple[Any, ...]] = (
    MARK, f"{MARK}\n{MARK}", f" {MARK}\x00", MARK * 2000, [MARK], [[MARK]], {MARK: MARK}, {FORM: MARK, VERSION: MARK},
    [{MARK: 1}], f"2021-09-06{MARK}", f"2021-09-06T08:30:00+02:00{MARK}",
)  # fmt: skip
IN_PYTHON: Final[tuple[Any, ...]] = (
    *IN_JSON, Talkative(), (Talkative(),), MARK.encode(), ValueError(MARK), type(MARK, (), {}), (MARK, 3), {MARK},
)  # fmt: skip


def told(error: BaseException) -> str:
    """All that an error tells: itself, what is behind it, in both languages, as logs, tracebacks and pickles have it."""
    handler = Kept()
    exc_info = (type(error), error, error.__traceback__)
    handler.emit(logging.LogRecord("x", logging.ERROR, "x", 1, "refused: %s %r", (error, error), exc_info))
    parts = [str(error), repr(error), repr(error.args), handler.said, "".join(traceback.format_exception(error))]
    parts.append(pickle.dumps(error).decode("latin-1"))
    behind = [error]
    while behind:
        one = behind.pop()
        parts += [str(one), repr(one), repr(getattr(one, "__notes__", ""))]
        behind += [next_ for next_ in (one.__cause__, one.__context__) if next_ is not None]
    if isinstance(error, InvalidValueError):
        parts += [error.text("en"), repr(error.faults), str(pickle.loads(pickle.dumps(error)))]
    return "\n".join(parts)


class Kept(logging.Handler):
    """A log that is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.said = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.said += self.format(record)


def shown(value: object) -> str:
    """All the ways to show a value without asking for what is in it."""
    return "\n".join((repr(value), str(value), f"{value}", pprint.pformat(value), repr([value]), str({"x": value})))


def private_places(cls: type[Record], plain: Any, path: Path = (), *, within: bool = False) -> Iterator[Path]:
    """Where a form of a record holds something private, from the outermost down to single values."""
    for one in fields_of(cls):
        here, value = (*path, key_of(one)), plain[key_of(one)]
        private = within or one.metadata[PRIVATE]
        if private:
            yield here
        part = _part(one.type)
        for where, inner in ((here, value),) if isinstance(value, dict) else _items(here, value):
            if part is not None and isinstance(inner, dict):
                yield from private_places(_kind(part, inner), inner, where, within=private)
            elif private and where != here:
                yield where


def _items(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    for i, one in enumerate(value if isinstance(value, list) else ()):
        yield (*path, i), one


def _part(annotation: Any) -> type[Record] | None:
    """The record that a field holds, or that each item of it is."""
    inner = get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
    return part_of(inner)


def _kind(part: type[Record], plain: dict[str, Any]) -> type[Record]:
    """The class of a table: what its form says, or the one that is expected."""
    return next((one for one in every_record() if one.FORM.name == plain.get(FORM)), part)


def at_place(plain: Any, path: Path) -> Any:
    """What stands somewhere in a form."""
    for part in path:
        plain = plain[part]
    return plain


def replaced(plain: Any, path: Path, by: Any) -> Any:
    """A form with something else somewhere."""
    copy = deepcopy(plain)
    at_place(copy, path[:-1])[path[-1]] = by
    return copy


def secrets(cls: type[Record], plain: Any) -> set[str]:
    """The private texts of a form that say something by themselves."""
    found = [at_place(plain, path) for path in private_places(cls, plain)]
    return {one for one in found if isinstance(one, str) and len(one) > 3} - WORDS


@pytest.mark.parametrize("cls", [pytest.param(cls, id=cls.__name__) for cls in SHOWN])
def test_what_may_be_shown_of_somebody_is_said_here(cls: type[Record]) -> None:
    """No field of a person's record is shown because its mark was forgotten, and every other record has none."""
    assert [one.name for one in fields_of(cls) if not one.metadata[PRIVATE]] == SHOWN[cls].split()
    others = [one for one in every_record() if one not in SHOWN]
    assert not [one for other in others for one in fields_of(other) if one.metadata[PRIVATE]]


def test_what_is_private_is_known() -> None:
    """The places searched are there: a person's fields, those of the records within them, one by one."""
    places = {cls.__name__: [*private_places(cls, read(cls))] for cls in every_record()}
    assert {("prenom",), ("medical",), ("medical", "allergies"), ("personnes_autorisees", 0, "nom")} <= {
        *places["Child"]
    }
    assert ("documents", 0, "fichier", "nom") in places["Papers"]
    assert ("personnes", 0, "signes", 0) in places["Identities"]
    assert (places["Invoice"], places["Told"], places["Planned"], places["InvoiceAccount"]) == ([], [], [], [])
    assert sum(map(len, places.values())) > 150


@pytest.mark.parametrize("cls", RECORDS)
def test_a_record_shows_nothing_private(cls: type[Record]) -> None:
    """In none of the ways to show it, alone or within something else, nor as what an error was raised with."""
    plain = read(cls)
    one = from_plain(cls, plain)
    error = ValueError(one)
    said = f"{shown(one)} {error} {error!r} {''.join(traceback.format_exception(error))}"
    assert not [secret for secret in secrets(cls, plain) if secret in said]
    assert cls.__name__ in said


@pytest.mark.parametrize("cls", RECORDS)
def test_a_wrong_form_does_not_repeat_what_is_private(cls: type[Record]) -> None:
    """Something else in every private place, as a value and as a key: no reading of the error tells it, nor the rest."""
    plain = read(cls)
    known = secrets(cls, plain)
    refused = 0
    for path in private_places(cls, plain):
        for wrong in IN_JSON:
            try:
                found = from_plain(cls, replaced(plain, path, wrong))
            except InvalidValueError as error:
                said, refused = told(error), refused + 1
            else:
                said = shown(found)
            assert MARK not in said, path
            assert not [one for one in known if one in said], path
    assert refused > 0 or not known


@pytest.mark.parametrize("cls", RECORDS)
def test_a_wrong_value_does_not_repeat_what_is_private(cls: type[Record]) -> None:
    """Given in Python too, whatever its type, each private field alone and all of them at once."""
    one = from_plain(cls, read(cls))
    private = [field.name for field in fields_of(cls) if field.metadata[PRIVATE]]
    for wrong in IN_PYTHON:
        for changes in (*({name: wrong} for name in private), dict.fromkeys(private, wrong)):
            try:
                said = shown(one.changed(**changes))
            except InvalidValueError as error:
                said = told(error)
            assert MARK not in said, changes.keys()


@pytest.mark.parametrize("cls", RECORDS)
def test_misuse_does_not_repeat_what_is_private(cls: type[Record]) -> None:
    """Python's own errors: a field set, an order asked, a record dumped, a value given without its name."""
    any_cls: Any = cls
    plain = read(cls)
    one: Any = from_plain(cls, plain)
    acts: list[Callable[[], object]] = [
        lambda: setattr(one, fields_of(cls)[0].name, MARK),
        lambda: sorted((one, one)),
        lambda: json.dumps(one),
        lambda: any_cls(MARK),
        lambda: one.changed(unknown=MARK),
    ]
    for act in acts:
        with pytest.raises((AttributeError, TypeError)) as caught:
            act()
        said = f"{caught.value} {caught.value!r}"
        assert not [secret for secret in {MARK, *secrets(cls, plain)} if secret in said]


def test_keys_beside_something_private_are_not_repeated() -> None:
    """A value may stand for a key: neither is told of a record that holds something private, nor within it."""
    for cls in every_record():
        plain = read(cls)
        if not [*private_places(cls, plain)]:
            continue
        tables = {path[:-1] for path in private_places(cls, plain) if isinstance(path[-1], str)}
        for path in tables:
            wrong = deepcopy(plain)
            at_place(wrong, path)[MARK] = MARK
            with pytest.raises(InvalidValueError) as caught:
                from_plain(cls, wrong)
            assert MARK not in told(caught.value), (cls, path)


def test_a_ledger_holds_and_tells_nobody() -> None:
    """A record of a person is no fact, and a line that has one is refused without a word of it."""
    history = guide_history()[1]
    ledger = Ledger().appended(history.events[0], household="f-1", at=history.events[0].instant)
    people = Identities(people=(Identity(code="p-1", name=MARK, signs=(f"{MARK}@exemple.fr",)),))
    assert MARK not in shown(people) + shown(ledger) + ledger.text()
    profile: Any = Profile(code="p-1", first_name=MARK, last_name="Martin")
    with pytest.raises(InvalidValueError) as caught:
        ledger.appended(profile, household="f-1", at=at(1))
    assert MARK not in told(caught.value)
    for private in (
        to_plain(profile),
        to_plain(people),
        {"forme": "planning", "version": 1, "evenement": {MARK: MARK}},
    ):
        line = json.dumps(json.loads(ledger.entries[0].line()) | {"fait": private})
        for act in (entry_of, read_ledger):
            with pytest.raises(InvalidValueError) as caught:
                act(line)
            assert private.get("forme") == "planning" or MARK not in told(caught.value)


def test_an_invoice_page_shows_the_names_it_is_given_and_no_other() -> None:
    """Without a recipient, pseudonyms alone; with one, his names and address, once; « Mes factures » names nobody."""
    invoice = first()
    recipient = names(invoice, name=f"Mme {MARK}", child=f"Léa {MARK}")
    whole = page(invoice_sheet(invoice, TOWN, recipient))
    assert whole.count(MARK) == 2
    bare = invoice_sheet(invoice, TOWN)
    assert not [one for one in (MARK, "Lœuf", "12 bis") if one in page(bare) + fragment(bare)]
    at_hand = standing(account_of(invoice), at(20))
    assert MARK not in shown(my_invoices([(invoice, at_hand)])) + shown(at_hand) + shown(invoice)
    assert MARK not in shown(invoice_sheet(invoice, TOWN, recipient))


def test_a_pdf_holds_the_names_it_is_given_and_no_other() -> None:
    """Neither its text nor what it tells of itself has a name without a recipient."""
    pytest.importorskip("reportlab")
    pypdf = pytest.importorskip("pypdf")
    from io import BytesIO

    from clae_rules.adapters.pdf import pdf

    invoice = first()
    recipient = names(invoice, name="Mme Qzxvent", child="Léa Qzxvent")
    for sheet, times in ((invoice_sheet(invoice, TOWN, recipient), 2), (invoice_sheet(invoice, TOWN), 0)):
        found = pypdf.PdfReader(BytesIO(pdf(sheet)))
        assert "".join(one.extract_text() for one in found.pages).count("Qzxvent") == times
        assert "Qzxvent" not in str(found.metadata)


def test_a_planning_shows_first_names_where_it_is_given_them() -> None:
    """The page names who it is told of; the repr of a page, of its look or of a history names nobody."""
    desk, history = guide_history()
    called = {"martin": MARK, "adulte-1": f"Mme {MARK}"}
    look = PlanningLook(engine=desk.engine, names=called)
    month = month_page(history.booked(), look, date(2021, 9, 1))
    pages = HistoryPage(dossiers(history), PARIS, called)
    assert MARK in text(month)
    assert MARK in text(pages)
    mail = confirmation(history.events[-1], history=history, names=called, labels=desk.engine.labels, tz=PARIS)
    assert MARK in mail.text()
    assert MARK not in f"{history!r} {dossiers(history)!r} {look!r} {pages!r} {month!r} {mail!r}"


def test_dossiers_name_neither_the_agent_nor_the_file() -> None:
    """A family reads where a piece stands and why; who judged it, who sent it and its name stay in the record."""
    papers = given("domicile")
    document = sent("v-1", "vaccins", autumn(3)).changed(
        sent_by=f"compte {MARK}", file=FILE.changed(name=f"{MARK}.pdf")
    )
    papers = refuse(papers.transmitted(document), "v-1", at=autumn(4), by=f"agent {MARK}", reason="illisible")
    found = piece_dossiers(REGLEMENT, papers, now=autumn(5), child="lea")
    facts = dossier_facts(REGLEMENT, papers, now=autumn(5), child="lea")
    assert "illisible" in "".join(map(text, found))
    assert MARK not in "".join(f"{text(one)} {text(one, 'en')} {one!r}" for one in found) + shown(facts) + shown(papers)
    service: Any = from_plain(Record, read(next(one for one in every_record() if one.__name__ == "Service")))
    mail = review_message(REGLEMENT, papers, "v-1", sender=service, to="zoe@exemple.fr")
    assert MARK not in mail.as_string()
    assert "illisible" in str(mail.get_body(("plain",)))


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Reading, writing, refusing and showing records writes no log, at any level."""
    with caplog.at_level(logging.NOTSET):
        for cls in every_record():
            plain = read(cls)
            to_plain(from_plain(cls, plain))
            with pytest.raises(InvalidValueError):
                from_plain(cls, plain | {MARK: 1})
        page(invoice_sheet(first(), TOWN, names(first())))
    assert caplog.records == []


def test_a_child_is_told_by_his_code() -> None:
    """A record that fails an assertion, or stands as a key, is written by its code alone."""
    lea: Any = from_plain(Child, read(Child))
    assert repr({lea: lea}) == "{Child(code='e-7f3a'): Child(code='e-7f3a')}"
