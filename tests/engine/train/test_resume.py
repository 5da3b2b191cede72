"""A run goes on as if nothing had happened: where it stopped, with what people changed, past damage and a full disk."""

from __future__ import annotations

import errno
from dataclasses import replace

import numpy as np
import pytest

from engine.runs import saved
from engine.runs.directory import RunError
from engine.runs.events import Changed, CheckpointSaved, Continued, Epoch, Finished, Paused, Progress, Started
from engine.runs.history import History
from engine.runs.journal import Journal
from engine.runs.library import overview
from engine.runs.making import create, forkable
from engine.runs.resuming import check_resumable, events
from engine.train import beginning, checkpoint, patience
from engine.train.control import Control, SaveNow, Turn
from engine.train.pace import Pace
from engine.train.trainer import Trainer

LAYERS = (
    {"type": "flatten"},
    {"type": "dense", "units": 8, "activation": "relu", "kernel_regularizer": {"type": "l2", "strength": 0.001}},
    {"type": "batch_normalization"},
    {"type": "dropout", "rate": 0.2},
)
RATE = ("model", "layers", 3, "rate")
LEARNING_RATE = ("compile", "optimizer", "learning_rate")
STRENGTH = ("model", "layers", 1, "kernel_regularizer", "strength")


@pytest.fixture
def make(make):
    """Experiments without XLA, whose compilation would take most of the time: other tests hold the two together."""

    def experiment(*settings, **options):
        return make("compile.jit_compile=off", *settings, **options)

    return experiment


class Killed(BaseException):
    """As good as SIGKILL: nothing is saved, nothing is told."""


class Attempt:
    """One process' work on a run, with what happens at which step, at the end of a chunk: a wish, or its end."""

    def __init__(self, run, data, *, chunk=2, resume=False, at=None):
        self.run = run
        self.control = Control()
        self._at = dict(at or {})
        self._journal = Journal(run.events)
        self.trainer = Trainer(run.experiment(), data, run, self._journal, self.control, resume=resume)
        self.trainer.pace = FixedPace(chunk)
        tell = self._journal.append

        def append(event):
            tell(event)
            happening = self._at.pop(event.step, None) if isinstance(event, Progress) else None
            if happening == "kill":
                raise Killed
            if happening == "stop":
                self.control.stop()
            elif happening:
                self.control.wish(happening)

        self._journal.append = append

    def go(self):
        try:
            self.trainer.run()
        except Killed:
            pass
        finally:
            self._journal.close()
        return self.trainer


class FixedPace(Pace):
    """Chunks that depend on no clock."""

    def next(self, left):
        return min(left, self.steps)

    def measured(self, steps, seconds):
        pass


def of(run, kind):
    return [event for event in events(run) if isinstance(event, kind)]


def digest(run):
    return saved.read(run.last).digest()


@pytest.mark.parametrize("jit", ["on", "off"])
def test_a_stopped_run_goes_on_to_the_same_bits_and_decisions(make, data, jit):
    experiment = make(
        "fit.epochs=6", f"compile.jit_compile={jit}", "data.augment.width_shift_range=0.1",
        "fit.early_stopping={monitor='loss', patience=1, min_delta=0.05, restore_best_weights=true}",
        "fit.reduce_on_plateau={monitor='accuracy', patience=0, min_delta=10.0}", layers=LAYERS,
    )  # fmt: skip
    straight, stopped = create(experiment), create(experiment)
    Attempt(straight, data).go()
    Attempt(stopped, data, at={2: "stop"}).go()
    assert of(stopped, Finished)[0].reason == "stopped"
    Attempt(stopped, data, chunk=1, resume=True, at={10: "stop"}).go()
    Attempt(stopped, data, chunk=4, resume=True).go()
    starts = of(stopped, Started)
    assert [(start.resumed, start.step) for start in starts] == [(False, 0), (True, 2), (True, 10)]
    assert digest(stopped) == digest(straight)
    ours, theirs = (of(run, Epoch)[-1] for run in (stopped, straight))
    assert (ours.train, ours.validation, ours.best) == (theirs.train, theirs.validation, theirs.best)
    assert of(stopped, Finished)[-1].why == of(straight, Finished)[-1].why
    # What early stopping went back to came from before the stop.
    if straight.restored.exists():
        assert saved.read(stopped.restored).digest() == saved.read(straight.restored).digest()


