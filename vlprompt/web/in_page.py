"""Errors as one line in the page."""

import functools
import html
import inspect
import traceback
from collections.abc import Callable
from typing import Any

from vlprompt.user_messages import error_line

OF_OURS = 'this is a bug: the terminal in which `vlprompt web` runs says more'
SHOWN = 30  # seconds


def in_page(function: Callable) -> Callable:
    """Have a function of the page fail with one line, and without a trace.

    Args:
        function: What a button calls.  With an argument ``progress`` it can
            show how far it is.

    Returns:
        The same with errors as the page shows them.
    """
    import gradio as gr

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            line = error_line(error)
            if line is None:
                traceback.print_exc()
            # What is given is taken for HTML.
            text = html.escape(line or OF_OURS, quote=False)
            raise gr.Error(
                text, duration=SHOWN, print_exception=False
            ) from error

    signature = inspect.signature(function)
    arguments = [
        # Gradio knows it by its value.
        argument.replace(default=gr.Progress())
        if name == 'progress'
        else argument
        for name, argument in signature.parameters.items()
    ]
    call.__signature__ = signature.replace(parameters=arguments)
    return call


def silent(*args: Any, **kwargs: Any) -> None:
    """What is told of progress where nobody looks."""
