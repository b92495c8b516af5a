"""Secrets in cells, the environment, the notebook, the changes and addresses do not arrive in the store."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from labwright.client import Client
from labwright.experiments.capture.fit import LIMIT
from labwright.experiments.capture.look import MASK
from labwright.experiments.capture.masking import Masker
from labwright.experiments.capture.secret_values import secret_variables, secrets_of
from tests.kernels.real_kernel import Kernel
from tests.state_folder import wait_until


def word(prefix: str = "", length: int = 36) -> str:
    """A secret that is nowhere else, not even half of it."""
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return prefix + "".join(secrets.choice(letters) for _ in range(length - 1)) + "7"


ENVIRONMENT = {
    "A_SECRET_TOKEN": word(),
    "DB_PASSWORD": word() + "+/=&",
    "SERVICE_CREDENTIALS": json.dumps({"type": "service_account", "private_key": word(length=60)}),
    "WAREHOUSE": f"postgresql://ada:{(IN_ADDRESS := word())}@host/db",
}
KEY = "\n".join(word(length=64) for _ in range(4))
SPLIT = word(length=40)
SHOWN = {
    "assigned": word(), "environ": word(), "keyword": word(), "github": word("ghp_"), "gitlab": word("glpat-"),
    "slack": word("xoxb-"), "openai": word("sk-proj-"), "hugging": word("hf_"), "aws": f"AKIA{word(length=16).upper()}",
    "aws_secret": word(length=40), "jwt": f"eyJhbGciOiJIUzI1NiJ9.eyJ{word()}.{word()}", "bearer": word(),
    "address": word(), "magic": word(), "option": word(), "typed": word(),
}  # fmt: skip
METADATA, REMOTE, SETTINGS, AT_THE_CUT, DIRECT = word(), word(), word(), word(), word()
TOKEN, PASSWORD = ENVIRONMENT["A_SECRET_TOKEN"], ENVIRONMENT["DB_PASSWORD"]
CELLS = [
    f"password = '{SHOWN['assigned']}'\nimport os\nos.environ['X_TOKEN'] = \"{SHOWN['environ']}\"",
    f"connect = dict\nconnect(api_key=\"{SHOWN['keyword']}\", other='visible-value')",
    "a = ['{github}', '{gitlab}', '{slack}', '{openai}', '{hugging}', '{aws}', '{jwt}']".format(**SHOWN),
    f"aws_secret_access_key: str = '{SHOWN['aws_secret']}'",
    f'headers = {{"Authorization": "Bearer {SHOWN["bearer"]}"}}\nurl = "https://ada:{SHOWN["address"]}@host/path"',
    f'k = """-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----"""',
    f"%env Y_TOKEN={SHOWN['magic']}",
    f"line = 'curl --token {SHOWN['option']} host'",
    f"token = '{SPLIT}'\nparts = ('{SPLIT[:17]}'\n         '{SPLIT[17:]}')",
    f"b = '{base64.b64encode(TOKEN.encode()).decode()}'\nc = '{base64.b64encode(f'ada:{PASSWORD}'.encode()).decode()}'",
    f"d = 'https://host/?q={quote(PASSWORD, safe='')}'\ne = {TOKEN!r}\nf = '{TOKEN.encode().hex()}'",
    f"my_secret = '{SHOWN['typed'][:5]}' + ''.join({list(SHOWN['typed'][5:])!r})\nvisible = 1",
]  # fmt: skip
PLANTED = [
    *ENVIRONMENT.values(), IN_ADDRESS, json.loads(ENVIRONMENT["SERVICE_CREDENTIALS"])["private_key"], SPLIT,
    *SHOWN.values(), *KEY.split("\n"), METADATA, REMOTE, SETTINGS, AT_THE_CUT, DIRECT,
    base64.b64encode(TOKEN.encode()).decode().rstrip("=")[:-1], quote(PASSWORD, safe=""), TOKEN.encode().hex(),
    base64.b64encode(f"ada:{PASSWORD}".encode()).decode()[8:-4],
]  # fmt: skip


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.c", *words], check=True, capture_output=True
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with secrets in its remote's address, in the changes, and in the notebook."""
    found = tmp_path_factory.mktemp("work")
    (found / "settings.yaml").write_text("host: here\n")
    (found / "z-large.txt").write_text("\n")
    notebook = {
        "cells": [
            {"cell_type": "code", "id": "a", "metadata": {"tags": [METADATA], "token": METADATA}, "outputs": [
                {"output_type": "stream", "name": "stdout", "text": [SHOWN["assigned"]]}], "execution_count": 1,
             "source": CELLS[5].splitlines(keepends=True)},
            {"cell_type": "markdown", "id": "b", "metadata": {}, "source": f"the token is {TOKEN}, visible-text"},
        ],
        "metadata": {"api_key": METADATA, "kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    (found / "flights.ipynb").write_text(json.dumps(notebook))
    git(found, "init", "-b", "main")
    git(found, "remote", "add", "origin", f"https://ada:{REMOTE}@host/visible.git")
    git(found, "add", ".")
    git(found, "commit", "-m", "first")
    (found / "settings.yaml").write_text(f"host: there\npassword: {SETTINGS}\nexport API_KEY={SHOWN['github']}\n")
    # A line that ends a few bytes before the cut, and then secrets all over it.
    filler = "visible-line " * 7 + "\n"
    lines = filler * ((LIMIT - 3000) // len(filler))
    secret = f"password = '{AT_THE_CUT}' " * 3 + f"{TOKEN}\n"
    (found / "z-large.txt").write_text(lines + secret * 400)
    packages = found / "packages" / "thing-1.0.dist-info"
    packages.mkdir(parents=True)
    (packages / "METADATA").write_text("Metadata-Version: 2.1\nName: visible-thing\nVersion: 1.0\n")
    (packages / "direct_url.json").write_text(
        json.dumps({"url": f"https://ada:{DIRECT}@host/thing-1.0.whl", "archive_info": {}})
    )
    return found


def test_none_arrives_in_the_store(client: Client, state_folder: Path, folder: Path) -> None:
    kernel = Kernel(
        folder, PYTHONPATH=str(folder / "packages"), JPY_SESSION_NAME=str(folder / "flights.ipynb"), **ENVIRONMENT
    )
    try:
        for cell in CELLS:
            assert kernel.run(cell).error == ""
        ran = kernel.run(
            f"%%track planted --no-autolog --name 'run {TOKEN}' --tag url=https://ada:{SHOWN['address']}@host "
            f"--tag note='{SHOWN['typed']} visible-tag'\nimport mlflow\nmlflow.log_metric('loss', 0.5)"
        )
        assert ran.error == ""
        (shown,) = [message["data"] for message in ran.of("update_display_data")[-1:]]
        # A megabyte of changes takes a while to be masked; the kernel goes on meanwhile.
        box = state_folder / "outbox"
        wait_until(
            lambda: any(state_folder.rglob("labwright/context.json")) and not any(box.iterdir()), "all is sent", 90
        )
    finally:
        kernel.close()
    planted = [part.encode() for one in PLANTED for part in (one[: len(one) * 2 // 3], one[-len(one) * 2 // 3 :])]
    read = set()
    for path in state_folder.rglob("*"):
        if path.is_file() and path.name not in ("token", "tracking-token"):
            content = path.read_bytes()
            read.add(path.name)
            found = [part for part in planted if part in content]
            assert not found, f"{path}: {found}"
    assert not [part for part in planted if part in json.dumps(shown).encode()]
    assert {"mlflow.db", "cells.json", "notebook.ipynb", "diff.patch", "requirements.txt", "context.json"} <= read

    # What is no secret is there, so that the test reads what it should.
    texts = {path.name: path.read_text() for path in state_folder.rglob("labwright/*") if path.is_file()}
    assert "visible-value" in texts["cells.json"]
    assert "visible = 1" in texts["cells.json"]
    assert "visible-text" in texts["notebook.ipynb"]
    assert "host: there" in texts["diff.patch"]
    assert "cut here" in texts["diff.patch"][-100:]
    assert "visible-thing" in texts["requirements.txt"]
    assert f"https://ada:{MASK}@host/visible.git" in texts["context.json"]
    assert all(MASK in text for text in texts.values())
    assert all(len(text.encode()) <= LIMIT for text in texts.values())
    database = b"".join(path.read_bytes() for path in (state_folder / "mlflow").glob("mlflow.db*"))
    assert b"visible-tag" in database


@pytest.mark.parametrize(
    "harmless",
    [
        "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased')",
        "pad_token = '<pad>'\nmax_tokens = 4096\nnum_tokens='12345678'",
        "password = getpass()\ntoken = os.environ['API_TOKEN']\nsecret = read(path)",
        "frame.sort_values(key=lambda one: one, by='key')\nkeys = ['first', 'second']",
        "url = f'https://{user}:{password}@host'\nssh = 'git@github.com:a/b.git'",
        "def login(password: str, token: str | None = None) -> None: ...",
        "basic understanding of a bearer of news\nauthor = 'Ada Lovelace'",
        "+asttokens==3.0.2\n+tokens==12345678",
        "https://host/path/0123456789abcdef0123456789abcdef",
        "frame.groupby(key='weather_station_12')\nkey = 'user_id_2013'\ncookie = 'chocolate_chip_cookie_2'",
        "mask_token = token = '[MASK]'\ntoken_embedding = 'embedding-layer-12'\npassword_column = 'pw_hash_2'",
        "token_url = 'https://login.example.com/oauth2/token'\nprivate_key_path = 'keys/id_rsa2'",
        "token = next_token_2013\npassword = args.password_2\ncredentials = config2.database.login1",
        "tokens = ['the', 'cat', 'sat']\nmodel = 'sk-learn-model-with-many-parts-in-the-name'",
        'class Token:\n    """One of a text, of 8 kinds."""',
    ],
)
def test_what_is_no_secret_stays(harmless: str) -> None:
    masker = Masker(secrets_of({"MAX_TOKENS": "100000", "TOKENIZERS_PARALLELISM": "false", "SOME_KEY": "yes"}))
    masker.learn(harmless)
    assert masker.mask(harmless) == harmless


WAYS = [
    'password = """{0}\n{0}"""', 'token = f"{0}-{{user}}"', 'token = f"{{user}}-{0}"', "d = {{'password'  :   '{0}'}}",
    "machine host login ada password {0}", "machine host\n  login ada\n  password {0}\n", "pwd = 'a\"b{0}'",
    '"Server=tcp:h,1433;Uid=u;Pwd={0};Encrypt=yes;"', '"host=h user=ada password={0} dbname=x"',
    "!export DB_PASSWORD={0}; python x.py", "!DB_PASSWORD={0} python x.py", "!docker run -e API_TOKEN={0} image",
    "!curl -u ada:{0} https://h", "!mysql -u root -p{0} db", "docker login -u ada -p {0} registry",
    'headers = {{"Authorization": "{0}"}}', "!curl -H 'X-Auth-Token: {0}' h", 'token = "abc12345" + "{0}"',
    'token = ("abc12345"\n         "{0}")', 'setattr(cfg, "password", "{0}")', 'reader.option("password", "{0}")',
    'hadoop.set("fs.s3a.secret.key", "{0}")', "# password: {0}", "# the password is {0}", "<password>{0}</password>",
    'password = getpass() or "{0}"', 'token = os.environ["T"] if here else "{0}"', 'user, password = "ada", "{0}"',
    'tokens = ["{0}", "{0}x"]', 'secrets = {{"openai": "{0}"}}', "CREATE USER ada WITH PASSWORD '{0}'",
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_write_a_secret(way: str) -> None:
    secret = word(length=20)
    masked = Masker().mask(way.format(secret))
    assert secret not in masked
    assert MASK in masked


@pytest.mark.parametrize("part", ["\\", " ", '"', "token = a or ", "tokens = [", '***" +\n', "x, password = ", "a."])
def test_no_text_takes_long(part: str) -> None:
    """What took its square would hang here, not fail."""
    text = part * (100_000 // len(part))
    assert Masker().mask(text + "\npassword = 'a-secret-1'").endswith(f"'{MASK}'")


def test_secret_values_are_known_by_their_names() -> None:
    assert secrets_of({"API_KEY": "abcdef1", "PWD": "/home/ada", "EDITOR": "abcdef2", "X": "http://a:pw-12@h"}) == {
        "abcdef1",
        "pw-12",
    }
    assert secret_variables({"token": "abcdef-1234", "tokenizer": "bert-base-1234", "key": 5}) == {"abcdef-1234"}
