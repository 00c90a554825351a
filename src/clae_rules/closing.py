"""Closing as an operation: what the service cancels for each child, and what stays due of it (S6.9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from .absences import Evenement
from .booking import check_day
from .breaches import violation
from .closures import Closure, coded, within
from .costs import difference
from .dayspans import Role
from .desk import Desk, DeskDay, aware
from .errors import Lang
from .holdings import Planning
from .losses import Losses
from .money import euros
from .slots import Selection
from .violations import Violation
from .watch import Watch


@dataclass(frozen=True, slots=True, eq=False)
class Cancelled:
    """
    What the service cancels on one date of one child, for one household.

    Args:
        child: His code.
        day: The date.
        household: Who held it; empty where the child has one household.
        slots: The slots cancelled, in display order.
        labels: Their short labels.
        lost_cents: What is no longer charged, less what the rest then costs more, euro cents, with what a package that
            stays gives back; None where a price is not known, or another household than the desk's pays.
        due_cents: What stays due of it; None where that is not known.
        events: Codes of the règlement's events that say what stays due.
        broken: Rules that what is left on the date breaks, and in the windows that it changes.
        doubt: Why an amount is not known, French then English; empty where all are.
    """

    child: str
    day: date
    household: str
    slots: tuple[str, ...]
    labels: tuple[str, ...]
    lost_cents: int | None
    due_cents: int | None
    events: tuple[str, ...] = ()
    broken: tuple[Violation, ...] = ()
    doubt: tuple[str, str] = ("", "")

    @property
    def charged_cents(self) -> int | None:
        """The change of what the household is charged: negative where it is given money back."""
        return None if self.lost_cents is None or self.due_cents is None else self.due_cents - self.lost_cents

    def plain(self, lang: Lang = "fr") -> dict[str, object]:
        """The cancellation as JSON types, under French keys."""
        return {
            "enfant": self.child, "foyer": self.household, "date": self.day.isoformat(), "creneaux": list(self.slots),
            "en_moins_cents": self.lost_cents, "reste_du_cents": self.due_cents, "evenements": list(self.events),
            "regles_rompues": [one.rule for one in self.broken], "texte": self.sentence(lang),
        }  # fmt: skip

    def sentence(self, lang: Lang = "fr") -> str:
        """« lea, 05/10/2026 : « Repas » annulé par le service ; 4,00 € en moins, reste dû 0,00 € »."""
        named = ", ".join(f"« {one} »" for one in self.labels)
        whose = f" ({self.household})" if self.household else ""
        said = (f"{named} annulé par le service", f"{named} cancelled by the service")[lang == "en"]
        if self.lost_cents is None or self.due_cents is None:
            amounts = self.doubt[lang == "en"]
        elif lang == "fr":
            amounts = f"{euros(self.lost_cents)} en moins, reste dû {euros(self.due_cents)}"
        else:
            amounts = f"{euros(self.lost_cents)} less, {euros(self.due_cents)} stays due"
        colon, semicolon = (" : ", " ; ") if lang == "fr" else (": ", "; ")
        return f"{self.child}{whose}, {self.day:%d/%m/%Y}{colon}{said}{semicolon}{amounts}"


@dataclass(frozen=True, slots=True, eq=False)
class Unsure:
    """A held slot of which it is not known whether the closure concerns it, and why."""

    child: str
    day: date
    slot: str
    why: tuple[str, str]

    def sentence(self, lang: Lang = "fr") -> str:
        """The doubt in one line."""
        return f"{self.child}, {self.day:%d/%m/%Y}{' : ' if lang == 'fr' else ': '}{self.why[lang == 'en']}"


@dataclass(frozen=True, slots=True, eq=False)
class Closing:
    """
    What a closure does to a household's planning: the service's cancellations, each with its consequence.

    Args:
        closure: What was closed.
        cancelled: By date, then child, then household.
        unsure: What a missing fact leaves open; it stays held.
        after: The planning without what was cancelled.
        desk: The desk before which the dates are then judged: the closure is part of it.
    """

    closure: Closure
    cancelled: tuple[Cancelled, ...]
    unsure: tuple[Unsure, ...]
    after: Planning
    desk: Desk

    @property
    def charged_cents(self) -> int | None:
        """The change of what the desk's household is charged in all; None where a part is not known."""
        each = [one.charged_cents for one in self.cancelled if one.household == self.desk.household]
        known = [one for one in each if one is not None]
        return sum(known) if len(known) == len(each) else None

    @property
    def settled(self) -> bool:
        """Whether everything that it concerns is known, and what the desk's household pays."""
        return not self.unsure and self.charged_cents is not None

    def plain(self, lang: Lang = "fr") -> dict[str, object]:
        """The operation as JSON types, under French keys."""
        return {
            "code": self.closure.code, "motif": self.closure.motive, "montant_cents": self.charged_cents,
            "annulations": [one.plain(lang) for one in self.cancelled],
            "incertains": [one.sentence(lang) for one in self.unsure],
        }  # fmt: skip

    def text(self, lang: Lang = "fr") -> str:
        """One line a cancellation, then one a doubt."""
        lines = [one.sentence(lang) for one in self.cancelled]
        lines += [f"  {left.text(lang)}" for one in self.cancelled for left in one.broken]
        return "\n".join([*lines, *(one.sentence(lang) for one in self.unsure)])


