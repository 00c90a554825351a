"""A règlement is plain data validated as a whole (S1.2, S1.5)."""

import copy
import json
from datetime import date
from typing import Any

import pytest

from clae_rules.described import REFUSED, Faults
from clae_rules.errors import InvalidReglementError
from clae_rules.reglement import REGLEMENT, Identity, Reglement

PLAIN: dict[str, Any] = {
    "reglement": {"code": "r", "nom": "R", "fuseau": "Europe/Paris"},
    "document": {"guide": {"titre": "Guide"}},
    "jours": {"du": "2021-09-01", "au": "2022-08-31", "feries": []},
    "calendrier": {"cantine": {"quand": {"jour": ["lundi", "mardi"]}, "sauf": {"dates": ["2021-09-07"]}}},
    "faits": {"niveau": ["cp", "ce1"], "quotient": "nombre"},
    "etablissement": {"e": {"nom": "E"}},
    "mode": {
        "m": {
            "nom": "M",
            "etablissement": "e",
            "offre": [{"code": "matin", "nom": "Matin"}, {"code": "repas", "nom": "Repas"}],
        }
    },
    "groupe": {"jour": ["matin", "repas"]},
    "periode": {"p": {"nom": "P", "mode": "m", "du": "2021-09-02", "au": "2022-07-07", "source": "guide art. 1"}},
    "regle": {"seul": {"creneaux": ["repas"], "seulement_avec": ["matin"], "source": "guide art. 2"}},
}


def read(**changes: dict[str, Any]) -> tuple[Any, list[str]]:
    """A règlement with some sections laid over, and its faults in French."""
    plain = copy.deepcopy(PLAIN)
    for section, values in changes.items():
        plain.setdefault(section, {}).update(values)
    faults: Faults = []
    value = REGLEMENT.read(plain, (), faults)
    assert (value is REFUSED) is bool(faults)
    assert all(fault.text("en") for fault in faults)
    return value, [fault.text() for fault in faults]


def good() -> Reglement:
    """The règlement without changes."""
    value, faults = read()
    assert faults == []
    assert isinstance(value, Reglement)
    return value


def test_the_normal_form_is_json_and_is_read_back() -> None:
    """S1.2: plain, JSON, read again: an equal règlement."""
    reglement = good()
    plain = json.loads(json.dumps(reglement.plain()))
    assert REGLEMENT.read(plain, (), []) == reglement


def test_the_digest_does_not_depend_on_the_layout() -> None:
    """S1.5: the order of keys changes nothing, a value changes everything."""
    turned = {section: dict(reversed(PLAIN[section].items())) for section in reversed(PLAIN)}
    assert REGLEMENT.read(turned, (), []).digest() == good().digest()
    assert read(reglement={"nom": "Autre"})[0].digest() != good().digest()
    assert len(good().digest()) == 64


def test_places_expand_groups_and_modes() -> None:
    """S2: a code stands for a slot, a group or a whole mode, and a calendar is its days less exceptions."""
    reglement = good()
    places = reglement.places()
    assert places.slots["jour"] == places.slots["m"] == {"matin", "repas"}
    assert list(reglement.slots()) == ["matin", "repas"]
    assert reglement.mode_of()["repas"].code == "m"
    days = [reglement.days.describe(date(2021, 9, n)) for n in (6, 7, 8)]
    assert [places.calendars["cantine"](day) for day in days] == [True, False, False]
    assert reglement.source_of(reglement.rules[0]) == "guide art. 2"


@pytest.mark.parametrize(
    ("changes", "said"),
    (
        (
            {"regle": {"x": {"creneaux": ["repsa"], "seulement_avec": ["matin"], "source": "guide"}}},
            "« repsa » ; vouliez-vous dire « repas » ?",
        ),
        ({"groupe": {"matin": ["repas"]}}, "« matin » sert déjà"),
        ({"groupe": {"soir": ["inconnu"]}}, "créneau ou mode inconnu : « inconnu »"),
        (
            {"mode": {"n": {"nom": "N", "etablissement": "z", "offre": [{"code": "s", "nom": "S"}]}}},
            "etablissement inconnu : « z »",
        ),
        ({"regle": {"x": {"creneaux": ["repas"], "seulement_avec": ["matin"]}}}, "ni source ni hypothèse"),
        (
            {"regle": {"x": {"creneaux": ["repas"], "seulement_avec": ["matin"], "source": "gide 3"}}},
            "document inconnu : « gide 3 » ; vouliez-vous dire « guide » ?",
        ),
        (
            {
                "regle": {
                    "x": {"creneaux": ["repas"], "seulement_avec": ["matin"], "source": "guide", "qui": {"niveau": 3}}
                }
            },
            "ce fait prend un mot : cp, ce1",
        ),
        (
            {
                "regle": {
                    "x": {"creneaux": ["repas"], "seulement_avec": ["matin"], "source": "guide", "qui": {"nivo": "cp"}}
                }
            },
            "fait inconnu : « nivo »",
        ),
        ({"calendrier": {"x": {"quand": {"calendrier": ["cantine"]}}}}, "un calendrier ne se définit pas par un autre"),
        ({"calendrier": {"x": {"quand": {"periode": ["p"]}}}}, "un calendrier ne se définit pas par une période"),
        ({"format": 2}, "format"),
    ),
)
def test_a_reglement_that_cannot_be_applied_is_refused(changes: dict[str, Any], said: str) -> None:
    """S1.2: unknown or repeated codes, wrong comparisons and missing sources are named at load."""
    plain_changes = {key: value for key, value in changes.items() if isinstance(value, dict)}
    if "format" in changes:
        faults: Faults = []
        REGLEMENT.read({**PLAIN, "format": 2}, (), faults)
        told = [fault.text() for fault in faults]
    else:
        told = read(**plain_changes)[1]
    assert any(said in one for one in told), told


def test_every_fault_is_told_at_once() -> None:
    """S1.2: faults of different sections come together."""
    _, told = read(
        regle={"x": {"creneaux": ["repsa"], "seulement_avec": ["matin"]}},
        calendrier={"y": {"quand": {"calendrier": ["cantine"]}}},
    )
    assert len(told) >= 3


def test_a_source_of_the_whole_stands_for_each_item() -> None:
    """S1.4: an item without source of its own comes from the règlement's document."""
    value, told = read(reglement={"source": "guide"}, regle={"x": {"creneaux": ["repas"], "seulement_avec": ["matin"]}})
    assert told == []
    assert value.source_of(value.rules[1]) == "guide"


def test_building_one_by_hand_is_judged_alike() -> None:
    """S1.2: values are refused where they are built, file or not."""
    reglement = good()
    with pytest.raises(InvalidReglementError, match=r"ni source ni hypothèse|inconnu"):
        Reglement(
            identity=Identity(code="r", label="R", time_zone="Europe/Paris"),
            days=reglement.days,
            etablissements=(),
            modes=reglement.modes,
            periodes=reglement.periodes,
        )
