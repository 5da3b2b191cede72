"""A run from its first event to its last: events, checkpoints, pause, stop, and how it fails."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from engine.data.dataset import Dataset
from engine.runs import saved
from engine.runs.events import Changed, CheckpointSaved, Continued, Epoch, Finished, Paused, Progress, Started
from engine.runs.history import History
from engine.runs.journal import Journal
from engine.runs.making import create
from engine.train import checkpoint
from engine.train.control import Control, Stop, Turn
from engine.train.evaluation import Evaluation, batch_size
from engine.train.loop import OnDevice
from engine.train.pace import Pace
from engine.train.trainer import Diverged, Trainer


@pytest.fixture
def trainer(quick, data):
    """Return a function that makes a trainer for an experiment."""
    journals = []

    def make_trainer(*settings, data=data, control=None, **options):
        experiment = quick(*settings, **options)
        run = create(experiment)
        journals.append(Journal(run.events))
        return Trainer(experiment, data, run, journals[-1], control or Control())

    yield make_trainer
    for journal in journals:
        journal.close()


def events_of(trainer):
    return trainer.run_directory.tail().read()


def test_a_run_says_everything_in_order(trainer):
    subject = trainer()
    subject.run()
    events = events_of(subject)
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "completed"
    assert events[0].steps_per_epoch == 4
    assert [event.step for event in events if isinstance(event, Epoch)] == [4, 8]
    chunks = [event for event in events if isinstance(event, Progress)]
    assert sum(chunk.steps for chunk in chunks) == 8
    assert [event.step for event in events] == sorted(event.step for event in events)
    for epoch in (event for event in events if isinstance(event, Epoch)):
        right = sum(epoch.confusion[index][index] for index in range(10))
        assert sum(map(sum, epoch.confusion)) == 40
        assert epoch.validation["accuracy"] == pytest.approx(right / 40)


def test_the_epoch_is_the_mean_of_its_chunks(trainer):
    subject = trainer("fit.epochs=1")
    subject.run()
    events = events_of(subject)
    (epoch,) = (event for event in events if isinstance(event, Epoch))
    chunks = [event for event in events if isinstance(event, Progress)]
    images = [chunk.steps * 32 - 28 * (chunk.step == 4) for chunk in chunks]  # the last batch has 4 images
    assert sum(images) == 100
    mean = sum(chunk.loss * count for chunk, count in zip(chunks, images, strict=True)) / 100
    assert epoch.train["loss"] == pytest.approx(mean, rel=1e-5)


def test_training_learns(trainer):
    subject = trainer("fit.epochs=30", "compile.optimizer.learning_rate=0.01")
    subject.run()
    assert History().after(events_of(subject)).best.accuracy > 0.8


def test_the_best_checkpoint_reloads_to_the_accuracy_of_its_event(trainer, data):
    subject = trainer("fit.epochs=4")
    subject.run()
    best = History().after(events_of(subject)).best
    loaded = saved.read(subject.run_directory.best)
    assert loaded.epoch == best.epoch
    built = checkpoint.restore(loaded)
    images = data.validation.images.astype(np.float32) / 255
    predicted = np.argmax(built.model.predict(images, verbose=0), axis=1)
    assert np.mean(predicted == data.validation.labels) == pytest.approx(best.accuracy)


def test_a_reloaded_checkpoint_is_all_state(trainer):
    subject = trainer()
    subject.run()
    loaded = saved.read(subject.run_directory.last)
    assert (loaded.epoch, loaded.step) == (2, 8)
    assert loaded.experiment == subject.experiment
    for ours, theirs in zip(subject.built.variables, checkpoint.restore(loaded).variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert any("seed_generator" in key for key in loaded.state)


def test_two_runs_are_equal_bit_for_bit(trainer):
    first, second = trainer(), trainer()
    first.run()
    second.run()
    for a, b in zip(first.built.variables, second.built.variables, strict=True):
        np.testing.assert_array_equal(a, b)


def test_validation_may_be_rare_but_never_misses_the_end(trainer):
    subject = trainer("fit.epochs=5", "fit.validation_freq=2")
    subject.run()
    validated = [event.epoch for event in events_of(subject) if isinstance(event, Epoch) and event.validation]
    assert validated == [2, 4, 5]


def test_a_held_out_set_leaves_the_test_set_for_the_end(trainer, data):
    held_out = Dataset(data.train, data.validation, data.validation)
    subject = trainer(data=held_out)
    subject.run()
    events = events_of(subject)
    last_epoch = [event for event in events if isinstance(event, Epoch)][-1]
    assert events[-1].test == pytest.approx(last_epoch.validation)


def test_the_best_can_be_chosen_by_loss(trainer):
    subject = trainer("fit.epochs=3", "checkpoint.monitor=val_loss")
    subject.run()
    events = events_of(subject)
    losses = {event.epoch: event.validation["loss"] for event in events if isinstance(event, Epoch)}
    best = [event.epoch for event in events if isinstance(event, CheckpointSaved) and event.best][-1]
    assert best == min(losses, key=losses.get)


def test_a_diverging_run_fails_and_keeps_its_last_good_checkpoint(trainer):
    subject = trainer(
        "compile.optimizer={type='sgd', learning_rate=1000.0, momentum=0.99}",
        "fit.epochs=500",
        "compile.loss.from_logits=true",
        "model.layers[1].activation=linear",
        "model.layers[3].activation=linear",
    )
    with pytest.raises(Diverged, match="the loss became"):
        subject.run()
    events = events_of(subject)
    assert events[-1].loss is None  # JSON has no NaN
    assert all(np.isfinite(value).all() for value in last_state(subject).values())


def last_state(subject):
    """Return what was kept, if anything was."""
    path = subject.run_directory.last
    return saved.read(path).state if path.exists() else {}


def test_what_is_kept_of_a_diverging_run_is_good_also_where_it_was_not_validated(trainer, data):
    subject = trainer(
        "compile.optimizer={type='sgd', learning_rate=1000.0}",
        "compile.loss.type=mean_squared_error",
        "model.layers[3].activation=linear",
        "fit={batch_size=100, epochs=100, validation_freq=50}",
    )
    with pytest.raises(Diverged):
        subject.run()
    kept = checkpoint.restore(saved.read(subject.run_directory.last))
    held_out = OnDevice.put(data.validation, subject.experiment)
    assert np.isfinite(Evaluation(subject.experiment, kept, held_out).glance())


def test_early_stopping_ends_the_run_and_says_why(trainer):
    subject = trainer("fit.epochs=50", "fit.early_stopping={patience=1, min_delta=10.0}")
    subject.run()
    *_, finished = events_of(subject)
    assert (finished.reason, finished.epoch) == ("early_stopped", 2)
    assert "val_loss no better for 1 epoch" in finished.why


def test_early_stopping_goes_back_to_the_best_weights(trainer):
    subject = trainer(
        "fit.epochs=50",
        "compile.optimizer={type='sgd', learning_rate=3.0}",  # too large: it gets worse soon
        "fit.early_stopping={monitor='val_accuracy', patience=4, restore_best_weights=true}",
    )
    subject.run()
    events = events_of(subject)
    epochs = {event.epoch: event for event in events if isinstance(event, Epoch)}
    best = max(epochs, key=lambda number: (epochs[number].validation["accuracy"], -number))
    assert events[-1].reason == "early_stopped"
    assert events[-1].epoch == best + 4
    validation, _ = subject._judge(subject.subject.validation)
    assert validation["accuracy"] == pytest.approx(epochs[best].validation["accuracy"])
    assert saved.read(subject.run_directory.last).epoch == best + 4
    restored = saved.read(subject.run_directory.restored)
    assert (restored.epoch, restored.step) == (best, epochs[best].step)
    (told,) = (event for event in events if isinstance(event, CheckpointSaved) and event.file == "restored.npz")
    assert (told.back_to, told.epoch) == (best, best + 4)
    for variable, value in zip(subject.built.model.variables, restored.state.values(), strict=False):
        np.testing.assert_array_equal(variable, value)


def test_the_plateau_lowers_the_learning_rate_and_says_so(trainer):
    subject = trainer("fit.epochs=4", "fit.reduce_on_plateau={patience=1, min_delta=10.0, factor=0.1}")
    subject.run()
    events = events_of(subject)
    changed = [event for event in events if isinstance(event, Changed)]
    assert [event.epoch for event in changed] == [2, 3, 4]
    assert [event.value for event in changed] == pytest.approx([1e-4, 1e-5, 1e-6])
    assert changed[0].place == "compile.optimizer.learning_rate"
    rates = {event.epoch: event.learning_rate for event in events if isinstance(event, Progress)}
    assert rates == pytest.approx({1: 1e-3, 2: 1e-3, 3: 1e-4, 4: 1e-5})


def test_the_schedule_is_the_one_that_is_drawn(trainer):
    subject = trainer("data.limit=100", "fit.epochs=4", "compile.schedule={type='step', every=1, factor=0.5}")
    subject.run()
    chunks = [event for event in events_of(subject) if isinstance(event, Progress)]
    length, base = subject.experiment.length, 0.001
    for chunk in chunks:  # the rate of its last step
        expected = subject.experiment.compile.schedule.rate(base, chunk.step - 1, length)
        assert chunk.learning_rate == pytest.approx(expected)
    assert chunks[-1].learning_rate == 0.000125  # not that of a fifth epoch
    assert float(subject.built.optimizer.learning_rate) == pytest.approx(0.0000625)  # which Keras has ready


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_a_rate_that_is_turned_under_a_schedule_is_told(trainer, precision):
    subject = trainer("data.limit=100", "compile.schedule={type='exponential'}", f"compile.precision={precision}")
    subject.control.wish(Turn(("compile", "optimizer", "learning_rate"), 0.01))
    subject.run()
    *_, last = (event for event in events_of(subject) if isinstance(event, Progress))
    optimizer = subject.built.optimizer
    applied = int(getattr(optimizer, "inner_optimizer", optimizer).iterations)  # in 16 bits a step may overflow
    assert last.learning_rate == pytest.approx(0.01 * 0.9 ** ((applied - 1) / 4))


def test_augmented_runs_are_equal_bit_for_bit_and_unlike_plain_ones(trainer):
    settings = ("data.augment={rotation_range=20, zoom_range=0.1, horizontal_flip=true}",)  # with XLA: test_killed
    one, other, plain = trainer(*settings), trainer(*settings), trainer()
    for subject in (one, other, plain):
        subject.run()
    for a, b in zip(one.built.variables, other.built.variables, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(one.built.variables[0], plain.built.variables[0])


def test_best_only_writes_the_last_state_at_a_stop_alone(trainer):
    subject = trainer("checkpoint.save_best_only=true")
    subject.run()
    files = [event.file for event in events_of(subject) if isinstance(event, CheckpointSaved)]
    assert set(files) == {"best.npz"}
    assert not subject.run_directory.last.exists()


def test_weights_only_leaves_the_optimizer_out(trainer):
    subject = trainer("checkpoint.save_weights_only=true")
    subject.run()
    loaded = saved.read(subject.run_directory.last)
    assert len(loaded.state) == len(subject.built.model.variables)
    for ours, theirs in zip(subject.built.model.variables, checkpoint.restore(loaded).model.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_run_loads_the_weights_of_the_one_before_it(trainer):
    first = trainer("checkpoint.load_if_exists=true")
    first.run()
    (started, *_) = events_of(first)
    assert started.loaded == ""
    second = trainer("checkpoint.load_if_exists=true", "compile.optimizer={type='sgd'}")
    for ours, theirs in zip(first.built.model.variables, second.built.model.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    second.run()
    (started, *_) = events_of(second)
    assert started.loaded == str(first.run_directory.last)


def test_weights_of_another_model_are_refused(trainer):
    trainer("checkpoint.load_if_exists=true").run()
    with pytest.raises(saved.CheckpointError, match="last.npz.*has shape.*Switch load_if_exists off"):
        trainer("checkpoint.load_if_exists=true", "model.layers[1].units=17")


def test_a_run_of_another_name_is_not_loaded_and_the_best_is_where_it_is_all(trainer):
    settings = ("checkpoint.load_if_exists=true", "checkpoint.save_best_only=true")
    other = trainer(*settings, "name=notes-baseline-b")
    other.run()
    first = trainer(*settings)
    assert first._begun.loaded == ""
    first.run()
    assert trainer(*settings)._begun.loaded == str(first.run_directory.best)


def test_large_layers_are_judged_in_smaller_batches(make):
    image = {"type": "reshape", "target_shape": [28, 28, 1]}
    wide = [{"type": "conv2d", "filters": 32, "kernel_size": 5, "padding": "same"}] * 2
    small, large = make(), make(layers=(image, *wide, {"type": "flatten"}))
    assert batch_size(small) == 500
    assert batch_size(large) * large.workspace < 70_000_000
    assert batch_size(large) >= large.fit.batch_size


def test_stopping_saves_and_says_so(trainer):
    control = Control()
    subject = trainer("fit.epochs=10000", control=control)
    thread = threading.Thread(target=subject.run)
    thread.start()
    while not any(isinstance(event, Epoch) for event in events_of(subject)):
        time.sleep(0.01)
    control.stop()
    thread.join(10)
    assert not thread.is_alive()
    *_, kept, finished = events_of(subject)
    assert isinstance(kept, CheckpointSaved)
    assert (finished.kind, finished.reason) == ("finished", "stopped")
    assert saved.read(subject.run_directory.last).step == kept.step


def test_a_stop_in_the_final_evaluation_keeps_the_number_of_epochs(trainer, data, monkeypatch):
    control = Control()
    subject = trainer(data=Dataset(data.train, data.validation, data.validation), control=control)
    save = subject._saving.owe_epoch

    def save_and_stop(kept, **options):
        save(kept, **options)
        if subject.standing.epoch == 2:
            control.stop()

    monkeypatch.setattr(subject._saving, "owe_epoch", save_and_stop)
    subject.run()
    loaded = saved.read(subject.run_directory.last)
    assert (loaded.epoch, loaded.step) == (2, 8)


def test_a_pause_waits_and_a_continue_goes_on(trainer):
    control = Control()
    subject = trainer("fit.epochs=3", control=control)
    control.pause()
    thread = threading.Thread(target=subject.run)
    thread.start()
    while not any(isinstance(event, Paused) for event in events_of(subject)):
        time.sleep(0.01)
    time.sleep(0.2)
    assert not any(isinstance(event, Progress) for event in events_of(subject))
    control.proceed()
    thread.join(20)
    events = events_of(subject)
    assert [type(event) for event in events[1:3]] == [Paused, Continued]
    assert events[-1].reason == "completed"


def test_a_stop_ends_a_pause():
    control = Control()
    control.pause()
    control.stop("interrupted")
    with pytest.raises(Stop) as stop:
        control.heed(lambda: None, lambda: None)
    assert stop.value.reason == "interrupted"


def test_the_pace_doubles_until_a_chunk_takes_a_tenth_of_a_second():
    pace, lengths = Pace(), []
    for _ in range(12):
        lengths.append(pace.steps)
        pace.measured(pace.steps, pace.steps * 0.001)
    assert lengths == [1, 2, 4, 8, 16, 32, 64, 100, 100, 100, 100, 100]
    assert [pace.next(left) for left in (1875, 100, 101, 30)] == [99, 100, 51, 30]  # no tiny rest is left over
    pace.measured(100, 100 * 0.5)
    assert pace.steps == 1
