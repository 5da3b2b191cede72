"""The part of a script that changes the training images at random: in Keras and NumPy, a batch at a time."""

from __future__ import annotations

from engine.export.parts import Part
from engine.export.source import written
from engine.spec.data import Augment
from engine.spec.experiment import Experiment

UNSCALED = (1.0, 1.0)

BATCHES = '''
class AugmentedBatches(keras.utils.PyDataset):
    """Batches of training images, in another order and changed anew in every epoch."""

    def __init__(self, images, labels, batch_size, seed):
        super().__init__()
        self.images, self.labels, self.batch_size = images, labels, batch_size
        self.random = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.images) / self.batch_size)

    def __getitem__(self, index):
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return augmented(self.images[chosen], self.random), self.labels[chosen]

    def on_epoch_end(self):
        self.order = self.random.permutation(len(self.images))
'''.strip()

MOVED = """
    sine, cosine = np.sin(angle), np.cos(angle)
    middle_row, middle_column = (height - 1) / 2, (width - 1) / 2
    # Output pixel (r, c) shows the input at row a·r + b·c + e and column d·r + f·c + g.
    a, b = cosine * zoom_rows, sine * zoom_columns
    d, f = -sine * zoom_rows, cosine * zoom_columns
    e = cosine * down + sine * across + middle_row - a * middle_row - b * middle_column
    g = cosine * across - sine * down + middle_column - d * middle_row - f * middle_column
    nothing = np.zeros(count)
    transforms = np.stack([f, d, g, b, a, e, nothing, nothing], axis=1).astype("float32")
    pixels = images.reshape(count, height, width, -1)
    pixels = keras.ops.image.affine_transform(
        pixels, transforms, fill_mode="nearest", data_format="channels_last"
    )
    images = keras.ops.convert_to_numpy(pixels).reshape(images.shape)
""".strip("\n")

FLIPPED = """
    flipped = random.random(count) < 0.5
    images = np.where(flipped.reshape(-1, *[1] * (images.ndim - 1)), images[:, :, ::-1], images)
""".strip("\n")


def augmentation(experiment: Experiment) -> Part | None:
    """Return the part that makes ``batches`` of changed images; None where images stay as they are."""
    knobs = experiment.data.augment
    if not knobs.active:
        return None
    call = f"batches = AugmentedBatches(x_train, y_train, {experiment.fit.batch_size}, seed={experiment.seed})"
    code = f"{_augmented(knobs)}\n\n\n{BATCHES}\n\n\n{call}"
    return Part("The augmentation", code, frozenset({"import math", "import numpy as np"}))


def _augmented(knobs: Augment) -> str:
    """Return the function that changes a batch."""
    moves = knobs.model_copy(update={"horizontal_flip": False}).active
    changes = {
        "turned": knobs.rotation_range > 0,
        "moved": knobs.width_shift_range > 0 or knobs.height_shift_range > 0,
        "scaled": knobs.zoom_range != UNSCALED,
        "mirrored": knobs.horizontal_flip,
    }
    *first, last = [word for word, holds in changes.items() if holds]
    words = f"{', '.join(first)} and {last}" if first else last
    size = "count, height, width = images.shape[:3]" if moves else "count = len(images)"
    lines = ["def augmented(images, random):", f'    """Return the images, each {words} at random."""', f"    {size}"]
    if moves:
        lines += [f"    {line}" for line in _draws(knobs)] + [MOVED]
    if knobs.horizontal_flip:
        lines.append(FLIPPED)
    return "\n".join([*lines, "    return images"])


def _number(value: float) -> str:
    """Write a number as one does: 10, not 10.0."""
    return written(int(value) if value == int(value) else value)


def _draws(knobs: Augment) -> list[str]:
    """Return a line for each number that is drawn for an image; what does not change stands there as it is."""
    angle = _number(knobs.rotation_range)
    low, high = map(_number, knobs.zoom_range)
    rotation = f"np.deg2rad(random.uniform(-{angle}, {angle}, count))" if knobs.rotation_range else "np.zeros(count)"
    zooms = f"random.uniform({low}, {high}, (2, count))" if knobs.zoom_range != UNSCALED else "np.ones((2, count))"
    return [
        f"angle = {rotation}",
        f"down = {_shift(knobs.height_shift_range, 'height')}",
        f"across = {_shift(knobs.width_shift_range, 'width')}",
        f"zoom_rows, zoom_columns = {zooms}",
    ]


def _shift(shift: float, side: str) -> str:
    """Return what draws a shift in pixels: below 1 it is a share of the side."""
    if not shift:
        return "np.zeros(count)"
    return f"random.uniform(-{_number(shift)}, {_number(shift)}, count)" + f" * {side}" * (shift < 1)
