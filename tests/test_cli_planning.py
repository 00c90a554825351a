"""The command that shows a household's planning: what is held, and what a demande would add to it (S12.2)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("typer")

from clae_rules.cli import run

CLUSES = Path(__file__).parents[1] / "examples/cluses"
REGLEMENT, DEMANDE = str(CLUSES / "reglement.toml"), str(CLUSES / "demande.toml")


def test_the_planning_shows_what_is_held_and_what_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The month of a date: what the file tells is validated, what it asks is to be confirmed; or a week."""
    asked = str(tmp_path / "demande.toml")
    text = Path(DEMANDE).read_text("utf-8").replace("[veut]", '[deja]\n2021-09-07 = ["repas"]\n[veut]')
    Path(asked).write_text(text, "utf-8")
    assert run(["planning", REGLEMENT, asked, "2021-09-17"]) == 0
    assert capsys.readouterr().out.splitlines()[3:6] == [
        "  Jour        Réservation          Horaire      Enfant  État",
        "  lundi 6     Périscolaire midi 2  13:15-13:45  m       à confirmer",
        "  mardi 7  ✓  Repas enfant         11:45-13:45  m       validée",
    ]
    assert run(["planning", REGLEMENT, asked, "2021-09-06", "--semaine", "--limite", "0", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["titre"], found["jours"][0]["en_plus"]) == ("Semaine 36 : du 6 au 12 septembre 2021", 1)


def test_a_planning_out_of_reach_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    """A year that no calendar has is one line, and exit code 2."""
    assert run(["planning", REGLEMENT, DEMANDE, "2321-09-06"]) == 2
    assert "une année de 1900 à 2200" in capsys.readouterr().err
