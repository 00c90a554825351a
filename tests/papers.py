"""Files, pieces and papers for the tests of documents and dossiers."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime
from typing import Final

from tests.small import engine

from clae_rules.adapters.documents import Document, Papers, SentFile, accept, received, transmit

PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 0\ntrailer\n<<>>\nstartxref\n30\n%%EOF\n"


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """A chunk of a PNG."""
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


#: One grey pixel.
PNG: Final = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    + chunk(b"IDAT", zlib.compress(b"\0\x80"))
    + chunk(b"IEND")
)


def segment(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2, "big") + data


#: The skeleton of a photo: its header, its size, and a scan of four bytes.
JPEG: Final = (
    b"\xff\xd8"
    + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    + segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
    + segment(0xDA, b"\1\1\0\0\x3f\0")
    + b"\x12\xff\x00\x34"
    + b"\xff\xd9"
)

#: Pieces of the household and of each child, before the small règlement, whose dates are those of autumn 2026.
PIECES: Final[dict[str, str | None]] = {
    "faits": 'foyer = ["incomplet", "complet", "valide"]\nenfant = ["incomplet", "complet"]\npai = "oui ou non"',
    "piece.domicile": 'nom = "justificatif de domicile"\npour = "foyer"\ndossier = "foyer"\nvalidite = "3 mois"',
    "piece.vaccins": 'nom = "vaccinations"\npour = "enfant"\ndossier = "enfant"',
    "piece.assurance": 'nom = "assurance"\npour = "enfant"\ndossier = "enfant"\nvalidite = "année scolaire"',
    "piece.pai": 'nom = "PAI"\npour = "enfant"\ndossier = "enfant"\nvalidite = "jusqu\'à sa date"\nqui.pai = true',
    "piece.photo": 'nom = "photo"\npour = "enfant"\ndossier = "enfant"\nobligatoire = false',
    "acces.foyer": 'exige.foyer = "valide"\nferme = ["voir", "reserver"]',
    "acces.enfant": 'exige.enfant = "complet"\nmessage = "Complétez le dossier."',
}
ENGINE: Final = engine(PIECES)
REGLEMENT: Final = ENGINE.reglement
FILE: Final[SentFile] = received("scan.pdf", PDF)


def at(day: int, hour: int = 9, month: int = 9) -> datetime:
    """An instant of autumn 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def sent(number: str, piece: str, when: datetime, child: str | None = "lea") -> Document:
    """A transmission; of the household where its piece is."""
    whose = None if piece == "domicile" else child
    return Document(number=number, piece=piece, child=whose, file=FILE, sent_at=when, sent_by="compte-1")


#: The date that an agent reads on each piece of `PIECES`.
DATED: Final = {"domicile": date(2026, 8, 15), "assurance": date(2026, 9, 1), "pai": date(2026, 10, 15)}


def given(*pieces: str, papers: Papers | None = None, day: int = 1) -> Papers:
    """Papers in which some pieces were sent and accepted, one after the other, on a morning of September."""
    found = papers or Papers()
    for piece in pieces:
        number = f"{piece}-{day}"
        found = transmit(REGLEMENT, found, sent(number, piece, at(day, 8)))
        found = accept(REGLEMENT, found, number, at=at(day), by="agent-1", dated=DATED.get(piece))
    return found
