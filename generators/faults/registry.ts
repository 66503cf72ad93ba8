/** The built-in kinds of fault. A new kind needs its own file and a line here. */
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
/** The ports of built-in kinds, and `commands`, which only kinds of fault made of shell commands use. */
type BuiltInPort = BuiltInKind["ports"][number] | typeof commands;

/** A fault of a built-in kind. */
export type BuiltInFault = Parameters<BuiltInKind["say"]>[0];
/** The names of the ports that quorate defines. A platform's `FaultPorts` must have an entry for each of them. */
export type PortName = BuiltInPort["name"];
/** The type of the values of the port with this name. */
export type PortValue<Name extends PortName> =
  Extract<BuiltInPort, { readonly name: Name }> extends Port<Name, infer Value> ? Value : never;

export const builtInFaults: readonly FaultKind[] = builtIn;

const used: readonly Port<PortName>[] = [
  ...builtIn.flatMap((kind): readonly Port<PortName>[] => kind.ports),
  commands,
];

/** The ports that quorate defines, each once, in the order in which the nemesis sets them. */
export const ports: readonly Port<PortName>[] = stages.flatMap((stage) => [
  ...new Set(used.filter((port) => port.stage === stage)),
]);
