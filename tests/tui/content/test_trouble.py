"""What a process waits for: where it does not answer, that is said of it, and nothing of what nobody asked of it."""

from __future__ import annotations

from engine.runs.directory import RunDirectory
from engine.runs.history import History
from engine.runs.library import Condition, Overview
from engine.runs.lock import Holder, Whereabouts
from engine.worker.client import EngineSilentError
from tui.content import trouble
from tui.words.run import why


def test_a_process_that_does_not_answer_is_told_in_one_sentence(monkeypatch, tmp_path):
    def silent(*_, **__):
        raise EngineSilentError("process 7 does not answer. It will do that as soon as it goes on", sent=True)

    monkeypatch.setattr(trouble, "tell", silent)
    holder = Holder(host="here", boot="", pid=7, socket="", since=1.0)
    run = RunDirectory(tmp_path)
    seen = Overview(run, Condition.TRAINING, History(), 1.0, 2.0, where=Whereabouts.HERE, holder=holder)
    assert why(trouble.with_trouble(seen)) == (
        "process 7 waits: it does not answer, so it may be suspended ('kill -CONT 7' wakes it), "
        "or the machine is very busy"
    )
