"""What is due at the end of a month: four facts never confused, absences, events, and nothing guessed (S4.3, S4.4)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pytest

from clae_rules import Desk, Engine, Statement, due, engine_from_text, releve_from_text

VECTORS: Final = tomllib.loads(
    Path(__file__).with_name("vectors").joinpath("dues.toml").read_text("utf-8"), parse_float=Decimal
)
CASES: Final = [(name, i) for name, one in VECTORS["reglement"].items() for i in range(len(one.get("cas", ())))]


def plain(value: Any) -> Any:
    """A value of a TOML file as JSON has it: dates, instants and decimals are texts."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


@lru_cache(maxsize=64)
def engine_of(name: str) -> Engine:
    """The règlement of a vector: the base, with its own sections in place of the base's."""
    own = {key: one for key, one in VECTORS["reglement"][name].items() if key not in {"source", "cas"}}
    sections = {**VECTORS["base"], **own}
    return engine_from_text(json.dumps(plain(sections)), f"{name}.json")


def told(engine: Engine, given: Mapping[str, Any]) -> Statement:
    """What is due after a relevé given as plain data; a child lea of whom nothing more is known, unless said."""
    head = {"reglement": "essai", **{key: given[key] for key in HEAD if key in given}}
    body = {key: one for key, one in given.items() if key not in HEAD}
    read = releve_from_text(
        json.dumps(plain({"enfant": {"lea": {}}, **body, "releve": head})), engine.reglement, "r.json"
    )
    facts = read.facts()
    first = next(iter(facts))
    return due(Desk(engine, facts[first], first, facts), read.releve())


HEAD: Final = ("mois", "instant", "pointes", "du", "au", "foyer_code")


def by_date(statement: Statement) -> dict[str, Decimal]:
    """What is due on each date, in euros."""
    found: dict[str, Decimal] = {}
    for line in statement.lines:
        for day in line.dates:
            found[day.isoformat()] = found.get(day.isoformat(), Decimal(0)) + Decimal(line.due_cents) / len(line.dates)
    return {day: cents / 100 for day, cents in found.items()}


@pytest.mark.parametrize(("name", "index"), CASES, ids=str)
def test_published_cases_come_out(name: str, index: int) -> None:
    """Each published rule gives its published amount, to the cent."""
    case = VECTORS["reglement"][name]["cas"][index]
    found = told(engine_of(name), case["releve"])
    undecided = [one.code for one in found.undecided]
    total = None if found.total_cents is None else Decimal(found.total_cents) / 100

    assert undecided == case.get("indecis", []), case["titre"]
    assert total == (Decimal(case["total"]) if "total" in case else None), found.text(derivation=True)
    if "du" in case:
        assert by_date(found) == {day: Decimal(cents) for day, cents in case["du"].items()}, case["titre"]
    assert sorted({one.code for one in found.findings}) == sorted(case.get("savoir", [])), case["titre"]
    if "natures" in case:
        assert [one.kind.value for one in found.lines] == case["natures"]
