"""What can be wrong with counters: what they are called, and where they are read (S10.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from .counters import Counter
from .described import Key
from .errors import Fault, Path
from .grids import Grid, Reading
from .selectors import WHO

#: The sections in which prices are written: what a counter gives is known there, and nowhere else.
PRICED: Final = frozenset({"tarif", "modification"})


def counter_faults(
    counters: Iterable[Counter],
    grids: Iterable[Grid],
    facts: Collection[str],
    said: Iterable[tuple[Path, Key, Any]],
) -> Iterator[Fault]:
    """
    A counter that is a fact too, or is read where only facts are; a grid that does not read it as one.

    Args:
        facts: Codes of the declared facts.
        said: Every described field of the règlement, with its path.
    """
    codes = {one.code for one in counters}
    for code in sorted(codes & set(facts)):
        fr = f"« {code} » est déjà un fait ; donnez au compte un autre code"
        yield Fault(("compte", code), fr, f"« {code} » is a fact already; give the counter another code")
    for one in grids:
        if (one.measure in codes) != (one.reading is Reading.COUNT):
            fr = 'lu = "compte" va avec un [compte.…], et un compte ne se lit pas autrement'
            yield Fault(("grille", one.code, "lu"), fr, "lu = « compte » goes with a [compte.…], and with nothing else")
    if not codes:
        return
    for path, key, value in said:
        if key.shape == WHO and path[0] not in PRICED:
            for code in [fact for fact, _ in value if fact in codes]:
                fr = "un compte ne se lit que dans tarif, modification et grille ; ailleurs, écrivez une règle"
                en = "a counter is read in tarif, modification and grille alone; elsewhere, write a rule"
                yield Fault((*path, code), fr, en)
        elif key.name == "comme":
            for code in [fact for fact, _ in value or () if fact in codes]:
                fr = "« comme » suppose un fait, pas ce que le planning compte"
                yield Fault((*path, code), fr, "« comme » supposes a fact, not what the planning counts")
