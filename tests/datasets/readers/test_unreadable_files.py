"""What is said of files that cannot be read: one line, in words."""

import os

import av
import pytest

from tools.benchmark.reliability.clips import Clip, number_of, write
from vlprompt.datasets.readers.video_reader import VideoReader

X264 = Clip('.mp4', 'libx264', b_frames=2)
HTML = '<!DOCTYPE html><html><body>404 not found</body></html>'
LFS = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n'


def problem_of(file, *asked):
    with pytest.raises(OSError) as error:
        VideoReader(str(file)).read(asked or [0])
    return str(error.value)


@pytest.mark.parametrize(
    ('content', 'words'),
    [
        (b'', 'empty file'),
        (HTML.encode(), 'not a video: HTML'),
        (b'\xef\xbb\xbf\n' + HTML.lower().encode(), 'not a video: HTML'),
        (LFS.encode(), 'not a video: a Git LFS pointer'),
        (b'{"error": 403}', 'not a video: JSON'),
        (b'PK\3\4' + bytes(99), 'not a video: a zip archive'),
        (b'\x1f\x8b' + bytes(99), 'not a video: a gzip archive'),
        (b'no video' * 99, 'not a video: text'),
        (bytes(5000), 'not a video: zeros'),
        (os.urandom(5000), 'no video can be found in it'),
    ],
)
def test_what_is_no_video(tmp_path, content, words):
    for name in ('clip.mp4', 'clip.avi', 'clip', 'clip.txt'):
        (tmp_path / name).write_bytes(content)
        assert problem_of(tmp_path / name).startswith(words)


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / 'pipe.mp4')
    assert problem_of(tmp_path / 'gone.mp4') == 'no such file'
    assert problem_of(tmp_path) == 'not a file'
    assert problem_of(tmp_path / 'pipe.mp4') == 'not a file'


def test_sound_alone(tmp_path):
    with av.open(str(tmp_path / 'sound.mp4'), 'w') as container:
        stream = container.add_stream('aac', rate=8000, layout='mono')
        frame = av.AudioFrame('fltp', 'mono', 1024)
        frame.planes[0].update(bytes(4096))
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert problem_of(tmp_path / 'sound.mp4') == 'no video stream'


@pytest.mark.parametrize(
    ('clip', 'words'),
    [
        (X264, 'cut off, '),
        (X264._replace(suffix='.mkv'), 'ends after 0'),
        (Clip('.webm', 'libvpx'), 'ends after 0'),
        (Clip('.avi', 'mpeg4', size=(320, 240)), 'ends after '),
    ],
    ids=str,
)
def test_half_of_a_file(tmp_path, clip, words):
    file = write(tmp_path / 'clip', clip._replace(frames=40))
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    assert problem_of(file).startswith(words)


def test_an_index_without_its_packets(tmp_path):
    """An MP4 that begins with what it holds, as for streaming."""
    file = write(tmp_path / 'clip', X264)
    fast = tmp_path / 'fast.mp4'
    with (
        av.open(str(file)) as old,
        av.open(
            str(fast), 'w', container_options=dict(movflags='faststart')
        ) as new,
    ):
        made = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(old.streams.video[0]):
            if packet.size:
                packet.stream = made
                new.mux(packet)
    data = fast.read_bytes()
    fast.write_bytes(data[: -len(data) // 5])
    words = problem_of(fast)
    assert words.startswith('ends after ') and words.endswith(' of 1.6 s')


def test_what_was_never_finished(tmp_path):
    file = write(tmp_path / 'clip', X264)
    data = file.read_bytes()
    file.write_bytes(data[: data.index(b'moov') - 4])
    assert 'its index (moov) is missing' in problem_of(file)


def test_damage_in_the_middle(tmp_path):
    """What does not need it is read; the rest is refused, or concealed."""
    file = write(tmp_path / 'clip', X264._replace(gop=20))
    with av.open(str(file)) as container:
        packets = container.demux(container.streams.video[0])
        places = [(p.pos, p.size) for p in packets if p.size]
    data = bytearray(file.read_bytes())
    begin, size = places[21]
    data[begin : begin + size] = bytes(size)
    file.write_bytes(data)
    reader = VideoReader(str(file))
    assert [number_of(image) for image in reader.read([3, 15])] == [3, 15]
    assert problem_of(file, 3, 22).startswith('damaged at ')
    with pytest.raises(OSError, match='damaged at '):
        reader.verify()
    with pytest.raises(OSError, match='damaged at '):
        list(VideoReader(str(file)).iterate())


def test_a_real_clip_that_breaks_off(shared_data):
    file = shared_data / 'videos/corrupted_tail.mp4'
    assert VideoReader(str(file)).read([5])[0].shape == (720, 1280, 3)
    words = 'damaged at 3.0 s of 5.0 s: invalid data found'
    assert problem_of(file, 49).startswith(words)
