/**
 * Measures commits of the store's log, compared with plain writes and fdatasync of the same bytes, in the same run and
 * folder.
 */
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, write } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultSettings } from "../../../store/index.ts";
import type { LogRecord } from "../../../store/versions/records.ts";
import { openRealHost } from "../../../store/real/host.ts";
import { encodeEntries } from "../../../store/real/log-format.ts";

/** A record whose strings were parsed from JSON, like those of a record that arrives in a frame. */
const entryOf = (id: number): LogRecord =>
  JSON.parse(
    JSON.stringify({
      key: `k${id % 1_000}`,
      state: {
        kind: "stamped",
        stamp: "0001767225600000.n1.000001.000001",
        value: `v${String(id).padStart(19, "0")}`,
      },
    }),
  ) as LogRecord;
const entryBytes = encodeEntries([entryOf(0)]).bytes;
const rounds = 300;
/** The number of rounds before the measurement, while the code is not compiled yet. */
const warmUpRounds = 100;
const groups = [1, 16, 256];

/** Writes the records. Resolves once they are durable. */
type Commit = (records: readonly LogRecord[]) => Promise<void>;

/** Measurements use the median, since a few slow commits on a busy disk say nothing about the code. */
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

export async function benchLog(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "quorate-bench-log-"));
  const host = openRealHost(
    {
      node: "n1",
      settings: defaultSettings,
      peers: {},
      clients: { host: "127.0.0.1", port: 0 },
      clientSecret: "",
      peerSecrets: {},
      dataDirectory: join(folder, "data"),
      recordDirectory: join(folder, "record"),
      evidence: false,
      bugBundle: null,
    },
    {
      print: () => {},
      halted: (reason) => {
        throw new Error(reason);
      },
    },
  );
  const log = host.log("bench");
  await new Promise<void>((resolve) => log.recover(() => resolve()));
  const file = openSync(join(folder, "raw"), "a");
  let id = 0;
  const ours: Commit = (records) =>
    new Promise((resolve, reject) => {
      for (const record of records) log.append(record);
      log.sync((error) => (error === null ? resolve() : reject(new Error(error.message))));
    });
  const raw: Commit = ({ length }) =>
    new Promise((resolve, reject) => {
      write(file, Buffer.concat(new Array<Buffer>(length).fill(entryBytes)), (error) => {
        if (error !== null) reject(error);
        else fdatasync(file, (failed) => (failed === null ? resolve() : reject(failed)));
      });
    });
  console.log(
    "the log's commits beside raw write and fdatasync of the same bytes, entries/s in the median commit",
  );
  for (const group of groups) {
    // The two take turns, so that a disk that gets slower affects both.
    const ms: { readonly ours: number[]; readonly raw: number[] } = { ours: [], raw: [] };
    for (let round = -warmUpRounds; round < rounds; round++) {
      for (const [name, commit] of [
        ["ours", ours],
        ["raw", raw],
      ] as const) {
        const records = Array.from({ length: group }, () => entryOf(id++));
        const started = performance.now();
        await commit(records);
        if (round >= 0) ms[name].push(performance.now() - started);
      }
    }
    const rate = (of: readonly number[]): string =>
      Math.round(group / (median(of) / 1000))
        .toLocaleString("en-US")
        .padStart(9);
    console.log(
      `${`${group} ${group === 1 ? "entry" : "entries"} a commit`.padEnd(24)}${rate(ms.ours)} ours ${rate(ms.raw)} raw  ${((100 * median(ms.raw)) / median(ms.ours)).toFixed(0)} % of raw`,
    );
  }
  host.revoke();
  closeSync(file);
  rmSync(folder, { recursive: true, force: true });
}
