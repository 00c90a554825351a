"""Households, profiles and children: what is read, what is refused, what reopens a dossier, what is never shown."""

import logging
import pickle
import traceback
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("attrs")

from clae_rules import Desk, Facts, InvalidValueError, engine_from_text
from clae_rules.adapters import households
from clae_rules.adapters._records import Record
from clae_rules.adapters.households import (
    Address,
    AuthorisedPerson,
    Child,
    Contact,
    Custody,
    FamilySituation,
    Household,
    Insurance,
    Level,
    Medical,
    Profile,
    Quotient,
    Relation,
    Sex,
    birth,
    born,
    child_count,
    custody,
    household_facts,
    level,
    missing,
    pai,
    postcode,
    quotient,
    reopened,
    reopening_policy,
    school,
    town,
    worded,
)

HOME = Address(street="12 rue du Pré", postcode="74300", town="Cluses")
ZOE = Profile(
    code="p1",
    identifier="zoe.martin",
    first_name="Zoé",
    last_name="Martin",
    birth_name="Dœuff",
    relation=Relation.MOTHER,
    contact=Contact(address=HOME, email="zoe@exemple.fr", phone="06 12 34 56 78"),
    sex=Sex.FEMALE,
    birth_date=date(1985, 4, 2),
    birth_place="Bonneville",
    profession="décolleteuse",
    employer="Atelier du Faucigny",
    work_phone="04 50 96 00 00",
)  # fmt: skip
LEA = Child(
    code="lea",
    first_name="Léa",
    last_name="Martin",
    sex=Sex.FEMALE,
    birth_date=date(2015, 3, 21),
    birth_place="Sallanches",
    school="messy",
    level=Level.CP,
    group="CP bleu",
    medical=Medical(
        allergies="arachide : adrénaline", diet="sans porc", pai=True, pai_until=date(2022, 7, 6), treatments="ventoline",
        vaccinated=True, doctor="Dr Pommier", doctor_phone="0450000001", hospital=True, remarks="lunettes",
    ),
    insurance=Insurance(company="Mutuelle des Aravis", number="AR-123456", last_day=date(2022, 8, 31)),
    authorised=(AuthorisedPerson(first_name="Odette", last_name="Dœuff", relation="grand-mère", phone="0450000002"),),
    leaves_alone=False,
    pictures=False,
)  # fmt: skip
FOYER = Household(
    code="f1",
    me=ZOE,
    other=Profile(code="p2", first_name="Paul", last_name="Martin", relation=Relation.FATHER),
    contact=Contact(address=HOME, email="foyer@exemple.fr", phone="0450000003"),
    situation=FamilySituation.MARRIED,
    children_count=1,
    caf_number="0123456",
    quotients=(Quotient(value_cents=65_050, first_day=date(2021, 1, 1), last_day=date(2021, 12, 31)),),
    children=("lea",),
)
#: What is told of these persons, and must be found nowhere but in their records and forms.
SECRETS = (
    "rue du Pré", "74300", "Cluses", "zoe", "Zoé", "Martin", "uff", "0612345678", "1985", "Bonneville", "décolleteuse",
    "Faucigny", "0450960000", "Léa", "2015", "Sallanches", "messy", "bleu", "arachide", "porc", "ventoline", "Pommier",
    "0450000001", "lunettes", "Aravis", "123456", "Odette", "grand", "0450000002", "Paul", "foyer@", "65050", "MARRIED",
)  # fmt: skip


def refused(cls: type[Record], **given: Any) -> list[str]:
    """The paths of what is wrong with a record."""
    with pytest.raises(InvalidValueError) as caught:
        cls(**given)
    assert caught.value.text("en")
    return [".".join(map(str, fault.path)) for fault in caught.value.faults]


def test_the_records_hold_all_that_the_guide_names() -> None:
    """Guide B.2: connection, contact, personal and professional; the household; the children."""
    assert (ZOE.sex, ZOE.relation, LEA.level, LEA.sex) == (Sex.FEMALE, Relation.MOTHER, Level.CP, Sex.FEMALE)
    assert (ZOE.contact.phone, ZOE.work_phone, FOYER.caf_number) == ("0612345678", "0450960000", "0123456")
    assert missing(ZOE, ["identifiant", "coordonnees.adresse", "coordonnees.telephone", "sexe", "date_de_naissance",
        "lieu_de_naissance", "profession", "employeur", "telephone_professionnel"]) == ()  # fmt: skip
    assert missing(FOYER, ["moi", "autre_responsable", "coordonnees.courriel", "situation_familiale", "nombre_enfants",
        "numero_allocataire"]) == ()  # fmt: skip
    assert missing(LEA, ["medical.allergies", "medical.pai", "personnes_autorisees", "assurance", "niveau"]) == ()


