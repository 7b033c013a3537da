"""Residual networks for images.

Parameters have the names that torchvision gives them, so that its weights can be loaded.

Source: He et al., "Deep residual learning for image recognition", 2015; in the bottleneck the
stride is that of the 3 x 3 convolution, as is usual since.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.frontend.jittor import nn
from stepwell.frontend.jittor.var import Var

_STEM = 64
_STAGES = 4


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions beside a short cut.

    Args:
        in_channels: of the input. channels: of the result. stride: of the first convolution.
    """

    expansion = 1

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm(channels)
        self.downsample = _short_cut(in_channels, channels, stride)

    def execute(self, x: Var) -> Var:
        y = nn.relu(self.bn1(self.conv1(x)))
        return nn.relu(self.bn2(self.conv2(y)) + self.downsample(x))


class Bottleneck(nn.Module):
    """A 3 x 3 convolution between two of 1 x 1, which narrow and widen, beside a short cut.

    Args:
        in_channels: of the input. channels: within; the result has four times as many. stride: of
            the middle convolution.
    """

    expansion = 4

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        wide = channels * self.expansion
        self.conv1 = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm(channels)
        self.conv3 = nn.Conv2d(channels, wide, 1, bias=False)
        self.bn3 = nn.BatchNorm(wide)
        self.downsample = _short_cut(in_channels, wide, stride)

    def execute(self, x: Var) -> Var:
        y = nn.relu(self.bn1(self.conv1(x)))
        y = nn.relu(self.bn2(self.conv2(y)))
        return nn.relu(self.bn3(self.conv3(y)) + self.downsample(x))


def _short_cut(in_channels: int, channels: int, stride: int) -> nn.Module:
    if stride == 1 and in_channels == channels:
        return nn.Identity()
    conv = nn.Conv2d(in_channels, channels, 1, stride, bias=False)
    return nn.Sequential(conv, nn.BatchNorm(channels))


class ResNet(nn.Module):
    """A residual network: from images [N, 3, H, W] to scores [N, num_classes].

    Args:
        block: the class of its blocks. counts: the number of blocks in each of the four stages.
            num_classes: the number of scores.
    """

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        counts: Sequence[int],
        num_classes: int = 1000,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, _STEM, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm(_STEM)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        stages = []
        channels = _STEM
        for number in range(_STAGES):
            wide = _STEM << number
            stages.append(_stage(block, counts[number], channels, wide, 2 if number else 1))
            channels = wide * block.expansion
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, num_classes)

    def execute(self, x: Var) -> Var:
        x = self.maxpool(nn.relu(self.bn1(self.conv1(x))))
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return self.fc(self.avgpool(x).reshape(x.shape[0], -1))


def _stage(
    block: type[BasicBlock] | type[Bottleneck], count: int, channels: int, wide: int, stride: int
) -> nn.Sequential:
    first = block(channels, wide, stride)
    rest = [block(wide * block.expansion, wide) for _ in range(count - 1)]
    return nn.Sequential(first, *rest)


def resnet18(num_classes: int = 1000) -> ResNet:
    """The network of 18 layers."""
    return ResNet(BasicBlock, (2, 2, 2, 2), num_classes)


def resnet34(num_classes: int = 1000) -> ResNet:
    """The network of 34 layers."""
    return ResNet(BasicBlock, (3, 4, 6, 3), num_classes)


def resnet50(num_classes: int = 1000) -> ResNet:
    """The network of 50 layers."""
    return ResNet(Bottleneck, (3, 4, 6, 3), num_classes)
