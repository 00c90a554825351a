"""The renderings of an audit: one report, as text, HTML, CSV, JSON and a drawing; nothing is run by whoever reads it."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from tests.guide import guide, small

from clae_rules import Desk, Facts
from clae_rules.audit import KINDS, Booking, audit, compare, explain, reform, replay, schema
from clae_rules.audit.drawing import edges, legend, mermaid, svg
from clae_rules.audit.pages import Page, Section, frame, table_csv
from clae_rules.engine import Engine
from clae_rules.errors import ClaeRulesError

HOSTILE: Final = '<script>alert("x")</script> & "Q" \'`|]'


class Reader(HTMLParser):
    """What a browser would see: the elements, their attributes, and the text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


def hostile() -> Engine:
    """A règlement one of whose names is written by somebody who means harm."""
    return guide(('court = "Périscolaire matin 1"', f"court = {json.dumps(HOSTILE, ensure_ascii=False)}"))


def test_html_runs_nothing_and_reaches_nothing() -> None:
    """No script, no handler, no outside address; names stand as they are written, escaped."""
    seen = Reader(audit(hostile()).html())

    assert not {"script", "iframe", "object", "link", "img", "form"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in {"src", "href"}]
    assert HOSTILE in seen.words


def test_a_notebook_shows_a_report_without_ceremony() -> None:
    """What a notebook displays is what the page says, escaped as well, under headings below the notebook's own."""
    report = audit(hostile())

    shown = report._repr_html_()
    seen = Reader(shown)
    assert "<script" not in shown
    assert seen.tags[0] == "h3"
    assert {"h1", "h2"}.isdisjoint(seen.tags)
    assert seen.words in Reader(report.html()).words


def test_the_drawing_is_a_picture_and_says_every_edge() -> None:
    """The SVG is well-formed, has a title, no script, and a word for each edge; hostile names are text."""
    engine = hostile()
    drawing = ET.fromstring(svg(engine))
    space = "{http://www.w3.org/2000/svg}"

    words = [one.text for one in drawing.iter(f"{space}text")]
    assert drawing.find(f"{space}title") is not None
    assert not list(drawing.iter(f"{space}script"))
    assert HOSTILE in words
    assert words.count("exclut") + words.count("demande") + words.count("jamais sans") == len(edges(engine))


def test_without_rules_there_is_nothing_to_draw() -> None:
    """A règlement whose slots no rule ties has no drawing, and its page no empty section."""
    report = audit(small())

    assert report.drawing == ""
    assert report.sections()[0].title == "Types de jour"


def test_edges_of_a_group_are_those_of_its_slots() -> None:
    """A rule of a whole mode ties each of its slots; what has no direction is told once."""
    rules = '[regle.r]\ncreneaux = ["a", "b"]\nau_plus = 1\nhypothese = "essai"\n'

    assert edges(small(rules)) == (("a", "au-plus", "b"),)


def test_lines_are_told_apart_without_colour() -> None:
    """Each kind of line has its dashes, and the legend its words."""
    assert legend({"bloque", "demande-aussi", "au-plus"}, "fr") == (
        "tirets et points : au plus ; points : exclut ; trait plein : demande"
    )
    assert not re.search(r'(stroke|fill)="(?!#000|none)', svg(guide()))


def test_mermaid_reads_a_hostile_name_as_text() -> None:
    """What Mermaid would take for syntax is written as an entity."""
    said = mermaid(hostile())

    assert said.startswith("graph LR\n")
    assert "<script" not in said
    assert all(line.count('"') in (0, 2) for line in said.splitlines())


def test_csv_is_read_back_and_starts_no_formula() -> None:
    """A spreadsheet reads the findings as text, whatever they begin with."""
    rows = (("=1+1", "x"), ('a"b', "c\nd"))
    found = list(csv.reader(io.StringIO(table_csv(Section("t", ("un", "deux"), rows)))))

    assert found == [["un", "deux"], ["'=1+1", "x"], ['a"b', "c\nd"]]
    assert audit(guide()).csv().splitlines()[0] == "gravité,code,constat,jour,dates"
    assert audit(guide()).csv("en").splitlines()[0] == "severity,code,finding,day,dates"


@pytest.mark.parametrize("answer", ("audit", "diff", "replay", "explain"))
def test_json_is_what_its_schema_says(answer: str) -> None:
    """The JSON form of every answer is valid against its schema, which is valid itself and refuses another key."""
    jsonschema = pytest.importorskip("jsonschema")
    base = guide()
    other = reform(base, without=["regle.premiere-tranche"], change={"tarif.repas.prix": "4.20"})
    facts = Facts.of(dossier_foyer="valide", dossier_enfant="complet")
    now = datetime(2021, 9, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
    rows = [
        Booking("f", "lea", day, ("matin-1",), now, facts)
        for day in (date(2021, 9, 6), date(2021, 9, 7), date(2021, 9, 6))
    ]
    answers: dict[str, Callable[[], dict[str, Any]]] = {
        "audit": lambda: audit(base).plain(),
        "diff": lambda: compare(base, other).plain(),
        "replay": lambda: replay(other, base, rows).plain(),
        "explain": lambda: explain(Desk(base, facts, "lea"), date(2021, 9, 6), ["matin-1"], now=now).plain(),
    }
    found = json.loads(json.dumps(answers[answer]()))
    checker = jsonschema.Draft202012Validator(schema(answer))

    checker.check_schema(schema(answer))
    assert [one.message for one in checker.iter_errors(found)] == []
    assert all(
        not isinstance(value, list) or value for key, value in found.items() if key in {"raisons", "dit", "prix"}
    )
    assert list(checker.iter_errors({**found, "autre": 1}))


def test_a_long_table_says_what_it_leaves_out() -> None:
    """A text shows the first 200 rows and counts the others; no row is dropped from CSV."""

    class Long(Page):
        def heading(self, lang: Any = "fr") -> str:
            return "Long"

        def sections(self, lang: Any = "fr") -> tuple[Section, ...]:
            return (Section("t", ("n",), tuple((i,) for i in range(203))),)

    assert Long().text().splitlines()[-1] == "  … 3 autres lignes"
    assert Long().text("en").splitlines()[-1] == "  … 3 more rows"
    assert len(Long().csv().splitlines()) == 204


@pytest.mark.skipif(
    any(importlib.util.find_spec(one) for one in ("polars", "pandas")), reason="a frame library is here"
)
def test_without_a_frame_library_the_way_out_is_said() -> None:
    """Neither polars nor pandas: one clear line."""
    with pytest.raises(ClaeRulesError, match="pip install polars"):
        audit(guide()).frame()


def test_a_frame_has_the_columns_of_its_table() -> None:
    """Findings as a frame of polars or pandas, where one is there."""
    if not any(importlib.util.find_spec(one) for one in ("polars", "pandas")):
        pytest.skip("no frame library")
    made = frame(Section("t", ("un", "deux"), (("a", 1), ("b", 2))))

    assert list(made.columns) == ["un", "deux"]
    assert len(made) == 2


def test_the_page_on_audits_lists_every_kind_of_finding() -> None:
    """`docs/audit.md` has a row for each kind, in their order, with its severity."""
    page = (Path(__file__).parents[1] / "docs" / "audit.md").read_text("utf-8")

    rows = re.findall(r"^\| `([a-z-]+)` \| ([a-zà ]+) \| (.+) \|$", page, re.MULTILINE)
    assert rows == [(code, kind.severity.text(), re.sub(r"\{\w+\}", "…", kind.fr)) for code, kind in KINDS.items()]
