"""The règlements of real towns under examples/reglements: each answer of an attendu.toml, whatever the town."""

from __future__ import annotations

import importlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pytest

from clae_rules import load_engine, load_reglement

pytest.importorskip("typer")
cli = importlib.import_module("clae_rules.cli")

TOWNS: Final = sorted(path.parent for path in Path(__file__).parents[1].glob("examples/reglements/*/attendu.toml"))
#: What an answer is asked with, and why; all other keys are what it must say.
ASKED: Final = {"dit", "calcul", "fichier", "commande", "date", "instant", "avec", "sans"}
Answer = Mapping[str, Any]
FAMILIES: Final = {"D": "A", "L": "B", "U": "B", "N": "B", "P": "B", "I": "C", "T": "D", "R": "E", "S": "F", "F": "G"}


def expected(town: Path) -> dict[str, Any]:
    """What a town's folder expects, with exact numbers."""
    return tomllib.loads((town / "attendu.toml").read_text("utf-8"), parse_float=Decimal)


ANSWERS: Final = [
    pytest.param(town, one, id=f"{town.name}-{i}")
    for town in TOWNS
    for i, one in enumerate(expected(town)["reponse"], start=1)
]


def with_changes(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A file's tables with some keys said otherwise; a table of dates is replaced whole."""
    merged = dict(base)
    for key, value in changes.items():
        inner = merged.get(key)
        dated = isinstance(value, dict) and all(one[:1].isdigit() for one in value)
        merged[key] = with_changes(inner, value) if isinstance(inner, dict) and not dated else value
    return merged


def without(said: dict[str, Any], path: Sequence[str]) -> None:
    """Take one key away, named by its path."""
    first, *rest = path
    if not rest:
        del said[first]
    else:
        said[first] = dict(said[first])
        without(said[first], rest)


def plain(value: object) -> str | float:
    """A date or an exact number, as JSON takes it."""
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, Decimal)
    return float(value)


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """A règlement that is asked many questions is read once."""
    with pytest.MonkeyPatch.context() as patch:
        once = lru_cache(maxsize=2)(load_engine)
        for name in ("frame", "judging"):
            patch.setattr(f"clae_rules.cli.{name}.load_engine", once)
        yield


