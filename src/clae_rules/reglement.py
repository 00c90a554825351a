"""Everything one municipality publishes, as plain data validated as a whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final, cast

from .described import Plain, Record
from .errors import InvalidReglementError
from .published import FORMAT, MOST_RULES, Identity, NamedCalendar, Published
from .reglement_checks import faults_of

__all__ = ["FORMAT", "MOST_RULES", "REGLEMENT", "Identity", "NamedCalendar", "Reglement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reglement(Published):
    """
    Everything one municipality publishes, each item with its source.

    Build one from a file with `clae_rules.load_reglement`, or from values; hand it to `clae_rules.Engine`.

    Raises:
        InvalidReglementError: Naming every unknown code, wrong comparison and missing source at once.
    """

    def __post_init__(self) -> None:
        faults = tuple(faults_of(self))
        if faults:
            raise InvalidReglementError(faults)

    def plain(self) -> dict[str, Plain]:
        """The normal JSON form: French keys, defaults left out; reading it gives an equal value."""
        return cast("dict[str, Plain]", REGLEMENT.write(self))

    def digest(self) -> str:
        """SHA-256 of the normal form, hexadecimal: the same whatever the file's layout."""
        text = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


#: How a whole règlement is read and written.
REGLEMENT: Final = Record(Reglement)
