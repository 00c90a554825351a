"""The one decision: a change of a planning, under a règlement, at an instant (S6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from .cells import conditions
from .charges import DayPrice, Unpriced
from .daytype import Broken
from .desk import Desk, DeskDay, elapsed
from .engine import Applied
from .epochs import Epoch, Outcome, Refusal, Room, Rooms, Status, Wishes
from .errors import ClaeRulesError, Lang, OutOfCalendarError, meant
from .facts import compare
from .gates import Pool
from .holdings import Demande, Grain, Occupancy, Planning, Wish
from .refusals import TELLER
from .shapes import UNPUBLISHED
from .slots import NOTHING, Held, Periode, Selection
from .variants import Variant
from .violations import Violation

NOBODY: Occupancy = Occupancy()

#: Places taken by others, by pool and date.
Taken = Mapping[tuple[str, date], int]
#: Nobody else, and nothing set aside.
NO_TERMS: tuple[Taken, frozenset[str]] = ({}, frozenset())


class DayVerdict:
    """
    The answer for one date: a small object that derives its reasons when asked.

    Attributes:
        day: The date.
        outcome: Status, what is held after, added, removed, pending.
    """

    __slots__ = ("_desk", "_extra", "_held", "_now", "_terms", "_where", "day", "outcome")

    def __init__(
        self, desk: Desk, day: date, where: DeskDay | None, outcome: Outcome, held: Selection, now: datetime,
        extra: tuple[Violation, ...] = (), terms: tuple[Taken, frozenset[str]] = NO_TERMS,
    ) -> None:  # fmt: skip
        self.day, self.outcome, self._terms = day, outcome, terms
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

    @property
    def held(self) -> Selection:
        """What was held before."""
        return self._held

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Every reason for a refusal, in an order that does not depend on that of the rules (S1.4)."""
        found = [*self._extra, *map(self._refusal, self.outcome.refusals), *map(self._broken, self.outcome.broken)]
        found += [self._unpriced(one) for one in self.outcome.unpriced if one.refused]
        return tuple(sorted(found, key=lambda one: one.order))

    @property
    def inherited(self) -> tuple[Violation, ...]:
        """Rules that were broken before and still are: told, not blocking (S6.2)."""
        return tuple(self._broken(one) for one in self.outcome.inherited)

    @property
    def doubts(self) -> tuple[Violation, ...]:
        """Why the answer is undecided: what is missing to tell (S1.5)."""
        found = [*map(self._refusal, self.outcome.doubts), *map(self._unsure, self.outcome.unsure)]
        found += [self._unpriced(one) for one in self.outcome.unpriced if not one.refused]
        return tuple(sorted(found, key=lambda one: one.order))

    @property
    def epoch(self) -> Epoch:
        """The epoch in which the date was judged."""
        if self._where is None:
            raise OutOfCalendarError(self.day.isoformat())
        return self._where.epoch(self._now)

    @property
    def desk(self) -> Desk:
        """The child before his règlement."""
        return self._desk

    @property
    def known(self) -> bool:
        """Whether the règlement's calendar reaches the date."""
        return self._where is not None

    def price(self, selection: Selection) -> DayPrice:
        """What a selection costs on this date."""
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
        return self.epoch.judge(
            self._held, wishes, rooms(self._desk, self._where, self._held, wishes, taken, waived), waived
        )

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
            labels=self._desk.engine.labels,
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
        reglement, labels = self._desk.engine.reglement, self._desk.engine.labels
        gate = next((gate for gate in reglement.gates if gate.code == one.by), None)
        if one.code in ("acces-ferme", "fait-manquant") and self._where is not None:
            if gate is None:
                gate = next(gate for _, (gate, _) in self._where.shut(one.slot) if gate.code == one.by)
            failing = tuple(
                (fact, "manque" if self._where.profile(fact) is None else "non")
                for fact, bound in gate.requires
                if compare(bound, self._where.profile(fact)) is not True
            )
            return Violation(
                code=one.code, rule=gate.code, source=reglement.source_of(gate), day=self.day, slots=(one.slot,),
                params=failing, speaker=gate, labels=labels,
            )  # fmt: skip
        pool = next((pool for pool in reglement.pools if pool.code == one.by), None)
        if pool is not None and one.code in ("complet", "places-inconnues"):
            places = "?" if pool.places is UNPUBLISHED else str(pool.places)
            return Violation(
                code=one.code, rule=pool.code, source=reglement.source_of(pool), day=self.day, slots=(one.slot,),
                params=(("places", places),), speaker=pool, labels=labels,
            )  # fmt: skip
        return self._timed(one)

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
            more["limit"] = plan.limit(when)
            more["since"] = "" if since is None else f"{since.astimezone(engine.tz):%d/%m/%Y %H:%M}"
            more["opens"] = "" if opens is None else f"{opens.astimezone(engine.tz):%d/%m/%Y %H:%M}"
            more["why"] = (plan.schedule.unknown or ("", ""))[0]
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
        del violation
        return self.unpriced.sentence(lang)


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """
    The answer to a demande: allowed, refused or undecided, with every reason and what is held afterwards.

    Args:
        days: One verdict a touched date, ascending.
        grain: Whole, or date by date.
        planning: The planning before.
        demande: What was asked.
        now: The instant at which it was judged.
        applied: Code, version and digest of the règlement (S1.5).
    """

    days: tuple[DayVerdict, ...]
    grain: Grain
    planning: Planning
    demande: Demande
    now: datetime
    applied: Applied
    periode: Periode

    @property
    def status(self) -> Status:
        """Refused wins over undecided; day by day, allowed where at least one date is granted."""
        found = [day.status for day in self.days]
        if self.grain is Grain.DAY_BY_DAY and Status.ALLOWED in found:
            return Status.ALLOWED
        for status in (Status.REFUSED, Status.UNDECIDED):
            if status in found:
                return status
        return Status.ALLOWED

    @property
    def allowed(self) -> bool:
        """Whether the demande is accepted, whole or in part according to its grain."""
        return self.status is Status.ALLOWED

    def __bool__(self) -> bool:
        raise TypeError("a verdict has no truth value; read .allowed")

    @property
    def granted(self) -> tuple[DayVerdict, ...]:
        """The dates that are accepted: all or none when judged whole (S6.6)."""
        if self.grain is Grain.WHOLE and not self.allowed:
            return ()
        return tuple(day for day in self.days if day.allowed)

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Every violation of every date, by date."""
        return tuple(one for day in self.days for one in day.violations)

    @property
    def doubts(self) -> tuple[Violation, ...]:
        """Everything that leaves the answer undecided, by date."""
        return tuple(one for day in self.days for one in day.doubts)

    @property
    def pending(self) -> tuple[tuple[date, str, str], ...]:
        """(date, slot, what it waits for) of accepted slots that are not firm."""
        return tuple((day.day, slot, why) for day in self.granted for slot, why in day.outcome.pending)

    @property
    def after(self) -> Planning:
        """The planning once the granted dates are applied."""
        return self.planning.changed({(self.demande.child, one.day): one.outcome.after for one in self.granted})

    def explain(self, lang: Lang = "fr") -> str:
        """Every reason, one a line, in date order; empty where all is allowed."""
        return "\n".join(one.text(lang) for one in (*self.violations, *self.doubts))


class OtherChildError(ClaeRulesError):
    """A demande for another child than the one whose facts are known."""


class UnknownPeriodeError(ClaeRulesError):
    """A demande for a période that the règlement does not have."""


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
        taken: Places already taken by others, by (pool code, date).
        waived: Codes set aside by an agent, pools among them.
    """
    engine, day = desk.engine, where.opened.facts.day
    found: dict[str, tuple[Room, str]] = {}
    slots = [slot for slot in slots if slot not in held]
    for pool in sorted(engine.reglement.pools, key=lambda one: one.code):
        inside = {slot: sure for slot in where.kind.slots if (sure := where.applies(pool, slot)) is not False}
        room = _room(pool, taken.get((pool.code, day)))
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


