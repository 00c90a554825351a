"""
Payment on line through eopayment, among others by PayFiP, the gateway of the French treasury.

eopayment is copyleft: GPL version 3 or later as its package says, AGPL version 3 or later as its files say. It is an
extra of its own, `payments`, outside `all`; it is imported when a gateway is built, called by its functions, and nothing
of it is copied here. Who serves a portal with it owes his users what its licence says.

The limits of PayFiP's fields are those that eopayment 3.15 holds or states (`payfip_ws.py`, `tipi.py`): client number of
6 digits, reference of 6 to 30 letters and digits, address of 6 to 80 characters, mode T, X or W, at least 1 €; the
largest amount is 99 999,99 € (the configuration of SchoolBusManager, one cent below eopayment's). The lengths of the
two return addresses could not be checked against the treasury's guide, and are left to it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from ..errors import ClaeRulesError, Fault, meant, raise_all
from ..money import euros
from ._invoice_events import Asked, Outcome
from ._missing import MissingLibraryError
from ._payments import (
    APART,
    Gateway,
    Notification,
    Payment,
    Reception,
    Redirection,
    applied,
    asked,
    payment_of,
    reception,
)
from ._records import RefusedValueError, text

__all__ = [
    "APART",
    "Eopayment",
    "Gateway",
    "GatewayError",
    "Notification",
    "Payment",
    "Reception",
    "Redirection",
    "applied",
    "asked",
    "payment_of",
    "reception",
]

#: The web service of PayFiP, whose answers are asked of it; and the free stand-in for tests.
PAYFIP: Final = "payfip_ws"
DUMMY: Final = "dummy"
#: eopayment calls the answers of the older service signed, but nothing in them is: anybody may write them.
_NEVER_CERTAIN: Final = frozenset({"tipi"})
_LEAST_CENTS: Final = 100
_MOST_CENTS: Final = 9_999_999
#: What eopayment raises for an answer that it cannot read; a gateway that cannot be reached is one of its own errors.
_UNREADABLE: Final = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError)


class GatewayError(ClaeRulesError):
    """A gateway that cannot be built, reached or understood; nothing is known of the payment, and nothing changed."""


class Eopayment:
    """
    A gateway of eopayment.

    Tried end to end with its offline stand-in, « dummy », and with PayFiP's answers as eopayment gives them; the others
    are called in the same way, and were not tried.

    Args:
        kind: Its name in eopayment: « payfip_ws », « dummy », « systempayv2 »…
        options: Its settings as eopayment names them; they hold secrets, and are in no repr and no message.
        test: Whether no money moves, where the kind and its settings do not say so by themselves.

    Raises:
        MissingLibraryError: If `eopayment` is not installed.
        GatewayError: If the kind is unknown, or its answers cannot be trusted.
        InvalidValueError: Naming every setting that is unknown, or that PayFiP refuses.
    """

    def __init__(self, kind: str, options: Mapping[str, Any], *, test: bool = False) -> None:
        try:
            import eopayment
        except ImportError as missing:
            raise MissingLibraryError("le paiement en ligne demande une bibliothèque", "payments") from missing
        if kind in _NEVER_CERTAIN:
            raise GatewayError(f"« {kind} » : rien ne certifie ses réponses ; prenez « {PAYFIP} »")
        try:
            backend = eopayment.get_backend(kind)
            known = [one["name"] for one in backend.description["parameters"]]
        except (ImportError, AttributeError) as unknown:
            raise GatewayError(f"« {kind} » : passerelle inconnue ; connues : « {PAYFIP} », « {DUMMY} »…") from unknown
        raise_all([*_unknown(options, known), *(_faults_of_settings(options) if kind == PAYFIP else ())])
        self.kind = kind
        self.test = test or kind == DUMMY or (kind == PAYFIP and options.get("saisie", "T") == "T")
        self._backend = backend(dict(options), logger=_silent())
        self._kinds = {eopayment.URL: "url", eopayment.HTML: "form", eopayment.FORM: "form"}
        self._failed = eopayment.PaymentException
        self._outcomes = {
            eopayment.RECEIVED: Outcome.WAITING,
            eopayment.ACCEPTED: Outcome.WAITING,
            eopayment.WAITING: Outcome.WAITING,
            eopayment.PAID: Outcome.PAID,
            eopayment.DENIED: Outcome.REFUSED,
            eopayment.CANCELLED: Outcome.CANCELLED,
            eopayment.EXPIRED: Outcome.EXPIRED,
        }

    def request(self, payment: Payment) -> Redirection:
        """
        Where the family goes to pay.

        Raises:
            InvalidValueError: Naming every field that PayFiP refuses.
            GatewayError: If the gateway refuses or cannot be reached.
        """
        if self.kind == PAYFIP:
            raise_all(_faults_of_payment(payment))
            more = {"refdet": payment.reference, "exer": str(payment.year)}
        else:
            more = {"orderid": payment.reference}
        amount = f"{payment.amount_cents // 100}.{payment.amount_cents % 100:02d}"
        try:
            name, kind, told = self._backend.request(amount, email=payment.email, subject=payment.subject, **more)
        except (self._failed, *_UNREADABLE) as error:
            raise self._error(error) from None
        return Redirection(str(name), **{self._kinds[kind]: str(told)}, test=self.test)

    def notification(self, query: str, *, at: datetime) -> Notification:
        """
        What a query string or the body of a form, received at an instant, tells.

        What the gateway certifies and cannot be read is told as `Outcome.UNREADABLE`, to be kept and looked at: sent
        again, it would be the same.

        Raises:
            GatewayError: If it cannot be read, or the gateway cannot be asked; answer with an error, and it comes again.
        """
        try:
            return self._told(self._backend.response(query), at)
        except (self._failed, *_UNREADABLE) as error:
            raise self._error(error) from None

    def looked_up(self, known: Asked, *, at: datetime) -> Notification | None:
        """
        What became of a payment, asked of the gateway, for a notification that never came; None where it cannot tell.

        Raises:
            GatewayError: If the gateway cannot be asked.
        """
        if not hasattr(self._backend, "payment_status"):
            return None
        try:
            return self._told(self._backend.payment_status(known.transaction, transaction_date=known.at), at)
        except (self._failed, *_UNREADABLE) as error:
            raise self._error(error) from None

    def _told(self, response: Any, at: datetime) -> Notification:
        name = str(response.order_id or response.transaction_id or "")
        sure, test, reply = bool(response.signed), bool(response.test), response.return_content or ""
        try:
            return Notification(
                transaction=name, outcome=self._outcomes.get(response.result, Outcome.FAILED), verified=sure, at=at,
                amount_cents=self._amount(response.bank_data), test=test, reply=reply,
            )  # fmt: skip
        except _UNREADABLE:
            if not sure:
                raise
        return Notification(
            transaction=_nameable(name), outcome=Outcome.UNREADABLE, verified=sure, at=at, test=test, reply=reply
        )

    def _amount(self, told: Mapping[str, Any]) -> int | None:
        """What was paid, cents, where the kind tells it; unreadable is an error, not an amount."""
        if self.kind == PAYFIP:
            return int(told["montant"]) if told.get("montant") else None
        if self.kind == DUMMY and told.get("amount"):
            cents = Decimal(told["amount"][0]) * 100
            if cents != cents.to_integral_value():
                raise ValueError("amount")
            return int(cents)
        return None

    def _error(self, error: Exception) -> GatewayError:
        """What failed, without the words of the library, which may repeat an address or a secret."""
        code = getattr(error, "code", "")
        said = f"{type(error).__name__} {code}".strip()
        return GatewayError(f"« {self.kind} » : {said} ; rien n'a changé, recommencez ou interrogez la passerelle")


def _nameable(name: str) -> str:
    """The name of a transaction; where it can be none, which nobody asked then, one that is always the same for it."""
    try:
        text(200)(name)
    except RefusedValueError:
        return f"illisible-{sha256(name.encode(errors='surrogatepass')).hexdigest()[:16]}"
    return name


def _silent() -> logging.Logger:
    """A logger heard by nobody: eopayment tells it of each request, with the address of who pays."""
    heard = logging.getLogger("clae_rules.adapters.payments.eopayment")
    heard.disabled = True
    return heard


def _unknown(options: Mapping[str, Any], known: list[str]) -> Iterator[Fault]:
    """Settings that the library would pass over without a word."""
    for name in options:
        if name not in known:
            fr, en = meant(name, known)
            yield Fault((name,), f"réglage inconnu ; {fr}", f"unknown setting; {en}")


def _faults_of_settings(options: Mapping[str, Any]) -> Iterator[Fault]:
    """What PayFiP would refuse of its settings."""
    if not re.fullmatch(r"\d{6}", str(options.get("numcli", ""))):
        yield Fault(("numcli",), "il faut le numéro client, 6 chiffres, donné par la DGFiP", "expected 6 digits")
    if options.get("saisie", "T") not in {"T", "X", "W"}:
        yield Fault(("saisie",), "il faut T (essai), X (activation) ou W (production)", "expected T, X or W")
    for name in ("normal_return_url", "automatic_return_url"):
        if not re.fullmatch(r"https?://\S+", str(options.get(name, ""))):
            yield Fault((name,), "il faut une adresse https://…", "expected an address, https://…")


def _faults_of_payment(payment: Payment) -> Iterator[Fault]:
    """What PayFiP would refuse of a payment."""
    if not _LEAST_CENTS <= payment.amount_cents <= _MOST_CENTS:
        least, most = euros(_LEAST_CENTS), euros(_MOST_CENTS)
        fr = f"lu {euros(payment.amount_cents)} ; il faut de {least} à {most}"
        yield Fault(("amount_cents",), fr, f"got {euros(payment.amount_cents)}; expected {least} to {most}")
    if not re.fullmatch(r"[A-Za-z0-9]{6,30}", payment.reference):
        fr = f"lu « {payment.reference} » ; il faut 6 à 30 lettres sans accent et chiffres"
        yield Fault(("invoice",), fr, f"got « {payment.reference} »; expected 6 to 30 letters and digits")
    if not 6 <= len(payment.email) <= 80:
        yield Fault(("email",), "il faut une adresse de 6 à 80 caractères", "expected an address of 6 to 80 characters")
