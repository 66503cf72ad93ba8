#!/usr/bin/env python3
"""A quorum register after Attiya, Bar-Noy and Dolev, as node.ts has it, in Python's own library alone.

Every node has a copy of every key, and a majority of them decides. A read stores what it returns on a
majority before it answers (read repair). --stale-reads breaks it: reads answer from the node's own copy.
"""
import json
import os
import random
import sys

STALE_READS = "--stale-reads" in sys.argv
LOG = "entries.jsonl"


class Node:
    def __init__(self):
        self.id, self.ids = "", []
        self.copies = {}  # key -> (stamp, value), where a stamp is (counter, writer)
        self.run = random.getrandbits(32)  # a run does not know how far the last one had counted
        self.counted = 0
        self.waiting = {}  # msg_id -> the majority that its reply counts for
        self.next_id = random.getrandbits(40)  # late replies to an earlier run have other ids
        if os.path.exists(LOG):
            with open(LOG) as log:
                for line in log:
                    if line.endswith("\n"):  # a kill may leave half a line
                        key, stamp, value = json.loads(line)
                        self.keep(key, tuple(stamp), value)
        self.log = open(LOG, "a")

    def send(self, dest, body):
        print(json.dumps({"src": self.id, "dest": dest, "body": body}), flush=True)

    def reply(self, request, **body):
        self.send(request["src"], {**body, "in_reply_to": request["body"]["msg_id"]})

    def copy(self, key):
        return self.copies.get(key, ((0, ""), None))

    def keep(self, key, stamp, value):
        if stamp > self.copy(key)[0]:
            self.copies[key] = (stamp, value)

    def ask_all(self, body, done):
        """Asks all nodes, this one too, and goes on with the replies of a majority."""
        majority = {"needed": len(self.ids) // 2 + 1, "replies": [], "done": done}
        for node in self.ids:
            self.next_id += 1
            self.waiting[self.next_id] = majority
            self.send(node, {**body, "msg_id": self.next_id})

    def newest(self, key, done):
        def pick(replies):
            done(*max((tuple(reply["stamp"]), reply["value"]) for reply in replies))

        self.ask_all({"type": "fetch", "key": key}, pick)

    def store(self, key, stamp, value, done):
        body = {"type": "store", "key": key, "stamp": stamp, "value": value}
        self.ask_all(body, lambda _: done())

    def handle(self, message):
        body = message["body"]
        kind, key = body["type"], body.get("key")
        if kind == "init":
            self.id, self.ids = body["node_id"], body["node_ids"]
            self.reply(message, type="init_ok")
        elif body.get("in_reply_to") is not None:
            majority = self.waiting.pop(body["in_reply_to"], None)
            if majority is None:
                return  # a second copy of a reply
            majority["replies"].append(body)
            if len(majority["replies"]) == majority["needed"]:
                majority["done"](majority["replies"])
        elif kind == "fetch":
            stamp, value = self.copy(key)
            self.reply(message, type="fetch_ok", stamp=stamp, value=value)
        elif kind == "store":
            # On the disk first: what was acknowledged survives a kill.
            self.log.write(json.dumps([key, body["stamp"], body["value"]]) + "\n")
            self.log.flush()
            self.keep(key, tuple(body["stamp"]), body["value"])
            self.reply(message, type="store_ok")
        elif kind == "read" and STALE_READS:
            self.reply(message, type="read_ok", value=self.copy(key)[1])
        elif kind == "read":
            def answer(stamp, value):
                self.store(
                    key, stamp, value, lambda: self.reply(message, type="read_ok", value=value)
                )

            self.newest(key, answer)
        elif kind == "write":
            def write(stamp, _):
                self.counted = max(self.counted, stamp[0]) + 1
                mine = (self.counted, f"{self.id} {self.run}")
                self.store(key, mine, body["value"], lambda: self.reply(message, type="write_ok"))

            self.newest(key, write)
        else:
            self.reply(message, type="error", code=10, text=f"no {kind} here")


node = Node()
for line in sys.stdin:
    node.handle(json.loads(line))
