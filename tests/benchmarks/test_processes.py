"""What is counted of processes: all of a family, and what of it has ended."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from benchmarks import _processes

BUSY = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {BUSY!r}])
print("done", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def parent():
    own = [sys.executable, "-c", PARENT]
    process = subprocess.Popen(own, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    yield process
    process.communicate()


def test_a_child_that_has_ended_is_counted(parent):
    parent.stdout.readline()
    assert _processes.family(parent.pid) == [parent.pid]
    assert _processes.seconds(parent.pid) >= 0.2


def test_a_family_knows_its_children(parent):
    assert parent.pid in _processes.family(os.getpid())


def test_private_memory_grows_by_what_a_process_takes():
    before = _processes.memory(os.getpid())
    taken = bytearray(os.urandom(1)) * 50_000_000
    after = _processes.memory(os.getpid())
    assert after.private - before.private >= len(taken) * 0.9
    assert after.private <= after.share <= after.resident


@pytest.mark.django_db
def test_the_database_server_is_the_parent_of_our_backend():
    server = _processes.database_server()
    assert connection.connection.info.backend_pid in _processes.family(server)
