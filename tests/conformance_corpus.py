"""
The corpus of examples/conformance: cases for every kind of rule of docs/kinds and every town of the examples.

`python -m tests.conformance_corpus` draws it anew. A case of a kind is kept first where the lines of the kind change its
answer, so that each kind that speaks of a booking is told apart from a règlement without it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tests.kinds_pages import BASE, entries, spliced

from clae_rules import ClaeRulesError, Status, load_engine
from clae_rules.engine import Engine
from clae_rules.files.reading import engine_from_plain
from clae_rules.kinds import KINDS
from clae_rules.testing.conformance import Answer, Trial, trials
from clae_rules.testing.conformance.corpus import schemas, written
from clae_rules.testing.conformance.trials import Oracle

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "examples" / "conformance"
README: Final = FOLDER / "README.md"
BEGIN: Final = "<!-- table : début -->"
END: Final = "<!-- table : fin -->"
SEED: Final = 2026
#: Cases drawn for a règlement, from which the kept ones are chosen.
MOST_DRAWN: Final = 300
#: Cases kept for each block of a kind, those that it alone decides first up to the second number; and for a town.
MOST_OF_A_KIND, MOST_TELLING, MOST_OF_A_TOWN = 30, 20, 20


@dataclass(frozen=True)
class Part:
    """
    The cases of one règlement.

    Args:
        name: That of its files.
        kind: The kind of rule that it shows; empty for a town.
        telling: How many of its cases are answered otherwise without the lines of the kind.
    """

    name: str
    kind: str
    engine: Engine
    cases: tuple[tuple[Trial, Answer], ...]
    telling: int = 0


def parts() -> Iterator[Part]:
    """The blocks of every kind, then the examples."""
    base = Oracle(engine_from_plain(tomllib.loads(BASE.read_text("utf-8"), parse_float=Decimal)))
    for entry in entries():
        for rank, block in enumerate(entry.blocks, 1):
            yield _of_kind(entry.code, f"{entry.code.lower()}-{rank}", engine_from_plain(spliced(block)), base)
    for path in sorted(ROOT.glob("examples/**/reglement.toml")):
        engine = load_engine(path)
        drawn = trials(engine, seed=SEED, most=MOST_OF_A_TOWN)
        yield Part(path.parent.name, "", engine, _answered(Oracle(engine), drawn))


def _of_kind(kind: str, name: str, engine: Engine, base: Oracle) -> Part:
    oracle = Oracle(engine)
    drawn = trials(engine, seed=SEED, most=MOST_DRAWN)
    telling = [one for one in drawn if oracle.answer(one).differs(_without(base, one))]
    spread = telling[:: max(1, len(telling) // MOST_TELLING)][:MOST_TELLING]
    kept = list(dict.fromkeys((*spread, *drawn)))[:MOST_OF_A_KIND]
    return Part(name, kind, engine, _answered(oracle, sorted(kept, key=drawn.index)), len(spread))


def _without(base: Oracle, trial: Trial) -> Answer:
    """What the base alone answers; undecided where it does not know a slot, a fact or a pool of the kind."""
    try:
        return base.answer(trial)
    except ClaeRulesError:
        return Answer(trial.code, Status.UNDECIDED)


def _answered(oracle: Oracle, some: Sequence[Trial]) -> tuple[tuple[Trial, Answer], ...]:
    numbered = (replace(one, code=f"{rank:03d}") for rank, one in enumerate(some, 1))
    return tuple((one, oracle.answer(one)) for one in numbered)


def files(found: Sequence[Part]) -> Mapping[Path, str]:
    """Every file of the corpus and what it holds."""
    made = {FOLDER / f"{name}.schema.json": _json(schema) for name, schema in schemas().items()}
    for one in found:
        plain = json.dumps(one.engine.reglement.plain(), ensure_ascii=False, separators=(",", ":"))
        made[FOLDER / "reglements" / f"{one.name}.json"] = f"{plain}\n"
        made[FOLDER / "cas" / f"{one.name}.jsonl"] = written(one.cases)
    return made


def _json(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def table(found: Sequence[Part]) -> str:
    """Each kind with its files, how many cases it has and how many tell it apart; then the examples."""
    labels = {one.code: one.label for one in KINDS}
    rows = ["| genre de règle | fichiers | cas | dont il décide |", "|---|---|---|---|"]
    for code, label in labels.items():
        mine = [one for one in found if one.kind == code]
        names = ", ".join(f"[{one.name}](cas/{one.name}.jsonl)" for one in mine)
        count, telling = sum(len(one.cases) for one in mine), sum(one.telling for one in mine)
        rows.append(f"| `{code}` {label} | {names} | {count} | {telling or '—'} |")
    towns = [one for one in found if not one.kind]
    names = ", ".join(f"[{one.name}](cas/{one.name}.jsonl)" for one in towns)
    rows.append(f"| règlements d'exemple | {names} | {sum(len(one.cases) for one in towns)} | |")
    total, telling = sum(len(one.cases) for one in found), sum(one.telling for one in found)
    rows.append(f"| **en tout** | {len(found)} règlements | {total} | {telling} |")
    return "\n".join([*rows, ""])


def renewed(page: str, made: str) -> str:
    """The README with its table as the corpus makes it."""
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{made}\n{END}", page, flags=re.DOTALL)


def main() -> None:
    """Draw the corpus anew."""
    found = tuple(parts())
    for folder in ("reglements", "cas"):
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
        for old in (FOLDER / folder).iterdir():
            old.unlink()
    for path, text in files(found).items():
        path.write_text(text, "utf-8")
    README.write_text(renewed(README.read_text("utf-8"), table(found)), "utf-8")


if __name__ == "__main__":
    main()