def close(desk: Desk, planning: Planning, closure: Closure, *, now: datetime) -> Closing:
    """
    Cancel in the service's name what a closure covers, for every child of a planning (S6.9).

    No deadline, gate or rule stops the service. What stays due is what the règlement's event of that motive says; where
    none does, or two disagree, it is not known. Rules that what is left breaks are told, and nothing else is cancelled.

    Args:
        desk: A child before his règlement, with his siblings; what his household pays is priced.
        planning: Everything that is held.
        closure: What is closed.
        now: The instant, aware.

    Raises:
        InvalidValueError: If the closure names what the règlement does not know, or closes nothing.
        NaiveInstantError: If *now* has no time zone.
    """
    shut, said = desk.closing(closure), within(closure, desk.engine.reglement)
    cancelled: list[Cancelled] = []
    remains: dict[tuple[str, date], tuple[Desk, Desk, Selection]] = {}
    unsure: list[Unsure] = []
    reached = frozenset(closure.days)
    planning = holds = planning.at(aware(now))
    losses = Losses(desk, now)
    for child, day, held in planning.days:
        if day not in reached or not desk.engine.knows(day):
            continue
        here = shut.of(child)
        if here is None:
            fr, en = "rien n'est su de cet enfant ; donnez ses faits", "nothing is known of this child; give his facts"
            unsure += [Unsure(child, day, one.slot, (fr, en)) for one in held]
            continue
        where, open_before = here.day(day), desk.of(child)
        gone = [slot for slot in where.closed if slot in held and where.closed[slot].code == closure.code]
        unsure += _doubts(child, where, held, said)
        if gone and open_before is not None:
            left = held.without(gone)
            then = holds.changed({(child, day): left})
            work = _Cancelling(losses, open_before.day(day), child, closure, holds.remembering(planning), then)
            cancelled += [work.of(holder, slots) for holder, slots in _by_holder(held, gone)]
            holds, remains[child, day] = then, (open_before, here, left)
    both = (planning, holds)
    broken = {(child, day): _broken(*one[:2], day, one[2], both, now) for (child, day), one in remains.items()}
    cancelled = [replace(one, broken=broken[one.child, one.day]) for one in cancelled]
    order = sorted(cancelled, key=lambda one: (one.day, one.child, one.household))
    return Closing(closure, tuple(order), tuple(unsure), holds, shut)


