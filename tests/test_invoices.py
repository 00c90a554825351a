"""Invoices: exact, numbered without a hole, never more than what is due, and nobody's name where it need not be."""

from __future__ import annotations

import itertools
import json
import pickle
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

pytest.importorskip("attrs")

pytest.importorskip("hypothesis")

from hypothesis import given
from hypothesis import strategies as st
from tests.invoicing import PARIS, TOWN, at, first, names, paid, september, with_cents

from clae_rules import InvalidValueError, NaiveInstantError
from clae_rules.adapters.forms import from_plain, to_plain
from clae_rules.adapters.invoices import (
    EVENTS,
    Asked,
    Credited,
    CreditNote,
    InvoiceAccount,
    InvoiceEvent,
    Issuer,
    Nature,
    Notified,
    Outcome,
    Paid,
    Refunded,
    Reminded,
    ReminderRules,
    Standing,
    State,
    Withdrawn,
    account_of,
    billed_twice,
    check_numbers,
    credit_note,
    credit_sheet,
    credited,
    doubts,
    fragment,
    invoice,
    invoice_sheet,
    issued,
    my_invoices,
    page,
    received,
    reminder_due,
    standing,
)
from clae_rules.showing import section_html
from clae_rules.statements import Remark

INVOICE = first()
ACCOUNT = account_of(INVOICE)
REF = INVOICE.reference


def said(error: pytest.ExceptionInfo[InvalidValueError], lang: str = "fr") -> list[str]:
    """The faults, one a line."""
    return error.value.text("en" if lang == "en" else "fr").splitlines()


def note(number: int = 1, day: int = 5, **other: Any) -> CreditNote:
    """A credit note of the invoice."""
    return credit_note(INVOICE, **{"year": 2026, "number": number, "issued": at(day), "reason": "erreur", **other})


class TestInvoice:
    """From what is due to what is issued."""

    def test_it_copies_what_is_due(self) -> None:
        """B5: a line keeps its label, quantity, amount, derivation and the digest of its règlement; exact in all."""
        statement = september()

        assert (INVOICE.reference, INVOICE.total_cents) == ("CLAE-2026-000001", statement.total_cents)
        assert [line.due_cents for line in INVOICE.lines] == [line.due_cents for line in statement.lines]
        assert INVOICE.lines[3].label == "Cantine (18/09) — annulé"
        assert INVOICE.lines[-1].derivation == statement.lines[-1].derivation()
        assert {line.digest for line in INVOICE.lines} == {statement.applied.digest}

    def test_what_is_undecided_is_not_invoiced(self) -> None:
        """S1.5: every undecided remark is told, with the numbers that are wrong beside; nothing is guessed."""
        remark = Remark("absence-sans-regle", "lea", date(2026, 9, 14), ("cantine",))
        with pytest.raises(InvalidValueError) as caught:
            first(replace(september(), undecided=(remark,)), number=0)

        assert [line[:50] for line in said(caught)] == [
            "statements[0] : indécis : lea, 14/09/2026 : « cant", "number : lu « 0 » ; il faut un nombre entier de 1 "]  # fmt: skip
        assert "decide it" in said(caught, "en")[0]

    def test_what_is_provisional_is_told(self) -> None:
        """S10.7: bookings to come may be invoiced ahead, and the invoice says that they may still change."""
        made = first(replace(september(), provisional=(date(2026, 9, 29), date(2026, 9, 30))))

        assert made.provisional == ("Provisoire, pas encore passé : 29/09, 30/09",)
        assert made.provisional[0] in fragment(invoice_sheet(made, TOWN))

    def test_several_months_and_rulebooks_are_one_invoice(self) -> None:
        """Statements of other months are joined; the same month of the same child is refused twice."""
        october = replace(september(), month=date(2026, 10, 1))

        assert first([september(), october]).total_cents == 2 * INVOICE.total_cents
        with pytest.raises(InvalidValueError, match=r"statements\[1\] : lea, 09/2026 : déjà dans statements\[0\]"):
            first([september(), september()])

    @pytest.mark.parametrize(
        ("cents", "why"),
        (
            ((), "total de 0,00"),
            ((0, 0), "n'émettez pas de facture"),
            ((100, -500), "faites un avoir"),
            ((10**9, 1), "au plus"),
        ),
    )
    def test_what_claims_nothing_is_no_invoice(self, cents: tuple[int, ...], why: str) -> None:
        """A number is spent on what is to be paid: not on nothing, on less than nothing, nor beyond reason."""
        with pytest.raises(InvalidValueError, match=why):
            first(with_cents(*cents))

    def test_negative_lines_are_counted(self) -> None:
        """A line may give back what another claims: only the total must be positive."""
        assert first(with_cents(100, -30, 5)).total_cents == 75
        assert first(with_cents(10**9)).total_cents == 10**9

    def test_it_is_dated_in_its_zone(self) -> None:
        """An instant given in another zone is read where the régie is; the exercice is that year or the one before."""
        late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

        assert first(issued=late, due_on=date(2027, 1, 1)).issued_on == date(2027, 1, 1)
        assert first(issued=late, due_on=date(2027, 1, 31), zone="America/Guadeloupe").issued_on == date(2026, 12, 31)
        for year in (2025, 2028):
            with pytest.raises(InvalidValueError, match="exercice"):
                first(issued=late, due_on=date(2027, 1, 31), year=year)

    def test_every_wrong_value_is_told_at_once(self) -> None:
        """Each field says where, what and the way out."""
        wrong: dict[str, Any] = {"regie": "régie", "household": "", "issued": datetime(2026, 1, 1), "zone": "Paris"}
        with pytest.raises(InvalidValueError) as caught:
            first(**wrong)

        assert [line.split(" : ")[0] for line in said(caught)] == ["regie", "issued", "zone", "household"]
        with pytest.raises(InvalidValueError, match="avant l'émission"):
            first(due_on=date(2026, 10, 1))


