#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Connections that do nothing, some of which may never come about; until it is killed.

usage: api_descriptors.py PORT COUNT
"""
import resource
import signal
import socket
import sys

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
sockets = []
for _ in range(int(sys.argv[2])):
    sockets.append(socket.socket())
    sockets[-1].setblocking(False)
    sockets[-1].connect_ex(("127.0.0.1", int(sys.argv[1])))
print(f"there are {len(sockets)}", flush=True)
signal.pause()
