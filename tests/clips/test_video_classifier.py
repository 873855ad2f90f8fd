"""What is said of videos, one by one, in batches, from anywhere."""

import io

import numpy as np
import pytest
import torch
from toy_scenes import MOTION, SCENES, THINGS, WORLD, frames_of

from vlprompt.apis import Frames, VideoClassifier
from vlprompt.clips.find_sources import find_sources
from vlprompt.errors import UserError


def names_of(inputs):
    return [source.name for source in find_sources(inputs)]


def test_a_folder_is_its_videos_sorted(classifier, toy):
    found = list(classifier.predict(toy.folder / 'clips'))
    assert [p.path for p in found] == sorted(map(str, toy.clips))
    best = {p.path: p.names[0] for p in found}
    assert [best[str(clip)] for clip in toy.clips] == list(THINGS)
    for p in found:
        assert (p.start, p.end) == (0, pytest.approx(2))
        assert set(p.names) == set(THINGS)
        assert list(p.scores) == sorted(p.scores, reverse=True)
        assert sum(p.scores) == pytest.approx(1)


@pytest.mark.parametrize('num_workers', [0, 3])
def test_batches_and_workers_change_nothing(classifier, toy, num_workers):
    videos = [*toy.clips, toy.three] * 2
    one_by_one = [p for v in videos for p in classifier.predict([v])]
    together = classifier.predict(videos, 8, num_workers)
    for a, b in zip(one_by_one, together, strict=True):
        assert a[:4] == b[:4]
        np.testing.assert_allclose(a.scores, b.scores, atol=1e-6)
    rows = classifier.embed_videos(videos, 8, num_workers)
    alone = torch.cat([classifier.embed_videos(v) for v in videos])
    torch.testing.assert_close(rows, alone, atol=1e-6, rtol=0)
    assert rows.dtype == torch.float32
    torch.testing.assert_close(rows.norm(dim=1), torch.ones(len(videos)))


def test_what_is_in_memory_is_read_like_a_file(classifier, toy):
    (expected,) = classifier.predict(toy.clips[1])
    content = toy.clips[1].read_bytes()
    with open(toy.clips[1], 'rb') as file:
        for given in (content, io.BytesIO(content), file):
            (found,) = classifier.predict(given)
            assert found[1:] == expected[1:]
    frames = frames_of(SCENES[1])
    inputs = [frames, torch.from_numpy(frames), Frames(list(frames), fps=10)]
    found = list(classifier.predict(inputs))
    assert {p.names for p in found} == {expected.names}
    assert len({p.scores for p in found}) == 1
    assert found[2].end == 2
    # one video, although it is a list
    assert names_of(list(frames)) == names_of(frames) == ['frames']


def test_lists_name_files_below_them_with_or_without_labels(toy, tmp_path):
    clips = [str(clip) for clip in toy.clips]
    for text, name in (
        ('\n# a comment\n'.join(clips), 'a.txt'),
        ('\n'.join(f'{clip} 3' for clip in clips), 'b.txt'),
        ('\n'.join(f'{clip},3' for clip in clips), 'commas.txt'),
        ('\n'.join(clips), 'c.csv'),
        ('id,path\n' + '\n'.join(f'7,"{clip}"' for clip in clips), 'd.csv'),
    ):
        (tmp_path / name).write_text(text)
        assert names_of(tmp_path / name) == clips, name
    (toy.folder / 'near.txt').write_text(f'clips/{toy.clips[0].name}\n')
    assert names_of(toy.folder / 'near.txt') == clips[:1]


def test_one_broken_of_ten_is_named(classifier, toy, tmp_path):
    broken = tmp_path / 'broken.mp4'
    broken.write_bytes(toy.clips[0].read_bytes()[:2000])
    videos = [*toy.clips, broken, *toy.clips, *toy.clips]
    problems = []
    found = list(classifier.predict(videos, 4, 2, on_error=problems.append))
    assert [p.path for p in found] == [str(v) for v in videos if v != broken]
    (problem,) = problems
    assert problem.name == str(broken) and 'cut off' in problem.reason
    with pytest.warns(UserWarning, match='skipped: cannot read .*broken'):
        assert len(list(classifier.predict(videos, on_error='skip'))) == 9
    with pytest.raises(UserError, match='cannot read .*broken.mp4 .cut off'):
        list(classifier.predict(videos, num_workers=2))
    with pytest.raises(UserError, match="expected 'stop' or 'skip'"):
        list(classifier.predict(broken, on_error='warn'))


