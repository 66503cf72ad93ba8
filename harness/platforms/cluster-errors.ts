/** Errors for wrong uses of a cluster on any platform. */
import type { NodeName } from "../../checkers/index.ts";
import { EnvironmentError } from "../errors.ts";

export const notStarted = (): EnvironmentError =>
  new EnvironmentError({
    code: "cluster-not-started",
    expected: "a started cluster",
    got: "a cluster that was not started or was reset",
    hint: "Call start first.",
  });

export const noSuchNode = (name: NodeName, nodes: readonly NodeName[]): EnvironmentError =>
  new EnvironmentError({
    code: "no-such-node",
    expected: `one of ${nodes.join(", ")}`,
    got: name,
    hint: "Ask for a node of this cluster.",
  });
