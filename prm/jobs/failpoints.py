"""Named places where a test may kill the process.

Promise: does nothing outside tests; called by shard work, exports and the relay.
"""

import os
import signal

from django.conf import settings


def failpoint(name: str) -> None:
    """Die on the spot (SIGKILL, no clean-up) when the environment names this place, in tests alone."""
    if settings.TESTING and os.environ.get("PRM_FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
