"""What a sound règlement says that looks like an oversight: told at its check, and never a fault (S13.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from .days import CivilDays, DayKind
from .engine import Engine, OpenDay
from .errors import Path
from .selectors import When
from .slots import Periode
from .soundness import deadline_check, open_days
from .soundness_cases import days_in_words, span_in_words
from .soundness_subscriptions import SubscriptionCheck

#: Where the legal holidays of France are those of `legal_feries`.
FRENCH_ZONE: Final = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Oversight:
    """Something odd, where it stands, in French then English."""

    path: Path
    fr: str
    en: str


def oversights(engine: Engine) -> Iterator[Oversight]:
    """
    What looks like an oversight in a règlement.

    Args:
        engine: The règlement made ready, and sound.
    """
    opened = open_days(engine)
    yield from _missing_feries(engine.reglement.days, engine.reglement.identity.time_zone)
    for periode in engine.reglement.periodes:
        yield from _untyped(periode, opened)
    lives = (deadline_check(engine, opened).lives, SubscriptionCheck(engine, opened).lives)
    for shut in (one for some in lives for one in some.on_some_dates()):
        named = ", ".join(f"« {slot} »" for slot in shut.slots)
        fr, en = (f" pour {named}", f" for {named}") if named else ("", "")
        fr = f"la phase d'avant finit après celle-ci, qui ne s'ouvre donc pas{fr} ({span_in_words(shut.days, 'fr')})"
        en = f"the phase before ends after this one, which thus never opens{en} ({span_in_words(shut.days, 'en')})"
        yield Oversight(shut.place, fr, en)
    for one in engine.reglement.subscriptions:
        if one.change is None and one.cancel == ():
            fr = "suspendre est « jamais » et rien n'est dit de changer : cet abonnement ne se quitte ni ne se change jamais"
            en = "« suspendre » is never and nothing is said of « changer »: this abonnement can never be left nor changed"
            yield Oversight(
                ("abonnement", one.code, "changer"),
                f'{fr} ; écrivez ses phases, ou changer = "jamais" si c\'est voulu',
                f'{en}; write its phases, or changer = "jamais" if it is meant',
            )


def _missing_feries(days: CivilDays, time_zone: str) -> Iterator[Oversight]:
    """The legal holidays, from Monday to Friday, of which [jours] says nothing."""
    if time_zone != FRENCH_ZONE:
        return
    told = {*days.feries, *(day for day, _ in days.exceptions)}
    years = range(days.first_day.year, days.last_day.year + 1)
    legal = (day for year in years for day in legal_feries(year))
    left = [day for day in legal if day in days and day.weekday() < 5 and day not in told]
    if left:
        fr = f"jours fériés légaux absents : {days_in_words(left, 'fr')} ; ajoutez-les, ou une exception s'ils ouvrent"
        en = f"legal holidays left out: {days_in_words(left, 'en')}; add them, or an exception if they are open days"
        yield Oversight(("jours", "feries"), fr, en)


def legal_feries(year: int) -> tuple[date, ...]:
    """
    The eleven holidays of French law (Code du travail, L3133-1), ascending but for those that Easter moves.

    >>> [day.isoformat() for day in legal_feries(2027)[1:4]]
    ['2027-03-29', '2027-05-06', '2027-05-17']
    """
    moved = (easter(year) + timedelta(days=n) for n in (1, 39, 50))
    fixed = ((5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return (date(year, 1, 1), *moved, *(date(year, month, day) for month, day in fixed))


def easter(year: int) -> date:
    """
    Easter Sunday of the Gregorian calendar, by the computus of Meeus.

    >>> easter(2026).isoformat(), easter(2038).isoformat(), easter(1961).isoformat()
    ('2026-04-05', '2038-04-25', '1961-04-02')
    """
    century, rest = divmod(year, 100)
    golden = year % 19
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * sunday) // 451
    month, day = divmod(epact + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _untyped(periode: Periode, opened: Sequence[OpenDay]) -> Iterator[Oversight]:
    """The school holidays on which a période opens beside ordinary days, where it says nothing of kinds of days."""
    if any(_chosen(when) for when in (periode.when, periode.unless)):
        return
    mine = [one.facts for one in opened if periode in one.periodes]
    out = [one.day for one in mine if one.kind is DayKind.VACANCES]
    if out and any(one.kind is DayKind.ORDINARY for one in mine):
        fr = f"ouvre aussi pendant les vacances ({days_in_words(out, 'fr')})"
        en = f"opens in the school holidays too ({days_in_words(out, 'en')})"
        way = 'quand.type = "ordinaire"'
        both = 'quand.type = ["ordinaire", "vacances"]'
        fr, en = f"{fr} ; dites {way}, ou {both} si c'est voulu", f"{en}; say {way}, or {both} if it is meant"
        yield Oversight(("periode", periode.code), fr, en)


def _chosen(when: When) -> bool:
    """Whether a condition on dates speaks of kinds of day, of holidays, or of dates one by one."""
    return bool(when.kinds or when.holidays or when.calendars or when.dates)
