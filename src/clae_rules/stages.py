"""The three stages of a booking: a day ticked, a demande drafted, and confirmed; each judged anew (S12.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from .booking import NOBODY, OtherChildError, decide
from .desk import Desk
from .dossiers import Dossier, dossiers
from .epochs import Status
from .errors import Fault, raise_all
from .events import Nature, PlanningEvent
from .history import DRAFT, Booked, History, booked_in, changes_between
from .holdings import Demande, Grain, Occupancy, Planning, Wish
from .recapitulatif import Recapitulatif, recapitulatif
from .recopie import Recopie
from .recording import event_of, on_request, waits_of
from .verdicts import DayVerdict, Verdict
from .violations import Violation


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A demande in the making, for one child in one période: what its page has ticked so far; nothing is held yet.

    Args:
        child: The child's code.
        periode: The période's code.
        days: For each date the slots wanted in the période's mode, as a `Demande` has them.

    >>> draft = Draft("martin", "periscolaire-2021").put(date(2021, 9, 6), ["midi-2"]).put(date(2021, 9, 7), ["repas"])
    >>> draft.drop(date(2021, 9, 7)).demande.dates
    (datetime.date(2021, 9, 6),)
    """

    child: str
    periode: str
    days: tuple[tuple[date, tuple[Wish, ...]], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", Demande(self.child, self.periode, self.days).days)

    @property
    def demande(self) -> Demande:
        """What is asked so far."""
        return Demande(self.child, self.periode, self.days)

    def put(self, day: date, slots: Iterable[Wish]) -> Draft:
        """The draft with a date, in the place of what it said of it; no slot asks to give everything back."""
        asked = Demande.of(self.child, self.periode, {day: slots}).days
        return replace(self, days=(*(one for one in self.days if one[0] != day), *asked))

    def drop(self, day: date) -> Draft:
        """The draft that says nothing of a date: what is held there stays."""
        return replace(self, days=tuple(one for one in self.days if one[0] != day))

    def copied(self, found: Recopie) -> Draft:
        """
        The draft with the dates that a recopie applies; those that it refuses, or leaves as they are, are not touched.

        Args:
            found: A recopie judged on what the draft would leave: `recopie(desk, draft.verdict(…).after, …)`.

        Raises:
            OtherChildError: If it is of another child or période.
        """
        asked = found.verdict.demande
        if (asked.child, asked.periode) != (self.child, self.periode):
            said = f"recopie de « {asked.child} », {asked.periode} ; brouillon de « {self.child} », {self.periode}"
            raise OtherChildError(f"{said} ; un brouillon est d'un enfant, dans une période")
        wanted, draft = dict(asked.days), self
        for one in found.verdict.granted:
            draft = draft.put(one.day, wanted[one.day])
        return draft

    def verdict(
        self, desk: Desk, planning: Planning, *, now: datetime, occupancy: Occupancy = NOBODY,
        grain: Grain = Grain.WHOLE, accept_unknown_price: bool = False,
    ) -> Verdict:  # fmt: skip
        """The draft judged at an instant, as `decide` judges it: nothing is kept from one instant to the next."""
        return decide(
            desk, planning, self.demande, now=now, occupancy=occupancy, grain=grain,
            accept_unknown_price=accept_unknown_price,
        )  # fmt: skip

    def day(
        self, desk: Desk, planning: Planning, day: date, *, now: datetime, occupancy: Occupancy = NOBODY,
        accept_unknown_price: bool = False,
    ) -> DayVerdict | None:  # fmt: skip
        """One date judged with the rest of the draft, which windows count; None where the draft says nothing of it."""
        found = self.verdict(
            desk, planning, now=now, occupancy=occupancy, accept_unknown_price=accept_unknown_price
        ).days  # fmt: skip
        return next((one for one in found if one.day == day), None)


def drafted(verdict: Verdict, booked: Iterable[Booked] = ()) -> tuple[Booked, ...]:
    """
    What a planning shows while a demande is drafted: what it adds is « à confirmer », what it gives back is gone.

    Args:
        verdict: The draft judged.
        booked: What is known of what is held, states and numbers: `History.booked`; nothing more than that it is held
            where left out.

    Returns:
        By date then child, for `month_page` and `week_page`.
    """
    child = verdict.demande.child
    fresh = {(child, one.day, slot): (DRAFT,) for one in verdict.granted for slot in one.outcome.added}
    known = {(one.child, one.day, one.held): one for one in booked}
    return tuple(
        one if one.waits else known.get((one.child, one.day, one.held), one)
        for one in booked_in(verdict.after, fresh)
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Confirmed:
    """
    What came of confirming a draft.

    Args:
        verdict: The draft judged at the instant of the confirmation.
        meanwhile: The same while an agent has not agreed to what it gives back, which is then still held (S5.6); the
            verdict itself where nothing asks an accord.
        event: What the store is to add; None where nothing is granted, or nothing changes.
        history: The history with it, or as it was.
        recapitulatif: What it costs.
    """

    verdict: Verdict
    meanwhile: Verdict
    event: PlanningEvent | None
    history: History
    recapitulatif: Recapitulatif

    @property
    def status(self) -> Status:
        """Refused wins over undecided."""
        both = (self.verdict.status, self.meanwhile.status)
        return next((one for one in (Status.REFUSED, Status.UNDECIDED) if one in both), Status.ALLOWED)

    @property
    def dossier(self) -> Dossier | None:
        """The dossier that it made, as the page « Historique » lists it; None where it made none."""
        return None if self.event is None else dossiers(self.history)[0]

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Why it is refused, each reason once."""
        return tuple(dict.fromkeys((*self.verdict.violations, *self.meanwhile.violations)))


def confirm(
    history: History, desk: Desk, draft: Draft, *, number: str, now: datetime, referent: str, beside: Planning | None = None,
    occupancy: Occupancy = NOBODY, grain: Grain = Grain.WHOLE, accept_unknown_price: bool = False,
) -> Confirmed:  # fmt: skip
    """
    The last stage, the only one that reaches the store: the draft judged once more, on the history as it is by then.

    A page opened before a deadline and posted after it is refused (S1.3).

    Args:
        history: The history of the desk's household.
        desk: The child before his règlement.
        draft: What is asked.
        number: The number of the dossier, given by the store.
        now: The instant, given by the store; aware.
        referent: Code of who confirms.
        beside: What the other household of the child holds (S6.8).
        occupancy: Places taken by others.
        grain: Whole, or date by date.
        accept_unknown_price: Whether an amount that is announced but not published is booked all the same (S4.6).

    Raises:
        InvalidValueError: If the number was used, the clock goes back, or the history is another household's.
        NaiveInstantError: If *now* has no time zone.
        ClaeRulesError: As `decide` raises.
    """
    raise_all(_of_another(history, desk))
    held = history.planning(now)
    planning = held if beside is None else held.union(beside)

    def judged(demande: Demande) -> Verdict:
        return decide(
            desk,
            planning,
            demande,
            now=now,
            occupancy=occupancy,
            grain=grain,
            accept_unknown_price=accept_unknown_price,
        )

    verdict = judged(draft.demande)
    asked = {one.day: slots for one in verdict.granted if (slots := on_request(one))}
    meanwhile = verdict
    if asked:
        meanwhile = judged(_still_held(verdict, asked))
        verdict = _granted_too(verdict, meanwhile)
    cost = recapitulatif(verdict)
    event = None
    if verdict.allowed and meanwhile.allowed:
        event = _event(history, verdict, meanwhile, asked, cost, number=number, referent=referent)
    return Confirmed(verdict, meanwhile, event, history if event is None else history.recorded(event), cost)


def _still_held(verdict: Verdict, asked: Mapping[date, tuple[str, ...]]) -> Demande:
    """What is granted of a demande, with what it asks an agent to give back, which is held until he agrees."""
    granted = {one.day for one in verdict.granted}
    demande = verdict.demande
    kept = tuple((day, (*wishes, *asked.get(day, ()))) for day, wishes in demande.days if day in granted)
    return replace(demande, days=kept)


def _granted_too(verdict: Verdict, meanwhile: Verdict) -> Verdict:
    """A verdict without the dates that it grants and that cannot be held meanwhile; whole where none can."""
    sure = {one.day for one in meanwhile.granted}
    unsure = {one.day for one in verdict.granted} - sure
    return replace(verdict, days=tuple(one for one in verdict.days if one.day not in unsure)) if sure else verdict


def _event(
    history: History, verdict: Verdict, meanwhile: Verdict, asked: Mapping[date, tuple[str, ...]],
    cost: Recapitulatif, *, number: str, referent: str,
) -> PlanningEvent | None:  # fmt: skip
    """The event of what is granted, priced as it will be once what is asked is agreed to; None where nothing changes."""
    waits = waits_of(history, meanwhile.granted, asked)
    changes = changes_between(history.planning(verdict.now), meanwhile.after, waits, history)
    if not changes:
        return None
    nature = Nature.BOOKING if any(one.added for one in changes) else Nature.CANCELLATION
    return event_of(
        history, changes, nature=nature, number=number, now=verdict.now, referent=referent, desk=verdict.desk,
        periode=verdict.periode, cost=cost,
    )  # fmt: skip


def _of_another(history: History, desk: Desk) -> Iterator[Fault]:
    if history.household != desk.household:
        fr = f"lu « {history.household} », au guichet de « {desk.household} » ; donnez l'historique de ce foyer"
        yield Fault(
            ("history",), fr, f"got the history of « {history.household} », at the desk of « {desk.household} »"
        )
