/** The registry of platforms. A new platform needs its folder and an entry in `platforms`. */
import { EnvironmentError, UsageError } from "../errors.ts";
import type { Target } from "../targets/target.ts";
import { docker } from "./docker/platform.ts";
import { external } from "./external/platform.ts";
import type { Platform } from "./platform.ts";
import { processes } from "./process/platform.ts";
import { simulator } from "./simulator/platform.ts";

/**
 * The platforms in order of preference: a run without --on takes the first platform that the target runs on and that is
 * available. In CI (CI=true), the first platform that the target runs on must be available.
 */
const platforms: readonly Platform[] = [docker, processes, simulator, external];

export const platformNames = platforms.map(({ name }) => name);

/**
 * Returns the platform of this name.
 *
 * @throws UsageError if no platform has this name.
 */
export function platformNamed(name: string): Platform {
  const found = platforms.find((platform) => platform.name === name);
  if (found !== undefined) return found;
  throw new UsageError({
    code: "unknown-platform",
    expected: `one of ${platformNames.join(", ")}`,
    got: name,
    hint: "docs/commands.md describes each platform.",
  });
}

/**
 * Chooses a target's platform: the requested platform, else the first available platform that the target runs on.
 *
 * @param asked The name of the requested platform. Undefined: the caller requested none.
 * @param ci True: without a request, the first platform that the target runs on must be available.
 * @param say Prints which platform was chosen, unless it was requested or the target's first choice is the simulator.
 * @throws UsageError if the requested platform is unknown.
 * @throws EnvironmentError if the requested platform is not available, or without a request no platform can be chosen.
 */
export async function choosePlatform(
  target: Target,
  asked: string | undefined,
  { ci, say }: { readonly ci: boolean; readonly say: (line: string) => void },
): Promise<Platform> {
  if (asked !== undefined) {
    const platform = platformNamed(asked);
    const there = await platform.available();
    if (there.ok) return platform;
    throw notThere(platform, there.reason);
  }
  const candidates = platforms.filter((platform) => platform.runs(target));
  for (const [index, platform] of candidates.entries()) {
    const there = await platform.available();
    if (there.ok) {
      if (index === 0 && platform.name !== simulator.name)
        say(`${there.what}: running on ${platform.meaning}.`);
      return platform;
    }
    const next = candidates[index + 1];
    if (ci || next === undefined) throw notThere(platform, there.reason);
    say(
      `No ${platform.needs} can be used (${there.reason}): running on ${next.meaning}; ${platform.howToGet}.`,
    );
  }
  throw new EnvironmentError({
    code: "no-platform",
    expected: "a target that runs on some platform",
    got: `${target.name}, which has no simulator, no containers, no local processes and no clients for a running cluster`,
    hint: "See harness/targets/template.",
  });
}

const notThere = (platform: Platform, reason: string): EnvironmentError =>
  new EnvironmentError({
    code: platform.missingCode,
    expected: `a ${platform.needs}`,
    got: reason,
    hint: `Start a ${platform.needs}, or choose another platform with --on; ${platform.howToGet}.`,
  });
