"""How two things stand to each other, and which articles of a règlement are written otherwise (S13.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ..described import Plain
from ..errors import Lang
from ..reglement import Reglement


class Relation(Enum):
    """How the second of two things stands to the first."""

    EQUIVALENT = "équivalent"
    MORE_PERMISSIVE = "plus permissif"
    STRICTER = "plus strict"
    INCOMPARABLE = "incomparable"

    def text(self, lang: Lang = "fr") -> str:
        """The relation in words."""
        return self.value if lang == "fr" else self.name.lower().replace("_", " ")

    def __and__(self, other: Relation) -> Relation:
        """How two wholes stand to each other, of which two parts stand so."""
        return related(lost=self.loses or other.loses, gained=self.gains or other.gains)

    @property
    def loses(self) -> bool:
        """Whether the second one refuses something that the first one allows."""
        return self in {Relation.STRICTER, Relation.INCOMPARABLE}

    @property
    def gains(self) -> bool:
        """Whether the second one allows something that the first one refuses."""
        return self in {Relation.MORE_PERMISSIVE, Relation.INCOMPARABLE}


def related(*, lost: bool, gained: bool) -> Relation:
    """The relation of a second thing that has lost something, gained something, both or neither."""
    if lost:
        return Relation.INCOMPARABLE if gained else Relation.STRICTER
    return Relation.MORE_PERMISSIVE if gained else Relation.EQUIVALENT


@dataclass(frozen=True, slots=True)
class Article:
    """
    An item of a file that the other file lacks, or writes otherwise.

    Args:
        section: Its section: « regle », « tarif »…
        code: Its code, or its key in a section without codes.
        old: What the first file says, as plain data; None where it says nothing.
        new: What the second one says.
    """

    section: str
    code: str
    old: Plain
    new: Plain

    def text(self, lang: Lang = "fr") -> str:
        """The article with what became of it, and the keys that differ."""
        if self.old is None or self.new is None:
            fr, en = ("ajouté", "added") if self.old is None else ("retiré", "removed")
            return f"[{self.section}.{self.code}] {fr if lang == 'fr' else en}"
        said = ("changé", "changed")[lang == "en"]
        keys = self.keys()
        return f"[{self.section}.{self.code}] {said}{' : ' if lang == 'fr' else ': '}{', '.join(keys) or self.code}"

    def keys(self) -> tuple[str, ...]:
        """The keys that differ, where both say something."""
        if not (isinstance(self.old, dict) and isinstance(self.new, dict)):
            return ()
        return tuple(key for key in {**self.old, **self.new} if self.old.get(key) != self.new.get(key))


def articles(old: Reglement, new: Reglement) -> Iterator[Article]:
    """The items that two règlements do not write alike, their names and versions left aside."""
    mine, yours = old.plain(), new.plain()
    for section in {**mine, **yours}:
        one, two = mine.get(section, {}), yours.get(section, {})
        if section != "reglement" and isinstance(one, dict) and isinstance(two, dict):
            for code in {**one, **two}:
                if one.get(code) != two.get(code):
                    yield Article(section, code, one.get(code), two.get(code))
