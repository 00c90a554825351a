"""S5.5: what is known of a child, compared; and selectors, which put dates, people and slots together."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from .s1_answers import Answer, Plain, every, many, no, plain_words
from .s2_places import expand, on

#: Fact code to a word, yes or no, a number, or a birth date (ISO) for an age.
Facts = Mapping[str, Any]


def age(born: date, at: date) -> int:
    """S5.5: completed years; born on 29 February counts on the 28th in common years."""
    day = min(born.day, monthrange(at.year, born.month)[1])
    birthday = date(at.year, born.month, day)
    return at.year - born.year - (1 if at < birthday else 0)


def age_on(said: str, day: date, first_day: date | None) -> date | None:
    """S5.5: the day on which an age is taken: the date, the ends of its month, 31 December, the période's first day."""
    reference = plain_words(said).split(",")[1].strip()
    if reference == "au 1er du mois":
        return day.replace(day=1)
    if reference == "au dernier jour du mois":
        return day.replace(day=monthrange(day.year, day.month)[1])
    if reference == "au 31 decembre":
        return date(day.year, 12, 31)
    return first_day if reference == "au premier jour de la periode" else day


def value_of(reglement: Plain, facts: Facts, fact: str, day: date, first_day: date | None) -> Any:
    """S5.5: a fact on a day, None where it is not known; an age is computed at its named reference."""
    value, declared = facts.get(fact), reglement["faits"][fact]
    if value is None or not (isinstance(declared, str) and declared.startswith("ans")):
        return value
    at = age_on(declared, day, first_day)
    return None if at is None else age(date.fromisoformat(value), at)


def meets(bound: Any, value: Any) -> Answer:
    """S5.5, S1.5: whether a value is within a bound; unknown where the value is."""
    if value is None:
        return None
    if isinstance(value, bool | str):
        return value in many(bound)
    if not isinstance(bound, str):
        return Fraction(value) == Fraction(str(bound))
    return all(_meets_clause(one, Fraction(value)) for one in plain_words(bound).replace(",", ".").split(" et "))


def _meets_clause(said: str, value: Fraction) -> bool:
    numbers = [Fraction(one) for one in re.findall(r"-?\d+(?:\.\d+)?", said)]
    if said.startswith("de "):
        return numbers[0] <= value <= numbers[1]
    if said.startswith("a partir de "):
        return numbers[0] <= value
    if said.startswith("plus de "):
        return numbers[0] < value
    if said.startswith("jusqu'a "):
        return value <= numbers[0]
    if said.startswith("moins de "):
        return value < numbers[0]
    return value == numbers[0]


def fits(reglement: Plain, who: Plain, facts: Facts, day: date, first_day: date | None) -> Answer:
    """S5.5: whether every condition on the facts holds."""
    return every(meets(bound, value_of(reglement, facts, fact, day, first_day)) for fact, bound in who.items())


def reaches(
    reglement: Plain,
    where: Plain,
    slot: str,
    day: date,
    periodes: Collection[str],
    facts: Facts,
    first_day: date | None,
    held: Mapping[str, str] | None = None,
) -> Answer:
    """
    S1 (selector): whether a selector holds for a slot on a date, less its exceptions.

    Args:
        held: What is held, each slot in its variant. Without it, variants and formules of the selector itself are
            left to whoever asks, and an exception that names some is not looked at.
    """
    if where.get("creneaux") and slot not in expand(reglement, where["creneaux"]):
        return False
    if not on(reglement, where.get("quand", {}), day, periodes):
        return False
    answers = [fits(reglement, where.get("qui", {}), facts, day, first_day)]
    for one in many(where.get("sauf")):
        if speaks_of_selection(one) and (held is None or not on_selection(reglement, one, slot, held)):
            continue
        answers.append(no(reaches(reglement, one, slot, day, periodes, facts, first_day, held)))
    return every(answers)


def speaks_of_selection(where: Plain) -> bool:
    """Whether a selector can only be answered once it is known what is held."""
    return bool(where.get("variante") or where.get("formules"))


def on_selection(reglement: Plain, where: Plain, slot: str, held: Mapping[str, str]) -> bool:
    """S1 (selector): whether a slot is held in a variant named, and one of the formules named is held."""
    if where.get("variante") and held.get(slot) not in where["variante"]:
        return False
    names = where.get("formules", [])
    return not names or any(holds_formule(reglement, name, held) for name in names)


def holds_formule(reglement: Plain, code: str, held: Mapping[str, str]) -> bool:
    """S10.2: a formule is held where all the slots of one of its sets are."""
    return any(all(slot in held for slot in one) for one in reglement["formule"][code]["ensembles"])
