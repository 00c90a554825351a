"""One decision in full: who spoke and who did not, held against the decision itself (S1.4, S1.5, S6, S7, S8)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, get_args

import pytest
from tests.guide import OPEN, at, lou, martin
from tests.reference.random_reglements import MONDAYS, some, who, world
from tests.test_against_reference import facts_of
from tests.test_audit import engine_of

from clae_rules import Desk, Held, NaiveInstantError, Occupancy, Selection, Status, boxes, check_day, repairs
from clae_rules.audit import Explanation, Voice, Word, explain, explain_verdict, side_by_side
from clae_rules.errors import Lang
from clae_rules.slots import NOTHING
from clae_rules.variants import Variant
from clae_rules.verdicts import DayVerdict

MONDAY: Final = date(2026, 3, 2)
NOON: Final = at("2026-02-20 12:00")


def needs(more: str = "") -> str:
    """A rule: a needs b."""
    return f'[regle.r]\ncreneaux = "a"\nseulement_avec = "b"\nhypothese = "essai"\n{more}\n'


def told(rule: str, *slots: str, day: date = MONDAY, now: datetime = NOON, **facts: str) -> Word:
    """What the rule « r » of a small règlement said of some slots."""
    return explain(lou(rule, **facts), day, slots, now=now).word("regle", "r")


def random_questions(count: int) -> Iterator[tuple[int, DayVerdict]]:
    """Decisions about random règlements, families, dates, instants and changes."""
    for seed in range(count):
        rng = random.Random(seed)
        engine = engine_of(world(rng))
        desk = Desk(engine, facts_of(who(rng)))
        for _ in range(6):
            day = rng.choice(MONDAYS)
            open_slots = list(desk.day(day).kind.slots)
            held = some(rng, open_slots, 0, 3) if open_slots else []
            kept = Selection(tuple(Held(one, rng.choice(list(Variant))) for one in held))
            now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=rng.choice((0, 3, 9, 30)))
            codes = {one.code for one in engine.reglement.rules}
            waived = frozenset(rng.sample(sorted(codes), min(len(codes), rng.choice((0, 0, 1)))))
            yield seed, check_day(desk, day, some(rng, engine.order, 0, 4), now=now, held=kept, waived=waived)


def test_each_rule_says_what_the_decision_made_of_it() -> None:
    """S6.2, S6.7: broken, inherited, waived, unsure, kept or silent, on random changes of random règlements."""
    seen = set()
    for seed, verdict in random_questions(40):
        found, outcome = explain_verdict(verdict), verdict.outcome
        where = verdict.where
        assert where is not None
        speaking = {one.rule.code for one in where.kind.rules}
        refusing = {
            Voice.BROKEN: {one.speaking.rule.code for one in outcome.broken},
            Voice.INHERITED: {one.speaking.rule.code for one in outcome.inherited},
            Voice.UNSURE: {one.speaking.rule.code for one in outcome.unsure},
            Voice.WAIVED: set(outcome.waived),
        }
        words = {one.code: one for one in found.words if one.section == "regle"}
        assert words.keys() == {one.code for one in verdict.desk.engine.reglement.rules}
        for code, word in words.items():
            seen.add(word.voice)
            if word.voice in refusing:
                assert code in refusing[word.voice], (seed, word)
            else:
                assert not any(code in codes for codes in refusing.values()), (seed, word)
                assert (word.voice is Voice.KEPT) == (code in speaking), (seed, word)
    assert seen == set(Voice)


def test_what_spoke_gives_the_answer() -> None:
    """S1.5: refused where something is broken, undecided where something is unsure and nothing broken, else allowed."""
    statuses = set()
    for seed, verdict in random_questions(40):
        found = explain_verdict(verdict)
        voices = {one.voice for one in found.words}
        expected = (
            Status.REFUSED if Voice.BROKEN in voices else Status.UNDECIDED if Voice.UNSURE in voices else Status.ALLOWED
        )
        assert found.status is verdict.status is expected, (seed, found.text())
        statuses.add(found.status)
        assert [one.voice for one in found.words] == sorted((one.voice for one in found.words), key=list(Voice).index)
        assert {*found.spoke, *found.silent} == set(found.words)
    assert statuses == set(Status)


def test_every_refusal_is_told_by_somebody() -> None:
    """S1.4: every sentence of the verdict stands in the explanation, in both languages."""
    for seed, verdict in random_questions(40):
        found = explain_verdict(verdict)
        for one in (*verdict.violations, *verdict.doubts):
            assert any(
                one.sentence("fr") in word.why[0] and one.sentence("en") in word.why[1] for word in found.words
            ), (
                seed,
                one,
            )


def test_every_item_has_one_word() -> None:
    """Each rule, deadline, gate and pool has a word and only one, which never is « not judged » without reason."""
    for seed, verdict in random_questions(40):
        found, reglement = explain_verdict(verdict), verdict.desk.engine.reglement
        keys = [(one.section, one.code) for one in found.words]
        assert len(keys) == len(set(keys)), seed
        items = (("regle", reglement.rules), ("delai", reglement.deadlines), ("acces", reglement.gates))
        assert {(section, one.code) for section, some_items in items for one in some_items} <= set(keys), seed
        assert not [one for one in found.words if "ce seul jour" in one.why[0]], seed


def test_a_rule_that_refuses_says_its_sentence() -> None:
    """The words are those of the violation, with its slots and its source."""
    word = told(needs(), "a")

    assert (word.voice, word.slots) == (Voice.BROKEN, ("a",))
    assert word.text() == "règle « r » : « A » n'est possible qu'avec « B » (hypothèse : essai)"
    assert word.text("en") == "rule « r »: « A » is only possible with « B » (hypothèse : essai)"


@pytest.mark.parametrize(
    ("rule", "slots", "why"),
    (
        (needs(), ("a", "b"), "respectée avec « A »"),
        (needs(), ("b",), "rien de ce qu'elle vise n'est coché"),
    ),
)
def test_a_rule_that_is_kept_says_with_what(rule: str, slots: tuple[str, ...], why: str) -> None:
    """What it speaks of is held as it asks, or is not held."""
    word = told(rule, *slots)

    assert (word.voice, word.why[0]) == (Voice.KEPT, why)


@pytest.mark.parametrize(
    ("more", "why"),
    (
        ('quand.jour = "mardi"', "ne vise pas cette date"),
        ('qui.niveau = "petit"', "ne vise pas cet enfant, il faudrait niveau = petit"),
        ('sauf.qui.niveau = "grand"', "une exception l'écarte"),
    ),
)
def test_a_silent_rule_says_why(more: str, why: str) -> None:
    """Another date, another child, an exception."""
    word = told(needs(more), "a", niveau="grand")

    assert (word.voice, word.why[0]) == (Voice.SILENT, why)


def test_a_rule_of_closed_slots_says_so() -> None:
    """The guide's rules of a school day say nothing of a Wednesday, on which none of their slots opens."""
    found = explain(martin(), date(2021, 9, 8), ["mer-repas"], now=at("2021-09-01 09:00"))

    assert found.word("regle", "repas-mercredi").voice is Voice.BROKEN
    silent = found.word("regle", "premiere-tranche")
    assert (silent.voice, silent.why[0]) == (Voice.SILENT, "aucun de ses créneaux n'ouvre ce jour-là")
    with pytest.raises(KeyError, match=r"\[regle.rien\] did not come up on 2021-09-08"):
        found.word("regle", "rien")


