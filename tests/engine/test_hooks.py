"""The hooks, on runners that hold just what they read."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import OptimWrapper
from mmengine.runner import IterBasedTrainLoop
from torch.utils.data import DataLoader, Dataset

from vlprompt.datasets.video_class_dataset import BrokenVideo
from vlprompt.engine import (
    BrokenVideosHook,
    ClampLogitScaleHook,
    ClassNamesHook,
    EpochSeedHook,
    SharedTextHook,
)
from vlprompt.errors import UserError


class Named(Dataset):
    def __init__(self, *classes):
        self.metainfo = dict(classes=classes)
        self.seed, self.epoch = 0, None

    def __len__(self):
        return 4

    def __getitem__(self, i):
        return i


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.class_names = None
        self.seen = []
        augment = SimpleNamespace(num_classes=0)
        self.data_preprocessor = SimpleNamespace(
            blending=SimpleNamespace(augments=[augment])
        )

    def set_classes(self, names):
        self.class_names = names
        self.seen.append(names)


def runner(**loaders):
    loaders = {f'{k}_dataloader': DataLoader(v) for k, v in loaders.items()}
    return SimpleNamespace(
        model=Model(),
        seed=3,
        epoch=2,
        train_loop=None,
        **loaders,
        _train_dataloader=loaders.get('train_dataloader'),
    )


def test_class_names_follow_the_loop():
    run = runner(train=Named('a', 'b'), val=Named('a', 'b', 'c'))
    hook = ClassNamesHook()
    hook.before_train(run)
    assert run.model.data_preprocessor.blending.augments[0].num_classes == 2
    hook.before_val_epoch(run)
    hook.after_val_epoch(run)
    assert run.model.seen == [('a', 'b'), ('a', 'b', 'c'), ('a', 'b')]
    hook.before_val_epoch(runner(val=Named('a')))


def test_equal_class_names_are_not_set_again():
    run = runner(train=Named('a'), val=Named('a'))
    hook = ClassNamesHook()
    hook.before_train(run)
    hook.before_val_epoch(run)
    assert len(run.model.seen) == 1


def test_an_epoch_seeds_data_and_process():
    run = runner(train=Named('a'))
    hook = EpochSeedHook()
    hook.before_train_epoch(run)
    assert (run.train_dataloader.dataset.epoch, run.epoch) == (2, 2)
    assert run.train_dataloader.dataset.seed == 3
    first = torch.rand(3)
    hook.before_train_epoch(run)
    assert torch.equal(torch.rand(3), first)
    run.epoch = 3
    hook.before_train_epoch(run)
    assert not torch.equal(torch.rand(3), first)


def test_persistent_workers_are_refused():
    run = runner(train=Named('a'))
    run.train_dataloader = DataLoader(
        Named('a'), num_workers=1, persistent_workers=True
    )
    with pytest.raises(UserError, match='persistent_workers=True'):
        EpochSeedHook().before_train_epoch(run)


def test_an_endless_epoch_does_not_repeat_its_draws():
    run = runner(train=Named('a'))
    run.train_dataloader = DataLoader(
        Named('a'), num_workers=1, persistent_workers=True
    )
    run.train_loop = object.__new__(IterBasedTrainLoop)
    EpochSeedHook().before_train_epoch(run)
    assert run.train_dataloader.dataset.epoch is None


def test_wrapped_data_sets_learn_of_the_epoch():
    class Wrapper(Dataset):
        def __init__(self, *parts):
            self.datasets = parts

        def __len__(self):
            return 8

    parts = Named('a'), Named('a')
    run = runner(train=Wrapper(*parts))
    EpochSeedHook().before_train_epoch(run)
    assert [(part.seed, part.epoch) for part in parts] == [(3, 2)] * 2


def test_broken_videos_are_counted_and_named():
    """By file: what is wrong with it may read otherwise each time."""
    lines = []
    run = SimpleNamespace(logger=SimpleNamespace(warning=lines.append))

    def batch(*files):
        samples = [
            SimpleNamespace(metainfo=dict(broken_videos=[BrokenVideo(*file)]))
            for file in files
        ]
        samples.append(SimpleNamespace(metainfo={}))
        return dict(data_samples=samples)

    hook = BrokenVideosHook(shown=1)
    hook.before_train_epoch(run)
    hook.after_train_iter(run, 0, batch(('a.mp4', 'frame 1'), ('b.mp4', 'x')))
    hook.after_train_iter(run, 1, batch(('a.mp4', 'frame 2')))
    hook.after_train_iter(run, 2, batch())
    hook.after_train_epoch(run)
    assert '3 clips of 2 unreadable videos' in lines[0]
    assert lines[0].endswith('\n  a.mp4 (frame 2)')
    hook.before_train_epoch(run)
    hook.after_train_epoch(run)
    assert len(lines) == 1


def test_the_factor_is_at_most_100():
    scale = torch.nn.Parameter(torch.tensor(5.0))
    head = SimpleNamespace(logit_scale=scale)
    runner = SimpleNamespace(model=SimpleNamespace(cls_head=head))
    ClampLogitScaleHook().after_train_iter(runner, 0)
    assert scale.exp().item() == pytest.approx(100)
    scale.data.fill_(4.0)
    ClampLogitScaleHook().after_train_iter(runner, 0)
    assert scale.item() == 4.0


def test_a_model_is_told_whether_an_update_follows():
    run = runner(train=Named('a'))
    run.model.weight = torch.nn.Parameter(torch.ones(()))
    run.model.text_bank = SimpleNamespace(is_last_micro_batch=None)
    run.optim_wrapper = OptimWrapper(
        torch.optim.SGD(run.model.parameters(), lr=0.1), accumulative_counts=3
    )
    run.optim_wrapper.initialize_count_status(run.model, 0, 5)
    hook, told = SharedTextHook(), []
    for i in range(5):
        hook.before_train_iter(run, i)
        told.append(run.model.text_bank.is_last_micro_batch)
        run.optim_wrapper.update_params(run.model.weight)
    assert told == [False, False, True, False, True]
