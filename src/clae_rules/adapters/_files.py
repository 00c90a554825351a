"""
What a family sends, judged before it is kept: by its name, and by what its content really is.

A name is only shown, never a place on a disk; what is kept is called by its number. Still a name that could be taken
for a path, hide its end or break a page is refused, and a content must be one of three kinds from its first byte to
its last, whatever the name or the browser says.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Final
from unicodedata import category, normalize
from zlib import crc32

from ._records import RefusedValueError

#: A longer name is refused.
MOST_NAME: Final = 120
_SIGNS: Final = frozenset('<>:"|?*`/\\')
#: What some systems take for a slash or a backslash, beside what Unicode calls alike.
_SLASHES: Final = frozenset("\u2044\u2215\u29f5\u29f8\u2571\u2572")
_ESCAPED: Final = re.compile(r"%[0-9a-fA-F]{2}")
#: Names of devices, which Windows opens whatever their ending.
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9])(?:\..*)?", re.IGNORECASE)
_PDF_HEAD: Final = re.compile(rb"%PDF-[12]\.[0-9]")
_PDF_TAIL: Final = re.compile(rb"startxref\s+[0-9]+\s+%%EOF")
#: A picture of more segments or chunks was made to be long to judge.
_MOST_PARTS: Final = 20_000
#: The marker of a segment, after any filling.
_MARKER: Final = re.compile(rb"\xff+([^\xff])", re.DOTALL)
_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"

_NO_SIGN: Final = ("sans chemin ni signe réservé (/ \\ < > : ?…)", "without path or reserved sign (/ \\ < > : ?…)")
_NO_DOT: Final = ("sans point ni espace au début ou à la fin", "without a dot or a space at either end")


class FileKind(Enum):
    """The kinds of file that are taken; no other is."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"

    @property
    def endings(self) -> tuple[str, ...]:
        """How the name of one ends."""
        return {"PDF": (".pdf",), "JPEG": (".jpg", ".jpeg"), "PNG": (".png",)}[self.name]


def file_name(given: Any) -> str:
    """
    A name that can be shown, written beside others and downloaded; accents composed, so that equal names are equal.

    >>> file_name("Attestation d'assurance 2026-2027.PDF")
    "Attestation d'assurance 2026-2027.PDF"
    """
    said = normalize("NFC", given) if isinstance(given, str) and len(given) <= 4 * MOST_NAME else ""
    alike = normalize("NFKC", said)
    checks = (
        (1 <= len(said) <= MOST_NAME, f"de 1 à {MOST_NAME} caractères", f"of 1 to {MOST_NAME} characters"),
        (not (_SLASHES & {*said} or _SIGNS & {*alike} or _ESCAPED.search(alike)), *_NO_SIGN),
        (all(_shown(c) for c in said), "sans caractère invisible", "without invisible characters"),
        (said == said.strip() and alike == alike.strip(" ."), *_NO_DOT),
        (not _DEVICE.fullmatch(alike), "qui ne soit pas celui d'un appareil (CON, NUL…)", "that is no device's (CON…)"),
        (kind_named(said) is not None, "finissant par .pdf, .jpg, .jpeg ou .png", "ending in .pdf, .jpg, .jpeg, .png"),
    )
    wrong = [(fr, en) for right, fr, en in checks if not right]
    if wrong:
        raise RefusedValueError(
            f"un nom {', '.join(fr for fr, _ in wrong)}", f"a name {', '.join(en for _, en in wrong)}"
        )
    return said


def _shown(char: str) -> bool:
    """Whether a character is seen where it stands: no control, no mark that turns the text round, none unassigned."""
    return category(char)[0] != "C" and category(char) not in {"Zl", "Zp"}


def kind_named(name: str) -> FileKind | None:
    """The kind that the end of a name promises."""
    return next((kind for kind in FileKind if name.lower().endswith(kind.endings)), None)


def kind_found(content: Any) -> FileKind | None:
    """The kind that a content begins like, from its very first byte; None of what is not bytes."""
    if not isinstance(content, bytes):
        return None
    if _PDF_HEAD.match(content):
        return FileKind.PDF
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    return FileKind.PNG if content.startswith(_PNG_HEAD) else None


def is_whole(content: bytes, kind: FileKind) -> bool:
    """
    Whether a content that begins like a kind goes on and ends like it: one that was cut, or is something else, does not.

    Source: ISO 32000-1 §7.5.2, §7.5.5 (PDF); ITU-T T.81 annex B (JPEG); PNG third edition §5 (chunks and their CRC).
    """
    if kind is FileKind.PDF:
        return _PDF_TAIL.search(content, max(0, len(content) - 1024)) is not None
    return _jpeg(content) if kind is FileKind.JPEG else _png(content)


def _jpeg(content: bytes) -> bool:
    """The segments up to the picture, which has a size, then its end; what a telephone writes after is left alone."""
    at, sized = 2, False
    for _ in range(_MOST_PARTS):
        found = _MARKER.match(content, at)
        if found is None:
            return False
        at, marker = found.end(), found[1][0]
        if marker < 0xC0 or 0xD0 <= marker <= 0xD9:  # no segment stands here
            return False
        size = int.from_bytes(content[at : at + 2], "big")
        sized = sized or (marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC))
        at += size
        if size < 2 or at > len(content):
            return False
        if marker == 0xDA:
            return sized and content.find(b"\xff\xd9", at) != -1
    return False


def _png(content: bytes) -> bool:
    """Every chunk with its check, the header first and the end last: nothing may follow it."""
    data, at, first, drawn = memoryview(content), len(_PNG_HEAD), True, False
    for _ in range(_MOST_PARTS):
        size, kind = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        end = at + 12 + size
        if end > len(data) or crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            return False
        if first and (kind, size) != (b"IHDR", 13):
            return False
        if kind == b"IEND":
            return drawn and end == len(data)
        first, drawn, at = False, drawn or kind == b"IDAT", end
    return False
