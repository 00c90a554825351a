"""Payments on line: what is told twice, late, forged or out of order changes nothing wrongly and loses nothing."""

from __future__ import annotations

import itertools
import logging
import sys
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

pytest.importorskip("attrs")
pytest.importorskip("eopayment")
pytest.importorskip("hypothesis")

import eopayment
from eopayment.payfip_ws import PayFiPError
from hypothesis import given
from hypothesis import strategies as st
from tests.invoicing import at, first, paid, with_cents

from clae_rules import InvalidValueError, NaiveInstantError
from clae_rules.adapters._missing import MissingLibraryError
from clae_rules.adapters.invoices import (
    Asked,
    InvoiceAccount,
    Outcome,
    Refunded,
    State,
    Withdrawn,
    account_of,
    doubts,
    received,
    standing,
)
from clae_rules.adapters.payments import (
    APART,
    Eopayment,
    Gateway,
    GatewayError,
    Notification,
    Payment,
    Reception,
    applied,
    asked,
    payment_of,
    reception,
)

INVOICE = first()
ACCOUNT = account_of(INVOICE)
REF = INVOICE.reference
NOW = at(4)
URLS = {"normal_return_url": "https://portail.fr/retour", "automatic_return_url": "https://portail.fr/notification"}
PAYFIP = {"numcli": "123456", "saisie": "W", **URLS}


def wanted(**other: Any) -> Payment:
    """All that is owed."""
    return payment_of(INVOICE, ACCOUNT, **{"now": NOW, "email": "zoe@exemple.fr", **other})


def told(**other: Any) -> Notification:
    """A payment of all that is owed, certified."""
    base = {"transaction": "t", "outcome": Outcome.PAID, "verified": True, "at": at(4, hour=10), "amount_cents": 8650}
    return Notification(**{**base, **other})


ASKED = Asked(invoice=REF, at=NOW, transaction="t", amount_cents=8650)


class TestPayment:
    """What is asked."""

    def test_it_is_what_is_owed_or_a_part_of_it(self) -> None:
        """Never more than the balance, and nothing where nothing is owed."""
        assert wanted().amount_cents == 8650
        assert [wanted(amount_cents=much).amount_cents for much in (1, 5000, 8650)] == [1, 5000, 8650]
        assert payment_of(INVOICE, ACCOUNT.after(paid(8000, 3)), now=NOW, email="a@b.fr").amount_cents == 650
        with pytest.raises(InvalidValueError, match=r"lu 86,51.*il reste 86,50.*à payer"):
            wanted(amount_cents=8651)
        with pytest.raises(InvalidValueError, match="rien n'est dû"):
            payment_of(INVOICE, ACCOUNT.after(paid(8650, 3)), now=NOW, email="a@b.fr")
        for wrong in (0, -1, True, "5"):
            with pytest.raises(InvalidValueError, match="amount_cents"):
                wanted(amount_cents=wrong)
        with pytest.raises(InvalidValueError, match="account : compte de CLAE-2026-000002"):
            payment_of(INVOICE, account_of(first(number=2)), now=NOW, email="a@b.fr")
        with pytest.raises(NaiveInstantError):
            wanted(now=datetime(2026, 10, 4))

    def test_another_is_not_asked_while_one_is_under_way(self) -> None:
        """Twenty minutes, or until the gateway tells its end: nobody pays twice by pressing twice."""
        account = ACCOUNT.after(ASKED)
        again: dict[str, Any] = {"email": "a@b.fr"}
        with pytest.raises(InvalidValueError, match="un paiement est en cours depuis 09:00"):
            payment_of(INVOICE, account, now=NOW + timedelta(minutes=19), **again)
        with pytest.raises(InvalidValueError, match="en cours"):
            payment_of(
                INVOICE, applied(account, told(outcome=Outcome.WAITING)), now=NOW - timedelta(minutes=1), **again
            )

        assert payment_of(INVOICE, account, now=NOW + APART, **again).amount_cents == 8650
        refused = applied(account, told(outcome=Outcome.REFUSED, at=NOW))
        assert payment_of(INVOICE, refused, now=NOW + timedelta(minutes=1), **again).amount_cents == 8650

    def test_an_account_in_doubt_asks_for_nothing(self) -> None:
        """A receipt in two ways, a refund of nothing, a certified payment of another amount: why, and the way out."""
        mismatch = applied(ACCOUNT.after(ASKED), told(amount_cents=8600, at=NOW))
        refund = Refunded(invoice=REF, at=NOW, refund="V", amount_cents=8650)
        for account in (ACCOUNT.after(paid(8650, 3), paid(100, 3)), ACCOUNT.after(refund), mismatch):
            for now in (NOW + timedelta(minutes=1), NOW + timedelta(days=60)):
                with pytest.raises(
                    InvalidValueError, match=r"compté pour rien ; rien n'est demandé : la régie vérifie"
                ):
                    payment_of(INVOICE, account, now=now, email="a@b.fr")

        settled = ACCOUNT.after(refund, Withdrawn(invoice=REF, at=NOW, event=refund))
        assert payment_of(INVOICE, settled, now=NOW, email="a@b.fr").amount_cents == 8650

    def test_a_clock_that_is_ahead_does_not_ask_twice(self) -> None:
        """What the gateway told by a clock that is ahead neither ends what is under way nor hides a doubt."""
        account = applied(ACCOUNT.after(ASKED), told(at=NOW + timedelta(minutes=2)))
        with pytest.raises(InvalidValueError, match="un paiement est en cours"):
            payment_of(INVOICE, account, now=NOW + timedelta(minutes=1), email="a@b.fr")
        doubtful = applied(ACCOUNT, told(at=NOW + timedelta(minutes=2)))
        with pytest.raises(InvalidValueError, match="transaction inconnue"):
            payment_of(INVOICE, doubtful, now=NOW + timedelta(minutes=1), email="a@b.fr")

    def test_a_refusal_of_another_amount_ends_nothing(self) -> None:
        """It is not of the payment under way, which may still succeed."""
        account = applied(ACCOUNT.after(ASKED), told(outcome=Outcome.REFUSED, amount_cents=1, at=NOW))

        assert doubts(account) == ()
        with pytest.raises(InvalidValueError, match="un paiement est en cours"):
            payment_of(INVOICE, account, now=NOW + timedelta(minutes=1), email="a@b.fr")

    def test_an_address_is_never_shown(self) -> None:
        """Neither in a repr nor in the error that refuses it."""
        assert "zoe" not in repr(wanted())
        with pytest.raises(InvalidValueError) as caught:
            wanted(email="zoe" * 100)
        assert "zoe" not in f"{caught.value} {caught.value!r}"


