"""Bridges to libraries that the core does without; each module imports its library only when it is used."""
