"""Whether what the rules allow can be held, and whether all of it has a price (S1.7, S5, S10.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice, product
from types import MappingProxyType
from typing import Final

from .cells import conditions, profiles
from .daytype import MOST_VARIABLES, DayType, Speaking
from .engine import Engine, OpenDay
from .errors import Fault, InvalidValueError, Path
from .facts import Facts, Value
from .formulas import FALSE
from .price_rules import compared
from .pricing import DayPricing, price_day
from .selectors import Answer, Where, Who, fits
from .slots import Held, Selection
from .soundness_cases import Cases, Situation, Values, dates_of, offered_to, situations
from .soundness_windows import Possible, unsold
from .unit_prices import Scene
from .variants import Variant

#: Ways to hold slots that are sold together past which their prices are not looked at one by one.
MOST_WAYS: Final = 1024

#: What is said of each reason that no data of a family can mend, French then English, and its way out.
_STRUCTURE: Final = MappingProxyType(
    {
        "sans-tarif": (
            (
                "aucun tarif ne couvre {held} ; ajoutez [tarif.…] creneaux = [{quoted}], "
                'par = "creneau", prix = … (ou "non publié")'
            ),
            (
                "no tariff covers {held}; add [tarif.…] creneaux = [{quoted}], "
                'par = "creneau", prix = … (or "non publié")'
            ),
        ),
        "deux-tarifs": (
            "{names} couvrent tous deux {held} ; écartez-les par creneaux, quand, qui ou sauf",
            "{names} both cover {held}; set them apart by creneaux, quand, qui or sauf",
        ),
        "sans-formule": (
            (
                "les règles permettent {held}, dont ce tarif n'a pas le prix ; ajoutez [formule.…] "
                "ensembles = [[{quoted}]] et sa ligne dans prix, ou une règle qui l'interdit"
            ),
            (
                "the rules allow {held}, of which this tariff has no price; add [formule.…] "
                "ensembles = [[{quoted}]] and its row in prix, or a rule that forbids it"
            ),
        ),
        "comme-contradictoires": (
            "{names} supposent des faits contraires pour {held} ; écartez-les par quand, qui ou sauf",
            "{names} suppose contrary facts for {held}; set them apart by quand, qui or sauf",
        ),
    }
)

#: A reason, the path where it is told, and the codes that it names.
_Reason = tuple[str, Path, tuple[str, ...]]
_Ways = tuple[tuple[Held, ...], ...]


class Kinds:
    """
    The kinds of day of a règlement as each child meets them.

    Args:
        engine: The règlement made ready.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.many: dict[Fault, None] = {}
        self._ruled: dict[date, tuple[Who, ...]] = {}
        self._kinds: dict[tuple[date, tuple[Value, ...]], DayType] = {}

    def met(self, opened: OpenDay, whos: Iterable[Who]) -> Iterator[tuple[Values, DayType]]:
        """
        Every child that conditions tell apart, with his kind of day; too many is a fault, and gives none.

        Args:
            whos: Conditions to tell apart, besides those of the périodes and rules of the date.
        """
        try:
            children = profiles(self.engine.prices.facts, [*self.ruled(opened), *whos])
        except InvalidValueError as error:
            self.many.update(dict.fromkeys(error.faults))
            return
        for values in children:
            yield values, self.known(opened, values)

    def ruled(self, opened: OpenDay) -> tuple[Who, ...]:
        """The conditions of the périodes and of the rules of a date."""
        day = opened.facts.day
        if day not in self._ruled:
            rules = [one for one in self.engine.day_rules if self.engine.on(one.when, opened)]
            ruled = [who for one in rules for who in conditions(one)]
            self._ruled[day] = tuple(dict.fromkeys([*offered_to(opened, opened.slots), *ruled]))
        return self._ruled[day]

    def known(self, opened: OpenDay, values: Values) -> DayType:
        """The kind of day that one child meets, remembered."""
        compared = sorted({fact for who in self.ruled(opened) for fact, _ in who})
        key = (opened.facts.day, tuple(values[fact] for fact in compared))
        if key not in self._kinds:
            self._kinds[key] = self.kind(opened, values)
        return self._kinds[key]

    def kind(self, opened: OpenDay, values: Values) -> DayType:
        """The kind of day that one child meets on an open date; *values* tells every fact that is compared there."""
        places, day, codes = self.engine.places, opened.facts, opened.codes
        slots = tuple(code for code, one in opened.slots.items() if fits(one.who, values.get))

        def applies(where: Where, slot: str) -> Answer:
            return places.applies(where, slot, None, day, codes, values.get)

        found = (Speaking.of(rule, slots, applies) for rule in self.engine.day_rules)
        return self.engine.kind(slots, tuple(one for one in found if one is not None))


