"""Taking, changing and ending an abonnement; and what it makes of a child's planning and desk (S9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from .booking import NOBODY, decide, waived_on
from .days import ENGLISH_WEEKDAYS, WEEKDAYS
from .desk import Desk
from .epochs import Live, Status
from .errors import Fault, InvalidValueError, Lang, raise_all
from .facts import Facts
from .gates import Act
from .holdings import Demande, Grain, Occupancy, Planning
from .leaving import (
    LEAVING,
    given_back,
    grouped,
    headed,
    plural,
    said,
    span_of,
    subscription_of,
    today,
    under,
    unsubscribe,
    untouched,
)
from .modifiers import ReadAt
from .phases import Action
from .recopie import Copied, Fate, Late, Onto, Recopie, recopie
from .slots import Held, Selection
from .subscriptions import Abonnement, OwnTerms, Subscription, clashes
from .verdicts import DayVerdict, Verdict
from .violations import Violation

TAKING: Final = frozenset({Action.BOOK, Action.CHANGE})
#: The classes of the dates that an abonnement holds.
HELD: Final = frozenset({Fate.APPLIED, Fate.UNCHANGED})
#: The classes of the dates that it does not hold though it should.
SHOWN: Final = frozenset({Fate.REFUSED, Fate.UNDECIDED, Fate.NOT_OFFERED})
_DAY: Final = timedelta(days=1)


def subscribed(desk: Desk, *abonnements: Abonnement, child: str = "") -> Desk:
    """
    The desk of a child who has some abonnements: their status, and their own deadlines for giving back one day.

    Args:
        desk: The child before his règlement, without them.
        abonnements: What he has.
        child: The sibling who has them; the child of the desk where left out.

    Raises:
        InvalidValueError: If two of them give one fact two values on a date.
        UnknownSubscriptionError: If the règlement does not have one.
    """
    for one in abonnements:
        item = subscription_of(desk, one.code)
        desk = desk.under(one.facts(item), OwnTerms(item.terms(), LEAVING, one.dates()), child=child)
    whose = desk.of(child or desk.child)
    raise_all(() if whose is None else clashes(whose.facts))
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
                more = (
                    Held(slot, booked=one.booked, holder=desk.household) for slot in slots if slot in opened.kind.bits
                )
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
        kept: Of the dates that are so already, those that the phases of taking one would still grant; or might, where
            nobody knows.
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
    kept: Mapping[date, Live]
    left: Verdict | None
    stays: tuple[DayVerdict, ...]
    refused: tuple[Violation, ...]
    before: Planning
    desk: Desk

    @property
    def effect(self) -> date | None:
        """
        From when it is in force: the first date that it takes anew, or that is so already and could still be taken.

        A shortened one, whose dates are all too near to be taken, is in force from the first date that it gives back.
        None where it reaches no date: what is past, or within the notice, is never of it.
        """
        if self.refused:
            return None
        for one in self.copied.dates:
            if one.fate is Fate.APPLIED or self.kept.get(one.day) is Live.OPEN:
                return one.day
        if self.left is None or self.replaces is None or self.replaces.code != self.asked.code:
            return None
        given = self.left.granted if self.copied.of(Fate.UNCHANGED) else ()
        return next((one.day for one in given), None)

    @property
    def status(self) -> Status:
        """Allowed where it takes effect; else undecided where a date is, else refused."""
        if self.effect is not None:
            return Status.ALLOWED
        stays = any(one.status is Status.UNDECIDED for one in self.stays)
        doubted = stays or self.copied.of(Fate.UNDECIDED) or Live.UNKNOWN in self.kept.values()
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
        """
        What is taken: from its effect on, less the dates that it could not take; None where nothing is.

        Of one that only shortens another nothing is; `abonnements` then tells what is left of that one.
        """
        taken = None if self.effect is None else self.asked.since(self.effect)
        if taken is None:
            return None
        at_booking = self.desk.engine.prices.order.read_at is ReadAt.BOOKING
        asked_at = self.copied.verdict.now if at_booking else self.asked.booked
        return replace(taken, booked=asked_at).suspend(*(one.day for one in self.missed))

    @property
    def abonnements(self) -> tuple[Abonnement, ...]:
        """What he then has: what it replaces, to the eve of its effect, less what is left; then what is taken."""
        before = self.replaces
        if before is not None and self.effect is not None:
            ended = before.until(self.effect - _DAY)
            before = ended and ended.suspend(*self._wholly_left(ended))
        return tuple(one for one in (before, self.granted) if one is not None)

    def _wholly_left(self, old: Abonnement) -> Iterator[date]:
        """The dates of an abonnement of which nothing is held any more once others are left."""
        left = set() if self.left is None else {one.day for one in self.left.granted}
        for day, slots in old.dates().items():
            if day in left and not slots & self.after.held(self.desk.child, day).slots:
                yield day

    @property
    def facts(self) -> Facts:
        """The status that it gives from its effect on, to be kept among the child's facts; nothing where refused."""
        return Facts() if self.granted is None else self.granted.facts(self.subscription)

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
        then = self.desk
        for one in self.abonnements:
            then = under(then, one)
        if self.left is None:
            return (replace(taken, was=self.desk, then=then),)
        return (self.left, replace(taken, then=then))

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
        yield f"  {plural(sum(self._holds(one) for one in self.copied.dates), 'date', 'dates')}"

    def _holds(self, one: Copied) -> bool:
        """Whether it holds a date: from its effect on, or, where it goes on with another, that the other held."""
        if one.fate not in HELD or self.effect is None:
            return False
        return one.day >= self.effect or (self.replaces is not None and one.day in self.replaces.dates())

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

    It takes effect on the first date that it still reaches: taken, or so already where it could still be taken. A date
    is taken whole or not at all, and what is held besides stays.

    Args:
        desk: The child before his règlement, without these abonnements.
        planning: Everything the household holds.
        asked: What is asked, from the day wanted on.
        now: The instant of the request, aware.
        instead_of: What it replaces: its other dates are left from that day on, each as the phases of « changer » grant;
            nothing of the new one is taken before the last that may not be left, so that both are never held. Days
            that were given back stay so: they are taken again as any day is, under the deadlines.
        occupancy: Places taken by others.
        accept_unknown_price: Whether an amount that is announced but not published is booked all the same (S4.6).

    Raises:
        InvalidValueError: If a day is suspended before the abonnement is taken; if what he has besides gives a fact
            another value on a date that it reaches.
        NaiveInstantError: If *now* has no time zone.
        UnknownSubscriptionError: If the règlement does not have such an abonnement.
        UnknownPeriodeError: If it has no such période.
        UnknownSlotError: If it has no such slot.
    """
    if asked.suspended:
        fr = "on suspend un jour d'un abonnement que l'on a ; demandez-le d'abord"
        raise InvalidValueError([Fault(("suspended",), fr, "one suspends a day of an abonnement one has; ask for it")])
    item = subscription_of(desk, asked.code)
    taking, held, left = desk, planning, None
    stays: tuple[DayVerdict, ...] = ()
    wanted: Abonnement | None = asked
    if instead_of is not None:
        wanted = asked = asked.suspend(*_given_back_of(instead_of, asked))
        left, stays, first = _replaced(desk, planning, instead_of, asked, now)
        held, wanted, ended = left.after, asked.since(first), instead_of.until(first - _DAY)
        taking = desk if ended is None else under(desk, ended)
        if stays and not left.days and instead_of.pattern.last_day >= asked.pattern.last_day:
            wanted = None  # the other is never left, and outlasts this one
    terms = tuple(_taking(item, asked, instead_of))
    if wanted is None:
        nothing = Demande(desk.child, asked.periode, ())
        copied = Recopie((), decide(taking.under(Facts(), *terms), held, nothing, now=now, grain=Grain.DAY_BY_DAY))
    else:
        taking = taking.under(wanted.facts(item), *terms)
        copied = recopie(
            taking, held, wanted.pattern, periode=asked.periode, now=now, onto=Onto.MERGE, late=Late.REFUSE,
            occupancy=occupancy, accept_unknown_price=accept_unknown_price, since=today(desk, now),
            without=wanted.suspended,
        )  # fmt: skip
    kept = _kept(taking, held, asked, copied.of(Fate.UNCHANGED), now)
    reached = [*copied.of(Fate.APPLIED), *copied.of(Fate.UNDECIDED), *kept]
    raise_all(clashes(taking.facts, min(reached)) if reached else ())
    refused = tuple(_refused(desk, item, asked))
    return Subscribed(asked, item, instead_of, copied, kept, left, stays, refused, planning, desk)


def _taking(item: Subscription, asked: Abonnement, old: Abonnement | None) -> Iterator[OwnTerms]:
    """The phases of taking each date: of a change while the abonnement that it replaces runs, else of subscribing."""
    last = date.min if old is None else old.pattern.last_day
    dates = asked.dates()
    for changing in (True, False):
        mine = {day: slots for day, slots in dates.items() if (day <= last) is changing}
        if mine:
            yield OwnTerms(item.terms(changing=changing), TAKING, mine)


def _given_back_of(old: Abonnement, asked: Abonnement) -> Iterator[date]:
    """The days that were given back of an abonnement, of what the one that replaces it asks too."""
    for day in old.suspended:
        if set(old.pattern.slots_on(day)) & set(asked.pattern.slots_on(day)):
            yield day


def _kept(desk: Desk, planning: Planning, asked: Abonnement, days: Iterable[date], now: datetime) -> dict[date, Live]:
    """Of the dates that an abonnement would hold and that are so already, those that could be taken, or might."""
    found, dates = {}, asked.dates()
    for day in days:
        epoch, waived = desk.day(day).epoch(now), waived_on(planning, desk.child, day)
        held = planning.held(desk.child, day).held_by(desk.household).slots
        if not dates[day] <= held & epoch.standings.keys():
            continue
        standings = [epoch.standing(slot, Act.BOOK, changing=False) for slot in dates[day]]
        lives = {Live.OPEN if one.deadline and one.deadline in waived else one.live for one in standings}
        if lives <= {Live.OPEN, Live.UNKNOWN}:
            found[day] = Live.UNKNOWN if Live.UNKNOWN in lives else Live.OPEN
    return found


def _replaced(
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
        stays, first = (*stays, *stuck), stuck[-1].day + _DAY


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
