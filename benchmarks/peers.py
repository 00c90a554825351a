"""The three rules of a school day, as a Python developer would write them with what is published; or None."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Any

SLOTS = ("matin-1", "matin-2", "midi-1", "repas", "midi-2", "soir-1", "soir-2")
NAMES = tuple(slot.replace("-", "_") for slot in SLOTS)
#: (rule, a slot that breaks it, the other slot, whether it is the other's presence that breaks it).
RULES = (
    ("premiere-tranche", "matin_1", "matin_2", False),
    ("midi-ou-repas", "midi_1", "repas", True),
    ("midi-ou-repas", "midi_2", "repas", True),
)

Chosen = tuple[str, ...]
Broken = frozenset[str]
Decider = Callable[[Chosen], Broken]


def as_dict(chosen: Chosen) -> dict[str, bool]:
    """The seven slots by name, as a form would hand them over."""
    held = set(chosen)
    return {name: slot in held for slot, name in zip(SLOTS, NAMES, strict=True)}


def plain_ifs(held: dict[str, bool]) -> Broken:
    """The same rules as a developer writes them at first."""
    found = set()
    if held["matin_1"] and not held["matin_2"]:
        found.add("premiere-tranche")
    if held["midi_1"] and held["repas"]:
        found.add("midi-ou-repas")
    if held["midi_2"] and held["repas"]:
        found.add("midi-ou-repas")
    return frozenset(found)


def ifs(chosen: Chosen) -> Broken:
    """Plain ifs, from the same slots as everybody else."""
    return plain_ifs(as_dict(chosen))


def _named(answers: Iterable[object]) -> Broken:
    return frozenset(rule for (rule, *_), broken in zip(RULES, answers, strict=True) if broken)


def _texts() -> list[str]:
    return [f"{one} and {'' if both else 'not '}{other}" for _, one, other, both in RULES]


def rule_engine(module: ModuleType) -> Decider:
    """One expression a rule."""
    rules = [module.Rule(text) for text in _texts()]

    def decide(chosen: Chosen) -> Broken:
        held = as_dict(chosen)
        return _named([rule.matches(held) for rule in rules])

    return decide


def business_rules(module: ModuleType) -> Decider:
    """One tree of conditions a rule, read by the package's own variables."""
    del module
    variables, engine = import_module("business_rules.variables"), import_module("business_rules.engine")

    def start(self: Any, held: dict[str, bool]) -> None:
        self.held = held

    def reader(name: str) -> object:
        def read(self: Any) -> object:
            return self.held[name]

        read.__name__ = name
        return variables.boolean_rule_variable(read)

    body = {"__init__": start, **{name: reader(name) for name in NAMES}}
    day_of = type("Day", (variables.BaseVariables,), body)
    operators = {True: "is_true", False: "is_false"}
    trees = [{"all": [_leaf(one, "is_true"), _leaf(other, operators[both])]} for _, one, other, both in RULES]

    def decide(chosen: Chosen) -> Broken:
        day = day_of(as_dict(chosen))
        return _named([engine.check_conditions_recursively(tree, day) for tree in trees])

    return decide


def _leaf(name: str, operator: str) -> dict[str, object]:
    return {"name": name, "operator": operator, "value": True}


def zen_engine(module: ModuleType) -> Decider:
    """One compiled expression that answers every rule at once."""
    compiled = module.compile_expression(f"[{', '.join(_texts())}]")
    return lambda chosen: _named(compiled.evaluate(as_dict(chosen)))


def datalogic(module: ModuleType) -> Decider:
    """One compiled JSONLogic rule a rule of ours."""
    parts = [
        {"and": [{"var": one}, {"var": other} if both else {"!": {"var": other}}]} for _, one, other, both in RULES
    ]
    rules = [module.Engine().compile(part) for part in parts]

    def decide(chosen: Chosen) -> Broken:
        held = as_dict(chosen)
        return _named([rule.evaluate(held) for rule in rules])

    return decide


def python_sat(module: ModuleType) -> Decider:
    """One solver whose unit propagation sets a variable for each broken rule."""
    bits = {name: i for i, name in enumerate(NAMES, 1)}
    heads = list(range(len(bits) + 1, len(bits) + 1 + len(RULES)))
    solver = module.Minisat22()
    for head, (_, one, other, both) in zip(heads, RULES, strict=True):
        a, b = bits[one], bits[other] if both else -bits[other]
        for clause in ([-a, -b, head], [a, -head], [b, -head]):
            solver.add_clause(clause)

    def decide(chosen: Chosen) -> Broken:
        held = as_dict(chosen)
        _, known = solver.propagate([i if held[name] else -i for name, i in bits.items()])
        true = set(known)
        return _named([head in true for head in heads])

    return decide


PEERS: tuple[tuple[str, str, Callable[[ModuleType], Decider]], ...] = (
    ("datalogic-py", "datalogic_py", datalogic),
    ("zen-engine", "zen", zen_engine),
    ("python-sat", "pysat.solvers", python_sat),
    ("business-rules", "business_rules", business_rules),
    ("rule-engine", "rule_engine", rule_engine),
)


def installed() -> tuple[dict[str, Decider], list[str]]:
    """Those of the peers that are installed, with their version, and the names of the others."""
    found: dict[str, Decider] = {}
    absent = []
    for name, module, build in PEERS:
        try:
            found[f"{name} {version(name)}"] = build(import_module(module))
        except ImportError:
            absent.append(name)
    return found, absent


def every_choice() -> list[Chosen]:
    """The 128 selections of the seven slots."""
    picked = itertools.product((False, True), repeat=len(SLOTS))
    return [tuple(itertools.compress(SLOTS, one)) for one in picked]
