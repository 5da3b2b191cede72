"""Times as one reads them: how long something took, and when it was."""

from __future__ import annotations

import math
import time


def lasted(seconds: float) -> str:
    """Return minutes and seconds, with hours where there are any: what lasted at all never reads 0:00."""
    minutes, seconds = divmod(max(math.ceil(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def moment(when: float, now: float) -> str:
    """Return the time of a moment of today, the day and the time of one of this year, the date of an older one.

    Never how long ago it was: that would change, and be sent to the terminal, while nothing happens.

    Args:
        when: Unix seconds; 0 where it is not known.
        now: the same, of the present.
    """
    if not when:
        return "-"
    try:
        then, today = time.localtime(when), time.localtime(now)
    except (OverflowError, OSError, ValueError):  # not written by us
        return "-"
    if then[:3] == today[:3]:
        return time.strftime("%H:%M", then)
    return time.strftime("%m-%d %H:%M" if then[0] == today[0] else "%Y-%m-%d", then)
