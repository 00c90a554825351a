"""Files: every fault at once with its line, hostile content refused in bounded time, nothing guessed (S13.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clae_rules import (
    InvalidDemandeError,
    InvalidReglementError,
    InvalidValueError,
    engine_from_text,
    load_demande,
    load_engine,
    load_reglement,
    load_releve,
)
from clae_rules.attendance import parse_clock
from clae_rules.constats import parse_after
from clae_rules.days import parse_printed_hours
from clae_rules.files.reading import demande_from_text, releve_from_text, unopened

EXAMPLES = Path(__file__).parent.parent / "examples"
CLUSES = (EXAMPLES / "cluses/reglement.toml").read_text("utf-8")
DEMANDE = (EXAMPLES / "cluses/demande.toml").read_text("utf-8")


def changed(*changes: tuple[str, str]) -> str:
    """The guide's règlement with some words changed."""
    text = CLUSES
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def faults(text: str, name: str = "reglement.toml") -> str:
    """What is said of a règlement that is refused."""
    with pytest.raises(InvalidReglementError) as caught:
        engine_from_text(text, name)
    return str(caught.value)


def test_the_normal_form_reads_back_as_the_same_reglement() -> None:
    """The normal JSON form of a règlement is a règlement file: equal values, equal digest."""
    engine = engine_from_text(CLUSES)
    again = engine_from_text(json.dumps(engine.reglement.plain(), ensure_ascii=False), "reglement.json")
    assert again.reglement == engine.reglement
    assert again.applied == engine.applied


def test_the_guide_s_own_slip_is_refused() -> None:
    """S2.2: the guide prints « 17h15 - 17h15 »; a slot without length cannot exist."""
    said = faults(changed(('"16:15-17:15"', '"17:15-17:15"')))
    assert said == (
        "reglement.toml: ligne 62 : mode.periscolaire.offre[5].horaire : lu « 17:15-17:15 » ; "
        "un créneau doit finir après avoir commencé ; corrigez l'une des deux heures"
    )


def test_all_faults_are_told_at_once() -> None:
    """One reading lists wrong words, unknown codes and wrong amounts together, each with its line."""
    said = faults(
        changed(
            ('bloque    = "repas"', 'bloque    = "repsa"'),
            ('"mercredi"\nquand.type', '"mercerdi"\nquand.type'),
            ("0.25", "-1"),
        )
    ).splitlines()
    assert len(said) == 3
    assert all("ligne " in line for line in said)
    assert "vouliez-vous dire « mercredi » ?" in said[0]
    assert "vouliez-vous dire « repas » ?" in said[1]
    assert "il faut un montant" in said[2]


@pytest.mark.parametrize(
    ("changes", "said"),
    (
        ((("= 0.25", "= 0,25"),), "écrivez 0.25 avec un point"),
        ((("Europe/Paris", "Europe/Pari"),), "fuseau inconnu"),
        ((("le jour même, avant 06:00", "48 h"),), "48 heures calendaires avant"),
        ((("2021-12-25,", "2021-02-30,"),), "2021-02-30"),
        ((('annuler = [{ limite = "jeudi de la semaine -1, avant 12:00", a_payer = "rien" }]', ""),), "annuler"),
        ((('variante  = "hors-delai"\nfois      = 2', 'variante  = "normal"\nfois      = 2'),), "hors délai"),
        (
            (('["midi-2", "repas", "mer-repas"', '["midi-1", "midi-2", "repas", "mer-repas"'),),
            "aucun tarif ne couvre midi-1",
        ),
        ((('["midi-2", "repas", "mer-repas"', '["repas", "mer-repas"'),), "couvrent tous deux midi-2"),
        ((("du     = 2021-08-01", "du     = 2021-09-05"),), "calendrier"),
        ((('seulement_avec = "matin-2"', 'bloque = "matin-1"'),), "ne peut jamais être réservé"),
    ),
)
def test_what_cannot_be_applied_is_refused(changes: tuple[tuple[str, str], ...], said: str) -> None:
    """S1.2, S3.7, S4.1, S10.2: nothing is guessed, and the message says what to write."""
    assert said in faults(changed(*changes))


