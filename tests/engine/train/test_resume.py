"""A run goes on as if nothing had happened: where it stopped, with what people changed, past damage and a full disk."""

from __future__ import annotations

import errno
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from engine.runs import saved
from engine.runs.directory import RunError
from engine.runs.events import Changed, CheckpointSaved, Continued, Epoch, Finished, Paused, Progress, Started
from engine.runs.history import History, State
from engine.runs.journal import Journal
from engine.runs.library import overview
from engine.runs.making import create, forkable
from engine.runs.resuming import check_resumable, events
from engine.train import beginning, checkpoint, patience
from engine.train.control import Control, SaveNow, Turn
from engine.train.loop import OnDevice
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


def begin(run, split, how=beginning.begin):
    experiment = run.experiment()
    return how(experiment, run, OnDevice.put(split, experiment), split.fingerprint())


def of(run, kind):
    return [event for event in events(run) if isinstance(event, kind)]


def digest(run):
    return saved.read(run.last).digest()


def test_a_stopped_run_goes_on_to_the_same_bits_and_decisions(make, data):
    experiment = make(
        "fit.epochs=6", "data.augment.width_shift_range=0.1",
        "fit.early_stopping={monitor='loss', patience=1, min_delta=0.05, restore_best_weights=true}",
        "fit.reduce_on_plateau={monitor='accuracy', patience=0, min_delta=10.0}", layers=LAYERS,
    )  # fmt: skip
    straight, stopped = create(experiment), create(experiment)
    Attempt(straight, data).go()
    Attempt(stopped, data, at={2: "stop"}).go()
    assert of(stopped, Finished)[0].reason == "stopped"
    Attempt(stopped, data, chunk=1, resume=True).go()
    starts = of(stopped, Started)
    assert [(start.resumed, start.step) for start in starts] == [(False, 0), (True, 2)]
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


@pytest.mark.parametrize("place", [LEARNING_RATE, RATE, STRENGTH])
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
        begin(run, other.train, beginning.resume)
    forked = fork(make, run, 1)
    assert "these are not the images" in begin(forked, other.train).notes[0]


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
    begun = begin(run, data.train)
    for variable in begun.built.model.variables:
        np.testing.assert_array_equal(variable, theirs[variable.path])
    assert begun.notes == ["what adam remembers of old gradients means nothing to sgd: the optimizer begins anew"]
    assert begun.standing.step == 4  # two epochs of two batches
    slower = fork(make, parent, 2, "compile.optimizer.learning_rate=0.5", layers=LAYERS)
    begun = begin(slower, data.train)
    assert float(begun.built.optimizer.learning_rate) == 0.5
    moments = [variable for variable in begun.built.optimizer.variables if "momentum" in variable.path]
    assert moments
    for variable in moments:
        np.testing.assert_array_equal(variable, theirs[variable.path])


def test_a_schedule_stands_where_the_fork_begins(make, data, parent):
    run = fork(make, parent, 2, "compile.schedule.type=cosine", "fit.batch_size=50", layers=LAYERS)
    begun = begin(run, data.train)
    experiment = run.experiment()
    expected = experiment.compile.schedule.rate(experiment.learning_rate, 4, experiment.length)
    assert float(begun.built.optimizer.learning_rate) == pytest.approx(expected)


def test_a_fork_with_other_layers_is_refused(make, data, parent):
    run = fork(make, parent, 2)
    with pytest.raises(saved.CheckpointError, match="other layers: .*batch_normalization.*Give it the same layers"):
        begin(run, data.train)


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


def test_where_only_weights_are_kept_nothing_is_resumed_nor_overwritten(make, data):
    run = create(make("checkpoint.save_best_only=true", "checkpoint.save_weights_only=true", "fit.epochs=5"))
    Attempt(run, data, at={6: "kill"}).go()
    before = run.best.read_bytes()
    with pytest.raises(RunError, match="keeps weights only"):
        check_resumable(overview(run))
    with pytest.raises(saved.CheckpointError, match="holds weights only"):
        begin(run, data.train, beginning.resume)
    assert run.best.read_bytes() == before


def spoil_format(run, monkeypatch):
    monkeypatch.setattr(saved, "FORMAT", saved.FORMAT + 1)
    return "this nnplay reads"


def spoil_memory(run, monkeypatch):
    def too_little(*_, **__):
        raise MemoryError

    monkeypatch.setattr(saved.np, "load", too_little)
    return "too little memory"


