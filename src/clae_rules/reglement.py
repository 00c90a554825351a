"""Everything one municipality publishes, as plain data validated as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from .absences import Absence, Evenement
from .constats import Constat, untimed
from .constraints import RULES, Rule
from .counter_checks import counter_faults
from .counters import Counter
from .days import CivilDays
from .deadlines import Deadline
from .described import Alternatives, Coded, Key, ListOf, Plain, Record, Shape, TableOf, keys_of, leaves
from .errors import Fault, InvalidReglementError, Path, meant
from .facts import FactKind, FactKindRead, FactShape
from .gates import Gate, Pool
from .grids import Grid
from .modifiers import Modifier, PriceOrder
from .price_rules import PriceRules
from .publications import Document, Mention, sourced, version_faults
from .selectors import ALWAYS, WHO, Places, When, Where
from .shapes import Either, Ref, Slug, Text, Whole
from .slots import HYPOTHESE, SOURCE, Etablissement, ModeAccueil, Periode, Slot
from .steps import CALENDARS
from .tariffs import Formule, Tariff
from .windows import Division, Unit, Window

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
class Reglement:
    """
    Everything one municipality publishes, each item with its source.

    Build one from a file with `clae_rules.load_reglement`, or from values; hand it to `clae_rules.Engine`.

    Raises:
        InvalidReglementError: Naming every unknown code, wrong comparison and missing source at once.
    """

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
    gates: Annotated[tuple[Gate, ...], Key("acces", _table(Gate), "Qui peut voir, réserver, annuler.")] = ()
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

    def __post_init__(self) -> None:
        faults = tuple(self._faults())
        if faults:
            raise InvalidReglementError(faults)

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
        return Places(slots, {one.code: _holds(one) for one in self.calendars})

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
        return self._codes()

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
        """Where an item comes from: its own source, else the règlement's, else what was supposed."""
        supposed = getattr(item, "hypothese", "")
        return getattr(item, "source", "") or self.identity.source or (f"hypothèse : {supposed}" if supposed else "")

    def plain(self) -> dict[str, Plain]:
        """The normal JSON form: French keys, defaults left out; reading it gives an equal value."""
        return cast("dict[str, Plain]", REGLEMENT.write(self))

    def digest(self) -> str:
        """SHA-256 of the normal form, hexadecimal: the same whatever the file's layout."""
        text = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _faults(self) -> Iterator[Fault]:
        codes = self._codes()
        yield from self._twice()
        broken = False
        for fault in self._references(codes):
            broken = True
            yield fault
        yield from self._windows(codes)
        yield from self._comparisons()
        yield from self._conditional()
        yield from self._sources()
        yield from self._calendars(codes)
        if not broken:
            yield from self._versions()
            yield from counter_faults(self.counters, self.grids, dict(self.facts), leaves(self))
            yield from self.price_rules().faults()
            yield from self._lapses()

    def _codes(self) -> dict[str, Mapping[str, object]]:
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
            "formule": {one.code: one for one in self.formules},
            "grille": {one.code: one for one in self.grids},
            "tarif": {one.code: one for one in self.tariffs},
            "constat": {one.code: one for one in self.constats},
            "modification": {one.code: one for one in self.modifiers},
            "jours.vacances": dict(self.days.holidays),
        }

    def _twice(self) -> Iterator[Fault]:
        seen: dict[str, Path] = {}
        named: list[tuple[Path, str]] = [(("groupe", code), code) for code, _ in self.groups]
        for mode in self.modes:
            named.append((("mode", mode.code), mode.code))
            named += [(("mode", mode.code, "offre", i, "code"), slot.code) for i, slot in enumerate(mode.slots)]
        for path, code in named:
            if code in seen:
                fr = f"« {code} » sert déjà à {_section(seen[code])} ; un code désigne un seul créneau, groupe ou mode"
                yield Fault(
                    path,
                    fr,
                    f"« {code} » already names {_section(seen[code])}; one code, one slot, group or mode",
                )
            seen.setdefault(code, path)

    def _references(self, codes: Mapping[str, Mapping[str, object]]) -> Iterator[Fault]:
        for path, key, value in leaves(self):
            for where, to, code in references(key.shape, value, path):
                known = [one for kind in to if kind in codes for one in codes[kind]]
                if code not in known:
                    fr, en = meant(code, known)
                    yield Fault(
                        where,
                        f"{' ou '.join(to)} inconnu : « {code} » ; {fr}",
                        f"unknown {to[0]}: « {code} »; {en}",
                    )

    def _windows(self, codes: Mapping[str, Mapping[str, object]]) -> Iterator[Fault]:
        for path, _, value in leaves(self):
            if isinstance(value, Window) and isinstance(value.unit, str) and value.unit not in codes["decoupage"]:
                fr, en = meant(value.unit, [*codes["decoupage"], *(unit.value for unit in Unit)])
                yield Fault(path, f"decoupage inconnu : « {value.unit} » ; {fr}", f"unknown division; {en}")

    def _comparisons(self) -> Iterator[Fault]:
        declared = self.readable()
        for path, key, value in leaves(self):
            if key.shape == WHO:
                for fact, bound in value:
                    why = declared[fact].accepts(bound) if fact in declared else ""
                    if why:
                        yield Fault((*path, fact), why, f"this bound cannot be compared with the fact ({why})")

    def _lapses(self) -> Iterator[Fault]:
        """What is wrong with the prices of constats, and with the slots whose end they need."""
        for prices in self.lapse_prices().values():
            for fault in prices.faults():
                yield Fault(("constat", *fault.path[1:]), fault.fr, fault.en)
        places, slots = self.places(), self.slots()
        for one in self.constats:
            yield from untimed(one, slots, places.expand(one.slots) if one.slots else frozenset(slots))

    def _conditional(self) -> Iterator[Fault]:
        """What is asked of one slot alone, a deadline, a gate, a constat, cannot depend on a variant or a formule."""
        items: tuple[tuple[str, tuple[Where, ...]], ...] = (
            ("delai", self.deadlines), ("acces", self.gates), ("capacite", self.pools), ("constat", self.constats),
            ("absence", self.absences), ("evenement", self.evenements),
        )  # fmt: skip
        for section, wheres in items:
            for one in wheres:
                if one.is_conditional or any(inner.is_conditional for inner in one.unless):
                    fr = "« variante » et « formules » n'ont pas de sens ici ; dites les créneaux, les jours ou qui"
                    en = "« variante » and « formules » mean nothing here; say slots, days or who"
                    yield Fault((section, getattr(one, "code", "")), fr, en)

    def _sources(self) -> Iterator[Fault]:
        documents = [one.code for one in self.documents]
        for path, key, value in leaves(self):
            if key.name == SOURCE.name and value and value.split()[0] not in documents:
                fr, en = meant(value.split()[0], documents)
                yield Fault(path, f"document inconnu : « {value} » ; {fr}", f"unknown document: « {value} »; {en}")
        if self.identity.source:
            return
        for section, items in self._items():
            for item in items:
                if not item.source and not item.hypothese:
                    yield Fault(
                        (section, item.code),
                        'ni source ni hypothèse ; écrivez source = "document article" ou hypothese = "…"',
                        "neither source nor hypothese; write one of them",
                    )

    def _items(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        yield "decoupage", self.divisions
        yield "periode", self.periodes
        yield "regle", self.rules
        yield "delai", self.deadlines
        yield "acces", self.gates
        yield "capacite", self.pools
        yield "compte", self.counters
        yield "grille", self.grids
        yield "tarif", self.tariffs
        yield "modification", self.modifiers
        yield "constat", self.constats
        yield "absence", self.absences
        yield "evenement", self.evenements
        yield "mention", self.mentions

    def _versions(self) -> Iterator[Fault]:
        """A file that mixes a document with the one that it replaces must date them apart."""
        places = self.places()
        everything = frozenset(self.slots())
        items = [
            sourced((key.name, code), item, self.identity.source)
            for one, key in keys_of(Reglement)
            if isinstance(key.shape, Coded)
            for code, item in ((item.code, item) for item in getattr(self, one.name))
            if isinstance(item, Where)
        ]
        yield from version_faults(
            self.documents, items, lambda where: places.expand(where.slots) if where.slots else everything
        )

    def _calendars(self, codes: Mapping[str, Mapping[str, object]]) -> Iterator[Fault]:
        for one in self.calendars:
            if one.when.calendars or one.unless.calendars:
                yield Fault(
                    ("calendrier", one.code),
                    "un calendrier ne se définit pas par un autre ; dites ses jours",
                    "a calendar is not defined by another; say its days",
                )
            if one.when.periodes or one.unless.periodes:
                yield Fault(
                    ("calendrier", one.code),
                    "un calendrier ne se définit pas par une période ; dites ses jours",
                    "a calendar is not defined by a période; say its days",
                )
        taught = all(one.school_weekdays for one in self.etablissements)
        counting = [("delai", one.code, one.calendars()) for one in self.deadlines]
        counting += [("absence", one.code, one.calendars()) for one in self.absences]
        for section, code, calendars in counting:
            for name in sorted(calendars):
                if name == "école" and not taught:
                    fr = "« école » demande jours_ecole dans [etablissement] : les jours où l'école a lieu"
                    yield Fault((section, code), fr, "« école » needs jours_ecole in [etablissement]")
                elif name not in CALENDARS and name not in codes["calendrier"]:
                    fr, en = meant(name, [*codes["calendrier"], *CALENDARS])
                    yield Fault(
                        (section, code),
                        f"calendrier inconnu : « {name} » ; {fr}",
                        f"unknown calendar: {en}",
                    )


def _section(path: Path) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))


