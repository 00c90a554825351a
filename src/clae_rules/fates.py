"""What becomes of each booked slot: kept, cancelled, closed by the service, excused, or a lapse (S4.3, S4.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from typing import Final, TypeVar

from .absences import BOOKED_DAYS, Absence, AbsenceTerms, Evenement, Run, Waiting
from .attendance import Episode, Releve, Stay
from .charges import Params
from .constats import Lapse
from .days import days_between
from .desk import Desk, DeskDay
from .dues import Due, Refund
from .errors import OutOfCalendarError
from .gates import Act
from .limits import NO_LIMIT, Limit, Moments, UnresolvedError, Word, resolve
from .moments import Anchor, instant
from .selectors import Answer, Where, missing_facts
from .slots import NOTHING
from .statements import Kind, Reason, Remark
from .steps import Dated

W = TypeVar("W", bound=Where)


@dataclass(frozen=True, slots=True)
class Fate:
    """
    What becomes of one booked slot of one date.

    Args:
        kind: Why it is due, or is not.
        rule: Code of the deadline, absence or event that says so.
        due: What stays due; None for all of it.
        reasons: Why, with the source.
        refund: In what form the rest comes back.
        lapse: What the constats are asked about; then *due* is theirs to say.
        doubt: Why nobody can say.
    """

    kind: Kind
    rule: str = ""
    due: Due | None = None
    reasons: tuple[Reason, ...] = ()
    refund: Refund | None = None
    lapse: Lapse | None = None
    doubt: Remark | None = None


#: A booking that stands.
KEPT: Final = Fate(Kind.BOOKED)


class _State(Enum):
    """Where a condition stands at the instant of the relevé."""

    MET = 1
    PENDING = 2
    FAILED = 3


@dataclass(frozen=True, slots=True)
class _Judged:
    """What an absence rule makes of an episode: the terms that apply, or why none does, or why nobody can say."""

    terms: AbsenceTerms | None = None
    doubt: Remark | None = None


def chosen(items: Sequence[W], applies: Callable[[W], Answer]) -> tuple[tuple[W, ...], bool]:
    """
    The one that governs, as for deadlines (S3.5): of those that apply, that of highest precedence.

    Returns:
        That one, or those that nobody can choose between, or none; and whether a missing fact is what prevents it.
    """
    answers = [(one, answer) for one in items if (answer := applies(one)) is not False]
    highest = max((one.precedence for one, _ in answers), default=0)
    best = [(one, answer) for one, answer in answers if one.precedence == highest]
    sure = tuple(one for one, answer in best if answer)
    unsure = tuple(one for one, answer in best if answer is None)
    return (unsure, True) if unsure and len(sure) < 2 else (sure, False)


class Fates:
    """
    The bookings of one child in a relevé, and what becomes of each.

    What another household of the child booked is judged in its own relevé: prices alone read it here (S6.8).

    Args:
        desk: The child before his règlement, with the household that is billed.
        releve: What is known of the month.
    """

    def __init__(self, desk: Desk, releve: Releve) -> None:
        self.desk, self.releve, self.child, self.engine = desk, releve, desk.child, desk.engine
        self.reglement = desk.engine.reglement
        told = releve.booked.of_child(self.child)
        self.booked = {day: mine for day, held in told.items() if (mine := held.held_by(desk.household))}
        self.pointed = self.engine.places.expand(releve.pointed)
        self.stays: dict[date, dict[str, Stay]] = {
            day: {one.slot: one for one in stays if told.get(day, NOTHING).holder(one.slot) in {None, desk.household}}
            for who, day, stays in releve.stays
            if who == self.child
        }
        self.findings: dict[Remark, None] = {}
        self._today = releve.instant.astimezone(self.engine.tz).date()
        self._cancelled = self._cancellations()
        self._judged: dict[tuple[Episode, str], _Judged] = {}
        self._fates: dict[tuple[date, str], Fate] = {}

    @property
    def days(self) -> list[date]:
        """The dates on which something was booked or somebody was there, ascending."""
        return sorted({*self.booked, *self.stays})

    def over(self, day: date) -> bool:
        """Whether a date had ended when the relevé was drawn up."""
        return day < self._today

    def of(self, day: date) -> dict[str, Fate]:
        """What becomes of each slot booked on a date, in display order."""
        held = self.booked.get(day, NOTHING)
        return {slot: self._of(day, slot) for slot in self.engine.order if slot in held}

    def remark(self, code: str, day: date, *slots: str, by: Where | None = None, **more: str | int) -> Remark:
        """Something to tell of a date."""
        params: Params = tuple(sorted(more.items()))
        source = ""
        if by is not None:
            params = (("by", getattr(by, "code", "")), *params)
            source = self.reglement.source_of(by)
        return Remark(code, self.child, day, slots, params, source, self.engine.labels)

    def unclear(self, day: date, slot: str, items: Iterable[Where], *, missing: bool) -> Remark:
        """Why one of several rules could not be chosen: a missing fact, or nothing to choose between them."""
        if missing:
            periode = self.engine.day(day).slots[slot]
            profile = self.desk.profile(day, periode.first_day)
            wheres = [where for one in items for where in (one, *one.unless)]
            facts = dict.fromkeys(fact for where in wheres for fact in missing_facts(where.who, profile))
            return self.remark("fait-manquant", day, slot, names=", ".join(f"« {one} »" for one in facts))
        names = ", ".join(f"« {getattr(one, 'code', '')} »" for one in items)
        return self.remark("deux-regles", day, slot, names=names)

    def _of(self, day: date, slot: str) -> Fate:
        found = self._fates.get((day, slot))
        if found is None:
            found = self._fates[day, slot] = self._decided(day, slot)
        return found

    def _decided(self, day: date, slot: str) -> Fate:
        where = self.desk.day(day)
        if slot not in where.plans:
            return Fate(Kind.BOOKED, doubt=self.remark("creneau-ferme", day, slot))
        missed = self._before_absence(where, day, slot)
        if missed is not None:
            return missed
        episode = self._episode(day, slot)
        if episode is not None:
            excused = self._excused(where, episode, day, slot)
            if excused is not None:
                return excused
        if (day, slot) in self._cancelled:
            return Fate(Kind.LATE_CANCELLED, lapse=Lapse.LATE_CANCEL)
        if self.over(day) and (episode is not None or slot in self.pointed):
            return Fate(Kind.ABSENT, lapse=Lapse.ABSENT)
        return KEPT

    def _before_absence(self, where: DeskDay, day: date, slot: str) -> Fate | None:
        """What comes before any absence: a cancellation in time, a presence, an event of the service."""
        cancelled = self._cancelled.get((day, slot))
        if cancelled is not None:
            return cancelled
        if slot in self.stays.get(day, {}):
            if self._episode(day, slot) is not None:
                self.findings[self.remark("present-malgre-absence", day, slot)] = None
            return KEPT
        return self._service(where, day, slot)

    def _cancellations(self) -> dict[tuple[date, str], Fate | None]:
        """What each cancellation comes to; None where it came too late."""
        found: dict[tuple[date, str], Fate | None] = {}
        mine = [one for one in self.releve.cancellations if one.child == self.child]
        for one in sorted(mine, key=lambda each: each.instant):
            for day in one.days:
                held = self.booked.get(day, NOTHING).slots
                given = held & self.engine.places.expand(one.slots) if one.slots else held
                gone = given | {slot for when, slot in found if when == day}
                changing = bool(held - gone) if one.change is None else one.change
                for slot in sorted(given):
                    found[day, slot] = self._cancelled_at(day, slot, one.instant, changing=changing)
        return found

    def _cancelled_at(self, day: date, slot: str, when: datetime, *, changing: bool) -> Fate | None:
        where = self.desk.day(day)
        if slot not in where.plans:
            return Fate(Kind.CANCELLED, doubt=self.remark("creneau-ferme", day, slot))
        plan = where.plans[slot][where.action(slot, Act.CANCEL, changing=changing)]
        phase = plan.schedule.at(when.astimezone(UTC))
        if phase is None and plan.schedule.unknown is None:
            return None
        if phase is None or plan.deadline is None or phase.due is None:
            fr, en = plan.schedule.unknown or ("", "")
            return Fate(Kind.CANCELLED, doubt=self.remark("delai-inconnu", day, slot, why_fr=fr, why_en=en))
        source = phase.source or self.reglement.source_of(plan.deadline)
        reason = stays_due(plan.deadline.code, phase.due, source)
        return Fate(Kind.CANCELLED, plan.deadline.code, phase.due, (reason,), phase.refund)

    def _service(self, where: DeskDay, day: date, slot: str) -> Fate | None:
        """What an event of the relevé that covers the slot comes to; None where the règlement says nothing of it."""
        motives = {
            one.motive
            for one in self.releve.events
            if day in one and one.concerns(self.child) and self._named(one.slots, slot)
        }
        rules = [one for one in self.reglement.evenements if motives & set(one.motives)]
        found, missing = chosen(rules, lambda one: where.applies(one, slot))
        if not found:
            return None
        if missing or len(found) > 1:
            return Fate(Kind.SERVICE, doubt=self.unclear(day, slot, found, missing=missing))
        rule: Evenement = found[0]
        reason = stays_due(rule.code, rule.due, self.reglement.source_of(rule))
        return Fate(Kind.SERVICE, rule.code, rule.due, (reason,), rule.refund)

    def _named(self, codes: tuple[str, ...], slot: str) -> bool:
        return not codes or slot in self.engine.places.expand(codes)

    def _episode(self, day: date, slot: str) -> Episode | None:
        mine = (one for one in self.releve.episodes if one.child == self.child and day in one)
        return next((one for one in mine if self._named(one.slots, slot)), None)

    def _excused(self, where: DeskDay, episode: Episode, day: date, slot: str) -> Fate | None:
        """What an absence with a motive comes to; None where no rule excuses it."""
        rules = [one for one in self.reglement.absences if episode.motive in one.motives]
        found, missing = chosen(rules, lambda one: where.applies(one, slot))
        if not found:
            told = max(episode.first_day, self.releve.billed.first_day) if day in self.releve.billed else day
            self.findings[self.remark("sans-motif-connu", told)] = None
            return None
        if missing or len(found) > 1:
            return Fate(Kind.EXCUSED, doubt=self.unclear(day, slot, found, missing=missing))
        rule, key = found[0], (episode, found[0].code)
        try:
            if key not in self._judged:
                self._judged[key] = _Trial(self, episode, rule).judged()
            judged = self._judged[key]
            if judged.doubt is not None:
                return Fate(Kind.EXCUSED, rule.code, doubt=judged.doubt)
            return None if judged.terms is None else _Trial(self, episode, rule).due(judged.terms, day)
        except OutOfCalendarError:
            return Fate(Kind.EXCUSED, rule.code, doubt=self.remark("calendrier-inconnu", day, by=rule))

    def missed(self, episode: Episode, rule: Absence) -> list[tuple[date, str]]:
        """The booked slots that an episode misses and of which a rule speaks, in order; what was cancelled left out."""
        found = []
        for day in sorted(day for day in self.booked if day in episode):
            where = self.desk.day(day)
            for slot in self.engine.order:
                if slot in self.booked[day] and slot in where.plans and self._named(episode.slots, slot):
                    speaks = where.applies(rule, slot) is True
                    found += [(day, slot)] if speaks and self._before_absence(where, day, slot) is None else []
        return found

    def still_booked(self, rule: Absence, first: date, last: date) -> list[date]:
        """The dates, both included, on which something that a rule speaks of is booked and was not cancelled."""
        found = []
        for day in sorted(day for day in self.booked if first <= day <= last):
            where = self.desk.day(day)
            speaking = [one for one in self.booked[day].slots if one in where.plans and where.applies(rule, one)]
            stands = [self._before_absence(where, day, slot) in {None, KEPT} for slot in speaking]
            found += [day] if any(stands) else []
        return found


def stays_due(by: str, due: Due, source: str) -> Reason:
    """The step that says what part stays due."""
    return Reason("du", (("by", by), ("due_fr", due.describe("fr")), ("due_en", due.describe("en"))), source)


class _Trial:
    """One absence before one rule."""

    def __init__(self, fates: Fates, episode: Episode, rule: Absence) -> None:
        self.fates, self.episode, self.rule = fates, episode, rule
        self.missed = fates.missed(episode, rule)
        self.first, slot = self.missed[0]
        #: The date under which it is told: the first one of the month that is billed, where there is one.
        self.told = next((day for day, _ in self.missed if day in fates.releve.billed), self.first)
        engine = fates.engine
        hours = engine.slots[slot].hours
        self.mode = engine.modes[slot].code
        start = instant(self.first, hours[0] if hours else 0, engine.tz)
        self.moments: Moments = replace(engine.moments(self.first, slot), absence_start=start, report=episode.reported)
        self.source = engine.reglement.source_of(rule)

    def judged(self) -> _Judged:
        """The first terms whose conditions are met; or why there are none, which is then a finding."""
        told, episode = self.fates.releve.told, self.episode
        if episode.first_day < told.first_day and self._counts():
            return _Judged(doubt=self._remark("releve-trop-court", when=episode.first_day.isoformat()))
        if self.rule.run is not None:
            short = self._too_short(self.rule.run)
            if short is not None:
                return short
        failed: Remark | None = None
        for terms in self.rule.terms():
            states = [
                self._state(terms.reported, episode.reported, ("non-signale", "signale-trop-tard")),
                self._state(terms.proved, episode.proved, ("non-justifie", "justifie-trop-tard")),
            ]
            from_report = terms.waiting is not None and terms.waiting.anchor is Anchor.REPORT
            if from_report and episode.reported is None and states[0][0] is not _State.PENDING:
                states.append((_State.FAILED, self._remark("non-signale")))
            worst, why = max(states, key=lambda one: one[0].value)
            if worst is _State.MET:
                return _Judged(terms)
            if worst is _State.PENDING:
                return _Judged(doubt=why)
            failed = why
        return self._not(failed)

    def due(self, terms: AbsenceTerms, day: date) -> Fate:
        """What stays due of one date of an excused absence."""
        rule, waiting = self.rule, terms.waiting
        source = terms.source or self.source
        if waiting is not None:
            first = self._report_day() if waiting.anchor is Anchor.REPORT else self.first
            if first < self.fates.releve.told.first_day and waiting.calendar == BOOKED_DAYS:
                return Fate(Kind.EXCUSED, rule.code, doubt=self._remark("releve-trop-court", when=first.isoformat()))
            if self._rank(waiting, first, day) <= waiting.count:
                said = ("by", rule.code), ("waiting_fr", waiting.describe("fr")), ("waiting_en", waiting.describe("en"))
                return Fate(Kind.EXCUSED, rule.code, None, (Reason("jour-du", said, source),), rule.refund)
        return Fate(Kind.EXCUSED, rule.code, terms.due, (stays_due(rule.code, terms.due, source),), rule.refund)

    def _counts(self) -> bool:
        """Whether the start of the absence matters."""
        run, terms = self.rule.run, self.rule.terms()
        limits = [limit for one in terms for limit in (one.reported, one.proved) if limit and limit != NO_LIMIT]
        measured = any(not isinstance(limit.part, Dated) for limit in limits)
        return measured or any(one.waiting for one in terms) or bool(run and run.calendar == BOOKED_DAYS)

    def _too_short(self, run: Run) -> _Judged | None:
        episode, told = self.episode, self.fates.releve.told
        if run.calendar == BOOKED_DAYS:
            count = len({day for day, _ in self.missed})
            if count < run.count and episode.last_day > told.last_day:
                return _Judged(doubt=self._remark("releve-trop-court", when=episode.last_day.isoformat()))
        else:
            count = sum(self._open(run.calendar, day) for day in days_between(episode.first_day, episode.last_day))
        if count >= run.count:
            return None
        needed = {"needed_fr": run.describe("fr"), "needed_en": run.describe("en")}
        return self._not(self._remark("trop-courte", count=count, **needed))

    def _open(self, calendar: str, day: date) -> bool:
        return self.fates.engine.is_open(calendar, day, self.mode)

    def _not(self, why: Remark | None) -> _Judged:
        if why is not None:
            self.fates.findings[why] = None
        return _Judged()

    def _state(
        self, limit: Limit | None, given: datetime | None, codes: tuple[str, str]
    ) -> tuple[_State, Remark | None]:
        """Whether something was given before a limit; it is pending while it may still be given (S1.5)."""
        if limit is None or (limit == NO_LIMIT and given is not None):
            return _State.MET, None
        absent, late = codes
        said = {"limit_fr": limit.describe("fr"), "limit_en": limit.describe("en")}
        try:
            until = resolve(limit, self.moments)
        except UnresolvedError:
            return _State.FAILED, self._remark("non-signale")
        if isinstance(until, Word):
            return _State.FAILED, self._remark(absent)
        if given is None:
            if self.fates.releve.instant < until:
                return _State.PENDING, self._remark("attendu", **said)
            return _State.FAILED, self._remark(absent)
        return (_State.MET, None) if given < until else (_State.FAILED, self._remark(late, **said))

    def _report_day(self) -> date:
        reported = self.episode.reported
        return self.first if reported is None else reported.astimezone(self.fates.engine.tz).date()

    def _rank(self, waiting: Waiting, first: date, day: date) -> int:
        """Which day of those that are counted *day* is, the first of them being 1; 0 before them."""
        if waiting.calendar != BOOKED_DAYS:
            return sum(self._open(waiting.calendar, one) for one in days_between(first, day))
        if waiting.anchor is Anchor.ABSENCE:
            return len({one for one, _ in self.missed if one <= day})
        return len(self.fates.still_booked(self.rule, first, day))

    def _remark(self, code: str, **more: str | int) -> Remark:
        return self.fates.remark(code, self.told, by=self.rule, **more)
