"""From what was judged to the event that a store adds: verdicts, closures, payments, answers, as changes (S12.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from .closing import Closing
from .desk import Desk, aware
from .epochs import PAYMENT, Room, Status
from .errors import Fault, raise_all
from .events import GIVING_BACK, Charged, DayChange, Nature, PlanningEvent, Wait
from .gates import Act
from .history import History, Place, changes_between, followed
from .holdings import Planning
from .leaving import Resigned
from .prepayments import pay
from .recapitulatif import Recapitulatif, recapitulatif
from .slots import Periode, Selection
from .subscribing import Subscribed
from .verdicts import DayVerdict

#: What waits, by child and date.
Waits = dict[tuple[str, date], tuple[Wait, ...]]
#: What an agent answers to, and what a slot waits for once he has agreed; nothing where it is firm then.
_AGREED: Final = MappingProxyType(
    {"accord": "", f"accord, puis {PAYMENT}": PAYMENT, Room.WAITING.value: "", GIVING_BACK: ""}
)


def on_request(day: DayVerdict) -> tuple[str, ...]:
    """The slots that a date gives back only once an agent has agreed: until then they are held (S3.6)."""
    changing = bool(day.held and day.outcome.after)
    standings = ((slot, day.epoch.standing(slot, Act.CANCEL, changing=changing)) for slot in day.outcome.removed)
    return tuple(slot for slot, one in standings if one.phase is not None and one.phase.approval)


def waits_of(history: History, days: Iterable[DayVerdict], asked: Mapping[date, Iterable[str]]) -> Waits:
    """
    What waits on each date of a verdict: as before, as it says of what it adds, and what is asked to be given back.

    Args:
        history: The history before.
        days: The dates.
        asked: The slots of each that an agent must agree to give back.
    """
    found: Waits = {}
    for one in days:
        child = one.desk.child
        waits = {wait for wait in history.waits(child, one.day) if wait.slot in one.held}
        waits |= {Wait(slot, why) for slot, why in one.outcome.pending}
        waits |= {Wait(slot, GIVING_BACK) for slot in asked.get(one.day, ())}
        found[child, one.day] = tuple(sorted(waits))
    return found


def place_of(desk: Desk, periode: Periode) -> tuple[str, str, str]:
    """The labels of a période: établissement, accueil and its own."""
    reglement = desk.engine.reglement
    mode = next(one for one in reglement.modes if one.code == periode.mode)
    place = next(one for one in reglement.etablissements if one.code == mode.etablissement)
    return (place.label, mode.label, periode.label)


def charged(found: Recapitulatif) -> tuple[Charged, ...]:
    """The lines of a récapitulatif as an event keeps them."""
    return tuple(
        Charged(
            one.designation(with_year=found.with_year), one.kind, one.quantity, one.unit_cents, one.amount_cents
        )
        for one in found.lines
    )  # fmt: skip


def event_of(
    history: History, changes: tuple[DayChange, ...], *, nature: Nature, number: str, now: datetime, referent: str,
    desk: Desk | None = None, periode: Periode | None = None, cost: Recapitulatif | None = None, about: str = "",
    motive: str = "", total_cents: int | None = None, lines: tuple[Charged, ...] = (),
) -> PlanningEvent:  # fmt: skip
    """
    An event of a history, with the règlement that was applied and what it costs.

    Raises:
        InvalidValueError: If nothing changes, or a code or instant cannot be.
    """
    applied = None if desk is None else desk.engine.applied
    return PlanningEvent(
        number=number, instant=now, nature=nature, referent=referent, changes=changes, household=history.household,
        periode="" if periode is None else periode.code,
        place=() if desk is None or periode is None else place_of(desk, periode),
        about=about, motive=motive,
        reglement="" if applied is None else applied.code, version="" if applied is None else applied.version,
        digest="" if applied is None else applied.digest,
        total_cents=total_cents if cost is None else cost.total_cents, lines=lines if cost is None else charged(cost),
    )  # fmt: skip


def record_subscription(history: History, found: Subscribed | Resigned, *, number: str, referent: str) -> History:
    """
    The history with an abonnement that was taken, changed or resigned, at the instant at which it was judged.

    What is left only once an agent agrees stays held until then.

    Raises:
        InvalidValueError: If it is not allowed, or was judged on another planning than that of the history.
    """
    if found.status is not Status.ALLOWED:
        fr = f"« {found.abonnement.code if isinstance(found, Resigned) else found.asked.code} » n'est pas accepté"
        raise_all([Fault(("found",), f"{fr} ; n'enregistrez que ce qui l'est", "is not allowed; record what is")])
    steps = found.steps
    first, waits, after = steps[0], Waits(), found.after
    for step in steps:
        asked = {one.day: slots for one in step.granted if (slots := on_request(one))}
        waits |= waits_of(history, step.granted, asked)
        kept = {
            (step.demande.child, one.day): one.held.without({x.slot for x in one.held} - set(asked[one.day]))
            for one in step.granted
            if one.day in asked
        }
        after = after.changed({key: after.held(*key).union(held) for key, held in kept.items()})
    changes = changes_between(history.planning(first.now), after, waits, history)
    resigned = isinstance(found, Resigned)
    event = event_of(
        history, changes, nature=Nature.RESIGNATION if resigned else Nature.SUBSCRIPTION, number=number, now=first.now,
        referent=referent, desk=first.desk, periode=first.periode, cost=recapitulatif(*steps),
    )  # fmt: skip
    return history.recorded(event)


def record_closing(history: History, closing: Closing, *, number: str, now: datetime, referent: str) -> History:
    """
    The history with what the service cancelled, of this household, and what stays due of it (S6.9).

    Args:
        history: Its history.
        closing: What the closure does to its planning.
        number: The number of the event.
        now: The instant at which it was judged.
        referent: Code of the agent.

    Raises:
        InvalidValueError: If it cancels nothing of this household, or was judged on another planning.
    """
    changes = changes_between(history.planning(now), closing.after, {}, history)
    mine = [one for one in closing.cancelled if one.household == history.household]
    lines: list[Charged] = []
    for one in mine:
        said = f"{', '.join(one.labels)} ({one.day:%d/%m/%Y})"
        if one.lost_cents is not None and one.due_cents is not None:
            lines.append(Charged(f"n'est plus facturé : {said}", "retire", 1, -one.lost_cents, -one.lost_cents))
            lines += [Charged(f"reste dû : {said}", "du", 1, one.due_cents, one.due_cents)] if one.due_cents else []
    known = closing.desk.household == history.household
    event = event_of(
        history, changes, nature=Nature.CLOSURE, number=number, now=now, referent=referent, desk=closing.desk,
        motive=closing.closure.motive, total_cents=closing.charged_cents if known else None, lines=tuple(lines),
    )  # fmt: skip
    return history.recorded(event)


def record_payment(
    history: History, *, number: str, now: datetime, referent: str, child: str | None = None
) -> History:  # fmt: skip
    """
    The history once what counts only once paid is paid; what was not by then is lost (S4.1).

    Args:
        history: Its history.
        number: The number of the event.
        now: The instant of the payment, aware.
        referent: Code of who paid.
        child: One child's bookings alone; every child's where None.

    Raises:
        InvalidValueError: If nothing waits for a payment.
        NaiveInstantError: If *now* has no time zone.
    """
    before = history.planning(now)
    after = pay(before, at=now, child=child, household=history.household).planning
    waits: Waits = {}
    left: dict[tuple[str, date], Selection] = {}
    for who, day, held in after.days:
        if child in (None, who):
            still = [one for one in history.waits(who, day) if one.what != PAYMENT]
            left[who, day], waits[who, day] = followed(held, still)
    changes = changes_between(before, after.changed(left), waits, history)
    event = event_of(history, changes, nature=Nature.PAYMENT, number=number, now=now, referent=referent)
    return history.recorded(event)


def record_answer(
    history: History, about: str, *, agreed: bool, number: str, now: datetime, referent: str,
    days: Collection[date] | None = None, pay_before: datetime | None = None,
) -> History:  # fmt: skip
    """
    The history once an agent has answered what a dossier left waiting: an accord, a place, a booking to give back.

    What he declines falls, with what waited for it; what he declines to give back stays held. What he agrees to is firm.

    Args:
        history: Its history.
        about: The number of the dossier.
        agreed: Whether he agrees.
        number: The number of the answer.
        now: The instant, aware.
        referent: Code of the agent.
        days: The dates that he answers; all of them where left out.
        pay_before: Until when what was agreed and is then to be paid may be paid; without limit where left out.

    Raises:
        InvalidValueError: If nothing of that dossier waits for an answer.
        NaiveInstantError: If *now* has no time zone.
    """
    history.event(about)
    before = history.planning(aware(now))
    work = _Answering(history, before, agreed, pay_before)
    asked = {place for (number_, place), nature in history.asks().items() if number_ == about and nature is None}
    for one in history.booked(now):
        place = (one.child, one.day, one.held.slot)
        if days is None or one.day in days:
            mine = {*(what for what in one.waits if what != GIVING_BACK and one.number == about)}
            mine |= {GIVING_BACK} if place in asked else set()
            work.answer(place, mine & _AGREED.keys())
    changes = work.changes()
    if not changes:
        fr = f"rien du dossier « {about} » n'attend de réponse ; vérifiez le numéro et les dates"
        raise_all([Fault(("about",), fr, f"nothing of dossier « {about} » waits for an answer")])
    nature = Nature.AGREED if agreed else Nature.DECLINED
    return history.recorded(
        event_of(history, changes, nature=nature, number=number, now=now, referent=referent, about=about)
    )


class _Answering:
    """A planning while an agent's answer is applied to it."""

    def __init__(self, history: History, before: Planning, agreed: bool, pay_before: datetime | None) -> None:
        self.history, self.before, self.agreed, self.pay_before = history, before, agreed, pay_before
        self.held: dict[tuple[str, date], Selection] = {}
        self.waits: Waits = {}

    def answer(self, place: Place, words: set[str]) -> None:
        """Answer what one slot waits for."""
        child, day, slot = place
        for word in words:
            key = (child, day)
            held = self.held.get(key, self.before.held(child, day))
            waits = {*self.waits.get(key, self.history.waits(child, day))} - {Wait(slot, word)}
            then = _AGREED[word]
            if self.agreed == (word == GIVING_BACK):  # given back, or declined
                held = held.without([slot])
            elif self.agreed and then:
                waits.add(Wait(slot, then))
                held = Selection(tuple(replace(x, pay_before=self.pay_before) if x.slot == slot else x for x in held))
            self.held[key], self.waits[key] = followed(held, waits)

    def changes(self) -> tuple[DayChange, ...]:
        """What the answer makes of each date."""
        return changes_between(self.before, self.before.changed(self.held), self.waits, self.history)
