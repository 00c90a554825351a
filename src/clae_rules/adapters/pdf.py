"""
An invoice or a credit note as PDF, by ReportLab: the same bytes for the same sheet.

The letters are those of a font that is put into the file, so that names are printed and found as they are written; a
letter that the font lacks is refused rather than printed as a box. Bitstream Vera, which ReportLab brings, has those of
western Europe; another TrueType font may be given. Scripts that join their letters or run from right to left are not
laid out as they should be.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from ..errors import Fault, InvalidValueError, raise_all
from ._missing import MissingLibraryError
from ._sheets import COLUMNS, Sheet

#: What is printed in place of a character that few fonts have and that looks the same.
_ALIKE: Final = str.maketrans({"\u202f": "\u00a0", "\u2011": "-"})
#: In points: 18 mm around, 6 of which ReportLab leaves by itself, and the columns between.
_MARGIN: Final = 51
_FRAME: Final = _MARGIN - 6
_WIDTHS: Final = (353, 60, 80)
_HALVES: Final = (270, 223)
_RULE: Final = (0.4, "#999999")
#: The rows of a table, some ten pages.
_MOST_ROWS: Final = 400
#: The signs of a sheet, each text for as many more as it takes to lay it out: some fifteen seconds.
_MOST_SIGNS: Final = 2_000_000
_EACH_TEXT: Final = 50
_FLUSH: Final = ("LEFTPADDING", (0, 0), (0, -1), 0)


def pdf(sheet: Sheet, *, font: Path | None = None, bold: Path | None = None) -> bytes:
    """
    A sheet as a PDF file of A4 pages, its headings again on each, numbered « page 1/3 ».

    Args:
        sheet: What it says.
        font: A TrueType font in place of Bitstream Vera.
        bold: Its bold face; the same face without it.

    Raises:
        MissingLibraryError: If `reportlab` is not installed.
        InvalidValueError: Naming the letters that the font lacks, or a file that is none; or if it is endless.
    """
    raise_all(_endless(sheet))
    try:
        import reportlab
    except ImportError as missing:
        raise MissingLibraryError("un PDF demande une bibliothèque", "pdf") from missing
    brought = Path(reportlab.__file__).parent / "fonts"
    paths = (font, bold or font) if font else (brought / "Vera.ttf", brought / "VeraBd.ttf")
    return _Writer(sheet, *(_registered(path) for path in paths)).written()


def _endless(sheet: Sheet) -> Iterator[Fault]:
    """A sheet that would take minutes: the records allow far more than a paper."""
    signs = sum(_EACH_TEXT + len(text) for text in _texts(sheet))
    if signs > _MOST_SIGNS:
        fr = f"trop long pour un PDF ({signs} signes sur {_MOST_SIGNS}) ; donnez sa page, ou faites plusieurs factures"
        en = f"too long for a PDF ({signs} signs of {_MOST_SIGNS}); give its page, or make several invoices"
        yield Fault(("sheet",), fr, en)


def _registered(path: Path) -> str:
    """The name under which ReportLab knows a font file."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    name = f"clae-rules:{path.resolve()}"
    if name not in pdfmetrics.getRegisteredFontNames():
        try:
            pdfmetrics.registerFont(TTFont(name, path))
        except (TTFError, OSError):
            fr = f"lu « {path.name} » ; il faut un fichier TrueType (.ttf)"
            raise InvalidValueError([Fault(("font",), fr, f"got « {path.name} »; expected a TrueType file")]) from None
    return name


