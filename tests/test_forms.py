"""The JSON forms of records: nothing lost, nothing guessed, nothing private repeated, older versions brought up."""

import gc
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import pytest

pytest.importorskip("attrs")
pytest.importorskip("cattrs")

from hypothesis import given
from hypothesis import strategies as st

from clae_rules import InvalidValueError
from clae_rules.adapters._records import (
    Form,
    Record,
    a,
    a_code,
    civil_day,
    field,
    instant,
    one_of,
    optional,
    record,
    several,
    whole,
)
from clae_rules.adapters.accounts import Account, AccountState, Strength
from clae_rules.adapters.forms import FORM, VERSION, from_plain, to_plain
from clae_rules.adapters.households import Child, Custody, Household, Medical, Profile, Quotient
from clae_rules.described import Key
from clae_rules.errors import Fault
from clae_rules.shapes import Slug

OLDER = Path(__file__).parent / "forms" / "compte-1.json"


def lea() -> dict[str, Any]:
    """A child as JSON."""
    made = Child(
        code="lea",
        first_name="Léa",
        last_name="Martin",
        birth_date=date(2015, 3, 21),
        medical=Medical(allergies="arachide"),
    )
    plain: dict[str, Any] = json.loads(json.dumps(to_plain(made)))
    return plain


def faults(cls: type[Record], plain: Any) -> list[str]:
    """Why a form is refused, in French, a line each."""
    with pytest.raises(InvalidValueError) as caught:
        from_plain(cls, plain)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert caught.value.text("en")
    return str(caught.value).splitlines()


def test_a_form_says_what_it_is_of() -> None:
    """Its head, its French keys, ISO dates and French words; a part without a form of its own has no head."""
    plain = lea()
    assert {key: plain[key] for key in (FORM, VERSION, "prenom", "date_de_naissance", "niveau")} == {
        "forme": "enfant", "version": 1, "prenom": "Léa", "date_de_naissance": "2015-03-21", "niveau": None,
    }  # fmt: skip
    assert plain["medical"]["allergies"] == "arachide"
    assert FORM not in plain["medical"]
    account = Account(
        code="c", identifier="i", email="a@b.fr", name="n", at=datetime.fromisoformat("2021-06-01T11:00+02:00"),
        state=AccountState.ACTIVE,
    )  # fmt: skip
    assert (to_plain(account)["dernier_evenement"], to_plain(account)["etat"]) == ("2021-06-01T11:00:00+02:00", "actif")


def test_any_record_is_read_by_what_it_says_it_is() -> None:
    """The root of all records reads each by its form: a store may keep them side by side."""
    assert from_plain(Record, lea()) == from_plain(Child, lea())
    assert faults(Record, {"forme": "enfants"})[0].startswith("forme : lu « enfants » ; vouliez-vous dire « enfant » ?")
    assert faults(Child, {"forme": "enfant", "code": "lea"}) == ["il manque « version »"]


def test_what_may_be_left_out_is_left_out_of_a_form_too() -> None:
    """Only what a record needs is needed; the rest is as if it had not been given."""
    assert from_plain(
        Child, {"forme": "enfant", "version": 1, "code": "lea", "prenom": "Léa", "nom": "Martin"}
    ) == Child(code="lea", first_name="Léa", last_name="Martin")


def test_an_older_version_is_brought_up() -> None:
    """An account as version 1 wrote it: « mail », « bloqué », no count of links."""
    found = from_plain(Account, json.loads(OLDER.read_text("utf-8")))
    assert (found.email, found.state, found.links, found.failures) == ("lea@exemple.fr", AccountState.LOCKED, 0, 5)
    assert to_plain(found)[VERSION] == 2
    older = json.loads(OLDER.read_text("utf-8")) | {
        "etat": "invité",
        "lien_jusqu_au": "2021-06-03T11:00:00+02:00",
        "echecs": 0,
    }
    assert from_plain(Account, older).links == 1


