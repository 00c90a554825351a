"""What a replay comes to, as data: who is refused, why, what the town gains, and the rows left out (S1.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from ..engine import Applied
from ..epochs import Status
from ..errors import Lang
from ..money import euros
from .bookings import BrokenRow
from .fates import Why
from .findings import Severity
from .pages import Cell, Page, Section


class Count(NamedTuple):
    """How many rows, and of how many families, each counted once."""

    rows: int = 0
    families: int = 0

    def plain(self) -> dict[str, int]:
        """The counts as JSON types."""
        return {"lignes": self.rows, "familles": self.families}


@dataclass(frozen=True, slots=True)
class Cause:
    """
    A reason for new refusals, with how many rows and families it touches.

    Args:
        said: The reason in words, French then English, as it is said of the first of these rows.
    """

    why: Why
    count: Count
    said: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """
    A row that is newly refused.

    Args:
        row: Its number.
        repairable: Whether another selection could have saved it in time.
        said: Every reason in words, French then English.
    """

    row: int
    household: str
    child: str
    day: date
    repairable: bool
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Money:
    """
    What changes for the town, to the cent, over the rows whose prices are known; euro cents.

    Args:
        kept_old: Rows that both allow, as the first règlement prices them.
        kept_new: The same rows, as the second one does.
        lost: Rows that the second one refuses, at the first one's price.
        gained: Rows that only the second one allows, at its price.
        left_out: Rows that either leaves undecided, or cannot price by themselves: they are in no sum.
        pay_more: Families whose kept rows cost more.
        pay_less: Families whose kept rows cost less.
        most_more: The most that one family pays more.
        most_less: The most that one family pays less.
    """

    kept_old: int = 0
    kept_new: int = 0
    lost: int = 0
    gained: int = 0
    left_out: int = 0
    pay_more: int = 0
    pay_less: int = 0
    most_more: int = 0
    most_less: int = 0

    @property
    def net(self) -> int:
        """What the town gains, negative where it loses: prices of what is kept, what is gained, less what is lost."""
        return self.kept_new - self.kept_old + self.gained - self.lost


@dataclass(frozen=True)
class Replay(Page):
    """
    What becomes of some bookings under another règlement; a value.

    Args:
        old: The règlement under which they were made.
        new: The other one.
        rows: Every row, broken ones included.
        answers: (before, after, rows) for each pair of answers met.
        refused: Newly refused.
        repairable: Of these, what another selection could have saved in time.
        causes: Why, the most frequent first; a row that several reasons refuse is counted under each.
        examples: The first rows newly refused.
        money: What the town gains or loses.
        broken: (code, rows) of the rows left out, by reason.
        broken_rows: The first of these.
    """

    old: Applied
    new: Applied
    rows: int
    answers: tuple[tuple[Status, Status, int], ...]
    refused: Count
    repairable: Count
    causes: tuple[Cause, ...]
    examples: tuple[Example, ...]
    money: Money
    broken: tuple[tuple[str, int], ...]
    broken_rows: tuple[BrokenRow, ...]

    @property
    def judged(self) -> int:
        """The rows that were judged: all but the broken ones."""
        return self.rows - sum(count for _, count in self.broken)

    def answered(self, before: Status, after: Status) -> int:
        """How many rows have these answers."""
        return sum(count for one, two, count in self.answers if (one, two) == (before, after))

    @property
    def worst(self) -> Severity | None:
        """An error where a row is newly refused; a warning where an answer or an amount changes, or a row is broken."""
        if self.refused.rows:
            return Severity.ERROR
        changed = any(before is not after for before, after, _ in self.answers)
        money = self.money
        return Severity.WARNING if changed or money.pay_more or money.pay_less or self.broken else None

    def heading(self, lang: Lang = "fr") -> str:
        """« Rejeu : … lignes »."""
        fr, en = f"Rejeu de {self.rows} réservations", f"Replay of {self.rows} bookings"
        return (fr, en)[lang == "en"]

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """The balance, why rows are refused, examples, and the rows left out; empty tables are not shown."""
        return tuple(one for one in _sections(self, lang) if one.rows)

    def plain(self) -> dict[str, Any]:
        """The replay as JSON types."""
        money = self.money
        return {
            "avant": {"code": self.old.code, "version": self.old.version, "empreinte": self.old.digest},
            "apres": {"code": self.new.code, "version": self.new.version, "empreinte": self.new.digest},
            "lignes": self.rows,
            "reponses": [{"avant": one.value, "apres": two.value, "lignes": count} for one, two, count in self.answers],
            "refusees": self.refused.plain(),
            "reparables": self.repairable.plain(),
            "raisons": [
                {
                    "code": one.why.code, "regle": one.why.rule, "source": one.why.source, **one.count.plain(),
                    "texte": one.said[0],
                }
                for one in self.causes
            ],
            "argent": {
                "garde_avant_cents": money.kept_old, "garde_apres_cents": money.kept_new, "perdu_cents": money.lost,
                "gagne_cents": money.gained, "net_cents": money.net, "lignes_sans_prix": money.left_out,
                "familles_qui_paient_plus": money.pay_more, "familles_qui_paient_moins": money.pay_less,
                "au_plus_en_plus_cents": money.most_more, "au_plus_en_moins_cents": money.most_less,
            },
            "ecartees": dict(self.broken),
            "lignes_ecartees": [{"ligne": one.row, "code": one.code, "texte": one.text()} for one in self.broken_rows],
        }  # fmt: skip


def _sections(found: Replay, lang: Lang) -> Iterator[Section]:
    english = lang == "en"
    yield Section(
        ("Bilan", "Balance")[english],
        (("quoi", "combien"), ("what", "how much"))[english],
        tuple((name[english], value) for name, value in _balance(found)),
    )
    yield Section(
        ("Raisons des nouveaux refus", "Why rows are newly refused")[english],
        (("raison", "règle", "source", "lignes", "familles", "par exemple"),
         ("reason", "rule", "source", "rows", "families", "for instance"))[english],
        tuple((*one.why, *one.count, one.said[english]) for one in found.causes),
    )  # fmt: skip
    yield Section(
        ("Exemples", "Examples")[english],
        (("ligne", "foyer", "enfant", "date", "réparable", "raisons"),
         ("row", "household", "child", "date", "repairable", "reasons"))[english],
        tuple(
            (
                one.row, one.household, one.child, f"{one.day:%d/%m/%Y}",
                (("non", "oui"), ("no", "yes"))[english][one.repairable],
                " ; ".join(said[english] for said in one.said),
            )
            for one in found.examples
        ),
    )  # fmt: skip
    counts = ", ".join(f"{count} × {code}" for code, count in found.broken)
    yield Section(
        ("Lignes écartées", "Rows left out")[english],
        (("ligne", "code", "pourquoi"), ("row", "code", "why"))[english],
        tuple((one.row, one.code, one.text(lang)) for one in found.broken_rows),
        counts,
    )


def _balance(found: Replay) -> Iterator[tuple[tuple[str, str], Cell]]:
    money = found.money
    yield ("lignes jugées", "rows judged"), found.judged
    yield ("lignes écartées", "rows left out"), found.rows - found.judged
    for before, after, count in found.answers:
        yield (f"{before.value} → {after.value}", f"{before.name.lower()} → {after.name.lower()}"), count
    yield ("nouveaux refus", "newly refused"), found.refused.rows
    yield ("familles touchées", "families concerned"), found.refused.families
    yield ("réparables à temps", "repairable in time"), found.repairable.rows
    yield ("gardé, avant", "kept, before"), euros(money.kept_old)
    yield ("gardé, après", "kept, after"), euros(money.kept_new)
    yield ("perdu", "lost"), euros(money.lost)
    yield ("gagné", "gained"), euros(money.gained)
    yield ("pour la ville", "for the town"), euros(money.net)
    yield ("indécis ou sans prix, dans aucune somme", "undecided or unpriced, in no sum"), money.left_out
    yield ("familles qui paient plus", "families that pay more"), money.pay_more
    yield ("au plus", "at most"), euros(money.most_more)
    yield ("familles qui paient moins", "families that pay less"), money.pay_less
    yield ("au plus", "at most"), euros(money.most_less)
