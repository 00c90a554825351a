"""What the fuzzer starts from and what it once found, replayed without it: nothing but the documented errors (S13.1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import HERE, TARGETS

from clae_rules import InvalidReglementError, engine_from_text

FILES = [
    pytest.param(TARGETS[file.parent.name], file, id=f"{file.parent.name}/{file.name}")
    for folder in ("corpus", "crashes")
    for file in sorted(HERE.glob(f"{folder}/*/*"))
    if file.parent.name in TARGETS
]


@pytest.mark.parametrize(("target", "file"), FILES)
def test_what_was_once_tried_raises_nothing_unforeseen(target: Callable[[bytes], None], file: Path) -> None:
    """S13.1: whatever a stranger hands in is read, or refused by an error of this package that names its faults."""
    target(file.read_bytes())


@pytest.mark.parametrize("name", [name for name in TARGETS if name != "decision"])
def test_slips_of_a_file_raise_nothing_unforeseen(name: str) -> None:
    """A few values of a file changed, dropped, moved or doubled: the fuzzer's mutations, in a fixed order."""
    files = sorted(HERE.glob(f"corpus/{name}/*"))
    made = [one for file in files for seed in range(40) if (one := mutated(file.read_bytes(), seed, 40_000))]
    for data in made:
        TARGETS[name](data)
    assert bool(made) is (name != "bookings")  # a CSV is no data to change


def test_a_corpus_is_kept_for_each_target() -> None:
    """Every target starts from something that gets past its first line."""
    assert {folder.name for folder in (HERE / "corpus").iterdir()} >= set(TARGETS)


def test_mutations_reach_both_sides_of_the_reader() -> None:
    """Some mutants of a small règlement are still sound, and more are not: what is tried is near what is allowed."""
    text = (HERE / "corpus/reglement/petit.toml").read_bytes()
    outcomes = set()
    for seed in range(60):
        data = mutated(text, seed, 40_000)
        assert data is not None
        try:
            engine_from_text(data.decode("utf-8", "replace"), "lu.json")
        except InvalidReglementError:
            outcomes.add("refused")
        else:
            outcomes.add("read")
    assert outcomes == {"read", "refused"}


def test_what_is_no_data_is_left_to_the_mutation_of_bytes() -> None:
    """Bytes that are neither JSON nor TOML, and outcomes that are too long, have no mutant of data."""
    assert mutated(b"\xff{", 1, 1000) is None
    assert mutated(b"3", 1, 1000) is None
    assert mutated(b'{"a": "bbbbbbbbbb"}', 1, 1) is None
