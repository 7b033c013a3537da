"""The canonical patterns of the tensor dialect."""
