"""Taking, changing and ending an abonnement; and what it makes of a child's planning and desk (S9.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from .booking import NOBODY, decide
from .days import ENGLISH_WEEKDAYS, WEEKDAYS
from .desk import Desk
from .epochs import Status
from .errors import Fault, InvalidValueError, Lang
from .facts import Facts
from .holdings import Demande, Grain, Occupancy, Planning
from .leaving import (
    LEAVING,
    given_back,
    grouped,
    headed,
    plural,
    said,
    span_of,
    status_until,
    subscription_of,
    today,
    unsubscribe,
    untouched,
)
from .patterns import Pattern
from .phases import Action
from .recopie import Copied, Fate, Late, Onto, Recopie, recopie
from .slots import Held, Selection
from .subscriptions import Abonnement, OwnTerms, Subscription
from .verdicts import DayVerdict, Verdict
from .violations import Violation

TAKING: Final = frozenset({Action.BOOK, Action.CHANGE})
#: The classes of the dates that an abonnement holds.
HELD: Final = frozenset({Fate.APPLIED, Fate.UNCHANGED})
#: The classes of the dates that it does not hold though it should.
SHOWN: Final = frozenset({Fate.REFUSED, Fate.UNDECIDED, Fate.NOT_OFFERED})


def subscribed(desk: Desk, *abonnements: Abonnement) -> Desk:
    """
    The desk of a child who has some abonnements: their status, and their own deadlines for giving back one day.

    Raises:
        UnknownSubscriptionError: If the règlement does not have one.
    """
    for one in abonnements:
        item = subscription_of(desk, one.code)
        desk = desk.under(one.facts(item), OwnTerms(item.terms(), LEAVING, one.dates()))
    return desk


def expanded(desk: Desk, planning: Planning, *abonnements: Abonnement) -> Planning:
    """
    A planning with what abonnements hold: on each date that the période opens, their slots that are open to the child.

    Raises:
        InvalidValueError: If another household holds one of them (S6.8).
    """
    changes: dict[tuple[str, date], Selection] = {}
    for one in abonnements:
        subscription_of(desk, one.code)
        for day, slots in one.dates().items():
            opened = desk.day(day) if desk.engine.knows(day) else None
            codes = () if opened is None else opened.opened.codes
            if opened is not None and one.periode in codes:
                held = changes.get((desk.child, day), planning.held(desk.child, day))
                more = (Held(slot, holder=desk.household) for slot in slots if slot in opened.kind.bits)
                mine = Selection(tuple(item for item in more if held.holder(item.slot) != desk.household))
                changes[desk.child, day] = held.union(mine)
    return planning.changed(changes)


@dataclass(frozen=True, slots=True, eq=False)
class Subscribed:
    """
    What became of an abonnement that was asked.

    Args:
        asked: What was asked.
        subscription: What the règlement says of it.
        replaces: The abonnement that it stands in for.
        copied: Every date of its pattern, each in one class, and the verdict of those that were judged.
        left: Where it replaces another: the verdict of the dates that it leaves.
        stays: Of that other one, the dates that may not be left: until the last of them it goes on as it was.
        refused: Why the pattern as a whole is refused; then nothing is taken.
        before: The planning before.
        desk: The desk of the child before.
    """

    asked: Abonnement
    subscription: Subscription
    replaces: Abonnement | None
    copied: Recopie
    left: Verdict | None
    stays: tuple[DayVerdict, ...]
    refused: tuple[Violation, ...]
    before: Planning
    desk: Desk

    @property
    def effect(self) -> date | None:
        """
        From when it is in force: the first date that it holds, or, where it replaces another, that it takes anew.

        None where it holds none.
        """
        if self.refused:
            return None
        fresh = () if self.left is None else self.copied.of(Fate.APPLIED)
        return next(iter((*fresh, *(one.day for one in self.copied.dates if one.fate in HELD))), None)

    @property
    def status(self) -> Status:
        """Allowed where it takes effect; else undecided where a date is, else refused."""
        if self.effect is not None:
            return Status.ALLOWED
        doubted = self.copied.of(Fate.UNDECIDED) or [x for x in self.stays if x.status is Status.UNDECIDED]
        return Status.UNDECIDED if doubted and not self.refused else Status.REFUSED

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Why it is refused as a whole: also that the one it replaces is never left, or that it comes too late."""
        if self.refused or self.status is not Status.REFUSED:
            return self.refused
        barred = bool(self.stays) and not any(one.fate in SHOWN for one in self.copied.dates)
        return (said(self.desk, self.subscription, "abonnement-tenu" if barred else "abonnement-sans-effet"),)

    @property
    def missed(self) -> tuple[Copied, ...]:
        """The dates, from its effect on, that it does not hold though the période opens; with why."""
        effect = self.effect
        late = () if effect is None else (one for one in self.copied.dates if one.day >= effect)
        return tuple(one for one in late if one.fate in SHOWN)

    @property
    def never_open(self) -> tuple[int, ...]:
        """The weekdays asked, 0 to 6, none of whose dates is open."""
        shut = (Fate.CLOSED, Fate.OUT)
        kept = {one.day.weekday() for one in self.copied.dates if one.fate not in shut}
        return tuple(sorted({one.day.weekday() for one in self.copied.dates} - kept))

    @property
    def granted(self) -> Abonnement | None:
        """What is in force: from its effect on, less the dates that it could not take; None where nothing is."""
        pattern = None if self.effect is None else _since(self.asked.pattern, self.effect)
        if pattern is None:
            return None
        return replace(self.asked, pattern=pattern).suspend(*(one.day for one in self.missed))

    @property
    def facts(self) -> Facts:
        """The status that it gives from its effect on, to be kept among the child's facts; nothing where refused."""
        return Facts() if self.effect is None else self.asked.facts(self.subscription, self.effect)

    @property
    def after(self) -> Planning:
        """The planning once it is taken."""
        return self.copied.after if self.status is Status.ALLOWED else self.before

    @property
    def steps(self) -> tuple[Verdict, ...]:
        """What is left, then what is taken: the verdicts that it costs, for `recapitulatif`; no date unless allowed."""
        taken = self.copied.verdict
        if self.status is not Status.ALLOWED or self.effect is None:
            return (replace(taken, days=()),)
        if self.left is None or self.replaces is None:
            return (replace(taken, was=self.desk, then=self.desk.under(self.facts)),)
        ended = status_until(self.desk, self.replaces, self.effect - timedelta(days=1))
        return (self.left, replace(taken, then=ended.under(self.facts)))

    def text(self, lang: Lang = "fr") -> str:
        """The answer and its effect, then why not, then what is not taken, given back and taken."""
        return "\n".join(self._lines(lang))

    def _lines(self, lang: Lang) -> Iterator[str]:
        yield headed(self.subscription.label or self.asked.code, self.status, self.effect, lang)
        yield from (f"  {one.text(lang)}" for one in self.violations)
        if self.refused:
            return
        yield from untouched(self.stays, lang)
        yield from self._untaken(lang)
        for weekday in self.never_open:
            fr, en = (f"{WEEKDAYS[weekday]} : aucune date ouverte", f"{ENGLISH_WEEKDAYS[weekday]}: no date is open")
            yield f"  {fr if lang == 'fr' else en}"
        if self.left is not None and self.status is Status.ALLOWED:
            yield from given_back(self.left.granted, lang)
        waits = sorted({why for _, _, why in self.copied.verdict.pending})
        if waits:
            yield f"  {('en attente', 'pending')[lang == 'en']} ({', '.join(waits)})"
        yield f"  {plural(sum(one.fate in HELD for one in self.copied.dates), 'date', 'dates')}"

    def _untaken(self, lang: Lang) -> Iterator[str]:
        """Each date that is not taken, with why; those that are past in one line, for none could be."""
        first = today(self.desk, self.copied.verdict.now)
        shown = [one for one in self.copied.dates if one.fate in SHOWN]
        past = [one.day for one in shown if one.day < first]
        if past:
            fr, en = f"passée{'s' if len(past) > 1 else ''}", "gone by"
            yield f"  {span_of(past, lang)} : {fr}" if lang == "fr" else f"  {span_of(past, lang)}: {en}"
        yield from grouped(((one.day, one.told(lang)) for one in shown if one.day >= first), lang)

    def plain(self, lang: Lang = "fr") -> dict[str, object]:
        """The answer as JSON types, under French keys."""
        effect = self.effect
        left = () if self.left is None or self.status is not Status.ALLOWED else self.left.granted
        return {
            "code": self.asked.code, "statut": self.status.value, "resiliation": False,
            "effet": effect and effect.isoformat(),
            "refus": [one.sentence(lang) for one in self.violations],
            "en_attente": sorted({why for _, _, why in self.copied.verdict.pending}),
            "dates": [
                {"date": one.day.isoformat(), "classe": one.fate.value, "raison": one.reason(lang)}
                for one in self.copied.dates
            ],
            "quittees": [one.day.isoformat() for one in left],
            "gardees": [one.day.isoformat() for one in self.stays],
            "jamais_ouverts": [WEEKDAYS[one] for one in self.never_open],
        }  # fmt: skip