def test_only_names_and_codes_are_needed_to_begin() -> None:
    """Families fill a record in page by page; what a town needs and is not there is told by its path."""
    bare = Child(code="rita", first_name="Rita", last_name="Martin", leaves_alone=False)
    assert missing(bare, ["prenom", "medical", "medical.medecin", "part_seul", "assurance"]) == (
        "medical", "medical.medecin", "assurance",
    )  # fmt: skip
    with pytest.raises(InvalidValueError) as caught:
        missing(bare, ["medical.medecins", "nom"])
    assert str(caught.value) == (
        "[0] : chemin inconnu : « medical.medecins » ; vouliez-vous dire « medical.medecin » ?"
    )


def test_wrong_values_are_named_all_at_once_and_not_repeated() -> None:
    """Every field of a profile, a household and a child that cannot be is told together."""
    given: dict[str, Any] = {
        "code": "p 1", "identifier": "", "first_name": "a\u202eb", "last_name": "x" * 81, "relation": "voisin",
        "contact": "chez moi", "sex": "F", "birth_date": date(1899, 12, 31), "birth_place": "a\nb", "work_phone": "12",
    }  # fmt: skip
    assert refused(Profile, **given) == [*given]
    with pytest.raises(InvalidValueError) as caught:
        Profile(**given)
    assert "voisin" not in str(caught.value)
    assert "1899" not in str(caught.value)
    medical: dict[str, Any] = {
        "allergies": "asthme\x00", "pai": "oui", "pai_until": "2022-07-06", "treatments": "asthme" * 1000, "doctor": "",
        "doctor_phone": "asthme", "hospital": 1,
    }  # fmt: skip
    assert refused(Medical, **medical) == [*medical]
    assert refused(Household, code="f", me=None, children_count=31, caf_number="1", children=["a", "a", "-"]) == [
        "me", "children_count", "caf_number", "children.2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "kept"),
    (("0123456", "0123456"), (" 123 45 67 ", "1234567"), ("1234567a", "1234567A"), ("1234567 A", "1234567A")),
)
def test_a_caf_number_has_seven_digits(given: str, kept: str) -> None:
    """Zeros on the left count, spaces do not; a letter may follow."""
    assert FOYER.changed(caf_number=given).caf_number == kept


@pytest.mark.parametrize(
    "given", ("123456", "12345678", "A1234567", "1234567AB", "１２３４５６７", "", 1234567, "1234567-")
)
def test_what_is_no_caf_number_is_refused(given: object) -> None:
    """Six or eight digits, a number whose zeros are lost and a letter in front are refused."""
    with pytest.raises(InvalidValueError):
        FOYER.changed(caf_number=given)


def test_an_address_abroad_has_the_postcode_of_its_country() -> None:
    """A French one has five digits, also where the country is written in capitals; a Swiss one is kept as it is."""
    geneva = Address(street="Rue du Rhône 1", postcode="1204", town="Genève", country="Suisse")
    assert geneva.postcode == "1204"
    assert Address(street="BP 1", postcode="74 302", town="Cluses CEDEX").postcode == "74302"
    for country in ("France", "FRANCE"):
        assert refused(Address, street="1 rue", postcode="1204", town="Ajaccio", country=country) == ["postcode"]
    assert refused(Address, street="1 rue", postcode="2A004", town="Ajaccio") == ["postcode"]
    assert refused(Address, street="1 rue", postcode="00000", town="Cluses") == ["postcode"]
    assert Address(street="SP 1", postcode="00 200", town="ARMÉES").postcode == "00200"


def test_a_birth_to_come_is_refused_on_a_given_day() -> None:
    """No clock is read: the day is given, the day of birth itself is possible, and the date is not repeated."""
    born(date(2015, 3, 21), LEA, ZOE)
    with pytest.raises(InvalidValueError) as caught:
        born(date(1985, 4, 1), LEA, ZOE)
    assert str(caught.value).splitlines() == [
        "lea.birth_date : pas encore née ce jour-là ; il faut une date passée",
        "p1.birth_date : pas encore née ce jour-là ; il faut une date passée",
    ]


