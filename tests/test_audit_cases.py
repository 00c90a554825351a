"""What to try on a portal, held against every selection there is; and which rules real bookings met (S5, S13.1)."""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Collection
from datetime import date
from importlib.util import find_spec
from itertools import combinations, product
from itertools import pairwise as successive
from typing import Final

import pytest
from tests.guide import at, guide, lou, martin, small
from tests.reference.random_reglements import world
from tests.test_audit import boxes_of, broken_by, engine_of, everything

from clae_rules import Desk, Facts, Held, Selection, check_day
from clae_rules.audit import (
    Absence,
    BoxName,
    Case,
    CaseBook,
    Days,
    KindOfDay,
    NoPair,
    RulePair,
    coverage,
    to_csv,
)
from clae_rules.audit.cases import DisagreementError, pairwise
from clae_rules.audit.large import MissingSolverError
from clae_rules.audit.spaces import Space
from clae_rules.variants import Variant

MONDAY: Final = date(2026, 3, 2)


def selection(case: Case) -> dict[str, Variant]:
    """What a case ticks."""
    return {one.slot: one.variant for one in case.held}


class Everything:
    """What every selection of a kind of day breaks, and what every two that differ by one box do."""

    def __init__(self, kind: KindOfDay) -> None:
        every = [(held, broken_by(kind, held)) for held in everything(kind)]
        said = {frozenset(held.items()): broken for held, broken in every}
        self.broken = set(said.values())
        self.apart = {
            pair
            for held, broken in said.items()
            for one in held
            for pair in ((broken, said[held - {one}]), (said[held - {one}], broken))
        }


def test_each_pair_flips_its_rule_and_no_other() -> None:
    """
    MC/DC on random règlements: one box apart, allowed and broken by that rule alone, by the decision's own door.

    Where no pair is given, none exists among all selections of all kinds of day, and the reason given is the one.
    """
    absences = set()
    for seed in range(60):
        book = CaseBook(engine_of(world(random.Random(seed))))
        kinds = {one.text(): one for one in book.days.kinds}
        known: list[Everything] = []
        for found in book.pairs():
            if isinstance(found, RulePair):
                kind = kinds[found.allowed.kind]
                assert found.allowed.kind == found.refused.kind
                fine, refused = selection(found.allowed), selection(found.refused)
                assert broken_by(kind, fine) == frozenset() == frozenset(found.allowed.broken)
                assert broken_by(kind, refused) == {found.rule} == frozenset(found.refused.broken)
                apart = fine.keys() ^ refused.keys()
                assert len(apart) == 1, seed
                assert all(fine[code] is refused[code] for code in fine.keys() & refused.keys())
                assert len(found.refused.sentences) == 1
            else:
                absences.add(found.absence)
                known = known or [Everything(one) for one in book.days.kinds]
                check_absence(found, known)
    assert absences == {Absence.MUTE, Absence.IMPLIED, Absence.FAR}


def check_absence(found: NoPair, known: Collection[Everything]) -> None:
    """No selection of any kind of day shows the rule, for the reason given."""
    code = found.rule
    broken = frozenset[frozenset[str]]().union(*(one.broken for one in known))
    assert not any((frozenset(), frozenset((code,))) in one.apart for one in known), found
    if found.absence is Absence.MUTE:
        assert not any(code in one for one in broken)
    elif found.absence is Absence.IMPLIED:
        assert frozenset((code,)) not in broken
        assert all(set(found.rules) & one for one in broken if code in one)
    else:
        assert found.absence is Absence.FAR
        assert frozenset((code,)) in broken
        assert found.example


def test_a_pair_is_what_a_portal_would_answer() -> None:
    """S1.3: on its date, check_day allows the one and refuses the other for that rule alone."""
    book = CaseBook(guide())
    desk, now = martin(), at("2021-08-20 09:00")

    for found in book.pairs():
        assert isinstance(found, RulePair)
        fine = check_day(desk, found.allowed.day, [one.slot for one in found.allowed.held], now=now)
        refused = check_day(desk, found.refused.day, [one.slot for one in found.refused.held], now=now)
        assert fine.allowed
        assert [one.rule for one in refused.violations] == [found.rule]
        assert [one.sentence() for one in refused.violations] == [fr for fr, _ in found.refused.sentences]
        assert found.allowed.held


