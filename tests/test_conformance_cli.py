"""`clae-rules conformance`: its exit codes, and its three forms."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("typer")
cli = importlib.import_module("clae_rules.cli")

PORTALS: Final = Path(__file__).parents[1] / "examples" / "portails"
REGLEMENT: Final = str(PORTALS / "reglement.toml")


def run(*argv: str) -> int:
    """The exit code of a command line."""
    return int(cli.run(["conformance", REGLEMENT, *argv]))


def program(name: str, *faults: str) -> str:
    """The command of an example portal."""
    return " ".join([f'"{sys.executable}" "{PORTALS / name}"', *faults])


def test_a_portal_that_agrees_exits_with_0(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The program of a right portal, asked in a process of its own; JUnit is written beside the text."""
    junit = tmp_path / "conformance.xml"
    assert run("--cmd", program("exact.py"), "--cases", "40", "--junit", str(junit)) == 0
    assert capsys.readouterr().out.startswith("portails : 40 cas posés (graine 0), ")
    assert ET.parse(junit).getroot().get("failures") == "0"


def test_a_portal_that_disagrees_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    """Every disagreement with its smallest case, as JSON."""
    assert run("--cmd", program("navigateur.py", "regles", "fermes"), "--cases", "60", "--format", "json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["sans_reponse"] == told["non_poses"] == []
    assert {one["attendu"]["statut"] for one in told["desaccords"]} == {"refusé"}
    assert all(one["plus_petit"]["cas"] for one in told["desaccords"])


def test_a_float_portal_is_told_to_the_cent(capsys: pytest.CaptureFixture[str]) -> None:
    """The price of each side, in euros, and how ours came about."""
    assert run("--cmd", program("flottants.py", "tronque"), "--cases", "60", "--lang", "en") == 1
    out = capsys.readouterr().out
    assert "expected allowed (4,35\xa0€), got allowed (4,34\xa0€)" in out
    assert "prix 4,35\xa0€" in out


def test_a_portal_that_never_answers_exits_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that ends at once never disagrees, and never answers."""
    assert run("--cmd", f'"{sys.executable}" -c "pass"', "--cases", "12") == 3
    out = capsys.readouterr().out
    assert "sans réponse, terminé : 10" in out
    assert "2 cas n'ont pas été posés" in out


def test_a_python_function_is_found_from_the_folder_one_stands_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As `python -m` finds modules."""
    (tmp_path / "chezmoi.py").write_text("def repondre(case):\n    return {'cas': case['cas'], 'statut': 'refusé'}\n")
    monkeypatch.chdir(tmp_path)
    assert run("--python", "chezmoi:repondre", "--cases", "10") == 1


@pytest.mark.parametrize(
    ("argv", "said"),
    (
        ((), "d'une seule façon"),
        (("--cmd", "x", "--url", "http://x"), "d'une seule façon"),
        (("--url", "file:///x"), "http"),
        (("--python", "sans-deux-points"), "module:fonction"),
        (("--python", "nulle.part:f"), "module:fonction"),
        (("--python", "json:"), "module:fonction"),
        (("--cmd", "nulle-part-ailleurs"), "nulle-part-ailleurs"),
        (("--cmd", 'python "'), "guillemets"),
        (("--cmd", " "), "un programme"),
        (("--cmd", "x", "--cases", "0"), ""),
    ),
)
def test_bad_usage_exits_with_2(argv: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be asked is told before anything is."""
    assert run(*argv) == 2
    assert said in capsys.readouterr().err
