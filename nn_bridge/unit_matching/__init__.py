"""Telling people which units of two networks differ."""
