"""Sentences of where, when and what: places, slots, calendars, périodes, formules, what is only mentioned."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ..days import MONTHS, SCHOOL, WEEKDAYS, CivilDays, DayException, DayKind, Span
from ..facts import FactKind, FactKindRead
from ..kinds import KINDS
from ..publications import Document, Mention
from ..reglement import Identity, NamedCalendar
from ..selectors import When, Where
from ..slots import Etablissement, ModeAccueil, Periode, Slot
from ..tariffs import Formule
from ..windows import Division, PublishedPart
from .speaker import Sentence, Speaker
from .words import day_words, hours_words, listed

_KINDS: Final = MappingProxyType(
    {
        DayKind.FERIE: "jours fériés",
        DayKind.VACANCES: "jours de vacances",
        DayKind.WEEKEND: "jours de week-end",
        DayKind.ORDINARY: "jours ordinaires (ni fériés, ni vacances, ni week-end)",
    }
)


def _identity(one: Any, speaker: Speaker) -> str:
    del speaker
    one.read.add("label")  # it is the title
    version = f" ; version {one.version}" if one.version else ""
    return f"Règlement {one.code}{version} ; les heures sont celles de {one.time_zone}"


def _document(one: Any, speaker: Speaker) -> str:
    dated = f", {day_words(one.day)}" if one.day else ""
    page = f", {one.page}" if one.page else ""
    replaces = f" ; remplace {speaker.name(('document',), one.replaces)}" if one.replaces else ""
    return f"{one.title}{dated}{page}{replaces}"


def _etablissement(one: Any, speaker: Speaker) -> str:
    del speaker
    taught = listed(WEEKDAYS[day] for day in one.school_weekdays)
    return f"{one.label}" + (f" ; école {'les ' if taught else ''}{taught}" if taught else "")


def _mode(one: Any, speaker: Speaker) -> str:
    slots = "".join(f"\n- {speaker.tell(slot)}" for slot in one.slots)
    return f"{one.label}, à {speaker.name(('etablissement',), one.etablissement)} ; créneaux, dans cet ordre :{slots}"


def _slot(one: Any, speaker: Speaker) -> str:
    del speaker
    short = f" (« {one.short_label} »)" if one.short_label != one.label else ""
    hours = f", {hours_words(one.hours)}" if one.hours else ""
    arrival = f", arrivée {hours_words(one.arrival)}" if one.arrival else ""
    departure = f", départ {hours_words(one.departure)}" if one.departure else ""
    return f"{one.label}{short}{hours}{arrival}{departure} [code {one.code}]"


def _civil_days(one: Any, speaker: Speaker) -> str:
    feries = listed(day_words(day) for day in one.feries) or "aucun"
    holidays = "".join(f"\n- vacances « {code} » : {speaker.tell(span)}" for code, span in one.holidays)
    exceptions = "".join(f"\n- {day_words(day)} : {speaker.tell(made)}" for day, made in one.exceptions)
    return (
        f"Le calendrier va du {day_words(one.first_day)} au {day_words(one.last_day)} compris :"
        f"\n- jours fériés : {feries}{holidays}{exceptions}"
    )


def _span(one: Any, speaker: Speaker) -> str:
    del speaker
    return f"du {day_words(one.first_day)} au {day_words(one.last_day)} compris"


def _exception(one: Any, speaker: Speaker) -> str:
    del speaker
    kind = f"jour {one.kind.value}" if one.kind else ""
    like = f"compte comme un {WEEKDAYS[one.like]}" if one.like is not None else ""
    return ", ".join(filter(None, (kind, like)))


def _calendar(one: Any, speaker: Speaker) -> str:
    but = speaker.tell(one.unless)
    return f"Sont dans ce calendrier : {speaker.tell(one.when) or 'tous les jours'}" + (f" ; sauf {but}" if but else "")


def _division(one: Any, speaker: Speaker) -> str:
    return "L'année se découpe ainsi :" + "".join(f"\n- {speaker.tell(part)}" for part in one.parts)


def _part(one: Any, speaker: Speaker) -> str:
    del speaker
    return f"{one.label}, du {day_words(one.first_day)} au {day_words(one.last_day)} compris"


def _periode(one: Any, speaker: Speaker) -> str:
    when, but = speaker.tell(one.when), speaker.tell(one.unless)
    who = f" ; proposée {speaker.who(one.who)}" if one.who else ""
    return (
        f"« {one.label} » ouvre {speaker.name(('mode',), one.mode)} du {day_words(one.first_day)} au "
        f"{day_words(one.last_day)} compris{when and f', {when}'}{but and f', sauf {but}'}{who}"
    )


def _when(one: Any, speaker: Speaker) -> str:
    parts = [
        one.weekdays and f"les {listed(f'{WEEKDAYS[day]}s' for day in one.weekdays)}",
        one.kinds and f"{'seulement ' if one.weekdays else ''}les {listed((_KINDS[kind] for kind in one.kinds), 'ou')}",
        one.months and f"en {listed((MONTHS[month - 1] for month in one.months), 'ou')}",
        one.periodes and f"pendant {speaker.named(('periode',), one.periodes, 'ou')}",
        one.holidays and f"pendant les vacances {listed((f'« {code} »' for code in one.holidays), 'ou')}",
        one.calendars and f"les {listed((_days_of(code, speaker) for code in one.calendars), 'ou')}",
        one.dates and f"le {listed((day_words(day) for day in one.dates), 'ou le')}",
        one.first_day and f"à partir du {day_words(one.first_day)}",
        one.last_day and f"jusqu'au {day_words(one.last_day)} compris",
    ]
    return ", ".join(filter(None, parts))


def _days_of(calendar: str, speaker: Speaker) -> str:
    """The days of one calendar, a word of the format or a named one."""
    known = {SCHOOL: "jours d'école", "ouvrés": "jours ouvrés", "ouvrables": "jours ouvrables"}
    return known.get(calendar) or f"jours du calendrier {speaker.name(('calendrier',), calendar)}"


def _where(one: Any, speaker: Speaker) -> str:
    return speaker.where(one, "")


def _formule(one: Any, speaker: Speaker) -> str:
    name = f"« {one.label} »" if one.label else "Cette formule"
    ways = [speaker.named(("créneau",), chosen) for chosen in one.sets]
    return f"{name} : {' ; ou '.join(ways)}, pris ensemble"


def _fact(one: Any, speaker: Speaker) -> str:
    del speaker
    if one.kind is FactKind.CHOICE:
        return f"un mot parmi {listed((f'« {word} »' for word in one.words), 'ou')}"
    if one.kind is FactKind.AGE:
        leap = " ; né un 29 février, l'anniversaire est le 1er mars" if one.leap_march else ""
        return f"un âge, en années révolues {one.age_on.value}{leap}"
    return str(one.kind.value)


def _mention(one: Any, speaker: Speaker) -> str:
    del speaker
    label = next((f" ({kind.code}, {kind.label})" for kind in KINDS if kind.code == one.kind), "")
    why = f" ; rien n'en est décidé ici : {one.why}" if one.why else " ; rien n'en est décidé ici"
    return f"{one.says.rstrip('.')}{label}{why}"


#: The sentences of this theme.
SENTENCES: Final[Mapping[type, Sentence]] = MappingProxyType(
    {
        Identity: _identity,
        Document: _document,
        Etablissement: _etablissement,
        ModeAccueil: _mode,
        Slot: _slot,
        CivilDays: _civil_days,
        Span: _span,
        DayException: _exception,
        NamedCalendar: _calendar,
        Division: _division,
        PublishedPart: _part,
        Periode: _periode,
        When: _when,
        Where: _where,
        Formule: _formule,
        FactKindRead: _fact,
        Mention: _mention,
    }
)