class RuleCheck:
    """
    The rules of a règlement against every kind of day.

    A slot that rules tie to more than 20 variables is taken to be one that can be held: the audit reports
    such a component as not counted (S13.1).

    Args:
        kinds: The kinds of day.
        opened: The open dates, ascending.
    """

    def __init__(self, kinds: Kinds, opened: Sequence[OpenDay]) -> None:
        self._kinds = kinds
        self._broken: defaultdict[str, Cases] = defaultdict(Cases)
        self._dead: defaultdict[str, Cases] = defaultdict(Cases)
        self._deadly: dict[str, DayType] = {}
        self._alive: set[str] = set()
        self._never: dict[DayType, frozenset[str]] = {}
        for situation in situations(kinds.engine, opened, kinds.engine.day_rules):
            for values, kind in kinds.met(situation.opened, ()):
                self._look(situation, values, kind)

    def _look(self, situation: Situation, values: Values, kind: DayType) -> None:
        broken = kind.broken({})
        for one in broken:
            self._broken[one.speaking.rule.code].add(one.speaking.subject, situation.days, values)
        if broken:
            return
        if kind not in self._never:
            self._never[kind] = frozenset(kind.never())
        for slot in kind.slots:
            if slot in self._never[kind]:
                self._dead[slot].add((slot,), situation.days, {})
                self._deadly.setdefault(slot, kind)
            else:
                self._alive.add(slot)

    def faults(self) -> Iterator[Fault]:
        """Everything found, each fault once."""
        for code, cases in self._broken.items():
            fr = f"refuse même un jour où rien n'est réservé {cases.place('fr')} ; permettez « aucun créneau »"
            en = f"refuses even a day on which nothing is held {cases.place('en')}; allow « no slot »"
            yield Fault(("regle", code), fr, en)
        for slot, cases in self._dead.items():
            if slot not in self._alive:
                codes = [one.rule.code for one in killers(self._kinds.engine, self._deadly[slot], slot)]
                names = ", ".join(f"« {code} »" for code in codes)
                fr = f"« {slot} », ouvert, ne peut jamais être réservé {cases.place('fr')} : {names}"
                en = f"« {slot} » is open and can never be held {cases.place('en')}: {names}"
                fr = f"{fr} ; corrigez une de ces règles, ou n'ouvrez pas ce créneau"
                yield Fault(("regle", codes[0]), fr, f"{en}; mend one of these rules, or do not open it")


def killers(engine: Engine, kind: DayType, slot: str) -> tuple[Speaking, ...]:
    """The rules of a kind of day, none of which can be left out, that together never let a slot be held."""
    left = list(kind.rules)
    size = len(left)
    while size:
        start = 0
        while start < len(left):
            fewer = [*left[:start], *left[start + size :]]
            if slot in DayType(engine.reglement, engine.order, kind.slots, tuple(fewer)).never():
                left = fewer
            else:
                start += size
        size //= 2
    return tuple(left)


