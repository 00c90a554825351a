"""Months to bill, drawn from a règlement: what was booked, what happened, and what is then due (S4.3, S4.4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from ...billing import due
from ...constats import Lapse
from ...days import clipped, clock
from ...described import Key, Record
from ...desk import Desk
from ...engine import Engine
from ...epochs import Status
from ...errors import InvalidReleveError
from ...facts import Facts
from ...files.given_facts import FactsShape
from ...files.reading import releve_from_text
from ...files.releves import RELEVE, ReleveFile
from ...shapes import Text
from .corpus import Expected, as_line, read_lines
from .stage import Ground, Stage

#: Relevés that are drawn for one that can be.
MOST_TRIED: Final = 20
#: The children of a household.
CHILDREN: Final = ("lea", "tom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month to bill, and what is due of it: « accepté » with its total, or « indécis »."""

    code: Annotated[str, Key("cas", Text(80), "Le nom du cas.")]
    releve: Annotated[ReleveFile, Key("releve", RELEVE, "Ce qui était réservé, et ce qui s'est passé.")]
    expected: Annotated[Expected, Key("attendu", Record(Expected), "Ce qui est dû.")]


MONTH: Final = Record(Month)


def written(some: Iterable[Month]) -> str:
    """Months as lines of JSON."""
    return "".join(as_line(MONTH.write(one)) for one in some)


def read(lines: Iterable[str]) -> Iterator[Month]:
    """
    The months of a corpus, in order.

    Raises:
        InvalidValueError: At the first line that is none, naming every fault of it.
    """
    return read_lines(MONTH, lines)


def owed(engine: Engine, releve: ReleveFile) -> Expected:
    """What is due of a month, with the rules that say so; undecided where nobody can say."""
    facts = releve.facts()
    first = next(iter(facts), "")
    found = due(Desk(engine, facts.get(first, Facts()), first, facts), releve.releve())
    reasons = (*(one.rule for one in found.lines if one.rule), *(one.code for one in found.undecided))
    status = Status.UNDECIDED if found.undecided else Status.ALLOWED
    return Expected(status=status, cents=found.total_cents, because=tuple(dict.fromkeys(reasons)))


def months(engine: Engine, *, seed: int = 0, most: int = 30) -> tuple[Month, ...]:
    """
    Months to bill under a règlement, each with what is due of it.

    Args:
        engine: The règlement made ready.
        seed: The same seed always gives the same months.
        most: How many.
    """
    stage = Stage(Ground(engine, seed), "months")
    found: list[Month] = []
    for _ in range(most * MOST_TRIED):
        if len(found) == most:
            break
        try:
            told = releve_from_text(json.dumps(_drawn(stage)), engine.reglement, "releve.json")
            expected = owed(engine, told)
        except InvalidReleveError:  # what was drawn cannot be: an absence before its report, an event on a closed day…
            continue
        found.append(Month(code=f"{len(found) + 1:03d}", releve=told, expected=expected))
    return tuple(found)


class _Manners:
    """What may happen in a month: mostly what the règlement speaks of, so that few months are undecided."""

    def __init__(self, stage: Stage) -> None:
        one, self.rude = stage.engine.reglement, stage.rng.random() < 0.1
        self._stage = stage
        self._spoken = [(rule.lapse, self._slots(rule.slots)) for rule in one.constats]
        self.away = 0.7 if one.absences or self.rude else 0.0
        self.too_late = self.rude or any(lapse is Lapse.LATE_CANCEL for lapse, _ in self._spoken)

    def _slots(self, codes: tuple[str, ...]) -> frozenset[str]:
        engine = self._stage.engine
        return engine.places.expand(codes) if codes else frozenset(engine.order)

    def there(self, slot: str, booked: bool) -> bool:
        """Whether a child is seen in a slot."""
        lapse, often = (Lapse.ABSENT, 0.15) if booked else (Lapse.UNBOOKED, 0.08)
        spoken = self.rude or any(one is lapse and slot in slots for one, slots in self._spoken)
        return booked is not (spoken and self._stage.rng.random() < often)


