"""What a day costs, as data: charges with their derivation, unknown prices with their reason (S10.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from .errors import Lang
from .money import euros, euros_exact
from .shapes import plain_number
from .variants import Variant

#: A parameter of a sentence: names that end in `_cents` are amounts, the others plain numbers or words.
Param = str | int | Fraction
Params = tuple[tuple[str, Param], ...]
Sentences = Mapping[str, tuple[str, str]]

_STEPS: Final[Sentences] = MappingProxyType(
    {
        "comme": ("comme si {fact} = {value}", "as if {fact} = {value}"),
        "tranche": ("{measure} {value} : tranche {bracket}", "{measure} {value}: bracket {bracket}"),
        "mot": ("{fact} : {value}", "{fact}: {value}"),
        "tranche-ecrite": (
            "{measure} inconnu ou sans effet : tranche {bracket}, comme écrit",
            "{measure} unknown or not in force: bracket {bracket}, as written",
        ),
        "autre-tranche": ("{by} : tranche {bracket}", "{by}: bracket {bracket}"),
        "prix": ("prix {amount_cents}", "price {amount_cents}"),
        "taux": (
            "taux {rate} € × {measure} {value} = {amount_cents}",
            "rate {rate} € × {measure} {value} = {amount_cents}",
        ),
        "plus": ("{by} : + {value_cents} = {amount_cents}", "{by}: + {value_cents} = {amount_cents}"),
        "moins": ("{by} : − {value_cents} = {amount_cents}", "{by}: − {value_cents} = {amount_cents}"),
        "fois": ("{by} : × {value} = {amount_cents}", "{by}: × {value} = {amount_cents}"),
        "plafond": (
            "{by} : au plus {value_cents} = {amount_cents}",
            "{by}: at most {value_cents} = {amount_cents}",
        ),
        "plancher": (
            "{by} : au moins {value_cents} = {amount_cents}",
            "{by}: at least {value_cents} = {amount_cents}",
        ),
        "prorata": (
            "{days} jours sur {whole} : × {value} = {amount_cents}",
            "{days} days of {whole}: × {value} = {amount_cents}",
        ),
        "total": ("total {stretch} : {amount_cents}", "total {stretch}: {amount_cents}"),
        "arrondi": ("arrondi à {amount_cents}", "rounded to {amount_cents}"),
        "temps": (
            "{minutes} min : {quantity} × {unit} min commencées",
            "{minutes} min: {quantity} started units of {unit} min",
        ),
    }
)

_UNKNOWN: Final[Sentences] = MappingProxyType(
    {
        "sans-tarif": ("aucun tarif ne le couvre", "no tariff covers it"),
        "deux-tarifs": ("plusieurs tarifs le couvrent : {names}", "several tariffs cover it: {names}"),
        "selon-planning": (
            "il dépend d'autres dates ou d'autres enfants : le planning le dit",
            "it depends on other dates or other children: the planning tells it",
        ),
        "sans-formule": ("aucune formule ne vend ensemble {names}", "no formule sells {names} together"),
        "deux-formules": (
            "plusieurs formules vendent cet ensemble : {names}",
            "several formules sell it: {names}",
        ),
        "fait-manquant": ("il manque : {names}", "missing: {names}"),
        "quotient-perime": ("périmé : {names}", "expired: {names}"),
        "quotient-a-venir": ("pas encore en vigueur : {names}", "not in force yet: {names}"),
        "quotient-indecis": (
            "{names} change autour de cette date, et la grille ne dit pas quand cela prend effet",
            "{names} changes around this date, and the grid does not say when that takes effect",
        ),
        "quotient-contradictoire": (
            "deux valeurs le même jour : {names}",
            "two values on the same day: {names}",
        ),
        "hors-grille": ("aucune tranche de la grille pour {names}", "no bracket of the grid for {names}"),
        "du-indecis": ("ce qui reste dû n'est pas dit", "what stays due is not said"),
        "non-publie": ("le prix n'est pas publié", "the price is not published"),
        "ordre": ("l'ordre n'est pas dit entre {names}", "no order is given between {names}"),
        "comme-contradictoires": (
            "faits contraires supposés par {names}",
            "contrary facts are supposed by {names}",
        ),
        "variantes-melees": (
            "une partie seulement est hors délai, et {names} ne dit pas comment le lire",
            "only a part is late, and {names} does not say how to read that",
        ),
        "portee-partielle": (
            "{names} ne porte que sur une partie de ce qui se vend ensemble",
            "{names} concerns only a part of what is sold together",
        ),
        "prix-changeant": (
            "{names} n'est pas le même tous les jours réservés, et « lu_le » ne dit pas lequel lire",
            "{names} is not the same on all dates held, and « lu_le » does not say which is read",
        ),
        "hors-fenetre": ("aucune fenêtre de {names} ne contient cette date", "no window of {names} holds this date"),
        "rang-indecis": (
            "on ne sait pas combien {names} en compte avant",
            "how many {names} counts before is not known",
        ),
        "total-indecis": ("le total n'est pas connu : {names}", "the total is not known: {names}"),
        "planning-partiel": (
            "le planning laisse de côté un mode d'accueil dont dépend {names}",
            "the planning leaves out a mode on which {names} depends",
        ),
        "lu-a-deux-dates": (
            "{names} se vend ensemble, réservé à des dates différentes",
            "{names} is sold together and was booked on different dates",
        ),
        "reservation-inconnue": (
            "l'instant de réservation n'est pas dit pour {names} : donnez « reserve_le »",
            "when {names} was booked is not said: give « reserve_le »",
        ),
        "sans-horaire": (
            "prix au temps pour un créneau sans horaire : {names}",
            "timed price, no hours: {names}",
        ),
    }
)


#: The reasons whose names are slots.
_NAME_SLOTS: Final = frozenset(("sans-formule", "reservation-inconnue", "sans-horaire"))
#: Why a date alone does not tell its price; whoever has the planning does.
WITH_OTHERS: Final = "selon-planning"


def _said(name: str, value: Param) -> str:
    if name.endswith("_cents"):
        return euros_exact(Fraction(value))
    return str(plain_number(value)).replace(".", ",") if isinstance(value, Fraction) else str(value)


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of the derivation of a price (S10.8).

    Args:
        code: Stable French slug of what was done.
        params: Names and values; amounts are exact cents, before rounding.
        source: Document and article, or the hypothesis, it rests on.
    """

    code: str
    params: Params = ()
    source: str = ""

    def sentence(self, lang: Lang = "fr") -> str:
        r"""
        The step in words, its source in brackets.

        >>> params = (("by", "hors-delai"), ("value", Fraction(2)), ("amount_cents", Fraction(1100)))
        >>> Step("fois", params).sentence()
        'hors-delai : × 2 = 11,00\xa0€'
        """
        said = _STEPS[self.code][lang == "en"].format(**{name: _said(name, value) for name, value in self.params})
        return f"{said} ({self.source})" if self.source else said


