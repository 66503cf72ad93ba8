/** The rules by which network faults change simulated links. fault-ports.ts assigns each rule to a port. */
import type { Impairment } from "../../../generators/index.ts";
import type { Link } from "./link.ts";
import type { LinkRule } from "./network.ts";

export const cutRule =
  (cuts: ReadonlyMap<string, true>): LinkRule =>
  ({ name }) =>
    cuts.has(name) ? { isCut: true } : undefined;

export const refusalRule =
  (refusing: ReadonlyMap<string, true>): LinkRule =>
  ({ to }) =>
    refusing.has(to) ? { refuses: true } : undefined;

export const impairmentRule =
  (impairments: ReadonlyMap<string, Impairment>): LinkRule =>
  ({ name }) => {
    const impairment = impairments.get(name);
    return (
      impairment && {
        bytesPerS: impairment.bytesPerS,
        laterUs: (link) => laterUs(link, impairment),
      }
    );
  };

/**
 * How much later the next packet arrives because of the impairment, in µs. Streams hide duplicated, lost and reordered
 * packets, so these faults only show as packets that arrive later.
 */
function laterUs(
  { random, baseUs, jitterUs }: Link,
  {
    delayMs = 0,
    jitterMs = 0,
    lossPercent = 0,
    duplicatePercent = 0,
    reorderPercent = 0,
    lateMs = 0,
  }: Impairment,
): number {
  const isOneOf = (percent: number): boolean => random.between(1, 100) <= percent;
  let waitUs = delayMs * 1000;
  if (jitterMs > 0) waitUs += random.between(0, jitterMs * 1000);
  // An overtaken packet holds up all packets behind it.
  if (reorderPercent > 0 && isOneOf(reorderPercent)) waitUs += random.between(0, lateMs * 1000);
  // The receiver drops the duplicate and acknowledges once more. The sender may take this acknowledgement for a sign of
  // loss, and retransmit without need.
  if (duplicatePercent > 0 && isOneOf(duplicatePercent))
    waitUs += delayMs * 1000 + baseUs + random.between(0, jitterUs);
  // A lost packet costs the time until TCP sends it again: 200 ms, doubled for each further loss.
  if (lossPercent > 0)
    for (let timeoutUs = 200_000; timeoutUs <= 800_000 && isOneOf(lossPercent); timeoutUs *= 2)
      waitUs += timeoutUs;
  return waitUs;
}
