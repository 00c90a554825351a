"""What is published about prices, as values: formules and tariffs (S10)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Annotated, Final

from .described import Key, ListOf, Phrase
from .errors import Fault, InvalidValueError, Path, meant, raise_all
from .money import Rounding
from .prices import Effort, Price, PriceShape, Table, check_price
from .selectors import Where
from .shapes import Amount, Choice, Flag, Ref, Slug, Text, folded, phrase_error
from .slots import HYPOTHESE, SOURCE
from .windows import WINDOW, Window, format_window, parse_window


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
    """What one price pays for within a day of one child (S10.6); a window pays for more than that."""

    SLOT = "créneau"
    DAY = "jour"
    HOUR = "heure"
    HALF_HOUR = "demi-heure"
    QUARTER = "quart d'heure"

    @property
    def minutes(self) -> int:
        """Length of a unit of time that is due once started; 0 where the price does not depend on time."""
        return {Per.HOUR: 60, Per.HALF_HOUR: 30, Per.QUARTER: 15}.get(self, 0)


def parse_per(text: str) -> Per | Window:
    """
    Read what one price pays for: « créneau », « heure », « demi-heure », « quart d'heure », or a window.

    Raises:
        InvalidValueError: If it is none of these.

    >>> parse_per("creneau"), parse_per("mois du foyer").household
    (<Per.SLOT: 'créneau'>, True)
    """
    within = {folded(one.value): one for one in Per}
    found = within.get(folded(text))
    if found is not None:
        return found
    try:
        return parse_window(text)
    except InvalidValueError:
        ways = ", ".join(f"« {one} »" for one in _PER.examples)
        raise phrase_error(text, f"écrivez {ways}, ou le code d'un découpage", f"write one of {ways}") from None


def format_per(per: Per | Window) -> str:
    """The canonical phrase of a scope; `parse_per` reads it back."""
    return per.value if isinstance(per, Per) else format_window(per)


_PER: Final = Phrase(
    ("ce que paie un prix", "what one price pays for"),
    parse_per,
    format_per,
    (*(one.value for one in Per), *(one for one in WINDOW.examples if one != "jour")),
)


class Prorata(Enum):
    """Over which open days of its stretch a price is shared out."""

    HELD = "jours réservés"
    LEFT = "jours restants"


class ReadOn(Enum):
    """Which of the dates held in a stretch gives its price, where they do not all give the same."""

    FIRST = "premier jour"
    LAST = "dernier jour"


def _by_tariff(price: Price) -> bool:
    """Whether a price is a rate of the number that its tariff names."""
    return isinstance(price, Effort) and not price.measure


class Mixed(Enum):
    """How several slots sold together are read when only some are late."""

    ANY = "si un créneau l'est"
    ALL = "si tous le sont"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff(Where):
    """
    A printed price and what it is for: a family of slots, of which it prices what is held (S10.2).

    Args:
        label: What the récapitulatif prints for a whole day or stretch; the slots' names where left out.
        per: What one price pays for: a slot, a day, a unit of time begun, or a stretch in which something is held.
        by: Code of a grid, or of a number for an effort rate.
        price: The price, its row by bracket, its effort rate, or a table formule ▸ price.
        step_cents: The price is rounded to a multiple of this, in cents.
        rounding: How it is rounded.
        mixed: How slots sold together are read when only some are late; left out, undecided where it matters.
        extra: A supplement: it comes on top of the price that its slots have anyway, and gives them none.
        prorata: The price of a stretch is shared out over its open days.
        read_on: Which date held in a stretch gives its price; left out, undecided where they do not all agree.
        acquired: Once due it stays due: what was held in its stretch and was given back since still pays for it.

    Raises:
        InvalidValueError: If the step is no whole number of cents, formules are not sold by the day or by a stretch,
            or what speaks of a stretch is written for a price that has none.
    """

    code: Annotated[str, Key("", Slug(), "")]
    label: Annotated[
        str,
        Key(
            "nom", Text(80), "Le nom que porte la ligne d'un prix au jour, au temps ou par fenêtre, et d'un supplément."
        ),
    ] = ""
    per: Annotated[
        Per | Window,
        Key(
            "par", _PER, "Ce que paie un prix ; un temps commencé est dû, une fenêtre où l'on vient aussi.", '"créneau"'
        ),
    ]
    by: Annotated[
        str,
        Key(
            "selon",
            Ref(("grille", "faits")),
            "La grille, le fait dont chaque mot a son prix, ou le nombre d'un taux.",
            '"qf"',
        ),
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
    extra: Annotated[
        bool, Key("en_plus", Flag(), "Un supplément, en plus du prix que ces créneaux ont déjà.", "true")
    ] = False
    prorata: Annotated[
        Prorata | None,
        Key(
            "prorata",
            Choice(tuple((one.value, one) for one in Prorata)),
            "Le prix d'une fenêtre est partagé entre ses jours d'ouverture : on paie ceux-ci.",
            '"jours réservés"',
        ),
    ] = None
    read_on: Annotated[
        ReadOn | None,
        Key(
            "lu_le",
            Choice(tuple((one.value, one) for one in ReadOn)),
            "Le jour réservé de la fenêtre qui donne son prix, quand tous ne donnent pas le même.",
            '"premier jour"',
        ),
    ] = None
    acquired: Annotated[
        bool, Key("acquis", Flag(), "Une fois dû pour une fenêtre, le reste, même si tout y est annulé.", "true")
    ] = False
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    @property
    def window(self) -> Window | None:
        """The stretches that one price pays for; None where it pays for a day or less."""
        return self.per if isinstance(self.per, Window) else None

    @property
    def minutes(self) -> int:
        """Length of a unit of time that is due once started; 0 where the price does not depend on time."""
        return self.per.minutes if isinstance(self.per, Per) else 0

    @property
    def by_formule(self) -> bool:
        """Whether the rows of the price are formules."""
        price = self.price
        return isinstance(price, Table) and (
            not self.by or any(isinstance(one, Table) or _by_tariff(one) for _, one in price.rows)
        )

    def formules_sold(self) -> tuple[tuple[str, Price], ...]:
        """The formules that this tariff prices, each with its row; empty for another kind of price."""
        return self.price.rows if isinstance(self.price, Table) and self.by_formule else ()

    def check(
        self, rows: Mapping[str, tuple[str, ...]], formules: Mapping[str, Formule], covered: Collection[str]
    ) -> Iterator[Fault]:
        """
        What is wrong with this tariff against the rest of the règlement.

        Args:
            rows: The rows that a price may have, by code of grid or fact (see `price_checks.rows_of`).
            formules: By code.
            covered: Codes of the slots that it covers.
        """
        path: Path = ("tarif", self.code, "prix")
        if not self.by_formule:
            yield from check_price(self.price, self.by, rows.get(self.by), path)
        sold: dict[frozenset[str], str] = {}
        for code, price in self.formules_sold():
            if code not in formules:
                fr, en = meant(code, formules)
                yield Fault((*path, code), f"formule inconnue ; {fr}", f"unknown formule; {en}")
                continue
            yield from check_price(price, self.by, rows.get(self.by), (*path, code))
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
        if self.by_formule and self.window is None and self.per is not Per.DAY:
            fr = 'des lignes par formule se vendent au jour, ou par fenêtre : par = "jour" ; par tranche ou par mot, dites « selon »'
            yield Fault(("per",), fr, 'rows by formule are sold by the day, or by a window: par = "jour"')
        for name, word in (("prorata", "prorata"), ("read_on", "lu_le"), ("acquired", "acquis")):
            if getattr(self, name) and self.window is None:
                fr = f'« {word} » parle d\'une fenêtre ; écrivez par = "mois", par exemple, ou retirez-le'
                yield Fault((name,), fr, f"« {word} » speaks of a window; write par = « mois », say, or drop it")
