"""What each fault looks like: a function each that raises while it is there.

As a program: run each without and with its remedy, print both as JSON.
"""

import importlib
import importlib.metadata
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path
from types import SimpleNamespace


def forget(*names):
    """Have modules imported anew."""
    for name in names:
        sys.modules.pop(name, None)


def mmcv_version():
    import mmcv

    version = mmcv.__version__
    mmcv.__version__ = '2.2.0'
    forget('mmaction')
    try:
        importlib.import_module('mmaction')
    finally:
        mmcv.__version__ = version


def two_mmcvs():
    distribution = importlib.metadata.distribution('mmcv-lite')
    assert distribution.read_text('top_level.txt').strip() != 'mmcv'


def two_opencvs():
    names = ('opencv-python', 'opencv-contrib-python')
    wanted = [
        requirement
        for package in ('mmengine', 'mmaction2')
        for requirement in importlib.metadata.requires(package)
    ]
    files = [
        {str(f) for f in importlib.metadata.files(name)}
        for name in names
        if any(w.startswith(name) for w in wanted)
    ]
    assert len(files) < 2 or 'cv2/__init__.py' not in set.intersection(*files)


def torchvision_operators():
    forget('torchvision')
    importlib.import_module('torchvision')


def mmcv_lite_warning(said=[]):  # noqa: B006, it is imported once
    name = 'mmcv.cnn.bricks.transformer'
    if name not in sys.modules:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            importlib.import_module(name)
        said += [w.message for w in caught if 'Attention' in str(w.message)]
    with warnings.catch_warnings(record=True) as caught:
        for message in said:
            warnings.warn(message, stacklevel=1)
    assert not caught, caught[0].message


def metadata_backport():
    forget('mmaction.utils.dependency')
    importlib.import_module('mmaction.utils.dependency')


def missing_drn():
    importlib.import_module('mmaction.models.localizers')


def new_transformers():
    import mmaction
    from mmaction.utils import dependency

    folder = Path(mmaction.__file__).parent / 'models/multimodal/vindlu'
    text = (folder / 'modeling_bert.py').read_text()
    on = dependency.WITH_MULTIMODAL
    assert not on or 'apply_chunking_to_forward' not in text


def fake_transformers(folder):
    """Install something like transformers 5, if MMAction2 looks for it."""
    package, facts = (
        folder / 'transformers',
        folder / 'transformers-5.dist-info',
    )
    package.mkdir(parents=True)
    facts.mkdir()
    (package / '__init__.py').touch()
    (package / 'modeling_utils.py').write_text('class PreTrainedModel: pass')
    (facts / 'METADATA').write_text('Name: transformers\nVersion: 5.0.0\n')
    sys.path.insert(0, str(folder))


def new_moviepy():
    import mmaction

    folder = Path(mmaction.__file__).parent / 'visualization'
    text = (folder / 'video_backend.py').read_text()
    assert 'moviepy.editor' not in text


def color_jitter():
    import numpy as np
    from mmaction.datasets.transforms import ColorJitter

    image = np.full((2, 2, 3), (200, 30, 30), np.uint8)
    turned = ColorJitter.adjust_hue(image, -0.1)
    assert np.abs(turned - image).max() > 20
    back = ColorJitter.adjust_hue(turned, 0.1)
    assert np.abs(back - image).max() <= 4


def visualization_hook():
    import torch
    from mmaction.engine.hooks import VisualizationHook
    from mmaction.structures import ActionDataSample
    from mmaction.visualization import ActionVisualizer

    with tempfile.TemporaryDirectory() as folder:
        ActionVisualizer.get_instance(
            f'visualizer{len(ActionVisualizer._instance_dict)}',
            vis_backends=[dict(type='mmaction.LocalVisBackend')],
            save_dir=folder,
        )
        hook = VisualizationHook(enable=True, interval=1)
        sample = ActionDataSample().set_gt_label(1)
        sample.set_pred_score(torch.tensor([0.2, 0.8])).set_pred_label(1)
        video = torch.zeros(3, 2, 32, 32, dtype=torch.uint8)
        for inputs in (video, video[None]):  # without views, and with
            hook._draw_samples(0, dict(inputs=[inputs]), [sample])
        assert list(Path(folder).rglob('*.png'))


def safe_checkpoints():
    import torch
    from mmengine.logging import HistoryBuffer
    from mmengine.runner.checkpoint import CheckpointLoader

    with tempfile.TemporaryDirectory() as folder:
        path = f'{folder}/a.pth'
        hub = HistoryBuffer([1.0], [1])
        weights = {'a': torch.zeros(1)}
        torch.save(dict(state_dict=weights, message_hub=hub), path)
        loaded = CheckpointLoader.load_checkpoint(path)
    assert loaded['message_hub'].current() == 1


def amp_on_cpu():
    import torch
    from mmengine.optim import AmpOptimWrapper

    parameter = torch.nn.Parameter(torch.zeros(1))
    AmpOptimWrapper(optimizer=torch.optim.SGD([parameter], lr=1))


def optimizer_shards():
    """Saving, which one process does, must not send: who would receive?"""
    from mmengine.optim import ZeroRedundancyOptimizer
    from mmengine.runner import Runner

    alone = hasattr(Runner.save_checkpoint, '__wrapped__')
    code = ZeroRedundancyOptimizer.state_dict.__code__
    assert not (alone and 'consolidate_state_dict' in code.co_names)


