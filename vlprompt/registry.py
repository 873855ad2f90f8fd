"""One child of each of MMAction2's registries, with scope ``vlprompt``.

A config with ``default_scope='vlprompt'`` may name parts of this package, of
MMAction2 and of MMEngine without a prefix.  Looking a name up in a child
does not import the parent's modules, hence every child lists them itself.
"""

from mmaction import registry as mmaction
from mmengine.registry import Registry

from .datasets import LATE


def _child(parent: Registry, *locations: str) -> Registry:
    return Registry(
        parent.name, parent=parent, scope='vlprompt', locations=locations
    )


def _engine(parent: Registry) -> Registry:
    return _child(parent, 'vlprompt.engine', *parent._locations)


def _datasets(parent: Registry) -> Registry:
    modules = sorted({f'vlprompt.datasets{file}' for file in LATE.values()})
    return _child(parent, *modules, *parent._locations)


def _models(parent: Registry) -> Registry:
    return _child(parent, 'vlprompt.models', *parent._locations)


def _evaluation(parent: Registry) -> Registry:
    return _child(parent, 'vlprompt.evaluation', *parent._locations)


RUNNERS = _engine(mmaction.RUNNERS)
RUNNER_CONSTRUCTORS = _engine(mmaction.RUNNER_CONSTRUCTORS)
LOOPS = _engine(mmaction.LOOPS)
HOOKS = _engine(mmaction.HOOKS)
OPTIMIZERS = _engine(mmaction.OPTIMIZERS)
OPTIM_WRAPPERS = _engine(mmaction.OPTIM_WRAPPERS)
OPTIM_WRAPPER_CONSTRUCTORS = _engine(mmaction.OPTIM_WRAPPER_CONSTRUCTORS)
PARAM_SCHEDULERS = _engine(mmaction.PARAM_SCHEDULERS)
LOG_PROCESSORS = _engine(mmaction.LOG_PROCESSORS)
DATASETS = _datasets(mmaction.DATASETS)
DATA_SAMPLERS = _datasets(mmaction.DATA_SAMPLERS)
TRANSFORMS = _datasets(mmaction.TRANSFORMS)
MODELS = _models(mmaction.MODELS)
MODEL_WRAPPERS = _models(mmaction.MODEL_WRAPPERS)
WEIGHT_INITIALIZERS = _models(mmaction.WEIGHT_INITIALIZERS)
TASK_UTILS = _models(mmaction.TASK_UTILS)
TOKENIZER = _models(mmaction.TOKENIZER)
METRICS = _evaluation(mmaction.METRICS)
EVALUATOR = _evaluation(mmaction.EVALUATOR)
VISUALIZERS = _child(mmaction.VISUALIZERS, *mmaction.VISUALIZERS._locations)
VISBACKENDS = _child(
    mmaction.VISBACKENDS,
    'vlprompt.tracking.tracker',
    *mmaction.VISBACKENDS._locations,
)
INFERENCERS = _child(mmaction.INFERENCERS, *mmaction.INFERENCERS._locations)
# MMAction2 names a module here that it does not have.
FUNCTION = _child(mmaction.FUNCTION)
