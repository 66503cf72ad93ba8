/**
 * The links of a causal chain about messages that the network lost, held or delivered twice. Only histories whose
 * messages pass through the harness have such evidence.
 */
import type { FrameEvent, HistoryEvent } from "../../checkers/index.ts";
import type { ExhibitView } from "../exhibit-view.ts";
import { clip } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import { count } from "../report-messages.ts";
import type { Link } from "./chain-link.ts";

/** The largest number of messages that get a link each. More messages share one link. */
const messagesAtMost = 6;
/** Shorter delays, in microseconds, are not mentioned, since they are ordinary. */
const noticeableUs = 1_000;

/** A message that the network lost, held for at least `noticeableUs`, or delivered twice. */
type Mangled = FrameEvent & { readonly frame: "message" };

/**
 * The links that say what the network did to messages that were sent from `fromUs` to `untilUs`. More than
 * `messagesAtMost` messages share one link.
 */
export function networkLinks(
  { exhibit: { events }, originUs, trace: { endUs } }: ExhibitView,
  { fromUs, untilUs }: { readonly fromUs: number; readonly untilUs: number },
): readonly Link[] {
  const mangled = events.filter(
    (event): event is Mangled & HistoryEvent =>
      event.e === "sent" &&
      event.frame === "message" &&
      event.atUs - originUs >= fromUs &&
      event.atUs - originUs <= untilUs &&
      (event.fate !== undefined || (event.delayUs ?? 0) >= noticeableUs),
  );
  const [first] = mangled;
  if (first === undefined) return [];
  if (mangled.length > messagesAtMost)
    return [{ atUs: first.atUs - originUs, text: summary(mangled) }];
  return mangled.map((event) => ({
    atUs: event.atUs - originUs,
    text: sentence(event, event.atUs - originUs, endUs),
  }));
}

function sentence(
  { node, peer, body, fate, delayUs = 0 }: Mangled,
  sentUs: number,
  endUs: number,
): string {
  const what = `the message ${typeOf(body)} from ${clip(node, 60)} to ${clip(peer, 60)}`;
  if (fate === "lost") return `The network lost ${what}.`;
  const twice = fate === "twice" ? `delivered ${what} twice` : "";
  if (delayUs < noticeableUs) return `The network ${twice}.`;
  const arrives =
    sentUs + delayUs >= endUs
      ? `, so it had not arrived when the history ended`
      : `, until ${milliseconds(sentUs + delayUs)}`;
  return `The network held ${what} for ${milliseconds(delayUs)}${arrives}${twice === "" ? "" : ", and delivered it twice"}.`;
}

function typeOf(body: Mangled["body"]): string {
  const type =
    typeof body === "object" && body !== null && "type" in body ? body["type"] : undefined;
  return typeof type === "string" ? `“${clip(type, 40)}”` : "of unknown type";
}

function summary(mangled: readonly Mangled[]): string {
  const lost = mangled.filter(({ fate }) => fate === "lost").length;
  const twice = mangled.filter(({ fate }) => fate === "twice").length;
  const held = mangled.filter(
    ({ fate, delayUs = 0 }) => fate !== "lost" && delayUs >= noticeableUs,
  );
  const longestUs = Math.max(0, ...held.map(({ delayUs = 0 }) => delayUs));
  const said = [
    ...(lost > 0 ? [`lost ${count(lost, "message")}`] : []),
    ...(held.length > 0
      ? [`held ${count(held.length, "message")} for up to ${milliseconds(longestUs)}`]
      : []),
    ...(twice > 0 ? [`delivered ${count(twice, "message")} twice`] : []),
  ];
  return `From here on, the network ${said.join(", ")}. The list of messages below the diagram says what the network did to each.`;
}
