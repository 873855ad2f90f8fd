"""`vlprompt index`, `search` and `embed`: what they print and refuse."""

import csv
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from vlprompt.apis import VideoEmbedder
from vlprompt.cli.dispatch import start
from vlprompt.errors import UserError
from vlprompt.search import build_index, embed_to_files
from vlprompt.search.shards import Shard

WINDOWS = ('--window', '1', '--stride', '0.5')


@pytest.fixture
def run(capsys):
    """Runs a command; returns what it prints, errors apart."""

    def run(*words):
        start([str(word) for word in words])
        return capsys.readouterr()

    return run


def test_a_folder_is_indexed_and_searched(run, model, videos, tmp_path):
    index = tmp_path / 'index'
    flags = '--index', index, '--model', model, '--device', 'cpu'
    (videos / 'bad.mp4').write_text('text')
    out, err = run('index', videos, *flags, *WINDOWS, '--template', '{}')
    assert out.startswith(f'{index}: 4 videos, 24 windows, 4 new, 0 forgotten')
    assert f'1 unreadable ({index}/problems.csv)' in out
    assert 'bad.mp4 (not a video: text)' in err
    out, _ = run('index', videos, *flags, *WINDOWS, '--template', '{}')
    assert '4 videos, 24 windows, 0 new' in out
    where = '--index', index, '--device', 'cpu'
    out, _ = run('search', 'a blue heart', *where, '-k', 2)
    header, first, second = out.splitlines()
    assert '4 videos, 24 windows' in header and 'float32 in memory' in header
    assert re.search(r' 1  0\.\d{3}  blue_heart.mp4 +00:0\d\.\d-00', first)
    assert second.split()[0] == '2'
    example = videos / 'red_star.mp4'
    out, _ = run('search', '--video', example, *where, '-k', 1)
    assert 'red_star.mp4' in out.splitlines()[1]


def test_results_as_json_and_as_a_table(run, index, tmp_path):
    where = '--index', index, '--device', 'cpu'
    files = tmp_path / 'a.json', tmp_path / 'a.csv'
    words = 'search', 'a red star', *where, '--json', files[0], '--csv'
    run(*words, files[1])
    content = json.loads(files[0].read_text())
    assert content['query'] == 'a red star' and content['windows'] == 24
    assert content['results'][0]['path'] == 'red_star.mp4'
    with files[1].open(newline='') as file:
        rows = list(csv.DictReader(file))
    assert [row['path'] for row in rows] == [
        result['path'] for result in content['results']
    ]
    out, _ = run('search', 'a red star', *where, '--json', '-', '--separate')
    separate = json.loads(out)['results']
    assert len(separate) == 5 and separate[0]['end'] - separate[0][
        'start'
    ] == pytest.approx(1)
    out, _ = run('search', 'a red star', *where, '--csv', '-')
    assert out.splitlines()[0] == 'rank,score,path,start,end'


