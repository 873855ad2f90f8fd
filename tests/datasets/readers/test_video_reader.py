"""Frames by their numbers: those that decoding in order shows."""

import shutil
import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

from tools.benchmark.reliability.clips import (
    Clip,
    copy,
    number_of,
    write,
)
from tools.benchmark.reliability.decoded_in_order import decode_in_order
from vlprompt.datasets.readers import counted_frames, packets
from vlprompt.datasets.readers.video_reader import VideoReader

X264 = 'libx264'
OPEN = (('x264-params', 'open-gop=1:scenecut=0'),)
REFRESH = (('x264-params', 'intra-refresh=1:scenecut=0'),)
TELLS_FIELDS = hasattr(av.VideoCodecContext, 'field_order')  # PyAV 18
LARGER = 160, 128  # pictures of MPEG-4 that are no stand-ins
QUIET = (('x265-params', 'log-level=none'),)
TIMES = tuple(0.033 * i for i in range(20)) + tuple(
    0.66 + 0.4 * i for i in range(20)
)
INDEXED = [
    Clip('.mp4', X264, b_frames=3),
    Clip('.mkv', X264, b_frames=2, gop=250),
    Clip('.ts', X264, b_frames=3),
    Clip('.mp4', X264, b_frames=3, options=OPEN),
    Clip('.ts', X264, b_frames=3, options=OPEN),
    Clip('.mp4', X264, b_frames=2, start=0.88, gop=250),
    Clip('.mp4', X264, b_frames=3, start=0.6, options=OPEN),
    Clip('.mkv', X264, gop=8, options=REFRESH),
    Clip('.mp4', X264, b_frames=1, times=TIMES),
    Clip('.mp4', X264, size=(65, 49), pix_fmt='yuv444p'),
    Clip('.mp4', X264, size=(16, 8), frames=1),
    Clip('.avi', 'mpeg4', b_frames=2, size=LARGER),
    Clip('.mp4', 'mpeg4', b_frames=2, size=LARGER),
    Clip('.mpg', 'mpeg2video', b_frames=2),
    Clip('.ts', 'mpeg2video', b_frames=2),
    Clip('.mkv', 'mpeg1video', b_frames=1),
    Clip('.webm', 'libvpx'),
    Clip('.webm', 'libvpx-vp9', frames=20),
    Clip('.mp4', 'libx265', b_frames=3, frames=30, options=QUIET),
    Clip('.mkv', 'libx265', frames=12, pix_fmt='yuv420p10le', options=QUIET),
    Clip('.mov', 'mjpeg', pix_fmt='yuvj420p'),
    Clip('.ogv', 'libvpx', container='ogg'),
    Clip('.mkv', 'libsvtav1', frames=12),
]
COUNTED = [
    Clip('.avi', X264, b_frames=2),
    Clip('.gif', 'gif', pix_fmt='rgb8'),
    Clip('.apng', 'apng', pix_fmt='rgb24', frames=12),
    Clip('.flv', 'flv'),
    Clip('.wmv', 'wmv2'),
    Clip('.mp4', X264, b_frames=2, options=(('x264-params', 'tff=1'),)),
]


def assert_exact(file, expected, access):
    """Frames in any order, alone and all together, and one after another."""
    reader = VideoReader(str(file))
    if not TELLS_FIELDS:
        access = reader.access
    assert (len(reader), reader.access) == (len(expected), access)
    asked = np.random.default_rng(0).permutation(len(expected))[:9]
    alone = [VideoReader(str(file)).read([i])[0] for i in asked[:5]]
    for numbers, found in ((asked[:5], alone), (asked, reader.read(asked))):
        for i, image in zip(numbers, found, strict=True):
            assert np.array_equal(image, expected[i]), i
    batch = reader.get_batch([*asked, asked[0]]).asnumpy()
    assert np.array_equal(batch[-1], expected[asked[0]])
    for image, right in zip(reader.iterate(), expected, strict=True):
        assert np.array_equal(image, right)
    reader.verify()
    assert reader.access == access


@pytest.mark.parametrize('clip', INDEXED, ids=str)
def test_frames_are_found_by_an_index(tmp_path, clip):
    file = write(tmp_path / 'clip', clip)
    assert_exact(file, decode_in_order(file).frames, 'by index')


@pytest.mark.parametrize('clip', COUNTED, ids=str)
def test_files_whose_packets_do_not_tell_are_decoded_in_order(tmp_path, clip):
    file = write(tmp_path / 'clip', clip)
    assert_exact(file, decode_in_order(file).frames, 'in order')


@pytest.mark.parametrize(
    'clip', [*INDEXED[:2], INDEXED[5], COUNTED[0]], ids=str
)
def test_frames_carry_their_numbers(tmp_path, clip):
    """Not only are they equal: they are the right ones."""
    reader = VideoReader(str(write(tmp_path / 'clip', clip)))
    first = clip.frames - len(reader)  # after an edit list
    assert first == round(25 * clip.start)
    numbers = [number_of(image) for image in reader.read(range(len(reader)))]
    assert numbers == list(range(first, clip.frames))


