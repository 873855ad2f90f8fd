"""Long videos take no more memory than short ones."""

import subprocess
import sys

import numpy as np
import pytest
from toy_scenes import SCENES, THINGS, WORLD, frames_of

from vlprompt.toy.files import write_video

MEBI = 2**20
# Windows of a short and of a long video, one after the other; the peak
# of memory is that of the process so far.
MEASURE = f"""
import resource, sys
from vlprompt.apis import VideoClassifier
classifier = VideoClassifier(sys.argv[1], device='cpu', classes={THINGS})
for video in sys.argv[2:]:
    for window in classifier.predict(video, window=4, stride=1):
        pass
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@pytest.mark.slow
def test_ten_times_the_length_needs_no_more_memory(toy, tmp_path):
    frames = np.concatenate([frames_of(name, 6) for name in SCENES])
    frames = frames.repeat(3, axis=1).repeat(3, axis=2)  # 192 pixels
    videos = [str(tmp_path / f'{times}.mp4') for times in (3, 30)]
    for video, times in zip(videos, (3, 30), strict=True):
        write_video(video, np.concatenate([frames] * times), WORLD.fps)
    printed = subprocess.check_output(
        [sys.executable, '-c', MEASURE, toy.config, *videos], text=True
    )
    short, long = map(int, printed.split()[-2:])
    # All frames of the long one would be 597 MB.
    assert long - short < 40 * MEBI
