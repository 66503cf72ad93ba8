/** Recognises the format of a file by its beginning, and makes the parser for a format. */
import { HistoryError } from "../language/history-error.ts";
import type { ForeignFormat } from "./foreign-history.ts";
import { type HistoryParser, LinesParser, MapsParser } from "./history-parsers.ts";
import { JepsenStoreParser, storeMagic } from "./jepsen-store.ts";
import { PorcupineParser } from "./porcupine-parser.ts";

/** The names of the formats in sentences for people. */
export const formatNames: Readonly<Record<ForeignFormat, string>> = {
  edn: "EDN operations",
  "jepsen-log": "a Jepsen log",
  "jepsen-text": "Jepsen's history.txt",
  json: "JSON operations",
  "porcupine-json": "Porcupine's operations as JSON",
  "etcd-json": "etcd robustness operations as JSON",
  "jepsen-store": "a Jepsen store file, where line N means operation N",
};

/** The number of bytes that `formatOf` should get: a log may begin with a long map of its test. */
export const beginningBytes = 1 << 16;

/**
 * The format of a file, recognised by its beginning. `quorate` is quorate's own format, which an empty file has too.
 * Throws HistoryError with a description of the file if the format is unknown.
 */
export function formatOf(beginning: string): "quorate" | ForeignFormat {
  const text = beginning.replace(/^\ufeff?(?:\s|;[^\n]*(?:\n|$))*/, "");
  if (text === "") return "quorate";
  if (beginning.startsWith(storeMagic)) return "jepsen-store";
  if (/^\{\s*"|^\[\s*\{\s*"/.test(text)) return jsonFormat(text);
  const firstLine = text.slice(0, 400).split("\n")[0] ?? "";
  if (/^:?[^\s:[({]+\s+:(?:invoke|ok|fail|info)\s/.test(firstLine)) return "jepsen-text";
  if (/^#?[[({]/.test(text) || /^#[a-zA-Z:_]/.test(text)) {
    if (
      /^[[(]\s*(?:[[({#;\])\d]|:?[\w-]+\s+:(?:invoke|ok|fail|info)\b|$)/.test(text) ||
      !/^[[(]/.test(text)
    )
      return ednFormat(text);
  }
  if (isLog(text)) return "jepsen-log";
  throw unknown(text);
}

/** A parser for files of this format. */
export function parserFor(format: ForeignFormat): HistoryParser {
  switch (format) {
    case "edn":
    case "json":
      return new MapsParser(format);
    case "jepsen-log":
    case "jepsen-text":
      return new LinesParser(format);
    case "porcupine-json":
    case "etcd-json":
      return new PorcupineParser(format);
    case "jepsen-store":
      return new JepsenStoreParser();
  }
}

const isLog = (text: string): boolean =>
  /jepsen\.util/.test(text) ||
  /(?:^|[\s[])(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL)[\s\]]/.test(text.slice(0, 400));

function ednFormat(text: string): "edn" {
  const fields = [...text.slice(0, 2000).matchAll(/:([\w?.-]+)/g)].map(([, name]) => name);
  if (/^\{\s*:/.test(text) && fields.includes("valid?") && !fields.includes("process"))
    throw new HistoryError(
      "unknown-format",
      knownFormats,
      "a map with :valid?, which looks like Jepsen's results.edn",
    );
  return "edn";
}

function jsonFormat(text: string): "quorate" | ForeignFormat {
  const names = [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)].map(([, name = ""]) => name);
  const has = (...wanted: readonly string[]): boolean => wanted.some((one) => names.includes(one));
  if (names.length === 0 || names[0] === "e") return "quorate";
  if (has("ClientId", "clientId", "client_id") && has("Input", "input", "Kind", "kind", "Value"))
    return has("OperationsOnSuccess") || /"Type"\s*:\s*"(?:range|txn|leaseGrant)"/.test(text)
      ? "etcd-json"
      : "porcupine-json";
  if (has("process") && has("type")) return "json";
  throw new HistoryError(
    "unknown-format",
    knownFormats,
    `JSON objects with the fields ${[...new Set(names)].slice(0, 6).join(", ")}`,
  );
}

const knownFormats =
  "a history of quorate (JSON lines), operations in EDN or JSON (Jepsen, Knossos, Porcupine's text), a Jepsen log, history.txt or store file, or Porcupine's or etcd's operations as JSON";

function unknown(text: string): HistoryError {
  const got = lookslike.find(([pattern]) => pattern.test(text))?.[1];
  const shown = JSON.stringify(text.slice(0, 40));
  return new HistoryError(
    "unknown-format",
    knownFormats,
    got === undefined ? shown : `${got}, which begins with ${shown}`,
  );
}

const lookslike: readonly (readonly [RegExp, string])[] = [
  [/^PK\u0003\u0004/, "a zip archive; unpack it first"],
  [/^(?:\ufffd\ufffd|\ufffe)|\u0000/, "binary data or text in UTF-16"],
  [/^\s*<(?:!doctype|html|\?xml|svg)/i, "HTML or XML"],
  [/^---\s|^[\w-]+:\s/, "YAML"],
  [/^[^\n"]*,[^\n]*,[^\n]*\n/, "comma-separated values"],
];
