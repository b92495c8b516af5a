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
    r"[_.-]?tokens?|tokens?[_.-](?:count|limit|type|ids?|per[_.-])|(?:^|_)(?:ssh_auth_sock|xauthority|oldpwd)$|_(?:keyring|keymap)"
    r"|[_.-](?:file|path|dir|folder|url|uri|endpoint|columns?|cols?|fields?|name|env|var|index|length|size|embeddings?)$",
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
_VALUE = r"(?P<secret>(?! )(?:(?!(?P=q)).){1,4000}?)(?P=q)"
_QUOTED = rf"[rbuRBU]{{0,2}}(?P<q>\\*(?:\"\"\"|'''|[\"'])){_VALUE}"
_DIGIT = r"(?=[^\s\"']*\d)"
_KEY = rf"(?<![\w.-]){_NAME}{_Q}?\s{{0,9}}\]?\s{{0,9}}"  # password, d["password"], "password" of a dict
_BARE = rf"(?P<secret>(?![{{$<*(]){_DIGIT}[^\s\"'();|&<>]{{6,400}})"  # a value without quotes

KNOWN = [
    # Keys, whole or cut off.
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?P<secret>(?:[A-Za-z0-9+/=\s\\\"'+,:;-](?!----END))*[^-]?)",
    r"\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9_]{30,}", r"\bgithub_pat_[A-Za-z0-9_]{20,}",
    r"\bgl(?:pat|ptt|rt|dt|soat|cbt|ft|agent|oas)-[\w.-]{16,}",
    r"\bxox[abceoprs]-[\w-]{10,}", r"\bxapp-[\w-]{10,}",
    r"hooks\.slack\.com/services/(?P<secret>[\w/]{20,})",
    r"\bsk-(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,}", r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}",
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
    rf"{_KEY}(?::\s?[\w.\[\], |]{{1,60}})?(?!:\s{{0,9}}\n\s{{0,40}}\"\"\")"
    rf"(?::=|=>|==|!=|=|:)(?:[(\s]|\\[ \t]*\n){{0,60}}{_QUOTED}",
    rf"\b(?P<weak>key|auth|authorization|pass|signature|cookie){_Q}?\s{{0,9}}\]?\s{{0,9}}(?:=|:)\s{{0,9}}[rbu]?(?P<q>\\*[\"'])(?P<secret>{_DIGIT}[^\s\"'\\]{{12,}})(?P=q)",
    rf"\b(?:set\w{{0,12}}|putenv|environ\.get|getenv|pop|get|option|config|put|add_?header)\(\s*(?:[\w.]{{1,80}}\s*,\s*)?"
    rf"{_Q}{_NAME}{_Q}\s*,\s*{_QUOTED}",
    # Strings over lines; what stands after `or` and `else`; the last of several: user, password = "…", "…".
    rf"{_KEY}[=:][ \t]{{0,9}}[rbu]?(?P<q>\"\"\"|''')(?P<secret>(?s:.){{1,4000}}?)(?P=q)",
    rf"{_KEY}=(?!=)[^\n#]{{1,200}}?\b(?:or|else)\s+[rbu]?(?P<q>[\"'])(?P<secret>{_DIGIT}[^\s\"']{{8,}})(?P=q)",
    rf"(?m)^[+\- \t]*[\w.]{{1,80}}(?:\s*,\s*[\w.]{{1,80}}){{0,5}}\s*,\s*{_NAME}\s*=(?!=)[^\n#]{{1,200}}?"
    rf",\s*{_QUOTED}\s*(?:#.*)?$",
    # token = f"…{user}", where a part of it is written out.
    rf"{_KEY}[=:]\s{{0,9}}r?f[\"'](?:[^\"'\n]{{0,200}}\}})?(?P<secret>{_DIGIT}[^\s{{}}\"']{{8,400}})[{{\"']",
    rf"\b(?:basic_)?auth\s*=\s*\(\s*{_Q}[^\"'\n]*{_Q}\s*,\s*{_QUOTED}",
    # --password …, --token=…
    rf"--{_NAME}(?:\s*=\s*|\s+){_Q}?(?P<secret>(?![{{$<*-])[^\s\"'\\]{{4,}})",
    # Commands: curl -u ada:…, mysql -p…, docker login -p …, export PASSWORD=…; .netrc; SQL; headers; XML.
    r"\bcurl\b[^\n]{0,400}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,80}:(?P<secret>[^\s\"'${]{3,})",
    r"\b(?:mysql(?:dump|admin)?|sshpass)\b[^\n]{0,200}?\s-p\s?(?P<secret>[^\s\"'${-][^\s\"']{3,})",
    r"\b(?:docker|podman|helm|oras|az)\b[^\n]{0,80}?\blogin\b[^\n]{0,200}?\s-p\s+(?P<secret>[^\s\"'${-][^\s\"']{3,})",
    rf"(?:!|\b(?:export|env|set)\s|\s(?:-e|--env)[ =])[ \t]{{0,9}}"
    rf"{_NAME}=(?P<secret>(?![{{$<*(])[^\s\"'();|&<>]{{4,400}})",
    rf"\b(?:login|user|account)\s+\S{{1,200}}\s+password\s+{_BARE}",
    r"\b(?:password|identified\s+by)\s+(?P<q>')(?P<secret>[^'\n]{4,200})(?P=q)",
    rf"[\"']{_NAME}:\s{{1,3}}{_BARE}{_Q}",
    rf"<{_NAME}>(?P<secret>[^<>\s]{{4,400}})</",
    rf"\b(?:password|passphrase|token|secret|api key)\s+is:?\s+{_BARE}",
    # Addresses of databases in one string: Pwd=…;  host=… password=… dbname=…
    r"[;\s\"'](?P<name>password|passwd|pwd)=(?P<secret>(?![{$<*(])[^\s\"'();,|&<>]{4,400})"
    r"(?:;|[ \t]+\w+=|(?<=\d)[\"'])",
    # PASSWORD=… as in files of settings, %env and export; a value without quotes has a digit, and calls nothing.
    r"(?m)^[+\- \t#/>]*(?:(?:export|%env|%set_env|set|ENV|!export)\s+)?"
    rf"{_NAME}(?P<to>[ \t]{{0,9}}(?:=(?!=)|:|[ \t])[ \t]{{0,9}})"
    rf"(?P<secret>(?![=:]){_DIGIT}[^\s\"'#(){{}}\[\],]{{6,400}})[ \t]*(?:#.*)?$",
]  # fmt: skip

# Tokens of services are of one case; words, such as a header's name, are of any.
EXPRESSIONS = [
    re.compile(one, re.IGNORECASE if re.search(r"_?NOUNS|auth|bearer|basic|passw", one) else 0) for one in KNOWN
]
# A string beside one that is masked, which Python joins: "***" + "…"
BESIDE = re.compile(
    r"(?<=\*\*\*)(?P<q>[\"'])(?:[ \t]{0,40}(?:\+|\\?\n[+-]?)?){1,4}[rbfu]?"
    r"(?P<p>[\"'])(?P<secret>[^\s\"'*]{4,400})(?P=p)"
)
# A list or dict under a plural name, and the strings in it that may be keys.
SEVERAL = re.compile(
    r"\b(?:\w{0,40}_)?(?:passwords|secrets|credentials|(?:api_?)?keys|tokens|cookies)\s{0,9}(?::[^=\n]{1,60})?=\s{0,9}[\[({][^\[\](){}]{1,4000}",
    re.IGNORECASE,
)
ONE_OF_THEM = re.compile(r"(?P<q>[\"'])(?P<secret>(?=[^\s\"']*\d)(?=[^\s\"']*[A-Za-z])[^\s\"'<>\[\]]{16,400})(?P=q)")
# Words joined to a name, such as weather_station_12; and that of a variable, such as args.password_2.
WORDS = re.compile(r"[A-Za-z]+(?:[_. -][A-Za-z]+)*(?:[_. -]?\d{1,4})?")
CODE = re.compile(r"[A-Za-z]+\d{0,3}(?:[._](?:[A-Za-z]+\d{0,3}|\d{1,4}))+")


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
    if re.fullmatch(r"\[[A-Z_]{2,12}\d{0,5}\]", text):  # such as [MASK]
        return True
    return text.startswith(("{", "${", "<")) and text.endswith(("}", ">"))
