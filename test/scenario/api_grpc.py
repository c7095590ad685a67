#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What only gRPC can do wrong, and its health service.

usage: api_grpc.py PORT STATE
"""
import os
import socket
import sys
import threading

import grpc

import api_client
from api_client import CLASSES, Refused

PORT, FOLDER = sys.argv[1:]
EMPTY, COUNT = CLASSES["/pb.C2/CountTopics"]


def refused(code, what, *arguments):
    try:
        what(*arguments)
    except Refused as error:
        assert error.code == code, error
        assert error.message, "refused without a word"
        return
    raise AssertionError(f"not refused with {code}: {arguments}")


def bytes_that_are_no_message(api):
    for message in b"\x0a", b"\xff" * 100, b"\x0a\x05x", b"\x08\x01", b"\x0a\x02a\x00", b"\x0a\x01\xff", b"\x0b\x0c", \
            b"\x00\x00", os.urandom(1000) + b"\x0a":
        refused("INVALID_ARGUMENT", api.send, "/pb.C2/NewTopic", message, EMPTY)
    refused("INVALID_ARGUMENT", api.send, "/pb.C2/NewTopic", b"", EMPTY)
    refused("INVALID_ARGUMENT", api.send, "/pb.C2/NewTopic", b"\x0a\x03a\x00b", EMPTY)
    # A field that we do not have is passed over.
    api.send("/pb.C2/NewTopic", b"\x0a\x01t\x12\x01x\x78\x05", EMPTY)
    assert api.call("CountTopics", {}) == {"count": "1"}
    api.call("RemoveTopic", {"topic": "t"})


def sizes(api):
    refused("RESOURCE_EXHAUSTED", api.send, "/pb.C2/NewTopic", b"\x0a" + bytes(5 << 20), EMPTY)
    longest = "x" * 65535
    api.call("NewTopic", {"topic": longest})
    assert api.call("GetTopics", {"count": 9}) == {"topics": [longest]}
    refused("INVALID_ARGUMENT", api.call, "NewTopic", {"topic": longest + "x"})
    api.call("RemoveTopic", {"topic": longest})


def who(api):
    for path in "/pb.C2/Nothing", "/pb.C3/NewTopic", "/grpc.health.v1.Health/Watch", "/x":
        refused("UNIMPLEMENTED", api.send, path, b"", EMPTY)
    strangers = [None, "", "x", api.token + "x", api.token[:-1], api.token.upper(), "x" * 4000]
    for token in strangers:
        stranger = api_client.Grpc(PORT, f"{FOLDER}/server.crt", token)
        refused("UNAUTHENTICATED", stranger.send, "/pb.C2/NewTopic", b"\x0a\x01t", EMPTY)
        try:
            next(stranger.events())
            next(stranger.events())
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.UNAUTHENTICATED, error
    assert api.call("CountTopics", {}) == {"count": "0"}


def health(api):
    stranger = api_client.Grpc(PORT, f"{FOLDER}/server.crt", None)
    request, reply = CLASSES["/grpc.health.v1.Health/Check"]
    for service in "", "pb.C2":
        assert stranger.send("/grpc.health.v1.Health/Check", request(service=service), reply).status == 1
    refused("NOT_FOUND", stranger.send, "/grpc.health.v1.Health/Check", request(service="x"), reply)
    assert stranger.call("HealthCheck", {})["Status"] == "OK"
    assert api.call("HealthCheck", {})["Status"] == "OK"


def reflection(_):
    """What there is to be called is told, as descriptors that Google's library understands."""
    from google.protobuf import descriptor_pb2
    path = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
    request, reply = CLASSES[path]
    stranger = api_client.Grpc(PORT, f"{FOLDER}/server.crt", None)
    ask = stranger.channel.stream_stream(path, request.SerializeToString, reply.FromString)
    asked = [request(list_services="*"), request(file_containing_symbol="pb.C2"),
             request(file_containing_symbol="e4.Server.NewToken"), request(file_by_filename="health.proto"),
             request(file_by_filename="google/protobuf/timestamp.proto"), request(file_by_filename="x"),
             request(file_containing_symbol="pbx.C2"), request(file_containing_symbol="pb"), request()]
    answers = list(ask(iter(asked), timeout=60))
    services = [one.name for one in answers[0].list_services_response.service]
    described = []
    for answer in answers[1:5]:
        file = descriptor_pb2.FileDescriptorProto.FromString(answer.file_descriptor_response.file_descriptor_proto[0])
        described += [f"{file.package}.{service.name}" for service in file.service]
    assert described == ["pb.C2", "e4.Server", "grpc.health.v1.Health"], described
    assert services == described + ["grpc.reflection.v1alpha.ServerReflection"], services
    assert all(answer.error_response.error_code == 5 for answer in answers[5:]) and len(answers) == len(asked)
    assert list(ask(iter([]), timeout=60)) == []


def streams_that_are_left(api):
    """Streams that are cancelled at once, or with something on its way, trouble nobody."""
    stub = api.channel.unary_stream("/pb.C2/SubscribeToEventStream", lambda it: b"", bytes)
    api.call("NewTopic", {"topic": "t"})
    api.call("NewClient", {"client": {"name": "a"}, "key": "B" + "A" * 42 + "="})
    for number in range(60):
        stream = stub(b"", metadata=api.metadata())
        if number % 3:
            list(stream.initial_metadata())
        if number % 3 == 2:
            api.call("NewTopicClient", {"client": {"name": "a"}, "topic": "t"})
            api.call("RemoveTopicClient", {"client": {"name": "a"}, "topic": "t"})
        stream.cancel()
    for _ in range(20): # calls whose time is over before they are answered
        try:
            api.channel.unary_unary("/pb.C2/CountTopics", bytes, bytes)(b"", metadata=api.metadata(), timeout=0.0005)
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED, error


def many_at_a_time(_):
    problems = []

    def work(number):
        try:
            api = api_client.connect("grpc", PORT, FOLDER)
            for turn in range(30):
                api.call("NewTopic", {"topic": f"{number}/{turn}"})
                assert int(api.call("CountTopics", {})["count"]) > turn
        except Exception as problem:  # pylint: disable=broad-except
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, problems


def what_is_no_grpc(_):
    for noise in b"GET / HTTP/1.1\r\n\r\n", os.urandom(5000), b"\x16\x03\x01\xff\xff" + bytes(1000):
        with socket.create_connection(("127.0.0.1", int(PORT)), timeout=60) as connection:
            connection.sendall(noise)
            connection.shutdown(socket.SHUT_WR)
            try:
                while connection.recv(4096):
                    pass
            except OSError:
                pass


def main():
    api = api_client.connect("grpc", PORT, FOLDER)
    for part in bytes_that_are_no_message, sizes, who, health, reflection, streams_that_are_left, many_at_a_time, what_is_no_grpc:
        part(api)
    assert api.call("CountTopics", {}) == {"count": "241"}
    print("gRPC: all as it should be")


main()
