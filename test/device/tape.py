#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the recorded vectors as tapes: C arrays of steps that test/device/vectors.c plays on a board.

usage: tape.py symmetric|public_key|few|few_public_key PARTS FOLDER [--spoil]

symmetric and public_key are all cases of e4go.json and of the RFCs that do without, or need,
Ed25519 and X25519; few and few_public_key are one case of each kind of either. FOLDER gets tape_N.c for N from 1 to PARTS.
--spoil changes a byte that is expected, so that one case must fail.

The cases, their names, what is skipped and where libe4 answers otherwise are those of
test/vectors; a password has no place on a board, and is left out.
"""
import base64
import fnmatch
import hashlib
import json
import os
import re
import struct
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
VECTORS = os.path.join(ROOT, "test/vectors")
ANY_ERROR = 127
MODES = {"sym": 1, "pub": 2}
SYMMETRIC, PUBLIC_KEY = 1, 2

THEIRS = {"": "OK", "TopicKeyNotFound": "NO_TOPIC", "UnsupportedOperation": "MODE",
          "InvalidCommand": "COMMAND", "InvalidProtectedLen": "SHORT",
          "TooShortCiphertext": "SHORT", "TimestampInFuture": "FUTURE",
          "TimestampTooOld": "STALE", "InvalidSignature": "SIGNATURE",
          "PubKeyNotFound": "NO_SENDER", "NotAuthentic": "FORGED"}
TYPES = {"RemoveTopic": 0, "ResetTopics": 1, "SetIDKey": 2, "SetTopicKey": 3, "RemovePubKey": 4,
         "ResetPubKeys": 5, "SetPubKey": 6, "SetC2Key": 7}


def read_json(name):
    with open(os.path.join(VECTORS, name), encoding="utf-8") as file:
        return json.load(file)


def read_list(name, fields):
    with open(os.path.join(VECTORS, name), encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    return [[word.strip() for word in line.split("|", fields - 1)] for line in lines]


def results():
    """The numbers of e4.h."""
    with open(os.path.join(ROOT, "include/e4/e4.h"), encoding="utf-8") as file:
        return {name: int(value) for name, value in
                re.findall(r"\bE4_(?:ERR_)?([A-Z_]+) = (-\d+|0),", file.read())}


RESULT = results()
SKIPPED = read_list("skipped.list", 3)
DEVIATIONS = read_list("deviations.list", 5)
GO = read_json("e4go.json")


def raw(text):
    return bytes.fromhex(text)


def varied(data):
    """Bytes after their length."""
    return struct.pack("<H", len(data)) + data


def seconds(number):
    return struct.pack("<Q", number)


def result(number):
    return struct.pack("b", number)


def is_skipped(section, name):
    return any(file == section and fnmatch.fnmatchcase(name, pattern)
               for file, pattern, _ in SKIPPED)


def expected(section, name, error, other):
    """What libe4 answers where e4go gave this error."""
    for where, pattern, _, ours, _ in DEVIATIONS:
        if where == section and fnmatch.fnmatchcase(name, pattern):
            return RESULT[ours]
    return RESULT[other if error == "other" else THEIRS[error]]


class Tape:
    """Cases, each a list of steps: an operation, the length of what follows, and that."""

    def __init__(self):
        self.cases = []

    def case(self, section, name, public):
        """Begin a case. False: it is skipped."""
        if is_skipped(section, name):
            return False
        label = f"{section.removeprefix('e4go.json/')}: {name}".encode()[:200]
        self.cases.append([public, bytes([len(label)]) + label, []])
        return True

    def step(self, operation, *fields):
        data = b"".join(fields)
        self.cases[-1][2].append(operation.encode() + struct.pack("<H", len(data)) + data)

    def select(self, what):
        kinds = {}
        for case in self.cases:
            kinds.setdefault((case[0], case[1][1:].split(b":")[0]), case)
        if what == "few":
            return [case for case in kinds.values() if not case[0]]
        if what == "few_public_key":
            return [kinds[True, b"key_agreement"], kinds[True, b"unprotect_pub"]]
        return [case for case in self.cases if case[0] == (what == "public_key")]


def begin(case):
    steps = b"".join(case[2])
    return b"c" + struct.pack("<H", len(case[1])) + case[1] + steps


def identity(tape, mode, client_id, key, server_key, receiving, now, want):
    tape.step("m", bytes([mode]), client_id, key, server_key, varied(receiving.encode()),
              seconds(now), result(want))


def go_identity(tape, mode, server_key=None, want=0):
    keys = GO["command_keys"]
    if mode == SYMMETRIC:
        identity(tape, mode, raw(keys["sym_client_id"]), raw(keys["sym_client_key"]), bytes(32),
                 "", 1, want)
    else:
        identity(tape, mode, raw(keys["pub_client_id"]), raw(keys["pub_client_private"])[:32],
                 server_key or raw(keys["c2_public"]), "", 1, want)


def apply(tape, kind, topic=bytes(16), name=bytes(16), key=bytes(32), public=bytes(32), want=0):
    tape.step("A", bytes([TYPES[kind]]), topic, name, key, public, result(want))


def sha3(data):
    return hashlib.sha3_256(data).digest()


def topic_hash(topic):
    return sha3(topic.encode())[:16]


def hashes(tape):
    for n, test in enumerate(GO["hash"]):
        if not tape.case("e4go.json/hash", f"{n}, {test['length']} bytes", False):
            continue
        data = raw(test["input_hex"])
        tape.step("h", varied(data), raw(test["sha3_256"]))
        takes = 0 not in data and len(data) > 0
        tape.step("t", varied(data), result(0 if takes else RESULT["ARGUMENT"]),
                  raw(test["topic_hash"]))
        takes = takes and len(data) <= 255
        tape.step("n", varied(data), result(0 if takes else RESULT["ARGUMENT"]),
                  raw(test["id_alias"]))
    for test in GO["receiving_topic"]:
        if tape.case("e4go.json/receiving_topic", test["id"], False):
            tape.step("r", raw(test["id"]), test["topic"].encode())


def agreements(tape):
    for n, test in enumerate(GO["key_agreement"]):
        if tape.case("e4go.json/key_agreement", f"{n}", True):
            tape.step("a", *(raw(test[name]) for name in (
                "ed25519_seed", "c2_private", "c2_public", "ed25519_public", "command_key",
                "curve25519_private", "x25519_shared", "curve25519_public")))
    for test in GO["bad_c2_public"]:
        if tape.case("e4go.json/bad_c2_public", test["c2_public"], True):
            go_identity(tape, PUBLIC_KEY, raw(test["c2_public"]), RESULT["ARGUMENT"])
            tape.step("y", raw(test["ed25519_private"])[:32], raw(test["c2_public"]),
                      result(RESULT["ARGUMENT"]))


def validations(tape):
    for test in GO["validate"]:
        what = test["what"]
        name = f"{what} {test['name']} {test['input_hex'][:40]}"
        data = raw(test["input_hex"])
        public = what.startswith(("ed25519", "curve25519"))
        if what == "password" or not tape.case("e4go.json/validate", name, public):
            continue
        want = expected("validate", name, test["error"], "ARGUMENT")
        if what in ("topic", "name"):
            digest = sha3(data)[:16]
            tape.step("t" if what == "topic" else "n", varied(data), result(want), digest)
        elif what == "sym_key":
            identity(tape, SYMMETRIC, bytes(16), data, bytes(32), "", 1, want)
        elif what == "ed25519_public":
            tape.step("p", data, result(want))
        elif what == "curve25519_public":
            go_identity(tape, PUBLIC_KEY, data, want)
        elif what == "ed25519_private":
            go_identity(tape, PUBLIC_KEY)
            apply(tape, "SetIDKey", key=data[:32], public=data[32:],
                  want=ANY_ERROR if want else 0)
        else:
            sys.exit(f"nothing checks a {what}")


def sivs(tape):
    """With the associated data as the time, a frame is AES-SIV and nothing else."""
    for n, test in enumerate(GO["siv"]):
        if tape.case("e4go.json/siv", f"{n}, {test['length']} bytes", False):
            tape.step("F", raw(test["key"]), raw(test["ad"]), varied(raw(test["pt"])),
                      varied(raw(test["ad"] + test["ct"])))
    for test in GO["siv_negative"]:
        if tape.case("e4go.json/siv_negative", test["name"], False):
            tape.step("b", raw(test["key"]), varied(raw(test["ad"] + test["ct"])))


def message_of_client(tape, test, name, section):
    now = test["now"]
    want = expected(section, name, test["unprotect_error"], "ARGUMENT")
    tape.step("N", seconds(now))
    apply(tape, "SetTopicKey", topic_hash(test["topic"]), key=raw(test["topic_key"]))
    tape.step("P", varied(test["topic"].encode()), varied(raw(test["payload"])), result(0),
              varied(raw(test["protected"])))
    tape.step("u", varied(test["topic"].encode()), varied(raw(test["protected"])),
              result(want), bytes([1]), varied(raw(test["payload"])))


def messages(tape):
    for n, test in enumerate(GO["sym_message"]):
        name = f"{n}, {test['length']} bytes"
        if not tape.case("e4go.json/sym_message", name, False):
            continue
        tape.step("F", raw(test["topic_key"]), seconds(test["now"]), varied(raw(test["payload"])),
                  varied(raw(test["protected"])))
        identity(tape, SYMMETRIC, bytes(16), bytes([1]) + bytes(31), bytes(32), "", test["now"],
                 0)
        message_of_client(tape, test, name, "sym_message")
    for n, test in enumerate(GO["pub_message"]):
        name = f"{n}, {test['length']} bytes"
        if not tape.case("e4go.json/pub_message", name, True):
            continue
        tape.step("f", raw(test["topic_key"]), seconds(test["now"]), raw(test["signer_id"]),
                  raw(test["signer_private"])[:32], raw(test["signer_public"]),
                  varied(raw(test["payload"])), varied(raw(test["protected"])))
        identity(tape, PUBLIC_KEY, raw(test["signer_id"]), raw(test["signer_private"])[:32],
                 raw(GO["command_keys"]["c2_public"]), "", test["now"], 0)
        apply(tape, "SetPubKey", name=raw(test["signer_id"]), key=raw(test["signer_public"]))
        message_of_client(tape, test, name, "pub_message")


def command_fields(arguments):
    """Topic hash, id, key and public key of a command's arguments."""
    topic = topic_hash(arguments["topic"]) if "topic" in arguments else bytes(16)
    name = sha3(arguments["name"].encode())[:16] if "name" in arguments else bytes(16)
    key = raw(arguments.get("key", arguments.get("pubkey", "")))
    public = key[32:] if len(key) == 64 else bytes(32)
    return topic, name, (key + bytes(32))[:32], public


