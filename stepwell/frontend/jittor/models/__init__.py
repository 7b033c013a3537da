"""Models with random weights."""

from stepwell.frontend.jittor.models.resnet import ResNet, resnet18, resnet34, resnet50

__all__ = ["ResNet", "resnet18", "resnet34", "resnet50"]
