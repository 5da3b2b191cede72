"""A run goes on as if nothing had happened: where it stopped, past damage, or not at all, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.runs import saved
from engine.runs.directory import RunError
from engine.runs.events import CheckpointSaved, Epoch, Finished, Started
from engine.runs.library import overview
from engine.runs.making import create, forkable
from engine.runs.resuming import check_resumable
from engine.train import beginning
from engine.train.control import SaveNow, Turn
from engine.train.loop import OnDevice
from engine.train.trainer import Trainer
from tests.engine.runs import foreign
from tests.engine.train.attempt import (
    LAYERS,
    LEARNING_RATE,
    STRENGTH,
    Attempt,
    Killed,
    begin,
    digest,
    fork,
    of,
)

STRAIGHT: dict[str, str] = {}


def uninterrupted(experiment, data) -> str:
    """Return the digest of a run of this that nothing interrupts; the same for all, so each is trained once."""
    text = experiment.model_dump_json()
    if text not in STRAIGHT:
        straight = create(experiment)
        Attempt(straight, data).go()
        STRAIGHT[text] = digest(straight)
    return STRAIGHT[text]


def test_a_stopped_run_goes_on_to_the_same_bits_and_decisions(quick, data):
    experiment = quick(
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


def test_early_stopping_goes_back_to_weights_of_before_the_stop(quick, data):
    experiment = quick(
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


def test_a_checkpoint_can_be_asked_for_and_is_made_in_long_epochs(quick, data):
    asked, timed = create(quick()), create(quick("checkpoint.every_minutes=0.0000001"))
    Attempt(asked, data, at={2: SaveNow()}).go()
    assert [event.step for event in of(asked, CheckpointSaved) if event.file == "last.npz"] == [2, 4, 8]
    Attempt(timed, data).go()
    assert 2 in [event.step for event in of(timed, CheckpointSaved)]
    assert saved.read(timed.previous).step < saved.read(timed.last).step


@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_a_damaged_checkpoint_falls_back_to_the_one_before_and_says_so(quick, data, damage):
    experiment = quick("fit.epochs=4")
    run = create(experiment)
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
    assert digest(run) == uninterrupted(experiment, data)


def test_a_run_whose_images_changed_is_not_resumed_but_can_be_forked(quick, data):
    run = create(quick("fit.epochs=3"))
    Attempt(run, data, at={6: "stop"}).go()
    labels = data.train.labels.copy()
    labels[7] += 1
    other = replace(data, train=replace(data.train, labels=labels % 10))
    with pytest.raises(saved.CheckpointError, match=f"have changed since.*nnplay fork {run.name}"):
        begin(run, other.train, beginning.resume)
    forked = fork(quick, run, 1)
    assert "these are not the images" in begin(forked, other.train).notes[0]


def test_an_experiment_that_was_edited_counts_no_more_and_that_is_said(quick, data):
    run = create(quick("fit.epochs=2", layers=LAYERS))
    Attempt(run, data, at={2: Turn(LEARNING_RATE, 0.05), 4: Turn(STRENGTH, 0.5), 6: "stop"}).go()
    file = run.path / "experiment.toml"
    text = file.read_text()
    assert begin(run, data.train, beginning.resume).notes == []  # what was turned stands in its events
    file.write_text(text.replace("epochs = 2", "epochs = 3").replace("rate = 0.2", "rate = 0.4"))
    begun = begin(run, data.train, beginning.resume)
    assert begun.experiment.fit.epochs == 2
    (note,) = begun.notes
    assert "(layer 4 Dropout: rate, fit.epochs)" in note
    assert "what the checkpoint says counts. 'nnplay fork'" in note


def test_without_any_checkpoint_it_begins_anew(quick, data):
    experiment = quick()
    run = create(experiment)
    Attempt(run, data, at={6: "kill"}).go()
    for path in run.checkpoints.iterdir():
        path.unlink()
    Attempt(run, data, resume=True).go()
    assert "begins anew" in of(run, Started)[-1].notes[-1]
    assert digest(run) == uninterrupted(experiment, data)


@pytest.mark.parametrize("spoil", [lambda text: b"?" + text, lambda text: b""])
def test_checkpoints_are_gone_on_from_though_nothing_tells_of_them(quick, data, spoil):
    experiment = quick("fit.epochs=4")
    run = create(experiment)
    Attempt(run, data, at={6: "stop"}).go()
    run.events.write_bytes(spoil(run.events.read_bytes()))
    Attempt(run, data, resume=True).go()
    start = of(run, Started)[-1]
    assert (start.resumed, start.step, start.loaded) == (True, 6, "last.npz")
    assert digest(run) == uninterrupted(experiment, data)


def test_what_a_run_began_with_is_asked_of_its_first_beginning(quick, data):
    settings = ("name=w", "checkpoint.load_if_exists=true")
    first = create(quick(*settings))
    Attempt(first, data).go()
    run = create(quick(*settings))
    Attempt(run, data, at={6: "kill"}).go()
    Attempt(run, data, resume=True, at={7: "kill"}).go()
    assert of(run, Started)[-1].loaded == "last.npz"
    for path in run.checkpoints.iterdir():
        path.unlink()
    assert begin(run, data.train, beginning.resume).loaded == str(first.last)


def test_every_nth_epoch_is_kept_and_the_last_and_the_one_before_it(quick, data):
    run = create(quick("fit.epochs=5", "checkpoint.every_epochs=2"))
    Attempt(run, data).go()
    names = {path.name for path in run.checkpoints.iterdir()}
    assert names == {"last.npz", "previous.npz", "best.npz", "epoch-0002.npz", "epoch-0004.npz"}
    assert [saved.read(path).epoch for path in (run.last, run.previous, run.of_epoch(2))] == [5, 4, 2]
    assert set(forkable(run)) >= {2, 4, 5}


def test_an_epoch_that_is_kept_is_kept_though_it_is_killed_while_it_writes(quick, data, monkeypatch):
    def killed_before(path, to):
        copy(path, to)
        if to.name == "last.npz":
            raise Killed

    copy = saved.copy
    run = create(quick("fit.epochs=2", "checkpoint.every_epochs=1"))
    with monkeypatch.context() as patch:
        patch.setattr(saved, "copy", killed_before)
        Attempt(run, data).go()
    Attempt(run, data, resume=True).go()
    assert {1, 2} == {saved.read(run.of_epoch(epoch)).epoch for epoch in (1, 2)}


def test_what_cannot_be_resumed_says_what_to_do(quick, data):
    parent = create(quick(layers=LAYERS))
    Attempt(parent, data).go()
    with pytest.raises(RunError, match=f"is done. To train on: nnplay fork {parent.name} --epochs 7"):
        check_resumable(overview(parent))
    light = create(quick("checkpoint.save_weights_only=true", "fit.epochs=5"))
    Attempt(light, data, at={6: "stop"}).go()
    with pytest.raises(RunError, match="keeps weights only.*nnplay fork "):
        check_resumable(overview(light))


def test_where_only_weights_are_kept_nothing_is_resumed_nor_overwritten(quick, data):
    run = create(quick("checkpoint.save_best_only=true", "checkpoint.save_weights_only=true", "fit.epochs=5"))
    Attempt(run, data, at={6: "kill"}).go()
    before = run.best.read_bytes()
    with pytest.raises(RunError, match="keeps weights only"):
        check_resumable(overview(run))
    with pytest.raises(saved.CheckpointError, match="keeps weights only"):
        begin(run, data.train, beginning.resume)
    assert run.best.read_bytes() == before


def spoil_format(run, monkeypatch):
    monkeypatch.setattr(saved, "FORMAT", saved.FORMAT + 1)
    return "was written by nnplay"


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
def test_what_cannot_be_read_now_is_not_taken_for_damaged(quick, data, monkeypatch, spoil):
    run = create(quick("fit.epochs=3"))
    Attempt(run, data, at={6: "stop"}).go()
    files = {path.name for path in run.checkpoints.iterdir()}
    with monkeypatch.context() as patch:
        why = spoil(run, patch)
        with pytest.raises(saved.CheckpointError, match=why):
            begin(run, data.train, beginning.resume)
    assert {path.name for path in run.checkpoints.iterdir()} == files


def test_a_damaged_file_never_takes_the_place_of_a_whole_one(quick, data, monkeypatch):
    experiment = quick("fit.epochs=5")
    run = create(experiment)
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
    assert digest(run) == uninterrupted(experiment, data)


def test_the_weights_that_a_run_began_with_are_those_that_it_begins_with_again(quick, data):
    settings = ("name=w", "checkpoint.load_if_exists=true")
    first = create(quick(*settings))
    Attempt(first, data).go()
    straight, killed, later = (create(quick(*settings)) for _ in range(3))
    Attempt(killed, data, at={2: "kill"}).go()
    assert of(killed, Started)[0].loaded == str(first.last)
    Attempt(later, data).go()
    Attempt(killed, data, resume=True).go()
    assert of(killed, Started)[-1].loaded == str(first.last)
    first.last.write_bytes(b"nothing")
    begun = begin(straight, data.train, lambda *given: beginning.begin(*given, before=of(killed, Started)[0]))
    assert begun.loaded == str(first.previous)
    assert "last.npz is damaged" in begun.notes[0]


def test_a_stop_after_going_back_leaves_the_last_checkpoint_alone(quick, data, monkeypatch):
    run = create(quick("fit.epochs=9", "fit.early_stopping={patience=2, min_delta=10.0, restore_best_weights=true}"))
    held_out = replace(data, test=data.validation)
    attempt = Attempt(run, held_out)
    test = Trainer._test
    monkeypatch.setattr(Trainer, "_test", lambda self, split: attempt.control.stop() or test(self, split))
    attempt.go()
    assert of(run, Finished)[0].reason == "stopped"
    straight = create(quick("fit.epochs=3"))
    Attempt(straight, data).go()
    assert digest(run) == digest(straight)
    monkeypatch.undo()
    Attempt(run, held_out, resume=True).go()
    assert of(run, Finished)[-1].reason == "early_stopped"
    assert saved.read(run.restored).epoch == 1


def test_a_resume_says_that_it_is_judged_on_other_images_and_computed_by_other_cores(quick, data, monkeypatch):
    run = create(quick("fit.epochs=6"))
    with_test = replace(data, test=data.validation.part(0, 20))
    Attempt(run, with_test, at={6: "stop"}).go()
    Attempt(run, with_test, resume=True, at={10: "stop"}).go()
    assert of(run, Started)[-1].notes == ()
    monkeypatch.setattr(beginning.devices, "describe", lambda: "CPU ×64")
    other = replace(data, validation=data.train.part(0, 40), test=data.train.part(40, 60))
    Attempt(run, other, resume=True, at={14: "stop"}).go()
    cores, validated, tested = of(run, Started)[-1].notes
    assert cores.endswith("this is CPU ×64: results may differ in the last bits")
    assert "validated on have changed since: the best epoch, early stopping" in validated
    assert f"nnplay fork {run.name}" in validated
    assert "tested on have changed since" in tested
    # What the best epoch was compared with stays another one.
    notes = beginning.resume(
        run.experiment(), run, OnDevice.put(data.train, run.experiment()), data.train.fingerprint(),
        judged=other.judged(),
    ).notes  # fmt: skip
    assert [note for note in notes if "have changed" in note] == [validated, tested]


def test_a_checkpoint_of_before_does_not_know_what_it_was_judged_on_and_goes_on(quick, data):
    run = create(quick("fit.epochs=6"))
    Attempt(run, data, at={6: "stop"}).go()
    for path in run.checkpoints.iterdir():
        foreign.rewrite(path, lambda meta: meta["standing"].pop("judged"))
    Attempt(run, data, resume=True, at={10: "stop"}).go()
    assert of(run, Started)[-1].notes == ()
    assert saved.read(run.last).standing.judged == data.judged()
