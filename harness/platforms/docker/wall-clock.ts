/**
 * Moves a node's wall clock with libfaketime, which reads an offset from a file at each reading of the clock. The
 * monotonic clock stays true.
 */

import type { NodeName } from "../../../checkers/index.ts";
import { offsetText } from "../clock-offset.ts";
import type { Engine } from "./engine.ts";
import { together } from "./together.ts";

/**
 * The file with the current offset. It lies on the control volume, so it survives restarts of the node and disk faults.
 */
export const clockPath = "/control/clock";

const lentLibrary = "/control/libfaketime.so.1";

/** The command that copies libfaketime to the control volume, where a process with another image finds it. */
export const lendClockCommand = `cat /usr/lib/*/faketime/libfaketimeMT.so.1 > ${lentLibrary}`;

/**
 * The environment that loads libfaketime into the node's process. True for `own`: the image has the library in the
 * loader's own folder ($LIB). False: the process uses the copy that `lendClockCommand` makes.
 */
export const clockEnvironment = (own: boolean): Readonly<Record<string, string>> => ({
  LD_PRELOAD: own ? "/usr/$LIB/faketime/libfaketimeMT.so.1" : lentLibrary,
  FAKETIME_TIMESTAMP_FILE: clockPath,
  FAKETIME_NO_CACHE: "1",
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
  // libfaketime must not change the times of files.
  NO_FAKE_STAT: "1",
});

/** The command that sets the offset. It does not truncate the file first, since a reader could find the file empty. */
export const setClockCommand = (aheadMs: number): string =>
  `printf %s ${offsetText(aheadMs)} 1<> ${clockPath}`;

interface ClockOwner {
  readonly node: NodeName;
  readonly machine: string;
}

export interface WallClocks {
  set(owner: ClockOwner, aheadMs: number): Promise<unknown>;
  /** Corrects the clocks that an earlier history left wrong on nodes that live on. */
  mend(owners: readonly ClockOwner[]): Promise<unknown>;
}

/** Moves the clocks of a run's nodes, and remembers which clocks may be wrong. */
export const createWallClocks = (engine: Engine): WallClocks => {
  const wrong = new Set<NodeName>();
  const set = async ({ node, machine }: ClockOwner, aheadMs: number): Promise<void> => {
    // Even if the command fails, it may have moved the clock.
    wrong.add(node);
    await engine.run(machine, ["sh", "-ec", setClockCommand(aheadMs)]);
    if (aheadMs === 0) wrong.delete(node);
  };
  return {
    set,
    mend: (owners) =>
      together(owners.filter(({ node }) => wrong.has(node)).map((owner) => set(owner, 0))),
  };
};
