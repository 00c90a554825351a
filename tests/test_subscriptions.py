"""Abonnement: regular days with a notice, an effect, a status, and days suspended singly (S9.4)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from tests.guide import OPEN, SMALL, at

from clae_rules import (
    Abonnement,
    Cancellation,
    ClaeRulesError,
    Closure,
    Dated,
    Demande,
    Desk,
    Facts,
    Fate,
    Held,
    InvalidDemandeError,
    InvalidReglementError,
    InvalidReleveError,
    InvalidValueError,
    Occupancy,
    Override,
    Pattern,
    Planning,
    Releve,
    Selection,
    Statement,
    Status,
    Subscribed,
    Verdict,
    check_day,
    decide,
    demande_from_text,
    due,
    engine_from_text,
    expanded,
    recapitulatif,
    releve_from_text,
    resign,
    subscribe,
    subscribed,
    unsubscribe,
)
from clae_rules.costs import charges, difference
from clae_rules.notices import NoticeKind, notices
from clae_rules.rendering import render
from clae_rules.selectors import When

STATUS: Final = SMALL.replace("[faits]\n", '[faits]\nstatut = ["regulier", "occasionnel"]\n')
PRICES: Final = """
[tarif.regulier]
qui.statut = "regulier"
par = "creneau"
prix = 2.00
hypothese = "essai"
[tarif.occasionnel]
qui.statut = "occasionnel"
par = "creneau"
prix = 3.00
hypothese = "essai"
"""
#: « 1 à 5 repas fixes par semaine à l'année, changement demandé 15 jours avant » (Niort), two days here.
NIORT: Final = """
[abonnement.cantine]
nom = "Jours fixes"
creneaux = ["a", "b"]
jours = "de 1 à 2"
souscrire = "15 jours calendaires avant la date, avant 00:00"
changer = [{ limite = "15 jours calendaires avant la date, avant 00:00", variante = "normal", a_payer = "rien" }]
suspendre = [
  { limite = "3 jours calendaires avant la date, avant 00:00", a_payer = "rien" },
  { limite = "le jour même, avant 08:00", a_payer = "50 %" },
]
fait = { statut = "regulier" }
hypothese = "essai"
"""
NOW = at("2025-10-20 09:00")


def desk(terms: str = NIORT, more: str = "", **facts: str) -> Desk:
    """An occasional child before a small règlement with one abonnement."""
    return Desk(
        engine_from_text(STATUS + OPEN + PRICES + terms + more), Facts.of(**{"statut": "occasionnel", **facts}), "lou"
    )


def regular(
    *weekdays: str, slot: str = "a", du: date = date(2025, 10, 20), au: date = date(2025, 11, 14), every: int = 1
) -> Abonnement:
    """Some weekdays of one slot."""
    pattern = Pattern.day([slot], *weekdays, first_day=du, last_day=au, every_weeks=every)
    return Abonnement(code="cantine", periode="annee", pattern=pattern)


def asked(*weekdays: str, terms: str = NIORT, now: str = "2025-10-20 09:00", slot: str = "a") -> Subscribed:
    """What becomes of an abonnement that is asked."""
    return subscribe(desk(terms), Planning(), regular(*weekdays, slot=slot), now=at(now))


def test_it_takes_effect_on_the_first_date_that_the_notice_reaches() -> None:
    """Asked on 20 October with 15 days' notice, it begins on Thursday 6 November and costs the regular price."""
    found = asked("lundi", "jeudi")
    assert (found.status, found.effect) == (Status.ALLOWED, date(2025, 11, 6))
    assert found.copied.of(Fate.REFUSED) == (date(2025, 11, 3),)
    assert found.copied.of(Fate.APPLIED) == (date(2025, 11, 6), date(2025, 11, 10), date(2025, 11, 13))
    assert len(found.copied.of(Fate.CLOSED)) == 4
    assert recapitulatif(found.copied.verdict).total_cents == 600
    assert found.facts.at("statut", date(2025, 11, 5)) is None
    assert found.facts.at("statut", date(2025, 11, 6)) == "regulier"
    assert found.text().splitlines() == [
        "« Jours fixes » : accepté, effet le 06/11/2025",
        "  03/11/2025  refusé : « A » : trop tard depuis le 19/10/2025 00:00 (15 jours calendaires avant la date, avant 00:00)",
        "  3 dates",
    ]
    assert found.text("en").splitlines()[0] == "« Jours fixes »: allowed, from 06/11/2025"


@pytest.mark.parametrize(("now", "first"), (("2025-10-21 23:59:59", 6), ("2025-10-22 00:00", 10)))
def test_the_notice_ends_at_its_limit(now: str, first: int) -> None:
    """The last second before midnight still reaches 6 November, midnight no longer does (S3)."""
    assert asked("lundi", "jeudi", now=now).effect == date(2025, 11, first)


@pytest.mark.parametrize(
    ("day", "now", "due"),
    (
        (date(2025, 11, 13), "2025-11-09 23:59:59", 0),
        (date(2025, 11, 13), "2025-11-10 00:00", 100),
        (date(2025, 11, 13), "2025-11-13 07:59", 100),
        (date(2025, 11, 13), "2025-11-13 08:00", None),
    ),
)
def test_a_day_is_suspended_under_its_own_deadline(day: date, now: str, due: int | None) -> None:
    """One day is given back under « suspendre », with its own part due, whatever the general deadline says (S9.4)."""
    found = asked("lundi", "jeudi")
    assert found.granted is not None
    mine = subscribed(desk(), found.granted)
    verdict = decide(mine, found.after, Demande.of("lou", "annee", {day: []}), now=at(now))
    if due is None:
        assert [one.code for one in verdict.violations] == ["annulation-delai-depasse"]
        assert verdict.violations[0].rule == "abonnement.cantine"
    else:
        assert [(one.kind, one.amount_cents) for one in recapitulatif(verdict).lines] == [
            ("retire", -200), *([("du", due)] if due else []),
        ]  # fmt: skip
        assert expanded(mine, Planning(), found.granted.suspend(day)) == verdict.after


def test_what_is_booked_besides_follows_the_general_deadlines() -> None:
    """An occasional slot of a subscribed child is booked and cancelled as anyone's, a suspended day too."""
    found = asked("lundi", "jeudi")
    assert found.granted is not None
    mine, day = subscribed(desk(), found.granted), date(2025, 11, 13)
    now = at("2025-11-12 11:59")
    assert check_day(mine, day, ["a", "c"], now=now, held=Selection.of("a")).allowed
    assert check_day(mine, day, ["a"], now=now, held=Selection.of("a", "c")).allowed
    assert not check_day(mine, day, ["a"], now=at("2025-11-12 12:00"), held=Selection.of("a", "c")).allowed
    again = subscribed(desk(), found.granted.suspend(day))
    assert check_day(again, day, ["a"], now=now).allowed
    assert not check_day(again, day, ["a"], now=at("2025-11-12 12:00")).allowed


def test_phases_of_changing_do_not_hide_those_of_suspending() -> None:
    """A date that keeps another slot is suspended under « suspendre », even where the deadlines have « changer »."""
    changing = (
        OPEN
        + 'changer = [{ limite = "20 jours calendaires avant la date, avant 00:00", variante = "normal", a_payer = "tout" }]\n'
    )
    engine = engine_from_text(STATUS + changing + PRICES + NIORT)
    mine = subscribed(Desk(engine, Facts.of(statut="occasionnel"), "lou"), regular("jeudi"))
    verdict = check_day(mine, date(2025, 11, 13), ["c"], now=at("2025-11-09 23:00"), held=Selection.of("a", "c"))
    assert verdict.allowed