@pytest.mark.parametrize(
    'clip', [*INDEXED[:6], INDEXED[11], INDEXED[13], COUNTED[0]], ids=str
)
def test_large_files_are_read_again(tmp_path, monkeypatch, clip):
    """Instead of staying in memory."""
    file = write(tmp_path / 'clip', clip)
    expected = decode_in_order(file).frames
    monkeypatch.setattr(packets, 'KEPT', 1000)
    monkeypatch.setattr(counted_frames, 'KEPT', 50_000)
    access = 'in order' if clip in COUNTED else 'by index'
    assert_exact(file, expected, access)


def test_a_large_file_is_read_from_near_the_frame(tmp_path, monkeypatch):
    file = write(tmp_path / 'clip', Clip('.mp4', X264, frames=200, gop=10))
    monkeypatch.setattr(packets, 'KEPT', 1000)
    reader = VideoReader(str(file))
    seen = []
    demux = packets.Video.demux

    def watch(video):
        for packet in demux(video):
            seen.append(packet.pts)
            yield packet

    monkeypatch.setattr(packets.Video, 'demux', watch)
    assert number_of(reader.read([155])[0]) == 155
    assert len(seen) <= 10


def test_fewer_frames_are_decoded(tmp_path, monkeypatch):
    """From the key frame on, and not those that no other refers to."""
    options = (('sc_threshold', '0'),)
    clip = Clip('.mp4', X264, 60, 30, b_frames=2, options=options)
    reader = VideoReader(str(write(tmp_path / 'clip', clip)))
    seen = []
    feed = reader._frames._feed

    def watch(*args):
        frames = feed(*args)
        seen.extend(frame.pts for frame in frames)
        return frames

    monkeypatch.setattr(reader._frames, '_feed', watch)
    reader.read([50])
    assert 50 in seen and min(seen) == 30
    assert len(seen) < 20


NOT_CODED = b'\0\0\1\xb6\x50\x4f'  # a picture of MPEG-4 that repeats one


def chunks_of(file):
    """The packets of a file, and whether they are key frames."""
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        return [
            (bytes(packet), packet.is_keyframe)
            for packet in container.demux(stream)
            if packet.size
        ]


def write_chunks(target, source, chunks):
    """A file like another, with these packets at 25 a second."""
    with av.open(str(source)) as old, av.open(str(target), 'w') as new:
        made = new.add_stream_from_template(old.streams.video[0])
        for number, (data, is_key) in enumerate(chunks):
            packet = av.Packet(data)
            packet.stream = made
            packet.pts = packet.dts = number
            packet.time_base = Fraction(1, 25)
            packet.is_keyframe = is_key
            new.mux(packet)
    return target


@pytest.mark.parametrize('gop', [12, 250])
def test_packed_bitstreams(tmp_path, gop):
    """DivX and Xvid put a B picture behind the one it refers to."""
    options = (('b_strategy', '0'), ('vtag', 'XVID'))
    clip = Clip('.avi', 'mpeg4', 41, gop, 1, size=LARGER, options=options)
    source = write(tmp_path / 'source', clip)
    (first, _), *others = chunks_of(source)
    begin = first.index(b'\0\0\1\xb6')
    first = first[:begin] + b'\0\0\1\xb2DivX503b1393p' + first[begin:]
    packed = [(first, True)]
    for (picture, is_key), (early, _) in zip(
        others[::2], others[1::2], strict=True
    ):
        packed += [(picture + early, is_key), (NOT_CODED, False)]
    file = write_chunks(tmp_path / 'packed.avi', source, packed)
    expected = decode_in_order(file).frames
    assert [number_of(image) for image in expected] == list(range(41))
    assert_exact(file, expected, 'by index')


def test_pictures_that_are_not_coded(tmp_path):
    """An encoder that dropped frames left packets that show nothing."""
    source = write(tmp_path / 'source', Clip('.avi', 'mpeg4', size=LARGER))
    chunks = chunks_of(source)
    chunks.insert(3, (NOT_CODED, False))
    file = write_chunks(tmp_path / 'dropped.avi', source, chunks)
    expected = decode_in_order(file).frames
    assert [number_of(image) for image in expected] == list(range(40))
    assert_exact(file, expected, 'in order')


def test_flags_of_key_frames_that_lie(tmp_path):
    source = write(
        tmp_path / 'source', Clip('.avi', 'mpeg4', b_frames=2, size=LARGER)
    )
    lies = [(data, True) for data, _ in chunks_of(source)]
    file = write_chunks(tmp_path / 'lies.avi', source, lies)
    assert_exact(file, decode_in_order(source).frames, 'by index')


def test_a_stream_that_begins_in_the_middle(tmp_path):
    clip = Clip('.ts', 'mpeg2video', b_frames=2)
    source = write(tmp_path / 'source', clip)
    file = copy(source, tmp_path / 'middle.ts', drop=5)
    expected = decode_in_order(file).frames
    assert len(expected) < 35
    assert_exact(file, expected, 'in order')


