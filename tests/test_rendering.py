"""A règlement told in French articles: every kind has its sentence, nothing is left out, and it is always the same."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import pytest
from tests.small import SMALL, engine

from clae_rules import load_reglement
from clae_rules.described import Alternatives, Coded, Key, ListOf, Record, Shape, TableOf, keys_of
from clae_rules.errors import Fault
from clae_rules.files.lines import read_toml
from clae_rules.files.reading import engine_from_text
from clae_rules.reglement import REGLEMENT, Reglement
from clae_rules.rendering import SENTENCES, render
from clae_rules.rendering.speaker import Speaker
from clae_rules.shapes import Amount, Either, Slug, Text

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = sorted((ROOT / "examples").rglob("reglement.toml"))


def told_classes(shape: Shape, found: dict[type, None]) -> dict[type, None]:
    """Every described class that a file may hold, below a shape."""
    inner: list[Shape] = []
    if isinstance(shape, Record) and shape.cls not in found:
        found[shape.cls] = None
        inner = [key.shape for _, key in keys_of(shape.cls)]
    elif isinstance(shape, Alternatives):
        inner = [Record(cls) for cls in shape.classes]
    elif isinstance(shape, Coded | TableOf | ListOf):
        inner = [shape.item]
    elif isinstance(shape, Either):
        inner = [one for one in (shape.text, shape.table, shape.rows) if one is not None]
    for one in inner:
        told_classes(one, found)
    return found


def test_every_kind_has_its_sentence() -> None:
    """A class that a file may hold and that no sentence tells is a kind to which its sentence is missing."""
    classes = told_classes(REGLEMENT, {})

    assert [cls.__name__ for cls in classes if cls not in SENTENCES and cls is not Reglement] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_item_is_told(path: Path) -> None:
    """Each item of each section has its article, by its name or its code, numbered through."""
    reglement = load_reglement(path)
    text = render(reglement)
    articles = [line for line in text.splitlines() if line.startswith("### Article ")]

    assert [int(line.split()[2].rstrip(".")) for line in articles] == list(range(1, len(articles) + 1))
    for one, key in keys_of(Reglement):
        if isinstance(key.shape, Coded):
            for item in getattr(reglement, one.name):
                name = getattr(item, "label", "") or item.code.replace("-", " ")
                assert name.lower() in text.lower(), (key.name, item.code)
    for slot in reglement.slots().values():
        assert f"[code {slot.code}]" in text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_telling_is_always_the_same(path: Path) -> None:
    """The articles depend on the data alone: read again, from another form, they are the same to the letter."""
    reglement = load_reglement(path)
    again = engine_from_text(json.dumps(reglement.plain()), "r.json").reglement

    assert render(reglement) == render(reglement) == render(again)


#: Keys whose value is a code, told under the name of what it stands for; and the version of the format.
CODES: Final = ("format", "code", "etablissement", "mode")


def changed(plain: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The same data with one thing changed or taken out, again and again, with where it was."""
    pairs = list(plain.items()) if isinstance(plain, dict) else list(enumerate(plain))
    for key, value in pairs:
        here = (*path, key)
        rest = {k: v for k, v in pairs if k != key} if isinstance(plain, dict) else [v for k, v in pairs if k != key]
        yield here, rest
        others = [one for _, one in changed(value, here)] if isinstance(value, dict | list) else list(other(value))
        for one in others:
            laid = copy.copy(plain)
            laid[key] = one
            yield here, laid


