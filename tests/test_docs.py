"""The pages and schemas that are made from the descriptions of the fields say what those say today."""

import json
import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from tests.test_due import engine_with

from clae_rules import (
    Desk,
    decide,
    demande_from_text,
    due,
    engine_from_text,
    load_demande,
    load_engine,
    load_releve,
    notices,
    recapitulatif,
    render,
)
from clae_rules.adapters.calendars import school_year
from clae_rules.bounds import INTERVAL
from clae_rules.described import Phrase
from clae_rules.dues import DUE
from clae_rules.files.reference import reference_page, with_reference
from clae_rules.files.schema import demande_schema, reglement_schema, releve_schema
from clae_rules.files.starter import starter
from clae_rules.limits import LIMIT

ROOT: Final = Path(__file__).parents[1]
FORMAT: Final = ROOT / "docs" / "format.md"
SCHEMAS: Final = {"reglement": reglement_schema, "demande": demande_schema, "releve": releve_schema}
RENEW_PAGE: Final = (
    'python -c "from pathlib import Path; from clae_rules.files.reference import with_reference; '
    "page = Path('docs/format.md'); page.write_text(with_reference(page.read_text('utf-8')), 'utf-8')\""
)
EXAMPLES: Final = sorted((ROOT / "examples").glob("*/*.toml"))


def plain(value: Any) -> Any:
    """A value of a TOML file as JSON has it: dates are ISO texts."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def test_the_reference_in_the_format_page_is_current() -> None:
    """docs/format.md holds the reference as the descriptions make it today."""
    page = FORMAT.read_text("utf-8")

    assert page == with_reference(page), f"docs/format.md is out of date; run: {RENEW_PAGE}"


def test_every_key_with_an_example_shows_it() -> None:
    """An example of the reference is one that the reader accepts."""
    shown = [line for line in reference_page().splitlines() if line.startswith("| `")]
    examples = [line.rsplit("|", 2)[1].strip().strip("`") for line in shown]

    assert len(shown) > 80
    for example in filter(None, examples):
        tomllib.loads(example, parse_float=Decimal)


def test_a_page_without_marks_is_not_touched() -> None:
    """A page without the two marks cannot be renewed by mistake."""
    with pytest.raises(ValueError, match="put both marks"):
        with_reference("# Le format\n")


@pytest.mark.parametrize(
    ("title", "shape"), (("## Les limites", LIMIT), ("## Les bornes", INTERVAL), ("## Ce qui reste dû", DUE))
)
def test_the_phrases_of_the_page_parse(title: str, shape: Phrase) -> None:
    """Every phrase shown in a table of the page is one that its parser reads."""
    section = FORMAT.read_text("utf-8").split(f"{title}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith('| `"')]
    phrases = [cell for row in rows for cell in row.replace("` ou `", "").split("`") if cell.startswith('"')]

    assert len(phrases) >= 6
    for phrase in phrases:
        shape.parse(phrase.split('"')[1])


PEOPLE: Final = (
    "## L'abonnement : des jours fixes",
    "## Ce que le service ferme",
    "## Deux foyers : la garde alternée",
)


def test_the_blocks_on_people_and_operations_are_read() -> None:
    """What the page shows of abonnements, closures and households is read, with the guide's règlement."""
    page = FORMAT.read_text("utf-8")
    sections = [page.split(f"{title}\n")[1].split("\n## ")[0] for title in PEOPLE]
    blocks = [block.split("```")[0] for section in sections for block in section.split("```toml\n")[1:]]
    guide = (ROOT / "examples" / "cluses" / "reglement.toml").read_text("utf-8")
    rules = [block for block in blocks if block.startswith(("[abonnement.", "[evenement."))]
    reglement = engine_from_text("\n".join([guide, *rules])).reglement
    head = next(block for block in blocks if block.startswith("[demande]"))
    shut = next(block for block in blocks if block.startswith("[fermeture."))

    assert [len(blocks), len(rules)] == [4, 2]
    read = demande_from_text(f"format = 1\n{head}\n{shut}", reglement)
    assert (read.asked.household, [one.motive for one in read.closures]) == ("mere", ["grève"])