def test_a_household_may_have_no_child_or_twelve() -> None:
    """No child yet, twelve, and never the same one twice."""
    assert FOYER.changed(children=()).children == ()
    twelve = tuple(f"enfant-{i}" for i in range(12))
    children = [Child(code=one, first_name=one, last_name="Martin") for one in twelve]
    assert [*household_facts(FOYER.changed(children=twelve), children, {"niveau": level})] == [*twelve]
    assert household_facts(FOYER.changed(children=()), [], {"niveau": level}) == {}
    with pytest.raises(InvalidValueError) as caught:
        FOYER.changed(children=(*twelve, "enfant-3"))
    assert [fault.path for fault in caught.value.faults] == [("children", 12)]


def test_a_child_may_have_two_households() -> None:
    """Alternate custody: both tell of the child by his code, each with its weeks and its own quotient."""
    friday = date(2021, 9, 3)
    mother = FOYER.changed(other=None, custodies=(Custody(child="lea", first_day=friday),))
    father = Household(
        code="f2", me=Profile(code="p2", first_name="Paul", last_name="Martin"), children=("lea",),
        custodies=(Custody(child="lea", first_day=date(2021, 9, 10)),), quotients=(Quotient(value_cents=120_000),),
    )  # fmt: skip
    sources = {"semaine-de-garde": custody, "quotient": quotient}
    hers, his = (household_facts(one, [LEA], sources)["lea"] for one in (mother, father))
    days = [date(2021, 9, day) for day in (2, 3, 9, 10, 16, 17)]
    assert [hers.at("semaine-de-garde", day) for day in days] == [False, True, True, False, False, True]
    assert [his.at("semaine-de-garde", day) for day in days] == [False, False, False, True, True, False]
    assert [one.at("quotient", friday) for one in (hers, his)] == [Fraction(65050, 100), 1200]
    assert household_facts(FOYER, [LEA], sources)["lea"].at("semaine-de-garde", friday) is True
    assert refused(Household, code="f", me=ZOE, custodies=[Custody(child="lea", first_day=friday)]) == ["custodies.0"]
    assert refused(Household, code="f", me=ZOE, other=ZOE) == ["other.code"]
    assert refused(Quotient, value_cents=1, first_day=date(2021, 2, 1), last_day=date(2021, 1, 1)) == ["last_day"]


SOURCES = {
    "age": birth,
    "niveau": worded(level, {"CP": "elementaire", "PS": "maternelle"}),
    "commune": worded(town, {"cluses": "commune", "Saint-Sigismond": "commune"}, otherwise="exterieur"),
    "quotient": quotient,
    "enfants": child_count,
    "pai": pai,
    "ecole": school,
    "code-postal": postcode,
}


def test_the_facts_of_a_regulation_are_drawn_by_the_towns_own_table() -> None:
    """Each fact is named by the town; what is not known is left out, and so undecided."""
    facts = household_facts(FOYER, [LEA], SOURCES)["lea"]
    day = date(2021, 9, 6)
    assert {code: facts.at(code, day) for code in SOURCES} == {
        "age": date(2015, 3, 21), "niveau": "elementaire", "commune": "commune", "quotient": Fraction(65050, 100),
        "enfants": 1, "pai": True, "ecole": "messy", "code-postal": "74300",
    }  # fmt: skip
    assert facts.at("pai", date(2022, 7, 7)) is False
    assert facts.at("quotient", date(2022, 1, 1)) is None
    bare = Child(code="lea", first_name="Léa", last_name="Martin")
    home = Household(code="f1", me=ZOE, children=("lea",))
    assert household_facts(home, [bare], SOURCES) == {"lea": Facts()}


@pytest.mark.parametrize(
    ("name", "word"),
    (("CLUSES", "commune"), ("Saint Sigismond", "commune"), ("SAINT-SIGISMOND", "commune"), ("Marnaz", "exterieur")),
)
def test_words_are_compared_without_capitals_accents_and_hyphens(name: str, word: str) -> None:
    """A town is the same however a family writes it; any other is what the town calls the others."""
    home = FOYER.changed(contact=Contact(address=HOME.changed(town=name)))
    assert household_facts(home, [LEA], SOURCES)["lea"].at("commune", date(2021, 9, 6)) == word
    other = LEA.changed(level=Level.OTHER)
    assert household_facts(FOYER, [other], SOURCES)["lea"].history("niveau") == ()


