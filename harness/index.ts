/// <reference types="node" preserve="true" />
/**
 * quorate as a library: what the command line is made of, for tests, for targets, workloads, kinds of fault and
 * checkers of one's own.
 *
 * @module quorate
 */

// Judging histories, and writing checkers: also `quorate/checkers`, without all that follows.
export * from "./judging.ts";

// Running one plan, or a campaign.
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
export { type Complaint, EnvironmentError, UnjudgedError, UsageError } from "./errors.ts";

// In a test suite: one call is a test; matchers. `quorate/vitest` is the same for Vitest.
export {
  type AttemptMatchers,
  BrokenPromiseError,
  type MatcherResult,
  matchers,
  type SuiteOptions,
  type SuiteResult,
  testPromises,
} from "./suite/index.ts";

// Plans: drawn, read, said in words, carried in a token.
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

// Clusters: where nodes run.
export type { Cluster, ClusterClock, ClusterTimer, StartOptions } from "./platforms/cluster.ts";
export { createSimCluster, type SimCluster } from "./platforms/simulator/index.ts";
export { createDockerCluster, type DockerClusterOptions } from "./platforms/docker/index.ts";
export { createExternalCluster } from "./platforms/external/cluster.ts";

// Scripts: single requests, faults and looks at replicas, on a cluster that runs.
export { ask, inspectAll, type Inspection, perform } from "./run/index.ts";
export type { Done, FaultPorts, PlatformPort } from "./platforms/fault-port.ts";

// A target of one's own: a configuration file, or a description that defineTarget completes.
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

// Testing a target: what it must do before verdicts on it mean anything.
export {
  ConformanceError,
  type ConformanceOptions,
  type TargetCheck,
  testTarget,
} from "./targets/conformance/index.ts";

// A target's clients: with promises, as a command in any language, or with callbacks.
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

// A target's nodes in containers.
export type {
  ContainerTarget,
  Files,
  ImageSource,
  NodeContext,
  NodeSpec,
  Readiness,
  Segments,
} from "./platforms/docker/index.ts";

// A target's code on a simulated Host.
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

// Kinds of fault and workloads of one's own.
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
  port,
  type Port,
  processes,
  type ProcessState,
  type ShellFault,
  type Stage,
  type Want,
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

// The built-in kinds of fault, for plans that are written by hand.
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

// The bundled store, a target among others.
export { bundled } from "./targets/bundled/index.ts";
export { defaultSettings, parseSettings, type StoreSettings } from "./targets/bundled/store.ts";
