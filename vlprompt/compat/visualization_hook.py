"""MMAction2's hook can draw neither its own inputs nor ours.

It hands its visualizer an argument that this does not take, and expects
inputs without views.
"""

from .remedy import Remedy


def is_needed() -> bool:
    """Whether the visualizer does not take what the hook gives it."""
    import inspect

    from mmaction.engine.hooks.visualization_hook import VisualizationHook
    from mmaction.visualization import ActionVisualizer

    taken = inspect.signature(ActionVisualizer.add_datasample).parameters
    original = 'vlprompt' not in VisualizationHook.__init__.__module__
    return 'show' not in taken and original


def apply() -> None:
    """Leave the argument out, and draw the first view."""
    from mmaction.engine.hooks.visualization_hook import VisualizationHook

    original = VisualizationHook.__init__
    draw = VisualizationHook._draw_samples

    def init(self, *args, **kwargs) -> None:
        original(self, *args, **kwargs)
        self.draw_args.pop('show', None)

    def draw_first(self, batch_idx, data_batch, data_samples, step=0) -> None:
        inputs = [v[0] if v.dim() == 5 else v for v in data_batch['inputs']]
        data_batch = {**data_batch, 'inputs': inputs}
        draw(self, batch_idx, data_batch, data_samples, step)

    VisualizationHook.__init__ = init
    VisualizationHook._draw_samples = draw_first


REMEDY = Remedy(
    package='mmaction2',
    reason='VisualizationHook fails as soon as it draws',
    is_needed=is_needed,
    apply=apply,
    advice='leave VisualizationHook out of the config',
    after='mmaction.engine.hooks.visualization_hook',
)
