"""Recurrent layers: they read a sequence step by step. The rows of an image are one."""

from __future__ import annotations

from engine.spec.initializers import Initializer, Orthogonal
from engine.spec.knob import knob
from engine.spec.layers.layer import ActivationName, AxesError, Weighted
from engine.spec.regularizers import Regularizer
from engine.spec.shape import Shape


class LSTM(Weighted):
    """Reads the rows in turn and keeps a memory of them (Hochreiter & Schmidhuber, 1997)."""

    seeded = True
    units: int = knob(64, title="units", help="the size of its memory, and of its output", ge=1, le=4096)
    activation: ActivationName = knob("tanh", title="activation", help="of what it writes and reads")
    recurrent_activation: ActivationName = knob(
        "sigmoid", title="gates", help="the activation of the gates, which open from 0 to 1"
    )
    return_sequences: bool = knob(
        False, title="all steps", help="give an output for every row, as another LSTM behind it needs"
    )
    unit_forget_bias: bool = knob(
        True, title="forget bias 1", help="begin with an open memory (Jozefowicz et al., 2015)", advanced=True
    )
    recurrent_initializer: Initializer = knob(
        Orthogonal(), title="recurrent w.", help="how the weights from step to step are drawn", advanced=True
    )
    recurrent_regularizer: Regularizer | None = knob(
        None, title="recurrent reg.", help="a penalty on the weights from step to step", advanced=True
    )

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 2:
            raise AxesError(self, "steps × features", shape)
        output = (shape[0], self.units) if self.return_sequences else (self.units,)
        return self.checked(output, shape)

    def variables(self, shape: Shape) -> dict[str, Shape]:
        gates = 4 * self.units
        return {"kernel": (shape[-1], gates), "recurrent": (self.units, gates), "bias": (gates,)}

    def parameters(self, shape: Shape) -> int:
        return 4 * self.units * (shape[-1] + self.units + self.use_bias)

    def multiply_adds(self, shape: Shape) -> int:
        return shape[0] * 4 * self.units * (shape[-1] + self.units)

    def label(self) -> str:
        return f"LSTM {self.units}"
