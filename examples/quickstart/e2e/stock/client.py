"""Drives python-socketio by orders on standard input, and tells what happens on standard output.

The first line says where to connect; each line after it emits. The end of the input disconnects.
"""

import asyncio
import json
import sys

import socketio


def tell(**what):
    """Prints one thing that happened, for the test that reads it."""
    print(json.dumps(what), flush=True)


async def main():
    loop = asyncio.get_running_loop()
    where = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    namespace = where["namespace"]
    client = socketio.AsyncClient(reconnection=False)
    refused = loop.create_future()

    @client.on("*", namespace=namespace)
    async def event(name, *args):
        tell(told="event", event=name, args=args)

    @client.on("connect_error", namespace=namespace)
    async def connect_error(reason=None):
        if not refused.done():
            refused.set_result(reason["message"] if isinstance(reason, dict) else str(reason))

    try:
        await client.connect(
            where["url"],
            namespaces=[namespace],
            transports=[where["transport"]],
            auth=where.get("auth"),
            wait_timeout=10,
        )
    except socketio.exceptions.ConnectionError as error:
        message = refused.result() if refused.done() else str(error)
        tell(told="refused", message=message)
        return
    tell(told="connected")

    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)

        def acknowledge(*answer, number=order.get("order")):
            tell(told="acknowledged", order=number, answer=answer[0] if len(answer) == 1 else answer)

        wants_answer = "order" in order
        # Several arguments travel as a tuple; a list would be one argument.
        await client.emit(
            order["emit"],
            tuple(order["payload"]),
            namespace=namespace,
            callback=acknowledge if wants_answer else None,
        )
    await client.disconnect()


asyncio.run(main())
