"""Analyses of how values flow through a program."""
