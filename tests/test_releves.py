"""A relevé that cannot be is refused whole, with every fault, its line and the way out (S1.2)."""

from __future__ import annotations

import pytest
from tests.test_due import VECTORS, engine_with, plain

from clae_rules import Engine, InvalidReglementError, InvalidReleveError, InvalidValueError, releve_from_text
from clae_rules.absences import RUN, WAITING
from clae_rules.attendance import parse_clock, parse_month
from clae_rules.constats import AFTER
from clae_rules.days import clock
from clae_rules.described import Phrase
from clae_rules.dues import format_due, parse_due

#: Divisions of which one began before the relevé of September 2026, and the other begins with it.
PARTS = {
    "annuel": {
        "parties": [{"nom": f"{n}", "du": f"{n}-01-01", "au": f"{n}-12-31"} for n in (2026, 2027)],
        "hypothese": "x",
    },
    "tri": {"parties": [{"nom": "1", "du": "2026-09-01", "au": "2027-07-31"}], "hypothese": "x"},
}
HEAD = """\
[releve]
reglement = "essai"
mois = "2026-09"
instant = 2026-10-01T08:00:00+02:00
pointes = ["cantine", "soir"]
[enfant.lea]
residence = "commune"
[reserve.lea]
2026-09-07 = ["cantine"]
"""


def rules() -> Engine:
    """The base règlement with a motive of absence and one of event."""
    return engine_with(
        absence={"m": {"motifs": "maladie", "a_payer": "rien", "hypothese": "essai"}},
        evenement={"g": {"motifs": "greve", "a_payer": "rien", "hypothese": "essai"}},
        constat={"r": {"fait": "présent sans réservation", "refus": True, "hypothese": "essai"}},
    )


def said(more: str, head: str = HEAD, lang: str = "fr") -> list[str]:
    """The faults of a relevé, one a line."""
    with pytest.raises(InvalidReleveError) as caught:
        releve_from_text(head + more, rules().reglement, "r.toml")
    return caught.value.text("en" if lang == "en" else "fr").splitlines()


HOSTILE = """\
2026-09-08 = ["cantinne"]
2026-09-09 = ["soir", { creneau = "soir", variante = "hors-delai" }]
2031-09-08 = ["cantine"]
[reserve.tom]
2026-09-07 = ["cantine"]
[present.lea]
2026-09-07 = ["cantine", "cantine", "matin"]
2026-09-08 = [{ creneau = "soir", arrivee = "18:00", depart = "17:00" }]
2026-10-02 = ["cantine"]
[deja.lea]
inconnu = 1
[[annule]]
enfant = "lea"
dates = [2026-09-07, 2026-09-10]
instant = 2026-09-01T08:00:00+02:00
[[annule]]
enfant = "lea"
dates = [2026-09-07]
instant = 2026-10-02T08:00:00+02:00
[[absence]]
enfant = "lea"
du = 2026-09-11
au = 2026-09-07
motif = "maladi"
[[absence]]
enfant = "lea"
du = 2026-09-14
au = 2026-09-16
motif = "maladie"
signale = 2026-10-02T08:00:00+02:00
[[absence]]
enfant = "lea"
du = 2026-09-16
au = 2026-09-17
motif = "maladie"
[[evenement]]
motif = "neige"
du = 2026-09-07
au = 2026-09-07
enfants = ["zoe"]
"""
EXPECTED = """\
ligne 10 : reserve.lea.2026-09-08[0] : créneau inconnu : « cantinne » ; vouliez-vous dire « cantine » ?
ligne 11 : reserve.lea.2026-09-09[1] : « soir » y est deux fois
ligne 12 : reserve.lea.2031-09-08 : hors du calendrier du règlement
ligne 13 : reserve.tom : enfant inconnu : « tom »
ligne 16 : present.lea.2026-09-07[1] : « cantine » y est deux fois
ligne 16 : present.lea.2026-09-07[2] : « matin » n'est pas pointé
ligne 17 : present.lea.2026-09-08[0] : part à 17:00, avant d'arriver à 18:00
ligne 18 : present.lea.2026-10-02 : après l'instant du relevé
ligne 20 : deja.lea.inconnu : constat inconnu : « inconnu »
ligne 23 : annule[0].dates[1] : lea n'a rien réservé de cela le 2026-09-10
ligne 27 : annule[1].dates : le 2026-09-07 est déjà annulé plus haut
ligne 28 : annule[1].instant : après l'instant du relevé
ligne 32 : absence[0].au : 2026-09-07 est avant 2026-09-11 ; inversez
ligne 33 : absence[0].motif : motif inconnu : « maladi » ; vouliez-vous dire « maladie » ?
ligne 39 : absence[1].signale : après l'instant du relevé
ligne 40 : absence[2] : chevauche absence[1] le 2026-09-16
ligne 46 : evenement[0].motif : motif inconnu : « neige » ; connus : greve
ligne 49 : evenement[0].enfants : enfant inconnu : « zoe »
""".splitlines()


