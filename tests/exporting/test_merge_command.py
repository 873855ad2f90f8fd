"""`vlprompt export --merge`: one CLIP for open_clip, checked."""

import json
import os

import open_clip
import pytest
import torch
from mmengine.runner.checkpoint import get_state_dict, save_checkpoint

from vlprompt.apis import find_model, merge
from vlprompt.cli.convert import main as convert
from vlprompt.cli.export import main
from vlprompt.exporting import merged_file
from vlprompt.registry import MODELS
from vlprompt.user_messages import error_line
from vlprompt.utils import register_all_modules

THINGS = ('red star', 'blue heart', 'green arrow')


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty one, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def learned(folder, toy_clip):
    """A checkpoint of LoRA with weights that do something."""
    register_all_modules()
    config = find_model('lora_toy').config
    config.model.clip.pretrained = toy_clip
    torch.manual_seed(0)
    model = MODELS.build(config.model)
    for p in model.parameters():
        if p.requires_grad:
            p.data += 0.05 * torch.randn_like(p)
    save_checkpoint(
        dict(meta={}, state_dict=get_state_dict(model)), 'learned.pth'
    )
    return 'learned.pth'


@pytest.mark.slow
def test_one_clip_and_what_is_known_of_it(learned, toy_clip, capsys):
    done = main(
        ['lora_toy', '--checkpoint', learned, '--clip', toy_clip]
        + ['--merge', 'merged.safetensors', '--classes', *THINGS]
    )
    shown = capsys.readouterr().out
    assert 'LoRA in 4 layers of the vision tower, LoRA in 4 layers' in shown
    assert 'max |difference| of 64 frames' in shown
    assert 'of 3 texts' in shown
    assert 'not in the file: MeanPooler (frames to a video)' in shown
    assert max(done.parity.frames, done.parity.texts) < 1e-6
    with open('merged.json') as file:
        facts = json.load(file)
    assert facts['folded'][0] == 'LoRA in 4 layers of the vision tower'
    assert facts['template'] == 'a video of a {}.'
    assert facts['checkpoint']['name'] == learned
    assert facts['files']['merge']['parity']['frames'] < 1e-6
    assert facts['preprocess_cfg']['mean'][0] == pytest.approx(
        0.4815, abs=1e-3
    )
    # as the documentation says
    clip = open_clip.CLIP(**facts['model_cfg'])
    open_clip.load_checkpoint(clip, 'merged.safetensors')
    # a plain CLIP for this library, which has nothing left to merge
    again = merge('clip_toy', target='again.pt', clip='merged.safetensors')
    assert not again.clip.folded
    (one, other) = (
        open_clip.factory.load_state_dict(name)
        for name in ('merged.safetensors', 'again.pt')
    )
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.slow
def test_the_converter_makes_the_same_clip(learned, toy_clip):
    config = find_model('lora_toy').config
    config.model.clip.pretrained = toy_clip
    config.dump('config.py')
    command = f'vlprompt {learned} one.safetensors --config config.py'
    convert([*command.split(), '--to', 'openai'])
    main(
        ['lora_toy', '--checkpoint', learned, '--clip', toy_clip]
        + ['--merge', 'other.safetensors']
    )
    one, other = (
        open_clip.factory.load_state_dict(name)
        for name in ('one.safetensors', 'other.safetensors')
    )
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        (('a.onnx',), 'name that ends with .safetensors or .pt'),
        (('no/a.pt',), '--merge no/a.pt: there is no folder no'),
        (('a.pt', '--onnx', 'b.onnx'), '--merge has no use for --onnx'),
        (('a.pt', '--embedding'), '--merge has no use for --embedding'),
    ],
)
def test_flags_that_do_not_fit(folder, toy_clip, words, line):
    with pytest.raises(Exception) as caught:
        main(['clip_toy', '--clip', toy_clip, '--merge', *words])
    assert line in error_line(caught.value)
    assert not os.listdir()


@pytest.mark.parametrize(
    ('model', 'line'),
    [
        ('vilt_toy', 'ViLTPrompts with its weights (prompts.'),
        ('openvclip_toy', 'NeighborKV (layer 0 of the vision tower)'),
        ('t2l_toy', 'TemporalToken (layer 0 of the vision tower)'),
    ],
)
def test_what_cannot_be_merged_is_one_line(folder, toy_clip, model, line):
    with pytest.raises(Exception) as caught:
        main(
            [model, '--clip', toy_clip, '--checkpoint', 'none']
            + ['--merge', 'a.pt']
        )
    assert line in error_line(caught.value)
    assert not os.listdir()


@pytest.mark.slow
def test_a_clip_that_differs_is_not_kept(folder, toy_clip, monkeypatch):
    exact = merged_file.write_clip

    def wrong(tensors, path, arch):
        name = 'visual.proj'
        exact({**tensors, name: 1.01 * tensors[name] + 1e-4}, path, arch)

    monkeypatch.setattr('vlprompt.apis.merge_model.write_clip', wrong)
    with pytest.raises(Exception, match='not written: embeddings of frames'):
        main(['clip_toy', '--clip', toy_clip, '--merge', 'a.safetensors'])
    assert not os.listdir()