@pytest.mark.parametrize(
    ("weekdays", "slot", "code"),
    (
        (("lundi", "mardi", "jeudi"), "a", "abonnement-jours"),
        (("lundi",), "c", "abonnement-autre"),
    ),
)
def test_a_pattern_that_is_not_offered_is_refused_whole(weekdays: tuple[str, ...], slot: str, code: str) -> None:
    """More weekdays than the règlement takes, or a slot that is not of the abonnement, refuse it whole."""
    found = asked(*weekdays, slot=slot)
    assert (found.status, [one.code for one in found.violations]) == (Status.REFUSED, [code])
    assert (found.effect, found.granted, found.after, found.facts) == (None, None, Planning(), Facts())
    assert {"abonnement-jours": "de 1 à 2, ici 3", "abonnement-autre": "« C » n'est pas de"}[code] in found.text()
    assert {"abonnement-jours": "here 3", "abonnement-autre": "« C » is not of"}[code] in found.text("en")
    assert found.plain()["statut"] == "refusé"


def test_an_effect_after_the_end_is_no_effect() -> None:
    """Asked so late that no date is left before the end of the période, it is refused and says so."""
    late = subscribe(desk(), Planning(), regular("lundi", au=date(2026, 7, 3)), now=at("2026-06-25 09:00"))
    assert (late.status, [one.code for one in late.violations]) == (Status.REFUSED, ["abonnement-sans-effet"])
    assert "prendrait effet après la fin" in late.text()
    assert "take effect after the end" in late.text("en")
    beyond = subscribe(desk(), Planning(), regular("lundi", du=date(2026, 7, 6), au=date(2026, 8, 3)), now=NOW)
    assert beyond.status is Status.REFUSED
    assert set(beyond.copied.count()) >= {Fate.OUT}
    assert len(beyond.copied.of(Fate.OUT)) == 5


@pytest.mark.parametrize(
    ("souscrire", "now", "status", "pending"),
    (
        ('[{ depuis = "le 2025-04-01, avant 00:00", limite = "le 2025-05-31, jusqu\'à 24:00", variante = "normal", accord = true }]', "2025-05-10 09:00", Status.ALLOWED, "accord"),
        ('[{ depuis = "le 2025-04-01, avant 00:00", limite = "le 2025-05-31, jusqu\'à 24:00", variante = "normal", accord = true }]', "2025-06-01 00:00", Status.REFUSED, ""),
        ('[{ depuis = "le 2025-04-01, avant 00:00", limite = "le 2025-05-31, jusqu\'à 24:00", variante = "normal", accord = true }]', "2025-03-31 23:59", Status.REFUSED, ""),
        ('"le 2025-07-31, jusqu\'à 24:00"', "2025-07-31 23:59", Status.ALLOWED, ""),
        ('"le 2025-07-31, jusqu\'à 24:00"', "2025-08-01 00:00", Status.REFUSED, ""),
        ('"jeudi de la semaine -1, avant 12:00"\nlimite_un_jour_ferme = "reste"', "2025-10-30 11:59", Status.ALLOWED, ""),
        ('"sans limite"', "2025-11-13 23:00", Status.ALLOWED, ""),
        ('"sans limite"', "2025-11-14 00:00", Status.REFUSED, ""),
    ),
    ids=("Annemasse", "Annemasse-tard", "Annemasse-tôt", "Rosières", "Rosières-tard", "Vigneux", "Mons", "Mons-passé"),
)  # fmt: skip
def test_when_towns_take_it(souscrire: str, now: str, status: Status, pending: str) -> None:
    """From April to May with an agent's accord (Annemasse), before the end of July (Rosières), by the week (Vigneux)."""
    terms = NIORT.replace('"15 jours calendaires avant la date, avant 00:00"\nchanger', f"{souscrire}\nchanger")
    found = asked("lundi", "jeudi", terms=terms, now=now)
    assert found.status is status
    assert {why for _, _, why in found.copied.verdict.pending} == ({pending} if pending else set())
    assert ("  en attente (accord)" in found.text().splitlines()) is bool(pending)


def test_a_change_of_days_is_asked_with_its_own_notice() -> None:
    """From Mondays to Tuesdays, asked on 20 November: both sides wait for 15 days; what is left is no longer charged."""
    before, day = regular("lundi", du=date(2025, 11, 6), au=date(2025, 12, 16)), date(2025, 11, 20)
    held = expanded(desk(), Planning(), before)
    after = regular("mardi", du=day, au=date(2025, 12, 16))
    found = subscribe(desk(), held, after, now=at("2025-11-20 09:00"), instead_of=before)
    assert found.left is not None
    assert [one.day for one in found.left.granted] == [date(2025, 12, 8), date(2025, 12, 15)]
    assert [one.day for one in found.stays] == [date(2025, 11, 24), date(2025, 12, 1)]
    assert found.effect == date(2025, 12, 9)
    assert sorted(found.after.of_child("lou")) == [
        date(2025, 11, 10), date(2025, 11, 17), date(2025, 11, 24), date(2025, 12, 1), date(2025, 12, 9),
        date(2025, 12, 16),
    ]  # fmt: skip
    assert recapitulatif(found.left).total_cents == -400
    never = NIORT.replace(
        'changer = [{ limite = "15 jours calendaires avant la date, avant 00:00", variante = "normal", a_payer = "rien" }]',
        'changer = "jamais"',
    )
    stuck = subscribe(desk(never), held, after, now=at("2025-11-20 09:00"), instead_of=before)
    assert (stuck.status, stuck.after) == (Status.REFUSED, held)


def test_ending_follows_changer_or_else_suspendre() -> None:
    """What ends is given back date by date; without « changer », as if each day were suspended; other slots stay."""
    before = regular("lundi", du=date(2025, 11, 6), au=date(2025, 11, 24))
    held = expanded(desk(), Planning.of({("lou", date(2025, 11, 17)): ["c"]}), before)

    def ended(terms: str) -> Verdict:
        return unsubscribe(desk(terms), held, before, since=date(2025, 11, 11), now=at("2025-11-14 09:00"))

    assert [(one.day.day, one.status) for one in ended(NIORT).days] == [(17, Status.REFUSED), (24, Status.REFUSED)]
    without = "\n".join(line for line in NIORT.splitlines() if not line.startswith("changer"))
    free = ended(without)
    assert [(one.day.day, one.status) for one in free.days] == [(17, Status.ALLOWED), (24, Status.ALLOWED)]
    assert free.after == Planning.of({("lou", date(2025, 11, 10)): ["a"], ("lou", date(2025, 11, 17)): ["c"]})
    assert [one.amount_cents for one in recapitulatif(free).lines] == [-400, 100]


def test_a_date_without_room_is_not_taken_nor_held_later() -> None:
    """A full pool leaves one date out; the abonnement that is granted does not hold it (S6.5, S9.2)."""
    pool = '[capacite.salle]\nenfants = 10\nhypothese = "essai"'
    room = Occupancy.of({("salle", date(2025, 11, day)): 10 if day == 10 else 3 for day in (3, 6, 10, 13)})
    found = subscribe(desk(NIORT, pool), Planning(), regular("lundi", "jeudi"), now=NOW, occupancy=room)
    assert [one.day for one in found.missed] == [date(2025, 11, 10)]
    assert found.granted is not None
    assert found.granted.suspended == (date(2025, 11, 10),)
    assert expanded(desk(NIORT, pool), Planning(), found.granted) == found.after
    unknown = subscribe(desk(NIORT, pool), Planning(), regular("lundi"), now=NOW)
    assert (unknown.status, unknown.granted) == (Status.UNDECIDED, None)
    assert unknown.text().splitlines()[0] == "« Jours fixes » : indécis"


