"""What is published about prices, as values: formules, tariffs, modifiers and their order (S10)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Final

from .described import Key, ListOf, Record, TableOf
from .errors import Fault, Path, meant, raise_all
from .facts import Value
from .grids import Grid
from .money import Rounding
from .prices import SHIFT, Effort, FactValue, Price, PriceShape, Table, check_price
from .selectors import Where
from .shapes import (
    Amount,
    Choice,
    Flag,
    Label,
    Number,
    Ref,
    Slug,
    Text,
    Unpublished,
)
from .slots import HYPOTHESE, SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Formule:
    """
    Slots bought together on one day, under one name (S10.2).

    Args:
        label: What parents read; the code where left out.
        sets: The sets of slots that count as this formule.

    Raises:
        InvalidValueError: If a set names a slot twice, or stands twice.
    """

    code: Annotated[str, Key("", Slug(), "")]
    label: Annotated[str, Key("nom", Text(80), "Le nom que lisent les familles.", '"Demi-journée avec repas"')] = ""
    sets: Annotated[
        tuple[tuple[str, ...], ...],
        Key(
            "ensembles",
            ListOf(ListOf(Ref(("créneau",)), most=64)),
            "Les créneaux pris ensemble ; plusieurs listes sont plusieurs façons de prendre cette formule.",
            '[["matin", "repas"], ["repas", "apres-midi"]]',
        ),
    ]
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    @property
    def ensembles(self) -> tuple[frozenset[str], ...]:
        """The sets of slots that count as this formule, in the order written."""
        return tuple(frozenset(one) for one in self.sets)

    def _faults(self) -> Iterator[Fault]:
        sets = self.ensembles
        for i, one in enumerate(self.sets):
            if not one or len(set(one)) < len(one):
                yield Fault(
                    ("sets", i),
                    "donnez chaque créneau une fois, et au moins un",
                    "give each slot once, and at least one",
                )
            elif sets[i] in sets[:i]:
                yield Fault(
                    ("sets", i),
                    "cet ensemble est déjà écrit ; enlevez-le",
                    "this set stands already; drop it",
                )


class Per(Enum):
    """What one price pays for: the scope of a tariff, of one child (S10.6)."""

    SLOT = "créneau"
    DAY = "jour"
    HOUR = "heure"
    HALF_HOUR = "demi-heure"
    QUARTER = "quart d'heure"

    @property
    def minutes(self) -> int:
        """Length of a unit of time that is due once started; 0 where the price does not depend on time."""
        return {Per.HOUR: 60, Per.HALF_HOUR: 30, Per.QUARTER: 15}.get(self, 0)


class Mixed(Enum):
    """How several slots sold together are read when only some are late."""

    ANY = "si un créneau l'est"
    ALL = "si tous le sont"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff(Where):
    """
    A printed price and what it is for: a family of slots, of which it prices what is held (S10.2).

    Args:
        label: What the récapitulatif prints for a whole day; the slots' names where left out.
        per: What one price pays for.
        by: Code of a grid, or of a number for an effort rate.
        price: The price, its row by bracket, its effort rate, or a table formule ▸ price.
        step_cents: The price is rounded to a multiple of this, in cents.
        rounding: How it is rounded.
        mixed: How slots sold together are read when only some are late; left out, undecided where it matters.

    Raises:
        InvalidValueError: If the step is no whole number of cents, or formules are not sold by the day.
    """

    code: Annotated[str, Key("", Slug(), "")]
    label: Annotated[str, Key("nom", Text(80), "Le nom que porte la ligne quand le prix est au jour ou au temps.")] = ""
    per: Annotated[
        Per,
        Key(
            "par",
            Choice(tuple((one.value, one) for one in Per)),
            "Ce que paie un prix ; un temps commencé est dû.",
            '"créneau"',
        ),
    ]
    by: Annotated[
        str, Key("selon", Ref(("grille", "faits")), "La grille, ou le nombre pour un taux d'effort.", '"qf"')
    ] = ""
    price: Annotated[
        Price,
        Key(
            "prix",
            PriceShape(),
            "Le prix, une ligne par tranche, un taux, ou un tableau par formule.",
            "{ A = 1.00, B = 3.05 }",
        ),
    ]
    step_cents: Annotated[Fraction, Key("arrondi", Amount(announced=False), "Le pas d'arrondi, en euros.", "0.05")] = (
        Fraction(1)
    )
    rounding: Annotated[
        Rounding,
        Key("arrondi_mode", Choice(tuple((one.value, one) for one in Rounding)), "Le sens de l'arrondi."),
    ] = Rounding.HALF_UP
    mixed: Annotated[
        Mixed | None,
        Key(
            "formule_hors_delai",
            Choice(tuple((one.value, one) for one in Mixed)),
            "Quand plusieurs créneaux vendus ensemble comptent comme hors délai.",
            '"si un créneau l\'est"',
        ),
    ] = None
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    @property
    def by_formule(self) -> bool:
        """Whether the rows of the price are formules."""
        price = self.price
        return isinstance(price, Table) and (
            not self.by or any(isinstance(one, Effort | Table) for _, one in price.rows)
        )

    def formules_sold(self) -> tuple[tuple[str, Price], ...]:
        """The formules that this tariff prices, each with its row; empty for another kind of price."""
        return self.price.rows if isinstance(self.price, Table) and self.by_formule else ()

    def check(
        self, grids: Mapping[str, Grid], formules: Mapping[str, Formule], covered: Collection[str]
    ) -> Iterator[Fault]:
        """
        What is wrong with this tariff against the rest of the règlement.

        Args:
            grids: By code.
            formules: By code.
            covered: Codes of the slots that it covers.
        """
        path: Path = ("tarif", self.code, "prix")
        if not self.by_formule:
            yield from check_price(self.price, self.by, grids.get(self.by), path)
        sold: dict[frozenset[str], str] = {}
        for code, price in self.formules_sold():
            if code not in formules:
                fr, en = meant(code, formules)
                yield Fault((*path, code), f"formule inconnue ; {fr}", f"unknown formule; {en}")
                continue
            yield from check_price(price, self.by, grids.get(self.by), (*path, code))
            for chosen in formules[code].ensembles:
                names = " + ".join(sorted(chosen))
                if not chosen <= set(covered):
                    fr = f"{names} : ce tarif ne couvre pas tous ces créneaux ; ajoutez-les à « creneaux »"
                    yield Fault((*path, code), fr, f"{names}: not all are covered; add them to « creneaux »")
                if chosen in sold:
                    fr = f"{names} est déjà vendu par « {sold[chosen]} » ; gardez une seule ligne"
                    yield Fault((*path, code), fr, f"{names} is sold by « {sold[chosen]} » already; keep one row")
                sold[chosen] = code

    def _faults(self) -> Iterator[Fault]:
        if self.step_cents < 1 or self.step_cents.denominator != 1:
            yield Fault(("step_cents",), "il faut un nombre entier de centimes : 0.05", "expected whole cents: 0.05")
        if self.by_formule and self.per is not Per.DAY:
            fr = 'des lignes par formule se vendent au jour : par = "jour"'
            yield Fault(("per",), fr, 'rows by formule are sold by the day: par = "jour"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach(Where):
    """A selector that may also name tariffs and brackets; an exception may name them too."""

    tariffs: Annotated[
        tuple[str, ...], Key("tarifs", ListOf(Ref(("tarif",)), True), "Les tarifs concernés.", '"regulier"')
    ] = ()
    brackets: Annotated[
        tuple[str, ...], Key("tranches", ListOf(Label(), True), "Les tranches concernées.", '["B", "C"]')
    ] = ()
    unless: Annotated[tuple[Reach, ...], Key("sauf", ListOf(Record(Reach), True), "Les exceptions.")] = ()

    def names_prices(self) -> bool:
        """Whether it, or one of its exceptions, names tariffs or brackets."""
        return bool(self.tariffs or self.brackets or any(one.names_prices() for one in self.unless))


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier(Reach):
    """
    What changes a price, where its selector holds: one verb, and nothing else (S10.5).

    `comme` and `tranche` act on the lookup, and come first; the others on the price of one unit, unrounded.

    Args:
        plus: Added; cents.
        minus: Taken off, never below 0; cents.
        times: Factor.
        price: Stands in place of all that came before it.
        shift: Brackets up (or down), or the code of the bracket that is looked up instead.
        alike: The price is the one that these facts would give.
        ceiling: Not more than this; cents.
        floor: Not less than this; cents.
        aid: Whether it is an aid, which may be lost: what is due « avant aide » is read without it (S4.2).

    Raises:
        InvalidValueError: If there is not exactly one verb, or `comme` names tariffs or brackets.
    """

    code: Annotated[str, Key("", Slug(), "")]
    plus: Annotated[Fraction | Unpublished | None, Key("plus", Amount(), "Euros en plus.", "2.00")] = None
    minus: Annotated[Fraction | Unpublished | None, Key("moins", Amount(), "Euros en moins.", "0.50")] = None
    times: Annotated[Fraction | None, Key("fois", Number(), "Le prix est multiplié par ce nombre.", "2")] = None
    price: Annotated[Price | None, Key("prix", PriceShape(1), "Un autre prix, ou une ligne par tranche.", "5.26")] = (
        None
    )
    shift: Annotated[int | str | None, Key("tranche", SHIFT, "Une autre tranche est lue.", '"-1"')] = None
    alike: Annotated[
        tuple[tuple[str, Value], ...] | None,
        Key(
            "comme",
            TableOf(Ref(("faits",)), FactValue()),
            "Le prix est celui que donneraient ces faits.",
            '{ residence = "commune" }',
        ),
    ] = None
    ceiling: Annotated[Fraction | Unpublished | None, Key("plafond", Amount(), "Pas plus, en euros.", "5.26")] = None
    floor: Annotated[Fraction | Unpublished | None, Key("plancher", Amount(), "Pas moins, en euros.", "2.88")] = None
    aid: Annotated[bool, Key("aide", Flag(), "C'est une aide : elle peut se perdre.", "true")] = False
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    @property
    def verb(self) -> str:
        """The one field that is written."""
        return next(name for name in VERBS if getattr(self, name) is not None)

    @property
    def is_lookup(self) -> bool:
        """Whether it acts on the lookup, before any amount."""
        return self.shift is not None or self.alike is not None

    def _faults(self) -> Iterator[Fault]:
        said = [word for name, word in VERBS.items() if getattr(self, name) is not None]
        if len(said) != 1:
            seen, ways = ", ".join(said) or "aucun verbe", ", ".join(VERBS.values())
            yield Fault(
                (),
                f"lu « {seen} » ; un seul verbe parmi : {ways}",
                f"got « {seen} »; exactly one verb of: {ways}",
            )
        if self.alike is not None and self.names_prices():
            fr = "« comme » est lu avant de choisir le tarif ; retirez tarifs et tranches"
            yield Fault(("alike",), fr, "« comme » is read before the tariff is chosen; drop tarifs and tranches")


#: The verbs of a modifier: field, and key.
VERBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "plus": "plus",
        "minus": "moins",
        "times": "fois",
        "price": "prix",
        "shift": "tranche",
        "alike": "comme",
        "ceiling": "plafond",
        "floor": "plancher",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOrder:
    """
    In which order modifiers act; needed where two can act on the amount of one item (S10.5).

    Raises:
        InvalidValueError: If a modifier stands twice.
    """

    order: Annotated[
        tuple[str, ...],
        Key(
            "ordre",
            ListOf(Ref(("modification",)), least=0),
            "Les modifications, la première d'abord.",
            '["quotient", "hors-delai"]',
        ),
    ] = ()
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        twice = sorted({code for code in self.order if self.order.count(code) > 1})
        raise_all(
            Fault(
                ("order",),
                f"« {code} » y est deux fois ; gardez-en une",
                f"« {code} » stands twice; keep one",
            )
            for code in twice
        )
