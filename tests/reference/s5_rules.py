"""S5: rules of a selection, on plain sets of slots; a selection is a dict of each held slot to its variant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .s1_answers import Answer, Plain, many
from .s2_places import expand
from .s5_who import holds_formule, on_selection, speaks_of_selection

Held = Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """S5.6: a rule on one date: the open slots it is said of, and whether the facts say that it applies."""

    code: str
    rule: Plain
    subject: tuple[str, ...]
    maybe: tuple[str, ...]


def narrowed(rule: Plain, slots: Iterable[str], held: Held) -> set[str]:
    """S2.3: which of some slots are held, in the variant to which the rule narrows itself."""
    variants = rule.get("variante") or ["normal", "hors-delai"]
    return {slot for slot in slots if held.get(slot) in variants}


def weight(rule: Plain, slots: Iterable[str]) -> int:
    """S5.3: how much some slots count."""
    return sum(int(rule.get("poids", {}).get(slot, 1)) for slot in slots)


def requires_all(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.1: A needs all of B…"""
    needed = set(expand(reglement, rule["seulement_avec"]))
    return bool(narrowed(rule, subject, held)) and not needed <= set(held)


def requires_any(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.1: A needs any of B…"""
    others = set(expand(reglement, rule["seulement_avec_un_de"]))
    return bool(narrowed(rule, subject, held)) and not others & set(held)


def forbidden_alone(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.1: A is never booked without any of its companions."""
    others = set(expand(reglement, rule["interdit_seul_sans"]))
    return bool(narrowed(rule, subject, held)) and not others & set(held)


def blocks(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.2: A and any of B… never together."""
    others = set(expand(reglement, rule["bloque"]))
    return bool(narrowed(rule, subject, held)) and bool(others & set(held))


def at_most(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.3: at most n."""
    return weight(rule, narrowed(rule, subject, held)) > int(rule["au_plus"])


def at_least(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.3, S1.7: none, or at least n."""
    return 0 < weight(rule, narrowed(rule, subject, held)) < int(rule["au_moins"])


def exactly(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.3, S1.7: none, or exactly n."""
    return weight(rule, narrowed(rule, subject, held)) not in {0, rule["exactement"]}


def all_or_none(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.3: all of them, or none."""
    return narrowed(rule, subject, held) not in (set(), subject)


def only_formules(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.3: nothing, or exactly one of the formules."""
    sets = [set(one) for code in rule["formules_seulement"] for one in reglement["formule"][code]["ensembles"]]
    return narrowed(rule, subject, held) not in [set(), *sets]


def exclusive_formules(reglement: Plain, rule: Plain, subject: set[str], held: Held) -> bool:
    """S5.3: at most one of the formules."""
    return sum(holds_formule(reglement, code, held) for code in rule["une_seule_formule_de"]) > 1


#: S5: what each verb forbids.
VERBS: Final[Mapping[str, Callable[[Plain, Plain, set[str], Held], bool]]] = MappingProxyType(
    {
        "seulement_avec": requires_all,
        "seulement_avec_un_de": requires_any,
        "interdit_seul_sans": forbidden_alone,
        "bloque": blocks,
        "au_plus": at_most,
        "au_moins": at_least,
        "exactement": exactly,
        "tout_ou_rien": all_or_none,
        "formules_seulement": only_formules,
        "une_seule_formule_de": exclusive_formules,
    }
)


def verb_of(rule: Plain) -> str:
    """The one verb of a rule."""
    (found,) = (verb for verb in VERBS if verb in rule)
    return found


def speaks_here(reglement: Plain, rule: Plain, held: Held) -> bool:
    """S1 (selector): a rule that names formules speaks only where one of them is held."""
    names = rule.get("formules", [])
    return not names or any(holds_formule(reglement, code, held) for code in names)


def left_of(reglement: Plain, rule: Plain, slots: Iterable[str], held: Held) -> set[str]:
    """S1.6: the slots that no exception written in the rule takes away from this selection."""
    exceptions = [one for one in many(rule.get("sauf")) if speaks_of_selection(one)]
    return {slot for slot in slots if not any(on_selection(reglement, one, slot, held) for one in exceptions)}


def breaks(reglement: Plain, said: Said, held: Held) -> Answer:
    """S5, S1.5: whether a selection breaks a rule; unknown where that depends on a fact that is missing."""
    if not speaks_here(reglement, said.rule, held):
        return False
    verb = VERBS[verb_of(said.rule)]
    answers = set()
    for subject in {said.subject, (*said.subject, *said.maybe)}:
        slots = left_of(reglement, said.rule, subject, held)
        answers.add(bool(slots) and verb(reglement, said.rule, slots, held))
    return answers.pop() if len(answers) == 1 else None


def causes(reglement: Plain, said: Said, held: Held) -> set[str]:
    """S6.2: the slots held that make a rule broken: those it is said of, and those they must not go with."""
    rule, verb = said.rule, verb_of(said.rule)
    if verb == "une_seule_formule_de":
        sets = [set(one) for code in rule[verb] for one in reglement["formule"][code]["ensembles"]]
        found = {slot for one in sets if one <= set(held) for slot in one}
    else:
        found = narrowed(rule, left_of(reglement, rule, (*said.subject, *said.maybe), held), held)
    if verb == "bloque":
        found |= set(expand(reglement, rule[verb])) & set(held)
    for code in rule.get("formules", []):
        for one in reglement["formule"][code]["ensembles"]:
            found |= set(one) if set(one) <= set(held) else set()
    return found
