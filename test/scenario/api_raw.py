#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP that no library writes, and more connections than one address may have.

usage: api_raw.py PORT FOLDER
"""
import socket
import ssl
import sys

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]
CONTEXT = ssl.create_default_context(cafile=f"{FOLDER}/server.crt")
with open(f"{FOLDER}/admin.token", "rb") as opened:
    TOKEN = opened.read().strip()
SHOWS = b"Host: x\r\nAuthorization: Bearer " + TOKEN + b"\r\n"


def connect():
    plain = socket.create_connection(("127.0.0.1", PORT))
    plain.settimeout(60)
    return CONTEXT.wrap_socket(plain, server_hostname="localhost")


def statuses(text):
    """The statuses of all answers, if any, until the server closes the connection."""
    client = connect()
    client.sendall(text)
    answer = b""
    while True:
        try:
            piece = client.recv(65536)
        except OSError:
            piece = b""
        if not piece:
            return [line.split()[1].decode() for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
        answer += piece


# Requests that end before their headers do.
for _ in range(20):
    statuses(b"GET /e4/topics/count HTTP/1.1\r\nno header\r\n\r\n")
    connect().sendall(b"GET /e4/topics/count HTTP/1.1\r\nHost:")

CLOSE = b"Connection: close\r\n"
for name, text, wanted in (
        ("as it should be", b"POST /e4/topic/a HTTP/1.1\r\n" + SHOWS + CLOSE + b"Content-Length: 2\r\n\r\n{}", ["200"]),
        ("two lengths", b"POST /e4/topic/b HTTP/1.1\r\n" + SHOWS + CLOSE +
         b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nGET /", []),
        ("a length and chunks", b"POST /e4/topic/b HTTP/1.1\r\n" + SHOWS + CLOSE +
         b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []),
        ("a NUL in the path", b"POST /e4/topic/b\0c HTTP/1.1\r\n" + SHOWS + CLOSE + b"\r\n", ["400"]),
        ("a NUL after the path", b"GET /e4/topics/count\0 HTTP/1.1\r\n" + SHOWS + CLOSE + b"\r\n", ["400"]),
        ("a NUL before the query", b"GET /e4/topics\0?count=1 HTTP/1.1\r\n" + SHOWS + CLOSE + b"\r\n", ["400"]),
        ("a NUL in the query", b"GET /e4/topics?count=1\0 HTTP/1.1\r\n" + SHOWS + CLOSE + b"\r\n", ["400"]),
        ("a query", b"GET /e4/topics?count=1&offset=0 HTTP/1.1\r\n" + SHOWS + CLOSE + b"\r\n", ["200"]),
        ("no host", b"GET /e4/health-check HTTP/1.1\r\n" + CLOSE + b"\r\n", ["400"])):
    got = statuses(text)
    if set(got) != set(wanted):
        print(f"{name}: {got} instead of {wanted}")
