"""What a user can put right."""


class RunError(Exception):
    """A run, a checkpoint or a start of processes that cannot be used. The message says what was expected, what came, and what to do."""
