"""A variant of a règlement, from what changes in it alone: no file is copied, and the whole is checked as a file is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Final

from ..described import Plain
from ..engine import Engine
from ..errors import Fault, InvalidReglementError, meant
from ..files.reading import engine_from_plain, plain_from_text
from ..reglement import Reglement

#: What messages call the variant.
NAME: Final = "variante"
#: Nothing changed.
NO_CHANGE: Final[Mapping[str, Plain]] = MappingProxyType({})


def reform(
    base: Engine | Reglement,
    text: str = "",
    *,
    without: Iterable[str] = (),
    change: Mapping[str, Plain] = NO_CHANGE,
    label: str = "",
) -> Engine:
    """
    A règlement made from another: items dropped, then single values changed, then items added or replaced.

    Args:
        base: What it is made from, which stays as it is.
        text: Lines of a règlement file: an item whose code the base has replaces it whole, another one is added; of
            a section without codes the keys written replace the base's.
        without: Items to drop, « section.code », such as "regle.repas-mercredi".
        change: Values by their path in the file, such as {"tarif.repas.prix": "4.20"}; an amount is a text or a
            Decimal, never a float. None takes the line away.
        label: The name of the variant; the base's where left out.

    Raises:
        InvalidReglementError: If what is dropped or changed is not there, or the variant is no valid règlement: every
            fault at once.

    >>> from clae_rules import load_engine
    >>> from clae_rules.audit import reform
    >>> engine = load_engine("examples/cluses/reglement.toml")
    >>> dearer = reform(engine, change={"tarif.repas.prix": "4.20"}, label="Repas à 4,20 €")
    >>> dearer.reglement.plain()["tarif"]["repas"]["prix"]
    '4.2'
    """
    reglement = base.reglement if isinstance(base, Engine) else base
    plain: dict[str, Plain] = deepcopy(reglement.plain())
    dropped = () if isinstance(without, str) else without
    faults = [_unlisted(without)] if isinstance(without, str) else []
    faults += [fault for path in dropped if (fault := _drop(plain, path)) is not None]
    faults += [fault for path, value in change.items() if (fault := _set(plain, path, value)) is not None]
    if faults:
        raise InvalidReglementError(faults, where=NAME)
    for section, said in (plain_from_text(text, NAME) if text else {}).items():
        here = plain.get(section)
        if isinstance(said, dict) and isinstance(here, dict):
            here.update(said)
        else:
            plain[section] = said
    if label:
        plain["reglement"]["nom"] = label
    return engine_from_plain(plain, NAME)


def _unlisted(path: str) -> Fault:
    fr = f"lu « {path} » ; il faut une liste : [{path!r}]"
    return Fault(("without",), fr, f"got « {path} »; expected a list: [{path!r}]")


def _drop(plain: dict[str, Plain], path: str) -> Fault | None:
    """Drop an item; a section left empty goes with its last one."""
    section, _, code = path.partition(".")
    items = plain.get(section, {})
    if not isinstance(items, dict) or code not in items:
        known = [f"{section}.{one}" for one in items] if isinstance(items, dict) and items else plain
        return _unknown(path, known)
    del items[code]
    if not items:
        del plain[section]
    return None


def _set(plain: dict[str, Plain], path: str, value: Plain) -> Fault | None:
    """Put a value at a path of the file, or take its line away; the item must be there, the last key need not."""
    *tables, key = path.split(".")
    here: Plain = plain
    for i, name in enumerate(tables):
        if not isinstance(here, dict) or name not in here:
            known = here if isinstance(here, dict) else ()
            return _unknown(path, [".".join([*tables[:i], one]) for one in known])
        here = here[name]
    if not tables or not isinstance(here, dict) or (value is None and key not in here):
        return _unknown(path, [".".join([*tables, one]) for one in here] if isinstance(here, dict) else ())
    if value is None:
        del here[key]
    else:
        here[key] = value
    return None


def _unknown(path: str, known: Iterable[str]) -> Fault:
    fr, en = meant(path, known)
    said = tuple(path.split("."))
    return Fault(said, f"n'est pas dans le règlement de départ ; {fr}", f"not in the base règlement; {en}")
