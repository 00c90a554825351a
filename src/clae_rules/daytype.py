"""
One kind of day: which slots are open and which rules speak, compiled once, shared by every date like it.

With `formulas`, the only place that sees bits: variable i is the i-th open slot; a slot of which some rule
narrows itself to one variant has a second variable. Everything else speaks in slots and rules.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from .constraints import Rule
from .formulas import (
    FALSE,
    TRUE,
    Formula,
    all_of,
    any_of,
    causes,
    components,
    holds,
    minimal_flips,
    models,
    negate,
    substitute,
    table,
    variables,
)
from .reglement import Reglement
from .selectors import Answer, Where
from .variants import Variant

#: States looked at when searching repairs of one date; past that the answer says that it was cut.
MOST_STATES: Final = 20_000
#: S13.1: connected components of up to this many variables are counted exactly.
MOST_VARIABLES: Final = 20


@dataclass(frozen=True, slots=True)
class Speaking:
    """
    A rule that speaks on a kind of day.

    Args:
        rule: The rule.
        subject: The slots of which it may be said that day, in display order.
        certain: Those of which it is said whatever the missing facts are (S1.5).
        exceptions: Exceptions that hold for a slot of the subject while it is held in a variant, or with a formule.
    """

    rule: Rule
    subject: tuple[str, ...]
    certain: tuple[str, ...]
    exceptions: tuple[tuple[str, Where], ...] = ()

    @classmethod
    def of(cls, rule: Rule, slots: Iterable[str], applies: Callable[[Where, str], Answer]) -> Speaking | None:
        """
        What a rule says of some open slots; None where it is said of none.

        Args:
            slots: The open slots that the rule names, in display order.
            applies: Whether a selector holds a slot that day for the child; what is held left aside.
        """
        answers: dict[str, Answer] = {}
        exceptions: list[tuple[str, Where]] = []
        for slot in slots:
            answer = applies(rule, slot)
            for one in rule.unless if answer is not False else ():
                met = applies(one, slot) if one.is_conditional else False
                exceptions += [(slot, one)] if met else []
                answer = None if met is None else answer
            if answer is not False:
                answers[slot] = answer
        certain = tuple(slot for slot, answer in answers.items() if answer)
        return cls(rule, tuple(answers), certain, tuple(exceptions)) if answers else None


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule broken by one selection, with the slots that its formula blames (S1.4)."""

    speaking: Speaking
    sure: bool
    present: tuple[str, ...]
    missing: tuple[str, ...]
    unavailable: tuple[str, ...]


class _Words:
    """What rules say themselves with on one kind of day."""

    def __init__(
        self,
        bits: Mapping[str, int],
        late: Mapping[str, int],
        words: Mapping[str, tuple[frozenset[str], ...]],
        order: tuple[str, ...],
        expand: Mapping[str, frozenset[str]],
    ) -> None:
        self._bits, self._late, self._formules, self._order, self._expand = bits, late, words, order, expand
        self.exceptions: tuple[tuple[str, Where], ...] = ()

    def slot(self, code: str, variants: tuple[Variant, ...] = ()) -> Formula:
        bit = self._bits.get(code)
        if bit is None:
            return FALSE
        if len(set(variants)) != 1:
            return bit
        return all_of(bit, self._late[code] if variants[0] is Variant.HORS_DELAI else ~self._late[code])

    def said(self, spot: Hashable, variants: tuple[Variant, ...] = ()) -> Formula:
        code = self.code(spot)
        excepted = (self._excepted(code, one) for slot, one in self.exceptions if slot == code)
        return all_of(self.slot(code, variants), *(negate(one) for one in excepted))

    def code(self, spot: Hashable) -> str:
        return str(spot)

    def groups(self, spots: Iterable[Hashable], *, by_date: bool = False) -> tuple[tuple[Hashable, ...], ...]:
        del by_date
        whole = tuple(spots)
        return (whole,) if whole else ()

    def _excepted(self, code: str, where: Where) -> Formula:
        formules = any_of(*(self.formule(one) for one in where.formules)) if where.formules else TRUE
        return all_of(self.slot(code, where.variants), formules)

    def ensembles(self, code: str) -> tuple[frozenset[str], ...]:
        return self._formules[code]

    def formule(self, code: str, spots: tuple[Hashable, ...] = ()) -> Formula:
        del spots
        return any_of(*(all_of(*(self.slot(one) for one in self.expand(chosen))) for chosen in self._formules[code]))

    def expand(self, codes: Iterable[str]) -> tuple[str, ...]:
        chosen = frozenset[str]().union(*(self._expand[code] for code in codes))
        return tuple(code for code in self._order if code in chosen)


