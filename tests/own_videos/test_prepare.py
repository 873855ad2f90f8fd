"""What is made of a folder before anything is trained."""

import io
import json
import shutil

import pytest
from rich.console import Console
from toy_classes import CLASSES

from vlprompt.apis import load_config, train_folder
from vlprompt.errors import UserError


def prepare(folder, **options):
    """Check and divide a folder and write the config; what was said too."""
    text = io.StringIO()
    console = Console(file=text, width=200)
    config = train_folder(
        folder, clip='toy', prepare_only=True, console=console, **options
    )
    split = json.loads((config.parent / 'split.json').read_text())
    return config, split, text.getvalue()


def test_a_config_that_others_take(videos):
    config, split, said = prepare(videos, epochs=3, batch_size=2, seed=7)
    assert config.name == 'vilt_my_videos.py'
    assert '3 classes, 15 videos' in said
    assert 'split 12 / 3 (seed 7)' in said
    loaded = load_config(str(config))
    assert loaded.train_cfg.max_epochs == 3
    assert loaded.train_dataloader.batch_size == 2
    assert loaded.randomness.seed == 7
    assert loaded.default_hooks.checkpoint.save_best is None
    lines = (config.parent / 'train.txt').read_text().splitlines()
    assert len(lines) == split['lists']['train.txt']['videos'] == 12
    sides = [video['side'] for video in split['videos'].values()]
    assert sides.count('val') == 3
    assert split['videos']['red_star_spinning/0.mp4']['why']


def test_another_method_and_its_options(videos):
    options = {'optim_wrapper.optimizer.lr': 0.5}
    config, _, _ = prepare(videos, method='xclip', cfg_options=options)
    loaded = load_config(str(config))
    assert config.name == 'xclip_my_videos.py'
    assert loaded.optim_wrapper.optimizer.lr == 0.5
    assert loaded.model.conditioner is not None


def test_the_default_method_reads_openai_clip(videos):
    config = train_folder(videos, prepare_only=True)
    loaded = load_config(str(config))
    assert loaded.model.clip.arch == 'ViT-B-16-quickgelu'
    pipeline = loaded.train_dataloader.dataset.pipeline
    assert pipeline[1].num_frames < 32
    assert loaded.test_dataloader.dataset.pipeline[1].get('num_views', 1) == 1
    warm = loaded.param_scheduler[0].warmup / loaded.train_cfg.max_epochs
    assert warm == pytest.approx(5 / 30)  # the method's, stretched
    assert loaded.auto_scale_lr.enable
    assert loaded.auto_scale_lr.base_batch_size == 64


def test_classes_of_directions_are_not_mirrored(videos):
    (videos / 'red_star_spinning').rename(videos / 'moving_left')
    config = train_folder(videos, prepare_only=True)
    assert "type='Flip'" not in config.read_text()


def test_unreadable_videos_are_named_and_left_out(videos):
    (videos / 'red_star_spinning/broken name.mp4').write_text('no video')
    (videos / 'red_star_spinning/link.mp4').symlink_to('nowhere.mp4')
    _, split, said = prepare(videos)
    assert '17 videos (2 unreadable, left out)' in said
    assert 'red_star_spinning/broken name.mp4: ' in said
    assert set(split['left_out']) == {
        'red_star_spinning/broken name.mp4',
        'red_star_spinning/link.mp4',
    }
    assert not set(split['left_out']) & set(split['videos'])


def test_nothing_readable_is_one_line(videos):
    for file in videos.glob('*/*.mp4'):
        file.write_bytes(b'')
    with pytest.raises(UserError, match='0 classes can be read'):
        prepare(videos)


def test_copies_stay_on_one_side_and_those_of_two_classes_are_named(videos):
    first = videos / 'red_star_spinning'
    for number in range(5):
        shutil.copy(first / f'{number}.mp4', first / f'{number + 5}.mp4')
    shutil.copy(first / '0.mp4', videos / 'blue_heart_circling/9.mp4')
    _, split, said = prepare(videos)
    sides = {path: video['side'] for path, video in split['videos'].items()}
    for number in range(5):
        one = f'red_star_spinning/{number}.mp4'
        assert sides[one] == sides[f'red_star_spinning/{number + 5}.mp4']
    assert 'pairs of videos show the same' in said
    assert 'warning: blue_heart_circling/9.mp4 and red_star_spinning' in said
    assert 'are of two classes' in said


def test_a_class_with_one_video_is_in_training(videos):
    for file in sorted((videos / 'red_star_spinning').iterdir())[1:]:
        file.unlink()
    _, split, said = prepare(videos)
    assert split['videos']['red_star_spinning/0.mp4']['side'] == 'train'
    assert "all videos of 'red star spinning' are in training" in said


def test_a_divided_folder_with_a_leak(videos):
    for folder in list(videos.iterdir()):
        for i, file in enumerate(sorted(folder.iterdir())):
            side = videos / ('val' if i == 4 else 'train') / folder.name
            side.mkdir(parents=True, exist_ok=True)
            file.rename(side / file.name)
        folder.rmdir()
    _, split, said = prepare(videos)
    assert 'split 12 / 3 (as the folder is)' in said
    assert 'warning' not in said
    name = CLASSES[0].replace(' ', '_')
    shutil.copy(videos / f'train/{name}/0.mp4', videos / f'val/{name}/9.mp4')
    _, split, said = prepare(videos)
    assert 'warning: 1 videos of validation have the same' in said
    assert 'since the last time: 1 new videos' in said
    assert split['videos'][f'val/{name}/9.mp4']['side'] == 'val'


def test_a_list_with_names_and_spaces(videos, tmp_path):
    lines = [
        f'{file.relative_to(tmp_path)},{file.parent.name}'
        for file in sorted(videos.glob('*/*.mp4'))
    ]
    (tmp_path / 'list.txt').write_text('\n'.join(lines))
    config, split, _ = prepare(tmp_path / 'list.txt')
    assert split['classes'] == [
        'blue heart circling',
        'green arrow bouncing',
        'red star spinning',
    ]
    assert len(split['videos']) == 15


def test_videos_that_were_read_are_not_read_again(videos, monkeypatch):
    from vlprompt.own_videos import check

    prepare(videos)
    asked = []

    def probe_files(files, probe, jobs):
        asked.extend(files)
        yield from ()

    monkeypatch.setattr(check, 'probe_files', probe_files)
    prepare(videos)
    assert asked == []
