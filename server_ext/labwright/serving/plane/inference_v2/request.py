"""Reads an inference request of the Open Inference Protocol: JSON tensors, and those of the binary data extension."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import Any

import orjson

from labwright.serving.plane.inference_v2.datatypes import DATATYPES, FIXED
from labwright.serving.plane.rows import BadRequest
from labwright.serving.plane.scoring import not_json

LARGEST = 1 << 31  # elements of a tensor
RANGES = {name: 8 * size for name, (_, _, size) in FIXED.items() if "INT" in name}


@dataclass(slots=True)
class Input:
    """A tensor: `values` in C order, or `payload`, its bytes as they came."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    values: list[Any] = field(default_factory=list)
    payload: bytes | None = None


@dataclass(slots=True)
class Output:
    """An output that was asked for."""

    name: str
    binary: bool


@dataclass(slots=True)
class Request:
    """`outputs` is None where all are asked for; `binary` says how outputs go that say nothing about it."""

    id: str | None
    inputs: list[Input]
    outputs: list[Output] | None
    parameters: dict[str, Any]
    binary: bool


def read(body: bytes, header_length: str | None) -> Request:
    """A request from its body; `header_length` is Inference-Header-Content-Length. Errors: BadRequest."""
    text, rest = _cut(body, header_length)
    try:
        content = orjson.loads(text)
    except ValueError:
        raise not_json(text) from None
    if not isinstance(content, dict):
        raise BadRequest('The body takes {"inputs": [{"name", "shape", "datatype", "data"}, …]}.')
    id_, given = content.get("id"), content.get("inputs")
    if id_ is not None and not isinstance(id_, str):
        raise BadRequest("id takes a text.")
    if not isinstance(given, list) or not given:
        raise BadRequest('inputs takes a list of tensors, each {"name", "shape", "datatype", "data"}.')
    inputs = []
    for place, one in enumerate(given):
        found, rest = _input(one, place, rest)
        inputs.append(found)
    if rest:
        raise BadRequest("The body is longer than its tensors: binary_data_size of the inputs does not add up to it.")
    names = [found.name for found in inputs]
    if len(set(names)) != len(names):
        raise BadRequest("Names of inputs are texts, each of them once.")
    parameters = _parameters(content, "The request")
    binary = _flag(parameters.get("binary_data_output", False), "binary_data_output")
    return Request(id_, inputs, _outputs(content.get("outputs"), binary), parameters, binary)


def _cut(body: bytes, header_length: str | None) -> tuple[bytes, memoryview]:
    if header_length is None:
        return body, memoryview(b"")
    digits = header_length.isascii() and header_length.isdigit() and len(header_length) <= 20
    if not digits or int(header_length) > len(body):
        raise BadRequest(
            "Inference-Header-Content-Length takes the length of the JSON at the begin of the body.",
            status=400, code="header_length",
        )  # fmt: skip
    length = int(header_length)
    return body[:length], memoryview(body)[length:]


def _input(one: Any, place: int, rest: memoryview) -> tuple[Input, memoryview]:
    name = one.get("name") if isinstance(one, dict) else None
    if not isinstance(name, str) or not name:
        raise BadRequest(f"Input {place + 1} has no name; it takes a text.")
    what = f"Input {name[:100]!r}"
    datatype, shape, parameters = one.get("datatype"), one.get("shape"), _parameters(one, what)
    if datatype not in DATATYPES:
        raise BadRequest(f"{what}: datatype takes one of {', '.join(DATATYPES)}.", code="datatype")
    if not isinstance(shape, list) or not 0 < len(shape) <= 32 or not all(type(one) is int for one in shape):
        raise BadRequest(f"{what}: shape takes a list of whole numbers.", code="shape")
    count = math.prod(shape)
    if min(shape) < 0 or count > LARGEST:
        raise BadRequest(f"{what}: such a shape cannot be.", code="shape")
    if any(key.startswith("shared_memory") for key in parameters):
        raise BadRequest(f"{what}: shared memory is not supported; send the data.", code="shared_memory")
    found = Input(name, datatype, tuple(shape))
    size = parameters.get("binary_data_size")
    if size is None:
        found.values = _flat(one.get("data"), found, what, count)
        _check(found, what)
        return found, rest
    if "data" in one:
        raise BadRequest(f"{what} has data in JSON and in binary; send one of them.")
    if type(size) is not int or not 0 <= size <= len(rest):
        raise BadRequest(f"{what}: the body does not have as many bytes as its binary_data_size says.", code="size")
    found.payload = bytes(rest[:size])
    if datatype == "BYTES":
        found.values = _texts(found.payload, what, count)
        found.payload = None
    elif size != count * FIXED[datatype][2]:
        wanted = f"{count} elements of {datatype}, {count * FIXED[datatype][2]} bytes"
        raise BadRequest(f"{what}: its shape asks for {wanted}; it has {size}.", code="shape")
    return found, rest[size:]


