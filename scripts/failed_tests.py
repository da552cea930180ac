"""The tests that failed in pytest's last run, one to a line, as its cache has them."""

from __future__ import annotations

import json
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".pytest_cache" / "v" / "cache" / "lastfailed"

if __name__ == "__main__":
    if CACHE.is_file():
        print("\n".join(json.loads(CACHE.read_text(encoding="utf-8"))))