def test_what_an_older_version_could_not_write_is_refused() -> None:
    """A migration guesses nothing: keys of another version, or values that are none, are told as of today."""
    older = json.loads(OLDER.read_text("utf-8"))
    assert faults(Account, {**older, "etat": "gelé"}) == [
        "etat : lu « gelé » ; il faut un de : « invité », « actif », « verrouillé »"
    ]
    assert faults(Account, {**older, "liens": 4, "mail": 3})[0].startswith("courriel : ")


@record
class Pair(Record):
    """Two numbers that are of no use alike."""

    left: int = field(whole(0, 9), key="gauche")
    right: int = field(whole(0, 9), key="droite")

    def faults(self) -> Iterator[Fault]:
        """They differ."""
        if self.left == self.right:
            same = f"deux fois {self.left}"
            yield Fault((), f"{same} ; il faut deux nombres différents", f"twice {self.left}; expected two that differ")


def test_a_fault_of_no_field_is_told_of_the_whole() -> None:
    """Where neither field is the wrong one, the record as a whole is."""
    assert faults(Pair, {"gauche": 1, "droite": 1}) == ["deux fois 1 ; il faut deux nombres différents"]


@record
class Chain(Record):
    """A record of a third version."""

    FORM = Form(
        "chaîne", 3, {1: lambda table: {"deux": table["un"] + 1}, 2: lambda table: {"trois": table["deux"] * 10}}
    )
    three: int = field(whole(0, 100), key="trois")


def test_versions_are_brought_up_one_by_one() -> None:
    """From 1 by 2 to 3; what a migration cannot read is refused, as is a version that nobody knows."""
    assert from_plain(Chain, {"forme": "chaîne", "version": 1, "un": 1}) == Chain(three=20)
    assert from_plain(Chain, {"forme": "chaîne", "version": 2, "deux": 1}) == Chain(three=10)
    assert faults(Chain, {"forme": "chaîne", "version": 1, "deux": 1}) == [
        "version : illisible comme version 1 de « chaîne » ; corrigez-la"
    ]
    assert faults(Chain, {"forme": "chaîne", "version": 1, "un": "a"})[0].startswith("version : illisible")
    assert faults(Chain, {"forme": "chaîne", "version": 4, "trois": 1}) == [
        "version : lu « 4 », plus récent que 3 ; mettez clae_rules à jour"
    ]


@pytest.mark.parametrize("version", (0, -1, "1", True, None, 1.0, [1], pytest.param(10**5000, id="endless")))
def test_a_version_is_a_known_number(version: object) -> None:
    """Words, truth values, decimals and endless numbers are no version."""
    (line,) = faults(Child, {**lea(), VERSION: version})
    assert line.startswith("version : lu ")


@pytest.mark.parametrize(
    "plain", (None, [], "enfant", 3, {}, {"forme": None}, {"forme": ["enfant"]}, {"forme": "foyer"})
)
def test_what_is_no_form_of_that_record_is_refused(plain: object) -> None:
    """Another type, no head, or the form of something else."""
    assert len(faults(Child, plain)) == 1