def commands(tape):
    keys = GO["command_keys"]
    for n, test in enumerate(GO["command"]):
        if not tape.case("e4go.json/command", f"{n} {test['name']}", False):
            continue
        plain = raw(test["plain"])
        mode = SYMMETRIC if test["name"] == "SetIDKey" and len(plain) == 33 else PUBLIC_KEY
        tape.step("C", bytes([mode, TYPES[test["name"]]]), *command_fields(test["args"]),
                  varied(plain))
        for key, sealed in (("sym_client_key", "protected_sym"),
                            ("pub_command_key", "protected_pub")):
            tape.step("F", raw(keys[key]), seconds(test["now"]), varied(plain),
                      varied(raw(test[sealed])))
    for test in GO["command_builder_errors"]:
        name = f"{test['name']} {test['error_text']}"
        if not tape.case("e4go.json/command_builder_errors", name, True):
            continue
        arguments = test["args"]
        if arguments.get("topic") == "":
            tape.step("t", varied(b""), result(RESULT["ARGUMENT"]), bytes(16))
        elif arguments.get("name") == "":
            tape.step("n", varied(b""), result(RESULT["ARGUMENT"]), bytes(16))
        else:
            go_identity(tape, PUBLIC_KEY)
            apply(tape, test["name"], *command_fields(arguments), want=ANY_ERROR)