class _Writer:
    """A sheet and the faces that it is written in, by the names under which ReportLab knows them."""

    def __init__(self, sheet: Sheet, face: str, bold: str) -> None:
        from reportlab.lib.styles import ParagraphStyle

        self.sheet, self.face, self.bold = sheet, face, bold
        self._must_be_written()
        self.plain = ParagraphStyle("plain", fontName=face, fontSize=9, leading=12, splitLongWords=True)
        self.strong = ParagraphStyle("strong", self.plain, fontName=bold)
        self.small = ParagraphStyle("small", self.plain, fontSize=7, leading=9, leftIndent=8, textColor="#444444")
        self.title = ParagraphStyle("title", self.strong, fontSize=15, leading=19, spaceBefore=18, spaceAfter=8)
        self.amount = ParagraphStyle("amount", self.plain, alignment=2)
        self.sum = ParagraphStyle("sum", self.strong, alignment=2)

    def _must_be_written(self) -> None:
        """Refuse what the font has no letter for, rather than print a box."""
        from reportlab.pdfbase import pdfmetrics

        known = [set(pdfmetrics.getFont(name).face.charToGlyph) for name in (self.face, self.bold)]
        used = {ord(one) for text in _texts(self.sheet) for one in text.translate(_ALIKE)}
        lacking = ", ".join(f"« {chr(one)} »" for one in sorted(used - (known[0] & known[1])))
        if lacking:
            fr = f"n'a pas {lacking} ; donnez une police TrueType qui les a"
            raise InvalidValueError([Fault(("font",), fr, f"lacks {lacking}; give a TrueType font that has them")])

    def written(self) -> bytes:
        """The file; « page 1/ » of each page is followed by a form that is drawn once all are counted."""
        from reportlab.lib.pagesizes import A4
        from reportlab.pdfgen.canvas import Canvas
        from reportlab.platypus import SimpleDocTemplate

        right = A4[0] - _MARGIN - 20

        def foot(canvas: Any, document: Any) -> None:
            canvas.setFont(self.face, 8)
            canvas.drawString(_MARGIN, _MARGIN / 2, self.sheet.title)
            canvas.drawRightString(right, _MARGIN / 2, f"page {document.page}/")
            canvas.doForm("pages")

        def counted(*args: Any, **options: Any) -> Any:
            made = Canvas(*args, **options)
            save = made.save

            def last() -> None:
                made.beginForm("pages")
                made.setFont(self.face, 8)
                made.drawString(right, _MARGIN / 2, str(document.page))
                made.endForm()
                save()

            made.save = last
            return made

        out = BytesIO()
        document = SimpleDocTemplate(
            out, pagesize=A4, leftMargin=_FRAME, rightMargin=_FRAME, topMargin=_FRAME, bottomMargin=_FRAME,
            title=self.sheet.title, author=self.sheet.issuer[0], subject=self.sheet.reference, creator="clae_rules",
            lang="fr-FR", displayDocTitle=True, invariant=True, initialFontName=self.face,
        )  # fmt: skip
        document.build(self._story(), onFirstPage=foot, onLaterPages=foot, canvasmaker=counted)
        return out.getvalue()

    def _story(self) -> list[Any]:
        from reportlab.platypus import Spacer

        heads = [[self._lines(self.sheet.issuer), [Spacer(0, 40), *self._lines(self.sheet.recipient)]]]
        facts = [[self._said(name, self.plain), self._said(value, self.plain)] for name, value in self.sheet.facts]
        return [
            _table(heads, _HALVES, _FLUSH),
            self._said(self.sheet.title, self.title),
            _table(facts, (130, 363), _FLUSH),
            Spacer(0, 12),
            *self._detail(),
            Spacer(0, 8),
            self._totals(),
            Spacer(0, 12),
            *(self._said(note, self.plain) for note in self.sheet.notes),
        ]

    def _said(self, text: str, style: Any) -> Any:
        """A text, read as nothing but text."""
        from reportlab.platypus import Paragraph

        return Paragraph(escape(text.translate(_ALIKE), quote=False), style)

    def _lines(self, lines: tuple[str, ...]) -> list[Any]:
        """Lines of an address, the first in bold."""
        return [self._said(line, self.plain if i else self.strong) for i, line in enumerate(lines)]

    def _detail(self) -> Iterator[Any]:
        """
        The lines child by child, each followed by how it came about; a text taller than what is left of a page is cut.

        ReportLab lays out anew, page after page, all that is left of a cell or of a table that it cuts: so a step is a
        row of its own, and what is very long is several tables, one below the other.
        """
        rows: list[list[Any]] = []
        style: list[Any] = []
        for shaded, row in self._blocks():
            first, last = len(rows) + 1, len(rows) + len(row)
            rows += row
            if len(row) > 1:  # close together, and no taller where a cell is empty
                style.append(("BOTTOMPADDING", (0, first), (-1, last - 1), 0))
                style.append(("TOPPADDING", (0, first + 1), (-1, last), 0))
                style.append(("LEADING", (1, first + 1), (-1, last), self.small.leading))
            style.append(("LINEBELOW", (0, last), (-1, last), *_RULE))
            if shaded:
                style.append(("BACKGROUND", (0, first), (-1, first), "#eeeeee"))
            elif len(rows) >= _MOST_ROWS:
                yield self._headed(rows, style)
                rows, style = [], []
        if rows:
            yield self._headed(rows, style)

    def _blocks(self) -> Iterator[tuple[bool, list[list[Any]]]]:
        """The rows that one rule closes: a name, which is shaded, or a line and its steps."""
        for name, said in self.sheet.groups:
            yield True, [[self._said(name, self.strong), "", ""]]
            for row in said:
                amounts = (self._said(text, self.amount) for text in (row.quantity, row.amount))
                steps = ([self._said(step, self.small), "", ""] for step in row.details)
                yield False, [[self._said(row.matter, self.plain), *amounts], *steps]

    def _headed(self, rows: list[list[Any]], style: list[Any]) -> Any:
        """A table under the headings of the columns, again on each page."""
        head = [self._said(name, self.sum if i else self.strong) for i, name in enumerate(COLUMNS)]
        return _table([head, *rows], _WIDTHS, ("LINEBELOW", (0, 0), (-1, 0), *_RULE), *style, repeat=1)

    def _totals(self) -> Any:
        """The sums; the last one is what counts."""
        last = len(self.sheet.totals) - 1
        styles = [(self.plain, self.amount)] * last + [(self.strong, self.sum)]
        rows = [
            [self._said(name, left), self._said(amount, right)]
            for (name, amount), (left, right) in zip(self.sheet.totals, styles, strict=True)
        ]
        return _table(rows, (160, 110), ("LINEABOVE", (0, last), (-1, last), 0.8, "#000000"), align="RIGHT")


def _table(rows: list[Any], widths: tuple[int, ...], *style: Any, repeat: int = 0, align: str = "LEFT") -> Any:
    from reportlab.platypus import LongTable

    whole = ((0, 0), (-1, -1))
    close = [("VALIGN", *whole, "TOP"), ("TOPPADDING", *whole, 2), ("BOTTOMPADDING", *whole, 2)]
    return LongTable(rows, colWidths=widths, repeatRows=repeat, hAlign=align, splitInRow=repeat, style=[*close, *style])


def _texts(sheet: Sheet) -> Iterator[str]:
    """All that is written."""
    yield from (sheet.title, *sheet.issuer, *sheet.recipient, *sheet.notes, *COLUMNS, "page 0123456789/")
    yield from (text for pair in (*sheet.facts, *sheet.totals) for text in pair)
    for name, rows in sheet.groups:
        yield name
        for row in rows:
            yield from (row.matter, row.quantity, row.amount, *row.details)
