#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ask a server what its OpenAPI document says it can be asked, and what it says it cannot.

For every operation requests are made up from the document's schemas: good ones, and ones with
one thing wrong. No answer may be the server's failure; each must have the form that the document
gives it; what breaks a schema must be refused. What was made up is told by the seed.

usage: api_schema.py PORT STATE ROUNDS [SEED]
"""
import base64
import copy
import json
import os
import random
import sys
import urllib.parse

import jsonschema

import api_client

PORT, FOLDER, ROUNDS = sys.argv[1], sys.argv[2], int(sys.argv[3])
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else int.from_bytes(os.urandom(4), "little")
RANDOM = random.Random(SEED)
NAMES = ["alice", "bob", "c/d", "\u00e9\u4e2d", "%41", "a b"]
LETTERS = "abz/ %?&=.\u00e9\u4e2d\U0001f511\"\\'<>~\x01\x7f\u0085"


def text(schema):
    """A text that keeps to the rules, those of topics included."""
    if "enum" in schema:
        return RANDOM.choice(schema["enum"])
    if schema.get("format") == "date-time":
        return RANDOM.choice(["2099-12-31T23:59:59Z", "2099-01-01T00:00:00.5+01:00"])
    if schema.get("format") == "byte":
        length = 32 if "pattern" in schema else RANDOM.randrange(1, 200)
        return base64.b64encode(RANDOM.randbytes(length)).decode()
    if schema.get("format") == "int64":
        return str(RANDOM.choice([0, 1, 5, 100, 10**17]))
    if RANDOM.random() < 0.7:
        return RANDOM.choice(NAMES)
    return "".join(RANDOM.choice(LETTERS) for _ in range(RANDOM.randrange(1, 40)))


def value(schema):
    if schema["type"] == "object":
        return {name: value(inner) for name, inner in schema["properties"].items()
                if name in schema.get("required", []) or RANDOM.random() < 0.5}
    if schema["type"] == "boolean":
        return RANDOM.random() < 0.5
    return text(schema)


def spoiled(schema, good):
    """The same with one thing wrong, in any depth."""
    names = [name for name in schema["properties"] if name in good]
    way = RANDOM.choice(["more", "type", "deeper", "less"])
    bad = copy.deepcopy(good)
    if way == "deeper":
        inner = [name for name in names if schema["properties"][name]["type"] == "object"]
        if inner:
            name = RANDOM.choice(inner)
            bad[name] = spoiled(schema["properties"][name], good[name])
            return bad
    if way == "type" and names:
        bad[RANDOM.choice(names)] = RANDOM.choice([7.5, [], ["x"], [{}]])
        return bad
    texts = [name for name in schema.get("required", []) if schema["properties"][name]["type"] == "string"]
    if way == "less" and texts:
        del bad[RANDOM.choice(texts)]
        return bad
    bad["no such field"] = 1
    return bad


class Operation:
    def __init__(self, document, path, verb, what):
        self.document = document
        self.path = path
        self.verb = verb
        self.what = what
        content = what.get("requestBody", {}).get("content", {})
        self.body = content["application/json"]["schema"] if content else None

    def url(self, spoil):
        """With each parameter made up; if one is to be spoiled, one that GET has no room for."""
        url = self.path
        query = {}
        for parameter in self.what["parameters"]:
            made = text(parameter["schema"])
            if parameter["in"] == "path":
                url = url.replace("{%s}" % parameter["name"], urllib.parse.quote(made, safe=""))
            elif RANDOM.random() < 0.6:
                query[parameter["name"]] = made
        if spoil:
            query["no such field"] = "1"
        return url + (f"?{urllib.parse.urlencode(query)}" if query else "")

    def check(self, api, bad):
        """One request; bad: with something wrong."""
        spoil_body = bad and self.body is not None
        url = self.url(bad and not spoil_body)
        body = None
        if self.body is not None:
            body = value(self.body)
            if spoil_body:
                body = spoiled(self.body, body)
            body = json.dumps(body)
        status, answer = api.raw(self.verb.upper(), url, body)
        where = f"{self.verb} {url} {body}: {status} {answer[:300]}"
        assert status < 500, where
        assert not bad or 400 <= status < 500, f"bad and not refused: {where}"
        form = self.what["responses"]["200" if status == 200 else "default"]
        schema = form["content"]["application/json"]["schema"]
        jsonschema.validate(json.loads(answer), {**schema, "components": self.document["components"]})
        return status


def with_null(schema):
    """OpenAPI's nullable, in JSON Schema's words."""
    if isinstance(schema, list):
        return [with_null(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: with_null(inner) for name, inner in schema.items() if name != "nullable"}
    return {"anyOf": [changed, {"type": "null"}]} if schema.get("nullable") is True else changed


def main():
    api = api_client.connect("http", PORT, FOLDER)
    status, answer = api.raw("GET", "/v1/openapi.json")
    assert status == 200
    document = json.loads(answer)
    assert document["openapi"].startswith("3.")
    document["components"] = with_null(document["components"])
    operations = [Operation(document, path, verb, what) for path, verbs in document["paths"].items()
                  for verb, what in verbs.items()]
    assert len(operations) == len(api_client.ROWS)
    done = 0
    for _ in range(ROUNDS):
        for operation in operations:
            if operation.what["operationId"] in ("SubscribeToEventStream", "RemoveToken"):
                continue  # it does not end; it may be our own
            done += operation.check(api, False) == 200
            operation.check(api, True)
    print(f"{len(operations)} operations, {ROUNDS} rounds, {done} requests carried out")
    assert done > ROUNDS * len(operations) / 4, "hardly anything was carried out"


try:
    main()
except BaseException:
    print(f"seed {SEED}", file=sys.stderr)
    raise
