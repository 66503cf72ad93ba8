/** Which checker judges which guarantee: each has one. */
import { acknowledged } from "./quorum/acknowledged.ts";
import { available } from "./quorum/available.ts";
import {
  blindStands,
  invokedBefore,
  noneBack,
  noneFalse,
  noneLost,
  noneTwice,
} from "./siblings/sibling-rules.ts";
import { causalLevel } from "./causal/causal.ts";
import { converged } from "./converged/converged.ts";
import { durable } from "./durable/durable.ts";
import { noFailedEffect } from "./phantoms/failed-effect.ts";
import { noPhantom } from "./phantoms/phantom.ts";
import { noResurrection } from "./phantoms/resurrection.ts";
import { registerLevel } from "./register/register.ts";
import { repairQuiescent } from "./converged/quiescent.ts";
import { session } from "./causal/sessions.ts";
import { siblingRule } from "./siblings/siblings.ts";
import { staleness } from "./staleness/staleness.ts";
import { uniqueDots } from "./siblings/dots.ts";
import type { GuaranteeName } from "./guarantees.ts";
import type { Model } from "./model/model.ts";
import type { Judgement } from "./language/verdict.ts";

/** A pure function of the history. What it throws becomes `unknown` with the message. */
export type Checker = (model: Model) => Judgement;

export const registry: Readonly<Record<GuaranteeName, Checker>> = {
  "no-thin-air": noPhantom,
  "no-aborted-read": noFailedEffect,
  acknowledged,
  durable,
  "regular-stamped": registerLevel("regular-stamped"),
  regular: registerLevel("regular"),
  linearizable: registerLevel("linearizable"),
  staleness,
  converged,
  "repair-quiescent": repairQuiescent,
  "read-your-writes": session("read-your-writes"),
  "monotonic-reads": session("monotonic-reads"),
  "monotonic-writes": session("monotonic-writes"),
  "writes-follow-reads": session("writes-follow-reads"),
  causal: causalLevel("causal"),
  "causal-convergent": causalLevel("causal-convergent"),
  "siblings-1": siblingRule(invokedBefore),
  "siblings-2": siblingRule(noneLost),
  "siblings-3": siblingRule(noneFalse),
  "siblings-4": siblingRule(noneBack),
  "siblings-5": siblingRule(blindStands),
  "siblings-6": uniqueDots,
  "siblings-7": siblingRule(noneTwice),
  "no-resurrection": noResurrection,
  available,
};
