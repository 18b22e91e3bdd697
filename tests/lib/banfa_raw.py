"""Light HTTP/1.1 over asyncio streams: one keep-alive connection a client, whole answers, nothing retried."""
import asyncio
import json
import os


class Connection:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port):
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24))

    async def send(self, method, path, token=None, body=None, headers=(), pieces=None):
        """(status, headers, body). PIECES: the body in parts, each waited for, so that a kill finds it half-way."""
        length = sum(map(len, pieces)) if pieces else len(body or b"")
        head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}" if length or method == "POST" else "Accept: */*"]
        if token:
            head.append("Authorization: Bearer " + token)
        head += headers
        self.writer.write(("\r\n".join(head) + "\r\n\r\n").encode() + (body or b""))
        for piece in pieces or ():
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0)  # lets the others go on between two pieces
        return await self.receive()

    async def receive(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        content = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return int(head[0].split(" ", 2)[1]), headers, content

    async def json(self, method, path, token=None, body=None, headers=()):
        data = None
        if body is not None:
            data, headers = json.dumps(body, ensure_ascii=False).encode(), [*headers, "Content-Type: application/json"]
        status, _, content = await self.send(method, path, token, data, headers)
        return status, json.loads(content) if content else None

    def close(self):
        self.writer.close()


async def operator(data, operation, params=None):
    """One call over the administration socket: (status, body)."""
    folder = os.open(data, os.O_RDONLY)  # a short name for a socket in a deep folder
    try:
        reader, writer = await asyncio.open_unix_connection(f"/proc/self/fd/{folder}/banfa.sock", limit=1 << 26)
    finally:
        os.close(folder)
    writer.write(json.dumps({"operation": operation, "params": params or {}}).encode() + b"\n")
    answer = json.loads(await reader.readline())
    writer.close()
    return answer["status"], answer.get("body")


async def each(port, items, work, connections=8):
    """WORK(connection, item) for every item, over a few connections; the results in the items' order."""
    results, waiting = [None] * len(items), list(reversed(list(enumerate(items))))

    async def one():
        connection = await Connection.open(port)
        while waiting:
            index, item = waiting.pop()
            results[index] = await work(connection, item)
        connection.close()
    await asyncio.gather(*[one() for _ in range(min(connections, len(items)))])
    return results
