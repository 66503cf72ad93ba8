/** What anti-entropy found when it compared a replica that lacks something with one that has it. No verdict uses it. */
import { milliseconds } from "./operation-messages.ts";
import type { Frame } from "../evidence/evidence-index.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName } from "../language/history.ts";

/** The texts of the first two messages of an exchange in the bundled store's evidence. */
const asks = /^compare (\d+) ranges$/;
const answers = /^ranges differ: (.*)$/;

/**
 * A sentence about the exchanges in [fromUs, untilUs] between the replica that lacks something and one that has it. []:
 * the store has no anti-entropy, no node recorded an exchange then, or the two found differences and the holder sent
 * the key to the replica that lacks it.
 */
export function comparisonsOf(
  model: Model,
  key: Key,
  [lacking, holder]: readonly [NodeName, NodeName],
  [fromUs, untilUs]: readonly [number, number],
): string[] {
  const { run, evidence } = model;
  if (!run.repair.antiEntropy) return [];
  const isBetween = ({ node, peer }: Frame<"exchange">): boolean =>
    (node === lacking && peer === holder) || (node === holder && peer === lacking);
  const all = evidence.exchanges.filter(({ atUs }) => atUs >= fromUs && atUs <= untilUs);
  if (all.length === 0) return [];
  const own = all.filter(isBetween);
  const asked = own.filter(({ detail }) => asks.test(detail));
  const last = asked.at(-1);
  const pair = [lacking, holder].sort().join(" and ");
  if (last === undefined) return [`after the last restart ${pair} never compared what they hold`];
  const ranges = Math.max(...asked.map(({ detail }) => Number(asks.exec(detail)?.[1] ?? 0)));
  const when = `${asked.length === 1 ? "" : `${asked.length} times, the last time `}at ${milliseconds(last.atUs)}`;
  if (ranges === 0)
    return [
      `after the last restart ${pair} exchanged messages ${when}, but never compared a range`,
    ];
  const compared = `${pair} compared ${ranges === 1 ? "one range" : `${ranges} ranges`} ${when}`;
  const found = own.filter(({ detail }) => (answers.exec(detail)?.[1] ?? "none") !== "none");
  if (found.length === 0) return [`${compared} and found no difference`];
  const isSent = evidence
    .repairs(key)
    .some(
      ({ node, peer, atUs, cause }) =>
        cause === "anti-entropy" &&
        node === holder &&
        peer === lacking &&
        atUs >= fromUs &&
        atUs <= untilUs,
    );
  return isSent
    ? []
    : [`${compared} and found differences, but ${holder} sent ${lacking} nothing of ${key}`];
}
