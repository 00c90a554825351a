"""Closing a date: the service cancels for every child, with what the règlement says stays due (S6.9)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.guide import GUIDE, at, guide, lou, martin, small

from clae_rules import (
    BoxState,
    Closing,
    Closure,
    DayState,
    Demande,
    Desk,
    Facts,
    Fate,
    Held,
    InvalidDemandeError,
    InvalidReglementError,
    InvalidValueError,
    Pattern,
    Planning,
    Selection,
    Status,
    boxes,
    check_day,
    close,
    decide,
    demande_from_text,
    engine_from_text,
    recopie,
)
from clae_rules.selectors import When, Where

NOW, DAY, NEXT = at("2025-09-10 18:00"), date(2025, 9, 11), date(2025, 9, 12)
STRIKE = '[evenement.greve]\nmotifs = "greve"\na_payer = "rien"\nhypothese = "essai"'
WEATHER = '[evenement.neige]\nmotifs = ["neige", "tempete"]\na_payer = "50 %"\nhypothese = "essai"'
BOTH = Planning.of({("ana", DAY): ["a", "b"], ("lou", DAY): ["a"], ("lou", NEXT): ["a"]})


def strike(*slots: str, motive: str = "grève", **more: Any) -> Closure:
    """A closure of one date."""
    return Closure(code="greve", motive=motive, slots=slots, **{"when": When(dates=(DAY,)), **more})


def family(*parts: str, **facts: str) -> Desk:
    """Lou and his sister Ana before a small règlement."""
    level = {code: Facts.of(niveau=one) for code, one in facts.items()}
    return Desk(small(*parts), level.get("lou", Facts()), "lou", {"ana": level.get("ana", Facts())})


def told(found: Closing) -> list[tuple[str, tuple[str, ...], int | None, int | None]]:
    """Child, slots, what is no longer charged, what stays due."""
    return [(one.child, one.slots, one.lost_cents, one.due_cents) for one in found.cancelled]


def test_a_strike_cancels_for_every_child() -> None:
    """What a strike closes is cancelled for each child on its date alone, past every deadline, and nothing stays due."""
    found = close(family(STRIKE), BOTH, strike("a"), now=NOW)
    assert told(found) == [("ana", ("a",), 100, 0), ("lou", ("a",), 100, 0)]
    assert found.after == Planning.of({("ana", DAY): ["b"], ("lou", NEXT): ["a"]})
    assert (found.charged_cents, found.settled) == (-200, True)
    assert found.cancelled[0].events == ("greve",)
    assert (
        found.text().splitlines()[0]
        == "ana, 11/09/2025 : « A » annulé par le service ; 1,00\xa0€ en moins, reste dû 0,00\xa0€"
    )
    assert found.text("en").splitlines()[0].endswith("cancelled by the service; 1,00\xa0€ less, 0,00\xa0€ stays due")


def test_the_reglement_says_what_stays_due() -> None:
    """The event of the motive gives the part due, whatever the accents; without one, nobody knows (S1.5)."""
    half = close(family(STRIKE, WEATHER), BOTH, strike("a", motive="Tempete"), now=NOW)
    assert told(half) == [("ana", ("a",), 100, 50), ("lou", ("a",), 100, 50)]
    silent = close(family(), BOTH, strike("a"), now=NOW)
    assert told(silent) == [("ana", ("a",), 100, None), ("lou", ("a",), 100, None)]
    assert (silent.charged_cents, silent.settled) == (None, False)
    assert "le règlement ne dit pas" in silent.text()
    assert "does not say" in silent.text("en")
    other = STRIKE.replace("[evenement.greve]", '[evenement.a]\ncreneaux = "a"').replace("rien", "tout")
    narrow = close(family(STRIKE, other), BOTH, strike(), now=NOW)
    assert told(narrow) == [("ana", ("a", "b"), 200, 100), ("lou", ("a",), 100, 100)]
    tied = close(family(STRIKE, STRIKE.replace(".greve", ".autre")), BOTH, strike("a"), now=NOW)
    assert told(tied)[0] == ("ana", ("a",), 100, None)
    unpublished = close(family(STRIKE.replace("rien", "non publié")), BOTH, strike("a"), now=NOW)
    assert told(unpublished)[0] == ("ana", ("a",), 100, None)


def test_what_is_closed_cannot_be_booked_and_says_why() -> None:
    """Boxes closed by the service say its motive; a slot that needs one of them is not open either (S7, S5.6)."""
    needs = '[regle.b]\ncreneaux = "b"\nseulement_avec = "a"\nhypothese = "essai"'
    found = close(family(STRIKE, needs), BOTH, strike("a"), now=NOW)
    assert [[left.code for left in one.broken] for one in found.cancelled] == [["demande-aussi"], []]
    page = boxes(found.desk, DAY, now=NOW.replace(day=1))
    assert (page.state, page.box("a").state, page.box("b").state) == (DayState.OPEN, BoxState.CLOSED, BoxState.BLOCKED)
    assert [one.sentence() for one in page.box("a").reasons] == ["« A » : fermé par le service (grève)"]
    held = boxes(found.desk, DAY, now=NOW.replace(day=1), held=Selection.of("a"))
    assert held.box("a").state is BoxState.LOCKED
    assert [one.code for one in held.box("a").reasons] == ["annulation-fermeture"]
    asked = decide(found.desk, found.after, Demande.of("lou", "annee", {DAY: ["a"]}), now=NOW.replace(day=1))
    assert [(one.code, one.rule, one.sentence("en")) for one in asked.violations] == [
        ("fermeture", "greve", "« A »: closed by the service (grève)")
    ]
    copied = recopie(
        found.desk, Planning(), Pattern.day(["a"], "jeudi", first_day=DAY, last_day=DAY), periode="annee", now=NOW
    )
    assert [(one.fate, one.reason()) for one in copied.dates] == [
        (Fate.NOT_OFFERED, "« A » : fermé par le service (grève)")
    ]
    whole = Desk(small(STRIKE), Facts(), "lou", closures=[strike()])
    assert boxes(whole, DAY, now=NOW).state is DayState.CLOSED
    assert check_day(whole, NEXT, ["a"], now=NOW.replace(day=1)).allowed


def test_a_closure_concerns_those_that_it_selects() -> None:
    """A closure of one level leaves the others; where the level is not known, the answer is undecided (S1.5)."""
    small_ones = strike("a", who=(("niveau", frozenset({"petit"})),))
    found = close(family(STRIKE, lou="petit", ana="grand"), BOTH, small_ones, now=NOW)
    assert told(found) == [("lou", ("a",), 100, 0)]
    unknown = close(family(STRIKE, lou="petit"), BOTH, small_ones, now=NOW)
    assert [(one.child, one.slot) for one in unknown.unsure] == [("ana", "a")]
    assert not unknown.settled
    assert unknown.after.held("ana", DAY) == Selection.of("a", "b")
    assert "on ne sait pas si la fermeture (grève) concerne" in unknown.text()
    sister = unknown.desk.of("ana")
    assert sister is not None
    verdict = check_day(sister, DAY, ["a"], now=NOW.replace(day=1))
    assert (verdict.status, [one.sentence() for one in verdict.doubts]) == (
        Status.UNDECIDED, ["on ne sait pas si la fermeture (grève) concerne cet enfant : il manque niveau"],
    )  # fmt: skip
    assert "missing niveau" in verdict.doubts[0].sentence("en")
    stranger = close(lou(STRIKE), BOTH, strike("a"), now=NOW)
    assert [(one.child, one.slot) for one in stranger.unsure] == [("ana", "a"), ("ana", "b")]
    spared = strike("a", unless=(Where(who=(("niveau", frozenset({"petit"})),)),))
    assert told(close(family(STRIKE, lou="petit", ana="grand"), BOTH, spared, now=NOW)) == [("ana", ("a",), 100, 0)]


def test_an_etablissement_is_closed_by_its_name() -> None:
    """A closure may name an établissement, and slots within it; slots of another are a fault."""
    engine = guide(more=STRIKE)
    day = date(2021, 9, 6)
    planning = Planning.of({("martin", day): ["repas", "soir-1"]})
    when = When(first_day=day, last_day=date(2021, 9, 10))
    whole = Closure(code="x", motive="grève", places=("clae-messy",), when=when)
    assert told(close(martin(engine), planning, whole, now=at("2021-09-06 07:00"))) == [
        ("martin", ("repas", "soir-1"), 450, 0)
    ]
    meals = Closure(code="x", motive="grève", places=("clae-messy",), slots=("repas",), when=when)
    assert told(close(martin(engine), planning, meals, now=at("2021-09-06 07:00"))) == [("martin", ("repas",), 400, 0)]
    unknown = replace(whole, slots=("repas",), who=(("dossier-enfant", frozenset({"complet"})),))
    child = Desk(engine, Facts.of(dossier_foyer="valide"), "martin")
    assert [one.slot for one in close(child, planning, unknown, now=at("2021-09-06 07:00")).unsure] == ["repas"]
    two = GUIDE + STRIKE + '\n[etablissement.autre]\nnom = "AUTRE"\nhypothese = "essai"\n'
    elsewhere = Closure(code="x", motive="grève", places=("autre",), slots=("repas",), when=when)
    with pytest.raises(InvalidValueError, match="aucun de ces créneaux n'est de cet établissement"):
        martin(engine_from_text(two)).closing(elsewhere)


def test_what_is_sold_together_gives_back_the_difference() -> None:
    """Where the rest of a formule has a price of its own, what is given back is the difference (S10.2)."""
    prices = """