@pytest.mark.parametrize(
    ("written", "said"),
    (
        ("9:00-10:00", ["écrivez « 09:00-10:00 »"]),
        ("9h-10h30", ["écrivez « 09:00-10:30 »"]),
        ("09h00 - 10h", ["écrivez « 09:00 - 10:00 »"]),
        ("9:00-09:00", ["écrivez « 09:00-09:00 »", "doit finir après avoir commencé"]),
        ("9-10", ["il faut deux heures"]),
        ("25:00-26:00", ["il faut deux heures"]),
    ),
)
def test_times_written_otherwise_are_told_as_they_are_written_here(written: str, said: list[str]) -> None:
    """S2.2: « 9:00 » and « 9h » of a slot's hours are told with two digits and a colon, whatever else is wrong."""
    lines = faults(changed(('"16:15-17:15"', f'"{written}"'))).splitlines()
    assert len(lines) == len(said)
    for line, words in zip(lines, said, strict=True):
        assert f"horaire : lu « {written} » ; " in line
        assert words in line


def test_one_time_written_otherwise_is_told_wherever_one_stands() -> None:
    """A limit, an arrival, a late pick-up and the departure of a relevé take « 9:00 » and « 9h00 » for « 09:00 »."""
    for limit, said in (("avant 6:00", "« 06:00 »"), ("avant 6h", "« 06:00 »"), ("jusqu'à 6 h 30", "« 06:30 »")):
        assert f"écrivez l'heure {said}" in faults(changed(("avant 06:00", limit)))
    for parse in (parse_printed_hours, parse_clock, parse_after):
        for written in ("9:00", "9h", "9 h 00", "09h00"):
            with pytest.raises(InvalidValueError, match="écrivez « 09:00 »"):
                parse(written)
        with pytest.raises(InvalidValueError, match=r"; (il faut|écrivez) "):
            parse("neuf heures")


def test_a_file_of_over_4_mib_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    """S13.1: the size is bounded."""
    file = tmp_path / "grand.toml"
    with file.open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    with pytest.raises(InvalidReglementError, match="plus de 4 Mio"):
        load_engine(file)


def test_deep_nesting_is_refused() -> None:
    """S13.1: neither TOML nor JSON may nest without bound."""
    assert "imbriqué" in faults("a = " + "[" * 5000 + "]" * 5000)
    assert "imbriqué" in faults("[" * 100_000 + "]" * 100_000, "r.json")
    assert "imbriqué" in faults("[" * 100 + "]" * 100, "r.json")


@pytest.mark.parametrize("text", ('{"a": 1, "a": 2}', '{"a": NaN}', "{", "[]", '"x"', "null"))
def test_hostile_json_is_one_error(text: str) -> None:
    """A key given twice, a number that is none, a file that is no table: refused, never guessed."""
    assert faults(text, "r.json").startswith("r.json: ")


def test_an_endless_number_of_json_is_named_with_its_line() -> None:
    """S1.2: a whole number of thousands of digits is told in the format's own words, with its line."""
    said = faults('{\n"format":\n' + "9" * 5000 + "}", "r.json")
    assert "ligne 3" in said
    assert "« 999999999999… » : un nombre de 5000 chiffres ; au plus 40" in said


def test_a_text_is_bounded_as_a_file_is() -> None:
    """S13.1: 4 MiB at most, whether read from a file or given as text."""
    assert "plus de 4 Mio" in faults("#" * (4 * 1024 * 1024 + 1))
    assert "plus de 4 Mio" in faults("#" + "é" * (2 * 1024 * 1024))


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    """A file in another encoding is refused with its line."""
    file = tmp_path / "latin.toml"
    file.write_bytes('format = 1\nnom = "période"'.encode("latin-1"))
    with pytest.raises(InvalidReglementError, match=r"ligne 2 : octet 0xe9"):
        load_engine(file)


def test_a_demande_file_may_be_json(tmp_path: Path) -> None:
    """A demande in JSON says the same as in TOML."""
    engine = engine_from_text(CLUSES)
    toml = demande_from_text(DEMANDE, engine.reglement)
    plain = {
        "demande": {
            "reglement": "cluses-clae-messy-2021", "enfant": "martin", "periode": "periscolaire-2021",
            "instant": "2021-09-01T09:00:00+02:00",
        },
        "enfant": {"martin": {"dossier-enfant": "complet"}},
        "foyer": {"dossier-foyer": "valide"},
        "veut": {"2021-09-06": ["midi-2"]},
    }  # fmt: skip
    file = tmp_path / "demande.json"
    file.write_text(json.dumps(plain), "utf-8")
    assert load_demande(file, engine.reglement) == toml