def spoil_access(run, monkeypatch):
    run.last.unlink()
    run.last.mkdir()
    return "cannot be read"


@pytest.mark.parametrize("spoil", [spoil_format, spoil_memory, spoil_access])
def test_what_cannot_be_read_now_is_not_taken_for_damaged(make, data, monkeypatch, spoil):
    run = create(make("fit.epochs=3"))
    Attempt(run, data, at={6: "stop"}).go()
    files = {path.name for path in run.checkpoints.iterdir()}
    with monkeypatch.context() as patch:
        why = spoil(run, patch)
        with pytest.raises(saved.CheckpointError, match=why):
            begin(run, data.train, beginning.resume)
    assert {path.name for path in run.checkpoints.iterdir()} == files


def test_a_damaged_file_never_takes_the_place_of_a_whole_one(make, data, monkeypatch):
    experiment = make("fit.epochs=5")
    straight, run = create(experiment), create(experiment)
    Attempt(straight, data).go()
    Attempt(run, data, at={10: "kill"}).go()
    run.best.unlink()
    run.last.write_bytes(b"nothing")

    def killed_between(path, content):
        if path.name == "last.npz":
            raise Killed
        write(path, content)

    write = saved.write
    with monkeypatch.context() as patch:
        patch.setattr(saved, "write", killed_between)
        patch.setattr(Trainer, "_is_best", lambda self, validation: False)
        Attempt(run, data, resume=True).go()
    assert saved.read(run.previous).step == 4
    assert run.last.with_name("last.npz.damaged").exists()
    Attempt(run, data, resume=True).go()
    assert digest(run) == digest(straight)


@pytest.mark.parametrize("when", ["epoch", "checkpoint"])
def test_a_stop_while_an_epoch_waits_for_the_disk_closes_it_whole_or_not_at_all(make, data, monkeypatch, when):
    experiment = make(
        "fit.epochs=6", "fit.early_stopping={monitor='val_loss', patience=2, min_delta=10.0}",
        "fit.reduce_on_plateau={monitor='val_loss', patience=1, min_delta=10.0}",
    )  # fmt: skip
    straight, run = create(experiment), create(experiment)
    Attempt(straight, data).go()
    attempt = Attempt(run, data)
    full = []

    def refuse():
        if not full:
            full.append(attempt.control.stop())
            raise OSError(errno.ENOSPC, "full")

    write, append = saved.write, attempt._journal.append

    def refusing(path, content):
        if when == "checkpoint" and content.epoch == 2:
            refuse()
        write(path, content)

    def refusing_event(event):
        if when == "epoch" and isinstance(event, Epoch) and event.epoch == 2:
            refuse()
        append(event)

    with monkeypatch.context() as patch:
        patch.setattr(saved, "write", refusing)
        attempt._journal.append = refusing_event
        attempt.go()
    assert of(run, Finished)[-1].reason == "stopped"
    Attempt(run, data, resume=True).go()
    ours, theirs = History().after(events(run)), History().after(events(straight))
    assert [each.epoch for each in ours.epochs] == [each.epoch for each in theirs.epochs]
    assert (ours.best, ours.finished.why) == (theirs.best, theirs.finished.why)
    assert digest(run) == digest(straight)
    assert saved.read(run.best).digest() == saved.read(straight.best).digest()