def _flat(data: Any, found: Input, what: str, count: int) -> list[Any]:
    """The values in C order; they may come nested as the shape is, or flat."""
    if not isinstance(data, list):
        raise BadRequest(f"{what}: data takes a list.")
    if len(found.shape) > 1 and data and isinstance(data[0], list):
        level = [data]
        for length in found.shape:
            if not all(isinstance(items, list) and len(items) == length for items in level):
                raise BadRequest(f"{what}: data does not have the shape {list(found.shape)}.", code="shape")
            level = [item for items in level for item in items]
        return level
    if len(data) != count:
        raise BadRequest(
            f"{what}: its shape {list(found.shape)} asks for {count} values; data has {len(data)}.", code="shape"
        )
    return data


def _check(found: Input, what: str) -> None:
    """Refuse values that are not of the datatype, repeating none of them."""
    kinds, datatype = set(map(type, found.values)), found.datatype
    if datatype == "BYTES":
        good = kinds <= {str, type(None)}
    elif datatype == "BOOL":
        good = kinds <= {bool}
    elif datatype.startswith("FP"):
        good = kinds <= {float, int, type(None)}
    else:
        good = kinds <= {int}
        bits, signed = RANGES[datatype], datatype.startswith("INT")
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        if good and found.values and not (low <= min(found.values) and max(found.values) <= high):
            raise BadRequest(f"{what}: a value does not fit in {datatype}.", code="datatype")
    if not good:
        raise BadRequest(f"{what}: its data are not all {datatype}.", code="datatype")


def _texts(payload: bytes, what: str, count: int) -> list[bytes]:
    """Elements of BYTES: each with its length before it, four bytes, little-endian."""
    found, place = [], 0
    while place + 4 <= len(payload):
        (length,) = struct.unpack_from("<I", payload, place)
        if place + 4 + length > len(payload):
            break
        found.append(payload[place + 4 : place + 4 + length])
        place += 4 + length
    if place != len(payload):
        raise BadRequest(f"{what}: an element of BYTES is longer than the data.", code="size")
    if len(found) != count:
        raise BadRequest(f"{what}: its shape asks for {count} elements; it has {len(found)}.", code="shape")
    return found


def _outputs(given: Any, binary: bool) -> list[Output] | None:
    if given is None or given == []:
        return None
    if not isinstance(given, list) or not all(
        isinstance(one, dict) and isinstance(one.get("name"), str) for one in given
    ):
        raise BadRequest('outputs takes a list of {"name"}.')
    found = []
    for one in given:
        parameters = _parameters(one, f"Output {one['name'][:100]!r}")
        if "classification" in parameters or any(key.startswith("shared_memory") for key in parameters):
            raise BadRequest("Of an output's parameters only binary_data is supported; leave the others out.")
        found.append(Output(one["name"], _flag(parameters.get("binary_data", binary), "binary_data")))
    return found


def _parameters(of: dict[str, Any], what: str) -> dict[str, Any]:
    found = of.get("parameters")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadRequest(f"{what}: parameters takes an object.")
    return found


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise BadRequest(f"{name} takes true or false.")
    return value
