/**
 * Parses values of flags strictly: a bad value gives one clear sentence and exit 64. `--faults` is parsed in
 * plan-values.ts, so that `check` starts without that module.
 */
import { availableParallelism } from "node:os";
import {
  currentGuaranteeName,
  type GuaranteeName,
  guaranteeNames,
  isGuaranteeName,
} from "../../checkers/index.ts";
import { nearest } from "../nearest.ts";
import { usage } from "./exit.ts";

export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw usage({
    code: "bad-value",
    expected: `${flag} to be a whole number from ${least} to ${most}`,
    got: JSON.stringify(text),
    hint: `Say for example ${flag} ${least}`,
  });
}

export const jobsOf = (text: string): number => wholeNumber("--jobs", text, 1, mostJobs);

/**
 * The largest number of histories at a time. A thread takes tens of megabytes, and more threads than processors only
 * wait.
 */
const mostJobs = Math.max(64, availableParallelism());

/** Parses a shard `I/N`, with I from 1 to N. The returned index counts from 0. */
export function shardOf(text: string, flag = "--shard"): { index: number; of: number } {
  const [, part, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (Number(part) >= 1 && Number(part) <= Number(of))
    return { index: Number(part) - 1, of: Number(of) };
  throw usage({
    code: "bad-value",
    expected: `${flag} to be I/N with I from 1 to N`,
    got: JSON.stringify(text),
    hint: "Say for example --shard 1/4",
  });
}

export function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text);
  if (found !== undefined) return found;
  throw usage({
    code: "bad-value",
    expected: `${flag} to be one of ${allowed.join(", ")}`,
    got: JSON.stringify(text),
    hint: `Say for example ${flag} ${nearest(text, allowed, 1)}`,
  });
}

/** Parses the name of a guarantee. Accepts a guarantee's former name too, and returns its current name. */
export function guaranteeName(flag: string, text: string): GuaranteeName {
  const name = currentGuaranteeName(text);
  return isGuaranteeName(name) ? name : oneOf(flag, text, guaranteeNames);
}

/** The error for a feature that is planned and not built yet. */
export function notBuilt(what: string, missing: string): Error {
  return usage({
    code: "not-built-yet",
    expected: `only what this version of quorate can do`,
    got: what,
    hint: `Missing: ${missing}`,
  });
}