def test_early_stopping_goes_back_to_weights_of_before_the_stop(make, data):
    experiment = make(
        "fit.epochs=20",
        "fit.early_stopping={monitor='val_loss', patience=2, min_delta=10.0, restore_best_weights=true}",
    )
    straight, stopped = create(experiment), create(experiment)
    Attempt(straight, data).go()
    Attempt(stopped, data, at={6: "stop"}).go()
    Attempt(stopped, data, resume=True).go()
    assert of(stopped, Finished)[-1].reason == "early_stopped"
    assert saved.read(stopped.restored).digest() == saved.read(straight.restored).digest()
    assert saved.read(stopped.restored).epoch == 1


@pytest.mark.parametrize("place", [LEARNING_RATE, RATE, STRENGTH, ("compile", "optimizer", "beta_1")])
def test_what_people_changed_is_changed_again_at_the_same_step(make, data, place):
    experiment = make("fit.epochs=3", layers=LAYERS)
    straight, killed, plain = create(experiment), create(experiment), create(experiment)
    change = Turn(place, 0.05)
    Attempt(straight, data, at={6: change}).go()
    Attempt(plain, data).go()
    Attempt(killed, data, at={6: change, 8: "kill"}).go()
    assert saved.read(killed.last).step == 4
    Attempt(killed, data, chunk=4, resume=True).go()
    assert digest(killed) == digest(straight) != digest(plain)
    (first, again) = of(killed, Changed)
    assert (first.step, first.value, first.number) == (again.step, again.value, again.number) == (6, 0.05, 1)
    history = History().after(events(killed))
    assert [mark.x for mark in history.marks] == [1.5]
    assert History().after(events(straight)).marks[0].change.before == again.before


def test_a_change_is_in_the_checkpoint_after_it(make, data):
    run = create(make("fit.epochs=3", layers=LAYERS))
    Attempt(run, data, at={2: Turn(RATE, 0.0), 4: Turn(RATE, 0.6), 6: "stop"}).go()
    kept = saved.read(run.last)
    assert kept.experiment.model.layers[3].rate == 0.6
    assert kept.standing.changes == [1, 2]
    Attempt(run, data, resume=True, at={8: Turn(STRENGTH, 0.5)}).go()
    assert [change.number for change in of(run, Changed)] == [1, 2, 3]
    assert checkpoint.restore(saved.read(run.last)).model is not None


def test_a_change_that_cannot_be_leaves_the_run_alone(make, data, capsys):
    run = create(make())
    Attempt(run, data, at={2: Turn(RATE, 7.0)}).go()
    assert not of(run, Changed)
    assert of(run, Finished)[0].reason == "completed"


def test_a_checkpoint_can_be_asked_for_and_is_made_in_long_epochs(make, data):
    asked, timed = create(make()), create(make("checkpoint.every_minutes=0.0000001"))
    Attempt(asked, data, at={2: SaveNow()}).go()
    assert [event.step for event in of(asked, CheckpointSaved) if event.file == "last.npz"] == [2, 4, 8]
    Attempt(timed, data).go()
    assert 2 in [event.step for event in of(timed, CheckpointSaved)]
    assert saved.read(timed.previous).step < saved.read(timed.last).step