def test_whom_and_when_it_is_for() -> None:
    """Dates and children that it does not select are not taken under it; a missing fact leaves them undecided (S1.5)."""
    small_ones = NIORT.replace("jours =", 'qui.niveau = "petit"\nquand.jour = ["lundi", "jeudi"]\njours =')
    found = [
        subscribe(desk(small_ones, **facts), Planning(), regular("jeudi", "vendredi"), now=NOW)
        for facts in ({"niveau": "petit"}, {"niveau": "grand"}, {})
    ]
    assert [one.status for one in found] == [Status.ALLOWED, Status.REFUSED, Status.UNDECIDED]
    assert found[0].copied.of(Fate.APPLIED) == (date(2025, 11, 6), date(2025, 11, 13))
    assert found[0].granted is not None
    assert found[0].granted.suspended == (date(2025, 11, 7), date(2025, 11, 14))
    mine = subscribed(desk(small_ones, niveau="grand"), regular("jeudi"))
    assert check_day(mine, date(2025, 11, 13), [], now=at("2025-11-12 11:00"), held=Selection.of("a")).allowed


def test_one_week_in_two_for_one_household() -> None:
    """The weeks of one household are a pattern of its own; what the other holds that day stays (S6.8)."""
    mine = Desk(desk().engine, Facts.of(statut="occasionnel"), "lou", household="mere")
    father = Planning.of({("lou", date(2025, 11, 13)): [Held("b", holder="pere")]})
    every = regular("jeudi", du=date(2025, 10, 16), au=date(2025, 12, 12), every=2)
    found = subscribe(mine, father, every, now=NOW)
    assert found.copied.of(Fate.APPLIED) == (date(2025, 11, 13), date(2025, 11, 27), date(2025, 12, 11))
    assert found.after.held("lou", date(2025, 11, 13)) == Selection.of(
        Held("a", holder="mere"), Held("b", holder="pere")
    )
    assert found.granted is not None
    assert expanded(mine, father, found.granted) == found.after
    assert expanded(mine, found.after, found.granted) == found.after
    taken = Planning.of({("lou", date(2025, 11, 13)): [Held("a", holder="pere")]})
    with pytest.raises(InvalidValueError, match="deux foyers"):
        expanded(mine, taken, found.granted)


def test_a_closure_takes_its_date_away() -> None:
    """What the service closed is not among the dates that an abonnement holds (S6.9)."""
    shut = Closure(code="x", motive="neige", when=When(dates=(date(2025, 11, 10),)))
    held = expanded(desk().closing(shut), Planning(), regular("lundi"))
    assert sorted(held.of_child("lou")) == [date(2025, 11, 3)]


def test_what_an_abonnement_cannot_be_given() -> None:
    """An unknown code, or a day suspended before it is had, is an error."""
    with pytest.raises(ClaeRulesError, match="vouliez-vous dire « cantine »"):
        subscribe(
            desk(), Planning(), Abonnement(code="cantin", periode="annee", pattern=regular("lundi").pattern), now=NOW
        )
    with pytest.raises(InvalidValueError, match="demandez-le d'abord"):
        subscribe(desk(), Planning(), regular("lundi").suspend(date(2025, 11, 10)), now=NOW)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    (
        ('souscrire = "15 jours calendaires avant la date, avant 00:00"\n', "", "il manque « souscrire »"),
        ('souscrire = "15 jours calendaires avant la date, avant 00:00"', 'souscrire = "15 jours"', "abonnement.cantine.souscrire"),
         (', a_payer = "50 %" }', " }", "abonnement.cantine.suspendre[1]"),
        ('jours = "de 1 à 2"', 'jours = "à partir de 8"', "une semaine a de 1 à 7 jours"),
        ('{ statut = "regulier" }', '{ statut = "reguliere" }', "il faut un mot parmi : regulier, occasionnel"),
        ('{ statut = "regulier" }', '{ status = "regulier" }', "fait inconnu : « status »"),
        ('creneaux = ["a", "b"]', 'creneaux = ["a", "z"]', "« z »"),
        ('variante = "normal"', 'variante = "hors-delai"', "un abonnement se prend en normal"),
        ("jours =", 'variante = "normal"\njours =', "n'ont pas de sens ici"),
        ("jours =", 'quand.jour = "samedi"\njours =', "aucune date de ses créneaux n'est ouverte"),
        ("3 jours calendaires avant la date, avant 00:00", "2 jours bureau avant la date, avant 00:00", "calendrier inconnu : « bureau »"),
        ("3 jours calendaires avant la date, avant 00:00", "90 jours ouvrés avant la date, avant 00:00", "[jours] ne permet pas de compter la limite"),
        ("3 jours calendaires avant la date, avant 00:00", "48 heures calendaires avant le créneau", "compte depuis l'heure d'un créneau qui n'en a pas"),
        ("suspendre = [\n", 'suspendre = [\n  { limite = "table", a_payer = "rien" },\n', "il manque le tableau"),
        ('{ limite = "le jour même, avant 08:00", a_payer', '{ depuis = "5 jours calendaires avant la date, avant 00:00", limite = "le jour même, avant 08:00", a_payer', "cette phase commence avant la fin"),
        ('{ limite = "3 jours calendaires avant la date, avant 00:00"', '{ limite = "le jour même, avant 09:00"', "abonnement.cantine.suspendre[1] : cette phase finit avant celle qui la précède"),
        ("changer = [", 'changer = [{ limite = "2 jours calendaires avant la date, avant 00:00", a_payer = "rien" }, ', "abonnement.cantine.changer[1] : cette phase finit avant"),
        ('hypothese = "essai"', "", "ni source ni hypothèse"),
    ),
)  # fmt: skip
def test_a_wrong_abonnement_is_refused_at_load(old: str, new: str, said: str) -> None:
    """Each fault of an [abonnement.X] is told with its path and way out, before any family asks (S1.2, S3.7)."""
    assert old in NIORT
    with pytest.raises(InvalidReglementError) as error:
        desk(NIORT.replace(old, new, 1))
    assert said in error.value.text()
    assert error.value.text("en")


def test_what_an_abonnement_leaves_odd_is_told() -> None:
    """S13.2: an abonnement that can never be left, or a phase shut on some dates, is to be checked; a choice is not."""

    def odd(*changes: tuple[str, str]) -> list[str]:
        terms = NIORT
        for old, new in changes:
            assert old in terms
            terms = terms.replace(old, new)
        return [
            one.text()
            for one in notices(desk(terms).engine)
            if one.kind is NoticeKind.SUSPECT and one.path[0] == "abonnement"
        ]

    change, suspend = (
        NIORT[NIORT.index("changer") : NIORT.index("suspendre")],
        NIORT[NIORT.index("suspendre") : NIORT.index("fait")],
    )
    never = 'suspendre = "jamais"\n'
    assert (
        odd()
        == odd((suspend, never))
        == odd((change, ""))
        == odd((change, 'changer = "jamais"\n'), (suspend, never))
        == []
    )
    (kept,) = odd((change, ""), (suspend, never))
    assert kept.startswith("à vérifier, abonnement.cantine.changer : suspendre est « jamais »")
    assert 'changer = "jamais"' in kept
    (shut,) = odd(
        ("3 jours calendaires avant la date, avant 00:00", "vendredi de la semaine -1, avant 12:00"),
        ("le jour même, avant 08:00", "5 jours calendaires avant la date, avant 00:00"),
        ("suspendre = [", 'limite_un_jour_ferme = "reste"\nsuspendre = ['),
    )
    assert shut.startswith("à vérifier, abonnement.cantine.suspendre[1] : la phase d'avant finit après celle-ci")


DEMANDE = """
format = 1
[demande]
reglement = "petit"
enfant = "lou"
periode = "annee"
instant = 2025-10-20T09:00:00+02:00
[enfant.lou]
statut = "occasionnel"
[abonnement.cantine]
semaine = { lundi = ["a"], jeudi = "a" }
du = 2025-10-20
au = 2025-11-14
"""
HAS = DEMANDE.replace("[abonnement.", "[abonne.") + "suspendus = [2025-11-10]\n"


def run_on(folder: Path, command: str, text: str, *more: str, prices: str = PRICES) -> int:
    """A command of the small règlement on a demande file."""
    pytest.importorskip("typer")
    from clae_rules.cli import run

    (folder / "reglement.toml").write_text(STATUS + OPEN + prices + NIORT, "utf-8")
    (folder / "demande.toml").write_text(text, "utf-8")
    return run([command, str(folder / "reglement.toml"), str(folder / "demande.toml"), *more])


