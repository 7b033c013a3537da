"""Watching what passes do to the values of a program: every level is run and compared."""
