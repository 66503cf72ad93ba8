/**
 * Fakes a node's wall clock with libfaketime, which reads an offset from a file at each reading of the clock. The
 * monotonic clock stays true.
 */

import { offsetText } from "../clock-offset.ts";

/** The file with the current offset. It lies on the control volume, so it survives the node's boots and disk faults. */
export const clockPath = "/control/clock";

const lentLibrary = "/control/libfaketime.so.1";

/** Copies the library to where a process with another image finds it. */
export const lendClockCommand = `cat /usr/lib/*/faketime/libfaketimeMT.so.1 > ${lentLibrary}`;

/**
 * The environment of the node's process. `own`: the image has the library in the loader's own folder ($LIB). Otherwise
 * it is lent.
 */
export const clockEnvironment = (own: boolean): Readonly<Record<string, string>> => ({
  LD_PRELOAD: own ? "/usr/$LIB/faketime/libfaketimeMT.so.1" : lentLibrary,
  FAKETIME_TIMESTAMP_FILE: clockPath,
  FAKETIME_NO_CACHE: "1",
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
  // File times must not be faked.
  NO_FAKE_STAT: "1",
});

/** Sets the offset without truncating the file first, since a reader could find it empty. */
export const setClockCommand = (aheadMs: number): string =>
  `printf %s ${offsetText(aheadMs)} 1<> ${clockPath}`;