@pytest.mark.parametrize(
    ("until", "then"), ((None, True), (date.max, True), (date(2021, 9, 5), False), (date(2021, 9, 6), True))
)
def test_a_pai_holds_until_its_last_day(until: date | None, then: bool) -> None:
    """Both included; without a last day it holds on; without a PAI none is made up."""
    child = LEA.changed(medical=Medical(pai=True, pai_until=until))
    assert household_facts(FOYER, [child], {"pai": pai})["lea"].at("pai", date(2021, 9, 6)) is then
    without = LEA.changed(medical=Medical(pai=False, pai_until=until))
    assert household_facts(FOYER, [without], {"pai": pai})["lea"].at("pai", date(2021, 9, 6)) is False


def test_every_child_of_a_household_is_given_and_no_other() -> None:
    """A sibling left out would be priced as one of whom nothing is known: it is asked for, by its code alone."""
    with pytest.raises(InvalidValueError) as caught:
        household_facts(FOYER.changed(children=("lea", "tom")), [LEA, LEA.changed(code="max")], SOURCES)
    assert str(caught.value).splitlines() == [
        "max : pas un enfant de ce foyer ; ajoutez-le à « enfants »",
        "tom : enfant du foyer dont la fiche manque ; donnez-la",
    ]


FACTS = """
[faits]
age = "ans, au jour de la date"
niveau = ["maternelle", "elementaire"]
commune = ["commune", "exterieur"]
quotient = "nombre"
enfants = "nombre"
pai = "oui ou non"
"""


def test_a_desk_takes_the_facts_of_a_household() -> None:
    """The bridge ends where the core begins: a règlement reads of each child what it declares."""
    text = Path("examples/cluses/reglement.toml").read_text("utf-8")
    engine = engine_from_text(text.replace("[faits]\n", FACTS))
    tom = LEA.changed(code="tom", level=Level.PS, birth_date=date(2018, 9, 6))
    home = FOYER.changed(children=("lea", "tom"))
    drawn = {code: source for code, source in SOURCES.items() if code in FACTS}
    facts = household_facts(home, [LEA, tom], drawn)
    desk = Desk(engine, facts["lea"], "lea", siblings=facts, household=home.code)
    assert desk.siblings == ("tom",)
    day = date(2021, 9, 6)
    read = {who: desk.anyone(who).profile(day, None) for who in ("lea", "tom")}
    assert [(read[who]("age"), read[who]("niveau"), read[who]("quotient")) for who in ("lea", "tom")] == [
        (6, "elementaire", Fraction(65050, 100)), (3, "maternelle", Fraction(65050, 100)),
    ]  # fmt: skip


def test_what_reopens_a_dossier_is_data() -> None:
    """The longest path decides; what changed is told by its path, never by its value."""
    policy = reopening_policy({
        "foyer": False, "foyer.situation_familiale": True, "foyer.moi.coordonnees.adresse": True,
        "enfant": True, "enfant.classe": False, "enfant.medical.remarques": False, "profil": False,
    })  # fmt: skip
    moved = FOYER.changed(
        me=ZOE.changed(contact=ZOE.contact.changed(address=HOME.changed(street="1 place"), phone="0612345679"))
    )
    found = reopened(FOYER, moved, policy)
    assert (found.form, found.code) == ("foyer", "f1")
    assert found.changed == ("foyer.moi.coordonnees.adresse.voie", "foyer.moi.coordonnees.telephone")
    assert found.because == ("foyer.moi.coordonnees.adresse.voie",)
    assert found
    quiet = reopened(LEA, LEA.changed(group="CP vert", medical=LEA.medical.changed(remarks="sans")), policy)
    assert quiet.changed == ("enfant.classe", "enfant.medical.remarques")
    assert not quiet
    assert reopened(LEA, LEA, policy).changed == ()
    assert reopened(LEA, LEA.changed(medical=LEA.medical.changed(allergies="")), policy).because == (
        "enfant.medical.allergies",
    )


def test_a_path_holds_what_stands_below_it_and_nothing_else() -> None:
    """« pai » is not « pai_jusqu_au », and « enfant » is not « enfants »."""
    policy = reopening_policy({"enfant": False, "enfant.medical.pai": True, "foyer": False, "profil": True})
    assert [policy.reopens(f"enfant.medical.{key}") for key in ("pai", "pai_jusqu_au")] == [True, False]
    assert missing(LEA.changed(medical=Medical(pai_until=date(2022, 7, 6))), ["medical.pai"]) == ("medical.pai",)