@dataclass(frozen=True, slots=True)
class Charge:
    """
    What one priced item costs.

    Args:
        tariff: Code of the tariff.
        item: Code of the slot, of the formule, or of the tariff for a whole day or a time.
        label: What the récapitulatif prints.
        slots: Slots paid for, in display order.
        variant: In time or late, as it was priced.
        quantity: How many units; at least 1.
        unit_cents: Price of a unit, rounded once (S10.1).
        amount_cents: Quantity times unit price.
        derivation: How the unit price came about, in order.
        aid_cents: What aids take off the amount.
    """

    tariff: str
    item: str
    label: str
    slots: tuple[str, ...]
    variant: Variant
    quantity: int
    unit_cents: int
    amount_cents: int
    derivation: tuple[Step, ...] = ()
    aid_cents: int = 0

    @property
    def before_aid_cents(self) -> int:
        """What it would cost without the aids (S4.2)."""
        return self.amount_cents + self.aid_cents

    def sentence(self, lang: Lang = "fr") -> str:
        """The item with its amount and its whole derivation, on one line."""
        steps = " ; ".join(step.sentence(lang) for step in self.derivation)
        colon = " : " if lang == "fr" else ": "
        return f"« {self.label} »{colon}{euros(self.amount_cents)} — {steps}"


