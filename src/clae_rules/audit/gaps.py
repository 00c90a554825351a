"""What a règlement that loads leaves open: slots and périodes without a day, unpublished amounts, undecided cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from ..errors import path_text
from ..notices import NoticeKind, notices
from .findings import Finding
from .kinds import Days
from .spaces import BoxName

#: Of what a valid file leaves open, that for want of which some family gets no answer.
_WANTED: Final = (NoticeKind.UNPUBLISHED, NoticeKind.UNDECIDED, NoticeKind.HOLES)


class GapAudit:
    """
    The gaps of a règlement that loads; the others, and all that is given twice, are refused at load.

    Args:
        days: The dates of the règlement.
    """

    def __init__(self, days: Days) -> None:
        self.days, self.engine = days, days.engine

    def findings(self) -> Iterator[Finding]:
        """Everything found."""
        yield from self._closed()
        yield from self._empty()
        for one in notices(self.engine):
            if one.kind in _WANTED:
                where = path_text(one.path)
                params = (
                    ("what", f"{one.kind.label('fr')}, {where} : {one.fr}"),
                    ("what_en", f"{one.kind.label('en')}, {where}: {one.en}"),
                )
                yield Finding("laisse-ouvert", params=params)

    def _closed(self) -> Iterator[Finding]:
        """The slots that no day opens, by mode."""
        engine = self.engine
        opened = {code for one in self.days.opened for code in one.slots}
        closed: defaultdict[str, list[BoxName]] = defaultdict(list)
        for slot in engine.order:
            if slot not in opened:
                closed[engine.modes[slot].code].append(BoxName(slot))
        for mode, boxes in closed.items():
            source = engine.reglement.source_of(engine.modes[boxes[0].slot])
            params = (("mode", mode),)
            yield Finding(
                "jamais-ouvert", boxes=tuple(boxes), sources=(source,), params=params, labels=engine.labels
            )  # fmt: skip

    def _empty(self) -> Iterator[Finding]:
        """The périodes that open no day, of modes that others open."""
        opened = {code for one in self.days.opened for code in one.codes}
        modes = {self.engine.modes[code].code for one in self.days.opened for code in one.slots}
        for code, one in self.engine.periodes.items():
            if code not in opened and one.mode in modes:
                yield Finding(
                    "periode-vide", sources=(self.engine.reglement.source_of(one),), params=(("periode", code),)
                )