def test_an_abonnement_is_asked_in_a_demande_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Check and recap judge `[abonnement.X]`: its effect, what it misses, its price; exit codes as ever."""
    assert run_on(tmp_path, "check", DEMANDE) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "« Jours fixes » : accepté, effet le 06/11/2025"
    assert run_on(tmp_path, "recap", DEMANDE) == 0
    assert "A (06/11, 10/11, 13/11)" in capsys.readouterr().out
    assert run_on(tmp_path, "recap", DEMANDE, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["abonnement"]["effet"], told["recapitulatif"]["total_cents"]) == ("2025-11-06", 600)
    assert run_on(tmp_path, "check", DEMANDE.replace("lundi =", "mardi = ['a'], lundi =")) == 1
    assert "de 1 à 2, ici 3" in capsys.readouterr().out


def test_a_subscribed_child_in_a_demande_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`[abonne.X]` holds its open dates, gives the status, and its days are given back under « suspendre »."""
    veut = "[veut]\n2025-11-13 = []\n"
    assert run_on(tmp_path, "recap", HAS + veut, "--now", "2025-11-11T09:00:00+01:00") == 0
    assert "reste dû : A (13/11)" in capsys.readouterr().out
    assert run_on(tmp_path, "options", HAS + veut, "2025-11-10", "--now", "2025-11-05T09:00:00+01:00") == 0
    assert "A — libre" in capsys.readouterr().out
    assert run_on(tmp_path, "options", HAS + veut, "2025-11-13", "--now", "2025-11-05T09:00:00+01:00") == 0
    assert "A — coché" in capsys.readouterr().out
    change = HAS + "[abonnement.cantine]\nsemaine = { mardi = 'a' }\ndu = 2025-11-04\nau = 2025-11-18\n"
    assert run_on(tmp_path, "check", change) == 0
    assert capsys.readouterr().out.splitlines()[0] == "« Jours fixes » : accepté, effet le 18/11/2025"


@pytest.mark.parametrize(
    ("text", "said"),
    (
        (
            DEMANDE.replace("[abonnement.cantine]", "[abonnement.cantin]"),
            "abonnement inconnu : « cantin » ; vouliez-vous",
        ),
        (DEMANDE.replace('["a"]', '["z"]'), "créneau inconnu : « z »"),
        (DEMANDE.replace("lundi =", "lundy ="), "vouliez-vous dire « lundi »"),
        (DEMANDE.replace("au = 2025-11-14", "au = 2025-10-14"), "abonnement.cantine.au : 2025-10-14 est avant"),
        (DEMANDE.replace("au = 2025-11-14", "au = 2035-10-14"), "800"),
        (DEMANDE + "suspendus = [2025-11-10]\n", "retirez cette ligne"),
        (DEMANDE + "[veut]\n2025-11-10 = []\n", "un abonnement se demande seul"),
        (DEMANDE + "[abonnement.autre]\nsemaine = { lundi = 'a' }\n", "au plus 1"),
        (HAS, "rien n'est demandé"),
        (HAS.replace("[2025-11-10]", "[2025-11-11]"), "suspendus : 2025-11-11 n'est pas un jour de cet abonnement"),
        (
            DEMANDE.replace("au = 2025-11-14", "au = 2026-11-14"),
            "abonnement.cantine.au : 2026-11-14 est après la fin de « Année »",
        ),
        (DEMANDE + "reserve_le = 2025-10-20T09:00:00+02:00\n", "reserve_le : c'est l'instant de la demande"),
    ),
)
def test_a_wrong_abonnement_in_a_file(text: str, said: str) -> None:
    """Each fault of an [abonnement.X] or [abonne.X] of a demande is told with its path."""
    with pytest.raises(InvalidDemandeError) as error:
        demande_from_text(text, desk().engine.reglement)
    assert said in error.value.text()
    assert error.value.text("en")


def test_an_agent_may_set_its_notice_aside() -> None:
    """An override names the terms of an abonnement as it names a deadline (S6.7)."""
    override = Override(rules=("abonnement.cantine",), child="lou", agent="A", reason="arrivée", instant=NOW)
    found = subscribe(desk(), Planning(overrides=(override,)), regular("lundi"), now=NOW)
    assert found.effect == date(2025, 11, 3)


SILENT: Final = "\n".join(line for line in NIORT.splitlines() if not line.startswith("changer")).split("suspendre")[0]
SILENT_NEVER: Final = SILENT + 'suspendre = "jamais"\nhypothese = "essai"\n'
LAST = date(2025, 12, 16)


def changed(after: Abonnement, before: Abonnement, terms: str = NIORT, now: str = "2025-11-20 09:00") -> Subscribed:
    """What becomes of a child's abonnement that another replaces."""
    return subscribe(desk(terms), expanded(desk(terms), Planning(), before), after, now=at(now), instead_of=before)


def test_a_change_costs_what_it_adds_less_what_it_gives_back() -> None:
    """The récapitulatif of a change is of the whole of it: its total is the difference of the two plannings (S10.6)."""
    before, after = regular("lundi", au=LAST), regular("mardi", "jeudi", du=date(2025, 11, 20), au=LAST)
    found = changed(after, before)
    cost = recapitulatif(*found.steps)
    assert [(one.kind, one.quantity, one.amount_cents) for one in cost.lines] == [
        ("reserve", 3, 600), ("retire", 2, -400),
    ]  # fmt: skip
    mine = subscribed(desk(), before)
    assert cost.total_cents == difference(mine, found.before, found.after, now=NOW).total_cents == 200
    assert "2 dates quittées : 08/12/2025, 15/12/2025" in found.text()
    assert "2 given back: 08/12/2025, 15/12/2025" in found.text("en")
    assert found.plain()["quittees"] == ["2025-12-08", "2025-12-15"]
    assert found.plain()["gardees"] == ["2025-11-24", "2025-12-01"]


def test_an_unchanged_abonnement_costs_nothing() -> None:
    """The same days again leave nothing and take nothing: no line, under the whole title (S11)."""
    before = regular("lundi", au=LAST)
    cost = recapitulatif(*changed(before, before).steps)
    assert (cost.title, cost.lines, cost.total_cents) == ("ÉCOLE / JOUR / Année", (), 0)


def test_what_a_change_takes_away_and_brings_back_is_no_line() -> None:
    """What leaving stops charging and taking charges again alike, for a month, is neither gained nor lost (S11)."""
    month = PRICES.replace('par = "creneau"', 'par = "mois"')
    engine = engine_from_text(STATUS + OPEN + month + NIORT)
    mine = Desk(engine, Facts.of(statut="occasionnel"), "lou")
    before, after = regular("lundi", au=LAST), regular("mardi", du=date(2025, 12, 1), au=LAST)
    held = expanded(mine, Planning(), before)
    found = subscribe(mine, held, after, now=NOW, instead_of=before)
    assert recapitulatif(found.steps[0]).total_cents == -200
    cost = recapitulatif(*found.steps)
    assert (cost.lines, cost.total_cents) == ((), 0)


@pytest.mark.parametrize("by", ("creneau", "mois"))
@pytest.mark.parametrize("new", (("mardi",), ("lundi", "mardi"), ("mardi", "jeudi"), ("vendredi",)))
@pytest.mark.parametrize("now", ("2025-10-20 09:00", "2025-11-03 09:00", "2025-11-20 09:00"))
def test_a_change_is_the_difference_of_two_plannings(by: str, new: tuple[str, ...], now: str) -> None:
    """Whatever the price counts by, and whenever it is asked, the total is that of the two plannings (S10.6)."""
    engine = engine_from_text(STATUS + OPEN + PRICES.replace('par = "creneau"', f'par = "{by}"') + NIORT)
    bare, before = Desk(engine, Facts.of(statut="occasionnel"), "lou"), regular("lundi", "jeudi", au=LAST)
    held = expanded(bare, Planning(), before)
    found = subscribe(bare, held, regular(*new, du=date(2025, 11, 10), au=LAST), now=at(now), instead_of=before)
    assert found.status is Status.ALLOWED
    whole = difference(subscribed(bare, before), held, found.after, now=at(now))
    assert recapitulatif(*found.steps).total_cents == whole.total_cents


