"""Contractions as loops over vectors; used by `linalg-contractions-to-vectors`."""
