"""Whether the timings of requests are true: compared with what a server measured of the delays that it made itself."""

import asyncio
import json
import socket
import threading
import time
import unittest

from support.run_loadrun import LoadrunTest
from support.transports import H1_TLS, H2, H2C, Gateway

SMALL_BUFFER = 64 * 1024


class SlowServer:
    """Waits before the first byte of a response and inside its body as the path says (/milliseconds/milliseconds),
    and says in the body how long each really took. /upload pauses after the first bytes of the body."""

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        listener.bind(("127.0.0.1", 0))
        listener.listen(2000)
        start = asyncio.start_server(self.serve, sock=listener, limit=SMALL_BUFFER)
        asyncio.run_coroutine_threadsafe(start, self.loop).result(10)
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                begin = time.monotonic()
                path = head.split(b" ")[1].decode()
                if path == "/upload":
                    await self.take_upload(reader, writer, head, begin)
                else:
                    before, inside = (int(part) / 1000 for part in path.split("/")[1:3])
                    await self.answer(writer, begin, before, inside)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answer(self, writer, begin, before, inside):
        await asyncio.sleep(before)
        first = time.monotonic()
        waited = f'{{"waited":{1000 * (first - begin):.3f},"paused":'.encode()
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(waited), waited))
        await writer.drain()
        await asyncio.sleep(inside)
        paused = f"{1000 * (time.monotonic() - first):.3f}}}".encode()
        writer.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(paused), paused))
        await writer.drain()

    async def take_upload(self, reader, writer, head, begin):
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await asyncio.sleep(0.5)
        while length > 0:
            length -= len(await reader.read(SMALL_BUFFER))
        body = json.dumps({"took": 1000 * (time.monotonic() - begin)}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()


# Wrong by more than 1 ms + 2 % of the truth, of waiting and of receiving; and what has to hold always.
JUDGE = """
local http, k6, metrics = require "k6/http", require "k6", require "k6/metrics"
local right = metrics.Rate("right")
local function near(measured, truth) return math.abs(measured - truth) <= 1 + 0.02 * truth end
return { default = function()
  for request = 1, tonumber(__ENV.REQUESTS) do
    local res = http.get(__ENV.URL)
    local t = res.timings
    if res.proto ~= __ENV.PROTO then error("not " .. __ENV.PROTO .. " but " .. res.proto) end
    right:add(near(t.waiting, res:json("waited")) and near(t.receiving, res:json("paused")))
    k6.check(t, {
      sum = function() return math.abs(t.sending + t.waiting + t.receiving - t.duration) < 0.001 end,
      reuse = function() return request == 1 or t.connecting == 0 end,
    })
  end
end }
"""


class TimingsTest(LoadrunTest):
    def judge(self, path, vus, requests, transport=None):
        load = ("--vus", str(vus), "--iterations", str(vus), "--workers", "1", "-e", f"REQUESTS={requests}")
        with SlowServer() as server:
            if transport is None:
                run = self.loadrun(JUDGE, *load, "-e", f"URL={server.url}{path}", "-e", "PROTO=HTTP/1.1")
            else:
                with Gateway(slow=server.port) as gateway:
                    url = gateway.url("slow", transport) + path
                    env = ("-e", f"URL={url}", "-e", f"PROTO={transport.proto}")
                    run = self.loadrun(JUDGE, *load, *env, *gateway.arguments(transport))
        self.assertEqual(run.metric("checks")["fails"], 0)
        right = run.metric("right")
        self.assertEqual(right["passes"] + right["fails"], vus * requests)
        return right["passes"] / (vus * requests)

    def judge_thrice(self, wanted, *run):
        """The server's own delays are late when the machine has other work: then it is tried again."""
        shares = []
        while len(shares) < 3 and max(shares, default=0) < wanted:
            shares.append(self.judge(*run))
        self.assertGreaterEqual(max(shares), wanted)

    def test_one_user(self):
        self.judge_thrice(0.99, "/40/60", 1, 20)

    def test_one_user_over_other_transports(self):
        for transport in (H1_TLS, H2, H2C):
            with self.subTest(transport.name):
                self.judge_thrice(0.99, "/40/60", 1, 20, transport)

    def test_five_hundred_users(self):
        self.judge_thrice(0.95, "/1200/1500", 500, 2)

    def test_a_reader_that_pauses_is_time_of_sending(self):
        text = """local http, json = require "k6/http", require "loadrun/json"
        return function()
          local res = http.post(__ENV.URL, ("x"):rep(16 * 1024 * 1024))
          console.log(json.encode({ took = res:json("took"), sending = res.timings.sending, waiting = res.timings.waiting }))
        end"""
        with SlowServer() as server:
            run = self.loadrun(text, "-e", f"URL={server.url}/upload")
        said = json.loads(run.said()[0])
        self.assertGreater(said["took"], 500)
        # What the kernel's buffers hold at the end was sent, as far as anybody here can know.
        self.assertAlmostEqual(said["sending"], said["took"], delta=100 + 0.05 * said["took"])
        self.assertLess(said["waiting"], 200)

    def test_connecting_to_a_full_queue_takes_a_second_try(self):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = []
        for _ in range(4):  # the queue holds one more than it was told
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            fillers.append(filler)
        time.sleep(0.1)
        script = self.write("script.lua", 'local http = require "k6/http" return function() http.get(__ENV.URL) end')
        process = self.start(script, "-e", f"URL=http://127.0.0.1:{listener.getsockname()[1]}/")
        time.sleep(0.6)
        stop = threading.Event()
        server = threading.Thread(target=self.answer_all, args=(listener, stop))
        server.start()
        run = self.finish(process)
        stop.set()
        server.join()
        for one in (*fillers, listener):
            one.close()
        self.assertEqual(run.metric("http_req_failed")["passes"], 0)
        self.assertGreaterEqual(run.metric("http_req_connecting")["max"], 1000)
        self.assertLess(run.metric("http_req_duration")["max"], 500)

    @staticmethod
    def answer_all(listener, stop):
        listener.settimeout(0.05)
        accepted = []
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            accepted.append(connection)
            threading.Thread(target=TimingsTest.answer, args=(connection,), daemon=True).start()
        for connection in accepted:
            connection.close()

    @staticmethod
    def answer(connection):
        if connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


if __name__ == "__main__":
    unittest.main()