class TestNumbers:
    """No hole and no repeat per régie and year."""

    def test_a_whole_series_has_no_fault(self) -> None:
        """Each régie and each year counts from 1, in whatever order they are given."""
        made = [first(number=n, issued=at(2, hour=n)) for n in (1, 2, 3)]
        other = first(regie="ALSH"), first(number=1, year=2025)

        assert check_numbers([made[2], other[1], *made[:2], other[0]]) == ()
        assert check_numbers([]) == ()

    def test_every_fault_is_named(self) -> None:
        """Holes, a first number that is not 1, repeats, and a clock that went back, by régie and year."""
        made = [first(number=n) for n in (2, 3, 3, 7)] + [first(number=8, issued=at(1)), first(number=2, regie="ALSH")]

        assert [one.text() for one in check_numbers(made)] == [
            "ALSH.2026 : il manque le n° 1",
            "CLAE.2026 : il manque le n° 1",
            "CLAE.2026 : n° 3 est donné une fois de trop",
            "CLAE.2026 : il manque le n° 4 à 6",
            "CLAE.2026 : n° 8 est émis avant le n° 7 ; vérifiez l'horloge",
        ]
        assert check_numbers(made)[3].text("en") == "CLAE.2026: missing: 4 to 6"

    @pytest.mark.parametrize("seed", range(20))
    def test_a_fault_is_found_where_the_series_is_not_one_to_n(self, seed: int) -> None:
        """Held against the plain definition: sorted, the numbers are 1 to n."""
        numbers = [random.Random(seed).randint(1, 4) for _ in range(seed % 5 + 1)]
        whole = sorted(numbers) == list(range(1, len(numbers) + 1))

        assert (check_numbers([first(number=n) for n in numbers]) == ()) == whole

    def test_a_month_that_is_claimed_twice_is_told(self) -> None:
        """By two invoices of a household, unless one was cancelled; another month or household is another claim."""
        october = replace(september(), month=date(2026, 10, 1))
        made = [INVOICE, first(number=2), first(october, number=3), first(number=4, household="F-0013")]

        assert [one.text() for one in billed_twice(made)] == [
            "F-0012.massingy.2026-09.lea : facturé par CLAE-2026-000001 et CLAE-2026-000002 ; annulez-en par un avoir"]  # fmt: skip
        assert billed_twice(made, cancelled=[REF]) == ()

    def test_credit_notes_have_a_series_of_their_own(self) -> None:
        """The same check, on the notes."""
        assert check_numbers([note(1), note(2, 6, cents_of={0: 1})]) == ()
        assert len(check_numbers([note(2)])) == 1
        assert note(1).reference == "CLAE-2026-A000001"


