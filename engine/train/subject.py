"""What is trained: an experiment, what was built of it, and its compiled steps. A turned knob may make them anew."""

from __future__ import annotations

from engine.build.model import Built
from engine.spec.experiment import Experiment
from engine.spec.live import turned
from engine.spec.problem import Place
from engine.spec.schedules import Constant
from engine.train import live
from engine.train.beginning import Beginning
from engine.train.control import Control
from engine.train.evaluation import Evaluation
from engine.train.loop import OnDevice
from engine.train.policy import Steps


class Subject:
    """What is trained, by now.

    Attributes:
        experiment: what is asked for; people see it where they command the run.
        built: the model and its optimizer.
        steps: the compiled steps that train it.
        compiled: the sizes of batches that the steps are compiled for.
        validation: judges it by the held-out images.
    """

    def __init__(self, begun: Beginning, train: OnDevice, held_out: OnDevice, control: Control) -> None:
        self.experiment: Experiment = begun.experiment
        self.built: Built = begun.built
        self.steps: Steps = begun.steps
        self.compiled: set[int] = set()
        self.validation = Evaluation(self.experiment, self.built, held_out)
        self._train, self._held_out, self._control = train, held_out, control
        self._length = begun.experiment.length
        control.experiment = self.experiment

    @property
    def accuracy(self) -> str:
        """The name of the metric that is shown as accuracy."""
        return next(iter(self.built.metrics))

    @property
    def learning_rate(self) -> float:
        """That of the last step. A schedule's optimizer itself tells that of the next, which may never be made."""
        schedule, optimizer = self.experiment.compile.schedule, self.built.optimizer
        if isinstance(schedule, Constant):
            return float(optimizer.learning_rate)
        # Its own count: that of a fork may begin anew.
        made = int(getattr(optimizer, "inner_optimizer", optimizer).iterations)
        return schedule.rate(self.experiment.learning_rate, max(made - 1, 0), self._length)

    def ask(self, place: Place, value: float) -> None:
        """Have a knob's new value be what is asked for from now on, where what is built has it already.

        Raises:
            SpecError: nobody may ask for that.
        """
        self.experiment = self._control.experiment = turned(self.experiment, place, value)

    def turn(self, place: Place, value: float) -> None:
        """Go on with a knob at another value.

        Raises:
            SpecError: nobody may ask for that; nothing is changed.
        """
        experiment, old = turned(self.experiment, place, value), self.built
        self.built, self.steps = live.turn(experiment, place, value, old, self.steps, self._train)
        self.experiment = experiment
        if self.built is not old:
            self.compiled.clear()
            self.validation = Evaluation(experiment, self.built, self._held_out)
        self._control.experiment = experiment
