"""Grids of a measure: its brackets, how it is read, and what happens where it is not known (S10.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from enum import Enum
from fractions import Fraction
from math import ceil, floor, trunc
from typing import Annotated, Final

from .bounds import INTERVAL, Interval
from .days import clipped
from .described import Key, Phrase, TableOf
from .errors import Fault, meant, raise_all
from .facts import Dated
from .money import round_cents
from .shapes import Choice, Label, Ref, Slug, folded, phrase_error, plain_number
from .slots import HYPOTHESE, SOURCE

#: S13.1: more brackets than this are refused.
MOST_BRACKETS: Final = 200


class Reading(Enum):
    """How the measure is read: as it is, its whole part, rounded half up to the unit, or a counter from 1 up."""

    EXACT = "exact"
    TRUNCATED = "tronqué"
    ROUNDED = "arrondi"
    COUNT = "compte"


class TakesEffect(Enum):
    """When a new dated quotient is first used."""

    AT_ONCE = "immédiat"
    NEXT_MONTH = "mois suivant"
    JANUARY = "1er janvier"
    SEPTEMBER = "1er septembre"

    def since(self, first_day: date) -> date:
        """
        The first day on which a quotient that begins on *first_day* is used; the next month begins after it.

        >>> TakesEffect.NEXT_MONTH.since(date(2024, 3, 1)), TakesEffect.JANUARY.since(date(2024, 1, 1))
        (datetime.date(2024, 4, 1), datetime.date(2024, 1, 1))
        """
        if self is TakesEffect.AT_ONCE:
            return first_day
        if first_day.year == MAXYEAR:
            return date.max
        if self is TakesEffect.NEXT_MONTH:
            return clipped(first_day.year, first_day.month + 1, 1)
        start = date(first_day.year, 1 if self is TakesEffect.JANUARY else 9, 1)
        return start if first_day <= start else start.replace(year=start.year + 1)


class Lack(Enum):
    """Why a measure gives no bracket; the value is the code of the price that is then unknown."""

    MISSING = "fait-manquant"
    EXPIRED = "quotient-perime"
    NOT_YET = "quotient-a-venir"
    UNSAID = "quotient-indecis"
    CONFLICT = "quotient-contradictoire"
    HOLE = "hors-grille"


class Holes(Enum):
    """A recorded decision about the holes of a published grid."""

    UNDECIDED = "indécis"


@dataclass(frozen=True, slots=True)
class Fallback:
    """What is written for a quotient that is not known: a bracket, or a refusal where *bracket* is empty."""

    bracket: str = ""


def parse_fallback(text: str) -> Fallback:
    """
    Read « refus » or « tranche QF4 ».

    Raises:
        InvalidValueError: If it is neither.

    >>> parse_fallback("tranche QF4").bracket
    'QF4'
    """
    if folded(text) == "refus":
        return Fallback()
    if found := re.fullmatch(r"\s*[Tt]ranche\s+([A-Za-z0-9][A-Za-z0-9_-]{0,59})\s*", text):
        return Fallback(found[1])
    raise phrase_error(
        text,
        "écrivez « refus » ou « tranche » et son code : « tranche QF4 »",
        "write « refus », or « tranche » and its code: « tranche QF4 »",
    )


#: Shape of what happens where the quotient is not known.
FALLBACK: Final = Phrase(
    ("une issue", "an outcome"),
    parse_fallback,
    lambda one: f"tranche {one.bracket}" if one.bracket else "refus",
    ("refus", "tranche QF4"),
)


@dataclass(frozen=True, slots=True)
class Placed:
    """
    Where a measure stands in a grid.

    Args:
        bracket: The bracket's code; empty where there is none.
        value: The measure as the grid reads it; None where it is not known.
        lack: Why the measure itself gives no bracket; the bracket is then the written outcome, if any.
        refused: The written outcome is a refusal.
    """

    bracket: str = ""
    value: Fraction | None = None
    lack: Lack | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """
    Brackets of a measure, which under its declared reading leave no gap and never overlap (S10.4).

    Args:
        measure: Code of a fact of kind number.
        reading: How the measure is read before it is compared.
        brackets: Code and interval of each.
        missing: Outcome where the measure is not known; undecided where left out.
        expired: Outcome where its last value has ended.
        not_yet: Outcome where its first value has not taken effect.
        effect: When a new value is first used; without it, a day for which that matters is undecided.
        holes: The decision to keep a published hole: a measure that falls in it is undecided.

    Raises:
        InvalidValueError: Naming every gap and overlap at once, printed in the reading used.
    """

    code: Annotated[str, Key("", Slug(), "")]
    measure: Annotated[str, Key("mesure", Ref(("faits",)), "Le fait, un nombre, que la grille mesure.", '"quotient"')]
    reading: Annotated[
        Reading,
        Key(
            "lu",
            Choice(tuple((one.value, one) for one in Reading)),
            "Comment on lit la mesure avant de chercher sa tranche.",
            '"tronqué"',
        ),
    ]
    brackets: Annotated[
        tuple[tuple[str, Interval], ...],
        Key(
            "tranches",
            TableOf(Label(), INTERVAL, MOST_BRACKETS),
            "Une ligne par tranche.",
            '{ A = "de 0 à 599" }',
        ),
    ]
    missing: Annotated[
        Fallback | None, Key("manquant", FALLBACK, "Quand la mesure n'est pas connue.", '"tranche QF4"')
    ] = None
    expired: Annotated[Fallback | None, Key("perime", FALLBACK, "Quand la mesure est périmée.", '"refus"')] = None
    not_yet: Annotated[
        Fallback | None, Key("pas_encore", FALLBACK, "Quand la mesure n'a pas encore pris effet.", '"refus"')
    ] = None
    effect: Annotated[
        TakesEffect | None,
        Key(
            "effet",
            Choice(tuple((one.value, one) for one in TakesEffect)),
            "Quand une nouvelle mesure prend effet.",
            '"mois suivant"',
        ),
    ] = None
    holes: Annotated[
        Holes | None,
        Key(
            "trous",
            Choice(tuple((one.value, one) for one in Holes)),
            "La décision de garder un trou publié : la mesure qui y tombe reste indécise.",
            '"indécis"',
        ),
    ] = None
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    def codes(self) -> tuple[str, ...]:
        """The brackets' codes, the lowest first."""
        whole = self.reading is not Reading.EXACT
        return tuple(code for _, code in sorted((_cuts(bound, whole), code) for code, bound in self.brackets))

    def as_read(self, value: Fraction) -> Fraction:
        """The measure as this grid compares it."""
        if self.reading in {Reading.EXACT, Reading.COUNT}:
            return value
        return Fraction(trunc(value) if self.reading is Reading.TRUNCATED else round_cents(value))

    def place(self, measure: Fraction | Lack) -> Placed:
        """
        The bracket of a measure, or the outcome written for one that is not known.

        Args:
            measure: What `measured` gives.
        """
        if isinstance(measure, Fraction):
            value = self.as_read(measure)
            bracket = next((code for code, bound in self.brackets if value in bound), "")
            return Placed(bracket, value, None if bracket else Lack.HOLE)
        written = {Lack.MISSING: self.missing, Lack.EXPIRED: self.expired, Lack.NOT_YET: self.not_yet}.get(measure)
        if written is None:
            return Placed(lack=measure)
        return Placed(written.bracket, None, measure, not written.bracket)

    def _faults(self) -> Iterator[Fault]:
        codes = [code for code, _ in self.brackets]
        if not codes:
            yield Fault(
                ("brackets",),
                'aucune tranche ; écrivez A = "de 0 à 599"',
                'no bracket; write A = "de 0 à 599"',
            )
            return
        for name in ("missing", "expired", "not_yet"):
            written: Fallback | None = getattr(self, name)
            if written is not None and written.bracket and written.bracket not in codes:
                fr, en = meant(written.bracket, codes)
                yield Fault((name,), f"tranche inconnue : « {written.bracket} » ; {fr}", f"unknown bracket; {en}")
        if self.holes is not None and not self.hypothese:
            yield Fault(
                ("holes",),
                "garder un trou est une décision ; dites laquelle dans « hypothese »",
                "to keep a hole is a decision; say so in « hypothese »",
            )
        yield from self._gaps()

    def _gaps(self) -> Iterator[Fault]:
        whole = self.reading is not Reading.EXACT
        ranges = []
        for code, bound in self.brackets:
            start, end = _cuts(bound, whole)
            if start < end:
                ranges.append((start, end, code))
            else:
                yield Fault(
                    ("brackets", code),
                    "aucun nombre entier ici ; changez ses bornes",
                    "no whole number; change its bounds",
                )
        reach, owner = (_ONE if self.reading is Reading.COUNT else _ZERO), ""
        for start, end, code in sorted(ranges):
            if start > reach and self.holes is None:
                yield _gap(reach, start, owner, code, self.reading)
            elif start < reach and owner:
                yield _overlap(start, min(end, reach), owner, code, self.reading)
            if end > reach or not owner:
                reach, owner = end, code
        if ranges and reach < _ABOVE and self.holes is None:
            yield _gap(reach, _ABOVE, owner, "", self.reading)


