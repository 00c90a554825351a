"""Whether every open slot can be told when it is booked and cancelled, whatever the date and the child (S3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from .cells import conditions, profiles
from .deadlines import Deadline, governing
from .engine import Engine, OpenDay
from .errors import Fault, InvalidValueError, OutOfCalendarError, Path
from .facts import Value
from .limits import TABLE, Limit
from .phases import Action
from .selectors import fits
from .soundness_cases import Cases, Situation, Values, days_in_words, offered_to, situations
from .soundness_phases import PhaseLives
from .variants import Variant

#: The actions that every slot needs a deadline for, with their names and the line that is missing.
NEEDED: Final = MappingProxyType(
    {
        Action.BOOK: ("réserver", "book", 'reserver = "sans limite"'),
        Action.CANCEL: ("annuler", "cancel", 'annuler = "jamais"'),
    }
)


class DeadlineCheck:
    """
    The deadlines of a règlement against every open date, slot and child.

    Args:
        engine: The règlement made ready.
        opened: The open dates, ascending.
        whole: Codes of the périodes that the calendar covers; only their limits are resolved.
    """

    def __init__(self, engine: Engine, opened: Sequence[OpenDay], whole: Collection[str]) -> None:
        self._engine, self._whole = engine, whole
        self._subscribed = frozenset(
            slot
            for one in engine.reglement.subscriptions
            for slot in (engine.places.expand(one.slots) if one.slots else engine.slots)
        )
        self._many: list[Fault] = []
        self._silent: defaultdict[tuple[Action, str, bool], Cases] = defaultdict(Cases)
        self._tied: defaultdict[tuple[str, ...], Cases] = defaultdict(Cases)
        self._timeless: defaultdict[str, Cases] = defaultdict(Cases)
        self._late: defaultdict[str, Cases] = defaultdict(Cases)
        self._unreached: defaultdict[str, dict[date, str]] = defaultdict(dict)
        self._clashes: defaultdict[str, dict[date, Fault]] = defaultdict(dict)
        #: Which phases open.
        self.lives = PhaseLives()
        self._resolved: set[object] = set()
        for situation in situations(engine, opened, engine.reglement.deadlines):
            for slot in situation.opened.slots:
                self._look(situation, slot)

    @property
    def late(self) -> frozenset[str]:
        """The slots that may be booked late on some date."""
        return frozenset(code for cases in self._late.values() for code in cases.slots)

    def faults(self) -> Iterator[Fault]:
        """Everything found, each fault once."""
        yield from self._many
        yield from self._faults_of_calendar()
        yield from (_silence(*key, cases) for key, cases in self._silent.items())
        for codes, cases in self._tied.items():
            fr = f"« {' », « '.join(codes)} » décident tous deux de {cases.held('fr')} {cases.place('fr')}"
            en = f"« {' », « '.join(codes)} » both decide for {cases.held('en')} {cases.place('en')}"
            yield Fault(
                ("delai", codes[-1]),
                f"{fr} ; écartez-les par creneaux, quand, qui ou sauf",
                f"{en}; set them apart by creneaux, quand, qui or sauf",
            )
        for code, cases in self._timeless.items():
            fr = f"compte depuis l'heure d'un créneau qui n'en a pas : {cases.held('fr')}"
            en = f"counts from the times of a slot without any: {cases.held('en')}"
            fr = f"{fr} ; donnez-lui un horaire, ou comptez depuis « le jour même »"
            yield Fault(("delai", code), fr, f"{en}; give it « horaire », or count from « le jour même »")
        yield from self._faults_of_late()
        yield from self.lives.faults()

    def _look(self, situation: Situation, slot: str) -> None:
        """Which deadlines govern one slot in one situation, for every child told apart."""
        opened, applies = situation.opened, self._engine.places.applies
        day, codes, periode = opened.facts, opened.codes, opened.slots[slot]
        speaking = [
            one
            for one in self._engine.reglement.deadlines
            if applies(one, slot, None, day, codes, _unknown) is not False
        ]
        whos = [*offered_to(opened, (slot,)), *(who for one in speaking for who in conditions(one))]
        try:
            children = list(profiles(self._engine.facts, whos))
        except InvalidValueError as error:
            self._many += (fault for fault in error.faults if fault not in self._many)
            return
        governed: dict[tuple[str, Action], Deadline] = {}
        for values in children:
            if fits(periode.who, values.get):
                mine = [one for one in speaking if applies(one, slot, None, day, codes, values.get)]
                for action, one in self._governed(mine, situation, slot, values).items():
                    governed[one.code, action] = one
        for (_, action), deadline in governed.items():
            self._resolve(situation, slot, action, deadline)

    def _governed(
        self, mine: list[Deadline], situation: Situation, slot: str, values: Values
    ) -> dict[Action, Deadline]:
        """The deadline that governs each action for one child; what none, or two, govern is noted."""
        found: dict[Action, Deadline] = {}
        silent: list[Action] = []
        for action in Action:
            chosen = governing(mine, action, lambda _: True)
            if chosen.tied:
                self._tied[tuple(one.code for one in chosen.tied)].add((slot,), situation.days, values)
            elif chosen.found is not None:
                found[action] = chosen.found
            elif action in NEEDED:
                silent.append(action)
        for action in silent:
            other = next((one.code for one in found.values()), "")
            self._silent[action, other, action is Action.BOOK and slot in self._subscribed].add(
                (slot,), situation.days, values
            )
        for action, deadline in found.items():
            if any(phase.variant is Variant.HORS_DELAI for phase in deadline.phases(action) or ()):
                self._late[deadline.code].add((slot,), situation.days, values)
            timed = any(limit.uses_slot_times for limit in _limits(deadline, action))
            if timed and self._engine.slots[slot].hours is None:
                self._timeless[deadline.code].add((slot,), situation.days, values)
        return found

    def _resolve(self, situation: Situation, slot: str, action: Action, deadline: Deadline) -> None:
        """Whether every limit of the dates of a situation can be told (S3.7)."""
        periode, own = situation.opened.slots[slot].code, (slot,) if deadline.anchored_on_slot else ()
        key = (deadline.code, action, periode, situation.days[0], own)
        if periode not in self._whole or key in self._resolved:
            return
        self._resolved.add(key)
        for day in situation.days:
            try:
                found = self._engine.schedule(deadline, action, day, slot)
            except OutOfCalendarError as error:
                self._unreached[deadline.code].setdefault(day, error.day)
            except InvalidValueError as error:
                self._clashes[deadline.code].setdefault(day, error.faults[0])
            else:
                here = ("delai", deadline.code, action.value)
                self.lives.note(found, deadline.phases(action) or (), here, day, own)

    def _faults_of_calendar(self) -> Iterator[Fault]:
        known = self._engine.reglement.days
        for code, days in self._unreached.items():
            data = f"[jours] ({known.first_day} – {known.last_day})"
            asked = min(days.values())
            fr = f"{data} ne permet pas de compter la limite de {days_in_words(days, 'fr')}"
            en = f"{data} does not reach the limit of {days_in_words(days, 'en')}"
            fr = f"{fr} ; il y manque le {asked} : élargissez [jours], fériés et vacances compris"
            yield Fault(("delai", code), fr, f"{en}; {asked} is missing: widen [jours], holidays included")
        for clashes in self._clashes.values():
            first = clashes[min(clashes)]
            fr, en = f"{first.fr} ({len(clashes)} dates en tout)", f"{first.en} ({len(clashes)} dates in all)"
            yield Fault(first.path, fr, en) if len(clashes) > 1 else first

    def _faults_of_late(self) -> Iterator[Fault]:
        prices = self._engine.prices
        for code, cases in self._late.items():
            # a slot without any tariff is told as such, once
            mute = [one for one in cases.slots if prices.families[one] and not prices.speaks_of_late(one)]
            if mute:
                names = ", ".join(f'"{one}"' for one in mute)
                line = f'[modification.hors-delai] creneaux = [{names}], variante = "hors-delai", fois = 1'
                fr = f"rien ne dit le prix hors délai de {', '.join(mute)}"
                en = f"nothing says the late price of {', '.join(mute)}"
                yield Fault(("delai", code), f"{fr} ; ajoutez {line} (le même prix) ou plus = …", f"{en}; add {line}")


def _unknown(code: str) -> Value | None:
    """The profile of a child of whom nothing is known."""
    del code
    return None


def _limits(deadline: Deadline, action: Action) -> Iterable[Limit]:
    """The limits that one action of a deadline counts with."""
    for phase in deadline.phases(action) or ():
        if phase.since is not None:
            yield phase.since
        yield phase.limit
        if phase.limit == TABLE:
            yield from (limit for row in deadline.table for limit in (row.since, row.limit) if limit is not None)


def _silence(action: Action, other: str, subscribed: bool, cases: Cases) -> Fault:
    """That nothing opens nor closes an action; slots of an abonnement are not opened to every day by mistake."""
    fr, en, line = NEEDED[action]
    if subscribed:
        fr, en, line = f"{fr} hors abonnement", f"{en} without abonnement", 'reserver = "jamais"'
    path: Path = ("delai", other) if other else ("delai",)
    head = "" if other else "[delai.general] "
    return Fault(
        path,
        f"rien ne dit quand {fr} {cases.held('fr')} {cases.place('fr')} ; ajoutez {head}{line}, ou des phases, "
        f'ou {action.value} = "non publié" si le règlement n\'en dit rien',
        f"nothing says when to {en} {cases.held('en')} {cases.place('en')}; add {head}{line}, or phases, "
        f'or {action.value} = "non publié" where the règlement says nothing of it',
    )