class TestCreditNote:
    """What is given up, never more than the invoice."""

    def test_a_total_note_cancels_the_invoice(self) -> None:
        """All that is left of each line; then nothing is left."""
        whole = note()

        assert whole.total_cents == INVOICE.total_cents
        assert doubts(ACCOUNT.after(credited(whole))) == ()
        assert standing(ACCOUNT.after(credited(whole)), at(6)).state is State.CREDITED
        with pytest.raises(InvalidValueError, match="il n'y reste rien à annuler"):
            note(2, earlier=[whole])

    def test_partial_notes_never_go_beyond_a_line(self) -> None:
        """Each line counts what earlier notes gave up of it; all that is wrong is told at once."""
        part = note(cents_of={0: 1000})
        assert note(2, earlier=[part]).total_cents == INVOICE.total_cents - 1000
        with pytest.raises(InvalidValueError) as caught:
            note(2, earlier=[part], cents_of={0: 651, 1: 0, 3: 1, 4: -5, 99: 1})

        assert [line.replace("\xa0", " ") for line in said(caught)] == [
            "cents_of[0] : lu 6,51 € ; il reste 6,50 € sur cette ligne",
            "cents_of[1] : lu 0,00 € ; il reste 5,00 € sur cette ligne",
            "cents_of[3] : lu 0,01 € ; il reste 0,00 € sur cette ligne",
            "cents_of[4] : lu -0,05 € ; il reste 10,00 € sur cette ligne",
            "cents_of[99] : ligne inconnue de la facture",
        ]
        for wrong in ("5", 1.5, True, 10**12):
            with pytest.raises(InvalidValueError, match=r"cents_of\[0\] : il faut un nombre entier"):
                note(cents_of={0: wrong})

    def test_a_note_never_goes_beyond_an_invoice_with_negative_lines(self) -> None:
        """What the lines give back is not given back again by a note of the others."""
        made = first(with_cents(1000, -400))
        with pytest.raises(InvalidValueError, match=r"6,00.*sur la facture"):
            credit_note(made, year=2026, number=1, issued=at(5), reason="erreur", cents_of={0: 700})
        assert credit_note(made, year=2026, number=1, issued=at(5), reason="x").total_cents == 600
        each = credit_note(made, year=2026, number=1, issued=at(5), reason="x", cents_of={0: 1000, 1: -400})
        assert each.total_cents == 600

    def test_an_earlier_note_counts_once(self) -> None:
        """Given twice it is taken off once; two that share a number contradict each other, and nobody guesses."""
        part = note(cents_of={0: 1000})
        assert note(2, earlier=[part, part]).total_cents == INVOICE.total_cents - 1000
        with pytest.raises(InvalidValueError, match=r"earlier\[1\] : CLAE-2026-A000001 est dit de deux façons"):
            note(2, earlier=[part, note(cents_of={0: 1})])

    def test_a_note_belongs_to_its_invoice(self) -> None:
        """Notes of another invoice, and an instant before the invoice, are refused."""
        other = credit_note(first(number=2), year=2026, number=1, issued=at(5), reason="erreur")
        with pytest.raises(InvalidValueError, match=r"earlier\[0\] : avoir de CLAE-2026-000002"):
            note(2, earlier=[other])
        with pytest.raises(InvalidValueError, match="vérifiez l'horloge"):
            note(day=1)
        assert note(day=2).issued == INVOICE.issued

    @pytest.mark.parametrize("seed", range(30))
    def test_notes_in_a_row_never_give_up_more_than_there_is(self, seed: int) -> None:
        """Drawn at random, a note is accepted where each line has that much left; the last takes the rest."""
        draw = random.Random(seed)
        made = first(with_cents(*(draw.choice((-40, 10, 60, 100)) for _ in range(4)), 200))
        notes: list[CreditNote] = []
        left = [line.due_cents for line in made.lines]
        for number in range(1, 6):
            wanted = {draw.randrange(5): draw.choice((-40, -10, 10, 50, 200)) for _ in range(draw.randint(1, 3))}
            fits = all(0 < much <= left[i] or left[i] <= much < 0 for i, much in wanted.items())
            fits = fits and 0 < sum(wanted.values()) <= sum(left)
            given: dict[str, Any] = {"year": 2026, "number": number, "issued": at(5), "reason": "x", "earlier": notes}
            if not fits:
                with pytest.raises(InvalidValueError):
                    credit_note(made, cents_of=wanted, **given)
                continue
            notes.append(credit_note(made, cents_of=wanted, **given))
            left = [much - wanted.get(i, 0) for i, much in enumerate(left)]
        given = {"year": 2026, "number": 9, "issued": at(5), "reason": "x", "earlier": notes}
        rest = credit_note(made, **given).total_cents if sum(left) > 0 else 0

        assert sum(one.total_cents for one in notes) + rest == made.total_cents

    def test_it_can_be_shown(self) -> None:
        """A note names its invoice, its reason and its total."""
        shown = page(credit_sheet(note(reason="absence <justifiée>"), TOWN, names(INVOICE)))

        assert "Avoir CLAE-2026-A000001" in shown
        assert "absence &lt;justifiée&gt;" in shown
        assert "Léa Lœuf" in shown


