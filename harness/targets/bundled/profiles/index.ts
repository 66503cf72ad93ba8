/**
 * The profiles by name. A new profile needs its own file and a line here. The promises of a profile follow from its
 * settings (see store/README.md).
 */
import { cassandra } from "./cassandra.ts";
import { dynamo } from "./dynamo.ts";
import type { Profile } from "./profile.ts";
import { riak } from "./riak.ts";
import { strict } from "./strict.ts";
import { voldemort } from "./voldemort.ts";

export type { Profile } from "./profile.ts";

export const profiles = { strict, dynamo, riak, cassandra, voldemort } as const satisfies Readonly<
  Record<string, Profile>
>;

export type ProfileName = keyof typeof profiles;

export const profileNames = Object.keys(profiles) as readonly ProfileName[];
