"""What a remedy says about itself."""

from collections.abc import Callable
from typing import NamedTuple


class Remedy(NamedTuple):
    """A fault of a package this library stands on, and what is done about it.

    Attributes:
        package: The distribution that is at fault.
        reason: What is wrong, in one line.
        is_needed: Whether it is wrong here and now.  False once repaired,
            unless that cannot be seen from what it looks at.
        advice: What a user can do.
        apply: Repairs it, called only where it is needed; None if it cannot
            be repaired from here, and the advice is all there is.
        before: The module before whose code it must be applied, or that
            cannot work unless the advice is followed.
        after: The module after whose code it can be applied.
    """

    package: str
    reason: str
    is_needed: Callable[[], bool]
    advice: str
    apply: Callable[[], None] | None = None
    before: str = ''
    after: str = ''

    @property
    def name(self) -> str:
        """The module it is from, ``'color_jitter'``."""
        return self.is_needed.__module__.rpartition('.')[2]
