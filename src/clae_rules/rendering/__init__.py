"""A règlement told in plain French, from its data alone."""

from .articles import SENTENCES, render

__all__ = ["SENTENCES", "render"]
