"""The labwright command: `labwright up | status | stop | doctor | tour | tracking | token`.

Exit codes: 0 done (or there was nothing to do), 1 it did not work, 2 wrong usage, 3 the service does not run (status).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import labwright
from labwright.errors import LabwrightError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except LabwrightError as error:
        print(f"labwright: {error.message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="labwright", description="From the notebook in front of you to a served, watched model."
    )
    parser.add_argument("--version", action="version", version=f"labwright {labwright.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: Any, words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        command.set_defaults(run=run)
        return command

    add("up", _up, "start the service, or find the one that runs")
    add("status", _status, "show the service and what goes on; starts nothing").add_argument(
        "--json", action="store_true", help="for programs"
    )
    stop = add("stop", _stop, "stop the service, an endpoint, a cluster, or everything")
    which = stop.add_mutually_exclusive_group()
    which.add_argument("name", nargs="?", metavar="NAME", help="an endpoint or a cluster; without it, the service")
    which.add_argument("--all", action="store_true", help="endpoints, clusters and the service")
    add("doctor", _doctor, "check this environment and say what to do about what is wrong")
    add("tour", _tour, "copy the guided notebooks into a folder; files that you changed are kept").add_argument(
        "folder", nargs="?", type=Path, default=Path("labwright-tour"), metavar="FOLDER", help="default: labwright-tour"
    )
    tracking = add("tracking", _tracking, "choose the tracking server that keeps the runs")
    verbs = tracking.add_subparsers(title="verbs", metavar="VERB", required=True, dest="verb")
    words = "a remote MLflow keeps the runs; its password is asked for, or read from standard input"
    choose = verbs.add_parser("set", help=words, description=words[0].upper() + words[1:] + ".")
    choose.add_argument("uri", metavar="URI", help="such as https://mlflow.example.org")
    credential = choose.add_mutually_exclusive_group()
    credential.add_argument("--user", metavar="NAME", help="of the server; the password is asked for")
    credential.add_argument("--token", action="store_true", help="a token is asked for, in place of user and password")
    verbs.add_parser("show", help="which server keeps the runs")
    verbs.add_parser("unset", help="Labwright's own MLflow keeps the runs")
    token = add("token", _token, "print an endpoint's token, for a command such as curl")
    token.add_argument("name", metavar="NAME")
    token.add_argument("--header", action="store_true", help="as the header of a request, for `curl -H @-`")
    return parser


def _up(_options: argparse.Namespace) -> int:
    from labwright.client import Client

    client = Client()
    state = client.service()
    client.close()
    print(f"Labwright's service {state.version} runs (process {state.pid}); its state is in {client.folders.home}.")
    return 0


def _status(options: argparse.Namespace) -> int:
    from labwright.client import connection, read_reply
    from labwright.service.models import Status
    from labwright.state import folders, running_service

    where = folders(make=False)
    state = running_service(where)
    if state is None:
        if options.json:
            print(json.dumps({"running": False, "home": str(where.home)}))
        elif where.service_state.exists():
            print("Labwright's service ended without saying so; endpoints and clusters may go on.")
            print("`labwright up` finds them again, `labwright stop --all` ends them.")
        else:
            print("Labwright's service does not run; it starts with the first panel, magic or `labwright up`.")
        return 3
    with connection(state, where) as http:
        status: Status = read_reply(http.get("/status"), Status)
    if options.json:
        print(
            json.dumps({"running": True, "home": str(where.home), "pid": state.pid, **status.model_dump(mode="json")})
        )
        return 0
    print(f"Labwright's service {status.version} runs (process {state.pid}) for {status.owner}; state: {where.home}")
    print(f"MLflow: {status.mlflow}" + (f", the tracking server {status.tracking}" if status.tracking else ""))
    for item in status.going_on:
        print(f"{item.capability}: {item.name}: {item.what}  (stop it with: {item.stop})")
    for note in status.notes:
        print(f"Note: {note}")
    return 0


def _stop(options: argparse.Namespace) -> int:
    from labwright import stopping

    if options.all:
        lines = stopping.stop_everything()
    elif options.name:
        lines = stopping.stop_one(options.name)
    else:
        lines = stopping.stop_service()
    print("\n".join(lines))
    return 0


def _doctor(_options: argparse.Namespace) -> int:
    from labwright.doctor import examine

    worst = 0
    for finding in examine():
        print(f"{finding.level:<4}  {finding.subject}: {finding.words}", flush=True)
        worst = max(worst, finding.level == "fail")
    return worst


def _tour(options: argparse.Namespace) -> int:
    from labwright.tour import copy

    for path in copy(options.folder):
        print(path)
    print(f"The tours are in {options.folder}; open 01_first_model.ipynb there.")
    return 0


def _tracking(options: argparse.Namespace) -> int:
    from labwright import choosing

    if options.verb == "set":
        lines = choosing.set_tracking(options.uri, options.user, token=options.token)
    else:
        lines = choosing.show_tracking() if options.verb == "show" else choosing.unset_tracking()
    print("\n".join(lines))
    return 0


def _token(options: argparse.Namespace) -> int:
    import re

    from labwright.errors import NotFoundError
    from labwright.serving.models import NAME
    from labwright.state import folders

    file = folders(make=False).home / "endpoints" / options.name / "token"
    if not re.fullmatch(NAME, options.name) or not file.is_file():
        raise NotFoundError("There is no endpoint with this name; `labwright status` lists them.")
    token = file.read_text().strip()
    print(f"Authorization: Bearer {token}" if options.header else token)
    return 0
