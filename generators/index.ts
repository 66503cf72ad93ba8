export * from "./plan.ts";
export type * from "./options.ts";
export type * from "./target.ts";
export {
  builtInKinds,
  faultKinds,
  kindOf,
  type Kinds,
  kindsWith,
  usualKinds,
  workloadOf,
} from "./kinds.ts";
export type { Effect, FaultDraw, FaultKind, FaultProblem, WantsAt } from "./faults/fault-kind.ts";
export {
  allClients,
  commands,
  cuts,
  linkEnds,
  linkName,
  port,
  process as processes,
} from "./faults/port.ts";
export type { Port, ProcessState, ShellFault, Stage, Want } from "./faults/port.ts";
export { ports } from "./faults/registry.ts";
export type { BuiltInFault, PortName, PortValue } from "./faults/registry.ts";
export { aheadMs } from "./faults/clock.ts";
export type { ClockFault, ClockShape } from "./faults/clock.ts";
export type { Damage, DiskDamage, DiskFault } from "./faults/disk.ts";
export type { Limit, LimitFault } from "./faults/limit.ts";
export type { Direction, DirectedFault, Impairment } from "./faults/links.ts";
export type { MessageAct, MessageAim, MessageFault } from "./faults/message.ts";
export type { MembershipChange, MembershipFault } from "./faults/membership.ts";
export type { NodesFault } from "./faults/nodes.ts";
export type { PartitionFault, PartitionShape } from "./faults/partition.ts";
export {
  canRun,
  heardOperation,
  heardWorkload,
  isNative,
  workloadsOn,
} from "./workloads/over-register.ts";
export type {
  AskRegister,
  OverRegister,
  RegisterPromises,
  RegisterRequest,
} from "./workloads/over-register.ts";
export type { ClientRequest, Outcome as ClientOutcome } from "./workloads/request.ts";
export type { Mix, NamedOperation, Workload, WorkloadOperation } from "./workloads/workload.ts";
/** Helpers that draw random values for your own kinds of fault and workloads. */
export * as draw from "./draw.ts";
export { planArbitrary, planAt } from "./arbitrary.ts";
export { partOf } from "./shrink/part.ts";
export { mutantAt } from "./mutate/index.ts";
export type { Parent } from "./mutate/index.ts";
export { parsePlan } from "./parse.ts";
export { planTarget } from "./upgrade.ts";
export { PlanError } from "./plan-error.ts";
export type { PlanErrorCode, PlanProblem } from "./plan-error.ts";
export { planSize } from "./size.ts";
export { nominalStartsMs } from "./timeline.ts";
export type { PlanSize } from "./size.ts";
export { triggerText } from "./trigger.ts";
export type { HostEvent, Trigger } from "./trigger.ts";
export { isToken, readToken, toToken } from "./token.ts";
export { faultText, readable } from "./readable.ts";