def state(tape, text, missing=None):
    """What a client holds, against what e4go saved."""
    saved, _ = json.JSONDecoder().raw_decode(text)
    topics = {raw(name): base64.b64decode(key) for name, key in saved["TopicKeys"].items()}
    held = {name: key for name, key in topics.items() if len(key) == 32 and name != missing}
    data = {name.lower(): value for name, value in saved["Key"]["keyData"].items()}
    mode = SYMMETRIC if saved["Key"]["keyType"] == 0 else PUBLIC_KEY
    peers = {}
    if mode == SYMMETRIC:
        keys = base64.b64decode(data["key"]) + bytes(32)
        public = b""
    else:
        private = base64.b64decode(data["privatekey"])
        keys = private[:32] + base64.b64decode(data["c2pubkey"])
        public = private[32:]
        peers = {raw(name): base64.b64decode(key)
                 for name, key in (data["pubkeys"] or {}).items()}
    digest = sha3(b"".join(name + sha3(held[name]) for name in sorted(held)) +
                  b"".join(name + peers[name] for name in sorted(peers)))
    old = b""
    for name in sorted(held):
        before = topics.get(sha3(name)[:16], b"")
        old += name + bytes([len(before) == 40]) + (before or bytes(40))
    tape.step("S", base64.b64decode(saved["ID"]), bytes([mode]), keys, varied(public), digest,
              bytes([len(held)]), old)


