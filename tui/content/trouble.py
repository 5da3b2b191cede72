"""What the process of a run waits for, such as room on the disk. On a full disk its events cannot tell: it is asked."""

from __future__ import annotations

from dataclasses import replace

from engine.runs.library import Overview
from engine.runs.lock import Whereabouts
from engine.worker.client import EngineGone, EngineSilentError, tell

STATUS_SECONDS = 1.0
"""How long a process may take to say it."""


def with_trouble(seen: Overview) -> Overview:
    """Return an overview with what the process that trains the run waits for: on a full disk, events cannot tell."""
    if not seen.condition.live or seen.where is not Whereabouts.HERE:
        return seen
    try:
        return replace(seen, trouble=tell(seen.run, "status", within=STATUS_SECONDS).status.trouble)
    except EngineSilentError:
        wakes = f" ('kill -CONT {seen.holder.pid}' wakes it)" if seen.holder else ""
        return replace(seen, trouble=f"it does not answer, so it may be suspended{wakes}, or the machine is very busy")
    except EngineGone:  # it has just left, or takes no commands
        return seen
