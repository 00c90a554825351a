"""`clae-rules new`: a file to start from, valid, with the calendar of a school year and nothing invented."""

from __future__ import annotations

import builtins
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clae_rules.adapters._missing import MissingLibraryError
from clae_rules.adapters.calendars import school_year
from clae_rules.errors import ClaeRulesError, InvalidReglementError, InvalidValueError
from clae_rules.files.reading import engine_from_text
from clae_rules.files.starter import starter
from clae_rules.notices import NoticeKind, notices

YEARS = [(zone, year) for zone in "ABC" for year in (2019, 2024, 2025, 2026, 2027)]


@pytest.mark.parametrize(("zone", "year"), YEARS)
def test_a_new_file_is_sound(zone: str, year: int) -> None:
    """For every zone and year the file loads, opens on school days, and lists its prices as not published."""
    pytest.importorskip("holidays")
    engine = engine_from_text(starter("Cantine de l'école", school_year(zone, year), zone))
    opened = engine.open_days(engine.reglement.periodes[0])

    assert date(year, 9, 1) <= opened[0] <= date(year, 9, 4)
    assert date(year + 1, 7, 1) <= opened[-1] <= date(year + 1, 7, 10)
    assert 136 <= len(opened) <= 146
    kinds = [one.kind for one in notices(engine)]
    assert kinds.count(NoticeKind.UNPUBLISHED) == 2
    assert kinds.count(NoticeKind.SUPPOSED) == len(kinds) - 2 == 7


def test_a_file_without_calendar_says_what_to_fill_in() -> None:
    """Without a calendar the file is refused where its days are missing, and nowhere else."""
    text = starter("Cantine", None)
    with pytest.raises(InvalidReglementError) as caught:
        engine_from_text(text)

    assert "À REMPLIR" in text
    assert {one.path for one in caught.value.faults} == {("jours",), ("periode", "annee")}
    assert all("il manque" in one.fr for one in caught.value.faults)
    filled = re.sub(r"# (du|au|feries) ", r"\1 ", text)
    assert engine_from_text(filled).reglement.days.first_day == date(2026, 7, 1)


def test_each_commented_section_is_valid_once_uncommented() -> None:
    """The sections offered as remarks are ones that the reader takes."""
    text = re.sub(r"# (du|au|feries) ", r"\1 ", starter("Cantine", None))
    blocks = re.findall(r"(?:^# (?:\[\w|\w[\w.]* += ).*\n)+", text, re.MULTILINE)
    sections = [block.replace("\n# ", "\n").removeprefix("# ") for block in blocks if block.startswith("# [")]
    facts = text.replace("# dossier =", "dossier =")

    assert len(sections) == 9
    assert engine_from_text(facts + "\n".join(sections)).reglement.mentions


@pytest.mark.parametrize("name", ("", "a\nb", 'dit "non"', "x" * 301))
def test_a_name_that_breaks_the_file_is_refused(name: str) -> None:
    """A name of several lines or with quotes would not be read back."""
    with pytest.raises(InvalidValueError, match="il faut un nom"):
        starter(name, None)


@pytest.mark.parametrize(
    ("name", "code"), (("École & Cantine — été", "ecole-cantine-ete"), ("« »", "reglement"), ("a" * 80, "a" * 60))
)
def test_the_code_comes_from_the_name(name: str, code: str) -> None:
    """The code of the règlement is its name in plain letters."""
    assert f'code   = "{code}"' in starter(name, None)


def test_a_zone_or_a_year_that_is_not_known_is_told() -> None:
    """Outside the zones and years of the data nothing is guessed."""
    with pytest.raises(ClaeRulesError, match="il faut A, B ou C"):
        school_year("D", 2026)
    with pytest.raises(ClaeRulesError, match="rien de connu pour 1950-1951"):
        school_year("A", 1950)


def test_a_missing_library_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the libraries the error says what to install."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "holidays":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingLibraryError, match=r"pip install 'clae-rules\[calendars\]'"):
        school_year("A", 2026)


def test_the_command_writes_a_file_without_the_libraries(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`new` says in one line what is missing, and still writes a file that tells what to fill in."""
    cli = pytest.importorskip("clae_rules.cli")
    writing = pytest.importorskip("clae_rules.cli.writing")

    def lacking(zone: str, year: int, _: str) -> None:
        raise MissingLibraryError(f"{zone}{year}", "calendars")

    monkeypatch.setattr(writing, "school_year", lacking)
    assert cli.run(["new", "--zone", "A", "--annee", "2026"]) == 0
    told = capsys.readouterr()
    assert told.err == "clae-rules : A2026 ; pip install 'clae-rules[calendars]' ; [jours] reste à remplir\n"
    assert "À REMPLIR" in told.out


def test_the_command_writes_a_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`new -o` writes the file and overwrites none; without zone and year it says what is left to fill in."""
    pytest.importorskip("typer")
    pytest.importorskip("holidays")
    from clae_rules.cli import run

    file = tmp_path / "reglement.toml"
    assert run(["new", "--nom", "Cantine", "--zone", "b", "--annee", "2026", "-o", str(file)]) == 0
    assert run(["validate", str(file)]) == 0
    assert run(["new", "-o", str(file)]) == 2
    assert "existe déjà" in capsys.readouterr().err
    assert run(["new"]) == 0
    told = capsys.readouterr()
    assert told.out == starter("Périscolaire et cantine", None)
    assert "--zone A --annee 2026" in told.err
    assert run(["new", "--zone", "Z", "--annee", "2026"]) == 2
