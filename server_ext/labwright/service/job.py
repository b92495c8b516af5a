"""`python -m labwright.service.job module:function`: one call, JSON in, JSON out. See `children.run_job`."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback

from labwright.errors import LabwrightError
from labwright.experiments.request_headers import import_lazily
from labwright.lifeline import watch


def main() -> None:
    """Read arguments from standard input, call the function, print its result; printing of others goes to the log."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    arguments = json.loads(os.fdopen(os.dup(0), "rb", buffering=0).readline())
    watch()
    import_lazily()
    module, _, name = sys.argv[1].partition(":")
    try:
        result = getattr(importlib.import_module(module), name)(**arguments)
        reply = {"result": result}
    except LabwrightError as error:
        reply = {"error": {"status": error.status, "code": error.code, "detail": error.message}}
    except Exception:
        traceback.print_exc()
        words = "Something went wrong inside Labwright; `labwright doctor` names the log."
        reply = {"error": {"status": 500, "code": "internal", "detail": words}}
    json.dump(reply, replies)
    replies.close()
    os._exit(0)  # Some libraries leave threads behind that would keep this process alive.


if __name__ == "__main__":
    main()