def test_a_pause_is_still_one_after_trouble_with_the_disk(make, data, monkeypatch):
    run = create(make("fit.epochs=3"))
    attempt = Attempt(run, data)
    refused = []

    def full_once(path, content):
        if not refused:
            refused.append(path)
            raise OSError(errno.ENOSPC, "full")
        write(path, content)

    write = saved.write
    monkeypatch.setattr(patience, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(saved, "write", full_once)
    attempt.control.pause()
    attempt.control.wish(SaveNow())
    thread = threading.Thread(target=attempt.go)
    thread.start()
    deadline = time.monotonic() + 20
    while not any(isinstance(event, CheckpointSaved) for event in events(run)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.1)
    assert History().after(events(run)).state is State.PAUSED
    attempt.control.proceed()
    thread.join(20)
    assert of(run, Finished)[0].reason == "completed"


def test_the_weights_that_a_run_began_with_are_those_that_it_begins_with_again(make, data):
    settings = ("name=w", "checkpoint.load_if_exists=true")
    first = create(make(*settings))
    Attempt(first, data).go()
    straight, killed, later = (create(make(*settings)) for _ in range(3))
    Attempt(killed, data, at={2: "kill"}).go()
    assert of(killed, Started)[0].loaded == str(first.last)
    Attempt(later, data).go()
    Attempt(killed, data, resume=True).go()
    assert of(killed, Started)[-1].loaded == str(first.last)
    first.last.write_bytes(b"nothing")
    begun = begin(straight, data.train, lambda *given: beginning.begin(*given, before=of(killed, Started)[0]))
    assert begun.loaded == str(first.previous)
    assert "last.npz is damaged" in begun.notes[0]


def test_a_stop_after_going_back_leaves_the_last_checkpoint_alone(make, data, monkeypatch):
    run = create(make("fit.epochs=9", "fit.early_stopping={patience=2, min_delta=10.0, restore_best_weights=true}"))
    held_out = replace(data, test=data.validation)
    attempt = Attempt(run, held_out)
    test = Trainer._test
    monkeypatch.setattr(Trainer, "_test", lambda self, split: attempt.control.stop() or test(self, split))
    attempt.go()
    assert of(run, Finished)[0].reason == "stopped"
    straight = create(make("fit.epochs=3"))
    Attempt(straight, data).go()
    assert digest(run) == digest(straight)
    monkeypatch.undo()
    Attempt(run, held_out, resume=True).go()
    assert of(run, Finished)[-1].reason == "early_stopped"
    assert saved.read(run.restored).epoch == 1


def test_a_learning_rate_that_a_plateau_lowered_is_what_a_fork_begins_with(make, data):
    run = create(make("fit.reduce_on_plateau={monitor='val_loss', patience=1, min_delta=10.0, factor=0.1}"))
    Attempt(run, data).go()
    experiment = saved.read_heading(run.last).experiment
    assert experiment.learning_rate == pytest.approx(1e-4)
    kept, asked = fork(make, run, 2, "compile.optimizer.learning_rate=0.0001"), fork(make, run, 2)
    assert float(begin(kept, data.train).built.optimizer.learning_rate) == pytest.approx(1e-4)
    assert float(begin(asked, data.train).built.optimizer.learning_rate) == pytest.approx(1e-3)


def test_turning_knobs_copies_no_images(make, data, monkeypatch):
    run = create(make("fit.epochs=3", layers=LAYERS))
    copied = []
    put = OnDevice.put.__func__
    monkeypatch.setattr(OnDevice, "put", classmethod(lambda cls, *given: copied.append(1) or put(cls, *given)))
    Attempt(run, data, at={2: Turn(RATE, 0.5), 4: Turn(STRENGTH, 0.5), 6: Turn(RATE, 0.1)}).go()
    assert len(of(run, Changed)) == 3
    assert len(copied) == 2  # to train on, and to judge on


def test_a_knob_can_be_turned_in_a_pause_within_validation_and_is_turned_there_again(make, data, monkeypatch):
    experiment = make("fit.epochs=3", "fit.reduce_on_plateau={monitor='val_loss', patience=1, min_delta=10.0}")
    turned, killed = create(experiment), create(experiment)

    def with_a_turn(run, **options):
        attempt = Attempt(run, data, **options)
        judge, asked = type(attempt.trainer._validation).judge, []

        def judge_in_a_pause(self, between_chunks):
            if attempt.trainer.standing.step == 8 and not asked:
                asked.append(attempt.control.pause())
                attempt.control.wish(Turn(LEARNING_RATE, 0.05))
                threading.Timer(0.3, attempt.control.proceed).start()
            return judge(self, between_chunks)

        with monkeypatch.context() as patch:
            patch.setattr(type(attempt.trainer._validation), "judge", judge_in_a_pause)
            attempt.go()

    with_a_turn(turned)
    with_a_turn(killed, at={10: "kill"})
    changed = of(turned, Changed)[0]
    assert (changed.step, changed.epoch, changed.value) == (8, 2, 0.05)
    assert of(turned, Changed)[1].before == pytest.approx(0.05)  # the plateau lowers what was turned
    killed.last.unlink()  # the checkpoint of the end of epoch 2
    killed.best.unlink(missing_ok=True)
    Attempt(killed, data, resume=True).go()
    assert of(killed, Started)[-1].step == 4
    assert digest(killed) == digest(turned)
