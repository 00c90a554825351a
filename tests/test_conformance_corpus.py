"""The frozen corpus of examples/conformance: every answer is that of the engine today, and of the plain model."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, Final, cast

import pytest
from tests import reference
from tests.conformance_corpus import BEGIN, END, FOLDER, README

from clae_rules import Engine, InvalidValueError, Status
from clae_rules.files.reading import engine_from_text
from clae_rules.kinds import KINDS
from clae_rules.testing.conformance import corpus
from clae_rules.testing.conformance import months as bills
from clae_rules.testing.conformance.schemas import schemas
from clae_rules.testing.conformance.trials import Oracle

NAMES: Final = sorted(path.stem for path in (FOLDER / "cas").glob("*.jsonl"))
BILLED: Final = sorted(path.stem for path in (FOLDER / "mois").glob("*.jsonl"))
#: What the plain model of one date knows nothing of.
BEYOND: Final = {"capacite", "compte", "abonnement"}
#: A limit that it does not read: « 4 semaines avant la date », without a time of day.
UNREAD: Final = {"d-ouverture-1"}


def plain_of(name: str) -> dict[str, Any]:
    """A règlement of the corpus, as plain JSON."""
    return dict(json.loads((FOLDER / "reglements" / f"{name}.json").read_text("utf-8")))


@cache
def engine_of(name: str) -> Engine:
    """The same, made ready."""
    return engine_from_text((FOLDER / "reglements" / f"{name}.json").read_text("utf-8"), f"{name}.json")


@cache
def lines_of(name: str) -> tuple[corpus.Line, ...]:
    """Its cases."""
    with (FOLDER / "cas" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return tuple(corpus.read(lines))


def every_line() -> Iterator[tuple[str, corpus.Line]]:
    """Every case of the corpus."""
    return ((name, line) for name in NAMES for line in lines_of(name))


@pytest.mark.parametrize("part", range(8))
def test_every_answer_is_that_of_today(part: int) -> None:
    """A change of an answer, of a price or of a reason is a change of the corpus, seen and told."""
    changed = []
    for name in NAMES[part::8]:
        oracle = Oracle(engine_of(name))
        for line in lines_of(name):
            found = oracle.answer(line.trial)
            if (found.status, found.cents, found.because) != (
                line.expected.status,
                line.expected.cents,
                line.expected.because,
            ):
                changed.append(f"{name} {line.trial.code}: {found}")
    assert changed == []


def test_every_month_owes_what_it_owed() -> None:
    """S4.3, S4.4: what is due of every month of the corpus is what the engine says today."""
    for name in BILLED:
        with (FOLDER / "mois" / f"{name}.jsonl").open(encoding="utf-8") as lines:
            for month in bills.read(lines):
                assert bills.owed(engine_of(name), month.releve) == month.expected, (name, month.code)


def test_the_corpus_is_large_and_over_every_kind() -> None:
    """At least 3,000 cases; each kind of rule has its own, and every answer is met often."""
    kinds = {one.code.lower() for one in KINDS}
    assert {name.rpartition("-")[0] for name in NAMES} >= kinds
    shown = Counter(line.trial.shows for _, line in every_line())
    status = Counter(line.expected.status.name for _, line in every_line())
    assert shown.total() >= 3000
    assert min(status.values()) > 100
    assert set(shown) == {
        "regle", "delai", "annulation", "changement", "prix", "fait", "fait-manquant", "fait-date", "places", "ferme",
        "variante", "fenetre", "prix-etendu", "decalage",
    }  # fmt: skip


def test_each_case_is_named_once_in_its_file() -> None:
    """An answer is told by its file and its name."""
    assert all(len({line.trial.code for line in lines_of(name)}) == len(lines_of(name)) for name in NAMES)


def test_the_corpus_is_light() -> None:
    """It is read by a portal's tests: under 3 MB."""
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 3_000_000


class Priced:
    """Prices, of which nothing is unknown: they are held against the model to the cent elsewhere."""

    def doubtful(self, before: object, after: object) -> set[str]:
        """Nothing."""
        return set()


def of_prices(plain: dict[str, Any], reason: str) -> bool:
    """Whether a reason, « non-publie cantine », is of a price: its item is no rule, deadline or gate."""
    code, _, item = reason.partition(" ")
    sections = ("acces", "periode") if code == "fait-manquant" else ("regle", "delai", "acces", "periode")
    return code == "non-publie" or (item != "" and not any(item in plain.get(section, {}) for section in sections))


