"""The command line: exit codes, formats, languages, and one clear error for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests import small
from tests.test_costs import VECTORS, plain_reglement

pytest.importorskip("typer")

from clae_rules.cli import run

ROOT = Path(__file__).parent.parent
REGLEMENT = str(ROOT / "examples/cluses/reglement.toml")
DEMANDE = str(ROOT / "examples/cluses/demande.toml")
BASE = (ROOT / "examples/cluses/demande.toml").read_text("utf-8")

GUIDE = """\
Désignation                                                Quantité   Tarif  Montant
- CLAE MESSY / PERISCOLAIRE / RESTAURATION / Périscolaire / Restauration 2021 - 2022
Périscolaire midi 2 (06/09)                                       1  0,25\u00a0€   0,25\u00a0€
Total                                                                         0,25\u00a0€
"""

SIBLINGS = """
[demande]
reglement = "essai"
enfant    = "lea"
periode   = "annee"
instant   = 2026-08-20T09:00:00+02:00
[deja]
2026-09-07 = [{ creneau = "repas", reserve_le = 2026-08-01T09:00:00+02:00 }]
[fratrie.tom]
2026-09-08 = ["repas"]
[veut]
2026-09-08 = ["repas"]
"""


def demande(folder: Path, *changes: tuple[str, str]) -> str:
    """A demande file like the guide's, with some words changed."""
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "demande.toml"
    file.write_text(text, "utf-8")
    return str(file)


def test_the_recapitulatif_of_the_guide_comes_out_to_the_letter(capsys: pytest.CaptureFixture[str]) -> None:
    """S11: « Périscolaire midi 2 (06/09) », 1, 0,25 €, total 0,25 €; accepted is exit code 0."""
    assert run(["recap", REGLEMENT, DEMANDE]) == 0
    assert capsys.readouterr().out == GUIDE


