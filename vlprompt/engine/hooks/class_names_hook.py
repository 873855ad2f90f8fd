"""Class names follow the data set."""

from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from vlprompt.registry import HOOKS

from ..unwrap import unwrap


@HOOKS.register_module(name=['ClassNamesHook', 'ClassListHook'])
class ClassNamesHook(Hook):
    """Gives a recognizer the class names of the data set it is run on.

    Before training, validation and testing it calls ``set_classes`` with
    ``metainfo['classes']`` of that loop's data set, and after a validation
    with that of training again.  The number of training classes is set on
    MMAction2's mixup and cutmix.  Other models are left alone.
    """

    def before_train(self, runner: Runner) -> None:
        """Take the classes of the training data."""
        names = _set_classes(runner, runner.train_dataloader)
        model = unwrap(runner.model)
        blending = getattr(model.data_preprocessor, 'blending', None)
        for augment in (blending, *getattr(blending, 'augments', ())):
            if names and hasattr(augment, 'num_classes'):
                augment.num_classes = len(names)

    def before_val_epoch(self, runner: Runner) -> None:
        """Take the classes of the validation data."""
        _set_classes(runner, runner.val_dataloader)

    def after_val_epoch(
        self, runner: Runner, metrics: dict | None = None
    ) -> None:
        """Take the classes of the training data again."""
        if isinstance(runner._train_dataloader, DataLoader):
            _set_classes(runner, runner.train_dataloader)

    def before_test_epoch(self, runner: Runner) -> None:
        """Take the classes of the test data."""
        _set_classes(runner, runner.test_dataloader)


def _set_classes(runner: Runner, loader: DataLoader) -> tuple[str, ...]:
    names = tuple(getattr(loader.dataset, 'metainfo', {}).get('classes', ()))
    model = unwrap(runner.model)
    known = getattr(model, 'class_names', ())
    if hasattr(model, 'set_classes') and names and names != known:
        model.set_classes(names)
    return names