def subscribe(
    desk: Desk, planning: Planning, asked: Abonnement, *, now: datetime, instead_of: Abonnement | None = None,
    occupancy: Occupancy = NOBODY, accept_unknown_price: bool = False,
) -> Subscribed:  # fmt: skip
    """
    Judge an abonnement: each date of its pattern, under its own phases, with the status that it gives (S9.4).

    It takes effect on the first date that it holds; a date is taken whole or not at all, and what is held besides stays.

    Args:
        desk: The child before his règlement, without these abonnements.
        planning: Everything the household holds.
        asked: What is asked, from the day wanted on.
        now: The instant of the request, aware.
        instead_of: What it replaces: its other dates are left from that day on, each as the phases of « changer » grant;
            nothing of the new one is taken before the last that may not be left, so that both are never held.
        occupancy: Places taken by others.
        accept_unknown_price: Whether an amount that is announced but not published is booked all the same (S4.6).

    Raises:
        InvalidValueError: If a day is suspended before the abonnement is taken.
        NaiveInstantError: If *now* has no time zone.
        UnknownSubscriptionError: If the règlement does not have such an abonnement.
        UnknownPeriodeError: If it has no such période.
        UnknownSlotError: If it has no such slot.
    """
    if asked.suspended:
        fr = "on suspend un jour d'un abonnement que l'on a ; demandez-le d'abord"
        raise InvalidValueError([Fault(("suspended",), fr, "one suspends a day of an abonnement one has; ask for it")])
    item = subscription_of(desk, asked.code)
    terms = OwnTerms(item.terms(changing=instead_of is not None), TAKING, asked.dates())
    taking, held, left = desk, planning, None
    stays: tuple[DayVerdict, ...] = ()
    pattern: Pattern | None = asked.pattern
    if instead_of is not None:
        taking = desk.under(instead_of.facts(subscription_of(desk, instead_of.code)))
        left, stays, first = _left(desk, planning, instead_of, asked, now)
        held, pattern = left.after, _since(asked.pattern, first)
        if stays and not left.days:  # nothing of the other is left: this one does not begin where it ends
            pattern = None
    taking = taking.under(asked.facts(item), terms)
    if pattern is None:
        nothing = Demande(desk.child, asked.periode, ())
        copied = Recopie((), decide(taking, held, nothing, now=now, grain=Grain.DAY_BY_DAY))
    else:
        copied = recopie(
            taking, held, pattern, periode=asked.periode, now=now, onto=Onto.MERGE, late=Late.REFUSE,
            occupancy=occupancy, accept_unknown_price=accept_unknown_price,
        )  # fmt: skip
    return Subscribed(asked, item, instead_of, copied, left, stays, tuple(_refused(desk, item, asked)), planning, desk)


