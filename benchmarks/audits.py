"""What an audit costs, beside binary decision diagrams, SAT and feature models asked the same questions."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.rows import Row, agree, micros
from benchmarks.solvers import Answer, Clause, Problem, Solver, solvers

from clae_rules import Engine
from clae_rules.audit import BoxName, CaseBook, audit
from clae_rules.audit.groups import Group, Linked
from clae_rules.audit.large import Solved, differing
from clae_rules.audit.spaces import tabled
from clae_rules.formulas import all_of, count

#: Boxes, rounds of a measure, and the target.
SIZES = ((16, 9, "≤ 1 ms"), (20, 5, "≤ 30 ms"), (100, 5, "≤ 50 ms"), (300, 3, "≤ 300 ms"))
MOST_TABLED = 20


def problem(n: int) -> Problem:
    """Boxes in one group, each tied to one shortly before; some rules across, one of them twice; seeded."""
    rng = random.Random(n)
    rules: list[Clause] = []
    for i in range(2, n + 1):
        near = rng.randint(max(1, i - 12), i - 1)
        rules.append(rng.choice(((-i, near), (-i, -near), (-i, near, rng.randint(1, n)))))
    for _ in range(n // 3):
        one, *others = rng.sample(range(1, n + 1), 3)
        rules.append((-one, *(rng.choice((-1, 1)) * other for other in others)))
    rules = [rule for rule in rules if len({abs(one) for one in rule}) == len(rule)]
    rules.append(rules[0])
    return Problem(n, tuple(rules), tuple(rules[:-2]))


def linked(n: int, rules: tuple[Clause, ...]) -> Linked:
    """The same as a group of an audit: the violation of a rule is that none of what it asks holds."""
    said = tuple(all_of(*(~(one - 1) if one > 0 else -one - 1 for one in rule)) for rule in rules)
    return Linked(tuple(BoxName(f"s{i}") for i in range(n)), tuple(f"r{i}" for i in range(len(rules))), said)


def by_table(problem: Problem) -> Answer:
    """Ours, up to 20 boxes."""
    space, other = tabled(linked(problem.n, problem.rules)), tabled(linked(problem.n, problem.fewer))
    return _answer(space, equal=space.ok == other.ok, allowed=count(space.ok))


def by_solver(problem: Problem) -> Answer:
    """Ours, past 20 boxes: no count."""
    one, other = linked(problem.n, problem.rules), linked(problem.n, problem.fewer)
    return _answer(Solved(one), equal=differing(one, other) == (None, None), allowed=None)


def _answer(group: Group, *, equal: bool, allowed: int | None) -> Answer:
    implied = frozenset(index for index, _ in group.redundant())
    return Answer(
        frozenset(i + 1 for i in group.dead()), frozenset(i + 1 for i in group.forced()), implied, equal, allowed
    )


def groups() -> Iterator[Row]:
    """One group of ever more boxes: what it allows, asked of ours and of each peer, every answer the same."""
    peers, _ = solvers()
    for n, rounds, target in SIZES:
        asked = problem(n)
        ours = by_table if n <= MOST_TABLED else by_solver
        said = ours(asked)
        if n <= MOST_TABLED:
            agree(f"{n} boxes, table and solver", by_solver(asked), by_solver(asked).asked(said))
        for name, solve, most in peers:
            if n <= most:
                found = solve(asked)
                agree(f"{n} boxes, {name}", found, found.asked(said))
        mine = _taken(ours, asked, rounds)
        what = "count, dead, forced, redundant, equal" if n <= MOST_TABLED else "dead, forced, redundant, equal"
        yield Row(f"one group of {n} boxes, {len(asked.rules)} rules: {what}", mine, "ms", target=target)
        for name, solve, most in peers:
            if n <= most:
                taken = _taken(solve, asked, rounds)
                yield Row(f"the same, {name}", taken, "ms", "ours", taken / mine)


def _taken(solve: Solver, asked: Problem, rounds: int) -> float:
    return micros(lambda: solve(asked), rounds=rounds) / 1000


def reglement(engine: Engine) -> Iterator[Row]:
    """The audit of a règlement of a few slots a day, and everything to try on a portal that applies it."""
    agree("audit", [kind.count for kind in audit(engine).kinds], [60, 28, 7])
    book = CaseBook(engine)
    agree("cases", {case.allowed for case in book.sample()}, {True})
    yield Row(
        "audit of the guide's règlement, three kinds of day", micros(lambda: audit(engine), rounds=5) / 1000, "ms"
    )
    taken = micros(lambda: CaseBook(engine).cases(), rounds=5) / 1000
    yield Row(f"the {len(book.cases())} cases that test its rules", taken, "ms")
