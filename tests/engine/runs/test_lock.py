"""Who trains a run: seen by others, let go of however the process ends, not believed of a machine that is gone."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.runs import lock
from engine.runs.directory import RunDirectory, RunError
from engine.runs.lock import Holder, Whereabouts, held, whereabouts

HOLDER = (
    "import sys, time\n"
    "from pathlib import Path\n"
    "from engine.runs.directory import RunDirectory\n"
    "from engine.runs.lock import Holder, held\n"
    "with held(RunDirectory(Path(sys.argv[1])), Holder.me(Path('/run/x.sock'))):\n"
    "    print('held', flush=True)\n"
    "    time.sleep(60)\n"
)


@pytest.fixture
def run(tmp_path):
    return RunDirectory(tmp_path)


@pytest.fixture
def other(run):
    """Another process that holds the run."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(run.path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def write(run, **changes):
    run.lock.write_text(Holder.me(None).model_copy(update=changes).model_dump_json())


def test_nobody_holds_a_new_run(run):
    assert whereabouts(run) == (Whereabouts.NOBODY, None)


def test_a_run_is_held_and_let_go(run):
    with held(run, Holder.me(Path("/run/x.sock"))):
        where, holder = whereabouts(run)
        assert where is Whereabouts.HERE
        assert (holder.pid, holder.socket) == (os.getpid(), "/run/x.sock")
    assert whereabouts(run) == (Whereabouts.NOBODY, None)


def test_two_processes_never_hold_the_same_run(run, other):
    with pytest.raises(RunError, match=f"already being trained, by process {other.pid}"), held(run, Holder.me(None)):
        pass
    assert whereabouts(run)[0] is Whereabouts.HERE
    assert whereabouts(run)[1].pid == other.pid


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_lock_of_a_dead_process_is_stale_and_can_be_taken(run, other, number):
    other.send_signal(number)
    other.wait()
    where, holder = whereabouts(run)
    assert (where, holder.pid) == (Whereabouts.GONE, other.pid)
    with held(run, Holder.me(None)):
        assert whereabouts(run)[1].pid == os.getpid()


def test_a_rebooted_machine_trains_nothing(run):
    write(run, boot="of last week", pid=os.getpid())
    assert whereabouts(run)[0] is Whereabouts.GONE
    with held(run, Holder.me(None)):
        pass


def test_a_run_on_another_machine_is_left_alone(run):
    write(run, host="gpu-7\x1b[31m", boot="another", pid=12)
    where, holder = whereabouts(run)
    assert (where, holder.host) == (Whereabouts.ELSEWHERE, "gpu-7\x1b[31m")
    words = r"trained on gpu-7\\x1b\[31m \(process 12\). If that is no longer so, remove .*lock"
    with pytest.raises(RunError, match=words), held(run, Holder.me(None)):
        pass
    assert whereabouts(run)[1].host == "gpu-7\x1b[31m"


def test_where_the_file_system_has_no_locks_the_process_counts(run, monkeypatch):
    monkeypatch.setattr(lock.fcntl, "flock", no_locks)
    write(run, pid=os.getpid())
    assert whereabouts(run)[0] is Whereabouts.HERE
    with pytest.raises(RunError, match="already being trained"), held(run, Holder.me(None)):
        pass
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    write(run, pid=gone.pid)
    assert whereabouts(run)[0] is Whereabouts.GONE
    with held(run, Holder.me(None)):
        assert whereabouts(run)[0] is Whereabouts.HERE


def test_a_container_that_came_back_under_another_name_is_the_same_machine(run, other):
    holder = whereabouts(run)[1]
    assert holder.boot
    run.lock.write_text(holder.model_copy(update={"host": "container-of-yesterday"}).model_dump_json())
    assert whereabouts(run)[0] is Whereabouts.HERE
    other.kill()
    other.wait()
    assert whereabouts(run)[0] is Whereabouts.GONE


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\x00", b'{"pid": "x"}', b"x" * 100_000])
def test_nonsense_in_the_file_is_nobody(run, content):
    run.lock.write_bytes(content)
    assert whereabouts(run) == (Whereabouts.NOBODY, None)
    with held(run, Holder.me(None)):
        assert whereabouts(run)[0] is Whereabouts.HERE


def test_a_run_whose_lock_was_removed_is_not_trained_twice(run, other):
    run.lock.unlink()
    assert whereabouts(run) == (Whereabouts.HERE, None)
    with pytest.raises(RunError, match="already being trained, by another process"), held(run, Holder.me(None)):
        pass
    assert not run.lock.exists()


@pytest.mark.parametrize("spoil", [lambda lock: lock.unlink(), lambda lock: lock.replace(lock.with_name("aside"))])
def test_who_holds_a_run_makes_its_lock_once_more(run, spoil):
    with held(run, Holder.me(Path("/run/x.sock"))) as hold:
        assert hold.keep()
        spoil(run.lock)
        assert hold.keep()
        where, holder = whereabouts(run)
        assert (where, holder.socket) == (Whereabouts.HERE, "/run/x.sock")
        with pytest.raises(RunError, match=f"process {os.getpid()}"), held(run, Holder.me(None)):
            pass
    assert whereabouts(run) == (Whereabouts.NOBODY, None)
    assert hold.keep()  # it is over: nothing is made once more
    assert run.lock.read_bytes() == b""


def no_locks(*_):
    raise OSError(95, "Operation not supported")


def only_files(flock):
    """Return a flock as NFS has it: none of a directory."""

    def of_files(descriptor, kind):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(9, "Bad file descriptor")
        flock(descriptor, kind)

    return of_files


@pytest.mark.parametrize("flock", [no_locks, only_files(lock.fcntl.flock)])
def test_where_a_directory_cannot_be_locked_who_was_first_gives_way(run, monkeypatch, flock):
    monkeypatch.setattr(lock.fcntl, "flock", flock)
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.0)
    with held(run, Holder.me(None)) as first:
        run.lock.unlink()
        with held(run, Holder.me(None)) as second:
            assert not first.keep()
            assert second.keep()
    with held(run, Holder.me(None)) as first:
        run.lock.unlink()
        write(run, host="gpu-7", boot="another", pid=12)
        assert not first.keep()
    assert whereabouts(run)[1].host == "gpu-7"
