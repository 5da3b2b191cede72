"""What has changed is drawn, also where that had to wait for another place."""

from __future__ import annotations

import asyncio


async def test_a_place_that_one_enters_while_another_is_rebuilt_is_drawn_when_that_is_over(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "1")
        await pilot.pause()
        with app.batch_update():  # as Data makes while its images are mounted
            await app.switch_mode("compile")
            await asyncio.sleep(0.3)
        drawn = []
        app.post_display_hook = lambda: drawn.append(app.screen)
        for _ in range(100):  # nothing else happens: no key, no news of a run
            if drawn:
                break
            await asyncio.sleep(0.02)
        assert app.screen in drawn
