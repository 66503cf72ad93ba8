/** Chooses the platform of a command. */
import { parseAddresses } from "../platforms/external/platform.ts";
import type { Platform } from "../platforms/platform.ts";
import { choosePlatform, platformNamed, platformNames } from "../platforms/registry.ts";
import { platformName as externalName } from "../platforms/external/name.ts";
import { runsNodePrograms, simulatorName } from "../platforms/simulator/index.ts";
import type { Target } from "../targets/target.ts";
import type { Chosen } from "./chosen-target.ts";
import { usage } from "./exit.ts";
import { oneOf } from "./values.ts";

export interface PlaceFlags {
  readonly on?: string;
  readonly addresses?: string;
}

/**
 * The addresses of `--addresses` or of the configuration, after a check of their form. Empty if the chosen platform
 * does not use addresses.
 */
export function addressesOf(flags: PlaceFlags, { config }: Chosen): readonly string[] {
  const addresses =
    flags.addresses === undefined
      ? (config?.addresses ?? [])
      : flags.addresses.split(",").map((address) => address.trim());
  parseAddresses(addresses);
  return wants(flags.on ?? config?.on) ? addresses : [];
}

/** Whether addresses are used: on the platform `external`, or if no platform was chosen yet. */
const wants = (on: string | undefined): boolean => on === undefined || on === externalName;

/**
 * Chooses the platform of a command: the requested platform, else `external` if there are addresses, else the first
 * available platform that the target runs on. With CI=true, the first platform that the target runs on must be
 * available.
 *
 * @throws UsageError if the target does not run on the requested platform, or `external` has no addresses.
 * @throws EnvironmentError if the platform is not available.
 */
export async function placeOf(
  target: Target,
  asked: string | undefined,
  addresses: readonly string[],
  say: (line: string) => void,
): Promise<Platform> {
  const name =
    asked === undefined
      ? addresses.length > 0
        ? externalName
        : undefined
      : oneOf("--on", asked, platformNames);
  if (name !== undefined && !platformNamed(name).runs(target))
    throw usage({
      code: "not-on-platform",
      expected: `--on with a platform that ${target.name} runs on: ${platformsOf(target).join(", ")}`,
      got: name,
      hint: "Choose one of these platforms, leave --on out, or use --target bundled",
    });
  const reachable = addresses.length > 0 ? target : withoutExternal(target);
  if (name === externalName || platformsOf(reachable).length === 0)
    if (addresses.length === 0)
      throw usage({
        code: "no-addresses",
        expected: "the address of each node of a cluster that already runs",
        got: "none",
        hint: "Name the nodes with --addresses host:port,host:port, or in the configuration file",
      });
  return choosePlatform(reachable, name, { ci: process.env["CI"] === "true", say });
}

/** Whether the target's nodes are programs of the user that run as code in this process. */
export const simulatesNodes = ({ name }: Platform, target: Target): boolean =>
  name === simulatorName && runsNodePrograms(target);

const platformsOf = (target: Target): readonly string[] =>
  platformNames.filter((name) => platformNamed(name).runs(target));

/** The target without its part for the platform `external`, which needs addresses. */
function withoutExternal({ external: _, ...target }: Target): Target {
  return target;
}
