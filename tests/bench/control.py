"""How soon pause, stop and a new learning rate take effect on the baseline: ``python -m tests.bench.control``.

Nothing is asserted: a noisy machine decides. The budget is 200 ms and one chunk of steps, from the request to the time
that the event itself carries.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise

from engine.runs.events import AnyEvent, Changed, Continued, Finished, Paused, Progress
from engine.runs.making import create
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.worker.client import EngineClient

ROUNDS = 15
BUDGET = 0.2


def main() -> None:
    os.environ["NNPLAY_HOME"] = tempfile.mkdtemp()
    client = EngineClient()
    client.connect()
    run = create(check(with_settings(load("notes-baseline"), ["fit.epochs=10000"])).experiment_or_raise())
    client.ask("start", run.path)
    tail, told = run.tail(), list[AnyEvent]()

    def wait(matches: Callable[[AnyEvent], bool]) -> AnyEvent:
        while True:
            fresh = tail.read()
            told.extend(fresh)
            for event in fresh:
                if matches(event):
                    return event
            time.sleep(0.005)

    wait(lambda event: isinstance(event, Progress) and event.epoch > 3)
    taken: dict[str, list[float]] = {"pause": [], "continue": [], "turn": [], "stop": []}
    for index in range(ROUNDS):
        for command, kind in (("turn", Changed), ("pause", Paused), ("continue", Continued)):
            values = {"place": "compile.optimizer.learning_rate", "value": 0.001 + index * 1e-5}
            time.sleep(0.137)  # no multiple of a chunk
            began = time.time()
            client.ask(command, run.path, **(values if command == "turn" else {}))
            event = wait(lambda event, kind=kind: isinstance(event, kind))
            taken[command].append(event.time - began)
    began = time.time()
    client.ask("stop", run.path)
    taken["stop"].append(wait(lambda event: isinstance(event, Finished)).time - began)
    client.close()
    times = [event.time for event in told if isinstance(event, Progress)]
    chunk = statistics.median(later - earlier for earlier, later in pairwise(times))
    print(f"a chunk takes {1000 * chunk:.0f} ms (median); the budget is {1000 * (BUDGET + chunk):.0f} ms")
    for command, seconds in taken.items():
        middle, worst = statistics.median(seconds), max(seconds)
        print(
            f"{command:9} median {1000 * middle:4.0f} ms, worst {1000 * worst:4.0f} ms of {len(seconds)}: "
            f"{worst / (BUDGET + chunk):.2f} of the budget"
        )


if __name__ == "__main__":
    main()
