"""The JSON Schemas (draft 2020-12) of what an audit answers: the report, a comparison, a replay, an explanation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..epochs import Status
from ..variants import Variant
from .bookings import BROKEN
from .changes import Relation
from .findings import Severity
from .said import Voice

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_CENTS: Final[Schema] = {"type": "integer", "description": "centimes d'euro"}
_FLAG: Final[Schema] = {"type": "boolean"}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}


def _object(**properties: Schema) -> Schema:
    """An object that has exactly these keys."""
    return {
        "type": "object", "additionalProperties": False, "required": list(properties), "properties": properties,
    }  # fmt: skip


def _list(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


def _one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_VARIANT: Final = _one_of(*(one.value for one in Variant))
_BOX: Final = _object(creneau=_TEXT, variante=_VARIANT)
_BOXES: Final = _list(_BOX)
_TEXTS: Final = _list(_TEXT)
_APPLIED: Final = {"code": _TEXT, "version": _TEXT, "empreinte": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}
_RULING: Final = _object(**_APPLIED)
_RELATION: Final = _or_null(_one_of(*(one.value for one in Relation)))
_STATUS: Final = _one_of(*(one.value for one in Status))

_REPORT: Final = _object(
    format={"const": 1},
    reglement=_object(**_APPLIED, nom=_TEXT),
    exact={**_FLAG, "description": "Tout a été regardé : aucun groupe de plus de 20 cases liées."},
    types_de_jour=_list(
        _object(
            texte=_TEXT,
            text=_TEXT,
            dates=_list(_DAY, 1),
            creneaux=_list(_TEXT, 1),
            regles=_TEXTS,
            selections_permises={
                **_or_null(_COUNT),
                "description": "La sélection vide comprise ; null où un groupe n'est pas compté.",
            },
            parts=_list(_object(**_BOX["properties"], tenue=_COUNT, sur=_COUNT)),
        )
    ),
    constats=_list(
        _object(
            code={"type": "string", "pattern": "^[a-z-]+$"},
            gravite=_one_of(*(one.value for one in Severity)),
            jour=_TEXT,
            premiere_date=_or_null(_DAY),
            dates=_COUNT,
            regles=_TEXTS,
            cases=_BOXES,
            sources=_TEXTS,
            parametres={"type": "object", "additionalProperties": {"type": ["string", "integer"]}},
            texte=_TEXT,
            text=_TEXT,
        )
    ),
)

_COMPARISON: Final = _object(
    avant=_RULING,
    apres=_RULING,
    relation=_RELATION,
    types_de_jour=_list(
        _object(
            texte=_TEXT,
            dates=_list(_DAY, 1),
            relation=_RELATION,
            avant=_or_null(_COUNT),
            apres=_or_null(_COUNT),
            perdues=_or_null(_COUNT),
            gagnees=_or_null(_COUNT),
            differences=_list(
                _object(
                    permises_par=_one_of("avant", "apres"),
                    regle=_TEXT,
                    fermes=_TEXTS,
                    selections=_or_null(_COUNT),
                    plus_petites=_list(_BOXES),
                    source=_TEXT,
                    texte=_TEXT,
                )
            ),
        )
    ),
    delais=_TEXTS,
    prix=_list(
        _object(
            creneaux=_TEXTS,
            variante=_VARIANT,
            avant_cents=_or_null(_CENTS),
            apres_cents=_or_null(_CENTS),
            dates=_list(_DAY, 1),
            familles=_COUNT,
            par_exemple={"type": "object"},
        )
    ),
    articles=_TEXTS,
    non_compare=_TEXTS,
)

_TOUCHED: Final = {"lignes": _COUNT, "familles": _COUNT}
_REPLAY: Final = _object(
    avant=_RULING,
    apres=_RULING,
    lignes=_COUNT,
    reponses=_list(_object(avant=_STATUS, apres=_STATUS, lignes=_COUNT)),
    refusees=_object(**_TOUCHED),
    reparables=_object(**_TOUCHED),
    raisons=_list(_object(code=_TEXT, regle=_TEXT, source=_TEXT, **_TOUCHED, texte=_TEXT)),
    argent=_object(
        garde_avant_cents=_CENTS,
        garde_apres_cents=_CENTS,
        perdu_cents=_CENTS,
        gagne_cents=_CENTS,
        net_cents=_CENTS,
        lignes_sans_prix=_COUNT,
        familles_qui_paient_plus=_COUNT,
        familles_qui_paient_moins=_COUNT,
        au_plus_en_plus_cents=_CENTS,
        au_plus_en_moins_cents=_CENTS,
    ),
    ecartees={"type": "object", "propertyNames": _one_of(*BROKEN), "additionalProperties": _COUNT},
    lignes_ecartees=_list(_object(ligne=_COUNT, code=_one_of(*BROKEN), texte=_TEXT)),
)

_EXPLANATION: Final = _object(
    reglement=_RULING,
    enfant=_TEXT,
    date=_DAY,
    instant=_INSTANT,
    decision=_STATUS,
    tenu=_BOXES,
    demande=_BOXES,
    attend=_list(_object(creneau=_TEXT, quoi=_TEXT)),
    prix_cents=_or_null(_CENTS),
    dit=_list(
        _object(
            section=_TEXT,
            code=_TEXT,
            voix=_one_of(*(one.value for one in Voice)),
            pourquoi=_TEXT,
            creneaux=_TEXTS,
            source=_TEXT,
        )
    ),
    grises=_TEXTS,
    solutions=_TEXTS,
    solutions_coupees=_FLAG,
)

#: Title and schema of each answer, by the command that gives it.
_ANSWERS: Final[Mapping[str, tuple[str, Schema]]] = {
    "audit": ("Audit d'un règlement", _REPORT),
    "diff": ("Comparaison de deux règlements", _COMPARISON),
    "replay": ("Réservations rejouées sous un autre règlement", _REPLAY),
    "explain": ("Une décision expliquée", _EXPLANATION),
}


def schema(answer: str) -> Schema:
    """
    The schema of the JSON form (`plain()`) of an answer.

    Args:
        answer: « audit », « diff », « replay » or « explain ».

    Raises:
        KeyError: If there is no such answer.
    """
    title, found = _ANSWERS[answer]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **found}
