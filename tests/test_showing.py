"""What a notebook shows of an answer: its tables, everything escaped, for every kind of answer alike."""

from __future__ import annotations

import json
from datetime import date, datetime
from html import unescape
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from tests.guide import guide

from clae_rules import (
    Demande,
    Desk,
    Facts,
    Pattern,
    Planning,
    boxes,
    check_day,
    decide,
    due,
    load_engine,
    load_releve,
    recapitulatif,
    recopie,
)
from clae_rules.audit import SideBySide, audit, explain
from clae_rules.showing import Displayed, Section

HOSTILE: Final = '<script>alert("x")</script> & "Q" \'`|]'
NOW: Final = datetime(2021, 9, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
WEDNESDAY: Final = date(2021, 9, 8)


class Printer:
    """What a notebook prints into."""

    def __init__(self) -> None:
        self.printed = ""

    def text(self, obj: str) -> None:
        """Keep the text."""
        self.printed += obj


def martin() -> Desk:
    """A child before the guide's règlement, one of whose names is written by somebody who means harm."""
    name = json.dumps(HOSTILE, ensure_ascii=False)
    engine = guide(('nom = "Mercredi repas"', f"nom = {name}"))
    return Desk(engine, Facts.of(dossier_foyer="valide", dossier_enfant="complet"), "martin")


def answers(desk: Desk) -> dict[str, Displayed]:
    """One answer of each kind, about a name that is hostile."""
    refused = check_day(desk, WEDNESDAY, ["mer-repas"], now=NOW)
    pattern = Pattern.day(["mer-matin", "mer-repas"], "mercredi", first_day=WEDNESDAY, last_day=date(2021, 9, 15))
    copied = recopie(desk, Planning(), pattern, periode="mercredi-2021", now=NOW)
    lone = Pattern.day(["mer-repas"], "mercredi", first_day=WEDNESDAY, last_day=WEDNESDAY)
    explained = explain(desk, WEDNESDAY, ["mer-repas"], now=NOW)
    alone = recopie(desk, Planning(), lone, periode="mercredi-2021", now=NOW)
    return {
        "day": refused,
        "demande": decide(desk, Planning(), Demande.of("martin", "mercredi-2021", {WEDNESDAY: ["mer-repas"]}), now=NOW),
        "récapitulatif": recapitulatif(copied.verdict),
        "recopie": alone,
        "boxes": boxes(desk, WEDNESDAY, now=NOW),
        "explanation": explained,
        "side by side": SideBySide.of({HOSTILE: explained}),
    }


KINDS: Final = ("day", "demande", "récapitulatif", "recopie", "boxes", "explanation", "side by side")


@pytest.mark.parametrize("kind", KINDS)
def test_a_notebook_shows_every_answer_escaped(kind: str) -> None:
    """Names stand in the tables as they are written, and nothing of them is markup."""
    shown = answers(martin())[kind]._repr_html_()

    assert "<script" not in shown
    assert HOSTILE in unescape(shown)
    assert "<table>" in shown


@pytest.mark.parametrize("kind", KINDS)
def test_a_terminal_shows_the_same_as_text(kind: str) -> None:
    """An interactive shell without HTML prints the heading and the tables, in both languages alike."""
    answer, printer = answers(martin())[kind], Printer()
    answer._repr_pretty_(printer, cycle=False)

    assert printer.printed.startswith(answer.heading())
    assert HOSTILE in printer.printed
    assert [len(one.rows) for one in answer.sections("fr")] == [len(one.rows) for one in answer.sections("en")]


def test_a_section_stands_alone() -> None:
    """One table of an answer is shown by itself."""
    shown = Section("Les <b>", ("n",), (("<i>",), (2,)), "note & fin")._repr_html_()

    assert "Les &lt;b&gt;" in shown
    assert "&lt;i&gt;" in shown
    assert "note &amp; fin" in shown
    assert '<td style="text-align:right">2</td>' in shown


def test_a_bill_shows_what_is_due() -> None:
    """The lines of a month, each with how it came about, and their total."""
    engine = load_engine("examples/massingy/reglement.toml")
    read = load_releve("examples/massingy/releve.toml", engine.reglement)
    facts = read.facts()
    first = next(iter(facts))
    statement = due(Desk(engine, facts[first], first, facts), read.releve())

    bill = statement.sections()[0]
    assert len(bill.rows) == len(statement.lines) + 1
    assert str(bill.rows[-1][3]) in statement.text().splitlines()[len(statement.lines) + 1]
    assert "<table>" in statement._repr_html_()


def test_a_notebook_in_text_reads_the_tables_of_a_dataclass_too() -> None:
    """Where no HTML is shown, what is printed is the page, not the fields of the value."""
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    report = audit(guide())

    assert pretty(report) == report.text()
