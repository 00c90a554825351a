"""The commands that ask a règlement: what they write, and what their exit code says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

pytest.importorskip("typer")

from clae_rules import load_engine
from clae_rules.audit import CaseBook, audit, compare
from clae_rules.cli import run

ROOT = Path(__file__).parent.parent
REGLEMENT = str(ROOT / "examples/cluses/reglement.toml")
DEMANDE = str(ROOT / "examples/cluses/demande.toml")
BOOKINGS = """\
foyer;enfant;date;creneaux;instant;dossier-foyer;dossier-enfant
f1;lea;2021-09-06;repas;2021-09-01T09:00:00+02:00;valide;complet
f1;lea;2021-09-06;repas;2021-09-01T09:00:00+02:00;valide;complet
f2;tom;2021-09-06;matin-2;2021-09-01T09:00:00+02:00;valide;complet
f3;zoe;jamais;repas;2021-09-01T09:00:00+02:00;valide;complet
"""


def dearer(folder: Path) -> str:
    """The guide's règlement, meals ten cents dearer."""
    plain = load_engine(REGLEMENT).reglement.plain()
    plain["tarif"]["repas"]["prix"] = "4.10"
    file = folder / "plus-cher.json"
    file.write_text(json.dumps(plain), "utf-8")
    return str(file)


def stricter(folder: Path) -> str:
    """The guide's règlement, where a meal goes with no evening care either."""
    rule = '\n[regle.sans-soir]\ncreneaux = "repas"\nbloque = "soir-1"\nhypothese = "essai"\n'
    file = folder / "plus-strict.toml"
    file.write_text(Path(REGLEMENT).read_text("utf-8") + rule, "utf-8")
    return str(file)


@pytest.mark.parametrize(("level", "code"), (("note", 1), ("avertissement", 0), ("erreur", 0)))
def test_the_exit_code_of_an_audit_is_that_of_its_severity(
    level: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The guide's règlement has nothing graver than a note; a dead slot is an error at every level."""
    assert run(["audit", REGLEMENT, "--severity", level]) == code
    assert "jamais-ensemble" in capsys.readouterr().out


@pytest.mark.parametrize("level", ("note", "avertissement", "erreur"))
def test_a_dead_slot_is_an_error(level: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A planted slot that can never be booked is found at every severity."""
    rule = '\n[regle.jamais]\ncreneaux = "soir-2"\nbloque = "soir-1"\nhypothese = "essai"\n'
    file = tmp_path / "mort.toml"
    needs = '\n[regle.suite]\ncreneaux = "soir-2"\nseulement_avec = "soir-1"\nhypothese = "essai"\n'
    file.write_text(Path(REGLEMENT).read_text("utf-8") + rule + needs, "utf-8")
    assert run(["audit", str(file), "--severity", level]) == 1
    assert "creneau-mort" in capsys.readouterr().out


def test_every_form_of_an_audit_is_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON is `plain()`, CSV is the findings, HTML is the page; each also in English."""
    report = audit(load_engine(REGLEMENT))
    run(["audit", REGLEMENT, "--format", "json"])
    assert json.loads(capsys.readouterr().out) == report.plain()
    run(["audit", REGLEMENT, "--format", "csv"])
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert [row[1] for row in rows[1:]] == [one.code for one in report.findings]
    run(["audit", REGLEMENT, "--format", "html", "--lang", "en"])
    assert capsys.readouterr().out == report.html("en")


def test_a_diff_tells_how_grave_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing lost is no error; a price that changes is a warning; a selection lost is an error."""
    assert run(["diff", REGLEMENT, REGLEMENT, "--severity", "note"]) == 0
    dear = dearer(tmp_path)
    assert run(["diff", REGLEMENT, dear]) == 0
    assert run(["diff", REGLEMENT, dear, "--severity", "avertissement"]) == 1
    assert "4,10" in capsys.readouterr().out
    assert run(["diff", REGLEMENT, stricter(tmp_path)]) == 1
    assert run(["diff", stricter(tmp_path), REGLEMENT]) == 0


def test_a_diff_as_csv_is_every_selection_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One row a selection that only one of the two allows."""
    other = stricter(tmp_path)
    found = compare(load_engine(REGLEMENT), load_engine(other))
    run(["diff", REGLEMENT, other, "--format", "csv"])
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) - 1 == sum((kind.lost or 0) + (kind.gained or 0) for kind in found.kinds) > 0


def test_explain_tells_who_spoke(capsys: pytest.CaptureFixture[str]) -> None:
    """The demande of the guide, in full; the exit code is the decision's."""
    assert run(["explain", REGLEMENT, DEMANDE, "2021-09-06"]) == 0
    told = capsys.readouterr().out
    assert "respectée avec « Périscolaire midi 2 »" in told
    assert "N'ont rien dit" in told


def test_explain_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same demande under another règlement: what they do not say alike."""
    rule = '\n[regle.sans-midi]\ncreneaux = "midi-2"\nseulement_avec = "soir-1"\nhypothese = "essai"\n'
    other = tmp_path / "autre.toml"
    other.write_text(Path(REGLEMENT).read_text("utf-8") + rule, "utf-8")
    assert run(["explain", REGLEMENT, DEMANDE, "2021-09-06", "--avec", str(other)]) == 0
    told = capsys.readouterr().out
    assert "[regle.sans-midi]" in told
    assert "n'y est pas" in told
    assert run(["explain", str(other), DEMANDE, "2021-09-06", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["decision"] == "refusé"


def test_replay_counts_refusals_and_broken_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A row twice and a row without date are counted and told; a newly refused row is an error."""
    rows = tmp_path / "reservations.csv"
    rows.write_bytes(BOOKINGS.encode() + b"f4;\xff;2021-09-06;\xff;2021-09-01T09:00:00+02:00;valide;complet\n")
    assert run(["replay", REGLEMENT, REGLEMENT, str(rows), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["lignes"], sum(found["ecartees"].values())) == (5, 3)
    assert [one["ligne"] for one in found["lignes_ecartees"]] == [3, 5, 6]
    assert run(["replay", REGLEMENT, dearer(tmp_path), str(rows), "--severity", "avertissement"]) == 1
    assert "0,10" in capsys.readouterr().out
    assert run(["replay", REGLEMENT, REGLEMENT, str(rows), "--strict"]) == 2
    assert "ligne 3" in capsys.readouterr().err


def test_cases_are_a_table_to_try(capsys: pytest.CaptureFixture[str]) -> None:
    """One row a case, with the answer expected."""
    assert run(["cases", REGLEMENT]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out), delimiter=";"))
    cases = CaseBook(load_engine(REGLEMENT)).cases()
    assert [row["attendu"] for row in rows] == ["permis" if one.allowed else "refusé" for one in cases]


@pytest.mark.parametrize(
    ("args", "said"),
    (
        (["audit", REGLEMENT, "--step", "1,50"], "--step"),
        (["explain", REGLEMENT, DEMANDE, "2021-02-30"], "date"),
        (["explain", REGLEMENT, DEMANDE, "2021-09-06", "--now", "hier"], "--now"),
        (["replay", REGLEMENT, REGLEMENT, "nulle-part.csv"], "nulle-part.csv"),
        (["replay", REGLEMENT, REGLEMENT, DEMANDE], "foyer"),
    ),
)
def test_bad_input_is_one_clear_error(args: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, the place named, and no traceback."""
    assert run(args) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