@pytest.mark.parametrize('suffix', ['.mkv', '.webm'])
def test_what_was_recorded_live(tmp_path, suffix):
    """No duration and no index; a recorder that is killed leaves a part."""
    codec = X264 if suffix == '.mkv' else 'libvpx'
    source = write(tmp_path / 'source', Clip(suffix, codec))
    file = tmp_path / f'live{suffix}'
    with (
        av.open(str(source)) as old,
        av.open(str(file), 'w', container_options=dict(live='1')) as new,
    ):
        made = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(old.streams.video[0]):
            if packet.size:
                packet.stream = made
                new.mux(packet)
    assert VideoReader(str(file))._video.duration == 0
    assert_exact(file, decode_in_order(file).frames, 'by index')
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * 2 // 3])
    expected = decode_in_order(file).frames
    reader = VideoReader(str(file))
    assert 10 < len(reader) == len(expected)
    assert np.array_equal(reader.read([9])[0], expected[9])


def test_one_stream_after_another(tmp_path):
    """Times begin again in the middle of a transport stream."""
    source = write(tmp_path / 'source', Clip('.ts', X264, b_frames=2))
    file = tmp_path / 'twice.ts'
    file.write_bytes(2 * source.read_bytes())
    expected = decode_in_order(file).frames
    assert len(expected) == 80
    assert_exact(file, expected, 'in order')


def test_sizes_that_change(tmp_path):
    """All frames get the size of the first, also where it is not read."""
    small, large = (
        write(tmp_path / name, Clip('.webm', 'libvpx', 10, size=size))
        for name, size in [('small', (64, 48)), ('large', (96, 80))]
    )
    chunks = chunks_of(small) + chunks_of(large)
    file = write_chunks(tmp_path / 'both.webm', small, chunks)
    for asked in ([0, 5, 14], [14], [19, 3]):
        frames = VideoReader(str(file)).read(asked)
        for i, image in zip(asked, frames, strict=True):
            assert image.shape == (48, 64, 3)
            assert number_of(image) == i % 10
    # Also if the container announces what no frame has.
    wrong = write_chunks(tmp_path / 'wrong.webm', large, chunks_of(small))
    assert VideoReader(str(wrong)).read([4])[0].shape == (48, 64, 3)


@pytest.mark.parametrize('suffix', ['.mp4', '.mkv'])
def test_times_are_those_of_the_frames(tmp_path, suffix):
    clip = Clip(suffix, X264, b_frames=2, times=TIMES)
    reader = VideoReader(str(write(tmp_path / 'clip', clip)))
    assert np.abs(reader.frame_times - TIMES).max() < 0.0011
    assert reader.get_avg_fps() == pytest.approx(39 / TIMES[-1], rel=0.01)


@pytest.mark.parametrize(
    'clip',
    [
        Clip('.avi', 'mpeg4', b_frames=2, size=LARGER),
        Clip('.avi', X264, b_frames=2),
    ],
    ids=str,
)
def test_times_where_packets_do_not_say_when_they_are_shown(tmp_path, clip):
    reader = VideoReader(str(write(tmp_path / 'clip', clip)))
    assert reader.frame_times == pytest.approx(np.arange(40) / 25)
    assert reader.get_avg_fps() == 25


def test_without_an_average_rate(tmp_path):
    for clip in (Clip('.ts', X264, frames=1), INDEXED[-2]):
        reader = VideoReader(str(write(tmp_path / 'clip', clip)))
        assert reader._video.stream.average_rate is None
        assert reader.get_avg_fps() > 0
        assert len(reader.frame_times) == len(reader) == clip.frames


def test_names_that_look_like_something_else(tmp_path):
    source = write(tmp_path / 'clip', Clip('.mp4', X264))
    for name in ('no suffix', 'http:x.mp4', '-', 'a%03d.mp4', 'a.txt', 'ü'):
        file = shutil.copy(source, tmp_path / name)
        assert number_of(VideoReader(file).read([7])[0]) == 7


def test_decoding_in_order_is_the_last_resort(tmp_path, monkeypatch):
    """If an index was wrong after all, and it shows."""
    clip = Clip('.mp4', X264, gop=250, b_frames=2)
    file = write(tmp_path / 'clip', clip)
    expected = decode_in_order(file).frames
    reader = VideoReader(str(file))
    reader._frames._numbers[20:22] = reader._frames._numbers[21:19:-1]
    found = reader.read([3, 30])
    assert np.array_equal(found[0], expected[3])
    assert np.array_equal(found[1], expected[30])
    assert reader.access == 'in order, damaged'


def test_frames_that_there_are_not(tmp_path):
    reader = VideoReader(str(write(tmp_path / 'clip', Clip('.mp4', X264))))
    for asked in ([40], [-1]):
        with pytest.raises(IndexError, match='which has 40'):
            reader.read(asked)


def test_decord_is_not_imported(repository):
    """Nor torch's CUDA touched by it, nor a lock left to workers."""
    code = (
        'import sys; from vlprompt.utils import register_all_modules; '
        "register_all_modules(); assert 'decord' not in sys.modules"
    )
    subprocess.run([sys.executable, '-c', code], cwd=repository, check=True)
