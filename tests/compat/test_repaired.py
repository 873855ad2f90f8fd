"""What is repaired, in use, and that its protections still hold."""

import pickle
import sys

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.logging import HistoryBuffer
from mmengine.model import BaseModel
from mmengine.optim import AmpOptimWrapper
from mmengine.runner import Runner
from mmengine.runner.checkpoint import CheckpointLoader
from torch.utils.data import Dataset

from vlprompt.compat.missing_drn import DRN
from vlprompt.compat.safe_checkpoints import get_statistic
from vlprompt.errors import UserError


def test_drn_is_refused_when_it_is_built():
    import mmaction.models.localizers as localizers

    module = sys.modules['mmaction.models.localizers.drn.drn']
    if module.DRN is DRN:  # not MMAction2's
        with pytest.raises(ImportError, match='install mmaction2 from'):
            module.DRN()
    assert localizers.BMN


class Tiny(BaseModel):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(2, 1)

    def forward(self, x, mode='tensor'):
        return dict(loss=self.linear(torch.stack(x)).square().mean())


class Noise(Dataset):
    metainfo = dict(classes=('a',))

    def __len__(self):
        return 4

    def __getitem__(self, i):
        return dict(x=torch.full((2,), float(i)))


def run(folder, epochs, **kwargs):
    runner = Runner(
        model=Tiny(),
        work_dir=str(folder),
        train_dataloader=dict(
            dataset=Noise(), batch_size=2, sampler=dict(type='DefaultSampler')
        ),
        train_cfg=dict(by_epoch=True, max_epochs=epochs),
        optim_wrapper=kwargs.pop(
            'optim_wrapper', dict(optimizer=dict(type='SGD', lr=0.1))
        ),
        default_hooks=dict(logger=dict(type='LoggerHook', interval=1)),
        experiment_name=f'{folder.name}_{epochs}',
        log_level='ERROR',
        randomness=dict(seed=0),
        **kwargs,
    )
    runner.train()
    return runner


def test_mmengine_resumes_under_weights_only(tmp_path):
    torch.manual_seed(0)
    run(tmp_path, 2)
    runner = run(tmp_path, 3, resume=True)
    assert runner.epoch == 3
    history = runner.message_hub.get_scalar('train/loss')
    assert isinstance(history, HistoryBuffer)
    assert len(history.data[0]) == 6


def test_scalars_and_arrays_of_numpy_are_read(tmp_path):
    content = dict(
        state_dict={'a': torch.zeros(1)},
        best=np.float64(0.5),
        history=np.arange(3),
        single=np.float32(1),
    )
    torch.save(content, tmp_path / 'a.pth')
    loaded = CheckpointLoader.load_checkpoint(str(tmp_path / 'a.pth'))
    assert loaded['best'] == 0.5
    assert loaded['history'].tolist() == [0, 1, 2]


class Evil:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    'call',
    [
        (eval, ('1 + 1',)),
        (getattr, (dict, 'fromkeys')),
        (getattr, (HistoryBuffer, '__init__')),
    ],
)
def test_a_malicious_checkpoint_is_refused(tmp_path, call):
    torch.save(dict(state_dict=Evil(*call)), tmp_path / 'evil.pth')
    with pytest.raises(UserError, match='evil.pth holds no weights.*not read'):
        CheckpointLoader.load_checkpoint(str(tmp_path / 'evil.pth'))


def test_damaged_and_missing_checkpoints_are_one_line(tmp_path):
    torch.save(dict(a=torch.zeros(999)), tmp_path / 'half.pth')
    content = (tmp_path / 'half.pth').read_bytes()
    (tmp_path / 'half.pth').write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match='half.pth is cut off'):
        CheckpointLoader.load_checkpoint(str(tmp_path / 'half.pth'))
    with pytest.raises(UserError, match='no checkpoint at /nowhere.pth'):
        CheckpointLoader.load_checkpoint('/nowhere.pth')


def test_only_the_statistics_of_a_history_are_looked_up():
    assert get_statistic(HistoryBuffer, 'mean')
    with pytest.raises(pickle.UnpicklingError):
        get_statistic(HistoryBuffer, '__reduce__')
    with pytest.raises(pickle.UnpicklingError):
        get_statistic(dict, 'mean')


@pytest.mark.skipif(torch.cuda.is_available(), reason='MMEngine does it')
@pytest.mark.parametrize('bf16', [True, False])
def test_mixed_precision_trains_on_cpu(tmp_path, monkeypatch, bf16):
    """In bf16 if the processor has it or the config says so."""
    names = ['avx512_bf16'] if bf16 else []
    where = 'vlprompt.hardware.bf16_instructions'
    monkeypatch.setattr(where, lambda: names)
    seen = []
    wrapper = dict(type='AmpOptimWrapper', optimizer=dict(type='SGD', lr=0.1))
    hook = Tiny.forward

    def forward(self, x, mode='tensor'):
        seen.append(torch.is_autocast_enabled('cpu'))
        return hook(self, x, mode)

    Tiny.forward = forward
    try:
        run(tmp_path, 1, optim_wrapper=wrapper)
    finally:
        Tiny.forward = hook
    assert seen == [bf16, bf16]
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1)
    for dtype in ('bfloat16', torch.bfloat16):
        amp = AmpOptimWrapper(optimizer=optimizer, dtype=dtype)
        assert amp.cast_dtype == torch.bfloat16


def test_configs_of_the_package_resolve(repository, tmp_path):
    """In a checkout that was not installed, too."""
    from mmengine.utils import get_installed_path

    assert get_installed_path('vlprompt') == str(repository / 'vlprompt')
    path = tmp_path / 'mine.py'
    path.write_text("_base_ = ['vlprompt::clip/clip_toy.py']")
    assert Config.fromfile(path).model.type == 'VideoTextRecognizer'
