#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every method of the API, row by row, and what is bad input to it, over one transport.

usage: api_rows.py http|grpc PORT STATE symmetric-key|public-key
"""
import base64
import os
import sys
import time

import api_client
from api_client import ROWS, Refused

KIND, PORT, FOLDER, MODE = sys.argv[1:]
PUBLIC = MODE == "public-key"


def b64(data):
    return base64.b64encode(data).decode()


def public_key():
    """An Ed25519 public key, by a program that is not ours."""
    import subprocess
    private = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], check=True,
                             capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubout", "-outform", "DER"], check=True, input=private,
                         capture_output=True).stdout
    return der[-32:]


KEYS = [public_key() if PUBLIC else os.urandom(32) for _ in range(6)]
BAD = "INVALID_ARGUMENT"
MISSING = "NOT_FOUND"
WRONG_MODE = "FAILED_PRECONDITION"
NOTHING = {}
HUGE = str(2**63 - 1)


def client(name):
    return {"client": {"name": name}}


def pair(source, target):
    return {"sourceClient": {"name": source}, "targetClient": {"name": target}}


def clients(*names):
    return {"clients": [{"name": name} for name in names]}


BAD_NAMES = ["", "x" * 256, "\u00e9" * 128]
BAD_TOPICS = ["", "a+b", "#", "$SYS/x"]
SIGNED = NOTHING if PUBLIC else WRONG_MODE

# Method, fields, and what comes of it: the reply, or the status.
STEPS = [
    ("HealthCheck", {}, {"Code": "0", "Status": "OK"}),
    ("GetCryptoMode", {}, {"CryptoMode": "CRYPTOMODE_PUBKEY" if PUBLIC else "CRYPTOMODE_SYMKEY"}),
    ("CountClients", {}, {"count": "0"}),
    ("GetClients", {"count": 10}, {"clients": []}),
    ("CountTopics", {}, {"count": "0"}),
    ("GetTopics", {"count": 10}, {"topics": []}),

    ("NewClient", {**client("alice"), "key": b64(KEYS[0])}, NOTHING),
    ("NewClient", {**client("b/ob %2F?#\u00e9\u4e2d"), "key": b64(KEYS[1])}, NOTHING),
    ("NewClient", {**client("carol"), "key": b64(KEYS[2])}, NOTHING),
    ("NewClient", {**client("alice"), "key": b64(KEYS[3])}, NOTHING),  # the same name again
    ("NewClient", {**client("dave"), "key": b64(KEYS[2])}, BAD),  # carol's key
    ("NewClient", {**client("dave"), "key": b64(KEYS[4][:31])}, BAD),
    ("NewClient", {**client("dave"), "key": b64(KEYS[4] + b"x")}, BAD),
    ("NewClient", {**client("dave"), "key": ""}, BAD),
    ("NewClient", {**client("dave"), "key": b64(bytes(32))}, BAD),
    ("NewClient", {"key": b64(KEYS[4])}, BAD),
    *[("NewClient", {**client(name), "key": b64(KEYS[4])}, BAD) for name in BAD_NAMES],
    ("CountClients", {}, {"count": "3"}),
    ("GetClients", {"count": 10}, clients("alice", "b/ob %2F?#\u00e9\u4e2d", "carol")),
    ("GetClients", {}, clients()),
    ("GetClients", {"count": 0}, clients()),
    ("GetClients", {"offset": 1, "count": 1}, clients("b/ob %2F?#\u00e9\u4e2d")),
    ("GetClients", {"offset": "2", "count": HUGE}, clients("carol")),
    ("GetClients", {"offset": HUGE, "count": HUGE}, clients()),
    ("GetClients", {"count": -1}, BAD),
    ("GetClients", {"offset": -1, "count": 1}, BAD),
    ("GetClients", {"count": str(-2**63)}, BAD),
    ("NewClientKey", client("alice"), NOTHING),
    ("NewClientKey", client("nobody"), MISSING),

    ("NewTopic", {"topic": "room/1"}, NOTHING),
    ("NewTopic", {"topic": "/a//b/ %2F?#".replace("#", "!")}, NOTHING),
    ("NewTopic", {"topic": "room/1"}, NOTHING),  # a new key
    ("NewTopic", {"topic": "x/clients/count"}, NOTHING),
    ("NewTopic", {"topic": "\u00e9\u4e2d"}, NOTHING),
    *[("NewTopic", {"topic": topic}, BAD) for topic in BAD_TOPICS],
    ("CountTopics", {}, {"count": "4"}),
    ("GetTopics", {"count": 2}, {"topics": ["/a//b/ %2F?!", "room/1"]}),
    ("GetTopics", {"offset": 2, "count": 2}, {"topics": ["x/clients/count", "\u00e9\u4e2d"]}),
    ("GetTopics", {"count": -1}, BAD),
    ("RevokeTopic", {"topic": "room/1"}, NOTHING),
    ("RevokeTopic", {"topic": "nowhere"}, MISSING),
    *[("RevokeTopic", {"topic": topic}, BAD) for topic in BAD_TOPICS],

    ("NewTopicClient", {**client("alice"), "topic": "room/1"}, NOTHING),
    ("NewTopicClient", {**client("alice"), "topic": "room/1"}, NOTHING),  # sent again
    ("NewTopicClient", {**client("alice"), "topic": "x/clients/count"}, NOTHING),
    ("NewTopicClient", {**client("carol"), "topic": "room/1"}, NOTHING),
    ("NewTopicClient", {**client("carol"), "topic": "nowhere"}, MISSING),
    ("NewTopicClient", {**client("nobody"), "topic": "room/1"}, MISSING),
    ("NewTopicClient", {**client(""), "topic": "room/1"}, BAD),
    *[("NewTopicClient", {**client("carol"), "topic": topic}, BAD) for topic in BAD_TOPICS],
    ("CountTopicsForClient", client("alice"), {"count": "2"}),
    ("CountTopicsForClient", client("nobody"), MISSING),
    ("CountTopicsForClient", client(""), BAD),
    ("GetTopicsForClient", {**client("alice"), "count": 9}, {"topics": ["room/1", "x/clients/count"]}),
    ("GetTopicsForClient", {**client("alice"), "offset": 1, "count": 9}, {"topics": ["x/clients/count"]}),
    ("GetTopicsForClient", {**client("alice"), "count": -9}, BAD),
    ("GetTopicsForClient", {**client("nobody"), "count": 9}, MISSING),
    ("CountClientsForTopic", {"topic": "room/1"}, {"count": "2"}),
    ("CountClientsForTopic", {"topic": "x/clients/count"}, {"count": "1"}),
    ("CountClientsForTopic", {"topic": "nowhere"}, MISSING),
    ("CountClientsForTopic", {"topic": "+"}, BAD),
    ("GetClientsForTopic", {"topic": "room/1", "count": 9}, clients("alice", "carol")),
    ("GetClientsForTopic", {"topic": "x/clients/count", "count": 9}, clients("alice")),
    ("GetClientsForTopic", {"topic": "room/1", "offset": 1, "count": 1}, clients("carol")),
    ("GetClientsForTopic", {"topic": "room/1", "offset": -1, "count": 1}, BAD),
    ("GetClientsForTopic", {"topic": "nowhere", "count": 9}, MISSING),
    ("RemoveTopicClient", {**client("alice"), "topic": "x/clients/count"}, NOTHING),
    ("RemoveTopicClient", {**client("alice"), "topic": "x/clients/count"}, MISSING),
    ("RemoveTopicClient", {**client("alice"), "topic": "a#"}, BAD),
    ("CountTopicsForClient", client("alice"), {"count": "1"}),
    ("ResetClient", client("alice"), NOTHING),
    ("ResetClient", client("nobody"), MISSING),
    ("ResetClient", client("x" * 256), BAD),
    ("CountTopicsForClient", client("alice"), {"count": "0"}),

    ("LinkClient", pair("alice", "carol"), NOTHING),
    ("LinkClient", pair("b/ob %2F?#\u00e9\u4e2d", "carol"), NOTHING),
    ("LinkClient", pair("nobody", "carol"), MISSING),
    ("LinkClient", pair("alice", "nobody"), MISSING),
    ("LinkClient", pair("", "carol"), BAD),
    ("CountLinkedClients", client("carol"), {"count": "2"}),
    ("CountLinkedClients", client("alice"), {"count": "0"}),
    ("CountLinkedClients", client("nobody"), MISSING),
    ("GetLinkedClients", {**client("carol"), "count": 9}, clients("alice", "b/ob %2F?#\u00e9\u4e2d")),
    ("GetLinkedClients", {**client("carol"), "count": -1}, BAD),
    ("UnlinkClient", pair("alice", "carol"), NOTHING),
    ("UnlinkClient", pair("alice", "carol"), MISSING),
    ("UnlinkClient", pair("alice", ""), BAD),
    ("CountLinkedClients", client("carol"), {"count": "1"}),
    ("SendClientPubKey", pair("alice", "carol"), SIGNED),
    ("RemoveClientPubKey", pair("alice", "carol"), SIGNED),
    ("ResetClientPubKeys", {"targetClient": {"name": "carol"}}, SIGNED),
    ("SendClientPubKey", {}, BAD if PUBLIC else WRONG_MODE),
    ("SendClientPubKey", pair("nobody", "carol"), MISSING if PUBLIC else WRONG_MODE),
    ("NewC2Key", {"force": True}, SIGNED),
    ("NewC2Key", {"force": False}, BAD if PUBLIC else WRONG_MODE),
    ("NewC2Key", {}, BAD if PUBLIC else WRONG_MODE),

    ("ProtectMessage", {"topic": "nowhere", "binaryData": b64(b"x")}, MISSING),
    ("ProtectMessage", {"topic": "+", "binaryData": b64(b"x")}, BAD),
    ("UnprotectMessage", {"topic": "room/1", "protectedBinaryData": b64(b"x")}, BAD),
    ("UnprotectMessage", {"topic": "room/1", "protectedBinaryData": ""}, BAD),
    ("UnprotectMessage", {"topic": "room/1", "protectedBinaryData": b64(bytes(200))}, BAD),
    ("UnprotectMessage", {"topic": "nowhere", "protectedBinaryData": b64(bytes(200))}, MISSING),

    ("SearchClients", {}, {"names": ["alice", "b/ob %2F?#\u00e9\u4e2d", "carol"]}),
    ("SearchClients", {"prefix": "b/"}, {"names": ["b/ob %2F?#\u00e9\u4e2d"]}),
    ("SearchClients", {"count": 1, "after": "alice"}, {"names": ["b/ob %2F?#\u00e9\u4e2d"]}),
    ("SearchClients", {"prefix": "d"}, {"names": []}),
    ("SearchClients", {"count": -1}, BAD),
    ("SearchTopics", {"prefix": "\u00e9"}, {"names": ["\u00e9\u4e2d"]}),
    ("SearchTopics", {"prefix": "room/", "after": "room/1", "count": HUGE}, {"names": []}),
    ("GetClient", {"name": "nobody"}, MISSING),
    ("GetClient", {"name": "x" * 256}, BAD),
    ("GetTopic", {"topic": "nowhere"}, MISSING),
    ("GetTopic", {"topic": "a+"}, BAD),
    ("GetWaiting", {"name": "nobody"}, MISSING),
    ("GetWaiting", {"name": "alice", "count": -1}, BAD),
    ("RemoveTopic", {"topic": "/a//b/ %2F?!"}, NOTHING),
    ("RemoveTopic", {"topic": "/a//b/ %2F?!"}, MISSING),
    ("RemoveTopic", {"topic": ""}, BAD),
    ("RemoveClient", client("b/ob %2F?#\u00e9\u4e2d"), NOTHING),
    ("RemoveClient", client("b/ob %2F?#\u00e9\u4e2d"), MISSING),
    ("RemoveClient", client(""), BAD),
    ("CountClients", {}, {"count": "2"}),
    ("CountTopics", {}, {"count": "3"}),

    ("NewToken", {"name": "", "role": "VIEWER"}, BAD),
    ("NewToken", {"name": "a b", "role": "VIEWER"}, BAD),
    ("NewToken", {"name": "x" * 65, "role": "VIEWER"}, BAD),
    ("NewToken", {"name": "x"}, BAD),
    ("NewToken", {"name": "admin", "role": "VIEWER"}, BAD),  # there is one
    ("NewToken", {"name": "x", "role": "VIEWER", "expires": "1999-01-01T00:00:00Z"}, BAD),
    ("RemoveToken", {"name": "x"}, MISSING),
    ("GetAudit", {"count": -1}, BAD),
    ("GetAudit", {"after": -1}, BAD),
]


def check(api, number, method, fields, wanted):
    where = f"step {number}, {method} {fields} over {api.name}"
    try:
        got = api.call(method, fields)
    except Refused as refused:
        got = refused.code
        assert refused.message, f"{where}: refused without a word"
    assert got == wanted, f"{where}: {got} instead of {wanted}"


def messages(api):
    """Protected is not plain, and opens to what it was; of any length."""
    for length in 1, 1000, 100000:
        plain = os.urandom(length)
        fields = {"topic": "room/1", "binaryData": b64(plain)}
        protected = api.call("ProtectMessage", fields)
        assert protected["topic"] == "room/1"
        frame = base64.b64decode(protected["protectedBinaryData"])
        assert len(frame) == length + (104 if PUBLIC else 24)
        assert length < 100 or plain not in frame
        opened = api.call("UnprotectMessage", protected)
        assert opened == fields, "it does not open to what it was"
        flipped = bytes([frame[0]]) + frame[1:-1] + bytes([frame[-1] ^ 1])
        try:
            api.call("UnprotectMessage", {"topic": "room/1", "protectedBinaryData": b64(flipped)})
            raise AssertionError("a flipped bit was not noticed")
        except Refused as refused:
            assert refused.code == BAD, refused


def events(api):
    """A stream has what happens after it began, in order."""
    stream = api.events()
    next(stream)
    for name in "carol", "alice":
        api.call("NewTopicClient", {**client(name), "topic": "\u00e9\u4e2d"})
        api.call("RemoveTopicClient", {**client(name), "topic": "\u00e9\u4e2d"})
    for name in "carol", "alice":
        for kind in "CLIENT_SUBSCRIBED", "CLIENT_UNSUBSCRIBED":
            event = next(stream)
            assert event["timestamp"].endswith("Z")
            assert (event["type"], event["source"], event["target"]) == (kind, name, "\u00e9\u4e2d"), event


def tokens(api):
    made = api.call("NewToken", {"name": "ci", "role": "OPERATOR", "expires": "9999-12-31T23:59:59Z"})
    assert made["token"].startswith("e4t_") and len(made["token"]) == 68
    listed = api.call("GetTokens", {})["tokens"]
    assert [(one["name"], one["role"], one["expires"]) for one in listed] == [
        ("admin", "ADMIN", None), ("ci", "OPERATOR", "9999-12-31T23:59:59Z")], listed
    assert api.call("RemoveToken", {"name": "ci"}) == {}
    assert len(api.call("GetTokens", {})["tokens"]) == 1


def audit(api):
    records = api.call("GetAudit", {"count": 1000})["records"]
    assert [int(one["number"]) for one in records] == list(range(1, len(records) + 1))
    assert (records[0]["who"], records[0]["what"], records[0]["first"]) == ("e4d", "NewToken", "admin")
    assert all(one["who"] == "admin" for one in records[1:])
    assert api.call("GetAudit", {"after": 3, "count": 2})["records"] == records[3:5]
    verified = api.call("VerifyAudit", {})
    assert verified == {"count": str(len(records)), "hash": records[-1]["hash"]}


def details(api):
    """No broker is there, so what is desired waits."""
    api.call("NewTopicClient", {**client("alice"), "topic": "room/1"})
    detail = api.call("GetClient", {"name": "alice"})
    assert detail["name"] == "alice" and detail["state"] == "WAITING" and detail["topics"] == "1"
    assert detail["receivingTopic"] == "e4/a7dcef9aef26202fce82a7c7d6672afb"
    assert detail["receipts"] is False and detail["heard"] is None and detail["commanded"] is None
    waiting = api.call("GetWaiting", {"name": "alice"})["commands"]
    assert len(waiting) == int(detail["waiting"])
    assert {"what": "SetTopicKey", "about": "room/1", "attempts": "0", "sent": False} in waiting, waiting
    assert api.call("GetWaiting", {"name": "alice", "count": 1})["commands"] == waiting[:1]
    topic = api.call("GetTopic", {"topic": "room/1"})
    assert topic["topic"] == "room/1" and topic["confirmed"] == "0" and topic["changed"].endswith("Z")
    assert topic["clients"] == "2" and topic["keys"] == "3" and int(topic["waiting"]) >= 2, topic


def rekey(api):
    """The master key is another, and nobody who asks for anything else sees that."""
    count = api.call("CountClients", {})
    state = api.call("Rekey", {})
    while state["running"]:
        time.sleep(0.05)
        state = api.call("GetRekey", {})
    assert int(state["resealed"]) > 0, state
    assert api.call("CountClients", {}) == count


def server_key(api):
    if not PUBLIC:
        check(api, "key", "GetServerKey", {}, WRONG_MODE)
        return
    before = api.call("GetServerKey", {})
    assert len(base64.b64decode(before["serverKey"])) == 32 and before["signer"]
    assert len(base64.b64decode(before["signerKey"])) == 32
    api.call("NewC2Key", {"force": True})
    after = api.call("GetServerKey", {})
    assert after["serverKey"] != before["serverKey"] and after["signerKey"] == before["signerKey"]


def documented():
    """docs/api.md has every method, its verb and its path."""
    with open(f"{api_client.SOURCE}/docs/api.md", encoding="utf-8") as file:
        lines = file.read().split("\n")
    for method, (_, _, verb, path) in ROWS.items():
        assert any(method in line and verb in line and f"`{path}`" in line for line in lines), method


def main():
    api = api_client.connect(KIND, PORT, FOLDER)
    for number, step in enumerate(STEPS):
        check(api, number, *step)
    for part in messages, details, events, tokens, server_key, rekey, audit:
        part(api)
    tried = {step[0] for step in STEPS} | {"SubscribeToEventStream", "GetTokens", "GetServerKey", "VerifyAudit",
                                           "Rekey", "GetRekey"}
    assert tried == set(ROWS), f"not tried: {set(ROWS) - tried}"
    documented()
    print(f"{len(ROWS)} methods, {len(STEPS)} steps over {api.name}, {MODE} mode")


main()
