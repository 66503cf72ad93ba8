/** Profiles by name. One more: its file, and its line here; its promises follow, see store/README.md. */
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
