"""Standard streams of all kinds: a program goes on, and says at its end what could not be printed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from engine.streams import CANNOT_PRINT, Stream

PROGRAM = r"""
import sys
from engine import streams
streams.ensure()
print("✓ 80×24", "\udcff")
print("wrong ✗", file=sys.stderr)
answer = sys.stdin.read()
print("end" + answer)
sys.exit(streams.finished(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
"""


def program(redirection: str, status: int = 0, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = f'"{sys.executable}" -c "$PROGRAM" {status} {redirection}; exit ${{PIPESTATUS[0]}}'
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PROGRAM": PROGRAM} | environment,
        timeout=60,
        check=False,
    )


def test_streams_that_are_all_right():
    done = program("")
    assert (done.returncode, done.stdout, done.stderr) == (0, "✓ 80×24 ?\nend\n".encode(), "wrong ✗\n".encode())


@pytest.mark.parametrize(("redirection", "why"), [(">&-", "Bad file descriptor"), ("> /dev/full", "No space left")])
def test_what_cannot_be_printed_is_said_with_a_status_of_its_own(redirection, why):
    done = program(redirection)
    assert done.returncode == CANNOT_PRINT
    said = done.stderr.decode().splitlines()
    assert said[0] == "wrong ✗"
    assert said[1].startswith(f"error: the output could not be written: {why}")
    assert len(said) == 2


def test_a_failure_keeps_its_own_status():
    assert program("> /dev/full", status=2).returncode == 2


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "<&-", ">&- 2>&- <&-"])
def test_other_streams_may_be_missing(redirection):
    done = program(redirection)
    assert done.returncode == (CANNOT_PRINT if ">&- 2" in redirection else 0)
    assert b"Traceback" not in done.stderr


def test_a_reader_that_has_enough_is_no_failure():
    done = program("| true")
    assert done.returncode == 0
    assert done.stderr == "wrong ✗\n".encode()


def test_a_locale_without_the_signs_has_their_stand_ins():
    done = program("", PYTHONIOENCODING="latin-1")
    assert done.stdout == "+ 80×24 ?\nend\n".encode("latin-1")
    assert done.stderr == b"wrong x\n"


def test_a_file_that_is_opened_later_is_never_taken_for_a_closed_stream(tmp_path):
    code = "import sys; from engine import streams; streams.ensure(); print(open(sys.argv[1], 'w').fileno())"
    command = f'"{sys.executable}" -c "{code}" {tmp_path}/file <&- >&- 2>&-'
    subprocess.run(["bash", "-c", command], timeout=60, check=False)
    assert (tmp_path / "file").read_bytes() == b""


def test_a_stream_that_somebody_made_not_to_wait_is_waited_for():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with subprocess.Popen(["wc", "-c"], stdin=reading, stdout=subprocess.PIPE) as reader:
        os.close(reading)
        stream = Stream(writing, "utf-8")
        stream.write("x" * 300_000)
        stream.flush()
        assert stream.failure is None
        os.close(writing)
        assert int(reader.communicate()[0]) == 300_000
