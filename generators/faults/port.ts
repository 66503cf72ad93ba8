/**
 * Ports: the ways in which faults change a cluster. A fault declares what it wants of a port, and each platform
 * implements the port or says why it cannot.
 */
import type { Json } from "../plan.ts";

/**
 * The stages in the order in which the nemesis sets their ports. Links and limits must be in force before a node
 * starts.
 */
export const stages = ["network", "machine", "process", "dead-disk"] as const;
/** The stage in which the nemesis sets a port. */
export type Stage = (typeof stages)[number];

/**
 * A way in which faults change a cluster, such as cutting links. Most ports of the stages `network`, `machine` and
 * `process` keep a state as long as a fault wants it. A port of the stage `dead-disk` acts once, when its fault begins,
 * on the disk of a node that the same fault has killed.
 */
export interface Port<Name extends string = string, Value = unknown> {
  readonly name: Name;
  readonly stage: Stage;
  /** Returns the combined state if two faults want `a` and `b` for the same subject. */
  merge(a: Value, b: Value): Value;
  /** Makes one fault's want of this port: `value` for `subject`. */
  want(subject: string, value: Value): Want;
}

/** What one fault wants of a port. `subject` names what the port changes, such as a node or a link (see `linkName`). */
export interface Want {
  readonly port: string;
  readonly subject: string;
  readonly value: unknown;
}

/**
 * Makes a port. Each platform implements the port under its name.
 *
 * @param name Unique among ports.
 * @param stage The stage in which the nemesis sets the port.
 * @param merge Returns the combined state if two faults want `a` and `b` for the same subject.
 */
export function port<const Name extends string, Value extends Json | object>(
  name: Name,
  stage: Stage,
  merge: (a: Value, b: Value) => Value,
): Port<Name, Value> {
  return { name, stage, merge, want: (subject, value) => ({ port: name, subject, value }) };
}

/** The name that stands for all clients as one end of a link. */
export const allClients = "clients";

/** The name of a directed link for ports. */
export const linkName = (from: string, to: string): string => `${from}>${to}`;

/** Splits the name of a link into the names of its two ends. */
export function linkEnds(name: string): readonly [from: string, to: string] {
  const [from = "", to = ""] = name.split(">");
  return [from, to];
}

/** The port that makes links drop all packets. A link can also be one between the clients and a node. */
export const cuts = port("cuts", "network", (cut: true, _: true) => cut);

/** The state of a node's process that a fault wants. */
export type ProcessState = "killed" | "paused";

/** The port that kills or pauses processes. The subject is a node's name. A kill prevails over a pause. */
export const process = port("process", "process", (a: ProcessState, b: ProcessState) =>
  a === "killed" ? a : b,
);

/** A fault that one shell command begins and another ends. */
export type ShellFault = {
  /** The name of the affected node. */
  readonly node: string;
  readonly begin: string;
  readonly end: string;
  /** The folder in which the commands run. */
  readonly folder: string;
};

/**
 * The port that runs the commands of the kinds of fault that are made of shell commands. The subject contains the kind
 * and the node.
 */
export const commands = port(
  "commands",
  "machine",
  (command: ShellFault, _: ShellFault) => command,
);
