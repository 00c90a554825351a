"""Sentences of what it costs: grids, tariffs, modifications and their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from ..bounds import format_interval
from ..counters import Counter
from ..grids import Fallback, Grid, Reading, TakesEffect
from ..modifiers import Modifier, PriceOrder, Reach, ReadAt
from ..money import Rounding
from ..prices import Effort, Price, Table
from ..tariffs import Per, Tariff
from ..windows import Window
from .speaker import Heard, Sentence, Speaker
from .words import facts_words, listed, money_words, number_words, window_words

_READ: Final = MappingProxyType(
    {
        Reading.EXACT: "tel quel",
        Reading.TRUNCATED: "sans ses décimales",
        Reading.ROUNDED: "arrondi à l'unité",
        Reading.COUNT: "compté",
    }
)
_EFFECTS: Final = MappingProxyType(
    {
        TakesEffect.AT_ONCE: "aussitôt",
        TakesEffect.NEXT_MONTH: "le mois suivant",
        TakesEffect.JANUARY: "le 1er janvier",
        TakesEffect.SEPTEMBER: "le 1er septembre",
    }
)


def _outcome(when: str, fallback: Fallback | None) -> str:
    if fallback is None:
        return ""
    return f"\n- {when} : {f'tranche {fallback.bracket}' if fallback.bracket else 'refusé'}"


def _grid(one: Any, speaker: Speaker) -> str:
    del speaker
    rows = "".join(f"\n- {code} : {format_interval(bound)}" for code, bound in one.brackets)
    missing = _outcome("sans mesure", one.missing) or "\n- sans mesure : rien n'est dit"
    effect = f"\n- une nouvelle mesure prend effet {_EFFECTS[one.effect]}" if one.effect else ""
    holes = "\n- entre deux tranches : indécis" if one.holes else ""
    others = _outcome("mesure périmée", one.expired) + _outcome("mesure pas encore en vigueur", one.not_yet)
    return f"Tranches de « {one.measure} », lu {_READ[one.reading]} :{rows}{missing}{others}{effect}{holes}"


def _tariff(one: Any, speaker: Speaker) -> str:
    one.read.add("label")  # it is the title
    by = f", selon {speaker.name(('grille', 'faits'), one.by)}" if one.by else ""
    step = f" ; arrondi à {money_words(one.step_cents)}" if one.step_cents != 1 else ""
    mode = f" ; arrondi {one.rounding.value}" if one.rounding is not Rounding.HALF_UP else ""
    mixed = f" ; pris ensemble, hors délai {one.mixed.value}" if one.mixed else ""
    extra = ", en plus du reste" if one.extra else ""
    shared = f" ; partagé entre les jours ouverts, on paie les {one.prorata.value}" if one.prorata else ""
    read = f" ; lu au {one.read_on.value} de la fenêtre" if one.read_on else ""
    kept = " ; une fois dû, le reste" if one.acquired else ""
    scope = f"{_per(one.per)}{by}{extra}{shared}{read}{kept}{step}{mode}{mixed}"
    return f"{speaker.where(one)}, {scope} : {_printed(one.price, one.by, speaker)}"


def _per(per: Per | Window) -> str:
    return f"par {per.value}" if isinstance(per, Per) else window_words(per)


def _printed(price: Price, measure: str, speaker: Speaker) -> str:
    """A price as printed: a line for each row of a table."""
    if isinstance(price, Table):
        rows = [f"\n- {speaker.row(code)} : {speaker.price(one, measure)}" for code, one in price.rows]
        return "".join([*rows, "\n- les autres : non publié" if price.others else ""])
    return speaker.price(price, measure or "la mesure")


def _effort(one: Any, speaker: Speaker) -> str:
    return speaker.price(
        Effort(
            rate=one.rate, measure=one.measure, effect=one.effect, base=one.base, floor=one.floor, ceiling=one.ceiling
        )
    )  # fmt: skip


def _reach(one: Heard, speaker: Speaker) -> str:
    tariffs = one.tariffs and f"tarif {speaker.named(('tarif',), one.tariffs, 'ou')}"
    brackets = one.brackets and f"tranche {listed(one.brackets, 'ou')}"
    return speaker.where(one, "", filter(None, (tariffs, brackets)))


def _verb(one: Any, speaker: Speaker) -> str:
    """What a modification does: one of these."""
    shift = one.shift
    if isinstance(shift, int):
        count = f"{abs(shift)} tranche{'s' if abs(shift) > 1 else ''}"
        return f"la tranche lue est {count} {'plus haut' if shift > 0 else 'plus bas'}"
    ways: tuple[tuple[Any, Callable[[Any], str]], ...] = (
        (one.plus, lambda value: f"+ {money_words(value)}"),
        (one.minus, lambda value: f"- {money_words(value)}"),
        (one.times, lambda value: f"× {number_words(value)}" + _share(value)),
        (one.price, lambda value: f"à la place, {speaker.price(value)}"),
        (shift, lambda value: f"la tranche lue est {value}"),
        (one.alike, lambda value: f"le prix est celui de {facts_words(value)}"),
        (one.ceiling, lambda value: f"pas plus de {money_words(value)}"),
        (one.floor, lambda value: f"pas moins de {money_words(value)}"),
    )
    return next(said(value) for value, said in ways if value is not None)


def _share(times: Fraction) -> str:
    return f" ({number_words(times * 100)} %)" if times.denominator != 1 else ""


def _modifier(one: Any, speaker: Speaker) -> str:
    one.read.add("label")  # it is the title
    over = f", {window_words(one.per)}" if one.per is not None else ""
    if one.units is not None:
        over = f"{over}, unités {format_interval(one.units)} dans l'ordre des dates"
    elif over:
        over = f"{over}, sur le total"
    aid = " (une aide : le prix avant elle est dit aussi)" if one.aid else ""
    return f"{_reach(one, speaker) or 'partout'}{over} : {_verb(one, speaker)}{aid}"


def _order(one: Any, speaker: Speaker) -> str:
    order = speaker.named(("modification",), one.order, "puis")
    said = f"Les modifications se font dans cet ordre : {order}" if order else ""
    day = "" if one.read_at is ReadAt.SERVICE else f"les prix se lisent au jour de la {one.read_at.value}"
    return " ; ".join(filter(None, (said, day)))


def _counter(one: Any, speaker: Speaker) -> str:
    rank = " ; le combientième, en comptant jusqu'à la date du prix" if one.rank else ""
    return f"On compte les {one.counts.value} de {speaker.where(one)}, {window_words(one.per)}{rank}"


#: The sentences of this theme.
SENTENCES: Final[Mapping[type, Sentence]] = MappingProxyType(
    {
        Grid: _grid,
        Tariff: _tariff,
        Effort: _effort,
        Reach: _reach,
        Modifier: _modifier,
        PriceOrder: _order,
        Counter: _counter,
    }
)
