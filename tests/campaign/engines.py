"""
Every engine that answers about a rule set, brought to one form: for each rule an int, with one bit a case broken.

Those that only tell whether a selection is allowed give the one int of all the rules, under no code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from tests.reference.s5_rules import breaks

from clae_rules import Status, check_day
from clae_rules.audit.large import Solved
from clae_rules.audit.spaces import spaces, ties
from clae_rules.formulas import FALSE, TRUE, evaluate, with_complements
from clae_rules.variants import Variant

from .problems import Case, Problem

#: The code under which an engine says whether any rule is broken.
ANY: Final = ""
Answers = Mapping[str, int]


def slots_named(problem: Problem, said: Any) -> set[str]:
    """Every slot whose code, or whose formule's, stands anywhere in a rule."""
    if isinstance(said, str):
        formules = problem.at.reglement["formule"]
        return {said} if said in problem.at.slots else slots_named(problem, formules.get(said, {}).get("ensembles", []))
    parts = [*said, *said.values()] if isinstance(said, dict) else said if isinstance(said, list) else []
    return set().union(*(slots_named(problem, one) for one in parts))


def by_reference(problem: Problem) -> Answers:
    """The plain model; what a rule says is looked up where it was asked before of the same slots that it names."""
    found = {}
    for said in problem.at.rules:
        names = sorted({*said.subject, *said.maybe, *slots_named(problem, said.rule)})
        known: dict[tuple[str | None, ...], bool] = {}
        broken = 0
        for i, case in enumerate(problem.cases):
            key = tuple(map(case.get, names))
            if key not in known:
                answer = breaks(problem.at.reglement, said, case)
                if answer is None:
                    raise AssertionError((problem.seed, said.code, case))
                known[key] = answer
            broken |= known[key] << i
        found[said.code] = broken
    return found


def by_decision(problem: Problem) -> Answers:
    """The public decision on one date: `check_day`, from the empty planning."""
    found = dict.fromkeys((one.code for one in problem.at.rules), 0) | {ANY: 0}
    for i, case in enumerate(problem.cases):
        outcome = check_day(problem.desk, problem.day, case, now=problem.now).outcome
        for one in outcome.broken:
            found[one.speaking.rule.code] |= 1 << i
        if {held.slot: held.variant.value for held in outcome.after} != case:
            raise AssertionError((problem.seed, problem.day, case))
        found[ANY] |= (outcome.status is not Status.ALLOWED) << i
    return found


def by_tables(problem: Problem) -> Answers:
    """The truth tables of the audit, of groups of 20 boxes or fewer; a rule of a larger one is left out."""
    found = spaces(problem.kind)
    answers = dict.fromkeys(found.always, problem.full)
    allowed = 0 if found.always else problem.full
    for group in found.groups:
        states = list(_states(problem, group.boxes))
        for code, table in zip(group.rules, group.bad, strict=True):
            answers[code] = _picked(table, states)
        allowed &= _picked(group.ok, states)
    return answers if found.large else {**answers, ANY: problem.full ^ allowed}


def _states(problem: Problem, boxes: tuple[Any, ...]) -> Iterator[int]:
    """For each case its place in the tables of a group of boxes."""
    bits = [(box.slot, box.variant is Variant.HORS_DELAI, 1 << i) for i, box in enumerate(boxes)]
    for case in problem.cases:
        held = case.get
        yield sum(bit for slot, late, bit in bits if (variant := held(slot)) and (not late or variant == "hors-delai"))


def _picked(table: int, states: list[int]) -> int:
    """For each state the bit that a table has there."""
    data = table.to_bytes((table.bit_length() + 7 >> 3) + 1, "little")
    last = len(data)
    text = "".join("1" if at >> 3 < last and data[at >> 3] >> (at & 7) & 1 else "0" for at in reversed(states))
    return int(text, 2)


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
    """The clauses of a solver: whether the rest of a group can be what the case says that it is."""
    allowed = problem.full
    always = any(whole == TRUE for _, whole, _ in problem.kind.violations)
    for linked in ties(problem.kind):
        if not linked.rules:
            continue
        solved, n = Solved(linked), len(linked.boxes)
        known: dict[int, bool] = {}
        fine = 0
        for i, state in enumerate(_states(problem, linked.boxes)):
            if state not in known:
                known[state] = solved.completed({box: bool(state >> box & 1) for box in range(n)}) is not None
            fine |= known[state] << i
        allowed &= fine
    return {ANY: problem.full if always else problem.full ^ allowed}


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
    wrong: tuple[tuple[str, str, Case], ...]


def compare(problem: Problem) -> Compared:
    """Hold every engine against the plain model, rule by rule and case by case."""
    answers = {name: engine(problem) for name, engine in ENGINES.items()}
    known = {ANY: 0, **answers["reference"]}
    for broken in answers["reference"].values():
        known[ANY] |= broken
    wrong = []
    for name, found in answers.items():
        for code in known if name == "check_day" else found:
            differing = found.get(code, 0) ^ known.get(code, 0)
            if differing:
                cases = [case for i, case in enumerate(problem.cases) if differing >> i & 1]
                wrong.append((name, code, min(cases, key=len)))
        missing = answers["reference"].keys() - found.keys() if name in {"check_day", "planes"} else ()
        wrong += [(name, code, {}) for code in missing]
    return Compared((problem.full ^ known[ANY]).bit_count(), ANY in answers["tables"], tuple(wrong))
