#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client of the key server's API that shares no code with it: HTTP by Python's own library,
gRPC by grpcio, messages by Google's protocol buffers. Both transports look alike:

    api = Http(...) or Grpc(...)
    api.call("NewClient", {"client": {"name": "alice"}, "key": "..."})

returns the reply as JSON has it, or raises Refused with gRPC's name of the status.
"""
import http.client
import importlib
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.parse

import grpc
from google.protobuf import json_format, symbol_database

SOURCE = os.environ.get("E4_SOURCE_DIR") or os.path.realpath(f"{os.path.dirname(__file__)}/../..")
API = f"{SOURCE}/server/api"
CODES = {code.value[0]: code.name for code in grpc.StatusCode}
HTTP_CODES = {400: ("INVALID_ARGUMENT", "FAILED_PRECONDITION"), 401: ("UNAUTHENTICATED",),
              403: ("PERMISSION_DENIED",), 404: ("NOT_FOUND",), 413: ("RESOURCE_EXHAUSTED",),
              429: ("RESOURCE_EXHAUSTED",), 503: ("UNAVAILABLE",)}


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def rows():
    """Method: (gRPC path, role, verb, path), as methods.def says."""
    with open(f"{API}/methods.def", encoding="utf-8") as file:
        found = re.findall(r'^ROW\((\w+), (\w+), (\w+), (\w+), (\w+), "([^"]+)"', file.read(), re.M)
    return {method: (f"/{package}.{service}/{method}", role, verb, path)
            for package, service, method, role, verb, path in found}


def messages(folder):
    """Request and reply class of each method, by protoc from the .proto files."""
    protos = [name for name in os.listdir(API) if name.endswith(".proto")]
    subprocess.run(["protoc", "-I", API, "-I", "/usr/include", f"--python_out={folder}", *protos],
                   check=True)
    sys.path.insert(0, folder)
    symbols = symbol_database.Default()
    classes = {}
    for proto in protos:
        module = importlib.import_module(proto.replace(".proto", "_pb2"))
        for service in module.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                classes[f"/{service.full_name}/{method.name}"] = (
                    symbols.GetPrototype(method.input_type),
                    symbols.GetPrototype(method.output_type))
    return classes


ROWS = rows()
with tempfile.TemporaryDirectory() as made:
    CLASSES = messages(made)


def same_form(text, reply_class):
    """The reply, if it is in exactly the form that Google's library gives the same message."""
    value = json.loads(text)
    message = json_format.ParseDict(value, reply_class())
    form = as_json(message)
    assert value == form, f"{value} is not in the form {form}"
    return value


def as_json(message):
    """As Google's library has it, but for fields of messages that are not there, which are null."""
    value = json_format.MessageToDict(message, including_default_value_fields=True,
                                      preserving_proto_field_name=True)
    return with_nulls(value, message)


def with_nulls(value, message):
    for field in message.DESCRIPTOR.fields:
        if field.type != field.TYPE_MESSAGE or field.message_type.full_name.startswith("google."):
            if field.type == field.TYPE_MESSAGE and field.name not in value:
                value[field.name] = None
        elif field.label == field.LABEL_REPEATED:
            for one, inner in zip(value[field.name], getattr(message, field.name)):
                with_nulls(one, inner)
        elif field.name not in value:
            value[field.name] = None
        else:
            with_nulls(value[field.name], getattr(message, field.name))
    return value


class Http:
    name = "HTTP"

    def __init__(self, port, certificate, token):
        self.context = ssl.create_default_context(cafile=certificate)
        self.port = port
        self.token = token
        self.connection = self.connect()

    def connect(self):
        return http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=60)

    def headers(self):
        return {"Authorization": f"Bearer {self.token}"} if self.token is not None else {}

    def raw(self, verb, path, body=None, headers=None):
        """Status and body of any request."""
        try:
            self.connection.request(verb, path, body=body, headers={**self.headers(), **(headers or {})})
            answer = self.connection.getresponse()
            text = answer.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            raise
        return answer.status, text

    def call(self, method, fields):
        path, _, verb, pattern = ROWS[method]
        fields = json.loads(json.dumps(fields))
        url = re.sub(r"\{([^}]+)\}", lambda name: self.take(fields, name.group(1)), pattern)
        body = None
        if verb == "GET":
            query = urllib.parse.urlencode({name: value for name, value in fields.items() if value != {}})
            url += f"?{query}" if query else ""
        else:
            body = json.dumps(fields)
        status, text = self.raw(verb, url, body)
        if status == 200:
            return same_form(text, CLASSES[path][1])
        error = json.loads(text)
        assert list(error) == ["error", "code", "message", "details"], text
        assert error["error"] == error["message"] and error["details"] == [], text
        code = CODES[error["code"]]
        assert code in HTTP_CODES.get(status, ()), f"{status} with {code}"
        raise Refused(code, error["message"])

    def take(self, fields, name):
        """A field's value for the path; it is gone from the fields."""
        outer, _, inner = name.partition(".")
        if inner:
            value = fields.get(outer, {}).pop(inner, "")
        else:
            value = fields.pop(outer, "")
        return urllib.parse.quote(str(value), safe="")

    def events(self):
        """Events as they come; the first thing that comes is that the stream has begun."""
        connection = self.connect()
        connection.request("GET", ROWS["SubscribeToEventStream"][3], headers=self.headers())
        answer = connection.getresponse()
        assert answer.getheader("Content-Type") == "text/event-stream"
        yield None
        lines = []
        while True:
            line = answer.readline().decode().rstrip("\n")
            if line:
                lines.append(line)
                continue
            fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
            lines = []
            if fields:
                event = json.loads(fields["data"])
                assert fields["event"] == event["type"] and int(fields["id"]) > 0
                yield event


class Grpc:
    name = "gRPC"

    def __init__(self, port, certificate, token):
        with open(certificate, "rb") as file:
            credentials = grpc.ssl_channel_credentials(file.read())
        self.channel = grpc.secure_channel(f"localhost:{port}", credentials,
                                           options=[("grpc.max_send_message_length", -1)])
        self.token = token

    def metadata(self):
        return [("authorization", f"Bearer {self.token}")] if self.token is not None else []

    def call(self, method, fields):
        path = ROWS[method][0]
        request_class, reply_class = CLASSES[path]
        return as_json(self.send(path, json_format.ParseDict(fields, request_class()), reply_class))

    def send(self, path, request, reply_class):
        """A message, or bytes as they are."""
        unary = self.channel.unary_unary(
            path, request_serializer=lambda it: it if isinstance(it, bytes) else it.SerializeToString(),
            response_deserializer=reply_class.FromString)
        try:
            return unary(request, metadata=self.metadata(), timeout=60)
        except grpc.RpcError as error:
            raise Refused(error.code().name, error.details()) from None

    def events(self):
        path = ROWS["SubscribeToEventStream"][0]
        request_class, reply_class = CLASSES[path]
        stream = self.channel.unary_stream(path, request_serializer=lambda it: it.SerializeToString(),
                                           response_deserializer=reply_class.FromString)
        events = stream(request_class(), metadata=self.metadata())
        list(events.initial_metadata())
        yield None
        for event in events:
            yield as_json(event)


def connect(kind, port, folder, token="admin.token"):
    """A client of a server whose state is in folder; token is a file there, or None."""
    text = None
    if token is not None:
        with open(f"{folder}/{token}", encoding="utf-8") as file:
            text = file.read().strip()
    return {"http": Http, "grpc": Grpc}[kind](port, f"{folder}/server.crt", text)
