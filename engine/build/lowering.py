"""What stands in for Keras' layers in a model that XLA compiles: the same rule, written in what XLA is good at."""

from __future__ import annotations

from collections.abc import Mapping

from engine.build.dropout import ThreefryDropout

UNDER_XLA: Mapping[str, type] = {"layers.Dropout": ThreefryDropout}
"""By the path of the call that makes Keras' own."""
