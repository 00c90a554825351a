"""Everything one municipality publishes, item by item, as it stands in its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from .absences import Absence, Evenement
from .constats import Constat
from .constraints import RULES, Rule
from .counters import Counter
from .days import CivilDays, DayFacts, dated_calendars
from .deadlines import Deadline
from .described import Alternatives, Coded, Key, ListOf, Record, TableOf
from .facts import FactKind, FactKindRead, FactShape
from .gates import Gate, Pool
from .grids import Grid
from .modifiers import Modifier, PriceOrder
from .pieces import Piece
from .price_rules import PriceRules
from .publications import Document, Mention
from .selectors import ALWAYS, Places, When
from .shapes import Ref, Slug, Text, Whole
from .slots import HYPOTHESE, SOURCE, Etablissement, ModeAccueil, Periode, Slot
from .subscriptions import Subscription
from .tariffs import Formule, Tariff
from .windows import Division

#: Version of the file format that this package reads.
FORMAT: Final = 1
#: S13.1: more rules than this are refused.
MOST_RULES: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which règlement this is, and where its text is."""

    code: Annotated[str, Key("code", Slug(), "Le code du règlement.", '"cluses-clae-messy-2021"')]
    label: Annotated[str, Key("nom", Text(), "Son nom, tel qu'on l'affiche.", '"CLAE MESSY, 2021-2022"')]
    time_zone: Annotated[str, Key("fuseau", Text(60), "Le fuseau horaire des heures écrites ici.", '"Europe/Paris"')]
    version: Annotated[str, Key("version", Text(60), "La version publiée.", '"2021-06"')] = ""
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCalendar:
    """A named set of days, to select by or to count in: office days, canteen days… (S3.2)."""

    code: Annotated[str, Key("", Slug(), "")]
    when: Annotated[When, Key("quand", Record(When), "Les jours qu'il contient.")]
    unless: Annotated[When, Key("sauf", Record(When), "Les jours qu'il ne contient pas.")] = ALWAYS
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""