def check_day(
    desk: Desk, day: date, slots: Iterable[Wish], *, now: datetime, held: Selection = NOTHING,
    occupancy: Occupancy = NOBODY, waived: frozenset[str] = frozenset(),
) -> DayVerdict:  # fmt: skip
    """
    Judge what a child is to hold on one date, all modes together: the public call for one date.

    Args:
        desk: The child before his règlement.
        day: The date.
        slots: Everything he is to hold that day; a `Held` names the variant wanted.
        now: The instant, aware.
        held: What he holds.
        occupancy: Places taken by others.
        waived: Codes of rules that an agent set aside.

    Raises:
        NaiveInstantError: If *now* has no time zone.
        UnknownSlotError: If a slot is not of this règlement.
    """
    since, asked = elapsed(now), tuple(slots)
    try:
        where = desk.day(day)
    except OutOfCalendarError:
        return unknown_day(desk, day, held, wishes_of(desk, asked), now)
    epoch, key = where.at(since), (asked, held.held, waived)
    taken = occupancy.by_pool() if desk.pooled else {}
    outcome = None if desk.pooled else epoch.memo.get(key)
    if outcome is None:
        wishes = wishes_of(desk, asked)
        outcome = epoch.judge(held, wishes, rooms(desk, where, held, wishes, taken, waived), waived)
        if not desk.pooled:
            epoch.remember(key, outcome)
    return DayVerdict(desk, day, where, outcome, held, now, (), (taken, waived))


