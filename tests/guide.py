"""The guide's règlement, small règlements of four slots, and families, for the tests of the decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from clae_rules import Desk, Engine, Facts, engine_from_text

PARIS: Final = ZoneInfo("Europe/Paris")
GUIDE: Final = Path(__file__).parents[1].joinpath("examples/cluses/reglement.toml").read_text("utf-8")

SMALL: Final = """
format = 1
[reglement]
code = "petit"
nom = "Petit règlement d'essai"
fuseau = "Europe/Paris"
[jours]
du = 2025-08-01
au = 2026-08-31
feries = [2025-11-11]
hypothese = "essai"
[jours.vacances]
ete-2025 = { du = 2025-08-01, au = 2025-08-31 }
toussaint = { du = 2025-10-18, au = 2025-11-02 }
ete-2026 = { du = 2026-07-04, au = 2026-08-31 }
[faits]
niveau = ["petit", "grand"]
[etablissement.ecole]
nom = "ÉCOLE"
jours_ecole = ["lundi", "mardi", "jeudi", "vendredi"]
hypothese = "essai"
[mode.jour]
nom = "JOUR"
etablissement = "ecole"
hypothese = "essai"
offre = [
  { code = "a", nom = "A" }, { code = "b", nom = "B" }, { code = "c", nom = "C" }, { code = "d", nom = "D" },
]
[periode.annee]
nom = "Année"
mode = "jour"
du = 2025-09-01
au = 2026-07-03
quand.jour = ["lundi", "mardi", "jeudi", "vendredi"]
quand.type = "ordinaire"
hypothese = "essai"
"""
OPEN: Final = """
[delai.general]
hypothese = "essai"
reserver = "1 jour calendaire avant la date, avant 12:00"
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "rien" }]
"""
PRICED: Final = """
[tarif.unique]
creneaux = "jour"
par = "creneau"
prix = 1.00
hypothese = "essai"
"""


@lru_cache(maxsize=64)
def guide(*changes: tuple[str, str], more: str = "") -> Engine:
    """The guide's règlement with some of its text replaced, and more text behind."""
    text = GUIDE
    for old, new in changes:
        assert old in text, f"the guide's règlement does not say {old!r}"
        text = text.replace(old, new)
    return engine_from_text(text + more)


@lru_cache(maxsize=256)
def small(*parts: str, delays: str = OPEN, prices: str = PRICED) -> Engine:
    """Four slots a, b, c, d of one mode, each weekday but Wednesday, with the sections given."""
    return engine_from_text(SMALL + delays + prices + "".join(f"\n{one}\n" for one in parts))


def martin(engine: Engine | None = None, **facts: str) -> Desk:
    """A child of the guide, his household's dossier and his own complete unless said."""
    return Desk(
        engine or guide(), Facts.of(**{"dossier_foyer": "valide", "dossier_enfant": "complet"} | facts), "martin"
    )


def lou(*parts: str, delays: str = OPEN, prices: str = PRICED, **facts: str) -> Desk:
    """A child of a small règlement."""
    return Desk(small(*parts, delays=delays, prices=prices), Facts.of(**facts), "lou")


def at(text: str) -> datetime:
    """An instant in Paris, from « 2021-09-01 09:00 »."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def subsets(slots: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every subset, the empty one first."""
    return (one for n in range(len(slots) + 1) for one in combinations(slots, n))