def known_to_the_model(plain: dict[str, Any], line: corpus.Line) -> bool:
    """Whether a case is of one date alone, for a child of whom each fact has one value, and no price decides it."""
    trial, span = line.trial, plain["jours"]
    windows = any("par" in rule for rule in plain.get("regle", {}).values())
    dated = any(len(values) > 1 or values[0].first_day or values[0].last_day for _, values in trial.facts.values)
    priced = line.expected.status is not Status.ALLOWED and any(of_prices(plain, one) for one in line.expected.because)
    inside = date.fromisoformat(span["du"]) <= trial.day <= date.fromisoformat(span["au"])
    return inside and not (windows or dated or priced or BEYOND & set(plain) or trial.planning or trial.siblings)


def test_the_plain_model_answers_alike() -> None:
    """S2 to S6: the model that shares nothing with the engine gives the same answer to the cases of one date alone."""
    held = 0
    for name in (one for one in NAMES if one not in UNREAD):
        plain = plain_of(name)
        for line in [one for one in lines_of(name) if known_to_the_model(plain, one)][:12]:
            trial = line.trial
            facts = {code: plain_fact(dated[0].value) for code, dated in trial.facts.values}
            at = replace(reference.look(plain, trial.day, facts), pricing=cast("Any", Priced()))
            wishes = {one.slot: None if one.variant is None else one.variant.value for one in trial.wanted}
            mine = {one.slot: one.variant.value for one in trial.held}
            found = reference.judge(at, trial.now, mine, wishes)
            assert found.status == line.expected.status.value, (name, trial.code)
            held += 1
    assert held > 1000


def plain_fact(value: Any) -> Any:
    """A fact as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def test_the_files_follow_their_schemas() -> None:
    """The schemas of the folder are those of today, and the lines, the cases and the answers follow them."""
    jsonschema = pytest.importorskip("jsonschema")
    kept = {name: json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8")) for name in schemas()}
    assert kept == schemas()
    read = {name: jsonschema.Draft202012Validator(schema) for name, schema in kept.items()}
    for name in NAMES[::6]:
        for text in (FOLDER / "cas" / f"{name}.jsonl").read_text("utf-8").splitlines()[:6]:
            line = json.loads(text)
            read["ligne"].validate(line)
            read["cas"].validate(line["cas"])
            read["reponse"].validate({"cas": "1", "statut": line["attendu"]["statut"]})
            assert not read["cas"].is_valid({**line["cas"], "de-plus": 1})
            assert not read["cas"].is_valid({key: one for key, one in line["cas"].items() if key != "veut"})
    for name in BILLED[::4]:
        for text in (FOLDER / "mois" / f"{name}.jsonl").read_text("utf-8").splitlines()[:3]:
            read["mois"].validate(json.loads(text))


def test_the_readme_counts_what_is_there() -> None:
    """Its table counts every case and every month, and its example is a line of the corpus's form."""
    page = README.read_text("utf-8")
    table = page.partition(BEGIN)[2].partition(END)[0]
    months = sum(len((FOLDER / "mois" / f"{name}.jsonl").read_text("utf-8").splitlines()) for name in BILLED)
    assert f"| **en tout** | {len(NAMES)} règlements | {sum(1 for _ in every_line())} | {months} |" in table
    example = page.partition("```json\n")[2].partition("```")[0]
    (line,) = corpus.read([json.dumps(json.loads(example))])
    assert line.trial.code == "017"


def test_a_line_that_is_none_says_where() -> None:
    """A corpus of one's own is read by the same door, and its faults are told with their line."""
    good = (FOLDER / "cas" / f"{NAMES[0]}.jsonl").read_text("utf-8").splitlines()[0]
    with pytest.raises(InvalidValueError, match=r"ligne 2\.attendu\.statut"):
        list(corpus.read([good, good.replace('"accepté"', '"oui"').replace('"refusé"', '"oui"')]))


def test_drawing_a_part_again_gives_what_was_frozen() -> None:
    """The corpus is drawn by its seed: nothing in it was written by hand."""
    again = importlib.import_module("tests.conformance_corpus")
    part = next(one for one in again.parts() if one.name == "d-veille-1")
    assert corpus.written(part.cases) == (FOLDER / "cas" / "d-veille-1.jsonl").read_text("utf-8")
