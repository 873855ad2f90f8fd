"""A batch of pairs divided among processes: same loss, same gradients."""

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from mmaction.structures import ActionDataSample
from tiny import CLASSES, TINY

from vlprompt.registry import MODELS

WORLD = 2
LABELS = (1, 3, 1, 0)
LOSSES = ('SymmetricContrastiveLoss', 'SoftTargetKLLoss')
FRAMES = dict(
    pooler=dict(
        type='TransformerPooler',
        num_layers=1,
        reduce=dict(type='IdentityPooler'),
    )
)
TOKENS = dict(type='CLIPTextTower', all_tokens='longest')
# An alignment, a head, and what else its model is of.
PAIRS = dict(
    dict.fromkeys(LOSSES),
    text_pooling=dict(head=dict(type='TextPoolingHead', dropout=0.0)),
    stochastic=dict(
        head=dict(
            type='StochasticTextHead',
            num_frames=2,
            support_weight=0.8,
            dropout=0.0,
        )
    ),
    tokens=dict(head=dict(type='TokenInteractionHead'), text_encoder=TOKENS),
)


def learn(name, rows):
    """Loss and gradients of some rows of the batch."""
    torch.manual_seed(0)
    parts = dict(PAIRS[name] or {})
    head = parts.pop('head', dict(type='ContrastiveHead'))
    alignment = name if name in LOSSES else LOSSES[0]
    if name not in LOSSES:
        parts.update(FRAMES)
    model = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch=TINY),
            backbone=dict(type='CLIPVisionTower'),
            texts=dict(type='BatchLabelTexts', template='a {}'),
            cls_head=dict(head, alignment=dict(type=alignment)),
            **{
                'pooler': dict(type='TransformerPooler', num_layers=1),
                **parts,
            },
            trainable=[
                'pooler.*',
                'cls_head.*',
                'backbone.visual.proj',
                'text_encoder.text.ln_final.*',
            ],
        )
    ).double()
    model.set_classes(CLASSES)
    inputs = torch.randn(len(LABELS), 1, 3, 2, 32, 32).double()[rows]
    samples = [ActionDataSample().set_gt_label(c) for c in LABELS[rows]]
    with pytest.MonkeyPatch.context() as patch:  # each process draws its own
        patch.setattr(torch, 'rand_like', lambda x: torch.full_like(x, 0.3))
        losses = model.train()(inputs, samples, mode='loss')
    loss = losses['loss_alignment'] + losses.get('loss_support', 0)
    loss.backward()
    grads = {n: p.grad for n, p in model.named_parameters() if p.requires_grad}
    return loss.detach(), grads


def work(rank, file, out):
    torch.set_num_threads(1)
    dist.init_process_group(
        'gloo', init_method=f'file://{file}', rank=rank, world_size=WORLD
    )
    results = []
    for name in PAIRS:
        loss, grads = learn(name, slice(2 * rank, 2 * rank + 2))
        for grad in grads.values():  # what DistributedDataParallel does
            dist.all_reduce(grad)
            grad /= WORLD
        results.append((loss, grads))
    torch.save(results, f'{out}.{rank}')
    dist.destroy_process_group()


@pytest.fixture(scope='module')
def of_two(tmp_path_factory):
    root = tmp_path_factory.mktemp('gather')
    mp.spawn(work, (root / 'rendezvous', root / 'out'), nprocs=WORLD)
    return [torch.load(f'{root / "out"}.{r}') for r in range(WORLD)]


@pytest.mark.slow
@pytest.mark.parametrize(('place', 'name'), [*enumerate(PAIRS)], ids=PAIRS)
def test_two_processes_equal_one(of_two, place, name):
    loss, grads = learn(name, slice(None))
    for results in of_two:
        torch.testing.assert_close(results[place][0], loss)
        torch.testing.assert_close(results[place][1], grads)
    for parameter, grad in grads.items():
        hidden = parameter == 'cls_head.pooling.k_proj.bias'
        assert hidden or grad.abs().sum() > 0, parameter
