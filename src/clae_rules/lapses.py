"""What the constats say of what was noted, counted over their stretches (S4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from .attendance import Releve, Stay
from .constats import Constat, Lapse
from .desk import DeskDay
from .engine import Engine
from .fates import Fates, chosen
from .selectors import Answer
from .statements import Kind, Reason, Remark
from .windows import Stretch


@dataclass(frozen=True, slots=True)
class Noted:
    """
    One lapse of one child in one slot of a date.

    Args:
        departure: When he left, minutes since midnight, where he was picked up late.
    """

    lapse: Lapse
    child: str
    day: date
    slot: str
    departure: int = 0


@dataclass(frozen=True, slots=True)
class Ruling:
    """
    What the constats say of one lapse.

    Args:
        setter: The constat that says what is due, if one does.
        adders: Those that add to the slot's price.
        priced: Whether some constat supposes that the slot's price is due.
        reasons: Which times were counted, with their source.
        doubt: Why nobody can say.
    """

    setter: Constat | None = None
    adders: tuple[Constat, ...] = ()
    priced: bool = False
    reasons: tuple[Reason, ...] = ()
    doubt: Remark | None = None

    @property
    def silent(self) -> bool:
        """Whether no constat says anything."""
        return self.setter is None and not self.priced and self.doubt is None


class Lapses:
    """
    Every lapse of a household in a relevé, and what the constats say of each.

    Args:
        engine: The règlement made ready.
        fates: What became of the bookings of each child.
        releve: What is known of the month.
    """

    def __init__(self, engine: Engine, fates: Mapping[str, Fates], releve: Releve) -> None:
        self.engine, self.fates, self.releve = engine, fates, releve
        self.constats = engine.reglement.constats
        self.order = {slot: i for i, slot in enumerate(engine.order)}
        noted = [one for child in fates.values() for one in self._of_child(child)]
        self.noted = sorted(noted, key=lambda one: (one.day, one.child, self.order[one.slot], one.lapse.value))
        self._counted: dict[tuple[str, str, Stretch], list[Noted]] = {}
        for one in self.noted:
            for constat in self.constats:
                key = self._key(constat, one)
                if key is not None and self._applies(constat, one) is not False:
                    self._counted.setdefault(key, []).append(one)

    def ruling(self, noted: Noted) -> Ruling:
        """What the constats say of one lapse: one sets the amount, or some add to the slot's price."""
        fates, mine = self.fates[noted.child], [one for one in self.constats if one.lapse is noted.lapse]
        speaking: list[Constat] = []
        reasons: list[Reason] = []
        for one in mine:
            answer = self._applies(one, noted)
            if answer is False:
                continue
            if one.ranks is not None and answer:
                rank = self._rank(one, noted)
                if isinstance(rank, Remark):
                    return Ruling(doubt=rank)
                if rank not in one.ranks and not one.adds:
                    continue
                reasons += self._counting(one, noted, rank)
                if rank not in one.ranks:
                    continue
            speaking.append(one)
        setters = [one for one in speaking if not one.adds]
        counted = [one for one in setters if one.counted]
        found, missing = chosen(counted or setters, lambda one: self._applies(one, noted))
        adders = tuple(one for one in speaking if one.adds)
        unsure = [one for one in adders if self._applies(one, noted) is None]
        if missing or unsure:
            return Ruling(doubt=fates.unclear(noted.day, noted.slot, [*found, *unsure], missing=True))
        tied = [*found, *adders] if len(found) > 1 or (len(found) + len(adders) > 1 and _multiplies(adders)) else []
        if tied:
            return Ruling(doubt=fates.unclear(noted.day, noted.slot, tied, missing=False))
        priced = any(one.adds and self._applies(one, noted) for one in mine)
        return Ruling(found[0] if found else None, adders, priced, tuple(reasons))

    def _of_child(self, fates: Fates) -> Iterator[Noted]:
        for day in fates.days:
            for slot, fate in fates.of(day).items():
                if fate.lapse is not None:
                    yield Noted(fate.lapse, fates.child, day, slot)
            yield from self._of_stays(fates, day)

    def _of_stays(self, fates: Fates, day: date) -> Iterator[Noted]:
        where, kept = fates.desk.day(day), fates.of(day)
        stays = {slot: stay for slot, stay in fates.stays.get(day, {}).items() if slot in where.plans}
        for slot in stays:
            if slot not in kept or kept[slot].kind is Kind.CANCELLED:
                yield Noted(Lapse.UNBOOKED, fates.child, day, slot)
        # Several slots left at one time are one pick-up: that of the last slot of which a constat speaks.
        left = {stay.departure: slot for slot, stay in self._late(where, stays)}
        for departure, slot in left.items():
            yield Noted(Lapse.LATE_PICKUP, fates.child, day, slot, departure or 0)

    def _late(self, where: DeskDay, stays: Mapping[str, Stay]) -> Iterator[tuple[str, Stay]]:
        """The stays that end late according to some constat, in display order."""
        constats = [one for one in self.constats if one.lapse is Lapse.LATE_PICKUP]
        for slot in sorted(stays, key=self.order.__getitem__):
            departure = stays[slot].departure
            late = [one for one in constats if departure and one.late_minutes(departure, self.engine.slots[slot])]
            if any(where.applies(one, slot) is not False for one in late):
                yield slot, stays[slot]

    def _applies(self, constat: Constat, noted: Noted) -> Answer:
        if constat.lapse is not noted.lapse:
            return False
        slot = self.engine.slots[noted.slot]
        if constat.lapse is Lapse.LATE_PICKUP and not constat.late_minutes(noted.departure, slot):
            return False
        return self.fates[noted.child].desk.day(noted.day).applies(constat, noted.slot)

    def _key(self, constat: Constat, noted: Noted) -> tuple[str, str, Stretch] | None:
        if constat.per is None or constat.lapse is not noted.lapse:
            return None
        stretch = self.engine.stretch(constat.per, noted.day, self.engine.day(noted.day).slots[noted.slot])
        if stretch is None:
            return None
        return (constat.code, "" if constat.per.household else noted.child, stretch)

    def _rank(self, constat: Constat, noted: Noted) -> int | Remark:
        """Which one of its stretch a lapse is, the first being 1; 0 outside every stretch."""
        key = self._key(constat, noted)
        if key is None:
            return 0
        before = self._counted[key][: self._counted[key].index(noted)]
        unsure = next((one for one in before if self._applies(constat, one) is None), None)
        if unsure is not None:
            return self.fates[unsure.child].unclear(unsure.day, unsure.slot, [constat], missing=True)
        rank, first = len(before) + 1, self.releve.told.first_day
        if key[2].first_day >= first:
            return rank
        children = self.fates if constat.per and constat.per.household else [noted.child]
        for child in children:
            past = self.releve.past_of(child, constat.code)
            if past is None:
                fates = self.fates[child]
                return fates.remark("rang-inconnu", noted.day, noted.slot, by=constat, when=f"{first:%d/%m/%Y}")
            rank += past
        return rank

    def _counting(self, constat: Constat, noted: Noted, rank: int) -> list[Reason]:
        key = self._key(constat, noted)
        if key is None:
            return []
        said = ("by", constat.code), ("rank", rank), ("window", key[2].label)
        return [Reason("rang", said, self.engine.reglement.source_of(constat))]


def _multiplies(adders: tuple[Constat, ...]) -> bool:
    """Whether one multiplies: then the order matters, and nobody says it."""
    return any(one.times is not None for one in adders)
