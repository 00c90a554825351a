"""
Price anomalies: late that costs less, a price that falls as means rise, a step larger than one asked about (S10, S13.1).

Families that differ in nothing but one number, or one numbered word, are priced along it, for everything that the
rules let be held; what a price of a stretch asks for one date of it is looked at too, the total of a stretch is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from ..cells import conditions
from ..charges import Charge
from ..daytype import DayType
from ..engine import Engine, OpenDay
from ..facts import FactKind, Facts, Value
from ..grids import Grid
from ..money import euros
from ..price_rules import compared
from ..pricing import DayPricing
from ..selectors import Where, Who
from ..shapes import plain_number
from ..slots import Held, Selection
from ..soundness_cases import Values, dates_of, situations
from ..soundness_windows import Possible
from ..unit_prices import Scene, UnknownPriceError
from ..variants import Variant
from .findings import Finding
from .kinds import Days, KindOfDay
from .scales import Scale, scales
from .sold import MOST_SETS, late_slots, measured, reaching, sold_together
from .spaces import BoxName

#: What is sold, as (tariff, item).
Items = frozenset[tuple[str, str]]


class Cost(NamedTuple):
    """
    What a selection costs.

    Args:
        cents: Euro cents.
        charges: What for.
    """

    cents: int
    charges: tuple[Charge, ...]

    @property
    def items(self) -> Items:
        """What is sold."""
        return frozenset((one.tariff, one.item) for one in self.charges)

    def bracket(self, fact: str) -> str:
        """The bracket in which a measure was read; empty where none was, or more than one."""
        found = {
            str(dict(step.params)["bracket"])
            for one in self.charges
            for step in one.derivation
            if step.code == "tranche" and dict(step.params)["measure"] == fact
        }
        return found.pop() if len(found) == 1 else ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Where each step of it comes from."""
        return tuple(dict.fromkeys(step.source for one in self.charges for step in one.derivation if step.source))


@dataclass
class Case:
    """
    Families that prices tell apart by nothing but one scale, on dates alike.

    Args:
        opened: The first of the dates.
        values: Their facts, the scale's left out.
        scale: Their scale.
        kinds: The kind of day that each of its points meets.
        days: The dates.
    """

    opened: OpenDay
    values: Values
    scale: Scale
    kinds: tuple[DayType, ...]
    days: set[date] = field(default_factory=set)


class Anomaly(NamedTuple):
    """
    One anomaly of one case.

    Args:
        code: Its kind.
        case: Where it is met.
        held: What is held.
        points: The two points of the scale that it compares.
        costs: What each asks.
    """

    code: str
    case: Case
    held: Selection
    points: tuple[int, int]
    costs: tuple[Cost, Cost]

    @property
    def size(self) -> int:
        """How far it goes."""
        return abs(self.costs[0].cents - self.costs[1].cents)

    @property
    def ends(self) -> tuple[str, str]:
        """The two points in words."""
        scale = self.case.scale
        low, high = (
            scale.said(index, cost.bracket(scale.fact))
            for index, cost in zip(self.points, self.costs, strict=True)
        )  # fmt: skip
        if low != high:
            return low, high
        return scale.said(self.points[0], ""), scale.said(self.points[1], "")

    @property
    def key(self) -> object:
        """All that makes it another one than that of other families, dates or sets of slots."""
        items = self.costs[0].items | self.costs[1].items
        if self.code == "hors-delai-moins-cher":
            return self.code, items
        variants = frozenset(one.variant for one in self.held)
        return self.code, items, variants, self.case.scale.fact, self.ends


