"""The frames that pipelines, stores and the checker get are the right ones."""

from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.dataset import Compose

from tools.benchmark.reliability.clips import (
    Clip,
    number_of,
    write,
)
from tools.benchmark.reliability.decoded_in_order import decode_in_order
from vlprompt.datasets.readers.frame_store import (
    FrameStore,
    FrameStoreWriter,
    StoreJob,
)
from vlprompt.datasets.readers.probe import decode_video, open_video
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules

PIPELINES = Path(__file__).parents[3] / 'configs/_base_/pipelines'
X264 = 'libx264'
VARIABLE = (
    *(0.033 * i for i in range(20)),
    *(0.66 + 0.4 * i for i in range(20)),
)
CLIPS = {
    'cut': Clip('.mp4', X264, 60, 250, b_frames=2, start=0.8),
    'transport stream': Clip('.ts', X264, 60, b_frames=3),
    'B pictures in AVI': Clip(
        '.avi', 'mpeg4', 60, b_frames=2, size=(160, 128)
    ),
    'H.264 in AVI': Clip('.avi', X264, 60, b_frames=2),
    'variable': Clip('.mkv', X264, 40, b_frames=1, times=VARIABLE),
}
SAMPLERS = [
    dict(type='MultiViewSegmentSample', num_frames=8, mode='random'),
    dict(type='MultiViewSegmentSample', num_frames=8, num_views=4),
    dict(type='MultiViewSegmentSample', num_frames=99),
    dict(type='SecondsSample', max_frames=6, fps=4),
    dict(type='SampleFrames', clip_len=4, frame_interval=2, num_clips=3),
    dict(type='SampleFrames', clip_len=1, num_clips=8, test_mode=True),
    dict(type='UniformSample', clip_len=8),
    dict(type='DenseSampleFrames', clip_len=8, frame_interval=2, num_clips=2),
    dict(type='SampleFrames', clip_len=4, target_fps=5, test_mode=True),
]  # fmt: skip


@pytest.fixture(scope='module', autouse=True)
def _registered():
    register_all_modules()


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """A file of each clip, and the number of its first frame."""
    folder = tmp_path_factory.mktemp('clips')
    return {
        name: (write(folder / name, clip), round(25 * clip.start))
        for name, clip in CLIPS.items()
    }


def decoded(file, *steps):
    """What a pipeline knows when it has decoded."""
    built = [TRANSFORMS.build(dict(step)) for step in steps]
    info = dict(filename=str(file), start_index=0, modality='RGB', label=0)
    return Compose(built)(info)


def assert_right(results, first):
    numbers = [number_of(image) for image in results['imgs']]
    assert numbers == (np.ravel(results['frame_inds']) + first).tolist()


@pytest.mark.parametrize('name', CLIPS)
@pytest.mark.parametrize('sampler', SAMPLERS, ids=lambda s: s['type'])
def test_samplers(files, name, sampler):
    file, first = files[name]
    for init in ('VideoInit', 'LeanPyAVInit'):
        for decode in ('VideoDecode', 'DecordDecode'):
            results = decoded(
                file, dict(type=init), sampler, dict(type=decode)
            )
            assert_right(results, first)


@pytest.mark.parametrize('name', CLIPS)
@pytest.mark.parametrize('kind', ['train', 'val', 'test'])
def test_pipelines_of_the_configs(files, name, kind):
    """Up to the frames, with all their views."""
    file, first = files[name]
    for config in sorted(PIPELINES.glob('*.py')):
        pipeline = Config.fromfile(config).get(f'{kind}_pipeline', [])
        kinds = [step['type'] for step in pipeline]
        if kinds:
            end = kinds.index('VideoDecode') + 1
            assert kinds[0] == 'VideoInit'
            assert_right(decoded(file, *pipeline[:end]), first)


@pytest.mark.parametrize('name', CLIPS)
def test_stores_and_the_checker(files, tmp_path, name):
    file, first = files[name]
    expected = decode_in_order(file).frames
    for facts in (open_video(str(file)), decode_video(str(file))):
        assert (facts.frames, facts.problem) == (len(expected), '')
        assert (facts.height, facts.width, 3) == expected[0].shape
    job = StoreJob(str(file), str(tmp_path / 'store.zip'))
    assert FrameStoreWriter(quality=100)(job).frames == len(expected)
    store = FrameStore(job.target)
    kept = store.get_batch(range(len(store))).asnumpy()
    numbers = [number_of(image) for image in kept]
    assert numbers == list(range(first, first + len(expected)))
    times = VideoReader(str(file)).frame_times
    assert store.frame_times == pytest.approx(times, abs=1e-6)
    job = StoreJob(str(file), str(tmp_path / 'few.zip'))
    FrameStoreWriter(quality=100, frames=5)(job)
    few = FrameStore(job.target)
    places = ((np.arange(5) + 0.5) * len(expected) / 5).astype(int)
    assert few.frame_times == pytest.approx(times[places], abs=1e-6)
    found = [number_of(image) for image in few.read(range(5))]
    assert found == (places + first).tolist()