def test_every_fault_of_a_form_is_told_at_once_by_its_keys() -> None:
    """Wrong types, wrong values, missing and unknown keys, at every depth; nothing private is repeated."""
    plain = lea()
    del plain["nom"]
    plain |= {
        "prenom": 3, "date_de_naissance": "21/03/2015", "niveau": "CE3", "surnom": "Lilou", "naissance": "2015-03-21",
        "personnes_autorisees": [{"prenom": "Odette", "nom": "", "telephone": "12", "peut_reprendre": "oui"}, 7],
        "assurance": [], "part_seul": 1,
    }  # fmt: skip
    plain["medical"] |= {"pai": "ventoline", "pai_jusqu_au": 20220706, "medecin": ["ventoline"], "ventoline": True}
    told = faults(Child, plain)
    assert told == [
        "clé inconnue, non répétée ici ; vouliez-vous dire « prenom » ?",
        "clé inconnue, non répétée ici ; vouliez-vous dire « assurance » ?",
        "prenom : valeur non répétée ici ; il faut un texte de 1 à 80 caractères, sur une ligne",
        "il manque « nom »",
        "date_de_naissance : valeur non répétée ici ; il faut une date : « 2021-09-06 »",
        (
            "niveau : valeur non répétée ici ; il faut un de : « TPS », « PS », « MS », « GS », « CP », « CE1 », « CE2 », "
            "« CM1 », « CM2 », « 6e », « 5e », « 4e », « 3e », « autre »"
        ),
        (
            "medical : clé inconnue, non répétée ici ; connus : allergies, hospitalisation_autorisee, medecin, pai, "
            "pai_jusqu_au, regime, remarques, telephone_medecin, traitements, vaccins_a_jour"
        ),
        "medical.pai : valeur non répétée ici ; il faut oui ou non (True, False)",
        "medical.pai_jusqu_au : valeur non répétée ici ; il faut une date : « 2021-09-06 »",
        "medical.medecin : valeur non répétée ici ; il faut un texte de 1 à 120 caractères, sur une ligne",
        "assurance : valeur non répétée ici ; il faut une table (« Insurance »)",
        "personnes_autorisees[0].nom : valeur non répétée ici ; il faut un texte de 1 à 80 caractères, sur une ligne",
        (
            "personnes_autorisees[0].telephone : valeur non répétée ici ; il faut un téléphone : dix chiffres "
            "(04 50 96 69 00), ou son indicatif (+41 22 …)"
        ),
        "personnes_autorisees[0].peut_reprendre : valeur non répétée ici ; il faut oui ou non (True, False)",
        "personnes_autorisees[1] : il faut une table (« AuthorisedPerson »)",
        "part_seul : valeur non répétée ici ; il faut oui ou non (True, False)",
    ]


def test_what_is_not_private_is_repeated_shortly() -> None:
    """A wrong value or key of the town's own data is quoted, cut, on one line."""
    plain: dict[str, Any] = {"forme": "force de mot de passe", "version": 1, "caracteres": "12" * 100, "sorte\n": 2}
    assert faults(Strength, plain) == [
        "clé inconnue : « sorte » ; vouliez-vous dire « sortes » ?",
        f"caracteres : lu « {'12' * 30}… » ; il faut un nombre entier de 1 à 100",
    ]
    assert faults(Strength, {"forme": "force de mot de passe", "version": 1, "caracteres": 10**5000}) == [
        "caracteres : lu « un nombre sans fin » ; il faut un nombre entier de 1 à 100"
    ]
    many = {**lea(), **{f"inconnue-{i}": i for i in range(1000)}}
    assert faults(Child, many)[-1] == "980 autres clés inconnues"
    assert len(faults(Child, many)) == 21


def test_faults_between_fields_are_told_by_their_keys() -> None:
    """What contradicts something else is told as what stands in the form is called."""
    me = Profile(code="p1", first_name="Zoé", last_name="Martin")
    plain = to_plain(Household(code="f1", me=me, other=me.changed(code="p2"), children=("lea",)))
    plain["autre_responsable"]["code"] = "p1"
    plain["enfants"] = ["lea", "lea"]
    plain["quotients"] = [to_plain(Quotient(value_cents=1, first_day=date(2021, 2, 1))) | {"au": "2021-01-01"}]
    assert faults(Household, plain) == ["quotients[0].au : il faut un dernier jour qui ne précède pas le premier"]
    plain["quotients"] = []
    assert faults(Household, plain) == [
        "autre_responsable.code : le même que « moi » ; il faut deux personnes",
        "enfants[1] : lu « lea » deux fois ; il faut une fois",
    ]


@pytest.mark.parametrize(
    "day", ("2015-3-21", "20150321", "2015-W12-6", "2015-02-30", "2015-03-21T00:00:00", "", 20150321, True)
)
def test_a_date_is_iso(day: object) -> None:
    """One way to write a date, so that a form is read back as it was written."""
    assert len(faults(Child, {**lea(), "date_de_naissance": day})) == 1