def rules(*said: str) -> str:
    """Rules of a small règlement, numbered."""
    return "".join(f'[regle.r{i}]\n{one}\nhypothese = "essai"\n' for i, one in enumerate(said))


@pytest.mark.parametrize(
    ("said", "rule", "absence", "sentence"),
    (
        (
            ('creneaux = "a"\nbloque = "b"\nquand.jour = "mercredi"',),
            "r0",
            Absence.MUTE,
            "aucune sélection ne l'enfreint",
        ),
        (
            ('creneaux = ["a", "b", "c"]\nau_plus = 2', 'creneaux = ["a", "b", "c"]\nau_plus = 1'),
            "r0",
            Absence.IMPLIED,
            "« r1 » refusent déjà tout ce qu'elle refuse",
        ),
        (
            (
                'creneaux = ["a", "b", "c", "d"]\nquand.jour = "lundi"\ntout_ou_rien = true',
                'creneaux = ["a", "b", "c", "d"]\nquand.jour = "lundi"\nau_plus = 2',
            ),
            "r1",
            Absence.FAR,
            "ce qu'elle est seule à refuser (« A », « B », « C », « D ») est à plus d'une case de tout ce qui est permis",
        ),
    ),
)
def test_why_no_pair_exists(said: tuple[str, ...], rule: str, absence: Absence, sentence: str) -> None:
    """Never broken, never broken alone, or never alone one box away from what is allowed."""
    found = {one.rule: one for one in CaseBook(small(rules(*said))).pairs()}[rule]

    assert isinstance(found, NoPair)
    assert (found.absence, found.sentence()) == (absence, sentence)
    assert "{" not in found.sentence("en")


def literals(held: frozenset[BoxName], boxes: tuple[BoxName, ...]) -> set[tuple[object, ...]]:
    """Every two boxes of a selection, each held or not."""
    return {(one, one in held, two, two in held) for one, two in combinations(boxes, 2)}


def test_a_sample_has_every_two_boxes_meet_in_every_way() -> None:
    """Pairwise coverage by enumeration: all that two boxes do in some allowed selection, some row of the sample does."""
    sizes = []
    for seed in range(30):
        for kind in Days(engine_of(world(random.Random(seed)))).kinds:
            rows = pairwise(kind)
            boxes = tuple(box for space in kind.spaces.groups for box in space.boxes)
            fine = [boxes_of(held) for held in everything(kind) if not broken_by(kind, held)]
            chosen = [boxes_of({one.slot: one.variant for one in row}) for row in rows]
            assert all(one in fine for one in chosen), seed
            wanted = set[tuple[object, ...]]().union(*(literals(one, boxes) for one in fine))
            assert wanted == set[tuple[object, ...]]().union(*(literals(one, boxes) for one in chosen)), seed
            assert len(rows) == len(set(rows)), seed
            if len(boxes) == 1:
                assert set(chosen) == set(fine)
            sizes.append(len(rows) / len(fine))
    assert sum(sizes) < len(sizes)


def test_a_sample_is_far_smaller_than_everything() -> None:
    """The guide's 60 selections of a school day come down to a dozen."""
    kinds = {len(one.type.slots): one for one in Days(guide()).kinds}

    assert len(pairwise(kinds[7])) <= 12


def test_the_cases_are_each_told_once_with_all_that_they_show() -> None:
    """The pairs, then the sample; a selection that is both says so; each expected answer is that of its rules."""
    book = CaseBook(guide())
    cases = book.cases()

    keys = [(one.kind, one.held) for one in cases]
    assert len(keys) == len(set(keys))
    twice = [one for one in cases if len(one.why) > 1]
    assert twice
    assert {one.held for one in book.sample()} <= {one.held for one in cases}
    kinds = {one.text(): one for one in book.days.kinds}
    for case in cases:
        assert set(case.broken) == broken_by(kinds[case.kind], selection(case))
        assert case.allowed == (not case.broken)


