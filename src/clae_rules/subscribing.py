"""Taking, changing and ending an abonnement; and what it makes of a child's planning and desk (S9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from .booking import NOBODY, decide
from .desk import Desk
from .epochs import Status
from .errors import ClaeRulesError, Fault, InvalidValueError, Lang, meant
from .facts import Facts
from .holdings import Demande, Grain, Occupancy, Planning
from .phases import Action
from .recopie import Copied, Fate, Late, Onto, Recopie, recopie
from .slots import Held, Selection
from .subscriptions import Abonnement, OwnTerms, Subscription
from .verdicts import Verdict
from .violations import Violation

TAKING: Final = frozenset({Action.BOOK, Action.CHANGE})
LEAVING: Final = frozenset({Action.CANCEL, Action.CHANGE})
#: The classes of the dates that an abonnement holds.
HELD: Final = frozenset({Fate.APPLIED, Fate.UNCHANGED})
#: What a sentence says of a status.
_SAID: Final[Mapping[Status, tuple[str, str]]] = MappingProxyType(
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


def subscribed(desk: Desk, *abonnements: Abonnement) -> Desk:
    """
    The desk of a child who has some abonnements: their status, and their own deadlines for giving back one day.

    Raises:
        UnknownSubscriptionError: If the règlement does not have one.
    """
    for one in abonnements:
        item = subscription_of(desk, one.code)
        desk = desk.under(one.facts(item), OwnTerms(item.terms(), LEAVING, one.dates()))
    return desk


def expanded(desk: Desk, planning: Planning, *abonnements: Abonnement) -> Planning:
    """
    A planning with what abonnements hold: on each date that the période opens, their slots that are open to the child.

    Raises:
        InvalidValueError: If another household holds one of them (S6.8).
    """
    changes: dict[tuple[str, date], Selection] = {}
    for one in abonnements:
        subscription_of(desk, one.code)
        for day, slots in one.dates().items():
            opened = desk.day(day) if desk.engine.knows(day) else None
            codes = () if opened is None else opened.opened.codes
            if opened is not None and one.periode in codes:
                held = changes.get((desk.child, day), planning.held(desk.child, day))
                more = (Held(slot, holder=desk.household) for slot in slots if slot in opened.kind.bits)
                mine = Selection(tuple(item for item in more if held.holder(item.slot) != desk.household))
                changes[desk.child, day] = held.union(mine)
    return planning.changed(changes)


@dataclass(frozen=True, slots=True, eq=False)
class Subscribed:
    """
    What became of an abonnement that was asked.

    Args:
        asked: What was asked.
        subscription: What the règlement says of it.
        copied: Every date of its pattern, each in one class, and the verdict of those that were judged.
        left: Where it replaces another: the verdict of the dates that it leaves.
        refused: Why the pattern as a whole is refused; then nothing is taken.
        before: The planning before.
        desk: The desk of the child before.
    """

    asked: Abonnement
    subscription: Subscription
    copied: Recopie
    left: Verdict | None
    refused: tuple[Violation, ...]
    before: Planning
    desk: Desk

    @property
    def effect(self) -> date | None:
        """The first date that it holds: from it on it is in force; None where it holds none."""
        return None if self.refused else next((one.day for one in self.copied.dates if one.fate in HELD), None)

    @property
    def status(self) -> Status:
        """Allowed where it takes effect; else undecided where a date is, else refused."""
        if self.effect is not None:
            return Status.ALLOWED
        undecided = not self.refused and bool(self.copied.of(Fate.UNDECIDED))
        return Status.UNDECIDED if undecided else Status.REFUSED

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Why it is refused as a whole; that no date is left where each is asked too late."""
        if self.refused or self.status is not Status.REFUSED:
            return self.refused
        return (_said(self.desk, self.subscription, "abonnement-sans-effet"),)

    @property
    def missed(self) -> tuple[Copied, ...]:
        """The dates, from its effect on, that it does not hold though the période opens; with why."""
        effect = self.effect
        late = () if effect is None else (one for one in self.copied.dates if one.day >= effect)
        return tuple(one for one in late if one.fate in (Fate.REFUSED, Fate.UNDECIDED, Fate.NOT_OFFERED))

    @property
    def granted(self) -> Abonnement | None:
        """What is in force: from its effect on, less the dates that it could not take; None where nothing is."""
        effect, pattern = self.effect, self.asked.pattern
        if effect is None:
            return None
        counted = pattern.from_week or pattern.first_day
        mine = replace(self.asked, pattern=replace(pattern, first_day=effect, from_week=counted))
        return mine.suspend(*(one.day for one in self.missed))

    @property
    def facts(self) -> Facts:
        """The status that it gives from its effect on, to be kept among the child's facts; nothing where refused."""
        return Facts() if self.effect is None else self.asked.facts(self.subscription, self.effect)

    @property
    def after(self) -> Planning:
        """The planning once it is taken."""
        return self.copied.after if self.status is Status.ALLOWED else self.before

    def text(self, lang: Lang = "fr") -> str:
        """The answer and its effect, then why not, then each date that is not taken, then how many are."""
        return "\n".join(self._lines(lang))

    def _lines(self, lang: Lang) -> Iterator[str]:
        name, effect = self.subscription.label or self.asked.code, self.effect
        since = "" if effect is None else (f", effet le {effect:%d/%m/%Y}", f", from {effect:%d/%m/%Y}")[lang == "en"]
        yield f"« {name} »{' : ' if lang == 'fr' else ': '}{_SAID[self.status][lang == 'en']}{since}"
        yield from (f"  {one.text(lang)}" for one in self.violations)
        yield from (f"  {one.text(lang)}" for one in (() if self.left is None else self.left.violations))
        if self.refused:
            return
        shown = {Fate.REFUSED, Fate.UNDECIDED, Fate.NOT_OFFERED}
        lines = self.copied.text(lang).splitlines()
        yield from (f"  {line}" for one, line in zip(self.copied.dates, lines, strict=True) if one.fate in shown)
        waits = sorted({why for _, _, why in self.copied.verdict.pending})
        if waits:
            yield f"  {('en attente', 'pending')[lang == 'en']} ({', '.join(waits)})"
        taken = sum(one.fate in HELD for one in self.copied.dates)
        yield f"  {taken} {'dates' if taken > 1 else 'date'}"

    def plain(self, lang: Lang = "fr") -> dict[str, object]:
        """The answer as JSON types, under French keys."""
        effect = self.effect
        return {
            "code": self.asked.code, "statut": self.status.value, "effet": effect and effect.isoformat(),
            "refus": [one.sentence(lang) for one in self.violations],
            "en_attente": sorted({why for _, _, why in self.copied.verdict.pending}),
            "dates": [
                {"date": one.day.isoformat(), "classe": one.fate.value, "raison": one.reason(lang)}
                for one in self.copied.dates
            ],
            "quittees": [one.day.isoformat() for one in (() if self.left is None else self.left.granted)],
        }  # fmt: skip