def _table(cls: type, most: int = 1000) -> Coded:
    return Coded(Slug(), Record(cls), most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The data of a règlement, item by item, and what it says of them; `Reglement` is the same, checked as a whole."""

    format: Annotated[int, Key("format", Whole(FORMAT, FORMAT), "La version du format de fichier.", "1")] = FORMAT
    identity: Annotated[Identity, Key("reglement", Record(Identity), "De quel règlement il s'agit.")]
    documents: Annotated[tuple[Document, ...], Key("document", _table(Document), "Les textes cités.")] = ()
    days: Annotated[CivilDays, Key("jours", Record(CivilDays), "Le calendrier : fériés et vacances.")]
    calendars: Annotated[
        tuple[NamedCalendar, ...], Key("calendrier", _table(NamedCalendar), "Calendriers nommés.")
    ] = ()
    divisions: Annotated[
        tuple[Division, ...], Key("decoupage", _table(Division), "Les découpages publiés : trimestres, sessions.")
    ] = ()
    facts: Annotated[
        tuple[tuple[str, FactKindRead], ...],
        Key("faits", TableOf(Slug(), FactShape()), "Ce que l'on sait de l'enfant et du foyer."),
    ] = ()
    etablissements: Annotated[
        tuple[Etablissement, ...], Key("etablissement", _table(Etablissement), "Les établissements.")
    ]
    modes: Annotated[
        tuple[ModeAccueil, ...], Key("mode", _table(ModeAccueil), "Les modes d'accueil et leurs créneaux.")
    ]
    groups: Annotated[
        tuple[tuple[str, tuple[str, ...]], ...],
        Key("groupe", TableOf(Slug(), ListOf(Ref(("créneau", "mode")))), "Des créneaux sous un seul nom."),
    ] = ()
    periodes: Annotated[tuple[Periode, ...], Key("periode", _table(Periode), "Les périodes d'ouverture.")]
    formules: Annotated[
        tuple[Formule, ...], Key("formule", _table(Formule), "Les formules : créneaux pris ensemble.")
    ] = ()
    rules: Annotated[
        tuple[Rule, ...],
        Key("regle", Coded(Slug(), Alternatives(RULES), MOST_RULES), "Les règles entre créneaux."),
    ] = ()
    deadlines: Annotated[tuple[Deadline, ...], Key("delai", _table(Deadline), "Les délais.")] = ()
    subscriptions: Annotated[
        tuple[Subscription, ...], Key("abonnement", _table(Subscription), "Les abonnements à jours fixes.")
    ] = ()
    gates: Annotated[tuple[Gate, ...], Key("acces", _table(Gate), "Qui peut voir, réserver, annuler.")] = ()
    pieces: Annotated[tuple[Piece, ...], Key("piece", _table(Piece), "Les pièces des dossiers.")] = ()
    pools: Annotated[tuple[Pool, ...], Key("capacite", _table(Pool), "Le nombre de places.")] = ()
    counters: Annotated[
        tuple[Counter, ...], Key("compte", _table(Counter), "Ce que le planning compte, et que les prix lisent.")
    ] = ()
    grids: Annotated[tuple[Grid, ...], Key("grille", _table(Grid), "Les grilles de quotient.")] = ()
    tariffs: Annotated[tuple[Tariff, ...], Key("tarif", _table(Tariff), "Les prix.")] = ()
    modifiers: Annotated[tuple[Modifier, ...], Key("modification", _table(Modifier), "Ce qui change un prix.")] = ()
    constats: Annotated[
        tuple[Constat, ...], Key("constat", _table(Constat), "Ce que coûte ce que l'on constate sur place.")
    ] = ()
    absences: Annotated[
        tuple[Absence, ...], Key("absence", _table(Absence), "Ce qui reste dû d'une absence qui a un motif.")
    ] = ()
    evenements: Annotated[
        tuple[Evenement, ...],
        Key("evenement", _table(Evenement), "Ce que le service annule pour tous : grève, sortie, fermeture."),
    ] = ()
    price_order: Annotated[PriceOrder, Key("prix", Record(PriceOrder), "L'ordre des modifications.")] = PriceOrder()
    mentions: Annotated[
        tuple[Mention, ...], Key("mention", _table(Mention), "Ce qui est publié sans rien décider ici.")
    ] = ()

    def slots(self) -> dict[str, Slot]:
        """Every slot by code, in display order: modes in the file's order, each mode's slots in its own."""
        return {slot.code: slot for mode in self.modes for slot in mode.slots}

    def mode_of(self) -> dict[str, ModeAccueil]:
        """The mode of each slot, by slot code."""
        return {slot.code: mode for mode in self.modes for slot in mode.slots}

    def places(self) -> Places:
        """What selectors need to know of this règlement."""
        slots = {code: frozenset((code,)) for code in self.slots()}
        slots |= {mode.code: frozenset(slot.code for slot in mode.slots) for mode in self.modes}
        for code, members in self.groups:
            slots[code] = frozenset[str]().union(*(slots[one] for one in members))
        return Places(slots, self.calendars_of(*self.etablissements))

    def calendars_of(self, *etablissements: Etablissement) -> Mapping[str, Callable[[DayFacts], bool]]:
        """The calendars that a selector may name; « école » holds the days that all of some établissements teach."""
        taught = [frozenset(one.school_weekdays) for one in etablissements]
        known = dated_calendars(frozenset.intersection(*taught) if taught else frozenset())
        return {**known, **{one.code: _holds(one) for one in self.calendars}}

    def price_rules(self) -> PriceRules:
        """The prices alone, ready to be evaluated."""
        return PriceRules(
            tariffs=self.tariffs,
            modifiers=self.modifiers,
            grids=self.grids,
            formules=self.formules,
            counters=self.counters,
            order=self.price_order,
            places=self.places(),
            slots=self.slots(),
            facts=self.readable(),
        )

    def codes(self) -> Mapping[str, Mapping[str, object]]:
        """What a code may refer to, by section."""
        return {
            "document": {one.code: one for one in self.documents},
            "créneau": self.slots(),
            "groupe": dict(self.groups),
            "mode": {one.code: one for one in self.modes},
            "etablissement": {one.code: one for one in self.etablissements},
            "periode": {one.code: one for one in self.periodes},
            "calendrier": {one.code: one for one in self.calendars},
            "decoupage": {one.code: one for one in self.divisions},
            "faits": self.readable(),
            "abonnement": {one.code: one for one in self.subscriptions},
            "formule": {one.code: one for one in self.formules},
            "grille": {one.code: one for one in self.grids},
            "tarif": {one.code: one for one in self.tariffs},
            "constat": {one.code: one for one in self.constats},
            "modification": {one.code: one for one in self.modifiers},
            "jours.vacances": dict(self.days.holidays),
        }

    def readable(self) -> dict[str, FactKindRead]:
        """What prices may read, by code: the facts, and the counters (S10.3)."""
        return dict(self.facts) | {one.code: FactKindRead(FactKind.COUNT) for one in self.counters}

    def lapse_prices(self) -> dict[str, PriceRules]:
        """The price of each constat that has one of its own, as that of a tariff, by constat code."""
        return {
            one.code: PriceRules(
                tariffs=(one.tariff(),),
                grids=self.grids,
                places=self.places(),
                slots=self.slots(),
                facts=self.readable(),
            )
            for one in self.constats
            if one.price is not None
        }

    def source_of(self, item: Any) -> str:
        """Where an item comes from: its own source, else what was supposed of it, else the règlement's source."""
        supposed = getattr(item, "hypothese", "")
        return getattr(item, "source", "") or (f"hypothèse : {supposed}" if supposed else self.identity.source)


def _holds(calendar: NamedCalendar) -> Any:
    def holds(day: Any) -> bool:
        out = calendar.unless != ALWAYS and calendar.unless.matches(day, (), {})
        return calendar.when.matches(day, (), {}) and not out

    return holds
