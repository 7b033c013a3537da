"""Contractions as tiles of sums; used by `linalg-contractions-to-vectors`."""
