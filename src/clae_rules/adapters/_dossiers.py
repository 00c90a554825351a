"""Where the dossiers of a household stand, read from its papers as they were known at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from ..days import days_between
from ..errors import Lang
from ..facts import Dated, Facts, Value, profile_at
from ..pieces import Piece, Whose, levels
from ..reglement import Reglement
from ..selectors import Answer, fits, missing_facts
from ..showing import Displayed, Section, text
from ._papers import Document, Papers, Review, Step, Verdict

_A_DAY: Final = timedelta(days=1)


def local_day(reglement: Reglement, instant: datetime) -> date:
    """The date of an instant where the règlement applies."""
    return instant.astimezone(ZoneInfo(reglement.identity.time_zone)).date()


def of_a_child(reglement: Reglement, dossier: str) -> bool:
    """Whether a dossier is each child's, since it holds a piece that each child gives."""
    return any(one.dossier == dossier and one.whose is Whose.CHILD for one in reglement.pieces)


class Standing(Enum):
    """Where a piece stands on a day."""

    ACCEPTED = "acceptée"
    UPCOMING = "acceptée pour plus tard"
    PENDING = "en attente de vérification"
    REFUSED = "à renvoyer"
    EXPIRED = "expirée"
    MISSING = "à transmettre"


_ENGLISH: Final = MappingProxyType(
    {
        "acceptée": "accepted",
        "acceptée pour plus tard": "accepted for later",
        "en attente de vérification": "waiting to be checked",
        "à renvoyer": "to be sent again",
        "expirée": "expired",
        "à transmettre": "to be sent",
    }
)


@dataclass(frozen=True, slots=True)
class PieceState:
    """
    One piece of a dossier on one day.

    Args:
        piece: As the règlement requires it.
        asked: Whether it is asked of this child or household; None where a fact is missing.
        lacking: Those facts.
        standing: Where it stands.
        until: The last day that what is accepted covers; None where there is none.
        latest: What was transmitted last.
        review: What the service said of that.
    """

    piece: Piece
    asked: Answer
    lacking: tuple[str, ...]
    standing: Standing
    until: date | None = None
    latest: Document | None = None
    review: Review | None = None

    @property
    def is_missing(self) -> Answer:
        """Whether the dossier is incomplete without it; None where a missing fact would tell."""
        return self.asked if self.piece.required and self.standing is not Standing.ACCEPTED else False

    @property
    def named(self) -> str:
        """Its name, and where it stands if something was transmitted."""
        label = self.piece.label
        return label if self.standing is Standing.MISSING else f"{label} ({self.standing.value})"

    def text(self, lang: Lang = "fr") -> str:
        """Where it stands, in words, with the reason of a refusal, for the family and the service alone."""
        return "".join(fr if lang == "fr" else en for fr, en in self._said())

    def _said(self) -> Iterator[tuple[str, str]]:
        yield self.standing.value, _ENGLISH[self.standing.value]
        if self.until is not None:
            yield f", valable jusqu'au {self.until:%d/%m/%Y}", f", good until {self.until}"
        if self.standing is Standing.REFUSED and self.review is not None:
            yield f" : {self.review.reason}", f": {self.review.reason}"
        elif self.standing is Standing.ACCEPTED and self.latest is not None:
            if self.review is None:
                yield " ; la nouvelle est en attente", "; the new one is waiting"
            elif self.review.verdict is not Verdict.ACCEPTED:
                yield f" ; la nouvelle est à renvoyer : {self.review.reason}", f"; the new one: {self.review.reason}"
        if self.asked is None:
            facts = ", ".join(self.lacking)
            yield f" ; il manque {facts} pour savoir si elle est demandée", f"; whether it is asked needs {facts}"
        if not self.piece.required:
            yield " (facultative)", " (optional)"