def test_a_frame_for_each_second_by_its_time(files):
    """And not by the average rate, by which all are in the first second."""
    file, _ = files['variable']
    sampler = dict(type='SecondsSample', max_frames=12, fps=1)
    results = decoded(
        file, dict(type='VideoInit'), sampler, dict(type='VideoDecode')
    )
    times = np.array(VARIABLE)
    seconds = np.arange(np.ceil(times[-1] + 0.2))
    expected = [int(np.flatnonzero(times <= s + 0.001)[-1]) for s in seconds]
    valid = results['num_valid_frames']
    assert results['frame_inds'][:valid].tolist() == expected
    assert valid == 9
    assert_right(results, 0)


def test_the_first_seconds_by_time(files):
    file, _ = files['variable']
    first = dict(type='KeepFirstSeconds', seconds=3)
    results = decoded(file, dict(type='VideoInit'), first)
    assert results['total_frames'] == np.sum(np.array(VARIABLE) < 2.999)


@pytest.mark.parametrize(
    ('clip', 'fault'),
    [
        (CLIPS['cut'], 'edit list'),
        (CLIPS['transport stream'], 'transport or program stream'),
        (CLIPS['B pictures in AVI'], 'B pictures of MPEG-1, 2 or 4'),
        (CLIPS['H.264 in AVI'], 'packets do not tell the frames'),
        (
            Clip('.mkv', X264, options=(('x264-params', 'intra-refresh=1'),)),
            'key frames that are none',
        ),
        (
            Clip(
                '.mp4',
                X264,
                b_frames=3,
                options=(('x264-params', 'open-gop=1:scenecut=0'),),
            ),
            'open groups of pictures',
        ),
        (Clip('.gif', 'gif', 5, pix_fmt='rgb8'), 'it cannot read gif'),
        (Clip('.mp4', X264, b_frames=2), ''),
        (Clip('.webm', 'libvpx-vp9', 5), ''),
        (Clip('.avi', 'mpeg4', size=(160, 128)), ''),
    ],
)
def test_what_decord_would_make_of_it(tmp_path, clip, fault):
    facts = open_video(str(write(tmp_path / 'clip', clip)))
    assert not facts.problem
    assert facts.decord.startswith(fault)
    assert bool(facts.decord) == bool(fault)


def test_decord_cannot_hang(files):
    """Asked for what an edit list cuts off, it never returns."""
    pytest.importorskip('decord')
    file, _ = files['cut']
    with pytest.raises(OSError, match='edit list .* VideoInit reads it'):
        decoded(file, dict(type='DecordInit'))


def test_decord_reads_what_it_can(tmp_path):
    """Ordinary clips are the same to the bit, by either name."""
    pytest.importorskip('decord')
    clip = Clip('.mp4', X264, b_frames=2, size=(128, 96))
    file = write(tmp_path / 'clip', clip)
    sampler = SAMPLERS[1]
    ours, theirs = (
        decoded(file, dict(type=init), sampler, dict(type=decode))
        for init, decode in [
            ('VideoInit', 'VideoDecode'),
            ('DecordInit', 'DecordDecode'),
        ]
    )
    assert np.array_equal(ours['imgs'], theirs['imgs'])
    for key in ('total_frames', 'avg_fps', 'img_shape', 'original_shape'):
        assert ours[key] == theirs[key]


def test_repeats_are_frames_of_their_own(files):
    """Or what changes one in place would change the other."""
    file, _ = files['cut']

    def choose(results):
        return {**results, 'frame_inds': np.array([[2, 2], [1, 2]])}

    steps = [TRANSFORMS.build(dict(type='VideoInit')), choose]
    steps.append(TRANSFORMS.build(dict(type='VideoDecode')))
    results = Compose(steps)(dict(filename=str(file)))
    first, again, _, last = results['imgs']
    first[:] = 0
    assert again.any() and last.any()
    assert results['frame_inds'].shape == (4,)
    assert results['video_reader'] is None


@pytest.mark.slow
def test_real_clips_are_those_of_decord(shared_data):
    decord = pytest.importorskip('decord')
    rng = np.random.default_rng(0)
    for file in sorted((shared_data / 'videos').iterdir()):
        if file.name == 'corrupted_tail.mp4':
            continue
        theirs = decord.VideoReader(str(file), num_threads=1)
        ours = VideoReader(str(file))
        assert len(ours) == len(theirs), file.name
        assert ours.get_avg_fps() == pytest.approx(theirs.get_avg_fps(), 0.04)
        asked = np.sort(rng.integers(0, len(ours), 4))
        frames = theirs.get_batch(asked).asnumpy()
        assert np.array_equal(ours.read(asked), frames), file.name


@pytest.mark.slow
def test_real_clips_in_any_order(shared_data):
    rng = np.random.default_rng(0)
    for file in sorted((shared_data / 'videos').iterdir()):
        if file.name == 'corrupted_tail.mp4':
            continue
        expected = decode_in_order(file).frames
        asked = rng.integers(0, len(expected), 5)
        reader = VideoReader(str(file))
        assert len(reader) == len(expected), file.name
        assert reader.access == 'by index', file.name
        for i, image in zip(asked, reader.read(asked), strict=True):
            assert np.array_equal(image, expected[i]), file.name
