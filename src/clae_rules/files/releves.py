"""What happened in a month, as a file: `[releve]`, `[enfant.X]`, `[reserve.X]`, `[present.X]`, `[[absence]]`…"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from ..attendance import MONTH_OF, Cancellation, Episode, Event, Releve, Stay, stays_of
from ..constats import Constat
from ..days import clock
from ..described import Key, ListOf, Record, TableOf, leaves
from ..errors import Fault, InvalidReleveError, meant
from ..facts import Facts, misgiven
from ..holdings import Planning, Wish
from ..references import references, unknown
from ..reglement import Reglement
from ..shapes import Day, Either, Instant, Ref, Slug, Whole
from ..slots import Selection
from ..windows import Stretch, Unit
from .demandes import WISHES
from .given_facts import FactsShape
from .subscriptions import HAD_OF_RELEVE, AbonneFile, abonnement_faults

STAY: Final = Either(text=Ref(("créneau",)), table=Record(Stay))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleveHead:
    """`[releve]`: of whom, for which month, drawn up when."""

    reglement: Annotated[str, Key("reglement", Slug(), "Le code du règlement.", '"cluses-clae-messy-2021"')]
    household: Annotated[str, Key("foyer", Slug(), "Le code du foyer, pour la facture.", '"martin"')] = ""
    month: Annotated[date, Key("mois", MONTH_OF, "Le mois facturé.", '"2026-09"')]
    instant: Annotated[datetime, Key("instant", Instant(), "Quand le relevé est établi.", "2026-10-01T08:00:00+02:00")]
    pointed: Annotated[
        tuple[str, ...],
        Key(
            "pointes",
            ListOf(Ref(("créneau", "groupe", "mode")), single=True),
            "Les créneaux dont on note les présences : qui n'y est pas est absent. Sans cette ligne, aucun.",
            '["cantine"]',
        ),
    ] = ()
    first_day: Annotated[
        date | None, Key("du", Day(), "Premier jour que le relevé dit ; le 1er du mois sans cette ligne.")
    ] = None
    last_day: Annotated[
        date | None, Key("au", Day(), "Dernier jour que le relevé dit ; la fin du mois sans cette ligne.")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleveFile:
    """A relevé file, read but not yet held against its règlement."""

    format: Annotated[int, Key("format", Whole(1, 1), "La version du format de fichier.", "1")] = 1
    head: Annotated[ReleveHead, Key("releve", Record(ReleveHead), "De qui, pour quel mois, établi quand.")]
    children: Annotated[
        tuple[tuple[str, Facts], ...],
        Key("enfant", TableOf(Slug(), FactsShape()), "Ce que l'on sait de chaque enfant ; une table par enfant."),
    ]
    household: Annotated[Facts, Key("foyer", FactsShape(), "Ce que l'on sait du foyer.")] = Facts()
    booked: Annotated[
        tuple[tuple[str, tuple[tuple[date, tuple[Wish, ...]], ...]], ...],
        Key("reserve", TableOf(Slug(), WISHES), "Ce que chaque enfant avait réservé, annulé depuis ou non."),
    ] = ()
    subscriptions: Annotated[
        tuple[tuple[str, tuple[AbonneFile, ...]], ...],
        Key(
            "abonne",
            TableOf(Slug(), HAD_OF_RELEVE),
            "Les abonnements de chaque enfant, qui tiennent leurs jours du relevé : [abonne.lou.cantine].",
        ),
    ] = ()
    stays: Annotated[
        tuple[tuple[str, tuple[tuple[date, tuple[Stay | str, ...]], ...]], ...],
        Key(
            "present",
            TableOf(Slug(), TableOf(Day(), ListOf(STAY, least=0, most=64), most=800)),
            "Où chaque enfant était, parmi les créneaux pointés.",
        ),
    ] = ()
    cancellations: Annotated[
        tuple[Cancellation, ...],
        Key("annule", ListOf(Record(Cancellation), least=0), "Ce que la famille a annulé, et quand."),
    ] = ()
    episodes: Annotated[
        tuple[Episode, ...], Key("absence", ListOf(Record(Episode), least=0), "Les absences signalées ou justifiées.")
    ] = ()
    events: Annotated[
        tuple[Event, ...], Key("evenement", ListOf(Record(Event), least=0), "Ce que le service a annulé pour tous.")
    ] = ()
    past: Annotated[
        tuple[tuple[str, tuple[tuple[str, int], ...]], ...],
        Key(
            "deja",
            TableOf(Slug(), TableOf(Ref(("constat",)), Whole(0, 1000))),
            "Combien de fois, avant le relevé, dans la fenêtre qui court déjà.",
        ),
    ] = ()

    def facts(self) -> dict[str, Facts]:
        """What is known of each child and his household, by code."""
        return {code: self.household.merged(facts) for code, facts in self.children}

    def releve(self) -> Releve:
        """What happened, as a value."""
        mine = self.head.household
        held = tuple((child, day, _once(slots, mine)) for child, days in self.booked for day, slots in days)
        return Releve(
            month=self.head.month,
            instant=self.head.instant,
            booked=Planning(held),
            abonnements=tuple(
                (child, said) for child, had in self.subscriptions for one in had if (said := one.said()) is not None
            ),
            children=tuple(code for code, _ in self.children),
            stays=stays_of(self.stays),
            pointed=self.head.pointed,
            cancellations=self.cancellations,
            episodes=self.episodes,
            events=self.events,
            past=tuple((child, code, count) for child, counts in self.past for code, count in counts),
            first_day=self.head.first_day,
            last_day=self.head.last_day,
        )


def _once(slots: tuple[Wish, ...], household: str) -> Selection:
    """What is booked on a date, each slot once, that of the household without its name; twice is a fault, told so."""
    first = {code_of(one): one for one in reversed(slots)}
    return Selection.of(*(_own(one, household) for one in first.values()))


def _own(wish: Wish, household: str) -> Wish:
    return wish if isinstance(wish, str) or wish.holder != household else replace(wish, holder="")


def code_of(wish: Wish) -> str:
    """The slot of a wish."""
    return wish if isinstance(wish, str) else wish.slot


RELEVE: Final = Record(ReleveFile)


def check_releve(read: ReleveFile, reglement: Reglement) -> None:
    """
    Hold a relevé file against its règlement.

    Raises:
        InvalidReleveError: Naming every unknown code, misgiven fact and impossible event at once.
    """
    faults = [*_faults(read, reglement), *read.releve().faults_of_month()]
    if not any(one.path[:1] == ("abonne",) for one in faults):  # else nobody knows what they hold
        releve = dated(read, reglement).releve()
        mine = replace(releve, booked=_with_abonnements(releve))
        faults += mine.faults(reglement.places(), ZoneInfo(reglement.identity.time_zone))
    if faults:
        raise InvalidReleveError(faults)


def dated(read: ReleveFile, reglement: Reglement) -> ReleveFile:
    """The same file with the période and the days of each abonnement said, once it was held against its règlement."""
    had = tuple((child, tuple(one.dated(reglement) for one in each)) for child, each in read.subscriptions)
    return replace(read, subscriptions=had)


def _with_abonnements(releve: Releve) -> Planning:
    """What the household may have booked, the dates of abonnements included, open or not: `due` knows which are."""
    found = {(child, day): set(held.slots) for child, day, held in releve.booked.held_by("").days}
    for child, one in releve.abonnements:
        for day, slots in one.dates().items():
            found.setdefault((child, day), set()).update(slots)
    return Planning.of(found)


def _faults(read: ReleveFile, reglement: Reglement) -> Iterator[Fault]:
    code = reglement.identity.code
    if read.head.reglement != code:
        fr = f"ce relevé est pour « {read.head.reglement} », lu avec « {code} » ; donnez-lui son règlement"
        yield Fault(("releve", "reglement"), fr, f"this relevé is for « {read.head.reglement} », read with « {code} »")
    known = {
        "créneau": list(reglement.slots()),
        "groupe": [code for code, _ in reglement.groups],
        "mode": [one.code for one in reglement.modes],
        "constat": [one.code for one in reglement.constats],
        "periode": [one.code for one in reglement.periodes],
    }
    for path, key, value in leaves(read):
        for where, to, word in references(key.shape, value, path):
            words = [one for kind in to for one in known[kind]]
            if word not in words:
                yield unknown(where, to, word, words)
    declared = dict(reglement.facts)
    for child, facts in read.children:
        yield from (fault.under("enfant", child) for fault in misgiven(declared, facts))
    yield from (fault.under("foyer") for fault in misgiven(declared, read.household))
    yield from _subscribed(read, reglement)
    yield from _booked_twice(read)
    yield from _not_billed_here(read)
    yield from _unknown_motives(read, reglement)
    yield from _unknown_children(read)
    yield from _out_of_calendar(read, reglement)
    yield from _gone_before(read, reglement)
    yield from _never_read(read, reglement)


def _subscribed(read: ReleveFile, reglement: Reglement) -> Iterator[Fault]:
    """Abonnements that the règlement does not have, or whose période is not said though several have their slots."""
    for child, had in read.subscriptions:
        for one in had:
            among = one.within(reglement)
            if len(among) > 1:
                names = ", ".join(f'"{code}"' for code in among)
                fr = f"plusieurs périodes ont ces créneaux : {names} ; dites laquelle, periode = {names.split(', ')[0]}"
                en = f"several périodes have these slots: {names}; say which, periode = {names.split(', ')[0]}"
                yield Fault(("abonne", child, one.code, "periode"), fr, en)
            if not among and {slot for _, slots in one.week for slot in slots} <= reglement.slots().keys():
                fr, en = "aucune période n'a ces créneaux ; corrigez « semaine »", "no période has these slots; mend it"
                yield Fault(("abonne", child, one.code, "semaine"), fr, en)
            of = among[0] if len(among) == 1 else ""
            yield from abonnement_faults(("abonne", child), (one,), reglement, of)


def _booked_twice(read: ReleveFile) -> Iterator[Fault]:
    for child, days in read.booked:
        for day, slots in days:
            codes = [code_of(one) for one in slots]
            for i, code in enumerate(codes):
                if code in codes[:i]:
                    fr = f"« {code} » y est deux fois ; une seule fois, dans une variante"
                    yield Fault(("reserve", child, day.isoformat(), i), fr, "stands twice; once, in one variant")


def _not_billed_here(read: ReleveFile) -> Iterator[Fault]:
    """What was not paid is of no relevé; what another household holds is, in one that says whose it is (S6.8)."""
    for child, days in read.booked:
        for day, slots in days:
            for i, one in enumerate(slots):
                here = ("reserve", child, day.isoformat(), i)
                if not isinstance(one, str) and one.holder and not read.head.household:
                    fr = "un relevé est celui d'un seul foyer : dites lequel, « foyer » dans [releve], ou retirez ce créneau"
                    en = "a relevé is of one household: say which, « foyer » in [releve], or drop this slot"
                    yield Fault((*here, "foyer"), fr, en)
                if not isinstance(one, str) and one.pay_before is not None:
                    fr = "ce qui n'a pas été payé à temps est perdu ; retirez ce créneau, ou cette ligne s'il est payé"
                    yield Fault((*here, "paye_avant"), fr, "what was not paid is lost; drop this slot, or this line")


def _unknown_motives(read: ReleveFile, reglement: Reglement) -> Iterator[Fault]:
    absences = {motive for one in reglement.absences for motive in one.motives}
    events = {motive for one in reglement.evenements for motive in one.motives}
    told = [("absence", i, one.motive, absences) for i, one in enumerate(read.episodes) if one.motive]
    told += [("evenement", i, one.motive, events) for i, one in enumerate(read.events)]
    ways = {
        "absence": "sans motif du règlement, retirez la ligne",
        "evenement": "ou ajoutez [evenement.X] au règlement",
    }
    for section, i, motive, known in told:
        if motive not in known:
            fr, en = meant(motive, known)
            said = f"motif inconnu : « {motive} » ; {fr} ; {ways[section]}"
            yield Fault((section, i, "motif"), said, f"unknown motive: « {motive} »; {en}")


def _unknown_children(read: ReleveFile) -> Iterator[Fault]:
    codes = [code for code, _ in read.children]
    if not codes:
        yield Fault(
            ("enfant",), "aucun enfant ; écrivez [enfant.lea] et ce que l'on sait de lui", "no child; write one"
        )
    named = [(("reserve", child), child) for child, _ in read.booked]
    named += [(("abonne", child), child) for child, _ in read.subscriptions]
    named += [(("present", child), child) for child, _ in read.stays]
    named += [(("deja", child), child) for child, _ in read.past]
    more = [(("annule", i, "enfant"), one.child) for i, one in enumerate(read.cancellations)]
    more += [(("absence", i, "enfant"), one.child) for i, one in enumerate(read.episodes)]
    more += [(("evenement", i, "enfants"), child) for i, one in enumerate(read.events) for child in one.children]
    for path, child in (*named, *more):
        if child not in codes:
            fr, en = meant(child, codes)
            yield Fault(
                path, f"enfant inconnu : « {child} » ; {fr}, ou ajoutez [enfant.{child}]", f"unknown child; {en}"
            )


def _gone_before(read: ReleveFile, reglement: Reglement) -> Iterator[Fault]:
    """Who leaves before the slot begins was not there in it."""
    slots = reglement.slots()
    for child, dates in read.stays:
        for day, stays in dates:
            for i, one in enumerate(stays):
                hours = slots[one.slot].hours if isinstance(one, Stay) and one.slot in slots else None
                if hours is None or isinstance(one, str) or one.departure is None or one.departure >= hours[0]:
                    continue
                left, begins = clock(one.departure), clock(hours[0])
                fr = f"part à {left}, avant que « {one.slot} » commence à {begins} ; corrigez l'heure ou retirez ce créneau"
                en = f"leaves at {left}, before « {one.slot} » begins at {begins}; mend the time or drop this slot"
                yield Fault(("present", child, day.isoformat(), i, "depart"), fr, en)


def _never_read(read: ReleveFile, reglement: Reglement) -> Iterator[Fault]:
    """A count before the relevé of a constat that counts nothing, or whose windows all begin inside the relevé."""
    told, constats = read.releve().told, {one.code: one for one in reglement.constats}
    for child, counts in read.past:
        for code in (code for code, _ in counts if code in constats):
            running = _running(constats[code], reglement, told.first_day)
            if not any(one.first_day < told.first_day <= one.last_day for one in running):
                fr = f"« {code} » ne compte rien d'avant le {told.first_day} ; retirez cette ligne"
                yield Fault(
                    ("deja", child, code), fr, f"« {code} » counts nothing before {told.first_day}; drop this line"
                )


def _running(constat: Constat, reglement: Reglement, day: date) -> Iterator[Stretch]:
    """The windows in which a constat counts that may hold a day: of a période, one for each that its slots have."""
    if constat.per is None:
        return
    if constat.per.unit is not Unit.PERIODE:
        found = constat.per.stretch(day, None, {one.code: one for one in reglement.divisions})
        yield from () if found is None else (found,)
        return
    slots, modes = reglement.slots(), reglement.mode_of()
    modes_of = {modes[slot].code for slot in (reglement.places().expand(constat.slots) if constat.slots else slots)}
    for one in reglement.periodes:
        if one.mode in modes_of:
            yield Stretch(one.first_day, one.last_day, one.label)


def _out_of_calendar(read: ReleveFile, reglement: Reglement) -> Iterator[Fault]:
    days, month = reglement.days, read.releve().billed
    if month.first_day not in days or month.last_day not in days:
        fr = f"{read.head.month:%Y-%m} est hors du calendrier du règlement, du {days.first_day} au {days.last_day}"
        yield Fault(("releve", "mois"), fr, f"outside the calendar, {days.first_day} to {days.last_day}")
    for section, told in (("reserve", read.booked), ("present", read.stays)):
        for child, dates in told:
            for day, _ in dates:
                if day not in days:
                    fr = f"hors du calendrier du règlement, du {days.first_day} au {days.last_day} ; vérifiez la date"
                    en = f"outside the calendar, {days.first_day} to {days.last_day}; check the date"
                    yield Fault((section, child, day.isoformat()), fr, en)
