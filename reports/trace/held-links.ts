/**
 * The links of a causal chain about changes of replicas that the links of the clients' writes do not describe: versions
 * that repairs or streams brought, data that a replica dropped or lost and got again, and inspections that contradict
 * what is known of the replica.
 */
import type { HistoryEvent, StoreCause } from "../../checkers/index.ts";
import type { ExhibitView } from "../exhibit-view.ts";
import { clip } from "../markup.ts";
import { allOf, count } from "../report-messages.ts";
import type { Link } from "./chain-link.ts";
import type { Gone, Held, Replicas } from "./replicas.ts";

/** The largest number of changes that are described. Others are only counted. */
const changesAtMost = 12;

/** A change of what one replica holds, with what the replica held before. */
interface Change {
  readonly node: string;
  readonly before: Held | undefined;
  readonly after: Held;
}

/**
 * The links for the changes of the key's replicas between `fromUs` and `untilUs` that `isWorthTelling` chooses, in
 * order of time. Of more than `changesAtMost` changes, the first and the last are described, and the others are
 * counted.
 */
export function heldLinks(
  view: ExhibitView,
  key: string,
  replicas: Replicas,
  { fromUs, untilUs }: { readonly fromUs: number; readonly untilUs: number },
): readonly Link[] {
  const changes = [...replicas]
    .flatMap(([node, states]) =>
      states.map((after, index): Change => ({ node, before: states[index - 1], after })),
    )
    .filter(
      (change) =>
        change.after.fromUs > fromUs && change.after.fromUs < untilUs && isWorthTelling(change),
    )
    .sort((a, b) => a.after.fromUs - b.after.fromUs);
  const hidden = changes.length - changesAtMost;
  const first = hidden > 0 ? changes.slice(0, changesAtMost / 2) : changes;
  const last = hidden > 0 ? changes.slice(-changesAtMost / 2) : [];
  return [
    ...told(view, key, first),
    ...(hidden > 0
      ? [
          {
            atUs: changes[changesAtMost / 2]?.after.fromUs ?? untilUs,
            text: `Then ${count(hidden, "more change")} of what replicas hold of ${key}, which “Key by key” shows.`,
          },
        ]
      : []),
    ...told(view, key, last),
  ];
}

/**
 * Whether the change needs a link of its own: data is gone or came back afterwards, an inspection showed the state, or
 * something other than a write brought it.
 */
const isWorthTelling = ({ before, after }: Change): boolean =>
  after.gone !== undefined ||
  after.inspected === true ||
  before?.gone !== undefined ||
  (after.cause !== undefined && after.cause !== "write");

/** One link for each change. Successive equal losses or drops of data within 50 ms share a link. */
function told(view: ExhibitView, key: string, changes: readonly Change[]): readonly Link[] {
  const links: { readonly atUs: number; readonly nodes: string[]; readonly change: Change }[] = [];
  for (const change of changes) {
    const last = links.at(-1);
    if (
      last !== undefined &&
      change.after.gone !== undefined &&
      change.after.fromUs - last.atUs <= 50_000 &&
      sentence(view, key, ["*"], change) === sentence(view, key, ["*"], last.change)
    )
      last.nodes.push(change.node);
    else links.push({ atUs: change.after.fromUs, nodes: [change.node], change });
  }
  return links.map(({ atUs, nodes, change }) => ({
    atUs,
    text: sentence(view, key, nodes.sort(), change),
  }));
}

const goneSentence: Readonly<Record<Gone, (who: string, what: string, key: string) => string>> = {
  "tombstone dropped": (who, _, key) =>
    `${who} dropped the tombstone of ${key}, and then held nothing of ${key}.`,
  "key dropped": (who, what, key) =>
    `${who} dropped ${key} with ${what}, since other nodes own the key now.`,
  "not found at the restart": (who, what, key) =>
    `${who} had held ${what} of ${key}, but its restart found nothing of ${key} in the log.`,
};

function sentence(
  view: ExhibitView,
  key: string,
  nodes: readonly string[],
  { node, before, after }: Change,
): string {
  const who = allOf(nodes.map((each) => clip(each, 60)));
  if (after.gone !== undefined) return goneSentence[after.gone](who, names(view, before), key);
  if (after.inspected) {
    const shown = `An inspection of ${who} showed ${names(view, after)}`;
    // Without evidence only inspections tell what a node held.
    return before === undefined || before.inspected
      ? `${shown}.`
      : `${shown}, although by its log ${who} held ${names(view, before)}.`;
  }
  const { cause = "write" } = after;
  const from = senderOf(view, key, node, after, cause);
  const source = from === undefined ? "" : ` from ${clip(from, 60)}`;
  return `${who} stored ${names(view, after)}${source}, by ${cause === "write" ? "the write itself" : cause}. Before, ${who} held ${names(view, before)}.`;
}

const names = ({ values }: ExhibitView, held: Held | undefined): string =>
  held === undefined || held.versions.length === 0
    ? "nothing"
    : clip(allOf(held.versions.map((version) => values.get(version) ?? version)), 120);

/** The other node whose message with this cause brought this state. Undefined: the evidence shows no such node. */
function senderOf(
  { exhibit, originUs }: ExhibitView,
  key: string,
  node: string,
  { fromUs, versions }: Held,
  cause: StoreCause,
): string | undefined {
  const brought = exhibit.events.findLast(
    (event: HistoryEvent) =>
      event.e === "received" &&
      event.frame === "replica-write" &&
      event.node === node &&
      event.key === key &&
      event.cause === cause &&
      event.atUs - originUs <= fromUs &&
      event.versions.some((version) => versions.includes(version)),
  );
  return brought?.e === "received" && brought.peer !== node ? brought.peer : undefined;
}
