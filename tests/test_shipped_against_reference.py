"""Every règlement of the examples against the slow model: selections, kinds of day, epochs, booked and cancelled."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from tests import reference
from tests.reference.random_reglements import VARIANTS, subsets
from tests.reference.s5_windows import Household, over_window
from tests.reference.s6_windows import Asked
from tests.reference.s10_scopes import beyond_a_date
from tests.test_against_reference import expected, selection, told

from clae_rules import Demande, Desk, Engine, Facts, Planning, check_day, decide
from clae_rules.audit import Days
from clae_rules.errors import Fault
from clae_rules.files.lines import read_toml
from clae_rules.reglement import REGLEMENT

ROOT: Final = Path(__file__).parents[1] / "examples"
SHIPPED: Final = sorted(ROOT.rglob("reglement*.toml"))
SECOND: Final = timedelta(seconds=1)
CHILD: Final = "lea"
BORN: Final = "2018-03-01"
#: How many changes are tried at an instant in the default run; the campaign tries all.
SOME: Final = 50


@cache
def shipped(path: Path) -> tuple[Engine, Any]:
    """A règlement as the engine reads it, and its normal form as plain JSON for the model."""
    faults: list[Fault] = []
    found = REGLEMENT.read(read_toml(path.read_text("utf-8")), (), faults)
    assert not faults
    return Engine(found), json.loads(json.dumps(found.plain()))


def families(plain: Any) -> Iterator[dict[str, Any]]:
    """A child of whom everything is known, then one of whom nothing is."""
    said = plain.get("faits", {})
    yield {fact: one[-1] if isinstance(one, list) else _known(one) for fact, one in said.items()}
    if said:
        yield {}


def _known(said: str) -> Any:
    return 3 if said == "nombre" else BORN if said.startswith("ans") else True


def desk_of(engine: Engine, facts: Mapping[str, Any]) -> Desk:
    """The child before the règlement."""
    dated = {fact: date.fromisoformat(value) if value == BORN else value for fact, value in facts.items()}
    return Desk(engine, Facts.from_mapping(dated), CHILD)


def moments(at: reference.Date) -> list[datetime]:
    """An instant in each epoch of a date, at its first second and its last."""
    edges = [edge - step for edge in at.edges() for step in (SECOND, 0 * SECOND)]
    return edges or [datetime(2021, 1, 1, tzinfo=UTC)]


def changes(at: reference.Date) -> Iterator[tuple[dict[str, str], dict[str, str | None]]]:
    """From nothing and from each single slot in either variant to every selection, the empty one included."""
    held = [{}, *({slot: variant} for slot in at.slots for variant in VARIANTS)]
    for before, wanted in product(held, subsets(tuple(at.slots))):
        yield before, dict.fromkeys(wanted)


def compare(desk: Desk, plain: Any, at: reference.Date, day: date, some: int | None) -> int:
    """Hold changes of one date against the model at every instant that matters; how many."""
    rng, count = random.Random(day.toordinal()), 0
    every = list(changes(at))
    windows = any(over_window(one) for one in plain.get("regle", {}).values())
    for now in moments(at):
        for before, wanted in every if some is None else rng.sample(every, min(some, len(every))):
            if windows:
                assert decided(desk, at, day, now, before, wanted) == modelled(plain, at, day, now, before, wanted)
            else:
                outcome = check_day(desk, day, wanted, now=now, held=selection(before)).outcome
                found, model = told(outcome), expected(reference.judge(at, now, before, wanted))
                # A price that pays for more than what is added names it too; its own tests tell what windows leave open.
                found["doubts"] = model["doubts"] if beyond_a_date(plain) else found["doubts"] - set(before)
                model["doubts"] = model["doubts"] - (set() if beyond_a_date(plain) else set(before))
                assert found == model, (day, now, before, wanted)
            count += 1
    return count


def decided(
    desk: Desk,
    at: reference.Date,
    day: date,
    now: datetime,
    before: Mapping[str, str],
    wanted: Mapping[str, str | None],
) -> str:
    """The answer to a demande of one date, rules over windows included."""
    (periode,) = set(at.slots.values())
    planning = Planning.of({(CHILD, day): selection(before)} if before else {})
    return str(decide(desk, planning, Demande.of(CHILD, periode, {day: tuple(wanted)}), now=now).status.value)


def modelled(
    plain: Any,
    at: reference.Date,
    day: date,
    now: datetime,
    before: Mapping[str, str],
    wanted: Mapping[str, str | None],
) -> str:
    """The same of the model."""
    (periode,) = set(at.slots.values())
    house = Household(plain, {CHILD: at.facts})
    held = {(CHILD, day): dict(before)} if before else {}
    return Asked(house, CHILD, plain["periode"][periode]["mode"], held, {day: wanted}, now).whole()


def test_every_reglement_of_the_examples_is_there() -> None:
    """35 règlements are shipped, and each is held against the model."""
    assert len(SHIPPED) == 35


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_a_shipped_reglement_decides_as_the_model_does(path: Path) -> None:
    """S1.5, S3, S5, S6.1–S6.5: each kind of day, each side of each limit, some changes of those that there are."""
    engine, plain = shipped(path)
    kinds = Days(engine).kinds
    assert kinds
    for facts in families(plain):
        desk = desk_of(engine, facts)
        for kind in kinds:
            at = reference.look(plain, kind.days[0], facts)
            assert tuple(at.slots) == desk.day(kind.days[0]).kind.slots
            assert compare(desk, plain, at, kind.days[0], SOME) > 0


@pytest.mark.campaign
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_a_shipped_reglement_decides_as_the_model_does_everywhere(path: Path) -> None:
    """S1.5, S3, S5, S6.1–S6.5: the same, every change, on every date that limits or rules tell from the others."""
    engine, plain = shipped(path)
    for facts in families(plain):
        desk, seen = desk_of(engine, facts), set[object]()
        for opened in Days(engine).opened:
            day = opened.facts.day
            at = reference.look(plain, day, facts)
            alike = (tuple(at.slots), tuple([one.code for one in at.rules]), *_distances(at, day))
            if at.slots and alike not in seen:
                seen.add(alike)
                assert tuple(at.slots) == desk.day(day).kind.slots
                assert compare(desk, plain, at, day, None) > 0


def _distances(at: reference.Date, day: date) -> Iterator[timedelta]:
    """How far from a date its limits are."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (edge - midnight for edge in at.edges())