def test_every_fault_of_a_hostile_releve_is_told_at_once() -> None:
    """Unknown codes, swapped dates, things told twice or before they happen: each with its line."""
    found = said(HOSTILE)

    assert len(found) == len(EXPECTED), "\n".join(found)
    for line, expected in zip(found, EXPECTED, strict=True):
        assert line.startswith(f"r.toml: {expected}")
    assert len(said(HOSTILE, lang="en")) == len(EXPECTED)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    (
        ('"essai"', '"autre"', "donnez-lui son règlement"),
        ('"2026-09"', '"2026-13"', "il faut un mois : « 2026-09 »"),
        ('"2026-09"', '"2031-09"', "hors du calendrier du règlement"),
        ("+02:00", "", "il faut un instant avec son décalage"),
        ("2026-10-01T08", "9999-12-31T08", "il faut un instant avec son décalage, de 1900 à 2200"),
        ("[enfant.lea]\nresidence", "[enfant]\n[foyer]\nresidence", "aucun enfant"),
        ('"commune"', '"ailleurs"', "il faut un mot parmi : commune, exterieur"),
        ("pointes =", "du = 2026-09-03\npointes =", "le relevé ne couvre pas tout le mois"),
        ("pointes =", "au = 2026-09-29\npointes =", "le relevé ne couvre pas tout le mois"),
        ('"soir"]', '"sior"]', "vouliez-vous dire « soir » ?"),
        ("[reserve", "[resserve", "vouliez-vous dire « reserve » ?"),
        ('= ["cantine"]', '= ["cantine", "cantine"]', "« cantine » y est deux fois"),
    ),
)
def test_a_head_that_cannot_be_is_refused(old: str, new: str, message: str) -> None:
    """Each wrong word of the head is one message with the way out."""
    assert old in HEAD
    assert any(message in line for line in said("", HEAD.replace(old, new)))


@pytest.mark.parametrize(
    ("instant", "told"),
    (("2026-09-07T23:00:00+00:00", False), ("2026-09-07T21:00:00+00:00", True), ("2026-09-08T00:30:00+02:00", False)),
)
def test_a_releve_is_drawn_up_on_a_date_of_the_reglement(instant: str, told: bool) -> None:
    """S2.4: the date of the instant is that of the règlement's zone, whatever the offset it is written with."""
    more = '2026-09-08 = ["soir"]\n[present.lea]\n2026-09-08 = ["soir"]\n'
    head = HEAD.replace("2026-10-01T08:00:00+02:00", instant)
    if told:
        assert any("après l'instant du relevé" in line for line in said(more, head))
    else:
        assert releve_from_text(head + more, rules().reglement).stays


def test_a_departure_before_the_slot_begins_is_refused() -> None:
    """S4.3: who left before a slot began was not in it; at its first minute he was."""
    more = '2026-09-08 = ["soir"]\n[present.lea]\n2026-09-08 = [{ creneau = "soir", depart = "%s" }]\n'
    begins = rules().slots["soir"].hours
    assert begins is not None
    early, just = clock(begins[0] - 1), clock(begins[0])
    assert any(f"part à {early}, avant que « soir » commence à {just}" in line for line in said(more % early))
    assert releve_from_text(HEAD + more % just, rules().reglement).stays


@pytest.mark.parametrize(
    ("per", "refused"),
    (
        ("mois", True),
        ("année scolaire", True),
        ("année civile", False),
        ("période", True),
        ("annuel", False),
        ("tri", True),
    ),
)
def test_a_count_before_the_releve_is_read_or_refused(per: str, refused: bool) -> None:
    """S1.2: what came before the relevé counts only where the window began before it; elsewhere it is a fault."""
    constat = {
        "fait": "présent sans réservation",
        "plus": 1,
        "par": per,
        "unites": "à partir de 2",
        "hypothese": "essai",
    }
    reglement = engine_with(constat={"r": constat}, decoupage=PARTS).reglement
    text = HEAD + "[deja.lea]\nr = 1\n"
    if refused:
        with pytest.raises(InvalidReleveError, match="« r » ne compte rien d'avant le 2026-09-01"):
            releve_from_text(text, reglement)
    else:
        assert releve_from_text(text, reglement).past


