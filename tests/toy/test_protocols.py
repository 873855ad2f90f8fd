"""Every protocol, from its command to its table, on a few clips."""

import json
import re
from statistics import fmean, pstdev

import pytest
from programs import ROOT, call, evaluate_here

pytestmark = pytest.mark.e2e

ONE_EPOCH = ('train_cfg.max_epochs=1', 'train_cfg.val_interval=1')


@pytest.fixture(scope='module')
def flags(toy):
    """Changes of the configs, for a config."""

    def flags_of(config):
        changes = ONE_EPOCH if '/vilt_' in str(config) else ()
        return (
            '--cfg-options',
            f'model.clip.pretrained={toy}/toy_clip.safetensors',
            *changes,
        )

    return flags_of


@pytest.fixture(scope='module')
def evaluate(flags, tmp_path_factory):
    """Runs a protocol; gives its folder and what it printed."""

    def run(protocol, config, *arguments, out=None, code=0):
        out = out or tmp_path_factory.mktemp(protocol)
        words = [ROOT / config, *arguments, f'--out={out}', *flags(config)]
        result, printed = evaluate_here(protocol, *map(str, words))
        assert result == code, printed
        return out, printed

    return run


def metrics_of(out):
    return json.loads((out / 'results.json').read_text())['metrics']


def cells(line):
    return [cell.strip() for cell in line.strip('|\n ').split('|')]


def rows_of(out):
    lines = (out / 'table.md').read_text().splitlines()
    return [cells(line) for line in lines if line.startswith('|')]


def test_zero_shot_is_a_mean_over_splits(small, evaluate):
    config = 'configs/clip/clip_toy.py'
    arguments = (config, f'--datasets={small}', '--with-published')
    out, printed = evaluate('zero-shot', *arguments)
    metrics = metrics_of(out)
    values = [100 * metrics[f'small/{s}']['acc/top1'] for s in 'ab']
    assert metrics['small/a']['acc/scored'] == 24
    rows = rows_of(out)
    assert rows[0] == ['Method', 'Small']
    expected = f'{fmean(values):.1f} ± {pstdev(values):.1f}'
    assert rows[2] == ['clip_toy', expected]
    assert ['ViFi-CLIP (published, ViFi T1)', '51.3 ± 0.6'] in rows
    assert 'small/b: 24 of 24 videos scored' in printed
    before = (out / 'results.json').read_bytes()
    _, printed = evaluate('zero-shot', *arguments, out=out)
    assert printed.count('as before') == 2
    assert (out / 'results.json').read_bytes() == before
    assert f'Wrote {out}/report.html' in printed


