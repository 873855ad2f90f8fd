"""What has been tried, kept as lines of JSON."""

import json
from collections.abc import Iterator
from pathlib import Path

from vlprompt.errors import UserError

from .outcomes import Case, Finding, Outcome


class CaseLog:
    """A file that survives the end of the process at any moment.

    Its first line has the seed, every other one a case.  A last line that
    was not written to its end is passed over.

    Args:
        file: The file; made if it is not there.
        seed: Of the campaign.

    Raises:
        UserError: If the file is of another seed.
    """

    def __init__(self, file: Path, seed: int) -> None:
        self._file = file
        self.findings: dict[Case, Finding] = {}
        lines = list(self._read()) if file.is_file() else []
        if lines and lines[0].get('seed') != seed:
            raise UserError(
                f'{file} is of seed {lines[0].get("seed")}, not {seed}: give '
                'another --log, or remove it'
            )
        for line in lines[1:]:
            case = Case(line['part'], line['kind'], line['number'])
            outcome = Outcome(line['outcome'])
            self.findings[case] = Finding(outcome, line['detail'])
        if not lines:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text('')
            self._write(dict(seed=seed))
        elif not file.read_bytes().endswith(b'\n'):
            with file.open('a') as opened:
                opened.write('\n')  # after what a kill has left of a line

    def add(self, case: Case, finding: Finding, seconds: float) -> None:
        """Keep what came of a case."""
        self.findings[case] = finding
        self._write(
            dict(
                **case._asdict(),
                outcome=finding.outcome.value,
                detail=finding.detail,
                seconds=round(seconds, 2),
            )
        )

    def _read(self) -> Iterator[dict]:
        for line in self._file.read_text(encoding='utf-8').splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue

    def _write(self, content: dict) -> None:
        with self._file.open('a', encoding='utf-8') as file:
            file.write(json.dumps(content) + '\n')
