"""
Documents and dossiers: what a règlement requires, what was transmitted, what the service said, and the gates it opens.

`received` judges a file; `transmit`, `accept`, `refuse`, `recall`, `validate` and `reopen` each give the papers of a
household with one more step, or refuse a step that cannot be. `dossiers` tells a family where it stands, and
`dossier_facts` gives the engine the dated facts that its gates read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from email.message import EmailMessage
from typing import Final

from ..described import quoted
from ..errors import Fault, InvalidValueError, meant, raise_all
from ..facts import Facts, Value
from ..pieces import Piece, Term, Whose, levels
from ..reglement import Reglement
from ._dossiers import Dossier, PieceState, Reading, Standing, local_day, of_a_child
from ._files import FileKind
from ._messages import Link, Service, message
from ._papers import (
    MOST_BYTES,
    Document,
    DossierStep,
    Papers,
    Review,
    SentFile,
    Step,
    Verdict,
    received,
)

__all__ = [
    "MOST_BYTES",
    "Document",
    "Dossier",
    "DossierStep",
    "FileKind",
    "Link",
    "Papers",
    "PieceState",
    "Review",
    "SentFile",
    "Service",
    "Standing",
    "Step",
    "Verdict",
    "accept",
    "dossier_facts",
    "dossiers",
    "recall",
    "received",
    "refuse",
    "reopen",
    "review_message",
    "transmit",
    "validate",
]


#: Where nothing more is known of the child and the household.
NO_FACTS: Final = Facts()


def transmit(reglement: Reglement, papers: Papers, document: Document) -> Papers:
    """
    With one more document; one of the same piece that was pending is replaced, one that is accepted counts until then.

    Raises:
        InvalidValueError: If the règlement requires no such piece, or not of this child or household; if its number was
            given before, or if it was sent before the one it replaces.
    """
    piece = _piece(reglement, document.piece)
    if piece.whose is Whose.CHILD and document.child is None:
        raise_all(
            [Fault(("child",), "cette pièce est d'un enfant ; dites lequel", "this piece is a child's; say whose")]
        )
    if piece.whose is Whose.HOUSEHOLD and document.child is not None:
        fr = "cette pièce est du foyer, une pour tous ; ne nommez pas d'enfant"
        raise_all([Fault(("child",), fr, "this piece is the household's; name no child")])
    return papers.transmitted(document)


def _piece(reglement: Reglement, code: str) -> Piece:
    known = {one.code: one for one in reglement.pieces}
    if code not in known:
        fr, en = meant(code, known)
        raise_all([Fault(("piece",), f"pièce inconnue : {quoted(code)} ; {fr}", f"unknown piece {quoted(code)}; {en}")])
    return known[code]


def accept(
    reglement: Reglement, papers: Papers, number: str, *, at: datetime, by: str, dated: date | None = None
) -> Papers:
    """
    With a pending document accepted.

    Args:
        reglement: Says what date its piece needs.
        papers: Of the household.
        number: Of the document.
        at: When.
        by: The agent.
        dated: The date that the agent read on it, where the piece's validity needs one.

    Raises:
        InvalidValueError: If the date is missing, or is of no use; if the piece has ended already, or was issued after
            it was reviewed; or if the document cannot be reviewed.
    """
    validity = _piece(reglement, papers.document(number).piece).validity
    review = Review(verdict=Verdict.ACCEPTED, at=at, by=by, dated=dated)
    faults, here, needs = [], ("dated",), validity.needs
    day = local_day(reglement, review.at)
    if needs and dated is None:
        faults.append(Fault(here, f"il faut {needs[0]}", f"expected {needs[1]}"))
    elif needs is None and dated is not None:
        faults.append(Fault(here, "cette pièce vaut sans fin ; n'en dites pas de date", "endless; give no date"))
    elif dated is not None:
        last = validity.days(dated)[1]
        if last is not None and last < day:
            fr = f"finie le {last:%d/%m/%Y}, avant d'être acceptée ; refusez-la, avec ce motif"
            faults.append(Fault(here, fr, f"ended on {last}, before it was accepted; refuse it, and say so"))
        if validity.term is Term.MONTHS and dated > day:
            fr = f"établie le {dated:%d/%m/%Y}, après avoir été acceptée ; vérifiez la date"
            faults.append(Fault(here, fr, f"issued on {dated}, after it was accepted; check the date"))
    raise_all(faults)
    return papers.reviewed(number, review)


def refuse(papers: Papers, number: str, *, at: datetime, by: str, reason: str) -> Papers:
    """
    With a pending document refused, and why.

    Raises:
        InvalidValueError: If no reason is given, or the document cannot be reviewed.
    """
    return papers.reviewed(number, Review(verdict=Verdict.REFUSED, at=at, by=by, reason=reason))


def recall(papers: Papers, number: str, *, at: datetime, by: str, reason: str) -> Papers:
    """
    With an acceptance taken back, and why: given by mistake, or of a piece that turned out to be wrong.

    Raises:
        InvalidValueError: If no reason is given, or the document is not accepted.
    """
    return papers.reviewed(number, Review(verdict=Verdict.RECALLED, at=at, by=by, reason=reason))


def dossiers(
    reglement: Reglement, papers: Papers, *, now: datetime, child: str | None = None, facts: Facts = NO_FACTS
) -> tuple[Dossier, ...]:
    """
    Where each dossier stands today: what « Transmettre un document » shows.

    Args:
        reglement: Whose pieces are required.
        papers: Of the household, as the store has them; what is later than *now* is not yet known.
        now: The instant.
        child: Whose dossiers, with those of the household; None for the household's alone.
        facts: What is known of the child and the household, which says what pieces are asked of them.
    """
    reading = Reading(reglement, papers, facts, child, now)
    return tuple(reading.on(code, reading.today) for code in reading.codes())


def dossier_facts(
    reglement: Reglement, papers: Papers, *, now: datetime, child: str | None = None, facts: Facts = NO_FACTS
) -> Facts:
    """
    The dated facts of the dossiers over the règlement's calendar, as they are known at *now*: what gates read (S6.4).

    A date for which a piece is no longer good has an incomplete dossier; a fact that is missing, and that would say
    whether a piece is asked, leaves the dossier's fact out, so that its gate is undecided. Each incomplete value names
    the pieces that are missing, which the refusal then tells.

    Args:
        reglement: Whose pieces are required.
        papers: Of the household.
        now: The instant.
        child: Whose dossiers, with those of the household.
        facts: What is known of the child and the household; `facts.merged` of the answer is what a desk takes.
    """
    reading = Reading(reglement, papers, facts, child, now)
    return Facts(tuple((code, tuple(reading.runs(code))) for code in sorted(reading.codes())))


def validate(
    reglement: Reglement, papers: Papers, dossier: str, *,
    at: datetime, by: str, child: str | None = None, facts: Facts = NO_FACTS,
) -> Papers:  # fmt: skip
    """
    With a dossier validated by an agent, once nothing is missing from it.

    Args:
        reglement: Whose pieces are required.
        papers: Of the household.
        dossier: Its fact.
        at: When.
        by: The agent.
        child: Whose dossier; None for that of the household.
        facts: What is known of the child and the household.

    Raises:
        InvalidValueError: If the dossier is not one that an agent validates, is incomplete, or is validated already; if
            it is a child's and none is named, or the household's and one is.
    """
    words = _levels(reglement, dossier, child)
    step = DossierStep(step=Step.VALIDATED, dossier=dossier, child=child, at=at, by=by)
    reading = Reading(reglement, papers, facts, child, step.at)
    fr = en = ""
    if len(words) < 3:
        fr, en = "ce dossier n'a pas de mot pour « validé » ; il en faut trois dans [faits]", "no third word in [faits]"
    elif child is None and of_a_child(reglement, dossier):
        fr, en = "ce dossier est d'un enfant ; dites lequel", "this dossier is a child's; say whose"
    elif (found := reading.on(dossier, reading.today)).value == words[2]:
        fr, en = "déjà validé ; rouvrez-le d'abord", "validated already; reopen it first"
    elif found.value != words[1]:
        lacks = ", ".join(f"« {name} »" for name in found.missing) or "un fait qui dise quelles pièces sont demandées"
        fr, en = f"incomplet ; il manque {lacks}", f"incomplete; missing {lacks}"
    raise_all([Fault((dossier,), fr, en)] if fr else [])
    return papers.stepped(step)


def reopen(
    reglement: Reglement, papers: Papers, dossier: str, *, at: datetime, by: str, reason: str = "",
    child: str | None = None, pieces: Iterable[str] = (),
) -> Papers:  # fmt: skip
    """
    With a dossier reopened by what changed: it is to be validated anew, and some pieces to be transmitted anew.

    Args:
        reglement: Whose pieces are required.
        papers: Of the household.
        dossier: Its fact.
        at: When.
        by: The account or the agent whose change it was.
        reason: Why, where it is said.
        child: Whose dossier; None for that of the household, and of all its children.
        pieces: Codes of pieces of this dossier that were good for what it was before.

    Raises:
        InvalidValueError: If a piece is not of the dossier, or if nothing would be reopened.
    """
    words, asked = _levels(reglement, dossier, child), tuple(pieces)
    known = [one.code for one in reglement.pieces if one.dossier == dossier]
    faults = []
    for one in asked:
        if one not in known:
            fr, en = meant(one, known)
            faults.append(Fault(("pieces",), f"{quoted(one)} n'est pas de ce dossier ; {fr}", f"not of it; {en}"))
    if not asked and len(words) < 3:
        fr = "aucun agent ne valide ce dossier ; dites quelles pièces sont à transmettre de nouveau"
        faults.append(Fault(("pieces",), fr, "no agent validates this dossier; say what pieces are asked anew"))
    raise_all(faults)
    return papers.stepped(
        DossierStep(step=Step.REOPENED, dossier=dossier, child=child, at=at, by=by, reason=reason, pieces=asked)
    )


def _levels(reglement: Reglement, dossier: str, child: str | None) -> tuple[Value, ...]:
    """The words of a dossier that pieces give, of a child only where it is a child's."""
    known = {one.dossier for one in reglement.pieces}
    if dossier not in known:
        fr, en = meant(dossier, known)
        raise_all([Fault(("dossier",), f"dossier inconnu : {quoted(dossier)} ; {fr}", f"unknown dossier; {en}")])
    if child is not None and not of_a_child(reglement, dossier):
        fr = "ce dossier est du foyer, le même pour tous ; ne nommez pas d'enfant"
        raise_all([Fault(("child",), fr, "this dossier is the household's; name no child")])
    return levels(dict(reglement.facts)[dossier])