def test_lines_for_what_is_no_video(classifier, toy, tmp_path):
    (tmp_path / 'pictures').mkdir()
    for name in ('a.jpg', 'b.png'):
        (tmp_path / 'pictures' / name).write_bytes(b'\xff')
    (tmp_path / 'empty.txt').write_text('\n')
    for given, expected in (
        (tmp_path / 'pictures', 'no videos below .*pictures, 2 images'),
        (tmp_path / 'empty.txt', 'empty.txt is empty'),
        (tmp_path / 'gone.mp4', 'no video at .*gone.mp4'),
        ([], 'no videos given'),
        ([3], 'got int: expected the path of a video'),
        (3, 'got int: expected the path of a video'),
        ('a' * 300, 'no video at aaa'),
        (np.zeros((4, 48, 48, 3)), 'float64, expected'),
        (np.zeros((4, 3, 48, 48), 'uint8'), r'\(4, 3, 48, 48\)'),
    ):
        with pytest.raises(UserError, match=expected) as caught:
            list(classifier.predict(given))
        assert '\n' not in str(caught.value)


def test_classes_are_words_a_file_or_a_data_set(toy, tmp_path):
    file = tmp_path / 'classes.txt'
    file.write_text('\n'.join(SCENES))
    for given, expected in (
        (file, SCENES),
        ([str(file)], SCENES),
        ('hmdb51', 51),
        (['k400'], 400),
        ('toy', 48),
    ):
        names = VideoClassifier(toy.config, classes=given).model.class_names
        assert names == expected or len(names) == expected
    ucf = VideoClassifier(toy.config, classes='ucf101').model.class_names
    assert ucf[0] == 'apply eye makeup'
    only = tmp_path / 'one.txt'
    only.write_text('one\n')
    for given, expected in (
        ('ufc101', "'ufc101'; did you mean ucf101"),
        ('gone.txt', 'no class list gone.txt'),
        ('gone.names', 'no class list gone.names'),
        (['jumping'], "one class given, 'jumping'.*several names"),
        (only, "one class given, 'one', whose probability"),
        (
            ['Red star', 'red star'],
            "'Red star'.* and 1 .'red star'.* the same",
        ),
    ):
        with pytest.raises(UserError, match=expected):
            VideoClassifier(toy.config, classes=given)


def test_texts_and_videos_are_in_one_space(toy, classifier):
    texts = classifier.embed_texts(THINGS)
    videos = classifier.embed_videos(toy.clips)
    assert (videos @ texts.T).argmax(dim=1).tolist() == [0, 1, 2]
    with torch.no_grad():
        encoded = classifier.model.encode_texts()  # of the class names
    unit = encoded / encoded.norm(dim=1, keepdim=True)
    torch.testing.assert_close(texts, unit)
    bare = VideoClassifier(toy.config, template='{}', device='cpu')
    sentences = [f'a video of a {thing}.' for thing in THINGS]
    torch.testing.assert_close(bare.embed_texts(sentences), texts)
    with pytest.raises(UserError, match='a list of texts'):
        classifier.embed_texts('red star')
    with pytest.raises(UserError, match='a list of texts'):
        classifier.embed_texts([])
    with (
        pytest.warns(UserWarning, match='skipped'),
        pytest.raises(UserError, match='none of the videos can be read'),
    ):
        classifier.embed_videos(['gone.mp4'], on_error='skip')


def test_class_texts_are_encoded_once(classifier, toy, monkeypatch):
    calls = []
    encoder = classifier.model.text_encoder
    forward = encoder.forward
    monkeypatch.setattr(
        encoder, 'forward', lambda *a: calls.append(1) or forward(*a)
    )
    classifier.model.text_bank.clear()
    list(classifier.predict(toy.clips, batch_size=1))
    list(classifier.predict(toy.three, window=1))
    assert len(calls) == 1


def test_frames_and_views_in_place_of_the_config_s(toy, count_frames):
    few = VideoClassifier(
        toy.config, classes=THINGS, frames=3, views=(2, 1), device='cpu'
    )
    counts = count_frames(few)
    (found,) = few.predict(toy.clips[0])
    assert counts == [6] and found.names[0] == THINGS[0]
    with pytest.raises(UserError, match='expected at least 1'):
        VideoClassifier(toy.config, frames=0)


def test_the_world_is_as_the_tests_say():
    assert MOTION in SCENES[0] and WORLD.fps == 10


def test_what_systems_hide_is_not_in_a_folder(tmp_path):
    for name in ('a.mp4', '._a.mp4', '.cache/b.mp4', '__MACOSX/c.mp4'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert names_of(tmp_path) == [str(tmp_path / 'a.mp4')]


def test_classes_of_one_call_are_not_kept(toy):
    classifier = VideoClassifier(toy.config, device='cpu', classes=THINGS)
    others = ['red star', 'blue heart']
    assert {n for n, _ in classifier(toy.clips[0], others)} == set(others)
    assert {n for n, _ in classifier(toy.clips[0])} == set(THINGS)
