/** Clients of one history: each operation is one or two requests. */
import type { MessageClients, MessageReach } from "../../platforms/messages/message-target.ts";
import type { ClientSession, Outcome } from "../../platforms/session.ts";
import type { MessageBody } from "../../platforms/messages/message.ts";
import { notConnected, unanswered } from "../../platforms/session.ts";
import { createVersionNames } from "../software/version-names.ts";
import { failureOf } from "./errors.ts";
import {
  type ClientMemory,
  type ClientMessages,
  ReplyError,
  type SharedMemory,
} from "./requests/client-messages.ts";
import { messagesOf } from "./requests/registry.ts";
import type { MaelstromSettings } from "./settings.ts";

export function openClients(reach: MessageReach): MessageClients {
  const messages = messagesOf(reach.workload);
  const shared: SharedMemory = { acknowledged: [], uncertain: 0 };
  const memories = new Map<string, ClientMemory>();
  const memoryOf = (client: string): ClientMemory => {
    const known = memories.get(client) ?? { offsets: new Map(), polled: new Map(), shared };
    memories.set(client, known);
    return known;
  };
  const names = reach.workload === "siblings" ? createVersionNames() : null;
  return {
    session(client, node) {
      const session = openSession(reach, messages, {
        client,
        node,
        memory: () => memoryOf(client),
      });
      return {
        perform(request, timeoutMs, done) {
          names?.sent(request);
          session.perform(request, timeoutMs, (outcome) => {
            if (outcome.kind === "info") {
              shared.uncertain++;
              // The client goes on as a new process, which remembers only what all clients share.
              memories.delete(client);
            }
            done(names?.named(request, outcome) ?? outcome);
          });
        },
        close: () => session.close(),
      };
    },
    ...(messages.probe === undefined ? {} : { ready: waitUntilReady(reach, messages.probe) }),
    ...(messages.isSettled === undefined
      ? {}
      : { settle: (timeoutMs, done) => settle(reach, messages, shared, timeoutMs, done) }),
  };
}

interface Place {
  readonly client: string;
  readonly node: string;
  memory(): ClientMemory;
}

function openSession(
  reach: MessageReach,
  messages: ClientMessages,
  { client, node, memory }: Place,
): ClientSession {
  let giveUp: (() => void) | null = null;
  return {
    perform(request, timeoutMs, done) {
      const deadlineUs = reach.clock.nowUs() + timeoutMs * 1000;
      let isOver = false;
      let sent = false;
      const finish = (outcome: Outcome): void => {
        if (isOver) return;
        isOver = true;
        giveUp = null;
        done(outcome);
      };
      /**
       * Does the work. A malformed reply ends the run, since it is a mistake of the node's program, not a fault of its
       * data.
       */
      const guarded = (body: unknown, work: () => void): void => {
        try {
          work();
        } catch (error) {
          if (!(error instanceof ReplyError)) throw error;
          reach.fail(
            node,
            "bad-reply",
            `${node} to answer ${request.f} with ${error.expected}`,
            JSON.stringify(body).slice(0, clipped),
          );
          finish({ kind: "info", code: "bad-reply", message: error.message });
        }
      };
      messages.perform(
        request,
        memory(),
        (body, wanted, answered) => {
          const leftMs = Math.max(1, (deadlineUs - reach.clock.nowUs()) / 1000);
          const asked = { client, node, body, timeoutMs: leftMs, trace: request.op };
          giveUp = reach.request(asked, (reply) => {
            if (reply.kind === "not-sent")
              return finish(
                sent
                  ? unanswered(true, timeoutMs)
                  : { kind: "fail", code: notConnected, message: `${node} does not run` },
              );
            sent = true;
            if (reply.kind === "timeout") return finish(unanswered(true, timeoutMs));
            if (reply.body.type === "error") {
              const known = messages.answered?.(request, Number(reply.body["code"])) ?? null;
              return finish(known ?? failureOf(reply.body));
            }
            guarded(reply.body, () => {
              if (reply.body.type !== wanted) throw new ReplyError(wanted);
              answered(reply.body);
            });
          });
        },
        finish,
      );
    },
    close() {
      giveUp?.();
      giveUp = null;
    },
  };
}

/**
 * Returns a function that waits until nodes accept requests, or until `readyMs` is over. A node without a leader
 * refuses requests or does not answer, and a history of refusals shows nothing.
 */
function waitUntilReady(
  { clock, nodes, request, settings }: MessageReach,
  probe: MessageBody,
): (done: () => void) => void {
  return (done) => {
    const untilUs = clock.nowUs() + (settings as MaelstromSettings).readyMs * 1000;
    let left = nodes.length;
    const ask = (node: string): void => {
      request({ client: "prober", node, body: probe, timeoutMs: probeMs }, (reply) => {
        const serves =
          reply.kind === "reply" &&
          (reply.body.type !== "error" || !isPassing.has(Number(reply.body["code"])));
        if (!serves && clock.nowUs() < untilUs)
          return void clock.setTimer(lookEveryMs, () => ask(node));
        if (--left === 0) done();
      });
    };
    for (const node of nodes) ask(node);
  };
}

/** The codes of temporary errors: timeout (0), and temporarily unavailable (11). */
const isPassing = new Set([0, 11]);
const probeMs = 500;

/** Reads from all nodes again and again until each running node returns what it must in the end, or the time is up. */
function settle(
  { clock, nodes, request }: MessageReach,
  { isSettled }: ClientMessages,
  shared: SharedMemory,
  timeoutMs: number,
  done: () => void,
): void {
  const untilUs = clock.nowUs() + timeoutMs * 1000;
  const look = (): void => {
    let left = nodes.length;
    let settled = 0;
    const heard = (isRight: boolean): void => {
      if (isRight) settled++;
      if (--left > 0) return;
      if (settled === nodes.length || clock.nowUs() >= untilUs) return done();
      clock.setTimer(lookEveryMs, look);
    };
    for (const node of nodes)
      request(
        { client: "settler", node, body: { type: "read" }, timeoutMs: settleReadMs },
        (reply) =>
          heard(
            // All faults are over. So a node that does not run has ended by itself and will not catch up.
            reply.kind === "not-sent" ||
              (reply.kind === "reply" &&
                reply.body.type === "read_ok" &&
                isRight(() => isSettled?.(reply.body, shared) ?? true)),
          ),
      );
  };
  look();
}

/** Returns what `look` returns, or false for a malformed reply, which the final reads report. */
function isRight(look: () => boolean): boolean {
  try {
    return look();
  } catch (error) {
    if (error instanceof ReplyError) return false;
    throw error;
  }
}

const lookEveryMs = 20;
const settleReadMs = 500;
const clipped = 300;
