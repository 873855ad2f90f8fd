"""The benchmark: its plain side against the library, and the command."""

import json
from functools import partial
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from commands import ROOT, line_of, tool

from tools.benchmark import __main__ as benchmark
from tools.benchmark import (
    data,
    decoding,
    kept,
    machine,
    measure,
    processes,
    records,
    sides,
    startup,
    training,
)
from tools.benchmark.baseline import named_learned

FRAMES, VIEWS = 2, 3
LAYERS, WIDTH, TEXT_WIDTH = 12, 32, 16  # of the tiny size


@pytest.fixture(params=sides.METHODS)
def pair(request):
    """A model in float64 of which no weight is zero, and its plain side."""
    setting = sides.Setting(request.param, 51, FRAMES, size='tiny', videos=2)
    config = sides.read_config(setting)
    model = sides.build_model(setting, config)
    for p in model.parameters():
        p.data += 0.05 * torch.randn_like(p)
    model.double()
    inputs, labels = sides.make_batch(setting, VIEWS)
    plain = sides.build_baseline(model, config).double()
    return sides.Ours(model), plain, inputs.double(), labels


def test_plain_side_gives_the_same_logits_and_gradients(pair):
    ours, plain, inputs, labels = pair
    features, _ = ours.model.extract_feat(inputs[:, :1])
    logits = ours.model.cls_head(features)
    expected = plain.compare(
        plain.encode_video(inputs[:, :1]), plain.encode_texts()
    )
    assert logits.shape == (2, 51) and expected.std() > 1e-3
    torch.testing.assert_close(logits, expected, atol=1e-9, rtol=0)
    for each in (logits, expected):
        F.cross_entropy(each, labels).backward()
    theirs = {n: p for n, p in plain.named_parameters() if p.requires_grad}
    learned = dict(named_learned(ours.model))
    assert learned and learned.keys() == theirs.keys()
    for name, parameter in learned.items():
        scale = theirs[name].grad.abs().max()
        assert scale > 0, name
        worst = (parameter.grad - theirs[name].grad).abs().max()
        assert worst <= 1e-8 * max(1, scale), name


def test_plain_side_gives_the_same_loss_and_scores(pair):
    """MMAction2 smooths labels in float32."""
    ours, plain, inputs, labels = pair
    loss, expected = (x.loss(inputs[:, :1], labels) for x in (ours, plain))
    torch.testing.assert_close(loss, expected, atol=0, rtol=1e-6)
    with torch.no_grad():
        scores, expected = (x.eval().predict(inputs) for x in (ours, plain))
    torch.testing.assert_close(scores, expected, atol=1e-9, rtol=0)
    assert scores.std() > 1e-6


def macs(tokens, width):
    """Of CLIP's layers: 12 n d^2 + 2 n^2 d each."""
    return LAYERS * (12 * tokens * width**2 + 2 * tokens**2 * width)


def test_plain_side_does_all_the_work():
    """77 tokens for each text; ten prompts through every block."""
    setting = sides.Setting('vlp', 101, FRAMES, size='tiny')
    config = sides.read_config(setting)
    model = sides.build_model(setting, config).to('meta')
    plain = sides.build_baseline(model, config)
    inputs = sides.make_batch(setting)[0].to('meta')
    text = measure.count_flops(plain.encode_texts)
    assert text == 2 * 101 * (macs(77, TEXT_WIDTH) + TEXT_WIDTH**2)
    video = measure.count_flops(lambda: plain.encode_video(inputs))
    patches = 4 * 3 * 16**2 * WIDTH
    frame = patches + macs(5 + 10, WIDTH) + WIDTH * TEXT_WIDTH
    assert video == 2 * FRAMES * frame


def test_runs_take_turns(monkeypatch):
    """One round to warm up, then each other round in reverse order."""
    seen = []
    seconds = iter([1, 10, 40, 2, 3, 30, 20, 9, 8, 50])
    monkeypatch.setattr(
        measure, 'seconds_of', lambda run, device: run() or next(seconds)
    )
    runs = {name: lambda name=name: seen.append(name) for name in 'ab'}
    assert measure.alternate(runs, 5) == dict(a=3, b=30)
    assert ''.join(seen) == 'ab' + 'abbaabbaab'


