"""For a portal's own tests: what a règlement must never allow, must always allow, or must not newly refuse (S13.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..booking import UnknownSlotError
from ..engine import Engine
from ..errors import meant
from ..selectors import ALWAYS, When
from ..slots import slots_of
from ..variants import Variant
from .changes import Relation
from .compare import kinds_of_day, not_compared
from .joint import Joint
from .kinds import Days, KindOfDay
from .spaces import BoxName
from .terms import deadline_changes


def assert_no_newly_refused(old: Engine, new: Engine, *, deadlines: bool = True) -> None:
    """
    Fail where a règlement refuses what another allows: a selection, or an action at an instant.

    What cannot be proved fails too: groups of more than 20 boxes, dates that one calendar does not reach.

    Args:
        old: What is allowed today.
        new: What is to be proved.
        deadlines: Whether booking, changing and cancelling must stay open as long, too.

    Raises:
        AssertionError: Naming each selection lost with its reason, and each deadline that closes earlier.

    >>> from clae_rules import load_engine
    >>> from clae_rules.audit import reform
    >>> engine = load_engine("examples/cluses/reglement.toml")
    >>> assert_no_newly_refused(engine, reform(engine, without=["regle.midi-ou-repas"]))
    """
    joint = Joint(old, new)
    kinds = tuple(kinds_of_day(joint))
    said = [
        f"{kind.said[0]} : {one.text()}"
        for kind in kinds
        for one in kind.differences
        if not one.gained and kind.relation is not None and kind.relation.loses
    ]
    changes = deadline_changes(joint) if deadlines else ()
    said += [one.text() for one in changes if one.relation.loses]
    # neither shorter, longer nor on other terms: what one does not publish, or not alike
    unknown = (one for one in changes if one.relation is Relation.EQUIVALENT and not one.terms)
    said += [f"non prouvé : {one.text()}" for one in unknown]
    said += [f"non prouvé : {fr}" for fr, _ in not_compared(joint, kinds)]
    _fail(said)


def assert_never(engine: Engine, *slots: str, without: Iterable[str] = (), when: When = ALWAYS) -> None:
    """
    Fail where some family may hold all of some slots on one date, and none of others.

    Args:
        slots: Held together, whatever else is.
        without: Not held.
        when: The dates looked at; all where left out.

    Raises:
        AssertionError: Naming a smallest such selection of each kind of day, or what is too large to be looked at.
        UnknownSlotError: If a slot is not of this règlement.

    >>> from clae_rules import load_engine
    >>> engine = load_engine("examples/cluses/reglement.toml")
    >>> assert_never(engine, "midi-1", "repas")
    >>> assert_never(engine, "matin-1", without=["matin-2"])
    """
    lacking = slots_of(without, "without", only=(str,))
    _known(engine, (*slots, *lacking))
    said = []
    for kind in _on(engine, when):
        tied = {box.slot for one in kind.spaces.large for box in one.boxes} & {*slots, *lacking}
        if tied:
            said.append(f"{kind.text()} : non prouvé, plus de 20 cases liées : {', '.join(sorted(tied))}")
        elif set(slots) <= set(kind.type.slots):
            found = kind.spaces.smallest(slots, lacking)
            if found is not None:
                said.append(f"{kind.text()} : {_named(engine, found)} est permis")
    _fail(said)


def assert_always(engine: Engine, *slots: str, when: When = ALWAYS) -> None:
    """
    Fail where exactly some slots may not be held together, on a date and by a family to whom all of them open.

    Args:
        slots: Held together, and nothing else.
        when: The dates looked at; all where left out.

    Raises:
        AssertionError: Naming the rules that refuse them on each kind of day, or that they never open together.
        UnknownSlotError: If a slot is not of this règlement.

    >>> from clae_rules import load_engine
    >>> engine = load_engine("examples/cluses/reglement.toml")
    >>> assert_always(engine, "matin-1", "matin-2", "repas")
    """
    _known(engine, slots)
    kinds = [kind for kind in _on(engine, when) if set(slots) <= set(kind.type.slots)]
    if not kinds:
        _fail([f"{_named(engine, [BoxName(code) for code in slots])} n'ouvrent jamais ensemble"])
    said = []
    for kind in kinds:
        for variant in Variant:
            broken = kind.type.broken(dict.fromkeys(slots, variant))
            rules = ", ".join(f"« {one.speaking.rule.code} »" for one in broken)
            if broken:
                boxes = [BoxName(code, variant) for code in slots]
                said.append(f"{kind.text()} : {_named(engine, boxes)} est refusé par {rules}")
    _fail(said)


def _on(engine: Engine, when: When) -> Iterator[KindOfDay]:
    for kind in Days(engine).kinds:
        if any(engine.on(when, engine.day(day)) for day in kind.days):
            yield kind


def _known(engine: Engine, slots: Iterable[str]) -> None:
    for code in slots:
        if code not in engine.slots:
            raise UnknownSlotError(f"créneau inconnu : « {code} » ; {meant(code, engine.slots)[0]}")


def _named(engine: Engine, boxes: Iterable[BoxName]) -> str:
    return " + ".join(one.text(engine.labels) for one in boxes)


def _fail(said: list[str]) -> None:
    if said:
        raise AssertionError("\n".join(said))
