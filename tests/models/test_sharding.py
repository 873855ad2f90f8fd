"""Class texts divided among processes: same features, same gradients."""

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from tiny import CLASSES, TINY

from vlprompt.models import (
    ClassTexts,
    CLIPTextTower,
    ViLTPrompts,
    load_clip,
)
from vlprompt.models.towers.sharding import encode_sharded

WORLD = 2
NUM_CLASSES = (1, 4, 5)  # fewer than processes, divisible, not divisible


def setting(num_classes):
    torch.manual_seed(0)
    clip = load_clip(TINY)
    clip.text.double().requires_grad_(False)
    prompts = ViLTPrompts(clip.widths, clip.depths, 3, depth=3, split=2)
    names = CLASSES[:num_classes]
    texts = ClassTexts(clip.tokenizer, '[3] {}.', classes=names)()
    return CLIPTextTower(clip.text), texts, prompts.double()


def loss(features, rank):
    """Each process weighs all classes differently, as its videos would."""
    weights = torch.arange(features.numel()).view_as(features) + 7.0 * rank
    return (features * weights.sin()).sum()


def encode_and_learn(num_classes, ranks):
    """Features, and the gradients of the mean loss of some ranks."""
    tower, texts, prompts = setting(num_classes)
    features = encode_sharded(tower, texts, prompts()['text'])
    (sum(loss(features, r) for r in ranks) / len(ranks)).backward()
    grads = [p.grad for p in prompts.parameters() if p.grad is not None]
    return features.detach(), grads


def work(rank, file, out):
    torch.set_num_threads(1)
    dist.init_process_group(
        'gloo', init_method=f'file://{file}', rank=rank, world_size=WORLD
    )
    results = []
    for num_classes in NUM_CLASSES:
        features, grads = encode_and_learn(num_classes, [rank])
        for grad in grads:  # what DistributedDataParallel does
            dist.all_reduce(grad)
            grad /= WORLD
        results.append((features, grads))
    torch.save(results, f'{out}.{rank}')
    dist.destroy_process_group()


def test_two_processes_equal_one(tmp_path):
    mp.spawn(work, (tmp_path / 'rendezvous', tmp_path / 'out'), nprocs=WORLD)
    for rank in range(WORLD):
        results = torch.load(f'{tmp_path / "out"}.{rank}', weights_only=True)
        for num, theirs in zip(NUM_CLASSES, results, strict=True):
            features, grads = encode_and_learn(num, range(WORLD))
            torch.testing.assert_close(theirs[0], features)
            torch.testing.assert_close(theirs[1], grads)
