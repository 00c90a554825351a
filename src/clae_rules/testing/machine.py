"""A portal lived through: a household books, copies and cancels while time passes and the règlement changes (S12.3)."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise
from typing import Any, ClassVar, Final

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ..audit.explain import explain_verdict
from ..audit.reform import reform
from ..booking import decide
from ..boxes import Box, BoxState, DayBoxes, boxes
from ..costs import difference
from ..desk import Desk
from ..engine import Engine
from ..epochs import Status
from ..errors import InvalidReglementError, Lang
from ..facts import Facts
from ..holdings import Demande, Occupancy, Planning
from ..recapitulatif import Recapitulatif, recapitulatif
from ..recopie import Fate, Late, Onto, recopie
from ..slots import Selection
from ..verdicts import Verdict
from .dead_ends import DeadEnds
from .families import NOTHING_KNOWN, Household, demandes, households
from .histories import History, Step, judged
from .towns import engines
from .values import BEFORE, limits, occupancies, open_days, patterns

__all__ = ["PortalMachine", "portal_machine"]

#: The dates on which a machine lives.
MOST_DATES: Final = 8
LANGS: Final[tuple[Lang, ...]] = ("fr", "en")
#: What a tick of which is granted.
OPEN: Final = frozenset({BoxState.FREE, BoxState.ON_REQUEST, BoxState.WAITING})
#: What must say why it cannot be ticked, or unticked.
SHUT: Final = frozenset({
    BoxState.LOCKED, BoxState.UNDECIDED, BoxState.CLOSED, BoxState.FULL, BoxState.BLOCKED,
})  # fmt: skip


class PortalMachine(RuleBasedStateMachine):
    """
    A household before a portal, step by step; each step is drawn, and judged by the engine.

    After every step: what is refused or undecided says why in both languages and can be explained; the history only
    grows, and the planning is its fold; the récapitulatifs add up to what the planning costs. On any page: a box shown
    free is granted, and a box that is locked for good was named by the audit.

    A portal puts its own règlement in `reglements`, or calls `portal_machine`; it overrides `posted` to ask its own
    system, and compare.
    """

    #: The règlements that the machine lives under.
    reglements: ClassVar[st.SearchStrategy[Engine]] = engines(most_slots=4, most_rules=4)
    #: What is so of every child, such as a complete dossier; all else is drawn.
    given: ClassVar[Facts] = NOTHING_KNOWN

    def __init__(self) -> None:
        super().__init__()
        self.base: Engine
        self.dates: tuple[date, ...]
        self.family: Household
        self.history: History
        self.occupancy: Occupancy
        self.now: datetime
        self.seen: tuple[Step, ...] = ()
        self.dead_ends: DeadEnds
        #: What récapitulatifs ask of each household, less what stays due, since the règlement last changed.
        self.asked: dict[str, int | None] = {}
        self.since = Planning()

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """A règlement, a household, what it holds, and a day before the first deadline."""
        self.base = data.draw(self.reglements, label="règlement")
        self.dates = data.draw(_stays(self.base), label="dates")
        found = households(self.base, given=self.given, most_children=2, among=self.dates)
        self.family = data.draw(found, label="foyer")
        self.history = History(self.family)
        self.occupancy = data.draw(occupancies(self.base), label="places")
        self.now = datetime.combine(self.dates[0], time(9), self.base.tz) - BEFORE
        self.dead_ends = DeadEnds(self.base)
        self._settle()

    def posted(self, step: Step) -> None:
        """
        A demande that the engine has judged; does nothing here, a portal posts it to its own system and compares.

        Args:
            step: What was asked, when, by whom, and the answer.
        """

    def reformed(self, data: st.DataObject) -> Engine:
        """
        The règlement that comes next: the first one with a rule dropped, another price, or other deadlines; or itself.

        Raises:
            InvalidReglementError: If that would be no valid règlement.
        """
        plain = self.base.reglement.plain()
        ways: list[dict[str, Any]] = [{}]
        ways += [{"without": [f"regle.{code}"]} for code in plain.get("regle", {})]
        flat = [code for code, one in plain.get("tarif", {}).items() if str(one["prix"]).replace(".", "").isdigit()]
        ways += [{"change": {f"tarif.{code}.prix": "7.35"}} for code in flat]
        for code, one in plain.get("delai", {}).items():
            ways += [{"change": {f"delai.{code}.{key}": "jamais"}} for key in ("reserver", "annuler") if key in one]
        return reform(self.base, **data.draw(st.sampled_from(ways), label="réforme"))

    @rule(data=st.data())
    def book(self, data: st.DataObject) -> None:
        """Some slots on some dates, whatever was held there in that mode."""
        desk = self._seat(data)
        self._post(desk, data.draw(self._asked(desk), label="demande"))

    @precondition(lambda self: bool(self.history.planning.days))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """Some of what a child holds on one date."""
        child, day, held = data.draw(st.sampled_from(self.history.planning.days), label="tenu")
        desk = self.family.desk(child, data.draw(st.sampled_from(self.family.homes), label="foyer"))
        gone = data.draw(st.lists(st.sampled_from(sorted(held.slots)), min_size=1, unique=True), label="rendu")
        self._post(desk, self._without(child, day, held, gone))

    @rule(data=st.data())
    def copy(self, data: st.DataObject) -> None:
        """A day onto others; every date ends in one class, with its reason (S9.2)."""
        desk, planning = self._seat(data), self.history.planning
        periode = data.draw(st.sampled_from(list(desk.engine.periodes)), label="période")
        pattern = data.draw(patterns(desk.engine, periode), label="modèle")
        onto, late = data.draw(st.sampled_from(Onto)), data.draw(st.sampled_from(Late))
        found = recopie(
            desk, planning, pattern, periode=periode, now=self.now, onto=onto, late=late, occupancy=self.occupancy
        )
        _must([one.day for one in found.dates] == list(pattern.dates()), "une date manque, ou est là deux fois")
        for one in found.dates:
            silent = one.fate not in {Fate.APPLIED, Fate.UNCHANGED} and not one.reason("fr")
            _must(not silent, f"{one.day} : {one.fate.value} sans raison")
        if found.verdict.days:
            self._add(Step.of(desk, found.verdict))

    @rule(data=st.data())
    def wait(self, data: st.DataObject) -> None:
        """Time passes, over limits; it never goes back."""
        day = data.draw(st.sampled_from(self.dates), label="date")
        self.now = max(self.now, data.draw(limits(self._seat(data), day), label="instant"))

    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        """The règlement changes; what is held stays, and is charged anew from here."""
        try:
            engine = self.reformed(data)
        except InvalidReglementError:
            return  # what a town could not publish
        self.family = self.family.under(engine)
        self.dead_ends = DeadEnds(engine)
        self._settle()

    @rule(data=st.data())
    def look(self, data: st.DataObject) -> None:
        """The page of a date tells the truth: each box against the demande that it would post (S1.3, S7)."""
        desk, day = self._seat(data), data.draw(st.sampled_from(self.dates), label="date")
        planning = self.history.planning.at(self.now)
        page = boxes(desk, day, now=self.now, planning=planning, occupancy=self.occupancy)
        held = planning.held(desk.child, day)
        for box in page.boxes:
            self._tells_the_truth(desk, page, box, held)

    @invariant()
    def history_only_grows(self) -> None:
        """No step is lost or rewritten, and the planning is their fold (S12.3)."""
        steps = self.history.steps
        _must(steps[: len(self.seen)] == self.seen, "un pas de l'historique a changé")
        self.seen = steps
        for one, two in pairwise(steps[-2:]):
            same = two.verdict.planning == one.after.at(two.now)
            _must(same, "le planning n'est pas celui que l'historique laisse")

    @invariant()
    def money_is_conserved(self) -> None:
        """What récapitulatifs ask in all, less what stays due, is what the planning costs more (S10.6)."""
        for home, asked in self.asked.items():
            desk = self.family.desk(home=home)
            costs = difference(desk, self.since, self.history.planning, now=self.now).total_cents
            said = f"foyer « {home} » : {asked} centimes demandés, {costs} de plus au planning"
            _must(None in {asked, costs} or asked == costs, said)

    def _seat(self, data: st.DataObject) -> Desk:
        return data.draw(st.sampled_from(list(self.family.desks())), label="enfant")

    def _asked(self, desk: Desk) -> st.SearchStrategy[Demande]:
        codes = {one.code for day in self.dates for one in desk.engine.day(day).periodes}
        some = st.sampled_from(sorted(codes))
        return some.flatmap(lambda code: demandes(desk, self.history.planning, periode=code, among=self.dates))

    def _without(self, child: str, day: date, held: Selection, gone: list[str]) -> Demande:
        """The demande that gives some slots of one mode back."""
        engine = self.family.engine
        mode = engine.modes[gone[0]].code
        kept = [one.slot for one in held if engine.modes[one.slot].code == mode and one.slot not in gone]
        of_mode = [one for one in engine.periodes.values() if one.mode == mode]
        periode = next((one for one in of_mode if day in one), of_mode[0])
        return Demande.of(child, periode.code, {day: kept})

    def _post(self, desk: Desk, asked: Demande) -> None:
        step = judged(desk, self.history.planning, asked, self.now, self.occupancy)
        self._add(step)
        self.posted(step)

    def _add(self, step: Step) -> None:
        """One step more, which says why and what it costs."""
        _says_why(step.verdict)
        self.history = History(self.history.household, (*self.history.steps, step))
        home = step.desk.household
        before, cost = self.asked[home], recapitulatif(step.verdict)
        total = cost.total_cents if step.verdict.granted else 0
        self.asked[home] = None if before is None or total is None else before + total - _kept(cost)

    def _settle(self) -> None:
        """Count afresh what is asked, from what is held now."""
        self.since = self.history.planning
        self.asked = dict.fromkeys(self.family.homes, 0)

    def _tells_the_truth(self, desk: Desk, page: DayBoxes, box: Box, held: Selection) -> None:
        note(f"{page.day} {self.now} {box.line(desk.engine.labels)}")
        if box.state in OPEN:
            for together in ((), *box.together):
                ticked = {box.slot, *together} | held.slots
                answer = self._posting(desk, page.day, box.slot, ticked)
                _must(answer.allowed, f"« {box.slot} » est montré libre, et refusé : {answer.explain()}")
        if box.state in SHUT:
            _must(bool(box.reasons), f"« {box.slot} » est « {box.state.value} » sans raison")
            _must(all(one.sentence(lang) for one in box.reasons for lang in LANGS), f"« {box.slot} » : raison vide")
        if box.state is BoxState.LOCKED:
            self.dead_ends.check(desk, page.day, box, held, self.now)

    def _posting(self, desk: Desk, day: date, slot: str, ticked: set[str]) -> Verdict:
        """The answer to the demande that the page would post."""
        engine = desk.engine
        mode = engine.modes[slot].code
        periode = engine.day(day).slots[slot].code
        wanted = [one for one in engine.order if one in ticked and engine.modes[one].code == mode]
        asked = Demande.of(desk.child, periode, {day: wanted})
        return decide(desk, self.history.planning, asked, now=self.now, occupancy=self.occupancy)


def _stays(engine: Engine) -> st.SearchStrategy[tuple[date, ...]]:
    """Some open dates in a row, on which all that happens meets; they shrink to the first."""
    found = open_days(engine)
    starts = st.integers(0, max(len(found) - MOST_DATES, 0))
    return starts.map(lambda start: found[start : start + MOST_DATES])


def _must(holds: bool, otherwise: str) -> None:
    """
    Fail where something does not hold.

    Raises:
        AssertionError: With what was found.
    """
    if not holds:
        raise AssertionError(otherwise)


def _says_why(verdict: Verdict) -> None:
    """What is not accepted has its reasons, in both languages, and can be explained."""
    for one in verdict.days[:MOST_DATES]:
        reasons = {Status.REFUSED: one.violations, Status.UNDECIDED: one.doubts}.get(one.status)
        _must(reasons is None or bool(reasons), f"{one.day} : « {one.status.value} » sans raison")
        for lang in LANGS:
            _must(all(reason.text(lang) for reason in reasons or ()), f"{one.day} : raison vide")
            _must(bool(explain_verdict(one, verdict.planning).text(lang)), f"{one.day} : explication vide")


def _kept(cost: Recapitulatif) -> int:
    """What stays due of what is given back, euro cents."""
    return sum(line.amount_cents for line in cost.lines if line.kind == "du")


def portal_machine(reglements: Engine | st.SearchStrategy[Engine], given: Facts = NOTHING_KNOWN) -> type[PortalMachine]:
    """
    The machine under a règlement, or under some.

    Args:
        reglements: The règlement of a portal made ready; or a strategy of them.
        given: What is so of every child, such as a complete dossier; all else is drawn.

    >>> from clae_rules import load_engine
    >>> from clae_rules.testing import portal_machine
    >>> TestCluses = portal_machine(load_engine("examples/cluses/reglement.toml")).TestCase
    """
    some = st.just(reglements) if isinstance(reglements, Engine) else reglements
    return type("PortalMachine", (PortalMachine,), {"reglements": some, "given": given})
