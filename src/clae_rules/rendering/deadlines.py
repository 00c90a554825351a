"""Sentences of when and who: deadlines with their phases and tables, gates, pieces, pools."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ..bounds import format_interval
from ..deadlines import Deadline
from ..gates import Act, Gate, Pool, Priority
from ..limits import NEVER, NO_LIMIT, NOT_PUBLISHED, TABLE, Limit, format_closed_day
from ..phases import Phase, Row
from ..pieces import ENDLESS, Piece, Whose
from ..shapes import UNPUBLISHED
from ..subscriptions import Subscription
from ..variants import Variant
from .speaker import Sentence, Speaker
from .words import bound_words, due_words, limit_words, listed, status_words

_ACTS: Final = MappingProxyType({Act.SEE: "voir", Act.BOOK: "réserver", Act.CANCEL: "annuler"})


def _latest(limit: Limit) -> str:
    if limit == NEVER:
        return "jamais"
    if limit == NO_LIMIT:
        return "sans limite"
    if limit == NOT_PUBLISHED:
        return "jusqu'à un moment qui n'est pas publié (non publié)"
    return "au plus tard comme le dit le tableau" if limit == TABLE else f"au plus tard {limit_words(limit)}"


def _since(since: Limit | None) -> str:
    """From when something is open: « avant 08:00 » is the time at which it opens."""
    if since is None:
        return ""
    day, comma, hour = limit_words(since).partition(", avant ")
    return f"depuis {day}, à {hour}, et " if comma else f"depuis {limit_words(since)}, et "


def _phase(one: Any, speaker: Speaker) -> str:
    del speaker
    since, limit = _since(one.since), _latest(one.limit)
    late = ", hors délai" if one.variant is Variant.HORS_DELAI else ""
    approval = ", avec l'accord d'un agent" if one.approval else ""
    prepaid = ", compté une fois payé" if one.prepaid else ""
    within = f", à payer en {one.pay_within.describe('fr')}" if one.pay_within is not None else ""
    due = f" : {due_words(one.due)}" if one.due is not None else ""
    refund = f", rendu en {one.refund.value}" if one.refund is not None else ""
    return f"{since}{limit}{late}{approval}{prepaid}{within}{due}{refund}"


def _row(one: Any, speaker: Speaker) -> str:
    since = _since(one.since)
    return f"{speaker.tell(one.when) or 'les autres jours'} : {since}{_latest(one.limit)}"


def _phases(verb: str, phases: Any, speaker: Speaker) -> str:
    if phases is None:
        return ""
    if not phases:
        return f"\n- {verb} : jamais"
    return f"\n- {verb} : {' ; puis '.join(speaker.tell(one) for one in phases)}"


def _deadline(one: Any, speaker: Speaker) -> str:
    acts = (("réserver", one.book), ("modifier", one.change), ("annuler", one.cancel))
    phases = "".join(_phases(verb, said, speaker) for verb, said in acts)
    return f"Pour {speaker.where(one)} :{phases}{_table(one, speaker)}"


def _subscription(one: Any, speaker: Speaker) -> str:
    one.read.add("label")  # it is the title
    count = "" if one.weekdays is None else format_interval(one.weekdays)
    days = f" ; la famille y choisit {count} jour{'' if count == '1' else 's'} de la semaine" if count else ""
    gives = f" ; tant qu'il dure, l'enfant {status_words(one.facts)}" if one.facts else ""
    acts = (
        ("prendre une date", one.book),
        ("changer de jours ou résilier", one.change),
        ("suspendre un jour", one.cancel),
    )
    phases = "".join(_phases(verb, said, speaker) for verb, said in acts)
    return f"Un abonnement se prend pour {speaker.where(one)}{days}{gives} :{phases}{_table(one, speaker)}"


def _table(one: Any, speaker: Speaker) -> str:
    """The rows of a deadline's table, and what becomes of a limit on a closed day."""
    rows = "".join(f"\n- tableau, {speaker.tell(row)}" for row in one.table)
    rolls = "" if one.closed_day is None else format_closed_day(one.closed_day).replace("reste", "reste ce jour-là")
    shut = rolls and f"\n- une limite qui tombe un jour fermé {rolls}"
    return f"{rows}{shut}"


def _gate(one: Any, speaker: Speaker) -> str:
    acts = listed(_ACTS[act] for act in one.closes)
    needs = listed(bound_words(fact, bound) for fact, bound in one.requires)
    message = f" ; sinon : « {one.message} »" if one.message else ""
    return f"Pour {acts} {speaker.where(one)}, il faut {needs}{message}"


def _piece(one: Any, speaker: Speaker) -> str:
    whose = "une pour le foyer" if one.whose is Whose.HOUSEHOLD else "une par enfant"
    asked = f", {speaker.who(one.who)}" if one.who else ""
    needs = "il faut" if one.required else "on peut joindre, sans que ce soit obligatoire,"
    lasts = "" if one.validity == ENDLESS else f" ; validité : {one.validity.describe()}"
    return f"Au dossier « {one.dossier} », {needs} « {one.label} », {whose}{asked}{lasts}"


def _pool(one: Any, speaker: Speaker) -> str:
    places = "un nombre non publié d'enfants" if one.places is UNPUBLISHED else f"{one.places} enfants"
    waiting = " ; liste d'attente quand c'est plein" if one.waiting else ""
    first = f" ; passent d'abord : {' ; puis '.join(speaker.tell(x) for x in one.priorities)}" if one.priorities else ""
    return f"Pas plus de {places} par jour pour {speaker.where(one)}{waiting}{first}"


def _priority(one: Any, speaker: Speaker) -> str:
    return f"« {one.label} »{f' ({speaker.who(one.who)})' if one.who else ''}"


#: The sentences of this theme.
SENTENCES: Final[Mapping[type, Sentence]] = MappingProxyType(
    {
        Deadline: _deadline,
        Subscription: _subscription,
        Phase: _phase,
        Row: _row,
        Gate: _gate,
        Piece: _piece,
        Pool: _pool,
        Priority: _priority,
    }
)
