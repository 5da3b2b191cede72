"""Documents that a person may write by accident and a stranger on purpose: a preset with anything at any place."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.spec.document import load, presets
from engine.spec.problem import SpecError
from engine.spec.tree import replaced

WORDS = ("type", "dense", "adam", "layers", "source", "units", "one_cycle", "l2", "mean_squared_error", "fashion-mnist")
VALUES = (
    st.sampled_from(WORDS)
    | st.text(max_size=8)
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.datetimes()
    | st.dates()
    | st.times()
)
NAMES = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
ANYTHING = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
"""All that TOML can hold."""


def places(node, place=()):
    """Return all places of a document."""
    yield place
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, each in inner:
        yield from places(each, (*place, key))


LOADED = [load(name) for name in presets()]
PLACES = [sorted(set(places(each)) - {()}, key=str) for each in LOADED]


@st.composite
def documents(draw):
    """A preset with other values, tables and arrays at some places, or with more keys than it may have."""
    which = draw(st.integers(0, len(LOADED) - 1))
    document = LOADED[which]
    for place in draw(st.lists(st.sampled_from(PLACES[which]), min_size=1, max_size=3)):
        more = draw(st.sampled_from(((), ("type",), ("new",))))
        try:
            document = replaced(document, (*place, *more), draw(ANYTHING))
        except SpecError:  # an edit before took the place away
            continue
    return document