def subscribe(
    desk: Desk, planning: Planning, asked: Abonnement, *, now: datetime, instead_of: Abonnement | None = None,
    occupancy: Occupancy = NOBODY, accept_unknown_price: bool = False,
) -> Subscribed:  # fmt: skip
    """
    Judge an abonnement: each date of its pattern, under its own phases, with the status that it gives (S9.4).

    It takes effect on the first date that it holds; a date is taken whole or not at all, and what is held besides stays.

    Args:
        desk: The child before his règlement, without these abonnements.
        planning: Everything the household holds.
        asked: What is asked, from the day wanted on.
        now: The instant of the request, aware.
        instead_of: What it replaces: its other dates are left from that day on, each as the phases of « changer » grant.
        occupancy: Places taken by others.
        accept_unknown_price: Whether an amount that is announced but not published is booked all the same (S4.6).

    Raises:
        InvalidValueError: If a day is suspended before the abonnement is taken.
        NaiveInstantError: If *now* has no time zone.
        UnknownSubscriptionError: If the règlement does not have such an abonnement.
        UnknownPeriodeError: If it has no such période.
        UnknownSlotError: If it has no such slot.
    """
    if asked.suspended:
        fr = "on suspend un jour d'un abonnement que l'on a ; demandez-le d'abord"
        raise InvalidValueError([Fault(("suspended",), fr, "one suspends a day of an abonnement one has; ask for it")])
    item, left, held = subscription_of(desk, asked.code), None, planning
    terms = OwnTerms(item.terms(changing=instead_of is not None), TAKING, asked.dates())
    if instead_of is not None:
        kept = asked.dates()
        left = unsubscribe(desk, planning, instead_of, since=asked.pattern.first_day, now=now, keep=kept)
        held = left.after
    copied = recopie(
        desk.under(asked.facts(item), terms), held, asked.pattern, periode=asked.periode, now=now, onto=Onto.MERGE,
        late=Late.REFUSE, occupancy=occupancy, accept_unknown_price=accept_unknown_price,
    )  # fmt: skip
    return Subscribed(asked, item, copied, left, tuple(_refused(desk, item, asked)), planning, desk)


def unsubscribe(
    desk: Desk, planning: Planning, abonnement: Abonnement, *, since: date, now: datetime,
    keep: Mapping[date, Iterable[str]] | None = None,
) -> Verdict:  # fmt: skip
    """
    Judge the end of an abonnement: each of its dates from a day on, given back under the phases of « changer ».

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
        gone = (slots - set(stays.get(day, ()))) & held.slots
        if day >= since and gone:
            everything = planning.held(desk.child, day)
            asked.append(
                (day, tuple(one for one in everything if one.slot not in gone and modes[one.slot].code == mode))
            )
    demande = Demande(desk.child, abonnement.periode, tuple(asked))
    return decide(own, planning, demande, now=now, grain=Grain.DAY_BY_DAY)


def _refused(desk: Desk, item: Subscription, asked: Abonnement) -> Iterator[Violation]:
    """What is wrong with a pattern as a whole."""
    model = [(weekday, slots) for weekday, slots in asked.pattern.model if slots]
    if item.weekdays is not None and len(model) not in item.weekdays:
        yield _said(desk, item, "abonnement-jours", params=(("days", len(model)),))
    inside = desk.engine.places.expand(item.slots) if item.slots else frozenset(desk.engine.slots)
    others = {slot for _, slots in model for slot in slots} - inside
    if others:
        named = tuple(slot for slot in desk.engine.order if slot in others)
        yield _said(desk, item, "abonnement-autre", slots=named)


def _said(
    desk: Desk, item: Subscription, code: str, *, slots: tuple[str, ...] = (), params: tuple[tuple[str, int], ...] = ()
) -> Violation:
    source = desk.engine.reglement.source_of(item)
    return Violation(
        code=code, rule=item.code, source=source, slots=slots, params=params, speaker=item, labels=desk.engine.labels
    )
