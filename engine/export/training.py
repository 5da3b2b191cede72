"""The parts of a script that train: compile, the callbacks, and fit."""

from __future__ import annotations

from collections.abc import Iterator

from engine.export.data import held_out
from engine.export.parts import Part
from engine.export.source import Code, Function, called, written
from engine.spec.call import KerasCall
from engine.spec.calls import optimizer_call
from engine.spec.experiment import Experiment


def compiling(experiment: Experiment, width: int) -> Part:
    """Return the part that compiles the model: optimizer, loss and metrics."""
    chosen, optimizer = experiment.compile, optimizer_call(experiment)
    loss = chosen.loss.keras_call()
    lines, rate = list[str](), optimizer.arguments["learning_rate"]
    if isinstance(rate, KerasCall):
        lines += [
            f"# An epoch has {experiment.steps_per_epoch:,} steps.",
            written(rate, before="learning_rate = ", width=width),
        ]
        optimizer = optimizer.also(learning_rate=Code("learning_rate"))
    arguments = {"optimizer": optimizer, "loss": loss, "metrics": list(chosen.metrics)}
    if chosen.jit_compile != "auto":
        arguments["jit_compile"] = chosen.jit_compile == "on"
    lines.append(written(Function("model.compile", (), arguments), width=width))
    calls = called(optimizer) | called(loss) | (called(rate) if isinstance(rate, KerasCall) else set())
    return Part("Compile", "\n".join(lines), calls=frozenset(calls))


def fitting(experiment: Experiment, width: int) -> Part:
    """Return the part that begins with saved weights where that is wished, and trains."""
    calls = list(_callbacks(experiment))
    lines, imports = list[str](), set[str]()
    if experiment.checkpoint.load_if_exists:
        newest = _file(experiment, "best" if experiment.checkpoint.save_best_only else "last")
        imports.add("import os")
        lines += [f"if os.path.exists({written(newest)}):", f"    model.load_weights({written(newest)})"]
    first, named = _fit(experiment)
    fit = Function("model.fit", first, {**named, "callbacks": calls})
    lines.append(written(fit, before="history = ", width=width))
    if experiment.data.validation != "test" and experiment.data.facts.test:
        lines.append("model.evaluate(x_test, y_test)")
    paths = frozenset().union(*map(called, calls))
    return Part("Fit", "\n".join(lines), frozenset(imports), paths)


def _fit(experiment: Experiment) -> tuple[tuple[Code, ...], dict[str, object]]:
    """Return the arguments of fit: those that stand first, and those by name."""
    chosen, fit = experiment.data, experiment.fit
    named: dict[str, object] = {"epochs": fit.epochs}
    if chosen.augment.active:
        first: tuple[Code, ...] = (Code("batches"),)
    else:
        first = (Code("x_train"), Code("y_train"))
        named = {"batch_size": fit.batch_size, **named}
    if chosen.validation == "test":
        named["validation_data"] = Code("(x_test, y_test)")
    elif held_out(experiment):
        named["validation_data"] = Code("(x_val, y_val)")
    else:
        named["validation_split"] = chosen.validation
    if fit.validation_freq != 1:
        named["validation_freq"] = fit.validation_freq
    return first, named


def _callbacks(experiment: Experiment) -> Iterator[KerasCall]:
    """Yield the calls of what watches training: the checkpoints first."""
    kept, fit = experiment.checkpoint, experiment.fit
    weights = {"save_weights_only": kept.save_weights_only}
    best = {
        "filepath": _file(experiment, "best"),
        "monitor": _monitor(experiment, kept.monitor),
        "save_best_only": True,
    }
    yield KerasCall("callbacks.ModelCheckpoint", {**best, **weights})
    if not kept.save_best_only:
        yield KerasCall("callbacks.ModelCheckpoint", {"filepath": _file(experiment, "last"), **weights})
    if kept.every_epochs:
        steps = {"save_freq": kept.every_epochs * experiment.steps_per_epoch}
        yield KerasCall("callbacks.ModelCheckpoint", {"filepath": _file(experiment, "{epoch:04d}"), **weights, **steps})
    if plateau := fit.reduce_on_plateau:
        yield KerasCall(
            "callbacks.ReduceLROnPlateau",
            {
                "monitor": _monitor(experiment, plateau.monitor),
                "factor": plateau.factor,
                "patience": plateau.patience,
                "min_delta": plateau.min_delta,
                "cooldown": plateau.cooldown,
                "min_lr": plateau.min_learning_rate,
            },
        )
    if stopping := fit.early_stopping:
        yield KerasCall(
            "callbacks.EarlyStopping",
            {
                "monitor": _monitor(experiment, stopping.monitor),
                "min_delta": stopping.min_delta,
                "patience": stopping.patience,
                "restore_best_weights": stopping.restore_best_weights,
            },
        )


def _monitor(experiment: Experiment, monitor: str) -> str:
    """Return Keras' name of what is watched: its accuracy has the name of the first metric."""
    return monitor.replace("accuracy", experiment.compile.metrics[0])


def _file(experiment: Experiment, which: str) -> str:
    end = "weights.h5" if experiment.checkpoint.save_weights_only else "keras"
    return f"{experiment.name}-{which}.{end}"