class PriceAudit:
    """
    The price anomalies of a règlement, each once, with the family for whom it is the largest.

    Args:
        days: The dates and families of the règlement.
        step_cents: Euro cents; a price that rises by more at once is told. None asks nothing.
    """

    def __init__(self, days: Days, step_cents: int | None = None) -> None:
        self.days, self.engine, self.step_cents = days, days.engine, step_cents
        self._late, self._possible = late_slots(self.engine), Possible(self.engine)
        self._rank = {code: i for i, code in enumerate(self.engine.order)}
        self._found: dict[object, Anomaly] = {}
        self._dates: defaultdict[object, set[date]] = defaultdict(set)
        self._partly: dict[frozenset[str], None] = {}
        self._ways: dict[tuple[DayType, frozenset[str]], frozenset[frozenset[str]]] = {}

    def findings(self) -> Iterator[Finding]:
        """Everything found, and what was not looked at in full."""
        for part in sold_together((self.engine,), self.engine.order):
            for case in self._cases(part):
                self._look(case, part)
        for key, one in self._found.items():
            yield self._told(one, self._dates[key])
        for part in self._partly:
            names = ", ".join(f"« {self.engine.labels[code]} »" for code in sorted(part, key=self._rank.__getitem__))
            fr = f"{names} : trop de combinaisons pour regarder le prix de chacune ; les {MOST_SETS} premières le sont"
            en = f"{names}: too many combinations to look at the price of each; the first {MOST_SETS} are"
            yield Finding("trop-de-cas", params=(("what", fr), ("what_en", en)))

    def _cases(self, part: frozenset[str]) -> Iterator[Case]:
        """Everything that the prices of a part, and what the rules let be held of it, tell apart."""
        engine = self.engine
        found = reaching(engine, part)
        read = {code for one in found for code in compared(one)}
        wheres: Sequence[Where] = (*found, *(one for one in engine.prices.counters if one.code in read))
        whos = [*(who for one in wheres for who in conditions(one)), *measured(engine, part)]
        whens = [when for one in wheres for when in dates_of(one)]
        cases: dict[object, Case] = {}
        for situation in situations(engine, self.days.opened, [*engine.reglement.rules, *wheres]):
            opened = situation.opened
            if part & opened.slots.keys():
                dated = tuple(engine.on(when, opened) for when in whens)
                for scale in scales(engine, whos, part):
                    for values, kinds in self._families(opened, whos, scale):
                        key = (opened.codes, dated, scale, tuple(values.items()), kinds)
                        case = cases.setdefault(key, Case(opened, values, scale, kinds))
                        case.days.update(situation.days)
        return iter(cases.values())

    def _families(
        self, opened: OpenDay, whos: Sequence[Who], scale: Scale
    ) -> Iterator[tuple[dict[str, Value], tuple[DayType, ...]]]:
        """The facts that prices read, for each family that they or the rules tell apart but by the scale."""
        read = {fact for who in whos for fact, _ in who}
        for values in self.days.families(opened, whos, scale.fact):
            kinds = [self.days.kind(opened, {**values, **scale.at(i)}) for i in range(len(scale.points))]
            yield {fact: value for fact, value in values.items() if fact in read}, tuple(kinds)

    def _look(self, case: Case, part: frozenset[str]) -> None:
        """Price all that may be held along the scale, the smallest sets first: what they explain is told of them."""
        seen: defaultdict[object, list[Items]] = defaultdict(list)
        for held in self._held(case, part):
            normal = self._costs(case, part, held, Variant.NORMAL)
            found = list(self._along(case, held, Variant.NORMAL, normal))
            if held <= self._late:
                late = self._costs(case, part, held, Variant.HORS_DELAI)
                found += self._cheaper(case, held, normal, late)
                places = {(one.code, one.points) for one in found}
                along = self._along(case, held, Variant.HORS_DELAI, late)
                found += [one for one in along if (one.code, one.points) not in places]
            for one in found:
                items, place = one.costs[0].items | one.costs[1].items, (one.code, one.points)
                if not any(smaller < items for smaller in seen[place]):
                    seen[place].append(items)
                    self._keep(one)

    def _keep(self, one: Anomaly) -> None:
        self._dates[one.key].update(one.case.days)
        known = self._found.get(one.key)
        if known is None or one.size > known.size:
            self._found[one.key] = one

    def _held(self, case: Case, part: frozenset[str]) -> Sequence[frozenset[str]]:
        """Every set of slots of a part that some point of the scale may hold."""
        found = frozenset[frozenset[str]]().union(*(self._within(kind, part) for kind in dict.fromkeys(case.kinds)))
        if len(found) > MOST_SETS:
            self._partly[part] = None
        return sorted(found, key=lambda one: (len(one), sorted(map(self._rank.__getitem__, one))))[:MOST_SETS]

    def _within(self, kind: DayType, part: frozenset[str]) -> frozenset[frozenset[str]]:
        """Every set of slots of a part that some allowed selection holds exactly; each alone where too large to tell."""
        if (kind, part) not in self._ways:
            found = kind.allowed_within(part)
            if found is None:
                self._partly[part] = None
                found = [frozenset((code,)) for code in kind.slots if code in part]
            self._ways[kind, part] = frozenset(filter(None, found))
        return self._ways[kind, part]

    def _costs(self, case: Case, part: frozenset[str], held: frozenset[str], variant: Variant) -> list[Cost | None]:
        """What some slots cost at each point; None where they cannot be held there, or no price is known."""
        selection = Selection(tuple(Held(code, variant) for code in held))
        most = self._possible.most((case.opened.facts.day,))
        found: list[Cost | None] = []
        for i, kind in enumerate(case.kinds):
            values = {**case.values, **case.scale.at(i)}
            allowed = held in self._within(kind, part)
            possible = allowed and self._possible.can_be(case.opened, values, selection.held, most)
            found.append(cost(self.engine, case.opened, values, selection) if possible else None)
        return found

    def _cheaper(
        self, case: Case, held: frozenset[str], normal: Sequence[Cost | None], late: Sequence[Cost | None]
    ) -> Iterator[Anomaly]:
        """Where late costs less than in time."""
        selection = Selection(tuple(Held(code) for code in held))
        for i, (one, two) in enumerate(zip(late, normal, strict=True)):
            if one is not None and two is not None and one.cents < two.cents:
                yield Anomaly("hors-delai-moins-cher", case, selection, (i, i), (one, two))

    def _along(
        self, case: Case, held: frozenset[str], variant: Variant, costs: Sequence[Cost | None]
    ) -> Iterator[Anomaly]:
        """Where a price falls along the scale, and where it rises by more than the step asked about."""
        scale, selection = case.scale, Selection(tuple(Held(code, variant) for code in held))
        known = self._given(scale, [(i, one) for i, one in enumerate(costs[: scale.ordered]) if one is not None])
        if not known:
            return
        rise = known[-1][1].cents - known[0][1].cents
        if not scale.rising and rise < 0:
            known.reverse()
        if scale.means and (scale.rising or rise):
            for low, high in falls(known):
                yield Anomaly("prix-decroissant", case, selection, (low[0], high[0]), (low[1], high[1]))
        for low, high in pairwise(known) if self.step_cents is not None else ():
            points = low[0], high[0]
            if high[1].cents - low[1].cents > (self.step_cents or 0) and scale.adjoin(min(points), max(points)):
                yield Anomaly("saut-de-prix", case, selection, points, (low[1], high[1]))

    def _given(self, scale: Scale, known: list[tuple[int, Cost]]) -> list[tuple[int, Cost]]:
        """
        The points of families who gave their measure.

        A first bracket that is also that of a measure not known, or holds 0 alone, and that nothing exceeds, is the
        price of who gives nothing: it is no part of the scale.
        """
        aside = {code for grid in self.engine.prices.grids if grid.measure == scale.fact for code in ungiven(grid)}
        most = max((one.cents for _, one in known), default=0)
        while known and known[0][1].cents == most and known[0][1].bracket(scale.fact) in aside:
            known = known[1:]
        return known

    def _told(self, one: Anomaly, days: Collection[date]) -> Finding:
        case, labels, modes = one.case, self.engine.labels, self.engine.modes
        low, high = one.costs
        slots = sorted(one.held.slots, key=self._rank.__getitem__)
        boxes = tuple(BoxName(slot, one.held.held[0].variant) for slot in slots)
        kind = KindOfDay(
            case.kinds[one.points[0]],
            tuple(sorted(days)),
            {},
            tuple(dict.fromkeys(modes[slot].label for slot in slots)),
        )
        values = dict(case.values)
        params: dict[str, str | int] = {"low": euros(low.cents), "high": euros(high.cents)}
        if one.code == "hors-delai-moins-cher":
            values |= case.scale.at(one.points[0])
            params = {"late": euros(low.cents), "normal": euros(high.cents)}
        else:
            params["below"], params["above"] = one.ends
            params |= {"fact": case.scale.fact, "from": self._word(one, 0), "to": self._word(one, 1)}
        if one.code == "saut-de-prix":
            params["step"] = euros(self.step_cents or 0)
        who = ", ".join(f"{fact} = {word(value)}" for fact, value in sorted(values.items()))
        params |= {"who": who or "toutes les familles", "who_en": who or "every family"}
        sources = tuple(dict.fromkeys((*low.sources, *high.sources)))
        return Finding(
            one.code,
            kind.texts,
            kind.days[0],
            len(kind.days),
            (),
            boxes,
            sources,
            tuple(sorted(params.items())),
            labels,
        )

    @staticmethod
    def _word(one: Anomaly, end: int) -> str:
        return word(one.case.scale.points[one.points[end]])