def _broken(
    was_open: Desk, shut: Desk, day: date, left: Selection, planning: tuple[Planning, Planning], now: datetime
) -> tuple[Violation, ...]:
    """The rules that what is left on a date breaks, and those over the windows that it changes, in all that is left."""
    before, after = planning
    watch = Watch(shut, after)
    judged = [watch.judge(watch.again(one), {}, {}) for one in Watch(was_open, before).touched(day, left)]
    windows = [violation(shut, one) for one in judged if one is not None and one.role is Role.INHERITED]
    return (*check_day(shut, day, list(left), now=now, planning=after).inherited, *windows)


def _by_holder(held: Selection, gone: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The slots that go, by the household that holds them."""
    owned = sorted(((held.holder(slot) or "", i, slot) for i, slot in enumerate(gone)))
    return [(holder, tuple(slot for _, _, slot in mine)) for holder, mine in groupby(owned, key=lambda one: one[0])]


def _doubts(child: str, where: DeskDay, held: Selection, closure: Closure) -> list[Unsure]:
    found = []
    for one in held:
        if one.slot in where.kind.bits and where.applies(closure, one.slot) is None:
            fr = f"on ne sait pas si la fermeture ({closure.motive}) concerne « {one.slot} » ; donnez les faits de « qui »"
            en = f"whether the closure ({closure.motive}) concerns « {one.slot} » is not known; give the facts of « qui »"
            found.append(Unsure(child, where.opened.facts.day, one.slot, (fr, en)))
    return found


class _Cancelling:
    """One date of one child while the service cancels some of it."""

    def __init__(
        self, losses: Losses, where: DeskDay, child: str, closure: Closure, holds: Planning, then: Planning
    ) -> None:
        self.losses, self.desk, self.where, self.child, self.closure = losses, losses.desk, where, child, closure
        self.holds, self.found = holds, difference(losses.desk, holds, then, now=losses.now)

    def of(self, household: str, slots: tuple[str, ...]) -> Cancelled:
        """What one household loses."""
        labels = tuple(self.desk.engine.labels[slot] for slot in slots)
        day = self.where.opened.facts.day
        bare = Cancelled(self.child, day, household, slots, labels, None, None)
        if household != self.desk.household:
            fr, en = "le montant est celui de son foyer", "the amount is his other household's"
            return replace(bare, doubt=(fr, en))
        if self.found.unsettled:
            unknown = self.found.unsettled[0].unpriced
            return replace(bare, doubt=(unknown.sentence("fr"), unknown.sentence("en")))
        events = {slot: self._event(slot) for slot in slots}
        named = tuple(dict.fromkeys(one.code for one in events.values() if one is not None))
        lost, due, doubt = -(self.found.total_cents or 0), self._due(events), ("", "")
        if due is None:
            motive = self.closure.motive
            fr = f"le règlement ne dit pas ce qui reste dû pour « {motive} » ; ajoutez un [evenement]"
            doubt = (fr, f"the règlement does not say what stays due for « {motive} »; add an [evenement]")
        elif due < 0:
            # A package that stays gives something back.
            lost, due = lost - due, 0
        return replace(bare, lost_cents=lost, due_cents=due, events=named, doubt=doubt)

    def _event(self, slot: str) -> Evenement | None:
        """The one event that says what stays due of a slot; None where none does, several do, or a fact is missing."""
        motive = coded(self.closure.motive)
        named = [one for one in self.desk.engine.reglement.evenements if motive in one.motives]
        answers = [(one, self.where.applies(one, slot)) for one in named]
        found = [(one, answer) for one, answer in answers if answer is not False]
        highest = max((one.precedence for one, _ in found), default=0)
        best = [(one, answer) for one, answer in found if one.precedence == highest]
        return best[0][0] if len(best) == 1 and best[0][1] else None

    def _due(self, events: dict[str, Evenement | None]) -> int | None:
        """What stays due of what is cancelled, of the whole difference that it makes; None where that is not known."""
        dues = {slot: None if event is None else event.due for slot, event in events.items()}
        day = self.where.opened.facts.day
        left, unsettled = self.losses.of_date(self.holds, self.child, day, dues, Selection())
        known = [one.cents for one in left if isinstance(one.cents, int)]
        return None if unsettled or len(known) < len(left) else sum(known)
