/** All kinds of fault in the order in which plans draw them. A new one needs its file and a line here. */
import { clientClock } from "./client-clock.ts";
import { clients } from "./clients.ts";
import { clock } from "./clock.ts";
import { delay } from "./delay.ts";
import { disk } from "./disk.ts";
import { duplicate } from "./duplicate.ts";
import type { FaultKind } from "./fault-kind.ts";
import { fullDisk } from "./full-disk.ts";
import { kill } from "./kill.ts";
import { limit } from "./limit.ts";
import { loss } from "./loss.ts";
import { message } from "./message.ts";
import { partition } from "./partition.ts";
import { membership } from "./membership.ts";
import { pause } from "./pause.ts";
import { commands, type Port, stages } from "./port.ts";
import { powerLoss } from "./power.ts";
import { rate } from "./rate.ts";
import { refuse } from "./refuse.ts";
import { reorder } from "./reorder.ts";
import { slowDisk } from "./slow-disk.ts";
import { slowReader } from "./slow-reader.ts";

const builtIn = [
  partition,
  kill,
  pause,
  clock,
  loss,
  disk,
  fullDisk,
  slowDisk,
  powerLoss,
  delay,
  rate,
  duplicate,
  reorder,
  clients,
  limit,
  refuse,
  clientClock,
  message,
  slowReader,
  membership,
] as const;

type BuiltInKind = (typeof builtIn)[number];
/** Only kinds of a configuration run shell commands, so no built-in kind has this port. */
type BuiltInPort = BuiltInKind["ports"][number] | typeof commands;

/** A fault of a built-in kind. */
export type BuiltInFault = Parameters<BuiltInKind["say"]>[0];
/** The ports of all built-in kinds. A platform that lacks one does not compile. */
export type PortName = BuiltInPort["name"];
/** The type of a port's values. */
export type PortValue<Name extends PortName> =
  Extract<BuiltInPort, { readonly name: Name }> extends Port<Name, infer Value> ? Value : never;

export const builtInFaults: readonly FaultKind[] = builtIn;

const used: readonly Port<PortName>[] = [
  ...builtIn.flatMap((kind): readonly Port<PortName>[] => kind.ports),
  commands,
];

/** Each port once, in the order in which the nemesis sets them. */
export const ports: readonly Port<PortName>[] = stages.flatMap((stage) => [
  ...new Set(used.filter((port) => port.stage === stage)),
]);
