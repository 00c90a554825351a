"""The answer for one date, which derives its reasons when asked (S1.4, S1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Protocol

from .breaches import violation
from .cells import conditions
from .charges import DayPrice, Unpriced
from .closures import Closure
from .dayspans import Role
from .daytype import Broken
from .desk import Desk, DeskDay
from .epochs import PAYMENT, Epoch, Outcome, Refusal, Room, Rooms, Status, Wishes
from .errors import Lang, OutOfCalendarError
from .gates import Act, Pool
from .modifiers import ReadAt
from .refusals import TELLER
from .shapes import UNPUBLISHED
from .showing import Displayed, Section, said
from .slots import Selection
from .variants import Variant
from .violations import Violation, told

#: Places taken by others, by pool and date, or None for every date that is not told by itself.
Taken = Mapping[tuple[str, date | None], int]
#: Nobody else, and nothing set aside.
NO_TERMS: tuple[Taken, frozenset[str]] = ({}, frozenset())


def rooms(
    desk: Desk,
    where: DeskDay,
    held: Selection,
    slots: Iterable[str],
    taken: Taken,
    waived: frozenset[str] = frozenset(),
) -> Rooms:
    """
    Which of *slots*, when not held yet, meet a full, waiting or unknown pool (S6.5); the tightest pool decides.

    Args:
        taken: Places already taken by others.
        waived: Codes set aside by an agent, pools among them.
    """
    engine, day = desk.engine, where.opened.facts.day
    found: dict[str, tuple[Room, str]] = {}
    slots = [slot for slot in slots if slot not in held]
    for pool in sorted(engine.reglement.pools, key=lambda one: one.code):
        inside = {slot: sure for slot in where.kind.slots if (sure := where.applies(pool, slot)) is not False}
        room = _room(pool, taken.get((pool.code, day), taken.get((pool.code, None))))
        if room is None or pool.code in waived or any(slot in held for slot in inside):
            continue
        for slot in slots:
            if slot in inside:
                mine = room if inside[slot] else Room.UNKNOWN
                if slot not in found or _TIGHTEST.index(mine) < _TIGHTEST.index(found[slot][0]):
                    found[slot] = (mine, pool.code)
    return tuple((slot, room, code) for slot, (room, code) in found.items())


_TIGHTEST = (Room.FULL, Room.UNKNOWN, Room.WAITING)


def _room(pool: Pool, taken: int | None) -> Room | None:
    if pool.places is UNPUBLISHED or taken is None:
        return Room.UNKNOWN
    if taken < pool.places:
        return None
    return Room.WAITING if pool.waiting else Room.FULL


class Surroundings(Protocol):
    """What else is held and asked in the windows around one date."""

    def judged(self, day: date, outcome: Outcome) -> Outcome:
        """The outcome of a date once the windows that it touches are judged too."""


class DayVerdict(Displayed):
    """
    The answer for one date: a small object that derives its reasons when asked.

    Attributes:
        day: The date.
        outcome: Status, what is held after, added, removed, pending.
    """

    __slots__ = ("_around", "_desk", "_extra", "_held", "_now", "_terms", "_where", "day", "outcome")

    def __init__(
        self, desk: Desk, day: date, where: DeskDay | None, outcome: Outcome, held: Selection, now: datetime,
        extra: tuple[Violation, ...] = (), terms: tuple[Taken, frozenset[str]] = NO_TERMS,
        around: Surroundings | None = None,
    ) -> None:  # fmt: skip
        self.day, self.outcome, self._terms, self._around = day, outcome, terms, around
        self._desk, self._where, self._held, self._now, self._extra = desk, where, held, now, extra

    @property
    def status(self) -> Status:
        """Allowed, refused or undecided."""
        return self.outcome.status

    @property
    def allowed(self) -> bool:
        """Whether the change is allowed; something may still be pending."""
        return self.outcome.status is Status.ALLOWED

    def __bool__(self) -> bool:
        raise TypeError("a verdict has no truth value; read .allowed")

    def __repr__(self) -> str:
        reasons = ", ".join(one.code for one in (*self.violations, *self.doubts))
        return f"<DayVerdict {self.day} {self.status.value}{f': {reasons}' if reasons else ''}>"

    def heading(self, lang: Lang = "fr") -> str:
        """The date and the answer."""
        return f"{self.day:%d/%m/%Y}{' : ' if lang == 'fr' else ': '}{said(self.status, lang)}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """Why it is refused, why undecided, and what was broken before already."""
        titles = (
            ("Refus", "Indécis", "Enfreint avant déjà") if lang == "fr" else ("Refused", "Undecided", "Broken before")
        )
        found = zip(titles, (self.violations, self.doubts, self.inherited), strict=True)
        return tuple(section for title, said_ in found for section in told(title, said_, lang))

    @property
    def held(self) -> Selection:
        """What was held before."""
        return self._held

    @property
    def held_after(self) -> Selection:
        """What is held then: added when, where prices are read then (S10.7), and to be paid until when."""
        after, until = self.outcome.after, dict(self.unpaid) if self.outcome.pending else {}
        at_booking = self._desk.engine.prices.order.read_at is ReadAt.BOOKING
        if not (at_booking or until):
            return after
        kept = {one.slot: one for one in self._held}
        now = self._now if at_booking else None
        made = (kept.get(one.slot) or replace(one, booked=now, pay_before=until.get(one.slot)) for one in after)
        return Selection(tuple(made))

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Every reason for a refusal, in an order that does not depend on that of the rules (S1.4)."""
        found = [*self._extra, *map(self._refusal, self.outcome.refusals), *map(self._broken, self.outcome.broken)]
        found += [self._unpriced(one) for one in self.outcome.unpriced if one.refused]
        found += self._windows(Role.BLOCKS, Role.TOGETHER)
        return tuple(sorted(found, key=lambda one: one.order))

    @property
    def inherited(self) -> tuple[Violation, ...]:
        """Rules that were broken before and still are: told, not blocking (S6.2)."""
        return (*map(self._broken, self.outcome.inherited), *self._windows(Role.INHERITED))

    @property
    def doubts(self) -> tuple[Violation, ...]:
        """Why the answer is undecided: what is missing to tell (S1.5)."""
        found = [*map(self._refusal, self.outcome.doubts), *map(self._unsure, self.outcome.unsure)]
        found += [self._unpriced(one) for one in self.outcome.unpriced if not one.refused]
        found += self._windows(Role.UNSURE, Role.SHORT, Role.UNTOLD, Role.TOGETHER_UNSURE)
        return tuple(sorted(found, key=lambda one: one.order))

    @property
    def epoch(self) -> Epoch:
        """The epoch in which the date was judged."""
        if self._where is None:
            raise OutOfCalendarError(self.day.isoformat())
        return self._where.epoch(self._now)

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        """(slot, priority class) of the added slots on a waiting list (S6.5); the class is empty where none fits."""
        found = []
        for slot, why in self.outcome.pending:
            if why == Room.WAITING.value and self._where is not None:
                pools = self._desk.engine.reglement.pools
                classes = [one.priority(self._where.profile) for one in pools if self._where.applies(one, slot)]
                found.append((slot, next((one for one in classes if one), "")))
        return tuple(found)

    @property
    def unpaid(self) -> tuple[tuple[str, datetime | None], ...]:
        """(slot, instant at which it is lost, None where it never is) of the added slots that count only once paid."""
        found = []
        for slot, why in self.outcome.pending:
            phase = self.epoch.standing(slot, Act.BOOK, changing=bool(self._held)).phase if why == PAYMENT else None
            if phase is not None:
                found.append((slot, None if phase.pay_within is None else phase.pay_within.after(self._now)))
        return tuple(found)

    @property
    def desk(self) -> Desk:
        """The child before his règlement."""
        return self._desk

    @property
    def known(self) -> bool:
        """Whether the règlement's calendar reaches the date."""
        return self._where is not None

    def price(self, selection: Selection) -> DayPrice:
        """What a selection costs on this date; not known where that depends on others."""
        return self.epoch.price(selection)

    @property
    def misplaced(self) -> frozenset[str]:
        """What was asked out of the période or of its mode, which no rule can mend."""
        return frozenset(slot for one in self._extra for slot in one.slots)

    @property
    def waived(self) -> frozenset[str]:
        """Codes that an agent set aside on this date."""
        return self._terms[1]

    def again(self, wishes: Wishes) -> Outcome:
        """
        The answer to other wishes for the same date, on the same terms.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        if self._where is None:
            raise OutOfCalendarError(self.day.isoformat())
        taken, waived = self._terms
        found = self.epoch.judge(
            self._held, wishes, rooms(self._desk, self._where, self._held, wishes, taken, waived), waived
        )
        return found if self._around is None else self._around.judged(self.day, found)

    def over(self, outcome: Outcome, around: Surroundings) -> DayVerdict:
        """The same date with the outcome that its windows leave it, and what they hold besides."""
        return DayVerdict(
            self._desk, self.day, self._where, outcome, self._held, self._now, self._extra, self._terms, around
        )

    @property
    def now(self) -> datetime:
        """The instant at which it was judged."""
        return self._now

    @property
    def where(self) -> DeskDay | None:
        """The date as this child meets it; None beyond the règlement's calendar."""
        return self._where

    @property
    def terms(self) -> tuple[Taken, frozenset[str]]:
        """Places taken by others, and the codes that an agent set aside."""
        return self._terms

    @property
    def around(self) -> Surroundings | None:
        """What else is held and asked in the windows around the date; None where no window was judged."""
        return self._around

    def _windows(self, *roles: Role) -> list[Violation]:
        return [violation(self._desk, one) for one in self.outcome.over if one.role in roles]

    def with_outcome(self, outcome: Outcome) -> DayVerdict:
        """The same date and terms with another outcome."""
        return DayVerdict(
            self._desk, self.day, self._where, outcome, self._held, self._now, self._extra, self._terms, self._around
        )

    def doubting(self, unpriced: tuple[Unpriced, ...]) -> DayVerdict:
        """The same answer where some prices are not known: refused where the règlement says so, else undecided."""
        refused = self.status is Status.REFUSED or any(one.refused for one in unpriced)
        status = Status.REFUSED if refused else Status.UNDECIDED
        outcome = replace(self.outcome, status=status, unpriced=(*self.outcome.unpriced, *unpriced))
        return DayVerdict(self._desk, self.day, self._where, outcome, self._held, self._now, self._extra, self._terms)

    def say(self, code: str, slots: tuple[str, ...], **more: str | int) -> Violation:
        """A refusal of this date by one of the codes of `refusals`, with what its sentence names."""
        return Violation(
            code=code,
            day=self.day,
            slots=slots,
            params=tuple(sorted(more.items())),
            speaker=TELLER,
            labels=self._desk.engine.labels,
        )

    def _broken(self, one: Broken) -> Violation:
        rule = one.speaking.rule
        return Violation(
            code=rule.kind,
            rule=rule.code,
            source=self._desk.engine.reglement.source_of(rule),
            day=self.day,
            slots=one.present,
            missing=one.missing,
            unavailable=one.unavailable,
            speaker=rule,
            labels=self._desk.engine.names,
        )

    def _unsure(self, one: Broken) -> Violation:
        rule = one.speaking.rule
        facts = sorted({fact for who in conditions(rule) for fact, _ in who})
        lacking = [fact for fact in facts if self._where is not None and self._where.profile(fact) is None]
        return Violation(
            code="regle-incertaine",
            rule=rule.code,
            source=self._desk.engine.reglement.source_of(rule),
            day=self.day,
            slots=one.present,
            params=(("facts", ", ".join(lacking)),),
            speaker=TELLER,
            labels=self._desk.engine.labels,
        )

    def _unpriced(self, one: Unpriced) -> Violation:
        return Violation(
            code=one.code,
            rule=one.item,
            source=one.source,
            day=self.day,
            slots=one.slots,
            speaker=_PriceTeller(one),
            labels=self._desk.engine.labels,
        )

    def _refusal(self, one: Refusal) -> Violation:
        if self._where is not None and one.slot in self._where.closed:
            return self._by_service(one, self._where.closed[one.slot])
        if one.code == "autre-foyer":
            return self.say(one.code, (one.slot,), holder=self._held.holder(one.slot) or "sans nom")
        reglement, labels = self._desk.engine.reglement, self._desk.engine.labels
        gate = next((gate for gate in reglement.gates if gate.code == one.by), None)
        if one.code in ("acces-ferme", "fait-manquant") and self._where is not None:
            if gate is None:
                gate = next(gate for _, (gate, _) in self._where.shut(one.slot) if gate.code == one.by)
            failing = gate.failing(self._where.profile, self._desk.facts, self.day)
            return Violation(
                code=one.code, rule=gate.code, source=reglement.source_of(gate), day=self.day, slots=(one.slot,),
                params=failing, speaker=gate, labels=labels,
            )  # fmt: skip
        pool = next((pool for pool in reglement.pools if pool.code == one.by), None)
        if pool is not None and one.code in ("complet", "places-inconnues"):
            places = "?" if pool.places is UNPUBLISHED else str(pool.places)
            return Violation(
                code=one.code, rule=pool.code, source=reglement.source_of(pool), day=self.day, slots=(one.slot,),
                params=(("facts", self._lacking(pool, one.slot)), ("places", places)), speaker=pool, labels=labels,
            )  # fmt: skip
        return self._timed(one)

    def _lacking(self, pool: Pool, slot: str) -> str:
        """The missing facts that would tell whether a slot's places are of a pool; none where that is known."""
        if self._where is None or self._where.applies(pool, slot) is not None:
            return ""
        facts = sorted({fact for who in conditions(pool) for fact, _ in who})
        return ", ".join(fact for fact in facts if self._where.profile(fact) is None)

    def _by_service(self, one: Refusal, closure: Closure) -> Violation:
        """A refusal of what the service closed, with its motive (S6.9)."""
        code = "annulation-fermeture" if one.act is Act.CANCEL else "fermeture"
        return replace(self.say(code, (one.slot,), motive=closure.motive), rule=closure.code)

    def _timed(self, one: Refusal) -> Violation:
        """A refusal that a deadline gives, with the instants that only the date knows."""
        engine = self._desk.engine
        more: dict[str, str | int] = {}
        source = ""
        if self._where is not None and one.slot in self._where.plans:
            action = self._where.action(one.slot, one.act, changing=bool(self._held and self.outcome.after))
            plan = self._where.plans[one.slot][action]
            when = self._now.astimezone(UTC)
            since, opens = plan.schedule.closed_since(when), plan.schedule.opens(when)
            more["limit"], more["limit_en"] = plan.limit(when, "fr"), plan.limit(when, "en")
            more["since"] = "" if since is None else f"{since.astimezone(engine.tz):%d/%m/%Y %H:%M}"
            more["opens"] = "" if opens is None else f"{opens.astimezone(engine.tz):%d/%m/%Y %H:%M}"
            more["why"], more["why_en"] = plan.schedule.unknown or ("", "")
            if plan.deadline is not None:
                source = engine.reglement.source_of(plan.deadline)
            phase = plan.schedule.at(when)
            more["live"] = (phase.variant or Variant.NORMAL).value if phase is not None else ""
        more["held"] = (self._held.variant(one.slot) or Variant.NORMAL).value
        made = self.say(one.code, (one.slot,) if one.slot else (), **more)
        return Violation(
            code=made.code, rule=one.by, source=source, day=self.day, slots=made.slots, params=made.params,
            speaker=TELLER, labels=made.labels,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _PriceTeller:
    unpriced: Unpriced

    def sentence(self, violation: Violation, lang: Lang) -> str:
        return self.unpriced.reason(lang, violation.labels)
