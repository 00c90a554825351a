"""The boxes that a parent sees on one date: one state each, and why (S7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from .booking import NOBODY, check_day
from .desk import Desk, DeskDay, aware
from .epochs import PAYMENT, Epoch, Outcome, Room, Status
from .errors import Lang, OutOfCalendarError, not_a, raise_all
from .gates import Act
from .holdings import Occupancy, Planning
from .money import euros
from .phases import Action
from .price_doubts import price_of_change
from .repairs import Policy, repairs
from .showing import Displayed, Section, said
from .slots import NOTHING, Selection, slots_of
from .variants import Variant
from .verdicts import DayVerdict
from .violations import Violation
from .window_repairs import Edits, dated, window_repairs


class BoxState(Enum):
    """The one state of a box, by precedence (S7)."""

    NOT_OFFERED = "non proposé"
    LOCKED = "coché, verrouillé"
    CHECKED_WITH = "coché, d'autres partent avec"
    CHECKED = "coché"
    UNDECIDED = "indécis"
    CLOSED = "fermé"
    FULL = "complet"
    WAITING = "liste d'attente"
    BLOCKED = "bloqué"
    NEEDS = "demande"
    ON_REQUEST = "sur demande"
    FREE = "libre"


class DayState(Enum):
    """The state of a date as a whole (S7)."""

    UNKNOWN = "hors calendrier"
    OUT = "hors période"
    CLOSED = "fermé"
    PAST = "passé"
    OPEN = "ouvert"


@dataclass(frozen=True, slots=True)
class Box:
    """
    One slot in one variant on one date.

    Args:
        slot: Its code.
        variant: The variant of this box.
        state: Its one state.
        price_cents: What ticking it adds to the day, euro cents, where it can be ticked and the price is known.
        together: The smallest sets of slots to tick with it (needs), or to untick with it (checked, others go with it).
        reasons: Everything that speaks against toggling it.
        elsewhere: The same as *together* for a rule over a window: sets of (date, slot) to tick, or untick, with it.
    """

    slot: str
    label: str
    times: str
    variant: Variant
    state: BoxState
    price_cents: int | None = None
    together: tuple[tuple[str, ...], ...] = ()
    reasons: tuple[Violation, ...] = ()
    elsewhere: tuple[Edits, ...] = ()

    def line(self, labels: dict[str, str], lang: Lang = "fr") -> str:
        """The box as one line of text, without its price."""
        late = " hors-délai" if self.variant is Variant.HORS_DELAI else ""
        times = f" ({self.times})" if self.times else ""
        more = ""
        if self.together:
            choices = (" ou ", " or ")[lang == "en"].join(
                " + ".join(f"« {labels[s]} »" for s in one) for one in self.together
            )
            more = f" : {choices}"
        elif self.elsewhere:
            more = f" : {(' ou ', ' or ')[lang == 'en'].join(dated(one, labels, lang) for one in self.elsewhere)}"
        elif self.reasons:
            more = f" : {' ; '.join(one.sentence(lang) for one in self.reasons)}"
        return f"{self.label}{late}{times} — {said(self.state, lang)}{more}"


@dataclass(frozen=True, slots=True)
class DayBoxes(Displayed):
    """The boxes of one date, in display order, normal before late; and the state of the date."""

    day: date
    state: DayState
    boxes: tuple[Box, ...] = ()

    def box(self, slot: str, variant: Variant = Variant.NORMAL) -> Box:
        """
        One box.

        Raises:
            KeyError: If the date has no such box.
        """
        for one in self.boxes:
            if one.slot == slot and one.variant is variant:
                return one
        raise KeyError(f"{slot} {variant.value}: no such box on {self.day}")

    def heading(self, lang: Lang = "fr") -> str:
        """The date and its state."""
        return f"{self.day:%d/%m/%Y}{' : ' if lang == 'fr' else ': '}{said(self.state, lang)}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """The boxes, each with its state, reason and price."""
        labels = {one.slot: one.label for one in self.boxes}
        columns = (("case", "prix"), ("box", "price"))[lang == "en"]
        rows = tuple(
            (one.line(labels, lang), "" if one.price_cents is None else euros(one.price_cents)) for one in self.boxes
        )
        return (Section("", columns, rows),)


def boxes(
    desk: Desk, day: date, *, now: datetime, held: Selection = NOTHING, draft: Iterable[str] | None = None,
    occupancy: Occupancy = NOBODY, waived: frozenset[str] = frozenset(), planning: Planning | None = None,
    accept_unknown_price: bool = False,
) -> DayBoxes:  # fmt: skip
    """
    The boxes of a date: each one is the decision about toggling it, so a box shown as free is never refused (S1.3).

    Args:
        desk: The child before his règlement.
        day: The date.
        now: The instant, aware.
        held: What the child holds; read from *planning* where one is given.
        draft: What is ticked on the page and not yet confirmed; what is held where left out.
        occupancy: Places taken by others.
        waived: Codes of rules that an agent set aside.
        planning: Everything the household holds, and what is ticked for other dates: rules over windows count it.
        accept_unknown_price: Whether an amount that is announced but not published may be booked all the same (S4.6).

    Raises:
        NaiveInstantError: If *now* has no time zone.
    """
    instant = aware(now)
    raise_all(not_a(held, Selection, 'Selection.of("repas")', "held"))
    draft = None if draft is None else slots_of(draft, "draft", only=(str,))
    held = held if planning is None else planning.held(desk.child, day)
    try:
        where = desk.day(day)
    except OutOfCalendarError:
        return DayBoxes(day, DayState.UNKNOWN)
    view = _View(desk, day, where, instant, held, draft, occupancy, waived, planning, accept_unknown_price)
    found = tuple(box for slot in view.shown for box in view.boxes(slot))
    return DayBoxes(day, _state(desk, day, where, instant), found)


def _state(desk: Desk, day: date, where: DeskDay, now: datetime) -> DayState:
    if not any(day in one for one in desk.engine.reglement.periodes):
        return DayState.OUT
    if not where.kind.slots:
        return DayState.CLOSED
    return DayState.PAST if now.astimezone(desk.engine.tz).date() > day else DayState.OPEN


class _View:
    """One page of boxes, while it is being drawn."""

    def __init__(
        self, desk: Desk, day: date, where: DeskDay, now: datetime, held: Selection, draft: Iterable[str] | None,
        occupancy: Occupancy, waived: frozenset[str], planning: Planning | None, accept: bool,
    ) -> None:  # fmt: skip
        self.desk, self.day, self.where, self.now = desk, day, where, now
        self.held, self.occupancy, self.waived, self.planning, self.accept = held, occupancy, waived, planning, accept
        self.epoch: Epoch = where.epoch(now)
        chosen = held.slots if draft is None else frozenset(draft)
        #: The open slots, and those held or ticked that are not open, in display order.
        self.shown = [
            slot
            for slot in desk.engine.order
            if slot in where.kind.bits or slot in held or slot in chosen or slot in where.closed
        ]
        self.ticked = [slot for slot in self.shown if slot in chosen]

    def boxes(self, slot: str) -> Iterable[Box]:
        """The boxes of a slot: the normal one, and the late one where it is ever granted."""
        if slot not in self.where.kind.bits:
            variant = self.held.variant(slot) or Variant.NORMAL
            toggled = self._judged(set(self.ticked) ^ {slot})
            locked = BoxState.LOCKED if slot in self.held else BoxState.CLOSED
            state = locked if slot in self.where.closed else BoxState.NOT_OFFERED
            yield self._made(slot, variant, state, reasons=self._about(toggled, slot))
            return
        windows = self.where.plans[slot][Action.BOOK].schedule.windows
        granted = {window.phase.variant or Variant.NORMAL for window in windows} | {Variant.NORMAL}
        mine = self.held.variant(slot)
        granted |= {mine} if mine is not None else set()
        live = self.epoch.offered_variant(slot, changing=bool(self.held))
        for variant in sorted(granted, key=lambda one: one is Variant.HORS_DELAI):
            yield self._box(slot, variant, live if mine is None else mine)

    def _judged(self, slots: Iterable[str]) -> DayVerdict:
        return check_day(
            self.desk, self.day, slots, now=self.now, held=self.held, occupancy=self.occupancy, waived=self.waived,
            planning=self.planning, accept_unknown_price=self.accept,
        )  # fmt: skip

    def _box(self, slot: str, variant: Variant, live: Variant | None) -> Box:
        ticked = slot in self.ticked and (live is variant or (live is None and variant is Variant.NORMAL))
        if ticked:
            return self._ticked(slot, variant)
        toggled = self._judged([*self.ticked, slot] if slot not in self.ticked else self.ticked)
        if self._unseen(slot):
            return self._made(slot, variant, BoxState.NOT_OFFERED, reasons=self._about(toggled, slot))
        if live is None and toggled.status is Status.UNDECIDED:
            return self._made(slot, variant, BoxState.UNDECIDED, reasons=toggled.doubts)
        if live is not variant:
            return self._made(slot, variant, BoxState.CLOSED, reasons=(self._shut(slot, variant, toggled),))
        return self._free(slot, variant, toggled)

    def _made(
        self, slot: str, variant: Variant, state: BoxState, *, price: int | None = None,
        together: tuple[tuple[str, ...], ...] = (), reasons: tuple[Violation, ...] = (),
        elsewhere: tuple[Edits, ...] = (),
    ) -> Box:  # fmt: skip
        known = self.desk.engine.slots[slot]
        return Box(slot, known.short_label, known.times, variant, state, price, together, reasons, elsewhere)

    def _unseen(self, slot: str) -> bool:
        """Whether a gate surely closes even the sight of a slot (S6.4)."""
        shut = self.epoch.standings[slot].gates(Act.SEE)
        return any(sure and gate.code not in self.waived for gate, sure in shut)

    def _about(self, verdict: DayVerdict, slot: str) -> tuple[Violation, ...]:
        return tuple(one for one in (*verdict.violations, *verdict.doubts) if slot in one.slots)

    def _shut(self, slot: str, variant: Variant, verdict: DayVerdict) -> Violation:
        """Why a variant is not the live one: held as the other, not yet, since when, or never that day."""
        mine = self.held.variant(slot)
        if mine is not None and mine is not variant:
            return verdict.say("variante-tenue", (slot,), held=mine.value)
        windows = [
            one for one in self.where.plans[slot][Action.BOOK].schedule.windows
            if (one.phase.variant or Variant.NORMAL) is variant
        ]  # fmt: skip
        opens = [one.start for one in windows if one.start is not None and one.start > self.now]
        ended = [(one.end, one.phase) for one in windows if one.end is not None and one.end <= self.now]
        tz = self.desk.engine.tz
        if opens:
            return verdict.say("pas-encore-ouvert", (slot,), opens=f"{min(opens).astimezone(tz):%d/%m/%Y %H:%M}")
        if ended:
            since, phase = ended[-1]
            said_since = f"{since.astimezone(tz):%d/%m/%Y %H:%M}"
            limits = {"limit": phase.limit.describe("fr"), "limit_en": phase.limit.describe("en")}
            return verdict.say("delai-depasse", (slot,), since=said_since, **limits)
        why = self.where.plans[slot][Action.BOOK].schedule.unknown
        return (
            verdict.say("delai-inconnu", (slot,), why=why[0], why_en=why[1]) if why else verdict.say("jamais", (slot,))
        )

    def _ticked(self, slot: str, variant: Variant) -> Box:
        rest = [one for one in self.ticked if one != slot]
        verdict = self._judged(rest)
        if verdict.status is not Status.REFUSED:
            return self._made(slot, variant, BoxState.CHECKED, reasons=verdict.doubts)
        ways = repairs(verdict, first=50, policy=Policy.PREFER_REMOVING).found
        together = tuple(one.remove for one in ways if not one.add)
        if together and slot not in {code for one in together for code in one}:
            return self._made(slot, variant, BoxState.CHECKED_WITH, together=together[:3], reasons=verdict.violations)
        others = tuple(one.remove for one in window_repairs(verdict, first=50).found if not one.add)[:3]
        if others:
            return self._made(slot, variant, BoxState.CHECKED_WITH, reasons=verdict.violations, elsewhere=others)
        return self._made(slot, variant, BoxState.LOCKED, reasons=verdict.violations)

    def _free(self, slot: str, variant: Variant, verdict: DayVerdict) -> Box:
        outcome = verdict.outcome
        if outcome.status is Status.ALLOWED:
            return self._made(slot, variant, self._granted(slot, outcome), price=self._price(verdict))
        mine = [one for one in outcome.refusals if one.slot == slot]
        if outcome.status is Status.UNDECIDED and not mine:
            return self._made(slot, variant, BoxState.UNDECIDED, reasons=verdict.doubts)
        if any(one.code == Room.FULL.value for one in mine):
            return self._made(slot, variant, BoxState.FULL, reasons=self._about(verdict, slot))
        if mine:
            return self._made(slot, variant, BoxState.CLOSED, reasons=self._about(verdict, slot))
        ways = repairs(verdict, first=50).found
        needs = tuple(one.add for one in ways if not one.remove)
        if needs:
            return self._made(slot, variant, BoxState.NEEDS, together=needs[:3], reasons=verdict.violations)
        others = tuple(one.add for one in window_repairs(verdict, first=50).found if not one.remove)[:3]
        if others:
            return self._made(slot, variant, BoxState.NEEDS, reasons=verdict.violations, elsewhere=others)
        return self._made(slot, variant, BoxState.BLOCKED, reasons=verdict.violations)

    def _granted(self, slot: str, outcome: Outcome) -> BoxState:
        waits = dict(outcome.pending).get(slot)
        if waits in (None, PAYMENT):
            return BoxState.FREE
        return BoxState.WAITING if waits == Room.WAITING.value else BoxState.ON_REQUEST

    def _price(self, verdict: DayVerdict) -> int | None:
        """What ticking a box adds to what is ticked already, the windows of the planning included."""
        after = verdict.held_after
        ticked = after.without(one.slot for one in after if one.slot not in self.ticked)
        if not self.desk.windowed:
            costs, cost = self.epoch.price(after).total_cents, self.epoch.price(ticked).total_cents
            return None if costs is None or cost is None else costs - cost
        if self.planning is None:
            return None
        return price_of_change(self.desk, self.planning, self.day, (ticked, after), self.now)
