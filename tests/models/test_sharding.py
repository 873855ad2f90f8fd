"""Class texts divided among processes: same features, same gradients."""

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from tiny import CLASSES, TINY

from vlprompt.datasets import load_class_names
from vlprompt.models import (
    ClassTexts,
    CLIPTextTower,
    PromptLearner,
    ViLTPrompts,
    distributed,
    load_clip,
)
from vlprompt.models.distributed import encode_sharded

WORLD = 2
NUM_CLASSES = (1, 4, 5)  # fewer than processes, divisible, not divisible
CASES = [
    (num, kind) for num in NUM_CLASSES for kind in ('deep', 'of each class')
]


def make_prompts(clip, num_classes, kind):
    if kind == 'deep':
        return ViLTPrompts(clip.widths, clip.depths, 3, depth=3, split=2)
    text = dict(type='ClassPrompts', num_classes=num_classes)
    return PromptLearner(clip.widths, clip.depths, 3, text=text)


def setting(num_classes, kind):
    torch.manual_seed(0)
    clip = load_clip(TINY)
    clip.text.double().requires_grad_(False)
    prompts = make_prompts(clip, num_classes, kind)
    names = CLASSES[:num_classes]
    texts = ClassTexts(clip.tokenizer, '[3] {}.', classes=names)()
    return CLIPTextTower(clip.text), texts, prompts.double()


def loss(features, rank):
    """Each process weighs all classes differently, as its videos would."""
    weights = torch.arange(features.numel()).view_as(features) + 7.0 * rank
    return (features * weights.sin()).sum()


def encode_and_learn(num_classes, kind, ranks):
    """Features, and the gradients of the mean loss of some ranks."""
    tower, texts, prompts = setting(num_classes, kind)
    made = prompts(texts.slots)['text']
    features = encode_sharded(tower, texts, made)
    (sum(loss(features, r) for r in ranks) / len(ranks)).backward()
    grads = [p.grad for p in prompts.parameters() if p.grad is not None]
    return features.detach(), grads


def work(rank, file, out):
    torch.set_num_threads(1)
    dist.init_process_group(
        'gloo', init_method=f'file://{file}', rank=rank, world_size=WORLD
    )
    results = []
    for case in CASES:
        features, grads = encode_and_learn(*case, [rank])
        for grad in grads:  # what DistributedDataParallel does
            dist.all_reduce(grad)
            grad /= WORLD
        results.append((features, grads))
    torch.save(results, f'{out}.{rank}')
    dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_equal_one(tmp_path):
    mp.spawn(work, (tmp_path / 'rendezvous', tmp_path / 'out'), nprocs=WORLD)
    for rank in range(WORLD):
        results = torch.load(f'{tmp_path / "out"}.{rank}', weights_only=True)
        for case, theirs in zip(CASES, results, strict=True):
            features, grads = encode_and_learn(*case, range(WORLD))
            assert grads
            torch.testing.assert_close(theirs[0], features)
            torch.testing.assert_close(theirs[1], grads)


@pytest.mark.parametrize('world', [2, 3, 8])
def test_each_process_encodes_its_share_of_the_tokens(monkeypatch, world):
    """No class twice, features in the order of the classes."""
    tokenizer = load_clip(TINY).tokenizer
    names = load_class_names('ssv2')
    texts = ClassTexts(tokenizer, '[16] {}.', classes=names)()
    lengths, parts, given = texts.remainders(), [], []

    def gather(own):
        parts.append(own)
        return own.repeat(world, 1)

    def encode(texts, prompts):
        """A text's first five words stand for its features."""
        given.append(sum(texts.remainders()))
        return texts.ids[:, 17:22].float()

    monkeypatch.setattr(distributed, 'get_world_size', lambda: world)
    monkeypatch.setattr(distributed, 'gather', gather)
    for rank in range(world):
        monkeypatch.setattr(distributed, 'get_rank', lambda rank=rank: rank)
        encode_sharded(encode, texts, None)
    assert sum(given) == sum(lengths)
    assert max(given) - min(given) <= min(lengths)
    monkeypatch.setattr(distributed, 'gather', lambda own: torch.cat(parts))
    features = encode_sharded(encode, texts, None)
    assert torch.equal(features, texts.ids[:, 17:22].float())
