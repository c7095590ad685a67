#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many connections that do nothing, some that are slow, and one that wants an answer.

usage: api_crowd.py PORT STATE PID COUNT
"""
import resource
import socket
import ssl
import sys

import api_client

PORT, FOLDER, PID, COUNT = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])


def resident_kb():
    with open(f"/proc/{PID}/status", encoding="utf-8") as file:
        return int(next(line for line in file if line.startswith("VmRSS:")).split()[1])


def slow_clients(count):
    """Requests that never end: in the middle of a line, of the headers, of the body."""
    context = ssl.create_default_context(cafile=f"{FOLDER}/server.crt")
    with open(f"{FOLDER}/admin.token", encoding="utf-8") as file:
        token = file.read().strip()
    begun = [b"GET /e4/cli", b"GET /e4/clients HTTP/1.1\r\nHost: x\r\nX-A: ",
             f"POST /e4/protect-message HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
             "Content-Length: 1000000\r\n\r\n{\"topic\":".encode()]
    clients = []
    for number in range(count):
        plain = socket.create_connection(("127.0.0.1", int(PORT)))
        clients.append(context.wrap_socket(plain, server_hostname="localhost"))
        clients[-1].sendall(begun[number % len(begun)])
    return clients


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    api = api_client.connect("http", PORT, FOLDER)
    api.call("NewTopic", {"topic": "a"})
    before = resident_kb()
    # An address may have a part of all connections only.
    idle = [socket.create_connection(("127.0.0.1", int(PORT)), source_address=(f"127.0.0.{2 + number % 8}", 0))
            for number in range(COUNT)]
    slow = slow_clients(300)
    fresh = api_client.connect("http", PORT, FOLDER)
    for one in api, fresh:
        assert one.call("CountTopics", {}) == {"count": "1"}
    print(f"{len(idle)} idle and {len(slow)} slow connections: {before} kB before, {resident_kb()} kB with them")
    assert resident_kb() < 700000, "too much memory"


main()