def test_everything_a_demande_can_say_is_read() -> None:
    """Held slots with their variant, dated facts, places taken, overrides and a recopie all reach the engine."""
    pool = '[capacite.salle]\ncreneaux = "repas"\nenfants = 2\nsource = "guide B"\n\n[capacite.cour]\nenfants = 9\nsource = "guide B"\n\n[faits]\nquotient = "nombre"\n'
    engine = engine_from_text(changed(("[faits]\n", pool)))
    more = """
    [deja]
    2021-09-10 = ["midi-2", { creneau = "matin-2", variante = "hors-delai" }]
    [places]
    cour = 1
    salle.2021-09-06 = 2
    [derogation.greve]
    regles = "salle"
    agent = "mairie"
    motif = "grève"
    instant = 2021-09-01T08:00:00+02:00
    [recopie]
    creneaux = "repas"
    du = 2021-09-13
    au = 2021-09-17
    jours = ["lundi", "mardi"]
    deja_pris = "garder"
    """
    text = DEMANDE.replace(
        '"valide"\n', '"valide"\nquotient = [{ valeur = 650, au = 2021-12-31 }, { valeur = 800.5, du = 2022-01-01 }]\n'
    )
    read = demande_from_text(text + more, engine.reglement)
    assert len(read.facts().history("quotient")) == 2
    assert len(read.planning().overrides) == 1
    assert read.occupancy().taken == (("cour", None, 1), ("salle", date(2021, 9, 6), 2))
    pattern = read.pattern()
    assert pattern is not None
    assert len(pattern.dates()) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    (
        (
            "[recopie]\ndu = 2021-09-13\nau = 2021-09-17\njours = 'lundi'\ndeja_pris = 'garder'",
            "dites ce que l'on recopie",
        ),
        (
            "[recopie]\nmodele = 2021-09-09\ndu = 2021-09-13\nau = 2021-09-17\njours = 'lundi'\ndeja_pris = 'garder'",
            "n'est pas dans [veut]",
        ),
        ("[deja]\n2021-09-10 = ['midi-2', { creneau = 'midi-2', variante = 'hors-delai' }]", "à la fois"),
        ("[places.x]\n2021-09-06 = 2", "capacité inconnue"),
        ("[surprise]\na = 1", "clé inconnue"),
    ),
)
def test_wrong_demandes_are_refused(more: str, said: str) -> None:
    """What a demande cannot say is named with its way out."""
    engine = engine_from_text(CLUSES)
    with pytest.raises(InvalidDemandeError) as caught:
        demande_from_text(f"{DEMANDE}\n{more}", engine.reglement)
    assert said in str(caught.value)


RELEVE = (EXAMPLES / "massingy/releve.toml").read_text("utf-8")


def reading(kind: str, text: str) -> InvalidValueError:
    """What is said of a text read as a règlement, a demande or a relevé."""
    reglement = engine_from_text(CLUSES).reglement
    readers: dict[str, Callable[[], object]] = {
        "reglement": lambda: engine_from_text(text),
        "demande": lambda: demande_from_text(text, reglement),
        "releve": lambda: releve_from_text(text, reglement),
    }
    with pytest.raises(InvalidValueError) as caught:
        readers[kind]()
    return caught.value


@pytest.mark.parametrize(
    ("kind", "text", "said", "english"),
    (
        ("demande", RELEVE, "un relevé ; il faut une demande", "clae-rules due REGLEMENT RELEVE"),
        ("demande", CLUSES, "un règlement ; il faut une demande", "clae-rules validate REGLEMENT"),
        ("reglement", DEMANDE, "une demande ; il faut un règlement", "clae-rules check REGLEMENT DEMANDE"),
        ("reglement", RELEVE, "un relevé ; il faut un règlement", "clae-rules due REGLEMENT RELEVE"),
        ("releve", DEMANDE, "une demande ; il faut un relevé", "clae-rules check REGLEMENT DEMANDE"),
        ("releve", CLUSES, "un règlement ; il faut un relevé", "clae-rules validate REGLEMENT"),
    ),
)
def test_a_file_of_another_kind_is_named_once(kind: str, text: str, said: str, english: str) -> None:
    """S1.2: a file given in the place of another is one fault, that says what it is and which command reads it."""
    (fault,) = reading(kind, text).faults
    assert f"c'est {said}" in fault.fr
    assert "this is a " in fault.en
    assert english in fault.fr
    assert english in fault.en
    assert fault.line is not None


