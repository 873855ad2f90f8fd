"""What the labels of a list mean."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vlprompt.errors import UserError

from .text_files import read_number

ID = re.compile(r'-?[0-9]{1,18}')


class Label(NamedTuple):
    """An id as it is written, or the number of the class with a name."""

    value: int
    is_id: bool


class Labels:
    """Ids and class names, and which of them a list means.

    Args:
        class_names: The class names, in the order of the labels; None takes
            every id, and no names.
        written_names: The same before they were cleaned.
        first_id: Of the class list, if that numbers its classes.
        kind: ``'id'`` or ``'name'`` if the list has only these.
    """

    def __init__(
        self,
        class_names: Sequence[str] | None,
        written_names: Sequence[str] = (),
        first_id: int = 0,
        kind: str | None = None,
    ) -> None:
        self.class_names = class_names
        self.first_id = first_id
        self.kind = kind
        self.names: dict[str, int] = {}
        self.numbers: dict[int, int] = {}  # of names such as '001'
        for names in (class_names or (), written_names):
            for place, name in enumerate(names):
                self.names[_plain(name)] = place
                number = read_number(name)
                if number is not None:
                    self.numbers.setdefault(number, place)

    def read(self, text: str, where: str) -> Label | None:
        """A label, or None if it is neither an id nor a class name.

        Raises:
            UserError: If it is the id of one class and the name of another.
        """
        name = self.names.get(_plain(text))
        number = int(text) if ID.fullmatch(text) else None
        if name is None and number is not None:
            name = self.numbers.get(number)
        if self.kind == 'id':
            name = None
        if self.kind == 'name':
            number = None
        if name is not None and number is not None:
            if name == number - self.first_id:
                return Label(number, True)
            self._check_not_both(text, name, number - self.first_id, where)
        if name is not None:
            return Label(name, False)
        return None if number is None else Label(number, True)

    def _check_not_both(
        self, text: str, name: int, number: int, where: str
    ) -> None:
        if not 0 <= number < len(self.class_names):
            return
        raise UserError(
            f'{where}: the label {text!r} is the name of class {name} '
            f'({self.class_names[name]!r}) and the id of '
            f'{self.class_names[number]!r}; begin the list with the line '
            '"path,name" or "path,id" to say which is meant'
        )

    def first_of(self, ids: Iterable[tuple[int, str]]) -> int:
        """The id of the first class in a list: 0, or as its class list says.

        Args:
            ids: The ids of the list, each with its place.

        Raises:
            UserError: If the class list counts from 1, and the ids do not
                tell whether they do.
        """
        ids = list(ids)
        numbers = {number for number, _ in ids}
        if not self.first_id or not numbers or 0 in numbers:
            return 0
        if len(self.class_names) in numbers:
            return self.first_id
        number, where = ids[0]
        names = self.class_names
        if not 0 < number < len(names):
            return 0  # which is out of range either way
        raise UserError(
            f'{where}: the label {number} is {names[number - 1]!r} as the '
            f'class list numbers its names, from 1, and {names[number]!r} as '
            'ids are counted here, from 0; leave the numbers out of the class '
            'list if 0 is its first, or write names into the list'
        )

    def check(self, number: int, lowest: int, where: str) -> None:
        """Refuse an id that is none.

        Args:
            number: The id.
            lowest: Of the list.
            where: Its place.

        Raises:
            UserError: If there is no such class.
        """
        if self.class_names is None:
            if number < 0:
                raise UserError(
                    f'{where}: label {number}, expected an id from 0 on'
                )
            return
        total = len(self.class_names)
        if 0 <= number < total:
            return
        shifted = lowest == 1 and number == total
        hint = '; no line has id 0: do the ids start at 1?' if shifted else ''
        raise UserError(
            f'{where}: label {number}, but the class list has {total} '
            f'names (0 to {total - 1}){hint}'
        )


def _plain(name: str) -> str:
    """Letters with accents are written in more than one way."""
    return unicodedata.normalize('NFC', name)
