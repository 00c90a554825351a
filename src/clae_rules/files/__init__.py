"""Règlement and demande files read into values and written back, standard library only."""