@pytest.mark.parametrize(
    ("text", "line", "column", "fr", "en"),
    (
        ('{"a": 1,\n "b" 2}', 2, 6, "il manque « : » après la clé", "missing « : » after the key"),
        ('{"a": 1\n "b": 2}', 2, 2, "séparez par une virgule", "separate with a comma"),
        ('{"a": }', 1, 7, "il manque une valeur", "missing value"),
        ("{'a': 1}", 1, 2, "une clé entre guillemets", "a key in double quotes"),
        ('{"a": "x}', 1, 7, "n'est pas fermé", "not closed"),
        ('{"a": "x\ny"}', 1, 9, "ne passe pas à la ligne", "no line break"),
        ('{"a": "\\x"}', 1, 8, "barre oblique inversée", "backslash"),
        ('{"a": 1}\n}', 2, 1, "après la fin", "follows the end"),
    ),
)
def test_a_slip_of_json_is_told_with_line_and_column(text: str, line: int, column: int, fr: str, en: str) -> None:
    """S1.2: what is wrong in JSON is told in the language asked, where it stands, with the way out."""
    with pytest.raises(InvalidReglementError) as caught:
        engine_from_text(text, "r.json")
    assert f"ligne {line} : JSON invalide, colonne {column} : " in caught.value.text()
    assert f"line {line}: invalid JSON, column {column}: " in caught.value.text("en")
    assert fr in caught.value.text()
    assert en in caught.value.text("en")
    assert "Expecting" not in caught.value.text("en")


def test_a_trailing_comma_of_json_is_told_whatever_the_interpreter() -> None:
    """A comma before the end of a list or a table is one error with its line."""
    for text in ('{"a": 1,\n}', '{"a": [1,\n]}'):
        assert re.search(r"ligne [12] : JSON invalide, colonne \d+ : .*(virgule|valeur)", faults(text, "r.json"))


def test_what_json_alone_allows_is_told_in_english_too() -> None:
    """A key given twice and a number that is none are told in both languages."""
    for text, said in (('{"a": 1, "a": 2}', "given twice"), ('{"a": NaN}', "« NaN » is no exact number")):
        with pytest.raises(InvalidReglementError) as caught:
            engine_from_text(text, "r.json")
        assert said in caught.value.text("en")


def test_a_json_file_may_begin_with_a_byte_order_mark() -> None:
    """What some editors put at the head of a file is let through, in JSON as in TOML."""
    plain = json.dumps(engine_from_text(CLUSES).reglement.plain(), ensure_ascii=False)
    assert engine_from_text("\ufeff" + plain, "r.json").applied == engine_from_text(CLUSES).applied


def test_a_file_that_cannot_be_opened_is_one_error_with_its_path(tmp_path: Path) -> None:
    """S1.2: no file, or a folder, is told as bad input is: the path, what is wrong, the way out, in both languages."""
    reglement = engine_from_text(CLUSES).reglement
    for load in (
        load_engine,
        load_reglement,
        lambda at: load_demande(at, reglement),
        lambda at: load_releve(at, reglement),
    ):
        for path, fr, en in (
            (tmp_path / "rien.toml", "aucun fichier à ce chemin", "no file at this path"),
            (tmp_path, "c'est un dossier", "this is a folder"),
        ):
            with pytest.raises(InvalidValueError) as caught:
                load(path)
            assert caught.value.text().startswith(f"{path}: {fr}")
            assert caught.value.text("en").startswith(f"{path}: {en}")


def test_why_a_file_cannot_be_opened_is_told_of_every_error_of_the_system() -> None:
    """A right that is missing has its own words; any other error still has a way out."""
    assert "pas le droit" in unopened(PermissionError()).fr
    assert "un fichier ordinaire" in unopened(OSError(40, "boucle")).fr


def test_a_file_that_is_no_text_is_told_so(tmp_path: Path) -> None:
    """A spreadsheet or a PDF given as a règlement is named as such, not by its first strange byte."""
    file = tmp_path / "reglement.xlsx"
    file.write_bytes(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xfe")
    with pytest.raises(InvalidReglementError) as caught:
        load_engine(file)
    assert "n'est pas un fichier texte" in str(caught.value)
    assert "no text file" in caught.value.text("en")


def test_an_amount_below_zero_is_told_what_it_must_be() -> None:
    """A price below 0 is refused as one, not as something that is no amount."""
    said = faults(changed(("prix     = 0.25", "prix     = -0.25")))
    assert said == "reglement.toml: ligne 170 : tarif.midi-2.prix : lu « -0.25 » ; il faut un montant de 0 ou plus"


def test_a_syntax_fault_is_told_in_english_too() -> None:
    """What the TOML reader says comes first, then our way out."""
    with pytest.raises(InvalidReglementError) as caught:
        engine_from_text("a = \n")
    assert caught.value.text("en").startswith("reglement.toml: line 1: not valid TOML: Invalid value")
