"""The flags that say which model is used."""

from argparse import ArgumentParser, _ActionsContainer


def add_model_arguments(parser: ArgumentParser) -> None:
    """Add the flags of a model that is run here."""
    group = parser.add_argument_group('model')
    group.add_argument(
        '--model',
        help='a name that `vlprompt models` lists, a config, the folder of a '
        'run or of a pushed model, hf://user/name; CLIP ViT-B/16 by default',
    )
    add_weights_arguments(group)
    group.add_argument(
        '--views', metavar='TxC', help='temporal views x crops, such as 4x3'
    )
    group.add_argument('--device', help='such as cuda:1 or cpu')
    group.add_argument(
        '--amp', action='store_true', help='compute in bf16, where it is fast'
    )


def add_weights_arguments(parser: _ActionsContainer) -> None:
    """Add the flags of its weights and of what it is given."""
    parser.add_argument(
        '--checkpoint',
        help='what the model has learned; `none` for a model as it is made',
    )
    parser.add_argument(
        '--clip',
        metavar='FILE',
        help="CLIP's weights, in place of those the config downloads",
    )
    parser.add_argument(
        '--template', help='around a class name: "a video of {}."'
    )
    parser.add_argument('--frames', type=int, help='frames of a view')


def add_class_argument(parser: ArgumentParser) -> None:
    """Add the flag of the class names."""
    parser.add_argument(
        '--classes',
        nargs='+',
        metavar='NAME',
        help='class names, a file of them, or a data set (k400, ucf101, '
        'hmdb51, ssv2, k600, toy); those of the config by default',
    )