def ask(town: Path, one: Mapping[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What the command line answers, as JSON; with `avec` and `sans`, the file is first said otherwise."""
    file = town / one["fichier"]
    if "avec" in one or "sans" in one:
        said = with_changes(tomllib.loads(file.read_text("utf-8")), one.get("avec", {}))
        for path in one.get("sans", ()):
            without(said, path.split("."))
        file = folder / "demande.json"
        file.write_text(json.dumps(said, default=plain, ensure_ascii=False), "utf-8")
    argv = [one.get("commande", "recap"), str(town / "reglement.toml"), str(file), "--format", "json"]
    argv += [str(one["date"])] if "date" in one else []
    argv += ["--now", one["instant"].isoformat()] if "instant" in one else []
    code = cli.run(argv)
    told = capsys.readouterr()
    assert code != 2, told.err
    return dict(json.loads(told.out))


def euros(cents: int | None) -> Decimal | None:
    """Cents as exact euros; None where the amount is not known."""
    return None if cents is None else Decimal(cents) / 100


def told(answer: Answer, what: str) -> list[str]:
    """The rules, or else the codes, of what is refused or in doubt."""
    return sorted({one["regle"] or one["code"] for day in answer["dates"] for one in day[what]})


def repairs_of(answer: Answer) -> list[str]:
    """The repairs of refused dates: « +slot » to add, « -slot » to remove."""
    found = [one for day in answer["dates"] for one in day["reparations"]]
    return [" ".join([*(f"+{x}" for x in one["ajouter"]), *(f"-{x}" for x in one["enlever"])]) for one in found]


def boxes_of(answer: Answer, wanted: Answer, what: str) -> dict[str, Any]:
    """What is said of the boxes asked about: « repas » is the normal one, « repas hors-délai » the late one."""
    late = {"hors-delai": " hors-délai"}
    found = {one["creneau"] + late.get(one["variante"], ""): one[what] for one in answer["cases"]}
    return {box: said for box, said in found.items() if box in wanted}


def bill(answer: Answer) -> Answer:
    """The récapitulatif of an answer."""
    return dict(answer.get("recapitulatif", answer))


def unknown_of(answer: Answer, wanted: Sequence[str]) -> list[str]:
    """Those parts of sentences that some unknown price says; each unknown price must say one."""
    texts = [one["texte"] for one in bill(answer)["inconnus"]]
    silent = [text for text in texts if not any(part in text for part in wanted)]
    return [part for part in wanted if any(part in text for text in texts)] + silent


def lines_of(answer: Answer) -> dict[str, Decimal | None]:
    """Each line of a récapitulatif, or of what is due, and its amount."""
    return {one["designation"]: euros(one.get("montant_cents", one.get("du_cents"))) for one in bill(answer)["lignes"]}


#: How what an answer says is read under each key, in the terms of the expectation.
READ: Final[Mapping[str, Callable[[Answer, Any], Any]]] = {
    "statut": lambda answer, _: answer.get("abonnement", answer).get("statut", answer.get("etat")),
    "effet": lambda answer, _: answer["abonnement"]["effet"],
    "accordees": lambda answer, _: [one["date"] for one in answer["dates"] if one["accordee"]],
    "refus": lambda answer, _: told(answer, "refus"),
    "doutes": lambda answer, _: told(answer, "doutes"),
    "reparations": lambda answer, _: repairs_of(answer),
    "priorites": lambda answer, _: {x: first for day in answer["dates"] for x, first in day["priorites"].items()},
    "en_attente": lambda answer, _: {x: why for day in answer["dates"] for x, why in day["en_attente"].items()},
    "cases": lambda answer, wanted: boxes_of(answer, wanted, "etat"),
    "prix": lambda answer, wanted: {x: euros(y) for x, y in boxes_of(answer, wanted, "prix_cents").items()},
    "classes": lambda answer, _: {one["date"]: one["classe"] for one in answer["dates"]},
    "lignes": lambda answer, _: lines_of(answer),
    "total": lambda answer, _: euros(bill(answer)["total_cents"]),
    "inconnus": unknown_of,
    "a_savoir": lambda answer, _: sorted({one["code"] for one in answer["a_savoir"]}),
    "indecis": lambda answer, _: sorted({one["code"] for one in answer["indecis"]}),
}


@pytest.mark.parametrize(("town", "one"), ANSWERS)
def test_every_answer_is_the_expected_one(
    town: Path, one: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each answer of an attendu.toml is given by the command line, to the cent."""
    wanted = {key: value for key, value in one.items() if key not in ASKED}
    assert one["dit"]
    assert wanted, "an answer that expects nothing"
    answer = ask(town, one, tmp_path, capsys)
    assert {key: READ[key](answer, value) for key, value in wanted.items()} == wanted


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: str(town.name))
def test_every_file_is_asked_and_every_town_names_its_page(town: Path) -> None:
    """A demande that nothing asks would rot; a règlement without its page could not be checked."""
    asked = {one["fichier"] for one in expected(town)["reponse"]}
    assert {path.name for path in town.glob("*.toml")} - asked == {"attendu.toml", "reglement.toml"}
    pages = {one.code: one.page for one in load_reglement(town / "reglement.toml").documents}
    assert pages["page"].startswith("http")


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: str(town.name))
def test_every_kind_is_where_the_folder_says(town: Path) -> None:
    """Each kind of rule that a folder claims to show is an item of its règlement."""
    written = tomllib.loads((town / "reglement.toml").read_text("utf-8"))
    for kind, where in expected(town)["genres"].items():
        assert kind[0] in FAMILIES, kind
        item: Any = written
        for part in where.split("."):
            assert part in item, f"{kind} : {where}"
            item = item[part]


def test_every_family_is_shown_by_several_answers() -> None:
    """The examples together show every family of the vocabulary, A to G, each with what passes and what fails."""
    shown = {FAMILIES[kind[0]] for town in TOWNS for kind in expected(town)["genres"]}
    assert shown == set("ABCDEFG")
    for town in TOWNS:
        assert len({one.get("statut", "") for one in expected(town)["reponse"]}) > 1, town.name
