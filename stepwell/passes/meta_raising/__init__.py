"""Contractions found among the ops of the meta dialect; used by `raise-meta-to-linalg`."""