@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_a_damaged_checkpoint_falls_back_to_the_one_before_and_says_so(make, data, damage):
    experiment = make("fit.epochs=4")
    straight, run = create(experiment), create(experiment)
    Attempt(straight, data).go()
    Attempt(run, data, at={10: "kill"}).go()
    assert (saved.read(run.last).step, saved.read(run.previous).step) == (8, 4)
    run.best.unlink()
    content = bytearray(run.last.read_bytes())
    if damage == "truncated":
        content = content[: len(content) // 2]
    content[len(content) // 3] ^= 0x10
    run.last.unlink()
    if damage != "missing":
        run.last.write_bytes(content)
    Attempt(run, data, resume=True).go()
    start = of(run, Started)[-1]
    assert (start.step, start.loaded) == (4, "previous.npz")
    assert any("last.npz is damaged" in note for note in start.notes) == (damage != "missing")
    assert digest(run) == digest(straight)


def test_a_run_whose_images_changed_is_not_resumed_but_can_be_forked(make, data):
    run = create(make("fit.epochs=3"))
    Attempt(run, data, at={6: "stop"}).go()
    labels = data.train.labels.copy()
    labels[7] += 1
    other = replace(data, train=replace(data.train, labels=labels % 10))
    with pytest.raises(saved.CheckpointError, match=f"have changed since.*nnplay fork {run.name}"):
        beginning.resume(run.experiment(), run, other.train)
    forked = fork(make, run, 1)
    assert "these are not the images" in beginning.begin(forked.experiment(), forked, other.train).notes[0]


def test_without_any_whole_checkpoint_it_begins_anew(make, data):
    experiment = make()
    straight, run = create(experiment), create(experiment)
    Attempt(straight, data).go()
    Attempt(run, data, at={6: "kill"}).go()
    for path in run.checkpoints.iterdir():
        path.write_bytes(b"nothing")
    Attempt(run, data, resume=True).go()
    assert "begins anew" in of(run, Started)[-1].notes[-1]
    assert digest(run) == digest(straight)


def test_every_nth_epoch_is_kept_and_the_last_and_the_one_before_it(make, data):
    run = create(make("fit.epochs=5", "checkpoint.every_epochs=2"))
    Attempt(run, data).go()
    names = {path.name for path in run.checkpoints.iterdir()}
    assert names == {"last.npz", "previous.npz", "best.npz", "epoch-0002.npz", "epoch-0004.npz"}
    assert [saved.read(path).epoch for path in (run.last, run.previous, run.of_epoch(2))] == [5, 4, 2]
    assert set(forkable(run)) >= {2, 4, 5}


def fork(make, parent, epoch, *settings, **options):
    return create(make("fit.epochs=3", f"fork={{run='{parent.name}', epoch={epoch}}}", *settings, **options))


@pytest.fixture
def parent(make, data):
    run = create(make("fit.epochs=2", layers=LAYERS))
    Attempt(run, data).go()
    return run


def test_a_fork_with_nothing_changed_is_the_parent_that_trains_on(make, data, parent):
    longer = create(make("fit.epochs=3", layers=LAYERS))
    Attempt(longer, data).go()
    run = fork(make, parent, 2, layers=LAYERS)
    parent.last.unlink()  # the fork has a copy
    Attempt(run, data).go()
    assert digest(run) == digest(longer)
    start = of(run, Started)[0]
    assert (start.parent, start.step, start.epochs_done, start.notes) == (f"{parent.name}@2", 8, 2, ())
    assert run.experiment().fork.run == parent.name
    assert History().after(events(run)).train_loss.x[0] > 2


def test_a_fork_takes_what_still_means_something(make, data, parent):
    theirs = checkpoint.by_path(saved.read(parent.last).state)
    run = fork(make, parent, 2, "compile.optimizer.type=sgd", "fit.batch_size=50", layers=LAYERS)
    begun = beginning.begin(run.experiment(), run, data.train)
    for variable in begun.built.model.variables:
        np.testing.assert_array_equal(variable, theirs[variable.path])
    assert begun.notes == ["what adam remembers of old gradients means nothing to sgd: the optimizer begins anew"]
    assert begun.standing.step == 4  # two epochs of two batches
    slower = fork(make, parent, 2, "compile.optimizer.learning_rate=0.5", layers=LAYERS)
    begun = beginning.begin(slower.experiment(), slower, data.train)
    assert float(begun.built.optimizer.learning_rate) == 0.5
    moments = [variable for variable in begun.built.optimizer.variables if "momentum" in variable.path]
    assert moments
    for variable in moments:
        np.testing.assert_array_equal(variable, theirs[variable.path])


def test_a_schedule_stands_where_the_fork_begins(make, data, parent):
    run = fork(make, parent, 2, "compile.schedule.type=cosine", "fit.batch_size=50", layers=LAYERS)
    begun = beginning.begin(run.experiment(), run, data.train)
    experiment = run.experiment()
    expected = experiment.compile.schedule.rate(experiment.learning_rate, 4, experiment.length)
    assert float(begun.built.optimizer.learning_rate) == pytest.approx(expected)


def test_a_fork_with_other_layers_is_refused(make, data, parent):
    run = fork(make, parent, 2)
    with pytest.raises(saved.CheckpointError, match="other layers: .*batch_normalization.*Give it the same layers"):
        beginning.begin(run.experiment(), run, data.train)


def test_what_cannot_be_forked_is_refused_before_anything_is_made(make, parent, home):
    before = sorted((home / "runs").iterdir())
    with pytest.raises(RunError, match=r"no checkpoint of epoch 7: there are those of 1, 2|those of 2"):
        fork(make, parent, 7)
    with pytest.raises(RunError, match="nothing is left to train. Set fit.epochs to more than 2"):
        fork(make, parent, 2, "fit.epochs=2")
    with pytest.raises(RunError, match="there is no run"):
        create(make("fork={run='elsewhere', epoch=1}"))
    assert sorted((home / "runs").iterdir()) == before


def test_a_fork_that_was_killed_before_its_first_checkpoint_forks_again(make, data, parent):
    one, other = (fork(make, parent, 2, layers=LAYERS) for _ in range(2))
    Attempt(one, data).go()
    Attempt(other, data, at={9: "kill"}, chunk=1).go()
    Attempt(other, data, resume=True).go()
    assert digest(other) == digest(one)


def test_what_cannot_be_resumed_says_what_to_do(make, data, parent):
    with pytest.raises(RunError, match=f"is done. To train on: nnplay fork {parent.name} --epochs 7"):
        check_resumable(overview(parent))
    light = create(make("checkpoint.save_weights_only=true", "fit.epochs=5"))
    Attempt(light, data, at={6: "stop"}).go()
    with pytest.raises(RunError, match="keeps weights only.*nnplay fork "):
        check_resumable(overview(light))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_full_or_read_only_disk_pauses_the_run_which_then_goes_on(make, data, monkeypatch, number):
    experiment = make("fit.epochs=3")
    straight, run = create(experiment), create(experiment)
    Attempt(straight, data).go()
    attempt = Attempt(run, data)
    write, append, refused = saved.write, attempt._journal.append, []
    seen = []

    def refusing(path, content):
        if len(refused) < 3:
            refused.append(path)
            seen.append(attempt.control.trouble)
            raise OSError(number, "No space left on device" if number == errno.ENOSPC else "Read-only", str(path))
        write(path, content)

    def full_for_a_while(event):
        if isinstance(event, Epoch) and event.epoch == 2 and len(refused) < 5:
            refused.append(event)
            raise OSError(number, "full")
        append(event)

    monkeypatch.setattr(patience, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(saved, "write", refusing)
    attempt._journal.append = full_for_a_while
    attempt.go()
    assert len(refused) == 5
    assert "by itself" in seen[1]
    assert attempt.control.trouble == ""
    paused = of(run, Paused)
    assert len(paused) == len(of(run, Continued)) == 2
    assert all("by itself" in event.why for event in paused)
    assert digest(run) == digest(straight)
    assert [event.epoch for event in of(run, Epoch)] == [1, 2, 3]


def test_a_stop_ends_the_waiting_for_a_disk(make, data, monkeypatch):
    run = create(make("fit.epochs=3"))
    attempt = Attempt(run, data)

    def full(path, content):
        attempt.control.stop()
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(saved, "write", full)
    with pytest.raises(OSError, match="full"):  # the end cannot be saved either: the engine thread writes it down
        attempt.go()


def test_a_run_whose_directory_vanished_does_not_wait_for_ever(make, data, monkeypatch):
    run = create(make("fit.epochs=3"))
    attempt = Attempt(run, data)

    def gone(path, content):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(path))

    monkeypatch.setattr(saved, "write", gone)
    with pytest.raises(FileNotFoundError):
        attempt.go()