[formule.tout]
ensembles = [["a", "b"]]
hypothese = "essai"
[formule.un]
ensembles = [["a"]]
hypothese = "essai"
[formule.deux]
ensembles = [["b"]]
hypothese = "essai"
[tarif.jour]
creneaux = ["a", "b"]
par = "jour"
prix = { tout = 10.00, un = 6.00, deux = 7.00 }
hypothese = "essai"
[tarif.autres]
creneaux = ["c", "d"]
par = "creneau"
prix = 1.00
hypothese = "essai"
"""
    planning = Planning.of({("lou", DAY): ["a", "b"]})
    found = close(lou(STRIKE, prices=prices), planning, strike("a"), now=NOW)
    assert told(found) == [("lou", ("a",), 300, 0)]
    half = STRIKE.replace("rien", "50 %")
    assert told(close(lou(half, prices=prices), planning, strike("a"), now=NOW)) == [("lou", ("a",), 300, 150)]


WINDOWED = """
[tarif.forfait]
creneaux = "a"
par = "mois"
prix = 20.00
hypothese = "essai"
[tarif.jour]
creneaux = ["b", "c", "d"]
par = "creneau"
prix = 3.00
hypothese = "essai"
[modification.plafond]
creneaux = ["b", "c", "d"]
plafond = 5.00
par = "mois"
hypothese = "essai"
"""


def test_a_closure_gives_back_what_the_month_no_longer_costs() -> None:
    """Under a cap of 5 € a month, of three slots at 3 € the first closed gives nothing back, the next what is left."""
    planning = Planning.of({("lou", DAY): ["b", "c"], ("lou", NEXT): ["b"], ("lou", date(2025, 9, 15)): ["a"]})
    one = close(lou(STRIKE, prices=WINDOWED), planning, strike("b"), now=NOW)
    assert told(one) == [("lou", ("b",), 0, 0)]
    week = When(first_day=DAY, last_day=date(2025, 9, 19))
    whole = close(lou(STRIKE, prices=WINDOWED), planning, strike(when=week), now=NOW)
    assert [(one.day.day, one.lost_cents) for one in whole.cancelled] == [(11, 200), (12, 300), (15, 2000)]
    assert (whole.charged_cents, whole.after) == (-2500, Planning())
    half = close(lou(STRIKE.replace("rien", "50 %"), prices=WINDOWED), planning, strike("a", when=week), now=NOW)
    assert told(half) == [("lou", ("a",), 2000, 1000)]


def test_each_household_gets_its_own_back() -> None:
    """The slots of both households are cancelled; the amounts are those of the desk's household (S6.8)."""
    planning = Planning.of({("lou", DAY): [Held("a", holder="mere"), Held("b", holder="pere")]})
    desk = Desk(small(STRIKE), Facts(), "lou", household="mere")
    found = close(desk, planning, strike(), now=NOW)
    assert [(one.household, one.slots, one.charged_cents) for one in found.cancelled] == [
        ("mere", ("a",), -100), ("pere", ("b",), None),
    ]  # fmt: skip
    assert (found.after, found.charged_cents) == (Planning(), -100)
    assert "lou (pere), 11/09/2025" in found.text()
    assert found.settled