def received_commands(tape):
    keys = GO["command_keys"]
    for test in GO["command_receive"]:
        mode = test["mode"]
        name = f"{mode} {test['name']}"
        if not tape.case("e4go.json/command_receive", name, mode == "pub"):
            continue
        want = expected("command_receive", name, test["error"], "COMMAND")
        keyed = dict(GO["command_keys"])
        identity(tape, MODES[mode], raw(keyed[f"{mode}_client_id"]),
                 raw(keyed["sym_client_key" if mode == "sym" else "pub_client_private"])[:32],
                 raw(keys["c2_public"]), "", test["now"], 0)
        tape.step("u", varied(keys[f"{mode}_receiving_topic"].encode()),
                  varied(raw(test["protected"])), result(want), bytes([2]), varied(b""))
        if want == 0 or test["error"]:
            state(tape, test["state_after"])


def receivers(tape, section, mode):
    client = GO[section]["client"]
    for test in GO[section]["cases"]:
        name = test["name"] + (" now_nsec" if "now_nsec" in test else "")
        if not tape.case(f"e4go.json/{section}", name, mode == PUBLIC_KEY):
            continue
        key = client["key"] if mode == SYMMETRIC else client["private"]
        server = bytes(32) if mode == SYMMETRIC else raw(client["c2_public"])
        identity(tape, mode, raw(client["id"]), raw(key)[:32], server, "", 1, 0)
        apply(tape, "SetTopicKey", topic_hash(client["topic"]), key=raw(client["topic_key"]))
        for peer in client.get("pubkeys", []):
            apply(tape, "SetPubKey", name=raw(peer["id"]), key=raw(peer["public"]))
        tape.step("N", seconds(test["now"]))
        want = expected(section, name, test["error"], "SHORT")
        for once in ([0] if name.startswith("replayed") else []) + [want]:
            tape.step("u", varied(test["topic"].encode()), varied(raw(test["protected"])),
                      result(once), bytes([1]), varied(raw(test.get("payload", ""))))


def scenario_start(tape, scenario):
    saved = json.loads(scenario["state_initial"])
    data = {name.lower(): value for name, value in saved["Key"]["keyData"].items()}
    mode = MODES[scenario["mode"]]
    key = base64.b64decode(data["key" if mode == SYMMETRIC else "privatekey"])[:32]
    server = bytes(32) if mode == SYMMETRIC else base64.b64decode(data["c2pubkey"])
    identity(tape, mode, base64.b64decode(saved["ID"]), key, server,
             scenario["config"].get("receiving_topic", ""), 1591600000, 0)
    state(tape, scenario["state_initial"])


