"""What is wrong with a règlement as a whole, whatever the date and the child: codes, comparisons, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .constats import untimed
from .counter_checks import counter_faults
from .days import SCHOOL
from .described import Coded, Phrase, keys_of, leaves, unlisted
from .errors import Fault, Path, meant
from .facts import Dated, Facts, misgiven
from .pieces import piece_faults
from .publications import sourced, version_faults
from .published import Published
from .references import references, unknown
from .selectors import WHO, When, Where
from .slots import SOURCE
from .steps import CALENDARS, RESERVED_CALENDARS
from .windows import WINDOW, Window


def faults_of(reglement: Published) -> Iterator[Fault]:
    """Every fault of a règlement that needs neither a date nor a child, with its path in a file."""
    return _Check(reglement).faults()


_UNTAUGHT: Final = (
    "« école » demande jours_ecole dans [etablissement] : les jours où l'école a lieu",
    "« école » needs jours_ecole in [etablissement]",
)


class _Check:
    """One règlement, while it is being looked at."""

    def __init__(self, reglement: Published) -> None:
        self.one = reglement

    def faults(self) -> Iterator[Fault]:
        """Every fault, once."""
        unread = tuple(unlisted(self.one))
        if unread:
            yield from unread
            return
        codes = self.one.codes()
        yield from self._twice()
        broken = False
        for fault in self._references(codes):
            broken = True
            yield fault
        yield from self._windows(codes)
        yield from self._comparisons()
        yield from self._conditional()
        yield from self._statuses()
        yield from piece_faults(self.one.pieces, dict(self.one.facts))
        yield from self._sources()
        yield from self._calendars(codes)
        if not broken:
            yield from self._versions()
            yield from self._idle()
            yield from counter_faults(self.one.counters, self.one.grids, dict(self.one.facts), leaves(self.one))
            yield from self.one.price_rules().faults()
            yield from self._lapses()

    def _twice(self) -> Iterator[Fault]:
        seen: dict[str, Path] = {}
        named: list[tuple[Path, str]] = [(("groupe", code), code) for code, _ in self.one.groups]
        for mode in self.one.modes:
            if [slot.code for slot in mode.slots] != [mode.code]:  # a mode is its only slot: one code names both
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
        for path, key, value in leaves(self.one):
            for where, to, code in references(key.shape, value, path):
                known = [one for kind in to if kind in codes for one in codes[kind]]
                if code not in known:
                    yield unknown(where, to, code, known)

    def _windows(self, codes: Mapping[str, Mapping[str, object]]) -> Iterator[Fault]:
        for path, key, value in leaves(self.one):
            if isinstance(value, Window) and isinstance(value.unit, str) and value.unit not in codes["decoupage"]:
                words = key.shape.examples if isinstance(key.shape, Phrase) else WINDOW.examples
                known = [*codes["decoupage"], *words]
                fr, en = meant(value.unit, known, most=len(known))
                fr = f"« {value.unit} » n'est ni un mot de « {key.name} » ni un [decoupage] ; {fr}"
                yield Fault(path, fr, f"« {value.unit} » is no word of « {key.name} », and no [decoupage]; {en}")

    def _comparisons(self) -> Iterator[Fault]:
        declared = self.one.readable()
        for path, key, value in leaves(self.one):
            if key.shape == WHO:
                for fact, bound in value:
                    why = declared[fact].accepts(bound) if fact in declared else ""
                    if why:
                        yield Fault((*path, fact), why, f"this bound cannot be compared with the fact ({why})")

    def _lapses(self) -> Iterator[Fault]:
        """What is wrong with the prices of constats, and with the slots whose end they need."""
        for prices in self.one.lapse_prices().values():
            for fault in prices.faults():
                yield Fault(("constat", *fault.path[1:]), fault.fr, fault.en)
        places, slots = self.one.places(), self.one.slots()
        for one in self.one.constats:
            yield from untimed(one, slots, places.expand(one.slots) if one.slots else frozenset(slots))

    def _idle(self) -> Iterator[Fault]:
        """A rule by which a slot goes with itself refuses nothing: another slot was meant."""
        places = self.one.places()
        for one in self.one.rules:
            subject = places.expand(one.slots) if one.slots else frozenset(self.one.slots())
            if one.is_idle(frozenset(subject), frozenset(places.expand(one.objects()))):
                fr = "ne refuse jamais rien : chaque créneau y est demandé avec lui-même ; nommez-en un autre"
                yield Fault(
                    ("regle", one.code, one.verb), fr, "never refuses: each slot is asked with itself; name another"
                )

    def _conditional(self) -> Iterator[Fault]:
        """What is asked of one slot alone, a deadline, a gate, a constat, cannot depend on a variant or a formule."""
        items: tuple[tuple[str, tuple[Where, ...]], ...] = (
            ("delai", self.one.deadlines), ("acces", self.one.gates), ("capacite", self.one.pools), ("constat", self.one.constats),
            ("absence", self.one.absences), ("evenement", self.one.evenements),
        )  # fmt: skip
        for section, wheres in items:
            for one in wheres:
                if one.is_conditional or any(inner.is_conditional for inner in one.unless):
                    fr = "« variante » et « formules » n'ont pas de sens ici ; dites les créneaux, les jours ou qui"
                    en = "« variante » and « formules » mean nothing here; say slots, days or who"
                    yield Fault((section, getattr(one, "code", "")), fr, en)

    def _statuses(self) -> Iterator[Fault]:
        """An abonnement gives facts that the règlement declares, with a value that they can take."""
        declared = dict(self.one.facts)
        for one in self.one.subscriptions:
            known = Facts(tuple((fact, (Dated(value),)) for fact, value in one.facts if fact in declared))
            yield from (fault.under("abonnement", one.code, "fait") for fault in misgiven(declared, known))

    def _sources(self) -> Iterator[Fault]:
        documents = [one.code for one in self.one.documents]
        for path, key, value in leaves(self.one):
            if key.name == SOURCE.name and value and value.split()[0] not in documents:
                fr, en = meant(value.split()[0], documents)
                yield Fault(path, f"document inconnu : « {value} » ; {fr}", f"unknown document: « {value} »; {en}")
        if self.one.identity.source:
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
        yield "decoupage", self.one.divisions
        yield "periode", self.one.periodes
        yield "regle", self.one.rules
        yield "delai", self.one.deadlines
        yield "acces", self.one.gates
        yield "piece", self.one.pieces
        yield "capacite", self.one.pools
        yield "compte", self.one.counters
        yield "grille", self.one.grids
        yield "tarif", self.one.tariffs
        yield "modification", self.one.modifiers
        yield "constat", self.one.constats
        yield "absence", self.one.absences
        yield "evenement", self.one.evenements
        yield "abonnement", self.one.subscriptions
        yield "mention", self.one.mentions

    def _versions(self) -> Iterator[Fault]:
        """A file that mixes a document with the one that it replaces must date them apart."""
        places = self.one.places()
        everything = frozenset(self.one.slots())
        described: type = type(self.one)
        items = [
            sourced((key.name, code), item, self.one.identity.source)
            for one, key in keys_of(described)
            if isinstance(key.shape, Coded)
            for code, item in ((item.code, item) for item in getattr(self.one, one.name))
            if isinstance(item, Where)
        ]
        yield from version_faults(
            self.one.documents, items, lambda where: places.expand(where.slots) if where.slots else everything
        )

    def _calendars(self, codes: Mapping[str, Mapping[str, object]]) -> Iterator[Fault]:
        for one in self.one.calendars:
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
        for one in self.one.calendars:
            if one.code in RESERVED_CALENDARS:
                fr = f"« {one.code} » est un mot du format ; donnez un autre code à ce calendrier"
                yield Fault(("calendrier", one.code), fr, f"« {one.code} » is a word of the format; give another code")
        taught = all(one.school_weekdays for one in self.one.etablissements)
        yield from self._school_days(taught=taught)
        counting = [("delai", one.code, one.calendars()) for one in self.one.deadlines]
        counting += [("abonnement", one.code, one.calendars()) for one in self.one.subscriptions]
        counting += [("absence", one.code, one.calendars()) for one in self.one.absences]
        for section, code, calendars in counting:
            for name in sorted(calendars):
                if name == SCHOOL and not taught:
                    yield Fault((section, code), *_UNTAUGHT)
                elif name not in CALENDARS and name not in codes["calendrier"]:
                    fr, en = meant(name, [*codes["calendrier"], *CALENDARS])
                    yield Fault(
                        (section, code),
                        f"calendrier inconnu : « {name} » ; {fr}",
                        f"unknown calendar: {en}",
                    )

    def _school_days(self, *, taught: bool) -> Iterator[Fault]:
        """A selector that names « école » needs the weekdays taught: of the période's own school, else of all alike."""
        alike = len({frozenset(one.school_weekdays) for one in self.one.etablissements}) < 2
        for path, _, value in leaves(self.one):
            if not isinstance(value, When) or SCHOOL not in value.calendars:
                continue
            if not taught:
                yield Fault((*path, "calendrier"), *_UNTAUGHT)
            elif not alike and path[0] != "periode":
                fr = "les établissements n'ont pas les mêmes jours_ecole ; dites ici les jours, par quand.jour"
                en = "the établissements do not teach on the same weekdays; say the days here, with quand.jour"
                yield Fault((*path, "calendrier"), fr, en)


def _section(path: Path) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))