class TestAccount:
    """The fold of what happened."""

    def test_it_goes_from_issued_to_paid(self) -> None:
        """Issued, paid in part, late, paid: at each instant what is known of it then."""
        account = ACCOUNT.after(paid(5000), paid(3650, 5, 11, "R-2"))
        found = [(one.state, one.balance_cents) for one in (standing(account, at(day, month)) for day, month in
                 ((1, 10), (3, 10), (10, 10), (31, 10), (1, 11), (6, 11)))]  # fmt: skip

        assert found == [
            (State.TO_COME, 0), (State.ISSUED, 8650), (State.PARTLY_PAID, 3650), (State.PARTLY_PAID, 3650),
            (State.LATE, 3650), (State.PAID, 0)]  # fmt: skip
        assert standing(account, at(3, 11)).days_late == 3
        assert [one.payment for one in standing(account, at(6, 11)).received] == ["R-1", "R-2"]

    def test_the_last_day_to_pay_is_read_in_its_zone(self) -> None:
        """On the evening of the last day in Paris nothing is late, whatever the zone of the instant."""
        assert standing(ACCOUNT, datetime(2026, 10, 31, 22, 59, tzinfo=UTC)).state is State.ISSUED
        assert standing(ACCOUNT, datetime(2026, 10, 31, 23, 0, tzinfo=UTC)).state is State.LATE

    def test_an_instant_without_a_zone_is_refused(self) -> None:
        """Nobody can say whether it is late."""
        with pytest.raises(NaiveInstantError):
            standing(ACCOUNT, datetime(2026, 10, 31))

    def test_what_is_overpaid_stays_the_households(self) -> None:
        """It is counted whole, told apart, and goes down when it is refunded; it is never set off by itself."""
        over = ACCOUNT.after(paid(9000))
        back = over.after(Refunded(invoice=REF, at=at(12), refund="V-1", amount_cents=350))

        assert _sums(standing(over, at(10))) == (State.PAID, 0, 350)
        assert _sums(standing(back, at(12))) == (State.PAID, 0, 0)
        bounced = back.after(Refunded(invoice=REF, at=at(13), refund="V-2", amount_cents=8650))
        assert _sums(standing(bounced, at(13))) == (State.ISSUED, 8650, 0)

    def test_a_credit_after_a_payment_is_to_be_refunded(self) -> None:
        """Paid, then given up: the money is the household's again."""
        account = ACCOUNT.after(paid(8650), credited(note(day=12)))

        assert _sums(standing(account, at(12))) == (State.CREDITED, 0, 8650)

    def test_credit_beyond_the_invoice_counts_for_nothing(self) -> None:
        """Two clerks who each credit all: nobody knows which note is wrong, and the debt is not lost meanwhile."""
        twice = ACCOUNT.after(credited(note(1)), credited(note(2)))

        assert _sums(standing(twice, at(12))) == (State.DOUBTFUL, 8650, 0)
        assert [one.text().replace("\xa0", " ") for one in doubts(twice)] == [
            "facture annulée par avoir : 86,50 € de plus que la facture ; compté pour rien"
        ]
        one = twice.after(withdrawn(credited(note(2))))
        assert (_sums(standing(one, at(12))), doubts(one)) == ((State.CREDITED, 0, 0), ())

    def test_a_receipt_told_in_two_ways_counts_for_nothing(self) -> None:
        """Nobody guesses which is right; both are kept, and told."""
        account = ACCOUNT.after(paid(5000), paid(500))

        assert standing(account, at(12)).paid_cents == 0
        assert len(account.events) == 3
        assert [one.text() for one in doubts(account)] == ["facture payée.R-1 : dit de deux façons ; compté pour rien"]
        assert standing(account, at(20, 11)).doubts == doubts(account)

    def test_a_receipt_told_twice_with_one_amount_counts_once(self) -> None:
        """However it was paid, as one clerk knew and the other did not; at its first instant, and without a doubt."""
        account = ACCOUNT.after(paid(8650, 11, means="chèque"), paid(8650, 9))

        assert [(one.at, one.cents) for one in received(account)] == [(at(9), 8650)]
        assert (standing(account, at(20, 11)).state, doubts(account)) == (State.PAID, ())
        assert {one.means for one in account.events if isinstance(one, Paid)} == {"", "chèque"}

    def test_what_is_withdrawn_counts_no_more(self) -> None:
        """Somebody looked: the wrong telling goes, though it be told again, and what is left counts; kept and dated."""
        account = ACCOUNT.after(paid(5000), paid(500), withdrawn(paid(500), 15))

        assert standing(account, at(14)).state is State.DOUBTFUL
        assert (standing(account, at(15)).paid_cents, doubts(account)) == (5000, ())
        assert doubts(account.after(paid(500, 20))) == ()
        assert len(account.events) == 4

    def test_an_issue_is_never_withdrawn(self) -> None:
        """It is cancelled by a credit note; a withdrawal neither; and each is of its own invoice."""
        for wrong in (issued(INVOICE), withdrawn(paid(5)), "payée"):
            with pytest.raises(InvalidValueError, match="faites un avoir"):
                withdrawn(wrong)
        with pytest.raises(InvalidValueError, match="event : événement de CLAE-2026-000001"):
            Withdrawn(invoice="CLAE-2026-000002", at=at(9), event=paid(5))

    @given(st.data())
    def test_in_any_order_what_is_told_gives_one_standing(self, data: st.DataObject) -> None:
        """Receipts, notes, refunds and withdrawals that contradict each other: one account, never beyond the truth."""
        day = st.integers(3, 9)
        facts: st.SearchStrategy[InvoiceEvent] = st.one_of(
            st.builds(paid, st.sampled_from((100, 8650)), day, number=st.sampled_from("AB"), means=st.sampled_from(("", "x"))),
            st.builds(
                Credited, invoice=st.just(REF), at=day.map(at), credit=st.sampled_from("CD"), amount_cents=st.sampled_from((50, 8650))
            ),
            st.builds(
                Refunded, invoice=st.just(REF), at=day.map(at), refund=st.sampled_from("VW"), amount_cents=st.sampled_from((70, 9000))
            ),
        )  # fmt: skip
        told = data.draw(st.lists(st.one_of(facts, st.builds(withdrawn, facts, day)), max_size=8))
        other = data.draw(st.permutations(told + told[:3]))
        account = ACCOUNT.after(*told)
        found = standing(account, at(10))

        again = ACCOUNT
        for one in other:
            again = again.after(one)
        assert again == account
        assert standing(again, at(10)) == found
        assert found.balance_cents <= INVOICE.total_cents
        assert 0 <= found.credited_cents <= INVOICE.total_cents
        assert 0 <= found.refunded_cents <= sum(one.cents for one in found.received)
        assert (found.state is State.DOUBTFUL) == bool(found.doubts)
        assert found.doubts == doubts(account)

    def test_events_of_another_invoice_are_refused(self) -> None:
        """An account is of one invoice, which is issued once."""
        with pytest.raises(InvalidValueError, match=r"events\[1\] : événement de CLAE-2026-000002"):
            ACCOUNT.after(issued(first(number=2)))
        with pytest.raises(InvalidValueError, match="émise deux fois"):
            ACCOUNT.after(issued(first(with_cents(5))))
        with pytest.raises(InvalidValueError, match="liste d'événements"):
            ACCOUNT.changed(events=("payée",))

    def test_an_account_may_wait_for_its_invoice(self) -> None:
        """A payment that is told before the issue is kept; nothing is owed until the issue is known."""
        early = InvoiceAccount(invoice=REF, events=(paid(5000),))

        assert standing(early, at(12)).state is State.TO_COME
        assert "l'émission n'est pas connue" in doubts(early)[0].text()
        assert standing(early.after(issued(INVOICE)), at(12)).balance_cents == 3650

    def test_a_clock_that_goes_back_forgets_nothing(self) -> None:
        """What is told with an earlier instant takes its place; an earlier instant shows what was known then."""
        account = ACCOUNT.after(paid(5000, 9), paid(1000, 4, number="R-0"))

        assert [one.balance_cents for one in (standing(account, at(day)) for day in (10, 5, 3))] == [2650, 7650, 8650]

    def test_events_in_any_order_told_any_number_of_times_give_one_account(self) -> None:
        """The account is a function of the set of events: every order of six, each told twice at other instants."""
        events: tuple[InvoiceEvent, ...] = (
            issued(INVOICE), paid(2000), credited(note(cents_of={0: 100})), Reminded(invoice=REF, at=at(3, 11), rank=1),
            Asked(invoice=REF, at=at(4, 11), transaction="t", amount_cents=500),
            Notified(invoice=REF, at=at(4, 11), transaction="t", outcome=Outcome.PAID, amount_cents=500),
        )  # fmt: skip
        later = [one.changed(at=one.at + timedelta(days=1)) for one in events[1:]]
        expected = InvoiceAccount(invoice=REF, events=events)

        assert standing(expected, at(6, 11)).balance_cents == 8650 - 2000 - 100 - 500
        for order in itertools.permutations(events):
            assert InvoiceAccount(invoice=REF, events=(*later, *order)) == expected
        assert expected.after(*events, *later) == expected

    def test_the_order_in_which_it_was_told_cannot_be_seen(self) -> None:
        """Cut anywhere and told again, the events give the same standing."""
        events = (issued(INVOICE), paid(2000), paid(300, 12, number="R-2"), credited(note(cents_of={5: 100})))
        whole = InvoiceAccount(invoice=REF, events=events)
        for cut in range(len(events)):
            again = InvoiceAccount(invoice=REF, events=events[:cut]).after(*events[cut:])
            assert standing(again, at(20)) == standing(whole, at(20))

    def test_no_event_names_anybody(self) -> None:
        """Pseudonyms only: erasing the names leaves each event and each total as it was."""
        told = repr([ACCOUNT.after(paid(5000), credited(note())), INVOICE, note()])

        assert all(name not in told for name in ("Zoé", "Léa", "Église"))
        assert len({kind.FORM.name for kind in EVENTS}) == len(EVENTS)

    def test_records_survive_being_copied(self) -> None:
        """They are plain values."""
        account = ACCOUNT.after(paid(5000))
        assert pickle.loads(pickle.dumps(account)) == account


