"""`vlprompt export`: files that give what the model gives, and the JSON."""

import hashlib
import json
import os
import sys

import pytest
import torch

from vlprompt.apis import VideoClassifier, export
from vlprompt.cli.export import main
from vlprompt.exporting import formats
from vlprompt.toy.files import write_video
from vlprompt.toy.world import World, render_clip
from vlprompt.user_messages import error_line

THINGS = ('red star', 'blue heart', 'green arrow')


@pytest.fixture
def run(toy_clip, tmp_path, monkeypatch):
    """The command in an empty folder, on the toy CLIP."""
    monkeypatch.chdir(tmp_path)

    def run(*words, model='clip_toy'):
        return main([model, '--clip', toy_clip, *words])

    return run


def facts(path='out.json'):
    with open(path) as file:
        return json.load(file)


@pytest.mark.slow
def test_a_program_and_what_is_known_of_it(run, toy_clip, capsys):
    write_video(
        'a.mp4', render_clip(World(), 'val', 'red star spinning', 0), 10
    )
    run('--torch', 'out.pt2', '--classes', *THINGS, '--clips', 'a.mp4')
    shown = capsys.readouterr().out
    assert 'top-1 equal 8/8 (batches of 1, 2, 5; 1 given clip)' in shown
    found = facts()
    assert found['classes'] == list(THINGS)
    assert found['input']['shape'] == ['batch', 8, 3, 48, 48]
    assert found['preprocessing']['frames'] == 8
    assert len(found['preprocessing']['mean']) == 3
    assert found['template'] and found['clip']['fingerprint']
    assert 'torch' in found['versions']
    file = found['files']['torch']
    with open('out.pt2', 'rb') as content:
        digest = hashlib.sha256(content.read()).hexdigest()
    assert file['sha256'] == digest
    assert file['parity']['max_difference_of_probabilities'] < 1e-5
    # It gives what `vlprompt classify` gives.
    classifier = VideoClassifier('clip_toy', clip=toy_clip, classes=THINGS)
    (prediction,) = classifier.predict('a.mp4')
    program = torch.export.load('out.pt2').module()
    scores = program(_pixels(classifier, 'a.mp4')).softmax(-1)[0]
    wanted = dict(zip(prediction.names, prediction.scores, strict=True))
    assert scores.tolist() == pytest.approx(
        [wanted[t] for t in THINGS], abs=1e-5
    )


def _pixels(classifier, path):
    from vlprompt.exporting.parity import read_clips

    return read_clips(classifier.model, classifier._single, path).frames


@pytest.mark.slow
def test_onnx_of_other_classes_has_other_constants(run):
    ort = pytest.importorskip('onnxruntime')
    pytest.importorskip('onnxscript')
    frames = torch.randn(3, 8, 3, 48, 48).numpy()
    results = []
    for names in (THINGS, THINGS[::-1]):
        run('--onnx', 'out.onnx', '--classes', *names)
        session = ort.InferenceSession('out.onnx')
        assert session.get_inputs()[0].shape[0] == 'batch'
        results += session.run(['logits'], dict(frames=frames))
        assert facts()['files']['onnx']['parity']['top1_equal'] == 8
    first, other = results
    assert first.shape == (3, 3)
    assert first == pytest.approx(other[:, ::-1], abs=1e-5)
    assert abs(first - other).max() > 1e-3


@pytest.mark.slow
def test_the_embedding_of_a_model_of_captions(toy_clip, tmp_path):
    done = export(
        'vilt_retrieval_toy',
        'none',
        torch=tmp_path / 'out.pt2',
        output='embedding',
        clip=toy_clip,
    )
    assert done.classes is None
    assert done.parity['torch'].max_difference < 1e-5
    content = facts(tmp_path / 'out.json')
    assert content['output']['name'] == 'embedding'
    assert content['classes'] is None
    program = torch.export.load(done.files['torch']).module()
    video = program(torch.randn(4, *done.frames))
    torch.testing.assert_close(video.norm(dim=-1), torch.ones(4))


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        ((), 'nothing to write: give --onnx FILE or --torch FILE'),
        (('--torch', 'a.onnx'), '--torch a.onnx: expected a name that ends'),
        (('--torch', 'no/a.pt2'), '--torch no/a.pt2: there is no folder no'),
        (('--torch', 'a.pt2', '--opset', '18'), '--opset is for ONNX files'),
        (('--torch', 'a.pt2', '--classes', 'nothing'), 'one class given'),
        (
            ('--torch', 'a.pt2', '--embedding', '--classes', 'a', 'b'),
            '--embedding has no classes',
        ),
        (
            ('--torch', 'a.pt2', '--classes', 'toy', '--clips', 'b.mp4'),
            'b.mp4',
        ),
    ],
)
def test_what_does_not_fit_is_one_line(run, words, line):
    with pytest.raises(Exception) as caught:
        run('--template', 'a {}', *words)
    assert line in error_line(caught.value)
    assert not [name for name in os.listdir() if name.startswith('a.')]


def test_a_head_without_classes(run):
    with pytest.raises(Exception, match='its head has no classes'):
        run(
            *('--checkpoint', 'none', '--torch', 'a.pt2'),
            model='vilt_retrieval_toy',
        )


def test_a_missing_extra_is_named(run, monkeypatch):
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(ImportError) as caught:
        run('--onnx', 'a.onnx')
    assert 'vlprompt[export]' in error_line(caught.value)


def test_an_unwritable_folder(run, tmp_path):
    if os.geteuid() == 0:
        pytest.skip('root writes everywhere')
    tmp_path.chmod(0o500)
    with pytest.raises(OSError) as caught:
        run('--torch', 'a.pt2')
    assert error_line(caught.value)


@pytest.mark.slow
def test_a_file_that_differs_is_not_kept(run, monkeypatch):
    kind = formats.FORMATS['torch']
    wrong = kind._replace(load=lambda path: lambda f: kind.load(path)(2 * f))
    monkeypatch.setitem(formats.FORMATS, 'torch', wrong)
    with pytest.raises(Exception, match='not written: the exported file'):
        run('--torch', 'a.pt2', '--classes', *THINGS)
    assert not os.listdir()
