"""
Mutants of a règlement: each one slip of a town hall's pen, written in the normal form.

A rule dropped, its direction swapped, « any » for « all », a block for a need, a count off by one; a deadline a day, a
minute or a word off; a price a cent off; a modifier or a gate forgotten.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

Spot = tuple[str | int, ...]

#: One verb for another that a hurried reader takes it for.
VERBS: Final = {
    "seulement_avec": ("seulement_avec_un_de", "bloque"),
    "seulement_avec_un_de": ("seulement_avec", "bloque"),
    "interdit_seul_sans": ("seulement_avec", "bloque"),
    "bloque": ("seulement_avec",),
    "au_plus": ("exactement",),
    "au_moins": ("au_plus",),
    "exactement": ("au_moins", "au_plus"),
}
#: Verbs that lead from the slots of the subject to others.
DIRECTED: Final = ("seulement_avec", "seulement_avec_un_de", "interdit_seul_sans", "bloque")
COUNTS: Final = ("au_plus", "au_moins", "exactement")
#: Keys of an amount of euros.
AMOUNTS: Final = frozenset({"prix", "plus", "moins", "forfait"})
#: Keys of words that decide nothing.
WORDS: Final = frozenset({"hypothese", "source", "nom", "message"})
_UNIT: Final = re.compile(r"^(\d+)(?= (?:jours?|heures?|semaines?)\b)")
_WEEK: Final = re.compile(r"semaine -(\d+)")
_HOUR: Final = re.compile(r"\b(\d\d):(\d\d)$")
_MONTH: Final = re.compile(r"^le (\d+)(?= du)")


@dataclass(frozen=True)
class Mutant:
    """
    A règlement one slip away from another.

    Args:
        name: What was done, and where.
        plain: Its normal form.
    """

    name: str
    plain: Any


def mutants(plain: Any) -> Iterator[Mutant]:
    """Every mutant of a règlement in its normal form."""
    yield from _of_rules(plain)
    for path, text in _texts(plain.get("delai", {}), ("delai",)):
        for what, other in _limits(text):
            yield _put(plain, path, other, f"{what} : {text} → {other}")
    for section in ("tarif", "modification"):
        for path, text in _texts(plain.get(section, {}), (section,)):
            if AMOUNTS & {*path[2:]} and (cents := _cents(text)) is not None:
                for step in (-1, 1):
                    yield _put(plain, path, _written(cents + step), f"{'+' if step > 0 else '−'} 1 centime")
    for section in ("modification", "acces"):
        for code in plain.get(section, {}):
            yield _without(plain, section, code)


def _of_rules(plain: Any) -> Iterator[Mutant]:
    for code, rule in plain.get("regle", {}).items():
        yield _without(plain, "regle", code)
        for verb in [one for one in DIRECTED if one in rule and "creneaux" in rule]:
            swapped = {**rule, "creneaux": rule[verb], verb: rule["creneaux"]}
            yield _put(plain, ("regle", code), swapped, f"{verb} dans l'autre sens")
        for verb, others in VERBS.items():
            for other in others if verb in rule else ():
                said = {(other if key == verb else key): value for key, value in rule.items()}
                yield _put(plain, ("regle", code), said, f"{verb} → {other}")
        for verb in [one for one in COUNTS if isinstance(rule.get(one), int)]:
            for step in (-1, 1):
                yield _put(plain, ("regle", code, verb), rule[verb] + step, f"{verb} {step:+d}")


def _limits(text: str) -> Iterator[tuple[str, str]]:
    """A limit, a day earlier or later, a minute, or the word before its hour another."""
    for unit, what in ((_UNIT, "une unité"), (_WEEK, "une semaine"), (_MONTH, "un jour du mois")):
        found = unit.search(text)
        for step in (-1, 1) if found else ():
            assert found is not None
            number = int(found[1]) + step
            if number > 0:
                yield f"{what} {step:+d}", text[: found.start(1)] + str(number) + text[found.end(1) :]
    hour = _HOUR.search(text)
    if hour:
        at = timedelta(hours=int(hour[1]), minutes=int(hour[2]))
        for step in (-1, 1):
            minutes = int(at.total_seconds()) // 60 + step
            if 0 <= minutes < 24 * 60:
                yield f"une minute {step:+d}", f"{text[: hour.start()]}{minutes // 60:02d}:{minutes % 60:02d}"
        for word, other in (("avant", "jusqu'à"), ("jusqu'à", "avant")):
            before = f", {word} {hour[0]}"
            if before in text:
                yield f"{word} → {other}", text.replace(before, f", {other} {hour[0]}")


def _texts(plain: Any, path: Spot) -> Iterator[tuple[Spot, str]]:
    for key, one in plain.items() if isinstance(plain, dict) else enumerate(plain):
        if isinstance(one, str) and key not in WORDS:
            yield (*path, key), one
        elif isinstance(one, dict | list):
            yield from _texts(one, (*path, key))


def _cents(text: str) -> int | None:
    if not re.fullmatch(r"\d+(?:\.\d\d?)?", text):
        return None
    return int(Decimal(text) * 100)


def _written(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}" if cents >= 0 else "0"


def _put(plain: Any, path: Spot, value: Any, what: str) -> Mutant:
    made = copy.deepcopy(plain)
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return Mutant(f"{'.'.join(map(str, path))}, {what}", made)


def _without(plain: Any, section: str, code: str) -> Mutant:
    made = copy.deepcopy(plain)
    del made[section][code]
    if not made[section]:
        del made[section]
    return Mutant(f"{section}.{code}, oublié", made)
