"""All processes of MMEngine write the same file about a test at once."""

from .remedy import Remedy


def is_needed() -> bool:
    """Whether the function that writes it is the one for any process."""
    from mmengine.fileio import dump
    from mmengine.hooks import logger_hook

    return logger_hook.dump is dump


def apply() -> None:
    """Have the first process write it alone."""
    from mmengine.dist import master_only
    from mmengine.hooks import logger_hook

    logger_hook.dump = master_only(logger_hook.dump)


REMEDY = Remedy(
    package='mmengine',
    reason='all processes write the log of a test at once',
    is_needed=is_needed,
    apply=apply,
    advice='test in one process',
    after='mmengine.hooks.logger_hook',
)
