"""Writes a run's best weights as a ``.keras`` file: ``python -m engine.worker.keras_file RUN FILE``.

Started by ``nnplay export``, which itself never imports TensorFlow. What cannot be done is a sentence on stdout, with
exit status 2.
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine import disk
from engine.data.facts import DataError
from engine.runs import saved
from engine.runs.directory import RunDirectory
from engine.runs.saved import CheckpointError
from engine.train.thread import prepare_environment

BAD_INPUT = 2


def main() -> None:
    """Write the file, or say why not."""
    run, path = RunDirectory(Path(sys.argv[1])), Path(sys.argv[2])
    prepare_environment()
    try:
        write(run, path)
    except (CheckpointError, DataError) as error:
        say = str(error)
    except OSError as error:
        say = f"{path} cannot be written: {error.strerror or error}"
    else:
        return
    sys.stdout.write(say + "\n")
    sys.exit(BAD_INPUT)


def write(run: RunDirectory, path: Path) -> None:
    """Write the model with the weights of the best epoch, and its optimizer where the checkpoint has that, too.

    Args:
        run: whose weights they are.
        path: ends in ``.keras``; a file of this name is replaced at once, when the new one is whole.

    Raises:
        CheckpointError: there is no such checkpoint, or it is damaged.
        DataError: the run's data, which say the shape of the images, are gone.
        OSError: the file cannot be written.
    """
    from engine.build.model import build  # noqa: PLC0415 - TensorFlow, once its environment is set
    from engine.train import checkpoint  # noqa: PLC0415

    best = saved.read(run.best)
    # Without XLA it is made of Keras' own layers, which load everywhere.
    built = build(best.experiment, jit=False)
    checkpoint.load_state(built, best)
    model = built.model
    model.compile(optimizer=built.optimizer, loss=built.loss, metrics=list(best.experiment.compile.metrics))
    temporary = disk.temporary_beside(path, ".keras")  # Keras opens it by its name, and minds how that ends
    try:
        model.save(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
