"""Starts the processes of an example on this machine, and ends them all."""

import os
import socket
import subprocess
import sys

SECONDS = 600


def addresses(n):
    """Free ones of this machine, as strings."""
    held = [socket.socket() for _ in range(n)]
    for each in held:
        each.bind(("localhost", 0))
    found = [f"localhost:{each.getsockname()[1]}" for each in held]
    for each in held:
        each.close()
    return found


def launch(arguments, environments):
    """Exit status of processes that each have variables of their own."""
    started = [
        subprocess.Popen(
            [sys.executable, *arguments], env={**os.environ, **environment}
        )
        for environment in environments
    ]
    try:
        codes = [each.wait(SECONDS) for each in started]
    finally:
        for each in started:  # where one failed, the others wait for it
            each.kill()
            each.wait()
    return max(map(abs, codes))
