"""The sentences of what no rule between slots refuses: deadlines, closed dates, unknown data (S1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .errors import Lang
from .violations import Violation

#: Stable code to its sentence, French then English; {slots} and the violation's parameters stand in braces.
SENTENCES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "hors-periode": (
            "hors de la période « {periode} », ouverte du {first} au {last}",
            "outside the période « {periode} », open from {first} to {last}",
        ),
        "jour-ferme": ("jour fermé ({kind}) pour « {periode} »", "closed ({kind}) for « {periode} »"),
        "calendrier-inconnu": (
            "le calendrier du règlement ne va pas jusqu'à cette date",
            "the règlement's calendar does not reach this date",
        ),
        "non-offert": ("{slots} n'est pas proposé ce jour-là", "{slots} is not offered that day"),
        "hors-mode": (
            "{slots} n'est pas un créneau de « {periode} »",
            "{slots} is not a slot of « {periode} »",
        ),
        "variante-tenue": (
            "{slots} est déjà réservé en {held} ; il se garde ainsi",
            "{slots} is already booked as {held}; it is kept so",
        ),
        "variante-fermee": (
            "{slots} ne se réserve qu'en {live} à cet instant",
            "{slots} can only be booked as {live} at this instant",
        ),
        "delai-depasse": (
            "{slots} : trop tard depuis le {since} ({limit})",
            "{slots}: too late since {since} ({limit})",
        ),
        "pas-encore-ouvert": ("{slots} : pas avant le {opens}", "{slots}: not before {opens}"),
        "jamais": ("{slots} ne se réserve pas ce jour-là", "{slots} cannot be booked that day"),
        "delai-inconnu": ("{slots} : délai inconnu, {why}", "{slots}: deadline not known, {why}"),
        "fermeture": ("{slots} : fermé par le service ({motive})", "{slots}: closed by the service ({motive})"),
        "annulation-fermeture": (
            "{slots} : fermé par le service ({motive}), qui l'annule lui-même",
            "{slots}: closed by the service ({motive}), which cancels it itself",
        ),
        "autre-foyer": (
            "{slots} est réservé par un autre foyer (« {holder} ») ; lui seul peut l'annuler, gardez-le",
            "{slots} is booked by another household (« {holder} »), which alone can cancel it; keep it",
        ),
        "annulation-non-offerte": (
            "{slots} n'est plus proposé ce jour-là ; seul le service peut l'annuler",
            "{slots} is no longer offered that day; only the service can cancel it",
        ),
        "annulation-delai-depasse": (
            "{slots} : trop tard pour annuler depuis le {since} ({limit})",
            "{slots}: too late to cancel since {since} ({limit})",
        ),
        "annulation-pas-encore-ouvert": (
            "{slots} : pas d'annulation avant le {opens}",
            "{slots}: no cancelling before {opens}",
        ),
        "annulation-jamais": ("{slots} ne s'annule pas", "{slots} cannot be cancelled"),
        "annulation-delai-inconnu": (
            "{slots} : délai d'annulation inconnu, {why}",
            "{slots}: cancelling deadline not known, {why}",
        ),
        "planning-partiel": (
            "le planning ne dit rien de {slots}, que nomme cette règle",
            "the planning says nothing of {slots}, which this rule names",
        ),
        "avec-les-autres": (
            "{fenetre} : ses dates vont ensemble, et {autres} n'est pas accepté",
            "{fenetre}: its dates go together, and {autres} is not accepted",
        ),
        "fenetre-trop-courte": (
            "{fenetre} : trop peu de jours ouverts pour cette règle, qui ne dit pas si_moins_ouverts",
            "{fenetre}: too few open days for this rule, which does not say si_moins_ouverts",
        ),
        "regle-incertaine": (
            "on ne sait pas si cette règle s'applique : il manque {facts}",
            "whether this rule applies is not known: missing {facts}",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts into words what the format itself refuses."""

    def sentence(self, violation: Violation, lang: Lang) -> str:
        """The sentence of the violation's code."""
        template = SENTENCES[violation.code][lang == "en"]
        words = {name: str(value) for name, value in violation.params}
        if lang == "en":  # what is itself told in words comes in both languages
            words |= {name.removesuffix("_en"): said for name, said in words.items() if name.endswith("_en")}
        return template.format_map({"slots": violation.named(violation.slots, lang), **words})


TELLER: Final = Teller()
