"""Draw which packages import which: ``python -m tools.draw_packages``.

Imports inside functions count as well.  A package stands above all those that
it imports; an arrow that ran upwards would be a cycle, and is an error.
"""

import ast
from argparse import ArgumentParser
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / 'vlprompt'
FACES = ('__init__', '__main__', 'version')  # every package may use these


def measure_imports(package: Path = PACKAGE) -> dict[str, set[str]]:
    """Which part of a package imports which others of its parts."""
    parts = sorted(
        path.stem
        for path in package.iterdir()
        if path.suffix == '.py' or (path / '__init__.py').is_file()
    )
    imports = {part: set() for part in parts if part not in FACES}
    for part in imports:
        path = package / part
        files = (
            path.rglob('*.py') if path.is_dir() else [package / f'{part}.py']
        )
        for file in files:
            found = set(_imported(file, package)) & set(imports)
            imports[part] |= found - {part}
    return imports


def _imported(file: Path, package: Path) -> Iterator[str]:
    """The parts of the package that a file names in its imports."""
    inside = (package.name, *file.relative_to(package).parts[:-1])
    for node in ast.walk(ast.parse(file.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            names = [alias.name.split('.') for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = (
                inside[: len(inside) - node.level + 1] if node.level else ()
            )
            module = [*start, *(node.module or '').split('.')]
            module = [name for name in module if name]
            names = [[*module, alias.name] for alias in node.names]
        else:
            continue
        for name in names:
            if name[0] == package.name and len(name) > 1:
                yield name[1]


def find_floors(imports: dict[str, set[str]]) -> list[list[str]]:
    """Parts by floor, the lowest first.

    Raises:
        graphlib.CycleError: If parts import each other.
    """
    height: dict[str, int] = {}
    for part in TopologicalSorter(imports).static_order():
        below = [height[other] for other in imports[part]]
        height[part] = 1 + max(below, default=-1)
    floors: list[list[str]] = [[] for _ in range(max(height.values()) + 1)]
    for part, floor in height.items():
        floors[floor].append(part)
    return [sorted(floor) for floor in floors]


def draw(imports: dict[str, set[str]], path: Path) -> None:
    """Write the picture, SVG or PNG by its name."""
    from matplotlib.figure import Figure

    floors = find_floors(imports)
    figure = Figure(figsize=(10, 1.1 * len(floors)), layout='tight')
    axes = figure.subplots()
    place = {
        part: ((i + 0.5) / len(floor), y)
        for y, floor in enumerate(floors)
        for i, part in enumerate(floor)
    }
    for part, others in imports.items():
        for other in others:
            axes.annotate(
                '',
                place[other],
                place[part],
                arrowprops=dict(
                    arrowstyle='->', color='0.75', shrinkA=12, shrinkB=12
                ),
            )
    for part, (x, y) in place.items():
        box = dict(boxstyle='round,pad=0.5', facecolor='white')
        folder = (PACKAGE / part).is_dir()
        label = f'{part}/' if folder else f'{part}.py'
        axes.text(x, y, label, ha='center', va='center', bbox=box)
    axes.set(xlim=(0, 1), ylim=(-0.6, len(floors) - 0.4))
    axes.set_axis_off()
    figure.savefig(
        path, metadata={'Date': None} if path.suffix == '.svg' else None
    )


def main() -> None:
    """Draw the picture of the documentation."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', type=Path, default=Path('docs/packages.svg'))
    args = parser.parse_args()
    draw(measure_imports(), args.out)
    print(f'Wrote {args.out}')


if __name__ == '__main__':
    main()