def _holds(calendar: NamedCalendar) -> Any:
    def holds(day: Any) -> bool:
        out = calendar.unless != ALWAYS and calendar.unless.matches(day, (), {})
        return calendar.when.matches(day, (), {}) and not out

    return holds


def references(shape: Shape, value: Any, path: Path) -> Iterator[tuple[Path, tuple[str, ...], str]]:
    """Every code that a field refers to, with its path and the sections where it may stand."""
    if isinstance(shape, Ref) and isinstance(value, str) and value:
        yield path, shape.to, value
    elif isinstance(shape, ListOf) and isinstance(value, tuple):
        for i, one in enumerate(value):
            yield from references(shape.item, one, path if shape.single and len(value) == 1 else (*path, i))
    elif isinstance(shape, TableOf) and isinstance(value, tuple):
        for code, one in value:
            here = (*path, shape.code.write(code))
            yield from references(shape.code, code, here)
            yield from references(shape.item, one, here)
    elif isinstance(shape, Either):
        inner = shape.text if isinstance(value, str) else shape.rows if isinstance(value, tuple) else shape.table
        if inner is not None:
            yield from references(inner, value, path)
    elif isinstance(shape, Record) and isinstance(value, shape.cls):
        for where, key, one in leaves(value, path):
            yield from references(key.shape, one, where)


#: How a whole règlement is read and written.
REGLEMENT: Final = Record(Reglement)
