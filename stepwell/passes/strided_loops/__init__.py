"""Structured ops whose innermost loop would stride through memory, as loops over blocks."""