def test_two_processes_score_the_same(small, evaluate, flags, tmp_path):
    """And two jobs run at a time."""
    arguments = ('configs/clip/clip_toy.py', f'--datasets={small}')
    one, _ = evaluate('zero-shot', *arguments)
    done = call(
        'tools/eval/zero_shot.py',
        *arguments,
        f'--out={tmp_path}',
        '--gpus=2',
        '--jobs=2',
        *flags(arguments[0]),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert metrics_of(one) == metrics_of(tmp_path)


def test_few_shot_trains_and_tests(small, evaluate):
    out, printed = evaluate(
        'few-shot',
        'configs/vilt/vilt_toy.py',
        f'--datasets={small}',
        '--no-baselines',
    )
    (metrics,) = metrics_of(out).values()
    assert metrics['acc/listed'] == metrics['acc/scored'] == 24
    head, _, last, best = rows_of(out)
    assert head == ['Method', 'Small K=1']
    assert last == ['vilt_toy', f'{100 * metrics["acc/top1"]:.1f}']
    assert best[0] == 'best epoch, chosen on the test list'
    assert best[1] == last[1]  # of one epoch
    assert re.search(r'\[2/2\] small/1shot/test', printed)


def test_few_shot_tables_have_baselines(small, evaluate, toy, tmp_path):
    """Alpha and beta are searched on a list of videos that are not tested."""
    tested = set((small.parent / 'full.txt').read_text().splitlines())
    others = (toy / 'all_val.txt').read_text().splitlines()
    others = [line for line in others if line not in tested]
    (tmp_path / 'val.txt').write_text('\n'.join(others[::3]))
    flags = (
        f'--datasets={small}',
        '--baseline-template=a video of a {}.',
        f'--baseline-val={tmp_path}/val.txt',
    )
    config = 'configs/clip/clip_toy.py'
    out, printed = evaluate('few-shot', config, *flags)
    metrics = metrics_of(out)
    assert len(metrics) == 5
    assert {m['acc/scored'] for m in metrics.values()} == {24}
    # stored features give what videos give
    assert metrics['small/clip/test'] == metrics['small/1shot/test']
    rows = {row[0].split(' (')[0]: row[1] for row in rows_of(out)[2:]}
    assert list(rows) == [
        'clip_toy', 'vanilla CLIP', 'Tip-Adapter', 'Tip-Adapter-F', 'TDA',
    ]  # fmt: skip
    assert float(rows['Tip-Adapter']) > float(rows['vanilla CLIP'])
    curve = out / 'small/1shot/tip_f/train/cache_search.csv'
    assert len(curve.read_text().splitlines()) == 1 + 200 * 20
    assert f'searched on {tmp_path}/val.txt' in printed
    again, printed = evaluate('few-shot', config, *flags, out=out)
    assert printed.count('as before') == 8
    (tmp_path / 'val.txt').write_text('\n'.join(tested))
    _, printed = evaluate('few-shot', config, *flags, code=2)
    assert 'are test videos' in printed.splitlines()[-1]


@pytest.fixture(scope='module')
def base_to_novel(small, evaluate):
    return evaluate(
        'base-to-novel',
        'configs/vilt/vilt_toy.py',
        f'--datasets={small}',
        '--seeds=1',
    )


def test_base_to_novel_has_the_harmonic_mean(base_to_novel):
    out, _ = base_to_novel
    metrics = metrics_of(out)
    base, novel = (
        100 * metrics[f'small/s1/{part}']['acc/top1']
        for part in ('base', 'novel')
    )
    mean = 2 * base * novel / (base + novel)
    assert rows_of(out)[2][1:] == [f'{v:.1f}' for v in (base, novel, mean)]


def checkpoint_of(out):
    return out / 'small/s1/train/epoch_1.pth'


def test_a_checkpoint_of_other_classes_is_refused(
    small, evaluate, base_to_novel
):
    checkpoint = checkpoint_of(base_to_novel[0])
    _, printed = evaluate(
        'fully-supervised',
        'configs/vilt/vilt_toy.py',
        checkpoint,
        f'--dataset={small}',
        code=2,
    )
    (line,) = printed.strip().splitlines()
    assert f'{checkpoint} was trained on 24 classes, this test has 48' in line


def test_all_classes_with_more_views(small, evaluate):
    out, _ = evaluate(
        'fully-supervised',
        'configs/clip/clip_toy.py',
        f'--dataset={small}',
        '--views=2x1',
        '--sampling=random',
        '--with-published',
    )
    rows = rows_of(out)
    assert rows[2][:3] == ['clip_toy', '8', '2x1']
    # 8 frames, 4 layers of width 128, 36 patches of 8 x 8 and a class token
    layer = 12 * 37 * 128**2 + 2 * 37**2 * 128
    frame = 4 * layer + 36 * 3 * 8 * 8 * 128 + 128 * 128
    assert rows[2][5] == f'{8 * frame / 1e9:.1f}'
    assert ['ViLT-CLIP B/16 (published, ViLT T2)', '16', '4x3'] in [
        row[:3] for row in rows
    ]


def test_retrieval_in_both_directions(toy, evaluate):
    out, printed = evaluate(
        'retrieval',
        'configs/vilt/vilt_retrieval_toy.py',
        '--train',
        f'--data-root={toy.parent}',
        '--v2t=caption',
        '--tie=mean',
    )
    (metrics,) = metrics_of(out).values()
    listed = json.loads((toy / 'captions_val.json').read_text())
    assert metrics['scored'] == metrics['listed'] == len(listed)
    assert metrics['captions'] == 2 * len(listed)
    assert metrics['truncated'] == 0
    head, _, t2v, v2t = rows_of(out)
    assert head[1:] == ['R@1', 'R@5', 'MnR', 'R@10', 'MdR']
    names = ('R1', 'R5', 'MnR', 'R10', 'MdR')
    for row, direction in ((t2v, 't2v'), (v2t, 'v2t')):
        assert row[1:] == [f'{metrics[f"{direction}/{n}"]:.1f}' for n in names]
    assert metrics['t2v/R1'] > 100 / len(listed)  # better than a guess
    assert 'video to text ranks captions; ties: mean' in printed


def test_a_dry_run_runs_nothing(small, evaluate, tmp_path):
    _, printed = evaluate(
        'few-shot',
        'configs/vilt/vilt_b16_few_shot.py',
        '--datasets',
        'hmdb51',
        'ucf101',
        '--dry-run',
        '--no-baselines',
        out=tmp_path / 'none',
    )
    assert len(printed.splitlines()) == 2 * 2 * 4
    assert not (tmp_path / 'none').exists()


def test_an_unreadable_video_is_counted(small, evaluate, toy, tmp_path):
    listed = (small.parent / 'a.txt').read_text().splitlines()[:6]
    (tmp_path / 'empty.mp4').touch()
    listed[2] = f'{tmp_path}/empty.mp4 3'
    (tmp_path / 'list.txt').write_text('\n'.join(listed))
    description = tmp_path / 'broken.py'
    description.write_text(
        f"title = 'Broken'\nroot = '{toy}'\nzero_shot = dict("
        f"a=('{tmp_path}/list.txt', '{toy}/novel_labels.csv'))\n"
    )
    arguments = ('configs/clip/clip_toy.py', f'--datasets={description}')
    _, printed = evaluate('zero-shot', *arguments, code=2)
    assert f'cannot read {tmp_path}/empty.mp4' in printed.splitlines()[-1]
    _, printed = evaluate('zero-shot', *arguments, '--skip-broken', code=1)
    assert 'broken/a: 5 of 6 videos scored, **not all**' in printed


def test_missing_lists_are_named_before_anything_runs(evaluate, tmp_path):
    _, printed = evaluate(
        'zero-shot', 'configs/clip/clip_toy.py', f'--data-root={tmp_path}',
        '--datasets=hmdb51', code=2,
    )  # fmt: skip
    (line,) = printed.strip().splitlines()
    assert 'nothing is run: there is no' in line
    assert f'{tmp_path}/hmdb51/splits/val1.txt' in line
    assert 'and 1 more' in line
