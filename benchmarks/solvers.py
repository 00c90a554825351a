"""Questions about the selections of a day, asked of what is published: BDDs, SAT and feature models."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

#: Signed numbers from 1: a rule is kept where one of them holds.
Clause = tuple[int, ...]


@dataclass(frozen=True)
class Problem:
    """
    Boxes and rules, and the same rules but one.

    Args:
        n: Number of boxes.
        rules: What each rule asks.
        fewer: The rules of the règlement that it is compared with.
    """

    n: int
    rules: tuple[Clause, ...]
    fewer: tuple[Clause, ...]


@dataclass(frozen=True)
class Answer:
    """
    What a problem comes to; None where it was not asked.

    Args:
        dead: Boxes that no allowed selection holds, from 1.
        forced: Boxes that all but the empty one hold.
        redundant: Rules that the others imply, from 0.
        equal: Whether both sets of rules allow the same.
        count: How many selections are allowed.
    """

    dead: frozenset[int] | None = None
    forced: frozenset[int] | None = None
    redundant: frozenset[int] | None = None
    equal: bool | None = None
    count: int | None = None

    def asked(self, other: Answer) -> Answer:
        """The part of another answer to the same questions."""
        mine = {one.name: getattr(self, one.name) for one in fields(self)}
        return Answer(**{name: None if value is None else getattr(other, name) for name, value in mine.items()})


Solver = Callable[[Problem], Answer]


def dd(module: ModuleType) -> Solver:
    """A binary decision diagram of all the rules."""

    def solve(problem: Problem) -> Answer:
        bdd = module.BDD()
        names = [f"x{i}" for i in range(1, problem.n + 1)]
        bdd.declare(*names)
        box = [bdd.var(name) for name in names]

        def kept(rule: Clause) -> Any:
            found = bdd.false
            for one in rule:
                found |= box[one - 1] if one > 0 else ~box[-one - 1]
            return found

        def product(rules: list[Any]) -> Any:
            found = bdd.true
            for one in rules:
                found &= one
            return found

        each = [kept(rule) for rule in problem.rules]
        before, after = [bdd.true], [bdd.true]
        for one in each:
            before.append(before[-1] & one)
        for one in reversed(each):
            after.append(after[-1] & one)
        whole, last = before[-1], len(each) - 1
        empty = product([~one for one in box])
        held = whole & ~empty
        implied = (i for i, one in enumerate(each) if before[i] & after[last - i] & ~one == bdd.false)
        return Answer(
            frozenset(i for i, one in enumerate(box, 1) if whole & one == bdd.false),
            frozenset(i for i, one in enumerate(box, 1) if held != bdd.false and held & ~one == bdd.false),
            frozenset(implied),
            product([kept(rule) for rule in problem.fewer]) == whole,
            int(bdd.count(whole, nvars=problem.n)),
        )

    return solve


def python_sat(module: ModuleType) -> Solver:
    """One incremental solver, one call a question, as one writes it at first: no count."""

    def solve(problem: Problem) -> Answer:
        n, rules = problem.n, problem.rules
        switches = range(n + 1, n + 1 + len(rules))
        solver = module.MinisatGH()
        for switch, rule in zip(switches, rules, strict=True):
            solver.add_clause([-switch, *rule])
        some = n + 1 + len(rules)
        solver.add_clause([-some, *range(1, n + 1)])
        whole = list(switches)

        def never(*literals: int) -> bool:
            return not solver.solve(assumptions=[*whole, *literals])

        def implied(rule: Clause, by: list[int]) -> bool:
            return not solver.solve(assumptions=[*by, *(-one for one in rule)])

        something = not never(some)
        others = [[one for one in whole if one != switch] for switch in switches]
        return Answer(
            frozenset(i for i in range(1, n + 1) if never(i)),
            frozenset(i for i in range(1, n + 1) if something and never(some, -i)),
            frozenset(i for i, rule in enumerate(rules) if implied(rule, others[i])),
            all(implied(rule, whole[: len(problem.fewer)]) for rule in rules),
        )

    return solve


def flamapy(module: ModuleType) -> Solver:
    """A feature model of one optional feature a box, read from UVL; a BDD counts, SAT finds what is dead."""
    reader = import_module("flamapy.metamodels.fm_metamodel.transformations").UVLReader
    to_bdd = import_module("flamapy.metamodels.bdd_metamodel.transformations").FmToBDD
    to_sat = import_module("flamapy.metamodels.pysat_metamodel.transformations").FmToPysat
    counting, search = module, import_module("flamapy.metamodels.pysat_metamodel.operations")

    def solve(problem: Problem) -> Answer:
        model = _model(reader, problem)
        count = int(counting.BDDConfigurationsNumber().execute(to_bdd(model).transform()).get_result())
        dead = search.PySATDeadFeatures().execute(to_sat(model).transform()).get_result()
        return Answer(dead=frozenset(int(str(one)[1:]) for one in dead), count=count)

    return solve


def flamapy_sat(module: ModuleType) -> Solver:
    """The same model asked of SAT alone, where no diagram could be built."""
    reader = import_module("flamapy.metamodels.fm_metamodel.transformations").UVLReader
    to_sat = import_module("flamapy.metamodels.pysat_metamodel.transformations").FmToPysat

    def solve(problem: Problem) -> Answer:
        dead = module.PySATDeadFeatures().execute(to_sat(_model(reader, problem)).transform()).get_result()
        return Answer(dead=frozenset(int(str(one)[1:]) for one in dead))

    return solve


def _model(reader: Any, problem: Problem) -> Any:
    lines = ["features", "\troot", "\t\toptional", *(f"\t\t\tx{i}" for i in range(1, problem.n + 1)), "constraints"]
    lines += ["\t" + " | ".join(f"x{one}" if one > 0 else f"!x{-one}" for one in rule) for rule in problem.rules]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day.uvl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return reader(str(path)).transform()


#: (name, what is asked, module, how, the most boxes that it is asked about).
SOLVERS: tuple[tuple[str, str, str, Callable[[ModuleType], Solver], int], ...] = (
    ("dd", "in Python; count, dead, forced, redundant, equal", "dd.autoref", dd, 20),
    ("dd", "CUDD, in C; count, dead, forced, redundant, equal", "dd.cudd", dd, 20),
    ("python-sat", "dead, forced, redundant, equal", "pysat.solvers", python_sat, 300),
    ("flamapy", "count, dead", "flamapy.metamodels.bdd_metamodel.operations", flamapy, 20),
    ("flamapy", "dead", "flamapy.metamodels.pysat_metamodel.operations", flamapy_sat, 300),
)


def solvers() -> tuple[list[tuple[str, Solver, int]], list[str]]:
    """Those that are installed, with their version and the most boxes that they are asked about; and the others."""
    found = []
    absent = []
    for name, asked, module, build, most in SOLVERS:
        try:
            found.append((f"{name} {version(name)}: {asked}", build(import_module(module)), most))
        except ImportError:
            absent.append(module)
    return found, absent
