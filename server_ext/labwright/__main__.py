"""`python -m labwright`: the labwright command."""

import sys

from labwright.cli import main

sys.exit(main())