#: A cut of the line of numbers: below everything, just before or just after a number, above everything.
_Cut = tuple[int, Fraction, bool]
_BELOW: Final[_Cut] = (-1, Fraction(0), False)
_ZERO: Final[_Cut] = (0, Fraction(0), False)
_ONE: Final[_Cut] = (0, Fraction(1), False)
_ABOVE: Final[_Cut] = (1, Fraction(0), False)


def _cuts(bound: Interval, whole: bool) -> tuple[_Cut, _Cut]:
    """Where a bracket begins and ends; in whole numbers, before its first and after its last."""
    start, end = _BELOW, _ABOVE
    if bound.low is not None:
        start = (0, bound.low, bound.low_open)
        if whole:
            first = floor(bound.low) + 1 if bound.low_open else ceil(bound.low)
            start = (0, Fraction(first), False)
    if bound.high is not None:
        end = (0, bound.high, not bound.high_open)
        if whole:
            after = ceil(bound.high) if bound.high_open else floor(bound.high) + 1
            end = (0, Fraction(after), False)
    return start, end


def _shown(start: _Cut, end: _Cut, whole: bool) -> tuple[str, str]:
    """The numbers between two cuts in words, French then English: « à 650 », « de 650 à 660 », « à partir de 2101 »."""
    low, high = (str(plain_number(cut[1])) for cut in (start, end))
    has_low, has_high = not start[2], end[2]
    if whole and not end[0]:
        high, has_high = str(end[1] - 1), True
    if start[0] or end[0]:
        return _half_shown(None if start[0] else low, None if end[0] else high, has_low if end[0] else has_high)
    if low == high:
        return f"à {low}", f"at {low}"
    if has_low and has_high:
        return f"de {low} à {high}", f"from {low} to {high}"
    if not (has_low or has_high):
        return f"entre {low} et {high}, ni l'un ni l'autre compris", f"between {low} and {high}, neither included"
    (fr, en), (last_fr, last_en) = (
        ("compris" if one else "non compris", "included" if one else "excluded") for one in (has_low, has_high)
    )
    return f"de {low} {fr} à {high} {last_fr}", f"from {low} ({en}) to {high} ({last_en})"


