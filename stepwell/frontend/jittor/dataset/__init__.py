"""Data sets, batch by batch."""

from stepwell.frontend.jittor.dataset.dataset import DataLoader, Dataset, TensorDataset

__all__ = ["DataLoader", "Dataset", "TensorDataset"]
