"""Which périodes a child is offered (S2.1, S6.4)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clae_rules import Demande, Desk, Facts, OtherChildError, Planning, Status, decide, engine_from_text, offers

CLUSES = (Path(__file__).parent.parent / "examples/cluses/reglement.toml").read_text("utf-8")
NOW = datetime(2021, 11, 8, 9, tzinfo=ZoneInfo("Europe/Paris"))
MESSAGE = "Vous devez compléter le dossier de cet enfant pour qu'il ait accès aux réservations."
VALID = Facts.of(dossier_foyer="valide", dossier_enfant="complet")


def test_a_periode_whose_last_day_is_past_is_over() -> None:
    """S2.1: the autumn holidays are no longer offered on 8 November, and the reason says since when."""
    found = {one.periode.code: one for one in offers(Desk(engine_from_text(CLUSES), VALID), now=NOW)}
    assert found["periscolaire-2021"].offered
    assert not found["toussaint-2021"].offered
    assert found["toussaint-2021"].reason() == "terminée le 05/11/2021"
    assert found["toussaint-2021"].reason("en") == "over since 2021-11-05"


def test_a_gate_that_closes_seeing_hides_every_periode() -> None:
    """S6.4: « Mon planning » opens only once the household's dossier is valid; without the fact it is undecided."""
    engine = engine_from_text(CLUSES)
    shut = offers(Desk(engine, Facts.of(dossier_foyer="complet", dossier_enfant="complet")), now=NOW)
    assert {one.status for one in shut} == {Status.REFUSED}
    assert shut[0].reason() == "accès fermé, il faut dossier-foyer : valide"
    assert {one.status for one in offers(Desk(engine, Facts()), now=NOW)} == {Status.UNDECIDED}


def test_a_periode_may_be_for_some_children_only() -> None:
    """S2.1: a période's own condition decides whether it is offered."""
    text = CLUSES.replace("[faits]\n", '[faits]\nniveau = ["maternelle", "elementaire"]\n')
    text = text.replace('mode       = "mercredi"\n', 'mode       = "mercredi"\nqui.niveau = "elementaire"\n')
    engine = engine_from_text(text)
    young = {
        one.periode.code: one for one in offers(Desk(engine, VALID.merged(Facts.of(niveau="maternelle"))), now=NOW)
    }
    assert young["mercredi-2021"].status is Status.REFUSED
    assert "niveau : elementaire" in young["mercredi-2021"].reason()
    assert young["periscolaire-2021"].offered


def test_a_planning_that_does_not_tell_a_mode_leaves_its_rules_undecided() -> None:
    """S1.5: a change that a rule ties to a mode that the planning does not cover is undecided, never allowed."""
    text = CLUSES.replace('seulement_avec = "matin-2"', 'seulement_avec = "matin-2"', 1)
    desk = Desk(engine_from_text(text), VALID, "martin")
    asked = Demande.of("martin", "periscolaire-2021", {date(2021, 11, 22): ["matin-2", "repas"]})
    told = Planning(modes=("periscolaire",))
    untold = Planning(modes=("mercredi",))
    assert decide(desk, told, asked, now=NOW).status is Status.ALLOWED
    verdict = decide(desk, untold, asked, now=NOW)
    assert verdict.status is Status.UNDECIDED
    assert {one.code for one in verdict.doubts} == {"planning-partiel"}
    assert "ne dit rien" in verdict.explain()


def test_a_demande_is_judged_with_the_facts_of_its_own_child() -> None:
    """S6.1: a demande for another child than the desk's is an error, never judged with somebody else's facts."""
    desk = Desk(engine_from_text(CLUSES), VALID, "martin")
    with pytest.raises(OtherChildError, match="demande pour « rita », faits de « martin »"):
        decide(desk, Planning(), Demande.of("rita", "periscolaire-2021", {}), now=NOW)


def test_an_incomplete_dossier_is_told_when_the_child_is_chosen() -> None:
    """S6.4: a période that is shown tells what keeps it from being booked, with the guide's message, before any date."""
    engine = engine_from_text(CLUSES)
    found = offers(Desk(engine, Facts.of(dossier_foyer="valide", dossier_enfant="incomplet")), now=NOW)[0]

    assert found.offered
    assert [one.sentence() for one in found.closed] == [
        f"{MESSAGE} (il faut dossier-enfant : complet)",
    ]
    assert offers(Desk(engine, VALID), now=NOW)[0].closed == ()
    assert [one.code for one in offers(Desk(engine, Facts.of(dossier_foyer="valide")), now=NOW)[0].closed] == [
        "fait-manquant"
    ]