class PriceCheck:
    """
    The tariffs of a règlement against everything that its rules allow to be held.

    Slots that one table of formules sells are looked at in every allowed way; any other slot alone, since its
    tariff does not depend on what else is held. What cannot be looked at in full is a fault.

    Args:
        kinds: The kinds of day.
        opened: The open dates, ascending.
        late: The slots that may be booked late.
    """

    def __init__(self, kinds: Kinds, opened: Sequence[OpenDay], late: Collection[str]) -> None:
        self._kinds, self._engine, self._late = kinds, kinds.engine, late
        rules = self._engine.prices
        self._supposing = [one for one in rules.modifiers if one.alike is not None]
        self._found: defaultdict[_Reason, Cases] = defaultdict(Cases)
        self._large: dict[Fault, None] = {}
        self._ways: dict[tuple[DayType, frozenset[str]], _Ways] = {}
        self._seen: dict[object, list[tuple[_Reason, tuple[str, ...]]]] = {}
        self._possible = Possible(self._engine)
        #: What is held together on some date under a table of formules sold by the window, by child.
        self._dates: defaultdict[tuple[str, object], dict[frozenset[str], None]] = defaultdict(dict)
        wheres: list[Where] = [*self._engine.day_rules, *rules.tariffs, *self._supposing, *rules.counters]
        groups = [(group, self._reaching(group)) for group in self._sold_together()]
        for situation in situations(self._engine, opened, wheres):
            most = self._possible.most(situation.days) if rules.counters else {}
            for group, reaching in groups:
                if group & situation.opened.slots.keys():
                    self._look(situation, group, reaching, most)

    def faults(self) -> Iterator[Fault]:
        """Everything found, each fault once."""
        yield from self._large
        yield from self._unsold()
        for (code, path, names), cases in self._found.items():
            slots = cases.slots if code == "sans-tarif" else next(iter(cases.sets))
            quoted, said = ", ".join(f'"{one}"' for one in slots), ", ".join(f"« {one} »" for one in names)
            fr, en = _STRUCTURE[code]
            yield Fault(
                path,
                fr.format(held=f"{cases.held('fr')} {cases.place('fr')}", quoted=quoted, names=said),
                en.format(held=f"{cases.held('en')} {cases.place('en')}", quoted=quoted, names=said),
            )

    def _sold_together(self) -> tuple[frozenset[str], ...]:
        """The slots in parts: the price of a part depends on nothing that is held outside it."""
        rules = self._engine.prices
        parts = [frozenset((code,)) for code in self._engine.order]
        sold = [(one, one.by_formule) for one in rules.tariffs]
        for one, together in [*sold, *((one, False) for one in self._supposing)]:
            named = frozenset[str]().union(*self._named(one))
            if together or named:
                link = rules.covers(one) | named
                whole = frozenset[str]().union(*(part for part in parts if part & link))
                parts = [*(part for part in parts if not part & link), whole]
        return tuple(parts)

    def _named(self, where: Where) -> Iterator[frozenset[str]]:
        """The sets of the formules that a selector or one of its exceptions names."""
        sets = {one.code: one.ensembles for one in self._engine.prices.formules}
        for code in where.formules:
            yield from sets[code]
        for one in where.unless:
            yield from self._named(one)

    def _reaching(self, group: frozenset[str]) -> tuple[Where, ...]:
        """The tariffs, and the modifiers that suppose facts, that can hold a slot of a part."""
        rules = self._engine.prices
        found: list[Where] = [one for one in (*rules.tariffs, *self._supposing) if group & rules.covers(one)]
        read = {code for one in found for code in compared(one)}
        return (*found, *(one for one in rules.counters if one.code in read))

    def _look(
        self, situation: Situation, group: frozenset[str], reaching: tuple[Where, ...], most: Mapping[str, int | None]
    ) -> None:
        opened = situation.opened
        whens = [when for one in reaching for when in dates_of(one)]
        whos = [who for one in reaching for who in conditions(one)]
        dated = tuple(self._engine.on(when, opened) for when in whens)
        twice = any(_names_variants(one) for one in reaching)
        for values, kind in self._kinds.met(opened, whos):
            known = tuple(fits(who, values.get) for who in whos)
            key = (group, kind, opened.codes, dated, known, *((values.get(code), most[code]) for code in most))
            if key not in self._seen:
                ways = [
                    way for way in self._held(kind, group, twice)
                    if not most or self._possible.can_be(opened, values, way, most)
                ]  # fmt: skip
                self._seen[key] = [one for way in ways for one in self._unpriced(opened, values, way)]
                self._unite(opened, values, ways)
            for reason, slots in self._seen[key]:
                self._found[reason].add(slots, situation.days, values)

    def _held(self, kind: DayType, group: frozenset[str], twice: bool) -> _Ways:
        """Every allowed way to hold slots of a part; none, and a fault, where there are too many."""
        if (kind, group) not in self._ways:
            allowed = () if _free(kind, group) > MOST_WAYS else kind.allowed_within(group)
            chosen = sorted(
                filter(None, allowed or ()), key=lambda one: (len(one), sorted(kind.bits[code] for code in one))
            )
            each = (self._in_variants(kind, one, twice) for one in chosen)
            ways = tuple(islice(chain.from_iterable(each), MOST_WAYS + 1))
            names = " + ".join(code for code in kind.slots if code in group)
            if allowed is None:
                why = (f"plus de {MOST_VARIABLES} créneaux liés", f"over {MOST_VARIABLES} slots tied together")
                self._large[_too_many(names, *why)] = None
            elif len(ways) > MOST_WAYS or _free(kind, group) > MOST_WAYS:
                why = (f"plus de {MOST_WAYS} combinaisons", f"over {MOST_WAYS} combinations")
                self._large[_too_many(names, *why)] = None
                ways = ()
            self._ways[kind, group] = ways
        return self._ways[kind, group]

    def _in_variants(self, kind: DayType, chosen: frozenset[str], twice: bool) -> Iterator[tuple[Held, ...]]:
        """A set of slots, in each mix of variants where tariffs tell them apart."""
        late = self._late if twice else ()
        ways = (
            (Held(code), Held(code, Variant.HORS_DELAI)) if code in late else (Held(code),)
            for code in kind.slots
            if code in chosen
        )
        return product(*ways)

    def _unite(self, opened: OpenDay, values: Values, ways: Iterable[tuple[Held, ...]]) -> None:
        """Remember what dates add to the stretches of tables of formules."""
        if not any(one.by_formule and one.window for one in self._engine.prices.tariffs):
            return
        for way in ways:
            selection = Selection(way)
            scene = Scene(opened.facts, opened.codes, selection.slots, Facts(), values.get)
            for sale in DayPricing(self._engine.prices, scene, selection).sold()[0]:
                if sale.family.by_formule and sale.family.tariff.window is not None:
                    self._dates[sale.family.tariff.code, tuple(sorted(values.items()))][frozenset(sale.seen)] = None

    def _unsold(self) -> Iterator[Fault]:
        """The tables of formules that do not price all that their stretches can hold."""
        rules = self._engine.prices
        some = (*rules.families.values(), *rules.extras.values())
        families = {one.tariff.code: one for families in some for one in families}
        for (code, _), sets in self._dates.items():
            fault = unsold(families[code].tariff, families[code].rows, tuple(sets))
            if fault is not None:
                yield fault

    def _unpriced(
        self, opened: OpenDay, values: Values, way: tuple[Held, ...]
    ) -> Iterator[tuple[_Reason, tuple[str, ...]]]:
        """What has no price for want of a tariff or a row, whatever is still to be known of the family."""
        selection = Selection(way)
        price = price_day(self._engine.prices, opened.facts, opened.codes, Facts(), values.get, selection)
        for one in price.unpriced:
            if one.code == "sans-formule":
                yield (one.code, ("tarif", one.item), ()), one.slots
            elif one.code in _STRUCTURE:
                section = "modification" if one.code == "comme-contradictoires" else "tarif"
                yield (one.code, (section, *one.params[-1:]), one.params), one.slots


def _free(kind: DayType, group: frozenset[str]) -> int:
    """How many ways there are at least to hold slots of a part: any set of those that no rule ties."""
    alone = [members for members, broken in kind.parts if len(members) == 1 and broken == FALSE]
    return 1 << sum(kind.slots[member] in group for (member,) in alone)


def _names_variants(where: Where) -> bool:
    return bool(where.variants) or any(_names_variants(one) for one in where.unless)


def _too_many(names: str, fr: str, en: str) -> Fault:
    """That the prices of slots sold together cannot all be looked at."""
    way = "[regle.…] formules_seulement = […]"
    return Fault(
        ("tarif",),
        f"{names} : {fr}, trop pour vérifier que chacune a un prix ; dites ce qui se réserve : {way}",
        f"{names}: {en}, too many to prove that each has a price; say what is booked: {way}",
    )
