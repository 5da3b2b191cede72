"""The learning rate of each step, in plain Python."""

from __future__ import annotations

import pytest

from engine.spec.schedules import Constant, Cosine, Exponential, Length, OneCycle, Step

LENGTH = Length(epochs=4, steps_per_epoch=10)


def curve(schedule):
    return [schedule.rate(0.1, step, LENGTH) for step in range(LENGTH.steps + 1)]


def test_constant_stays():
    assert set(curve(Constant())) == {0.1}


def test_step_falls_at_once():
    rates = curve(Step(every=2, factor=0.5))
    assert rates[:20] == [0.1] * 20
    assert rates[20:40] == [0.05] * 20


def test_exponential_falls_by_its_factor_an_epoch():
    rates = curve(Exponential(factor=0.5))
    assert [rates[step] for step in (0, 10, 20)] == pytest.approx([0.1, 0.05, 0.025])
    assert rates == sorted(rates, reverse=True)


def test_cosine_warms_up_and_falls_to_its_end():
    rates = curve(Cosine(warmup_epochs=1.0, alpha=0.1))
    assert rates[:11] == pytest.approx([0.01 * step for step in range(11)])
    assert rates[10] == max(rates) == pytest.approx(0.1)
    assert rates[25] == pytest.approx(0.055)  # half way down
    assert rates[40] == pytest.approx(0.01)


def test_one_cycle_rises_and_falls():
    rates = curve(OneCycle())
    assert rates[0] == pytest.approx(0.1 / 25)
    assert rates[12] == max(rates) == pytest.approx(0.1)
    assert rates[40] == pytest.approx(0.1 / 1e5)
    assert rates[:13] == sorted(rates[:13])
    assert rates[12:] == sorted(rates[12:], reverse=True)
