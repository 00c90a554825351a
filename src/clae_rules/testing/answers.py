"""What the engine answers to a question of a vector file, key by key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ..billing import due
from ..boxes import DayBoxes, boxes
from ..desk import Desk
from ..engine import Engine
from ..errors import Fault, InvalidDemandeError
from ..facts import Facts
from ..files.demandes import DemandeFile
from ..files.operations import desk_of, planning_of, subscribed_of, verdict_of
from ..files.reading import demande_from_text, engine_from_text, releve_from_text
from ..recapitulatif import recapitulatif
from ..recopie import recopie
from ..repairs import repairs
from ..statements import Statement
from ..variants import Variant
from ..verdicts import Verdict
from ..violations import Violation
from .vectors import Question

__all__ = ["answer"]

Answer = Mapping[str, Any]


def answer(question: Question) -> Answer:
    """
    What the engine says, under the keys of a vector file, amounts in exact euros.

    Raises:
        ClaeRulesError: If the règlement or the file cannot be read, or the question cannot be asked.
    """
    engine = _engine(_text(question.reglement))
    if question.command == "due":
        return _owed(engine, question)
    read = demande_from_text(_text(question.file), engine.reglement, "demande.json")
    now = question.instant or read.asked.instant
    if now is None:
        fr = "à dire, la demande n'en a pas ; par exemple instant = 2021-09-01T09:00:00+02:00"
        raise InvalidDemandeError([Fault(("instant",), fr, "to be told: the demande has none")])
    return _JUDGES[question.command](engine, read, now, question)


@lru_cache(maxsize=4)
def _engine(text: str) -> Engine:
    return engine_from_text(text, "reglement.json")


def _text(plain: Any) -> str:
    """Plain data as JSON; an exact number is written with all its digits."""
    return json.dumps(plain, default=_written, ensure_ascii=False)


def _written(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)  # at most 15 digits: read back alike
    raise TypeError(f"{value!r}: not of a file")


def _judged(engine: Engine, read: DemandeFile, now: datetime, question: Question) -> Answer:
    """The answer to a demande, or to an abonnement, and what it costs."""
    del question
    if read.subscription:
        found = subscribed_of(engine, read, now)
        return {"statut": found.status.value, "effet": found.effect, **_cost(*found.steps)}
    verdict = verdict_of(desk_of(engine, read), read, now)
    return {
        "statut": verdict.status.value,
        "accordees": [one.day for one in verdict.granted],
        "refus": _named(one for day in verdict.days for one in day.violations),
        "doutes": _named(one for day in verdict.days for one in day.doubts),
        "reparations": [" ".join([*(f"+{x}" for x in one.add), *(f"-{x}" for x in one.remove)])
                        for day in verdict.days for one in repairs(day).found],
        "priorites": {slot: first for day in verdict.days for slot, first in day.waiting if first},
        "en_attente": {slot: why for day in verdict.days for slot, why in day.outcome.pending},
        **_cost(verdict),
    }  # fmt: skip


def _named(some: Iterator[Violation]) -> list[str]:
    """The rules, or else the codes, of what is refused or in doubt."""
    return sorted({one.rule or one.code for one in some})


def _cost(*verdicts: Verdict) -> Answer:
    """What verdicts cost together, line by line."""
    if not verdicts:
        return {}
    found = recapitulatif(*verdicts)
    return {
        "lignes": {line.designation(with_year=found.with_year): _euros(line.amount_cents) for line in found.lines},
        "total": _euros(found.total_cents),
        "inconnus": [one.unpriced.sentence() for one in found.unknown],
    }


def _page(engine: Engine, read: DemandeFile, now: datetime, question: Question) -> Answer:
    """The boxes of a date."""
    if question.day is None:
        raise InvalidDemandeError(
            [Fault(("date",), "de quelle date ? écrivez date = …", "of which date? write date = …")]
        )
    desk = desk_of(engine, read)
    page = boxes(
        desk, question.day, now=now, occupancy=read.occupancy(), planning=planning_of(desk, read).at(now),
        accept_unknown_price=read.asked.unknown_price,
    )  # fmt: skip
    said, prices = (_by_box(page, what) for what in ("state", "price_cents"))
    return {
        "statut": page.state.value,
        "cases": {box: state.value for box, state in said.items()},
        "prix": {box: _euros(cents) for box, cents in prices.items()},
    }


def _by_box(page: DayBoxes, what: str) -> dict[str, Any]:
    late = {Variant.HORS_DELAI: " hors-délai"}
    return {one.slot + late.get(one.variant, ""): getattr(one, what) for one in page.boxes}


def _copied(engine: Engine, read: DemandeFile, now: datetime, question: Question) -> Answer:
    """What becomes of each date of a recopie, and what it costs."""
    del question
    pattern, asked, desk = read.pattern(), read.copied, desk_of(engine, read)
    if pattern is None or asked is None:
        raise InvalidDemandeError([Fault(("recopie",), "la demande n'a pas de table [recopie]", "no table [recopie]")])
    found = recopie(
        desk, planning_of(desk, read), pattern, periode=read.asked.periode, now=now, onto=asked.onto, late=asked.late,
        occupancy=read.occupancy(), holidays_count=asked.holidays_count, accept_unknown_price=read.asked.unknown_price,
    )  # fmt: skip
    return {"classes": {one.day: one.fate.value for one in found.dates}, **_cost(found.verdict)}


def _owed(engine: Engine, question: Question) -> Answer:
    """What a household owes for a month."""
    read = releve_from_text(_text(question.file), engine.reglement, "releve.json")
    facts = read.facts()
    child = next(iter(facts), "")
    found: Statement = due(Desk(engine, facts.get(child, Facts()), child, facts), read.releve())
    return {
        "lignes": {line.designation("fr"): _euros(line.due_cents) for line in found.lines},
        "total": _euros(found.total_cents),
        "a_savoir": sorted({one.code for one in found.findings}),
        "indecis": sorted({one.code for one in found.undecided}),
    }


def _euros(cents: int | None) -> Fraction | None:
    """Cents as exact euros; None where the amount is not known."""
    return None if cents is None else Fraction(cents, 100)


_JUDGES: Mapping[str, Callable[[Engine, DemandeFile, datetime, Question], Answer]] = {
    "recap": _judged, "check": _judged, "options": _page, "recopie": _copied,
}  # fmt: skip
