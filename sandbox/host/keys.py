"""Function keys: who may call which route. Made at the first start and kept, so that a restart does not lock callers out."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """The master key, the host keys (good for every function), and keys for one function each: name of the key to key."""

    master: str
    host: Mapping[str, str]
    functions: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, file: Path) -> Keys:
        """The keys in the file; a file that is not there is written with new ones."""
        if not file.exists():
            fresh = {"master": secrets.token_urlsafe(32), "host": {"default": secrets.token_urlsafe(32)}, "functions": {}}
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(fresh, indent=1), encoding="utf-8")
        read = json.loads(file.read_text(encoding="utf-8"))
        return cls(read["master"], read.get("host", {}), read.get("functions", {}))

    def allow(self, level: str, function: str, given: str | None) -> bool:
        """True when a caller with this key may call a function of this authorization level."""
        if level == "anonymous":
            return True
        good = [self.master]
        if level == "function":
            good += [*self.host.values(), *self.functions.get(function, {}).values()]
        return given is not None and any(hmac.compare_digest(given.encode(), key.encode()) for key in good)
