"""Exceptions of a rule that depend on what is held, or on a fact that is missing (S1.5, S1.6)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clae_rules import Desk, Facts, InvalidReglementError, Status, check_day, engine_from_text

CLUSES = (Path(__file__).parent.parent / "examples/cluses/reglement.toml").read_text("utf-8")
BASE = (
    CLUSES.replace("[faits]\n", '[faits]\npai = "oui ou non"\n') + '\n[formule.f]\nensembles = [["midi-1", "repas"]]\n'
)
VALID = Facts.of(dossier_foyer="valide", dossier_enfant="complet")
DAY = date(2021, 9, 6)
EARLY = datetime(2021, 9, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
LATE = datetime(2021, 9, 3, 9, tzinfo=ZoneInfo("Europe/Paris"))


def judged(rule: str, slots: list[str], now: datetime = EARLY, facts: Facts = VALID) -> tuple[Status, str]:
    """The answer under the guide's règlement with another verb for « midi-ou-repas »."""
    text = BASE.replace('bloque    = "repas"', rule)
    verdict = check_day(Desk(engine_from_text(text), facts), DAY, slots, now=now)
    return verdict.status, " ".join(one.sentence() for one in (*verdict.violations, *verdict.doubts))


def test_an_exception_for_one_variant_leaves_the_other_under_the_rule() -> None:
    """S1.6: « sauf hors délai » lifts the rule only for a slot held late."""
    rule = 'bloque = "repas"\nsauf.variante = "hors-delai"'
    assert judged(rule, ["midi-1", "repas"])[0] is Status.REFUSED
    assert judged(rule, ["midi-1", "repas"], now=LATE)[0] is Status.ALLOWED


def test_an_exception_for_a_formule_holds_while_the_formule_is_held() -> None:
    """S1.6: « sauf » a formule lifts the rule for those who hold all of it, and for nobody else."""
    rule = 'bloque = "repas"\nsauf.formules = "f"'
    assert judged(rule, ["midi-1", "repas"])[0] is Status.ALLOWED
    assert judged(rule, ["midi-2", "repas"])[0] is Status.REFUSED


def test_a_missing_fact_matters_only_where_it_would_decide() -> None:
    """S1.5: refused where the rule is broken either way, undecided where the missing fact would tell; never allowed."""
    rule = 'bloque = "repas"\nsauf = { creneaux = "midi-2", qui = { pai = true } }'
    assert judged(rule, ["midi-1", "repas"])[0] is Status.REFUSED
    status, said = judged(rule, ["midi-2", "repas"])
    assert status is Status.UNDECIDED
    assert said.endswith("il manque pai")
    count = 'au_moins = 2\nsauf = { creneaux = "midi-2", qui = { pai = true } }'
    assert judged(count, ["midi-1", "midi-2"])[0] is Status.UNDECIDED
    told = VALID.merged(Facts.of(pai=False))
    assert judged(count, ["midi-1", "midi-2"], facts=told)[0] is Status.ALLOWED
    assert judged(count, ["midi-1", "midi-2"], facts=VALID.merged(Facts.of(pai=True)))[0] is Status.REFUSED


@pytest.mark.parametrize(
    ("header", "path"), (("[delai.general]", "delai.general"), ("[acces.dossier-du-foyer]", "acces.dossier-du-foyer"))
)
def test_what_is_asked_before_anything_is_held_knows_no_variant(header: str, path: str) -> None:
    """A deadline or a gate that names a variant is refused: it would silently apply to none or to all."""
    with pytest.raises(InvalidReglementError, match=f"{path} : « variante »"):
        engine_from_text(CLUSES.replace(header, f'{header}\nvariante = "hors-delai"'))
