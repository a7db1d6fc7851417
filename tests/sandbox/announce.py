"""A child process for tests: says that it is ready, then waits to be ended."""

from __future__ import annotations

import json
import os
import time

if __name__ == "__main__":
    print(json.dumps({"ready": True, "noProxy": os.environ.get("NO_PROXY")}), flush=True)
    time.sleep(60)
