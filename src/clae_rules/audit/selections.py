"""What the rules of a kind of day come to: dead and forced slots, pairs, redundancies, what ticks cannot reach (S5)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from ..formulas import count
from ..windows import format_window
from .findings import Finding
from .kinds import Days, KindOfDay
from .spaces import BoxName, Group, Space

#: Pairs of one group that are told one by one: all those of 20 boxes. Past that their number is.
MOST_PAIRS: Final = 190


class SelectionAudit:
    """
    The rules of a règlement on every kind of day.

    Args:
        days: The dates and families of the règlement.
    """

    def __init__(self, days: Days) -> None:
        self.days, self.engine = days, days.engine
        self._rules = {one.code: one for one in self.engine.reglement.rules}

    def findings(self) -> Iterator[Finding]:
        """Everything found."""
        for kind in self.days.kinds:
            yield from self._never(kind)
            yield from self._forced(kind)
            for group in kind.groups:
                yield from self._pairs(kind, group)
            for space in kind.spaces.groups:
                yield from self._unreached(kind, space)
            yield from self._large(kind)
        yield from self._redundant()
        yield from self._twins()
        yield from self._mute()
        yield from self._longer()
        yield from self._overlaps()

    def _made(
        self, code: str, kind: KindOfDay | None, rules: tuple[str, ...], boxes: tuple[BoxName, ...] = (), **params: str | int
    ) -> Finding:  # fmt: skip
        sources = tuple(self.engine.reglement.source_of(self._rules[one]) for one in rules if one in self._rules)
        return Finding(
            code,
            ("", "") if kind is None else kind.texts,
            None if kind is None else kind.days[0],
            0 if kind is None else len(kind.days),
            rules,
            boxes,
            sources,
            tuple(sorted(params.items())),
            self.engine.labels,
        )

    def _never(self, kind: KindOfDay) -> Iterator[Finding]:
        """Nothing at all can be booked, or some slots never."""
        found = kind.spaces
        if found.always:
            yield self._made("rien-a-reserver", kind, found.always)
            return
        dead = [(space, i) for space in kind.groups for i in space.dead()]
        if kind.is_whole and len(dead) == sum(space.n for space in kind.groups):
            rules = dict.fromkeys(code for space, i in dead for code in space.killers(i))
            yield self._made("rien-a-reserver", kind, tuple(rules))
            return
        alive = self._alive_on(kind)
        for space, i in dead:
            box = space.boxes[i]
            whole = box not in alive
            who = ", ".join(f"{fact} = {str(value).lower()}" for fact, value in kind.values.items())
            code = "creneau-mort" if whole else "creneau-mort-pour-certains"
            yield self._made(code, kind, space.killers(i), (box,), **({} if whole else {"who": who}))

    def _alive_on(self, kind: KindOfDay) -> set[BoxName]:
        """The boxes that some family can hold on the same dates."""
        days = set(kind.days)
        return {
            space.boxes[i]
            for other in self.days.kinds
            if not days.isdisjoint(other.days)
            for space in other.groups
            for i in space.living
        }

    def _forced(self, kind: KindOfDay) -> Iterator[Finding]:
        """Slots that whoever books anything holds: only where all that can be booked is of one group."""
        living = [space for space in kind.groups if space.living]
        if len(living) != 1 or not kind.is_whole or living[0].n == 1:
            return
        (space,) = living
        for i in space.forced():
            rules = space.why_forced(i)
            yield self._made("creneau-force", kind, rules, (space.boxes[i],))

    def _pairs(self, kind: KindOfDay, space: Group) -> Iterator[Finding]:
        never = list(space.never_together())
        if len(never) > MOST_PAIRS:
            (i, j), count = never[0], len(never)
            boxes = (space.boxes[i], space.boxes[j])
            yield self._made("paires-nombreuses", kind, space.why_apart(i, j), boxes, count=count)
            never = []
        for i, j in never:
            rules = space.why_apart(i, j)
            yield self._pair("jamais-ensemble", kind, space, (i, j), rules)
        for i, j in space.always_together():
            rules = space.why_together(i, j)
            yield self._pair("toujours-ensemble", kind, space, (i, j), rules)

    def _pair(
        self, code: str, kind: KindOfDay, space: Group, pair: tuple[int, int], rules: tuple[str, ...]
    ) -> Finding:  # fmt: skip
        written = len(rules) == 1
        how, how_en = ("écrit", "written") if written else ("déduit", "derived")
        return self._made(code, kind, rules, tuple(space.boxes[i] for i in pair), how=how, how_en=how_en)

    def _unreached(self, kind: KindOfDay, space: Space) -> Iterator[Finding]:
        left = space.ok & ~space.reached()
        smallest = space.smallest(left)
        if smallest is not None:
            yield self._made("hors-d-atteinte", kind, (), smallest, count=count(left))

    def _large(self, kind: KindOfDay) -> Iterator[Finding]:
        for one in kind.spaces.large:
            code = "non-compte" if kind.is_whole else "solveur-absent"
            yield self._made(code, kind, (), one.boxes[:3], count=len(one.boxes), rules_count=len(one.rules))

    @cached_property
    def _spoken(self) -> Counter[str]:
        """On how many kinds of day each rule can be broken, or is too large to tell."""
        tied = [one.rules for kind in self.days.kinds for one in kind.spaces.groups]
        tied += [one.rules for kind in self.days.kinds for one in kind.spaces.large]
        return Counter(code for rules in tied for code in rules)

    def _redundant(self) -> Iterator[Finding]:
        """Rules that the others imply on every kind of day on which they speak."""
        implied: defaultdict[str, list[tuple[KindOfDay, tuple[str, ...]]]] = defaultdict(list)
        for kind in self.days.kinds:
            for space in kind.groups:
                for index, rules in space.redundant():
                    implied[space.rules[index]].append((kind, rules))
        twins = set(self._equal())
        for code, found in implied.items():
            kind, rules = found[0]
            sets = {one for _, one in found}
            if len(found) < self._spoken[code] or any(code in pair for pair in twins):
                continue
            shadowed = len(sets) == 1 and len(rules) == 1
            names = rules if len(sets) == 1 else tuple(dict.fromkeys(one for some in sorted(sets) for one in some))
            yield self._made("regle-masquee" if shadowed else "regle-redondante", kind, names, (), rule=code)

    def _equal(self) -> Iterator[tuple[str, str]]:
        """Pairs of rules that the same selections break on every kind of day on which either speaks."""
        together: Counter[tuple[str, str]] = Counter()
        for kind in self.days.kinds:
            for space in kind.groups:
                together.update((space.rules[i], space.rules[j]) for i, j in space.twins())
        for (one, two), times in together.items():
            if times == self._spoken[one] == self._spoken[two]:
                yield one, two

    def _twins(self) -> Iterator[Finding]:
        for one, two in self._equal():
            yield self._made("regle-doublon", None, (one, two))

    def _mute(self) -> Iterator[Finding]:
        """Rules that no selection of any kind of day can break."""
        heard: set[str] = set()
        for kind in self.days.kinds:
            heard.update(kind.spaces.always)
            if not kind.is_whole:
                heard.update(code for one in kind.spaces.large for code in one.rules)
            for space in kind.groups:
                heard.update(code for i, code in enumerate(space.rules) if space.breakable(i))
        for code in self._rules:
            if code not in heard and not self._rules[code].spans:
                yield self._made("regle-muette", None, (code,), (), rule=code)

    def _longer(self) -> Iterator[Finding]:
        """Rules over more than one date of one child, which no selection of a day can show."""
        for rule in self.engine.window_rules:
            over = format_window(rule.window)
            yield self._made("regle-sur-plusieurs-jours", None, (rule.code,), (), rule=rule.code, over=over)

    def _overlaps(self) -> Iterator[Finding]:
        """Slots whose times overlap and that may be booked together: times never create a rule (S1.8)."""
        seen: set[tuple[str, str]] = set()
        for kind in self.days.kinds:
            timed = [(code, hours) for code in kind.type.slots if (hours := self.engine.slots[code].hours)]
            for k, (one, mine) in enumerate(timed):
                for two, yours in timed[k + 1 :]:
                    shared = mine[0] < yours[1] and yours[0] < mine[1]
                    if shared and (one, two) not in seen and _together(kind, one, two):
                        seen.add((one, two))
                        times = " / ".join(self.engine.slots[code].times for code in (one, two))
                        yield self._made("chevauchement", kind, (), (BoxName(one), BoxName(two)), times=times)


def _together(kind: KindOfDay, one: str, two: str) -> bool:
    """Whether some allowed selection holds both slots; slots of different groups meet freely."""
    alive = set()
    for space in kind.groups:
        places = {box.slot: i for i, box in reversed(list(enumerate(space.boxes)))}
        mine = {places[code]: True for code in (one, two) if code in places}
        if len(mine) == 2:
            return space.completed(mine) is not None
        alive |= {code for code in (one, two) if places.get(code) in space.living}
    return alive == {one, two}
