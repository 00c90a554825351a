"""Bad input everywhere: each value of each example, spoilt in turn, is one clear error that names its place (S1.2)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from clae_rules.errors import Fault, InvalidReglementError, path_text
from clae_rules.files.reading import engine_from_text, load_engine

EXAMPLES: Final = sorted((Path(__file__).parents[1] / "examples").rglob("reglement.toml"))
#: How many places of an example are spoilt, spread over the whole file; the campaign spoils every one.
SOME: Final = 24
#: What stands in place of a value: nothing that any key of the format takes.
NONSENSE: Final = "¤ n'importe quoi ¤"
#: Keys under which any line of text may stand.
TEXTS: Final = frozenset(
    {
        "nom",
        "court",
        "hypothese",
        "titre",
        "page",
        "message",
        "version",
        "dit",
        "pourquoi",
        "motif",
        "arrivee",
        "depart",
    }
)
Spot = tuple[str | int, ...]


def spots(plain: Any, path: Spot = ()) -> Iterator[Spot]:
    """Every place of a règlement, tables and lists included, the outermost first."""
    if path:
        yield path
    inside = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for key, one in inside:
        yield from spots(one, (*path, key))


def spoilt(plain: Any, path: Spot, change: Callable[[Any, str | int], None]) -> Any:
    """A copy of a règlement with one place of it changed."""
    made = copy.deepcopy(plain)
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return made


def refused(plain: Any) -> tuple[Fault, ...]:
    """The faults of a règlement in its normal form; none where it is sound."""
    try:
        engine_from_text(json.dumps(plain), "essai.json")
    except InvalidReglementError as error:
        return error.faults
    return ()


def is_text(path: Spot) -> bool:
    """Whether any words may stand there: a name, a title, a source's page, a word of a fact's list."""
    return path[-1] in TEXTS or (path[0] == "faits" and len(path) == 3)


def near(fault: Fault, path: Spot) -> bool:
    """Whether a fault points at a place, at what holds it, or at something inside."""
    shared = min(len(fault.path), len(path))
    return shared > 0 and fault.path[:shared] == path[:shared]


def clear(fault: Fault) -> bool:
    """Whether a fault is one line in both languages, and more than a word."""
    return all(said and "\n" not in said and len(said) > 10 for said in (fault.fr, fault.en))


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.parent.name)
def plain(request: pytest.FixtureRequest) -> Any:
    """The normal form of each example."""
    return json.loads(json.dumps(load_engine(request.param).reglement.plain()))


def spread(places: list[Spot]) -> list[Spot]:
    """Some of the places, evenly."""
    return places[:: max(1, len(places) // SOME)]


Picked = Callable[[list[Spot]], list[Spot]]


@pytest.fixture(params=[pytest.param(spread, id="some"), pytest.param(list, id="every", marks=pytest.mark.campaign)])
def picked(request: pytest.FixtureRequest) -> Picked:
    """Which places are spoilt: some of them, or in the campaign every one."""
    found: Picked = request.param
    return found


def test_a_value_of_another_type_is_named(plain: Any, picked: Picked) -> None:
    """A word where a table, a list, a number or a code should be: one of the faults stands at that very place."""
    for path in picked([one for one in spots(plain) if not is_text(one)]):
        faults = refused(spoilt(plain, path, lambda holder, key: holder.__setitem__(key, NONSENSE)))
        assert any(near(fault, path) for fault in faults), (path_text(path), [one.text() for one in faults])
        assert all(clear(fault) for fault in faults)


def test_a_list_where_none_belongs_is_named(plain: Any, picked: Picked) -> None:
    """An empty list never stands for a value."""
    for path in picked([one for one in spots(plain) if one[0] != "jours"]):
        holder = plain
        for key in path:
            holder = holder[key]
        if isinstance(holder, list):
            continue
        faults = refused(spoilt(plain, path, lambda holder, key: holder.__setitem__(key, [])))
        assert any(near(fault, path) for fault in faults), (path_text(path), [one.text() for one in faults])


def test_an_unknown_key_is_named(plain: Any, picked: Picked) -> None:
    """A key that the format does not know is refused wherever it stands, never ignored."""
    tables = [one for one in spots(plain) if isinstance(_at(plain, one), dict)]
    for path in picked(tables):
        made = copy.deepcopy(plain)
        _at(made, path)["cle-inconnue"] = NONSENSE
        faults = refused(made)
        assert any(near(fault, path) for fault in faults), (path_text(path), [one.text() for one in faults])


def test_what_is_taken_away_is_missed_or_was_free_to_leave_out(plain: Any, picked: Picked) -> None:
    """Without a key a règlement is sound or says, in words, what is missing; it never crashes."""
    for path in picked([*spots(plain)]):
        faults = refused(spoilt(plain, path, lambda holder, key: holder.__delitem__(key)))
        assert all(clear(fault) for fault in faults), path_text(path)


def test_every_fault_is_told_at_once(plain: Any) -> None:
    """Two values spoilt in different sections are both named by one reading."""
    sections = [("etablissement",), ("periode",), ("delai",)]
    places = [next(one for one in spots(plain) if one[: len(head)] == head and len(one) == 3) for head in sections]
    made = plain
    for path in places:
        made = spoilt(made, path, lambda holder, key: holder.__setitem__(key, 3.5))
    faults = refused(made)
    for path in places:
        assert any(near(fault, path) for fault in faults), (path_text(path), [one.text() for one in faults])


def _at(plain: Any, path: Spot) -> Any:
    for key in path:
        plain = plain[key]
    return plain
