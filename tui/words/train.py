"""The words of Train: how far it is, how good it is, what that means, and what one can do."""

from __future__ import annotations

from textual.content import Content

from engine import paths
from engine.runs.events import Changed
from engine.runs.history import History, State
from engine.runs.library import Condition
from engine.runs.words import knob_in_words
from engine.spec.draft import Draft
from engine.spec.experiment import Experiment
from tui.snapshot import Snapshot, Watched
from tui.words.clock import lasted
from tui.words.keys import Key
from tui.words.place import said
from tui.words.run import loaded
from tui.words.verdict import as_good_as_guessing, verdicts

WIDEST_BAR = 40
GAP = Content("   ")
JUST_NOW_STEPS = 2000
"""So long after a knob was turned the remark says so."""


def progress_line(history: History, width: int) -> Content:
    """Say how far the epoch is, how fast it goes, and how long it will take."""
    started, progress = history.started, history.progress
    if not started or not progress:
        return Content("")
    done = progress.step - (progress.epoch - 1) * started.steps_per_epoch
    share = done / started.steps_per_epoch
    left = history.seconds_left
    parts = [f"{done:,}/{started.steps_per_epoch:,}"]
    if history.rate:
        parts += [f"{history.rate:,.0f} img/s", f"{_seconds(started.train_images / history.rate)} s/epoch"]
    if left is not None and not history.state.over:
        parts.append(f"ETA {lasted(left)}")
    text = "   ".join(parts)
    head = f"epoch {progress.epoch}/{started.epochs} "
    cells = max(min(WIDEST_BAR, width - len(head) - len(text) - 2), 4)
    full = round(share * cells)
    bar = Content.assemble(Content.styled("▓" * full, "$train"), Content.styled("░" * (cells - full), "$secondary"))
    return Content.assemble(head, bar, "  ", text)


def numbers_lines(history: History, use: tuple[str, ...], width: int) -> Content:
    """Say how good it is, in two lines: training, the newest validation, the gap between them there, and the best.

    Before the first epoch is over, the training figures are those of the last chunk. Where there is room at their ends,
    they say the learning rate, if that has changed, and what of the machine is used.
    """
    progress, epoch, best, saved = history.progress, history.epoch, history.best, history.saved
    if not progress:
        return Content("")
    name = history.accuracy_name
    train = epoch.train if epoch else {"loss": progress.loss, **progress.metrics}
    judged = next((each for each in reversed(history.epochs) if each.validation), None)
    validation = judged.validation if judged else {}
    first = [Content.styled(f"train  {_figures(train.get('loss'), train.get(name))}", "$train")]
    second = [Content.styled(f"val    {_figures(validation.get('loss'), validation.get(name))}", "$validation")]
    if best and best.accuracy is not None:
        first.append(Content(f"best {best.accuracy:.4f} @ {best.epoch}"))
    ours, theirs = (judged.train if judged else {}).get(name), validation.get(name)
    if ours is not None and theirs is not None:
        then = f" @ {judged.epoch}" if judged and epoch and judged.epoch != epoch.epoch else ""
        second.append(Content(f"gap {100 * (ours - theirs):+.1f} points{then}"))
    if len({rate for rate in (history.learning_rate.first, progress.learning_rate) if rate is not None}) > 1:
        use = (f"lr {progress.learning_rate:.3g}", *use)
    if saved:
        amid = "in " * bool(history.started and saved.step % history.started.steps_per_epoch)
        epoch_saved = f"{amid}epoch {saved.back_to or saved.epoch}"
        told = f"✓ {saved.file}, {epoch_saved}"
        fits = GAP.join([*second, Content(told)]).cell_length <= width
        second.append(Content.styled(told if fits else f"✓ {epoch_saved}", "$success"))
    for words in use:
        for line in (first, second):
            if GAP.join([*line, Content(words)]).cell_length <= width:
                line.append(Content.styled(words, "$secondary"))
                break
    return Content("\n").join(GAP.join(parts) for parts in (first, second))


