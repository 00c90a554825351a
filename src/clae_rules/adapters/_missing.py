"""The one line of a missing library."""

from __future__ import annotations

from ..errors import ClaeRulesError


class MissingLibraryError(ClaeRulesError):
    """
    A library that is not installed.

    Args:
        what: What cannot be done without it, in French.
        extra: The extra of this package that brings it.
    """

    def __init__(self, what: str, extra: str) -> None:
        self.what, self.extra = what, extra
        super().__init__(f"{what} ; pip install 'clae-rules[{extra}]'")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.what, self.extra)
