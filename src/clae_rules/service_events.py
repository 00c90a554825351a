"""What a règlement says of an event that cancels for everybody: strike, absent teacher, outing, weather (S6.9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from .described import Key, ListOf
from .dues import DUE, Due
from .selectors import Where
from .shapes import Slug, Text
from .slots import HYPOTHESE, SOURCE

#: Shape of the motives of an event.
MOTIVES: Final = ListOf(Text(80), single=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Where):
    """
    What stays due of what an event cancels, by its motive (S6.9).

    Source: « non facturé si : grève » (Le Crès); « fermetures (grève, alerte cyclonique) déduites » (Saint-Leu).
    """

    code: Annotated[str, Key("", Slug(), "")]
    motives: Annotated[tuple[str, ...], Key("motif", MOTIVES, "Les motifs, tels qu'on les écrit.", '["grève"]')]
    due: Annotated[Due, Key("a_payer", DUE, "Ce qui reste dû de ce qui est annulé.", '"rien"')]
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""