@pytest.mark.parametrize(("slots", "read"), ((None, True), ("cantine", True), ("etude", False)))
def test_a_count_before_the_releve_needs_a_periode_of_its_slots_that_runs(slots: str | None, read: bool) -> None:
    """S1.2: counted by période, what came before is read where a période of the constat's slots began before."""
    constat = {
        "fait": "présent sans réservation",
        "plus": 1,
        "par": "période",
        "unites": "à partir de 2",
        "hypothese": "x",
    }
    constat |= {} if slots is None else {"creneaux": slots}
    base = VECTORS["base"]
    etude = {"nom": "Étude", "etablissement": "ecole", "hypothese": "x", "offre": [{"code": "etude", "nom": "Étude"}]}
    later = {"nom": "Étude", "mode": "etude", "du": "2026-10-05", "au": "2027-07-02", "hypothese": "essai"}
    reglement = engine_with(
        constat={"r": constat},
        mode={**base["mode"], "etude": etude},
        periode={**base["periode"], "etude": {**later, "quand": base["periode"]["annee"]["quand"]}},
        tarif={**base["tarif"], "etude": {"creneaux": "etude", "par": "créneau", "prix": "1.00", "hypothese": "essai"}},
    ).reglement
    head = HEAD.replace("2026-10-01T08", "2026-11-01T08").replace('"2026-09"', '"2026-10"').split("[reserve")[0]
    text = f"{head}\n[deja.lea]\nr = 1\n"
    if read:
        assert releve_from_text(text, reglement).past
    else:
        with pytest.raises(InvalidReleveError, match="« r » ne compte rien d'avant le 2026-10-01"):
            releve_from_text(text, reglement)


def test_an_absence_of_ten_years_is_refused() -> None:
    """A span over 400 days is a slip of the year."""
    more = '[[absence]]\nenfant = "lea"\ndu = 2026-09-07\nau = 2036-09-07\nmotif = "maladie"\n'
    assert any("plus de 400 jours" in line for line in said(more))


def test_absences_of_other_slots_or_children_may_overlap() -> None:
    """Two absences overlap only where they miss the same thing."""
    more = "".join(
        f'[[absence]]\nenfant = "lea"\ndu = 2026-09-07\nau = 2026-09-08\nmotif = "maladie"\ncreneaux = "{slot}"\n'
        for slot in ("cantine", "soir")
    )
    assert len(releve_from_text(HEAD + more, rules().reglement).episodes) == 2
    assert any("chevauche" in line for line in said(more.replace('"soir"', '"jour"')))


@pytest.mark.parametrize(
    ("phrase", "said"), (("18h10", "écrivez « 18:10 »"), ("25:00", "il faut une heure"), ("8:00", "écrivez « 08:00 »"))
)
def test_a_time_that_is_none_is_refused(phrase: str, said: str) -> None:
    """A time is written « 18:10 »."""
    with pytest.raises(InvalidValueError, match=said):
        parse_clock(phrase)


@pytest.mark.parametrize("phrase", ("2026-00", "26-09", "septembre 2026"))
def test_a_month_that_is_none_is_refused(phrase: str) -> None:
    """A month is written « 2026-09 »."""
    with pytest.raises(InvalidValueError, match="il faut un mois"):
        parse_month(phrase)


@pytest.mark.parametrize("shape", (WAITING, RUN, AFTER))
def test_phrases_are_written_back_as_they_are_read(shape: Phrase) -> None:
    """parse(format(value)) is the value."""
    for phrase in shape.examples:
        assert shape.format(shape.parse(phrase)) == phrase


@pytest.mark.parametrize(
    ("shape", "phrase", "message"),
    (
        (WAITING, "2 jours", "depuis quand"),
        (WAITING, "2 jours depuis le signalement", "de quels jours"),
        (WAITING, "2 jours réservés depuis lundi", "depuis quand"),
        (WAITING, "0 jours réservés depuis le signalement", "écrivez"),
        (WAITING, "2 jours francs depuis le signalement", "il faut un calendrier"),
        (RUN, "4 jours consécutifs", "de quels jours"),
        (RUN, "4 jours école", "consécutifs"),
        (AFTER, "18h", "écrivez « 18:00 »"),
        (AFTER, "le soir", "« 18:00 » ou « la fin du créneau »"),
    ),
)
def test_a_phrase_with_several_readings_is_refused(shape: Phrase, phrase: str, message: str) -> None:
    """« 2 jours » alone is refused, with the ways to say it."""
    with pytest.raises(InvalidValueError, match=message):
        shape.parse(phrase)


