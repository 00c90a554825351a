"""Sentences of what happens on the spot: lapses, absences with a motive, events of the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from ..absences import Absence, AbsenceTerms, Evenement
from ..bounds import format_interval
from ..constats import AFTER, Constat, Lapse
from ..limits import NO_LIMIT, Limit
from ..variants import Variant
from .speaker import Sentence, Speaker
from .words import due_words, limit_words, listed, money_words, number_words, window_words

_LAPSES: Final = MappingProxyType(
    {
        Lapse.UNBOOKED: "présent sans avoir réservé",
        Lapse.ABSENT: "absent sans avoir annulé",
        Lapse.LATE_PICKUP: "repris en retard",
        Lapse.LATE_CANCEL: "annulé hors délai",
    }
)


def _constat(one: Any, speaker: Speaker) -> str:
    one.read.add("label")  # it is the title
    after = f", après {AFTER.format(one.after).replace(':', 'h')}" if one.after is not None else ""
    times = f" ; {window_words(one.per)}, fois {format_interval(one.ranks)}" if one.per and one.ranks else ""
    return f"{_LAPSES[one.lapse]}{after}, {speaker.where(one)} : {_cost(one, speaker)}{times}"


def _cost(one: Any, speaker: Speaker) -> str:
    """What a lapse costs: one of these."""
    if one.refused:
        return "l'enfant n'est pas accueilli, rien n'est dû"
    if one.tiers:
        return " ; ".join(f"{format_interval(bound)} minutes, {money_words(price)}" for bound, price in one.tiers)
    by = f", selon {speaker.name(('grille', 'faits'), one.by)}" if one.by else ""
    each = f" par tranche de {one.slice_minutes} minutes commencée" if one.slice_minutes else ""
    late = {Variant.NORMAL: "dans les délais", Variant.HORS_DELAI: "hors délai"}
    ways: tuple[tuple[Any, Callable[[Any], str]], ...] = (
        (one.price, lambda value: f"{speaker.price(value, one.by or 'la mesure')}{each}{by}"),
        (one.plus, lambda value: f"le prix du créneau + {money_words(value)}"),
        (one.times, _times),
        (one.due, due_words),
        (one.priced_as, lambda value: f"le prix d'une réservation {late[value]}"),
    )
    return next(said(value) for value, said in ways if value is not None)


def _times(times: Fraction) -> str:
    return "le prix du créneau" if times == 1 else f"le prix du créneau × {number_words(times)}"


def _before(verb: str, limit: Limit | None) -> str:
    if limit is None:
        return ""
    return verb if limit == NO_LIMIT else f"{verb} au plus tard {limit_words(limit)}"


def _terms(one: Any, speaker: Speaker) -> str:
    del speaker
    conditions = listed(filter(None, (_before("signalée", one.reported), _before("justifiée", one.proved))))
    waiting = f"restent dus en entier {one.waiting.describe()} ; du reste, " if one.waiting is not None else ""
    due = due_words(one.due) if one.due is not None else ""
    return f"{f'{conditions} : ' if conditions else ''}{waiting}{due}" if due else ""


def _absence(one: Any, speaker: Speaker) -> str:
    motives = listed((f"« {motive} »" for motive in one.motives), "ou")
    run = f", d'au moins {one.run.describe()}" if one.run is not None else ""
    terms = _terms(one, speaker)
    phases = "".join(f"\n- {speaker.tell(phase)}" for phase in one.phases)
    refund = f" ; rendu en {one.refund.value}" if one.refund is not None else ""
    return f"Absence pour {motives}{run}, {speaker.where(one)}{refund} :{f' {terms}' if terms else ''}{phases}"


def _event(one: Any, speaker: Speaker) -> str:
    motives = listed((f"« {motive} »" for motive in one.motives), "ou")
    refund = f" ; rendu en {one.refund.value}" if one.refund is not None else ""
    return f"Ce que le service annule pour {motives}, {speaker.where(one)} : {due_words(one.due)}{refund}"


#: The sentences of this theme.
SENTENCES: Final[Mapping[type, Sentence]] = MappingProxyType(
    {Constat: _constat, Absence: _absence, AbsenceTerms: _terms, Evenement: _event}
)
