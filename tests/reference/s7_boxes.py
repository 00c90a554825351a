"""S7: the one state of each box that a parent sees; each is the decision about toggling it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from .s2_places import all_slots, within
from .s5_rules import Held
from .s6_decision import ALLOWED, NOBODY, REFUSED, UNDECIDED, Date, Verdict, judge, phase_of, waits
from .s6_pools import FULL, WAITING, rooms
from .s8_repairs import repairs

NOT_OFFERED, LOCKED, CHECKED_WITH, CHECKED = "non proposé", "coché, verrouillé", "coché, d'autres partent avec", "coché"
CLOSED, BLOCKED, NEEDS, ON_REQUEST, FREE = "fermé", "bloqué", "demande", "sur demande", "libre"
WAITING_LIST = "liste d'attente"
#: (slot, variant) to its state, and to what ticking it adds to the day where it can be ticked.
Boxes = dict[tuple[str, str], tuple[str, int | None]]


def boxes(at: Date, now: datetime, held: Held, ticked: Collection[str], taken: Mapping[str, int] = NOBODY) -> Boxes:
    """
    S7: every box of the open slots, and of those held or ticked that are not open.

    Args:
        ticked: What is ticked on the page, held or not.
    """
    page = _Page(at, now, held, [slot for slot in all_slots(at.reglement) if slot in ticked], taken)
    found = Boxes()
    for slot in all_slots(at.reglement):
        if slot in at.slots:
            for variant in variants_of(at, slot, held):
                found[slot, variant] = page.state(slot, variant)
        elif slot in held or slot in ticked:
            found[slot, held.get(slot, "normal")] = (NOT_OFFERED, None)
    return found


def day_state(at: Date, now: datetime) -> str:
    """S7: the state of the date: out of période, closed, past, open."""
    if not any(within(at.day, one["du"], one["au"]) for one in at.reglement["periode"].values()):
        return "hors période"
    if not at.slots:
        return "fermé"
    return "passé" if now.date() > at.day else "ouvert"


def variants_of(at: Date, slot: str, held: Held) -> Iterator[str]:
    """S2.3: the normal box of a slot, and the late one where it is ever granted, or held."""
    plan = at.plans[slot, "reserver"]
    granted = {"normal", held.get(slot, "normal")}
    granted |= {window.phase.get("variante") or "normal" for window in (plan.windows if plan else ())}
    yield from sorted(granted, reverse=True)  # the normal one first


class _Page:
    """A page of boxes: what is held, and what is ticked."""

    def __init__(self, at: Date, now: datetime, held: Held, ticked: list[str], taken: Mapping[str, int]) -> None:
        self.at, self.now, self.held, self.ticked, self.taken = at, now, held, ticked, taken

    def judged(self, slots: Collection[str]) -> Verdict:
        """The decision about holding some slots."""
        return judge(self.at, self.now, self.held, dict.fromkeys(slots), self.taken)

    def live(self, slot: str) -> str | None:
        """S4.5: the variant that is live, that of a slot held being its own."""
        if slot in self.held:
            return self.held[slot]
        answer, phase = phase_of(self.at, slot, "reserver", self.now, bool(self.held))
        return (phase.get("variante") or "normal") if answer else None

    def state(self, slot: str, variant: str) -> tuple[str, int | None]:
        """S7: the first state that fits."""
        live = self.live(slot)
        if slot in self.ticked and variant == (live or "normal"):
            return self.checked(slot), None
        if any(shut for _, shut in self.unseen(slot)):
            return NOT_OFFERED, None
        asked = self.ticked if slot in self.ticked else [*self.ticked, slot]
        verdict = self.judged(asked)
        if live is None and verdict.status == UNDECIDED:
            return UNDECIDED, None
        if live != variant:
            return CLOSED, None
        if verdict.status == ALLOWED:
            return self.granted(slot), self.price(slot, verdict)
        return self.refused(slot, asked, verdict), None

    def unseen(self, slot: str) -> list[tuple[str, bool | None]]:
        """S6.4: the gates that close even the sight of a slot."""
        gates = self.at.reglement.get("acces", {})
        shut = self.at.gates[slot, "reserver"]
        return [one for one in shut if "voir" in gates.get(one[0], {}).get("ferme", [])]

    def checked(self, slot: str) -> str:
        """S6.3, S7: whether it can be unticked, alone or with others."""
        rest = [one for one in self.ticked if one != slot]
        verdict = self.judged(rest)
        if verdict.status != REFUSED:
            return CHECKED
        ways = repairs(self.at, self.now, self.held, dict.fromkeys(rest), self.taken)
        return CHECKED_WITH if any(one <= set(rest) for one in ways) else LOCKED

    def granted(self, slot: str) -> str:
        """S7: free, on request, or a place on the waiting list."""
        if self.room(slot) == WAITING:
            return WAITING_LIST
        phase = phase_of(self.at, slot, "reserver", self.now, bool(self.held))[1]
        paid = phase.get("paye") or phase.get("paye_sous")
        alone = waits(self.at, self.now, slot, bool(self.held))
        pending = slot in self.judged([*self.ticked, slot]).pending
        return FREE if not pending or (alone and paid and not phase.get("accord")) else ON_REQUEST

    def room(self, slot: str) -> str:
        """S6.5: what a pool says of it."""
        return rooms(self.at.pools, self.taken, self.held, [slot]).get(slot, "")

    def refused(self, slot: str, asked: list[str], verdict: Verdict) -> str:
        """S7: undecided, full, closed, needs others, or blocked."""
        mine = slot in verdict.refused
        if verdict.status == UNDECIDED and not mine:
            return UNDECIDED
        if mine:
            return FULL if self.room(slot) == FULL else CLOSED
        ways = repairs(self.at, self.now, self.held, dict.fromkeys(asked), self.taken)
        return NEEDS if any(not one & set(asked) for one in ways) else BLOCKED

    def price(self, slot: str, verdict: Verdict) -> int | None:
        """S7: what ticking it adds to the day."""
        mine = {one: variant for one, variant in verdict.after.items() if one in self.ticked}
        ticked = {**mine, slot: verdict.after[slot]}
        with_it, without = self.at.pricing.total(ticked), self.at.pricing.total(mine)
        return None if with_it is None or without is None else with_it - without
