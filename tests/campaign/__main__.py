"""The command of the campaign: consecutive seeds, a state file to go on from, rule sets and cases a second."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter

from clae_rules import __version__

from .engines import ENGINES, compare, decided
from .problems import MOST_CASES, problems

#: Seconds between two looks at the state file.
EVERY_SECONDS = 20


@dataclass
class State:
    """
    What was run so far: every seed from the first to before the next.

    Args:
        selections: How many selections are tried on a rule set, at the most.
        tabled: Rule sets whose groups of boxes were all small enough for a truth table.
        decided: Cases of which the whole decision was asked.
        allowed: Cases that break no rule.
    """

    first_seed: int = 0
    next_seed: int = 0
    selections: int = MOST_CASES
    rule_sets: int = 0
    tabled: int = 0
    rules: int = 0
    cases: int = 0
    decided: int = 0
    allowed: int = 0
    seconds: float = 0.0
    mismatches: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, first_seed: int, selections: int) -> State:
        """The state of a file, or a new one where there is none."""
        if path.exists():
            return cls(**json.loads(path.read_text("utf-8")))
        return cls(first_seed, first_seed, selections)

    def write(self, path: Path) -> None:
        """Keep the state, in one step: a run that is stopped leaves the last whole one."""
        part = path.with_name(f"{path.name}.part")
        part.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")
        part.replace(path)

    def line(self) -> str:
        """The figures so far."""
        pace = max(self.seconds, 0.001)
        return (
            f"seeds {self.first_seed}-{self.next_seed - 1}: {self.rule_sets:,} rule sets ({self.tabled:,} with tables), "
            f"{self.rules:,} rules, {self.cases:,} cases ({self.allowed:,} allowed) by {len(ENGINES)} engines "
            f"({self.decided:,} of them by check_day) in {self.seconds:,.0f} s "
            f"({self.rule_sets / pace:,.1f} rule sets/s, {self.cases / pace:,.0f} cases/s), "
            f"{len(self.mismatches)} mismatches"
        )


def run(state: State, cases: int) -> Iterator[State]:
    """One seed after another, until so many cases were run in all."""
    while state.cases < cases:
        begin = perf_counter()
        for problem in problems(state.next_seed, state.selections):
            found = compare(problem)
            for engine, rule, case in found.wrong:
                where = f"seed {problem.seed}, {problem.day}, {problem.facts}"
                state.mismatches.append(f"{engine} on {rule or 'all rules'} of {case}: {where}")
            state.rule_sets += 1
            state.tabled += found.tabled
            state.rules += len(problem.at.rules)
            state.cases += len(problem.cases)
            state.decided += len(decided(problem))
            state.allowed += found.allowed
        state.next_seed += 1
        state.seconds += perf_counter() - begin
        yield state


def main(arguments: list[str] | None = None) -> int:
    """Run, tell, keep; 1 where an engine disagreed."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="file to go on from, and to keep what was run in")
    parser.add_argument("--cases", type=int, default=10**7, help="how many cases in all; 10 million unless said")
    parser.add_argument("--first-seed", type=int, default=0, help="where a new campaign begins")
    parser.add_argument(
        "--selections", type=int, default=MOST_CASES, help="how many are tried on a rule set at the most"
    )
    given = parser.parse_args(arguments)
    state, told = State.read(given.state, given.first_seed, given.selections), perf_counter()
    state.versions = {"clae_rules": __version__, "python": platform.python_version()}
    for one in run(state, given.cases):
        if perf_counter() - told > EVERY_SECONDS:
            one.write(given.state)
            sys.stdout.write(f"{one.line()}\n")
            sys.stdout.flush()
            told = perf_counter()
    state.write(given.state)
    sys.stdout.write("\n".join((state.line(), *state.mismatches[:20], "")))
    return 1 if state.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