def test_the_page_on_abonnements_shows_its_example(capsys: pytest.CaptureFixture[str]) -> None:
    """What the page on abonnements writes stands in the files of its town, and each command answers what it shows."""
    cli = pytest.importorskip("clae_rules.cli")
    page = (ROOT / "docs" / "abonnements.md").read_text("utf-8")
    files = [path.read_text("utf-8") for path in sorted((ROOT / "examples" / "reglements" / "niort").glob("*.toml"))]
    blocks = [block.split("```")[0] for block in page.split("```toml\n")[1:]]
    assert len(blocks) == 5
    assert [block for block in blocks if not any(block.rstrip() in text for text in files)] == []
    shown = re.findall(r"^`clae-rules ([^`]+)` :\n\n```text\n(.*?)```", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == 3
    for line, answer in shown:
        command, *paths = line.split()
        assert cli.run([command, *(str(ROOT / path) for path in paths)]) == 0
        assert capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ") == answer


def test_the_how_to_shows_the_example() -> None:
    """Every line of a règlement shown in the how-to stands in the example that it builds, in the same order."""
    page = (ROOT / "docs" / "write-your-reglement.md").read_text("utf-8")
    blocks = [block.split("```")[0] for block in page.split("```toml\n")[1:]]
    lines = iter((ROOT / "examples" / "massingy" / "reglement.toml").read_text("utf-8").splitlines())

    assert [line for block in blocks for line in block.splitlines() if line and line not in lines] == []


@pytest.mark.parametrize("demande", ("demande", "demande-hors-delai"))
def test_the_how_to_shows_real_amounts(demande: str) -> None:
    """The récapitulatifs of the how-to are those of the example, line by line."""
    page = (ROOT / "docs" / "write-your-reglement.md").read_text("utf-8")
    engine = load_engine(ROOT / "examples" / "massingy" / "reglement.toml")
    read = load_demande(ROOT / "examples" / "massingy" / f"{demande}.toml", engine.reglement)
    assert read.asked.instant is not None
    verdict = decide(
        Desk(engine, read.facts(), read.asked.child), read.planning(), read.demande(), now=read.asked.instant
    )
    late = demande != "demande"
    said = recapitulatif(verdict).text(derivation=late).replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]

    assert len(said) == (10 if late else 4)
    assert "\n".join(said) in page


def test_the_how_to_shows_what_is_left_open_and_the_articles() -> None:
    """What the how-to shows of a new file, of the check and of the articles is what the commands print."""
    pytest.importorskip("holidays")
    page = (ROOT / "docs" / "write-your-reglement.md").read_text("utf-8")
    new = engine_from_text(starter("Massingy, activités périscolaires", school_year("A", 2026), "A"))
    engine = load_engine(ROOT / "examples" / "massingy" / "reglement.toml")
    articles = render(engine.reglement).replace("\N{NO-BREAK SPACE}", " ")
    shown = page.split("## 5. Relire")[1].split("```text\n")[1].split("```")[0]

    assert "\n".join(one.text() for one in notices(new)) in page
    assert "\n".join(one.text() for one in notices(engine)) in page
    assert f"\nempreinte {engine.applied.digest[:16]}\n" in page
    assert shown.strip() in articles


def test_the_format_begins_with_its_contents() -> None:
    """The page of the format lists its sections, each once, in their order, before the first of them."""
    head, *rest = re.split(r"^## ", FORMAT.read_text("utf-8"), flags=re.MULTILINE)
    titles = [one.splitlines()[0] for one in rest]
    anchors = ["".join(c for c in one.lower() if c.isalnum() or c in " -").replace(" ", "-") for one in titles]

    assert re.findall(r"^- \[.+\]\(#(.+)\)$", head, re.MULTILINE) == anchors


