"""A page to classify videos, search an index and browse reports."""

from vlprompt.late import late_getattr

LATE = {  # they import Gradio
    'build_app': '.app',
    'listen': '.server',
    'serve': '.server',
}
__all__ = [*LATE]
__getattr__ = late_getattr(__name__, LATE)
