"""
One kind of day at one moment: what may be booked and given back, and the decision about a change (S6), memoised.

An epoch is shared by all dates and instants that are alike for a child: same open slots, same rules, same live boxes,
same prices. Instants appear only in the sentences, which the date adds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .charges import WITH_OTHERS, DayPrice, Unpriced
from .dayspans import Breach
from .daytype import Broken, DayType
from .gates import Act, Gate
from .phases import Phase
from .slots import Held, Selection
from .variants import Variant


class Status(Enum):
    """Allowed, refused or undecided; refused wins (S1.5)."""

    ALLOWED = "accepté"
    REFUSED = "refusé"
    UNDECIDED = "indécis"


class Live(Enum):
    """Where an action on a slot stands at an instant."""

    OPEN = "ouvert"
    NOT_YET = "pas-encore-ouvert"
    CLOSED = "delai-depasse"
    NEVER = "jamais"
    UNKNOWN = "delai-inconnu"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one action on one slot stands during an epoch, the phase that is live, and the deadline that says so."""

    live: Live
    deadline: str = ""
    phase: Phase | None = None


#: A gate that does not let pass, and whether that is sure (a missing fact makes it unsure).
Shut = tuple[Gate, bool]


@dataclass(frozen=True, slots=True)
class SlotStanding:
    """Where one slot stands during an epoch: booking, changing, cancelling, and the gates that are shut for each act."""

    book: Standing
    change: Standing | None
    cancel: Standing
    shut: tuple[tuple[Act, Shut], ...] = ()

    def gates(self, act: Act) -> tuple[Shut, ...]:
        """The gates shut for *act*."""
        return tuple(shut for one, shut in self.shut if one is act)


