"""Sentences of what goes together: the rules of a selection."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ..constraints import (
    AllOrNone,
    AtLeastCount,
    AtMost,
    Blocks,
    Exactly,
    ExclusiveFormules,
    ForbiddenAlone,
    OnlyFormules,
    Requires,
    RequiresAny,
)
from .speaker import Sentence, Speaker


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


def _counted(one: Any, speaker: Speaker) -> str:
    weights = ", ".join(f"{speaker.name(('créneau',), code)} compte {weight}" for code, weight in one.weights)
    return f"{speaker.where(one)}{weights and f' ({weights})'}"


def _at_most(one: Any, speaker: Speaker) -> str:
    return f"Pas plus de {one.most} parmi {_counted(one, speaker)}"


def _at_least(one: Any, speaker: Speaker) -> str:
    return f"Aucun, ou au moins {one.least}, parmi {_counted(one, speaker)}"


def _exactly(one: Any, speaker: Speaker) -> str:
    return f"Aucun, ou exactement {one.count}, parmi {_counted(one, speaker)}"


def _all_or_none(one: Any, speaker: Speaker) -> str:
    one.read.add("all_or_none")  # it is always true
    return f"{speaker.where(one)} : tout, ou rien"


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
        OnlyFormules: _only_formules,
        ExclusiveFormules: _exclusive,
    }
)
