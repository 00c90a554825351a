"""Whether every limit of every abonnement can be told, on each open date of its slots (S3.7, S9.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from .engine import Engine, OpenDay
from .errors import Fault, InvalidValueError, OutOfCalendarError
from .phases import Action
from .soundness_phases import PhaseLives
from .subscriptions import Subscription, Terms


class SubscriptionCheck:
    """
    What the days of a règlement make of its abonnements; one fault of a kind for each.

    Args:
        engine: The règlement made ready.
        opened: The open dates that the calendar reaches, ascending.
    """

    def __init__(self, engine: Engine, opened: Sequence[OpenDay]) -> None:
        #: Which phases open.
        self.lives = PhaseLives()
        self._found = [
            fault
            for one in engine.reglement.subscriptions
            for fault in dict.fromkeys(_of(engine, one, opened, self.lives))
        ]

    def faults(self) -> Iterator[Fault]:
        """Everything found, each fault once."""
        yield from self._found
        yield from self.lives.faults()


def _phases(one: Subscription) -> Iterator[tuple[Terms, Action, str]]:
    """The terms of an abonnement, each with an action and the key that its phases have in the file."""
    yield one.terms(), Action.BOOK, "souscrire"
    yield one.terms(), Action.CANCEL, "suspendre"
    if one.change is not None:
        yield from ((one.terms(changing=True), action, "changer") for action in (Action.BOOK, Action.CANCEL))


def _of(engine: Engine, one: Subscription, opened: Sequence[OpenDay], lives: PhaseLives) -> Iterator[Fault]:
    here = ("abonnement", one.code)
    slots = engine.places.expand(one.slots) if one.slots else frozenset(engine.slots)
    timeless = [slot for slot in engine.order if slot in slots and engine.slots[slot].hours is None]
    if one.anchored_on_slot and timeless:
        fr = f"compte depuis l'heure d'un créneau qui n'en a pas : {', '.join(timeless)}"
        yield Fault(
            here, f"{fr} ; donnez-lui un horaire", f"counts from the times of a slot without any: {timeless[0]}"
        )
        return
    days = [day for day in opened if engine.on(one.when, day) and slots & day.slots.keys()]
    if not days:
        fr = "aucune date de ses créneaux n'est ouverte ; corrigez quand ou creneaux"
        yield Fault(here, fr, "no date of its slots is open; mend quand or creneaux")
    seen: set[str] = set()
    for terms, action, key in _phases(one):
        for day, alike in ((one, each) for one in days for each in _alike(engine, terms, one, slots)):
            try:
                found = engine.schedule(terms, action, day.facts.day, alike[0])
            except OutOfCalendarError as error:
                if "calendar" not in seen:
                    fr = f"[jours] ne permet pas de compter la limite du {day.facts.day} ; il y manque le {error.day}"
                    en = f"[jours] does not reach the limit of {day.facts.day}; {error.day} is missing"
                    yield Fault(here, f"{fr} : élargissez [jours], fériés et vacances compris", en)
                seen.add("calendar")
            except InvalidValueError as error:
                if "clash" not in seen:
                    yield Fault(here, error.faults[0].fr, error.faults[0].en)
                seen.add("clash")
            else:
                lives.note(found, terms.phases(action) or (), (*here, key), day.facts.day, alike)


def _alike(engine: Engine, terms: Terms, day: OpenDay, slots: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The open slots of a date that terms concern, those together whose limits are the same."""
    found: defaultdict[tuple[str, object], list[str]] = defaultdict(list)
    for slot, periode in day.slots.items():
        if slot in slots:
            found[periode.code, engine.slots[slot].hours if terms.anchored_on_slot else None].append(slot)
    return (tuple(one) for one in found.values())
