"""When a household is reminded of an invoice: rules as data, and what they say at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ._invoice_accounts import InvoiceAccount, standing
from ._invoice_events import Issued, Reminded
from ._invoices import positive_cents
from ._records import Form, Record, RefusedValueError, field, record, several, whole


def _ascending(given: Any) -> tuple[int, ...]:
    days: tuple[int, ...] = several(whole(0, 3650), 20)(given)
    if not days or list(days) != sorted(set(days)):
        raise RefusedValueError("des nombres de jours croissants (15, 30)", "growing numbers of days")
    return days


@record
class ReminderRules(Record):
    """
    When a household is reminded, as data.

    Args:
        after_days: Days after the last day to pay, of the first reminder, the second…; ascending.
        least_cents: What must be owed for a reminder to be worth it.
    """

    FORM = Form("règles de relance")
    after_days: tuple[int, ...] = field(_ascending, key="jours")
    least_cents: int = field(positive_cents, key="minimum_cents", default=1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """
    A reminder to send.

    Args:
        rank: The first is 1.
        since: The day from which it was to be sent.
        balance_cents: What is owed.
    """

    rank: int
    since: date
    balance_cents: int


def reminder_due(account: InvoiceAccount, rules: ReminderRules, now: datetime) -> Reminder | None:
    """
    The reminder to send at an instant, or None; one that was sent late delays the next, which keeps its distance.

    Nothing is reminded of while an account is in doubt.

    Args:
        account: All that happened, the reminders sent included.
        rules: When to remind.
        now: The instant, aware.
    """
    at = standing(account, now)
    sent = sorted(account.of(Reminded, now), key=lambda one: one.rank)
    rank = sent[-1].rank + 1 if sent else 1
    first = next(iter(account.of(Issued, now)), None)
    if first is None or at.doubts or rank > len(rules.after_days) or at.balance_cents < rules.least_cents:
        return None
    since = first.due_on + timedelta(days=rules.after_days[rank - 1])
    if sent:
        apart = rules.after_days[rank - 1] - rules.after_days[rank - 2]
        since = max(since, sent[-1].at.astimezone(ZoneInfo(first.zone)).date() + timedelta(days=apart))
    today = now.astimezone(ZoneInfo(first.zone)).date()
    return Reminder(rank, since, at.balance_cents) if today >= since else None