DELAYS: Final = """
[delai.b]
creneaux = "b"
hypothese = "essai"
reserver = [{ limite = "9 jours calendaires avant la date, avant 12:00", variante = "normal" },
            { limite = "2 jours calendaires avant la date, avant 12:00", variante = "hors-delai", accord = true }]
annuler = [{ limite = "sans limite", a_payer = "rien" }]
[delai.grand]
creneaux = "c"
qui.niveau = "grand"
hypothese = "essai"
reserver = "jamais"
[modification.hors-delai]
creneaux = "b"
variante = "hors-delai"
fois = 1
hypothese = "essai"
"""


def test_a_deadline_says_until_when_and_on_what_terms() -> None:
    """S3.6: the live phase with its end, its variant and who must agree; passed, its sentence; else why not."""
    desk = lou(delays=OPEN + DELAYS, niveau="petit")

    early = explain(desk, MONDAY, ["a", "b"], now=at("2026-02-20 12:00"))
    assert early.word("delai", "general").why[0] == "« A » : on peut réserver jusqu'au 01/03/2026 12:00, en normal"
    assert early.word("delai", "b").why[0] == "« B » : on peut réserver jusqu'au 21/02/2026 12:00, en normal"
    assert early.word("delai", "grand").why[0] == "ne vise rien de ce qui change"
    late = explain(desk, MONDAY, ["a", "b"], now=at("2026-02-21 12:00"))
    assert late.word("delai", "b").why == (
        "« B » : on peut réserver jusqu'au 28/02/2026 12:00, en hors-delai, avec l'accord d'un agent",
        "« B »: book until 28/02/2026 12:00, as hors-delai, once an agent agrees",
    )
    assert late.pending == (("b", "accord"),)
    shut = explain(desk, MONDAY, ["a", "b"], now=at("2026-02-28 12:00"))
    assert shut.word("delai", "b").voice is Voice.BROKEN
    assert "« B » : trop tard depuis le 28/02/2026 12:00" in shut.word("delai", "b").why[0]
    assert explain(desk, MONDAY, ["c"], now=NOON).word("delai", "grand").why[0] == (
        "ne vise pas cet enfant, il faudrait niveau = grand"
    )
    given_back = explain(desk, MONDAY, [], now=NOON, held=Selection.of("b")).word("delai", "b")
    assert given_back.why[0] == "« B » : on peut annuler, sans limite"
    grand = explain(lou(delays=OPEN + DELAYS, niveau="grand"), MONDAY, ["c"], now=NOON)
    assert grand.word("delai", "general").why[0] == "« grand » l'emporte"
    unknown = explain(lou(delays=OPEN + DELAYS), MONDAY, ["c"], now=NOON)
    assert unknown.status is Status.UNDECIDED
    assert "il manque un fait" in unknown.word("delai", "grand").why[0]