def priced_by(by: str) -> Desk:
    """An occasional child, before the small règlement whose prices count by slot, week or month."""
    prices = PRICES.replace('par = "creneau"', f'par = "{by}"')
    return Desk(engine_from_text(STATUS + OPEN + prices + NIORT), Facts.of(statut="occasionnel"), "lou")


def test_a_status_prices_anew_what_is_held_already() -> None:
    """The price of a regular child is that of what he holds besides, from the effect on: both lines say it (S10.6)."""
    held = Planning.of({("lou", date(2025, 11, 4)): ["a"], ("lou", date(2025, 11, 11)): ["a"]})
    found = subscribe(desk(), held, regular("lundi"), now=NOW)
    assert found.effect == date(2025, 11, 10)
    cost = recapitulatif(*found.steps)
    assert [(one.kind, one.dates, one.amount_cents) for one in cost.lines] == [
        ("reserve", (date(2025, 11, 10), date(2025, 11, 11)), 400),
        ("retire", (date(2025, 11, 11),), -300),
    ]  # fmt: skip


@pytest.mark.parametrize("by", ("creneau", "semaine", "mois"))
@pytest.mark.parametrize("now", ("2025-10-20 09:00", "2025-11-03 09:00", "2025-11-20 09:00"))
class TestAnAbonnementCostsTheDifference:
    """Whatever is held besides, its total is the price after, with its status, less the price before (S9.4, S10.6)."""

    besides: Final = Planning.of({("lou", date(2025, 11, day)): ["a"] for day in (4, 11, 18, 25)})

    def test_taken(self, by: str, now: str) -> None:
        """Taken: the occasional days held besides are then regular."""
        bare = priced_by(by)
        found = subscribe(bare, self.besides, regular("lundi", au=LAST), now=at(now))
        assert found.granted is not None
        mine = subscribed(bare, found.granted)
        whole = difference(mine, self.besides, found.after, now=at(now), was=bare)
        assert recapitulatif(*found.steps).total_cents == whole.total_cents
        both = (charges(bare, self.besides, now=at(now)), charges(mine, found.after, now=at(now)))
        assert [one.total_cents is not None for one in both] == [True, True]
        assert whole.total_cents == (both[1].total_cents or 0) - (both[0].total_cents or 0)

    def test_changed(self, by: str, now: str) -> None:
        """Changed for a shorter one: what is held after its end is occasional again."""
        bare, before = priced_by(by), regular("lundi", au=LAST)
        held = expanded(bare, self.besides, before)
        after = regular("jeudi", au=date(2025, 11, 24) if now < "2025-11-10" else LAST)
        found = subscribe(bare, held, after, now=at(now), instead_of=before)
        assert found.effect is not None
        assert found.granted is not None
        kept = replace(before, pattern=replace(before.pattern, last_day=found.effect - timedelta(days=1)))
        was, then = subscribed(bare, before), subscribed(bare, kept, found.granted)
        whole = difference(then, held, found.after, now=at(now), was=was)
        assert recapitulatif(*found.steps).total_cents == whole.total_cents

    def test_resigned(self, by: str, now: str) -> None:
        """Resigned: what is held besides is occasional again from the first date that it gives back."""
        bare, before = priced_by(by), regular("lundi", au=LAST)
        held = expanded(bare, self.besides, before)
        found = resign(bare, held, before, since=date(2025, 11, 1), now=at(now))
        assert found.effect is not None
        kept = replace(before, pattern=replace(before.pattern, last_day=found.effect - timedelta(days=1)))
        whole = difference(subscribed(bare, kept), held, found.after, now=at(now), was=subscribed(bare, before))
        assert recapitulatif(*found.steps).total_cents == whole.total_cents
        assert recapitulatif(found.verdict).total_cents != whole.total_cents or now > "2025-11-10"


def test_an_undecided_change_leaves_nothing() -> None:
    """A change whose dates cannot be decided gives nothing back, and costs nothing (S1.5)."""
    pool = '[capacite.salle]\nenfants = 10\nhypothese = "essai"'
    before = regular("lundi", au=LAST)
    held = expanded(desk(NIORT, pool), Planning(), before)
    found = subscribe(desk(NIORT, pool), held, regular("mardi", au=LAST), now=NOW, instead_of=before)
    assert (found.status, found.after, found.plain()["quittees"]) == (Status.UNDECIDED, held, [])
    assert recapitulatif(*found.steps).lines == ()


def test_a_shortened_abonnement_gives_its_end_back() -> None:
    """The same days until an earlier end: the dates after it are left, and no longer charged (S9.4, S10.6)."""
    found = changed(regular("lundi", du=date(2025, 11, 20), au=date(2025, 12, 7)), regular("lundi", au=LAST))
    assert (found.status, found.effect, found.granted) == (Status.ALLOWED, date(2025, 12, 8), None)
    assert found.abonnements == (regular("lundi", au=date(2025, 12, 7)),)
    assert found.text().splitlines()[-1] == "  2 dates"
    assert found.left is not None
    assert [one.day for one in found.left.granted] == [date(2025, 12, 8), date(2025, 12, 15)]
    cost = recapitulatif(*found.steps)
    assert (cost.title, cost.total_cents) == ("ÉCOLE / JOUR / Année", -400)
    gone = changed(regular("lundi", au=date(2025, 11, 19)), regular("lundi", au=LAST))
    assert (gone.status, gone.after) == (Status.REFUSED, gone.before)
    assert recapitulatif(*gone.steps).lines == ()


def test_days_added_leave_nothing() -> None:
    """To keep one's days and add one is only to take: nothing need be left, even where nothing may be (S9.4)."""
    found = changed(regular("lundi", "mardi", au=LAST), regular("lundi", au=LAST), SILENT_NEVER)
    assert (found.status, found.effect, found.stays) == (Status.ALLOWED, date(2025, 12, 8), ())
    assert sorted(day.day for day in found.after.of_child("lou") if day.month == 12) == [1, 8, 9, 15, 16]


@pytest.mark.parametrize(
    ("suspend", "effect", "kept"),
    (
        ('"jamais"', None, 4),
        ('[{ limite = "15 jours calendaires avant la date, avant 00:00", a_payer = "rien" }]', date(2025, 12, 2), 2),
        ('[{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "rien" }]', date(2025, 11, 25), 0),
    ),
)
def test_two_abonnements_are_never_held_together(suspend: str, effect: date | None, kept: int) -> None:
    """Nothing of the new days is taken before the last of the old ones that may not be left (S9.4)."""
    terms = SILENT.replace('"15 jours calendaires avant la date, avant 00:00"', '"sans limite"') + (
        f'suspendre = {suspend}\nhypothese = "essai"\n'
    )
    before = regular("lundi", au=LAST)
    found = changed(regular("mardi", du=date(2025, 11, 20), au=LAST), before, terms)
    assert (found.effect, len(found.stays)) == (effect, kept)
    days = [day for day in found.after.of_child("lou") if day >= date(2025, 11, 20)]
    old, new = ([day for day in days if day.weekday() == weekday] for weekday in (0, 1))
    assert not new or not old or max(old) < min(new)
    if effect is None:
        assert found.after == found.before
        assert [one.code for one in found.violations] == ["abonnement-tenu"]
        tenu = found.violations[0].text()
        assert (
            "deux ne se tiennent pas ensemble ; suspendre est « jamais » et le règlement ne dit rien de changer" in tenu
        )
        assert found.text().splitlines() == [
            "« Jours fixes » : refusé",
            f"  {tenu}",
            "  4 dates, du 24/11/2025 au 15/12/2025  gardé : « A » ne s'annule pas",
            "  0 date",
        ]
        assert "says nothing of « changer »" in found.text("en")


