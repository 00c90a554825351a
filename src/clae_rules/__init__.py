"""Booking rules, deadlines and prices of French after-school care, decided and explained."""

__version__ = "0.1.0"
