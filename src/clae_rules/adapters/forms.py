"""Records to and from plain JSON types: versioned, strict, every fault at once and nothing private repeated."""

from __future__ import annotations

from ._forms import FORM, VERSION, from_plain, to_plain

__all__ = ["FORM", "VERSION", "from_plain", "to_plain"]
