/**
 * Ports: the ways in which faults change the world. A fault says what it wants of a port; each platform makes it
 * happen.
 */
import type { Json } from "../plan.ts";

/**
 * The nemesis sets ports in this order. A node that is about to start must find its links and limits as they are
 * wanted.
 */
export const stages = ["network", "machine", "process", "dead-disk"] as const;
/** When the nemesis sets a port. */
export type Stage = (typeof stages)[number];

/**
 * `network`, `machine` and `process` ports hold for as long as a fault wants it. A `dead-disk` port acts once, when its
 * fault begins, on the disk of a node that the same fault has killed.
 */
export interface Port<Name extends string = string, Value = unknown> {
  readonly name: Name;
  readonly stage: Stage;
  /** What holds while two faults want `a` and `b` of the same subject. */
  merge(a: Value, b: Value): Value;
  /** What one fault wants of the subject. */
  want(subject: string, value: Value): Want;
}

/** What one fault wants of a port. `subject`: a node's name, or a link's (`linkName`). */
export interface Want {
  readonly port: string;
  readonly subject: string;
  readonly value: unknown;
}

/**
 * A new port. Each platform needs an entry of that name to make it happen.
 *
 * @param name Unique among ports.
 * @param stage When the nemesis sets it.
 * @param merge What holds while two faults want `a` and `b` of the same subject.
 */
export function port<const Name extends string, Value extends Json | object>(
  name: Name,
  stage: Stage,
  merge: (a: Value, b: Value) => Value,
): Port<Name, Value> {
  return { name, stage, merge, want: (subject, value) => ({ port: name, subject, value }) };
}

/** Stands for all clients where the ends of links are named. */
export const allClients = "clients";

/** A link in one direction, as ports name it. */
export const linkName = (from: string, to: string): string => `${from}>${to}`;

/** The ends of the link. */
export function linkEnds(name: string): readonly [from: string, to: string] {
  const [from = "", to = ""] = name.split(">");
  return [from, to];
}

/** Links that drop all packets, also those of clients. */
export const cuts = port("cuts", "network", (cut: true, _: true) => cut);

/** What becomes of a node's process: nothing, or this. */
export type ProcessState = "killed" | "paused";

/** Processes that are killed or paused. `subject`: a node. */
export const process = port("process", "process", (a: ProcessState, b: ProcessState) =>
  a === "killed" ? a : b,
);

/** What a shell command begins, and another ends. */
export type ShellFault = {
  /** At which node it is aimed, by name. */
  readonly node: string;
  readonly begin: string;
  readonly end: string;
  /** Where the commands run. */
  readonly folder: string;
};

/** Shell commands of kinds of fault that a configuration brings. `subject`: the kind and the node. */
export const commands = port(
  "commands",
  "machine",
  (command: ShellFault, _: ShellFault) => command,
);
