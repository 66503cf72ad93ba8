/**
 * The work of the first replica (Voldemort's master) in a put under client routing: it gives the put its version,
 * stores it, and returns the state that the client then sends to the other replicas.
 */
import type { Core, Requester } from "../core.ts";
import { refuse } from "../core.ts";
import type { ClientRequest } from "../protocol/protocol.ts";
import type { State } from "../versions/records.ts";
import { keyProblem, sizeProblem } from "../protocol/requests.ts";
import { decodeContext, dotOf, emptyContext } from "../versions/siblings.ts";

/**
 * Answers once the state is durable on this node. With a periodic log, answers once the state is applied, unless the
 * request says `synced`.
 */
export function versionPut(
  core: Core,
  requester: Requester,
  request: ClientRequest & { readonly type: "version-put" },
): void {
  const { id, key, synced } = request;
  const isReplica = core.parts.preferenceList(core.settings, key).includes(core.host.node);
  const context = request.context === undefined ? emptyContext : decodeContext(request.context);
  const problem =
    keyProblem(key) ??
    (isReplica
      ? null
      : `expected the put to go to a replica of ${key}, but ${core.host.node} is none`) ??
    (context === null
      ? "expected a context that an earlier reply carried, got something else"
      : null);
  if (problem !== null || context === null)
    return refuse(requester, id, "bad-request", problem ?? "no context");
  const { version, state } = minted(core, request, context);
  const tooLarge = sizeProblem(state, core.settings);
  if (tooLarge !== null) return refuse(requester, id, "bad-request", tooLarge);
  // The state becomes the newest one before it is durable. Otherwise the next put at this node would issue the same dot
  // again.
  if (state.kind === "siblings") core.replica.entry(key).latest = state;
  core.replica.put(
    {
      type: "replica-put",
      id,
      trace: id,
      key,
      state,
      cause: "write",
      ...(synced === undefined ? {} : { synced }),
    },
    {
      send: (reply) => {
        if (reply.type === "replica-stored")
          requester.answer({ type: "versioned", id, key, version, state });
        else
          refuse(
            requester,
            id,
            "timeout",
            `${core.host.node} could not store the put because its disk is full; other replicas may hold the versions that this node merged with the put`,
          );
      },
      bufferedBytes: () => 0,
      close() {},
    },
  );
}

function minted(
  core: Core,
  { key, value }: ClientRequest & { readonly type: "version-put" },
  context: NonNullable<ReturnType<typeof decodeContext>>,
): { readonly version: string; readonly state: State } {
  if (core.settings.versions === "stamps") {
    const version = core.parts.stamp(core.clock);
    return { version, state: { kind: "stamped", stamp: version, value } };
  }
  const before = core.replica.base(key);
  return {
    version: dotOf(before, core.actor),
    state: core.parts.mint(before, core.actor, context, value),
  };
}
