"""The mail by which the service confirms what happened to a planning: « toujours confirmée par un mail »."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage

from ..cancelling import confirmation
from ..engine import Engine
from ..events import PlanningEvent
from ..history import History
from ._messages import Service, message

__all__ = ["Service", "confirmation_mail"]


def confirmation_mail(
    event: PlanningEvent, to: str, *, history: History, sender: Service, engine: Engine, names: Mapping[str, str],
    to_name: str | None = None,
) -> EmailMessage:  # fmt: skip
    """
    The mail of an event of the history: a cancellation, asked or done, a booking, an answer, a closure, a payment.

    Args:
        event: What was recorded.
        to: Address of the family.
        history: The history that holds it.
        sender: Who writes, and signs.
        engine: The règlement, for the labels of slots and the clock.
        names: What the children are called, by code.
        to_name: Who is written to.

    Returns:
        In French, as text and HTML, the same for the same arguments; the portal dates and sends it.

    Raises:
        InvalidValueError: If an address is none, or a name has control characters; nothing of it is repeated.
    """
    told = confirmation(event, history=history, names=names, labels=engine.labels, tz=engine.tz)
    return message(told.subject, to, ["Bonjour,", *told.paragraphs], sender=sender, to_name=to_name)
