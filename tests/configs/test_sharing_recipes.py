"""Learning rates and decay of Open-VCLIP and ZeroI2V, as published."""

import pytest
import torch
from config_files import FOLDER, read
from mmengine.optim import build_optim_wrapper

from vlprompt.registry import MODELS, PARAM_SCHEDULERS
from vlprompt.utils import register_all_modules

TINY = dict(
    embed_dim=16,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=16, patch_size=8, width=32, layers=2, head_width=16
    ),
    text_cfg=dict(
        context_length=77, vocab_size=49408, width=16, heads=2, layers=1
    ),
)
STEPS = 10  # of an epoch


@pytest.fixture(autouse=True)
def registered():
    register_all_modules()


def optimizer_of(name):
    """The optimizer of a config for a tiny model, and the model's names."""
    cfg = read(FOLDER / f'{name}.py')
    model = cfg.model.to_dict()
    model['clip'] = dict(arch=TINY)
    model = MODELS.build(model)
    names = {id(p): name for name, p in model.named_parameters()}
    wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    return cfg, wrapper, names


def decays(wrapper, names):
    return {
        names[id(p)]: (group['weight_decay'], p.dim())
        for group in wrapper.optimizer.param_groups
        for p in group['params']
    }


def rates(cfg, wrapper):
    """The learning rate of each step."""
    epochs = cfg.train_cfg.max_epochs
    schedulers = [
        PARAM_SCHEDULERS.build(
            dict(scheduler, end=scheduler.get('end', epochs)),
            default_args=dict(optimizer=wrapper, epoch_length=STEPS),
        )
        for scheduler in cfg.param_scheduler
    ]
    found = []
    for step in range(epochs * STEPS):
        found.append(wrapper.param_groups[0]['lr'])
        wrapper.optimizer.step()
        for scheduler in schedulers:
            if not scheduler.by_epoch or (step + 1) % STEPS == 0:
                scheduler.step()
    return torch.tensor(found, dtype=torch.float64)


def test_open_vclip_decays_all_but_vectors():
    """The logit scale is none."""
    _, wrapper, names = optimizer_of('openvclip/openvclip_b16_k400_zs')
    found = decays(wrapper, names)
    assert found['cls_head.logit_scale'] == (0.01, 0)
    assert len(found) == 8 + 2 * 12 + 1
    for decay, dims in found.values():
        assert decay == (0 if dims == 1 else 0.01)
    assert wrapper.clip_grad_kwargs == dict(max_norm=1.0)


def test_open_vclip_warms_up_and_falls_as_published():
    cfg, wrapper, _ = optimizer_of('openvclip/openvclip_b16_k400_zs')
    found = rates(cfg, wrapper)
    assert len(found) == 22 * STEPS
    assert found[0].item() == pytest.approx(3.33e-8)
    assert found[2 * STEPS].item() == pytest.approx(3.33e-6)
    assert (found[: 2 * STEPS].diff() > 0).all()
    assert (found[2 * STEPS :].diff() < 0).all()
    middle = (3.33e-6 + 3.33e-8) / 2
    assert found[12 * STEPS].item() == pytest.approx(middle, rel=1e-2)
    assert found[-1].item() == pytest.approx(3.33e-8, rel=1e-1)


def test_zeroi2v_decays_all_but_times_and_norms():
    _, wrapper, names = optimizer_of('zeroi2v/zeroi2v_b16_k400')
    for name, (decay, _) in decays(wrapper, names).items():
        without = 'embeddings' in name or 'ln_post' in name
        assert decay == (0 if without else 0.05), name


def test_zeroi2v_warms_up_and_falls_as_published():
    """Two laws are multiplied, one of them by epochs."""
    cfg, wrapper, _ = optimizer_of('zeroi2v/zeroi2v_b16_k400')
    found = rates(cfg, wrapper)
    steps = torch.arange(40 * STEPS, dtype=torch.float64)
    warm = (0.1 + 0.9 * steps / (2.5 * STEPS - 1)).clamp(max=1)
    cosine = (1 + (torch.pi * (steps // STEPS) / 40).cos()) / 2
    torch.testing.assert_close(found, 3e-4 * warm * cosine)