def test_cases_are_a_table_for_a_town_hall() -> None:
    """A column a slot, what is expected and why, one to fill in; in both languages."""
    book = CaseBook(guide())
    cases = book.cases()

    rows = list(csv.reader(io.StringIO(to_csv(cases, guide())), delimiter=";"))
    assert rows[0][:2] == ["n°", "date"]
    assert rows[0][-3:] == ["attendu", "motif", "obtenu"]
    assert len(rows) == len(cases) + 1
    for number, (row, case) in enumerate(zip(rows[1:], cases, strict=True), 1):
        answers = dict(zip(rows[0], row, strict=True))
        assert answers["n°"] == str(number)
        assert answers["date"] == case.day.isoformat()
        ticked = {code for code, label in guide().labels.items() if answers[label] == "x"}
        assert ticked == {one.slot for one in case.held}
        assert answers["attendu"] == ("permis" if case.allowed else "refusé")
        assert bool(answers["motif"]) == (not case.allowed)
        assert answers["obtenu"] == ""
    english = next(csv.reader(io.StringIO(to_csv(cases, guide(), "en", ",")), delimiter=","))
    assert english[-3:] == ["expected", "reason", "got"]


def test_a_table_runs_nothing_and_shows_what_is_late() -> None:
    """A name that a spreadsheet would take for a formula is kept a name; a late box is said to be."""
    engine = engine_of(world(random.Random(1)))
    why = ('=HYPERLINK("x")', "+x")
    case = Case((why,), "-jour", MONDAY, (("@fait", "x"),), (Held("s0", Variant.HORS_DELAI),), (), ())

    (_, row) = csv.reader(io.StringIO(to_csv([case], engine)), delimiter=";")
    assert row[2:6] == ["'-jour", "'@fait = x", '\'=HYPERLINK("x")', "hors délai"]


def test_an_audit_that_disagrees_with_the_decision_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pair is judged again by the decision's own door before it is given."""
    nothing: frozenset[int] = frozenset()
    monkeypatch.setattr(Space, "flip", lambda self, rule: (nothing, nothing))

    with pytest.raises(DisagreementError, match="r0"):
        CaseBook(small(rules('creneaux = "a"\nbloque = "b"'))).pairs()


def many() -> str:
    """30 slots of a Wednesday, each needing the one before."""
    codes = [f"s{i:02}" for i in range(30)]
    offer = ", ".join(f'{{ code = "{code}", nom = "{code}" }}' for code in codes)
    chain = (f'creneaux = "{code}"\nseulement_avec = "{before}"' for before, code in successive(codes))
    return f"""
[mode.soir]
nom = "SOIR"
etablissement = "ecole"
hypothese = "essai"
offre = [{offer}]
[periode.soirs]
nom = "Soirs"
mode = "soir"
du = 2025-09-01
au = 2025-09-30
quand.jour = "mercredi"
hypothese = "essai"
[tarif.soir]
creneaux = "soir"
par = "creneau"
prix = 1.00
hypothese = "essai"
{rules(*chain)}"""


@pytest.mark.skipif(find_spec("pysat") is None, reason="large groups need clae-rules[sat]")
def test_a_large_group_has_its_cases_too() -> None:
    """30 boxes tied together: every rule of the chain has its pair, and the sample is that of a chain."""
    book = CaseBook(small(many()))

    for found in book.pairs():
        assert isinstance(found, RulePair)
        assert len({*found.allowed.held} ^ {*found.refused.held}) == 1
    (kind,) = (one for one in book.days.kinds if len(one.type.slots) == 30)
    rows = pairwise(kind)
    assert all(not broken_by(kind, {one.slot: one.variant for one in row}) for row in rows)
    for k, later in product(range(30), repeat=2):
        met = {(len(row) > k, len(row) > later) for row in rows}
        assert met == {(one, two) for one, two in product((True, False), repeat=2) if one or not two or later < k} - (
            {(True, False)} if k >= later else set()
        )


