"""Leaving an abonnement, whole or for another: each date given back under its own phases (S9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from .booking import decide
from .desk import Desk, aware
from .epochs import Status
from .errors import ClaeRulesError, Lang, meant
from .holdings import Demande, Grain, Planning
from .phases import Action
from .slots import slots_of
from .subscriptions import Abonnement, OwnTerms, Subscription
from .verdicts import DayVerdict, Verdict
from .violations import Violation

LEAVING: Final = frozenset({Action.CANCEL, Action.CHANGE})
_DAY: Final = timedelta(days=1)
#: What a sentence says of a status.
SAID: Final[Mapping[Status, tuple[str, str]]] = MappingProxyType(
    {
        Status.ALLOWED: ("accepté", "allowed"),
        Status.REFUSED: ("refusé", "refused"),
        Status.UNDECIDED: ("indécis", "undecided"),
    }
)


class UnknownSubscriptionError(ClaeRulesError):
    """An abonnement that the règlement does not have."""


def subscription_of(desk: Desk, code: str) -> Subscription:
    """
    The abonnement of the règlement that a code names.

    Raises:
        UnknownSubscriptionError: If there is none, with the nearest one.
    """
    known = desk.engine.subscriptions
    if code not in known:
        raise UnknownSubscriptionError(f"abonnement inconnu : « {code} » ; {meant(code, known)[0]}")
    return known[code]


@dataclass(frozen=True, slots=True, eq=False)
class Resigned:
    """
    What became of a resignation.

    Args:
        abonnement: What the child had.
        subscription: What the règlement says of it.
        verdict: The dates that it gives back, from the day asked on; those that are refused stay held.
        desk: The desk of the child without this abonnement.
    """

    abonnement: Abonnement
    subscription: Subscription
    verdict: Verdict
    desk: Desk

    @property
    def effect(self) -> date | None:
        """The first date that is given back; None where none is."""
        return next((one.day for one in self.verdict.granted), None)

    @property
    def status(self) -> Status:
        """Allowed where it gives a date back; else undecided where one is, else refused."""
        return self.verdict.status if self.verdict.days else Status.REFUSED

    @property
    def violations(self) -> tuple[Violation, ...]:
        """That no date is left to give back; the reasons of each date are those of the verdict."""
        return () if self.verdict.days else (said(self.verdict.desk, self.subscription, "resiliation-sans-effet"),)

    @property
    def after(self) -> Planning:
        """The planning once the dates are given back."""
        return self.verdict.after

    @property
    def steps(self) -> tuple[Verdict, ...]:
        """The verdicts that it costs, for `recapitulatif`: what stays held is priced without the status that ends."""
        if self.effect is None:
            return (self.verdict,)
        last = max((one.day for one in self.verdict.days if not one.allowed), default=date.min)
        return (replace(self.verdict, then=status_until(self.desk, self.abonnement, max(last, self.effect - _DAY))),)

    def text(self, lang: Lang = "fr") -> str:
        """The answer and its effect, then why not, then the dates given back."""
        head = ("résiliation", "resignation")[lang == "en"]
        name = self.subscription.label or self.abonnement.code
        lines = [headed(name, self.status, self.effect, lang, head), *(f"  {x.text(lang)}" for x in self.violations)]
        stays = [one for one in self.verdict.days if not one.allowed]
        return "\n".join([*lines, *untouched(stays, lang), *given_back(self.verdict.granted, lang)])

    def plain(self, lang: Lang = "fr") -> dict[str, object]:
        """The answer as JSON types, under French keys."""
        effect = self.effect
        return {
            "code": self.abonnement.code, "statut": self.status.value, "resiliation": True,
            "effet": effect and effect.isoformat(),
            "refus": [one.sentence(lang) for one in (*self.violations, *self.verdict.violations, *self.verdict.doubts)],
            "quittees": [one.day.isoformat() for one in self.verdict.granted],
            "gardees": [one.day.isoformat() for one in self.verdict.days if not one.allowed],
        }  # fmt: skip


def resign(desk: Desk, planning: Planning, abonnement: Abonnement, *, since: date, now: datetime) -> Resigned:
    """
    Judge the end of an abonnement that nothing replaces: each date from a day on, under « changer » (S9.4).

    Args:
        desk: The child before his règlement, without this abonnement.
        planning: Everything the household holds.
        abonnement: What ends.
        since: The first date to give back; what is past by then stays.
        now: The instant of the request, aware.

    Raises:
        NaiveInstantError: If *now* has no time zone.
        UnknownSubscriptionError: If the règlement does not have such an abonnement.
    """
    first = max(since, today(desk, now))
    verdict = unsubscribe(desk, planning, abonnement, since=first, now=now)
    return Resigned(abonnement, subscription_of(desk, abonnement.code), verdict, desk)


def unsubscribe(
    desk: Desk, planning: Planning, abonnement: Abonnement, *, since: date, now: datetime,
    keep: Mapping[date, Iterable[str]] | None = None,
) -> Verdict:  # fmt: skip
    """
    Judge the dates that an abonnement gives back: each of its dates from a day on, under the phases of « changer ».

    Args:
        desk: The child before his règlement.
        planning: Everything the household holds.
        abonnement: What ends.
        since: The first date to leave.
        now: The instant of the request, aware.
        keep: Slots that stay, by date.

    Returns:
        The verdict, date by date; dates that it may not leave are refused and stay held.

    Raises:
        NaiveInstantError: If *now* has no time zone.
        UnknownSubscriptionError: If the règlement does not have such an abonnement.
    """
    item, dates, stays = subscription_of(desk, abonnement.code), abonnement.dates(), keep or {}
    own = desk.under(abonnement.facts(item), OwnTerms(item.terms(changing=True), LEAVING, dates))
    modes, periodes = desk.engine.modes, desk.engine.periodes
    mode = periodes[abonnement.periode].mode if abonnement.periode in periodes else ""
    asked = []
    for day, slots in dates.items():
        held = planning.held(desk.child, day).held_by(desk.household)
        gone = (slots - set(slots_of(stays.get(day, ()), "keep", str(day), only=(str,)))) & held.slots
        if day >= since and gone:
            everything = planning.held(desk.child, day)
            asked.append(
                (day, tuple(one for one in everything if one.slot not in gone and modes[one.slot].code == mode))
            )
    demande = Demande(desk.child, abonnement.periode, tuple(asked))
    return decide(own, planning, demande, now=now, grain=Grain.DAY_BY_DAY)


def status_until(desk: Desk, abonnement: Abonnement, last_day: date) -> Desk:
    """
    The desk of a child who had an abonnement up to a day, included.

    Args:
        desk: The child before his règlement, without this abonnement.
    """
    return desk.under(abonnement.facts(subscription_of(desk, abonnement.code), last_day=last_day))


def today(desk: Desk, now: datetime) -> date:
    """
    The civil day of an instant, where the règlement is.

    Raises:
        NaiveInstantError: If *now* has no time zone.
    """
    return aware(now).astimezone(desk.engine.tz).date()


def said(
    desk: Desk, item: Subscription, code: str, *, slots: tuple[str, ...] = (), params: tuple[tuple[str, int], ...] = ()
) -> Violation:
    """Why an abonnement is refused as a whole."""
    source = desk.engine.reglement.source_of(item)
    return Violation(
        code=code, rule=item.code, source=source, slots=slots, params=params, speaker=item, labels=desk.engine.labels
    )


def headed(name: str, status: Status, effect: date | None, lang: Lang, what: str = "") -> str:
    """« Jours fixes » : accepté, effet le 06/11/2025."""
    since = "" if effect is None else (f", effet le {effect:%d/%m/%Y}", f", from {effect:%d/%m/%Y}")[lang == "en"]
    act = f"{what} " if what else ""
    agreed = SAID[status][lang == "en"]
    if what and lang == "fr":
        agreed = {"accepté": "acceptée", "refusé": "refusée"}.get(agreed, "indécise")
    return f"« {name} »{' : ' if lang == 'fr' else ': '}{act}{agreed}{since}"


def given_back(days: Sequence[DayVerdict], lang: Lang) -> Iterator[str]:
    """One line that lists the dates given back, where there are any."""
    if days:
        head = (f"{plural(len(days), 'date quittée', 'dates quittées')} :", f"{len(days)} given back:")[lang == "en"]
        yield f"  {head} {', '.join(f'{one.day:%d/%m/%Y}' for one in days)}"


def untouched(days: Iterable[DayVerdict], lang: Lang) -> Iterator[str]:
    """The dates that may not be given back, with why."""
    head = ("gardé : ", "kept: ")[lang == "en"]
    why = ((one.day, " ; ".join(x.sentence(lang) for x in (*one.violations, *one.doubts))) for one in days)
    yield from grouped(((day, f"{head}{told}") for day, told in why), lang)


def grouped(dates: Iterable[tuple[date, str]], lang: Lang) -> Iterator[str]:
    """Dates and what is said of each, those of which the same is said in one line."""
    alike: dict[str, list[date]] = {}
    for day, told in dates:
        alike.setdefault(told, []).append(day)
    for told, days in alike.items():
        yield f"  {span_of(days, lang)}  {told}"


def span_of(days: Sequence[date], lang: Lang) -> str:
    """« 05/11/2025 », « 3 dates, du 05/11/2025 au 19/11/2025 »."""
    first, last = f"{days[0]:%d/%m/%Y}", f"{days[-1]:%d/%m/%Y}"
    if len(days) == 1:
        return first
    return f"{len(days)} dates, du {first} au {last}" if lang == "fr" else f"{len(days)} dates, {first} to {last}"


def plural(count: int, one: str, many: str) -> str:
    """« 1 date », « 3 dates »."""
    return f"{count} {one if count < 2 else many}"
