"""The ledger: only ever added to, rebuilt at every entry, what was changed named, people under pseudonyms (S12.6)."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import permutations
from typing import Any

import pytest

pytest.importorskip("attrs")
pytest.importorskip("cattrs")

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guide import at as on
from tests.households import guide_history
from tests.invoicing import PARIS, at, first, names, paid

from clae_rules import History, HistoryPage, InvalidValueError, Override, Planning, dossiers
from clae_rules.adapters._entries import Entry, canonical, parsed, seal
from clae_rules.adapters._forms import to_plain
from clae_rules.adapters._records import Form
from clae_rules.adapters.households import Profile
from clae_rules.adapters.invoices import (
    Asked,
    InvoiceAccount,
    Notified,
    Outcome,
    Paid,
    Refunded,
    Reminded,
    account_of,
    credit_note,
    credited,
    issued,
    standing,
)
from clae_rules.adapters.ledger import (
    ERASED,
    NOTHING,
    Identities,
    Identity,
    Ledger,
    personal_data,
    read_ledger,
    recovered,
)

HOUSE = "f-20c9"
BILLED = "F-0012"


def facts() -> list[tuple[Any, str, Any]]:
    """Four dossiers of one household, and all that may happen to the invoice of another, as they are written."""
    invoice = first()
    ref = invoice.reference
    note = credit_note(invoice, year=2026, number=1, issued=at(20), reason="retard", cents_of={5: 5000})
    billed = [
        invoice,
        paid(1000),
        Asked(invoice=ref, at=at(12), transaction="T-1", amount_cents=2650),
        Notified(invoice=ref, at=at(12, hour=10), transaction="T-1", outcome=Outcome.PAID, amount_cents=2650),
        note,
        Refunded(invoice=ref, at=at(22), refund="V-1", amount_cents=100),
        Reminded(invoice=ref, at=at(25), rank=1),
    ]
    _, history = guide_history()
    told = [(event, HOUSE, event.instant) for event in history.events]
    return told + [(fact, BILLED, at(3 + i)) for i, fact in enumerate(billed)]


@cache
def steps() -> tuple[Ledger, ...]:
    """The ledger after each entry, the empty one first."""
    found = [Ledger()]
    for fact, household, when in facts():
        found.append(found[-1].appended(fact, household=household, at=when))
    return tuple(found)


FULL = steps()[-1]
LINES = FULL.text().splitlines(keepends=True)


def refused(text: str, **more: Any) -> list[str]:
    """Why a text is no ledger, a line each, in French; there is English too, and nothing is chained behind."""
    with pytest.raises(InvalidValueError) as caught:
        read_ledger(text, **more)
    assert len(caught.value.text("en").splitlines()) == len(caught.value.faults)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    return str(caught.value).splitlines()


def resealed(number: int, **changes: Any) -> list[str]:
    """The lines of the ledger, one of them changed and sealed anew."""
    table = parsed(FULL.entries[number - 1].written) | changes
    written = canonical(table)
    found = list(LINES)
    found[number - 1] = Entry(written, seal(written)).line()
    return found


def test_the_ledger_is_the_same_once_written_and_read() -> None:
    """Through its text; each line is ASCII, JSON with a form and a version, whatever its blanks and order of keys."""
    assert read_ledger(FULL.text()) == FULL
    assert FULL.text().isascii()
    loose = "".join(
        json.dumps(dict(reversed(json.loads(line).items())), ensure_ascii=False, indent=None) + "\n" for line in LINES
    )
    assert loose != FULL.text()
    assert read_ledger(loose) == FULL
    assert [(json.loads(line)["forme"], json.loads(line)["version"]) for line in LINES] == [("écriture", 1)] * len(
        LINES
    )


def test_cut_after_every_entry_it_is_what_it_then_was() -> None:
    """Planning, dossiers, invoices, notes and balances of each prefix are those that were known when it was written."""
    history, account, accounts = History(), None, dict[int, Any]()
    for rank, (fact, household, _) in enumerate(facts(), 1):
        if household == HOUSE:
            history = history.recorded(fact)
        elif account is None:
            account = account_of(fact)
        else:
            account = account.after(credited(fact) if hasattr(fact, "reason") else fact)
        accounts[rank] = (history, account)
    for rank in range(1, len(LINES) + 1):
        cut = read_ledger("".join(LINES[:rank]))
        history, account = accounts[rank]
        assert cut == steps()[rank] == FULL.until(rank)
        assert cut.history(HOUSE) == history
        assert cut.history(HOUSE).planning() == history.planning()
        assert dossiers(cut.history(HOUSE)) == dossiers(history)
        assert cut.invoices() == (() if account is None else (first(),))
        assert account is None or cut.account(first().reference) == account
    assert standing(FULL.account(first().reference), at(30)).balance_cents == 8650 - 5000 - 1000 - 2650 + 100
    assert [one.reference for one in FULL.credit_notes(BILLED)] == ["CLAE-2026-A000001"]
    assert (FULL.invoices(HOUSE), FULL.credit_notes(HOUSE), FULL.households) == ((), (), (HOUSE, BILLED))


def test_cut_at_every_character_nothing_whole_is_lost() -> None:
    """A line that was cut is told by its rank; all before it stands, and a ledger is only read with it gone."""
    text = "".join(LINES[:3])
    for length in range(len(text) + 1):
        found, torn = recovered(text[:length])
        whole = [i for i in range(4) if len("".join(LINES[:i]).rstrip("\n")) <= length]
        assert found == steps()[whole[-1]]
        rest = text[:length].removeprefix(found.text().rstrip("\n")).strip("\n")
        assert [fault.line for fault in torn] == ([whole[-1] + 1] if rest else [])
        if torn:
            assert refused(text[:length]) == [torn[0].text()]


def test_an_entry_that_was_changed_is_named() -> None:
    """Changed as it stands, the entry; changed and sealed anew, the one that follows; the last, by the head kept."""
    for rank, line in enumerate(LINES, 1):
        before, foyer, after = line.rpartition('"foyer":"')
        changed = f"{before}{foyer}x{after}"
        lines = [*LINES[: rank - 1], changed, *LINES[rank:]]
        assert (
            f"ligne {rank} : l'écriture {rank} n'est plus celle que son empreinte scelle ; elle a été changée"
            in refused("".join(lines))
        )
    for rank in range(1, len(LINES)):
        told = refused("".join(resealed(rank, foyer="f-autre")))
        assert told[-1] == (
            f"ligne {rank + 1} : ne suit pas l'écriture {rank} : l'une des deux a été changée, ou vient d'un autre journal"
        )
    last = "".join(resealed(len(LINES), instant="2026-10-30T09:00:00+01:00"))
    assert read_ledger(last) != FULL
    assert refused(last, head=FULL.head) == [
        "head : l'écriture dont l'empreinte était gardée n'y est plus ; le journal a été coupé ou récrit"
    ]


def test_what_was_taken_away_is_named() -> None:
    """One entry or several, from the beginning or the middle; from the end, by the head that was kept."""
    for rank in range(len(LINES) - 1):
        assert refused("".join(LINES[:rank] + LINES[rank + 1 :])) == [
            f"ligne {rank + 1} : il manque l'écriture {rank + 1} avant celle-ci"
        ]
    assert refused("".join(LINES[:2] + LINES[5:])) == ["ligne 3 : il manque l'écriture 3 à 5 avant celle-ci"]
    for rank in range(len(LINES)):
        assert refused("".join(LINES[:rank]), head=FULL.head)
        assert read_ledger(FULL.text(), head=steps()[rank].head) == FULL
    assert FULL.head != NOTHING == Ledger().head


def test_what_was_moved_repeated_or_joined_is_named() -> None:
    """No other order of the entries is a ledger, nor is one followed by itself or by another."""
    for order in permutations(range(4)):
        lines = [LINES[i] for i in order]
        assert order == (0, 1, 2, 3) or any(
            f"ligne {i + 1} : " in one for one in refused("".join(lines)) for i in range(4)
        )
    assert (
        refused(LINES[0] + LINES[0])[0] == "ligne 2 : écriture 1 après la 1 : répétée, déplacée, ou d'un autre journal"
    )
    assert refused(FULL.text() * 2)[0].startswith(f"ligne {len(LINES) + 1} : écriture 1 après la {len(LINES)}")
    other = Ledger()
    for fact, household, when in facts():
        other = other.appended(fact, household=household, at=when + timedelta(days=1))
    spliced = "".join(LINES[:3]) + "".join(other.text().splitlines(keepends=True)[3:])
    assert refused(spliced) == [
        "ligne 4 : ne suit pas l'écriture 3 : l'une des deux a été changée, ou vient d'un autre journal"
    ]


def not_added(ledger: Ledger, fact: Any, household: str, when: Any) -> list[str]:
    """Why a fact cannot be added; the ledger is as it was."""
    before = ledger.text()
    with pytest.raises(InvalidValueError) as caught:
        ledger.appended(fact, household=household, at=when)
    assert ledger.text() == before
    assert ledger == read_ledger(before)
    return str(caught.value).splitlines()


def test_a_clock_that_goes_back_adds_nothing() -> None:
    """The same instant twice is no going back; one before is, and so is one without a zone."""
    told = facts()
    ledger = steps()[2]
    earlier = told[1][2] - timedelta(seconds=1)
    assert not_added(ledger, told[2][0], HOUSE, earlier)[0].startswith("ligne 3 : instant : lu ")
    assert ledger.appended(told[2][0], household=HOUSE, at=told[1][2]).entries[-1].number == 3
    assert not_added(ledger, told[2][0], HOUSE, told[2][2].replace(tzinfo=None)) == [
        f"at : lu « {told[2][2].replace(tzinfo=None)} » ; il faut un instant avec son fuseau horaire"
    ]


def test_what_cannot_follow_is_not_added() -> None:
    """A dossier told twice or too early, an invoice given twice, of another household, or not known: each is named."""
    told = facts()
    when = at(30)
    assert not_added(FULL, told[3][0], HOUSE, when)[0] == (
        "ligne 12 : fait.evenement.number : le dossier « 9 » existe déjà ; donnez un numéro nouveau"
    )
    assert not_added(steps()[1], told[2][0], HOUSE, when)[0].startswith(
        "ligne 2 : fait.evenement : dit que « martin » tenait "
    )
    assert not_added(FULL, first(), BILLED, when) == [
        "ligne 12 : fait.numero : « CLAE-2026-000001 » est déjà au journal ; donnez le numéro suivant"
    ]
    assert not_added(FULL, first(number=2), HOUSE, when) == [
        "ligne 12 : fait.foyer : « CLAE-2026-000002 » est de « F-0012 », l'écriture de « f-20c9 » ; à chacun la sienne"
    ]
    assert not_added(FULL, paid(5, number="R-9"), HOUSE, when) == [
        "ligne 12 : foyer : la facture « CLAE-2026-000001 » est de « F-0012 », l'écriture de « f-20c9 »"
    ]
    assert not_added(steps()[4], paid(5), BILLED, when) == [
        "ligne 5 : fait.facture : aucune facture « CLAE-2026-000001 » au journal ; inscrivez-la d'abord"
    ]
    note = FULL.credit_notes()[0]
    assert not_added(FULL, note, BILLED, when) == [
        "ligne 12 : fait.numero : « CLAE-2026-A000001 » est déjà au journal ; donnez le numéro suivant"
    ]


def test_every_fact_that_cannot_follow_is_told_at_once() -> None:
    """Of a ledger well chained: each entry whose fact has no place in it, by its rank, and nothing of the others."""
    told = facts()
    wrong = [told[0], told[4], told[2], (first(), BILLED, at(5)), (paid(5), HOUSE, at(5))]
    entries: list[Entry] = []
    for rank, (fact, household, when) in enumerate(wrong, 1):
        entries.append(Entry.of(rank, max(when, at(5)), household, fact, entries[-1].digest if entries else NOTHING))
    lines = refused("".join(one.line() for one in entries))
    assert [one.split(" : ")[:2] for one in lines] == [
        ["ligne 3", "fait.evenement"], ["ligne 4", "fait.numero"], ["ligne 5", "foyer"],
    ]  # fmt: skip


def test_a_notification_told_twice_changes_nothing() -> None:
    """What a gateway repeats may be written again: the account is the same."""
    again = FULL.appended(facts()[7][0], household=BILLED, at=at(30))
    assert len(again.entries) == len(FULL.entries) + 1
    assert again.account(first().reference) == FULL.account(first().reference)


def test_what_is_derived_or_names_people_is_no_fact() -> None:
    """The issue and the credit are read from the invoice and the note; a person's record is not even read."""
    for fact in (issued(first()), credited(FULL.credit_notes()[0]), names(first()), FULL):
        any_fact: Any = fact
        (told,) = not_added(FULL, any_fact, BILLED, at(30))
        assert told.startswith("fact : lu ")
        assert "Lœuf" not in told
    person = to_plain(Profile(code="p1", first_name="Zoé", last_name="Lœuf"))
    said = refused("".join(LINES[:-1]) + json.dumps(json.loads(LINES[-1]) | {"fait": person}))
    assert said[0].startswith(f"ligne {len(LINES)} : fait.forme : lu « profil », ce n'est pas un fait du journal")
    assert "Lœuf" not in "".join(said)


