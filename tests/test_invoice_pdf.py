"""An invoice as PDF: the same bytes, all of its words, on as many pages as it takes."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("attrs")
pytest.importorskip("reportlab")
pytest.importorskip("pypdf")

import reportlab
from pypdf import PdfReader
from reportlab.platypus import Paragraph
from tests.invoicing import TOWN, at, first, names, paid, september, with_cents

from clae_rules import InvalidValueError
from clae_rules.adapters._missing import MissingLibraryError
from clae_rules.adapters.invoices import account_of, credit_note, credit_sheet, invoice_sheet, standing
from clae_rules.adapters.pdf import pdf

INVOICE = first()


def pages(source: bytes) -> list[str]:
    """The words of each page, blanks alike, as letters and not as ligatures."""
    found = (one.extract_text() for one in PdfReader(BytesIO(source)).pages)
    return [" ".join(unicodedata.normalize("NFC", text).split()) for text in found]


def test_all_its_words_are_on_the_page() -> None:
    """Names with œ and ç, amounts in €, dates, derivations, totals and notes can be read, and so searched and copied."""
    account = account_of(INVOICE).after(paid(5000))
    (text,) = pages(pdf(invoice_sheet(INVOICE, TOWN, names(INVOICE), standing(account, at(5, 11)))))

    for word in (
        "Facture CLAE-2026-000001", "Commune de Massingy", "Mme Zoé Lœuf-Çelik", "12 bis, rue de l’Église", "Léa Lœuf",
        "02/10/2026", "Cantine (14/09, 15/09, 17/09)", "16,50 €", "20 min de retard (départ 18:20) (page)", "86,50 €",
        "-50,00 €", "36,50 €", "en retard, le 05/11/2026", "Payez en ligne", INVOICE.lines[0].digest[:12], "page 1/ 1",
    ):  # fmt: skip
        assert word in text


def test_it_is_told_what_it_is() -> None:
    """Title, author and language for those who hear it; the number as its subject; no name in what describes it."""
    read = PdfReader(BytesIO(pdf(invoice_sheet(INVOICE, TOWN, names(INVOICE)))))
    told: Any = read.metadata
    root: Any = read.trailer["/Root"]

    assert (told.title, told.author, told.subject) == (
        "Facture CLAE-2026-000001",
        "Commune de Massingy",
        "CLAE-2026-000001",
    )
    assert root["/Lang"] == "fr-FR"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "Zoé" not in str(told)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    """Again, after another sheet, and in another process; another amount gives other bytes."""
    sheet = invoice_sheet(INVOICE, TOWN, names(INVOICE))
    once = pdf(sheet)
    other = pdf(invoice_sheet(first(with_cents(1, 2, 3)), TOWN))
    code = (
        "import sys; from tests.invoicing import *; from clae_rules.adapters.invoices import invoice_sheet; "
        "from clae_rules.adapters.pdf import pdf; "
        "sys.stdout.buffer.write(pdf(invoice_sheet(first(), TOWN, names(first()))))"
    )
    root = Path(__file__).parents[1]
    run = [sys.executable, "-c", f"import sys; sys.path[:0] = [{str(root / 'src')!r}, {str(root)!r}]; {code}"]

    assert pdf(sheet) == once != other
    assert subprocess.run(run, capture_output=True, check=True, cwd=root).stdout == once


def test_a_thousand_lines_take_many_pages() -> None:
    """Headings again on each page, pages numbered, every line once, the total on the last."""
    made = first(with_cents(*range(100_001, 101_001)))
    found = pages(pdf(invoice_sheet(made, TOWN, names(made))))

    assert len(found) > 20
    for number, text in enumerate(found, 1):
        assert "Désignation" in text
        assert f"Facture CLAE-2026-000001 page {number}/ {len(found)}" in text
    whole = " ".join(found)
    amounts = [
        f"{line.due_cents // 100_000} {line.due_cents // 100 % 1000:03},{line.due_cents % 100:02} €"
        for line in made.lines
    ]
    assert [amount for amount in amounts if whole.count(f" {amount}") < 1] == []
    assert "Total à payer 1 005 005,00 €" in found[-1]
    assert sum("Total à payer" in text for text in found) == 1


def test_long_words_are_cut_and_tall_lines_go_over_pages() -> None:
    """A name of 200 letters without a blank, a derivation of several pages: nothing is lost, nothing fails."""
    name, step = "N" * 200, "mot " * 450 + "fin"
    lines = (INVOICE.lines[0], INVOICE.lines[1].changed(derivation=(step,) * 30))
    made = INVOICE.changed(lines=lines)
    found = "".join(pages(pdf(invoice_sheet(made, TOWN, names(made, name, name)))))

    assert found.count("N") >= 400
    assert found.count("mot") == 30 * 450
    assert found.count("fin") == 30


def test_its_time_grows_with_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the steps of a line, or twice the lines, are laid out by about twice the work, not by four times."""
    laid = 0
    lay = Paragraph.breakLines

    def counted(self: Any, width: Any) -> Any:
        nonlocal laid
        laid += 1
        return lay(self, width)

    monkeypatch.setattr(Paragraph, "breakLines", counted)
    line = INVOICE.lines[0].changed(label="W " * 700)
    one = INVOICE.lines[0].changed(derivation=("y",))
    for few, many in (
        ((line.changed(derivation=("y" * 300,) * 100),), (line.changed(derivation=("y" * 300,) * 200),)),
        ((one,) * 500, (one,) * 1000),
    ):
        work = []
        for lines in (few, many):
            laid = 0
            pdf(invoice_sheet(INVOICE.changed(lines=lines), TOWN))
            work.append(laid)
        assert work[1] < 2.2 * work[0]


