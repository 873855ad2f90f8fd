"""Pictures of points and of confusions."""

import matplotlib.image
import numpy as np
import pytest

from vlprompt.visualization import (
    Panel,
    draw_confused_pairs,
    draw_confusion_matrix,
    draw_scatter,
)
from vlprompt.visualization.scatter import shorten


def read(path):
    return matplotlib.image.imread(path)[..., :3]


def scatter(path, num_classes, num_panels=1):
    labels = np.repeat(np.arange(num_classes), 4)
    points = np.random.default_rng(0).normal(size=(len(labels), 2))
    panels = [Panel('CLIP', 'V-measure 80.0', points)] * num_panels
    names = [f'class {i}' for i in range(num_classes)]
    draw_scatter(panels, labels, names, path)
    return read(path)


def colored(picture):
    """How many pixels are neither white, gray nor black."""
    return int((np.ptp(picture, axis=-1) > 0.2).sum())


def test_scatter(tmp_path):
    one = scatter(tmp_path / 'a.png', 20)
    two = scatter(tmp_path / 'b.png', 20, num_panels=2)
    without_legend = scatter(tmp_path / 'c.png', 21)
    assert two.shape[1] > 1.5 * one.shape[1]
    assert without_legend.shape[1] < one.shape[1]
    assert colored(two) > 1.5 * colored(one) > 0


def test_few_classes_of_many_have_a_legend(tmp_path):
    labels = np.array([7, 7, 30, 30])
    names = [f'class {i}' for i in range(400)]
    panel = Panel('CLIP', '', np.arange(8.0).reshape(4, 2))
    draw_scatter([panel], labels, names, tmp_path / 'a.png')
    assert read(tmp_path / 'a.png').shape[1] > read_width(tmp_path)


def read_width(folder):
    return scatter(folder / 'b.png', 21).shape[1]


def shades(picture):
    """Shares of green and of orange pixels."""
    red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
    greens = (green > red + 0.1) & (green > blue + 0.1)
    return greens.mean(), ((red > green + 0.1) & (green > blue + 0.1)).mean()


@pytest.mark.parametrize('num', [3, 60, 61])
def test_confusion_matrix(tmp_path, num):
    names = [f'class {i}' for i in range(num)]
    right = 5 * np.eye(num, dtype=int)
    right[1] = 0  # a class without videos
    draw_confusion_matrix(right, names, tmp_path / 'a.png', 'title')
    wrong = np.roll(right, 1, axis=1)
    draw_confusion_matrix(wrong, names, tmp_path / 'b.png', 'title')
    picture = read(tmp_path / 'a.png')
    green, orange = shades(picture)
    assert green > 0 and orange == 0
    assert (picture > 0.999).all(axis=-1).mean() > 0.5  # what never happens
    green, orange = shades(read(tmp_path / 'b.png'))
    assert orange > 0 and green == 0


def test_confused_pairs(tmp_path):
    heights = []
    for num in (0, 4, 12):
        names = [('a class', 'a [long] class, $1 & others')] * num
        draw_confused_pairs(
            names, range(num, 0, -1), [0.5] * num, tmp_path / 'a.png', 'title'
        )
        heights.append(read(tmp_path / 'a.png').shape[0])
    assert heights == sorted(set(heights))


def test_long_names_keep_both_ends():
    name = 'Moving something and something so they collide with each other'
    short = shorten(name)
    assert len(short) <= 40 and '…' in short
    assert short.startswith('Moving') and short.endswith('each other')
    assert shorten('clap') == 'clap'