def test_closing_twice_changes_nothing_more() -> None:
    """A second closure of what is closed cancels nothing; a price that is not known is told, not guessed."""
    first = close(family(STRIKE), BOTH, strike("a"), now=NOW)
    again = close(first.desk, first.after, strike("a"), now=NOW)
    assert (again.cancelled, again.after, again.charged_cents) == ((), first.after, 0)
    prices = '[tarif.x]\npar = "creneau"\nprix = "non publié"\nhypothese = "essai"'
    unknown = close(lou(STRIKE, prices=prices), Planning.of({("lou", DAY): ["a"]}), strike("a"), now=NOW)
    assert told(unknown) == [("lou", ("a",), None, None)]
    assert "prix inconnu" in unknown.text()


@pytest.mark.parametrize(
    ("more", "said"),
    (
        ({"when": When(dates=(date(2025, 9, 13),))}, "rien n'est ouvert ces jours-là"),
        ({"when": When(dates=(date(2031, 9, 11),))}, "rien n'est ouvert ces jours-là"),
        ({"slots": ("cantine",)}, "fermeture.greve.creneaux : créneau inconnu : « cantine »"),
        ({"places": ("lycee",)}, "etablissement inconnu : « lycee »"),
        ({"when": When(dates=(DAY,), periodes=("ete",))}, "periode inconnu : « ete »"),
        ({"who": (("nivo", frozenset({"petit"})),)}, "faits inconnu : « nivo » ; vouliez-vous dire « niveau » ?"),
        ({"who": (("niveau", frozenset({True})),)}, "ce fait prend un mot"),
        ({"motive": "greve du 12"}, "aucun [evenement] n'a ce motif : « greve du 12 »"),
    ),
)
def test_a_closure_that_closes_nothing_known_is_an_error(more: dict[str, Any], said: str) -> None:
    """A closure names what the règlement knows, and meets an open slot; every fault is told with its way out."""
    slots = more.get("slots", ("a",))
    closure = strike(*slots, **{name: one for name, one in more.items() if name != "slots"})
    with pytest.raises(InvalidValueError) as error:
        lou(STRIKE).closing(closure)
    assert said in error.value.text()
    assert error.value.text("en")


