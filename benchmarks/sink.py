"""A channel that answers after 50 ms, whatever it is given: `python -m benchmarks.sink PORT` (asyncio, one process)."""

import asyncio
import contextlib
import json
import sys
import uuid

PAUSE = 0.05


async def serve(port: int) -> None:
    """Answer every request in the shape of GOV.UK Notify's 201, until killed."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                size = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or b"0")
                await reader.readexactly(size)
                await asyncio.sleep(PAUSE)
                body = json.dumps({"id": str(uuid.uuid4()), "reference": "r", "content": {"body": ""}}).encode()
                writer.write(
                    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                    + body
                )
                await writer.drain()

    server = await asyncio.start_server(talk, "127.0.0.1", port, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