def review_message(
    reglement: Reglement, papers: Papers, number: str, *, sender: Service, to: str, to_name: str | None = None,
    of: str = "", link: Link | None = None,
) -> EmailMessage:  # fmt: skip
    """
    The mail that tells a family what the service last said of a document.

    Args:
        reglement: Names the piece.
        papers: Of the household.
        number: Of the document.
        sender: The service.
        to: The family's address.
        to_name: Its name.
        of: First name of the child whose piece it is, where it is a child's.
        link: The page where documents are transmitted.

    Raises:
        InvalidValueError: If the document is pending: there is nothing to tell.
    """
    document = papers.document(number)
    if not document.reviews:
        raise InvalidValueError(
            [Fault(("documents", number), "en attente : rien à annoncer", "pending: nothing to tell")]
        )
    review, piece = document.reviews[-1], _piece(reglement, document.piece)
    named = f"« {piece.label} »{f' de {of}' if of else ''}"
    sent = f"Votre document {named}, transmis le {local_day(reglement, document.sent_at):%d/%m/%Y},"
    if review.verdict is Verdict.ACCEPTED:
        first, last = piece.validity.days(review.dated)
        since = f"du {first:%d/%m/%Y} " if first else "jusqu'"
        good = f" Il vaut {since}au {last:%d/%m/%Y}." if last else ""
        return message(
            f"Document accepté : {piece.label}", to, ["Bonjour,", f"{sent} est accepté.{good}"],
            sender=sender, to_name=to_name, link=link, at=review.at,
        )  # fmt: skip
    said = "n'a pas pu être accepté" if review.verdict is Verdict.REFUSED else "n'est plus accepté"
    again = "Merci d'en transmettre un nouveau, par « Transmettre un document »."
    return message(
        f"Document à renvoyer : {piece.label}", to,
        ["Bonjour,", f"{sent} {said}.", f"Motif : {review.reason}", again],
        sender=sender, to_name=to_name, link=link, at=review.at,
    )  # fmt: skip
