"""What is noted on the spot, and what it costs: there without booking, absent, picked up late, cancelled late (S4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Final

from .bounds import INTERVAL, Interval
from .days import clock, no_time, time_of_day
from .described import Key, Phrase, TableOf
from .dues import DUE, Due
from .errors import Fault, raise_all
from .prices import Effort, Price, PriceShape, Table
from .selectors import Where
from .shapes import UNPUBLISHED, Amount, Choice, Flag, Number, Ref, Slug, Text, Unpublished, Whole, folded
from .slots import HYPOTHESE, SOURCE, Slot
from .tariffs import Per, Tariff
from .variants import VARIANT, Variant
from .windows import WINDOW, Window

#: A day has so many minutes: no child is picked up later than that.
_MINUTES: Final = 1440


class Lapse(Enum):
    """What may be noted: four facts that are never confused (S4.3); booking late is a variant, and is none of them."""

    UNBOOKED = "présent sans réservation"
    ABSENT = "absent sans annuler"
    LATE_PICKUP = "repris en retard"
    LATE_CANCEL = "annulé hors délai"


class SlotEnd(Enum):
    """From when a child is picked up late, where that is no hour."""

    SLOT_END = "la fin du créneau"


#: What each lapse may cost, by field: the verbs of a constat.
VERBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "price": "prix",
        "tiers": "paliers",
        "plus": "plus",
        "times": "fois",
        "due": "a_payer",
        "priced_as": "au_tarif",
        "refused": "refus",
    }
)
_ALLOWED: Final[Mapping[Lapse, frozenset[str]]] = MappingProxyType(
    {
        Lapse.UNBOOKED: frozenset({"price", "plus", "times", "priced_as", "refused"}),
        Lapse.ABSENT: frozenset({"price", "plus", "times", "due"}),
        Lapse.LATE_CANCEL: frozenset({"price", "plus", "times", "due"}),
        Lapse.LATE_PICKUP: frozenset({"price", "tiers"}),
    }
)


def parse_after(text: str) -> int | SlotEnd:
    """
    Read « 18:00 » or « la fin du créneau ».

    Raises:
        InvalidValueError: If it is neither.

    >>> parse_after("18:00")
    1080
    """
    if folded(text) == folded(SlotEnd.SLOT_END.value):
        return SlotEnd.SLOT_END
    minutes = time_of_day(text)
    if minutes is None:
        ways = f"« 18:00 » ou « {SlotEnd.SLOT_END.value} »"
        raise no_time(text, f"écrivez {ways}", f"write {ways}")
    return minutes


#: Shape of when a child begins to be picked up late.
AFTER: Final = Phrase(
    ("une heure, ou la fin du créneau", "a time, or the end of the slot"),
    parse_after,
    lambda after: clock(after) if isinstance(after, int) else after.value,
    ("18:00", "la fin du créneau"),
)

Tiers = tuple[tuple[Interval, "Fraction | Unpublished"], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constat(Where):
    """
    What a lapse costs, where its selector holds: one verb, and nothing else (S4.3).

    Args:
        lapse: What is noted.
        label: What the bill prints; the lapse where left out.
        price: What is charged in place of the slot's price; by started slice where there is one; or by bracket.
        by: The grid, or the number, by which *price* is looked up.
        plus: Charged on top of the slot's price; cents. Outside its *ranks* the slot's price alone is.
        times: The slot's price is multiplied by this; outside its *ranks* it is not.
        due: What stays due of the slot's price.
        priced_as: The slot is charged as if it had been booked in this variant.
        refused: The child is not taken in; nothing is due.
        tiers: What a late pick-up costs, by whole minutes late.
        after: From when a child is picked up late.
        slice_minutes: The price is due for each slice of so many minutes that is begun.
        per: Over which stretch lapses are counted.
        ranks: Which of them it speaks of, the first of the stretch being 1.

    Raises:
        InvalidValueError: If there is not exactly one verb, or it does not suit the lapse.
    """

    code: Annotated[str, Key("", Slug(), "")]
    label: Annotated[str, Key("nom", Text(80), "Ce que porte la ligne de la facture.", '"Retard du soir"')] = ""
    lapse: Annotated[
        Lapse,
        Key(
            "fait",
            Choice(tuple((one.value, one) for one in Lapse)),
            "Ce que l'on constate.",
            '"présent sans réservation"',
        ),
    ]
    price: Annotated[
        Price | None, Key("prix", PriceShape(1), "Le prix facturé à la place de celui du créneau.", "5.49")
    ] = None
    by: Annotated[str, Key("selon", Ref(("grille", "faits")), "La grille, ou le nombre, que lit « prix ».", '"qf"')] = (
        ""
    )
    plus: Annotated[
        Fraction | Unpublished | None, Key("plus", Amount(), "Euros en plus du prix du créneau.", "2.00")
    ] = None
    times: Annotated[Fraction | None, Key("fois", Number(), "Le prix du créneau est multiplié par ce nombre.", "2")] = (
        None
    )
    due: Annotated[Due | None, Key("a_payer", DUE, "Ce qui reste dû du prix du créneau.", '"tout"')] = None
    priced_as: Annotated[
        Variant | None,
        Key("au_tarif", VARIANT, "Facturé comme réservé dans cette variante.", '"hors-delai"'),
    ] = None
    refused: Annotated[bool, Key("refus", Flag(), "L'enfant n'est pas accueilli ; rien n'est dû.", "true")] = False
    tiers: Annotated[
        Tiers,
        Key(
            "paliers",
            TableOf(INTERVAL, Amount(), 100),
            "Le prix d'un retard, selon ses minutes entières.",
            '{ "de 1 à 15" = 10.00, "plus de 15" = 50.00 }',
        ),
    ] = ()
    after: Annotated[
        int | SlotEnd | None, Key("apres", AFTER, "À partir de quand la reprise est en retard.", '"18:00"')
    ] = None
    slice_minutes: Annotated[
        int, Key("tranche_minutes", Whole(1, _MINUTES), "Le prix est dû pour chaque tranche commencée.", "15")
    ] = 0
    per: Annotated[
        Window | None, Key("par", WINDOW, "La fenêtre dans laquelle on compte les fois.", '"année scolaire"')
    ] = None
    ranks: Annotated[
        Interval | None, Key("unites", INTERVAL, "Les fois concernées, la première étant 1.", '"à partir de 2"')
    ] = None
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all([*self._faults_of_verb(), *self._faults_of_time(), *self._faults_of_tiers()])

    @property
    def verb(self) -> str:
        """The one field that says what it costs."""
        return next(name for name in VERBS if self._says(name))

    @property
    def adds(self) -> bool:
        """Whether it only adds to the slot's price, which is then due whatever its ranks."""
        return self.verb in {"plus", "times"}

    @property
    def counted(self) -> bool:
        """Whether it speaks of some of the lapses of a stretch only."""
        return self.per is not None

    def tariff(self) -> Tariff:
        """Its price as a tariff of its own, so that it is looked up, rounded and derived as any other (S10)."""
        price = UNPUBLISHED if self.price is None else self.price
        return Tariff(
            code=self.code, label=self.title, slots=self.slots, per=Per.SLOT, by=self.by, price=price,
            source=self.source, hypothese=self.hypothese,
        )  # fmt: skip

    @property
    def title(self) -> str:
        """What the bill prints."""
        return self.label or self.lapse.value

    def late_minutes(self, departure: int, slot: Slot) -> int:
        """Whole minutes that a child who leaves a slot at *departure* is late; 0 where he is not."""
        after = (slot.hours[1] if slot.hours else None) if isinstance(self.after, SlotEnd) else self.after
        return 0 if after is None else max(0, departure - after)

    def late_price(self, minutes: int) -> tuple[int, Fraction | Unpublished | None]:
        """
        How many times what price a late pick-up costs; None stands for the price that it writes as `prix`.

        Args:
            minutes: Whole minutes late, at least 1.
        """
        if self.tiers:
            return 1, next(amount for bound, amount in self.tiers if minutes in bound)
        return (-(-minutes // self.slice_minutes) if self.slice_minutes else 1), None

    def _says(self, name: str) -> bool:
        value = getattr(self, name)
        return value is not None and value is not False and value != ()

    def _faults_of_verb(self) -> Iterator[Fault]:
        allowed = _ALLOWED[self.lapse]
        ways = ", ".join(VERBS[name] for name in VERBS if name in allowed)
        said = [VERBS[name] for name in VERBS if self._says(name)]
        if len(said) != 1:
            seen = ", ".join(said) or "aucun verbe"
            yield Fault((), f"lu « {seen} » ; un seul verbe parmi : {ways}", f"got « {seen} »; exactly one of: {ways}")
        for name in VERBS:
            if self._says(name) and name not in allowed:
                fr = f"ne se dit pas d'un enfant « {self.lapse.value} » ; écrivez l'un de : {ways}"
                yield Fault((name,), fr, f"is not said of « {self.lapse.value} »; write one of: {ways}")
        if isinstance(self.price, Table) and not self.by:
            fr = "des lignes par tranche se lisent dans une grille ; écrivez selon = son code"
            yield Fault(("price",), fr, "rows by bracket are looked up in a grid; write selon = its code")
        if self.by and not isinstance(self.price, Table | Effort):
            yield Fault(("by",), "ce prix ne se lit pas dans une grille ; retirez cette ligne", "nothing to look up")

    def _faults_of_time(self) -> Iterator[Fault]:
        late = self.lapse is Lapse.LATE_PICKUP
        if late and self.after is None:
            fr = 'il manque « apres » ; écrivez apres = "18:00" ou "la fin du créneau"'
            yield Fault((), fr, 'missing « apres »; write apres = "18:00" or "la fin du créneau"')
        if not late and self.after is not None:
            yield Fault(
                ("after",), f"ne se dit que d'un enfant « {Lapse.LATE_PICKUP.value} »", "only of a late pick-up"
            )
        if self.slice_minutes and not (late and self.price is not None):
            fr = "une tranche se dit d'un retard, avec « prix »"
            yield Fault(("slice_minutes",), fr, "a slice is said of a late pick-up, with « prix »")
        if (self.per is None) != (self.ranks is None):
            fr = 'il faut « par » et « unites » ensemble ; par exemple : par = "année scolaire", unites = "à partir de 2"'
            yield Fault((), fr, '« par » and « unites » go together: par = "année scolaire", unites = "à partir de 2"')

    def _faults_of_tiers(self) -> Iterator[Fault]:
        for minute in range(1, _MINUTES + 1) if self.tiers else ():
            found = [bound for bound, _ in self.tiers if minute in bound]
            if len(found) != 1:
                what = ("dans deux paliers", "in two tiers") if found else ("dans aucun palier", "in no tier")
                fr = f"{minute} min de retard est {what[0]} ; chaque minute, dès la première, en demande un seul"
                yield Fault(("tiers",), fr, f"{minute} minutes late is {what[1]}; each minute needs exactly one")
                return


def untimed(constat: Constat, slots: Mapping[str, Slot], covered: frozenset[str]) -> Iterator[Fault]:
    """Slots without times of which « la fin du créneau » would have to be known (S2.2)."""
    lacking = [code for code in slots if code in covered and slots[code].hours is None]
    if isinstance(constat.after, SlotEnd) and lacking:
        names = ", ".join(lacking)
        fr = f'sans horaire : {names} ; donnez leur horaire, ou une heure : apres = "18:00"'
        yield Fault(("constat", constat.code, "apres"), fr, f"without times: {names}; give them, or a time")
