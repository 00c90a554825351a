"""How prices are printed: an amount, an effort rate, a table by bracket or formule (S10.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Final

from .described import REFUSED, Faults, Key, Phrase, Plain, Record, Shape
from .errors import Fault, Path, meant, raise_all
from .grids import TakesEffect
from .shapes import (
    UNPUBLISHED,
    Amount,
    Choice,
    Label,
    Number,
    Ref,
    Unpublished,
    exact,
    folded,
    phrase_error,
    plain_number,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """
    A price that grows with a measure: base + rate × measure, between a floor and a ceiling (S10.3).

    Args:
        rate: Euros for each unit of the measure.
        measure: Code of the number that the rate multiplies; that of the tariff where left out.
        effect: When a new value of that number is first used; without it, a day for which that matters is undecided.
        base: Euro cents, exact.
        floor: Euro cents, exact; None for 0.
        ceiling: Euro cents, exact; None for no ceiling.

    Raises:
        InvalidValueError: If the floor is above the ceiling.

    >>> sallanches = Effort(rate=Fraction("0.0036"), floor=Fraction(288), ceiling=Fraction(526))
    >>> [int(sallanches.cents(Fraction(qf))) for qf in (400, 1000, 2000)]
    [288, 360, 526]
    """

    rate: Annotated[Fraction, Key("taux", Number(), "Euros par unité de la mesure.", "0.0036")]
    measure: Annotated[
        str, Key("de", Ref(("faits",)), "Le nombre multiplié ; celui de « selon » sans cette ligne.", '"ressources"')
    ] = ""
    effect: Annotated[
        TakesEffect | None,
        Key(
            "effet",
            Choice(tuple((one.value, one) for one in TakesEffect)),
            "Quand un nouveau nombre prend effet.",
            '"mois suivant"',
        ),
    ] = None
    base: Annotated[Fraction, Key("base", Amount(announced=False), "Une part fixe, en euros.", "1.00")] = Fraction(0)
    floor: Annotated[Fraction | None, Key("plancher", Amount(announced=False), "Pas moins, en euros.", "2.88")] = None
    ceiling: Annotated[Fraction | None, Key("plafond", Amount(announced=False), "Pas plus, en euros.", "5.26")] = None

    def __post_init__(self) -> None:
        if self.floor is not None and self.ceiling is not None and self.ceiling < self.floor:
            fr, en = (
                "le plafond est sous le plancher ; échangez-les",
                "the ceiling is below the floor; swap them",
            )
            raise_all([Fault(("ceiling",), fr, en)])

    def cents(self, measure: Fraction) -> Fraction:
        """The exact price for a measure, in cents; never below 0."""
        amount = max(self.base + self.rate * 100 * measure, self.floor or Fraction(0))
        return amount if self.ceiling is None else min(amount, self.ceiling)


@dataclass(frozen=True, slots=True)
class Table:
    """
    A printed table: a price a bracket, or a row a formule.

    Args:
        rows: Bracket or formule code, and its price.
        others: Whether all other rows are announced without being published.
    """

    rows: tuple[tuple[str, Price], ...]
    others: bool = False

    def row(self, code: str) -> Price | None:
        """The price of a row; None where there is none."""
        found = next((price for name, price in self.rows if name == code), None)
        return UNPUBLISHED if found is None and self.others else found


#: Euro cents, exact; « non publié »; an effort rate; or a table of these.
Price = Fraction | Unpublished | Effort | Table

#: The row of a table that stands for all rows left out.
OTHERS: Final = "autres"


@dataclass(frozen=True, slots=True)
class PriceShape(Shape):
    """
    A price as printed: an amount, « non publié », an effort rate, or a table of *depth* levels.

    Args:
        depth: 2 for formule ▸ bracket, 1 for one level of rows, 0 for an amount or a rate alone.
        rate: How an effort rate is written; a schema defines the shapes of which a shape is made.
    """

    depth: int = 2
    rate: Record = Record(Effort)

    def expects(self) -> tuple[str, str]:
        fr, en = Amount().expects()
        if not self.depth:
            return f"{fr}, ou {{ taux = 0.0036 }}", f"{en}, or {{ taux = 0.0036 }}"
        return (
            f'{fr}, une ligne par tranche {{ A = 1.00, autres = "non publié" }}, ou {{ taux = 0.0036 }}',
            f'{en}, a row by bracket {{ A = 1.00, autres = "non publié" }}, or {{ taux = 0.0036 }}',
        )

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if not isinstance(raw, dict):
            return Amount().read(raw, path, faults) if not isinstance(raw, list) else self.refuse(raw, path, faults)
        if "taux" in raw:
            return self.rate.read(raw, path, faults)
        if not self.depth or not raw or len(raw) > 1000:
            return self.refuse(raw, path, faults)
        rows, cell = [], PriceShape(self.depth - 1)
        others = raw.get(OTHERS, UNPUBLISHED.value) == UNPUBLISHED.value
        if not others:
            fr = "« autres » ne peut être que « non publié » : écrivez chaque prix"
            faults.append(Fault((*path, OTHERS), fr, "« autres » can only be « non publié »: write each price"))
        for code, one in raw.items():
            if code != OTHERS:
                rows.append((Label().read(code, (*path, code), faults), cell.read(one, (*path, code), faults)))
        bad = not others or any(part is REFUSED for pair in rows for part in pair)
        return REFUSED if bad else Table(tuple(rows), OTHERS in raw)

    def write(self, value: Any) -> Plain:
        if isinstance(value, Effort):
            return self.rate.write(value)
        if isinstance(value, Table):
            rows = {code: PriceShape(self.depth - 1).write(one) for code, one in value.rows}
            return {**rows, OTHERS: UNPUBLISHED.value} if value.others else rows
        return Amount().write(value)

    def schema(self) -> dict[str, Plain]:
        amounts: dict[str, Plain] = Amount().schema()
        if not self.depth:
            return {"anyOf": [*amounts["anyOf"], self.rate.schema()]}
        rows = {
            "type": "object",
            "minProperties": 1,
            "properties": {OTHERS: {"const": UNPUBLISHED.value}},
            "additionalProperties": PriceShape(self.depth - 1).schema(),
        }
        return {"anyOf": [*amounts["anyOf"], self.rate.schema(), rows]}


def efforts(price: Price | None) -> Iterator[Effort]:
    """Every effort rate in a price, those of its rows included."""
    if isinstance(price, Effort):
        yield price
    elif isinstance(price, Table):
        for _, row in price.rows:
            yield from efforts(row)


def check_price(price: Price, measure: str, codes: tuple[str, ...] | None, path: Path) -> Iterator[Fault]:
    """
    What is wrong with a price against its measure: unknown or missing brackets, a rate without a number.

    Args:
        price: The price of one item.
        measure: Code in `selon`: of a grid or a fact; empty where there is none.
        codes: The brackets of that grid, or the words of that fact; None where it has neither.
        path: Where the price stands.
    """
    if (not measure or codes is not None) and any(not one.measure for one in efforts(price)):
        fr = "un taux se multiplie par un nombre ; écrivez selon = le code de ce fait, ou de = ce code auprès du taux"
        yield Fault(path, fr, "a rate multiplies a number; write selon = the code of that fact, or de = it by the rate")
    if not isinstance(price, Table):
        return
    if codes is None:
        fr = "des lignes se lisent dans une grille, ou par mot d'un fait ; écrivez selon = le code de l'un"
        yield Fault(path, fr, "rows are looked up in a grid, or by the word of a fact; write selon = its code")
        return
    for code, _ in price.rows:
        if code not in codes:
            fr, en = meant(code, codes)
            yield Fault(
                (*path, code),
                f"tranche inconnue de « {measure} » ; {fr}",
                f"unknown bracket of « {measure} »; {en}",
            )
    missing = [code for code in codes if price.row(code) is None]
    if missing:
        fr = f'sans prix : {", ".join(missing)} ; donnez-les, ou autres = "non publié"'
        yield Fault(path, fr, f'without a price: {", ".join(missing)}; give them, or autres = "non publié"')


@dataclass(frozen=True, slots=True)
class FactValue(Shape):
    """The value of a fact: true, a word, a number."""

    def expects(self) -> tuple[str, str]:
        return "true, false, un mot ou un nombre", "true, false, a word or a number"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        if isinstance(raw, bool) or (isinstance(raw, str) and re.fullmatch(r"(?=.*[a-z])[a-z0-9-]{1,60}", raw)):
            return raw
        number = exact(raw)
        if number is None and isinstance(raw, str) and re.fullmatch(r"(?=.*[a-z])[a-z0-9-]{1,60}", folded(raw)):
            way = f"un mot sans accent ni majuscule : « {folded(raw)} »"
            return self.refuse(raw, path, faults, (way, f"a word without accents or capitals: « {folded(raw)} »"))
        return self.refuse(raw, path, faults) if number is None else number

    def write(self, value: Any) -> Plain:
        return plain_number(value) if isinstance(value, Fraction) else value

    def schema(self) -> dict[str, Plain]:
        return {"type": ["boolean", "number", "string"]}


def parse_shift(text: str) -> int | str:
    """
    Read another bracket: « +1 » is the next one up, « -1 » the next one down, a code is that bracket.

    Raises:
        InvalidValueError: If it is none of these.

    >>> parse_shift("-1"), parse_shift("T6")
    (-1, 'T6')
    """
    said = text.strip()
    if re.fullmatch(r"[+-][1-9]\d?", said):
        return int(said)
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", said):
        return said
    ways = "« +1 », « -1 » ou le code d'une tranche"
    raise phrase_error(text, f"écrivez {ways}", "write « +1 », « -1 » or the code of a bracket")


#: Shape of another bracket.
SHIFT: Final = Phrase(
    ("une autre tranche", "another bracket"),
    parse_shift,
    lambda shift: f"{shift:+d}" if isinstance(shift, int) else shift,
    ("+1", "-1", "T6"),
)