def test_a_resignation_gives_back_what_its_notice_reaches() -> None:
    """What ends is given back date by date under « changer »; what its notice no longer reaches stays, and is told."""
    before = regular("lundi", au=LAST)
    held = expanded(desk(), Planning(), before)
    found = resign(desk(), held, before, since=date(2025, 9, 1), now=at("2025-11-20 09:00"))
    assert (found.status, found.effect) == (Status.ALLOWED, date(2025, 12, 8))
    assert recapitulatif(*found.steps).total_cents == -400
    assert max(found.after.of_child("lou")) == date(2025, 12, 1)
    assert found.text().splitlines() == [
        "« Jours fixes » : résiliation acceptée, effet le 08/12/2025",
        "  24/11/2025  gardé : « A » : trop tard pour annuler depuis le 09/11/2025 00:00 (15 jours calendaires avant la date, avant 00:00)",
        "  01/12/2025  gardé : « A » : trop tard pour annuler depuis le 16/11/2025 00:00 (15 jours calendaires avant la date, avant 00:00)",
        "  2 dates quittées : 08/12/2025, 15/12/2025",
    ]
    assert found.text("en").splitlines()[0] == "« Jours fixes »: resignation allowed, from 08/12/2025"
    assert (found.plain()["gardees"], found.plain()["quittees"]) == (
        ["2025-11-24", "2025-12-01"], ["2025-12-08", "2025-12-15"],
    )  # fmt: skip
    never = resign(desk(SILENT_NEVER), held, before, since=date(2025, 9, 1), now=at("2025-11-20 09:00"))
    assert (never.status, never.effect, never.after) == (Status.REFUSED, None, held)
    over = resign(desk(), held, before, since=date(2026, 1, 1), now=NOW)
    assert (over.status, "aucune date à rendre" in over.text(), "no date" in over.text("en")) == (
        Status.REFUSED,
        True,
        True,
    )


def test_a_weekday_that_never_opens_is_told() -> None:
    """A day asked for none of whose dates is open is no silent loss: it is named (S9.2)."""
    found = asked("lundi", "samedi")
    assert found.status is Status.ALLOWED
    assert "  samedi : aucune date ouverte" in found.text().splitlines()
    assert "  Saturday: no date is open" in found.text("en").splitlines()
    assert found.plain()["jamais_ouverts"] == ["samedi"]
    assert asked("lundi").plain()["jamais_ouverts"] == []


def test_dates_gone_by_are_one_line() -> None:
    """Asked in the year, the dates since its beginning are told at once, those within the notice one by one (S9.2)."""
    found = subscribe(desk(), Planning(), regular("lundi", du=date(2025, 9, 1)), now=NOW)
    assert found.text().splitlines()[1:] == [
        "  7 dates, du 01/09/2025 au 13/10/2025 : passées",
        "  03/11/2025  refusé : « A » : trop tard depuis le 19/10/2025 00:00 (15 jours calendaires avant la date, avant 00:00)",
        "  1 date",
    ]
    assert "  7 dates, 01/09/2025 to 13/10/2025: gone by" in found.text("en").splitlines()


def test_a_phase_of_an_abonnement_need_not_say_it_is_normal() -> None:
    """An abonnement is taken in time: « variante » may be left out; what stays due may not (S3.6, S9.4)."""
    short = NIORT.replace(' variante = "normal",', "")
    assert short != NIORT
    assert subscribe(desk(short), Planning(), regular("lundi"), now=NOW).effect == date(2025, 11, 10)
    with pytest.raises(InvalidReglementError, match="a_payer"):
        desk(short.replace(', a_payer = "rien" }]', " }]", 1))


def test_slots_of_an_abonnement_are_not_opened_to_every_day() -> None:
    """Without a deadline, the way out of slots of an abonnement is « jamais », that of others « sans limite » (S3.7)."""
    with pytest.raises(InvalidReglementError) as error:
        engine_from_text(STATUS + PRICES + NIORT)
    told = error.value.text()
    assert "quand réserver hors abonnement a" in told
    assert 'reserver = "jamais"' in told
    assert 'reserver = "sans limite"' in told
    assert "without abonnement" in error.value.text("en")


def test_a_change_and_a_resignation_in_a_demande_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`recap` of a change gives back what is left; `semaine = {}` resigns, from `du` on (S9.4, S10.6)."""
    had = HAS.replace("suspendus = [2025-11-10]\n", "")
    change = had + "[abonnement.cantine]\nsemaine = { mardi = 'a' }\ndu = 2025-10-20\nau = 2025-11-18\n"
    assert run_on(tmp_path, "recap", change) == 0
    out = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    assert "n'est plus facturé : A (06/11, 10/11, 13/11)" in out
    assert out.splitlines()[-1].split() == ["Total", "-4,00", "€"]
    ended = had + "[abonnement.cantine]\nsemaine = {}\ndu = 2025-11-10\n"
    assert run_on(tmp_path, "check", ended) == 0
    assert capsys.readouterr().out.splitlines() == [
        "« Jours fixes » : résiliation acceptée, effet le 10/11/2025",
        "  2 dates quittées : 10/11/2025, 13/11/2025",
    ]
    assert run_on(tmp_path, "recap", ended, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["abonnement"]["resiliation"], told["recapitulatif"]["total_cents"]) == (True, -400)


@pytest.mark.parametrize(
    ("text", "said"),
    (
        (DEMANDE.split("semaine", maxsplit=1)[0] + "semaine = {}\n", "rien à résilier"),
        (HAS + "[abonnement.cantine]\nsemaine = {}\nau = 2025-11-14\n", "abonnement.cantine.au : une résiliation"),
        (HAS + "[abonnement.cantine]\nsemaine = {}\nune_sur = 2\n", "abonnement.cantine.une_sur : une résiliation"),
    ),
)
def test_a_wrong_resignation_in_a_file(text: str, said: str) -> None:
    """A resignation is of an abonnement that the child has, and says only from when."""
    with pytest.raises(InvalidDemandeError) as error:
        demande_from_text(text, desk().engine.reglement)
    assert said in error.value.text()
    assert error.value.text("en")


OCCASIONAL: Final = Planning.of({("lou", date(2025, 11, day)): ["a"] for day in (3, 6, 10, 11)})


def test_what_is_past_or_within_the_notice_is_never_of_it() -> None:
    """Days booked before, past or too near, give no effect and keep their price; the effect is the first one reached."""
    found = subscribe(desk(), OCCASIONAL, regular("lundi", "jeudi"), now=at("2025-10-23 09:00"))
    assert (found.status, found.effect) == (Status.ALLOWED, date(2025, 11, 10))
    assert [(one.kind, [day.day for day in one.dates], one.amount_cents) for one in recapitulatif(*found.steps).lines] == [
        ("reserve", [10, 11, 13], 600), ("retire", [10, 11], -600),
    ]  # fmt: skip
    assert found.text().splitlines()[-1] == "  2 dates"
    late = subscribe(desk(), OCCASIONAL, regular("lundi", "jeudi", au=date(2025, 11, 11)), now=at("2025-10-30 09:00"))
    assert (late.status, late.effect, late.facts) == (Status.REFUSED, None, Facts())
    past = subscribe(desk(), OCCASIONAL, regular("lundi", "jeudi", au=date(2025, 11, 11)), now=at("2025-11-12 09:00"))
    assert (past.status, past.after) == (Status.REFUSED, OCCASIONAL)
    assert recapitulatif(*past.steps).lines == ()


def test_a_date_that_another_household_holds_gives_no_effect() -> None:
    """What the father holds already is his: the mother's abonnement is of the dates that she takes (S6.8)."""
    mother = Desk(desk().engine, Facts.of(statut="occasionnel"), "lou", household="mere")
    father = Planning.of({("lou", date(2025, 11, 6)): [Held("a", holder="pere")]})
    found = subscribe(mother, father, regular("jeudi"), now=NOW)
    assert (found.effect, found.kept) == (date(2025, 11, 13), {})