@pytest.mark.parametrize(
    ("line", "why"),
    (
        ("\n", "ce n'est pas une ligne de journal (une table JSON)"),
        ("[1]\n", "ce n'est pas une ligne de journal (une table JSON)"),
        ("[" * 100_000 + "\n", "ce n'est pas une ligne de journal (une table JSON)"),
        ('{"rang":1,"rang":1}\n', "ce n'est pas une ligne de journal (une table JSON)"),
        ('{"rang":1.0}\n', "ce n'est pas une ligne de journal (une table JSON)"),
        ('{"rang":NaN}\n', "ce n'est pas une ligne de journal (une table JSON)"),
        ('{"rang":' + "9" * 5000 + "}\n", "ce n'est pas une ligne de journal (une table JSON)"),
        ("{}\n", "il manque « empreinte »"),
        ('{"empreinte":"abc"}\n', "empreinte : il faut une empreinte SHA-256, 64 chiffres hexadécimaux"),
        ('{"empreinte":"' + NOTHING + '"}\n', "il manque « forme »"),
    ),
)
def test_a_line_that_is_none_is_told(line: str, why: str) -> None:
    """Every way in which two readers could read a line in two ways is refused, by the rank of the line."""
    assert f"ligne 2 : {why}" in refused(LINES[0] + line + LINES[1])