def test_every_row_of_several_tables_is_there_once() -> None:
    """What is very long is laid out in several tables: no line and no step is lost between two."""
    lines = tuple(INVOICE.lines[0].changed(label=f"ligne{i:04}.", derivation=(f"calcul{i:04}.",)) for i in range(450))
    whole = " ".join(pages(pdf(invoice_sheet(INVOICE.changed(lines=lines), TOWN))))

    for i in range(450):
        assert (whole.count(f"ligne{i:04}."), whole.count(f"calcul{i:04}.")) == (1, 1)


def test_what_is_endless_is_refused() -> None:
    """An invoice may hold more than any paper: it is refused at once, with the way out."""
    line = INVOICE.lines[0].changed(derivation=("y" * 2000,) * 200)
    with pytest.raises(InvalidValueError, match=r"sheet : trop long pour un PDF .* donnez sa page"):
        pdf(invoice_sheet(INVOICE.changed(lines=(line,) * 6), TOWN))


def test_nothing_that_is_given_is_read_as_markup() -> None:
    """What looks like a tag, an entity or PDF is printed as it is."""
    evil = "<b>x</b> &eacute; <para/> <img src='a'/> ) Tj ET (\\ %%EOF"
    statement = replace(september(), lines=tuple(replace(one, label=evil) for one in september().lines[:1]))
    town = TOWN.changed(town=evil, payment=evil, officer=evil)
    made = first(statement)
    text = "".join(pages(pdf(invoice_sheet(made, town, names(made, evil, evil)))))

    assert text.replace(" ", "").count(evil.replace(" ", "")) >= 5


def test_a_letter_that_the_font_lacks_is_refused() -> None:
    """No box is printed for a letter: it is named, and a font that has it may be given."""
    with pytest.raises(InvalidValueError, match="font : n'a pas « И », « ش » ; donnez une police"):
        pdf(invoice_sheet(INVOICE, TOWN, names(INVOICE, "Иش")))


def test_another_font_may_be_given() -> None:
    """A TrueType file, with or without its bold face; its letters are put into the file."""
    italic = Path(reportlab.__file__).parent / "fonts" / "VeraIt.ttf"
    source = pdf(invoice_sheet(INVOICE, TOWN, names(INVOICE)), font=italic)

    assert b"Oblique" in source
    assert "Mme Zoé Lœuf-Çelik" in pages(source)[0]
    assert source == pdf(invoice_sheet(INVOICE, TOWN, names(INVOICE)), font=italic, bold=italic)


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    """A file that is missing, or something else."""
    (tmp_path / "x.ttf").write_text("no font")
    for name in ("x.ttf", "y.ttf"):
        with pytest.raises(InvalidValueError, match=f"font : lu « {name} » ; il faut un fichier TrueType"):
            pdf(invoice_sheet(INVOICE, TOWN), font=tmp_path / name)


def test_without_its_library_it_says_which_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, with what to install."""
    monkeypatch.setitem(sys.modules, "reportlab", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'clae-rules\[pdf\]'"):
        pdf(invoice_sheet(INVOICE, TOWN))


def test_a_credit_note_is_a_sheet_too() -> None:
    """With its own number, the invoice it is of, and its reason."""
    note = credit_note(INVOICE, year=2026, number=1, issued=at(5), reason="grève")
    (text,) = pages(pdf(credit_sheet(note, TOWN, names(INVOICE))))

    for word in ("Avoir CLAE-2026-A000001", "CLAE-2026-000001", "grève", "Total de l'avoir 86,50 €"):
        assert word in text
    assert INVOICE.due_on == date(2026, 10, 31)
