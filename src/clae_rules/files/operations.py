"""What a demande file does beyond a demande: who asks before which desk, what the service closes."""

from __future__ import annotations

from datetime import datetime

from ..booking import decide
from ..closing import Closing, close
from ..desk import Desk
from ..engine import Engine
from ..errors import Fault, InvalidDemandeError, Lang
from ..holdings import Planning
from ..leaving import Resigned, resign
from ..subscribing import Subscribed, expanded, subscribe, subscribed
from ..subscriptions import Abonnement
from ..verdicts import Verdict
from .demandes import DemandeFile


def desk_of(engine: Engine, read: DemandeFile, *, closed: bool = True) -> Desk:
    """
    The child of a demande file before his règlement, with his household, siblings and abonnements.

    Args:
        engine: The règlement made ready.
        read: The file.
        closed: Whether its closures are in force.
    """
    return subscribed(_bare(engine, read, closed=closed), *_had(engine, read))


def _bare(engine: Engine, read: DemandeFile, *, closed: bool) -> Desk:
    asked, closures = read.asked, read.closures if closed else ()
    return Desk(engine, read.facts(), asked.child, read.siblings(), household=asked.household, closures=closures)


def _had(engine: Engine, read: DemandeFile) -> tuple[Abonnement, ...]:
    periode = engine.periodes[read.asked.periode]
    return tuple(one.abonnement(periode) for one in read.subscriptions)


def until(limit: datetime, engine: Engine, lang: Lang) -> str:
    """« avant le 01/09/2026 10:00 », on the clock of the règlement."""
    return f"{'avant le' if lang == 'fr' else 'before'} {limit.astimezone(engine.tz):%d/%m/%Y %H:%M}"


def verdict_of(desk: Desk, read: DemandeFile, now: datetime) -> Verdict:
    """The verdict of what a file wants, its recopie and its abonnement left aside."""
    asked = read.asked
    return decide(
        desk, planning_of(desk, read), read.demande(), now=now, occupancy=read.occupancy(), grain=asked.grain,
        accept_unknown_price=asked.unknown_price,
    )  # fmt: skip


def planning_of(desk: Desk, read: DemandeFile) -> Planning:
    """
    What the household holds: what the file tells, and what the child's abonnements hold.

    Args:
        desk: The child, from `desk_of`.
        read: The file.
    """
    return expanded(desk, read.planning(), *_had(desk.engine, read))


def subscribed_of(engine: Engine, read: DemandeFile, now: datetime) -> Subscribed | Resigned:
    """What becomes of the one `[abonnement.X]` of a file, in the place of its `[abonne.X]` of that code, or its end."""
    had, wanted, periode = _had(engine, read), read.subscription[0], engine.periodes[read.asked.periode]
    replaced = next((one for one in had if one.code == wanted.code), None)
    bare = _bare(engine, read, closed=True)
    desk = subscribed(bare, *(one for one in had if one is not replaced))
    planning = expanded(bare, read.planning(), *had)
    if wanted.resigns and replaced is not None:
        return resign(desk, planning, replaced, since=wanted.first_day or periode.first_day, now=now)
    return subscribe(
        desk, planning, wanted.abonnement(periode), now=now, instead_of=replaced, occupancy=read.occupancy(),
        accept_unknown_price=read.asked.unknown_price,
    )  # fmt: skip


def closings(engine: Engine, read: DemandeFile, now: datetime, *, name: str = "") -> tuple[Closing, ...]:
    """
    What each `[fermeture.X]` of a file cancels, one after the other, in the order of the file; *name* is the file's.

    Raises:
        InvalidDemandeError: If the file closes nothing.
    """
    if not read.closures:
        fr = "aucune [fermeture.X] ; ajoutez motif, quand et creneaux"
        en = "no [fermeture.X]; add motif, quand and creneaux"
        raise InvalidDemandeError([Fault(("fermeture",), fr, en)], where=name)
    desk = desk_of(engine, read, closed=False)
    planning = planning_of(desk, read)
    found = []
    for closure in read.closures:
        found.append(close(desk, planning, closure, now=now))
        desk, planning = found[-1].desk, found[-1].after
    return tuple(found)