def withdrawn(event: Any, day: int = 12) -> Withdrawn:
    """An event found wrong."""
    return Withdrawn(invoice=REF, at=at(day), event=event)


def _sums(found: Standing) -> tuple[State, int, int]:
    return found.state, found.balance_cents, found.overpaid_cents


class TestReminders:
    """Rules as data."""

    RULES = ReminderRules(after_days=(15, 30), least_cents=100)

    def sent(self, rank: int, day: int, month: int = 11) -> Reminded:
        """A reminder sent."""
        return Reminded(invoice=REF, at=at(day, month), rank=rank)

    def test_each_is_due_on_its_day(self) -> None:
        """The first 15 days after the last day to pay, not before; the second only once the first is sent."""
        assert reminder_due(ACCOUNT, self.RULES, at(14, 11)) is None
        found = reminder_due(ACCOUNT, self.RULES, at(15, 11))
        assert found is not None
        assert (found.rank, found.since, found.balance_cents) == (1, date(2026, 11, 15), 8650)
        late = reminder_due(ACCOUNT, self.RULES, at(20, 12))
        assert late is not None
        assert late.rank == 1

    def test_one_sent_late_delays_the_next(self) -> None:
        """The distance between two reminders is kept; after the last there is none."""
        account = ACCOUNT.after(self.sent(1, 25))

        assert reminder_due(account, self.RULES, at(9, 12)) is None
        second = reminder_due(account, self.RULES, at(10, 12))
        assert second is not None
        assert (second.rank, second.since) == (2, date(2026, 12, 10))
        assert reminder_due(account.after(self.sent(2, 10, 12)), self.RULES, at(31, 12)) is None

    def test_nothing_owed_is_not_reminded(self) -> None:
        """Paid, cancelled, below the least amount, or not yet issued."""
        for more in (paid(8650), paid(8551), credited(note())):
            assert reminder_due(ACCOUNT.after(more), self.RULES, at(20, 11)) is None
        assert reminder_due(InvoiceAccount(invoice=REF), self.RULES, at(20, 11)) is None

    def test_an_account_in_doubt_is_not_reminded(self) -> None:
        """A receipt told in two ways may be all that was owed: somebody looks first, and only then is it reminded of."""
        account = ACCOUNT.after(paid(8650), paid(500))
        settled = account.after(withdrawn(paid(8650)))

        assert reminder_due(account, self.RULES, at(20, 11)) is None
        found = reminder_due(settled, self.RULES, at(20, 11))
        assert found is not None
        assert found.balance_cents == 8150

    @pytest.mark.parametrize("days", ((), (30, 15), (15, 15), (-1,), ("15",)))
    def test_days_that_cannot_be_are_refused(self, days: Any) -> None:
        """They grow, and there is one at least."""
        with pytest.raises(InvalidValueError, match="after_days"):
            ReminderRules(after_days=days)