@pytest.mark.parametrize(
    ('words', 'expected'),
    [
        (('search',), 'give a text to search for, or --video'),
        (('search', 'a', '--video', 'b.mp4'), 'give a text to search for'),
        (('search', 'a', '-k', '0'), '-k 0'),
        (('search', 'a', '--json', '-', '--csv', '-'), 'only one fits'),
        (('search', 'a', '--csv', 'no/a.csv'), 'there is no folder no'),
        (('search', 'a', '--index', 'gone'), 'no index at gone'),
        (('index', 'gone'), 'gone is not a folder of videos'),
        (('index', '.'), 'no videos below'),
        (('index', '.', '--stride', '9'), 'leaves gaps'),
        (('index', '.', '--window', '0', '--stride', '1'), '--stride needs'),
        (('index', '.', '--window', '-1'), 'windows of -1 s'),
        (('index', '.', '--shard', '4/4'), '--shard 4/4'),
        (('index', '.', '--shard', '0/4', '--compact'), 'after all shards'),
        (('index', '.', '--ray', '0'), '--ray 0'),
        (('index', '.', '--ray', '2', '--shard', '0/2'), 'and no shards'),
        (('index', '.', '--batch-size', '0'), '--batch-size 0'),
        (('index', '.', '--workers', '-1'), '--workers -1'),
        (('embed', '.', '--out', 'o'), 'no videos below'),
        (('embed', 'a.mp4', '--out', 'o', '--stride', '1'), '--stride needs'),
        (
            ('embed', 'a.mp4', '--out', 'o', '--per-frame', '--window', '1'),
            'give one of them',
        ),
    ],
)
def test_flags_that_do_not_fit(run, words, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as caught:
        run(*words)
    assert expected in str(caught.value) and '\n' not in str(caught.value)


def test_an_array_for_each_video(clips, embedder, tmp_path):
    done = embed_to_files(clips, tmp_path, embedder, 1.0, 0.5)
    assert done == (4, 0, ())
    features = np.load(tmp_path / 'red_star.npy')
    times = np.load(tmp_path / 'red_star.times.npy')
    assert features.shape == (7, 128) and features.dtype == np.float32
    assert times.tolist() == [[n / 2, n / 2 + 1] for n in range(7)]
    expected = embedder.embed(clips / 'red_star.mp4', window=1, stride=0.5)
    for row, window in zip(features, expected, strict=True):
        assert np.allclose(row, window.features, rtol=0, atol=1e-6)
    assert (tmp_path / 'sub folder/yellow.npy').exists()
    (tmp_path / 'red_star.times.npy').unlink()  # as a run that was killed
    assert embed_to_files(clips, tmp_path, embedder, 1.0, 0.5)[:2] == (1, 3)
    with pytest.raises(UserError, match='another window: 1.0, not 2.0'):
        embed_to_files(clips, tmp_path, embedder, 2.0)


def test_whole_videos_and_frames(clips, embedder, tmp_path):
    embed_to_files(clips, tmp_path / 'whole', embedder)
    whole = np.load(tmp_path / 'whole/red_star.npy')
    expected = embedder.embed_videos(clips / 'red_star.mp4')
    assert np.allclose(whole, expected, rtol=0, atol=1e-6)
    out = tmp_path / 'frames'
    embed_to_files(clips, out, embedder, stride=0.25, rows='frames')
    frames = np.load(out / 'red_star.npy')
    expected = embedder.embed_frames(clips / 'red_star.mp4', 0.25)
    expected = np.stack([frame.features for frame in expected])
    assert frames.shape == (16, 128)
    assert np.allclose(frames, expected, rtol=0, atol=1e-6)
    with pytest.raises(UserError, match='kind of rows'):
        embed_to_files(clips, out, embedder, 0.25, 0.25)


def test_shards_write_what_one_run_writes(clips, embedder, tmp_path):
    one, three = tmp_path / 'one', tmp_path / 'three'
    embed_to_files(clips, one, embedder, 1.0)
    for number in range(3):
        shard = Shard(number, 3)
        embed_to_files(clips, three, embedder, 1.0, shard=shard)
    names = sorted(p.relative_to(one) for p in one.rglob('*.npy'))
    assert len(names) == 8
    for name in names:
        assert (one / name).read_bytes() == (three / name).read_bytes()


def test_names_that_differ_in_the_suffix_keep_it(clips, embedder, tmp_path):
    files = [tmp_path / 'a.mp4', tmp_path / 'a.avi', tmp_path / 'b.mp4']
    for file in files:
        file.write_bytes((clips / 'red_star.mp4').read_bytes())
    embed_to_files(files, tmp_path / 'out', embedder)
    found = {p.name for p in (tmp_path / 'out').glob('*.times.npy')}
    assert found == {f'{n}.times.npy' for n in ('a.mp4', 'a.avi', 'b')}


def test_the_command_embed(run, model, clips, tmp_path):
    (tmp_path / 'list.txt').write_text(
        ''.join(
            f'{clip}\n' for clip in [*clips.glob('*.mp4'), clips / 'gone.mp4']
        )
    )
    words = 'embed', tmp_path / 'list.txt', '--out', tmp_path / 'out'
    out, err = run(*words, '--model', model, '--per-frame')
    assert ': 3 videos written, 1 unreadable' in out
    assert 'no video at' in err
    assert np.load(tmp_path / 'out/red_star.npy').shape == (4, 128)


def test_frames_of_a_model_that_mixes_them(clips, model, tmp_path):
    from vlprompt.apis import load_config

    adapters = {'model.backbone.adapters': [dict(type='MessageToken')]}
    mixing = VideoEmbedder(load_config(model, adapters), device='cpu')
    with pytest.raises(UserError, match='have no embeddings of their own'):
        embed_to_files(clips, tmp_path / 'out', mixing, rows='frames')


def test_clip_retrieval_can_read_it(run, index, videos, model, embedder):
    """As it does: files by name, one row of each for one of the other."""
    parquet = pytest.importorskip('pyarrow.parquet')
    flags = '--index', index, '--model', model, '--device', 'cpu'
    (videos / 'a new.mp4').write_bytes((videos / 'red_star.mp4').read_bytes())
    words = 'index', videos, *flags, *WINDOWS, '--template', '{}'
    run(*words, '--parquet')
    arrays = sorted((index / 'img_emb').glob('*.npy'))
    tables = sorted((index / 'metadata').glob('*.parquet'))
    assert len(arrays) == len(tables) == 2
    for array, table in zip(arrays, tables, strict=True):
        rows = parquet.read_table(table).to_pylist()
        assert len(np.load(array)) == len(rows)
        assert {'image_path', 'caption', 'url'} <= rows[0].keys()
    assert rows[2]['image_path'] == str(videos / 'a new.mp4')
    assert rows[2]['url'].startswith('file:///')
    assert rows[2]['url'].endswith('a%20new.mp4#t=1,2')
    assert rows[2]['caption'] == 'a new.mp4 1-2 s'
    (videos / 'red_star.mp4').unlink()
    build_index(videos, index, embedder, 1.0, 0.5)
    run(*words, '--parquet', '--compact')
    (table,) = (index / 'metadata').glob('*.parquet')
    assert len(parquet.read_table(table)) == 24


@pytest.mark.parametrize('command', ['index', 'search', 'embed'])
def test_help_loads_no_torch(command, repository):
    program = (
        'import sys\n'
        'from vlprompt.cli.dispatch import start\n'
        'try:\n'
        f'    start([{command!r}, "--help"])\n'
        'except SystemExit:\n'
        '    print("torch" in sys.modules)\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', program],
        cwd=repository,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == 'False', done.stderr