class DayType:
    """
    The open slots of a kind of day and the rules that speak on it, with all that follows memoised.

    Args:
        reglement: The règlement, for its formules and groups.
        order: Every slot code of the règlement, in display order.
        slots: The open ones, in display order.
        rules: The rules of one date that speak.
        spans: The rules over windows that speak of it among other dates.
    """

    def __init__(
        self,
        reglement: Reglement,
        order: tuple[str, ...],
        slots: tuple[str, ...],
        rules: tuple[Speaking, ...],
        spans: tuple[Speaking, ...] = (),
    ) -> None:
        self.slots = slots
        self.rules = rules
        self.spans = {one.rule.code: one for one in spans}
        self.bits = {code: i for i, code in enumerate(slots)}
        every = (*rules, *spans)
        narrowed = {code for one in every if len(set(one.rule.variants)) == 1 for code in one.subject}
        narrowed |= {code for one in every for code, where in one.exceptions if len(set(where.variants)) == 1}
        late = [code for code in slots if code in narrowed]
        self.late = {code: len(slots) + i for i, code in enumerate(late)}
        self.variables = len(slots) + len(late)
        formules = {one.code: one.ensembles for one in reglement.formules}
        self._words = _Words(self.bits, self.late, formules, order, reglement.places().slots)
        #: For each rule: its violation if it is said of all it may be said of, and of what is certain only.
        self._formulas = tuple(self._violation(one, one.subject, one.exceptions) for one in rules)
        self._certain = tuple(
            whole if one.certain == one.subject else self._violation(one, one.certain, one.exceptions)
            for one, whole in zip(rules, self._formulas, strict=True)
        )
        #: What tells the slots at fault: an exception that fails is no missing slot.
        self._cores = tuple(
            self._violation(one, one.subject, ()) if one.exceptions else whole
            for one, whole in zip(rules, self._formulas, strict=True)
        )
        #: Which variables each rule over windows reads on such a date.
        self.reads = {one.rule.code: self._read_by(one) for one in spans}
        self._broken: dict[tuple[int, int], Broken | None] = {}
        self._verdicts: dict[int, tuple[Broken, ...]] = {}

    def _violation(self, one: Speaking, subject: tuple[str, ...], exceptions: tuple[tuple[str, Where], ...]) -> Formula:
        words, rule = self._words, one.rule
        if not subject:
            return FALSE
        words.exceptions = exceptions
        parts = [rule.violated(subject, words)]
        if rule.formules:
            parts.append(any_of(*(words.formule(code) for code in rule.formules)))
        words.exceptions = ()
        return all_of(*parts)

    def said(self, one: Speaking, slot: str, *, exceptions: bool = True) -> Formula:
        """That a slot is held as a rule over windows says it: in its variants, with its formules, not excepted."""
        words, rule = self._words, one.rule
        words.exceptions = one.exceptions if exceptions else ()
        held = words.said(slot, rule.variants)
        words.exceptions = ()
        return all_of(held, any_of(*map(words.formule, rule.formules))) if rule.formules else held

    def formule(self, code: str) -> Formula:
        """That a formule is held whole."""
        return self._words.formule(code)

    def expand(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The slots that codes stand for, in display order."""
        return self._words.expand(codes)

    @property
    def violations(self) -> tuple[tuple[str, Formula, Formula], ...]:
        """The violation of each rule of one date, by code: said of all it may be said of, and of what is certain."""
        codes = (one.rule.code for one in self.rules)
        return tuple(zip(codes, self._formulas, self._certain, strict=True))

    def _read_by(self, one: Speaking) -> int:
        named = [self.said(one, slot) for slot in one.subject]
        named += map(self.formule, one.rule.counted_formules())
        return sum(1 << bit for bit in frozenset[int]().union(*map(variables, named)))

    def mask(self, held: Mapping[str, Variant]) -> int:
        """The state that some held slots stand for; slots that are not open that day are left out."""
        state = 0
        for code, variant in held.items():
            bit = self.bits.get(code)
            if bit is not None:
                state |= 1 << bit
                if variant is Variant.HORS_DELAI and code in self.late:
                    state |= 1 << self.late[code]
        return state

    def broken(self, held: Mapping[str, Variant]) -> tuple[Broken, ...]:
        """Every rule that a selection breaks, in an order that does not depend on the order of the rules."""
        state = self.mask(held)
        found = self._verdicts.get(state)
        if found is None:
            each = (self._one(i, state) for i in range(len(self.rules)))
            found = tuple(sorted((one for one in each if one is not None), key=lambda one: one.speaking.rule.code))
            if len(self._verdicts) >= 4096:
                self._verdicts.clear()
            self._verdicts[state] = found
        return found

    def _one(self, index: int, state: int) -> Broken | None:
        formula, certain = self._formulas[index], self._certain[index]
        seen = state & self._masks[index]
        if (index, seen) in self._broken:
            return self._broken[index, seen]
        found = None
        if holds(formula, state) or holds(certain, state):
            said = next(one for one in (self._cores[index], formula, certain) if holds(one, state))
            sure = holds(formula, state) and holds(certain, state)
            found = self._blame(self.rules[index], sure, causes(said, state))
        if len(self._broken) >= 16_384:
            self._broken.clear()
        self._broken[index, seen] = found
        return found

    @cached_property
    def _masks(self) -> tuple[int, ...]:
        both = zip(self._formulas, self._certain, self._cores, strict=True)
        return tuple(sum(1 << bit for bit in frozenset[int]().union(*map(variables, three))) for three in both)

    def _blame(self, one: Speaking, sure: bool, blamed: tuple[int, ...]) -> Broken:
        def named(literals: Iterable[int]) -> tuple[str, ...]:
            wanted = set(literals)
            return tuple(code for code in self.slots if self.bits[code] in wanted)

        present = named(literal for literal in blamed if literal >= 0)
        missing = named(~literal for literal in blamed if literal < 0)
        others = self._words.expand((*one.rule.objects(), *one.subject))
        shut = tuple(code for code in others if code not in self.bits)
        return Broken(one, sure, present, missing, shut)

    def repairs(
        self, wanted: Mapping[str, Variant], free: Mapping[str, Variant], skip: frozenset[str] = frozenset()
    ) -> tuple[tuple[frozenset[str], ...], bool]:
        """
        Every inclusion-minimal set of slots whose toggling makes *wanted* break no rule (S8).

        Args:
            wanted: The selection to mend.
            free: The slots that may be toggled, each with the variant that it has when held.
            skip: Codes of rules that need no mending: inherited, or set aside.

        Returns:
            The sets, and whether the search was cut before all were found.
        """
        variants = {**free, **wanted}
        fixed: dict[int, Formula] = {}
        for code, bit in self.late.items():
            fixed[bit] = self.bits[code] if variants.get(code) is Variant.HORS_DELAI else FALSE
        speaking = zip(self.rules, self._formulas, self._certain, strict=True)
        mended = [pair for one, *pair in speaking if one.rule.code not in skip]
        formulas = [substitute(formula, fixed) for pair in mended for formula in dict.fromkeys(pair)]
        if TRUE in formulas:
            return (), False
        state = sum(1 << self.bits[code] for code in wanted if code in self.bits)
        room = sum(1 << self.bits[code] for code in free if code in self.bits)
        found, cut = minimal_flips([one for one in formulas if one != FALSE], state, room, MOST_STATES)
        return tuple(frozenset(self._codes(one)) for one in found), cut

    def _codes(self, state: int) -> tuple[str, ...]:
        return tuple(code for code, bit in self.bits.items() if state >> bit & 1)

    @cached_property
    def parts(self) -> tuple[tuple[tuple[int, ...], Formula], ...]:
        """The connected components of the rules: their variables, and « some rule of it is broken »."""
        shape = [all_of(bit, ~self.bits[code]) for code, bit in self.late.items()]
        formulas = [*dict.fromkeys((*self._formulas, *self._certain)), *shape]
        live = [one for one in formulas if one not in (TRUE, FALSE)]
        found = []
        for members, indexes in components(live, self.variables):
            local = {bit: i for i, bit in enumerate(members)}
            broken = any_of(*(substitute(live[i], local) for i in indexes))
            found.append((members, broken))
        return tuple(found)

    def never(self) -> tuple[str, ...]:
        """The open slots that no allowed selection holds; components past 20 variables are not looked at."""
        dead: set[str] = set()
        for members, broken in self.parts:
            if len(members) > MOST_VARIABLES or broken == FALSE:
                continue
            full = (1 << (1 << len(members))) - 1
            ok = full & ~table(broken, len(members))
            for i, bit in enumerate(members):
                if bit < len(self.slots) and not ok & table(i, len(members)):
                    dead.add(self.slots[bit])
        if TRUE in self._formulas:
            dead.update(self.slots)
        return tuple(code for code in self.slots if code in dead)

    def allowed_within(self, slots: Iterable[str]) -> Iterable[frozenset[str]] | None:
        """
        Every subset of *slots* that some allowed selection holds exactly; None where too large to tell.

        Of a component past 20 variables a slot alone is taken as possible: it then needs a price, dead or not.
        """
        inside = [code for code in self.slots if code in set(slots)]
        projections: list[set[frozenset[str]]] = []
        seen: set[str] = set()
        for members, broken in self.parts:
            mine = {
                i: self.slots[bit]
                for i, bit in enumerate(members)
                if bit < len(self.slots) and self.slots[bit] in inside
            }
            if not mine:
                continue
            if len(members) > MOST_VARIABLES:
                if len(mine) > 1:
                    return None
                projections.append({frozenset(), frozenset(mine.values())})
                seen.update(mine.values())
                continue
            n = len(members)
            ok = ((1 << (1 << n)) - 1) & ~table(broken, n) if broken != FALSE else (1 << (1 << n)) - 1
            projections.append({frozenset(code for i, code in mine.items() if m >> i & 1) for m in models(ok, n)})
            seen.update(mine.values())
        projections += [{frozenset(), frozenset((code,))} for code in inside if code not in seen]
        found: set[frozenset[str]] = {frozenset()}
        for one in projections:
            if len(found) * len(one) > 1 << MOST_VARIABLES:
                return None
            found = {a | b for a in found for b in one}
        return found