@settings(max_examples=60)
@given(st.integers(0, len(FULL.text()) - 1), st.characters(codec="ascii"))
def test_any_character_that_changes_is_seen(where: int, by: str) -> None:
    """One character written over another: the ledger is the same, as with a blank, or it is refused."""
    text = FULL.text()
    changed = text[:where] + by + text[where + 1 :]
    try:
        found = read_ledger(changed)
    except InvalidValueError:
        found = None
    assert found in (None, FULL)
    assert found is None or parsed(changed.splitlines()[0]) == parsed(text.splitlines()[0])


def test_the_overrides_of_a_planning_are_given_to_its_history() -> None:
    """What is no event is the store's to give; an unknown household has an empty history, an unknown invoice none."""
    override = Override(rules=("x",), child="martin", agent="a-1", reason="accord", instant=on("2021-06-01 09:00"))
    start = Planning(overrides=(override,))
    found = FULL.history(HOUSE, start)
    assert found.planning().overrides == (override,)
    assert found.events == FULL.history(HOUSE).events
    assert FULL.history("f-autre") == History()
    with pytest.raises(InvalidValueError, match="aucune facture « X » au journal"):
        FULL.account("X")


def test_people_stand_in_a_ledger_by_codes() -> None:
    """A planning's event that tells of somebody by anything else than a code is refused, and does not say by what."""
    event = facts()[0][0]
    for wrong, where in (
        ("Mme Jeanne Dupont <j@x.fr>", "referent"),
        ("Léa Dupont", "child"),
        ("", "child"),
        ("é", "child"),
    ):
        with pytest.raises(InvalidValueError) as error:
            replace(event if where == "referent" else event.changes[0], **{where: wrong})
        assert str(error.value).startswith(f"{where} : valeur non répétée ici ; il faut un code : ")
        assert "Dupont" not in f"{error.value} {error.value.faults[0].en}"
    for spoilt in (LINES[0].replace('"adulte-1"', '"Mme Dupont"'), LINES[0].replace('"martin"', '"Mme Dupont"')):
        (told,) = refused(spoilt)
        assert told.startswith("ligne 1 : fait.evenement.")
        assert "Dupont" not in told


