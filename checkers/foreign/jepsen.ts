/** Jepsen's operations, as EDN maps (a vector or list of them, or one after the other) and as its log shows them; Porcupine's texts are such maps too. */
import { HistoryError } from "../language/history-error.ts";
import { type Edn, type EdnMap, EdnReader, isMap, Name, print } from "./edn.ts";
import {
  type ForeignEvent,
  type ForeignFormat,
  type ForeignFunction,
  type ForeignHistory,
  ForeignPairing,
  type ForeignValue,
} from "./history.ts";
import { areTuples, type Said, withoutTuples } from "./independent.ts";

/** Throws HistoryError with the line. */
export function readEdn(text: string): ForeignHistory {
  const reader = new EdnReader(text);
  const said: Said[] = [];
  const opening = reader.peek();
  let events = 0;
  const close = opening === "[" ? "]" : opening === "(" ? ")" : undefined;
  if (close !== undefined) reader.take();
  for (let next = reader.peek(); next !== close; next = reader.peek()) {
    if (next === undefined)
      throw new HistoryError(
        "bad-edn",
        `a ${close ?? ""} that ends the history`,
        "the end of the file",
        reader.line,
      );
    const line = reader.line;
    const value = reader.read();
    if (!isMap(value))
      throw new HistoryError(
        "bad-edn",
        "a map for each operation",
        print(value).slice(0, 80),
        line,
      );
    const one = saidIn(value, line);
    if (one !== null) said.push(one);
    events++;
  }
  if (close !== undefined) reader.take();
  if (reader.peek() !== undefined)
    throw new HistoryError(
      "bad-edn",
      "nothing after the history",
      reader.peek() ?? "",
      reader.line,
    );
  return historyOf("edn", said, events);
}

const logged = /jepsen\.util(?: -|:)\s+(\S+)\s+(:\S+)\s+(:\S+)\s+(.*)$/;
/** Other lines that a Jepsen log holds: with a level, as a logger writes them. */
const otherwise = /(?:^|\s)(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\s/;

/** Lines such as `INFO  jepsen.util - 3	:ok	:read	nil`; lines of other loggers are passed over. Throws HistoryError with the line. */
export function readLog(text: string): ForeignHistory {
  const said: Said[] = [];
  let line = 0;
  let events = 0;
  for (const content of text.split("\n")) {
    line++;
    const match = logged.exec(content.trimEnd());
    if (match === null) {
      if (content.includes("jepsen.util") || (content.trim() !== "" && !otherwise.test(content))) {
        throw new HistoryError(
          "bad-line",
          "INFO jepsen.util - process :type :f value",
          content.slice(0, 80),
          line,
        );
      }
      continue;
    }
    const [, process = "", type = "", f = "", rest = ""] = match;
    const reader = new EdnReader(rest, line);
    const value = reader.read();
    // What follows is the error that a failure had.
    const one = saidIn(
      new Map<string, Edn>([
        [":process", new EdnReader(process, line).read()],
        [":type", new Name(type)],
        [":f", new Name(f)],
        [":value", value],
      ]),
      line,
    );
    if (one !== null) said.push(one);
    events++;
  }
  return historyOf("jepsen-log", said, events);
}

const functions: Readonly<Record<string, ForeignFunction>> = {
  ":read": "read",
  ":write": "write",
  ":cas": "cas",
  ":get": "read",
  ":put": "write",
  ":append": "append",
  ":add": "add",
};
const types: Readonly<Record<string, ForeignEvent["type"]>> = {
  ":invoke": "invoke",
  ":ok": "ok",
  ":fail": "fail",
  ":info": "info",
};

/** null: not a client's. */
function saidIn(map: EdnMap, line: number): Said | null {
  const process = map.get(":process");
  if (process instanceof Name && process.text === ":nemesis") return null;
  if (typeof process !== "number")
    throw new HistoryError(
      "bad-field",
      "a :process that is a number or :nemesis",
      print(process ?? null),
      line,
    );
  const type = named("bad-field", types, map, ":type", line);
  const f = named("unknown-workload", functions, map, ":f", line);
  const value = map.get(":value");
  if (value === undefined) throw new HistoryError("bad-field", "a :value", "none", line);
  const key = map.get(":key");
  return {
    line,
    type,
    process: String(process),
    f,
    key: key === undefined || typeof key === "string" ? key : print(key),
    value,
  };
}

/** Whether values carry keys shows only once all of them are read. */
function historyOf(format: ForeignFormat, said: readonly Said[], events: number): ForeignHistory {
  const tuples = areTuples(said);
  const pairing = new ForeignPairing();
  for (const one of tuples ? withoutTuples(said) : said) pairing.add(eventOf(one));
  return { format, events, ...(tuples ? { tuples } : {}), operations: pairing.finish() };
}

function eventOf({ line, type, process, f, key = "", value }: Said): ForeignEvent {
  const from = { line, type, process, f, key };
  if (f !== "cas")
    return {
      ...from,
      value: type === "invoke" || type === "ok" ? plain(value) : null,
      expected: null,
    };
  // A completion need not repeat what was asked: `:info :cas :timed-out`.
  if (type !== "invoke") return { ...from, value: null, expected: null };
  if (!Array.isArray(value) || value.length !== 2)
    throw new HistoryError("bad-field", "a cas whose :value is [old new]", print(value), line);
  return { ...from, value: plain(value[1] as Edn), expected: plain(value[0] as Edn) };
}

function named<T>(
  code: "bad-field" | "unknown-workload",
  known: Readonly<Record<string, T>>,
  map: EdnMap,
  field: string,
  line: number,
): T {
  const name = map.get(field);
  const text = name instanceof Name ? name.text : name === undefined ? "none" : print(name);
  const found = Object.hasOwn(known, text) ? known[text] : undefined;
  if (found === undefined)
    throw new HistoryError(
      code,
      `${field} to be one of ${Object.keys(known).join(", ")}`,
      text,
      line,
    );
  return found;
}

/** A string as itself in the kv model would clash with keywords nowhere; numbers and names as they are written. */
const plain = (value: Edn): ForeignValue => (value === null ? null : print(value));