def _half_shown(low: str | None, high: str | None, included: bool) -> tuple[str, str]:
    """The numbers above or below one, that one among them or not; all of them where there is none."""
    if low is not None:
        return (f"à partir de {low}", f"from {low}") if included else (f"au-dessus de {low}", f"above {low}")
    if high is not None:
        return (f"jusqu'à {high}", f"up to {high}") if included else (f"au-dessous de {high}", f"below {high}")
    return "partout", "everywhere"


def _gap(start: _Cut, end: _Cut, before: str, after: str, reading: Reading) -> Fault:
    shown = _shown(start, end, reading is not Reading.EXACT)
    fr = " et ".join(f"« {code} »" for code in (before, after) if code)
    en = " and ".join(f"« {code} »" for code in (before, after) if code)
    where = ("entre", "between") if before and after else ("après", "after") if before else ("avant", "before")
    way, out = (
        'étendez une tranche, ou écrivez trous = "indécis" avec une hypothèse',
        'widen a bracket, or write trous = "indécis" and why',
    )
    if reading is Reading.EXACT and _between_whole(start, end):
        way = f'{way} ; si la commune ne lit que les euros entiers, écrivez lu = "tronqué"'
        out = f'{out}; where the town reads whole euros only, write lu = "tronqué"'
    return Fault(
        ("brackets",),
        f"trou {shown[0]}, {where[0]} {fr} (lu {reading.value}) ; {way}",
        f"hole {shown[1]}, {where[1]} {en} (read « {reading.value} »); {out}",
    )


