"""Sentences of what goes together: the rules of a selection."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ..alternatives import OneOf, Way
from ..constraints import (
    Blocks,
    ExclusiveFormules,
    ForbiddenAlone,
    OnlyFormules,
    Requires,
    RequiresAny,
)
from ..counts import AllOrNone, AtLeastCount, AtMost, Counted, Exactly, Fewer, LeaveFree
from ..windows import Window
from .speaker import Sentence, Speaker
from .words import window_words


def _formules(codes: Any, speaker: Speaker, last: str = "ou") -> str:
    return speaker.named(("formule",), codes, last)


def _requires(one: Any, speaker: Speaker) -> str:
    return f"{speaker.where(one)} : seulement avec {speaker.slots(one.needs)}"


def _requires_any(one: Any, speaker: Speaker) -> str:
    return f"{speaker.where(one)} : seulement avec {speaker.slots(one.one_of, 'ou')}"


def _forbidden_alone(one: Any, speaker: Speaker) -> str:
    return f"{speaker.where(one)} : jamais seul, toujours avec {speaker.slots(one.companions, 'ou')}"


def _blocks(one: Any, speaker: Speaker) -> str:
    return f"{speaker.where(one)} : jamais avec {speaker.slots(one.others, 'ou')}"


_FEWER: Final = MappingProxyType(
    {
        Fewer.ALL: "il les faut tous",
        Fewer.FREE: "la règle ne s'applique pas",
        Fewer.NONE: "rien ne se réserve",
    }
)
_COUNTED: Final = MappingProxyType(
    {
        Counted.SLOTS: ("créneau", "créneaux"),
        Counted.DAYS: ("jour", "jours"),
        Counted.DATES: ("date du foyer", "dates du foyer"),
    }
)


def _many(number: int, counted: Counted) -> str:
    return f"{number} {_COUNTED[counted][number > 1]}"


def _over(window: Window) -> str:
    """Over which days, where it is more than a day of one child."""
    return f", {window_words(window)}" if not window.is_day or window.household else ""


def _weights(weights: Any, speaker: Speaker) -> str:
    said = ", ".join(f"{speaker.name(('créneau',), code)} compte {weight}" for code, weight in weights)
    return f" ({said})" if said else ""


def _short(fewer: Fewer | None) -> str:
    return f" ; quand moins de jours sont ouverts, {_FEWER[fewer]}" if fewer is not None else ""


def _of(number: int, one: Any, speaker: Speaker) -> str:
    """How many of what is counted, of which slots, over which days."""
    counted = _many(number, one.counted)
    return f"{counted} parmi {speaker.where(one)}{_weights(one.weights, speaker)}{_over(one.per)}"


def _at_most(one: Any, speaker: Speaker) -> str:
    return f"Pas plus de {_of(one.most, one, speaker)}"


def _at_least(one: Any, speaker: Speaker) -> str:
    return f"Aucun, ou au moins {_of(one.least, one, speaker)}{_short(one.fewer)}"


def _exactly(one: Any, speaker: Speaker) -> str:
    return f"Aucun, ou exactement {_of(one.count, one, speaker)}{_short(one.fewer)}"


def _all_or_none(one: Any, speaker: Speaker) -> str:
    one.read.add("all_or_none")  # it is always true
    counted = "" if one.counted is Counted.SLOTS else f" ({_COUNTED[one.counted][1]})"
    return f"{speaker.where(one)}{_over(one.per)} : tout ou rien{counted}"


def _leave_free(one: Any, speaker: Speaker) -> str:
    stay = "reste libre" if one.free == 1 else "restent libres"
    return f"{speaker.where(one)}{_over(one.per)} : {_many(one.free, one.counted)} au moins {stay}{_short(one.fewer)}"


def _one_of(one: Any, speaker: Speaker) -> str:
    ways = " ; ou ".join(speaker.tell(way) for way in one.ways)
    counted = "" if one.counted is Counted.SLOTS else f" ({_COUNTED[one.counted][1]})"
    return f"{speaker.where(one)}{_over(one.per)}{counted} : rien, ou {ways}{_short(one.fewer)}"


def _way(one: Any, speaker: Speaker) -> str:
    bounds = (("au moins", one.least), ("au plus", one.most), ("exactement", one.count))
    count = next(f"{word} {number}" for word, number in bounds if number is not None)
    what = f"formule {_formules(one.formules, speaker)}" if one.formules else speaker.slots(one.slots, "ou")
    counted = _COUNTED[one.counted][1] if one.counted is not None else ""
    named = " ".join(filter(None, (counted, what and f"({what})")))
    return f"{count}{named and f' {named}'}{_weights(one.weights, speaker)}"


def _only_formules(one: Any, speaker: Speaker) -> str:
    return f"{speaker.where(one)} : seulement la formule {_formules(one.offered, speaker)}"


def _exclusive(one: Any, speaker: Speaker) -> str:
    held = speaker.where(one, "")
    return f"{held and f'{held} : '}une seule par jour des formules {_formules(one.exclusive, speaker, 'et')}"


#: The sentences of this theme.
SENTENCES: Final[Mapping[type, Sentence]] = MappingProxyType(
    {
        Requires: _requires,
        RequiresAny: _requires_any,
        ForbiddenAlone: _forbidden_alone,
        Blocks: _blocks,
        AtMost: _at_most,
        AtLeastCount: _at_least,
        Exactly: _exactly,
        AllOrNone: _all_or_none,
        LeaveFree: _leave_free,
        OneOf: _one_of,
        Way: _way,
        OnlyFormules: _only_formules,
        ExclusiveFormules: _exclusive,
    }
)