def test_what_is_added_or_left_out_is_a_change() -> None:
    """A new child, another responsible who comes or goes, and one more person authorised are changes like others."""
    policy = reopening_policy({"foyer": True, "enfant": True, "profil": True})
    assert "enfant.prenom" in reopened(None, LEA, policy).because
    gone = reopened(FOYER, FOYER.changed(other=None), policy).changed
    assert gone == tuple(f"foyer.autre_responsable.{key}" for key in ("code", "prenom", "nom", "lien"))
    assert reopened(FOYER, FOYER.changed(children=("lea", "tom")), policy).changed == ("foyer.enfants",)
    more = LEA.changed(authorised=(*LEA.authorised, *LEA.authorised))
    assert reopened(LEA, more, policy).changed == ("enfant.personnes_autorisees",)


def test_a_table_that_does_not_decide_everything_is_refused() -> None:
    """Unknown paths, values that are no yes or no, and fields of which nothing is said are told together."""
    with pytest.raises(InvalidValueError) as caught:
        reopening_policy({"foyer": "oui", "enfant.medicale": True, "enfant.classe": False, "profil": True})
    assert str(caught.value).splitlines() == [
        "foyer : lu « oui » ; il faut true ou false",
        "chemin inconnu : « enfant.medicale » ; vouliez-vous dire « enfant.medical » ?",
        ("enfant : rien n'est dit de enfant.code, enfant.prenom, enfant.nom, … ; "
         "dites-le, ou de « enfant » en entier"),
    ]  # fmt: skip


def test_a_change_is_of_one_record() -> None:
    """Two children, or a child and a household, are not compared."""
    policy = reopening_policy({"foyer": True, "enfant": True, "profil": True})
    for other in (LEA.changed(code="tom"), FOYER):
        with pytest.raises(InvalidValueError):
            reopened(other, LEA, policy)


def test_nothing_of_a_person_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    """Names, addresses, births, money and health are in no repr, no log and no text of a record: only codes are."""
    records: list[Record] = [ZOE, FOYER, LEA, LEA.medical, HOME, *LEA.authorised, *FOYER.quotients]
    with caplog.at_level(logging.DEBUG):
        for one in records:
            logging.getLogger("portail").info("%s %r %s", one, one, [one])
    shown = (
        caplog.text + "".join(f"{one} {one!r} {[one]!r} {one:>1}" for one in records[:0]) + repr(records) + str(records)
    )
    assert [secret for secret in SECRETS if secret in shown] == []
    assert "Child(code='lea')" in shown
    policy = reopening_policy({"foyer": True, "enfant": True, "profil": True})
    assert [secret for secret in SECRETS if secret in repr(reopened(None, LEA, policy))] == []


@pytest.mark.parametrize(
    "change",
    (
        lambda word: LEA.changed(medical=word),
        lambda word: LEA.medical.changed(allergies=f"{word}\x00"),
        lambda word: LEA.medical.changed(doctor_phone=word),
        lambda word: LEA.medical.changed(pai=word),
        lambda word: LEA.medical.changed(pai_until=word),
        lambda word: LEA.changed(level=word),
        lambda word: LEA.changed(school=f"{word} {word}"),
        lambda word: LEA.changed(authorised=[word]),
        lambda word: LEA.changed(insurance={word: word}),
        lambda word: HOME.changed(postcode=word),
        lambda word: ZOE.changed(relation=word),
        lambda word: FOYER.changed(situation=word),
        lambda word: FOYER.changed(caf_number=word),
        lambda word: Contact(email=f"{word}\r\nBcc: {word}@exemple.fr"),
    ),
)
def test_no_error_tells_what_is_private(change: Any) -> None:
    """Neither its text, nor its repr, its traceback, its causes and contexts, nor its pickle."""
    word = "Ventoline"
    with pytest.raises(InvalidValueError) as caught:
        change(word)
    error: BaseException | None = caught.value
    told = "".join(traceback.format_exception(error)) + caught.value.text("en")
    while error is not None:
        told += f"{error} {error!r} {error.args} {getattr(error, '__notes__', '')} {pickle.dumps(error)!r}"
        error = error.__cause__ or error.__context__
    assert word not in told


def test_a_record_survives_a_pickle_and_a_change() -> None:
    """Frozen, compared by value, hashable; a copy over the wire is equal, and no field is assigned."""
    assert pickle.loads(pickle.dumps((FOYER, LEA))) == (FOYER, LEA)
    assert hash(LEA) == hash(LEA.changed())
    name = "first_name"
    with pytest.raises(AttributeError):
        setattr(LEA, name, "Lou")


def test_all_that_is_public_is_there() -> None:
    """What the module offers is what it says."""
    assert sorted(households.__all__) == households.__all__
    assert all(hasattr(households, name) for name in households.__all__)