class UnknownSlotError(ClaeRulesError):
    """A slot that the règlement does not have."""


def wishes_of(desk: Desk, slots: Iterable[Wish]) -> Wishes:
    """
    Wishes by slot code.

    Raises:
        UnknownSlotError: Naming the first unknown slot, with the nearest known one.
    """
    wishes: dict[str, Variant | None] = {}
    for one in slots:
        code, variant = (one, None) if isinstance(one, str) else (one.slot, one.variant)
        if code not in desk.engine.slots:
            raise UnknownSlotError(f"créneau inconnu : « {code} » ; {meant(code, desk.engine.slots)[0]}")
        wishes[code] = variant
    return wishes


def unknown_day(desk: Desk, day: date, held: Selection, wishes: Wishes, now: datetime) -> DayVerdict:
    """The undecided answer for a date that the calendar does not reach (S1.5)."""
    after = Selection(tuple(Held(slot, variant or Variant.NORMAL) for slot, variant in wishes.items()))
    added = tuple(slot for slot in wishes if slot not in held)
    removed = tuple(one.slot for one in held if one.slot not in wishes)
    doubt = Refusal("calendrier-inconnu", "")
    outcome = Outcome(Status.UNDECIDED, after, added, removed, doubts=(doubt,))
    return DayVerdict(desk, day, None, outcome, held, now)


def decide(
    desk: Desk, planning: Planning, demande: Demande, *, now: datetime, occupancy: Occupancy = NOBODY,
    grain: Grain = Grain.WHOLE,
) -> Verdict:  # fmt: skip
    """
    Judge a demande: the whole selection, in its période's mode, of each touched date (S6.1).

    Args:
        desk: The child before his règlement.
        planning: Everything the household holds, all modes; with the overrides that agents recorded.
        demande: What is asked.
        now: The instant, aware.
        occupancy: Places taken by others; a pool that it does not tell leaves the answer undecided.
        grain: Whole, or date by date.

    Raises:
        NaiveInstantError: If *now* has no time zone.
        UnknownCodeError: If an override or a pool is not of this règlement.
        OtherChildError: If the demande is for another child than the desk's.
        UnknownPeriodeError: If the demande names a période that the règlement does not have.
        UnknownSlotError: If it names a slot that the règlement does not have.
    """
    if demande.child != desk.child:
        said = f"demande pour « {demande.child} », faits de « {desk.child} » ; donnez Desk(engine, facts, « {demande.child} »)"
        raise OtherChildError(said)
    judging = _Judging(desk, periode_of(desk, demande.periode), planning, now, occupancy)
    held = planning.of_child(demande.child)
    _known(desk, planning, occupancy, (one.slot for day in demande.dates for one in held.get(day, NOTHING)))
    days = tuple([judging.day(day, asked, held.get(day, NOTHING)) for day, asked in demande.days])
    return Verdict(days, grain, planning, demande, now, desk.engine.applied, judging.periode)


class UnknownCodeError(ClaeRulesError):
    """A rule that an agent set aside, or a pool whose places are told, that the règlement does not have."""


def _known(desk: Desk, planning: Planning, occupancy: Occupancy, held: Iterable[str]) -> None:
    """That everything held, set aside and counted is of this règlement."""
    engine = desk.engine
    unknown = next((slot for slot in held if slot not in engine.slots), None)
    if unknown is not None:
        fr = meant(unknown, engine.slots)[0]
        raise UnknownSlotError(f"le planning tient « {unknown} », inconnu du règlement ; {fr}")
    for code in {code for one in planning.overrides for code in one.rules} - engine.waivable:
        raise UnknownCodeError(f"dérogation à « {code} », inconnu du règlement ; {meant(code, engine.waivable)[0]}")
    pools = {pool.code for pool in engine.reglement.pools}
    for code in {pool for pool, _, _ in occupancy.taken} - pools:
        raise UnknownCodeError(f"places de « {code} », inconnu du règlement ; {meant(code, pools)[0]}")


def periode_of(desk: Desk, code: str) -> Periode:
    """
    The période of a code.

    Raises:
        UnknownPeriodeError: If the règlement has no such période, with the nearest one.
    """
    periodes = desk.engine.periodes
    if code not in periodes:
        raise UnknownPeriodeError(f"période inconnue : « {code} » ; {meant(code, periodes)[0]}")
    return periodes[code]