class TestApplied:
    """What is told."""

    def test_a_payment_that_was_asked_and_certified_is_paid(self) -> None:
        """Once, on the day it was told."""
        account = applied(ACCOUNT.after(ASKED), told())

        assert standing(account, at(5)).state is State.PAID
        assert standing(account, at(4)).state is State.ISSUED
        assert [one.cents for one in received(account)] == [8650]

    def test_what_anybody_may_send_changes_nothing(self) -> None:
        """A notification that is not certified is not even kept."""
        account = ACCOUNT.after(ASKED)
        forged = told(verified=False)

        assert applied(account, forged) == account
        assert reception(account, forged) is Reception.FORGED

    @pytest.mark.parametrize(
        ("wrong", "what"),
        (
            ({"transaction": "u"}, Reception.UNKNOWN),
            ({"amount_cents": 1}, Reception.MISMATCH),
            ({"amount_cents": 10**12}, Reception.MISMATCH),
            ({"test": True}, Reception.MISMATCH),
        ),
    )
    def test_what_does_not_fit_is_kept_and_counts_for_nothing(self, wrong: dict[str, Any], what: Reception) -> None:
        """A certified payment of another transaction, another amount or another mode: somebody must look."""
        notification = told(**wrong)
        account = applied(ACCOUNT.after(ASKED), notification)

        assert reception(ACCOUNT.after(ASKED), notification) is what
        assert standing(account, at(9)).paid_cents == 0
        assert len(doubts(account)) == 1

    def test_what_is_told_again_is_known(self) -> None:
        """Logged as such, and the account is the same."""
        account = applied(ACCOUNT.after(ASKED), told())

        assert reception(ACCOUNT.after(ASKED), told()) is Reception.NEW
        assert reception(account, told(at=at(9))) is Reception.REPEATED
        assert applied(account, told(at=at(9))) == account

    @given(st.data())
    def test_the_order_and_the_number_of_notifications_do_not_matter(self, data: st.DataObject) -> None:
        """In any order, repeated, mixed with forged ones: one account, and at most what was asked."""
        some = st.builds(
            Notification,
            transaction=st.sampled_from(["t", "u"]),
            outcome=st.sampled_from(Outcome),
            verified=st.booleans(),
            at=st.integers(0, 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
            amount_cents=st.sampled_from([None, 8650, 1]),
            test=st.booleans(),
        )
        came = data.draw(st.lists(some, max_size=8))
        other = data.draw(
            st.permutations([*came, *data.draw(st.lists(st.sampled_from(came), max_size=4) if came else st.just([]))])
        )
        one, two = ACCOUNT.after(ASKED), ACCOUNT
        for notification in came:
            one = applied(one, notification)
        for notification in other:
            two = applied(two, notification)
        two = two.after(ASKED)  # the store may have been slower than the gateway
        sure = [n for n in came if n.verified and n.transaction == "t" and n.outcome is Outcome.PAID]
        counted = any(n.amount_cents != 1 and not n.test for n in sure)

        assert one == two
        assert all(applied(one, notification) == one for notification in other)
        assert standing(one, at(9)).paid_cents == (8650 if counted else 0)
        kept = {(n.transaction, n.outcome, n.amount_cents, n.test) for n in came if n.verified}
        assert len(one.events) == 2 + len(kept)

    def test_paid_is_paid_whatever_else_is_told(self) -> None:
        """Every order of five outcomes of one transaction gives the same paid invoice."""
        outcomes = [
            told(outcome=one, at=NOW + timedelta(minutes=i), amount_cents=None)
            for i, one in enumerate(Outcome)
            if one is not Outcome.UNREADABLE
        ]
        for order in itertools.permutations(outcomes, 5):
            account: InvoiceAccount = ACCOUNT.after(ASKED)
            for one in order:
                account = applied(account, one)
            expected = State.PAID if any(one.outcome is Outcome.PAID for one in order) else State.ISSUED
            assert standing(account, at(9)).state is expected


def dummy(**options: Any) -> Eopayment:
    """The stand-in gateway."""
    return Eopayment("dummy", {"origin": "Portail", **URLS, **options})


class TestDummy:
    """From the invoice to the paid invoice, with eopayment's offline gateway."""

    def test_from_end_to_end(self) -> None:
        """Asked, sent to the gateway, told by it twice and by the family's browser before: paid once."""
        gateway: Gateway = dummy()
        payment = wanted()
        there = gateway.request(payment)
        sent = parse_qs(urlsplit(there.url).query)
        account = ACCOUNT.after(asked(payment, there, at=NOW))

        assert there.test
        assert (sent["amount"], sent["orderid"], sent["subject"]) == (["86.50"], ["CLAE2026000001"], [f"Facture {REF}"])
        assert sent["direct_notification_url"] == [URLS["automatic_return_url"]]

        name = sent["transaction_id"][0]
        browser = gateway.notification(urlencode({"transaction_id": name, "ok": 1}), at=at(4, hour=10))
        server = gateway.notification(
            urlencode({"transaction_id": name, "ok": 1, "signed": 1, "amount": "86.50"}), at=at(4, hour=10)
        )
        account = applied(account, browser)
        assert standing(account, at(5)).balance_cents == 8650
        account = applied(applied(account, server), server)
        assert (server.reply, server.amount_cents, server.test) == ("signature ok", 8650, True)
        assert standing(account, at(5)).state is State.PAID
        assert doubts(account) == ()

    @pytest.mark.parametrize(
        ("said", "outcome"),
        (({"nok": 1}, Outcome.FAILED), ({"waiting": 1}, Outcome.WAITING), ({"ok": 1}, Outcome.PAID)),
    )
    def test_what_became_of_it_is_told(self, said: dict[str, Any], outcome: Outcome) -> None:
        """Refused, waiting, paid."""
        found = dummy().notification(urlencode({"transaction_id": "x", "signed": 1, **said}), at=NOW)

        assert (found.outcome, found.verified, found.amount_cents) == (outcome, True, None)

    @pytest.mark.parametrize(
        "raw",
        (
            "", "x", "ok=1&signed=1", "transaction_id=&signed=1", "%ff%00=%", "transaction_id=x&amount=NaN",
            "transaction_id=x&amount=1e99", "transaction_id=x&amount=-1", "transaction_id=x&amount=1.234",
            "transaction_id=x&amount=Infinity", "transaction_id=x&amount=abc", "transaction_id=" + "x" * 300,
        ),
    )  # fmt: skip
    def test_what_cannot_be_read_is_an_error(self, raw: str) -> None:
        """The portal answers with an error, and the gateway tells it again; nothing was changed."""
        with pytest.raises(GatewayError, match=r"« dummy » : .*recommencez"):
            dummy().notification(raw, at=NOW)

    @pytest.mark.parametrize("amount", ("-5.33", "1e400", "NaN", "1.234", "abc", "1e20"))
    def test_what_is_certified_and_cannot_be_read_is_told_once(self, amount: str) -> None:
        """It is answered, kept and looked at; told again it is the same, and nothing is asked meanwhile."""
        raw = urlencode({"transaction_id": "t", "ok": 1, "signed": 1, "amount": amount})
        found = dummy().notification(raw, at=NOW)
        account = applied(ACCOUNT.after(ASKED), found)

        assert (found.transaction, found.outcome, found.amount_cents) == ("t", Outcome.UNREADABLE, None)
        assert (found.reply, reception(account, found)) == ("signature ok", Reception.MISMATCH)
        assert applied(account, dummy().notification(raw, at=at(5))) == account
        assert [one.text() for one in doubts(account)] == [
            "paiement notifié.t : illisible, certifié par la passerelle, qu'il faut interroger ; compté pour rien"]  # fmt: skip
        assert standing(account, at(9)).paid_cents == 0
        with pytest.raises(InvalidValueError, match="illisible"):
            payment_of(INVOICE, account, now=at(9), email="a@b.fr")

    @pytest.mark.parametrize("name", ("x" * 5000, "a\nb", "\x00"))
    def test_a_transaction_that_none_can_have_is_told_once(self, name: str) -> None:
        """Certified, it has always the same short name, under which nobody asked anything."""
        raw = urlencode({"transaction_id": name, "ok": 1, "signed": 1})
        found = dummy().notification(raw, at=NOW)

        assert found.outcome is Outcome.UNREADABLE
        assert found.transaction == dummy().notification(raw, at=at(5)).transaction
        assert len(found.transaction) == len("illisible-") + 16
        assert reception(ACCOUNT.after(ASKED), found) is Reception.UNKNOWN

    def test_nobody_hears_of_the_payer(self, caplog: pytest.LogCaptureFixture) -> None:
        """Whatever logs, the address of who pays is in no record."""
        with caplog.at_level(logging.DEBUG):
            dummy().request(wanted())

        assert "zoe" not in repr(dummy().request(wanted()))
        assert "zoe" not in caplog.text
        assert [one for one in caplog.records if "zoe" in str(one.args)] == []

    def test_a_lost_notification_cannot_be_looked_up(self) -> None:
        """The stand-in has nobody to ask."""
        assert dummy().looked_up(ASKED, at=NOW) is None


class _PayFiP:
    """The treasury's web service, as eopayment calls it."""

    def __init__(self, **paid: Any) -> None:
        self.calls: list[dict[str, Any]] = []
        self.paid = paid

    def get_idop(self, **fields: Any) -> str:
        self.calls.append(fields)
        return "f5c0a3e0-0000-4000-8000-000000000001"

    def get_info_paiement(self, idop: str, timeout: int | None = None) -> Any:
        del timeout
        if "error" in self.paid:
            raise PayFiPError(self.paid["error"], "zoe@exemple.fr")
        fields = {"resultrans": "P", "refdet": "CLAE2026000001", "numauto": "1", "montant": "8650", "saisie": "W",
                  "dattrans": "04102026", "heurtrans": "1000", "idOp": idop, **self.paid}  # fmt: skip
        return _Answer(fields)


class _Answer(SimpleNamespace):
    """An answer that is read both ways."""

    def __init__(self, fields: dict[str, Any]) -> None:
        super().__init__(**fields)

    def __iter__(self) -> Any:
        return iter(vars(self))

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


def payfip(service: _PayFiP | None = None, **options: Any) -> Eopayment:
    """PayFiP, with its web service in our hands."""
    gateway = Eopayment("payfip_ws", {**PAYFIP, **options})
    gateway._backend.payfip = service or _PayFiP()
    return gateway


class TestPayfip:
    """The treasury's gateway."""

    def test_from_end_to_end(self) -> None:
        """Cents, reference and exercice as it wants them; what became of it is asked of the treasury itself."""
        service = _PayFiP()
        gateway, payment = payfip(service), wanted()
        there = gateway.request(payment)
        account = ACCOUNT.after(asked(payment, there, at=NOW))
        (fields,) = service.calls

        assert {name: fields[name] for name in ("numcli", "saisie", "exer", "refdet", "montant", "mel", "objet")} == {
            "numcli": "123456", "saisie": "W", "exer": "2026", "refdet": "CLAE2026000001", "montant": "8650",
            "mel": "zoe@exemple.fr", "objet": "Facture CLAE 2026 000001"}  # fmt: skip
        assert there.url == f"https://www.payfip.gouv.fr/tpa/paiementws.web?idop={there.transaction}"
        assert not there.test

        notification = gateway.notification(f"idop={there.transaction}", at=at(4, hour=10))
        assert (notification.outcome, notification.verified, notification.amount_cents) == (Outcome.PAID, True, 8650)
        assert standing(applied(account, notification), at(5)).state is State.PAID
        assert gateway.looked_up(account.of(Asked)[0], at=at(4, hour=10)) == notification

    @pytest.mark.parametrize(
        ("code", "outcome"),
        (("V", Outcome.PAID), ("R", Outcome.REFUSED), ("Z", Outcome.REFUSED), ("?", Outcome.FAILED)),
    )
    def test_its_codes_are_understood(self, code: str, outcome: Outcome) -> None:
        """Card and direct debit, paid and refused; anything else is a failure, never a payment."""
        found = payfip(_PayFiP(resultrans=code)).notification("idop=x", at=NOW)

        assert found.outcome is outcome

    def test_another_amount_or_a_test_is_not_what_was_asked(self) -> None:
        """A payment of one euro, or in test mode, does not pay the invoice."""
        account = ACCOUNT.after(ASKED.changed(transaction="x"))
        for wrong in ({"montant": "100"}, {"saisie": "T"}):
            notification = payfip(_PayFiP(**wrong)).notification("idop=x", at=NOW)
            assert reception(account, notification) is Reception.MISMATCH
            assert standing(applied(account, notification), at(9)).balance_cents == 8650

    def test_what_the_treasury_no_longer_knows_is_over(self) -> None:
        """P1: an operation that expired; P5: one under way; any other error is told, without its words."""
        assert payfip(_PayFiP(error="P1")).notification("idop=x", at=NOW).outcome is Outcome.EXPIRED
        assert payfip(_PayFiP(error="P5")).notification("idop=x", at=NOW).outcome is Outcome.WAITING
        with pytest.raises(GatewayError, match="PayFiPError A1") as caught:
            payfip(_PayFiP(error="A1")).notification("idop=x", at=NOW)
        with pytest.raises(GatewayError, match="PayFiPError A1"):
            payfip(_PayFiP(error="A1")).looked_up(ASKED, at=NOW)
        assert "zoe" not in f"{caught.value}"
        for raw in ("", "refdet=x", "idop="):
            with pytest.raises(GatewayError):
                payfip().notification(raw, at=NOW)

    @pytest.mark.parametrize(("cents", "fits"), ((99, False), (100, True), (9_999_999, True), (10_000_000, False)))
    def test_amounts_have_bounds(self, cents: int, fits: bool) -> None:
        """From 1 € to 99 999,99 €."""
        payment = Payment(invoice=REF, year=2026, amount_cents=cents, email="a@b.fr", subject="x")
        if fits:
            assert payfip().request(payment).transaction
        else:
            with pytest.raises(InvalidValueError, match="amount_cents : lu"):
                payfip().request(payment)

    @pytest.mark.parametrize("email", ("a@b.c", f"{'a' * 60}@{'b' * 20}.fr"))
    def test_addresses_have_bounds(self, email: str) -> None:
        """6 to 80 characters; refused before anything is sent, and never repeated."""
        service = _PayFiP()
        with pytest.raises(InvalidValueError, match="email : il faut") as caught:
            payfip(service).request(wanted(email=email))
        assert email not in str(caught.value)
        assert service.calls == []

    def test_the_shortest_and_the_longest_address_fit(self) -> None:
        """6 and 80 characters are within the bounds."""
        for email in ("a@b.fr", f"{'a' * 60}@{'b' * 16}.fr"):
            assert len(email) in {6, 80}
            assert payfip().request(wanted(email=email)).transaction

    @pytest.mark.parametrize("reference", ("A-1", "A_2026_000001", "A" * 31))
    def test_references_have_bounds(self, reference: str) -> None:
        """6 to 30 letters and digits, hyphens left out."""
        payment = Payment(invoice=reference, year=2026, amount_cents=100, email="a@b.fr", subject="x")
        with pytest.raises(InvalidValueError, match="invoice : lu"):
            payfip().request(payment)

    def test_the_longest_reference_of_a_regie_fits(self) -> None:
        """A régie of 12 letters and the largest number: nothing that we issue is refused."""
        made = first(with_cents(500), regie="REGIE2026ABC", number=999_999)
        payment = payment_of(made, account_of(made), now=NOW, email="a@b.fr")

        assert payment.reference == "REGIE2026ABC2026999999"
        assert payfip().request(payment).transaction

    def test_every_wrong_setting_is_told_at_once(self) -> None:
        """Client number, mode and return addresses; the values, which may be secrets, are not repeated."""
        with pytest.raises(InvalidValueError) as caught:
            Eopayment("payfip_ws", {"numcli": "12345", "saisie": "A", "normal_return_url": "javascript:x"})

        assert [line.split(" : ")[0] for line in str(caught.value).splitlines()] == [
            "numcli", "saisie", "normal_return_url", "automatic_return_url"]  # fmt: skip
        assert "12345" not in str(caught.value)

    def test_without_a_mode_no_money_moves(self) -> None:
        """Eopayment takes « T » where none is given, and so do we."""
        options = {name: value for name, value in PAYFIP.items() if name != "saisie"}
        assert Eopayment("payfip_ws", options).test
        assert not payfip().test


class TestEopayment:
    """Any gateway of the library."""

    def test_answers_that_nothing_certifies_are_not_taken(self) -> None:
        """The older service signs nothing, although eopayment says so: anybody could pay by writing an address."""
        forged = eopayment.Payment("tipi", {"numcli": "123456"}).response("refdet=CLAE2026000001&resultrans=P")
        assert forged.signed
        with pytest.raises(GatewayError, match="rien ne certifie ses réponses ; prenez « payfip_ws »"):
            Eopayment("tipi", PAYFIP)

    @pytest.mark.parametrize("kind", ("", "common", "nobody", "../x"))
    def test_an_unknown_gateway_is_an_error(self, kind: str) -> None:
        """With a way out."""
        with pytest.raises(GatewayError, match="passerelle inconnue"):
            Eopayment(kind, {})

    def test_without_its_library_it_says_which_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One line, with what to install; nothing else of the adapter needs it."""
        monkeypatch.setitem(sys.modules, "eopayment", None)
        with pytest.raises(MissingLibraryError, match=r"pip install 'clae-rules\[payments\]'"):
            Eopayment("dummy", {})

    def test_an_unknown_setting_is_an_error(self) -> None:
        """The library would pass over it without a word; its value is not repeated."""
        with pytest.raises(
            InvalidValueError, match="automatic_retrun_url : réglage inconnu ; vouliez-vous dire"
        ) as caught:
            dummy(automatic_retrun_url="https://secret.fr")
        assert "secret" not in str(caught.value)

    def test_forms_are_passed_on(self) -> None:
        """Some gateways want a form to be sent rather than an address to be opened."""
        gateway = dummy()
        form = eopayment.common.Form("https://banque.fr", "POST", [{"type": "hidden", "name": "a", "value": '"<'}])
        gateway._backend.request = lambda amount, **more: ("x", eopayment.FORM, form)
        there = gateway.request(wanted())

        assert there.url == ""
        assert 'value="&quot;&lt;"' in there.form

    def test_a_refusal_of_the_library_is_told_without_its_words(self) -> None:
        """They may repeat an address."""
        gateway = dummy()

        def refuse(amount: str, **more: Any) -> Any:
            raise ValueError(more["email"])

        gateway._backend.request = refuse
        with pytest.raises(GatewayError, match="ValueError") as caught:
            gateway.request(wanted())
        assert "zoe" not in str(caught.value)
        assert caught.value.__cause__ is None