def test_a_doubt_about_what_is_held_leaves_it_undecided() -> None:
    """A date that is so already is of it only once it is known that it could be taken (S1.5)."""
    small_ones = NIORT.replace("jours =", 'qui.niveau = "petit"\njours =')
    found = subscribe(desk(small_ones), OCCASIONAL, regular("jeudi", au=date(2025, 11, 7)), now=NOW)
    assert (found.status, found.effect) == (Status.UNDECIDED, None)


def test_a_change_keeps_the_days_given_back() -> None:
    """A day given back is not taken anew by a change, nor billed; it is booked again as any day is (S9.4)."""
    before = regular("lundi", au=LAST).suspend(date(2025, 12, 8))
    found = changed(regular("lundi", du=date(2025, 11, 20), au=date(2025, 12, 10)), before)
    assert date(2025, 12, 8) not in found.after.of_child("lou")
    cost = recapitulatif(*found.steps)
    assert [(one.kind, one.dates) for one in cost.lines] == [("retire", (date(2025, 12, 15),))]
    more = changed(regular("lundi", "mardi", au=LAST), before)
    assert more.granted is not None
    assert more.granted.suspended == (date(2025, 12, 8),)
    other = changed(regular("mardi", au=LAST), before)
    assert other.granted is not None
    assert other.granted.suspended == ()


def test_one_that_ends_before_the_next_begins_never_blocks() -> None:
    """Days that may no longer be left do not bar what begins after them; one that outlasts the new one does (S9.4)."""
    never = NIORT.replace(
        'changer = [{ limite = "15 jours calendaires avant la date, avant 00:00", variante = "normal", a_payer = "rien" }]',
        'changer = "jamais"',
    )
    before, now = regular("mardi", au=date(2025, 11, 26)), "2025-11-20 09:00"
    for terms in (NIORT, never, SILENT_NEVER):
        found = changed(regular("jeudi", du=date(2025, 11, 20), au=LAST), before, terms, now)
        assert (found.status, found.effect, len(found.stays)) == (Status.ALLOWED, date(2025, 12, 11), 1)
        assert [one.until(date(2025, 12, 10)) for one in found.abonnements] == [before, None]
    held = changed(regular("jeudi", au=date(2025, 11, 25)), before, SILENT_NEVER, "2025-11-01 09:00")
    assert [one.code for one in held.violations] == ["abonnement-tenu"]


@pytest.mark.parametrize("since", (date(2025, 9, 1), date(2025, 11, 6), date(2025, 11, 10)))
def test_what_an_abonnement_gives_wins_over_what_is_known_besides(since: date) -> None:
    """A dated fact, even one that begins on the day of the effect or later, is no contradiction (S1.5, S9.4)."""
    known = Facts.of(statut=[Dated("occasionnel", since)])
    bare = Desk(desk().engine, known, "lou")
    found = subscribe(bare, Planning(), regular("lundi", "jeudi"), now=NOW)
    assert (found.effect, recapitulatif(*found.steps).total_cents) == (date(2025, 11, 6), 600)
    assert found.granted is not None
    mine = subscribed(bare, found.granted).facts
    told = [mine.at("statut", day) for day in (date(2025, 11, 14), date(2025, 11, 15))]
    assert told == ["regulier", "occasionnel"]


TWO: Final = NIORT + NIORT.replace("abonnement.cantine", "abonnement.soir").replace('"regulier"', '"occasionnel"')


@pytest.mark.parametrize("du", (date(2025, 10, 20), date(2025, 10, 21)))
def test_two_abonnements_that_disagree_are_an_error(du: date) -> None:
    """Two that give one fact two values on a date are told, both by name; one after the other, each is right (S1.5)."""
    one, two = regular("lundi"), replace(regular("jeudi", du=du), code="soir")
    with pytest.raises(InvalidValueError, match="« cantine » et « soir » donnent deux valeurs") as error:
        subscribed(desk(TWO), one, two)
    assert "give this fact two values on" in error.value.text("en")
    with pytest.raises(InvalidValueError, match="« cantine » et « soir »"):
        subscribe(subscribed(desk(TWO), one), Planning(), two, now=NOW)
    ended = replace(one, pattern=replace(one.pattern, last_day=date(2025, 11, 5)))
    found = subscribe(subscribed(desk(TWO), ended), Planning(), two, now=NOW)
    assert (found.effect, recapitulatif(*found.steps).total_cents) == (date(2025, 11, 6), 600)


DAYS_ONLY: Final = NIORT.replace(
    'fait = { statut = "regulier" }', 'fait = { statut = "regulier" }\nfait_pour = "ses jours"'
)


def test_a_status_of_its_days_alone() -> None:
    """An occasional day of a child who has an abonnement costs the occasional price, a regular one the regular."""
    besides = Planning.of({("lou", date(2025, 11, day)): ["a"] for day in (10, 11)})
    for terms, extra in ((DAYS_ONLY, 300), (NIORT, 200)):
        found = subscribe(desk(terms), besides, regular("lundi", "jeudi"), now=NOW)
        assert found.granted is not None
        mine = subscribed(desk(terms), found.granted)
        assert charges(mine, found.after, now=NOW).total_cents == 3 * 200 + extra
        assert recapitulatif(*found.steps).total_cents == 3 * 200 + extra - 2 * 300
        back = subscribed(desk(terms), found.granted.suspend(date(2025, 11, 13)))
        booked = Demande.of("lou", "annee", {date(2025, 11, 13): ["a"]})
        again = decide(back, Planning(), booked, now=at("2025-11-11 09:00"))
        assert recapitulatif(again).total_cents == extra


def test_a_resignation_tells_what_remains() -> None:
    """What a child keeps of an abonnement that he resigned goes to the eve of its end; all of it where none is left."""
    before = regular("lundi", "jeudi")
    held = expanded(desk(), Planning(), before)
    ended = resign(desk(), held, before, since=date(2025, 11, 12), now=NOW)
    assert ended.remains == before.until(date(2025, 11, 12))
    assert resign(desk(), held, before, since=date(2025, 11, 15), now=NOW).remains == before
    assert before.since(date(2025, 11, 15)) is None


@pytest.mark.parametrize("read", ("service", "réservation", "facture"))
def test_its_status_is_of_the_service_whatever_day_is_read(read: str) -> None:
    """A date of an abonnement has its price, though the status was not in force yet on the day it was asked (S10.7)."""
    engine = engine_from_text(f'{STATUS}{OPEN}{PRICES}{NIORT}[prix]\nau_jour = "{read}"\nhypothese = "essai"\n')
    bare = Desk(engine, Facts.of(statut="occasionnel"), "lou")
    found = subscribe(bare, Planning(), regular("lundi", "jeudi"), now=NOW)
    assert recapitulatif(*found.steps).total_cents == 600
    assert found.granted is not None
    mine, held = subscribed(bare, found.granted), expanded(bare, Planning(), found.granted)
    assert held == found.after
    back = decide(mine, held, Demande.of("lou", "annee", {date(2025, 11, 13): []}), now=at("2025-11-11 09:00"))
    assert recapitulatif(back).total_cents == -200 + 100
    extra = Demande.of("lou", "annee", {date(2025, 11, 20): ["a"]})  # past its end, though booked while it lasts
    assert recapitulatif(decide(mine, held, extra, now=at("2025-11-13 09:00"))).total_cents == 300


