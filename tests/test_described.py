"""One description of each field: reading, its messages, writing and schema follow from it (S1.2)."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pytest

from clae_rules.described import (
    REFUSED,
    Alternatives,
    Coded,
    Faults,
    Key,
    ListOf,
    Record,
    Shape,
    TableOf,
    leaves,
    quoted,
)
from clae_rules.errors import Fault, raise_all
from clae_rules.shapes import Flag, Slug, Text, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A described value."""

    code: Annotated[str, Key("", Slug(), "")]
    size: Annotated[int, Key("taille", Whole(1, 9), "La taille.", "3")]
    tags: Annotated[tuple[str, ...], Key("mots", ListOf(Slug(), single=True), "Des mots.")] = ()
    marks: Annotated[tuple[tuple[str, int], ...], Key("notes", TableOf(Slug(), Whole(0, 20), 2), "Des notes.")] = ()
    memo: int = 0

    def __post_init__(self) -> None:
        raise_all([Fault(("size",), "trop grand", "too large")] if self.size == 9 else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """One of two verbs."""

    verb: ClassVar[str] = "ouvre"
    code: Annotated[str, Key("", Slug(), "")]
    opens: Annotated[bool, Key(verb, Flag(), "Ouvre.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """The other verb."""

    verb: ClassVar[str] = "ferme"
    code: Annotated[str, Key("", Slug(), "")]
    shuts: Annotated[bool, Key(verb, Flag(), "Ferme.")]
    why: Annotated[str, Key("motif", Text(), "Pourquoi.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Tables in a table."""

    boxes: Annotated[tuple[Box, ...], Key("boite", Coded(Slug(), Record(Box), 2), "Des boîtes.")] = ()
    verbs: Annotated[
        tuple[Open | Shut, ...], Key("verbe", Coded(Slug(), Alternatives((Open, Shut))), "Des verbes.")
    ] = ()
    listed: Annotated[
        tuple[Open | Shut, ...], Key("liste", ListOf(Alternatives((Open, Shut)), True), "Une liste.")
    ] = ()
    first: Annotated[Box | None, Key("premiere", Record(Box), "La première.")] = None
    named: Annotated[tuple[tuple[str, Box], ...], Key("nommee", TableOf(Slug(), Record(Box)), "Par nom.")] = ()


ROOM = Record(Room)
GOOD: dict[str, Any] = {
    "boite": {"a": {"taille": 3, "mots": ["x"], "notes": {"n": 4}}, "b": {"taille": 1}},
    "verbe": {"o": {"ouvre": True}, "f": {"ferme": False, "motif": "grève"}},
    "liste": [{"ouvre": True}, {"ferme": True}],
    "premiere": {"taille": 2},
    "nommee": {"z": {"taille": 5}},
}


def faults_of(plain: object) -> list[str]:
    """The faults of a plain room, in French."""
    faults: Faults = []
    value = ROOM.read(plain, (), faults)
    assert (value is REFUSED) is bool(faults)
    assert all(fault.text("en") for fault in faults)
    return [fault.text() for fault in faults]


def test_what_is_read_is_written_back() -> None:
    """S1.2: the plain form gives the same value back; defaults are left out."""
    faults: Faults = []
    room = ROOM.read(GOOD, (), faults)
    assert faults == []
    assert ROOM.write(room) == GOOD
    assert ROOM.read(ROOM.write(room), (), faults) == room
    assert [one.code for one in room.boxes] == ["a", "b"]


def test_every_fault_is_told_at_once() -> None:
    """S1.2: unknown keys with the nearest one, missing keys with an example, wrong types, together."""
    assert faults_of({"boite": {"A!": {"tallie": 3}, "b": {"taille": "grand", "mots": ["Non"]}}, "premiere": 1}) == [
        "boite.A! : lu « A! » ; il faut un code en minuscules sans accent : lettres, chiffres, tirets",
        "boite.A!.tallie : clé inconnue ; vouliez-vous dire « taille » ?",
        "boite.A! : il manque « taille » ; par exemple : taille = 3",
        "boite.b.taille : lu « grand » ; il faut un nombre entier de 1 à 9",
        "boite.b.mots[0] : lu « Non » ; il faut un code en minuscules sans accent : lettres, chiffres, tirets",
        "premiere : lu « 1 » ; il faut une table (taille, mots, notes)",
    ]


@pytest.mark.parametrize(
    ("plain", "said"),
    (
        (3, "il faut une table (boite"),
        ({"boite": [1]}, "boite : lu « une liste » ; il faut des tables, une par code"),
        ({"boite": {c: {"taille": 1} for c in "abc"}}, "lu « 3 tables » ; il faut au plus 2"),
        ({"boite": {"a": {"taille": 9}}}, "boite.a.taille : trop grand"),
        ({"boite": {"a": {"taille": 1, "notes": 3}}}, "notes : lu « 3 » ; il faut une table"),
        ({"boite": {"a": {"taille": 1, "notes": {"x": 1, "y": 1, "z": 1}}}}, "lu « 3 clés » ; il faut au plus 2"),
        ({"boite": {"a": {"taille": 1, "mots": []}}}, "lu « 0 éléments » ; il faut une liste de 1 à 1000"),
        ({"verbe": {"a": {"ouvre": True, "ferme": True}}}, "lu « ouvre, ferme » ; un seul verbe parmi"),
        ({"verbe": {"a": {"ouvr": True}}}, "lu « ouvr » ; vouliez-vous dire « ouvre » ?"),
        ({"verbe": {"a": {"motif": "x"}}}, "lu « aucun verbe » ; un seul verbe parmi"),
        ({"verbe": {"a": 1}}, "il faut un seul verbe parmi : ouvre, ferme"),
    ),
)
def test_a_fault_says_what_was_read_and_the_way_out(plain: object, said: str) -> None:
    """S1.2: place, the user's own word, the way out."""
    told = faults_of(plain)
    assert any(said in one for one in told), told


def test_a_list_without_brackets_is_refused_unless_it_may_stand_alone() -> None:
    """S1.2: where one value may stand alone it is read as a list of one, else it is a fault."""
    faults: Faults = []
    assert ListOf(Slug(), single=True).read("a", (), faults) == ("a",)
    assert ListOf(Slug(), single=True).read(1, (), faults) is REFUSED
    assert ListOf(Slug()).read("a", ("x",), faults) is REFUSED
    assert "une liste de 1 à 1000" in faults[-1].fr


def test_every_described_field_has_its_path() -> None:
    """S1.2: each leaf is found with the path that it has in the file."""
    room = ROOM.read(GOOD, (), [])
    paths = {path for path, _, _ in leaves(room)}
    expected: set[tuple[str | int, ...]] = {
        ("boite", "a", "taille"),
        ("verbe", "f", "motif"),
        ("liste", 1, "ferme"),
        ("premiere", "taille"),
        ("nommee", "z", "taille"),
    }
    assert expected <= paths


def test_the_schema_is_json() -> None:
    """S1.2: editors get a JSON Schema of the same descriptions."""
    assert ROOM.schema() == {"$ref": "#/$defs/Room"}
    room, box = ROOM.definition(), Record(Box).definition()
    assert json.loads(json.dumps([room, box])) == [room, box]
    assert room["properties"]["boite"]["additionalProperties"] == {"$ref": "#/$defs/Box"}
    assert box["required"] == ["taille"]
    assert box["additionalProperties"] is False
    assert "required" not in room


def test_a_value_is_quoted_short_and_on_one_line() -> None:
    """S1.2: a message shows the user's own word, never a page of it."""
    assert quoted("a\n b") == "« a b »"
    assert quoted("x" * 70) == f"« {'x' * 60}… »"
    assert quoted([1]) == "« une liste »"


def test_a_shape_without_description_says_so() -> None:
    """S1.2: a shape that forgets a part fails where it is used."""
    for call in (Shape().expects, Shape().schema, lambda: Shape().read(1, (), [])):
        with pytest.raises(NotImplementedError):
            call()
    assert Shape().write(3) == 3
