"""The two boxes of one slot (S2.3)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from .shapes import Choice


class Variant(Enum):
    """Booked in time, or after the deadline."""

    NORMAL = "normal"
    HORS_DELAI = "hors-delai"


#: Shape of a variant.
VARIANT: Final = Choice(tuple((variant.value, variant) for variant in Variant))
