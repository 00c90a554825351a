"""What a file is, told by its first table: a règlement, a demande, a relevé; and which command reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..described import Plain, Record
from ..errors import Fault
from ..reglement import REGLEMENT
from .demandes import DEMANDE
from .releves import RELEVE


@dataclass(frozen=True, slots=True)
class Heading:
    """
    A kind of file.

    Args:
        shape: How it is written.
        table: The table that it must have, and that no other kind has.
        fr: What it is called, with its article.
        en: The same in English.
        command: The command that reads it.
    """

    shape: Record
    table: str
    fr: str
    en: str
    command: str


HEADINGS: Final = (
    Heading(REGLEMENT, "reglement", "un règlement", "a règlement", "clae-rules validate REGLEMENT"),
    Heading(DEMANDE, "demande", "une demande", "a demande", "clae-rules check REGLEMENT DEMANDE"),
    Heading(RELEVE, "releve", "un relevé", "a relevé", "clae-rules due REGLEMENT RELEVE"),
)


def mistaken(shape: Record, plain: Plain) -> Fault | None:
    """
    That a file is of another kind than the one to read; None where it does not say so itself, or is of no such kind.

    Args:
        shape: How the file to read is written.
        plain: The file as plain data.

    >>> mistaken(REGLEMENT, {"releve": {}}).fr
    "c'est un relevé ; il faut un règlement, avec [reglement] ; un relevé se lit par clae-rules due REGLEMENT RELEVE"
    """
    wanted = next((one for one in HEADINGS if one.shape == shape), None)
    if wanted is None or not isinstance(plain, dict) or wanted.table in plain:
        return None
    found = next((one for one in HEADINGS if isinstance(plain.get(one.table), dict)), None)
    if found is None:
        return None
    fr = f"c'est {found.fr} ; il faut {wanted.fr}, avec [{wanted.table}] ; {found.fr} se lit par {found.command}"
    en = f"this is {found.en}; expected {wanted.en}, with [{wanted.table}]; {found.en} is read by {found.command}"
    return Fault((found.table,), fr, en)
