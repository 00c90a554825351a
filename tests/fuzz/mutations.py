"""Mutations that keep a file a file: a règlement of random bytes never gets past the first line of TOML."""

from __future__ import annotations

import copy
import json
import random
from typing import Any, Final

from clae_rules.files.lines import TomlSyntaxError, read_toml

#: What stands in place of a value: the edges of each kind that a file can hold.
ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**63, 10**30, 1.5, 1e308, -0.0, "", " ", "\0", "a", "x" * 300),
    *("inconnu", "jamais", "sans limite", "toutes", "2021-02-30", "0001-01-01", "9999-12-31", "24:00", "99:99"),
    *("le jour même, avant 24:00", "1 jour ouvré avant la date, jusqu'à 24:00", "999999999 jours calendaires avant la date"),
    *("2021-09-01T09:00:00", "2021-09-01T09:00:00+02:00", "2021-09-01T09:00:00+99:00", "1/3", "-0.005", "1e9"),
    *([], {}, [[]], {"": {}}, ["repas"] * 3, "\ud800", "é\u0301", "٣"),
)  # fmt: skip
#: Deeper or larger data is left to the mutation of bytes.
MOST_SPOTS: Final = 5_000


def plain_of(data: bytes) -> Any:
    """The tables of a file, JSON or TOML; None where it is neither."""
    text = data.decode("utf-8", "replace")
    for read in (json.loads, _toml):
        try:
            return read(text)
        except (ValueError, TomlSyntaxError, RecursionError):
            continue
    return None


def _toml(text: str) -> Any:
    return json.loads(json.dumps(read_toml(text), default=str))


def mutated(data: bytes, seed: int, most: int) -> bytes | None:
    """
    The same file with a few of its values changed, dropped, moved or doubled, as JSON.

    Returns:
        None where the file is no data or the outcome is larger than *most* bytes.
    """
    plain = plain_of(data)
    if not isinstance(plain, dict | list):
        return None
    rng = random.Random(seed)
    for _ in range(rng.randint(1, 3)):
        places = list(_places(plain))[:MOST_SPOTS]
        if places:
            _change(rng, places)
    made = json.dumps(plain, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    return made if len(made) <= most else None


def _places(plain: Any) -> Any:
    """Every (holder, key) of nested data."""
    todo = [plain]
    while todo:
        holder = todo.pop()
        for key, one in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            yield holder, key
            if isinstance(one, dict | list):
                todo.append(one)


def _change(rng: random.Random, places: list[tuple[Any, Any]]) -> None:
    holder, key = rng.choice(places)
    other, elsewhere = rng.choice(places)
    match rng.randrange(5):
        case 0:
            holder[key] = copy.deepcopy(rng.choice(ODD))
        case 1:
            del holder[key]
        case 2:
            holder[key] = copy.deepcopy(other[elsewhere])
        case 3 if isinstance(holder, dict):
            holder[rng.choice((f"{key}x", str(elsewhere), ""))] = holder.pop(key)
        case 3:
            holder.insert(key, copy.deepcopy(holder[key]))
        case _:
            holder[key] = _near(rng, holder[key])


def _near(rng: random.Random, value: Any) -> Any:
    """A value a little beside another one."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + rng.choice((-1, 1, 0.5, -value, value))
    if isinstance(value, str) and value:
        at = rng.randrange(len(value))
        return value[:at] + rng.choice(("", "0", "9", "-", ":", "é", value[at] * 2, " ")) + value[at + 1 :]
    return [value]
