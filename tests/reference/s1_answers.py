"""S1: answers that may be unknown, and small readings of the normal JSON form of a règlement."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

#: A règlement, or one of its items, as plain JSON.
Plain = dict[str, Any]
#: Yes, no, or unknown.
Answer = bool | None


def every(answers: Iterable[Answer]) -> Answer:
    """S1.5: no if one is no, else unknown if one is unknown, else yes."""
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True


def no(answer: Answer) -> Answer:
    """S1.5: the contrary of what is unknown is unknown."""
    return None if answer is None else not answer


def many(value: Any) -> list[Any]:
    """A list of the normal form; nothing where it is left out."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def plain_words(text: str) -> str:
    """A phrase without accents and capitals."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.replace("’", "'").lower().split())
