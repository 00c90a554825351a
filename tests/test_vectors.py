"""Vector files: the same questions and answers for any portal, and the pytest plugin that asks them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from clae_rules.described import keys_of
from clae_rules.errors import ClaeRulesError
from clae_rules.testing import InvalidVectorsError, Question, Vector, answer, read_vectors
from clae_rules.testing.vectors import Case, VectorFile

ROOT: Final = Path(__file__).parents[1]
TOWNS: Final = sorted(ROOT.glob("examples/reglements/*/attendu.toml"))
GUIDE: Final = ROOT / "examples/cluses"

VECTORS: Final = """
reglement = "reglement.toml"

[[reponse]]
dit = "le repas du mercredi va avec un accueil"
fichier = "demande.toml"
avec = { demande = { periode = "mercredi-2021" }, veut = { 2021-09-08 = ["mer-repas"] } }
sans = ["recopie"]
commande = "check"
statut = "refusé"
refus = ["repas-mercredi"]
reparations = ["+mer-matin", "+mer-apres-midi", "-mer-repas"]
"""


def written(folder: Path, text: str, name: str = "guide.vectors.toml") -> Path:
    """A vector file beside the guide's règlement and demande."""
    for file in ("reglement.toml", "demande.toml"):
        (folder / file).write_text((GUIDE / file).read_text("utf-8"), "utf-8")
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def vectors(folder: Path, text: str, name: str = "guide.vectors.toml") -> tuple[Vector, ...]:
    """The cases of a text."""
    return read_vectors(written(folder, text.replace('sans = ["recopie"]\n', ""), name))


@pytest.mark.parametrize("path", TOWNS, ids=lambda path: str(path.parent.name))
def test_the_engine_gives_every_published_answer(path: Path) -> None:
    """Every answer of every town is the expected one, asked without the command line."""
    found = read_vectors(path)
    assert found
    wrong = [(one.number, one.said, lines) for one in found if (lines := one.differences(answer(one.question)))]
    assert wrong == []


def test_what_differs_is_told_key_by_key(tmp_path: Path) -> None:
    """What is expected, what is said; a key of which nothing is said differs too."""
    (one,) = vectors(tmp_path, VECTORS)
    assert one.differences(answer(one.question)) == ()
    assert one.differences({"statut": "accepté", "refus": [], "reparations": list(one.expected["reparations"])}) == (
        "statut : attendu « refusé », reçu « accepté »",
        "refus : attendu [« repas-mercredi »], reçu []",
    )
    assert one.differences({}) == (
        "statut : attendu « refusé », rien n'est dit",
        "refus : attendu [« repas-mercredi »], rien n'est dit",
        "reparations : attendu [« +mer-matin », « +mer-apres-midi », « -mer-repas »], rien n'est dit",
    )


def test_amounts_are_exact(tmp_path: Path) -> None:
    """S10.1: a float is never the amount expected, whatever it looks like."""
    text = '[[reponse]]\ndit = "le total"\nfichier = "demande.toml"\ntotal = 0.30\nlignes = { "Repas" = 4.00 }\n'
    (one,) = vectors(tmp_path, text)
    assert one.expected["total"] == Fraction(3, 10)
    same = {"lignes": {"Repas": Fraction(4)}}
    assert one.differences({"total": Fraction(30, 100), **same}) == ()
    assert one.differences({"total": 0.1 + 0.2, **same}) == ("total : attendu 0.30, reçu 0.30000000000000004",)
    assert one.differences({"total": None, "lignes": {}}) == (
        "lignes : attendu {« Repas »: 4.00}, reçu {}", "total : attendu 0.30, reçu None",
    )  # fmt: skip


def test_json_says_what_toml_says(tmp_path: Path) -> None:
    """The same file in either language; the règlement and the demande may stand in it whole."""
    text = VECTORS.replace('sans = ["recopie"]\n', "")
    said = tomllib.loads(text)
    plain = {"reglement": tomllib.loads((GUIDE / "reglement.toml").read_text("utf-8")), "reponse": said["reponse"]}
    plain["reponse"][0]["fichier"] = tomllib.loads((GUIDE / "demande.toml").read_text("utf-8"))
    (one,) = vectors(tmp_path, json.dumps(plain, default=str), "guide.vectors.json")
    (other,) = vectors(tmp_path, text)
    assert one.expected == other.expected
    assert one.differences(answer(one.question)) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    (
        ("x = [", "ligne 1"),
        (
            "[[reponse]]\ndit = 'x'\nfichier = 'demande.toml'\nstatu = 'refusé'",
            "ligne 4 : reponse[0].statu : clé inconnue",
        ),
        ("[[reponse]]\ndit = 'x'\nfichier = 'demande.toml'", "aucune réponse attendue"),
        ("[[reponse]]\ndit = 'x'\nstatut = 'refusé'", "quelle demande ?"),
        ("[[reponse]]\ndit = 'x'\nfichier = 'rien.toml'\nstatut = 'refusé'", "« rien.toml » n'est pas à côté"),
        ("[[reponse]]\ndit = 'x'\nfichier = 'demande.toml'\ncommande = 'chek'\nstatut = 'x'", "reponse[0].commande"),
        ("[[reponse]]\ndit = 'x'\nfichier = 'demande.toml'\nsans = ['a.b']\nstatut = 'x'", "ne trouve pas ce chemin"),
        ("[[reponse]]\ndit = 'x'\nfichier = 'faux.toml'\nstatut = 'x'", "faux.toml : "),
        ("[[reponse]]\ndit = 'x'\nfichier = 3\nstatut = 'x'", "reponse[0].fichier"),
        ("[[reponse]]\ndit = 'x'\nfichier = 'demande.toml'\navec = 3\nstatut = 'x'", "il faut une table"),
    ),
)
def test_a_bad_file_is_one_clear_error(tmp_path: Path, text: str, said: str) -> None:
    """Every fault at once, with its line and the way out."""
    (tmp_path / "faux.toml").write_text("x = [", "utf-8")
    with pytest.raises(InvalidVectorsError) as raised:
        vectors(tmp_path, text)
    assert said in str(raised.value)
    assert all(one.en for one in raised.value.faults)


