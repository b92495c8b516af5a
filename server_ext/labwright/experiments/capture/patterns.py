"""Secrets that are known by how they look: tokens of well-known services, keys, addresses with a password, assignments.

In each expression the group `secret` is what is masked; without one, the whole match is. Repetitions have a bound, so
that no text, a megabyte of spaces or of one word among them, takes long. The list follows that of
detect-secrets, which is made for lines of files and finds no place in a text; so it is a dozen expressions here.
"""

from __future__ import annotations

import re

# Words that say that a value is secret, in names of environment variables, variables, keys and options.
_NOUNS = (
    r"passwords?|passwd|passphrase|pwd|secrets?|credentials?|tokens?"
    r"|(?:api|access|secret|private|signing|encryption|account|auth|master|shared)[_.-]?keys?"
)
SECRET_NAME = re.compile(
    rf"(?:{_NOUNS})(?![a-z])|(?:^|[_.-])(?:keys?|auth|authorization|cookie|dsn|jwt|pat|pass|sas|signature)(?:$|[_.-])",
    re.IGNORECASE,
)
# Names that look like it, and hold nothing of the kind.
NOT_SECRET_NAME = re.compile(
    r"(?:^|[_.-])(?:pad|eos|bos|unk|sep|cls|mask|special|num|max|min|n|stop|next|start|end|new|image|per|sock|author)"
    r"[_.-]?tokens?|tokens?[_.-](?:count|limit|type|ids?)|(?:^|_)(?:ssh_auth_sock|xauthority|pwd|oldpwd)$|_(?:keyring|keymap)",
    re.IGNORECASE,
)
# Words that stand where a secret would, but are none.
TRIVIAL = {
    "true", "false", "none", "null", "yes", "no", "on", "off", "default", "enabled", "disabled", "auto", "password",
    "passwd", "secret", "token", "string", "value", "required", "optional", "basic", "bearer", "localhost", "changeme",
    "username", "user", "test", "example", "str", "bytes", "int", "float", "bool",
}  # fmt: skip

_Q = r"\\*[\"']"  # a quote, also one that stands escaped in JSON
_NAME = rf"(?P<name>[\w.-]{{0,80}}(?:{_NOUNS})(?![a-z])[\w.-]{{0,60}})"
_VALUE = r"(?P<secret>(?:(?!(?P=q)).){1,4000}?)(?P=q)"
_QUOTED = rf"[rbuRBU]{{0,2}}(?P<q>\\*(?:\"\"\"|'''|[\"'])){_VALUE}"
_DIGIT = r"(?=[^\s\"']*\d)"

