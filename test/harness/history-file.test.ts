import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { HistoryEvent } from "../../checkers/index.ts";
import {
  hashHistory,
  hashHistoryFile,
  historyLine,
  writeHistory,
} from "../../harness/history-file.ts";

const events: HistoryEvent[] = Array.from({ length: 2_500 }, (_, op) => ({
  e: "ok",
  atUs: op,
  op,
  versions: [{ version: `s${op}`, value: 'naïve "v"\n' }],
}));

test("the hash is that of the lines, however many there are", () => {
  for (const count of [0, 1, 999, 1_000, 1_001, 2_500]) {
    const some = events.slice(0, count);
    const lines = some.map(historyLine).join("\n");
    expect(hashHistory(some)).toBe(createHash("sha256").update(lines).digest("hex"));
  }
});

test("a written history has the hash of its events, whatever its size", async () => {
  const folder = await mkdtemp(join(tmpdir(), "quorate-"));
  try {
    const file = join(folder, "history.jsonl");
    for (const count of [0, 1, 999, 2_500, 40_000]) {
      const some = Array.from(
        { length: count },
        (_, i) => events[i % events.length] as HistoryEvent,
      );
      await writeHistory(file, some);
      expect(hashHistoryFile(file)).toBe(hashHistory(some));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the hash tells two histories apart by one microsecond", () => {
  const [first, ...rest] = events;
  const later = { ...(first as HistoryEvent & { e: "ok" }), atUs: 1 };
  expect(hashHistory([later, ...rest])).not.toBe(hashHistory(events));
});

test("a written history is its lines, each with an end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "quorate-"));
  try {
    const path = join(folder, "history.jsonl");
    await writeHistory(path, events);
    expect(await readFile(path, "utf8")).toBe(
      events.map((event) => `${historyLine(event)}\n`).join(""),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a line is the event's JSON, keys in the order in which they were recorded", () => {
  expect(historyLine({ e: "end", atUs: 5 })).toBe('{"e":"end","atUs":5}');
});
