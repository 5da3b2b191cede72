"""What Train says while every preset and template trains, to its end: ``python -m tests.bench.remarks [FOLDER]``.

Each is trained by the real engine on all of the data, unless FOLDER holds its run already; then its events are told one
by one, and what stands on Train after each is noted. A remark that warns of a preset or a template is a fault of the
remark. Some sick experiments follow: those that get no warning are named, too. It takes minutes the first time, and
seconds where FOLDER holds the runs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from rich.console import Console
from rich.table import Table

from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.runs.lock import Whereabouts
from engine.spec.check import check
from engine.spec.document import BASELINE, load, presets, with_settings
from engine.spec.draft import Draft
from engine.spec.experiment import Experiment
from engine.spec.stacks import stacks
from tui.settings.key_names import KeyNames
from tui.snapshot import Snapshot, Watched
from tui.words.train import remark

NNPLAY = str(Path(sys.executable).with_name("nnplay"))
ONE_HIDDEN = "model.layers[1].kernel_initializer={type='%s'%s}"
DEEP = (
    "[{type='flatten'}, "
    + "{type='dense', units=100, activation='%s', kernel_initializer={type='random_normal', stddev=%s}}, " * 4
    + "{type='dense', units=10, activation='softmax', kernel_initializer={type='random_normal', stddev=%s}}]"
)


def deep(activation: str, stddev: float) -> str:
    """Return the setting of a network with four hidden layers and weights of this spread."""
    return "model.layers=" + DEEP % (*(activation, stddev) * 4, stddev)


SICK = {
    "sick-zeros": (ONE_HIDDEN % ("zeros", ""), "model.layers[2].kernel_initializer={type='zeros'}"),
    "sick-sigmoid-std-1": (deep("sigmoid", 1.0), "compile.optimizer={type='sgd', learning_rate=0.01}"),
    "sick-relu-std-1": (deep("relu", 1.0), "compile.optimizer={type='sgd', learning_rate=0.001}"),
    "sick-relu-std-0.01": (deep("relu", 0.01), "compile.optimizer={type='sgd', learning_rate=0.01}"),
    "sick-rate-10": ("compile.optimizer.learning_rate=10.0",),
    "sick-sgd-rate-10": ("compile.optimizer={type='sgd', learning_rate=10.0}",),
    "sick-no-rescale": ("data.rescale=1.0", "compile.optimizer={type='sgd', learning_rate=0.1}"),
    "sick-random-labels": ("data.label_noise=1.0", "fit.epochs=20"),
    "sick-learns-by-heart": ("data.limit=1000", "fit.epochs=60", "model.layers[1].units=256"),
}
"""By name, what is set in the baseline: none of these is healthy."""

WARNINGS = ("$warning", "$error")
"""How the remark is coloured where something is wrong."""


def healthy() -> dict[str, dict[str, Any]]:
    """Return the presets, and the templates with all else as the baseline has it, by the names of their runs."""
    base = load(BASELINE)
    found = {name: load(name) for name in presets()}
    for stack in stacks():
        document = {**base, "name": f"stack-{stack.name}", "model": {"layers": [dict(each) for each in stack.layers]}}
        if stack.name not in found or _asked({**document, "name": stack.name}) != _asked(found[stack.name]):
            found[document["name"]] = document
    return found


def _asked(document: dict[str, Any]) -> Experiment:
    return check(document).experiment_or_raise()


def sick() -> dict[str, dict[str, Any]]:
    """Return the experiments of `SICK`."""
    return {name: {**with_settings(load(BASELINE), settings), "name": name} for name, settings in SICK.items()}


def trained(folder: Path, name: str, document: dict[str, Any]) -> RunDirectory:
    """Return the run of an experiment in this folder, which is trained where it is not there, or not to its end."""
    run = RunDirectory(folder / "runs" / f"{name}-1")
    if run.events.exists() and History().after(run.tail().read_all()).state.over:
        return run
    print(f"training {name} ...", flush=True)
    path = folder / f"{name}.toml"
    path.write_text(tomli_w.dumps(document), encoding="utf-8")
    subprocess.run(
        [NNPLAY, "train", str(path)], env={**os.environ, "NNPLAY_HOME": str(folder)}, capture_output=True, check=False
    )
    return run


@dataclass(frozen=True)
class Stood:
    """A remark that stood for a while.

    Attributes:
        words: its sentence, with its numbers as they were at first.
        begin: from here on, in epochs.
        end: until here.
        seconds: of the clock.
        warns: it says that something is wrong.
    """

    words: str
    begin: float
    end: float
    seconds: float
    warns: bool


def replay(run: RunDirectory) -> Iterator[Stood]:
    """Tell a run's events one after the other, and yield what stood on Train, sentence by sentence."""
    asked, key = run.experiment(), KeyNames().key
    draft = Draft.new(load(BASELINE))
    history = History()
    open_: dict[str, tuple[str, float, float, bool]] = {}  # by its sentence without numbers
    where = when = 0.0
    for event in run.tail().read_all():
        history = history.after([event])
        where, when = history.epochs_done, event.time
        watched = Watched(run, history, where=Whereabouts.HERE, asked=asked)
        content = remark(draft, Snapshot(watched=watched), key)
        warned = [content.plain[span.start : span.end] for span in content.spans if span.style in WARNINGS]
        sentences = {
            re.sub(r"[\d.,]*\d", "#", each): each for each in re.split(r"(?<=[.:]) (?=[A-Z✓✗‖■┆])", content.plain)
        }
        for kind, (words, begin, began, warns) in list(open_.items()):
            if kind not in sentences:
                del open_[kind]
                yield Stood(words, begin, where, when - began, warns)
        for kind, words in sentences.items():
            open_.setdefault(kind, (words, where, when, any(words in text for text in warned)))
    for words, begin, began, warns in open_.values():
        yield Stood(words, begin, where, when - began, warns)


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        folder.mkdir(parents=True, exist_ok=True)
        table = Table("experiment", "epochs", "seconds", "what stood on Train")
        false, silent = [], []
        for name, document in {**sick(), **healthy()}.items():
            run = trained(folder, name, document)
            stood = list(replay(run))
            for index, each in enumerate(stood):
                span = f"{each.begin:.2f}-{each.end:.2f}"
                style = "yellow" if each.warns else ""
                table.add_row(name * (not index), span, f"{each.seconds:.0f}", each.words, style=style)
            warned = any(each.warns for each in stood)
            if warned and name not in SICK:
                false.append(name)
            if not warned and name in SICK:
                silent.append(name)
        Console(width=160 if not sys.stdout.isatty() else None).print(table)
        print(f"warned of, though healthy: {', '.join(false) or 'none'}")
        print(f"not warned of, though sick: {', '.join(silent) or 'none'}")


if __name__ == "__main__":
    main()
