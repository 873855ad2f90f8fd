"""Heat over frames."""

import numpy as np
import pytest
from matplotlib import colormaps

from vlprompt.visualization.frame_grid import (
    OPACITY,
    SIDE,
    enlarge,
    overlay,
    scale_maps,
)


def test_each_frame_or_the_clip_has_its_own_extremes():
    maps = np.array([[[0.0, 1.0]], [[2.0, 4.0]], [[3.0, 3.0]]])
    assert scale_maps(maps).tolist() == [[[0, 1]], [[0, 1]], [[0, 0]]]
    by_clip = [[[0, 0.25]], [[0.5, 1]], [[0.75, 0.75]]]
    assert scale_maps(maps, per_clip=True).tolist() == by_clip


def test_heat_covers_what_is_hot_and_leaves_the_rest():
    frames = np.full((1, 8, 16, 3), 100, np.uint8)
    (picture,) = overlay(frames, np.array([[[0.0, 1.0]]]))
    assert (picture[:, :4] == 100).all()  # left of the left place's centre
    red = 255 * np.array(colormaps['turbo'](1.0)[:3])
    hot = (1 - OPACITY) * 100 + OPACITY * red
    assert picture[4, -1] == pytest.approx(hot, abs=1)
    (half,) = overlay(frames, np.array([[[0.5, 0.5]]]))
    color = 255 * np.array(colormaps['turbo'](0.5)[:3])
    mixed = (1 - OPACITY / 2) * 100 + OPACITY / 2 * color
    assert half[4, 4] == pytest.approx(mixed, abs=1)


def test_small_frames_are_enlarged_in_shape():
    assert enlarge(np.zeros((2, 48, 64, 3), np.uint8)).shape == (
        2,
        SIDE,
        SIDE * 64 // 48,
        3,
    )
    large = np.zeros((1, 224, 224, 3), np.uint8)
    assert enlarge(large).shape == large.shape