def test_without_the_library_a_large_group_has_no_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rules are said not to be looked at, and its sample names the extra."""
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)
    book = CaseBook(small(many()))

    for found in book.pairs():
        assert isinstance(found, NoPair)
        assert found.absence is Absence.UNSEEN
        assert "pip install 'clae-rules[sat]'" in found.sentence()
    with pytest.raises(MissingSolverError):
        book.sample()


def test_coverage_counts_what_each_rule_met() -> None:
    """Where a rule speaks, where something that it is about is held, where it is broken first; rows alike together."""
    said = rules('creneaux = "a"\nbloque = "b"', 'creneaux = "c"\nseulement_avec = "d"\nqui.niveau = "petit"')
    little, big = lou(said, niveau="petit"), Desk(small(said), Facts.of(niveau="grand"), "max")
    rows = [
        (little, MONDAY, ["a"]),
        (little, MONDAY, ["c", "d"]),
        (big, MONDAY, ["c"]),
        (big, MONDAY, ["a", "b"]),
        (little, date(2026, 3, 3), ["a"]),
        (big, date(2026, 3, 3), ["b", "a"]),
    ]

    found = coverage(little.engine, rows)
    first, second = found.rules
    assert (first.rule, first.spoke, first.concerned, first.broken, first.first_broken) == ("r0", 6, 4, 2, 4)
    assert (second.rule, second.spoke, second.concerned, second.broken) == ("r1", 3, 1, 0)
    assert found.never_broken == ("r1",)
    assert found.never_concerned == ()
    assert found.text().splitlines()[:2] == [
        "6 lignes, 0 laissées de côté",
        "« r0 » : vise 4 lignes sur 6, enfreinte par 2",
    ]
    assert "concerns 4 rows of 6" in found.text("en")


def test_coverage_leaves_out_what_it_cannot_read_and_says_so() -> None:
    """An unknown slot, a date beyond the calendar, a child of another règlement: listed with their row, never fatal."""
    desk = lou(rules('creneaux = "a"\nbloque = "b"'))
    rows = [(desk, MONDAY, ["z"]), (desk, date(2040, 1, 2), ["a"]), (martin(), MONDAY, ["a"]), (desk, MONDAY, ["a"])]

    found = coverage(desk.engine, rows)
    assert found.rows == 4
    assert [number for number, _, _ in found.left_out] == [1, 2, 3]
    assert found.rules[0].spoke == 1
    assert "ligne 1 : créneau inconnu : « z »" in found.text()
    assert "row 2: the calendar does not reach 2040-01-02" in found.text("en")
    assert coverage(desk.engine, []).never_concerned == ("r0",)


def test_coverage_is_what_each_row_would_say() -> None:
    """On random rows, late ones among them, the counts are those of judging every row by itself."""
    rng = random.Random(5)
    engine = engine_of(world(random.Random(12)))
    desk = Desk(engine, Facts())
    days = [one.days[0] for one in Days(engine).kinds]
    rows = []
    for _ in range(300):
        slots = [one for one in engine.order if rng.random() < 0.4]
        rows.append((desk, rng.choice(days), [Held(one, rng.choice(list(Variant))) for one in slots]))

    found = coverage(engine, rows)
    for use in found.rules:
        kinds = [(desk.day(day).kind, Selection(tuple(held))) for _, day, held in rows]
        broken = [
            any(one.speaking.rule.code == use.rule for one in kind.broken({one.slot: one.variant for one in held}))
            for kind, held in kinds
        ]
        assert use.broken == sum(broken)
        assert use.first_broken == (broken.index(True) + 1 if any(broken) else None)
        assert use.spoke == sum(any(one.rule.code == use.rule for one in kind.rules) for kind, _ in kinds)
