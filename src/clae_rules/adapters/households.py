"""
Households, profiles and children as a portal keeps them: what changed, what is missing, and what the rules read of them.

The records are values; the portal stores them. A town says in a table of paths which changes reopen a dossier. The facts
that its règlement declares are drawn from the records by a table of its own, so that no name is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from ..described import quoted
from ..errors import Fault, meant, raise_all
from ..facts import Dated, Facts, Value
from ..shapes import folded
from ._paths import leaf_keys, leaf_values
from ._people import (
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
)
from ._records import Record

__all__ = [
    "Address",
    "AuthorisedPerson",
    "Child",
    "Contact",
    "Custody",
    "FamilySituation",
    "Household",
    "Insurance",
    "Level",
    "Medical",
    "Profile",
    "Quotient",
    "Relation",
    "Reopened",
    "ReopeningPolicy",
    "Sex",
    "born",
    "child_count",
    "custody",
    "household_facts",
    "level",
    "missing",
    "pai",
    "postcode",
    "quotient",
    "reopened",
    "reopening_policy",
    "school",
    "town",
    "worded",
]

#: The records of a dossier, by the name of their form.
_OF_A_DOSSIER: Final[tuple[type[Record], ...]] = (Household, Child, Profile)


def born(today: date, *people: Profile | Child) -> None:
    """
    Judge the birth dates of some persons, which no record can do: it knows no day.

    Raises:
        InvalidValueError: If one is yet to come; it is told by the code of the person, and not repeated.
    """
    raise_all(
        Fault(
            (one.code, "birth_date"),
            "pas encore née ce jour-là ; il faut une date passée",
            "expected a date in the past",
        )
        for one in people
        if one.birth_date is not None and one.birth_date > today
    )


def missing(record: Record, needed: Iterable[str]) -> tuple[str, ...]:
    """
    What a town needs in a record and does not find there: paths of its form, « date_de_naissance », « medical.medecin ».

    A path to a part needs something in it; what is left empty is missing, « false » and 0 are not.

    Raises:
        InvalidValueError: If a path is none of this record.

    >>> lea = Child(code="lea", first_name="Léa", last_name="Martin")
    >>> missing(lea, ["date_de_naissance", "medical", "nom"])
    ('date_de_naissance', 'medical')
    """
    needs = tuple(needed)
    keys, values = leaf_keys(type(record)), leaf_values(type(record), record)
    raise_all(
        _unknown_path(one, keys, (i,)) for i, one in enumerate(needs) if not any(_within(key, one) for key in keys)
    )
    return tuple(
        one for one in needs if not any(values[key] not in (None, "", ()) for key in keys if _within(key, one))
    )


@dataclass(frozen=True, slots=True)
class ReopeningPolicy:
    """Which changes reopen a dossier, by path of the form; `reopening_policy` reads and checks it."""

    paths: tuple[tuple[str, bool], ...]

    def reopens(self, path: str) -> bool:
        """Whether a change there reopens: the longest path that holds it decides."""
        return max((len(one), yes) for one, yes in self.paths if _within(path, one))[1]


def reopening_policy(table: Mapping[str, object]) -> ReopeningPolicy:
    """
    Read the table by which a town says what reopens a dossier, from plain data (TOML, JSON).

    Every field of a household, a child and a profile must be decided, by its own path or by one that holds it; the
    shortest table is `{"foyer": True, "enfant": True, "profil": True}`.

    Raises:
        InvalidValueError: If a path is unknown, a value is not true or false, or a field is left undecided.

    >>> policy = reopening_policy(
    ...     {"foyer": False, "foyer.situation_familiale": True, "enfant": True, "enfant.classe": False, "profil": False}
    ... )
    >>> policy.reopens("enfant.medical.allergies"), policy.reopens("enfant.classe")
    (True, False)
    """
    raise_all(_policy_faults(table))
    return ReopeningPolicy(tuple((path, bool(yes)) for path, yes in sorted(table.items())))


def _policy_faults(table: Mapping[str, object]) -> Iterator[Fault]:
    keys = [f"{_root(kind)}.{key}" for kind in _OF_A_DOSSIER for key in leaf_keys(kind)]
    for path, yes in table.items():
        if not any(_within(key, path) for key in keys):
            yield _unknown_path(path, keys, ())
        if not isinstance(yes, bool):
            yield Fault(
                (path,), f"lu {quoted(yes)} ; il faut true ou false", f"got {quoted(yes)}; expected true or false"
            )
    for kind in _OF_A_DOSSIER:
        open_ = [key for key in keys if _within(key, _root(kind)) and not any(_within(key, path) for path in table)]
        if open_:
            names = ", ".join(open_[:3]) + (", …" if len(open_) > 3 else "")
            fr = f"rien n'est dit de {names} ; dites-le, ou de « {_root(kind)} » en entier"
            yield Fault((_root(kind),), fr, f"nothing is said of {names}; say it, or of « {_root(kind)} » as a whole")


def _unknown_path(path: str, keys: Iterable[str], where: tuple[int, ...]) -> Fault:
    held = {".".join(key.split(".")[: i + 1]) for key in keys for i in range(key.count(".") + 1)}
    fr, en = meant(path, held)
    return Fault(where, f"chemin inconnu : {quoted(path)} ; {fr}", f"unknown path: {quoted(path)}; {en}")


def _within(path: str, held_by: str) -> bool:
    return path == held_by or path.startswith(f"{held_by}.")


def _root(kind: type[Record]) -> str:
    return kind.FORM.name


@dataclass(frozen=True, slots=True)
class Reopened:
    """
    What changed in a record, and what of it reopens the dossier; paths only, never a value.

    Args:
        form: « foyer », « enfant » or « profil ».
        code: Of the record.
        changed: Every path that changed.
        because: Those that reopen.
    """

    form: str
    code: str
    changed: tuple[str, ...]
    because: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether the dossier is reopened."""
        return bool(self.because)