def test_piped_output_has_no_colour() -> None:
    """A pipe gets plain text, whatever the terminal."""
    command = [sys.executable, "-m", "clae_rules", "check", REGLEMENT, DEMANDE]
    done = subprocess.run(command, capture_output=True, check=False, text=True, cwd=ROOT)
    assert done.stdout == "accepté\n"
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    (
        ((('"midi-2"', '"midi-2", "repas"'),), 1, "ne vont pas ensemble"),
        ((('dossier-enfant = "complet"\n', ""),), 3, "on ne sait pas si l'accès est ouvert"),
        ((("2021-09-06 =", "2022-09-12 ="),), 1, "hors de la période"),
        ((("2021-09-06 =", "2021-09-04 ="),), 1, "jour fermé (week-end)"),
    ),
)
def test_exit_codes_tell_refused_and_undecided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: tuple[tuple[str, str], ...], code: int, said: str
) -> None:
    """S1.5: 1 is refused, 3 is undecided, each with its reason."""
    assert run(["check", REGLEMENT, demande(tmp_path, *changes)]) == code
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "said"),
    (
        ((('"midi-2"', '"midi2"'),), "créneau inconnu : « midi2 » ; vouliez-vous dire « midi-2 » ?"),
        ((("+02:00", ""),), "il faut un instant avec son décalage"),
        ((("2021-09-06 =", "2021-02-30 ="),), "il faut une date qui existe"),
        ((("cluses-clae-messy-2021", "autre-2021"),), "donnez-lui son règlement"),
        ((('"complet"', '"complait"'),), "il faut un mot parmi"),
    ),
)
def test_bad_input_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: tuple[tuple[str, str], ...], said: str
) -> None:
    """Bad input is exit code 2 and a message with its line; never a traceback."""
    assert run(["check", REGLEMENT, demande(tmp_path, *changes)]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "ligne " in told.err
    assert told.out == ""


@pytest.mark.parametrize("now", ("0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-10:00"))
def test_an_instant_out_of_every_calendar_is_bad_input(capsys: pytest.CaptureFixture[str], now: str) -> None:
    """S13.1: an instant before 1900 or after 2200 is one clear error, exit code 2, never a traceback."""
    assert run(["check", REGLEMENT, DEMANDE, "--now", now]) == 2
    told = capsys.readouterr()
    assert "--now : lu «" in told.err
    assert "de 1900 à 2200" in told.err
    assert told.out == ""


def test_a_school_year_out_of_every_calendar_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    """S13.1: a year that no calendar has is one clear error, exit code 2."""
    for year in ("99999", "1"):
        assert run(["new", "--zone", "A", "--annee", year]) == 2
        assert f"annee : lu {year} ; il faut l'année de la rentrée" in capsys.readouterr().err


def test_a_recopie_is_classed_and_priced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S9.2: each date in one class, then what it costs."""
    copy = (
        '\n[recopie]\nmodele = 2021-09-06\ndu = 2021-10-18\nau = 2021-11-08\njours = "lundi"\ndeja_pris = "fusionner"\n'
    )
    assert run(["recopie", REGLEMENT, demande(tmp_path, ('["midi-2"]\n', f'["midi-2"]\n{copy}'))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "18/10/2021  appliqué",
        "25/10/2021  fermé : jour fermé (vacances)",
        "01/11/2021  fermé : jour fermé (férié)",
        "08/11/2021  appliqué",
    ]
    assert lines[-1].split() == ["Total", "0,50", "€"]


def test_a_recopie_over_ten_centuries_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S9.5: more than 800 dates is an error that names the key."""
    copy = (
        '\n[recopie]\nmodele = 2021-09-06\ndu = 2021-10-18\nau = 3021-11-08\njours = "lundi"\ndeja_pris = "fusionner"\n'
    )
    assert run(["recopie", REGLEMENT, demande(tmp_path, ('["midi-2"]\n', f'["midi-2"]\n{copy}'))]) == 2
    assert "recopie.au : 52181 dates ; au plus 800" in capsys.readouterr().err


def test_json_answers_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command answers in JSON when asked, with the digest of the règlement applied (S1.5)."""
    for command in (
        ["recap", REGLEMENT, DEMANDE],
        ["check", REGLEMENT, DEMANDE],
        ["options", REGLEMENT, DEMANDE, "2021-09-06"],
    ):
        assert run([*command, "--format", "json"]) == 0
        assert len(json.loads(capsys.readouterr().out)["reglement"]["empreinte"]) == 64
    assert run(["validate", REGLEMENT, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["valide"] is True
    assert run(["schema", "demande"]) == 0
    assert "$defs" in json.loads(capsys.readouterr().out)


def test_validate_tells_what_is_left_open(capsys: pytest.CaptureFixture[str]) -> None:
    """A valid file is told with its assumptions, in text and in JSON."""
    said = "hypothèse, tarif.repas : prix inventé"
    assert run(["validate", REGLEMENT]) == 0
    assert said in capsys.readouterr().out.splitlines()
    assert run(["validate", REGLEMENT, "--lang", "en"]) == 0
    assert "assumed, tarif.repas: prix inventé" in capsys.readouterr().out.splitlines()
    assert run(["validate", REGLEMENT, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["avertissements"]
    assert {"code": "hypothese", "chemin": "tarif.repas", "texte": "prix inventé"} in told


@pytest.mark.parametrize(("lang", "said"), (("fr", "« Repas » en hors-délai"), ("en", "« Repas » late")))
def test_a_late_booking_is_told_as_late(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, said: str
) -> None:
    """What is accepted at the late price is said to be late, slot by slot; what is in time is not."""
    phases = '{ limite = "1 jour calendaire avant la date, avant 07:00", variante = "normal" }'
    late = '{ limite = "le jour même, avant 07:00", variante = "hors-delai" }'
    plus = 'variante = "hors-delai"\nplus = 1.00'
    written: dict[str, str | None] = {
        "delai.general": f'reserver = [{phases}, {late}]\nannuler = "jamais"',
        "modification.tard": plus,
    }
    (tmp_path / "r.toml").write_text(small.text(written), "utf-8")
    (tmp_path / "d.toml").write_text(
        'format = 1\n[demande]\nreglement = "essai"\nenfant = "lea"\nperiode = "p1"\n'
        'instant = 2026-09-07T10:00:00+02:00\n[veut]\n2026-09-08 = ["repas"]\n2026-09-10 = ["repas"]\n',
        "utf-8",
    )

    assert run(["check", str(tmp_path / "r.toml"), str(tmp_path / "d.toml"), "--lang", lang]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [f"  08/09/2026 : {said}"]


def test_render_prints_the_articles(capsys: pytest.CaptureFixture[str]) -> None:
    """The règlement comes back as numbered articles, with amounts, dates and sources as the French write them."""
    assert run(["render", REGLEMENT]) == 0
    told = capsys.readouterr().out
    assert "### Article 17. Midi 2\n\n« Périscolaire midi 2 », par créneau : 0,25\u00a0€.\n\n[guide B.4.a]\n" in told
    assert "- vacances « toussaint » : du 23 octobre 2021 au 7 novembre 2021 compris" in told
    assert "(supposé : le guide montre les cases hors-délai, jamais leur prix)" in told


def test_english_is_spoken_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Reasons come in English with --lang en."""
    assert run(["check", REGLEMENT, demande(tmp_path, ('"midi-2"', '"midi-2", "repas"')), "--lang", "en"]) == 1
    assert "do not go together" in capsys.readouterr().out
    assert run(["check", REGLEMENT, demande(tmp_path, ('"midi-2"', '"midi2"')), "--lang", "en"]) == 2
    assert "did you mean" in capsys.readouterr().err


def test_options_show_every_box_at_an_instant(capsys: pytest.CaptureFixture[str]) -> None:
    """S7: before the deadline the normal boxes are live, after it the late ones."""
    assert run(["options", REGLEMENT, DEMANDE, "2021-09-06", "--now", "2021-09-02T11:59:59+02:00"]) == 0
    before = capsys.readouterr().out
    assert run(["options", REGLEMENT, DEMANDE, "2021-09-06", "--now", "2021-09-02T12:00:00+02:00"]) == 0
    after = capsys.readouterr().out
    assert "Repas enfant (11:45-13:45) — libre  4,00\u00a0€" in before
    assert "Repas enfant hors-délai (11:45-13:45) — libre  8,00\u00a0€" in after
    assert "Repas enfant (11:45-13:45) — fermé" in after


@pytest.mark.parametrize(
    "args", (["nope"], ["check"], ["options", REGLEMENT, DEMANDE, "demain"], ["recopie", REGLEMENT, DEMANDE])
)
def test_wrong_usage_is_exit_code_2(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Usage errors are told on the error stream."""
    assert run(args) == 2
    assert capsys.readouterr().err


def test_missing_files_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that does not exist is named, without a traceback."""
    assert run(["validate", str(tmp_path / "absent.toml")]) == 2
    assert "absent.toml" in capsys.readouterr().err


MASSINGY = str(ROOT / "examples/massingy/reglement.toml")
RELEVE = str(ROOT / "examples/massingy/releve.toml")


def test_what_is_due_is_told_and_derived(capsys: pytest.CaptureFixture[str]) -> None:
    """S4.3: a month in full is exit code 0, and each amount says how it came about when asked."""
    assert run(["due", MASSINGY, RELEVE]) == 0
    assert "palier" not in capsys.readouterr().out
    assert run(["due", MASSINGY, RELEVE, "--derivation", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "20 min late (left at 18:20) (page)" in told
    assert "picked up late" in told


def test_what_is_due_is_json_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """The statement as JSON: lines with their derivation, and the digest of the règlement."""
    assert run(["due", MASSINGY, RELEVE, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["total_cents"], found["indecis"], found["foyer"]) == (8650, [], "martin")
    assert all(line["derivation"] for line in found["lignes"])
    assert len(found["reglement"]["empreinte"]) == 64


def test_a_month_that_nobody_can_say_is_exit_code_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S1.5: undecided has no total, and says why."""
    file = tmp_path / "releve.toml"
    moved = Path(RELEVE).read_text("utf-8").replace("2026-09-18", "2026-09-16")
    file.write_text(moved, "utf-8")
    assert run(["due", MASSINGY, str(file)]) == 3
    told = capsys.readouterr().out
    assert "le règlement ne l'ouvre pas ce jour-là" in told
    assert told.splitlines()[-3].split() == ["Total", "indécis"]


def test_a_releve_that_cannot_be_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad input is one clear error with its line, in both languages."""
    file = tmp_path / "releve.toml"
    file.write_text(
        Path(RELEVE).read_text("utf-8").replace('depart = "18:10"', 'depart = "16:10", arrivee = "16:30"'), "utf-8"
    )
    assert run(["due", MASSINGY, str(file)]) == 2
    assert "ligne 20 : present.lea.2026-09-14[1] : part à 16:10, avant d'arriver à 16:30" in capsys.readouterr().err
    assert run(["due", MASSINGY, str(file), "--lang", "en"]) == 2
    assert "leaves before arriving" in capsys.readouterr().err


WEEKLY = '\n[regle.repas-de-la-semaine]\nhypothese = "essai"\ncreneaux = "repas"\npar = "semaine"\nau_moins = 2\n'


def weekly(folder: Path, *more: str) -> str:
    """The example's règlement with a rule over a week: at least two meals."""
    file = folder / "reglement.toml"
    fewer = 'si_moins_ouverts = "tous"\n'
    file.write_text(Path(REGLEMENT).read_text("utf-8") + WEEKLY + fewer + "".join(more), "utf-8")
    return str(file)


def test_a_window_is_told_once_with_its_ways_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S5.4, S8: `check` names the window and its dates, then the dates to add or to drop."""
    asked = demande(tmp_path, ('"midi-2"', '"repas"'))
    assert run(["check", weekly(tmp_path), asked]) == 1
    lines = capsys.readouterr().out.splitlines()
    said = "aucun ou au moins 2 créneaux, ici 1 (06/09) ; ajoutez-en 1 parmi 07/09, 09/09, 10/09 (hypothèse : essai)"
    assert lines[:3] == [
        "refusé",
        f"  « Repas enfant », semaine du 06/09/2021 : {said}",
        "    à faire : ajouter « Repas enfant » (07/09)",
    ]


def test_a_window_in_json_has_its_name_and_dates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON of `check` and `options` says window, dates, and the edits on other dates."""
    asked, rules = demande(tmp_path, ('"midi-2"', '"repas"')), weekly(tmp_path)
    assert run(["check", rules, asked, "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["dates"][0]["refus"][0]["fenetre"] == "semaine du 06/09/2021"
    assert told["dates"][0]["refus"][0]["dates"] == ["2021-09-06"]
    assert told["reparations"][0] == {"ajouter": [{"date": "2021-09-07", "creneau": "repas"}], "enlever": []}

    assert run(["options", rules, asked, "2021-09-06", "--format", "json"]) == 0
    boxes = {(one["creneau"], one["variante"]): one for one in json.loads(capsys.readouterr().out)["cases"]}
    assert boxes["repas", "normal"]["etat"] == "demande"
    assert boxes["repas", "normal"]["ailleurs"][0] == [{"date": "2021-09-07", "creneau": "repas"}]


def test_options_tell_the_other_dates_in_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S7: « demande : « Repas enfant » (07/09) ou … »."""
    assert run(["options", weekly(tmp_path), demande(tmp_path), "2021-09-06"]) == 0
    assert "demande : « Repas enfant » (07/09) ou « Repas enfant » (09/09)" in capsys.readouterr().out


def test_a_recopie_tells_why_a_block_falls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S9: one meal a week copied onto Mondays breaks every week, each date with its reason."""
    copied = (
        '\n[recopie]\ncreneaux = "repas"\ndu = 2021-09-13\nau = 2021-09-20\njours = "lundi"\ndeja_pris = "fusionner"\n'
    )
    file = Path(demande(tmp_path))
    file.write_text(file.read_text("utf-8") + copied, "utf-8")
    assert run(["recopie", weekly(tmp_path), str(file)]) == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        "13/09/2021  refusé : « Repas enfant », semaine du 13/09/2021 : aucun ou au moins 2 créneaux, ici 1 (13/09) ; "
        "ajoutez-en 1 parmi 14/09, 16/09, 17/09"
    )


def test_the_command_line_tells_windows_siblings_and_what_is_provisional(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`recap` prints « Repas (septembre 2026) », the line of the brother, and why it may still change."""
    reglement, demande = tmp_path / "reglement.json", tmp_path / "demande.toml"
    reglement.write_text(json.dumps(plain_reglement(VECTORS["saussay"])), "utf-8")
    demande.write_text(SIBLINGS, "utf-8")

    assert run(["recap", str(reglement), str(demande)]) == 0
    said = capsys.readouterr().out
    assert "Total" in said
    assert "0,00" in said
    demande.write_text(
        SIBLINGS.replace('2026-09-07 = [{ creneau = "repas", reserve_le = 2026-08-01T09:00:00+02:00 }]', ""),
        "utf-8",
    )
    assert run(["recap", str(reglement), str(demande)]) == 0
    said = capsys.readouterr().out
    assert "Repas (septembre 2026) " in said
    assert "n'est plus facturé : Repas (septembre 2026 ; tom)" in said
    assert "provisoire : « enfants » compte jusqu'au 30/09/2026" in said
    assert run(["recap", str(reglement), str(demande), "--format=json"]) == 0
    plain = json.loads(capsys.readouterr().out)["recapitulatif"]
    assert plain["total_cents"] == 5500
    assert [(line["fenetre"], line["enfant"]) for line in plain["lignes"]] == [
        ("septembre 2026", None),
        ("septembre 2026", "tom"),
        ("septembre 2026", "tom"),
    ]
    assert all(line["provisoire"] for line in plain["lignes"])
    assert run(["options", str(reglement), str(demande), "2026-09-09"]) == 0
    assert "55,00" in capsys.readouterr().out


def test_a_file_of_another_kind_or_none_is_told_in_the_language_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """S1.2: swapped files, a folder and a missing file are exit code 2 and one line, with the command that reads it."""
    releve = str(ROOT / "examples/massingy/releve.toml")
    for command in ("check", "recap", "recopie", "close"):
        assert run([command, REGLEMENT, releve]) == 2
        told = capsys.readouterr().err
        assert "releve : c'est un relevé ; il faut une demande" in told
        assert len(told.splitlines()) == 1
    assert run(["options", REGLEMENT, releve, "2026-09-14", "--lang", "en"]) == 2
    assert "a relevé is read by clae-rules due REGLEMENT RELEVE" in capsys.readouterr().err
    assert run(["validate", DEMANDE]) == 2
    assert "demande : c'est une demande ; il faut un règlement" in capsys.readouterr().err
    assert run(["validate", str(tmp_path), "--lang", "en"]) == 2
    assert "this is a folder; give a file" in capsys.readouterr().err
    assert run(["replay", REGLEMENT, REGLEMENT, str(tmp_path / "rien.csv"), "--lang", "en"]) == 2
    assert "rien.csv: no file at this path" in capsys.readouterr().err
    assert run(["new", "-o", str(tmp_path / "nulle" / "part.toml")]) == 2
    assert "créez-le" in capsys.readouterr().err


def test_a_spreadsheet_given_as_csv_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S13.1: bookings in the file of a spreadsheet are one error, not a missing column after the other."""
    (tmp_path / "reservations.xlsx").write_bytes(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xfe\n")
    assert run(["replay", REGLEMENT, REGLEMENT, str(tmp_path / "reservations.xlsx")]) == 2
    assert "enregistrez-le en CSV" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "fr", "en"),
    (
        ("recopie", "recopie : la table manque ; ajoutez modele", "recopie: it is missing; add modele"),
        ("close", "fermeture : aucune [fermeture.X]", "fermeture: no [fermeture.X]"),
    ),
)
def test_a_demande_without_what_is_asked_of_it_is_named(
    capsys: pytest.CaptureFixture[str], command: str, fr: str, en: str
) -> None:
    """What a command lacks is told with the name of the file, in the language asked."""
    assert run([command, REGLEMENT, DEMANDE]) == 2
    assert f"{Path(DEMANDE).name}: {fr}" in capsys.readouterr().err
    assert run([command, REGLEMENT, DEMANDE, "--lang", "en"]) == 2
    assert f"{Path(DEMANDE).name}: {en}" in capsys.readouterr().err


@pytest.mark.parametrize("command", ("options", "explain"))
def test_a_page_of_a_date_tells_that_it_judges_no_abonnement(capsys: pytest.CaptureFixture[str], command: str) -> None:
    """An abonnement that is asked is judged by another command, which is named."""
    niort = Path(REGLEMENT).parents[1] / "reglements" / "niort"
    run([command, str(niort / "reglement.toml"), str(niort / "demande.toml"), "2026-10-05"])
    assert "[abonnement] n'est pas jugé ici : clae-rules check" in capsys.readouterr().err