GATES: Final = """
[acces.dossier]
creneaux = "a"
exige.niveau = "grand"
ferme = "reserver"
hypothese = "essai"
"""
POOL: Final = """
[capacite.salle]
creneaux = ["a", "b"]
enfants = 10
attente = true
hypothese = "essai"
"""


def test_gates_and_pools_speak_of_what_is_added() -> None:
    """S6.4, S6.5: met, shut or about nothing that changes; places taken, a waiting list, or a place held already."""
    desk = lou(GATES, POOL, niveau="grand")

    def asked(*slots: str, taken: int = 4, held: Selection = NOTHING) -> Explanation:
        others = Occupancy.of({("salle", MONDAY): taken})
        return explain(desk, MONDAY, slots, now=NOON, held=held, occupancy=others)

    assert asked("a").word("acces", "dossier").why[0] == "exigence remplie, niveau = grand"
    assert asked("b").word("acces", "dossier").why[0] == "ne vise rien de ce qui change"
    assert asked("a").word("capacite", "salle").why[0] == "4 places prises sur 10"
    assert asked("a", taken=10).word("capacite", "salle").why[0] == "10 places prises sur 10 : liste d’attente"
    assert asked("c").word("capacite", "salle").why[0] == "ne vise rien de ce qui change"
    held = asked("a", "b", held=Selection.of("b")).word("capacite", "salle")
    assert (held.voice, held.why[0]) == (Voice.SILENT, "l'enfant y a déjà sa place")
    shut = explain(lou(GATES, niveau="petit"), MONDAY, ["a"], now=NOON).word("acces", "dossier")
    assert (shut.voice, shut.slots) == (Voice.BROKEN, ("a",))
    unknown = explain(lou(GATES), MONDAY, ["a"], now=NOON).word("acces", "dossier")
    assert unknown.voice is Voice.UNSURE
    untold = explain(desk, MONDAY, ["a"], now=NOON).word("capacite", "salle")
    assert untold.voice is Voice.UNSURE


