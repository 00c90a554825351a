"""The cases of a règlement, drawn by a seed: every theme has its turn, and no case stands twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from ...engine import Engine
from ...errors import ClaeRulesError
from . import themes, windows
from .stage import Ground, Stage
from .trials import Trial

#: What cases are drawn about, each in its turn.
THEMES: Final[tuple[Callable[[Stage], Iterator[Trial]], ...]] = (
    themes.rules,
    themes.deadlines,
    themes.families,
    themes.prices,
    windows.window_rules,
    windows.wide_prices,
    themes.changes,
    themes.prices,
    themes.missing,
    themes.dated,
    themes.places,
    themes.closed,
    themes.variants,
    windows.drawn_rules,
    themes.other_modes,
    themes.elsewhere,
)


def trials(engine: Engine, *, seed: int = 0, most: int = 500) -> tuple[Trial, ...]:
    """
    Cases to put to a portal that applies a règlement; fewer than *most* only where there are no more.

    Each theme is drawn by itself, so that a longer run begins with the cases of a shorter one.

    Args:
        engine: The règlement made ready.
        seed: The same seed always gives the same cases.
        most: How many.

    Raises:
        ClaeRulesError: If no date is open: there is nothing to ask.
    """
    found: dict[tuple[Trial, str], Trial] = {}
    ground = Ground(engine, seed)
    if not ground.open_days:
        raise ClaeRulesError("aucune date n'est ouverte ; rien à demander à un portail")
    turns = [theme(Stage(ground, f"{theme.__name__} {rank}")) for rank, theme in enumerate(THEMES)]
    while turns and len(found) < most:
        for turn in list(turns):
            one = next(turn, None)
            if one is None:
                turns.remove(turn)
            elif len(found) < most:
                key = (replace(one, code="-", shows="-"), one.now.isoformat())
                found.setdefault(key, replace(one, code=f"{len(found) + 1:04d}"))
    return tuple(found.values())
