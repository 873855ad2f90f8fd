"""Which optional package is missing, and how it is installed."""

import re

# Modules by the extra of this library that has them.
EXTRAS = {
    'sklearn': 'analysis',
    'onnx': 'export',
    'onnxruntime': 'export',
    'onnxscript': 'export',
    'ray': 'ray',
    'faiss': 'search',
    'pyarrow': 'search',
    'submitit': 'slurm',
    'mlflow': 'track',
    'tensorboard': 'track',
    'wandb': 'track',
    'transformers': 'tokenizers',
    'decord': 'video',
    'gradio': 'web',
}
# What MMEngine and MMAction2 say in the place of Python's message, which has
# the name in quotes.
ADVICE = re.compile(r'pip install "?(?:future )?([\w-]+)|install (\w+) to use')
MODULE = re.compile(r"No module named '([\w.]+)'")


def missing_package_line(error: ImportError) -> str | None:
    """The line for a package that cannot be imported.

    Returns:
        The line; None if it is a module of this library, which is a bug.
    """
    text = ' '.join(str(error).split())
    name = (_module(error, text) or '').partition('.')[0]
    if name == 'vlprompt':
        return None
    if name in EXTRAS:
        extra = f"pip install 'vlprompt[{EXTRAS[name]}]'"
        return f'this needs {name}, which cannot be imported: {extra}'
    return f'{text} (`vlprompt env` says how to fix that)'


def _module(error: ImportError, text: str) -> str | None:
    if match := MODULE.search(text):
        return match[1]
    if match := ADVICE.search(text):
        return match[1] or match[2]
    return error.name