def other(value: Any) -> Iterator[Any]:
    """Other values near one: of those that can be read, each must be told otherwise."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield f"{value} bis"
        yield from ["non publié"] if value[:1].isdigit() else []
        yield value.replace("avant", "jusqu'à")
        for number in re.finditer(r"\d+", value):
            yield f"{value[: number.start()]}{int(number[0]) + 1:0{len(number[0])}}{value[number.end() :]}"


#: A règlement that uses every class of the format.
EVERYTHING: Final = Path(__file__).with_name("everything.toml")


def rich() -> Reglement:
    """The règlement that uses everything, read without the check of its days."""
    faults: list[Fault] = []
    found = REGLEMENT.read(read_toml(EVERYTHING.read_text("utf-8")), (), faults)
    assert [one.text() for one in faults] == []
    assert isinstance(found, Reglement)
    return found


def test_the_rich_reglement_uses_every_class() -> None:
    """What the law below is held on leaves no described class out."""
    used = {type(value) for value in (rich(), *everything(rich()))}
    used |= {type(value) for path in EXAMPLES for value in everything(load_reglement(path))}

    assert {cls.__name__ for cls in told_classes(REGLEMENT, {})} - {cls.__name__ for cls in used} == set()


def everything(value: Any) -> Iterator[Any]:
    """Every value inside one, at any depth."""
    if isinstance(value, tuple):
        for one in value:
            yield from everything(one)
    elif is_dataclass(value):
        yield value
        for field in fields(value):
            yield from everything(getattr(value, field.name))


@pytest.mark.parametrize("start", (0, *(pytest.param(one, marks=pytest.mark.campaign) for one in range(1, 5))))
@pytest.mark.parametrize(
    "path",
    (EVERYTHING, *(pytest.param(one, marks=pytest.mark.campaign) for one in EXAMPLES)),
    ids=lambda path: path.parent.name,
)
def test_nothing_is_left_out(path: Path, start: int) -> None:
    """Whatever is changed in the data, or taken out, is seen in the articles; a fifth of the changes at a time."""
    reglement = rich() if path == EVERYTHING else load_reglement(path)
    articles = render(reglement)
    silent, seen = [], 0
    for where, variant in islice(changed(reglement.plain()), start, None, 5):
        found = REGLEMENT.read(variant, (), [])
        if isinstance(found, Reglement) and found != reglement and where[-1] not in CODES:
            seen += 1
            if render(found) == articles:
                silent.append(where)

    assert silent == []
    assert seen > 10


def test_what_a_sentence_leaves_out_is_told_from_its_description() -> None:
    """A field that no sentence speaks of is told with its description, key and value; so is a class without any."""

    @dataclass(frozen=True, slots=True)
    class Fine:
        code: Annotated[str, Key("", Slug(), "")]
        amount: Annotated[Any, Key("montant", Amount(), "Ce que l'on paie.", "1.00")]
        note: Annotated[str, Key("note", Text(), "Une remarque.")] = ""

    fine = Record(Fine).read({"montant": 5, "note": "écrit ici"}, (), [], "x")
    reglement = engine().reglement
    silent = Speaker(reglement, {})
    short = Speaker(reglement, {Fine: lambda one, _: f"Amende de {one.amount / 100} euros"})

    assert silent.tell(fine) == "ce que l'on paie (montant) : 5,00\N{NO-BREAK SPACE}€ ; une remarque (note) : écrit ici"
    assert short.tell(fine) == "Amende de 5 euros ; une remarque (note) : écrit ici"


def test_the_status_of_an_abonnement_is_a_sentence() -> None:
    """A status is told as what the child is while it lasts, be it a word, yes or no, or a number."""
    terms = 'nom = "Jours fixes"\nsouscrire = "sans limite"\nsuspendre = "jamais"\nhypothese = "x"\nfait = '
    for given, said in (
        ('{ residence = "commune" }', "l'enfant a pour residence « commune »"),
        ("{ abonne = true }", "l'enfant est « abonne »"),
        ("{ abonne = false, rang = 2 }", "l'enfant n'est pas « abonne » et a pour rang 2"),
    ):
        facts = SMALL["faits"] + '\nabonne = "oui ou non"'
        text = render(engine({"abonnement.fixe": f"{terms}{given}", "faits": facts}).reglement)
        assert f"; tant qu'il dure, {said} :" in text
