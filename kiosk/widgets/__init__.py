"""Pieces of the screens: they draw and announce, and never call a service."""