def test_a_ledger_is_a_value() -> None:
    """It is the same once copied and pickled, and its entries are shown without what they tell."""
    assert pickle.loads(pickle.dumps(FULL)) == deepcopy(FULL) == FULL
    assert hash(FULL) == hash(read_ledger(FULL.text()))
    assert repr(FULL.entries[0]) == f"Entry(digest='{FULL.entries[0].digest}')"


def test_a_line_of_an_older_form_is_read_under_its_own_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that grew brings up what was written; the line, its digest and the chain stay as they were."""

    def grown(plain: dict[str, Any]) -> dict[str, Any]:
        return plain | {"moyen": plain.get("moyen") or "non dit"}

    text = FULL.text()
    monkeypatch.setattr(Paid, "FORM", Form("facture payée", 2, {1: grown}))
    found = read_ledger(text)
    assert (found.text(), found.head) == (text, FULL.head)
    assert [one.means for one in found.account(first().reference).of(Paid)] == ["non dit"]
    longer = found.appended(paid(5, number="R-9"), household=BILLED, at=at(30))
    assert [
        json.loads(entry.line())["fait"]["version"] for entry in longer.entries if isinstance(entry.fact, Paid)
    ] == [1, 2]
    assert read_ledger(longer.text()) == longer


PEOPLE = Identities(
    people=(
        Identity(code="martin", name="Zoé Cœurdoux"),
        Identity(code="p-1", name="Éloïse de La Tour", signs=("eloise@exemple.fr", "06 12 34 56 78")),
        Identity(code="p-2", name="Jo"),
    )
)


def test_a_person_is_erased_and_the_ledger_does_not_change() -> None:
    """Pages show « personne effacée » in place of the name; digests, plannings and invoices are the same."""
    before = FULL.text()
    gone = PEOPLE.erased("martin")
    names = gone.names() | {"adulte-1": "G. Dupont"}
    shown = [HistoryPage(dossiers(FULL.history(HOUSE)), PARIS, one) for one in (PEOPLE.names(), names)]
    rows = [str(page.sections()[0].rows) for page in shown]
    assert "Zoé Cœurdoux : " in rows[0]
    assert (ERASED in rows[0], "Cœurdoux" in rows[1], f"{ERASED} : " in rows[1]) == (False, False, True)
    assert FULL.text() == before
    assert read_ledger(before).head == FULL.head
    assert "Cœurdoux" not in str(to_plain(gone))


def test_a_pseudonym_is_given_once_and_tells_nothing() -> None:
    """A code that holds a word of the name, one of a person erased, signs too short are refused, and not repeated."""
    wrong: list[Any] = [
        lambda: Identity(code="x-eloise-3", name="Éloïse de La Tour"),
        lambda: Identity(code="p-3", name="Nom", signs=("a@b",)),
        lambda: Identity(code="p-3", signs=("eloise@exemple.fr",)),
        lambda: PEOPLE.erased("p-1").known(Identity(code="p-1", name="Eloise")),
        lambda: PEOPLE.erased("p-9"),
    ]
    for make in wrong:
        with pytest.raises(InvalidValueError) as caught:
            make()
        assert not [one for one in ("Éloïse", "Tour", "exemple.fr", "a@b") if one in f"{caught.value} {caught.value!r}"]
    assert Identity(code="jo-1", name="Jo").code == "jo-1"
    assert PEOPLE.known(Identity(code="p-4")).names()["p-4"] == ERASED
    assert "Éloïse" not in repr(PEOPLE)


@pytest.mark.parametrize(
    ("means", "whose"),
    (
        ("chèque", []),
        ("chèque de ELOISE", ["p-1"]),
        ("chèque de la tour", ["p-1"]),
        ("tél. 06.12.34.56.78", ["p-1"]),
        ("Eloise@Exemple.fr", ["p-1"]),
        ("Zoe\u0301 et Tour", ["martin", "p-1"]),
        ("Jo, zoéline, entourage", []),
    ),
)
def test_a_name_in_a_ledger_is_found(means: str, whose: list[str]) -> None:
    """A word of a name or another sign, whatever its accents and capitals, is told by line and key, and not repeated."""
    ledger = FULL.appended(paid(5, number="R-9", means=means), household=BILLED, at=at(30))
    found = personal_data(ledger.entries, PEOPLE)
    assert [fault.text() for fault in found] == [
        f"ligne {len(ledger.entries)} : fait.moyen : dit qui est « {one} », non répété ici" for one in whose
    ]
    assert personal_data(ledger.entries, Identities()) == personal_data(FULL.entries, PEOPLE) == ()


def test_the_account_of_an_invoice_is_what_its_events_make() -> None:
    """The account rebuilt is the one that a portal without a ledger would keep."""
    events = [fact for fact, household, _ in facts() if household == BILLED]
    by_hand = InvoiceAccount(
        invoice=first().reference,
        events=(issued(events[0]), *events[1:4], credited(events[4]), *events[5:]),
    )
    assert FULL.account(first().reference) == by_hand
