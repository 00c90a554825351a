"""
The corpus of examples/conformance: cases for every kind of rule of docs/kinds and every town of the examples.

`python -m tests.conformance_corpus` draws it anew. A case of a kind is kept first where the lines of the kind change its
answer, so that each kind that speaks of a booking is told apart from a règlement without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tests.kinds_pages import entries, spliced

from clae_rules import ClaeRulesError, Status, load_engine
from clae_rules.engine import Engine
from clae_rules.files.reading import engine_from_plain
from clae_rules.kinds import KINDS
from clae_rules.testing.conformance import Answer, Trial, corpus, trials
from clae_rules.testing.conformance import months as bills
from clae_rules.testing.conformance.months import Month, months, owed
from clae_rules.testing.conformance.schemas import schemas
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
#: The same of months.
MOST_MONTHS_DRAWN, MOST_MONTHS, MOST_TELLING_MONTHS, MOST_MONTHS_OF_A_TOWN = 50, 16, 12, 6
#: Kinds that speak of months by the deadlines of the base.
ABOUT_MONTHS: Final = frozenset({"F-BASE-RESA", "R-AUCUN", "R-RETENUE"})


#: A price by the grid, for a kind whose lines are those of the grid alone.
BY_GRID: Final = """
[tarif.repas]
creneaux = "repas"
par      = "créneau"
selon    = "qf"
prix     = { A = 1.00, B = 3.05, C = 5.50 }
"""


@dataclass(frozen=True)
class Part:
    """
    The cases of one règlement.

    Args:
        name: That of its files.
        kind: The kind of rule that it shows; empty for a town.
        telling: How many of its cases and months are answered otherwise without the lines of the kind.
        bills: Its months, where it speaks of what happens in one.
    """

    name: str
    kind: str
    engine: Engine
    cases: tuple[tuple[Trial, Answer], ...]
    telling: int = 0
    bills: tuple[Month, ...] = ()


def parts() -> Iterator[Part]:
    """The blocks of every kind, then the examples."""
    bases = {more: Oracle(engine_from_plain(spliced(more))) for more in ("", BY_GRID)}
    for entry in entries():
        for rank, block in enumerate(entry.blocks, 1):
            more = BY_GRID if "[grille." in block and "[tarif." not in block else ""
            engine = engine_from_plain(spliced(block + more))
            yield _of_kind(entry.code, f"{entry.code.lower()}-{rank}", engine, bases[more])
    for path in sorted(ROOT.glob("examples/**/reglement.toml")):
        engine = load_engine(path)
        drawn = trials(engine, seed=SEED, most=MOST_OF_A_TOWN)
        drawn_months = months(engine, seed=SEED, most=MOST_MONTHS_OF_A_TOWN) if _bills(engine) else ()
        yield Part(path.parent.name, "", engine, _answered(Oracle(engine), drawn), 0, drawn_months)


def _bills(engine: Engine) -> bool:
    """Whether a règlement speaks of what happens in a month."""
    return bool(engine.reglement.constats or engine.reglement.absences or engine.reglement.evenements)


def _of_kind(kind: str, name: str, engine: Engine, base: Oracle) -> Part:
    oracle = Oracle(engine)
    drawn = trials(engine, seed=SEED, most=MOST_DRAWN)
    telling = [one for one in drawn if oracle.answer(one).differs(_without(base, one))]
    spread = telling[:: max(1, len(telling) // MOST_TELLING)][:MOST_TELLING]
    kept = list(dict.fromkeys((*spread, *drawn)))[:MOST_OF_A_KIND]
    found, decided = _months_of(kind, engine, base.engine)
    cases = _answered(oracle, sorted(kept, key=drawn.index))
    return Part(name, kind, engine, cases, len(spread) + decided, found)


def _months_of(kind: str, engine: Engine, base: Engine) -> tuple[tuple[Month, ...], int]:
    """Months of a kind that speaks of them, those that it decides first; and how many those are."""
    if not (_bills(engine) or kind in ABOUT_MONTHS):
        return (), 0
    drawn = months(engine, seed=SEED, most=MOST_MONTHS_DRAWN)
    telling = [one for one in drawn if _otherwise(base, one)][:MOST_TELLING_MONTHS]
    kept = list(dict.fromkeys((*telling, *drawn)))[:MOST_MONTHS]
    kept.sort(key=drawn.index)
    return tuple(replace(one, code=f"{rank:03d}") for rank, one in enumerate(kept, 1)), len(telling)


def _otherwise(base: Engine, month: Month) -> bool:
    found = owed(base, month.releve)
    return (found.status, found.cents) != (month.expected.status, month.expected.cents)


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
        made[FOLDER / "cas" / f"{one.name}.jsonl"] = corpus.written(one.cases)
        if one.bills:
            made[FOLDER / "mois" / f"{one.name}.jsonl"] = bills.written(one.bills)
    return made


def _json(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def table(found: Sequence[Part]) -> str:
    """Each kind with its files, how many cases it has and how many it decides; then the examples."""
    rows = ["| genre de règle | fichiers | cas | mois | dont il décide |", "|---|---|---|---|---|"]
    for kind in KINDS:
        mine = [one for one in found if one.kind == kind.code]
        rows.append(f"| `{kind.code}` {kind.label} | {_counted(mine)} | {sum(one.telling for one in mine) or '—'} |")
    rows.append(f"| règlements d'exemple | {_counted([one for one in found if not one.kind])} | |")
    cases, months_ = sum(len(one.cases) for one in found), sum(len(one.bills) for one in found)
    rows.append(
        f"| **en tout** | {len(found)} règlements | {cases} | {months_} | {sum(one.telling for one in found)} |"
    )
    return "\n".join([*rows, ""])


def _counted(some: Sequence[Part]) -> str:
    """The files of some règlements, their cases and their months."""
    names = ", ".join(f"[{one.name}](cas/{one.name}.jsonl)" for one in some)
    months_ = sum(len(one.bills) for one in some)
    return f"{names} | {sum(len(one.cases) for one in some)} | {months_ or ''}"


def renewed(page: str, made: str) -> str:
    """The README with its table as the corpus makes it."""
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{made}\n{END}", page, flags=re.DOTALL)


def main() -> None:
    """Draw the corpus anew."""
    found = tuple(parts())
    for folder in ("reglements", "cas", "mois"):
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
        for old in (FOLDER / folder).iterdir():
            old.unlink()
    for path, text in files(found).items():
        path.write_text(text, "utf-8")
    README.write_text(renewed(README.read_text("utf-8"), table(found)), "utf-8")


if __name__ == "__main__":
    main()
