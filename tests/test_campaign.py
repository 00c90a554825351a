"""The campaign: the engines agree on a few rule sets, a planted fault is found, and a run goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.campaign import engines
from tests.campaign.__main__ import main
from tests.campaign.engines import ANY, ENGINES, Answers, compare
from tests.campaign.problems import Problem, problems

pytest.importorskip("pysat", reason="the campaign asks a solver too, which needs clae-rules[sat]")

#: Selections of each rule set in the default run.
FEW = 128


@pytest.mark.parametrize("seed", range(2))
def test_all_engines_agree(seed: int) -> None:
    """S5.7: model, decision, truth tables, bit planes and solver say the same of random rule sets."""
    for problem in problems(seed, FEW):
        found = compare(problem)
        assert not found.wrong
        assert 0 < found.allowed <= len(problem.cases)


def without_last_case(problem: Problem) -> Answers:
    """An engine that overlooks the last case."""
    return {code: broken & problem.full >> 1 for code, broken in ENGINES["planes"](problem).items()}


def without_a_rule(problem: Problem) -> Answers:
    """An engine that knows one rule less."""
    answers = dict(ENGINES["planes"](problem))
    answers.pop(min(answers), None)
    return answers


def lenient(problem: Problem) -> Answers:
    """An engine that allows everything."""
    return {ANY: 0 * problem.full}


@pytest.mark.parametrize(
    ("name", "faulty"), (("planes", without_a_rule), ("planes", without_last_case), ("solver", lenient))
)
def test_a_faulty_engine_is_found(monkeypatch: pytest.MonkeyPatch, name: str, faulty: object) -> None:
    """An engine that forgets a rule, overlooks one case or allows all is named, with a smallest selection."""
    monkeypatch.setattr(engines, "ENGINES", {**ENGINES, name: faulty})
    wrong = [one for problem in problems(1, FEW) for one in compare(problem).wrong]

    assert wrong
    assert {engine for engine, _, _ in wrong} == {name}


def test_a_campaign_goes_on_where_it_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two runs in a row are one: consecutive seeds, figures that add up, the state kept in a file."""
    state = tmp_path / "state.json"
    arguments = ["--state", str(state), "--first-seed", "40", "--selections", "64"]

    assert main([*arguments, "--cases", "256"]) == 0
    first = json.loads(state.read_text("utf-8"))
    assert main([*arguments, "--cases", "512"]) == 0
    then = json.loads(state.read_text("utf-8"))

    assert (first["first_seed"], first["next_seed"], first["cases"], first["rule_sets"]) == (40, 41, 256, 4)
    assert (then["first_seed"], then["next_seed"], then["cases"], then["rule_sets"]) == (40, 42, 512, 8)
    assert then["mismatches"] == []
    assert "seeds 40-41: 8 rule sets" in capsys.readouterr().out


def test_a_mismatch_is_kept_and_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A disagreement makes the command fail, and names engine, rule, selection and seed."""
    monkeypatch.setattr(engines, "ENGINES", {**ENGINES, "solver": lenient})
    state = tmp_path / "state.json"

    assert main(["--state", str(state), "--cases", "1", "--selections", "64"]) == 1
    kept = json.loads(state.read_text("utf-8"))["mismatches"]
    assert kept
    assert all(one.startswith("solver on all rules of {") and "seed 0, " in one for one in kept)
    assert kept[0] in capsys.readouterr().out