class TestOnLine:
    """What a gateway certifies, as events."""

    ASKED = Asked(invoice=REF, at=at(4), transaction="t", amount_cents=8650)

    def told(self, **other: Any) -> Notified:
        """A payment told as paid."""
        given = {
            "invoice": REF,
            "at": at(4, hour=10),
            "transaction": "t",
            "outcome": Outcome.PAID,
            "amount_cents": 8650,
        }
        return Notified(**{**given, **other})

    def test_what_was_asked_and_certified_counts_once(self) -> None:
        """At its first instant, however often it is told, whatever other outcomes come before or after."""
        account = ACCOUNT.after(
            self.told(at=at(5)),
            self.told(),
            self.told(outcome=Outcome.REFUSED, at=at(6)),
            self.told(amount_cents=None),
            self.ASKED,
        )

        assert [(one.at, one.cents, one.online) for one in received(account)] == [(at(4, hour=10), 8650, True)]
        assert doubts(account) == ()

    @pytest.mark.parametrize(
        ("other", "why"),
        (
            ({"transaction": "u"}, "transaction inconnue"),
            ({"amount_cents": 1}, "0,01\xa0€ pour 86,50\xa0€ demandés"),
            ({"test": True}, "paiement d'essai"),
        ),
    )
    def test_what_does_not_fit_counts_for_nothing_and_is_told(self, other: dict[str, Any], why: str) -> None:
        """Another transaction, another amount, a test for a real payment: kept, and looked at by somebody."""
        account = ACCOUNT.after(self.ASKED, self.told(**other))

        assert standing(account, at(9)).paid_cents == 0
        assert [why in one.text() for one in doubts(account)] == [True]
        assert "counts for nothing" in doubts(account)[0].text("en")

    def test_refunds_beyond_what_came_in_are_told(self) -> None:
        """No more is owed than the invoice: nobody knows which is wrong, the refund or a receipt that is not told."""
        account = ACCOUNT.after(Refunded(invoice=REF, at=at(9), refund="V", amount_cents=100))
        beyond = ACCOUNT.after(paid(1000), Refunded(invoice=REF, at=at(10), refund="V", amount_cents=2000))

        assert _sums(standing(account, at(9))) == (State.DOUBTFUL, 8650, 0)
        assert _sums(standing(beyond, at(10))) == (State.DOUBTFUL, 7650, 0)
        assert "de plus que reçu ; compté pour rien" in doubts(account)[0].text()
        assert Credited.FORM.name != Refunded.FORM.name


