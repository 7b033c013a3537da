"""The canonical patterns of the linalg dialect."""