def logs_of_tests():
    from mmengine.dist import utils
    from mmengine.hooks import LoggerHook

    hook = LoggerHook()
    hook.json_log_path = 'log.json'
    processor = SimpleNamespace(
        get_log_after_epoch=lambda *_, **__: (dict(time=1.0), '')
    )
    get_rank = utils.get_rank
    with tempfile.TemporaryDirectory() as folder:
        runner = SimpleNamespace(
            log_processor=processor,
            test_dataloader=[],
            logger=SimpleNamespace(info=str),
            log_dir=folder,
        )
        for rank in (0, 1):
            file = Path(folder, 'log.json')
            file.unlink(missing_ok=True)
            utils.get_rank = lambda group=None, rank=rank: rank
            try:
                hook.after_test_epoch(runner)
            finally:
                utils.get_rank = get_rank
            assert file.exists() == (rank == 0)


def package_paths():
    from mmengine.hub import hub
    from mmengine.utils import get_installed_path, is_installed

    assert Path(get_installed_path('mmaction2')).name == 'mmaction'
    assert Path(hub.get_installed_path('mmengine')).name == 'mmengine'
    assert is_installed('mmcv-lite')
    assert is_installed('numpy')
    assert not is_installed('nothing_of_this_name')


def files_in_place():
    """A drive that is full after some bytes of a second checkpoint."""
    import resource
    import signal

    from mmengine.fileio import LocalBackend

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, 'new/a.pth')
        LocalBackend().put(b'whole', file)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            LocalBackend().put(bytes(10000), file)
        except OSError:
            assert file.read_bytes() == b'whole'
        else:
            raise AssertionError('it has been written')
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        LocalBackend().put_text('text', file)
        assert file.read_text() == 'text'


def configs_in_place():
    """A drive that is full after some bytes of a second config."""
    import resource

    from mmengine.config import Config

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, 'a.py')
        Config(dict(a=1)).dump(file.as_posix())
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            Config(dict(a='x' * 10000)).dump(file.as_posix())
        except OSError:
            assert file.read_text() == 'a = 1\n'
        else:
            raise AssertionError('it has been written')
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


def checkpoint_order():
    """Saving fails: what was there before must still be there."""
    from collections import deque

    from mmengine.fileio import LocalBackend
    from mmengine.hooks import CheckpointHook

    def save(folder, name, *args, **kwargs):
        if name == 'epoch_2.pth':
            raise OSError('full')
        Path(folder, name).touch()

    with tempfile.TemporaryDirectory() as folder:
        hook = CheckpointHook(max_keep_ckpts=1, out_dir=folder)
        runner = SimpleNamespace(
            work_dir=folder,
            save_checkpoint=save,
            message_hub=SimpleNamespace(update_info=lambda *args: None),
            logger=SimpleNamespace(info=str),
        )
        hook.file_backend, hook.keep_ckpt_ids = LocalBackend(), deque()
        hook.filename_tmpl = 'epoch_{}.pth'
        note = Path(folder, 'last_checkpoint')
        for step in (0, 1):
            hook._save_checkpoint_with_step(runner, step, {})
        assert note.read_text() == f'{folder}/epoch_1.pth'
        names = sorted(path.name for path in Path(folder).iterdir())
        assert names == ['epoch_1.pth', 'last_checkpoint'], names
        try:
            hook._save_checkpoint_with_step(runner, 2, {})
        except OSError:
            assert Path(folder, 'epoch_1.pth').exists()


def mlflow_store():
    from mmengine.logging import MMLogger
    from mmengine.visualization import MLflowVisBackend

    MMLogger.get_instance('mlflow_store')
    with tempfile.TemporaryDirectory() as folder:
        try:
            mlflow = MLflowVisBackend(save_dir=folder).experiment
            assert mlflow.get_experiment_by_name('Default')
        finally:
            os.environ.pop('MLFLOW_TRACKING_URI', None)  # MLflow has set it


def outcome(function):
    """The error that a function raises, or None."""
    try:
        function()
    except Exception as error:
        return f'{type(error).__name__}: {error}'
    return None


def main(folder):
    from vlprompt.compat import REMEDIES

    fake_transformers(folder)
    # As if they were not installed.
    sys.modules['importlib_metadata'] = sys.modules['pkg_resources'] = None
    report = {}
    for remedy in sorted(REMEDIES, key=_turn):
        symptom = globals()[remedy.name]
        before, needed = outcome(symptom), remedy.is_needed()
        for _ in range(2):  # again where it still says that it is needed
            if remedy.apply and remedy.is_needed():
                remedy.apply()
        after = outcome(symptom)
        report[remedy.name] = dict(before=before, needed=needed, after=after)
    print(json.dumps(report))


def _turn(remedy):
    """First those that are about modules which the others import."""
    first = (
        'torchvision_operators',
        'mmcv_lite_warning',
        'metadata_backport',
        'new_transformers',
    )
    return first.index(remedy.name) if remedy.name in first else len(first)


if __name__ == '__main__':
    main(Path(sys.argv[1]))
