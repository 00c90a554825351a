"""What changes a price, as values: modifiers and their order (S10.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Final

from .bounds import INTERVAL, Interval
from .described import Key, ListOf, Record, TableOf
from .errors import Fault, raise_all
from .facts import Value
from .prices import SHIFT, FactValue, Price, PriceShape
from .selectors import Where
from .shapes import Amount, Choice, Flag, Label, Number, Ref, Slug, Text, Unpublished
from .slots import HYPOTHESE, SOURCE
from .tariffs import Tariff
from .windows import WINDOW, Window


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

    `comme` and `tranche` act on the lookup, and come first; the others on the price of one unit, unrounded. With
    `par` and without `unites` it acts on the total of a stretch instead, as a line of its own.

    Args:
        label: What the récapitulatif prints for a line of its own; the code where left out.
        per: The stretch whose units are counted, or whose total is changed.
        units: Only units of these ranks, the first of the stretch being 1, among those that the selector holds.
        aid: It is an aid: what the price was before it is told too, and an aid may be lost.
        plus: Added; cents.
        minus: Taken off, never below 0; cents.
        times: Factor.
        price: Stands in place of all that came before it.
        shift: Brackets up (or down), or the code of the bracket that is looked up instead.
        alike: The price is the one that these facts would give.
        ceiling: Not more than this; cents.
        floor: Not less than this; cents.

    Raises:
        InvalidValueError: If there is not exactly one verb, `comme` names tariffs or brackets, `unites` has no
            stretch, or a verb cannot act on a total.
    """

    code: Annotated[str, Key("", Slug(), "")]
    label: Annotated[str, Key("nom", Text(80), "Le nom que porte la ligne d'un total.", '"Plafond mensuel"')] = ""
    per: Annotated[
        Window | None,
        Key(
            "par", WINDOW, "La fenêtre dont on compte les unités ; sans « unites », dont on change le total.", '"mois"'
        ),
    ] = None
    units: Annotated[
        Interval | None,
        Key("unites", INTERVAL, "Seulement ces unités de la fenêtre, dans l'ordre des dates.", '"de 1 à 2"'),
    ] = None
    aid: Annotated[bool, Key("aide", Flag(), "C'est une aide : on dit aussi le prix avant elle.", "true")] = False
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
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    @property
    def verb(self) -> str:
        """The one field that is written."""
        return next(name for name in VERBS if getattr(self, name) is not None)

    def names(self, tariff: Tariff) -> bool:
        """Whether it can change the prices of a tariff: any, but a supplement only where it is named."""
        return tariff.code in self.tariffs if self.tariffs or tariff.extra else True

    @property
    def is_total(self) -> bool:
        """Whether it acts on the total of a stretch, as a line of its own."""
        return self.per is not None and self.units is None

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
        yield from self._window_faults()

    def _window_faults(self) -> Iterator[Fault]:
        if self.units is not None and self.per is None:
            fr = 'de quelle fenêtre compte-t-on les unités ? écrivez par = "mois", par exemple'
            yield Fault(("units",), fr, "units of which window? write par = « mois », say")
        if self.alike is not None and (self.per is not None or self.aid):
            fr = "« comme » est lu avant tout prix ; retirez par, unites et aide"
            yield Fault(("alike",), fr, "« comme » is read before any price; drop par, unites and aide")
        elif self.is_total and any(getattr(self, name) is not None for name in ("price", "shift")):
            fr = "sur le total d'une fenêtre : plus, moins, fois, plafond ou plancher ; sur des unités, ajoutez unites"
            yield Fault(("per",), fr, "on the total of a window: plus, moins, fois, plafond or plancher; or add unites")
        if self.units is not None and self.per is not None and self.per.household:
            fr = (
                "les unités de plusieurs enfants n'ont pas d'ordre publié ; comptez celles de chacun, sans « du foyer »"
            )
            yield Fault(("per",), fr, "units of several children have no published order; count those of each child")


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


class ReadAt(Enum):
    """The day whose facts, and whose dated tariffs, give a price (S10.7)."""

    SERVICE = "service"
    BOOKING = "réservation"
    INVOICE = "facture"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOrder:
    """
    In which order modifiers act, needed where two can act on the amount of one item (S10.5); and on which day
    prices are read.

    Args:
        read_at: The day whose facts, and whose dated tariffs, give a price (S10.7).

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
    read_at: Annotated[
        ReadAt,
        Key(
            "au_jour",
            Choice(tuple((one.value, one) for one in ReadAt)),
            "Le jour dont on lit les faits et les tarifs datés : celui du service, de la réservation ou de la facture.",
            '"service"',
        ),
    ] = ReadAt.SERVICE
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
