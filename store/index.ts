export type * from "./host.ts";
export type * from "./protocol/protocol.ts";
export type * from "./versions/records.ts";
export * from "./protocol/errors.ts";
export * from "./settings.ts";
export { segmentName } from "./replica/segments.ts";
export type { RecoveredSegment, Recovery } from "./replica/segments.ts";
export * from "./client-routing/index.ts";
export { createNode, hintLogName, logName } from "./node.ts";
export { healthyParts } from "./parts.ts";
export { type Plant, plantedPartCalled, plantOn } from "./planted.ts";
export { type CompactionPart } from "./replica/segments.ts";
export type {
  Disk,
  Parts,
  ReadProgress,
  Repair,
  WriteBackProgress,
  WriteProgress,
} from "./parts.ts";
export type { Deletion, TombstonePart } from "./versions/tombstones.ts";
export { describeFrame, describeRecord } from "./protocol/evidence.ts";
export type { FrameSummary, RecordSummary } from "./protocol/evidence.ts";
export { fallbacks, nodeNames, preferenceList } from "./placement/ring.ts";
export { stampQuorum } from "./versions/stamps.ts";
export { decodeContext, encodeContext } from "./versions/siblings.ts";
export { clientHeader, peerHeader, secretHeader } from "./real/headers.ts";
export type { Address, NodeConfig } from "./real/config.ts";
export { parseRecorded } from "./real/recorded.ts";
export type { Recorded } from "./real/recorded.ts";
export { decode, encode, validate } from "./protocol/codec.ts";
export type { Decoded } from "./protocol/codec.ts";
export { applySetting, parseSettings, SettingsError } from "./parse-settings.ts";
export type { SettingsErrorCode, SettingsInput } from "./parse-settings.ts";
export { quorumNames, quorumProblem, readQuorum, writeQuorum } from "./placement/quorum.ts";
export type {
  AskedQuorums,
  NeededQuorum,
  Quorum,
  QuorumName,
  SettingQuorumName,
} from "./placement/quorum.ts";
export {
  isClientReply,
  isClientRequest,
  isPeerReply,
  isPeerRequest,
} from "./protocol/message-kinds.ts";
