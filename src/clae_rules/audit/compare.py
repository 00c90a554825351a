"""What changes from one règlement to another: each kind of day, selection by selection, deadlines and prices (S13.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_
from typing import Any

from ..daytype import DayType
from ..engine import Applied, Engine
from ..errors import Lang
from ..soundness_cases import Values
from .changes import Article, Relation, articles, related
from .costs import PriceChange, all_prices, price_changes, spanning
from .differences import Difference, Row
from .findings import Severity
from .joint import Joint, calendar
from .kinds import KindOfDay
from .pages import Cell, Page, Section
from .pairs import Pairs, Reason, pairs
from .spaces import BoxName
from .terms import DeadlineChange, deadline_changes


@dataclass(frozen=True, slots=True)
class KindComparison:
    """
    One kind of day under both.

    Args:
        said: The kind of day in words, French then English.
        days: Its dates, ascending.
        values: One family that meets it.
        families: How many kinds of family meet it.
        relation: How the second one stands to the first; None where a group of boxes is too large to tell.
        old: How many selections the first one allows; None where a group is not counted.
        new: The same for the second one.
        lost: How many only the first one allows.
        gained: How many only the second one allows.
        differences: What changes, one sentence for each reason.
        pairs: The tables, from which `rows` are read.
    """

    said: tuple[str, str]
    days: tuple[date, ...]
    values: tuple[tuple[str, object], ...]
    families: int
    relation: Relation | None
    old: int | None
    new: int | None
    lost: int | None
    gained: int | None
    differences: tuple[Difference, ...]
    pairs: Pairs = field(compare=False, repr=False)

    def rows(self) -> Iterator[Row]:
        """
        Every selection that only one of them allows, those lost first.

        There are `lost` + `gained` of them, made one at a time; groups too large to be counted are left out.
        """
        for new in (False, True):
            yield from (Row(boxes, new) for boxes in self.pairs.only(new=new))

    def plain(self) -> dict[str, Any]:
        """The same as JSON types."""
        return {
            "texte": self.said[0],
            "dates": [day.isoformat() for day in self.days],
            "relation": None if self.relation is None else self.relation.value,
            "avant": self.old,
            "apres": self.new,
            "perdues": self.lost,
            "gagnees": self.gained,
            "differences": [one.plain() for one in self.differences],
        }

    def witness(self, *, gained: bool) -> tuple[BoxName, ...] | None:
        """A smallest selection that only the second one allows, or only the first one; None where there is none."""
        return self.pairs.smallest(new=gained)


@dataclass(frozen=True)
class Comparison(Page):
    """
    What changes from one règlement to another; a value, from which every rendering is made.

    Args:
        old: The first one: code, version and digest.
        new: The second one.
        names: Their names.
        kinds: Each kind of day, by its first date.
        deadlines: Deadlines that differ, for slots that both open.
        prices: Prices that differ, for what both allow.
        articles: Items that the two files do not write alike.
        notes: What was not compared and why, French then English.
        complete: Whether every family was looked at on every date.
        labels: (slot code, short label), in display order.
    """

    old: Applied
    new: Applied
    names: tuple[str, str]
    kinds: tuple[KindComparison, ...]
    deadlines: tuple[DeadlineChange, ...]
    prices: tuple[PriceChange, ...]
    articles: tuple[Article, ...]
    notes: tuple[tuple[str, str], ...] = ()
    complete: bool = True
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def relation(self) -> Relation | None:
        """How the selections allowed stand to each other over all kinds of day; None where some are not known."""
        found = [one.relation for one in self.kinds if one.relation is not None]
        known = self.complete and len(found) == len(self.kinds)
        return reduce(and_, found, Relation.EQUIVALENT) if known else None

    @property
    def same(self) -> bool:
        """Whether nothing differs: same selections, same deadlines, same prices, and all of it was compared."""
        return self.relation is Relation.EQUIVALENT and not (self.deadlines or self.prices or self.notes)

    @property
    def worst(self) -> Severity | None:
        """
        How grave the change is for families: an error where something is lost, None where nothing changes.

        A warning where something else changes, or is not compared; a note where two files only write it otherwise.
        """
        relations = [*(one.relation for one in self.kinds), *(one.relation for one in self.deadlines)]
        if any(one is not None and one.loses for one in relations):
            return Severity.ERROR
        if not self.same:
            return Severity.WARNING
        return Severity.NOTE if self.articles else None

    def heading(self, lang: Lang = "fr") -> str:
        """« Comparaison : … → … »."""
        return f"{('Comparaison : ', 'Comparison: ')[lang == 'en']}{self.names[0]} → {self.names[1]}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """The kinds of day, what changes in each, deadlines, prices, articles; and what was not compared."""
        return tuple(_sections(self, lang))

    def selections(self, lang: Lang = "fr") -> Section:
        """Every selection that only one of them allows, as one table: as many rows as there are such selections."""
        names = dict(self.labels)
        rows = (
            (kind.said[lang == "en"], " + ".join(box.text(names) for box in row.boxes), *_said(row, lang))
            for kind in self.kinds
            for row in kind.rows()
        )
        titles = (
            ("Sélections", ("jour", "sélection", "avant", "après")),
            ("Selections", ("day", "selection", "before", "after")),
        )
        title, columns = titles[lang == "en"]
        return Section(title, columns, tuple(rows))

    def plain(self) -> dict[str, Any]:
        """The comparison as JSON types."""
        relation = None if self.relation is None else self.relation.value
        return {
            "avant": {"code": self.old.code, "version": self.old.version, "empreinte": self.old.digest},
            "apres": {"code": self.new.code, "version": self.new.version, "empreinte": self.new.digest},
            "relation": relation,
            "types_de_jour": [one.plain() for one in self.kinds],
            "delais": [one.text() for one in self.deadlines],
            "prix": [one.plain() for one in self.prices],
            "articles": [one.text() for one in self.articles],
            "non_compare": [fr for fr, _ in self.notes],
        }


def compare(old: Engine, new: Engine) -> Comparison:
    """
    What changes from one règlement to another, on the dates that both calendars reach.

    Exact wherever the rules of both tie 20 boxes or fewer together; what is not compared is told in `notes`. Time and
    memory grow with 2^n for the n boxes of the largest group, and with the families that either tells apart.

    Raises:
        InvalidValueError: If they share no open date, or declare one fact in two ways.

    >>> from clae_rules import load_engine
    >>> from clae_rules.audit import compare, reform
    >>> engine = load_engine("examples/cluses/reglement.toml")
    >>> found = compare(engine, reform(engine, without=["regle.repas-mercredi"]))
    >>> found.relation, sum(kind.gained for kind in found.kinds)
    (<Relation.MORE_PERMISSIVE: 'plus permissif'>, 4)
    """
    joint = Joint(old, new)
    kinds = tuple(kinds_of_day(joint))
    unknown = bool(joint.many)
    deadlines = deadline_changes(joint)
    prices, partly = price_changes(joint)
    names = (old.reglement.identity.label, new.reglement.identity.label)
    changed = tuple(articles(old.reglement, new.reglement))
    # prices too may have too many families to tell apart: what is left out is known last
    notes = (*not_compared(joint, kinds), *_prices_left_out(joint, partly))
    labels = tuple((code, joint.labels[code]) for code in joint.order)
    return Comparison(old.applied, new.applied, names, kinds, deadlines, prices, changed, notes, not unknown, labels)


def kinds_of_day(joint: Joint) -> Iterator[KindComparison]:
    """Each kind of day of two règlements under both, by its first date; dates and families alike are met once."""
    days: defaultdict[tuple[DayType, DayType], set[date]] = defaultdict(set)
    families: defaultdict[tuple[DayType, DayType], dict[tuple[tuple[str, object], ...], Values]] = defaultdict(dict)
    for case in joint.cases:
        if case.old.slots or case.new.slots:
            days[case.old, case.new].update(case.dates.days)
            families[case.old, case.new][tuple(case.values.items())] = case.values
    for key in sorted(days, key=lambda one: (min(days[one]), one[0].slots, one[1].slots)):
        yield _compared(joint, key, tuple(sorted(days[key])), list(families[key].values()))


def _compared(
    joint: Joint, both: tuple[DayType, DayType], days: tuple[date, ...], families: list[Values]
) -> KindComparison:
    found = pairs(*both, joint.order)
    counts = found.counts()
    old, new, shared = counts or (None, None, None)
    lost, gained = (any(part) and all(whole) for part, whole in (
        ([one.lost for one in found.groups], [one.old.ok for one in found.groups]),
        ([one.gained for one in found.groups], [one.new.ok for one in found.groups]),
    ))  # fmt: skip
    modes = {slot: engine.modes[slot].label for engine in reversed(joint.engines) for slot in engine.slots}
    shown = KindOfDay(both[0], days, families[0], tuple(dict.fromkeys(modes[slot] for slot in found.slots)))
    differences = [_difference(joint, one, gained=way) for way in (False, True) for one in found.reasons(new=way)]
    return KindComparison(
        shown.texts,
        days,
        tuple(families[0].items()),
        len(families),
        None if found.large else related(lost=lost, gained=gained),
        old,
        new,
        None if old is None or shared is None else old - shared,
        None if new is None or shared is None else new - shared,
        tuple(differences),
        found,
    )


def _difference(joint: Joint, reason: Reason, *, gained: bool) -> Difference:
    """A reason as a sentence: what is gained was refused by the first one, what is lost is by the second."""
    reglement = joint.engines[0 if gained else 1].reglement
    rule = next((one for one in reglement.rules if one.code == reason.rule), None)
    source = "" if rule is None else reglement.source_of(rule)
    named = {box.slot for one in reason.smallest for box in one} | set(reason.slots)
    labels = tuple((code, joint.labels[code]) for code in joint.order if code in named)
    return Difference(gained, *reason, source, labels)


def not_compared(joint: Joint, kinds: tuple[KindComparison, ...]) -> Iterator[tuple[str, str]]:
    """What is left out of the kinds of day of two règlements, and why, French then English."""
    if joint.beyond:
        count = len(joint.beyond)
        yield f"{count} dates que l'un des calendriers n'atteint pas", f"{count} dates that one calendar does not reach"
    for fact, words in joint.words:
        said = ", ".join(f"« {one} »" for one in words)
        yield f"{fact} : {said}, que l'un des deux ne connaît pas", f"{fact}: {said}, which one of them does not know"
    gated = _gated(joint)
    if gated:
        said = ", ".join(f"« {one} »" for one in gated)
        yield f"accès et capacités qui changent : {said}", f"gates and pools that change: {said}"
    longer = _longer(joint)
    if longer:
        said = ", ".join(f"« {one} »" for one in longer)
        yield f"règles qui portent sur plus d'un jour : {said}", f"rules over more than a day: {said}"
    for boxes in dict.fromkeys(linked.boxes for kind in kinds for linked in kind.pairs.large):
        count = len(boxes)
        yield f"{count} cases liées, trop pour être comparées", f"{count} boxes tied together, too many to compare"
    for fault in joint.many:
        yield fault.text("fr"), fault.text("en")


def _gated(joint: Joint) -> tuple[str, ...]:
    """The gates and pools that are not the same under both: who may book, and how many, is no matter of selections."""
    old, new = (engine.reglement for engine in joint.engines)
    gates = {one.code for one in {*old.gates} ^ {*new.gates}}
    return tuple(sorted(gates | {one.code for one in {*old.pools} ^ {*new.pools}}))


def _longer(joint: Joint) -> tuple[str, ...]:
    """The rules over more than a day that are not the same under both, or not over the same dates."""
    rules = [{one for one in engine.reglement.rules if one.spans} for engine in joint.engines]
    same = calendar(joint.engines[0]) == calendar(joint.engines[1])
    return tuple(sorted({one.code for one in (rules[0] ^ rules[1] if same else rules[0] | rules[1])}))


def _prices_left_out(joint: Joint, sold: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str, str]]:
    for slots in sold:
        said = " + ".join(joint.labels[code] for code in slots)
        yield f"prix de {said} : trop de façons, en partie", f"prices of {said}: too many ways, in part"
    old, new = joint.engines
    longer = spanning(old) | spanning(new)
    if longer and all_prices(old) != all_prices(new):
        said = ", ".join(f"« {one} »" for one in sorted(longer))
        yield f"prix qui portent sur plus d'un jour : {said}", f"prices over more than a day: {said}"


def _said(row: Row, lang: Lang) -> tuple[str, str]:
    yes, no = ("oui", "non") if lang == "fr" else ("yes", "no")
    return (no, yes) if row.gained else (yes, no)


def _sections(found: Comparison, lang: Lang) -> Iterator[Section]:
    english = lang == "en"
    unknown = ("non compté", "not counted")[english]
    whole = unknown if found.relation is None else found.relation.text(lang)
    titles = (
        (
            ("Types de jour", ("jour", "le second est", "avant", "après", "perdues", "gagnées")),
            ("Différences", ("jour", "différence")),
            ("Délais", ("délai",)),
            ("Prix", ("prix", "familles")),
            ("Articles", ("article",)),
            ("Non comparé", ("quoi",)),
        ),
        (
            ("Kinds of day", ("day", "the second is", "before", "after", "lost", "gained")),
            ("Differences", ("day", "difference")),
            ("Deadlines", ("deadline",)),
            ("Prices", ("price", "families")),
            ("Articles", ("article",)),
            ("Not compared", ("what",)),
        ),
    )[english]
    rows: tuple[list[tuple[Cell, ...]], ...] = (
        [
            (
                kind.said[english],
                unknown if kind.relation is None else kind.relation.text(lang),
                *(unknown if one is None else one for one in (kind.old, kind.new, kind.lost, kind.gained)),
            )
            for kind in found.kinds
        ],
        [(kind.said[english], one.text(lang)) for kind in found.kinds for one in kind.differences],
        [(one.text(lang),) for one in found.deadlines],
        [(one.text(lang), one.families) for one in found.prices],
        [(one.text(lang),) for one in found.articles],
        [(one[english],) for one in found.notes],
    )
    note = f"{('Sélections permises : ', 'Allowed selections: ')[english]}{whole}."
    for i, ((title, columns), lines) in enumerate(zip(titles, rows, strict=True)):
        if lines:
            yield Section(title, columns, tuple(lines), note if i == 0 else "")
