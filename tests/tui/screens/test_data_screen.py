"""Data in pictures: the classes with their counts, and the same images before and after augmentation."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from textual.widgets import Static

from engine.data import augment
from engine.data.counts import count
from engine.data.facts import FASHION_MNIST
from engine.spec.data import Augment, Data
from tests.tui.widgets.test_forms import row_at
from tui.content import pictures
from tui.widgets.gallery import SIZES, Classes, Preview
from tui.widgets.image import Picture


async def settle(app, pilot) -> None:
    for _ in range(3):
        await pilot.pause()
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.node is app.screen])
    await pilot.pause()


def row(app, name: str) -> list:
    return [image.dots for image in app.screen.query_one(f"#{name}").query(Picture)]


def text(app, name: str) -> str:
    return " ".join(str(app.screen.query_one(f"#{name}", Static).content).split())


def test_the_preview_makes_the_images_that_training_would():
    knobs = Augment(rotation_range=20.0, zoom_range=(0.8, 1.2), horizontal_flip=True)
    pairs = pictures.pairs("fashion-mnist", 2, 10, knobs, seed=7, epoch=3, most=5)
    drawn = augment.draw(knobs, (28, 28), 5, 7, 3)
    expected = augment.resample(np.stack(pairs.before), drawn)
    np.testing.assert_allclose(np.stack(pairs.after).astype(float), expected, atol=0.5)
    assert not np.array_equal(pairs.before[0], pairs.after[0])
    more = pictures.pairs("fashion-mnist", 0, 10, Augment(), seed=0, epoch=1, most=12)
    assert len(more.before) == 12
    np.testing.assert_array_equal(more.before, more.after)


async def test_a_knob_of_the_augmentation_is_seen_at_once_in_the_pictures(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")
        await settle(app, pilot)
        assert app.screen.query_one(Classes).display
        assert not app.screen.query_one(Preview).display
        app.screen.set_focus(row_at(app, "rotation_range").editor)
        await settle(app, pilot)
        assert not app.screen.query_one(Classes).display
        before = row(app, "before")
        assert len(before) == 3
        assert row(app, "after") == before
        assert "no knob of the augmentation is on" in text(app, "is")
        await pilot.press(*"90")
        await settle(app, pilot)
        turned = row(app, "after")
        assert row(app, "before") == before
        assert turned != before
        assert "rotation 90" in text(app, "is")
        await pilot.press("x")
        await settle(app, pilot)
        assert row(app, "after") == turned  # what cannot be is said at the field; the last pictures stay
        app.screen.set_focus(row_at(app, "limit").editor)
        await settle(app, pilot)
        assert app.screen.query_one(Classes).display


async def test_the_preview_depends_on_the_augmentation_alone(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("data", "limit"), "many").set(("data", "augment", "rotation_range"), 90)
        await pilot.press("1", "p")
        await settle(app, pilot)
        assert row(app, "after") != row(app, "before") != []
        assert "rotation 90" in text(app, "is")


async def test_nothing_is_headed_before_where_the_augmentation_is_wrong(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("data", "augment", "rotation_range"), "much")
        await pilot.press("1", "p")
        await settle(app, pilot)
        assert row(app, "before") == []
        assert not app.screen.query_one("#was").display
        app.draft = app.draft.set(("data", "augment", "rotation_range"), 90)
        await settle(app, pilot)
        assert row(app, "before")
        assert app.screen.query_one("#was").display


async def test_other_draws_other_images_and_back_to_the_classes(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.draft = app.draft.set(("data", "augment", "width_shift_range"), 0.3)
        await pilot.press("1", "p")
        await settle(app, pilot)
        before, after = row(app, "before"), row(app, "after")
        await pilot.press("a")
        await settle(app, pilot)
        assert row(app, "before") == before
        assert row(app, "after") != after
        assert "draws of epoch 2" in text(app, "is")
        await pilot.press("n")
        await settle(app, pilot)
        assert row(app, "before") != before
        await pilot.press("p")
        await settle(app, pilot)
        assert app.screen.query_one(Classes).display


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (40, 15)])
async def test_all_classes_are_seen_with_as_much_as_there_is_room_for(app, size):
    async with app.run_test(size=size) as pilot:
        await pilot.press("1")
        await settle(app, pilot)
        classes, preview = app.screen.query_one(Classes), app.screen.query_one(Preview)
        assert len(classes.query(Picture)) == 10
        assert preview.display == (size[1] >= 40)
        if size[0] >= 80:
            assert classes.max_scroll_y == 0
        counts = [line for line in classes.query(Static) if str(line.content) == "6,000 · 1,000"]
        assert len(counts) == (10 if size[0] >= 120 else 0)
        assert all(classes.region.contains_region(line.region) and line.region for line in counts)
        assert classes.query(Picture).first().size.width == {200: 28, 120: 10, 80: 10, 40: 10}[size[0]]


def test_images_are_as_large_as_their_gallery_allows():
    lines = [size.lines((28, 28), 10, 84) for size in SIZES]
    assert lines == sorted(lines, reverse=True)


def test_counts_are_those_of_what_is_trained_on():
    labels = np.repeat(np.arange(3), [50, 30, 20]).astype(np.uint8)
    mixed = np.random.default_rng(0).permutation(labels)
    counted = count(mixed, labels, 3, sizes=(60, 40), held_out=True, label_noise=0.5, seed=1)
    assert counted.train == tuple(np.bincount(mixed[:60], minlength=3))
    assert counted.validation == tuple(np.bincount(mixed[60:], minlength=3))
    assert 0 < counted.wrong < 30
    whole = pictures.counts(Data(), FASHION_MNIST, 0)
    assert whole.train == (6000,) * 10
    assert whole.validation == (1000,) * 10
    assert whole.wrong == 0


async def test_counts_follow_limit_fraction_and_noise(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("1")
        await settle(app, pilot)
        assert "60,000 images to train on, 10,000 to validate on, 28×28, 6,000 a class" in text(app, "sizes")
        app.draft = app.draft.set(("data", "limit"), 1000).set(("data", "label_noise"), 0.5)
        await settle(app, pilot)
        assert "28×28, 86-115 a class" in text(app, "sizes")
        assert "labels to train on are wrong" in text(app, "sizes")


async def test_a_source_that_cannot_be_used_is_said_with_its_place(app, tmp_path):
    async with app.run_test(size=(120, 40)) as pilot:
        app.draft = app.draft.set(("data", "source"), str(tmp_path / "[nothing]"))
        await pilot.press("1")
        await settle(app, pilot)
        assert "✗ source: there is no" in text(app, "reading")
        assert "[nothing]" in text(app, "reading")
        assert "images of fashion-mnist instead" in text(app, "reading")
        assert row_at(app, "data", "source").has_class("-wrong")
        await pilot.press("u")
        app.draft = app.draft.set(("data", "source"), "fashion-mnist")
        await settle(app, pilot)
        assert text(app, "reading") == ""


async def test_without_colour_images_are_characters(app):
    app.no_color = True
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")
        await settle(app, pilot)
        image = app.screen.query(Picture).first()
        drawn = "".join(segment.text for line in range(image.size.height) for segment in image.render_line(line))
        assert "▀" not in drawn
        assert set("#@") & set(drawn)


async def test_nothing_is_drawn_while_nothing_changes(app, monkeypatch):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("1")
        await settle(app, pilot)
        asked = []
        monkeypatch.setattr(pictures, "one_of_each", lambda *_: asked.append("images"))
        monkeypatch.setattr(pictures, "pairs", lambda *_: asked.append("pairs"))
        monkeypatch.setattr(pictures, "counts", lambda *_: asked.append("counts"))
        app.draft = app.draft.set(("fit", "epochs"), 9)
        await settle(app, pilot)
        assert asked == []


async def test_what_is_odd_about_the_data_stands_beside_the_classes(app, tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, x_train=np.zeros((60, 8, 8), np.uint8), y_train=np.repeat(np.arange(10), 6))
    async with app.run_test(size=(120, 40)) as pilot:
        app.draft = app.draft.set(("data", "source"), str(path)).set(("data", "validation"), 0.1)
        await pilot.press("1")
        await settle(app, pilot)
        assert text(app, "mend").startswith(
            "! validation: the source is sorted by class: class 9 would be held out whole"
        )
        app.draft = app.draft.set(("data", "source"), "fashion-mnist")
        await settle(app, pilot)
        assert text(app, "mend") == ""


async def test_a_file_whose_arrays_are_none_is_an_error_and_not_the_end_of_the_screens(app, tmp_path):
    path = tmp_path / "own.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("x_train", "y_train"):
            archive.writestr(f"{name}.npy", b"hello world this is text")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("1")
        app.draft = app.draft.set(("data", "source"), str(path))
        await settle(app, pilot)
        assert "'x_train' is no array: it begins with b'hello wo'" in text(app, "reading")
