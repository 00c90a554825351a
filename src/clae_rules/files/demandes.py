"""What a family asks, as a file: `[demande]`, `[enfant.X]`, `[foyer]`, `[deja]`, `[veut]`, `[recopie]`…"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Final

from ..closures import Closure, closure_faults
from ..days import WEEKDAY, monday
from ..described import Coded, Key, ListOf, Record, TableOf, keys_of, leaves
from ..errors import Fault, InvalidDemandeError, InvalidValueError, Path, meant
from ..facts import Facts, misgiven
from ..holdings import Demande, Grain, Occupancy, Override, Planning, Wish
from ..patterns import Pattern
from ..recopie import LATE, ONTO, Late, Onto
from ..references import references, unknown
from ..reglement import Reglement
from ..shapes import Choice, Day, Either, Flag, Instant, Ref, Slug, Text, Whole
from ..slots import Held, Selection
from .given_facts import FactsShape
from .subscriptions import ASKED, HAD, AbonnementFile, abonnement_faults

GRAIN: Final = Choice(tuple((grain.value, grain) for grain in Grain))
UNKNOWN_PRICE: Final = Choice((("accepter", True), ("indécis", False)))
PLACES: Final = Whole(0, 100_000)
WISH: Final = Either(text=Ref(("créneau",)), table=Record(Held))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`[demande]`: who asks what, when."""

    reglement: Annotated[str, Key("reglement", Slug(), "Le code du règlement.", '"cluses-clae-messy-2021"')]
    child: Annotated[str, Key("enfant", Slug(), "Le code de l'enfant.", '"martin"')]
    periode: Annotated[str, Key("periode", Ref(("periode",)), "Le code de la période.", '"periscolaire-2021"')]
    instant: Annotated[
        datetime | None, Key("instant", Instant(), "L'instant de la demande.", "2021-09-01T09:00:00+02:00")
    ] = None
    grain: Annotated[Grain, Key("accepter", GRAIN, "« entière » ou « jour par jour ».", '"entière"')] = Grain.WHOLE
    unknown_price: Annotated[
        bool, Key("prix_inconnu", UNKNOWN_PRICE, "Réserver à un prix annoncé et non publié, ou non.", '"accepter"')
    ] = False
    household: Annotated[
        str, Key("foyer", Slug(), "En garde alternée, le foyer qui demande, paie et peut annuler.", '"mere"')
    ] = ""
    households: Annotated[
        tuple[str, ...], Key("foyers", ListOf(Slug(), most=10), "Tous les foyers de l'enfant.", '["mere", "pere"]')
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """`[recopie]`: a day, or some slots, onto weekdays between two dates (S9)."""

    model: Annotated[date | None, Key("modele", Day(), "La date de [veut] que l'on recopie.", "2021-09-06")] = None
    week: Annotated[
        date | None,
        Key("semaine", Day(), "Ou un jour de la semaine de [veut] que l'on recopie, jour par jour.", "2021-09-06"),
    ] = None
    slots: Annotated[
        tuple[str, ...], Key("creneaux", ListOf(Ref(("créneau",)), True), "Ou les créneaux à recopier.")
    ] = ()
    first_day: Annotated[date, Key("du", Day(), "Premier jour, compris.", "2021-09-13")]
    last_day: Annotated[date, Key("au", Day(), "Dernier jour, compris.", "2021-11-19")]
    weekdays: Annotated[
        tuple[int, ...], Key("jours", ListOf(WEEKDAY, True, most=7), "Les jours où recopier.", '["lundi", "jeudi"]')
    ] = ()
    every_weeks: Annotated[int, Key("une_sur", Whole(1, 52), "Une semaine sur tant.", "2")] = 1
    from_week: Annotated[date | None, Key("a_partir_de", Day(), "Un jour de la première semaine comptée.")] = None
    onto: Annotated[Onto, Key("deja_pris", ONTO, "« fusionner », « remplacer » ou « garder ».", '"fusionner"')]
    late: Annotated[Late, Key("hors_delai", LATE, "« refuser » ou « accepter ».", '"refuser"')] = Late.REFUSE
    holidays_count: Annotated[
        bool, Key("compter_vacances", Flag(), "Les semaines de vacances comptent dans « une semaine sur ».", "false")
    ] = True
    erase: Annotated[bool, Key("effacer", Flag(), "Vider ces dates.", "true")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideFile:
    """`[derogation.X]`: rules that an agent set aside (S6.7)."""

    code: Annotated[str, Key("", Slug(), "")]
    rules: Annotated[tuple[str, ...], Key("regles", ListOf(Slug(), True), "Les règles écartées.", '["repas-mercredi"]')]
    agent: Annotated[str, Key("agent", Text(80), "Qui l'a décidé.")]
    reason: Annotated[str, Key("motif", Text(), "Pourquoi.")]
    instant: Annotated[datetime, Key("instant", Instant(), "Quand.")]
    days: Annotated[
        tuple[date, ...], Key("dates", ListOf(Day(), True), "Pour quelles dates ; toutes sans cette ligne.")
    ] = ()


Wishes = tuple[tuple[date, tuple[Wish, ...]], ...]
WISHES: Final = TableOf(Day(), ListOf(WISH, least=0, most=64), most=800)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeFile:
    """A demande file, read but not yet held against its règlement."""

    format: Annotated[int, Key("format", Whole(1, 1), "La version du format de fichier.", "1")] = 1
    asked: Annotated[Asked, Key("demande", Record(Asked), "Qui demande quoi.")]
    children: Annotated[
        tuple[tuple[str, Facts], ...],
        Key("enfant", TableOf(Slug(), FactsShape()), "Ce que l'on sait de chaque enfant."),
    ] = ()
    household: Annotated[Facts, Key("foyer", FactsShape(), "Ce que l'on sait du foyer.")] = Facts()
    held: Annotated[tuple[tuple[date, tuple[Wish, ...]], ...], Key("deja", WISHES, "Ce que l'enfant a déjà.")] = ()
    siblings_held: Annotated[
        tuple[tuple[str, tuple[tuple[date, tuple[Wish, ...]], ...]], ...],
        Key("fratrie", TableOf(Slug(), WISHES), "Ce que chaque frère ou sœur a déjà."),
    ] = ()
    given_back: Annotated[
        tuple[tuple[date, tuple[Wish, ...]], ...],
        Key("rendu", WISHES, "Ce que l'enfant avait et a rendu depuis : seuls les tarifs « acquis » s'en souviennent."),
    ] = ()
    wanted: Annotated[
        tuple[tuple[date, tuple[Wish, ...]], ...],
        Key("veut", WISHES, "Ce que l'on veut, la journée entière ; [] enlève tout."),
    ] = ()
    copied: Annotated[
        Copied | None, Key("recopie", Record(Copied), "« Recopier cette journée sur d'autres dates ».")
    ] = None
    taken: Annotated[
        tuple[tuple[str, int | tuple[tuple[date, int], ...]], ...],
        Key(
            "places",
            TableOf(Ref(("capacite",)), Either(number=PLACES, table=TableOf(Day(), PLACES))),
            "Places déjà prises, sans l'enfant, date par date ; un nombre seul vaut pour toutes les dates.",
        ),
    ] = ()
    subscription: Annotated[
        tuple[AbonnementFile, ...],
        Key("abonnement", ASKED, "L'abonnement demandé ; à la place du même, s'il l'a déjà."),
    ] = ()
    subscriptions: Annotated[
        tuple[AbonnementFile, ...], Key("abonne", HAD, "Les abonnements que l'enfant a déjà.")
    ] = ()
    closures: Annotated[
        tuple[Closure, ...],
        Key("fermeture", Coded(Slug(), Record(Closure)), "Ce que le service ferme : grève, sortie…"),
    ] = ()
    overrides: Annotated[
        tuple[OverrideFile, ...], Key("derogation", Coded(Slug(), Record(OverrideFile)), "Dérogations d'un agent.")
    ] = ()

    def planning(self) -> Planning:
        """What the child and his siblings hold already, with the recorded overrides."""
        overrides = tuple(
            Override(
                rules=one.rules,
                child=self.asked.child,
                agent=one.agent,
                reason=one.reason,
                instant=one.instant,
                days=one.days,
            )
            for one in self.overrides
        )
        each = ((self.asked.child, self.held), *self.siblings_held)
        held = tuple((child, day, self._selection(slots)) for child, days in each for day, slots in days)
        back = tuple((self.asked.child, day, self._selection(slots)) for day, slots in self.given_back)
        return Planning(held, overrides, given_back=back)

    def _selection(self, slots: tuple[Wish, ...]) -> Selection:
        """What is held, by the household that asks where no other is named."""
        found = (Held(one) if isinstance(one, str) else one for one in slots)
        return Selection(tuple(replace(one, holder=one.holder or self.asked.household) for one in found))

    def facts(self) -> Facts:
        """What is known of the child and his household."""
        return self.household.merged(dict(self.children).get(self.asked.child, Facts()))

    def siblings(self) -> dict[str, Facts]:
        """What is known of each of his siblings, by code."""
        return {code: self.household.merged(facts) for code, facts in self.children if code != self.asked.child}

    def demande(self) -> Demande:
        """The dates wanted, without the recopie."""
        return Demande(self.asked.child, self.asked.periode, self.wanted)

    def occupancy(self) -> Occupancy:
        """Places already taken."""
        each = ((pool, ((None, told),) if isinstance(told, int) else told) for pool, told in self.taken)
        return Occupancy(tuple((pool, day, count) for pool, days in each for day, count in days))

    def pattern(self) -> Pattern | None:
        """The recopie's pattern, where there is one."""
        if self.copied is None:
            return None
        one = self.copied
        try:
            return Pattern(
                model=self._model(one),
                first_day=one.first_day,
                last_day=one.last_day,
                every_weeks=one.every_weeks,
                from_week=one.from_week,
                erase=one.erase,
            )
        except InvalidValueError as bad:
            written = {field.name: key.name for field, key in keys_of(Copied)} | {"model": "creneaux"}
            raise InvalidDemandeError(
                Fault(("recopie", written.get(str(path[0]), path[0])), fault.fr, fault.en)
                for fault in bad.faults
                if (path := fault.path)
            ) from bad

    def _model(self, one: Copied) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """The slots of each weekday: those of a week, day by day, or of one day on each weekday named."""
        wanted = {day: tuple(w if isinstance(w, str) else w.slot for w in wishes) for day, wishes in self.wanted}
        if one.week is not None:
            return tuple((day.weekday(), slots) for day, slots in wanted.items() if monday(day) == monday(one.week))
        slots = one.slots if one.model is None else wanted.get(one.model, ())
        return tuple((weekday, slots) for weekday in one.weekdays)


DEMANDE: Final = Record(DemandeFile)


def check_demande(read: DemandeFile, reglement: Reglement) -> None:
    """
    Hold a demande file against its règlement.

    Raises:
        InvalidDemandeError: Naming every unknown code and misgiven fact at once.
    """
    faults = tuple(_faults(read, reglement))
    if faults:
        raise InvalidDemandeError(faults)


def _faults(read: DemandeFile, reglement: Reglement) -> Iterator[Fault]:
    if read.asked.reglement != reglement.identity.code:
        other = reglement.identity.code
        fr = f"cette demande est pour « {read.asked.reglement} », lue avec « {other} » ; donnez-lui son règlement"
        yield Fault(
            ("demande", "reglement"), fr, f"this demande is for « {read.asked.reglement} », read with « {other} »"
        )
    known = {
        "créneau": list(reglement.slots()),
        "periode": [one.code for one in reglement.periodes],
        "capacite": [one.code for one in reglement.pools],
    }
    for path, key, value in leaves(read):
        for where, to, code in references(key.shape, value, path):
            if path[0] != "fermeture" and code not in known[to[0]]:
                yield unknown(where, to, code, known[to[0]])
    declared = dict(reglement.facts)
    for code, facts in read.children:
        yield from (fault.under("enfant", code) for fault in misgiven(declared, facts))
    yield from (fault.under("foyer") for fault in misgiven(declared, read.household))
    told, child = [code for code, _ in read.children], read.asked.child
    if told and child not in told:
        tables = ", ".join(f"[enfant.{code}]" for code in told)
        fr = f"lu « {child} », mais seulement {tables} ; ajoutez [enfant.{child}], même vide, ou corrigez l'un des noms"
        en = f"got « {child} », but only {tables}; add [enfant.{child}], even empty, or correct one of the names"
        yield Fault(("demande", "enfant"), fr, en)
    yield from _overridden(read, reglement)
    yield from _of_households(read)
    yield from closure_faults(read.closures, reglement)
    yield from abonnement_faults(
        ("abonnement",), read.subscription, reglement, read.asked.periode, [one.code for one in read.subscriptions]
    )
    yield from abonnement_faults(("abonne",), read.subscriptions, reglement, read.asked.periode)
    if read.subscription and (read.wanted or read.copied is not None):
        fr = "un abonnement se demande seul ; retirez [veut] et [recopie], ou demandez-le à part"
        yield Fault(("abonnement",), fr, "an abonnement is asked alone; drop [veut] and [recopie], or ask it apart")
    if read.copied is not None:
        yield from _copied(read)
    elif not (read.wanted or read.closures or read.subscription):
        yield Fault(
            (), "rien n'est demandé ; ajoutez [veut], ou [recopie]", "nothing is asked; add [veut], or [recopie]"
        )


def _of_households(read: DemandeFile) -> Iterator[Fault]:
    """Each household that is named is one of the child's, so that no misspelt one holds anything (S6.8)."""
    asked = read.asked
    known = list(asked.households)
    if asked.household and asked.household not in known:
        fr = f'écrivez foyers = ["{asked.household}", …], tous les foyers de l\'enfant'
        yield Fault(("demande", "foyers"), fr, f'write foyers = ["{asked.household}", …], all his households')
    if known and not asked.household:
        fr = f'lequel demande ? écrivez foyer = "{known[0]}"'
        yield Fault(("demande", "foyer"), fr, f'which one asks? write foyer = "{known[0]}"')
    sections: list[tuple[Path, Wishes]] = [(("deja",), read.held), (("veut",), read.wanted)]
    sections += [(("fratrie", child), days) for child, days in read.siblings_held]
    held = {(day, one) for day, wishes in read.held for one in wishes}
    for section, days in sections:
        for day, wishes in days:
            for i, one in enumerate(wishes):
                if isinstance(one, str) or not one.holder:
                    continue
                path: Path = (*section, day.isoformat(), i, "foyer")
                if one.holder not in known:
                    fr, en = (
                        meant(one.holder, known) if known else ("écrivez foyer et foyers", "write foyer and foyers")
                    )
                    fr, en = f"foyer inconnu : « {one.holder} » ; {fr}", f"unknown household: « {one.holder} »; {en}"
                    yield Fault(path, fr, f"{en}, one of [demande] foyers")
                elif section == ("veut",) and one.holder != asked.household and (day, one) not in held:
                    fr = "on ne réserve que pour son foyer ; retirez cette ligne"
                    yield Fault(path, fr, "one books for one's own household; drop this line")


def _overridden(read: DemandeFile, reglement: Reglement) -> Iterator[Fault]:
    waivable = [
        one.code for items in (reglement.rules, reglement.deadlines, reglement.gates, reglement.pools) for one in items
    ]
    for override in read.overrides:
        for code in override.rules:
            if code not in waivable:
                fr, en = meant(code, waivable)
                yield Fault(
                    ("derogation", override.code, "regles"),
                    f"règle inconnue : « {code} » ; {fr}",
                    f"unknown rule; {en}",
                )


def _copied(read: DemandeFile) -> Iterator[Fault]:
    one = read.copied
    if one is None:
        return
    said = [one.model is not None, one.week is not None, bool(one.slots)]
    if sum(said) > 1 or not (any(said) or one.erase):
        fr = "dites ce que l'on recopie, d'une seule façon : modele = une date de [veut], semaine = …, ou creneaux = [...]"
        yield Fault(
            ("recopie",),
            fr,
            "say what is copied in one way: modele = a date of [veut], semaine = …, or creneaux = [...]",
        )
    if one.week is None and not one.weekdays:
        yield Fault(("recopie",), 'il manque « jours » ; par exemple : jours = ["lundi", "jeudi"]', "missing 'jours'")
    if one.week is not None and not any(monday(day) == monday(one.week) for day, _ in read.wanted):
        fr = f"[veut] ne dit rien de la semaine du {one.week} ; ajoutez ses journées"
        yield Fault(("recopie", "semaine"), fr, f"[veut] says nothing of the week of {one.week}; add its days")
    if one.model is not None and one.model not in dict(read.wanted):
        fr = f"{one.model} n'est pas dans [veut] ; ajoutez cette journée, ou donnez creneaux"
        yield Fault(("recopie", "modele"), fr, f"{one.model} is not in [veut]; add that day, or give creneaux")
