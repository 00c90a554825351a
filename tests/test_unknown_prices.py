"""Booking at a price that is announced and not published (S4.6)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.guide import GUIDE, OPEN, SMALL, at, lou

from clae_rules import (
    BoxState,
    Demande,
    Desk,
    Facts,
    Fate,
    Grain,
    Held,
    InvalidDemandeError,
    Pattern,
    Planning,
    Selection,
    Status,
    boxes,
    check_day,
    decide,
    demande_from_text,
    engine_from_text,
    recapitulatif,
    recopie,
)

NOW, DAY, NEXT = at("2025-09-01 09:00"), date(2025, 9, 11), date(2025, 9, 12)
ANNOUNCED = '[tarif.x]\npar = "creneau"\nprix = "non publié"\nhypothese = "essai"'
MISSING = """
[faits]
quotient = "nombre"
[grille.qf]
mesure = "quotient"
lu = "exact"
tranches = { A = "moins de 600", B = "à partir de 600" }
hypothese = "essai"
[tarif.x]
par = "creneau"
selon = "qf"
prix = { A = 1.00, B = 2.00 }
hypothese = "essai"
"""


def test_an_announced_amount_is_bookable_where_it_is_accepted() -> None:
    """Undecided by default; accepted, it is booked, and the récapitulatif still has no total."""
    desk, demande = lou(prices=ANNOUNCED), Demande.of("lou", "annee", {DAY: ["a"], NEXT: ["a"]})
    assert decide(desk, Planning(), demande, now=NOW).status is Status.UNDECIDED
    verdict = decide(desk, Planning(), demande, now=NOW, accept_unknown_price=True)
    assert (verdict.status, verdict.doubts) == (Status.ALLOWED, ())
    assert verdict.days[0].outcome is verdict.days[1].outcome
    assert verdict.after == Planning.of({("lou", DAY): ["a"], ("lou", NEXT): ["a"]})
    summary = recapitulatif(verdict)
    assert (summary.total_cents, [one.day for one in summary.unknown]) == (None, [DAY, NEXT])
    assert summary.text().splitlines()[-1].endswith("prix inconnu")
    assert check_day(desk, DAY, ["a"], now=NOW, accept_unknown_price=True).allowed
    assert check_day(desk, DAY, ["a"], now=NOW).status is Status.UNDECIDED


def test_boxes_and_recopie_accept_it_too() -> None:
    """A box is then free without a price, and a date applied (S1.3)."""
    desk = lou(prices=ANNOUNCED)
    assert boxes(desk, DAY, now=NOW).box("a").state is BoxState.UNDECIDED
    free = boxes(desk, DAY, now=NOW, accept_unknown_price=True).box("a")
    assert (free.state, free.price_cents) == (BoxState.FREE, None)
    pattern = Pattern.day(["a"], "jeudi", first_day=DAY, last_day=DAY)
    for accept, fate in ((False, Fate.UNDECIDED), (True, Fate.APPLIED)):
        copied = recopie(desk, Planning(), pattern, periode="annee", now=NOW, accept_unknown_price=accept)
        assert [one.fate for one in copied.dates] == [fate]


def test_nothing_else_is_accepted_with_it() -> None:
    """A missing quotient is no announced amount; a late date stays refused, a missing fact stays a doubt (S1.5)."""
    without = SMALL.replace('[faits]\nniveau = ["petit", "grand"]\n', "")
    missing = Desk(engine_from_text(without + OPEN + MISSING), Facts(), "lou")
    verdict = check_day(missing, DAY, ["a"], now=NOW, accept_unknown_price=True)
    assert (verdict.status, [one.code for one in verdict.doubts]) == (Status.UNDECIDED, ["fait-manquant"])
    late = check_day(lou(prices=ANNOUNCED), DAY, ["a"], now=at("2025-09-10 12:00"), accept_unknown_price=True)
    assert (late.status, [one.code for one in late.violations]) == (Status.REFUSED, ["delai-depasse"])
    gate = '[acces.x]\nexige.niveau = "petit"\nhypothese = "essai"'
    doubt = check_day(lou(gate, prices=ANNOUNCED), DAY, ["a"], now=NOW, accept_unknown_price=True)
    assert (doubt.status, [one.code for one in doubt.doubts]) == (Status.UNDECIDED, ["fait-manquant"])
    desk = lou()
    plain = check_day(desk, DAY, ["a"], now=NOW, accept_unknown_price=True)
    assert plain.outcome is check_day(desk, DAY, ["a"], now=NOW).outcome
    grain = Demande.of("lou", "annee", {DAY: ["a"], date(2025, 9, 2): ["a"]})
    mixed = decide(
        lou(prices=ANNOUNCED), Planning(), grain, now=at("2025-09-01 12:00"), grain=Grain.DAY_BY_DAY,
        accept_unknown_price=True,
    )  # fmt: skip
    assert [one.status for one in mixed.days] == [Status.REFUSED, Status.ALLOWED]


DEMANDE = """
format = 1
[demande]
reglement = "cluses-clae-messy-2021"
enfant = "martin"
periode = "periscolaire-2021"
instant = 2021-09-01T09:00:00+02:00
prix_inconnu = "accepter"
[enfant.martin]
dossier-enfant = "complet"
[foyer]
dossier-foyer = "valide"
[veut]
2021-09-06 = ["repas"]
"""


@pytest.mark.parametrize(("command", "more"), (("check", ()), ("recap", ()), ("options", ("2021-09-06",))))
def test_a_demande_file_accepts_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, more: tuple[str, ...]
) -> None:
    """`prix_inconnu = "accepter"` is read by check, recap and options; « indécis » is the default."""
    pytest.importorskip("typer")
    from clae_rules.cli import run

    reglement, demande = tmp_path / "reglement.toml", tmp_path / "demande.toml"
    reglement.write_text(GUIDE.replace("prix      = 4.00", 'prix = "non publié"'), "utf-8")
    demande.write_text(DEMANDE, "utf-8")
    said = {"check": "accepté", "recap": "prix inconnu", "options": "Repas enfant (11:45-13:45) — libre"}[command]
    assert run([command, str(reglement), str(demande), *more]) == 0
    assert said in capsys.readouterr().out
    demande.write_text(DEMANDE.replace('"accepter"', '"indécis"'), "utf-8")
    assert run([command, str(reglement), str(demande), *more]) == (0 if command == "options" else 3)
    assert "prix inconnu" in capsys.readouterr().out
    with pytest.raises(InvalidDemandeError, match=r"un mot parmi|connus : accepter"):
        demande_from_text(DEMANDE.replace('"accepter"', '"oui"'), engine_from_text(GUIDE).reglement)


@pytest.mark.parametrize(
    ("said", "held", "asked", "sentence"),
    (
        (("reserver", "annuler"), (), ("a",), "délai inconnu, le règlement ne le publie pas"),
        (("annuler", "reserver"), ("a",), (), "délai d'annulation inconnu, le règlement ne le publie pas"),
    ),
)
def test_a_deadline_that_is_not_published_is_undecided(
    said: tuple[str, str], held: tuple[str, ...], asked: tuple[str, ...], sentence: str
) -> None:
    """Neither refused nor granted, and it says so (S4.6)."""
    silent, open_ = said
    phases = '[{ limite = "sans limite", a_payer = "rien" }]' if open_ == "annuler" else '"sans limite"'
    desk = lou(delays=f'[delai.x]\n{silent} = "non publié"\n{open_} = {phases}\nhypothese = "essai"')
    verdict = check_day(desk, DAY, asked, held=Selection(tuple(Held(slot) for slot in held)), now=NOW)
    assert verdict.status is Status.UNDECIDED
    assert sentence in verdict.doubts[0].text()
    assert "does not publish it" in verdict.doubts[0].text("en")


def test_an_unknown_price_is_told_by_its_label_and_its_source_once() -> None:
    """« prix inconnu pour « A » », as families read it, with the source at the end and nowhere else."""
    sourced = ANNOUNCED.replace('hypothese = "essai"', 'source = "page 2"')
    page = '[document.page]\ntitre = "Page"'
    verdict = check_day(lou(page, prices=sourced), DAY, ["a"], now=NOW)
    (said,) = (one.text() for one in verdict.doubts)
    assert said == "11/09/2025 : prix inconnu pour « A » : le prix n'est pas publié (page 2)"
