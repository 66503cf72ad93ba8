/**
 * Plain version vectors with one entry for each server replace dots. A put's version covers everything that its server
 * ever issued, so if two clients read the same value and put through one node, the second silently replaces the first
 * (the anomaly that motivated Dotted Version Vectors, Preguiça et al., 2012). The bug must break `siblings-2`, and
 * `siblings-5` if the puts were blind.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    mint: (stored, actor, context, value) =>
      parts.mint(stored, actor, { ...context, [actor]: stored?.context[actor] ?? 0 }, value),
  };
}
