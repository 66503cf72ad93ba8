/**
 * A separate disk for each node's data: an ext4 file system in a file, on a loop device with direct I/O. The file
 * contains what was written to the device; later writes are only in the kernel's memory. Going on with a copy of the
 * file is therefore a power loss. The disk is small, so a fault can fill it.
 *
 * All disks lie below one known folder, where `removeVolumes` finds what a killed run left. They need root on a Linux
 * host with loop devices.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { NodeName } from "../../../checkers/index.ts";
import { EnvironmentError } from "../../errors.ts";
import { createQueue } from "./queue.ts";
import { ownSign } from "../../sign-of-life.ts";

/**
 * The folder of all disks. It survives a reboot of the machine. It must not lie on a tmpfs, which may lack direct I/O.
 */
const root = "/var/tmp/quorate-volumes";
/** The file with the sign of life of the run's process, beside the run's disks. */
const signFile = "process";
const usualMiB = 16;
/**
 * Makes the file system commit by itself only every 300 s, since it must not write what a power loss is meant to lose.
 */
const mountOptions = "commit=300";

export interface Volumes {
  /**
   * Creates the node's disk. Resolves with the folder to mount. The disk appears in the subfolder `log`, also after a
   * power loss has replaced the disk.
   */
  make(node: NodeName): Promise<string>;
  /** Loses power: the disk goes on with what was written to its device. No process may use the disk meanwhile. */
  losePower(node: NodeName): Promise<void>;
  /** Makes everything written to the disk so far survive a power loss. */
  sync(node: NodeName): Promise<void>;
  /** The kernel's number (major:minor) of the device on which the node's disk is now. */
  deviceOf(node: NodeName): Promise<string>;
}

const execute = promisify(execFile);
const command = async (name: string, ...words: readonly string[]): Promise<string> => {
  try {
    return (await execute(name, [...words])).stdout.trim();
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    throw new EnvironmentError({
      code: "volume-failed",
      expected: `\`${[name, ...words].join(" ")}\` to succeed`,
      got: (stderr ?? "").trim() || message,
      hint: "A disk of its own for each node needs root, loop devices and ext4; `quorate clean` removes what is left of such disks.",
    });
  }
};

/** The volumes of a run. If nodes cannot have disks of their own on this machine, returns the reason. */
export const openVolumes = async (run: string, diskMiB = usualMiB): Promise<Volumes | string> => {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "a disk of its own for each node needs root on Linux";
  const folder = join(root, run);
  const queue = createQueue();
  const devices = new Map<NodeName, string>();
  const imageOf = (node: NodeName): string => join(folder, `${node}.img`);
  const mountOf = (node: NodeName): string => join(folder, node, "log");

  const attach = async (node: NodeName): Promise<void> => {
    const device = await command("losetup", "--find", "--show", "--direct-io=on", imageOf(node));
    devices.set(node, device);
    await command("mount", "-o", mountOptions, device, mountOf(node));
  };
  const make = async (node: NodeName): Promise<string> => {
    await mkdir(mountOf(node), { recursive: true });
    await command("truncate", "-s", `${diskMiB}M`, imageOf(node));
    await command("mkfs.ext4", "-q", "-F", "-m", "0", "-J", "size=4", imageOf(node));
    await attach(node);
    return join(folder, node);
  };
  const losePower = async (node: NodeName): Promise<void> => {
    const copy = `${imageOf(node)}.copy`;
    // The copy is made before the unmount, which writes everything to the file.
    await command("cp", "--sparse=always", imageOf(node), copy);
    await command("umount", mountOf(node));
    await command("losetup", "--detach", devices.get(node) ?? "");
    await rename(copy, imageOf(node));
    await attach(node);
  };

  const sync = async (node: NodeName): Promise<void> =>
    void (await command("sync", "--file-system", mountOf(node)));
  const deviceOf = async (node: NodeName): Promise<string> =>
    (await readFile(`/sys/block/${basename(devices.get(node) ?? "")}/dev`, "utf8")).trim();

  const volumes: Volumes = {
    make: (node) => queue(() => make(node)),
    losePower: (node) => queue(() => losePower(node)),
    sync,
    deviceOf,
  };
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, signFile), ownSign() ?? "");
    // Containers see disks that are mounted later in this folder only if the mount is shared.
    await command("mount", "--bind", folder, folder);
    await command("mount", "--make-shared", folder);
    await volumes.make("trial");
    await volumes.losePower("trial");
    await command("umount", mountOf("trial"));
    await command("losetup", "--detach", devices.get("trial") ?? "");
    return volumes;
  } catch (error) {
    await removeVolumes(run);
    if (!(error instanceof EnvironmentError)) throw error;
    return `no disk of its own can be made for a node (${error.got})`;
  }
};

/** For each run that has disks on this machine: the sign of life of the run's process. */
export const volumeSigns = async (): Promise<
  readonly { readonly run: string; readonly sign: string | undefined }[]
> => {
  const runs = existsSync(root) ? await readdir(root) : [];
  // A folder without a sign may be about to be created or removed, or belong to an earlier version.
  return Promise.all(
    runs.map(async (run) => ({
      run,
      sign: (await readFile(join(root, run, signFile), "utf8").catch(() => "")) || undefined,
    })),
  );
};

/** Removes the disks of a run, also those that another process created. The run's containers must be gone. */
export const removeVolumes = async (run: string): Promise<void> => {
  const folder = join(root, run);
  // The run's id may come from a label of another program, which may contain anything.
  if (!/^[\w-]+$/.test(run) || !existsSync(folder)) return;
  const mounts = (await readFile("/proc/self/mountinfo", "utf8"))
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "");
  const own = mounts.filter((path) => path === folder || path.startsWith(`${folder}/`));
  // losetup is asked before the unmounting, after which the kernel no longer names the files by their path.
  const devices = (
    await command("losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE")
  ).split("\n");
  // The deepest mounts come first.
  for (const path of own.sort((a, b) => b.length - a.length))
    await command("umount", path).catch(() => command("umount", "--lazy", path));
  for (const line of devices)
    if (line.includes(`${folder}/`))
      await command("losetup", "--detach", line.trim().split(/\s+/)[0] ?? "");
  await rm(folder, { recursive: true, force: true });
};