@pytest.mark.parametrize(
    "at", ("2021-06-01T11:00:00", "2021-06-01", "2021-06-01 11:00+02:00", "", 1622538000, "Tantôt")
)
def test_an_instant_bears_its_offset(at: object) -> None:
    """An hour of no zone is no instant; « Z » is one."""
    plain = json.loads(OLDER.read_text("utf-8"))
    assert (
        from_plain(Account, {**plain, "dernier_evenement": "2021-06-01T09:00:00Z"}).at == from_plain(Account, plain).at
    )
    (line,) = faults(Account, {**plain, "dernier_evenement": at})
    assert line.endswith("il faut un instant avec son décalage : « 2021-09-06T08:30:00+02:00 »")


class Shade(Enum):
    """Two shades."""

    DARK = "foncé"
    LIGHT = "clair"


@dataclass(frozen=True)
class Told:
    """A value of the core, which describes its own form."""

    code: Annotated[str, Key("code", Slug(), "Un code.")]


@record
class Happening(Record):
    """What happened, whatever it was."""

    at: datetime = field(instant, key="le")


@record
class Painted(Happening):
    """Something was painted."""

    FORM = Form("peint")
    shades: tuple[Shade, ...] = field(several(one_of(Shade), 3), key="teintes", default=())
    days: tuple[date, ...] = field(several(civil_day), key="jours", default=())


@record
class Cleaned(Happening):
    """Something was cleaned."""

    FORM = Form("nettoyé")
    told: Told | None = field(optional(a(Told)), key="dit", default=None)
    secret: Told | None = field(optional(a(Told)), key="tu", default=None, private=True)


@record
class Story(Record):
    """A story of happenings, and where they are told."""

    FORM = Form("histoire")
    happenings: tuple[Happening, ...] = field(several(a(Happening)), key="faits", default=())
    place: str | None = field(optional(a_code), key="lieu", default=None)
    hidden: Custody | None = field(optional(a(Custody)), key="cachee", default=None, private=True)
    pair: Pair | None = field(optional(a(Pair)), key="paire", default=None, private=True)


AT = datetime.fromisoformat("2021-06-01T11:00:00+02:00")


def test_a_list_may_hold_several_forms() -> None:
    """Each item says what it is of; only what stands below the class that is expected is taken."""
    story = Story(
        happenings=(Painted(at=AT, shades=(Shade.DARK,), days=(date(2021, 9, 6),)), Cleaned(at=AT, told=Told("mur")))
    )
    plain = json.loads(json.dumps(to_plain(story)))
    assert plain["faits"][0] == {
        "forme": "peint", "version": 1, "le": "2021-06-01T11:00:00+02:00", "teintes": ["foncé"], "jours": ["2021-09-06"],
    }  # fmt: skip
    assert plain["faits"][1]["dit"] == {"code": "mur"}
    assert from_plain(Story, plain) == story
    plain["faits"][0] |= {"forme": "histoire"}
    plain["faits"][1] |= {"dit": {"code": "MUR"}, "tu": {"code": "MUR"}}
    assert faults(Story, plain) == [
        "faits[0].forme : lu « histoire » ; connus : nettoyé, peint",
        "faits[1].dit.code : lu « MUR » ; il faut un code en minuscules sans accent : lettres, chiffres, tirets",
        "faits[1].tu : valeur refusée, non répétée ici",
    ]


def test_a_class_that_attrs_left_behind_is_none_of_the_family() -> None:
    """Making the slots makes a second class: the first, while it is not swept away, is not what a form is of."""
    gc.disable()
    try:

        @record
        class Moved(Happening):
            """Something was moved."""

            FORM = Form("déplacé")

        assert type(from_plain(Happening, {"forme": "déplacé", "version": 1, "le": AT.isoformat()})) is Moved
    finally:
        gc.enable()


