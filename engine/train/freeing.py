"""Giving back what a run leaves in the memory when it is over: its model, its compiled steps, its images.

Measured on a CPU, in one process that trained six to twelve forms of the notes' baseline. With all images and XLA a run
left 62 MB behind, and now leaves 13; with 2,000 images it was 22, and is 15; without XLA 7, and is 1. What is left are
XLA's compiled programs, for which TensorFlow knows no end. Neither Keras' clear_session nor collecting garbage alone
frees any of this; malloc_trim gives back 45 MB, but only once, for the next run takes them again.
"""

from __future__ import annotations

import gc
from contextlib import suppress


def free() -> None:
    """Let go of the run that is over; nothing of it may be trained on.

    Where a compiled function holds a custom gradient, TensorFlow lists that by a name of its own, for ever; the
    gradient holds the function's graph, and that the images and the weights. Keras' optimizers make one in each
    function that applies them, and some activations do.
    """
    with suppress(ImportError, AttributeError):  # the list is TensorFlow's own business, and may be another in time
        from tensorflow.python.framework import ops  # noqa: PLC0415

        gradients = ops.gradient_registry._registry
        for name in [name for name in gradients if name.startswith("CustomGradient-")]:
            del gradients[name]
    gc.collect()  # models and graphs are full of circles, and may wait for long until Python looks for those
