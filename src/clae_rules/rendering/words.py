"""French words for values: dates, amounts, times, lists, bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from ..bounds import Bound, Interval, format_interval
from ..days import MONTHS, clock
from ..dues import Due, DueKind
from ..facts import Value
from ..limits import Limit, format_limit
from ..money import euros_exact
from ..shapes import UNPUBLISHED, Unpublished, plain_number
from ..windows import Window


def day_words(day: date) -> str:
    """
    A date as one writes it.

    >>> day_words(date(2026, 9, 6)), day_words(date(2026, 9, 1))
    ('6 septembre 2026', '1er septembre 2026')
    """
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def money_words(cents: Fraction | Unpublished) -> str:
    r"""
    An amount, exact, or that it is not published.

    >>> money_words(Fraction(550)), money_words(UNPUBLISHED)
    ('5,50\xa0€', 'non publié')
    """
    return UNPUBLISHED.value if cents is UNPUBLISHED else euros_exact(cents)


def number_words(number: Fraction | int) -> str:
    """A number with a comma."""
    return str(plain_number(Fraction(number))).replace(".", ",")


def clock_words(minutes: int) -> str:
    """
    A time of day.

    >>> clock_words(450)
    '7h30'
    """
    return clock(minutes).replace(":", "h").removeprefix("0")


def hours_words(hours: tuple[int, int]) -> str:
    """Two times, or one where they are the same."""
    start, end = (clock_words(one) for one in hours)
    return f"à {start}" if start == end else f"de {start} à {end}"


def listed(parts: Iterable[str], last: str = "et") -> str:
    """
    Some words, one after the other.

    >>> listed(["lundi", "mardi", "jeudi"]), listed(["lundi"])
    ('lundi, mardi et jeudi', 'lundi')
    """
    found = list(parts)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} {last} {found[-1]}" if found else ""


def bound_words(fact: str, bound: Bound) -> str:
    """
    What is asked of a fact.

    >>> bound_words("pai", frozenset((True,))), bound_words("rang", Interval(low=Fraction(3)))
    ('pai = oui', 'rang à partir de 3')
    """
    if isinstance(bound, Interval):
        same = bound.low == bound.high
        return f"{fact}{' =' if same else ''} {format_interval(bound)}"
    words = sorted(("oui" if one else "non") if isinstance(one, bool) else one for one in bound)
    return f"{fact} = {listed(words, 'ou')}"


def facts_words(facts: Iterable[tuple[str, Value]]) -> str:
    """
    Facts with their values.

    >>> facts_words((("residence", "commune"), ("pai", True)))
    'residence = commune et pai = oui'
    """
    words = {True: "oui", False: "non"}
    return listed(
        f"{fact} = {words[one] if isinstance(one, bool) else number_words(one) if isinstance(one, Fraction) else one}"
        for fact, one in facts
    )


def status_words(facts: Iterable[tuple[str, Value]]) -> str:
    """
    What a child is while an abonnement lasts, after « l'enfant ».

    >>> status_words((("statut", "regulier"), ("abonne", True)))
    'a pour statut « regulier » et est « abonne »'
    """
    return listed(_status(fact, value) for fact, value in facts)


def _status(fact: str, value: Value) -> str:
    if isinstance(value, bool):
        verb = "est" if value else "n'est pas"
        return f"{verb} « {fact} »"
    return f"a pour {fact} {number_words(value) if isinstance(value, Fraction) else f'« {value} »'}"


def limit_words(limit: Limit) -> str:
    """
    A limit in running French, after « au plus tard ».

    >>> from ..limits import parse_limit
    >>> limit_words(parse_limit("jeudi de la semaine -1, avant 12:00"))
    'jeudi de la semaine précédente, avant 12h00'
    """
    text = re.sub(r"(\d{4})-(\d\d)-(\d\d)", lambda found: day_words(date.fromisoformat(found[0])), format_limit(limit))
    text = re.sub(r"\b(de la semaine|du mois) -1\b", lambda found: f"{found[1]} {_PREVIOUS[found[1]]}", text)
    text = re.sub(r"\bde la semaine -(\d+)", r"de la semaine, \1 semaines avant", text)
    text = re.sub(r"\bdu mois -(\d+)", r"du mois, \1 mois avant", text)
    return re.sub(r"\b0?(\d{1,2}):(\d\d)\b", r"\1h\2", text)


def due_words(due: Due) -> str:
    """What stays due, in a few words."""
    if due.kind is DueKind.SHARE and 0 < due.amount < 1:
        return f"{number_words(due.amount * 100)} % reste dû"
    if due.kind is DueKind.SHARE:
        return "tout reste dû" if due.amount else "rien ne reste dû"
    if due.kind is DueKind.UNPUBLISHED:
        return "ce qui reste dû n'est pas publié (non publié)"
    return f"{money_words(due.amount)} {'restent dus' if due.kind is DueKind.FIXED else 'sont rendus'}"


def window_words(window: Window) -> str:
    """
    Over which days, and of whom, something is counted or paid; nothing for a day of one child.

    >>> from ..windows import parse_window
    >>> window_words(parse_window("mois du foyer"))
    'par mois, tous les enfants du foyer ensemble'
    """
    unit = window.unit if isinstance(window.unit, str) else window.unit.value
    said = f"par « {unit} »" if isinstance(window.unit, str) else f"par {unit}"
    if window.since is not None:
        said = f"par {window.weeks} semaines depuis le {day_words(window.since)}"
    return f"{said}{', tous les enfants du foyer ensemble' if window.household else ''}"


def code_words(code: str) -> str:
    """
    A code as a title.

    >>> code_words("midi-ou-repas")
    'Midi ou repas'
    """
    text = re.sub(r"[-_]+", " ", code).strip() or code
    return text[:1].upper() + text[1:]


_PREVIOUS: Final = MappingProxyType({"de la semaine": "précédente", "du mois": "précédent"})
