/**
 * The stamps that replicas reported to a write's coordinator before the coordinator made the write's stamp. No verdict
 * uses this.
 */
import { brief, milliseconds } from "./operation-messages.ts";
import { versionsByWriter } from "./version-messages.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";

/** The texts of the question for a stamp and of the answer in the bundled store's evidence. */
const asks = /^operation (\d+) asks for the stamp of /;
const tells = /^operation (\d+) is told the stamp of .*: (.*)$/;

/**
 * A sentence that says which replicas the coordinator asked for stamps and what they answered. []: no such question is
 * recorded.
 */
export function stampsTold(model: Model, write: Operation): string[] {
  const of = model.evidence.others.filter(
    ({ detail }) => Number((asks.exec(detail) ?? tells.exec(detail))?.[1] ?? -1) === write.op,
  );
  const asked = of.filter(({ detail }) => asks.test(detail));
  const [first] = asked;
  if (first === undefined) return [];
  const own = model.writers(write.key).versionOf(write);
  const told = of
    .filter(({ detail }) => tells.test(detail))
    .sort((a, b) => a.atUs - b.atUs)
    .map(({ node, detail, atUs }) => {
      const stamp = tells.exec(detail)?.[2] ?? "none";
      return `${node} reported ${stamp === "none" ? "no stamp" : `the stamp of ${versionsByWriter(model, write.key, [stamp])}`} at ${milliseconds(atUs)}`;
    });
  const peers = [...new Set(asked.map(({ peer }) => peer))];
  return [
    `before ${brief(write)} ${first.node} asked ${peers.join(", ")} for the newest stamp of ${write.key}: ${told.join(", ") || "no replica answered"}${own === undefined ? "" : `; ${first.node} gave the write the stamp ${own}`}`,
  ];
}