def _between_whole(start: _Cut, end: _Cut) -> bool:
    """Whether a hole holds no whole number, so that it is none where the measure is read as its whole part."""
    if start[0] or end[0]:
        return False
    first = floor(start[1]) + 1 if start[2] else ceil(start[1])
    last = floor(end[1]) if end[2] else ceil(end[1]) - 1
    return first > last


def _overlap(start: _Cut, end: _Cut, before: str, code: str, reading: Reading) -> Fault:
    fr, en = _shown(start, end, reading is not Reading.EXACT)
    return Fault(
        ("brackets", code),
        f"« {before} » et « {code} » se chevauchent {fr} (lu {reading.value}) ; séparez-les",
        f"« {before} » and « {code} » overlap {en} (read « {reading.value} »); keep them apart",
    )


def measured(history: Sequence[Dated], day: date, effect: TakesEffect | None) -> Fraction | Lack:
    """
    The value of a measure that is used on *day*, or why there is none; never a guess.

    Several values without a declared effect are decided only where every effect gives the same answer.

    Args:
        history: Every dated value of the measure.
        day: The date of service (S10.7).
        effect: When a new value is first used.

    >>> both = Dated(Fraction(700), None, date(2024, 3, 14)), Dated(Fraction(900), date(2024, 3, 15))
    >>> effects = TakesEffect.AT_ONCE, TakesEffect.NEXT_MONTH
    >>> [measured(both, date(2024, 3, 20), one) for one in effects]
    [Fraction(900, 1), Fraction(700, 1)]
    >>> measured(both, date(2024, 3, 20), None)
    <Lack.UNSAID: 'quotient-indecis'>
    """
    if len(history) == 1 and history[0] == Dated(history[0].value) and isinstance(history[0].value, Fraction):
        return history[0].value  # the usual case, at once
    known = [one for one in history if isinstance(one.value, Fraction)]
    if effect is None and len(known) > 1:
        answers = {_in_force(known, day, one) for one in TakesEffect}
        return answers.pop() if len(answers) == 1 else Lack.UNSAID
    return _in_force(known, day, effect or TakesEffect.AT_ONCE)


def _in_force(known: list[Dated], day: date, effect: TakesEffect) -> Fraction | Lack:
    if not known:
        return Lack.MISSING
    begun = [one for one in known if one.first_day is None or effect.since(one.first_day) <= day]
    if not begun:
        return Lack.NOT_YET
    running = [one for one in begun if _lasts(one, known, day)]
    if not running:
        return Lack.EXPIRED
    last = max(one.first_day or date.min for one in running)
    values = {one.value for one in running if (one.first_day or date.min) == last}
    value = values.pop()
    return value if isinstance(value, Fraction) and not values else Lack.CONFLICT


def _lasts(one: Dated, known: list[Dated], day: date) -> bool:
    """Whether *one*, or values that follow it without a gap, reach *day*: it lasts until they take effect."""
    reach = (one.last_day or date.max).toordinal()
    for other in sorted(known, key=lambda each: each.first_day or date.min):
        start = other.first_day or date.min
        if (one.first_day or date.min) < start <= day and start.toordinal() <= reach + 1:
            reach = max(reach, (other.last_day or date.max).toordinal())
    return reach >= day.toordinal()
