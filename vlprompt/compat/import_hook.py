"""Applies remedies when the modules they are about are imported.

So ``import vlprompt`` imports none of them, and yet nobody meets a module
without its remedy, whoever imports it and when: MMAction2's own tools,
threads, or processes that unpickle a data set.
"""

import sys
import warnings
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from .remedy import Remedy


class RemedyFinder:
    """Finds modules as Python does, and has their remedies applied.

    Args:
        remedies: Those to apply, in this order.

    Attributes:
        applied: Those that were needed.
    """

    def __init__(self, remedies: Iterable[Remedy]) -> None:
        self.remedies = tuple(r for r in remedies if r.before or r.after)
        self.modules = {r.before or r.after for r in self.remedies}
        self.applied: set[Remedy] = set()

    def install(self) -> None:
        """Watch imports from now on; repair what is imported already."""
        sys.meta_path.insert(0, self)
        for remedy in self.remedies:
            if (remedy.before or remedy.after) in sys.modules:
                self.use(remedy)

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find a module that has remedies, otherwise leave it to others.

        Nothing is applied here: to ask where a module is, is not to use it.
        """
        if name not in self.modules:
            return None
        # Those in front of this one were asked before it.
        for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                self._follow(spec)
                return spec
        return None

    def _follow(self, spec: ModuleSpec) -> None:
        """Apply the remedies of a module around the run of its code."""
        loader = spec.loader
        execute = getattr(loader, 'exec_module', None)
        if execute is None:
            return

        def exec_module(module: ModuleType) -> None:
            loader.exec_module = execute
            for remedy in self.remedies:
                if remedy.before == spec.name:
                    self.use(remedy)
            execute(module)
            for remedy in self.remedies:
                if remedy.after == spec.name:
                    self.use(remedy)

        loader.exec_module = exec_module

    def use(self, remedy: Remedy) -> None:
        """Apply a remedy if it is needed.

        What it fails to repair does not keep the package from being imported.

        Raises:
            UserError: If it is needed, and there is nothing but advice.
        """
        try:
            needed = remedy.is_needed()
            if needed and remedy.apply:
                remedy.apply()
                self.applied.add(remedy)
        except Exception as error:
            warnings.warn(
                f'{remedy.package}: {remedy.reason}, and vlprompt could not '
                f'repair it ({type(error).__name__}: {error})',
                RuntimeWarning,
                stacklevel=2,
            )
            return
        if needed and not remedy.apply:
            from vlprompt.errors import UserError

            raise UserError(
                f'{remedy.package}: {remedy.reason}; {remedy.advice}'
            )
