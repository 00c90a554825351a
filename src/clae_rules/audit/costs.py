"""Prices under two règlements: everything that both allow to be held, for every family that either tells apart (S10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from ..counters import Counter
from ..daytype import DayType
from ..engine import Engine, OpenDay
from ..errors import Lang
from ..facts import FactKind, Facts, Value
from ..modifiers import Modifier
from ..money import euros
from ..pricing import price_day
from ..shapes import plain_number
from ..slots import Held, Selection
from ..soundness_cases import Values
from ..tariffs import Tariff
from ..variants import Variant
from ..windows import Window
from .joint import Case, Joint, calendar
from .sold import MOST_SETS, late_slots, measured, reaching, sold_together

#: What is held, and what each asks for it.
_Priced = tuple[Selection, int | None, int | None]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """
    Slots that do not cost the same, held together on one date.

    Args:
        slots: The slots, in display order.
        variant: In time, or late.
        old_cents: What the first règlement asks; None where it knows no price.
        new_cents: What the second one asks.
        days: The dates, ascending.
        families: How many kinds of family, as either tells them apart.
        values: One of them.
        labels: Slot code to short label.
    """

    slots: tuple[str, ...]
    variant: Variant
    old_cents: int | None
    new_cents: int | None
    days: tuple[date, ...]
    families: int
    values: tuple[tuple[str, Value], ...]
    labels: tuple[str, ...] = field(default=(), compare=False)

    def plain(self) -> dict[str, Any]:
        """The same as JSON types."""
        return {
            "creneaux": list(self.slots),
            "variante": self.variant.value,
            "avant_cents": self.old_cents,
            "apres_cents": self.new_cents,
            "dates": [day.isoformat() for day in self.days],
            "familles": self.families,
            "par_exemple": {fact: _word(value) for fact, value in self.values},
        }

    def text(self, lang: Lang = "fr") -> str:
        """The change in one sentence, with a family that it touches."""
        english = lang == "en"
        unknown = ("prix inconnu", "price unknown")[english]
        old, new = (unknown if cents is None else euros(cents) for cents in (self.old_cents, self.new_cents))
        late = (" hors délai", " late")[english] if self.variant is Variant.HORS_DELAI else ""
        who = ", ".join(f"{fact} = {_word(value)}" for fact, value in self.values)
        what = " + ".join(f"« {label} »" for label in self.labels)
        where = f"{len(self.days)} date{'s' if len(self.days) > 1 else ''}"
        return f"{what}{late}{':' if english else ' :'} {old} → {new} ({where}{f' ; {who}' if who else ''})"


def price_changes(joint: Joint) -> tuple[tuple[PriceChange, ...], tuple[tuple[str, ...], ...]]:
    """
    Every price that differs, and the slots sold together in too many ways to be looked at in full.

    Slots sold together are priced all in time, and all late where all may be; an effort rate is looked at on each of
    its pieces, at both ends and in between.
    """
    search = _Prices(joint)
    for part in sold_together(joint.engines, joint.order):
        search.look(part)
    return search.changes(), tuple(sorted(search.partly))


class _Prices:
    """The prices that differ, while they are being looked for."""

    def __init__(self, joint: Joint) -> None:
        self.joint = joint
        self.partly: set[tuple[str, ...]] = set()
        self._late = [late_slots(engine) for engine in joint.engines]
        self._ways: dict[tuple[DayType, frozenset[str]], frozenset[frozenset[str]] | None] = {}
        self._found: defaultdict[_Priced, list[tuple[Case, Values]]] = defaultdict(list)

    def look(self, part: frozenset[str]) -> None:
        """Compare the prices of slots whose price depends on nothing held besides."""
        joint = self.joint
        wheres = [reaching(engine, part) for engine in joint.engines]
        if wheres[0] == wheres[1] and _besides(joint.engines[0], part) == _besides(joint.engines[1], part):
            return
        whos = [who for engine in joint.engines for who in measured(engine, part)]
        for dates in joint.dates((wheres[0], wheres[1])):
            for values in joint.families(dates, (wheres[0], wheres[1]), whos):
                case = joint.case(dates, values)
                for selection in self._held(case, part):
                    old, new = self.cents(case, selection)
                    if old != new:
                        self._found[selection, old, new].append((case, values))

    def cents(self, case: Case, selection: Selection) -> tuple[int | None, int | None]:
        """What a selection costs under both."""
        old, new = self.joint.engines
        return _cents(old, case.dates.old, case.values, selection), _cents(new, case.dates.new, case.values, selection)

    def _held(self, case: Case, part: frozenset[str]) -> Iterator[Selection]:
        """What both allow to be held of a part, all in time, then all late where all may be."""
        ways = [self._within(kind, part) for kind in (case.old, case.new)]
        rank = {code: i for i, code in enumerate(self.joint.order)}
        if ways[0] is None or ways[1] is None:
            shared = [frozenset((code,)) for code in part if code in case.old.bits and code in case.new.bits]
            self.partly.add(tuple(sorted(part, key=rank.__getitem__)))
        else:
            shared = list(ways[0] & ways[1])
        chosen = sorted(filter(None, shared), key=lambda one: (len(one), sorted(rank[code] for code in one)))
        if len(chosen) > MOST_SETS:
            self.partly.add(tuple(sorted(part, key=rank.__getitem__)))
        for one in chosen[:MOST_SETS]:
            yield Selection(tuple(Held(code) for code in one))
            if one <= self._late[0] & self._late[1]:
                yield Selection(tuple(Held(code, Variant.HORS_DELAI) for code in one))

    def _within(self, kind: DayType, part: frozenset[str]) -> frozenset[frozenset[str]] | None:
        """Every set of slots of a part that some allowed selection holds exactly; None where too large to tell."""
        if (kind, part) not in self._ways:
            found = kind.allowed_within(part)
            self._ways[kind, part] = None if found is None else frozenset(found)
        return self._ways[kind, part]

    def changes(self) -> tuple[PriceChange, ...]:
        """Everything found, in display order."""
        rank, labels = {code: i for i, code in enumerate(self.joint.order)}, self.joint.labels
        found = []
        for (selection, old, new), cases in self._found.items():
            slots = tuple(sorted(selection.slots, key=rank.__getitem__))
            days = tuple(sorted({day for case, _ in cases for day in case.dates.days}))
            families = {tuple(values.items()) for _, values in cases}
            found.append(
                PriceChange(
                    slots, selection.held[0].variant, old, new, days, len(families), tuple(cases[0][1].items()),
                    tuple(labels[code] for code in slots),
                )
            )  # fmt: skip
        late = Variant.HORS_DELAI
        return tuple(
            sorted(found, key=lambda one: (len(one.slots), [rank[x] for x in one.slots], one.variant is late, one.days))
        )


def spanning(engine: Engine) -> frozenset[str]:
    """The codes of the prices over more than a date of one child, or counted over it: they are not compared here."""
    one = engine.reglement
    items: tuple[Tariff | Modifier | Counter, ...] = (*one.tariffs, *one.modifiers, *one.counters)
    return frozenset(item.code for item in items if isinstance(item.per, Window))


def all_prices(engine: Engine) -> object:
    """All that prices depend on."""
    one = engine.reglement
    return one.tariffs, one.modifiers, one.counters, one.grids, one.formules, one.price_order, calendar(engine)


def _cents(engine: Engine, opened: OpenDay, values: Values, selection: Selection) -> int | None:
    """What a selection costs one family on one date; the one place that asks for a price."""
    given = {fact: value for fact, value in values.items() if fact in engine.prices.facts}
    told = {fact: value for fact, value in given.items() if fact in engine.facts}
    told = {fact: value for fact, value in told.items() if engine.facts[fact].kind is not FactKind.AGE}
    return price_day(
        engine.prices, opened.facts, opened.codes, Facts.from_mapping(told), given.get, selection
    ).total_cents


def _besides(engine: Engine, part: frozenset[str]) -> object:
    """All that the prices of a part depend on, beside its own tariffs and modifiers."""
    one = engine.reglement
    hours = [slot and slot.hours for slot in (engine.slots.get(code) for code in sorted(part))]
    return one.grids, one.formules, one.price_order, engine.places.slots, calendar(engine), hours


def _word(value: Value) -> str:
    return str(plain_number(value) if isinstance(value, Fraction) else value).lower()
