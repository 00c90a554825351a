"""One strategy for each public value, its règlement drawn too: what `st.from_type` gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

from ..booking import check_day
from ..closures import Closure
from ..constraints import Rule
from ..desk import Desk
from ..engine import Engine
from ..facts import Dated, Facts
from ..holdings import Demande, Occupancy, Override, Planning
from ..patterns import Pattern
from ..recapitulatif import Recapitulatif, recapitulatif
from ..recopie import Recopie, recopie
from ..reglement import Reglement
from ..slots import Etablissement, Held, ModeAccueil, Periode, Selection, Slot
from ..variants import Variant
from ..verdicts import DayVerdict, Verdict
from . import values
from .choosing import selections
from .families import demandes, desks, plannings
from .histories import booking_histories
from .towns import engines, reglements, ruled

__all__: list[str] = []


def _of(made: Callable[[Engine], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    return engines().flatmap(made)


def a_reglement() -> st.SearchStrategy[Reglement]:
    """A règlement."""
    return reglements()


def an_engine() -> st.SearchStrategy[Engine]:
    """A règlement made ready."""
    return engines()


def a_desk() -> st.SearchStrategy[Desk]:
    """A child before a règlement; each fact may be missing."""
    return desks()


def some_facts() -> st.SearchStrategy[Facts]:
    """What is known of a child; each fact may be missing."""
    return _of(values.facts)


def a_dated_value() -> st.SearchStrategy[Dated]:
    """A yes or no, for ever, from a day on, or one week in two from it."""
    since = st.dates(date(2020, 1, 1), date(2030, 12, 31))
    weeks = st.builds(lambda value, day: Dated(value, day, every_weeks=2), st.booleans(), since)
    return st.one_of(st.builds(Dated, st.booleans()), st.builds(Dated, st.booleans(), since), weeks)


def an_etablissement() -> st.SearchStrategy[Etablissement]:
    """A place of a règlement."""
    return _of(lambda engine: st.sampled_from(engine.reglement.etablissements))


def a_mode() -> st.SearchStrategy[ModeAccueil]:
    """A mode d'accueil of a règlement."""
    return _of(lambda engine: st.sampled_from(engine.reglement.modes))


def a_periode() -> st.SearchStrategy[Periode]:
    """A période of a règlement."""
    return _of(values.periodes)


def a_slot() -> st.SearchStrategy[Slot]:
    """A slot of a règlement."""
    return _of(values.slots)


def a_rule() -> st.SearchStrategy[Rule]:
    """A rule of a règlement, of a date or over a window."""
    return ruled().flatmap(lambda engine: st.sampled_from(engine.reglement.rules))


def a_held_slot() -> st.SearchStrategy[Held]:
    """A slot held, in either variant."""
    return _of(lambda engine: st.builds(Held, st.sampled_from(engine.order), st.sampled_from(Variant)))


def a_selection() -> st.SearchStrategy[Selection]:
    """What a child holds on one date, as the rules of the date allow it."""
    return _of(lambda engine: values.days(engine).flatmap(lambda day: selections(engine, day)))


def a_planning() -> st.SearchStrategy[Planning]:
    """What a child holds."""
    return desks(known=True).flatmap(plannings)


def a_demande() -> st.SearchStrategy[Demande]:
    """What a family asks."""
    return desks(known=True).flatmap(demandes)


def an_occupancy() -> st.SearchStrategy[Occupancy]:
    """Places taken."""
    return _of(values.occupancies)


def an_override() -> st.SearchStrategy[Override]:
    """What an agent set aside."""
    return desks().flatmap(values.overrides)


def a_closure() -> st.SearchStrategy[Closure]:
    """What the service closes."""
    return _of(values.closures)


def a_pattern() -> st.SearchStrategy[Pattern]:
    """What a recopie copies."""
    return _of(values.patterns)


def a_verdict() -> st.SearchStrategy[Verdict]:
    """The answer to a demande."""
    return booking_histories(most_steps=1).map(lambda history: history.steps[-1].verdict)


def a_day_verdict() -> st.SearchStrategy[DayVerdict]:
    """The answer for one date."""
    return desks().flatmap(_day_verdicts)


@st.composite
def _day_verdicts(draw: st.DrawFn, desk: Desk) -> DayVerdict:
    day = draw(values.days(desk.engine))
    asked = draw(selections(desk, day, allowed=None)).slots
    return check_day(desk, day, sorted(asked), now=draw(values.instants(desk, day)))


def a_recapitulatif() -> st.SearchStrategy[Recapitulatif]:
    """What a demande costs."""
    return a_verdict().map(recapitulatif)


def a_recopie() -> st.SearchStrategy[Recopie]:
    """What became of a recopie."""
    return desks().flatmap(_recopies)


@st.composite
def _recopies(draw: st.DrawFn, desk: Desk) -> Recopie:
    periode = draw(values.periodes(desk.engine)).code
    pattern, now = draw(values.patterns(desk.engine, periode)), draw(values.instants(desk))
    return recopie(desk, draw(plannings(desk)), pattern, periode=periode, now=now)
