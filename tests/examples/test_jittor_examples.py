"""The tensor library's examples, made small: they run, and learn."""

from __future__ import annotations

import re

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import models
from tests.examples.loading import script


def test_the_digits_are_learnt(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sklearn")
    script("digits").main(["--epochs", "1"])
    found = re.search(
        r"^trained in [\d.]+ s; test accuracy ([\d.]+)%$", capsys.readouterr().out, re.M
    )
    assert found is not None and float(found[1]) > 85


def test_batches_are_shown_on_terminals_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = script("digits").shown
    batches = [(jt.array([1.0]),)] * 3
    assert len(list(shown(batches, 3, "epoch"))) == 3
    assert capsys.readouterr().out == ""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert len(list(shown(batches, 3, "epoch"))) == 3


@pytest.mark.parametrize(
    ("name", "count"),
    [("resnet18", 11_689_512), ("resnet34", 21_797_672), ("resnet50", 25_557_032)],
)
def test_residual_networks_have_the_published_sizes(name: str, count: int) -> None:
    # The numbers are those that https://pytorch.org/vision/stable/models/resnet.html gives.
    model = getattr(models, name)()
    held = {id(one) for one in model.buffers()}
    assert sum(one.numel() for one in model.parameters() if id(one) not in held) == count
    names = [key for key, _ in model.named_parameters()]
    assert names[0] == "conv1.weight" and names[-1] == "fc.bias"
    assert "layer4.1.bn2.running_var" in names and "layer2.0.downsample.1.weight" in names


def test_a_small_residual_network_runs() -> None:
    from stepwell.frontend.jittor.models.resnet import Bottleneck, ResNet

    model = ResNet(Bottleneck, (1, 1, 1, 1), num_classes=5).eval()
    x = jt.randn(2, 3, 32, 32)
    scores = model(x).numpy()
    assert scores.shape == (2, 5) and np.isfinite(scores).all()
    compiled = jt.compile_stats().compiled
    alone = model(jt.array(x.numpy()[:1])).numpy()
    np.testing.assert_allclose(alone, scores[:1], 1e-3, 1e-4)
    assert jt.compile_stats().compiled == compiled
