"""Draw which packages import which: ``python -m tools.draw_packages``.

Packages stand above those that they import.  Imports inside functions count,
those that only annotations need do not.  Where two packages use modules of
each other, no module of theirs may: tests/test_architecture.py.
"""

import ast
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / 'vlprompt'
FACES = ('__init__', '__main__', 'version', 'py')  # used by all


def measure_modules(package: Path = PACKAGE) -> dict[str, set[str]]:
    """Which modules of a package each of its modules imports."""
    files = {_name(file, package): file for file in package.rglob('*.py')}
    files = {name: f for name, f in files.items() if '.mim' not in f.parts}
    return {
        name: set(_imported(file, package, files)) - {name}
        for name, file in files.items()
    }


def measure_packages(package: Path = PACKAGE) -> dict[str, set[str]]:
    """Which parts at the top of a package each of these parts imports."""
    imports: dict[str, set[str]] = {}
    for module, others in measure_modules(package).items():
        part = _top(module)
        if part not in FACES:
            tops = {_top(other) for other in others}
            imports.setdefault(part, set()).update(tops - {part, *FACES})
    return imports


def _top(module: str) -> str:
    return f'{module}.__init__'.split('.')[1]


def _name(file: Path, package: Path) -> str:
    parts = file.relative_to(package.parent).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


def _imported(file: Path, package: Path, files: dict) -> Iterator[str]:
    inside = file.relative_to(package.parent).parts[:-1]
    tree = ast.parse(file.read_text(encoding='utf-8'))
    for node in _without_annotations(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = (
                inside[: len(inside) - node.level + 1] if node.level else ()
            )
            module = '.'.join([*start, *([node.module] * bool(node.module))])
            names = [f'{module}.{alias.name}' for alias in node.names]
        else:
            continue
        for name in names:
            module = name if name in files else name.rpartition('.')[0]
            if module in files:
                yield module


def _without_annotations(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those below ``if TYPE_CHECKING``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and 'TYPE_CHECKING' in ast.dump(node.test):
            continue
        yield node
        yield from _without_annotations(node)


def find_floors(imports: dict[str, set[str]]) -> list[list[str]]:
    """Parts by floor, the lowest first; those in a cycle share one."""
    reach = {part: _reachable(part, imports) for part in imports}

    def height(part: str) -> int:
        below = {o for o in reach[part] if part not in reach[o]}
        return 1 + max(map(height, below), default=-1)

    heights = {part: height(part) for part in imports}
    for part in imports:  # the highest of a cycle
        circle = [o for o in reach[part] if part in reach[o]]
        heights[part] = max([heights[part], *(heights[o] for o in circle)])
    top = max(heights.values())
    return [
        sorted(part for part in imports if heights[part] == floor)
        for floor in range(top + 1)
    ]


def _reachable(part: str, imports: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [*imports[part]]
    while todo:
        other = todo.pop()
        if other not in seen:
            seen.add(other)
            todo += imports.get(other, ())
    return seen & set(imports)


def draw(imports: dict[str, set[str]], path: Path) -> None:
    """Write the picture, SVG or PNG by its name."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams['svg.hashsalt'] = 'packages'
    floors = find_floors(imports)
    figure = Figure(figsize=(10, 1.0 * len(floors)), layout='tight')
    axes = figure.subplots()
    place = {
        part: ((i + 0.5) / len(floor), y)
        for y, floor in enumerate(floors)
        for i, part in enumerate(floor)
    }
    arrow = dict(arrowstyle='->', color='0.8', shrinkA=12, shrinkB=12)
    for part, others in imports.items():
        for other in others & set(place) - set(floors[0]):  # used by most
            axes.annotate('', place[other], place[part], arrowprops=arrow)
    for part, (x, y) in place.items():
        folder = (PACKAGE / part).is_dir()
        axes.text(
            x,
            y,
            f'{part}/' if folder else f'{part}.py',
            ha='center',
            va='center',
            bbox=dict(boxstyle='round,pad=0.4', facecolor='white'),
        )
    axes.set(xlim=(0, 1), ylim=(-0.6, len(floors) - 0.4))
    axes.set_axis_off()
    metadata = {'Date': None} if path.suffix == '.svg' else None
    figure.savefig(path, metadata=metadata)


def main() -> None:
    """Draw the picture of the documentation."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, default=Path('docs/packages.svg'))
    args = parser.parse_args()
    draw(measure_packages(), args.out)
    print(f'Wrote {args.out}')


if __name__ == '__main__':
    main()
