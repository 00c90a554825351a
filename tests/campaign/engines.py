"""
Every engine that answers about a rule set, brought to one form: for each rule an int, with one bit a case broken.

Those that only tell whether a selection is allowed give the one int of all the rules, under no code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from tests.reference.s5_rules import breaks

from clae_rules import Status, check_day
from clae_rules.audit.large import Solved
from clae_rules.audit.spaces import spaces, ties
from clae_rules.formulas import FALSE, TRUE, evaluate, with_complements

from .problems import Problem, bits

#: The code under which an engine says whether any rule is broken.
ANY: Final = ""
#: The whole decision, dates, deadlines and prices included, is asked of so many cases of a rule set at the most.
MOST_DECIDED: Final = 256
Answers = Mapping[str, int]


def slots_named(problem: Problem, said: Any) -> set[str]:
    """Every slot whose code, or whose formule's, stands anywhere in a rule."""
    if isinstance(said, str):
        formules = problem.at.reglement["formule"]
        return {said} if said in problem.at.slots else slots_named(problem, formules.get(said, {}).get("ensembles", []))
    parts = [*said, *said.values()] if isinstance(said, dict) else said if isinstance(said, list) else []
    return set().union(*(slots_named(problem, one) for one in parts))


def by_reference(problem: Problem) -> Answers:
    """The plain model, asked once of each selection of the slots that a rule names."""
    found, full = {}, (1 << len(problem.variants)) - 1
    for said in problem.at.rules:
        names = {*said.subject, *said.maybe, *slots_named(problem, said.rule)}
        named = full & sum(1 << i for i, slot in enumerate(problem.variants) if slot in names)
        known: dict[int, str] = {}
        for one in {case & named for case in problem.cases}:
            answer = breaks(problem.at.reglement, said, problem.held(one))
            if answer is None:
                raise AssertionError((problem.seed, said.code, one))
            known[one] = "01"[answer]
        found[said.code] = bits(known[case & named] for case in problem.cases)
    return found


def decided(problem: Problem) -> range:
    """The places of the cases of which the whole decision is asked, spread over all of them."""
    return range(0, len(problem.cases), max(1, len(problem.cases) // MOST_DECIDED))


def by_decision(problem: Problem) -> Answers:
    """The public decision on one date: `check_day`, from the empty planning, of some of the cases."""
    found = dict.fromkeys((one.code for one in problem.at.rules), 0) | {ANY: 0}
    for i in decided(problem):
        held = problem.held(problem.cases[i])
        outcome = check_day(problem.desk, problem.day, held, now=problem.now).outcome
        for one in outcome.broken:
            found[one.speaking.rule.code] |= 1 << i
        if {one.slot: one.variant.value for one in outcome.after} != held:
            raise AssertionError((problem.seed, problem.day, held))
        found[ANY] |= (outcome.status is not Status.ALLOWED) << i
    return found


def by_tables(problem: Problem) -> Answers:
    """The truth tables of the audit, of groups of 20 boxes or fewer; a rule of a larger one is left out."""
    found = spaces(problem.kind)
    answers = dict.fromkeys(found.always, problem.full)
    broken = problem.full if found.always else 0
    for group in found.groups:
        if group.rules:
            states = problem.states(group.boxes)
            for code, table in zip(group.rules, group.bad, strict=True):
                answers[code] = _picked(table, states)
            broken |= problem.full ^ _picked(group.ok, states)
    return answers if found.large else {**answers, ANY: broken}


def _picked(table: int, states: list[int]) -> int:
    """For each state the bit that a table has there."""
    data = table.to_bytes((max(states) >> 3) + 1 + (table.bit_length() >> 3), "little")
    return bits("01"[data[at >> 3] >> (at & 7) & 1] for at in states)


def by_planes(problem: Problem) -> Answers:
    """The formula of each rule read with `&` and `|` over one int a box, with one bit a child-day."""
    env = with_complements(problem.planes, lambda plane: problem.full ^ plane)
    found = {}
    for code, whole, certain in problem.kind.violations:
        if whole != certain:
            raise AssertionError((problem.seed, code))
        constant = whole in (TRUE, FALSE)
        found[code] = problem.full * (whole == TRUE) if constant else evaluate(whole, env)
    return found


def by_solver(problem: Problem) -> Answers:
    """The clauses of a solver: whether a group of boxes can be held as the case holds it."""
    broken = problem.full if any(whole == TRUE for _, whole, _ in problem.kind.violations) else 0
    for linked in ties(problem.kind):
        if linked.rules:
            solved, states = Solved(linked), problem.states(linked.boxes)
            n = range(len(linked.boxes))
            known = {
                state: "01"[solved.completed({box: bool(state >> box & 1) for box in n}) is None]
                for state in set(states)
            }
            broken |= bits(known[state] for state in states)
    return {ANY: broken}


#: The engines, the plain model first: the others are held against it.
ENGINES: Final[Mapping[str, Callable[[Problem], Answers]]] = MappingProxyType(
    {
        "reference": by_reference,
        "check_day": by_decision,
        "tables": by_tables,
        "planes": by_planes,
        "solver": by_solver,
    }
)


@dataclass(frozen=True)
class Compared:
    """
    What the engines said of one rule set.

    Args:
        allowed: How many cases break no rule.
        tabled: Whether all groups were small enough for a table.
        wrong: (engine, rule, a smallest case of which it says other than the model).
    """

    allowed: int
    tabled: bool
    wrong: tuple[tuple[str, str, Mapping[str, str]], ...]


def compare(problem: Problem) -> Compared:
    """Hold every engine against the plain model, rule by rule and case by case."""
    answers = {name: engine(problem) for name, engine in ENGINES.items()}
    known = {ANY: 0, **answers["reference"]}
    for broken in answers["reference"].values():
        known[ANY] |= broken
    wrong = []
    for name, found in answers.items():
        looked = sum(1 << i for i in decided(problem)) if name == "check_day" else problem.full
        # Engines that tell rules apart tell of every one.
        codes = known if name == "check_day" else {**answers["reference"], **found} if name == "planes" else found
        for code in codes:
            differing = (found.get(code, 0) ^ known.get(code, 0)) & looked
            if differing:
                cases = (case for i, case in enumerate(problem.cases) if differing >> i & 1)
                wrong.append((name, code, problem.held(min(cases, key=int.bit_count))))
    return Compared((problem.full ^ known[ANY]).bit_count(), ANY in answers["tables"], tuple(wrong))