def cursor_remark(history: History, at: float, key: Key, asked: Experiment | None = None) -> Content:
    """Say where the cursor is, and what happened just there, in a run of which something was ``asked``."""
    steps = history.started.steps_per_epoch if history.started else 0
    rate = history.learning_rate_at(at, asked)
    where = (f"Cursor at epoch {at:.2f}", *[f"step {round(at * steps):,}"] * bool(steps))
    texts = [", ".join((*where, *([f"learning rate {rate:.3g}"] if rate is not None else [])))]
    near = 0.01 * max(history.epochs_done, 1)
    texts += [_in_words(mark.change, asked) for mark in history.marks if abs(mark.x - at) <= near][-1:]
    if (saved := history.checkpoints.nearest(at)) and abs(saved[0] - at) <= near:
        texts.append(f"checkpoint at epoch {saved[0]:.4g}")
    keys = f"{key('chart.left')} {key('chart.right')} move it, {key('chart.no_cursor')} ends it"
    return Content.styled(f"{'. '.join(texts)}. {keys}.", "$secondary")


def remark(draft: Draft, snapshot: Snapshot, key: Key) -> Content:
    """Say in a sentence what is going on, and what one can do."""
    history, watched = snapshot.history, snapshot.watched
    if watched is None or _asked_for(draft, snapshot):
        return _before_the_run(draft, snapshot, key)
    if watched.condition is Condition.QUEUED:
        out = f"{key('runs.stop')} in {key('go.runs')} Runs takes it out"
        text = f"It waits in the queue, and begins by itself in its turn. {out}."
        return Content.styled(text, "$secondary")
    if history.failed:
        other, again = f"{key('train.fork')} goes on from a good checkpoint with other knobs", key("train.resume")
        way_on = f" {other}, {again} tries the same again." if history.epoch else ""
        way_on += f" {key('train.log')} shows the log."
        return Content.styled(f"✗ {history.failed.sentence}{way_on}", "$error")
    if watched.crashed:
        return Content.styled(_crashed(watched, snapshot, key), "$error")
    if history.finished:
        return _at_the_end(draft, snapshot, key)
    if watched.host:
        text = f"This run trains on {watched.host}: here it can only be watched, and forked."
        return Content.styled(text, "$secondary")
    if watched.trouble:
        return Content.styled(f"‖ It waits: {watched.trouble}. Nothing is lost.", "$warning")
    if history.started is None:
        loading = snapshot.status and snapshot.status.phase == "loading"
        seconds = f" ({snapshot.status.seconds:.0f} s)" if snapshot.status else ""
        waits = f"TensorFlow loads{seconds}; training begins by itself." if loading else "The model is being built."
        return Content.styled(waits, "$secondary")
    if history.state is State.PAUSED:
        keys = f"{key('train.continue')} continues, {key('train.stop')} saves and ends the run"
        why = f" {history.paused.why}." if history.paused and history.paused.why else ""
        return Content.styled(f"‖ Paused.{why} Nothing is lost: {keys}.", "$warning")
    if history.progress is None:
        return Content.styled("The first step compiles the model: a second or two.", "$secondary")
    return _on_the_way(watched)


def _asked_for(draft: Draft, snapshot: Snapshot) -> bool:
    """Say whether a person has a fork at hand, and no run that they would rather hear about."""
    return draft.document.get("fork") is not None and not snapshot.busy and snapshot.history.state.over


def _crashed(watched: Watched, snapshot: Snapshot, key: Key) -> str:
    """Say that a run's process ended without a word, and what its log says."""
    how = snapshot.lost[:1].upper() + snapshot.lost[1:] if snapshot.lost else "Its process ended without a word."
    log = f" Its log, {watched.run.log}, ends: {' | '.join(watched.words)}" if watched.words else ""
    return f"✗ {how} {key('train.resume')} goes on from the last checkpoint.{log}"


