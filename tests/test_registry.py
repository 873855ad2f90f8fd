"""The registries, in an interpreter that has imported nothing else."""

import subprocess
import sys

import mmaction.registry
import pytest
from mmengine.registry import Registry

import vlprompt.registry

LOOK_UPS = """
from vlprompt import registry as r
from mmengine.registry import init_default_scope
init_default_scope('vlprompt')
for child, name in (
    (r.MODELS, 'ResNet'), (r.MODELS, 'CLIPVisionTower'),
    (r.MODELS, 'CrossEntropyLoss'), (r.VISUALIZERS, 'ActionVisualizer'),
    (r.VISBACKENDS, 'LocalVisBackend'), (r.TRANSFORMS, 'DecordInit'),
    (r.TRANSFORMS, 'MultiViewSegmentSample'), (r.HOOKS, 'ClassListHook'),
    (r.HOOKS, 'CheckpointHook'), (r.HOOKS, 'VisualizationHook'),
    (r.LOOPS, 'EpochBasedTrainLoop'), (r.METRICS, 'AccMetric'),
    (r.METRICS, 'ScoredAccMetric'), (r.DATASETS, 'RawframeDataset'),
    (r.DATA_SAMPLERS, 'DefaultSampler'), (r.OPTIM_WRAPPERS, 'OptimWrapper'),
    (r.PARAM_SCHEDULERS, 'WarmupCosineLR'), (r.OPTIMIZERS, 'AdamW'),
    (r.LOG_PROCESSORS, 'LogProcessor'), (r.FUNCTION, 'pseudo_collate'),
):
    assert child.get(name) is not None, name
print('all found')
"""


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
