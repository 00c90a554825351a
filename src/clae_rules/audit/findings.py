"""What an audit says, as data: severity, place, rules and boxes, and the sentences made from them (S1.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import total_ordering
from types import MappingProxyType
from typing import Any, Final

from ..errors import Lang
from .spaces import BoxName


@total_ordering
class Severity(Enum):
    """How much a finding matters; they compare, the gravest being the greatest."""

    NOTE = "à savoir"
    WARNING = "avertissement"
    ERROR = "erreur"

    def __lt__(self, other: Severity) -> bool:
        order = list(Severity)
        return order.index(self) < order.index(other)

    def text(self, lang: Lang = "fr") -> str:
        """The severity in words."""
        return self.value if lang == "fr" else self.name.lower()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding: how grave it is by itself, and its sentence, French then English."""

    severity: Severity
    fr: str
    en: str


#: Every kind of finding by its stable code; {boxes}, {rules} and the parameters stand in braces.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "reglement-invalide": Kind(Severity.ERROR, "{what}", "{what_en}"),
        "rien-a-reserver": Kind(
            Severity.ERROR,
            "rien ne peut être réservé, à cause de {rules}",
            "nothing can be booked, because of {rules}",
        ),
        "creneau-mort": Kind(
            Severity.ERROR,
            "{boxes} est proposé et ne peut jamais être réservé, à cause de {rules}",
            "{boxes} is offered and can never be booked, because of {rules}",
        ),
        "creneau-mort-pour-certains": Kind(
            Severity.NOTE,
            "{boxes} ne peut jamais être réservé par certaines familles ({who}), à cause de {rules}",
            "{boxes} can never be booked by some families ({who}), because of {rules}",
        ),
        "creneau-force": Kind(
            Severity.NOTE,
            "toute réservation comprend {boxes}, à cause de {rules}",
            "every booking holds {boxes}, because of {rules}",
        ),
        "toujours-ensemble": Kind(
            Severity.NOTE,
            "{boxes} vont toujours ensemble : {rules} ({how})",
            "{boxes} always go together: {rules} ({how_en})",
        ),
        "jamais-ensemble": Kind(
            Severity.NOTE,
            "{boxes} ne vont jamais ensemble : {rules} ({how})",
            "{boxes} never go together: {rules} ({how_en})",
        ),
        "paires-nombreuses": Kind(
            Severity.NOTE,
            "{count} paires de cases ne vont jamais ensemble ; la première, {boxes}, à cause de {rules}",
            "{count} pairs of boxes never go together; the first, {boxes}, because of {rules}",
        ),
        "regle-redondante": Kind(
            Severity.WARNING,
            "la règle « {rule} » n'ajoute rien à {rules}",
            "the rule « {rule} » adds nothing to {rules}",
        ),
        "regle-masquee": Kind(
            Severity.WARNING,
            "la règle « {rule} » est masquée par {rules}, qui refuse déjà tout ce qu'elle refuse",
            "the rule « {rule} » is shadowed by {rules}, which already refuses all that it refuses",
        ),
        "regle-doublon": Kind(
            Severity.WARNING,
            "{rules} refusent exactement les mêmes réservations : gardez-en une",
            "{rules} refuse exactly the same bookings: keep one",
        ),
        "regle-muette": Kind(
            Severity.WARNING,
            "la règle « {rule} » ne refuse jamais rien : aucun jour d'ouverture ne lui donne à dire",
            "the rule « {rule} » never refuses anything: no open day gives it something to say",
        ),
        "regle-sur-plusieurs-jours": Kind(
            Severity.NOTE,
            "la règle « {rule} » se juge par {over} : les sélections d'un jour sont comptées sans elle",
            "the rule « {rule} » is judged over {over}: the selections of a day are counted without it",
        ),
        "hors-d-atteinte": Kind(
            Severity.NOTE,
            "{count} sélections permises ne s'obtiennent pas en cochant une case à la fois ; la plus petite : {boxes}",
            "{count} allowed selections cannot be had by ticking one box at a time; the smallest: {boxes}",
        ),
        "chevauchement": Kind(
            Severity.NOTE,
            "{boxes} se chevauchent ({times}) et peuvent être réservés ensemble",
            "{boxes} overlap ({times}) and may be booked together",
        ),
        "piege-annulation": Kind(
            Severity.WARNING,
            "qui tient {boxes} ne peut plus annuler {slot}, pourtant annulable jusqu'au {until} : "
            "depuis le {since}, {closed} ne s'annule plus (délai « {deadline} »)",
            "whoever holds {boxes} can no longer cancel {slot}, though it may be cancelled until {until}: "
            "since {since}, {closed} cannot be cancelled (deadline « {deadline} »)",
        ),
        "piege-reservation": Kind(
            Severity.WARNING,
            "{slot} se réserve jusqu'au {until}, mais plus rien ne le permet depuis le {since} à qui ne tient rien : "
            "{closed} ne se réserve plus (délai « {deadline} »)",
            "{slot} may be booked until {until}, but since {since} nothing allows it to whoever holds nothing: "
            "{closed} cannot be booked any more (deadline « {deadline} »)",
        ),
        "hors-delai-moins-cher": Kind(
            Severity.WARNING,
            "{boxes} coûte {late} hors délai et {normal} dans les délais ({who})",
            "{boxes} costs {late} late and {normal} in time ({who_en})",
        ),
        "prix-decroissant": Kind(
            Severity.WARNING,
            "{boxes} : {low} pour {below} et {high} pour {above}, pourtant plus aisé ({who})",
            "{boxes}: {low} for {below} and {high} for {above}, though wealthier ({who_en})",
        ),
        "saut-de-prix": Kind(
            Severity.NOTE,
            "{boxes} : de {low} à {high} entre {below} et {above}, plus que {step} ({who})",
            "{boxes}: from {low} to {high} between {below} and {above}, more than {step} ({who_en})",
        ),
        "jamais-ouvert": Kind(
            Severity.WARNING,
            "{boxes} : aucun jour d'ouverture ; aucune période du mode « {mode} » n'en ouvre",
            "{boxes}: no open day; no période of the mode « {mode} » opens one",
        ),
        "periode-vide": Kind(
            Severity.WARNING,
            "la période « {periode} » n'ouvre aucun jour",
            "the période « {periode} » opens no day",
        ),
        "laisse-ouvert": Kind(Severity.NOTE, "{what}", "{what_en}"),
        "non-compte": Kind(
            Severity.NOTE,
            "{count} cases liées par {rules_count} règles, dont {boxes} : trop pour compter leurs sélections "
            "et pour y chercher les pièges des délais ; tout le reste est vérifié",
            "{count} boxes tied by {rules_count} rules, {boxes} among them: too many to count their selections "
            "and to look for deadline traps; all the rest is checked",
        ),
        "solveur-absent": Kind(
            Severity.WARNING,
            "{count} cases liées par {rules_count} règles, dont {boxes}, ne sont pas regardées : "
            "au-delà de 20, il faut python-sat ; pip install 'clae-rules[sat]'",
            "{count} boxes tied by {rules_count} rules, {boxes} among them, are not looked at: "
            "past 20, python-sat is needed; pip install 'clae-rules[sat]'",
        ),
        "trop-de-cas": Kind(Severity.NOTE, "{what}", "{what_en}"),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that an audit has found.

    Args:
        code: Its kind, a stable French slug of `KINDS`.
        kind_of_day: On which kind of day, French then English; empty where it is about the whole règlement.
        first_day: The first date concerned; None for the whole règlement.
        dates: How many dates.
        rules: Codes of the rules responsible, none of which could be left out.
        boxes: The boxes concerned, in display order.
        sources: Document and article of each of those rules, or the hypothesis it rests on.
        params: What else the sentence says, by name.
        labels: Slot code to short label.
    """

    code: str
    kind_of_day: tuple[str, str] = ("", "")
    first_day: date | None = None
    dates: int = 0
    rules: tuple[str, ...] = ()
    boxes: tuple[BoxName, ...] = ()
    sources: tuple[str, ...] = ()
    params: tuple[tuple[str, str | int], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return KINDS[self.code].severity

    def day(self, lang: Lang = "fr") -> str:
        """The kind of day in words; empty where it is about the whole règlement."""
        return self.kind_of_day[lang == "en"]

    def sentence(self, lang: Lang = "fr") -> str:
        """The finding in one sentence, without the kind of day."""
        kind = KINDS[self.code]
        words = {name: str(value) for name, value in self.params}
        said = (kind.fr if lang == "fr" else kind.en).format_map(
            {"boxes": self._boxes(lang), "rules": self._rules(lang), **words}
        )
        known = ", ".join(dict.fromkeys(one for one in self.sources if one))
        return f"{said} ({known})" if known else said

    def text(self, lang: Lang = "fr") -> str:
        """The sentence with its severity and its kind of day."""
        colon = " : " if lang == "fr" else ": "
        day = self.day(lang)
        where = f" — {day}" if day else ""
        return f"{self.severity.text(lang)}{colon}{self.sentence(lang)}{where}"

    def plain(self) -> dict[str, Any]:
        """The same as JSON types."""
        return {
            "code": self.code,
            "gravite": self.severity.value,
            "jour": self.day("fr"),
            "premiere_date": None if self.first_day is None else self.first_day.isoformat(),
            "dates": self.dates,
            "regles": list(self.rules),
            "cases": [{"creneau": one.slot, "variante": one.variant.value} for one in self.boxes],
            "sources": list(self.sources),
            "parametres": dict(self.params),
            "texte": self.sentence("fr"),
            "text": self.sentence("en"),
        }

    def _boxes(self, lang: Lang) -> str:
        return listed([one.text(self.labels) for one in self.boxes], lang)

    def _rules(self, lang: Lang) -> str:
        names = [f"« {one} »" for one in self.rules]
        return listed(names, lang) or ("aucune règle", "no rule")[lang == "en"]

    @property
    def order(self) -> tuple[object, ...]:
        """Gravest first, then by code, date and boxes: never the order of the rules."""
        grave = list(Severity)[::-1].index(self.severity)
        return (grave, list(KINDS).index(self.code), self.first_day or date.min, self.rules, self.boxes, self.params)


def listed(words: list[str], lang: Lang) -> str:
    """Words in a row, the last one after « et »."""
    last = ("et", "and")[lang == "en"]
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings, each once, the gravest first."""
    return tuple(sorted(dict.fromkeys(found), key=lambda one: [str(part) for part in one.order]))