def _before_the_run(draft: Draft, snapshot: Snapshot, key: Key) -> Content:
    experiment = draft.check.experiment
    if experiment is None:
        return Content.styled(f"✗ It cannot train yet: {said(draft.check.problems[0], draft.check, key)}", "$error")
    if snapshot.lost:
        return Content.styled(f"✗ The engine is gone: {snapshot.lost} {key('app.train')} starts a new one.", "$error")
    if snapshot.status and snapshot.status.phase == "broken":
        return Content.styled(f"✗ {snapshot.status.problem}", "$error")
    layers = " → ".join(row.label for row in draft.check.rows)
    trained, _ = experiment.data.sizes()
    fork = experiment.fork
    begins = f" It goes on from {fork}, with its weights; {key('app.undo')} takes the fork back." if fork else ""
    if experiment.checkpoint.load_if_exists and not fork:
        begins = " It begins with the weights of the newest run of its name, if there is one."
    epochs = f"epochs {fork.epoch + 1} to {experiment.fit.epochs:,}" if fork else f"{experiment.fit.epochs:,} epochs"
    text = (
        f"{key('app.train')} trains {layers}: {trained:,} images, {experiment.steps_per_epoch:,} steps per epoch, "
        f"{epochs}.{begins} It will be saved in {paths.runs()}, as {experiment.name} with a number."
    )
    return Content(text)


def _at_the_end(draft: Draft, snapshot: Snapshot, key: Key) -> Content:
    history, run, watched = snapshot.history, snapshot.run, snapshot.watched
    assert history.finished is not None and run is not None and watched is not None  # noqa: S101, PT018 - the caller's case
    how = {
        "completed": "✓ Done",
        "early_stopped": f"✓ Stopped early: {history.finished.why}",
        "stopped": f"■ Stopped; the state is saved, {key('train.resume')} goes on",
        "interrupted": f"■ Interrupted; saved, {key('train.resume')} goes on",
    }
    text = how[history.finished.reason]
    if history.best and history.best.accuracy is not None:
        text += f". Best: {history.best.accuracy:.4f} after epoch {history.best.epoch}"
    edited = draft.check.experiment
    again = "again" if watched.asked == edited else f"what you edit, {draft.name}"
    keys = f"{key('app.train')} trains {again}, " * (edited is not None) + f"{key('go.model')} changes the model"
    guesses = as_good_as_guessing(watched)
    return Content.assemble(
        Content.styled(f"{text}. ", "$success"),
        Content.styled(f"{guesses} " * bool(guesses), "$warning"),
        f"All of it is in {run.path}. {keys}.",
    )


def _on_the_way(watched: Watched) -> Content:
    history = watched.history
    if history.marks and history.progress and history.progress.step <= history.marks[-1].change.step + JUST_NOW_STEPS:
        return Content.styled(f"{_in_words(history.marks[-1].change, watched.asked)}.", "$secondary")
    skipped, notes = watched.skipped, history.started.notes if history.started else ()
    told = [_began(watched), *(f"{note.rstrip('.')}." for note in notes)]
    if skipped:
        told.append(f"{skipped:,} line{'s' * (skipped > 1)} of its events could not be read and were left out.")
    parts = [(text, "$secondary") for text in told if text]
    parts += [(each.words, "$warning" if each.warns else "$secondary") for each in verdicts(watched)]
    return Content(" ").join(Content.styled(text, style) for text, style in parts)


def _began(watched: Watched) -> str:
    """Say which run it went on from, or whose weights it began with, where those of another were asked for."""
    started, asked = watched.history.started, watched.asked
    if started is None or started.parent:
        return f"It went on from {started.parent}." if started else ""
    if started.resumed or not (asked and asked.checkpoint.load_if_exists):
        return ""
    return loaded(started) or "No other run of its name has a checkpoint: it began anew."


def _in_words(change: Changed, asked: Experiment | None) -> str:
    scheduled = asked is not None and asked.compile.schedule.type_name != "constant"
    base = "base " * (scheduled and change.place == "compile.optimizer.learning_rate")
    before = f" from {change.before:.3g}" if change.before is not None else ""
    return f"┆ {base}{knob_in_words(change.place)} went{before} to {change.value:.3g}, {change.why}"


def _seconds(seconds: float) -> str:
    return f"{seconds:,.1f}" if seconds >= 1 else f"{seconds:.2f}"


def _figures(loss: float | None, accuracy: float | None) -> str:
    shown = ["   -  " if value is None else f"{value:.4f}" for value in (loss, accuracy)]
    return f"loss {shown[0]}  accuracy {shown[1]}"