def test_a_price_of_the_day_of_booking_needs_that_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`[abonne.X]` says with `reserve_le` when it was asked; without it the price is not known, and says so (S10.7)."""
    prices = PRICES + '[prix]\nau_jour = "réservation"\nhypothese = "essai"\n'
    veut = HAS + "[veut]\n2025-11-13 = []\n"
    said = veut.replace("suspendus", "reserve_le = 2025-10-20T09:00:00+02:00\nsuspendus")
    for text, total in ((veut, None), (said, -200)):
        assert (
            run_on(tmp_path, "recap", text, "--format", "json", "--now", "2025-11-09T09:00:00+01:00", prices=prices)
            == 0
        )
        found = json.loads(capsys.readouterr().out)["recapitulatif"]
        assert found["total_cents"] == total
        assert ("donnez « reserve_le »" in json.dumps(found, ensure_ascii=False)) is (total is None)


RELEVE: Final = """
format = 1
[releve]
reglement = "petit"
mois = "2025-11"
instant = 2025-12-01T08:00:00+01:00
[enfant.lou]
statut = "occasionnel"
[enfant.lea]
statut = "occasionnel"
[abonne.lou.cantine]
semaine = { lundi = "a", jeudi = "a" }
du = 2025-11-06
au = 2025-11-14
[[annule]]
enfant = "lou"
dates = 2025-11-13
instant = 2025-11-11T09:00:00+01:00
"""


def owed(text: str, terms: str = NIORT) -> Statement:
    """What the household of a relevé owes."""
    engine = desk(terms).engine
    read = releve_from_text(text, engine.reglement)
    facts = read.facts()
    return due(Desk(engine, facts["lou"], "lou", facts), read.releve())


@pytest.mark.parametrize(("when", "cents"), (("09T23:59:59", 0), ("10T00:00:00", 100), ("13T08:00:00", 200)))
def test_a_day_given_back_is_due_alike_in_a_recap_and_in_a_month(when: str, cents: int) -> None:
    """What stays due of a day given back is what « suspendre » says, in a récapitulatif and at the end of the month."""
    instant = f"2025-11-{when}+01:00"
    bill = owed(RELEVE.replace("2025-11-11T09:00:00+01:00", instant))
    assert (bill.undecided, bill.total_cents) == ((), 2 * 200 + cents)
    had = regular("lundi", "jeudi", du=date(2025, 11, 6))
    mine, held = subscribed(desk(), had), expanded(desk(), Planning(), had)
    verdict = decide(
        mine, held, Demande.of("lou", "annee", {date(2025, 11, 13): []}), now=datetime.fromisoformat(instant)
    )
    left = sum(one.amount_cents for one in recapitulatif(verdict).lines if one.kind == "du")
    assert left == (cents if verdict.allowed else 0)
    python = Releve(
        month=date(2025, 11, 1), instant=at("2025-12-01 08:00"), booked=held, children=("lou",),
        cancellations=(Cancellation(child="lou", days=(date(2025, 11, 13),), instant=datetime.fromisoformat(instant)),),
    )  # fmt: skip
    assert due(mine, python).total_cents == bill.total_cents


def test_a_releve_tells_the_abonnements_of_each_child() -> None:
    """Each child has his own; what an abonnement holds outside the month, or gave back before, is not billed."""
    lea = RELEVE.replace(
        "[[annule]]", '[abonne.lea.cantine]\nsemaine = { mardi = "a" }\nsuspendus = [2025-11-18]\n[[annule]]'
    )
    late = lea + '[[annule]]\nenfant = "lea"\ndates = 2025-11-25\ninstant = 2025-11-24T09:00:00+01:00\n'
    assert (
        owed(late).total_cents == 400 + 100 + 200 + 100
    )  # half of it, as « suspendre » says: the deadline says nothing
    bill = owed(lea)
    lines = {(one.child, one.kind.value): (one.dates, one.due_cents) for one in bill.lines}
    days = tuple(date(2025, 11, day) for day in (4, 25))
    assert lines["lea", "réservé"] == (days, 400)
    assert bill.total_cents == 400 + 400 + 100


@pytest.mark.parametrize(
    ("old", "new", "said"),
    (
        ("abonne.lou.cantine", "abonne.lou.cantin", "abonne.lou.cantin : abonnement inconnu : « cantin »"),
        ("abonne.lou", "abonne.luo", "enfant inconnu : « luo »"),
        ('lundi = "a", jeudi = "a"', 'lundi = "z"', "créneau inconnu : « z »"),
        ('lundi = "a", jeudi = "a"', "", "abonne.lou.cantine.semaine"),
        ("au = 2025-11-14", "au = 2025-10-14", "abonne.lou.cantine.au : 2025-10-14 est avant 2025-11-06"),
        ("au = 2025-11-14", 'au = 2025-11-14\nperiode = "anee"', "période inconnue : « anee »"),
        (
            "au = 2025-11-14",
            "au = 2025-11-14\nsuspendus = [2025-11-13]",
            "est déjà dans « suspendus » de [abonne.lou.cantine]",
        ),
        ("2025-11-13", "2025-11-12", "lou n'a rien réservé de cela le 2025-11-12"),
    ),
)
def test_a_wrong_abonnement_in_a_releve(old: str, new: str, said: str) -> None:
    """Each fault of an [abonne.X] of a relevé is told with its path, among all others."""
    assert old in RELEVE
    with pytest.raises(InvalidReleveError) as error:
        releve_from_text(RELEVE.replace(old, new), desk().engine.reglement)
    assert said in error.value.text()
    assert error.value.text("en")


def test_a_releve_says_the_periode_where_several_have_the_slots() -> None:
    """Two périodes of one mode leave the dates of an abonnement unsaid: the relevé must name one (S1.5)."""
    more = '[periode.autre]\nnom = "Autre"\nmode = "jour"\ndu = 2026-07-04\nau = 2026-07-10\nquand.jour = "lundi"\nhypothese = "essai"\n'
    engine = engine_from_text(STATUS + OPEN + PRICES + NIORT + more, sound=False)
    with pytest.raises(InvalidReleveError, match='dites laquelle, periode = "annee"'):
        releve_from_text(RELEVE, engine.reglement)
    said = RELEVE.replace("au = 2025-11-14", 'au = 2025-11-14\nperiode = "annee"')
    assert releve_from_text(said, engine.reglement).releve().abonnements[0][1].periode == "annee"


def test_what_a_releve_in_python_cannot_have() -> None:
    """A relevé with the abonnement of a stranger, or one that the règlement does not have, is an error."""
    made = Releve(
        month=date(2025, 11, 1), instant=at("2025-12-01 08:00"), booked=Planning(), children=("lou",)
    )  # fmt: skip
    with pytest.raises(InvalidReleveError, match="enfant inconnu : « zoe »"):
        due(desk(), replace(made, abonnements=(("zoe", regular("lundi")),)))
    with pytest.raises(ClaeRulesError, match="abonnement inconnu"):
        due(desk(), replace(made, abonnements=(("lou", replace(regular("lundi"), code="autre")),)))


def test_a_status_for_its_days_needs_one() -> None:
    """`fait_pour` without `fait` is refused; `render` says of which dates the status is (S9.4)."""
    with pytest.raises(InvalidReglementError, match="aucun « fait » à donner"):
        desk(DAYS_ONLY.replace('fait = { statut = "regulier" }\n', ""))
    engine = desk(DAYS_ONLY).engine
    assert "les jours qu'il tient, et ceux-là seulement, l'enfant a pour statut « regulier »" in render(
        engine.reglement
    )


def test_another_abonnement_is_not_taken_by_giving_days_back() -> None:
    """Where no date of the new one can be taken, days too near stay of the old one, and nothing is given back."""
    shorter = replace(regular("lundi", du=date(2025, 11, 20), au=date(2025, 12, 7)), code="soir")
    found = changed(shorter, regular("lundi", au=LAST), TWO)
    assert (found.status, found.effect, found.after) == (Status.REFUSED, None, found.before)
    assert found.abonnements == (regular("lundi", au=LAST),)