@pytest.mark.parametrize("phrase", ("tout avant aide", "50 % avant aide", "3.85 rendus avant aide"))
def test_a_due_before_aid_is_written_back(phrase: str) -> None:
    """S4.2: a part of the price before aids has its phrase, in both languages."""
    due = parse_due(phrase)
    assert (due.before_aid, format_due(due)) == (True, phrase)
    assert due.describe("en").endswith("before aid")


@pytest.mark.parametrize("phrase", ("rien avant aide", "3.85 dus avant aide", "non publié avant aide"))
def test_a_due_that_no_aid_changes_does_not_say_so(phrase: str) -> None:
    """« 3.85 dus » is 3.85 € with or without aid."""
    with pytest.raises(InvalidValueError, match="une aide n'y change rien"):
        parse_due(phrase)


UNBOOKED, ABSENT, LATE = "présent sans réservation", "absent sans annuler", "repris en retard"


@pytest.mark.parametrize(
    ("constat", "message"),
    (
        ({"fait": UNBOOKED}, "aucun verbe"),
        ({"fait": UNBOOKED, "prix": "1.00", "refus": True}, "un seul verbe parmi"),
        ({"fait": UNBOOKED, "a_payer": "tout"}, "constat.x.a_payer : ne se dit pas d'un enfant"),
        ({"fait": ABSENT, "refus": True}, "constat.x.refus : ne se dit pas d'un enfant"),
        ({"fait": "absent sans anuler"}, "vouliez-vous dire « absent sans annuler » ?"),
        ({"fait": ABSENT, "a_payer": "3.85"}, "dû ou rendu ?"),
        ({"fait": ABSENT, "a_payer": "tout", "apres": "18:00"}, "constat.x.apres : ne se dit que d'un enfant"),
        ({"fait": LATE, "prix": "1.00"}, "il manque « apres »"),
        ({"fait": LATE, "apres": "18h", "prix": "1.00"}, "constat.x.apres"),
        ({"fait": LATE, "apres": "18:00", "plus": "1.00"}, "constat.x.plus : ne se dit pas"),
        ({"fait": ABSENT, "a_payer": "tout", "tranche_minutes": 15}, "une tranche se dit d'un retard"),
        ({"fait": ABSENT, "a_payer": "tout", "par": "mois"}, "« par » et « unites » ensemble"),
        (
            {"fait": ABSENT, "a_payer": "tout", "par": "trimestre", "unites": "à partir de 2"},
            "ni un mot de « par » ni un [decoupage]",
        ),
        (
            {"fait": LATE, "apres": "18:00", "paliers": {"de 1 à 15": "10.00", "plus de 20": "50.00"}},
            "constat.x.paliers : 16 min de retard est dans aucun palier",
        ),
        (
            {"fait": LATE, "apres": "18:00", "paliers": {"de 1 à 15": "10.00", "à partir de 15": "50.00"}},
            "constat.x.paliers : 15 min de retard est dans deux paliers",
        ),
        ({"fait": ABSENT, "prix": {"A": "1.00"}}, "constat.x.prix : des lignes par tranche se lisent dans une grille"),
        ({"fait": ABSENT, "prix": "1.00", "selon": "quotient"}, "constat.x.selon : ce prix ne se lit pas"),
        ({"fait": ABSENT, "a_payer": "tout", "creneaux": "cantinne"}, "vouliez-vous dire « cantine » ?"),
        ({"fait": ABSENT, "a_payer": "tout", "variante": "normal"}, "n'ont pas de sens ici"),
    ),
)
def test_a_constat_that_cannot_be_is_refused(constat: dict[str, object], message: str) -> None:
    """Each wrong constat is one message, with its path and the way out."""
    with pytest.raises(InvalidReglementError) as caught:
        engine_with(constat={"x": {"hypothese": "essai", **constat}})
    assert message in str(caught.value)
    assert caught.value.text("en")


def test_a_constat_has_a_source() -> None:
    """Neither source nor hypothese: refused, as for any other rule."""
    with pytest.raises(InvalidReglementError, match=r"constat\.x : ni source ni hypothèse"):
        engine_with(constat={"x": {"fait": ABSENT, "a_payer": "tout"}})


