"""LoRA in training: several processes, autocast, its dropout, its defaults."""

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from helpers import build, samples, total
from mmengine.model import MMDistributedDataParallel

from vlprompt.utils import register_all_modules

WORLD = 2
LABELS = (1, 3, 0, 4)
PART = dict(type='LoRA', rank=2, scale=0.7, matrices=['q', 'v', 'fc'])


def model_of(part=PART, **kwargs):
    """Both towers, B no longer zero."""
    model = build(
        backbone=dict(type='CLIPVisionTower', adapters=[part], **kwargs),
        text_encoder=dict(type='CLIPTextTower', adapters=[part], **kwargs),
        texts=dict(type='ClassTexts'),
        prompts=None,
        cls_head=dict(type='SimilarityHead'),
        trainable=['*.adapters.*'],
    )
    torch.manual_seed(1)
    for p in model.parameters():
        if p.requires_grad:
            p.data += 0.05 * torch.randn_like(p)
    return model.train()


def clips():
    generator = torch.Generator().manual_seed(2)
    return torch.randn(4, 1, 3, 3, 32, 32, generator=generator)


def gradients(model):
    return {n: p.grad for n, p in model.named_parameters() if p.requires_grad}


def work(rank, file, out):
    """A step on half of a batch; every factor has a gradient."""
    torch.set_num_threads(1)
    register_all_modules()
    dist.init_process_group(
        'gloo', init_method=f'file://{file}', rank=rank, world_size=WORLD
    )
    model = model_of()
    wrapped = MMDistributedDataParallel(model, broadcast_buffers=False)
    half = slice(2 * rank, 2 * rank + 2)
    losses = wrapped(clips()[half], samples(*LABELS[half]), mode='loss')
    losses['loss_cls'].backward()
    torch.save(gradients(model), f'{out}.{rank}')
    dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_learn_as_one(tmp_path):
    mp.spawn(work, (tmp_path / 'rendezvous', tmp_path / 'out'), nprocs=WORLD)
    model = model_of()
    total(model, clips(), *LABELS).backward()
    expected = gradients(model)
    for rank in range(WORLD):
        grads = torch.load(f'{tmp_path / "out"}.{rank}', weights_only=True)
        assert grads.keys() == expected.keys()
        for name, grad in grads.items():
            torch.testing.assert_close(
                grad, expected[name], atol=1e-6, rtol=1e-4
            )


def test_under_autocast_the_factors_stay_in_float32():
    model, exact = model_of(), model_of()
    with torch.autocast('cpu', torch.bfloat16):
        loss = total(model, clips(), *LABELS)
    expected = total(exact, clips(), *LABELS)
    torch.testing.assert_close(loss, expected, atol=0.05, rtol=0.02)
    loss.backward()
    assert {g.dtype for g in gradients(model).values()} == {torch.float32}


@pytest.mark.parametrize('with_cp', [False, True])
def test_recomputed_layers_draw_the_same_dropout(with_cp):
    """Gradients equal those of the loss that was computed."""
    model = model_of(dict(PART, dropout=0.5), with_cp=with_cp)
    losses = []
    for _ in range(2):
        torch.manual_seed(5)
        losses.append(total(model, clips(), *LABELS))
    assert torch.equal(*losses)
    losses[0].backward()
    plain = model_of(dict(PART, dropout=0.5))
    torch.manual_seed(5)
    total(plain, clips(), *LABELS).backward()
    expected = gradients(plain)
    for name, grad in gradients(model).items():
        torch.testing.assert_close(grad, expected[name])


def test_dropout_is_of_training_alone():
    model = model_of(dict(PART, dropout=0.5))
    first, second = (total(model, clips(), *LABELS) for _ in range(2))
    assert first != second
    model.eval()
    exact = total(model_of().eval(), clips(), *LABELS)
    assert torch.equal(total(model, clips(), *LABELS), exact)


def test_a_step_gets_gradients_of_the_weights_it_used():
    """Not of CLIP's own, as in the released code without dropout."""
    model = model_of().double()
    inputs = clips().double().requires_grad_()
    total(model, inputs, *LABELS).backward()
    direction = torch.randn_like(inputs)
    step = 1e-5
    with torch.no_grad():
        ahead, behind = (
            total(model, inputs + sign * step * direction, *LABELS)
            for sign in (1, -1)
        )
    slope = (ahead - behind) / (2 * step)
    torch.testing.assert_close(
        (inputs.grad * direction).sum(), slope, atol=1e-7, rtol=1e-5
    )
