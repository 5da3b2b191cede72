"""``nnplay train`` as a user's shell runs it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from engine.spec.check import check
from engine.spec.document import dumps, load, with_settings
from tests.e2e.program import NNPLAY, SMALL, Process, run, wait_until
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.slow


def test_training_from_another_folder_writes_a_run(tmp_path, home):
    # A folder of the user's that has the name of a package of ours must not be taken for it.
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "__init__.py").write_text("raise SystemExit('the wrong engine')")
    settings = ["data.limit=2000", "fit.epochs=2", "compile.jit_compile=off"]
    document = with_settings(load("notes-baseline"), settings)
    (tmp_path / "small.toml").write_text(dumps(check(document).experiment_or_raise()))
    # Without a terminal, what the screens would train is trained headless, and that is said.
    done = run("--open", "small.toml", "--start", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no terminal here, so this trains headless" in done.stdout
    assert "epoch 2/2  loss" in done.stdout
    assert done.stderr == ""  # TensorFlow's noise is in the log
    run_directory = home / "runs" / "notes-baseline-1"
    names = {str(path.relative_to(run_directory)) for path in run_directory.rglob("*") if path.is_file()}
    assert names == {
        "experiment.toml", "events.jsonl", "engine.log", "lock", "checkpoints/best.npz", "checkpoints/last.npz",
        "checkpoints/previous.npz",
    }  # fmt: skip


def test_json_is_events_and_nothing_else(tmp_path):
    done = run("train", "cnn-small", "--epochs", "1", "--json", *SMALL, folder=tmp_path)
    assert done.returncode == 0
    kinds = [json.loads(line)["kind"] for line in done.stdout.splitlines()]
    assert kinds[0] == "started"
    assert kinds[-1] == "finished"
    assert {"progress", "epoch", "checkpoint"} <= set(kinds)


def test_a_diverging_run_fails_with_advice(tmp_path):
    done = run(
        "train", "notes-baseline", *SMALL, "--epochs", "50",
        "--set", "compile.optimizer={type='sgd', learning_rate=1000.0, momentum=0.99}",
        "--set", "compile.loss.from_logits=true",
        "--set", "model.layers[1].activation=linear", "--set", "model.layers[2].activation=linear",
        folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert "failed: the loss became" in done.stdout
    assert "Lower the learning rate" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_in_a_terminal_the_bar_and_the_lines_are_in_order_and_ctrl_c_saves_and_ends_with_130(home):
    run_directory = home / "runs" / "t-1"
    train = ["train", "notes-baseline", "--epochs", "10000", "--name", "t", *SMALL, "--set", "data.limit=10000"]
    with Terminal([*NNPLAY, *train], 150, 100) as terminal:
        terminal.wait_for("epoch 3/")
        terminal.press("\x03")
        assert terminal.process.wait(30) == 130
        terminal.wait_until(lambda: "interrupted; the state at the end is in" in terminal.text, "the last word")
        lines = [line.rstrip() for line in terminal.text.splitlines() if line.startswith("epoch")]
    finished = [line for line in lines if "loss" in line]
    assert len(finished) >= 2
    for number, line in enumerate(finished, 1):
        assert line.startswith(f"epoch {number}/10000  ")
        assert line.endswith(" s")
    assert _ended(home, "t-1") == "interrupted"
    assert (run_directory / "checkpoints" / "last.npz").exists()


def test_a_run_goes_on_when_its_reader_has_left(tmp_path, home):
    train = f"{NNPLAY[0]} train notes-baseline --epochs 3 {' '.join(SMALL)}"
    done = subprocess.run(
        ["bash", "-c", f"{train} | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1
    assert "nobody reads the output any more; training goes on: 'nnplay stop notes-baseline-1'" in done.stderr
    assert "Traceback" not in done.stderr
    assert _ended(home) == "completed"


def test_a_run_goes_on_without_streams_and_where_signs_cannot_be_written(tmp_path, home):
    command = f"{NNPLAY[0]} train notes-baseline --epochs 1 {' '.join(SMALL)} <&- >&- 2>err"
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(["bash", "-c", command], timeout=120, cwd=tmp_path, check=False, env=environment)
    assert done.returncode == 0
    (said,) = (tmp_path / "err").read_text().splitlines()
    assert said.startswith("cannot print: Bad file descriptor; training goes on: 'nnplay stop notes-baseline-1'")
    assert _ended(home) == "completed"


def test_a_reader_that_does_not_read_holds_up_neither_the_run_nor_its_end(tmp_path, home):
    reading, writing = os.pipe()
    size = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    train = [*NNPLAY, "train", "notes-baseline", "--epochs", "10000", "--json", *SMALL]
    process = subprocess.Popen(train, stdout=writing, stderr=subprocess.PIPE, cwd=tmp_path)
    os.close(writing)
    try:
        events = home / "runs" / "notes-baseline-1" / "events.jsonl"
        wait_until(lambda: events.exists() and events.stat().st_size > 2 * size)
        stopped = run("stop", "notes-baseline-1", folder=tmp_path)
        assert stopped.returncode == 0, stopped.stderr
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
        os.close(reading)
    assert _ended(home) == "stopped"


def test_a_command_that_cannot_print_says_so(tmp_path):
    done = subprocess.run(
        ["bash", "-c", f"{NNPLAY[0]} presets > /dev/full"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 74
    assert done.stderr == "error: the output could not be written: No space left on device\n"


def _ended(home: Path, name: str = "notes-baseline-1") -> str:
    return json.loads((home / "runs" / name / "events.jsonl").read_bytes().splitlines()[-1])["reason"]


def test_ctrl_c_before_the_engine_is_ready_is_not_lost(tmp_path, home):
    with Process(
        [*NNPLAY, "train", "notes-baseline", "--epochs", "10000", *SMALL],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, env=os.environ,
    ) as process:  # fmt: skip
        assert process.stdout.readline().startswith("run notes-baseline-1")
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in output


def test_the_doctor_finds_everything_in_order(tmp_path):
    done = run("doctor", "--json", folder=tmp_path)
    findings = {finding["what"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0, findings
    assert findings["fashion-mnist"]["ok"]
    assert findings["devices"]["found"].startswith(("CPU", "NVIDIA", "GPU", "Tesla"))