def test_the_end_of_a_slot_without_times_is_refused() -> None:
    """S2.2: « la fin du créneau » of a slot without times is nobody's guess."""
    mode = {"nom": "J", "etablissement": "ecole", "hypothese": "essai", "offre": [{"code": "cantine", "nom": "Repas"}]}
    tarif = {"t": {"par": "créneau", "prix": "1.00", "hypothese": "essai"}}
    constat = {"x": {"fait": LATE, "apres": "la fin du créneau", "prix": "1.00", "hypothese": "essai"}}
    with pytest.raises(InvalidReglementError, match=r"constat\.x\.apres : sans horaire : cantine"):
        engine_with(mode={"jour": mode}, tarif=tarif, constat=constat)


@pytest.mark.parametrize(
    ("absence", "message"),
    (
        ({"motifs": "m"}, "il manque « a_payer »"),
        ({"a_payer": "rien"}, "il manque « motifs »"),
        ({"motifs": "m", "a_payer": "rien", "phases": [{"a_payer": "tout"}]}, "écrivez-le dans « phases »"),
        (
            {"motifs": "m", "a_payer": "rien", "signale": "48 h"},
            "absence.x.signale : lu « 48 h » ; plusieurs lectures ; ",
        ),
        ({"motifs": "m", "a_payer": "rien", "signale": "la veille"}, "écrivez « le début de l'absence, avant 10:00 »"),
        (
            {"motifs": "m", "a_payer": "rien", "signale": "tout de suite"},
            "écrivez « le début de l'absence, avant 10:00 »",
        ),
        ({"motifs": "m", "a_payer": "rien", "justifie": "48 heures calendaires"}, "depuis quoi ? écrivez « le début"),
        (
            {"motifs": "m", "a_payer": "rien", "signale": "le début de l'absence, avant 10h"},
            "écrivez l'heure « 10:00 »",
        ),
        ({"motifs": "m", "a_payer": "rien", "signale": 3}, "une limite : « le début de l'absence, avant 10:00 »"),
        (
            {"motifs": "m", "a_payer": "rien", "justifie": "jeudi de la semaine -1, avant 12:00"},
            "ne se compte pas depuis l'absence",
        ),
        (
            {"motifs": "m", "a_payer": "rien", "justifie": "2 jours ouvrés avant la date, avant 12:00"},
            "ne se compte pas",
        ),
        ({"motifs": "m", "a_payer": "rien", "justifie": "jamais"}, "ne se compte pas depuis l'absence"),
        (
            {"motifs": "m", "a_payer": "rien", "signale": "1 jour calendaire après le signalement, avant 12:00"},
            "un signalement ne se limite pas par lui-même",
        ),
        ({"motifs": "m", "a_payer": "rien", "jours_dus": "2 jours"}, "absence.x.jours_dus"),
        (
            {"motifs": "m", "a_payer": "rien", "au_moins": "4 jours bureau consécutifs"},
            "calendrier inconnu : « bureau »",
        ),
        (
            {
                "motifs": "m",
                "phases": [{"a_payer": "rien", "justifie": "2 jours bureau après le signalement, avant 12:00"}],
            },
            "calendrier inconnu : « bureau »",
        ),
        ({"motifs": "m", "a_payer": "rien", "rendu": "cadeau"}, "absence.x.rendu"),
    ),
)
def test_an_absence_that_cannot_be_is_refused(absence: dict[str, object], message: str) -> None:
    """Each wrong absence is one message, with its path and the way out."""
    with pytest.raises(InvalidReglementError) as caught:
        engine_with(absence={"x": {"hypothese": "essai", **absence}})
    assert message in str(caught.value)
    assert caught.value.text("en")


def test_a_deadline_does_not_count_from_an_absence() -> None:
    """« le signalement » is an anchor of absences: a deadline that names it is refused, never undecided for ever."""
    delai = {"d": {"reserver": "1 jour calendaire après le signalement, avant 12:00", "hypothese": "essai"}}
    with pytest.raises(InvalidReglementError, match=r"delai\.d\.reserver.* : « .* » se compte depuis une absence"):
        engine_with(delai=delai)


def test_the_vectors_are_read_from_json_as_from_toml() -> None:
    """A relevé may be JSON: dates and instants are then texts."""
    assert plain([True, 1, "x"]) == [True, 1, "x"]
    text = '{"releve": {"reglement": "essai", "mois": "2026-09", "instant": "2026-10-01T08:00:00+02:00"}, "enfant": {"l": {}}}'
    assert releve_from_text(text, rules().reglement, "r.json").releve().children == ("l",)