@pytest.mark.parametrize(
    ("changes", "said"),
    (({"command": "options"}, "de quelle date"), ({"command": "recopie"}, "pas de table [recopie]"), ({}, "instant")),
)
def test_a_question_that_cannot_be_asked_says_why(changes: dict[str, Any], said: str) -> None:
    """What is missing is told."""
    reglement, demande = (tomllib.loads((GUIDE / f"{one}.toml").read_text("utf-8")) for one in ("reglement", "demande"))
    if not changes:
        del demande["demande"]["instant"]
    demande.pop("recopie", None)
    with pytest.raises(ClaeRulesError) as raised:
        answer(Question(reglement, demande, **changes))
    assert said in str(raised.value)
    with pytest.raises(TypeError, match="not of a file"):
        answer(Question(reglement, {"demande": object()}))


def test_every_key_is_documented() -> None:
    """The format is described where portals read it."""
    page = (ROOT / "docs/testing.md").read_text("utf-8")
    for cls in (Case, VectorFile):
        assert all(f"`{key.name}`" in page for _, key in keys_of(cls))


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Pytest with this plugin alone, in another process."""
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT / "src"), "PYTEST_ADDOPTS": ""}
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "_clae_rules_pytest",
        "-p",
        "no:cacheprovider",
        "-c",
        "pytest.ini",
        *options,
    ]
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_plugin_runs_each_case_as_a_test(tmp_path: Path) -> None:
    """One item a case; a failure says the question, what was expected and what was said; the rest goes on."""
    text = VECTORS.replace('sans = ["recopie"]\n', "")
    wrong = '\n[[reponse]]\ndit = "un faux total"\nfichier = "demande.toml"\ntotal = 0.30\n'
    late = '\n[[reponse]]\ndit = "sans date"\nfichier = "demande.toml"\ncommande = "options"\nstatut = "ouvert"\n'
    written(tmp_path, text + wrong + late, "attendu.toml")
    written(tmp_path, "[[reponse]]\ndit = 'x'\n", "faux.vectors.toml")
    (tmp_path / "pytest.ini").write_text("[pytest]\nclae_rules_vectors = attendu.toml\n", "utf-8")
    done = run(tmp_path, "--continue-on-collection-errors")
    assert "attendu.toml, réponse 2 : un faux total\n  total : attendu 0.30, reçu 0.25" in done.stdout
    assert "attendu.toml, réponse 3 : sans date\n  date : de quelle date ?" in done.stdout
    assert "faux.vectors.toml: ligne 1 : reponse[0] : aucune réponse attendue" in done.stdout
    assert "2 failed, 1 passed, 1 error" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_portal_answers_itself(tmp_path: Path) -> None:
    """A hook of conftest.py is asked first; where it says nothing, the engine answers."""
    two = VECTORS.replace('sans = ["recopie"]\n', "") * 2
    written(tmp_path, two.replace('reglement = "reglement.toml"\n\n[[', "[["))
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (tmp_path / "conftest.py").write_text(
        "ASKED = []\n"
        "def pytest_clae_rules_answer(question):\n"
        "    ASKED.append(question.file['veut'])\n"
        "    return {'statut': 'accepté', 'refus': [], 'reparations': []} if len(ASKED) == 1 else None\n",
        "utf-8",
    )
    done = run(tmp_path)
    assert "statut : attendu « refusé », reçu « accepté »" in done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_the_plugin_is_found_by_its_entry_point() -> None:
    """The distribution declares it, and ships it beside the package."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert declared["project"]["entry-points"]["pytest11"] == {"clae_rules": "_clae_rules_pytest"}
    assert "src/_clae_rules_pytest.py" in declared["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
