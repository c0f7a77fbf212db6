"""Drives stock python-socketio clients by orders on standard input, and tells what happens on standard output.

Each line is a JSON object. An order names its client: `connect` makes it, `emit` lets it emit, `close` ends it.
Bytes stand as `{"$bytes": "<base64>"}` in both directions.
"""

import asyncio
import base64
import json
import logging
import sys

import socketio

# The library leaves the sessions of refused clients open; at the end that is no news.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)

clients = {}


def tell(client, told, **what):
    """Prints one thing that happened to a client, for the test that reads it."""
    print(json.dumps({"client": client, "told": told, **packed(what)}), flush=True)


def packed(value):
    """Replaces bytes by what JSON can hold."""
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: packed(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(entry) for entry in value]
    return value


def unpacked(value):
    """Replaces what stands for bytes by bytes."""
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        return {key: unpacked(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [unpacked(entry) for entry in value]
    return value


async def connect(number, where):
    """Connects a client to one namespace, and tells its events from then on."""
    namespace = where["namespace"]
    client = socketio.AsyncClient(reconnection=False)
    refusal = asyncio.get_running_loop().create_future()

    @client.on("*", namespace=namespace)
    async def event(name, *args):
        tell(number, "event", event=name, args=args)

    @client.on("connect_error", namespace=namespace)
    async def connect_error(reason=None):
        if not refusal.done():
            refusal.set_result(reason["message"] if isinstance(reason, dict) else str(reason))

    @client.on("disconnect", namespace=namespace)
    async def disconnect(*_):
        tell(number, "lost")

    connecting = asyncio.ensure_future(
        client.connect(
            where["url"],
            namespaces=[namespace],
            transports=[where["transport"]],
            auth=where.get("auth"),
            wait_timeout=10,
        )
    )
    # A refused client that polls may wait for its last poll: what it heard is told at once.
    await asyncio.wait([connecting, refusal], return_when=asyncio.FIRST_COMPLETED)
    if refusal.done() or connecting.exception() is not None:
        message = refusal.result() if refusal.done() else str(connecting.exception())
        connecting.cancel()
        tell(number, "refused", message=message)
        return
    clients[number] = (client, namespace)
    tell(number, "connected")


async def emit(number, order):
    """Emits an event; an order with a number wants its acknowledgement."""
    client, namespace = clients[number]

    def acknowledged(*answer):
        tell(number, "acknowledged", order=order["order"], answer=answer)

    await client.emit(
        order["emit"],
        # Several arguments travel as a tuple; a list would be one argument.
        tuple(unpacked(order["payload"])),
        namespace=namespace,
        callback=acknowledged if "order" in order else None,
    )


async def close(number):
    """Disconnects a client."""
    client, _ = clients.pop(number)
    # One that polls, and still waits for the response to what it posted last, would never post its farewell, and
    # wait for the server's next ping instead: an answer may overtake that response.
    if client.eio.state == "connected":
        await client.eio.queue.join()
    await client.disconnect()
    tell(number, "closed")


async def main():
    loop = asyncio.get_running_loop()
    connecting = set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        number = order["client"]
        if "connect" in order:
            # Others go on meanwhile.
            task = asyncio.create_task(connect(number, order["connect"]))
            connecting.add(task)
            task.add_done_callback(connecting.discard)
        elif "emit" in order:
            await emit(number, order)
        else:
            await close(number)


asyncio.run(main())