def _drawn(stage: Stage) -> dict[str, Any]:
    """A relevé file, as JSON types."""
    rng, engine, manners = stage.rng, stage.engine, _Manners(stage)
    day = rng.choice(stage.open_days)
    days = [one for one in stage.open_days if (one.year, one.month) == (day.year, day.month)]
    over = clipped(day.year, day.month, 31) + timedelta(days=1)
    instant = over if rng.random() < 0.8 else rng.choice(days)
    values = stage.families.values
    changes = {fact: rng.choice(values[fact]) for fact in values if rng.random() < 0.3}
    facts = stage.known(days[0], changes)
    pointed = list(engine.order) if rng.random() < 0.85 else []
    past = [one for one in days if one < instant]
    found: dict[str, Any] = {
        "releve": {
            "reglement": engine.applied.code, "mois": f"{day:%Y-%m}", "instant": _at(stage, instant, 8),
            **({"pointes": pointed} if pointed else {}),
        },
        "enfant": {}, "reserve": {}, "present": {}, "annule": [], "absence": [],
        "evenement": [
            _event(stage, rng.choice(rule.motives), days)
            for rule in engine.reglement.evenements if rule.motives and rng.random() < 0.5
        ],
    }  # fmt: skip
    for child in CHILDREN[: rng.choice((1, 1, 2))]:
        booked, away = _booked(stage, facts, days), _away(stage, child, past, manners)
        cancelled = [*_cancelled(stage, child, booked, instant, manners)]
        gone = {day for one in cancelled for day in one["dates"]}
        found["enfant"][child], found["reserve"][child] = FactsShape().write(facts), booked
        found["annule"] += cancelled
        found["absence"] += away
        gone |= {one["du"] for one in found["evenement"] if not manners.rude}
        coming = [one for one in past if one.isoformat() not in gone and not _is_away(one, away)]
        found["present"][child] = _present(stage, booked, coming, pointed, manners)
    return found


def _at(stage: Stage, day: date, hour: int) -> str:
    at = datetime.combine(day, datetime.min.time(), stage.engine.tz) + timedelta(hours=hour)
    return at.isoformat()


def _booked(stage: Stage, facts: Facts, days: Sequence[date]) -> dict[str, list[str]]:
    """On about half of the days, one slot or two with what goes with them."""
    found = {}
    for day in days:
        slots = stage.desk(facts).kind(day).slots
        if slots and stage.rng.random() < 0.5:
            some = stage.rng.sample(slots, min(len(slots), stage.rng.choice((1, 1, 2))))
            wanted = {one for slot in some[:1] for one in stage.least(facts, day, slot)}
            found[day.isoformat()] = [one for one in stage.engine.order if one in wanted]
    return found


def _is_away(day: date, away: Sequence[dict[str, Any]]) -> bool:
    return any(one["du"] <= day.isoformat() <= one["au"] for one in away)


def _present(
    stage: Stage, booked: dict[str, list[str]], days: Sequence[date], pointed: Sequence[str], manners: _Manners
) -> dict[str, list[Any]]:
    """Where a child was: most often where he was booked, now and then elsewhere, sometimes fetched late."""
    found: dict[str, list[Any]] = {}
    for day in days:
        opened, mine = stage.engine.day(day).slots, booked.get(day.isoformat(), ())
        there = [one for one in pointed if one in opened and manners.there(one, one in mine)]
        if there:
            found[day.isoformat()] = [_stay(stage, one) for one in there]
    return found


def _stay(stage: Stage, slot: str) -> Any:
    """A presence, with an hour of departure now and then: in time, or minutes late."""
    hours = stage.engine.slots[slot].hours
    if hours is None or stage.rng.random() < 0.5:
        return slot
    left = min(hours[1] + stage.rng.choice((-10, 0, 1, 5, 14, 15, 16, 31, 45)), 24 * 60 - 1)
    return {"creneau": slot, "depart": clock(left)}


def _away(stage: Stage, child: str, past: Sequence[date], manners: _Manners) -> list[dict[str, Any]]:
    """An absence of some days, with or without a motive, a report and a proof."""
    rng = stage.rng
    if not past or rng.random() >= manners.away:
        return []
    first = rng.choice(past)
    motives = [motive for rule in stage.engine.reglement.absences for motive in rule.motives]
    one: dict[str, Any] = {
        "enfant": child, "du": first.isoformat(), "au": (first + timedelta(days=rng.randint(0, 8))).isoformat(),
    }  # fmt: skip
    if motives and rng.random() < 0.85:
        one["motif"] = rng.choice(motives)
    for name in ("signale", "justifie"):
        if rng.random() < 0.75:
            one[name] = _at(stage, first + timedelta(days=rng.choice((-1, 0, 0, 1, 2, 3, 6))), rng.choice((7, 9, 16)))
    return [one]


def _cancelled(
    stage: Stage, child: str, booked: dict[str, list[str]], instant: date, manners: _Manners
) -> Iterator[dict[str, Any]]:
    """A booking given back now and then, long before or not."""
    for day in booked:
        at = date.fromisoformat(day) - timedelta(days=stage.rng.randint(0 if manners.too_late else 8, 12))
        if at < instant and stage.rng.random() < 0.15:
            yield {"enfant": child, "dates": [day], "instant": _at(stage, at, stage.rng.choice((6, 11, 13)))}


def _event(stage: Stage, motive: str, days: Sequence[date]) -> dict[str, Any]:
    """A day that the service cancelled for all."""
    day = stage.rng.choice(days).isoformat()
    return {"motif": motive, "du": day, "au": day}