@pytest.mark.parametrize('bf16', [True, False])
def test_emulated_bf16_is_timed_if_asked_for(monkeypatch, bf16):
    names = ['avx512_bf16'] if bf16 else []
    where = 'vlprompt.hardware.bf16_instructions'
    monkeypatch.setattr(where, lambda: names)
    expected = ['float32', 'bfloat16'] if bf16 else ['float32']
    assert benchmark.parse_args([]).dtypes == expected
    asked = benchmark.parse_args(['--dtypes', 'bfloat16'])
    assert asked.dtypes == ['bfloat16']
    setting = sides.Setting('vlp', 51, 2, 'bfloat16', size='tiny')
    config = sides.read_config(setting)
    assert config.optim_wrapper.dtype == 'bfloat16'
    assert config.model.frozen_dtype == 'bfloat16'


@pytest.mark.slow
def test_training_section(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(training, 'CLASSES', [51, 101])
    page, out = tmp_path / 'page.md', tmp_path / 'out.json'
    flags = ['--tiny', '--training', '--methods', 'vlp', '--dtypes', 'float32']
    results = benchmark.main([*flags, '--doc', str(page), '--out', str(out)])
    rows = {r.what: r for r in results['training']}
    name = 'vlp, C = 51, T = 2, float32'
    for part in ('step', 'texts', 'videos', 'memory'):
        row = rows.pop(f'{part}: {name}')
        assert row.ratio == row.plain / row.ours > 0
    assert row.unit == 'MB' and row.ratio > 1.5
    counts = [rows.pop(what) for what in list(rows) if what.startswith('kept')]
    assert 1.5 < counts[0].ratio < counts[1].ratio < counts[2].ratio
    assert len(rows) == 2 + 1 and all(r.ratio > 1 for r in rows.values())
    assert 'Training step' in capsys.readouterr().out
    written = json.loads(out.read_text())['sections']['training']
    assert [r['what'] for r in written] == [
        r.what for r in results['training']
    ]
    text = page.read_text()
    assert 'python -m tools.benchmark --tiny --training' in text
    assert str(tmp_path) not in text and str(ROOT) not in text
    (line,) = (x for x in text.splitlines() if f'step: {name}' in x)
    cells = [cell.strip() for cell in line.split('|')]
    assert cells[2:5] == ['-', '-', 'ratio of times']


def test_what_is_kept_is_counted():
    x = torch.randn(100, requires_grad=True)
    assert kept.bytes_kept(lambda: x.exp().sin(), [x]) == 2 * 400
    assert kept.bytes_kept(lambda: [x.view(10, 10), x * 2], [x]) == 400


@pytest.mark.slow
def test_compiled_videos(monkeypatch):
    fast = partial(torch.compile, backend='aot_eager')
    monkeypatch.setattr(torch, 'compile', fast)
    flags = ['--tiny', '--training', '--methods', 'vlp', '--compile']
    monkeypatch.setattr(training, '_time', lambda *args: [])
    results = benchmark.main([*flags, '--dtypes', 'float32'])['training']
    assert results[0].what.startswith('videos, compiled: vlp')


def test_seconds_are_shown_on_request_alone():
    rows = [
        records.less('step', 's', 6.0, 1.5),
        records.less('memory', 'MB', 300.0, 100.0),
        records.Record('workers', 'workers', None, 3, None),
    ]
    shown = records.table(training.SECTION, rows, absolute=True)
    quoted = records.table(training.SECTION, rows, absolute=False)
    assert '| 6 ' in shown and 'workers' in shown
    assert '| 6 ' not in quoted and 'workers' not in quoted
    assert '4.00' in quoted and '| 300 ' in quoted


@pytest.mark.slow
def test_evaluation_section():
    flags = ['--tiny', '--evaluation', '--methods', 'vita']
    results = benchmark.main([*flags, '--dtypes', 'float32'])
    one, twelve, sets = results['evaluation']
    assert [r.unit for r in (one, twelve, sets)] == 3 * ['views/s']
    assert twelve.ratio == twelve.ours / twelve.plain
    assert 'hmdb51, ucf101' in sets.what and 'vilt' in sets.what


def test_data_section(shared_data, tmp_path, capsys):
    for name in ('cleaning_pool_32f.mp4', 'corrupted_tail.mp4'):
        (tmp_path / name).symlink_to(shared_data / 'videos' / name)
    flags = ['--tiny', '--data', '--methods', 'vita']
    rows = benchmark.main([*flags, '--videos', str(tmp_path)])['data']
    steps = [r for r in rows if r.unit == 'ms']
    assert steps[2].what == 'vita: VideoDecode' and len(steps) == 8
    assert sum(r.ratio for r in steps) == pytest.approx(1)
    assert sum(r.ours for r in steps) == pytest.approx(steps[0].plain)
    workers = [r.ours for r in rows if r.unit == 'workers']
    seconds = steps[0].plain / 1000
    for number, speed in zip(workers, data.SPEEDS, strict=True):
        assert number - 1 < speed * seconds <= number
    assert 'corrupted_tail.mp4' in capsys.readouterr().out


def test_decoding_section(shared_data, monkeypatch, tmp_path, capsys):
    """All ways; the sizes are those of the command's store."""
    pytest.importorskip('decord')
    monkeypatch.setattr(decoding, 'epochs_to_pay', lambda *seconds: 3)
    for name in ('cleaning_pool_32f.mp4', 'corrupted_tail.mp4'):
        (tmp_path / name).symlink_to(shared_data / 'videos' / name)
    flags = ['--tiny', '--decoding', '--methods', 'vlp']
    rows = benchmark.main([*flags, '--videos', str(tmp_path)])['decoding']
    timed = {r.what: r for r in rows if r.unit == 'ms'}
    assert timed.keys() == {
        f'vilt: {part}{views}, {ways}'
        for part in ('decoding', 'sample')
        for views in ('', ' of all test views')
        for ways in (
            'PyAV beside decord',
            'PyAV beside published',
            'store beside decord',
        )
    }
    assert all(r.ratio == r.plain / r.ours for r in timed.values())
    decode, sample, *_ = timed.values()
    assert decode.plain < sample.plain and decode.ours < sample.ours
    size, epochs = rows[len(timed) :]
    (tmp_path / 'list.txt').write_text('cleaning_pool_32f.mp4 0\n')
    args = [str(tmp_path / 'list.txt'), '--root', str(tmp_path)]
    store = tmp_path / 'store'
    tool('data_cache').main([*args, '--out', str(store), '--jobs=1'])
    written = store / 'cleaning_pool_32f.mp4.zip'
    assert size.plain == 158581 / 1e6
    assert size.ours == written.stat().st_size / 1e6
    assert epochs.unit == 'epochs' and epochs.ours == 3
    assert 'until writing' in records.table(decoding.SECTION, rows, False)
    text = capsys.readouterr().out
    assert 'corrupted_tail.mp4' in text


def test_without_videos_the_rest_is_measured(monkeypatch, tmp_path, capsys):
    for module in benchmark.SECTIONS.values():
        monkeypatch.setattr(module, 'jobs', lambda args: [])
    monkeypatch.setattr(benchmark, 'TOY', tmp_path / 'nothing')
    results = benchmark.main(['--out', str(tmp_path / 'out.json')])
    assert {*benchmark.SECTIONS} - {*results} == {'data', 'decoding'}
    assert 'no data and decoding: no videos given' in capsys.readouterr().out
    assert 'no video there' in line_of(
        benchmark.main, ['--data', '--videos', str(tmp_path)]
    )


@pytest.mark.parametrize('others', [(None, None), decoding.PUBLISHED])
def test_what_is_compared(monkeypatch, tmp_path, others):
    """All read the video, but for the store."""
    seen = []

    def take_turns(ways, repeats):
        seen.append({n: getattr(w, 'file', None) for n, w in ways.items()})
        return dict.fromkeys(ways, decoding.Timing(1, 2))

    monkeypatch.setattr(decoding, 'take_turns', take_turns)
    monkeypatch.setattr(
        decoding, '_write', lambda video, store: store.write_text('1234')
    )
    video = tmp_path / 'a.mp4'
    video.write_text('12')
    steps = dict.fromkeys(decoding.STEPS, [])
    clip = decoding._measure(video, (steps, steps), others, 5)
    assert (clip.size, clip.stored) == (2e-6, 4e-6)
    for files in seen:
        assert ('published' in files) == (others[0] is not None)
        files.pop('published', None)
        assert files.pop('store').name == 'a.mp4.zip'
        assert files == dict(decord=video, PyAV=video)


@pytest.mark.parametrize('sample', decoding.PUBLISHED)
def test_the_published_pipeline(shared_data, sample):
    pytest.importorskip('decord')
    file = shared_data / 'videos/cleaning_pool_32f.mp4'
    decode, whole = sample(file, 0)
    assert 0 < decode < whole


def test_ways_take_turns():
    """A round to warm up, then medians of each number."""
    seen, numbers = [], iter([99, 99, 1, 9, 2, 10, 3, 8, 7, 30, 4, 11])

    def way(name, seed):
        seen.append(name)
        assert seed == (len(seen) - 1) // 2
        number = next(numbers)
        return decoding.Timing(number, -number)

    ways = {name: partial(way, name) for name in 'ab'}
    medians = decoding.take_turns(ways, 5)
    assert ''.join(seen) == 'abbaabbaabba'
    assert medians == dict(a=(8, -8), b=(4, -4))


def test_epochs_until_a_store_pays():
    assert decoding.epochs_to_pay(3.0, 1.25) == 3
    assert decoding.epochs_to_pay(2.5, 1.25) == 2
    assert decoding.epochs_to_pay(3.0, 0.0) is None


def test_a_store_that_saves_no_time_never_pays(capsys):
    slow, fast = decoding.Timing(2, 4), decoding.Timing(1, 3)
    samples = dict(decord=fast, PyAV=fast, store=slow)
    clip = decoding.Clip(samples, samples, 1.0, 1.0, 8.0)
    rows = decoding._records('vilt', [clip, clip])
    part = [1, 1, 0.5, 0.75]
    assert [r.ratio for r in rows] == [*part, *part, 0.125]
    assert 'saves no time' in capsys.readouterr().out


def test_startup_section(monkeypatch):
    calls = []
    monkeypatch.setattr(startup, '_python', calls.append)
    flags = ['--tiny', '--startup', '--methods', 'vlp']
    rows = benchmark.main(flags)['startup']
    assert calls.count('import torch') == 6 + 6 and len(calls) == 12 + 18
    assert calls.count(startup.LOAD) == calls.count(startup.REGISTER) == 6
    size = rows[3]
    prompts = 4 * LAYERS * 10 * (WIDTH + TEXT_WIDTH) / 1e6
    assert prompts < size.ours < 2 * prompts + 0.01 < size.plain


def test_processes_section(monkeypatch, tmp_path):
    """The work of a process, with one alone."""
    monkeypatch.setattr(processes, 'WORLD', 1)
    setting = sides.Setting('vita', 51, FRAMES, size='tiny')
    processes._work(0, setting, 5, str(tmp_path))
    results = torch.load(tmp_path / 'results', weights_only=True)
    assert results.keys() == {'texts', 'step'}
    assert min(min(pair) for pair in results.values()) > 0


def test_an_interruption_leaves_what_was_measured(monkeypatch, capsys):
    def stop():
        raise KeyboardInterrupt

    done = records.less('first', 'MB', 2.0, 1.0)
    jobs = [records.Job('a', lambda: [done]), records.Job('b', stop)]
    monkeypatch.setattr(training, 'jobs', lambda args: jobs)
    with pytest.raises(KeyboardInterrupt):
        benchmark.main(['--training', '--out', 'new/part.json'])
    sections = json.loads(Path('new/part.json').read_text())['sections']
    assert sections == {'training': [done._asdict()]}
    assert 'first' in capsys.readouterr().out


def test_machine_has_no_names():
    facts = machine.describe('cpu')
    assert 'core' in facts['processor'] and 'torch ' in facts['packages']
    assert '/' not in ''.join(facts.values())


@pytest.mark.parametrize(
    ('number', 'expected'),
    [(1, '1 core, 1 thread'), (2, '2 cores, 2 threads')],
)
def test_machine_counts_in_english(monkeypatch, number, expected):
    monkeypatch.setattr(machine, 'usable_cores', lambda: number)
    monkeypatch.setattr(machine.torch, 'get_num_threads', lambda: number)
    assert machine.describe('cpu')['processor'].endswith(expected)


def test_lines_about_wrong_flags(tmp_path):
    lines = {
        '--methods clip: expected some of vilt': ['--methods', 'clip'],
        '--classes 50: expected some of 51': ['--classes', '50'],
        '--dtypes half: expected': ['--dtypes', 'half'],
        'at least 5': ['--repeats', '4'],
        '--frames and --batch': ['--frames', '0'],
        '--batch are at least 1': ['--batch', '0'],
        'ends in .json': ['--out', 'numbers.txt'],
        'ends in .md': ['--doc', 'page.html'],
        'no video there': ['--decoding', '--videos', str(tmp_path)],
    }
    if not torch.cuda.is_available():
        lines['has no GPU'] = ['--device', 'cuda']
    for expected, flags in lines.items():
        line = line_of(benchmark.main, flags)
        assert expected in line and '\n' not in line