def cost(engine: Engine, opened: OpenDay, values: Values, selection: Selection) -> Cost | None:
    """What a selection costs one family on one date, what it asks of a stretch included; None where it is not known."""
    kinds = engine.prices.facts
    counts = {
        fact: value
        for fact, value in values.items()
        if kinds[fact].kind is FactKind.COUNT and isinstance(value, Fraction)
    }
    told = {fact: value for fact, value in values.items() if kinds[fact].kind not in {FactKind.AGE, FactKind.COUNT}}
    facts = Facts.from_mapping(told)
    scene = Scene(opened.facts, opened.codes, selection.slots, facts, values.get, counts)
    pricing = DayPricing(engine.prices, scene, selection)
    sales, unpriced = pricing.sold()
    if unpriced:
        return None
    try:
        charges = tuple(pricing.charge(sale) for sale in sales)
    except UnknownPriceError:
        return None
    return Cost(sum(one.amount_cents for one in charges), charges)


def ungiven(grid: Grid) -> Iterator[str]:
    """The brackets of a grid that can stand for a measure that is not given."""
    yield from (one.bracket for one in (grid.missing, grid.expired, grid.not_yet) if one is not None)
    yield from (code for code, bound in grid.brackets if bound.low == bound.high == 0)


def falls(known: Sequence[tuple[int, Cost]]) -> Iterator[tuple[tuple[int, Cost], tuple[int, Cost]]]:
    """Each stretch of points along which prices fall without rising in between: its first and its last."""
    start = end = None
    for low, high in pairwise(known):
        if high[1].cents < low[1].cents:
            start, end = start or low, high
        elif high[1].cents > low[1].cents and start is not None and end is not None:
            yield start, end
            start = end = None
    if start is not None and end is not None:
        yield start, end


def word(value: Value) -> str:
    """A fact's value as a file writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(plain_number(value)) if isinstance(value, Fraction) else value
