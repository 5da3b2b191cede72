"""What was asked of runs: their experiments, each file read once, and once more when it was changed."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from engine.runs.directory import RunDirectory
from engine.spec import toml
from engine.spec.experiment import Experiment
from engine.spec.problem import SpecError


class Asked:
    """The experiments of runs. Not checked against their data: those may be gone by now."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int], Experiment | None]] = {}

    def knows(self, run: RunDirectory) -> bool:
        """Say whether that of a run was read before."""
        return run.path in self._known

    def experiment(self, run: RunDirectory) -> Experiment | None:
        """Return what was asked of a run; None where that cannot be read."""
        path = run.path / "experiment.toml"
        try:
            facts = path.stat()
            stamp = facts.st_mtime_ns, facts.st_size
            known = self._known.get(run.path)
            if known is None or known[0] != stamp:
                known = stamp, _read(path)
                self._known[run.path] = known
        except OSError:
            self._known[run.path] = (0, 0), None
            return None
        return known[1]


def _read(path: Path) -> Experiment | None:
    try:
        return Experiment.model_validate(toml.loads(toml.read(path), str(path)))
    except (SpecError, ValidationError):
        return None
