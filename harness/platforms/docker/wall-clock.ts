/**
 * A node's wall clock, faked by libfaketime: it reads an offset from a file at each look at the clock. The monotonic
 * clock stays true.
 */

import { offsetText } from "../clock-offset.ts";

/** The offset in force; on the control volume, so that it outlives the node's boots and its disk's faults. */
export const clockPath = "/control/clock";

const lentLibrary = "/control/libfaketime.so.1";

/** Puts the library where a process on another image finds it. */
export const lendClockCommand = `cat /usr/lib/*/faketime/libfaketimeMT.so.1 > ${lentLibrary}`;

/**
 * For the node's process. `own`: its image has the library, in the loader's own directory, which stands for $LIB; else
 * it is lent.
 */
export const clockEnvironment = (own: boolean): Readonly<Record<string, string>> => ({
  LD_PRELOAD: own ? "/usr/$LIB/faketime/libfaketimeMT.so.1" : lentLibrary,
  FAKETIME_TIMESTAMP_FILE: clockPath,
  FAKETIME_NO_CACHE: "1",
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
  // Times of files are nobody's clock.
  NO_FAKE_STAT: "1",
});

/** Sets it: without truncating first, as a reader could find the file empty then. */
export const setClockCommand = (aheadMs: number): string =>
  `printf %s ${offsetText(aheadMs)} 1<> ${clockPath}`;
