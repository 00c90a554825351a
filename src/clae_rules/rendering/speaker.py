"""
How a described value is told in French: by the sentence of its class, then whatever that sentence left out.

A sentence is a function of the value and the speaker. The fields that it reads are taken as told; any other field
that is written in the règlement is told from its own description, so that nothing is ever omitted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from ..bounds import BoundShape
from ..described import Alternatives, Coded, Key, ListOf, Phrase, Record, Shape, TableOf, keys_of, required
from ..limits import format_limit
from ..prices import Effort, PriceShape, Table
from ..reglement import Reglement
from ..selectors import WHO, Where
from ..shapes import Amount, Day, Flag, Instant, Number, Ref
from ..slots import HYPOTHESE, SOURCE
from .words import bound_words, code_words, day_words, limit_words, listed, money_words, number_words


class Heard:
    """A value of which every field that is read is remembered."""

    __slots__ = ("_value", "read")

    def __init__(self, value: Any) -> None:
        self._value = value
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.read.add(name)
        return getattr(self._value, name)


#: Tells one value of a class; what it does not read is told after it.
Sentence = Callable[[Any, "Speaker"], str]


class Speaker:
    """
    What telling needs: the sentences, and the names that codes bear in one règlement.

    Args:
        reglement: The règlement that is told.
        sentences: The sentence of each class.
    """

    def __init__(self, reglement: Reglement, sentences: Mapping[type, Sentence]) -> None:
        self._sentences = sentences
        self._names: dict[str, dict[str, str]] = {
            key.name: {
                item.code: f"« {getattr(item, 'label', '') or item.code} »" for item in getattr(reglement, one.name)
            }
            for one, key in keys_of(Reglement)
            if isinstance(key.shape, Coded)
        }
        self._names["créneau"] = _slot_names(reglement)
        self._names["groupe"] = {code: f"le groupe « {code} »" for code, _ in reglement.groups}
        self._names["mode"] = {one.code: f"les créneaux de « {one.label} »" for one in reglement.modes}

    def tell(self, value: Any) -> str:
        """A value in French: its sentence, what the sentence left out, where it comes from, what is supposed."""
        heard = Heard(value)
        sentence = self._sentences.get(type(value))
        said = sentence(heard, self) if sentence else self.where(heard) if isinstance(value, Where) else ""
        parts = [part.rstrip(".") for part in (said, *self._rest(value, heard.read)) if part]
        return ("\n- " if "\n" in said else " ; ").join(parts) + provenance(value)

    def told(self, value: Any) -> str:
        """The same without where it comes from: an article has it beside its number."""
        return self.tell(value).removesuffix(provenance(value))

    def named(self, to: Iterable[str], codes: Iterable[str], last: str = "et") -> str:
        """The names that some codes bear in the sections *to*, one after the other."""
        sections = tuple(to)
        return listed((self.name(sections, code) for code in codes), last)

    def name(self, to: Iterable[str], code: str) -> str:
        """The name that a code bears in the first of the sections *to* that knows it."""
        return next((self._names[one][code] for one in to if code in self._names.get(one, {})), f"« {code} »")

    def slots(self, codes: Iterable[str], last: str = "et") -> str:
        """The names of slots, groups and modes."""
        return self.named(("créneau", "groupe", "mode"), codes, last)

    def where(self, heard: Heard, everywhere: str = "tous les créneaux", more: Iterable[str] = ()) -> str:
        """A selector: slots, variants, formules, dates, people, what else it names, exceptions."""
        parts = [self.slots(heard.slots) or everywhere]
        if heard.variants:
            parts.append(listed((_VARIANTS[one.value] for one in heard.variants), "ou"))
        if heard.formules:
            parts.append(f"avec la formule {self.named(('formule',), heard.formules, 'ou')}")
        if when := self.tell(heard.when):
            parts.append(when)
        if heard.who:
            parts.append(self.who(heard.who))
        parts += [*more, *(f"sauf ({self.tell(one)})" for one in heard.unless)]
        return ", ".join(filter(None, parts))

    @staticmethod
    def shape(described: type, name: str) -> Shape:
        """The shape of the key *name* of a described class."""
        return next(key.shape for _, key in keys_of(described) if key.name == name)

    @staticmethod
    def who(who: Iterable[tuple[str, Any]]) -> str:
        """Conditions on facts, all of which must hold."""
        return f"si {listed(bound_words(fact, bound) for fact, bound in who)}"

    def price(self, price: Any, measure: str = "la mesure") -> str:
        """A price: an amount, a rate, a row for each bracket or formule."""
        if isinstance(price, Effort):
            rate = f"{number_words(price.rate)} € × {price.measure or measure}"
            base = f"{money_words(price.base)} + " if price.base else ""
            floor = "" if price.floor is None else f", au moins {money_words(price.floor)}"
            ceiling = "" if price.ceiling is None else f", au plus {money_words(price.ceiling)}"
            effect = "" if price.effect is None else f", effet d'un nouveau nombre : {price.effect.value}"
            return f"{base}{rate}{floor}{ceiling}{effect}"
        if isinstance(price, Table):
            rows = [f"{self.row(code)} : {self.price(one, measure)}" for code, one in price.rows]
            return " ; ".join([*rows, *(["les autres : non publié"] if price.others else [])])
        return money_words(price)

    def value(self, shape: Shape, value: Any) -> str:
        """A value as its shape has it, in French: the way any field is told that no sentence speaks of."""
        chosen = shape.chosen(value)
        if shape == WHO:
            return listed(bound_words(fact, bound) for fact, bound in value)
        if type(value) in self._sentences or isinstance(chosen, Record | Alternatives):
            return self.tell(value)
        match chosen:
            case ListOf():
                return listed(self.value(chosen.item, one) for one in value) or "aucun"
            case TableOf():
                return " ; ".join(
                    f"{self.value(chosen.code, code)} : {self.value(chosen.item, one)}" for code, one in value
                )
            case Coded():
                return " ; ".join(f"{code_words(one.code)} : {self.tell(one)}" for one in value)
            case Ref():
                return self.name(chosen.to, value)
            case PriceShape():
                return self.price(value)
            case BoundShape():
                return bound_words("", value).strip()
            case _:
                return _plain(chosen, value)

    def row(self, code: str) -> str:
        """The name of a row of a price: a formule, or a bracket."""
        return self._names["formule"].get(code, code)

    def _rest(self, value: Any, read: set[str]) -> Iterable[str]:
        for one, key in keys_of(value.__class__):
            given = getattr(value, one.name)
            written = required(one) or given != one.default
            if key.name not in {"", SOURCE.name, HYPOTHESE.name} and one.name not in read and written:
                yield self._field(key, given)

    def _field(self, key: Key, value: Any) -> str:
        doc = key.doc.rstrip(".") or code_words(key.name)
        return f"{doc[:1].lower()}{doc[1:]} ({key.name}) : {self.value(key.shape, value)}"


def _slot_names(reglement: Reglement) -> dict[str, str]:
    """Short labels; with the mode where two modes have the same."""
    often = Counter(slot.short_label for slot in reglement.slots().values())
    return {
        slot.code: f"« {slot.short_label} »" + ("" if often[slot.short_label] == 1 else f" ({mode.label})")
        for mode in reglement.modes
        for slot in mode.slots
    }


def _plain(shape: Shape, value: Any) -> str:
    if isinstance(shape, Phrase) and shape.format is format_limit:
        return limit_words(value)
    match shape:
        case Amount():
            return money_words(value)
        case Number():
            return number_words(value)
        case Flag():
            return "oui" if value else "non"
        case Phrase():
            return shape.format(value)
        case Day() | Instant():
            return when_words(value)
        case _:
            return str(shape.write(value))


def when_words(moment: date) -> str:
    """A day, or an instant with its local time."""
    if isinstance(moment, datetime):
        return f"{day_words(moment.date())} à {moment:%Hh%M}"
    return day_words(moment)


def provenance(value: Any) -> str:
    """Where a value says that it comes from, and what it supposes."""
    source, supposed = getattr(value, "source", ""), getattr(value, "hypothese", "")
    return (f" [{source}]" if source else "") + (f" (supposé : {supposed})" if supposed else "")


_VARIANTS: Final = MappingProxyType({"normal": "dans les délais", "hors-delai": "hors délai"})