@pytest.mark.parametrize(
    ("more", "said"),
    (
        ({"when": When()}, "quels jours ?"),
        ({"when": When(first_day=DAY)}, "quels jours ?"),
        ({"when": When(first_day=DAY, last_day=date(3025, 9, 11))}, "plus de 800 jours"),
        ({"formules": ("tout",)}, "n'ont pas de sens ici"),
    ),
)
def test_a_closure_has_dates_and_no_condition_on_what_is_held(more: dict[str, Any], said: str) -> None:
    """A closure without end, or by variant, cannot exist (S1.2)."""
    with pytest.raises(InvalidValueError, match=said.replace("?", r"\?")):
        strike("a", **more)


def test_an_event_speaks_of_any_selection() -> None:
    """An event that depends on a variant, or names no motive, is refused at load."""
    with pytest.raises(InvalidReglementError, match="n'ont pas de sens ici"):
        small(STRIKE + '\nvariante = "normal"')
    with pytest.raises(InvalidReglementError, match="il manque « motifs »"):
        small(STRIKE.replace('motifs = "greve"\n', ""))
    with pytest.raises(InvalidReglementError, match="ni source ni hypothèse"):
        small(STRIKE.replace('\nhypothese = "essai"', ""))


DEMANDE = """
format = 1
[demande]
reglement = "cluses-clae-messy-2021"
enfant = "martin"
periode = "periscolaire-2021"
instant = 2021-09-01T09:00:00+02:00
[enfant.martin]
dossier-enfant = "complet"
[enfant.lea]
dossier-enfant = "complet"
[foyer]
dossier-foyer = "valide"
[deja]
2021-09-06 = ["repas", "soir-1"]
[fratrie.lea]
2021-09-06 = ["repas"]
[fermeture.greve]
motif = "grève"
creneaux = "repas"
quand.dates = [2021-09-06]
"""
WANTED = '\n[veut]\n2021-09-06 = ["repas"]\n'