def test_the_how_to_leads_somewhere() -> None:
    """Every link of the how-to leads to a file, or to one of its own headings."""
    page = (ROOT / "docs" / "write-your-reglement.md").read_text("utf-8")
    titles = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    anchors = {"".join(c for c in title.lower() if c.isalnum() or c in " -").replace(" ", "-") for title in titles}
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", page)

    assert [one for one in links if not one.startswith("#") and not (ROOT / "docs" / one).exists()] == []
    assert [one for one in links if one.startswith("#") and one[1:] not in anchors] == []


def test_the_how_to_shows_what_is_due() -> None:
    """The month of the how-to is that of the example, line by line."""
    page = (ROOT / "docs" / "write-your-reglement.md").read_text("utf-8")
    engine = load_engine(ROOT / "examples" / "massingy" / "reglement.toml")
    read = load_releve(ROOT / "examples" / "massingy" / "releve.toml", engine.reglement)
    found = due(Desk(engine, read.facts()["lea"], "lea"), read.releve())
    said = found.text().replace("\N{NO-BREAK SPACE}", " ").splitlines()[1:]

    assert len(said) == 7
    assert "\n".join(said) in page


def test_the_sections_on_what_is_due_can_be_written() -> None:
    """Every constat, absence and event shown in the format page is one that a règlement may hold."""
    page = FORMAT.read_text("utf-8").split("## Ce que l'on constate")[1].split("## Le relevé")[0]
    blocks = [block.split("```")[0] for block in page.split("```toml\n")[1:]]
    found = tomllib.loads("\n".join(blocks))

    assert len(blocks) == 3
    engine = engine_with(**found)
    assert len(engine.reglement.constats) == 4
    assert len(engine.reglement.absences) == 3


@pytest.mark.parametrize("which", SCHEMAS)
def test_the_shipped_schemas_are_current(which: str) -> None:
    """The schemas shipped for editors are those that the descriptions make today."""
    shipped = ROOT / "src" / "clae_rules" / "files" / f"{which}.schema.json"
    renew = f"clae-rules schema {which} > src/clae_rules/files/{which}.schema.json"

    assert json.loads(shipped.read_text("utf-8")) == SCHEMAS[which](), f"out of date; run: {renew}"


@pytest.mark.parametrize("which", SCHEMAS)
def test_a_schema_defines_what_it_refers_to(which: str) -> None:
    """Every reference inside a schema leads to one of its definitions: an editor follows them all."""
    schema = SCHEMAS[which]()
    asked = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema)))

    assert asked
    assert asked <= set(schema["$defs"])


#: Words written without their accent: the reader takes them, the schema's closed lists do not know them yet.


@pytest.mark.parametrize(
    "path",
    [pytest.param(one, id=f"{one.parent.name}/{one.name}") for one in EXAMPLES],
)
def test_every_example_is_valid_for_an_editor(path: Path) -> None:
    """An editor that knows the schema finds nothing wrong with an example."""
    jsonschema = pytest.importorskip("jsonschema")
    which = next(one for one in SCHEMAS if path.name.startswith(one))
    raw = plain(tomllib.loads(path.read_text("utf-8")))
    found = jsonschema.Draft202012Validator(SCHEMAS[which]()).iter_errors(raw)

    assert [f"{'.'.join(map(str, one.path))}: {one.message}" for one in found] == []


@pytest.mark.parametrize(
    "path", [one for one in EXAMPLES if one.name == "reglement.toml"], ids=lambda path: path.parent.name
)
def test_the_normal_form_of_every_example_is_valid(path: Path) -> None:
    """The normal JSON form of a règlement is what the schema describes."""
    jsonschema = pytest.importorskip("jsonschema")
    found = jsonschema.Draft202012Validator(reglement_schema()).iter_errors(load_engine(path).reglement.plain())

    assert [one.message for one in found] == []