class _Read(HTMLParser):
    """What a page says, tag by tag."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


class TestPage:
    """View and print."""

    def test_it_says_all_that_is_owed_and_why(self) -> None:
        """Names, dates, lines with their derivation, what was paid, what is left, and the règlement applied."""
        account = ACCOUNT.after(paid(5000))
        shown = _Read(page(invoice_sheet(INVOICE, TOWN, names(INVOICE), standing(account, at(5, 11)))))
        text = " ".join(shown.words)

        assert shown.open == []
        for word in ("Mme Zoé Lœuf-Çelik", "Léa Lœuf", "02/10/2026", "31/10/2026", "16,50\xa0€", "20 min de retard",
                     "-50,00\xa0€", "36,50\xa0€", "en retard, le 05/11/2026", INVOICE.lines[0].digest[:12]):  # fmt: skip
            assert word in text
        assert "lea" not in text

    def test_it_can_be_heard_and_printed(self) -> None:
        """A language, one title, a caption, headings of columns, rows and groups; a style for paper; no script."""
        source = page(invoice_sheet(INVOICE, TOWN, names(INVOICE)))
        shown = _Read(source)
        scopes = [attrs["scope"] for tag, attrs in shown.tags if tag == "th"]

        assert ("html", {"lang": "fr"}) in shown.tags
        assert [tag for tag, _ in shown.tags].count("h1") == 1
        assert scopes.count("col") == 3
        assert scopes.count("rowgroup") == 1
        assert scopes.count("row") == len(INVOICE.lines) + 1
        assert "@media print" in source
        assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in shown.tags}

    def test_lines_stand_child_by_child(self) -> None:
        """As they first come, those of the household under their own heading; a child without a name by his code."""
        who = ("tom", "", "lea", "tom", "", "zoe")
        lines = tuple(replace(one, child=child) for one, child in zip(september().lines, who, strict=True))
        made = first(replace(september(), lines=lines))
        groups = invoice_sheet(made, TOWN, names(made)).groups

        assert [(name, [row.amount for row in rows]) for name, rows in groups] == [
            ("tom", ["16,50\xa0€", "0,00\xa0€"]), ("Foyer", ["5,00\xa0€", "10,00\xa0€"]), ("Léa Lœuf", ["5,00\xa0€"]),
            ("zoe", ["50,00\xa0€"])]  # fmt: skip

    def test_a_fragment_takes_its_place_among_headings(self) -> None:
        """Below the title of the portal's own page, and one table in it."""
        source = fragment(invoice_sheet(INVOICE, TOWN), level=2)

        assert "<h2>Facture CLAE-2026-000001</h2>" in source
        assert "<h1" not in source

    def test_nothing_that_is_given_is_read_as_html(self) -> None:
        """Names, labels, notes and addresses are text."""
        evil = '"><script>alert(1)</script><b>&'
        statement = replace(september(), lines=tuple(replace(one, label=evil) for one in september().lines))
        made = first(statement, due_on=date(2026, 10, 30))
        town = TOWN.changed(town=evil, payment=evil, mentions=(evil,), officer=evil)
        source = page(invoice_sheet(made, town, names(made, evil, evil)))

        assert "<script" not in source
        assert "<b>" not in source
        assert _Read(source).open == []

    def test_an_erased_person_breaks_nothing(self) -> None:
        """Without the names, pseudonyms stand in their place; the amounts are what they were."""
        source = page(invoice_sheet(INVOICE, TOWN))

        assert "Règlement « massingy », empreinte" in source
        assert "Foyer F-0012" in source
        assert "lea" in source
        assert "86,50" in source

    def test_names_are_those_of_the_invoice(self) -> None:
        """The names of another invoice are refused, and never repeated."""
        with pytest.raises(InvalidValueError, match="recipient : de CLAE-2026-000002") as caught:
            invoice_sheet(INVOICE, TOWN, names(first(number=2)))
        assert "Zoé" not in f"{caught.value!r} {caught.value.text('en')}"
        assert "Zoé" not in repr(names(INVOICE)) + repr(invoice_sheet(INVOICE, TOWN, names(INVOICE)))

    def test_each_rulebook_is_named_once_with_its_version(self) -> None:
        """So that anybody may count again by the règlement of that day."""
        lines = (INVOICE.lines[0], *(line.changed(version="2026-09") for line in INVOICE.lines[1:]))
        notes = invoice_sheet(INVOICE.changed(lines=lines), TOWN).notes

        digest = INVOICE.lines[0].digest[:12]
        assert notes[:2] == (
            f"Règlement « massingy », empreinte {digest}", f"Règlement « massingy », version 2026-09, empreinte {digest}")  # fmt: skip

    def test_a_standing_is_that_of_the_invoice(self) -> None:
        """What another invoice comes to is not printed on this one."""
        other = first(number=2)
        with pytest.raises(
            InvalidValueError, match="standing : de CLAE-2026-000002 ; il faut celui de CLAE-2026-000001"
        ):
            invoice_sheet(INVOICE, TOWN, None, standing(account_of(other), at(5)))

    def test_overpayment_and_credit_are_printed(self) -> None:
        """What is to be refunded is said on the invoice itself."""
        account = ACCOUNT.after(paid(8650), credited(note(cents_of={0: 1650})))
        totals = invoice_sheet(INVOICE, TOWN, None, standing(account, at(20))).totals

        assert [(name, amount.replace("\xa0", " ")) for name, amount in totals] == [
            ("Total", "86,50 €"), ("Avoirs", "-16,50 €"), ("Déjà payé", "-86,50 €"),
            ("Trop-perçu, à rembourser", "16,50 €"), ("Reste à payer", "0,00 €")]  # fmt: skip

    def test_a_thousand_lines_and_long_names_are_shown(self) -> None:
        """Nothing is cut; a name of 500 characters is refused, one of 200 is shown."""
        made = first(with_cents(*range(1, 1001)))
        shown = _Read(fragment(invoice_sheet(made, TOWN, names(made, "N" * 200))))

        assert made.total_cents == 500500
        assert [tag for tag, _ in shown.tags].count("li") >= 1000
        with pytest.raises(InvalidValueError, match="name : valeur non répétée ici") as caught:
            names(INVOICE, "Zoé" * 170)
        assert "Zoé" not in f"{caught.value} {caught.value.text('en')}"


