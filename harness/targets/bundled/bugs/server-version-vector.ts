/**
 * Plain version vectors, one entry a server, in place of dots: a put's version covers all that its server ever minted,
 * so of two clients that read the same and put through one node, the second silently supersedes the first (the anomaly
 * that Dotted Version Vectors, Preguiça et al., 2012, were made for). Must break siblings-2, and siblings-5 where the
 * puts were blind.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    mint: (stored, actor, context, value) =>
      parts.mint(stored, actor, { ...context, [actor]: stored?.context[actor] ?? 0 }, value),
  };
}