def run_on(folder: Path, command: str, text: str, *more: str) -> int:
    """A command of the guide's règlement, with an event, on a demande file."""
    pytest.importorskip("typer")
    from clae_rules.cli import run

    (folder / "reglement.toml").write_text(GUIDE + STRIKE, "utf-8")
    (folder / "demande.toml").write_text(text, "utf-8")
    return run([command, str(folder / "reglement.toml"), str(folder / "demande.toml"), *more])


def test_the_command_close(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`close` tells what the closures of a file cancel for the child and his siblings, as text and as JSON."""
    assert run_on(tmp_path, "close", DEMANDE) == 0
    lines = capsys.readouterr().out.replace("\xa0", " ").splitlines()
    assert lines == [
        "lea, 06/09/2021 : « Repas enfant » annulé par le service ; 4,00 € en moins, reste dû 0,00 €",
        "martin, 06/09/2021 : « Repas enfant » annulé par le service ; 4,00 € en moins, reste dû 0,00 €",
    ]
    assert run_on(tmp_path, "close", DEMANDE, "--format", "json") == 0
    (told_,) = json.loads(capsys.readouterr().out)["fermetures"]
    assert (told_["montant_cents"], [one["enfant"] for one in told_["annulations"]]) == (-800, ["lea", "martin"])


def test_a_closure_in_a_demande_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Check and options see the closed boxes; a file that closes and asks nothing is for `close`, and the contrary."""
    assert run_on(tmp_path, "check", DEMANDE.replace('deja]\n2021-09-06 = ["repas", "soir-1"]', "deja]") + WANTED) == 1
    assert "« Repas enfant » : fermé par le service (grève)" in capsys.readouterr().out
    assert run_on(tmp_path, "options", DEMANDE, "2021-09-06") == 0
    assert "Repas enfant" in capsys.readouterr().out
    assert run_on(tmp_path, "check", DEMANDE) == 2
    assert "clae-rules close" in capsys.readouterr().err
    assert run_on(tmp_path, "close", DEMANDE[: DEMANDE.index("[fermeture")] + WANTED) == 2
    assert "aucune [fermeture.X]" in capsys.readouterr().err
    assert run_on(tmp_path, "close", DEMANDE.replace('dossier-enfant = "complet"\n[enfant.lea]', "[enfant.lea]")) == 0
    silent = DEMANDE.replace('[enfant.lea]\ndossier-enfant = "complet"\n', "")
    assert run_on(tmp_path, "close", silent) == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    (
        ('"repas"\nquand', '"repass"\nquand', "créneau inconnu : « repass »"),
        ("quand.dates = [2021-09-06]", "", "quels jours ?"),
        ("2021-09-06]\n", "2021-09-06]\nqui = { dossier-foyer = 3 }\n", "ce fait prend un mot"),
        ('motif = "grève"\n', "", "il manque « motif »"),
    ),
)
def test_a_wrong_closure_in_a_file(old: str, new: str, said: str) -> None:
    """Each fault of a [fermeture.X] is told with its path."""
    text = DEMANDE + WANTED
    i = text.index("[fermeture")
    with pytest.raises(InvalidDemandeError, match=r"fermeture\.greve") as error:
        demande_from_text(text[:i] + text[i:].replace(old, new, 1), guide(more=STRIKE).reglement)
    assert said in error.value.text()
