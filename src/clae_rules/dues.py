"""What stays due of a price when its slots are cancelled or not attended (S4.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Final

from .described import Phrase
from .errors import Lang
from .money import round_cents
from .shapes import UNPUBLISHED, Choice, Unpublished, exact, folded, phrase_error, plain_number


class DueKind(Enum):
    """What the number of a due counts."""

    SHARE = "%"
    FIXED = "dus"
    GIVEN_BACK = "rendus"
    UNPUBLISHED = "non publié"


@dataclass(frozen=True, slots=True)
class Due:
    """
    The part of a price that stays due: a share of it, a fixed amount, or all but an amount given back.

    A due is a part of what was charged, so never more: a penalty beyond the price is a price of its own.

    Args:
        kind: What *amount* counts.
        amount: For a share, from 0 to 1; else euro cents, exact, at least 0; 0 where not published.
        before_aid: Whether it is a part of the price before aids, which are then lost.

    Raises:
        InvalidValueError: If *amount* is out of these bounds.
    """

    kind: DueKind
    amount: Fraction = Fraction(0)
    before_aid: bool = False

    def __post_init__(self) -> None:
        if self.kind is DueKind.SHARE and not 0 <= self.amount <= 1:
            raise phrase_error(format_due(self), "une part va de 0 à 100 %", "a share goes from 0 to 100 %")
        if self.amount < 0 or (self.kind is DueKind.UNPUBLISHED and self.amount):
            raise phrase_error(format_due(self), "un montant d'au moins 0", "an amount of at least 0")

    def of(self, charged_cents: int) -> int | Unpublished:
        """
        What stays due of an amount charged, in whole cents, rounded half up; the rest is given back (S10.1).

        Args:
            charged_cents: What was charged, euro cents, at least 0; before aids where it is `before_aid`.

        Returns:
            From 0 to *charged_cents*; `UNPUBLISHED` where a part is announced but not said (S4.6).

        >>> NOTHING_DUE.of(385), parse_due("50 %").of(305), parse_due("3.85 rendus").of(300)
        (0, 153, 0)
        """
        if self.kind is DueKind.UNPUBLISHED:
            return UNPUBLISHED
        if self.kind is DueKind.SHARE:
            return round_cents(self.amount * charged_cents)
        if self.kind is DueKind.FIXED:
            return min(charged_cents, round_cents(self.amount))
        return max(0, round_cents(charged_cents - self.amount))

    def describe(self, lang: Lang) -> str:
        """The due in words: « rien », "3.85 € due"."""
        if lang == "fr":
            return format_due(self)
        if self.kind is DueKind.UNPUBLISHED:
            return "not published"
        if self.kind is DueKind.SHARE:
            said = _share(self.amount, "nothing", "all of it")
        else:
            said = f"{plain_number(self.amount / 100)} € {'due' if self.kind is DueKind.FIXED else 'given back'}"
        return f"{said}, before aid" if self.before_aid else said


NOTHING_DUE: Final = Due(DueKind.SHARE, Fraction(0))
ALL_DUE: Final = Due(DueKind.SHARE, Fraction(1))
DUE_UNPUBLISHED: Final = Due(DueKind.UNPUBLISHED)
#: How a phrase says that aids are lost.
BEFORE_AID: Final = " avant aide"


def parse_due(text: str) -> Due:
    """
    Read « rien », « tout », « 50 % », « 3.85 dus », « 3.85 rendus », « non publié »; or with a comma.

    « tout avant aide » is a part of the price before aids, which are then lost; so with a share or an amount given back.

    Raises:
        InvalidValueError: If it is none of these, or a share above 100 %.
    """
    said = folded(text).replace(",", ".")
    if said.endswith(BEFORE_AID):
        due = parse_due(said.removesuffix(BEFORE_AID))
        if due.kind in {DueKind.FIXED, DueKind.UNPUBLISHED} or due == NOTHING_DUE:
            raise phrase_error(text, "une aide n'y change rien ; écrivez-le sans « avant aide »", "no aid matters here")
        return replace(due, before_aid=True)
    words = {"rien": NOTHING_DUE, "tout": ALL_DUE, folded(UNPUBLISHED.value): DUE_UNPUBLISHED}
    if said in words:
        return words[said]
    found = re.fullmatch(r"(\d[\d./]*) ?(%|(?:€ |euros? )?(?:dus?|rendus?))", said)
    number = exact(found[1]) if found else None
    if found and number is not None:
        if found[2] == "%":
            return Due(DueKind.SHARE, number / 100)
        return Due(DueKind.GIVEN_BACK if "rendu" in found[2] else DueKind.FIXED, number * 100)
    if re.fullmatch(r"\d[\d.]* ?(€|euros?)?", said):
        ways = f"« {said.split()[0].rstrip('€')} dus », ce qui reste dû, ou « {said.split()[0].rstrip('€')} rendus »"
        raise phrase_error(text, f"dû ou rendu ? écrivez {ways}", "due or given back? write « … dus » or « … rendus »")
    ways = "« rien », « tout », « 50 % », « 3.85 dus », « 3.85 rendus », « non publié »"
    raise phrase_error(text, f"écrivez {ways}", f"write one of {ways}")


def format_due(due: Due) -> str:
    """The canonical phrase of a due; `parse_due` reads it back as the same due."""
    if due.kind is DueKind.UNPUBLISHED:
        return UNPUBLISHED.value
    if due.kind is DueKind.SHARE:
        said = _share(due.amount, "rien", "tout")
    else:
        said = f"{plain_number(due.amount / 100)} {due.kind.value}"
    return f"{said}{BEFORE_AID}" if due.before_aid else said


def _share(share: Fraction, none: str, whole: str) -> str:
    return none if share == 0 else whole if share == 1 else f"{plain_number(share * 100)} %"


#: Shape of what stays due.
DUE: Final = Phrase(
    ("ce qui reste dû", "what stays due"),
    parse_due,
    format_due,
    ("rien", "tout", "50 %", "3.85 dus", "3.85 rendus", "tout avant aide", "non publié"),
)


class Refund(Enum):
    """In what form the family gets back what it no longer owes."""

    CREDIT = "avoir"
    MONEY = "remboursement"
    CARRIED = "report"


#: Shape of the form in which something is given back.
REFUND: Final = Choice(tuple((one.value, one) for one in Refund))