def reopened(
    before: Household | Child | Profile | None, after: Household | Child | Profile, policy: ReopeningPolicy
) -> Reopened:
    """
    What a change of a record reopens; None before is a record that is added.

    Raises:
        InvalidValueError: If they are not of the same household, child or person.
    """
    kind, root = type(after), _root(type(after))
    if before is not None and (type(before) is not kind or before.code != after.code):
        raise_all(
            [Fault(("code",), "deux fiches différentes ; il faut la même, avant et après", "two different records")]
        )
    old, new = leaf_values(kind, before), leaf_values(kind, after)
    changed = tuple(f"{root}.{key}" for key in leaf_keys(kind) if old[key] != new[key])
    return Reopened(root, after.code, changed, tuple(one for one in changed if policy.reopens(one)))


#: What a fact is drawn from: a child in a household; None where it is not known there.
Source = Callable[[Child, Household], "Value | date | Iterable[Dated] | None"]


def birth(child: Child, household: Household) -> date | None:
    """The birth date, of which a règlement takes the age on the day that it names."""
    del household
    return child.birth_date


def level(child: Child, household: Household) -> str | None:
    """The level: « CP »."""
    del household
    return None if child.level is None else child.level.value


def school(child: Child, household: Household) -> str | None:
    """The code of the school."""
    del household
    return child.school


def pai(child: Child, household: Household) -> bool | Iterable[Dated] | None:
    """Whether a « projet d'accueil individualisé » is in force, until its last day where it has one."""
    del household
    until = child.medical.pai_until
    if not child.medical.pai or until is None or until == date.max:
        return child.medical.pai
    return [Dated(True, None, until), Dated(False, until + timedelta(days=1))]


def town(child: Child, household: Household) -> str | None:
    """The town of the household, as it is written in its address."""
    del child
    return None if household.contact.address is None else household.contact.address.town


def postcode(child: Child, household: Household) -> str | None:
    """The postcode of the household."""
    del child
    return None if household.contact.address is None else household.contact.address.postcode


def quotient(child: Child, household: Household) -> Iterable[Dated] | None:
    """The quotients, each in its days, in euros."""
    del child
    return [Dated(Fraction(one.value_cents, 100), one.first_day, one.last_day) for one in household.quotients] or None


def child_count(child: Child, household: Household) -> Fraction | None:
    """The number of children that the household declares."""
    del child
    return None if household.children_count is None else Fraction(household.children_count)


def custody(child: Child, household: Household) -> bool | Iterable[Dated]:
    """Whether the child is in this household: always, or one week in so many."""
    for one in household.custodies:
        if one.child == child.code:
            return [Dated(False), Dated(True, one.first_day, every_weeks=one.every_weeks)]
    return True


def worded(source: Source, words: Mapping[str, str], *, otherwise: str | None = None) -> Source:
    """
    A source in the words of a règlement: « PS » is said « maternelle », « Cluses » is « commune ».

    Args:
        source: What gives the word of the record.
        words: What it is called in the règlement, capitals, accents and hyphens apart.
        otherwise: What any other word is called; None leaves it unknown, and so undecided.
    """
    said = {_alike(word): found for word, found in words.items()}

    def read(child: Child, household: Household) -> str | None:
        given = source(child, household)
        return said.get(_alike(given), otherwise) if isinstance(given, str) else None

    return read


def _alike(word: str) -> str:
    return folded(word.replace("-", " "))


def household_facts(household: Household, children: Iterable[Child], sources: Mapping[str, Source]) -> dict[str, Facts]:
    """
    The facts of each child of a household, by code: what `Desk` takes for a child and for `siblings`.

    Args:
        household: Of which all children must be given.
        children: Their records.
        sources: For each fact that the règlement declares, what it is drawn from. A fact that is not known is left out.

    Raises:
        InvalidValueError: If a child is not of the household, or one of it is not given.

    >>> lea = Child(code="lea", first_name="Léa", last_name="Martin", level="CP", birth_date=date(2015, 3, 21))
    >>> home = Household(code="f1", me=Profile(code="p1", first_name="Zoé", last_name="Martin"), children=("lea",))
    >>> cluses = {"age": birth, "niveau": worded(level, {"CP": "elementaire"}), "quotient": quotient}
    >>> household_facts(home, [lea], cluses)["lea"].at("niveau", date(2021, 9, 6))
    'elementaire'
    """
    given = {one.code: one for one in children}
    raise_all(_child_faults(household, given))
    return {code: _facts(given[code], household, sources) for code in household.children}


def _facts(child: Child, household: Household, sources: Mapping[str, Source]) -> Facts:
    found = {code: source(child, household) for code, source in sources.items()}
    return Facts.from_mapping({code: one for code, one in found.items() if one is not None})


def _child_faults(household: Household, given: Mapping[str, Child]) -> Iterator[Fault]:
    for code in given:
        if code not in household.children:
            fr, en = (
                "pas un enfant de ce foyer ; ajoutez-le à « enfants »",
                "not of this household; add it to its children",
            )
            yield Fault((code,), fr, en)
    for code in household.children:
        if code not in given:
            fr, en = (
                "enfant du foyer dont la fiche manque ; donnez-la",
                "a child of the household; its record is missing",
            )
            yield Fault((code,), fr, en)
