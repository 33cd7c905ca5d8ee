"""Run a Python program so that the processes it forks die with it: python -m portal.embedded.family MODULE ARGUMENTS.

The request to die with the parent does not pass to forked children. Workers of Gunicorn and Celery do notice that
their parent is gone, but some only after their task.
"""

import os
import runpy
import signal
import sys

from portal.embedded.process import die_with_parent


def follow_parent() -> None:
    """Every fork from now on asks to be killed when the thread that forked it ends."""
    parent = os.getpid()

    def note_parent() -> None:
        nonlocal parent
        parent = os.getpid()

    os.register_at_fork(before=note_parent, after_in_child=lambda: die_with_parent(by=signal.SIGKILL, parent=parent))


if __name__ == "__main__":
    follow_parent()
    module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