class _Judging:
    """One demande, while its dates are being judged; dates alike share their outcome."""

    def __init__(self, desk: Desk, periode: Periode, planning: Planning, now: datetime, occupancy: Occupancy) -> None:
        self.desk, self.periode, self.now, self.since = desk, periode, now, elapsed(now)
        self.mine = frozenset(slot for slot, mode in desk.engine.modes.items() if mode.code == periode.mode)
        self.overrides, self.taken, self.told = planning.overrides, occupancy.by_pool(), planning.modes

    def day(self, day: date, asked: tuple[Wish, ...], held: Selection) -> DayVerdict:
        """The verdict of one date; a question met before on a date alike, with its période open, is not asked again."""
        desk = self.desk
        try:
            where = desk.day(day)
        except OutOfCalendarError:
            return self._beyond(unknown_day(desk, day, held, self._wishes(asked, held), self.now))
        waived = self._waived(day) if self.overrides else frozenset()
        epoch, key = where.at(self.since), (self.periode.code, asked, held.held, waived)
        shared = not desk.pooled and self.told is None and self.periode in where.opened.periodes
        outcome = epoch.memo.get(key) if shared else None
        if outcome is not None:
            return DayVerdict(desk, day, where, outcome, held, self.now, (), (self.taken, waived))
        wishes = self._wishes(asked, held)
        outcome = epoch.judge(held, wishes, rooms(desk, where, held, wishes, self.taken, waived), waived)
        outcome = self._as_told(where, outcome)
        terms = (self.taken, waived)
        verdict = DayVerdict(desk, day, where, outcome, held, self.now, (), terms)
        added = [slot for slot in wishes if slot not in held]
        inside = [slot for slot in added if slot in self.mine]
        extra = tuple(_misplaced(verdict, where, self.periode, inside, added, self.mine))
        if extra:
            return DayVerdict(desk, day, where, _refused(outcome, extra), held, self.now, extra, terms)
        if shared:
            epoch.remember(key, outcome)
        return verdict

    def _beyond(self, verdict: DayVerdict) -> DayVerdict:
        """A date that the calendar does not reach: refused all the same where the période ends before it."""
        asked = tuple(slot for slot in verdict.outcome.added if slot in self.mine)
        if not asked or verdict.day in self.periode:
            return verdict
        periode = self.periode
        first, last = f"{periode.first_day:%d/%m/%Y}", f"{periode.last_day:%d/%m/%Y}"
        extra = (verdict.say("hors-periode", asked, periode=periode.label, first=first, last=last),)
        refused = replace(verdict.outcome, status=Status.REFUSED, doubts=())
        return DayVerdict(self.desk, verdict.day, None, refused, verdict.held, self.now, extra)

    def _wishes(self, asked: tuple[Wish, ...], held: Selection) -> Wishes:
        """What the date is to hold: what other modes hold there, and what is asked."""
        others: Wishes = {one.slot: None for one in held if one.slot not in self.mine}
        return {**others, **wishes_of(self.desk, asked)}

    def _as_told(self, where: DeskDay, outcome: Outcome) -> Outcome:
        """Undecided where a rule on what changes names an open slot of a mode that the planning leaves out (S1.5)."""
        if self.told is None:
            return outcome
        engine, doubts = self.desk.engine, []
        for one in where.kind.rules:
            named = engine.places.expand(one.rule.objects()) | set(one.subject)
            untold = [slot for slot in where.kind.slots if slot in named and engine.modes[slot].code not in self.told]
            if untold and named & {*outcome.added, *outcome.removed}:
                doubts.append(Refusal("planning-partiel", untold[0], one.rule.code))
        if not doubts:
            return outcome
        status = Status.REFUSED if outcome.status is Status.REFUSED else Status.UNDECIDED
        return replace(outcome, status=status, doubts=(*outcome.doubts, *doubts))

    def _waived(self, day: date) -> frozenset[str]:
        child = self.desk.child
        return frozenset(code for one in self.overrides for code in one.rules if one.covers(code, child, day))


def _refused(outcome: Outcome, extra: Iterable[Violation]) -> Outcome:
    """The outcome refused for what is asked outside the mode or the période, which is then not told twice."""
    lost = {slot for one in extra for slot in one.slots}
    kept = tuple(one for one in outcome.refusals if not (one.code == "non-offert" and one.slot in lost))
    return replace(outcome, status=Status.REFUSED, refusals=kept)


def _misplaced(
    verdict: DayVerdict,
    where: DeskDay,
    periode: Periode,
    inside: Sequence[str],
    added: Sequence[str],
    mine: Iterable[str],
) -> Iterable[Violation]:
    """What is asked outside the période's mode, or on a date on which the période does not open."""
    outside = tuple(slot for slot in added if slot not in set(mine))
    if outside:
        yield verdict.say("hors-mode", outside, periode=periode.label)
    if inside and verdict.day not in periode:
        first, last = f"{periode.first_day:%d/%m/%Y}", f"{periode.last_day:%d/%m/%Y}"
        yield verdict.say("hors-periode", tuple(inside), periode=periode.label, first=first, last=last)
    elif inside and periode not in where.opened.periodes:
        yield verdict.say("jour-ferme", tuple(inside), periode=periode.label, kind=where.opened.facts.said)
