/// <reference types="node" preserve="true" />
/**
 * quorate as a library, for tests and for your own targets, workloads, kinds of fault and checkers.
 *
 * @module quorate
 */

// Judge histories and write checkers. `quorate/checkers` has only this part.
export * from "./judging.ts";

// Run one plan or a campaign.
export {
  attempt,
  type Attempt,
  brokenPromises,
  type CampaignOptions,
  type CampaignProgress,
  type Resumed,
  runCampaign,
  type WriteUp,
} from "./campaign/index.ts";
export { type Progress, runHistory, type RunOptions } from "./run/index.ts";
export type { Search } from "./search/index.ts";
export type {
  Campaign,
  Coverage,
  Exhibit,
  Finding as CampaignFinding,
  GuaranteeTotals,
  HistoryRow,
  Likeness,
  ShownHistory,
  Spread,
} from "../reports/index.ts";
export {
  type Complaint,
  EnvironmentError,
  NodeFaultError,
  UnjudgedError,
  UsageError,
} from "./errors.ts";

// Use quorate in a test suite: one call makes a test, and matchers check single histories. `quorate/vitest` has the
// same for Vitest.
export {
  type AttemptMatchers,
  BrokenPromiseError,
  type MatcherResult,
  matchers,
  type SuiteOptions,
  type SuiteResult,
  testPromises,
} from "./suite/index.ts";

// Plans: draw, parse, describe, encode as a token.
export {
  type Fault,
  isToken,
  type Language,
  type Levels,
  mutantAt,
  type Parent,
  parsePlan,
  type Plan,
  planArbitrary,
  planAt,
  PlanError,
  type PlanErrorCode,
  type PlannedFault,
  type PlannedOperation,
  type PlanOptions,
  type PlanProblem,
  planSize,
  type PlanSize,
  planTarget,
  type PlanWishes,
  readable,
  readToken,
  type Settings,
  type TargetName,
  toToken,
} from "../generators/index.ts";

// Clusters of nodes.
export type { Cluster, ClusterClock, ClusterTimer, StartOptions } from "./platforms/cluster.ts";
export { createSimCluster, type SimCluster } from "./platforms/simulator/index.ts";
export { createDockerCluster, type DockerClusterOptions } from "./platforms/docker/index.ts";
export { createExternalCluster } from "./platforms/external/cluster.ts";

// Scripts: single requests, faults and inspections on a running cluster.
export { ask, inspectAll, type Inspection, perform } from "./run/index.ts";
export type { Done, FaultPorts, PlatformPort } from "./platforms/fault-port.ts";

// Your own target: from a configuration file, or a description that defineTarget completes.
export { defineConfig, type QuorateConfig, type WholeTarget } from "./config/config.ts";
export { type Config, readConfig } from "./config/read-config.ts";
export type {
  ClientContext,
  MakeClient,
  NodeStart,
  NodeWords,
  OwnCompose,
  OwnContainers,
  OwnImage,
  OwnTarget,
  WholeContainers,
  PeerNode,
} from "./config/own-target.ts";
export { defineTarget, type TargetDescription } from "./targets/define-target.ts";
export type {
  ExternalTarget,
  FinalPhaseFacts,
  NumberedQuorums,
  PlanFacts,
  PlantedBug,
  PlatformTraits,
  Profile,
  Promises,
  Replication,
  Target,
  TargetCapabilities,
} from "./targets/target.ts";
export type { ClusterFacts, LevelsProblem, PlanTarget, TargetLevels } from "../generators/index.ts";
export type { Case, Finding, Scenario, Seen } from "./scenario/index.ts";

// Test a target: what it must do before verdicts on it mean anything.
export {
  ConformanceError,
  type ConformanceOptions,
  type TargetCheck,
  testTarget,
} from "./targets/conformance/index.ts";

// Clients of a target: with promises, as a command in any language, or with callbacks.
export { definite } from "./config/definite.ts";
export {
  type About,
  type Answer,
  DefiniteError,
  type InspectNode,
  type PromiseClient,
  type PromiseClientOptions,
  promiseClients,
} from "./targets/promise-client.ts";
export { type CommandClient, commandClients } from "./targets/command-client.ts";
export type { Address, OpenClients, Reach } from "./platforms/reach.ts";
export type {
  ClientRequest,
  ClientSession,
  Inspected,
  Outcome as ClientOutcome,
  TargetClients,
} from "./platforms/session.ts";

// Nodes of a target in containers.
export type {
  ContainerTarget,
  Files,
  ImageSource,
  NodeContext,
  NodeSpec,
  Readiness,
  Segments,
} from "./platforms/docker/index.ts";

// Code of a target on a simulated Host.
export type { ClientNetwork, Connection } from "./platforms/session.ts";
export type {
  Explanation,
  Host,
  HostLog,
  LogFailure,
  Protocol,
  RecoveredEntry,
  Remote,
  SimulatedClients,
  Quiet,
  QuietNode,
  SimulatedProgram,
  SimulatedTarget,
  Stream,
  StreamHandlers,
  Timer,
} from "./platforms/simulator/index.ts";

// Your own kinds of fault and workloads.
export { builtInKinds, type Kinds, kindsWith } from "../generators/index.ts";
export {
  allClients,
  commands,
  cuts,
  draw,
  type Effect,
  type FaultDraw,
  faultKinds,
  type FaultKind,
  type FaultProblem,
  linkEnds,
  linkName,
  type NodeNamer,
  port,
  type Port,
  processes,
  type ProcessState,
  type ShellFault,
  type Stage,
  type Want,
  type WantsAt,
} from "../generators/index.ts";
export { type CommandFault, commandFault, type NamedEffect } from "./config/command-fault.ts";
export type {
  AskRegister,
  HostEvent,
  Mix,
  OverRegister,
  RegisterPromises,
  RegisterRequest,
  Trigger,
  Workload,
  NamedOperation,
  WorkloadOperation,
} from "../generators/index.ts";

// The built-in kinds of fault, for plans written by hand.
export type {
  BuiltInFault,
  ClockFault,
  ClockShape,
  Damage,
  DirectedFault,
  Direction,
  DiskDamage,
  DiskFault,
  Impairment,
  Limit,
  LimitFault,
  NodesFault,
  PartitionFault,
  PartitionShape,
  PortName,
  PortValue,
} from "../generators/index.ts";

// The bundled store, which is one of the targets.
export { bundled } from "./targets/bundled/index.ts";
export { defaultSettings, parseSettings, type StoreSettings } from "./targets/bundled/store.ts";
