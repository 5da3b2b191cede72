"""The same as an eager PyTorch loop: ``python -m tests.bench.by_torch MODEL EPOCHS``, a JSON line an epoch on stderr.

As a user writes it who cares for speed: the data are one tensor in memory, and Adam is fused. PyTorch is no dependency.
"""

from __future__ import annotations

import json
import sys
import time

import torch
from torch import nn

from engine.data import fashion_mnist


class LastStep(nn.Module):
    """An LSTM's output after the last row."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 64, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0][:, -1]


MODELS = {
    "notes-baseline": lambda: [nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)],
    "mlp": lambda: [
        nn.Flatten(),
        nn.Linear(784, 256), nn.ReLU(), nn.BatchNorm1d(256, eps=1e-3, momentum=0.01), nn.Dropout(0.3),
        nn.Linear(256, 128), nn.ReLU(), nn.BatchNorm1d(128, eps=1e-3, momentum=0.01), nn.Dropout(0.3),
        nn.Linear(128, 10),
    ],
    "cnn": lambda: [
        nn.Unflatten(1, (1, 28)),
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(64, 128, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(1152, 10),
    ],
    "lstm": lambda: [LastStep(), nn.Linear(64, 10)],
}  # fmt: skip


def penalties(network: nn.Module, model: str) -> torch.Tensor | float:
    """Return what the MLP's L2 adds to the loss: of both hidden kernels."""
    if model != "mlp":
        return 0.0
    return 1e-4 * sum((layer.weight**2).sum() for layer in (network[1], network[5]))


def initialize(network: nn.Module) -> None:
    """Draw the weights as Keras does: with PyTorch's own, smaller ones the loss curves would differ."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


def main(model: str, epochs: int) -> None:
    train, test = fashion_mnist.read()
    torch.manual_seed(0)
    x, x_test = (torch.from_numpy(part.images.copy()).float() / 255 for part in (train, test))
    y, y_test = (torch.from_numpy(part.labels.copy()).long() for part in (train, test))
    network = nn.Sequential(*MODELS[model]())
    initialize(network)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, eps=1e-7, fused=True)
    loss_of = nn.CrossEntropyLoss()
    for _ in range(epochs):
        began, total, right = time.perf_counter(), 0.0, 0
        network.train()
        for batch in torch.randperm(len(x)).split(32):
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(network(x[batch]), y[batch]) + penalties(network, model)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        network.eval()
        with torch.no_grad():
            for images, labels in zip(x_test.split(500), y_test.split(500), strict=True):
                right += int((network(images).argmax(1) == labels).sum())
        seconds = time.perf_counter() - began
        print(
            json.dumps({"seconds": seconds, "loss": total / len(x), "accuracy": right / len(x_test)}), file=sys.stderr
        )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