def scenario_step(tape, scenario, step, name, missing):
    tape.step("N", seconds(step["now"]))
    if step["op"] == "command":
        want = expected("scenario", name, step["error"], "COMMAND")
        tape.step("u", varied(scenario["receiving_topic"].encode()),
                  varied(raw(step["protected"])), result(want), bytes([2]), varied(b""))
        state(tape, step["state"], missing)
        tape.step("R")
        return
    want = expected("scenario", name, step["error"], "ARGUMENT")
    frame = varied(raw(step.get("protected", "")))
    text = varied(raw(step.get("payload", "")))
    if step["op"] == "protect":
        tape.step("P", varied(step["topic"].encode()), text, result(want), frame)
    else:
        tape.step("u", varied(step["topic"].encode()), frame, result(want), bytes([1]), text)


def scenarios(tape):
    """A life is one case, so that its steps stay together."""
    section = "e4go.json/scenario"
    for scenario in GO["scenario"]:
        life = scenario["name"]
        if is_skipped(section, f"{life}: start"):
            continue
        tape.case(section, life, scenario["mode"] == "pub")
        missing = None
        scenario_start(tape, scenario)
        for n, step in enumerate(scenario["steps"]):
            name = f"{life}: step {n} {step['op']} {step.get('command', '')}" \
                   f"{step.get('note', '')}"
            if is_skipped(section, name):
                missing = raw(step["plain"])[33:]
            else:
                scenario_step(tape, scenario, step, name, missing)
        state(tape, scenario["state_final"], missing)


def rfcs(tape):
    for test in read_json("rfc/rfc8032_ed25519.json")["tests"]:
        if tape.case("rfc/rfc8032_ed25519.json", test["name"], True):
            tape.step("g", raw(test["secret"]), raw(test["public"]),
                      varied(raw(test["message"])), raw(test["signature"]))
    curve = read_json("rfc/rfc7748_x25519.json")
    for n, test in enumerate(curve["tests"]):
        if tape.case("rfc/rfc7748_x25519.json", f"section 5.2, {n}", True):
            tape.step("x", raw(test["scalar"]), raw(test["u"]), raw(test["out"]))
    pair = curve["diffie_hellman"]
    if tape.case("rfc/rfc7748_x25519.json", "section 6.1", True):
        for mine, yours in (("alice", "bob"), ("bob", "alice")):
            tape.step("X", raw(pair[f"{mine}_private"]), raw(pair[f"{mine}_public"]))
            tape.step("x", raw(pair[f"{mine}_private"]), raw(pair[f"{yours}_public"]),
                      raw(pair["shared"]))


def parts_of(cases, count):
    """The cases in so many parts of about the same size."""
    parts = [[] for _ in range(count)]
    for case in sorted((begin(case) for case in cases), key=len, reverse=True):
        min(parts, key=lambda part: sum(map(len, part))).append(case)
    return [b"".join(part) for part in parts]


def write_part(path, data):
    lines = [",".join(map(str, data[at:at + 24])) for at in range(0, len(data), 24)]
    with open(path, "w", encoding="utf-8") as file:
        file.write('#include "test/device/tape.h"\n'
                   f"const uint32_t tape_len = {len(data)};\n"
                   "TAPE_MEMORY const uint8_t tape[] = {\n" + ",\n".join(lines) + "};\n")


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    what, count, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    tape = Tape()
    hashes(tape)
    agreements(tape)
    validations(tape)
    sivs(tape)
    messages(tape)
    commands(tape)
    received_commands(tape)
    receivers(tape, "unprotect_sym", SYMMETRIC)
    receivers(tape, "unprotect_pub", PUBLIC_KEY)
    scenarios(tape)
    rfcs(tape)
    cases = tape.select(what)
    if "--spoil" in sys.argv:
        step = cases[0][2][0] # a hash: its last byte is expected
        cases[0][2][0] = step[:-1] + bytes([step[-1] ^ 1])
    os.makedirs(folder, exist_ok=True)
    for n, data in enumerate(parts_of(cases, count), 1):
        write_part(os.path.join(folder, f"tape_{n}.c"), data)


if __name__ == "__main__":
    main()