KNOWN = [
    # Keys, whole or cut off.
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?P<secret>(?:[A-Za-z0-9+/=\s\\\"'+,:;-](?!----END))*[^-]?)",
    r"\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9_]{30,}", r"\bgithub_pat_[A-Za-z0-9_]{20,}",
    r"\bgl(?:pat|ptt|rt|dt|soat|cbt|ft|agent|oas)-[\w.-]{16,}",
    r"\bxox[abceoprs]-[\w-]{10,}", r"\bxapp-[\w-]{10,}",
    r"hooks\.slack\.com/services/(?P<secret>[\w/]{20,})",
    r"\bsk-[A-Za-z0-9_-]{20,}", r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}",
    r"\bhf_[A-Za-z0-9]{20,}", r"\bapi_org_[A-Za-z0-9]{20,}", r"\bAIza[\w-]{30,}", r"\bya29\.[\w-]{20,}",
    r"\bSG\.[\w-]{16,}\.[\w-]{16,}", r"\bnpm_[A-Za-z0-9]{30,}", r"\bpypi-[\w-]{40,}", r"\bdapi[0-9a-f]{32}\b",
    r"\bglsa_[A-Za-z0-9_]{20,}", r"\bnvapi-[\w-]{20,}", r"\br8_[A-Za-z0-9]{30,}", r"\b\d{8,10}:AA[\w-]{30,}",
    r"\bsquare?0(?:atp|csp)-[\w-]{20,}", r"\bSK[0-9a-f]{32}\b", r"\bAccountKey=(?P<secret>[A-Za-z0-9+/=]{20,})",
    r"[?&](?:sig|signature|X-Amz-Signature|X-Amz-Credential|X-Goog-Signature)=(?P<secret>[\w%+/=.-]{16,})",
    r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",
    # Addresses: what stands before the @ of one, but for placeholders of an f-string and the `git` of ssh.
    r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^\s/:@\"'<>]{0,200}:(?P<secret>(?![{$<*])[^\s/@\"'<>]{1,400})@",
    r"\bhttps?://(?P<secret>(?![{$<*])[^\s/:@\"'<>?#&]{6,})@",
    # Headers.
    rf"\bauthorization{_Q}?\s*[:=,]\s*[bfu]?{_Q}?(?:basic|bearer|token|digest)\s+(?P<secret>(?![{{$<*])[^\s\"'\\]{{4,}})",
    rf"\bbearer\s+(?P<secret>{_DIGIT}[\w.~+/=-]{{12,}})", rf"\bbasic\s+(?P<secret>{_DIGIT}[A-Za-z0-9+/]{{12,}}=*)",
    # password = "…", d["password"] = "…", {"password": "…"}, f(password="…"), also over a backslash or a bracket.
    rf"(?<![\w.-]){_NAME}{_Q}?\s{{0,9}}\]?\s{{0,9}}(?::\s?[\w.\[\], |]{{1,60}})?(?::=|=>|==|!=|=|:)"
    rf"(?:[(\s]|\\[ \t]*\n){{0,60}}{_QUOTED}",
    rf"\b(?:key|auth|pass|signature|cookie){_Q}?\s{{0,9}}\]?\s{{0,9}}(?:=|:)\s{{0,9}}[rbu]?(?P<q>\\*[\"'])(?P<secret>{_DIGIT}[^\s\"'\\]{{12,}})(?P=q)",
    rf"\b(?:setdefault|putenv|setenv|environ\.get|getenv|pop|get)\(\s*{_Q}{_NAME}{_Q}\s*,\s*{_QUOTED}",
    rf"\b(?:basic_)?auth\s*=\s*\(\s*{_Q}[^\"'\n]*{_Q}\s*,\s*{_QUOTED}",
    # --password …, --token=…
    rf"--{_NAME}(?:\s*=\s*|\s+){_Q}?(?P<secret>(?![{{$<*-])[^\s\"'\\]{{4,}})",
    # PASSWORD=… as in files of settings, %env and export; a value without quotes has a digit, and calls nothing.
    r"(?m)^[+\- \t]*(?:(?:export|%env|%set_env|set|ENV|!export)\s+)?"
    rf"{_NAME}[ \t]{{0,9}}(?:=(?!=)|:|[ \t])[ \t]{{0,9}}"
    rf"(?P<secret>(?![=:]){_DIGIT}[^\s\"'#(){{}}\[\],]{{6,400}})[ \t]*(?:#.*)?$",
]  # fmt: skip

# Tokens of services are of one case; words, such as a header's name, are of any.
EXPRESSIONS = [
    re.compile(one, re.IGNORECASE if re.search(r"_?NOUNS|auth|bearer|basic|passw", one) else 0) for one in KNOWN
]


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name is expected to hold a secret."""
    return SECRET_NAME.search(name) is not None and NOT_SECRET_NAME.search(name) is None


def is_trivial(value: str) -> bool:
    """Values that are no secret whatever the name: words such as true, short ones, small numbers, paths."""
    text = value.strip()
    if len(text) < 5 or text.lower() in TRIVIAL or set(text) <= {"*", ".", "x", "X", "-", "_"}:
        return True
    if text.isdecimal():
        return len(text) < 8
    return text.startswith(("{", "${", "<")) and text.endswith(("}", ">"))
