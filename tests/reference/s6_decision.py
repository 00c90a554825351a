"""S6: a decision is about a change of what one child holds on one date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from .s1_answers import Answer, Plain
from .s2_places import expand, open_periodes, open_slots
from .s3_deadlines import Plan, Spot, edges, governing
from .s5_pending import firm, settle
from .s5_rules import Held, Said, breaks, causes
from .s5_who import Facts, fits, reaches
from .s5_windows import over_window
from .s6_pools import FULL, UNKNOWN, WAITING, Counted, rooms
from .s10_prices import Pricing
from .s10_scopes import pricing_of

ALLOWED, REFUSED, UNDECIDED = "accepté", "refusé", "indécis"
#: Nobody says how many places are taken.
NOBODY: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True)
class Date:
    """One date of one child, worked out once: what opens, what speaks, when each action is live."""

    reglement: Plain
    day: date
    facts: Facts
    slots: dict[str, str]
    rules: tuple[Said, ...]
    plans: dict[tuple[str, str], Plan | None]
    gates: dict[tuple[str, str], tuple[tuple[str, Answer], ...]]
    pricing: Pricing
    pools: Mapping[str, Counted]
    seen: dict[object, dict[str, Answer]] = field(default_factory=dict)

    def open(self, held: Held) -> dict[str, str]:
        """S5.6: what rules see: a slot that is not open that date is not there, even asked for or held."""
        return {slot: variant for slot, variant in held.items() if slot in self.slots}

    def broken(self, held: Held) -> dict[str, Answer]:
        """S5: every rule that a selection breaks, or may break."""
        key = tuple(sorted(held.items()))
        if key not in self.seen:
            found = {said.code: breaks(self.reglement, said, self.open(held)) for said in self.rules}
            self.seen[key] = {code: answer for code, answer in found.items() if answer is not False}
        return self.seen[key]

    def edges(self) -> list[datetime]:
        """The instants at which an answer may change."""
        return edges([one for one in self.plans.values() if one is not None])


@dataclass(frozen=True)
class Verdict:
    """
    What a change comes to.

    Args:
        doubts: Slots whose deadline, gate or price is not known.
        refused: Slots that cannot be added or removed now.
        pending: Added slots that wait for an accord, a payment or a place, and those that wait with them.
    """

    status: str
    after: dict[str, str]
    broken: frozenset[str]
    inherited: frozenset[str]
    unsure: frozenset[str]
    refused: frozenset[str]
    doubts: frozenset[str]
    pending: frozenset[str]


def look(reglement: Plain, day: date, facts: Facts) -> Date:
    """S2.1, S5.5, S6.4: a date of a child, facts applied."""
    periodes = open_periodes(reglement, day)
    first = {code: date.fromisoformat(reglement["periode"][code]["du"]) for code in periodes}
    offered = {
        code: fits(reglement, reglement["periode"][code].get("qui", {}), facts, day, first[code]) for code in periodes
    }
    slots = {slot: code for slot, code in open_slots(reglement, day).items() if offered[code] is not False}
    plans, gates = {}, {}
    for slot, code in slots.items():
        for action in ("reserver", "changer", "annuler"):
            plans[slot, action] = governing(Spot(reglement, day, slot, code), action, facts)
        for act in ("reserver", "annuler"):
            found = gates_shut(reglement, slot, act, day, facts, first[code])
            if act == "reserver" and offered[code] is None:
                found.append((code, None))
            gates[slot, act] = tuple(found)
    rules = speaking(reglement, day, facts, slots)
    pools = {code: (pool, inside(reglement, pool, day, facts, slots)) for code, pool in pools_of(reglement)}
    return Date(reglement, day, facts, slots, rules, plans, gates, pricing_of(reglement, day, facts), pools)


def pools_of(reglement: Plain) -> list[tuple[str, Plain]]:
    """S6.5: the pools of a règlement, by code."""
    return sorted(reglement.get("capacite", {}).items())


def inside(reglement: Plain, pool: Plain, day: date, facts: Facts, slots: Mapping[str, str]) -> dict[str, Answer]:
    """S6.5: the open slots that a pool counts, or may count."""
    periodes, found = open_periodes(reglement, day), dict[str, Answer]()
    for slot, code in slots.items():
        first_day = date.fromisoformat(reglement["periode"][code]["du"])
        answer = reaches(reglement, pool, slot, day, periodes, facts, first_day)
        if answer is not False:
            found[slot] = answer
    return found


def speaking(reglement: Plain, day: date, facts: Facts, slots: Mapping[str, str]) -> tuple[Said, ...]:
    """S5.6: the rules that speak on a date, and of which open slots."""
    periodes, found = open_periodes(reglement, day), []
    for code, rule in reglement.get("regle", {}).items():
        if over_window(rule):
            continue  # s5_windows
        sure: list[str] = []
        maybe: list[str] = []
        for slot in expand(reglement, rule.get("creneaux") or list(slots)):
            if slot in slots:
                first_day = date.fromisoformat(reglement["periode"][slots[slot]]["du"])
                answer = reaches(reglement, rule, slot, day, periodes, facts, first_day)
                (sure if answer else maybe if answer is None else []).append(slot)
        if sure or maybe:
            found.append(Said(code, rule, tuple(sure), tuple(maybe)))
    return tuple(found)


def gates_shut(
    reglement: Plain, slot: str, act: str, day: date, facts: Facts, first_day: date
) -> list[tuple[str, Answer]]:
    """S6.4: the gates that close an act on a slot: yes, or unknown where a fact is missing; unseen is not booked."""
    periodes, found = open_periodes(reglement, day), []
    for code, gate in reglement.get("acces", {}).items():
        closes = gate.get("ferme", ["reserver"])
        if act in closes or (act == "reserver" and "voir" in closes):
            applies = reaches(reglement, gate, slot, day, periodes, facts, first_day)
            met = fits(reglement, gate["exige"], facts, day, first_day)
            if applies is not False and met is not True:
                found.append((code, True if applies and met is False else None))
    return found


def phase_of(at: Date, slot: str, action: str, now: datetime, changing: bool) -> tuple[Answer, Plain]:
    """S3.6: whether an action is live, and its phase; a change follows the change phases where given."""
    plan = at.plans[slot, "changer"] if changing else None
    if plan is None:
        plan = at.plans[slot, action]
    if plan is None:
        return None, {}
    live = plan.live(now)
    if live is not None:
        return True, live
    return (None if plan.unknown else False), {}


def judge(
    at: Date, now: datetime, held: Held, wishes: Mapping[str, str | None], taken: Mapping[str, int] = NOBODY
) -> Verdict:
    """
    S6.1 to S6.5: decide the change from what is held to what is wished.

    Args:
        held: Slot to variant.
        wishes: Slot to the variant named, or None.
        taken: The places of each pool that other children have.
    """
    added = [slot for slot in wishes if slot not in held]
    removed = [slot for slot in held if slot not in wishes]
    changing = bool(held) and bool(wishes) and bool(added or removed)
    after = {slot: held[slot] for slot in wishes if slot in held}
    refused = {slot for slot, wish in wishes.items() if slot in held and wish not in (None, held[slot])}
    doubts: set[str] = set()
    met = rooms(at.pools, taken, held, added)
    for slot in added:
        answer, variant = may_add(at, now, slot, wishes[slot], changing)
        after[slot] = variant
        refused |= {slot} if answer is False or met.get(slot) == FULL else set()
        doubts |= {slot} if answer is None or met.get(slot) == UNKNOWN else set()
    for slot in removed:
        answer = may_remove(at, now, slot, changing)
        refused |= {slot} if answer is False else set()
        doubts |= {slot} if answer is None else set()
    pending = {slot for slot in added if waits(at, now, slot, changing) or met.get(slot) == WAITING}
    blocking, inherited, unsure = judged_rules(at, held, after, set(added), pending)
    if not refused and not blocking and all(slot in at.slots for slot in after):
        doubts |= at.pricing.doubtful(held, after)
    status = REFUSED if refused or blocking else UNDECIDED if doubts or unsure else ALLOWED
    return Verdict(
        status, after, blocking, inherited, unsure, frozenset(refused), frozenset(doubts), frozenset(pending)
    )


def waits(at: Date, now: datetime, slot: str, changing: bool) -> bool:
    """S3.6, S4.1: whether what is booked now waits for an accord, or counts only once paid."""
    phase = phase_of(at, slot, "reserver", now, changing)[1] if slot in at.slots else {}
    return bool(phase.get("accord") or phase.get("paye") or phase.get("paye_sous"))


def may_add(at: Date, now: datetime, slot: str, wish: str | None, changing: bool) -> tuple[Answer, str]:
    """S4.5, S6.4: whether a slot can be booked now, and its live variant; one named must be the live one."""
    if slot not in at.slots:
        return False, wish or "normal"
    live, phase = phase_of(at, slot, "reserver", now, changing)
    variant = phase.get("variante") or "normal"
    answers = [live, *(False if shut else None for _, shut in at.gates[slot, "reserver"])]
    if live and wish not in (None, variant):
        answers.append(False)
    return _least(answers), variant if live else wish or variant


def may_remove(at: Date, now: datetime, slot: str, changing: bool) -> Answer:
    """S6.3, S6.4: whether a slot can be given back now."""
    if slot not in at.slots:
        return False
    live, _ = phase_of(at, slot, "annuler", now, changing)
    return _least([live, *(False if shut else None for _, shut in at.gates[slot, "annuler"])])


def _least(answers: list[Answer]) -> Answer:
    return False if False in answers else None if None in answers else True


def judged_rules(
    at: Date, held: Held, after: Held, added: set[str], pending: set[str]
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """S6.2, S5.6: rules that block, that were broken before, and that a missing fact leaves open; *pending* grows."""
    said = {one.code: one for one in at.rules}

    def blamed(code: str, some: Held) -> set[str]:
        return causes(at.reglement, said[code], at.open(some))

    before, found = at.broken(held), {code: (answer, after) for code, answer in at.broken(after).items()}
    if pending:
        failing = settle(at.broken, blamed, after, added, pending)
        alone = firm(after, pending)
        found |= {code: (at.broken(alone)[code], alone) for code in failing}
    blocking, inherited, unsure = set(), set(), set()
    for code, (answer, some) in found.items():
        if code in before and not added & blamed(code, some):
            inherited.add(code)
        elif answer:
            blocking.add(code)
        else:
            unsure.add(code)
    return frozenset(blocking), frozenset(inherited), frozenset(unsure)
