"""Who may act, and how many fit: gates on facts, and pools of places (S6.4, S6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Final

from .bounds import Interval, format_interval
from .described import Key, ListOf, Record
from .errors import Fault, Lang, raise_all
from .facts import Facts, Profile, compare
from .selectors import WHO, Where, Who, fits
from .shapes import UNPUBLISHED, Choice, Either, Flag, Slug, Text, Unpublished, Whole
from .slots import HYPOTHESE, SOURCE
from .violations import Param, Violation


class Act(Enum):
    """What a gate may close."""

    SEE = "voir"
    BOOK = "reserver"
    CANCEL = "annuler"


ACT: Final = Choice(tuple((act.value, act) for act in Act))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Where):
    """
    What must be known of a child or a household before something may be done (S6.4).

    Args:
        requires: Conditions on facts, all of which must hold; a missing fact makes the answer undecided.
        closes: The acts that it closes otherwise: booking unless said. A cancellation only where written.
        message: The sentence shown to parents, where the règlement gives one.
    """

    code: Annotated[str, Key("", Slug(), "")]
    requires: Annotated[Who, Key("exige", WHO, "Ce qui doit être vrai.", '{ dossier-enfant = "complet" }')]
    closes: Annotated[
        tuple[Act, ...],
        Key("ferme", ListOf(ACT, True), "Ce qui est fermé sinon : voir, reserver, annuler.", '"reserver"'),
    ] = (Act.BOOK,)
    message: Annotated[str, Key("message", Text(), "La phrase montrée aux familles.")] = ""
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        if not self.requires:
            raise_all([Fault(("requires",), "dites ce qui est exigé", "say what is required")])

    def failing(self, profile: Profile, facts: Facts, day: date) -> tuple[tuple[str, Param], ...]:
        """The facts that keep it shut, as a violation has them: « non » or « manque », and what each says is missing."""
        found: list[tuple[str, Param]] = []
        for fact, bound in self.requires:
            if compare(bound, profile(fact)) is not True:
                found.append((fact, "manque" if profile(fact) is None else "non"))
                if missing := facts.missing(fact, day):
                    found.append((_missing(fact), ", ".join(f"« {name} »" for name in missing)))
        return tuple(found)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        """The règlement's own message, then what is missing."""
        lacking = []
        for fact, bound in self.requires:
            if violation.param(fact) != "":
                need = format_interval(bound) if isinstance(bound, Interval) else _words(bound, lang)
                said = f"{fact} : {need}" if lang == "fr" else f"{fact}: {need}"
                names = violation.param(_missing(fact))
                lacking.append(f"{said}, {'il manque' if lang == 'fr' else 'missing'} {names}" if names else said)
        missing = " ; ".join(lacking) if lang == "fr" else "; ".join(lacking)
        if violation.code == "fait-manquant":
            said = (
                "on ne sait pas si l'accès est ouvert, il faudrait"
                if lang == "fr"
                else "not known to be open, to be told"
            )
            return f"{said} {missing}"
        if self.message:
            return f"{self.message} ({'il faut' if lang == 'fr' else 'needed'} {missing})"
        return f"accès fermé, il faut {missing}" if lang == "fr" else f"closed, needed {missing}"


def _missing(fact: str) -> str:
    """The name of the parameter that tells what a fact says is missing; no code of a fact has a point."""
    return f"{fact}.manque"


def _words(bound: frozenset[str] | frozenset[bool], lang: Lang) -> str:
    said = {True: ("oui", "yes"), False: ("non", "no")}
    words = sorted(said[one][lang == "en"] if isinstance(one, bool) else one for one in bound)
    return (" ou " if lang == "fr" else " or ").join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """A class of the waiting list: who is in it (S6.5). Ranking inside a class is the portal's."""

    label: Annotated[str, Key("nom", Text(60), "Le nom de la priorité.", '"résidents"')]
    who: Annotated[Who, Key("qui", WHO, "Qui en fait partie.", '{ residence = "commune" }')] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool(Where):
    """
    Places on one date, a child counted once whatever slots of the pool he holds (S6.5).

    Args:
        places: Children that fit; announced but not published makes the answer undecided.
        waiting: Whether a full pool grants the waiting list instead of refusing.
        priorities: Classes of the waiting list, the first that fits being the child's.
    """

    code: Annotated[str, Key("", Slug(), "")]
    places: Annotated[
        int | Unpublished,
        Key(
            "enfants",
            Either(number=Whole(0, 100_000), text=Choice((("non publié", UNPUBLISHED),))),
            "Nombre de places.",
            "60",
        ),
    ]
    waiting: Annotated[bool, Key("attente", Flag(), "Une liste d'attente quand c'est plein.", "true")] = False
    priorities: Annotated[
        tuple[Priority, ...],
        Key("priorite", ListOf(Record(Priority)), "Les priorités de la liste d'attente, dans l'ordre."),
    ] = ()
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def priority(self, profile: Profile) -> str:
        """The child's class on the waiting list; empty where none fits, or a missing fact would tell."""
        for one in self.priorities:
            met = fits(one.who, profile)
            if met is not False:
                return one.label if met else ""
        return ""

    def sentence(self, violation: Violation, lang: Lang) -> str:
        """Full, with how many places there are; or what is not known of how many are taken, or of whose they are."""
        who = violation.named(violation.slots, lang)
        if facts := violation.param("facts"):
            fr, en = (
                "on ne sait pas si ces places sont les siennes, il manque",
                "whether these places are his is not known, missing",
            )
            return f"{who} : {fr} {facts}" if lang == "fr" else f"{who}: {en} {facts}"
        if violation.code == "places-inconnues":
            return f"{who} : places prises inconnues" if lang == "fr" else f"{who}: places taken not known"
        places = violation.param("places")
        return f"{who} : complet ({places} places)" if lang == "fr" else f"{who}: full ({places} places)"
