"""Real bookings under another règlement: how many are refused then, of how many families, and what the town gains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final

from ..engine import Engine
from ..epochs import Status
from ..errors import Fault, InvalidValueError
from .bookings import BROKEN, Booking, BrokenRow
from .fates import Broken, Fate, Judge, Kind, Why
from .outcomes import Cause, Count, Example, Money, Replay

#: Rows between two calls of `progress`; no more of them are held at once.
CHUNK: Final = 8192


def replay(
    old: Engine,
    new: Engine,
    bookings: Iterable[Booking | BrokenRow],
    *,
    progress: Callable[[int], None] | None = None,
    keep: int = 1000,
    strict: bool = False,
) -> Replay:
    """
    Judge and price real bookings under another règlement, in one pass.

    Each row is judged alone, at its own instant, as a first booking of its date; places are not counted. Rows alike
    are judged once. Memory: `CHUNK` rows, what is remembered of the kinds of family and of row, and some bytes a child
    and a family.

    Args:
        old: The règlement under which they were made; its slots and facts are those of the rows.
        new: The other one.
        bookings: The rows, in any order; `bookings_from_csv` reads them.
        progress: Called with the number of rows read, after each chunk and at the end.
        keep: How many broken rows, and how many examples, are listed; all are counted.
        strict: Whether the first broken row is raised.

    Raises:
        InvalidValueError: If *strict* and a row is broken.

    >>> from datetime import date, datetime
    >>> from zoneinfo import ZoneInfo
    >>> from clae_rules import Facts, load_engine
    >>> from clae_rules.audit import Booking, reform, replay
    >>> engine = load_engine("examples/cluses/reglement.toml")
    >>> known = Facts.of(dossier_foyer="valide", dossier_enfant="complet")
    >>> when = datetime(2021, 9, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
    >>> rows = [Booking("dupont", "martin", date(2021, 9, 13), ("repas",), when, known)]
    >>> replay(engine, reform(engine, change={"tarif.repas.prix": "4.20"}), rows).money.net
    20
    """
    pass_ = _Pass(old, new, keep, strict=strict)
    rows = iter(bookings)
    while chunk := list(islice(rows, CHUNK)):
        pass_.read(chunk)
        if progress is not None:
            progress(pass_.rows)
    return pass_.result()


class _Tally:
    """Rows, and the families that have some."""

    __slots__ = ("families", "rows")

    def __init__(self) -> None:
        self.rows, self.families = 0, set[str]()

    def add(self, household: str) -> None:
        """One more row of a family."""
        self.rows += 1
        self.families.add(household)

    @property
    def count(self) -> Count:
        """How many rows, and families."""
        return Count(self.rows, len(self.families))


class _Sums:
    """What changes for the town, and for each family."""

    def __init__(self) -> None:
        self.kept_old = self.kept_new = self.lost = self.gained = self.left_out = 0
        self.families: defaultdict[str, int] = defaultdict(int)

    def add(self, fate: Fate, rows: int) -> None:
        """Some more rows alike."""
        old, new = fate.old_cents, fate.new_cents
        if fate.is_left_out:
            self.left_out += rows
        elif old is not None and new is not None:
            self.kept_old += rows * old
            self.kept_new += rows * new
        else:
            self.lost += rows * (old or 0)
            self.gained += rows * (new or 0)

    def move(self, household: str, fate: Fate) -> None:
        """One more row of a family, which both allow at another price."""
        if fate.old_cents is not None and fate.new_cents is not None:
            self.families[household] += fate.new_cents - fate.old_cents

    def money(self) -> Money:
        """The sums."""
        more = [cents for cents in self.families.values() if cents > 0]
        less = [-cents for cents in self.families.values() if cents < 0]
        return Money(
            self.kept_old, self.kept_new, self.lost, self.gained, self.left_out,
            len(more), len(less), max(more, default=0), max(less, default=0),
        )  # fmt: skip


class _Pass:
    """One pass over bookings."""

    def __init__(self, old: Engine, new: Engine, keep: int, *, strict: bool) -> None:
        self.old, self.new, self.keep, self.strict = old, new, keep, strict
        self.rows = 0
        self.answers: Counter[tuple[Status, Status]] = Counter()
        self.broken: Counter[str] = Counter()
        self.broken_rows: list[BrokenRow] = []
        self.examples: list[Example] = []
        self.sums, self.refused, self.repairable = _Sums(), _Tally(), _Tally()
        self.causes: dict[Why, tuple[_Tally, tuple[str, str]]] = {}
        #: The dates seen of each child, one bit a date: some bytes a child, however many rows.
        self.seen: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._first_day = old.reglement.days.first_day.toordinal()
        self._judge = Judge(old, new)

    def read(self, chunk: list[Booking | BrokenRow]) -> None:
        """Judge some rows, those of one kind of family one after the other, and count them in their order."""
        judge = self._judge
        found = [one if isinstance(one, BrokenRow) else judge.kind(one) for one in chunk]
        by_kind: defaultdict[Kind, list[int]] = defaultdict(list)
        for i, kind in enumerate(found):
            if isinstance(kind, Kind):
                by_kind[kind].append(i)
        fates: list[Fate | Kind | Broken | BrokenRow] = [*found]
        for kind, places in by_kind.items():
            rows = [one for i in places if isinstance(one := chunk[i], Booking)]
            for i, judged in zip(places, judge.fates(kind, rows), strict=True):
                fates[i] = judged
        alike: Counter[Fate] = Counter()
        for one, kind, fate in zip(chunk, found, fates, strict=True):
            self.rows += 1
            if not (isinstance(fate, Fate) and isinstance(one, Booking)) or self._again(one):
                self._leave_out(one, fate)
                continue
            alike[fate] += 1
            if fate.old_cents != fate.new_cents:
                self.sums.move(one.household, fate)
            if fate.is_newly_refused and isinstance(kind, Kind):
                self._refuse(one, kind, fate)
        for same, count in alike.items():
            self.answers[same.before, same.after] += count
            self.sums.add(same, count)

    def _again(self, one: Booking) -> bool:
        """Whether the child has a row for the same date already."""
        bit = 1 << (one.day.toordinal() - self._first_day)
        seen = self.seen[one.household, one.child]
        self.seen[one.household, one.child] = seen | bit
        return bool(seen & bit)

    def _leave_out(self, one: Booking | BrokenRow, fate: object) -> None:
        if isinstance(one, Booking):
            twice = ("en-double", (one.child, one.day.isoformat()))
            code, words = fate if isinstance(fate, tuple) else twice
            one = BrokenRow(one.row or self.rows, code, words)
        if self.strict:
            raise InvalidValueError([Fault((), one.text("fr"), one.text("en"))])
        self.broken[one.code] += 1
        if len(self.broken_rows) < self.keep:
            self.broken_rows.append(one)

    def _refuse(self, one: Booking, kind: Kind, fate: Fate) -> None:
        self.refused.add(one.household)
        if fate.repairable:
            self.repairable.add(one.household)
        new = any(why not in self.causes for why in fate.why)
        if new or len(self.examples) < self.keep:
            told = tuple(self._judge.said(one, kind))
            for why, words in told:
                self.causes.setdefault(why, (_Tally(), words))
            if len(self.examples) < self.keep:
                row, said = one.row or self.rows, tuple(words for _, words in told)
                self.examples.append(Example(row, one.household, one.child, one.day, fate.repairable, said))
        for why in fate.why:
            self.causes[why][0].add(one.household)

    def result(self) -> Replay:
        """What the pass came to."""
        order = list(Status)
        answers = sorted(self.answers.items(), key=lambda one: (order.index(one[0][0]), order.index(one[0][1])))
        causes = [Cause(why, tally.count, said) for why, (tally, said) in self.causes.items()]
        return Replay(
            self.old.applied,
            self.new.applied,
            self.rows,
            tuple((before, after, count) for (before, after), count in answers),
            self.refused.count,
            self.repairable.count,
            tuple(sorted(causes, key=lambda one: (-one.count.rows, one.why))),
            tuple(self.examples),
            self.sums.money(),
            tuple((code, self.broken[code]) for code in BROKEN if self.broken[code]),
            tuple(self.broken_rows),
        )
