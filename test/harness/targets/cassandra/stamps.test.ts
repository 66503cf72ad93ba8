import { describe, expect, it } from "vitest";
import { createStamps, versionOf } from "../../../../harness/targets/cassandra/stamps.ts";

/** A clock that stands still, as it seems to for writes within one microsecond. */
const standing = (): number => 1_000;

describe("stamps of Cassandra's clients", () => {
  it("are never given twice, whoever asks and whatever the clock says", () => {
    const stamps = createStamps({ kind: "unique", nowMs: standing });
    const given = ["c1", "c2", "c1", "c3", "c2"].map((client) => stamps.next(client));
    expect(new Set(given).size).toBe(given.length);
  });

  it("are never given twice where one client's clock shows what another's showed before", () => {
    let nowMs = 1_000;
    const stamps = createStamps({ kind: "unique", nowMs: () => nowMs });
    stamps.setAheadMs("c1", 5);
    const first = stamps.next("c1");
    nowMs += 5;
    expect(stamps.next("c2")).not.toBe(first);
  });

  it("tie in whole milliseconds, and longer where the clock goes on in steps", () => {
    let nowMs = 1_000;
    const millis = createStamps({ kind: "milliseconds", nowMs: () => nowMs });
    const steps = createStamps({ kind: "milliseconds", stepMs: 16, nowMs: () => nowMs });
    const [one, other] = [millis.next("c1"), steps.next("c1")];
    nowMs += 0.9;
    expect(millis.next("c2")).toBe(one);
    nowMs += 5;
    expect(millis.next("c2")).not.toBe(one);
    expect(steps.next("c2")).toBe(other);
  });

  it("follow the clock of the client alone", () => {
    const stamps = createStamps({ kind: "unique", nowMs: standing });
    stamps.setAheadMs("c2", -500);
    expect(stamps.next("c1")).toBe(1_000_000n);
    expect(stamps.next("c2")).toBe(500_000n);
  });

  it("are left to the coordinator where the server stamps", () => {
    expect(createStamps({ kind: "server" }).next("c1")).toBeNull();
  });

  it("order as the names of their versions do", () => {
    expect(versionOf(9n) < versionOf(10n)).toBe(true);
  });
});
