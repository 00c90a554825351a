"""The one decision: a change of a planning, under a règlement, at an instant (S6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from .blocks import over_windows
from .desk import Desk, DeskDay, aware, elapsed
from .epochs import Outcome, Refusal, Status, Wishes
from .errors import ClaeRulesError, InvalidValueError, OutOfCalendarError, meant, not_a
from .holdings import Demande, Grain, Occupancy, Planning, Wish
from .price_doubts import with_prices
from .slots import NOTHING, Held, Periode, Selection, slots_of
from .unknown_prices import at_unknown_price
from .variants import Variant
from .verdicts import DayVerdict, Verdict, rooms
from .violations import Violation
from .watch import Watch

NOBODY: Occupancy = Occupancy()


class OtherChildError(ClaeRulesError):
    """A demande for another child than the one whose facts are known."""


class UnknownPeriodeError(ClaeRulesError):
    """A demande for a période that the règlement does not have."""


def check_day(
    desk: Desk, day: date, slots: Iterable[Wish], *, now: datetime, held: Selection = NOTHING,
    occupancy: Occupancy = NOBODY, waived: frozenset[str] = frozenset(), planning: Planning | None = None,
    accept_unknown_price: bool = False,
) -> DayVerdict:  # fmt: skip
    """
    Judge what a child is to hold on one date, all modes together: the public call for one date.

    Args:
        desk: The child before his règlement.
        day: The date.
        slots: Everything he is to hold that day; a `Held` names the variant wanted.
        now: The instant, aware.
        held: What he holds; read from *planning* where one is given.
        occupancy: Places taken by others.
        waived: Codes of rules that an agent set aside.
        planning: Everything the household holds. Without it, what a rule over a window says is not known.
        accept_unknown_price: Whether an amount that is announced but not published may be booked all the same (S4.6).

    Raises:
        NaiveInstantError: If *now* has no time zone.
        InvalidValueError: If *slots* is no list of slots, such as one code alone.
        UnknownSlotError: If a slot is not of this règlement.
        OtherHouseholdError: If a slot is asked in the name of another household than the desk's.
    """
    since, asked = elapsed(now), slots_of(slots, "slots")
    if wrong := not_a(held, Selection, 'Selection.of("repas")', "held"):
        raise InvalidValueError(wrong)
    if planning is not None:
        found = _check_in(desk, day, asked, planning, now, occupancy, waived)
        return at_unknown_price((found,))[0] if accept_unknown_price else found
    try:
        where = desk.day(day)
    except OutOfCalendarError:
        return unknown_day(desk, day, held, wishes_of(desk, asked, held), now)
    epoch, key = where.at(since), (asked, held.held, waived)
    taken = occupancy.by_pool() if desk.pooled else {}
    outcome = None if desk.pooled else epoch.memo.get(key)
    if outcome is None:
        wishes = wishes_of(desk, asked, held)
        outcome = epoch.judge(held, wishes, rooms(desk, where, held, wishes, taken, waived), waived)
        outcome = _unplanned(where, outcome, held, waived)
        if not desk.pooled:
            epoch.remember(key, outcome)
    verdict = DayVerdict(desk, day, where, outcome, held, now, (), (taken, waived))
    if desk.windowed:
        verdict = with_prices(desk, Planning().changed({(desk.child, day): held}), (verdict,), now)[0]
    return at_unknown_price((verdict,))[0] if accept_unknown_price else verdict


def _unplanned(where: DeskDay, outcome: Outcome, held: Selection, waived: frozenset[str]) -> Outcome:
    """Undecided where a rule over a window speaks of what changes, and no planning is given (S1.5)."""
    kind = where.kind
    if not kind.spans:
        return outcome
    before, after = ({one.slot: one.variant for one in some} for some in (held, outcome.after))
    differs = kind.mask(before) ^ kind.mask(after)
    doubts = tuple(
        Refusal("planning-partiel", kind.spans[code].subject[0], code)
        for code, reads in kind.reads.items()
        if reads & differs and code not in waived
    )
    return _doubted(outcome, doubts)


def _doubted(outcome: Outcome, doubts: tuple[Refusal, ...]) -> Outcome:
    if not doubts:
        return outcome
    status = Status.REFUSED if outcome.status is Status.REFUSED else Status.UNDECIDED
    return replace(outcome, status=status, doubts=(*outcome.doubts, *doubts))


def _check_in(
    desk: Desk, day: date, asked: tuple[Wish, ...], planning: Planning, now: datetime, occupancy: Occupancy,
    waived: frozenset[str],
) -> DayVerdict:  # fmt: skip
    """One date judged with everything that the household holds besides."""
    held = planning.held(desk.child, day)
    _known(desk, planning, occupancy, (one.slot for one in held))
    try:
        where = desk.day(day)
    except OutOfCalendarError:
        return unknown_day(desk, day, held, wishes_of(desk, asked, held), now)
    waived |= waived_on(planning, desk.child, day)
    taken, wishes = occupancy.by_pool(), wishes_of(desk, asked, held)
    found = where.epoch(now).judge(held, wishes, rooms(desk, where, held, wishes, taken, waived), waived)
    outcome = as_told(desk, planning, where, found)
    verdict = DayVerdict(desk, day, where, outcome, held, now, (), (taken, waived))
    if where.kind.spans:
        verdict = over_windows(Watch(desk, planning, waived, day), (verdict,), Grain.WHOLE)[0]
    return with_prices(desk, planning, (verdict,), now)[0]


class UnknownSlotError(ClaeRulesError):
    """A slot that the règlement does not have."""


class OtherHouseholdError(ClaeRulesError):
    """A slot asked in the name of another household than the one that asks: nobody books for another to pay (S6.8)."""


def wishes_of(desk: Desk, slots: Iterable[Wish], held: Selection = NOTHING) -> Wishes:
    """
    Wishes by slot code; one that is held may name its holder.

    Raises:
        UnknownSlotError: Naming the first unknown slot, with the nearest known one.
        OtherHouseholdError: If a slot that is not held is asked in the name of another household.
    """
    wishes: dict[str, Variant | None] = {}
    for one in slots:
        code, variant, holder = (one, None, "") if isinstance(one, str) else (one.slot, one.variant, one.holder)
        if code not in desk.engine.slots:
            raise UnknownSlotError(f"créneau inconnu : « {code} » ; {meant(code, desk.engine.slots)[0]}")
        if holder not in ("", desk.household) and holder != held.holder(code):
            said = f"« {code} » demandé pour le foyer « {holder} » par « {desk.household or 'sans nom'} »"
            raise OtherHouseholdError(f"{said} ; chaque foyer réserve pour lui-même")
        wishes[code] = variant
    return wishes


def unknown_day(desk: Desk, day: date, held: Selection, wishes: Wishes, now: datetime) -> DayVerdict:
    """The undecided answer for a date that the calendar does not reach (S1.5)."""
    kept = {one.slot: one for one in held}
    each = ((slot, variant or Variant.NORMAL) for slot, variant in wishes.items())
    after = Selection(tuple(kept.get(slot) or Held(slot, variant, holder=desk.household) for slot, variant in each))
    added = tuple(slot for slot in wishes if slot not in held)
    removed = tuple(one.slot for one in held if one.slot not in wishes)
    doubt = Refusal("calendrier-inconnu", "")
    outcome = Outcome(Status.UNDECIDED, after, added, removed, doubts=(doubt,))
    return DayVerdict(desk, day, None, outcome, held, now)


def decide(
    desk: Desk, planning: Planning, demande: Demande, *, now: datetime, occupancy: Occupancy = NOBODY,
    grain: Grain = Grain.WHOLE, barred: Callable[[DayVerdict], bool] | None = None, accept_unknown_price: bool = False,
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
        barred: Date by date, which dates the caller will not take, so that no window counts on them.
        accept_unknown_price: Whether an amount that is announced but not published may be booked all the same (S4.6).

    Raises:
        NaiveInstantError: If *now* has no time zone.
        UnknownCodeError: If an override or a pool is not of this règlement.
        OtherChildError: If the demande is for another child than the desk's.
        UnknownPeriodeError: If the demande names a période that the règlement does not have.
        UnknownSlotError: If it names a slot that the règlement does not have.
        OtherHouseholdError: If it asks for a slot in the name of another household than the desk's.
    """
    if demande.child != desk.child:
        said = f"demande pour « {demande.child} », faits de « {desk.child} » ; donnez Desk(engine, facts, « {demande.child} »)"
        raise OtherChildError(said)
    planning = planning.at(aware(now))
    judging = _Judging(desk, periode_of(desk, demande.periode), planning, now, occupancy)
    held = planning.of_child(demande.child)
    _known(desk, planning, occupancy, (one.slot for day in demande.dates for one in held.get(day, NOTHING)))
    days = tuple([judging.day(day, asked, held.get(day, NOTHING)) for day, asked in demande.days])
    if desk.engine.window_rules:
        late = tuple(one.day for one in days if barred is not None and barred(one))
        days = over_windows(Watch(desk, planning), days, grain, late)
    days = with_prices(desk, planning, days, now)
    days = at_unknown_price(days) if accept_unknown_price else days
    return Verdict(desk, days, grain, planning, demande, now, desk.engine.applied, judging.periode)


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
        self.planning, self.taken, self.told = planning, occupancy.by_pool(), planning.modes

    def day(self, day: date, asked: tuple[Wish, ...], held: Selection) -> DayVerdict:
        """The verdict of one date; a question met before on a date alike, with its période open, is not asked again."""
        desk = self.desk
        try:
            where = desk.day(day)
        except OutOfCalendarError:
            return self._beyond(unknown_day(desk, day, held, self._wishes(asked, held), self.now))
        waived = waived_on(self.planning, desk.child, day) if self.planning.overrides else frozenset()
        epoch, key = where.at(self.since), (self.periode.code, asked, held.held, waived)
        shared = not desk.pooled and self.told is None and self.periode in where.opened.periodes
        outcome = epoch.memo.get(key) if shared else None
        if outcome is not None:
            return DayVerdict(desk, day, where, outcome, held, self.now, (), (self.taken, waived))
        wishes = self._wishes(asked, held)
        outcome = epoch.judge(held, wishes, rooms(desk, where, held, wishes, self.taken, waived), waived)
        outcome = as_told(desk, self.planning, where, outcome)
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
        return {**others, **wishes_of(self.desk, asked, held)}


def as_told(desk: Desk, planning: Planning, where: DeskDay, outcome: Outcome) -> Outcome:
    """Undecided where a rule on what changes names an open slot of a mode that the planning leaves out (S1.5)."""
    if planning.modes is None:
        return outcome
    engine, doubts = desk.engine, []
    for one in where.kind.rules:
        named = engine.places.expand(one.rule.objects()) | set(one.subject)
        untold = [slot for slot in where.kind.slots if slot in named and engine.modes[slot].code not in planning.modes]
        if untold and named & {*outcome.added, *outcome.removed}:
            doubts.append(Refusal("planning-partiel", untold[0], one.rule.code))
    return _doubted(outcome, tuple(doubts))


def waived_on(planning: Planning, child: str, day: date) -> frozenset[str]:
    """The codes that agents set aside for a child on a date."""
    return frozenset(code for one in planning.overrides for code in one.rules if one.covers(code, child, day))


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
