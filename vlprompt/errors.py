"""The error that tells a user, in one line, what to change."""


class UserError(ValueError):
    """Something a user gave does not fit: what was given, what is expected.

    The command-line tools print it as one line and exit with status 2.
    """
