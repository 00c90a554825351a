"""A portal lived through: the machine on the guide, on Massingy and on drawn règlements; and what it would find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.guide import at

from clae_rules import Desk, Engine, Facts, Planning, Selection, boxes, engine_from_text, load_engine
from clae_rules.boxes import BoxState
from clae_rules.testing import PortalMachine, Step, portal_machine
from clae_rules.testing import machine as machinery
from clae_rules.testing.dead_ends import DeadEnds

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
COMPLETE: Final = Facts.of(dossier_foyer="valide", dossier_enfant="complet")
CHECKS: Final = (HealthCheck.too_slow, HealthCheck.data_too_large)
SHORT: Final = settings(max_examples=5, stateful_step_count=10, deadline=None, suppress_health_check=CHECKS)
LONG: Final = settings(max_examples=2_000, stateful_step_count=30, deadline=None, suppress_health_check=CHECKS)


def guide() -> type[PortalMachine]:
    """The guide's portal, dossiers complete."""
    return portal_machine(load_engine(EXAMPLES / "cluses/reglement.toml"), COMPLETE)


def massingy() -> type[PortalMachine]:
    """Massingy's."""
    return portal_machine(load_engine(EXAMPLES / "massingy/reglement.toml"))


@pytest.mark.parametrize("portal", (guide, massingy, lambda: PortalMachine), ids=("cluses", "massingy", "random"))
def test_a_portal_keeps_its_promises(portal: Any) -> None:
    """S1.3, S6.3, S10.6, S12.3: explained, without unnamed dead end, append-only, to the cent, no free box refused."""
    run_state_machine_as_test(portal(), settings=SHORT)


@pytest.mark.campaign
@pytest.mark.parametrize("portal", (guide, massingy, lambda: PortalMachine), ids=("cluses", "massingy", "random"))
def test_a_portal_keeps_its_promises_for_long(portal: Any) -> None:
    """The same over a long run."""
    run_state_machine_as_test(portal(), settings=LONG)


def test_every_kind_of_step_is_taken() -> None:
    """Bookings, cancellations, recopies, changes of the règlement, and the page are all lived through."""
    seen: set[str] = set()

    def posted(machine: PortalMachine, step: Step) -> None:
        """Note the answer, and whether something was given back."""
        seen.update({step.verdict.status.value, *("rendu" for one in step.verdict.granted if one.outcome.removed)})
        seen.update({"réformé"} if step.desk.engine is not machine.base else ())

    run_state_machine_as_test(posting(posted), settings=drawn(15))
    assert {"accepté", "refusé", "rendu", "réformé"} <= seen


def posting(posted: Callable[[PortalMachine, Step], None]) -> type[PortalMachine]:
    """The guide's portal, which does something with each demande."""
    return type("Posting", (guide(),), {"posted": posted})


def drawn(count: int) -> settings:
    """The short settings, other examples, nothing remembered and nothing shrunk."""
    return settings(SHORT, max_examples=count, database=None, derandomize=True, phases=[Phase.generate])


@contextmanager
def changed(what: Any, name: str, value: Any) -> Iterator[None]:
    """The machine with one of its senses changed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(what, name, value)
        yield


def lied(found: Any) -> Any:
    """A récapitulatif that forgets a line."""
    return replace(found, lines=found.lines[1:])


@pytest.mark.parametrize(
    ("name", "faulty", "said"),
    (
        ("recapitulatif", lambda real: lambda verdict: lied(real(verdict)), "centimes demandés"),
        ("decide", lambda real: lambda *a, **k: real(*a, **{**k, "now": at("2031-01-01 09:00")}), "montré libre"),
        ("boxes", lambda real: lambda *a, **k: silent(real(*a, **k)), "sans raison"),
    ),
    ids=("money", "free-box", "reason"),
)
def test_a_faulty_portal_is_found(name: str, faulty: Any, said: str) -> None:
    """A lost line, a box shown free and refused, a grey box without reason: each is found, and told."""
    with changed(machinery, name, faulty(getattr(machinery, name))), pytest.raises(AssertionError, match=said):
        run_state_machine_as_test(guide(), settings=drawn(60))


def silent(page: Any) -> Any:
    """A page that gives no reason."""
    return replace(page, boxes=tuple(replace(one, reasons=()) for one in page.boxes))


def test_a_history_that_forgets_is_found() -> None:
    """S12.3: what was confirmed is never rewritten."""

    def posted(machine: PortalMachine, step: Step) -> None:
        """Lose the first step once there are three."""
        assert step in machine.history.steps
        if len(machine.history.steps) > 2:
            machine.history = replace(machine.history, steps=machine.history.steps[1:])

    with pytest.raises(AssertionError, match="un pas de l'historique"):
        run_state_machine_as_test(posting(posted), settings=drawn(60))


TRAP: Final = """
[regle.ensemble]
creneaux = "b"
seulement_avec = "a"
hypothese = "essai"
[delai.general]
hypothese = "essai"
reserver = "1 jour calendaire avant la date, avant 12:00"
[delai.tot]
creneaux = "b"
hypothese = "essai"
annuler = [{ limite = "10 jours calendaires avant la date, avant 12:00", a_payer = "rien" }]
[delai.tard]
creneaux = ["a", "c", "d"]
hypothese = "essai"
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "rien" }]
[tarif.t]
par = "créneau"
prix = 1
hypothese = "essai"
"""


def trapped() -> tuple[Engine, Desk, Any, Selection]:
    """A slot that its own deadline lets go, and whose companion can no longer be cancelled."""
    from tests.guide import SMALL

    engine = engine_from_text(SMALL + TRAP)
    desk, day = Desk(engine, Facts(), "lou"), date(2025, 9, 11)
    held = Selection.of("a", "b")
    page = boxes(desk, day, now=at("2025-09-05 09:00"), planning=Planning.of({("lou", day): held}))
    return engine, desk, page.box("a"), held


def test_a_dead_end_is_one_that_the_audit_named() -> None:
    """S6.3: a box locked by its companion's deadline is named beforehand; where it is not, that is a fault."""
    engine, desk, box, held = trapped()
    now, day = at("2025-09-05 09:00"), date(2025, 9, 11)
    assert box.state is BoxState.LOCKED
    known = DeadEnds(engine)
    assert known._is_dead_end(desk, day, "a", held, now)
    known.check(desk, day, box, held, now)
    assert known.named == {"« A »"}
    blind = DeadEnds(engine)
    blind.__dict__["named"] = frozenset()
    with pytest.raises(AssertionError, match="« A » est verrouillé le 2025-09-11, et l'audit ne le dit pas"):
        blind.check(desk, day, box, held, now)
    blind.check(desk, day, box, held, at("2025-09-11 09:00"))  # closed by its own deadline


def test_a_portal_compares_its_own_system() -> None:
    """What a portal's own validator says is held against each answer."""

    def posted(machine: PortalMachine, step: Step) -> None:
        """A portal whose own validator accepts everything."""
        assert step.verdict.allowed, f"notre portail accepte {step.demande}, à {machine.now}"

    with pytest.raises(AssertionError, match="notre portail accepte"):
        run_state_machine_as_test(posting(posted), settings=drawn(30))
