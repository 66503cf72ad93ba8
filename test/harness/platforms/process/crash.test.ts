/** Tests that a node which ends by itself during a history is a finding, not a failure of the environment. */
import { afterAll, describe, expect, it } from "vitest";
import type { Plan } from "../../../../generators/index.ts";
import { attempt, type Attempt, brokenPromises } from "../../../../harness/campaign/index.ts";
import { createProcessCluster } from "../../../../harness/platforms/process/platform.ts";
import { maelstrom } from "../../../../harness/targets/maelstrom/index.ts";
import { echoes, echoPlan, makePrograms } from "./programs.ts";

const programs = makePrograms();
afterAll(() => programs.remove());

async function attempted(plan: Plan): Promise<Attempt> {
  const cluster = createProcessCluster(maelstrom);
  try {
    return await attempt(plan, cluster, { evidence: true });
  } finally {
    await cluster.stop();
  }
}

const endsIn = ({ events }: Attempt) => events.filter(({ e }) => e === "node-ended");

describe("no-crash of local processes", () => {
  it("breaks when a node exits at its second request, and says what it said last", async () => {
    const made = await attempted(
      echoPlan(
        programs.node(
          `let asked = 0; handlers.echo = (message) => { if (++asked === 2) { console.error("no more room"); process.exit(7); } reply(message, { type: "echo_ok", echo: message.body.echo }); };`,
        ),
      ),
    );
    expect(brokenPromises(made.verdict)).toEqual(["no-crash"]);
    expect(endsIn(made)[0]).toMatchObject({
      by: "itself",
      detail: "the node ended with status 7; it said last: no more room",
    });
  });

  it("is unknown when somebody else kills a node", async () => {
    const made = await attempted(
      echoPlan(
        programs.node(
          `handlers.echo = (message) => { if (id === "n2") process.kill(process.pid, "SIGKILL"); reply(message, { type: "echo_ok", echo: message.body.echo }); };`,
        ),
      ),
    );
    expect(made.verdict.guarantees["no-crash"]?.verdict).toBe("unknown");
    expect(endsIn(made)).toMatchObject([{ node: "n2", by: "somebody" }]);
  });

  it("breaks when a node cannot start again on what it had written", async () => {
    const bin = programs.node(
      `${echoes} const fs = require("fs"); if (fs.existsSync("began")) { console.error("cannot read my own file"); process.exit(1); } fs.writeFileSync("began", "");`,
    );
    const faults = [{ atMs: 0, durationMs: 20, fault: { kind: "kill", nodes: [0] } }];
    const made = await attempted(echoPlan(bin, { faults }));
    expect(brokenPromises(made.verdict)).toEqual(["no-crash"]);
    expect(endsIn(made)[0]).toMatchObject({
      node: "n1",
      detail: "the node ended with status 1; it said last: cannot read my own file",
    });
  });

  it("holds for nodes that only faults kill and pause", async () => {
    const faults = [
      { atMs: 0, durationMs: 20, fault: { kind: "kill", nodes: [0] } },
      { atMs: 0, durationMs: 20, fault: { kind: "pause", nodes: [1] } },
    ];
    const made = await attempted(echoPlan(programs.node(echoes), { faults }));
    expect(made.verdict.guarantees["no-crash"]?.verdict).toBe("valid");
  });
});

it("a history that is interrupted while a node is being killed leaves nothing to the next", async () => {
  const bin = programs.node(echoes);
  const cluster = createProcessCluster(maelstrom);
  try {
    for (let turn = 0; turn < 5; turn++) {
      const interrupt = new AbortController();
      const faults = [{ atMs: 0, durationMs: 30, fault: { kind: "kill", nodes: [0, 1] } }];
      await attempt(echoPlan(bin, { faults }), cluster, {
        evidence: true,
        signal: interrupt.signal,
        sink: (event) => {
          if (event.e === "fault" && event.phase === "inject") interrupt.abort();
        },
      });
      const { verdict } = await attempt(echoPlan(bin), cluster, { evidence: true });
      expect(verdict.verdict).toBe("valid");
    }
  } finally {
    await cluster.stop();
  }
});