def test_the_grey_boxes_and_the_ways_are_those_of_the_page() -> None:
    """S7, S8: what is asked being ticked, each box that cannot be toggled with its reasons, and the repairs."""
    desk = lou(needs())
    found = explain(desk, MONDAY, ["a"], now=NOON)

    page = boxes(desk, MONDAY, now=NOON, draft=["a"])
    assert found.boxes == page.boxes
    assert found.ways == repairs(check_day(desk, MONDAY, ["a"], now=NOON))
    assert {one.slot for one in found.grey} == {"c", "d"}
    assert "  ajouter « B »" in found.text()
    assert "  remove « A »" in found.text("en")
    shut = explain(desk, MONDAY, ["a"], now=at("2026-03-02 09:00"))
    assert "  enlever « A »" in shut.text()


def test_an_allowed_decision_says_its_price() -> None:
    """What the date then costs stands beside the decision; a refused one has no price."""
    desk = lou(needs())

    allowed = explain(desk, MONDAY, ["a", "b"], now=NOON)
    assert allowed.price_cents == 200
    assert "décision : accepté, 2,00\xa0€" in allowed.text()
    assert explain(desk, MONDAY, ["a"], now=NOON).price_cents is None


def test_explaining_a_verdict_is_explaining_its_question() -> None:
    """A verdict holds all it takes: explained later, it says what the question would."""
    desk = martin()
    now, day = at("2021-09-03 09:00"), date(2021, 9, 10)
    verdict = check_day(desk, day, ["repas", "midi-1"], now=now, waived=frozenset({"midi-ou-repas"}))

    found = explain_verdict(verdict)
    assert found == explain(desk, day, ["repas", "midi-1"], now=now, waived=frozenset({"midi-ou-repas"}))
    assert found.word("regle", "midi-ou-repas").voice is Voice.WAIVED
    assert "hors-délai" in found.text()


def test_a_date_beyond_the_calendar_says_so() -> None:
    """S1.5: nothing is known of the date but that; the rules have no word on it."""
    found = explain(martin(), date(2031, 9, 10), ["repas"], now=at("2021-09-03 09:00"))

    assert found.status is Status.UNDECIDED
    assert [(one.code, one.voice) for one in found.words] == [("calendrier-inconnu", Voice.UNSURE)]
    assert "le calendrier du règlement ne va pas jusqu'à cette date" in found.text()
    with pytest.raises(NaiveInstantError):
        explain(martin(), date(2021, 9, 10), ["repas"], now=datetime(2021, 9, 3, 9))


def test_the_same_question_side_by_side() -> None:
    """Each règlement's answer, then the items on which they differ, whether silent, kept, broken or not there."""
    with_rule, without = lou(needs()), lou()
    found = side_by_side({
        "avec": explain(with_rule, MONDAY, ["a"], now=NOON),
        "sans": explain(without, MONDAY, ["a"], now=NOON),
    })  # fmt: skip

    (row,) = found.differing
    section, code, (first, second) = row
    assert (section, code, second) == ("regle", "r", None)
    assert first is not None
    assert first.voice is Voice.BROKEN
    assert found.text().splitlines() == [
        "avec : refusé",
        "sans : accepté, 1,00\xa0€",
        "",
        "[regle.r]",
        "  avec : enfreint, « A » n'est possible qu'avec « B »",
        "  sans : n'y est pas",
    ]
    assert "  sans: is not there" in found.text("en")
    assert len(found.rows) == 2


@pytest.mark.parametrize("lang", get_args(Lang))
def test_an_explanation_is_text_and_plain_data(lang: Lang) -> None:
    """Both languages, no hole in a sentence; the plain form is JSON."""
    for _, verdict in random_questions(15):
        found = explain_verdict(verdict)
        text = found.text(lang)
        assert "{" not in text
        assert "None" not in text
        plain = json.loads(json.dumps(found.plain(lang)))
        assert plain["decision"] == found.status.value
        assert len(plain["dit"]) == len(found.words)