def _left(
    desk: Desk, planning: Planning, old: Abonnement, asked: Abonnement, now: datetime
) -> tuple[Verdict, tuple[DayVerdict, ...], date]:
    """What an abonnement that is replaced gives back, the dates that it may not leave, and the first day past them."""
    first = max(asked.pattern.first_day, today(desk, now))
    stays: tuple[DayVerdict, ...] = ()
    while True:
        left = unsubscribe(desk, planning, old, since=first, now=now, keep=asked.dates())
        stuck = tuple(one for one in left.days if not one.allowed)
        if not stuck:
            return left, stays, first
        stays, first = (*stays, *stuck), stuck[-1].day + timedelta(days=1)


def _since(pattern: Pattern, first: date) -> Pattern | None:
    """A pattern from a day on, its weeks counted as before; None where nothing is left of it."""
    if first > pattern.last_day:
        return None
    return replace(pattern, first_day=first, from_week=pattern.from_week or pattern.first_day)


def _refused(desk: Desk, item: Subscription, asked: Abonnement) -> Iterator[Violation]:
    """What is wrong with a pattern as a whole."""
    model = [(weekday, slots) for weekday, slots in asked.pattern.model if slots]
    if item.weekdays is not None and len(model) not in item.weekdays:
        yield said(desk, item, "abonnement-jours", params=(("days", len(model)),))
    inside = desk.engine.places.expand(item.slots) if item.slots else frozenset(desk.engine.slots)
    others = {slot for _, slots in model for slot in slots} - inside
    if others:
        named = tuple(slot for slot in desk.engine.order if slot in others)
        yield said(desk, item, "abonnement-autre", slots=named)
