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
SENTENCES = {c: [f'{c} {word}' for word in 'ab'] for c in CLASSES}


def pairs(alignment):
    return dict(
        texts=dict(type='BatchLabelTexts', template='a {}'),
        pooler=dict(type='TransformerPooler', num_layers=1),
        cls_head=dict(type='ContrastiveHead', alignment=dict(type=alignment)),
        trainable=['pooler.*'],
    )


def of_frames(head, tokens=None, **options):
    """A head that scores every text with the frames of every video."""
    frames = dict(type='IdentityPooler')
    return dict(
        pairs('SymmetricContrastiveLoss'),
        text_encoder=dict(type='CLIPTextTower', all_tokens=tokens),
        pooler=dict(type='TransformerPooler', num_layers=1, reduce=frames),
        cls_head=dict(
            type=head,
            alignment=dict(type='SymmetricContrastiveLoss'),
            **options,
        ),
        trainable=['pooler.*', 'cls_head.*'],
    )


SYSTEMS = {
    'text pooling': of_frames('TextPoolingHead', dropout=0.0),
    'stochastic texts': of_frames(
        'StochasticTextHead', num_frames=2, support_weight=0.8, dropout=0.0
    ),
    'all words': of_frames('TokenInteractionHead', 'longest'),
    'pairs': pairs('SymmetricContrastiveLoss'),
    'same class': pairs('SoftTargetKLLoss'),
    'several sentences': dict(
        texts=dict(
            type='TwoLevelTexts', spatial=SENTENCES, temporal=SENTENCES
        ),
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(
            type='OptimalTransportHead',
            alignment=dict(type='SoftTargetKLLoss'),
        ),
        trainable=[],
    ),
}


def learn(system, rows):
    """Loss and gradients of some rows of the batch."""
    torch.manual_seed(0)
    system = dict(system)
    learned = system.pop('trainable')
    model = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch=TINY),
            backbone=dict(type='CLIPVisionTower'),
            **system,
            trainable=[
                *learned,
                'cls_head.logit_scale',
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
    for system in SYSTEMS.values():
        loss, grads = learn(system, slice(2 * rank, 2 * rank + 2))
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
@pytest.mark.parametrize('place', range(len(SYSTEMS)), ids=SYSTEMS)
def test_two_processes_equal_one(of_two, place):
    loss, grads = learn([*SYSTEMS.values()][place], slice(None))
    for results in of_two:
        torch.testing.assert_close(results[place][0], loss)
        torch.testing.assert_close(results[place][1], grads)
    grads.pop('cls_head.pooling.k_proj.bias', None)  # a softmax hides it
    assert all(g.abs().sum() > 0 for g in grads.values())
