"""Each slip of a town hall's pen is seen: refused, or told by the comparison, or proved to change nothing (S13.1)."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from tests.reglement_mutants import Mutant, mutants

from clae_rules import (
    ClaeRulesError,
    Demande,
    Desk,
    Engine,
    Facts,
    InvalidReglementError,
    Planning,
    decide,
    load_engine,
)
from clae_rules.audit import CaseBook, compare
from clae_rules.audit.changes import Relation
from clae_rules.audit.joint import Joint
from clae_rules.costs import charges
from clae_rules.facts import FactKind, FactKindRead
from clae_rules.files.reading import engine_from_plain

ROOT: Final = Path(__file__).parents[1] / "examples"
SHIPPED: Final = sorted(ROOT.rglob("reglement.toml"))
#: How many mutants of a règlement are held in the default run, spread over all of them; the campaign holds each one.
SOME: Final = 3
#: Families and plannings that look where the comparison does not: gates, and what is judged or paid over a window.
FAMILIES: Final = 12
WEEKS: Final = 5
CHILDREN: Final = ("lea", "tom", "zoe")
#: Mutants that nothing tells apart and that are not proved equivalent, each with its reason.
EXPLAINED: Final[Mapping[tuple[str, str], str]] = {}


@cache
def shipped(path: Path) -> tuple[Engine, tuple[Mutant, ...]]:
    """A règlement made ready, and its mutants."""
    engine = load_engine(path)
    return engine, tuple(mutants(json.loads(json.dumps(engine.reglement.plain()))))


def made(mutant: Mutant) -> Engine | None:
    """The mutant made ready; None where it is no règlement."""
    try:
        return engine_from_plain(mutant.plain)
    except InvalidReglementError:
        return None


def seen(engine: Engine, other: Engine | None) -> str:
    """How a mutant is told from the règlement: refused, rules, deadlines, prices, answers; « equal », or nothing."""
    if other is None:
        return "refused"
    found = compare(engine, other)
    if found.relation not in {None, Relation.EQUIVALENT}:
        return "rules"
    if found.deadlines or found.prices:
        return "deadlines" if found.deadlines else "prices"
    if found.same:
        return "equal"
    pairs = zip(answers(engine), answers(other), strict=True)
    return "answers" if any(one != two for one, two in pairs) else ""


def answers(engine: Engine) -> Iterator[object]:
    """What some families are answered, and charged, for some weeks: the same questions to a règlement and its mutant."""
    rng = random.Random("questions")
    opened = [one.facts.day for one in (engine.day(day) for day in days_of(engine)) if one.slots]
    for _ in range(FAMILIES):
        facts = Facts.from_mapping(family(rng, engine.facts))
        children = CHILDREN[: rng.randint(1, 3)]
        desk = Desk(engine, facts, children[0], dict.fromkeys(children, facts))
        begin = rng.choice(opened)
        some = [day for day in opened if begin <= day < begin + timedelta(weeks=WEEKS)]
        chosen = {day: rng.sample(list(engine.day(day).slots), 1) for day in some}
        same = {day: [slot] for day in some for slot in list(engine.day(day).slots)[:1]}
        now = datetime.combine(begin - timedelta(days=60), datetime.min.time(), UTC)
        for wanted in (chosen, same, {begin: chosen[begin]}):
            yield charged(desk, children, wanted, now)
            for periode in engine.periodes:
                yield decided(desk, periode, wanted, now)


def days_of(engine: Engine) -> list[date]:
    """Every date of the périodes."""
    found: set[date] = set()
    for one in engine.reglement.periodes:
        found |= {one.first_day + timedelta(days=n) for n in range((one.last_day - one.first_day).days + 1)}
    return sorted(day for day in found if engine.knows(day))


def family(rng: random.Random, declared: Mapping[str, FactKindRead]) -> dict[str, Any]:
    """A family of whom something is known, or all, or nothing."""
    found: dict[str, Any] = {}
    for fact, kind in declared.items():
        match kind.kind:
            case FactKind.CHOICE:
                found[fact] = rng.choice(kind.words)
            case FactKind.FLAG:
                found[fact] = rng.random() < 0.5
            case FactKind.AGE:
                found[fact] = date(rng.randint(2008, 2023), 3, 1)
            case _:
                found[fact] = rng.choice((0, 1, 2, 3, 300, 500, 700, 900, 1200, 2000))
    return {fact: value for fact, value in found.items() if rng.random() < 0.9}


def charged(desk: Desk, children: Sequence[str], wanted: Mapping[date, list[str]], now: datetime) -> object:
    """What a planning costs, all children alike."""
    held = Planning.of({(child, day): slots for child in children for day, slots in wanted.items()})
    found = charges(desk, held, now=now)
    return found.total_cents, [one.charge.amount_cents for one in found.entries], len(found.unsettled)


def decided(desk: Desk, periode: str, wanted: Mapping[date, list[str]], now: datetime) -> object:
    """What is answered to a demande, or why it is none."""
    opens = desk.engine.day
    mine = {day: slots for day, slots in wanted.items() if all(opens(day).slots[one].code == periode for one in slots)}
    try:
        verdict = decide(desk, Planning(), Demande.of(CHILDREN[0], periode, mine), now=now)
    except ClaeRulesError as error:
        return str(error)
    return verdict.status, sorted({(one.code, one.rule) for one in verdict.violations})


def held(path: Path, some: int | None) -> Counter[str]:
    """Hold mutants of a règlement, each one seen or proved equivalent; how many of each."""
    engine, every = shipped(path)
    found: Counter[str] = Counter()
    for mutant in every if some is None else every[:: max(1, len(every) // some)]:
        how = seen(engine, made(mutant))
        assert how or (path.parent.name, mutant.name) in EXPLAINED, (path.parent.name, mutant.name)
        found[how or "explained"] += 1
    return found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("some", (SOME, pytest.param(None, marks=pytest.mark.campaign)), ids=("some", "every"))
def test_no_slip_passes_unseen(path: Path, some: int | None) -> None:
    """Each mutant of a règlement is refused, or answers otherwise somewhere, or is proved to answer alike everywhere."""
    assert held(path, some).total() > 0


def test_each_kind_of_slip_is_tried() -> None:
    """The mutants of the examples are of every kind: rules, limits, words, amounts, what is forgotten."""
    names = [mutant.name.split(", ")[-1] for path in SHIPPED for mutant in shipped(path)[1]]
    kinds = ("oublié", "dans l'autre sens", "seulement_avec_un_de", "bloque", "jusqu'à", "avant", "unité", "centime")
    for kind in kinds:
        assert any(kind in name for name in names), kind


@pytest.mark.parametrize(
    "town",
    ("cluses", "massingy", "tain-l-hermitage", *(
        pytest.param(path.parent.name, marks=pytest.mark.campaign)
        for path in SHIPPED
        if path.parent.name not in {"cluses", "massingy", "tain-l-hermitage"}
    )),
)  # fmt: skip
def test_the_case_book_catches_each_mutant_of_a_rule(town: str) -> None:
    """S13.1: a portal that misreads one rule fails on the case book drawn from the règlement, unless nothing differs."""
    engine, every = next(shipped(path) for path in SHIPPED if path.parent.name == town)
    cases = CaseBook(engine).cases()
    for mutant in every:
        other = made(mutant) if mutant.name.startswith("regle.") else None
        if other is None or compare(engine, other).relation in {None, Relation.EQUIVALENT}:
            continue
        joint = Joint(engine, other).cases
        assert any(
            bool(two.new.broken({one.slot: one.variant for one in case.held})) is case.allowed
            for case in cases
            for two in joint
            if case.day in two.dates.days
            and all(str(two.values[fact]).lower() == said for fact, said in case.family if fact in two.values)
        ), mutant.name
