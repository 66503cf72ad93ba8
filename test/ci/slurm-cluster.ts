/** Runs Slurm on this machine, as root and without systemd. Slurm writes only below one folder. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
  chmodSync,
  chownSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";

/** Why Slurm cannot be started on this machine, or null if it can. */
export function slurmMissing(): string | null {
  const programs = ["munged", "slurmctld", "slurmd", "sbatch"];
  const missing = programs.filter((name) => programPath(name) === null);
  if (missing.length > 0) return `no ${missing.join(", no ")}: apt-get install slurm-wlm munge`;
  return process.getuid?.() === 0 ? null : "slurmd needs root";
}

function programPath(name: string): string | null {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

export interface SlurmCluster {
  /** Runs one of Slurm's commands, and returns what it printed. */
  run(name: string, ...args: readonly string[]): string;
  /** Stops the daemons, and removes the files that they wrote. */
  stop(): Promise<void>;
}

export async function startSlurm(): Promise<SlurmCluster> {
  const folder = mkdtempSync(join(tmpdir(), "quorate-slurm-"));
  chmodSync(folder, 0o755);
  const munge = join(folder, "munge");
  mkdirSync(munge);
  const key = join(munge, "key");
  writeFileSync(key, randomBytes(1024), { mode: 0o400 });
  const id = (flag: string): number =>
    Number(execFileSync("id", [flag, "munge"], { encoding: "utf8" }));
  for (const file of [munge, key]) chownSync(file, id("-u"), id("-g"));
  const [controllerPort, nodePort] = await Promise.all([freePort(), freePort()]);
  const config = join(folder, "slurm.conf");
  writeFileSync(config, configText(folder, controllerPort, nodePort));
  for (const name of ["state", "spool"]) mkdirSync(join(folder, name));
  // From version 23 on, Slurm uses cgroups unless this file disables them. Older versions do not know the setting.
  const [, year = "0"] =
    /(\d+)\.\d+/.exec(
      execFileSync("slurmd", ["--version"], { encoding: "utf8", env: withTools }),
    ) ?? [];
  if (Number(year) >= 23) writeFileSync(join(folder, "cgroup.conf"), "CgroupPlugin=disabled\n");
  const environment = { ...withTools, SLURM_CONF: config };
  const started: ChildProcess[] = [];
  const ended = (): string | undefined =>
    started.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null)?.spawnfile;
  const start = (name: string, ...args: readonly string[]): void => {
    started.push(spawn(name, args, { env: environment, stdio: "ignore" }));
  };
  start(
    "setpriv",
    ...[`--reuid=${id("-u")}`, `--regid=${id("-g")}`, "--clear-groups", "munged", "--foreground"],
    ...[`--socket=${munge}/socket`, `--key-file=${key}`, `--pid-file=${munge}/pid`],
    ...[`--log-file=${munge}/log`, `--seed-file=${munge}/seed`],
  );
  await until(() => existsSync(join(munge, "socket")));
  start("slurmctld", "-D", "-f", config);
  start("slurmd", "-D", "-f", config);
  const run = (name: string, ...args: readonly string[]): string =>
    execFileSync(name, args, {
      env: environment,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const cluster: SlurmCluster = {
    run,
    async stop() {
      for (const child of started.toReversed()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await until(() => {
    const gone = ended();
    if (gone !== undefined)
      throw new Error(
        `${gone} ended: ${logsIn(folder)
          .map((file) => readFileSync(file, "utf8").slice(-2_000))
          .join("\n")}`,
      );
    try {
      return run("sinfo", "--noheader", "--format=%t").trim() === "idle";
    } catch {
      return false;
    }
  });
  return cluster;
}

const logsIn = (folder: string): readonly string[] =>
  ["slurmctld.log", "slurmd.log"]
    .map((name) => join(folder, name))
    .filter((file) => existsSync(file));

/** On Debian, the daemons are in folders that are on the PATH of root only. */
const withTools = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

const configText = (folder: string, controllerPort: number, nodePort: number): string =>
  `ClusterName=quorate
SlurmctldHost=${hostname()}
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobRequeue=1
KillWait=1
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("expected a port")),
      );
    });
  });

/** Waits until `holds` returns true. Only the test's own timeout limits the wait. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 100));
}
