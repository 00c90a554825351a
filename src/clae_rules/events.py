"""What happened to a household's planning, one event after another: small plain values that a store keeps (S12.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, Final, cast

from .described import REFUSED, Faults, Key, ListOf, Plain, Record, Shape, keys_of, required
from .errors import Fault, InvalidValueError, Path, raise_all
from .shapes import Choice, Day, Either, Instant, Label, Ref, Slug, Text, Whole
from .slots import NOTHING, Held, Selection

#: A number of a dossier, or a word.
CODE: Final = Text(60)
CENTS: Final = Whole(-(10**12), 10**12)
#: What a slot waits for that its family asked to give back, and that an agent must agree to.
GIVING_BACK: Final = "annulation"
#: What a held slot may wait for, besides another slot: the words of a verdict's `pending`, and `GIVING_BACK`.
WAITS: Final = ("accord", "accord, puis paiement", "paiement", "liste-d-attente", GIVING_BACK)
#: How a slot waits with another that its date needs.
WITH: Final = "avec "


class Nature(Enum):
    """What kind of event changed a planning; the value is its word in JSON and in French."""

    BOOKING = "réservation"
    CANCELLATION = "annulation"
    SUBSCRIPTION = "abonnement"
    RESIGNATION = "résiliation"
    CLOSURE = "fermeture"
    PAYMENT = "paiement"
    AGREED = "accord"
    DECLINED = "refus"


@dataclass(frozen=True, slots=True)
class Person(Label):
    """A code of a child or an adult, so that erasing him breaks no event; what is none may be a name, not to be told."""

    def expects(self) -> tuple[str, str]:
        return (
            "un code : de 1 à 60 lettres sans accent, chiffres, tirets",
            "a code: 1 to 60 letters without accents, digits, hyphens",
        )

    def refuse(self, raw: Plain, path: Path, faults: Faults, why: tuple[str, str] | None = None) -> object:
        del raw
        fr, en = why or self.expects()
        faults.append(Fault(path, f"valeur non répétée ici ; il faut {fr}", f"value not repeated; expected {en}"))
        return REFUSED


@dataclass(frozen=True, slots=True)
class SelectionShape(Shape):
    """The slots held on one date: codes, or tables where a slot has a variant, a holder or an instant."""

    def _held(self) -> ListOf:
        return ListOf(Either(text=Ref(("créneau",)), table=Record(Held)), least=0, most=64)

    def expects(self) -> tuple[str, str]:
        return self._held().expects()

    def read(self, raw: Plain, path: Path, faults: Faults) -> object:
        found = self._held().read(raw, path, faults)
        if found is REFUSED:
            return REFUSED
        try:
            return Selection.of(*found)
        except InvalidValueError as error:
            faults += [fault.under(*path) for fault in error.faults]
            return REFUSED

    def write(self, value: Selection) -> Plain:
        return [one.slot if one == Held(one.slot) else Record(Held).write(one) for one in value]

    def schema(self) -> dict[str, Plain]:
        return self._held().schema()


@dataclass(frozen=True, slots=True, order=True)
class Wait:
    """What a held slot waits for: an agent's accord, a payment, a place, another slot, or to be given back."""

    slot: Annotated[str, Key("creneau", Ref(("créneau",)), "Le créneau.", '"repas"')]
    what: Annotated[str, Key("attend", CODE, "Ce qu'il attend.", '"accord"')]

    def __post_init__(self) -> None:
        raise_all(_unreadable(self))
        if self.what not in WAITS and not (self.what.startswith(WITH) and self.what != WITH):
            known = ", ".join(f"« {one} »" for one in (*WAITS, f"{WITH}…"))
            raise_all(
                [Fault(("what",), f"lu « {self.what} » ; il faut {known}", f"got « {self.what} »; expected {known}")]
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """
    What one event makes of one date of one child.

    Args:
        child: His code.
        day: The date.
        before: What the household held.
        after: What it holds then, what it asked to give back and an agent has not agreed to included.
        waits: What is then held and not firm, with what it waits for.
    """

    child: Annotated[str, Key("enfant", Person(), "Le code de l'enfant.", '"martin"')]
    day: Annotated[date, Key("date", Day(), "La date.", "2021-09-06")]
    before: Annotated[Selection, Key("avant", SelectionShape(), "Ce qui était tenu.")] = NOTHING
    after: Annotated[Selection, Key("apres", SelectionShape(), "Ce qui l'est ensuite.", '["repas"]')] = NOTHING
    waits: Annotated[tuple[Wait, ...], Key("attend", ListOf(Record(Wait), least=0), "Ce qui n'est pas ferme.")] = ()

    def __post_init__(self) -> None:
        raise_all(self._faults())
        object.__setattr__(self, "before", _in_utc(self.before))
        object.__setattr__(self, "after", _in_utc(self.after))
        object.__setattr__(self, "waits", tuple(sorted(set(self.waits))))

    def _faults(self) -> Iterator[Fault]:
        yield from _unreadable(self)
        for wait in self.waits:
            if wait.slot not in self.after:
                fr = f"« {wait.slot} » attend sans être tenu ; ajoutez-le, ou retirez cette ligne"
                yield Fault(("waits",), fr, f"« {wait.slot} » waits and is not held; add it, or drop this line")

    @property
    def added(self) -> tuple[str, ...]:
        """The slots gained, by code."""
        return tuple(one.slot for one in self.after if one.slot not in self.before)

    @property
    def removed(self) -> tuple[str, ...]:
        """The slots that are held no more, by code."""
        return tuple(one.slot for one in self.before if one.slot not in self.after)

    @property
    def asked_back(self) -> tuple[str, ...]:
        """The slots that the family asked to give back and still holds, by code."""
        return tuple(one.slot for one in self.waits if one.what == GIVING_BACK)


@dataclass(frozen=True, slots=True)
class Charged:
    """A line of the récapitulatif as it was shown, kept with the words and prices of that day."""

    designation: Annotated[str, Key("designation", Text(20_000), "La ligne, avec ses dates.")]
    kind: Annotated[str, Key("nature", CODE, "« reserve », « retire » ou « du ».", '"reserve"')]
    quantity: Annotated[int, Key("quantite", CENTS, "Combien.", "1")]
    unit_cents: Annotated[int, Key("tarif_cents", CENTS, "Le tarif, en centimes.", "25")]
    amount_cents: Annotated[int, Key("montant_cents", CENTS, "Le montant, en centimes.", "25")]

    def __post_init__(self) -> None:
        raise_all(_unreadable(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningEvent:
    """
    One thing that changed a planning: a confirmed demande, a closure, a payment, an agent's answer.

    People stand in it by code alone, which the store gives so that it tells nobody's name. Instants are kept in UTC.

    Args:
        number: Its number, given by the store.
        instant: When, given by the store; aware.
        nature: What kind of event.
        referent: Code of who confirmed it.
        changes: What it makes of each date, by date then child; at least one.
        household: Code of the household whose planning it is; empty where the child has one (S6.8).
        periode: Code of the période of a demande.
        place: Labels of établissement, accueil and période as they were that day.
        about: Number of the dossier that it answers.
        motive: Why, for a closure.
        reglement: Code of the règlement that was applied.
        version: Its version.
        digest: Its digest (S1.5).
        total_cents: What the récapitulatif came to; None where a price was not known, or nothing was priced.
        lines: Its lines, as they were shown; what waits is counted in them.
    """

    number: Annotated[str, Key("numero", CODE, "Le numéro du dossier.", '"9"')]
    instant: Annotated[datetime, Key("instant", Instant(), "Quand.", '"2021-06-09T09:20:00+00:00"')]
    nature: Annotated[
        Nature, Key("nature", Choice(tuple((one.value, one) for one in Nature)), "Ce qui s'est passé.", '"réservation"')
    ]
    referent: Annotated[str, Key("referent", Person(), "Le code de qui l'a validé.", '"adulte-1"')]
    changes: Annotated[
        tuple[DayChange, ...], Key("dates", ListOf(Record(DayChange), most=100_000), "Ce que devient chaque date.")
    ]
    household: Annotated[str, Key("foyer", Slug(), "Le foyer, en garde alternée.", '"mere"')] = ""
    periode: Annotated[str, Key("periode", Slug(), "Le code de la période.", '"periscolaire-2021"')] = ""
    place: Annotated[
        tuple[str, ...], Key("lieu", ListOf(Text(120), most=3), "Établissement, accueil, période : leurs noms d'alors.")
    ] = ()
    about: Annotated[str, Key("concerne", CODE, "Le dossier auquel il répond.", '"9"')] = ""
    motive: Annotated[str, Key("motif", Text(80), "Pourquoi le service a fermé.", '"grève"')] = ""
    reglement: Annotated[str, Key("reglement", Slug(), "Le code du règlement appliqué.")] = ""
    version: Annotated[str, Key("version", Text(80), "Sa version.")] = ""
    digest: Annotated[str, Key("empreinte", Text(64), "Son empreinte.")] = ""
    total_cents: Annotated[int | None, Key("total_cents", CENTS, "Le total du récapitulatif.", "25")] = None
    lines: Annotated[
        tuple[Charged, ...], Key("lignes", ListOf(Record(Charged), least=0, most=100_000), "Ses lignes.")
    ] = ()

    def __post_init__(self) -> None:
        raise_all(self._faults())
        object.__setattr__(self, "instant", self.instant.astimezone(UTC))
        object.__setattr__(self, "changes", tuple(sorted(self.changes, key=lambda one: (one.day, one.child))))

    def _faults(self) -> Iterator[Fault]:
        yield from _unreadable(self)
        if not self.changes:
            yield Fault(("changes",), "rien ne change ; n'enregistrez pas", "nothing changes; do not record it")
        places = Counter((one.child, one.day) for one in self.changes)
        for child, day in sorted(place for place, times in places.items() if times > 1):
            fr = f"« {child} » change deux fois le {day:%d/%m/%Y} ; réunissez les deux"
            yield Fault(("changes",), fr, f"« {child} » changes twice on {day}; join the two")

    @property
    def children(self) -> tuple[str, ...]:
        """The codes of the children whose dates it changes."""
        return tuple(sorted({one.child for one in self.changes}))

    @property
    def days(self) -> tuple[date, ...]:
        """The dates that it changes, ascending."""
        return tuple(sorted({one.day for one in self.changes}))

    def plain(self) -> dict[str, Plain]:
        """The event as JSON types, under French keys, defaults left out; `event_from` reads it back as the same."""
        return cast("dict[str, Plain]", EVENT.write(self))


EVENT: Final = Record(PlanningEvent)


def event_from(raw: Plain) -> PlanningEvent:
    """
    An event from the JSON types of `PlanningEvent.plain`.

    Raises:
        InvalidValueError: Naming every fault at once.
    """
    faults: Faults = []
    found = EVENT.read(raw, (), faults)
    raise_all(faults)
    return cast("PlanningEvent", found)


def _unreadable(value: Any) -> Faults:
    """Why a field of a described value could not be written and read back; values of its own lists have told theirs."""
    faults: Faults = []
    for one, key in keys_of(value.__class__):
        given = getattr(value, one.name)
        own = isinstance(key.shape, ListOf) and isinstance(key.shape.item, Record)
        if not own and (required(one) or given != one.default):
            key.shape.read(key.shape.write(given), (one.name,), faults)
    return faults


def _in_utc(selection: Selection) -> Selection:
    """A selection whose instants are in UTC, so that it is the same once written and read."""
    if all(one.booked is None and one.pay_before is None for one in selection):
        return selection

    def told(instant: datetime | None) -> datetime | None:
        return None if instant is None else instant.astimezone(UTC)

    each = (replace(one, booked=told(one.booked), pay_before=told(one.pay_before)) for one in selection)
    return Selection(tuple(each))
