"""Price anomalies against plain enumeration of the quotients, for whatever scale Hypothesis thinks of (S13.1)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

pytest.importorskip("hypothesis")

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.guide import OPEN, SMALL, at

from clae_rules import Desk, Engine, Facts, Held, Planning, engine_from_text
from clae_rules.audit.findings import Finding
from clae_rules.audit.kinds import Days
from clae_rules.audit.tariffs import PriceAudit
from clae_rules.costs import charges
from clae_rules.money import euros

CENTS = st.integers(0, 12).map(lambda one: one * 25)
#: Brackets are cut at whole numbers up to here; past it, and between the numbers tried, no price can turn.
MOST = 24


@st.composite
def grids(draw: st.DrawFn) -> str:
    """A grid of two to four brackets under any reading, an amount or nothing published in each; maybe an aid."""
    cuts = sorted(draw(st.sets(st.integers(1, MOST), min_size=1, max_size=3)))
    reading = draw(st.sampled_from(("exact", "tronqué", "arrondi")))
    ends = [*(f"moins de {cut}" for cut in cuts), None]
    starts = [None, *(f"à partir de {cut}" for cut in cuts)]
    bounds = [" et ".join(part for part in pair if part) for pair in zip(starts, ends, strict=True)]
    rows = [draw(st.one_of(CENTS, st.none())) for _ in bounds]
    said = ", ".join(
        f"T{i} = " + ('"non publié"' if cents is None else f"{cents / 100:.2f}") for i, cents in enumerate(rows)
    )
    tranches = ", ".join(f'T{i} = "{bound}"' for i, bound in enumerate(bounds))
    aid = draw(st.sampled_from(("", "moins de 7", "plus de 7")))
    change = f'[modification.aide]\nmoins = 0.30\nqui.quotient = "{aid}"\nhypothese = "essai"\n' if aid else ""
    return f"""
[grille.qf]
mesure = "quotient"
lu = "{reading}"
tranches = {{ {tranches} }}
hypothese = "essai"
[tarif.unique]
par = "creneau"
selon = "qf"
prix = {{ {said} }}
hypothese = "essai"
{change}"""


@st.composite
def rates(draw: st.DrawFn) -> str:
    """Two effort rates on either side of a quotient, each with a floor and a ceiling, or one rate on both sides."""
    cut = draw(st.integers(1, MOST))
    parts = []
    for code, bound in (("bas", f"moins de {cut}"), ("haut", f"à partir de {cut}")):
        low, more = draw(CENTS), draw(CENTS)
        rate = draw(st.sampled_from(("0.05", "0.10", "0.125")))
        price = f"{{ taux = {rate}, plancher = {low / 100:.2f}, plafond = {(low + more) / 100:.2f} }}"
        parts.append(
            f'[tarif.{code}]\npar = "creneau"\nselon = "quotient"\nqui.quotient = "{bound}"\n'
            f'prix = {price}\nhypothese = "essai"\n'
        )
    return "".join(parts)


def engine_of(prices: str) -> Engine:
    """The small règlement at these prices."""
    text = SMALL.replace("[faits]", '[faits]\nquotient = "nombre"')
    return engine_from_text(text + OPEN + prices)


def price(engine: Engine, quotient: Fraction) -> int | None:
    """What the slot a costs, by the door that bills it."""
    day = engine.periodes["annee"].first_day
    desk = Desk(engine, Facts.from_mapping({"quotient": quotient}), "lou")
    planning = Planning.of({("lou", day): [Held("a")]})
    return charges(desk, planning, now=at("2025-01-01 09:00")).total_cents


def axis() -> list[Fraction]:
    """Every quarter up to past the last cut, a cent on either side of each, and far beyond."""
    steps = [Fraction(i, 4) for i in range(4 * (MOST + 2))]
    near = {one + cents for one in steps for cents in (Fraction(-1, 100), Fraction(0), Fraction(1, 100))}
    return [*sorted(one for one in near if one >= 0), Fraction(1000)]


AXIS = axis()


def of_slot(engine: Engine, code: str, step_cents: int | None = None) -> list[dict[str, Any]]:
    """What is told of the slot a."""
    found: list[Finding] = list(PriceAudit(Days(engine), step_cents).findings())
    return [dict(one.params) for one in found if one.code == code and [box.slot for box in one.boxes] == ["a"]]


@settings(max_examples=30)
@given(st.one_of(grids(), rates()))
def test_falls_are_told_where_some_richer_family_pays_less(prices: str) -> None:
    """S13.1: a price falls somewhere along the axis if and only if the audit tells it, at prices that are charged."""
    engine = engine_of(prices)
    known = [cents for one in AXIS if (cents := price(engine, one)) is not None]
    falling = any(two < one for one, two in itertools.pairwise(known))
    told = of_slot(engine, "prix-decroissant")

    assert bool(told) is falling
    for one in told:
        low, high = (price(engine, Fraction(str(one[end]))) for end in ("from", "to"))
        assert low is not None
        assert high is not None
        assert low > high
        assert (euros(low), euros(high)) == (one["low"], one["high"])


@settings(max_examples=20)
@given(st.one_of(grids(), rates()), st.integers(0, 4).map(lambda one: 25 * one + 10))
def test_steps_are_told_where_a_cent_of_quotient_costs_more(prices: str, step: int) -> None:
    """S13.1: a price rises by more than asked about within a cent of quotient if and only if the audit tells it."""
    engine = engine_of(prices)
    cents = {one: price(engine, one) for one in AXIS}
    climbs = {
        (low, high)
        for low, high in itertools.pairwise(AXIS)
        if high - low <= Fraction(1, 100)
        and (first := cents[low]) is not None
        and (second := cents[high]) is not None
        and second - first > step
    }
    told = of_slot(engine, "saut-de-prix", step)

    assert {(Fraction(str(one["from"])), Fraction(str(one["to"]))) for one in told} == climbs
