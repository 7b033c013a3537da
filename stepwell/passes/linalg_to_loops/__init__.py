"""Structured ops as loop nests; used by the `convert-linalg-to-*loops` passes."""