class Room(Enum):
    """Where one slot stands with the pools of one date."""

    FULL = "complet"
    WAITING = "liste-d-attente"
    UNKNOWN = "places-inconnues"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one slot cannot be added or removed, other than by a rule between slots."""

    code: str
    slot: str
    by: str = ""
    act: Act = Act.BOOK


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What a change of one date comes to.

    Args:
        status: Allowed, refused or undecided.
        after: What is held then, firm and pending together, each slot in its variant.
        added: Slots gained.
        removed: Slots given back.
        refusals: Closed boxes, shut gates, full pools.
        broken: Rules that block the change.
        inherited: Rules broken before and after, not blocking (S6.2).
        waived: Rules broken, set aside by an agent (S6.7).
        doubts: Why it is undecided; blocking unless refused anyway.
        unsure: Rules broken if they apply, which a missing fact leaves open.
        unpriced: Items whose price is not known.
        pending: Added slots that wait, with what for: an approval, a place, or the slot they depend on.
        over: Windows that the date, with others, breaks or leaves unsure.
    """

    status: Status
    after: Selection
    added: tuple[str, ...]
    removed: tuple[str, ...]
    refusals: tuple[Refusal, ...] = ()
    broken: tuple[Broken, ...] = ()
    inherited: tuple[Broken, ...] = ()
    waived: tuple[str, ...] = ()
    doubts: tuple[Refusal, ...] = ()
    unsure: tuple[Broken, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    pending: tuple[tuple[str, str], ...] = ()
    over: tuple[Breach, ...] = ()


Rooms = tuple[tuple[str, Room, str], ...]
Wishes = Mapping[str, Variant | None]


#: What a slot waits for that counts only once paid.
PAYMENT: Final = "paiement"
#: Outcomes that one epoch keeps.
MOST_REMEMBERED: Final = 4096


class Epoch:
    """
    Decides changes of one kind of day at one moment.

    Args:
        kind: The open slots and the rules.
        standings: Where each open slot stands.
        price: What a selection costs that day.
        household: Who asks: what others hold he neither pays nor gives back (S6.8).
    """

    def __init__(
        self, kind: DayType, standings: Mapping[str, SlotStanding], price: Callable[[Selection], DayPrice],
        household: str = "",
    ) -> None:  # fmt: skip
        self.kind, self.household = kind, household
        self.standings = standings
        self._price = price
        self._prices: dict[Selection, DayPrice] = {}
        self.memo: dict[object, Outcome] = {}

    def price(self, selection: Selection) -> DayPrice:
        """What a selection costs that day to the household that asks; memoised."""
        found = self._prices.get(selection)
        if found is None:
            found = self._prices[selection] = self._price(selection)
        return found

    def judge(
        self, held: Selection, wishes: Wishes, rooms: Rooms = (), waived: frozenset[str] = frozenset()
    ) -> Outcome:
        """
        Decide the change from *held* to *wishes* (S6.1–S6.3); memoised.

        Args:
            held: What the child holds that day, all modes together.
            wishes: What he is to hold, all modes together; a variant where the demande names one.
            rooms: Slots for which a pool is full, grants a waiting place, or is not known, with the pool's code.
            waived: Codes that an agent has set aside.
        """
        key = (held.held, tuple(wishes.items()), rooms, waived)
        found = self.memo.get(key)
        if found is None:
            found = self.remember(key, _Change(self, held, wishes, rooms, waived).outcome())
        return found

    def remember(self, key: object, outcome: Outcome) -> Outcome:
        """Keep the outcome of a question that *key* says whole; the memo is bounded."""
        if len(self.memo) >= MOST_REMEMBERED:
            self.memo.clear()
        self.memo[key] = outcome
        return outcome

    def standing(self, slot: str, act: Act, *, changing: bool) -> Standing:
        """Where an action stands; on a date that changes, the change phases speak where there are some (S3.6)."""
        one = self.standings[slot]
        if changing and one.change is not None:
            return one.change
        return one.book if act is Act.BOOK else one.cancel

    def offered_variant(self, slot: str, *, changing: bool) -> Variant | None:
        """The variant in which *slot* can be booked now, or None (S4.5)."""
        if slot not in self.standings:
            return None
        phase = self.standing(slot, Act.BOOK, changing=changing).phase
        return None if phase is None else phase.variant or Variant.NORMAL


def settle(
    kind: DayType, after: Mapping[str, Variant], added: Collection[str], pending: dict[str, str], told: Collection[str]
) -> list[Broken]:
    """
    Let every added slot that needs a pending one wait with it (S5.6); *pending* grows.

    Returns:
        The rules that the firm slots break all the same, but those *told*.
    """
    while True:
        firm = {slot: variant for slot, variant in after.items() if slot not in pending}
        failing = [one for one in kind.broken(firm) if one.speaking.rule.code not in told]
        waiting = {
            slot: f"avec {companion}"
            for one in failing
            for companion in one.missing
            for slot in one.present
            if companion in pending and slot in added
        }
        if not waiting:
            return failing
        pending |= waiting


class _Change:
    """One change of one date, while it is being decided."""

    def __init__(self, epoch: Epoch, held: Selection, wishes: Wishes, rooms: Rooms, waived: frozenset[str]) -> None:
        self.epoch, self.kind, self.waived = epoch, epoch.kind, waived
        self.held = {one.slot: one.variant for one in held}
        self.kept = {one.slot: one for one in held}
        self.wishes = wishes
        self.rooms = {slot: (room, pool) for slot, room, pool in rooms}
        order = [*self.kind.slots, *sorted({*wishes, *self.held} - set(self.kind.slots))]
        self.added = tuple(slot for slot in order if slot in wishes and slot not in self.held)
        self.removed = tuple(slot for slot in order if slot in self.held and slot not in wishes)
        self.changing = bool(self.held and wishes and (self.added or self.removed))
        self.refusals: list[Refusal] = []
        self.doubts: list[Refusal] = []
        self.pending: dict[str, str] = {}
        self.set_aside: set[str] = set()
        self.after = {slot: self.held[slot] for slot in wishes if slot in self.held}

    def outcome(self) -> Outcome:
        for slot in self.added:
            self._add(slot)
        for slot, wish in self.wishes.items():
            if wish is not None and slot in self.held and wish is not self.held[slot]:
                self.refusals.append(Refusal("variante-tenue", slot))
        for slot in self.removed:
            self._remove(slot)
        blocking, inherited, unsure = self._rules()
        mine = self.epoch.household
        after = Selection(
            tuple(self.kept.get(slot) or Held(slot, made, holder=mine) for slot, made in self.after.items())
        )
        unpriced = self._unpriced(after)
        refused = bool(self.refusals or blocking or any(one.refused for one in unpriced))
        undecided = bool(self.doubts or unsure or unpriced)
        return Outcome(
            status=Status.REFUSED if refused else Status.UNDECIDED if undecided else Status.ALLOWED,
            after=after,
            added=self.added,
            removed=self.removed,
            refusals=tuple(self.refusals),
            broken=blocking,
            inherited=inherited,
            waived=tuple(sorted(self.set_aside)),
            doubts=tuple(self.doubts),
            unsure=unsure,
            unpriced=unpriced,
            pending=tuple(self.pending.items()),
        )

    def _refuse(self, code: str, slot: str, by: str = "", act: Act = Act.BOOK) -> None:
        if by and by in self.waived:
            self.set_aside.add(by)
        else:
            self.refusals.append(Refusal(code, slot, by, act))

    def _gates(self, slot: str, act: Act) -> None:
        for gate, sure in self.epoch.standings[slot].gates(act):
            if sure:
                self._refuse("acces-ferme", slot, gate.code, act)
            elif gate.code not in self.waived:
                self.doubts.append(Refusal("fait-manquant", slot, gate.code, act))

    def _add(self, slot: str) -> None:
        wish = self.wishes[slot]
        if slot not in self.epoch.standings:
            self.refusals.append(Refusal("non-offert", slot))
            self.after[slot] = wish or Variant.NORMAL
            return
        self._gates(slot, Act.BOOK)
        standing = self.epoch.standing(slot, Act.BOOK, changing=self.changing)
        live = Variant.NORMAL if standing.phase is None else standing.phase.variant or Variant.NORMAL
        self.after[slot] = live if standing.phase is not None else wish or live
        if standing.live is Live.UNKNOWN:
            self.doubts.append(Refusal(standing.live.value, slot, standing.deadline))
        elif standing.phase is None:
            self._refuse(standing.live.value, slot, standing.deadline)
        elif wish is not None and wish is not live:
            self._refuse("variante-fermee", slot, standing.deadline)
        elif standing.phase.approval:
            self.pending[slot] = f"accord, puis {PAYMENT}" if standing.phase.must_be_paid else "accord"
        elif standing.phase.must_be_paid:
            self.pending[slot] = PAYMENT
        self._room(slot)

    def _room(self, slot: str) -> None:
        room, pool = self.rooms.get(slot, (None, ""))
        if room is Room.FULL:
            self._refuse("complet", slot, pool)
        elif room is Room.UNKNOWN and pool not in self.waived:
            self.doubts.append(Refusal(room.value, slot, pool))
        elif room is Room.WAITING and pool not in self.waived:
            self.pending[slot] = room.value

    def _remove(self, slot: str) -> None:
        if self.kept[slot].holder != self.epoch.household:
            self._refuse("autre-foyer", slot, "", Act.CANCEL)
            return
        if slot not in self.epoch.standings:
            self._refuse("annulation-non-offerte", slot, "", Act.CANCEL)
            return
        self._gates(slot, Act.CANCEL)
        standing = self.epoch.standing(slot, Act.CANCEL, changing=self.changing)
        if standing.live is Live.UNKNOWN:
            self.doubts.append(Refusal(f"annulation-{standing.live.value}", slot, standing.deadline, Act.CANCEL))
        elif standing.phase is None:
            self._refuse(f"annulation-{standing.live.value}", slot, standing.deadline, Act.CANCEL)

    def _rules(self) -> tuple[tuple[Broken, ...], tuple[Broken, ...], tuple[Broken, ...]]:
        """Rules that block, that were broken before, and that a missing fact leaves open; firm and pending (S5.6)."""
        found = {one.speaking.rule.code: one for one in self.kind.broken(self.after)}
        if self.pending:
            failing = settle(self.kind, self.after, self.added, self.pending, {*found, *self.waived})
            found |= {one.speaking.rule.code: one for one in failing}
        before = {one.speaking.rule.code: one for one in self.kind.broken(self.held)}
        blocking, inherited, unsure = [], [], []
        for code, one in sorted(found.items()):
            if code in self.waived:
                self.set_aside.add(code)
            elif code in before and not set(self.added) & set(one.present):
                inherited.append(one)
            elif one.sure:
                blocking.append(one)
            else:
                unsure.append(one)
        return tuple(blocking), tuple(inherited), tuple(unsure)

    def _unpriced(self, after: Selection) -> tuple[Unpriced, ...]:
        """Unknown prices that concern what is added; an unknown price never stops a cancellation."""
        if not self.added or any(slot not in self.epoch.standings for slot in self.after):
            return ()
        new = set(self.added)
        found = (one for one in self.epoch.price(after).unpriced if one.code != WITH_OTHERS)
        return tuple(one for one in found if not one.slots or new & set(one.slots))
