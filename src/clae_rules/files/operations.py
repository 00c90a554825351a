"""What a demande file does beyond a demande: who asks before which desk, what the service closes."""

from __future__ import annotations

from datetime import datetime

from ..closing import Closing, close
from ..desk import Desk
from ..engine import Engine
from ..errors import Fault, InvalidDemandeError
from .demandes import DemandeFile


def desk_of(engine: Engine, read: DemandeFile, *, closed: bool = True) -> Desk:
    """
    The child of a demande file before his règlement, with his household and siblings.

    Args:
        engine: The règlement made ready.
        read: The file.
        closed: Whether its closures are in force.
    """
    asked, closures = read.asked, read.closures if closed else ()
    return Desk(engine, read.facts(), asked.child, read.siblings(), household=asked.household, closures=closures)


def closings(engine: Engine, read: DemandeFile, now: datetime) -> tuple[Closing, ...]:
    """
    What each `[fermeture.X]` of a file cancels, one after the other, in the order of the file.

    Raises:
        InvalidDemandeError: If the file closes nothing.
    """
    if not read.closures:
        fr = "aucune [fermeture.X] ; ajoutez motif, quand et creneaux"
        raise InvalidDemandeError([Fault(("fermeture",), fr, "no [fermeture.X]; add motif, quand and creneaux")])
    desk, planning = desk_of(engine, read, closed=False), read.planning()
    found = []
    for closure in read.closures:
        found.append(close(desk, planning, closure, now=now))
        desk, planning = found[-1].desk, found[-1].after
    return tuple(found)