@dataclass(frozen=True, slots=True)
class Dossier(Displayed):
    """
    One dossier on one day.

    Args:
        code: Its fact.
        child: Whose; None for that of the household.
        day: The day.
        value: What its fact says; None where a missing fact decides.
        pieces: Those that are asked, or may be, in the règlement's order.
    """

    code: str
    child: str | None
    day: date
    value: Value | None
    pieces: tuple[PieceState, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the pieces without which it is incomplete."""
        return tuple(one.named for one in self.pieces if one.is_missing)

    def heading(self, lang: Lang = "fr") -> str:
        """Which dossier, and where it stands."""
        fr = lang == "fr"
        value = str(self.value)
        if self.value is None:
            value = "on ne sait pas" if fr else "not known"
        elif isinstance(self.value, bool):
            value = ("oui" if self.value else "non") if fr else ("yes" if self.value else "no")
        return f"{self.code}{f' ({self.child})' if self.child else ''}{' : ' if fr else ': '}{value}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """Its pieces, each with where it stands."""
        columns = ("pièce", "où elle en est") if lang == "fr" else ("piece", "where it stands")
        return (Section("", columns, tuple((one.piece.label, one.text(lang)) for one in self.pieces)),)

    def text(self, lang: Lang = "fr") -> str:
        """The page as text."""
        return text(self, lang)


class Reading:
    """The papers of a household as they were known at an instant, for one child or for the household alone."""

    def __init__(self, reglement: Reglement, papers: Papers, facts: Facts, child: str | None, now: datetime) -> None:
        self.reglement, self.facts, self.child = reglement, facts, child
        self.today = local_day(reglement, now)
        self._declared = dict(reglement.facts)
        self._steps = [one for one in papers.steps if one.at <= now]
        self._sent = {one.code: papers.of(one.code, self._whose(one), now) for one in reglement.pieces}
        self._covers = {one.code: [*self._covering(one, now)] for one in reglement.pieces}
        self._said = {one.number: one.review(now) for sent in self._sent.values() for one in sent}

    def _whose(self, piece: Piece) -> str | None:
        return self.child if piece.whose is Whose.CHILD else None

    def _covering(self, piece: Piece, now: datetime) -> Iterator[tuple[date, date]]:
        """The days that what is accepted covers; what was sent before the piece was asked anew no longer counts."""
        anew = [s.at for s in self._steps if piece.code in s.pieces and s.concerns(piece.dossier, self.child)]
        for one in self._sent[piece.code]:
            review = one.review(now)
            if review is None or review.verdict is not Verdict.ACCEPTED or any(one.sent_at <= at for at in anew):
                continue
            if piece.validity.needs is None or review.dated is not None:
                first, last = piece.validity.days(review.dated)
                yield first or date.min, last or date.max

    def codes(self) -> list[str]:
        """The dossiers that can be told: those of the household alone where no child is named."""
        found = dict.fromkeys(one.dossier for one in self.reglement.pieces)
        return [code for code in found if self.child is not None or not of_a_child(self.reglement, code)]

    def validated(self, dossier: str) -> bool:
        """Whether an agent validated a dossier, and nothing reopened it since."""
        steps = [one for one in self._steps if one.concerns(dossier, self.child)]
        return bool(steps) and steps[-1].step is Step.VALIDATED

    def on(self, dossier: str, day: date) -> Dossier:
        """A dossier on a day."""
        profile = profile_at(self._declared, self.facts, day, None)
        states = []
        for piece in self.reglement.pieces:
            asked = fits(piece.who, profile) if piece.dossier == dossier else False
            if asked is not False:
                states.append(self._state(piece, asked, missing_facts(piece.who, profile), day))
        missing = [one.is_missing for one in states]
        words = levels(self._declared[dossier])
        level = 0 if True in missing else 1
        if level and len(words) == 3 and self.validated(dossier):
            level = 2
        value = None if None in missing and level else words[level]
        whose = self.child if of_a_child(self.reglement, dossier) else None
        return Dossier(dossier, whose, day, value, tuple(states))

    def _state(self, piece: Piece, asked: Answer, lacking: tuple[str, ...], day: date) -> PieceState:
        sent, covers = self._sent[piece.code], self._covers[piece.code]
        latest = sent[-1] if sent else None
        review = None if latest is None else self._said[latest.number]
        ends = [last for first, last in covers if first <= day <= last]
        if ends:
            standing = Standing.ACCEPTED
        elif latest is not None and review is None:
            standing = Standing.PENDING
        elif review is not None and review.verdict is not Verdict.ACCEPTED:
            standing = Standing.REFUSED
        elif any(first > day for first, _ in covers):
            standing = Standing.UPCOMING
        else:
            standing = Standing.EXPIRED if covers else Standing.MISSING
        known = [last for _, last in covers] if standing is Standing.EXPIRED else ends
        until = max(known, default=date.max)
        return PieceState(piece, asked, lacking, standing, None if until == date.max else until, latest, review)

    def runs(self, dossier: str) -> Iterator[Dated]:
        """The value of a dossier over the règlement's calendar, days alike as one, each with what is missing."""
        run: Dated | None = None
        turns, after = self._turns(dossier), self.reglement.days.last_day + _A_DAY
        for first, then in zip(turns, [*turns[1:], after], strict=True):
            found, last = self.on(dossier, first), then - _A_DAY
            if run is not None and (found.value, found.missing) == (run.value, run.missing):
                run = replace(run, last_day=last)
                continue
            if run is not None:
                yield run
            run = None if found.value is None else Dated(found.value, first, last, missing=found.missing)
        if run is not None:
            yield run

    def _turns(self, dossier: str) -> list[date]:
        """The days on which a dossier may change: where a piece begins or ends; all where facts say what is asked."""
        pieces = [one for one in self.reglement.pieces if one.dossier == dossier]
        covers = [cover for one in pieces for cover in self._covers[one.code]]
        edges = {self.reglement.days.first_day, *(first for first, _ in covers)}
        edges |= {last + _A_DAY for _, last in covers if last < date.max}
        dated = any(one.who for one in pieces)
        days = days_between(self.reglement.days.first_day, self.reglement.days.last_day)
        return [day for day in days if dated or day in edges]
