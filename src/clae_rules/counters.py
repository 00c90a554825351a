"""Counters: how many slots, days or children there are in a stretch; prices read them as if they were facts (S10.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from .described import Key
from .errors import Fault, raise_all
from .selectors import Where
from .shapes import Choice, Flag, Slug
from .slots import HYPOTHESE, SOURCE
from .windows import WINDOW, Unit, Window


class Counted(Enum):
    """What a counter counts."""

    SLOTS = "créneaux"
    DAYS = "jours"
    DATES = "dates"
    CHILDREN = "enfants"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Where):
    """
    A number that the planning gives: children present that day, days held that week, which Wednesday of the month.

    Args:
        counts: Each slot of each date, each date of a child, each date of a household, or each child.
        per: The stretch, and of whom.
        rank: Counts up to the date in hand, it included, instead of the whole stretch.

    Raises:
        InvalidValueError: If a rank has no order, or children are counted of one child.
    """

    code: Annotated[str, Key("", Slug(), "")]
    counts: Annotated[
        Counted,
        Key("compte", Choice(tuple((one.value, one) for one in Counted)), "Ce que l'on compte.", '"enfants"'),
    ]
    per: Annotated[Window, Key("par", WINDOW, "La fenêtre où l'on compte, et de qui.", '"jour du foyer"')]
    rank: Annotated[
        bool, Key("rang", Flag(), "On compte jusqu'à la date du prix, comprise : le combientième.", "true")
    ] = False
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    def _faults(self) -> Iterator[Fault]:
        if self.counts is Counted.CHILDREN and not self.per.household:
            fr = 'des enfants se comptent au foyer ; écrivez par = "jour du foyer"'
            yield Fault(("counts",), fr, "children are counted of a household; write par = « jour du foyer »")
        if not self.rank:
            return
        if self.counts in {Counted.SLOTS, Counted.CHILDREN}:
            fr = "le rang est celui d'une date : compte = « jours » ou « dates » ; celui d'un créneau s'écrit unites"
            fr = f"{fr} dans [modification], celui d'un enfant est un fait"
            en = "the rank is that of a date: « jours » or « dates »; that of a slot is unites, that of a child a fact"
            yield Fault(("rank",), fr, en)
        elif self.counts is Counted.DAYS and self.per.household:
            fr = "les jours de plusieurs enfants n'ont pas d'ordre publié ; écrivez compte = « dates »"
            yield Fault(("rank",), fr, "days of several children have no published order; write compte = « dates »")
        if self.per.unit is Unit.DAY:
            fr = "le rang d'une date dans un jour est toujours 1 ; écrivez une fenêtre plus longue"
            yield Fault(("rank",), fr, "the rank of a date in one day is always 1; write a longer window")
