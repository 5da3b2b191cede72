"""What many small runs leave in the memory of one engine: ``python -m tests.bench.many_runs [RUNS]``, 300 by default.

The runs differ in width, activation and optimizer, so that each is compiled anew. The budget: the memory at the end is
at most 1.3 times that after 20 runs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time

import psutil

from engine.runs.events import AnyEvent, Failed, Finished
from engine.runs.making import create
from engine.spec.check import check
from engine.spec.document import load, with_settings
from engine.worker.client import EngineClient

FIRST = 20
BUDGET = 1.3
TOLD = (1, 5, FIRST, 50, 100, 200, 300)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    os.environ["NNPLAY_HOME"] = tempfile.mkdtemp()
    client = EngineClient()
    process = psutil.Process(client.connect().pid)
    memory = {}
    for number in range(1, runs + 1):
        _train(client, number)
        memory[number] = process.memory_info().rss / 1e6
        if number in TOLD or number == runs:
            print(f"{number:4} runs: {memory[number]:6.0f} MB", flush=True)
    client.close()
    if runs >= FIRST:
        end, most = (value / memory[FIRST] for value in (memory[runs], max(list(memory.values())[FIRST - 1 :])))
        print(f"of what it was after {FIRST} runs: {end:.2f} at the end, {most:.2f} at most (budget {BUDGET})")


def _train(client: EngineClient, number: int) -> None:
    """Train a small run that no other equals, and wait for its end."""
    activation = ("relu", "tanh", "sigmoid", "elu")[number % 4]
    optimizer = ("adam", "sgd", "rmsprop")[number % 3]
    settings = [
        "data.limit=500", "fit.epochs=1", f"seed={number}", f"compile.optimizer.type={optimizer}",
        f"model.layers[1].units={16 + number}", f"model.layers[1].activation={activation}",
    ]  # fmt: skip
    run = create(check(with_settings(load("notes-baseline"), settings)).experiment_or_raise())
    reply = client.ask("start", run.path)
    while not reply.ok:  # the run before this one is being let go of
        time.sleep(0.02)
        reply = client.ask("start", run.path)
    tail, ended = run.tail(), list[AnyEvent]()
    while not ended:
        time.sleep(0.02)
        ended = [event for event in tail.read() if isinstance(event, Finished | Failed)]


if __name__ == "__main__":
    main()
