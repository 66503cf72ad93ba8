/**
 * The textbook's quorum: one of three replicas is down, and the two others accept a write. The third comes back with
 * the old version. A reader that asks all three sees both versions, takes the newer one, and writes it back to the
 * stale replica (Kleppmann, Designing Data-Intensive Applications, chapter 5, "Writing to the Database When a Node Is
 * Down").
 */
import { ask, type Cluster, defaultSettings, inspectAll, perform } from "../harness/index.ts";

/** What happened, in order. */
export interface Textbook {
  /** What each replica held before the read (`before`) and after its read repair (`after`). */
  readonly before: Readonly<Record<string, string | null | undefined>>;
  readonly read: string | null | undefined;
  readonly after: Readonly<Record<string, string | null | undefined>>;
}

/** Runs the example on a cluster of the bundled store, with three nodes. The caller stops the cluster. */
export async function textbook(cluster: Cluster): Promise<Textbook> {
  // Only read repair may bring the stale replica up to date, so anti-entropy is off.
  await cluster.start({
    settings: { ...defaultSettings, nodes: 3, antiEntropy: false, readRepair: "async" },
    worldSeed: 1,
    evidence: false,
  });
  const write = async (version: number): Promise<void> => {
    // On a busy machine a request may time out. It is then repeated, as a client would do.
    for (let tries = 1; ; tries++) {
      const outcome = await ask(cluster, "n1", {
        op: version,
        f: "write",
        key: "k0",
        value: `version ${version}`,
      });
      if (outcome.kind === "ok") return;
      if (tries === 20) throw new Error(`version ${version} was not accepted: ${outcome.message}`);
    }
  };
  const held = async (): Promise<Record<string, string | null | undefined>> => {
    const { seen } = await inspectAll(cluster, 5000);
    return Object.fromEntries(
      [...seen].map(([node, state]) => [node, state["k0"]?.versions[0]?.value]),
    );
  };
  const until = async (
    condition: (values: Record<string, string | null | undefined>) => boolean,
  ): Promise<Record<string, string | null | undefined>> => {
    let values = await held();
    for (let tries = 0; tries < 50 && !condition(values); tries++) {
      await cluster.until(() => false, 100);
      values = await held();
    }
    return values;
  };

  for (let version = 1; version <= 6; version++) await write(version);
  // Two replicas are enough to acknowledge a write, so the third may not have it yet.
  await until((values) => ["n1", "n2", "n3"].every((node) => values[node] === "version 6"));
  const dead = new Map([["n3", "killed"] as const]);
  await perform(cluster, (done) => cluster.ports.process.set(dead, new Map(), done));
  await write(7);
  await perform(cluster, (done) => cluster.ports.process.set(new Map(), dead, done));
  const before = await until(
    (values) => values["n2"] === "version 7" && values["n3"] !== undefined,
  );
  let read: string | null | undefined;
  // Until the links to n3 are up again, a read of all three replicas fails, so it is repeated.
  for (let tries = 0; tries < 50 && read === undefined; tries++) {
    const outcome = await ask(cluster, "n1", {
      op: 100 + tries,
      f: "read",
      key: "k0",
      levels: { r: 3 },
    });
    if (outcome.kind === "ok") read = outcome.versions?.[0]?.value;
    else await cluster.until(() => false, 100);
  }
  const after = await until((values) => values["n3"] === "version 7");
  return { before, read, after };
}
