// An HTTP/2 server (Node's) whose faults are asked for by path. It listens on two loopback ports, in plain text and over
// TLS, and writes them as its first line; every line it reads is answered with what it has seen so far.
//
// argv: the certificate's file, its key's file, the most concurrent streams of a connection.
const fs = require("fs");
const http2 = require("http2");
const net = require("net");
const readline = require("readline");
const tls = require("tls");

const [certificate, key, streams] = process.argv.slice(2);
const seen = { connections: 0, requests: {}, streams: 0, most: 0, bytes: 0, sent: 0, received: 0 };
const socketOf = new Map(); // by session: what lies beneath it, for bytes that Node would not write

const PIECE = Buffer.alloc(1000, "x");
const GARBAGE = "this is no HTTP/2, whatever it may be";
const FRAME_OF_STREAM_0 = Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, 0, 120]); // DATA without a stream: a PROTOCOL_ERROR

function answer(stream, body) {
  if (stream.destroyed) return;
  stream.respond({ ":status": 200, "content-length": Buffer.byteLength(body) });
  stream.end(body);
}

// The head and the first 1,000 bytes of 5,000, then `next`.
function begin(stream, next) {
  stream.respond({ ":status": 200, "content-length": 5000 });
  stream.write(PIECE, () => setTimeout(next, 20));
}

// Node would end the stream first.
function reset(stream, code) {
  const frame = Buffer.from([0, 0, 4, 3, 0, 0, 0, 0, stream.id, 0, 0, 0, code]); // an RST_STREAM of one
  socketOf.get(stream.session).write(frame);
}

function goAwayAndClose(session, code, last) {
  const frame = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, last >> 8, last & 255, 0, 0, 0, code]);
  socketOf.get(session).write(frame);
  setTimeout(() => socketOf.get(session).end(), 20);
}

const answers = {
  ok: (stream) => answer(stream, "ok"),
  size: (stream, bytes) => answer(stream, Buffer.alloc(bytes, "x")),
  slow: (stream) => answer(stream, "ok"), // after a second in which it read nothing of the body
  wait: (stream, ms) => setTimeout(() => answer(stream, "ok"), ms),
  // A stream that is reset instead of an answer, and within one.
  rst: reset,
  cut: (stream, code) => begin(stream, () => reset(stream, code)),
  // GOAWAY that leaves the request's stream out, then the end of the connection; only for the first request.
  refuse: (stream, code) => (seen.connections === 1 ? goAwayAndClose(stream.session, code, 0) : answer(stream, "ok")),
  // GOAWAY that takes the request's stream in, then the end without an answer, and within one.
  goaway: (stream, code) => goAwayAndClose(stream.session, code, stream.id),
  leave: (stream, code) => begin(stream, () => goAwayAndClose(stream.session, code, stream.id)),
  // GOAWAY, and yet the answer.
  graceful: (stream) => {
    stream.session.goaway(0, stream.id);
    setTimeout(() => answer(stream, "ok"), 100);
  },
  // The connection ends without a word: in plain, within an answer, after one.
  vanish: (stream) => socketOf.get(stream.session).destroy(),
  tear: (stream) => begin(stream, () => socketOf.get(stream.session).destroy()),
  close: (stream) => {
    const socket = socketOf.get(stream.session);
    stream.on("close", () => setTimeout(() => socket.end(), 20));
    answer(stream, "ok");
  },
  // Bytes that break the connection's rules.
  garbage: (stream) => socketOf.get(stream.session).write(GARBAGE),
  frame: (stream) => begin(stream, () => socketOf.get(stream.session).write(FRAME_OF_STREAM_0)),
};

const server = http2.createServer({ settings: { maxConcurrentStreams: Number(streams) } });
server.on("sessionError", () => {});
server.on("session", (session) => {
  seen.connections += 1;
  session.on("error", () => {});
});

server.on("stream", (stream, headers) => {
  const [, name, value] = headers[":path"].split("/");
  seen.requests[headers[":path"]] = (seen.requests[headers[":path"]] || 0) + 1;
  seen.streams += 1;
  seen.most = Math.max(seen.most, seen.streams);
  stream.on("close", () => (seen.streams -= 1));
  stream.on("error", () => {});
  const read = () => stream.on("data", (piece) => (seen.bytes += piece.length));
  name === "slow" ? setTimeout(read, 1000) : read();
  if (headers["content-length"]) {
    stream.on("end", () => answers[name](stream, Number(value)));
  } else {
    answers[name](stream, Number(value));
  }
});

// Writing beneath Node works on a plain socket only: TLS ends before it.
function unwrap(socket) {
  const inner = net.connect({ port: plain.address().port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => inner.destroy());
  inner.on("error", () => socket.destroy());
  socket.on("close", () => inner.destroy());
  inner.on("close", () => socket.end());
  socket.pipe(inner).pipe(socket);
}

function serve(socket) {
  socket.on("error", () => {});
  socket.on("close", () => {
    seen.sent += socket.bytesWritten;
    seen.received += socket.bytesRead;
  });
  server.once("session", (session) => socketOf.set(session, socket));
  server.emit("connection", socket);
}

const plain = net.createServer({ noDelay: true }, serve).listen(0, "127.0.0.1", 1000);
const secure = tls
  .createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key), ALPNProtocols: ["h2"], noDelay: true }, unwrap)
  .listen(0, "127.0.0.1", 1000);
secure.on("tlsClientError", () => {});
secure.on("listening", () => console.log(JSON.stringify({ plain: plain.address().port, tls: secure.address().port })));
readline.createInterface({ input: process.stdin }).on("line", () => console.log(JSON.stringify(seen)));
