"""A step between CLIP and the weights, against the published code's."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.logging import MessageHub
from mmengine.optim import OptimWrapper
from mmengine.registry import DefaultScope
from mmengine.runner import EpochBasedTrainLoop

from vlprompt import converters
from vlprompt.engine import InterpolatedWeightsHook
from vlprompt.utils import register_all_modules

GOLDEN = Path(__file__).parents[3] / 'shared/goldens/openvclip.pt'
pytestmark = pytest.mark.skipif(
    not GOLDEN.is_file(), reason='no published numbers at hand'
)


@pytest.fixture
def golden():
    return torch.load(GOLDEN, weights_only=True)


@pytest.fixture
def model(golden, tmp_path):
    """Built from the release; its clips are normalised already."""
    words = golden['sparse_embedding']
    table = torch.zeros(words['num_rows'], golden['meta']['text_width'])
    table[words['ids']] = words['rows'].float()
    state = {**golden['state_dict'], words['name']: table}
    conversion = converters.convert('openvclip', dict(model_state=state))
    conversion.model['data_preprocessor'] = dict(
        type='ActionDataPreprocessor', format_shape='NCTHW'
    )
    converters.save_clip(conversion.clip, tmp_path / 'clip.safetensors')
    with DefaultScope.overwrite_default_scope('vlprompt'):
        register_all_modules()
        model = converters.build(conversion, tmp_path / 'clip.safetensors')
    model.set_classes(golden['class_names'])
    return model.train()


def published_name(name):
    for prefix in ('text_encoder.text.', 'cls_head.', 'backbone.'):
        name = name.replace(prefix, 'model.')
    return name


class NoStep(torch.optim.SGD):
    """Leaves gradients and weights as they are."""

    def step(self, closure=None):
        """Do nothing."""

    def zero_grad(self, set_to_none=True):
        """Do nothing."""


def test_the_hook_takes_the_published_step(golden, model):
    """CLIP is 0.75 times the weights there, and alpha 0.4."""
    iwo = golden['iwo']
    learned = {n: p for n, p in model.named_parameters() if p.requires_grad}
    runner = SimpleNamespace(
        model=model,
        optim_wrapper=OptimWrapper(
            NoStep(learned.values(), lr=1), clip_grad=dict(max_norm=1e9)
        ),
        seed=0,
        iter=0,
        _train_loop=object.__new__(EpochBasedTrainLoop),
        message_hub=MessageHub.get_instance('openvclip'),
    )
    hook = InterpolatedWeightsHook((iwo['alpha'],) * 2, iwo['ratio'])
    own = {n: p.detach().clone() for n, p in learned.items()}
    for p in learned.values():
        p.data.mul_(iwo['clip_end_factor'])
    hook.before_run(runner)
    for name, p in learned.items():
        p.data.copy_(own[name])
    hook.before_train(runner)
    # (B, T, 3, H, W) -> B of (V, 3, T, H, W)
    batch = dict(
        inputs=[clip.transpose(0, 1)[None] for clip in golden['clip']],
        data_samples=[
            ActionDataSample().set_gt_label(int(label))
            for label in golden['labels']
        ],
    )
    hook.before_train_iter(runner, 0, batch)
    log = model.train_step(batch, runner.optim_wrapper)
    mixed = runner.message_hub.get_scalar('train/loss_interpolated').current()
    assert mixed == pytest.approx(iwo['loss_mixed'], abs=1e-5)
    assert log['loss'].item() == pytest.approx(iwo['loss'], abs=1e-5)
    hub = runner.optim_wrapper.message_hub
    norm = hub.get_scalar('train/grad_norm').current()
    assert norm == pytest.approx(iwo['total_norm'], rel=1e-5)
    grads = {published_name(n): p.grad for n, p in learned.items()}
    assert set(grads) == set(iwo['grad_norms'])
    for name, expected in iwo['grad_norms'].items():
        ours = grads[name].double().norm().item()
        assert ours == pytest.approx(expected, rel=1e-4), name
    for name, expected in iwo['grads'].items():
        torch.testing.assert_close(
            grads[name], expected, atol=1e-6, rtol=1e-4, msg=name
        )
