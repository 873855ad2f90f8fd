"""Which commands there are, where they are, and what they are for."""

from typing import NamedTuple


class Command(NamedTuple):
    """A command.

    Attributes:
        name: What one types, with a family in front if there is one.
        module: Where it is.
        purpose: The first line of the module's docstring.
    """

    name: str
    module: str
    purpose: str


GROUPS = {
    'Start': (
        Command(
            'demo',
            'vlprompt.cli.demo',
            'Train and evaluate a model in the toy world.',
        ),
        Command(
            'env',
            'vlprompt.cli.env',
            'Check the installed packages and say how to fix them.',
        ),
        Command(
            'models',
            'vlprompt.cli.models',
            'List the models of all methods.',
        ),
        Command(
            'models copy', 'vlprompt.cli.models_copy', 'Copy a config to edit.'
        ),
        Command(
            'models show', 'vlprompt.cli.models_show', 'Describe a model.'
        ),
        Command(
            'models push',
            'vlprompt.cli.models_push',
            'Share a model, as a folder or on the Hub.',
        ),
    ),
    'Use a model': (
        Command(
            'classify',
            'vlprompt.cli.classify',
            'Tell what videos show, by class names of your own.',
        ),
        Command(
            'index',
            'vlprompt.cli.index',
            'Embed the videos of a folder, to search them.',
        ),
        Command(
            'search',
            'vlprompt.cli.search',
            'Find videos, and times in them, by a text or a video.',
        ),
        Command(
            'embed',
            'vlprompt.cli.embed',
            'Write the embeddings of videos, an array for each.',
        ),
        Command(
            'export',
            'vlprompt.cli.export',
            'Write a model for ONNX, torch.export or open_clip.',
        ),
        Command(
            'web',
            'vlprompt.cli.web',
            'Open a page to classify, search and browse reports.',
        ),
    ),
    'Train and test': (
        Command('train', 'vlprompt.cli.train', 'Train a model.'),
        Command('test', 'vlprompt.cli.test', 'Evaluate a model.'),
        Command(
            'convert', 'vlprompt.cli.convert', 'Convert published weights.'
        ),
        Command(
            'interpolate',
            'vlprompt.cli.interpolate',
            'Average checkpoints, and mix in pretrained CLIP.',
        ),
    ),
    'Run an evaluation protocol, from trainings to the table': (
        Command(
            'eval fully-supervised',
            'vlprompt.protocols.fully_supervised',
            'Train and test on all classes.',
        ),
        Command(
            'eval zero-shot',
            'vlprompt.protocols.zero_shot',
            'Test on classes that were not trained on.',
        ),
        Command(
            'eval few-shot',
            'vlprompt.protocols.few_shot',
            'Train on a few videos of each class.',
        ),
        Command(
            'eval base-to-novel',
            'vlprompt.protocols.base_to_novel',
            'Train on half of the classes, test on both halves.',
        ),
        Command(
            'eval retrieval',
            'vlprompt.protocols.retrieval',
            'Rank videos by text and texts by video.',
        ),
        Command(
            'eval compare',
            'vlprompt.protocols.compare',
            'Test several models on the same videos.',
        ),
        Command(
            'reproduce',
            'vlprompt.cli.reproduce',
            'Run a table of a paper: measured beside published.',
        ),
    ),
    'Analyze a model': (
        Command(
            'report',
            'vlprompt.cli.report',
            'Make one HTML page of runs and their mistakes.',
        ),
        Command(
            'analyze attention',
            'vlprompt.cli.analyze_attention',
            'Draw where models look in a video.',
        ),
        Command(
            'analyze complexity',
            'vlprompt.cli.analyze_complexity',
            'Count operations and parameters of models.',
        ),
        Command(
            'analyze confusion',
            'vlprompt.cli.analyze_confusion',
            'Show which classes a model confuses.',
        ),
        Command(
            'analyze tsne',
            'vlprompt.cli.analyze_tsne',
            'Draw the embeddings of a test set by t-SNE.',
        ),
        Command(
            'analyze mmaction2',
            'vlprompt.cli.analyze_mmaction2',
            "Run one of MMAction2's own tools.",
        ),
    ),
    'Prepare data': (
        Command(
            'data check',
            'vlprompt.cli.data_check',
            'Check a list and its videos.',
        ),
        Command(
            'data split',
            'vlprompt.cli.data_split',
            'Make or verify the splits of the protocols.',
        ),
        Command(
            'data cache',
            'vlprompt.cli.data_cache',
            'Store the decoded frames of videos.',
        ),
        Command(
            'data features',
            'vlprompt.cli.data_features',
            'Store what a frozen vision tower makes of videos.',
        ),
        Command(
            'data descriptions',
            'vlprompt.cli.data_descriptions',
            'Give published descriptions the names of classes.',
        ),
        Command(
            'data retrieval',
            'vlprompt.cli.data_retrieval',
            'Write the lists of a retrieval data set.',
        ),
    ),
    'Toy world': (
        Command(
            'toy world',
            'vlprompt.cli.toy_world',
            'Make the toy world and its CLIP.',
        ),
        Command(
            'toy zoo',
            'vlprompt.cli.toy_zoo',
            'Compare all methods in the toy world.',
        ),
    ),
}
COMMANDS = {
    command.name: command for group in GROUPS.values() for command in group
}
FAMILIES = {name.split()[0] for name in COMMANDS if ' ' in name}
