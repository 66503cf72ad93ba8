// A small replicated key-value store over HTTP. It is an example of your own store: no line of it depends on quorate.
//
// NAME=n1 PORT=7000 PEERS=n1=http://10.0.0.1:7000,n2=… DATA=/data node store.mjs
//
// GET /kv/KEY answers 200 and the value, 404 if the key has no value, or 503 if too few replicas answer.
// PUT /kv/KEY and DELETE /kv/KEY answer 204, 503 if nothing was written, or 504 if the outcome is unknown.
// GET /health answers 200 once the node serves requests.
//
// Every node is a replica of every key. A read asks a majority, takes the newest version and writes that version back
// to a majority before the node answers. A write first asks a majority for the newest version (Attiya, Bar-Noy, Dolev,
// JACM 1995). With OWN_STORE_WEAK=1 a node answers a read from its own copy, which may be old.
import { createServer, request } from "node:http";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

const { NAME = "n1", PORT = "7000", PEERS = "", DATA = "data", OWN_STORE_WEAK } = process.env;
const peers = PEERS.split(",")
  .filter(Boolean)
  .map((peer) => peer.split("=").slice(-1)[0]);
const majority = Math.floor(peers.length / 2) + 1;
const peerTimeoutMs = 400;
const none = { version: [0, "", ""], value: null };

// A node keeps its copies in a log file and in memory.
mkdirSync(DATA, { recursive: true });
const file = join(DATA, "log");
const copies = new Map();
for (const line of existsSync(file) ? readFileSync(file, "utf8").split("\n") : []) {
  try {
    const { key, copy } = JSON.parse(line);
    keep(key, copy);
  } catch {
    // A line may be empty, or cut off by a crash. Nobody was told that a cut-off line was stored.
  }
}
const log = openSync(file, "a");
// A crash may leave an incomplete line, so the next entry starts on a new line.
writeSync(log, "\n");

function isNewer(a, b) {
  for (const i of [0, 1, 2]) if (a[i] !== b[i]) return a[i] > b[i];
  return false;
}

function keep(key, copy) {
  if (isNewer(copy.version, (copies.get(key) ?? none).version)) copies.set(key, copy);
}

function store(key, copy) {
  if (!isNewer(copy.version, (copies.get(key) ?? none).version)) return;
  writeSync(log, `${JSON.stringify({ key, copy })}\n`);
  fsyncSync(log);
  keep(key, copy);
}

/** Sends one request to one peer over a new connection, so that no connection outlives a partition. */
async function ask(peer, method, key, copy) {
  const url = `${peer}/replica/${encodeURIComponent(key)}`;
  const options = { method, agent: false, signal: AbortSignal.timeout(peerTimeoutMs) };
  const response = await new Promise((resolve, reject) => {
    const sent = request(url, options, resolve).on("error", reject);
    sent.end(copy === undefined ? undefined : JSON.stringify(copy));
  });
  const text = await textOf(response);
  if (response.statusCode !== 200) throw new Error(`${peer}: ${response.statusCode}`);
  return text === "" ? null : JSON.parse(text);
}

async function textOf(stream) {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  return text;
}

/** Resolves with the answers of a majority of the nodes. Rejects if too few nodes answer. */
function fromMajority(method, key, body) {
  return new Promise((resolve, reject) => {
    const answers = [];
    let failed = 0;
    for (const peer of peers)
      ask(peer, method, key, body).then(
        (answer) => answers.push(answer) === majority && resolve(answers),
        () => ++failed > peers.length - majority && reject(new Error("too few replicas answer")),
      );
  });
}

const newest = (answers) => answers.reduce((a, b) => (isNewer(b.version, a.version) ? b : a), none);

async function read(key) {
  if (OWN_STORE_WEAK) return copies.get(key) ?? none;
  const copy = newest(await fromMajority("GET", key));
  if (copy !== none) await fromMajority("PUT", key, copy);
  return copy;
}

async function serve(method, path, body) {
  const [, kind, name = ""] = path.split("/");
  const key = decodeURIComponent(name);
  if (kind === "health") return [200];
  if (kind === "replica" && method === "GET") return [200, JSON.stringify(copies.get(key) ?? none)];
  if (kind === "replica" && method === "PUT") {
    store(key, JSON.parse(body));
    return [200];
  }
  if (kind !== "kv" || !["GET", "PUT", "DELETE"].includes(method)) return [404, "no such thing"];
  if (method === "GET") {
    const { value } = await read(key).catch(() => ({ value: undefined }));
    return value === undefined ? [503, "too few replicas"] : value === null ? [404] : [200, value];
  }
  let before;
  try {
    before = newest(await fromMajority("GET", key));
  } catch {
    return [503, "too few replicas; nothing was written"];
  }
  // The third part is random, since two writes at one node can get the same number.
  const version = [before.version[0] + 1, NAME, randomBytes(6).toString("hex")];
  try {
    await fromMajority("PUT", key, { version, value: method === "PUT" ? body : null });
    return [204];
  } catch {
    return [504, "too few replicas confirmed; the write may still take effect"];
  }
}

createServer((incoming, outgoing) => {
  textOf(incoming)
    .then((body) => serve(incoming.method, incoming.url, body))
    .then(([status, text = ""]) => outgoing.writeHead(status).end(text))
    .catch(() => outgoing.writeHead(500).end());
}).listen(Number(PORT), () => console.log(`${NAME} serves on port ${PORT}`));

process.on("exit", () => closeSync(log));
