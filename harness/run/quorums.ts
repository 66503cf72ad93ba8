/** What a request's own quorums come to in numbers of replicas: the checkers know no names. */
import {
  type AskedQuorums,
  readQuorum,
  type StoreSettings,
  writeQuorum,
} from "../../store/index.ts";

export interface NumberedQuorums {
  readonly r?: number;
  readonly pr?: number;
  /** 0: a hint is enough (ANY). */
  readonly w?: number;
  readonly pw?: number;
  readonly dw?: number;
}

/** Of those that were asked for. */
export function quorumsIn(settings: StoreSettings, asked: AskedQuorums): NumberedQuorums {
  const read = readQuorum(settings, asked);
  const write = writeQuorum(settings, asked);
  return {
    ...(asked.r === undefined ? {} : { r: read.needed }),
    ...(asked.pr === undefined ? {} : { pr: read.primaries }),
    ...(asked.w === undefined ? {} : { w: write.hintCounts ? 0 : write.needed }),
    ...(asked.pw === undefined ? {} : { pw: write.primaries }),
    ...(asked.dw === undefined ? {} : { dw: write.durable }),
  };
}
