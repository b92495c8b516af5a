"""`python -m tests.ui.traffic ENDPOINT`: asks it (made if there is none) about warmer days and odd carriers."""

from __future__ import annotations

import sys

from labwright.client import Client
from labwright.serving.models import Endpoint
from tests.service.served import promote, send, train, weather
from tests.ui.payloads import PAYLOADS


def main(endpoint: str) -> None:
    client = Client()
    if endpoint not in [found.name for found in client.get("/serving/endpoints", list[Endpoint])]:
        promote(client, train("drift"), endpoint)
    rows = weather(400, 2, warmer=10)
    send(client, endpoint, rows.assign(carrier=[PAYLOADS[place % len(PAYLOADS)] for place in range(len(rows))]))
    client.close()


if __name__ == "__main__":
    main(sys.argv[1])