@dataclass(frozen=True, slots=True)
class Unpriced:
    """
    An item whose price is not known, and why: never read as zero (S1.5, S4.6).

    Args:
        code: Stable French slug of the reason.
        item: Code of the slot, formule or tariff.
        slots: Slots concerned, in display order; at least one.
        params: Names that the reason gives: missing facts, tariffs, modifiers.
        source: Document and article, or the hypothesis, it rests on.
        refused: The règlement refuses the booking in this case (S10.4).
    """

    code: str
    item: str
    slots: tuple[str, ...]
    params: tuple[str, ...] = ()
    source: str = ""
    refused: bool = False

    def sentence(self, lang: Lang = "fr", labels: Mapping[str, str] = MappingProxyType({})) -> str:
        """
        Why the price is not known, its source in brackets.

        Args:
            lang: Language of the sentence.
            labels: What the codes of slots are shown as; the code itself where left out.

        >>> Unpriced("fait-manquant", "repas", ("repas",), ("quotient",)).sentence()
        'prix inconnu pour « repas » : il manque : « quotient »'
        """
        said = self.reason(lang, labels)
        return f"{said} ({self.source})" if self.source else said

    def reason(self, lang: Lang, labels: Mapping[str, str]) -> str:
        """Why the price is not known, without its source."""
        shown = labels if self.code in _NAME_SLOTS else {}
        names = ", ".join(f"« {shown.get(one, one)} »" for one in self.params)
        item = labels.get(self.item, self.item)
        reason = _UNKNOWN[self.code][lang == "en"].format(names=names)
        if lang == "en":
            end = "; booking is then refused" if self.refused else ""
            return f"price unknown for « {item} »: {reason}{end}"
        end = " ; la réservation est alors refusée" if self.refused else ""
        return f"prix inconnu pour « {item} » : {reason}{end}"


_UNTIL: Final[Sentences] = MappingProxyType(
    {
        "compte": ("« {name} » compte jusqu'au {until}", "« {name} » counts until {until}"),
        "rang": ("« {name} » compte les unités jusqu'au {until}", "« {name} » counts units until {until}"),
        "fenetre": (
            "ce que paie « {name} » peut changer jusqu'au {until}",
            "what « {name} » pays for may change until {until}",
        ),
        "total": ("« {name} » regarde le total jusqu'au {until}", "« {name} » looks at the total until {until}"),
        "facture": ("lu à la facture, après le {until}", "read when invoiced, after {until}"),
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Provisional:
    """
    Why an amount may still change, and until when (S10.7).

    Args:
        code: Stable French slug of the reason.
        name: The counter, tariff or modifier that gives it.
        until: The last day on which it can.
    """

    code: str
    name: str
    until: date

    def sentence(self, lang: Lang = "fr") -> str:
        """
        The reason in words.

        >>> Provisional("compte", "jours-du-mois", date(2026, 9, 30)).sentence()
        "provisoire : « jours-du-mois » compte jusqu'au 30/09/2026"
        """
        said = _UNTIL[self.code][lang == "en"].format(name=self.name, until=f"{self.until:%d/%m/%Y}")
        return f"provisoire : {said}" if lang == "fr" else f"provisional: {said}"


def latest(reasons: Iterable[Provisional]) -> tuple[Provisional, ...]:
    """Each reason once, until the last day on which it holds."""
    found: dict[tuple[str, str], Provisional] = {}
    for one in sorted(reasons):
        found[one.code, one.name] = one
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class DayPrice:
    """
    What a selection costs on one date for one child.

    Args:
        charges: In display order of their first slot.
        unpriced: What has no known price; the total is then not known.
    """

    charges: tuple[Charge, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()

    @property
    def total_cents(self) -> int | None:
        """The sum of the charges; None when anything is unpriced."""
        return None if self.unpriced else sum(one.amount_cents for one in self.charges)
