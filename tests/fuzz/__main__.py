"""
The command of the fuzzer: one target, so many seconds, from its corpus and the examples.

    PYTHONPATH=src python -m tests.fuzz reglement --seconds 120

It needs `clae-rules[fuzz]`. What it finds new goes into --found, a folder of your own; a crash is written to
`tests/fuzz/crashes/<target>/` and replayed from then on by `pytest tests/test_fuzz.py`.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

#: Files of the examples from which a target starts besides its own corpus.
SEEDS: Final = {"reglement": "**/reglement.toml", "demande": "**/demande*.toml", "releve": "**/releve.toml"}
#: The longest input of a target, where 40 kB would be too much.
MOST_BYTES: Final = {"decision": 64, "bookings": 4_000, "event": 4_000, "form": 8_000}
HERE: Final = Path(__file__).parent
EXAMPLES: Final = HERE.parents[1] / "examples"


def main(argv: list[str] | None = None) -> None:
    """Fuzz one target; libFuzzer prints its figures and ends the process, with 1 and more where it found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Coverage-guided fuzzing of clae_rules.")
    parser.add_argument("target", help="reglement, demande, releve, bookings, event, form or decision")
    parser.add_argument("--seconds", type=int, default=60, help="how long (60)")
    parser.add_argument("--found", type=Path, help="a folder that keeps inputs which reach new code")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (1)")
    given = parser.parse_args(argv)

    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["clae_rules"]):
        targets = importlib.import_module("tests.fuzz.targets")
        mutations = importlib.import_module("tests.fuzz.mutations")
        if "form" in targets.TARGETS:
            importlib.import_module("clae_rules.adapters.forms")
            importlib.import_module("clae_rules.adapters.households")
    if given.target not in targets.TARGETS:
        parser.error(f"no target « {given.target} »; there are {', '.join(targets.TARGETS)}")

    def mutator(data: bytes, most: int, seed: int) -> bytes:
        # one in three stays a mutation of bytes, which finds what breaks the reading itself
        made = mutations.mutated(data, seed, most) if seed % 3 and given.target != "decision" else None
        bytes_made: bytes = atheris.Mutate(data, most) if made is None else made
        return bytes_made

    with tempfile.TemporaryDirectory() as scratch:
        seeds = Path(scratch) / "seeds"
        seeds.mkdir()
        pattern = SEEDS.get(given.target)
        for i, file in enumerate(sorted(EXAMPLES.glob(pattern)) if pattern else ()):
            (seeds / f"{i}").write_bytes(file.read_bytes())
        found = given.found or Path(scratch) / "found"
        crashes = HERE / "crashes" / given.target
        for folder in (found, crashes):
            folder.mkdir(parents=True, exist_ok=True)
        options = [f"-max_total_time={given.seconds}", f"-seed={given.seed}", f"-artifact_prefix={crashes}/"]
        limits = [
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
            f"-max_len={MOST_BYTES.get(given.target, 40_000)}",
        ]
        corpus = [str(folder) for folder in (found, HERE / "corpus" / given.target, seeds)]
        atheris.Setup([sys.argv[0], *options, *limits, *corpus], targets.TARGETS[given.target], custom_mutator=mutator)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
