"""The registries, in an interpreter that has imported nothing else."""

import re
import subprocess
import sys

import mmaction.registry
import pytest
from mmengine.registry import Registry

import vlprompt.datasets
import vlprompt.engine
import vlprompt.evaluation
import vlprompt.models
import vlprompt.registry

LOOK_UPS = """
from vlprompt import registry as r
from mmengine.registry import init_default_scope
init_default_scope('vlprompt')
for child, name in (
    (r.MODELS, 'ResNet'), (r.MODELS, 'CLIPVisionTower'),
    (r.MODELS, 'CrossEntropyLoss'), (r.VISUALIZERS, 'ActionVisualizer'),
    (r.VISBACKENDS, 'LocalVisBackend'), (r.TRANSFORMS, 'DecordInit'),
    (r.TRANSFORMS, 'MultiViewSegmentSample'), (r.HOOKS, 'ClassNamesHook'),
    (r.HOOKS, 'CheckpointHook'), (r.HOOKS, 'VisualizationHook'),
    (r.LOOPS, 'EpochBasedTrainLoop'), (r.METRICS, 'AccMetric'),
    (r.METRICS, 'CountedAccMetric'), (r.DATASETS, 'RawframeDataset'),
    (r.DATA_SAMPLERS, 'DefaultSampler'), (r.OPTIM_WRAPPERS, 'OptimWrapper'),
    (r.PARAM_SCHEDULERS, 'WarmupCosineLR'), (r.OPTIMIZERS, 'AdamW'),
    (r.LOG_PROCESSORS, 'LogProcessor'), (r.FUNCTION, 'pseudo_collate'),
):
    assert child.get(name) is not None, name
print('all found')
"""


# A registry, the package that exports its classes, and where these are.
HOMES = [
    (vlprompt.registry.DATASETS, vlprompt.datasets, 'datasets'),
    (vlprompt.registry.HOOKS, vlprompt.engine, 'engine/hooks'),
    (vlprompt.registry.METRICS, vlprompt.evaluation, 'evaluation'),
    (vlprompt.registry.MODELS, vlprompt.models, 'models'),
    (vlprompt.registry.PARAM_SCHEDULERS, vlprompt.engine, 'engine'),
    (vlprompt.registry.TRANSFORMS, vlprompt.datasets, 'datasets/transforms'),
]

# What configs and checkpoints of earlier versions may say.
RENAMED = [
    (vlprompt.registry.TRANSFORMS, 'FirstSeconds', 'KeepFirstSeconds'),
    (vlprompt.registry.TRANSFORMS, 'SecondsSample', 'FixedFPSSample'),
    (vlprompt.registry.METRICS, 'ScoredAccMetric', 'CountedAccMetric'),
    (vlprompt.registry.HOOKS, 'RetrievalHook', 'HeadSimilarityHook'),
    (vlprompt.registry.HOOKS, 'AccumulationHook', 'SharedTextHook'),
    (vlprompt.registry.HOOKS, 'ClassListHook', 'ClassNamesHook'),
    (vlprompt.registry.HOOKS, 'ListCheckHook', 'TrainValOverlapHook'),
    (vlprompt.registry.MODELS, 'CandidateTexts', 'SampledClassTexts'),
    (vlprompt.registry.MODELS, 'LabelTexts', 'BatchLabelTexts'),
    (vlprompt.registry.MODELS, 'SameClassKLLoss', 'SoftTargetKLLoss'),
    (vlprompt.registry.MODELS, 'PairLoss', 'SymmetricContrastiveLoss'),
    (vlprompt.registry.MODELS, 'InBatchHead', 'ContrastiveHead'),
]


def registries(module):
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, Registry) and not name.startswith('MMENGINE_')
    }


def test_every_registry_of_mmaction2_has_a_child():
    parents = registries(mmaction.registry)
    children = registries(vlprompt.registry)
    assert set(children) == set(parents)
    for name, child in children.items():
        assert child.parent is parents[name]
        assert child.scope == 'vlprompt'


def test_names_of_all_three_packages_resolve():
    done = subprocess.run(
        [sys.executable, '-c', LOOK_UPS], capture_output=True, text=True
    )
    assert done.stdout.strip() == 'all found', done.stderr


def test_an_unknown_name_is_an_error():
    with pytest.raises(KeyError, match='MeenPooler'):
        vlprompt.registry.MODELS.build(dict(type='MeenPooler'))


@pytest.mark.parametrize(('registry', 'package', '_'), HOMES)
def test_every_registered_class_is_exported(registry, package, _):
    registry.import_from_location()
    ours = {
        cls
        for cls in registry.module_dict.values()
        if cls.__module__.startswith('vlprompt.')
    }
    assert ours
    for cls in ours:
        assert cls.__name__ in package.__all__
        assert getattr(package, cls.__name__) is cls


@pytest.mark.parametrize(('registry', '_', 'folder'), HOMES)
def test_every_class_that_is_to_be_registered_is(
    registry, _, folder, repository
):
    """A file that its folder's ``__init__`` forgets is not found."""
    registry.import_from_location()
    known = {cls.__name__ for cls in registry.module_dict.values()}
    mark = rf'@{registry_name(registry)}\.register_module\(.*?\)\nclass (\w+)'
    found = [
        name
        for path in (repository / 'vlprompt' / folder).rglob('*.py')
        for name in re.findall(mark, path.read_text(), re.DOTALL)
    ]
    assert found and set(found) <= known


def registry_name(registry):
    """What a registry is called in ``vlprompt.registry``."""
    named = registries(vlprompt.registry).items()
    return next(name for name, value in named if value is registry)


@pytest.mark.parametrize(('registry', 'old', 'new'), RENAMED)
def test_old_names_are_understood(registry, old, new):
    assert registry.get(old) is registry.get(new)
    assert registry.get(old).__name__ == new