def test_what_stands_within_something_private_is_private() -> None:
    """A record that would repeat its values by itself does not where its holder is private, its keys included."""
    plain = {"forme": "histoire", "version": 1, "cachee": {"enfant": "e#1", "depuis": "hier", "x": 1, "une_sur": 0}}
    assert faults(Custody, {"enfant": "e#1", "depuis": "2021-09-03"})[0].startswith("enfant : lu « e#1 »")
    told = faults(Story, plain)
    assert [line.split(" : ")[0] for line in told] == ["cachee", "cachee.enfant", "cachee.depuis", "cachee.une_sur"]
    assert faults(Story, {"forme": "histoire", "version": 1, "paire": {"gauche": 7, "droite": 7}}) == [
        "paire : valeur refusée, non répétée ici"
    ]
    assert not [word for word in ("e#1", "hier", "« x »", "« 0 »") if word in "".join(told)]


def test_a_list_that_is_none_is_refused() -> None:
    """Neither a text, a table nor too many items pass for a list; an item that is no date is told by its index."""
    head = {"forme": "peint", "version": 1, "le": "2021-06-01T11:00:00+02:00"}
    for days in ("2021-09-06", {"0": "2021-09-06"}, ["2021-09-06"] * 1001):
        assert len(faults(Painted, {**head, "jours": days})) == 1
    assert faults(Painted, {**head, "jours": ["2021-09-06", "demain", 3], "teintes": ["foncé", "gris"]}) == [
        "teintes[1] : il faut un de : « foncé », « clair »",
        "jours[1] : il faut une date : « 2021-09-06 »",
        "jours[2] : il faut une date : « 2021-09-06 »",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just("Ventoline") | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("Ventoline") | st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def replaced(plain: Any, spots: list[int], by: Any) -> Any:
    """A plain form with one value, found by following *spots*, replaced."""
    if not spots or not isinstance(plain, dict | list) or not plain:
        return by
    keys = list(plain) if isinstance(plain, dict) else range(len(plain))
    key = keys[spots[0] % len(keys)]
    copy = plain.copy()
    copy[key] = replaced(plain[key], spots[1:], by)
    return copy


def read_or_told(cls: type[Record], plain: Any) -> Record | str:
    """The record of a form, or why it is none, in both languages."""
    try:
        return from_plain(cls, plain)
    except InvalidValueError as error:
        return f"{error} {error.text('en')}"


@given(st.sampled_from([Account, Child, Household]), st.lists(st.integers(0, 20), max_size=4), JSON)
def test_whatever_is_sent_is_read_or_refused(cls: type[Record], spots: list[int], by: Any) -> None:
    """Any JSON in any place of a form, older ones included, is a record or faults, and nothing else happens."""
    person = Profile(code="p1", first_name="Zoé", last_name="Martin")
    forms: dict[type[Record], Any] = {
        Account: json.loads(OLDER.read_text("utf-8")),
        Child: lea(),
        Household: to_plain(Household(code="f1", me=person, other=person.changed(code="p2"), children=("lea", "tom"))),
    }
    found = read_or_told(cls, replaced(forms[cls], spots, by))
    assert isinstance(found, str) or from_plain(cls, to_plain(found)) == found


@given(
    st.sampled_from([key for key in lea() if key not in (FORM, VERSION, "code")]),
    st.lists(st.integers(0, 20), max_size=2),
    JSON,
)
def test_whatever_is_sent_as_private_is_not_repeated(key: str, spots: list[int], by: Any) -> None:
    """Wherever it stands in a private field, as a value or as a key."""
    plain = lea()
    found = read_or_told(Child, plain | {key: replaced(plain[key], spots, by)})
    assert not isinstance(found, str) or "Ventoline" not in found


def test_what_has_no_plain_form_is_not_written() -> None:
    """A reader that keeps something else than plain values is a mistake of its record, told by its type alone."""

    @record
    class Odd(Record):
        """A record that keeps bytes."""

        FORM = Form("étrange")
        kept: bytes = field(a(bytes), key="garde")

    with pytest.raises(TypeError, match=r"^bytes has no plain form$"):
        to_plain(Odd(kept=b"secret"))
