"""
What a household transmitted and what the service made of it, as a history that is only added to.

A step is one more entry; whether it may follow the others is judged by the records themselves, so that a history read
back from a store is judged as one that is being made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, cast

from ..errors import Fault, InvalidValueError, raise_all
from ._files import FileKind, file_name, is_whole, kind_found, kind_named
from ._records import (
    Form,
    Record,
    RefusedValueError,
    a,
    a_code,
    civil_day,
    field,
    instant,
    note,
    one_of,
    optional,
    record,
    several,
    text,
    whole,
)

#: A larger file is refused where nothing else is said.
MOST_BYTES: Final = 5_000_000
#: No store keeps a larger one.
_LARGEST: Final = 1_000_000_000


def code(given: Any) -> str:
    """A code of a règlement, as files write it."""
    if not isinstance(given, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", given):
        raise RefusedValueError("un code en minuscules sans accent", "a code in lower case without accents")
    return given


def _digest(given: Any) -> str:
    if not isinstance(given, str) or not re.fullmatch(r"[0-9a-f]{64}", given):
        raise RefusedValueError("une empreinte SHA-256, 64 chiffres hexadécimaux", "a SHA-256, 64 hexadecimal digits")
    return given


@record
class SentFile(Record):
    """
    A file that a family sent: what is known of it, never what is in it.

    Args:
        name: As the family calls it; shown to it and to the service alone.
        kind: What its content is.
        size_bytes: Its size.
        sha256: Its content's SHA-256: tells whether a stored one is still this one.
    """

    FORM = Form("fichier")

    name: str = field(file_name, key="nom", private=True)
    kind: FileKind = field(one_of(FileKind), key="type")
    size_bytes: int = field(whole(1, _LARGEST), key="octets")
    sha256: str = field(_digest, key="empreinte")

    def faults(self) -> Iterator[Fault]:
        """A name that ends like another kind."""
        if kind_named(self.name) is not self.kind:
            yield _misnamed(self.kind)

    def is_of(self, content: bytes) -> bool:
        """Whether a content is the one that was sent."""
        return len(content) == self.size_bytes and sha256(content).hexdigest() == self.sha256


def _misnamed(kind: FileKind) -> Fault:
    ends, found = " ou ".join(kind.endings), kind.name
    fr = f"le contenu est un {found}, le nom dit autre chose ; renommez-le en {ends}, ou renvoyez le bon fichier"
    return Fault(("name",), fr, f"the content is a {found}, the name says otherwise; end it in {kind.endings[0]}")


def received(name: str, content: bytes, *, most_bytes: int = MOST_BYTES) -> SentFile:
    """
    A file as it was received, once its name and its content are judged; the content itself is the portal's to keep.

    Args:
        name: As the browser sent it.
        content: All of it.
        most_bytes: How large it may be.

    Raises:
        InvalidValueError: With everything that is wrong with it, its name never repeated.

    >>> try:
    ...     received("facture.exe", b"")
    ... except InvalidValueError as error:
    ...     print(error)
    name : valeur non répétée ici ; il faut un nom finissant par .pdf, .jpg, .jpeg ou .png
    content : le fichier est vide ; renvoyez-le
    """
    faults: list[Fault] = []
    try:
        file_name(name)
    except RefusedValueError as why:
        hidden = ("valeur non répétée ici ; il faut", "value not repeated; expected")
        faults.append(Fault(("name",), f"{hidden[0]} {why.fr}", f"{hidden[1]} {why.en}"))
    kind = kind_found(content)
    faults += _content_faults(content, kind, most_bytes)
    if kind is not None and not faults and kind_named(name) is not kind:
        faults.append(_misnamed(kind))
    if kind is None or faults:
        raise InvalidValueError(faults)
    return SentFile(name=name, kind=kind, size_bytes=len(content), sha256=sha256(content).hexdigest())


def _content_faults(content: Any, kind: FileKind | None, most_bytes: int) -> Iterator[Fault]:
    if not isinstance(content, bytes):
        yield Fault(("content",), "il faut des octets (bytes)", "expected bytes")
    elif not content:
        yield Fault(("content",), "le fichier est vide ; renvoyez-le", "the file is empty; send it again")
    else:
        if len(content) > most_bytes:
            (large, much), (most, few) = _size(len(content), up=True), _size(most_bytes)
            fr = f"le fichier fait {large} ; il faut {most} au plus, une photo moins grande suffit"
            yield Fault(("content",), fr, f"the file has {much}; expected at most {few}, a smaller photo will do")
        if kind is None:
            fr = "ce n'est ni un PDF, ni une photo JPEG ou PNG ; enregistrez-le dans l'un de ces formats"
            yield Fault(("content",), fr, "neither a PDF, a JPEG nor a PNG; save it as one of these")
        elif len(content) <= most_bytes and not is_whole(content, kind):
            fr = f"le fichier commence comme un {kind.name}, mais il est coupé ou abîmé ; renvoyez-le"
            yield Fault(("content",), fr, f"the file begins as a {kind.name}, but is cut or damaged; send it again")


def _size(count: int, *, up: bool = False) -> tuple[str, str]:
    """A size in French and English, rounded up or down to a tenth of its unit."""
    for unit, fr, en in ((1_000_000, "Mo", "MB"), (1_000, "ko", "kB")):
        if count >= unit:
            tenths = -(-count * 10 // unit) if up else count * 10 // unit
            shown = f"{tenths // 10}.{tenths % 10}".removesuffix(".0")
            return f"{shown.replace('.', ',')} {fr}", f"{shown} {en}"
    return f"{count} octets", f"{count} bytes"


class Verdict(Enum):
    """What the service said of a document."""

    ACCEPTED = "acceptée"
    REFUSED = "refusée"
    RECALLED = "rappelée"


#: What may be said of a document after what was said of it before; None before anything was.
_NEXT: Final = MappingProxyType(
    {
        None: frozenset((Verdict.ACCEPTED, Verdict.REFUSED)),
        Verdict.ACCEPTED: frozenset((Verdict.RECALLED,)),
        Verdict.REFUSED: frozenset[Verdict](),
        Verdict.RECALLED: frozenset[Verdict](),
    }
)


@record
class Review(Record):
    """
    A dated act of an agent on a document: accepted, refused with why, or an acceptance recalled with why.

    Args:
        verdict: What was said.
        at: When.
        by: Who.
        reason: Why, as the family reads it; required but for an acceptance.
        dated: The date that the agent read on the piece, where its validity needs one.
    """

    FORM = Form("avis")

    verdict: Verdict = field(one_of(Verdict), key="avis")
    at: datetime = field(instant, key="le")
    by: str = field(text(80), key="par", private=True)
    reason: str = field(note(1000), key="motif", default="", private=True)
    dated: date | None = field(optional(civil_day), key="date", default=None)

    def faults(self) -> Iterator[Fault]:
        """A refusal that does not say why; a date on what is not accepted."""
        if self.verdict is not Verdict.ACCEPTED and not self.reason:
            yield Fault(("reason",), "dites à la famille pourquoi", "tell the family why")
        if self.verdict is not Verdict.ACCEPTED and self.dated is not None:
            yield Fault(("dated",), "seule une pièce acceptée est datée", "only an accepted piece is dated")


@record
class Document(Record):
    """
    One transmission of one piece, and what the service made of it.

    Args:
        number: Given by the portal's store; what it keeps of the file is called by it.
        piece: Code of the piece in the règlement.
        child: Whose it is; None for a piece of the household.
        file: What was sent.
        sent_at: When.
        sent_by: The account that sent it.
        reviews: What the service said of it, in order.
    """

    FORM = Form("document")

    number: str = field(text(60), key="numero")
    piece: str = field(code, key="piece")
    child: str | None = field(optional(a_code), key="enfant", default=None)
    file: SentFile = field(a(SentFile), key="fichier")
    sent_at: datetime = field(instant, key="le")
    sent_by: str = field(text(120), key="par", private=True)
    reviews: tuple[Review, ...] = field(several(a(Review), 20), key="avis", default=())

    def faults(self) -> Iterator[Fault]:
        """A review before what it reviews, a second one, or a recall of what was not accepted."""
        before, state = self.sent_at, None
        for i, one in enumerate(self.reviews):
            if one.at < before:
                yield backwards(("reviews", i), one.at, before)
            if one.verdict not in _NEXT[state]:
                said = state.value if state else "en attente"
                fr = f"la pièce est {said}, elle ne peut pas être {one.verdict.value} ; demandez une nouvelle transmission"
                if state is None:
                    fr = "la pièce est en attente ; acceptez-la ou refusez-la d'abord"
                en = f"the piece is {state.name.lower() if state else 'pending'}, it cannot be {one.verdict.name.lower()}"
                yield Fault(("reviews", i), fr, en)
            before, state = one.at, one.verdict

    def review(self, now: datetime) -> Review | None:
        """What the service last said of it at *now*; None while it is pending."""
        return next((one for one in reversed(self.reviews) if one.at <= now), None)


def backwards(path: tuple[str | int, ...], given: datetime, before: datetime) -> Fault:
    """An instant before the one that it must follow: a clock that went back, or steps in the wrong order."""
    fr = f"lu « {given.isoformat()} » ; il faut un instant qui suit le précédent, {before.isoformat()}"
    return Fault(
        path, fr, f"got « {given.isoformat()} »; expected an instant after the one before, {before.isoformat()}"
    )


class Step(Enum):
    """What is said of a whole dossier."""

    VALIDATED = "validé"
    REOPENED = "rouvert"


@record
class DossierStep(Record):
    """
    A dated act on a dossier: an agent validated it, or something that changed reopened it.

    Args:
        step: What was done.
        dossier: The fact of the dossier in the règlement.
        child: Whose dossier; None for that of the household, which is that of all its children.
        at: When.
        by: Who did it: an agent, or the account whose change did.
        reason: Why, where it is said.
        pieces: When it reopens: pieces to be transmitted anew; those sent before no longer count.
    """

    FORM = Form("etape")

    step: Step = field(one_of(Step), key="etape")
    dossier: str = field(code, key="dossier")
    child: str | None = field(optional(a_code), key="enfant", default=None)
    at: datetime = field(instant, key="le")
    by: str = field(text(120), key="par", private=True)
    reason: str = field(note(1000), key="motif", default="", private=True)
    pieces: tuple[str, ...] = field(several(code, 100), key="pieces", default=())

    def faults(self) -> Iterator[Fault]:
        """Pieces to be sent anew, and yet a dossier that is validated."""
        if self.step is Step.VALIDATED and self.pieces:
            yield Fault(("pieces",), "un dossier validé n'en redemande pas", "a validated dossier asks for none again")

    def concerns(self, dossier: str, child: str | None) -> bool:
        """Whether it is about a dossier of a child."""
        return self.dossier == dossier and self.child in (None, child)


@record
class Papers(Record):
    """
    Everything that one household transmitted and what the service made of it, in order.

    Args:
        documents: As they were sent.
        steps: What was said of whole dossiers.
    """

    FORM = Form("papiers")

    documents: tuple[Document, ...] = field(several(a(Document), 10_000), key="documents", default=())
    steps: tuple[DossierStep, ...] = field(several(a(DossierStep), 10_000), key="etapes", default=())

    def faults(self) -> Iterator[Fault]:
        """A number used twice; a document sent before the one it replaces, or reviewed after it was replaced."""
        seen: set[str] = set()
        latest: dict[tuple[str, str | None], tuple[int, Document]] = {}
        for i, one in enumerate(self.documents):
            here = ("documents", i)
            if one.number in seen:
                yield Fault(here, "numéro déjà donné ; un document, un numéro", "number given already; one a document")
            seen.add(one.number)
            if (one.piece, one.child) in latest:
                rank, before = latest[one.piece, one.child]
                if one.sent_at < before.sent_at:
                    yield backwards(here, one.sent_at, before.sent_at)
                if before.reviews and before.reviews[0].at > one.sent_at:
                    fr = f"remplacé par « {one.number} » avant d'être vu ; jugez celui-là"
                    en = f"replaced by « {one.number} » unseen; review that one"
                    yield Fault(("documents", rank), fr, en)
            latest[one.piece, one.child] = i, one
        for i, (first, then) in enumerate(zip(self.steps, self.steps[1:], strict=False)):
            if then.at < first.at:
                yield backwards(("steps", i + 1), then.at, first.at)

    def document(self, number: str) -> Document:
        """
        The document of a number.

        Raises:
            InvalidValueError: If there is none.
        """
        found = next((one for one in self.documents if one.number == number), None)
        if found is None:
            raise_all([Fault(("documents",), "numéro inconnu de ce foyer", "no document of this household has it")])
        return cast("Document", found)

    def of(self, piece: str, child: str | None, now: datetime) -> tuple[Document, ...]:
        """What was transmitted of a piece at *now*, in order."""
        return tuple(d for d in self.documents if d.piece == piece and d.child == child and d.sent_at <= now)

    def transmitted(self, document: Document) -> Papers:
        """With one more document; one of the same piece that is pending is replaced by it."""
        return self.changed(documents=(*self.documents, document))

    def reviewed(self, number: str, review: Review) -> Papers:
        """With one more review of a document."""
        old = self.document(number)
        try:
            new = old.changed(reviews=(*old.reviews, review))
        except InvalidValueError as error:
            at = self.documents.index(old)
            raise InvalidValueError(one.under("documents", at) for one in error.faults) from None
        return self.changed(documents=tuple(new if one is old else one for one in self.documents))

    def stepped(self, step: DossierStep) -> Papers:
        """With one more act on a dossier."""
        return self.changed(steps=(*self.steps, step))
