"""``vlprompt train FOLDER``: from files to an answer, and what is refused."""

import io
import json
import shutil

import pytest
from mmengine.config import Config
from rich.console import Console

from vlprompt.apis import train_folder
from vlprompt.cli.dispatch import start
from vlprompt.errors import UserError
from vlprompt.jobs.executors.isolation import isolated
from vlprompt.own_videos.runs import Runs
from vlprompt.toy.files import write_video
from vlprompt.toy.progress import Display
from vlprompt.toy.world import World, render_clip

LOADERS = ('train', 'val', 'test')
WORLD = World()
CLASSES = ('red star spinning', 'blue heart circling', 'green arrow bouncing')


@pytest.fixture(scope='module')
def clips(make_once):
    """Five clips of each of three classes, by class."""

    def make(folder):
        for name in CLASSES:
            target = folder / name.replace(' ', '_')
            target.mkdir()
            for number in range(5):
                frames = render_clip(WORLD, 'val', name, number)
                write_video(target / f'{number}.mp4', frames, WORLD.fps)

    return make_once('own_videos', make)


@pytest.fixture
def videos(clips, tmp_path, monkeypatch):
    """A copy of the clips, in the working folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(clips, tmp_path / 'my videos')
    return tmp_path / 'my videos'


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
    from vlprompt.apis import load_config

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
    from vlprompt.apis import load_config

    options = {'optim_wrapper.optimizer.lr': 0.5}
    config, _, _ = prepare(videos, method='xclip', cfg_options=options)
    loaded = load_config(str(config))
    assert config.name == 'xclip_my_videos.py'
    assert loaded.optim_wrapper.optimizer.lr == 0.5
    assert loaded.model.conditioner is not None


def test_the_default_method_reads_openai_clip(videos):
    from vlprompt.apis import load_config

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


WRONG = {
    'method': (
        ['--method', 'vifl'],
        "no method 'vifl'; did you mean vilt or vifi?",
    ),
    'retrieval': (
        ['--base-config', 'vlprompt::vilt/vilt_retrieval_toy.py'],
        'expected a config that trains a VideoTextRecognizer on classes',
    ),
    'vanilla': (
        ['--base-config', 'vlprompt::clip/clip_toy.py'],
        'expected a config that trains',
    ),
    'clip': (['--clip', 'none.pt'], '--clip none.pt: no such file'),
    'share': (['--val-share', '2'], 'expected between 0 and 1'),
    'epochs': (['--epochs', '0'], '--epochs 0, expected at least 1'),
    'gpus': (['--gpus', '2'], '--gpus is for a config: --prepare-only'),
    'classes': (['--classes', 'ucf101'], '--classes is for lists'),
}


@pytest.mark.parametrize('name', WRONG)
def test_wrong_flags_get_one_line(videos, name):
    flags, message = WRONG[name]
    with pytest.raises(UserError) as error:
        start(['train', str(videos), *flags])
    assert message in str(error.value)
    assert '\n' not in str(error.value)


def test_flags_of_folders_are_refused_with_a_config():
    with pytest.raises(UserError, match='--method is for a folder of videos'):
        start(['train', 'vlprompt::vilt/vilt_toy.py', '--method', 'vifi'])


def test_a_folder_of_configs_is_none_of_videos(repository):
    with pytest.raises(UserError, match='expected a config, such as'):
        start(['train', str(repository / 'configs/vilt')])


def test_a_list_that_is_missing():
    with pytest.raises(UserError, match='no list of videos at missing.txt'):
        start(['train', 'missing.txt'])


@pytest.mark.e2e
def test_from_a_folder_to_an_answer(videos, capsys):
    """Prepare, train the config as others would, and let it go on."""
    in_process = [f'{n}_dataloader.num_workers=0' for n in LOADERS]
    words = ['train', 'my videos', '--clip', 'toy', '--epochs', '2']
    words += ['--cfg-options', *in_process]
    config = start([*words, '--prepare-only'])
    with isolated():
        start(['train', str(config)])
    capsys.readouterr()

    outcome = start(words)
    said = capsys.readouterr().out
    assert 'earlier training' not in said
    log = (outcome.folder / 'train/log.txt').read_text()
    assert 'nothing to do: ' in log
    assert (
        'use it: vlprompt classify x.mp4 --model work_dirs/my_videos' in said
    )
    assert outcome.scored == 3
    assert outcome.interval[0] <= outcome.after <= outcome.interval[1]
    assert (outcome.folder / 'report.html').stat().st_size > 10_000

    assert start(words) == outcome  # nothing is left to do
    assert capsys.readouterr().out.count('as before') == 3

    clip = next(videos.glob('red*/*.mp4'))
    start(['classify', str(clip), '--model', 'work_dirs/my_videos'])
    assert 'red star spinning' in capsys.readouterr().out
    with isolated():
        metrics = start(
            ['test', str(outcome.config), str(outcome.checkpoint),
             '--work-dir', 'tested']
        )  # fmt: skip
    assert metrics['acc/top1'] == pytest.approx(outcome.after)

    shutil.copy(clip, videos / 'red_star_spinning/new.mp4')
    start([*words, '--prepare-only'])
    assert 'since the last time: 1 new videos' in capsys.readouterr().out
    changed = Config.fromfile(str(config))
    display = Display(Console(file=io.StringIO()))
    Runs(outcome.folder, config, changed, CLASSES, display).keep_earlier()
    assert not outcome.checkpoint.exists()
    kept = outcome.folder / 'earlier_1' / outcome.checkpoint.name
    assert kept.is_file()
