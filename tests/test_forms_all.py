"""Every record of the portal goes to and from plain JSON, in a version, and no form changes unseen."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

import pytest

pytest.importorskip("attrs")
pytest.importorskip("cattrs")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.recorded import every_record, records

from clae_rules import InvalidValueError
from clae_rules.adapters._records import Record, fields_of, key_of
from clae_rules.adapters.forms import FORM, VERSION, from_plain, to_plain

FORMS: Final = Path(__file__).parent / "forms"
RECORDS: Final = every_record()
#: Every record of the portal and the French name of its form: a new one is added here, with its file in « forms ».
NAMES: Final = {
    "Account": "compte", "AccountRules": "règles des comptes", "Asked": "paiement demandé", "Child": "enfant",
    "ChildName": "nom d'enfant", "CreditLine": "ligne d'avoir", "CreditNote": "avoir", "Credited": "facture annulée par avoir",
    "Document": "document", "DossierStep": "etape", "Household": "foyer", "Identities": "identités", "Identity": "identité",
    "Invoice": "facture", "InvoiceAccount": "compte de facture", "InvoiceLine": "ligne de facture", "Issued": "facture émise",
    "Issuer": "émetteur", "Notification": "notification", "Notified": "paiement notifié", "Paid": "facture payée",
    "Papers": "papiers", "Payment": "paiement", "Planned": "planning", "Profile": "profil", "Recipient": "destinataire",
    "Refunded": "paiement remboursé", "Reminded": "relance envoyée", "ReminderRules": "règles de relance", "Review": "avis",
    "SentFile": "fichier", "Service": "service", "Strength": "force de mot de passe", "Told": "écriture",
    "Withdrawn": "événement retiré",
}  # fmt: skip
CASES: Final = [pytest.param(cls, id=cls.__name__) for cls in RECORDS]


def kept(cls: type[Record], version: int) -> Path:
    """The file of a form in one version."""
    plain = normalize("NFKD", cls.FORM.name).encode("ascii", "ignore").decode()
    return FORMS / f"{re.sub('[^a-z]+', '-', plain)}-{version}.json"


def read(cls: type[Record], version: int = 0) -> dict[str, Any]:
    """A form as it was written in one version, that of today unless said."""
    found: dict[str, Any] = json.loads(kept(cls, version or cls.FORM.version).read_text("utf-8"))
    return found


def refused(cls: type[Record], plain: Any) -> list[str]:
    """Why a form is refused, in French."""
    with pytest.raises(InvalidValueError) as caught:
        from_plain(cls, plain)
    return str(caught.value).splitlines()


def test_every_record_is_known() -> None:
    """No record of the package has a form that these tests do not hold, and no two have the same."""
    assert {cls.__name__: cls.FORM.name for cls in RECORDS} == NAMES
    assert len({*NAMES.values()}) == len(NAMES) == len(RECORDS)


def test_every_version_of_every_form_is_kept() -> None:
    """One file for each version that a record was ever written in, and no other."""
    files = {kept(cls, version) for cls in RECORDS for version in range(1, cls.FORM.version + 1)}
    assert files == {*FORMS.iterdir()}


@pytest.mark.parametrize("cls", CASES)
def test_no_form_changes_unseen(cls: type[Record]) -> None:
    """What was written in the version of today is read, and written the same: another form is another version."""
    plain = read(cls)
    assert plain[VERSION] == cls.FORM.version
    assert to_plain(from_plain(cls, plain)) == plain
    assert [*plain] == [FORM, VERSION, *(key_of(one) for one in fields_of(cls))]


@pytest.mark.parametrize("cls", CASES)
def test_every_older_version_is_brought_up(cls: type[Record]) -> None:
    """What was written in any version is read; it is then written in that of today. A version to come is refused."""
    for version in range(1, cls.FORM.version + 1):
        found = from_plain(cls, read(cls, version))
        assert to_plain(found)[VERSION] == cls.FORM.version
        assert from_plain(cls, to_plain(found)) == found
    none: tuple[Any, ...] = (0, cls.FORM.version + 1, None, "1", True)
    for wrong in none:
        assert refused(cls, read(cls) | {VERSION: wrong})[0].startswith("version : lu ")


@pytest.mark.parametrize("cls", CASES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_record_is_the_same_once_written_and_read(cls: type[Record], data: st.DataObject) -> None:
    """Every record, through the text of JSON: what comes back is equal, is written the same, and says what it is of."""
    one = data.draw(records(cls))
    plain = json.loads(json.dumps(to_plain(one)))
    assert from_plain(cls, plain) == from_plain(Record, plain) == one
    assert to_plain(from_plain(cls, plain)) == plain
    assert set(plain) - {FORM, VERSION} == {key_of(of) for of in fields_of(cls)}


@pytest.mark.parametrize("cls", CASES)
def test_the_keys_of_a_form_are_french_slugs(cls: type[Record]) -> None:
    """Codes on the wire are never translated; none is taken for the head of the form, or stands twice."""
    keys = [key_of(one) for one in fields_of(cls)]
    assert len({*keys, FORM, VERSION}) == len(keys) + 2
    assert all(key.isascii() and key.replace("_", "").isalnum() and key == key.lower() for key in keys)


@pytest.mark.parametrize("cls", CASES)
def test_a_form_is_strict(cls: type[Record]) -> None:
    """A key too many, a key too few where it is needed, a table that is none: each is refused, whatever the record."""
    plain = read(cls)
    assert any("clé inconnue" in one for one in refused(cls, plain | {"inconnu": 1}))
    for key in (FORM, VERSION):
        assert refused(cls, {name: one for name, one in plain.items() if name != key}) == [f"il manque « {key} »"]
    none: tuple[Any, ...] = (None, [], "", 3)
    for wrong in none:
        assert len(refused(cls, wrong)) == 1
    for one in fields_of(cls):
        assert refused(cls, plain | {key_of(one): {"inconnu": 1}})
