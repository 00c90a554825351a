"""The JSON Schemas of what a portal is asked, of what it answers, and of the lines of a corpus."""

from __future__ import annotations

from typing import Any

from ...files.schema import headed
from .corpus import LINE
from .months import MONTH
from .trials import TOLD, TRIAL


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas (draft 2020-12) by name: of a case, of the answer to it, of a line of a corpus, of a month of one."""
    return {
        "cas": headed("Cas posé à un portail, format 1", TRIAL),
        "reponse": headed("Réponse d'un portail, format 1", TOLD),
        "ligne": headed("Ligne d'un corpus de conformité, format 1", LINE),
        "mois": headed("Mois d'un corpus de conformité, format 1", MONTH),
    }
