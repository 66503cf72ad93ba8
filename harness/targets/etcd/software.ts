/** Gets etcd's binary from Debian's package without installing it on this host. */
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError } from "../../errors.ts";
import { getSoftware, type Making, type Recipe } from "../software/software.ts";
import { runTool } from "../software/tool.ts";

const packageName = "etcd-server";

/** Returns the version of the package in this host's Debian, such as "3.4.23-4+b4". */
const packageVersion = async (): Promise<string> => {
  const said = await runTool("apt-cache", ["policy", packageName], { package: "apt" });
  const version = /Candidate: (\S+)/.exec(said)?.[1] ?? "(none)";
  if (version !== "(none)") return version;
  throw new EnvironmentError({
    code: "software-not-known",
    expected: `Debian's package ${packageName}`,
    got: "no such package in APT's lists",
    hint: "Run `apt-get update` once.",
  });
};

const etcdRecipe = (version: string): Recipe => ({
  name: "etcd",
  version: version.replaceAll(/[^\w.-]/g, "_"),
  dependsOn: [packageName, version],
  build: async (folder, { say, signal }) => {
    say(`getting etcd ${version} from Debian, once: 8 MB`);
    const work = join(folder, "work");
    await mkdir(work);
    // Without this option, APT warns that its own user cannot write to the folder.
    const words = ["-o", "APT::Sandbox::User=root", "download", `${packageName}=${version}`];
    await runTool("apt-get", words, { package: "apt", folder: work, signal });
    const [file] = (await readdir(work)).filter((name) => name.endsWith(".deb"));
    await runTool("dpkg-deb", ["-x", join(work, file ?? ""), work], { package: "dpkg", signal });
    await copyFile(join(work, "usr/bin/etcd"), join(folder, "etcd"));
    await rm(work, { recursive: true });
  },
});

/** Returns the binary's path and version. Fetches the binary if it is missing. */
export const getEtcd = async (
  making: Making,
): Promise<{ readonly binary: string; readonly version: string }> => {
  const version = await packageVersion();
  return { binary: join(await getSoftware(etcdRecipe(version), making), "etcd"), version };
};
