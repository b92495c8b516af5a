"""Who acts. Every table has an owner and a namespace, and every core call takes the actor."""

from __future__ import annotations

import os
import pwd

from pydantic import BaseModel, ConfigDict


class Actor(BaseModel):
    """The person (or machine) on whose behalf something is done."""

    model_config = ConfigDict(frozen=True)

    owner: str
    namespace: str = "default"


def this_user() -> Actor:
    """The user that this process runs for: the Hub's name where there is one, else the system's."""
    name = os.environ.get("JUPYTERHUB_USER")
    if not name:
        try:
            name = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:  # a user of a container, without a name
            name = str(os.getuid())
    return Actor(owner=name)
