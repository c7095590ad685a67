#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Long bodies, begun on many connections at once: of strangers, then of somebody known.

usage: api_bodies.py PORT FOLDER PID
"""
import os
import socket
import ssl
import sys

PORT, FOLDER, PID = int(sys.argv[1]), sys.argv[2], sys.argv[3]
LENGTH = 4 << 20
PIECE = b" " * (3 << 20)
CONNECTIONS = 60  # whose bodies are three times the budget
ALLOWED_KB = 160000  # the budget, and what connections take themselves


def peak_kb():
    with open(f"/proc/{PID}/status", encoding="utf-8") as file:
        return int(next(line for line in file if line.startswith("VmHWM:")).split()[1])


def has_sanitizer():
    with open(f"/proc/{PID}/maps", encoding="utf-8") as file:
        return any("san.so" in line for line in file)


def begin(head):
    context = ssl.create_default_context(cafile=f"{FOLDER}/server.crt")
    plain = socket.create_connection(("127.0.0.1", PORT))
    plain.settimeout(60)
    client = context.wrap_socket(plain, server_hostname="localhost")
    client.sendall(f"{head}\r\nHost: x\r\nContent-Length: {LENGTH}\r\n\r\n".encode() + PIECE)
    return client


def status(client):
    client.sendall(b" " * (LENGTH - len(PIECE)))
    return client.recv(4096).split()[1].decode()


def statuses(head):
    clients = [begin(head) for _ in range(CONNECTIONS)]
    found = {status(client) for client in clients}
    for client in clients:
        client.close()
    return found


def main():
    with open(os.path.join(FOLDER, "admin.token"), encoding="utf-8") as file:
        token = file.read().strip()
    before = peak_kb()
    assert statuses("GET /e4/health-check HTTP/1.1") == {"400"}
    assert statuses("POST /e4/client/a HTTP/1.1") == {"401"}
    strangers = peak_kb()
    known = f"POST /e4/client/a HTTP/1.1\r\nAuthorization: Bearer {token}"
    assert statuses(known) == {"400", "429"}
    # What was taken was given back.
    assert status(begin(known)) == "400"
    print(f"{before} kB before, {strangers} kB after strangers, {peak_kb()} kB after somebody known")
    if not has_sanitizer():
        assert strangers - before < 20000, "strangers' bodies take memory"
        assert peak_kb() - before < ALLOWED_KB, "bodies take more than their budget"


main()
