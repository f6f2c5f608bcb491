"""What the recording server of ./dev bench notes, and what is concluded from it."""

import os
import socket
import time
import unittest

import recorder
import schedules

recorder.RECORDER = os.environ["RECORDER"]
ANY_CORE = min(os.sched_getaffinity(0))
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class RecorderTest(unittest.TestCase):
    def connect(self, url):
        connection = socket.create_connection(("127.0.0.1", int(url.rstrip("/").rsplit(":", 1)[1])), 5)
        self.addCleanup(connection.close)
        return connection

    def ask(self, connection, *pieces):
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.05)
        self.assertEqual(connection.recv(1000), ANSWER)

    def test_notes_path_and_connection_of_each_request(self):
        with recorder.record(ANY_CORE) as recording:
            first, second = self.connect(recording.url), self.connect(recording.url)
            self.ask(second, b"GET /a HTTP/1.1\r\n\r\n")
            self.ask(first, b"GET /b HTTP/1.1\r\n\r\n")
            self.ask(second, b"GET /c HTTP/1.1\r\n\r\n")
            seen = recording.requests()
        self.assertEqual([(request.path, request.connection) for request in seen], [("/a", 2), ("/b", 1), ("/c", 2)])

    def test_a_request_in_pieces_came_with_its_first_bytes(self):
        with recorder.record(ANY_CORE) as recording:
            connection = self.connect(recording.url)
            begin = time.monotonic()
            self.ask(connection, b"GET / HTTP/1.1\r\n", b"Host: x\r\n\r\n")
            (request,) = recording.requests()
        self.assertGreaterEqual(request.at, begin)
        self.assertLess(request.at, begin + 0.05)


class ScheduleErrorTest(unittest.TestCase):
    def test_a_delay_of_all_is_no_error(self):
        self.assertAlmostEqual(schedules.schedule_error_ms([7 + k / 100 for k in reversed(range(1000))], 100), 0)

    def test_is_the_99th_percentile(self):
        for late, expected in ((9, 0), (11, 5)):
            arrivals = [k / 100 + (0.005 if k % 90 == 1 and k // 90 < late else 0) for k in range(1000)]
            self.assertAlmostEqual(schedules.schedule_error_ms(arrivals, 100), expected, places=6)


class StampedeTest(unittest.TestCase):
    def test_counts_only_requests_on_connections_that_were_open(self):
        request = recorder.Request
        warm = [request(1.0, 1, "/warm"), request(1.1, 2, "/warm")]
        go = [request(5.0, 2, "/go"), request(5.2, 1, "/go"), request(5.9, 3, "/go")]
        run = schedules.stampede_of(warm + go, 4)
        self.assertAlmostEqual(run.lag_ms, 200)
        self.assertEqual(run.missing, 2)


if __name__ == "__main__":
    unittest.main()
