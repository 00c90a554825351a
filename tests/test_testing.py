"""A portal's own test of its règlement: three lines, and a failure that says everything."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clae_rules import Desk, Facts, load_engine
from clae_rules.testing import assert_allowed, assert_refused, assert_undecided

ENGINE = load_engine(Path(__file__).parent.parent / "examples/cluses/reglement.toml")
MARTIN = Desk(ENGINE, Facts.of(dossier_foyer="valide", dossier_enfant="complet"))
WEDNESDAY = date(2021, 9, 8)
NOW = datetime(2021, 9, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))


def test_what_holds_passes() -> None:
    """The reason may be the code of the violation or that of the rule."""
    assert_allowed(MARTIN, WEDNESDAY, ["mer-matin", "mer-repas"], now=NOW)
    assert_refused(MARTIN, WEDNESDAY, ["mer-repas"], now=NOW, because="interdit-seul")
    assert_refused(MARTIN, WEDNESDAY, ["mer-repas"], now=NOW, because="repas-mercredi")
    assert_undecided(Desk(ENGINE, Facts()), WEDNESDAY, ["mer-matin"], now=NOW, because="fait-manquant")


def test_what_does_not_hold_fails_with_the_reasons_and_the_repairs() -> None:
    """S1.4, S8: the message of a failed assertion is the explanation."""
    with pytest.raises(AssertionError, match=r"expected allowed, got refusé \(interdit-seul: .* repairs: \+mer-matin"):
        assert_allowed(MARTIN, WEDNESDAY, ["mer-repas"], now=NOW)
    with pytest.raises(AssertionError, match="expected refused because 'bloque', got refusé"):
        assert_refused(MARTIN, WEDNESDAY, ["mer-repas"], now=NOW, because="bloque")
    with pytest.raises(AssertionError, match="got accepté"):
        assert_refused(MARTIN, WEDNESDAY, ["mer-matin"], now=NOW, because="interdit-seul")
    with pytest.raises(AssertionError, match="expected undecided"):
        assert_undecided(MARTIN, WEDNESDAY, ["mer-matin"], now=NOW, because="fait-manquant")