class TestMyInvoices:
    """The page of the guide."""

    def test_it_lists_the_newest_first(self) -> None:
        """B5: each invoice with its state and what is left; the table has headings and can be heard."""
        later = first(
            replace(september(), month=date(2026, 10, 1)), number=2, issued=at(3, 11), due_on=date(2026, 11, 30)
        )
        now, account = at(5, 11), ACCOUNT.after(paid(5000))
        shown = my_invoices([(INVOICE, standing(account, now)), (later, standing(account_of(later), now))])

        assert shown.rows == (
            ("CLAE-2026-000002", "10/2026", "86,50\xa0€", "30/11/2026", "émise", "86,50\xa0€"),
            ("CLAE-2026-000001", "09/2026", "86,50\xa0€", "31/10/2026", "en retard", "36,50\xa0€"),
        )
        assert section_html(shown, 2).count('<th scope="col"') == 6
        assert my_invoices([]).note == "Aucune facture."
        with pytest.raises(InvalidValueError, match="standing : de CLAE-2026-000001"):
            my_invoices([(later, standing(account, now))])


class TestIssuer:
    """Who issues."""

    def test_a_titre_bears_who_issues_it_and_how_to_appeal(self) -> None:
        """CGCT, art. L. 1617-5, 4°: first name, name and quality, and the ways and delays of appeal."""
        with pytest.raises(InvalidValueError) as caught:
            Issuer(town="Massingy", service="Mairie", address=("1, place",), nature=Nature.TITRE)
        assert [line.split(" : ")[0] for line in said(caught)] == ["officer", "appeal"]

        titre = TOWN.changed(nature=Nature.TITRE, officer="Anne Martin, maire", appeal="Deux mois devant le tribunal.")
        text = page(invoice_sheet(INVOICE, titre))
        for word in ("Avis des sommes à payer CLAE-2026-000001", "Anne Martin, maire", "Deux mois devant le tribunal."):
            assert word in text

    def test_control_characters_are_refused(self) -> None:
        """A line is a line; no-break spaces are French typography, and accents are written as one letter."""
        for bad in ("a\nb", "a\x00", "a\u202eb", "", "  "):
            with pytest.raises(InvalidValueError, match="town"):
                TOWN.changed(town=bad)
        assert TOWN.changed(town="E\u0301cole\u00a0!").town == "École\xa0!"


EVERY: tuple[Any, ...] = (
    INVOICE, note(), names(INVOICE), TOWN, TestReminders.RULES,
    ACCOUNT.after(
        paid(5), credited(note()), Refunded(invoice=REF, at=at(9), refund="V", amount_cents=1), TestOnLine.ASKED,
        Reminded(invoice=REF, at=at(9), rank=1), Notified(invoice=REF, at=at(9), transaction="t", outcome=Outcome.WAITING),
        withdrawn(paid(7, means="chèque")),
    ),
)  # fmt: skip


@pytest.mark.parametrize("made", EVERY, ids=lambda one: type(one).__name__)
def test_every_record_is_written_and_read_back(made: Any) -> None:
    """To plain JSON and back, the events of an account each as its kind; keys are French, and none hides another."""
    written = json.loads(json.dumps(to_plain(made)))

    assert from_plain(type(made), written) == made
    assert not {"lines", "amount_cents", "number", "invoice", "at"} & set(written)
    assert written["forme"] == made.FORM.name
    assert written["version"] == 1


def test_an_instant_out_of_reach_is_refused() -> None:
    """A clock that is a thousand years off is told where it is read."""
    with pytest.raises(InvalidValueError, match="issued : lu"):
        first(issued=datetime.max.replace(tzinfo=UTC))
    with pytest.raises(InvalidValueError, match="due_on : lu"):
        first(due_on=date.max)


def test_one_statement_is_as_good_as_a_list() -> None:
    """A single statement needs no brackets."""
    given: dict[str, Any] = {
        "regie": "CLAE",
        "year": 2026,
        "number": 1,
        "household": "F",
        "issued": at(2),
        "due_on": date(2026, 11, 1),
    }

    assert invoice(september(), **given) == invoice([september()], **given)
    assert at(2).tzinfo is PARIS
