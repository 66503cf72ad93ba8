/** Implements the Engine interface with dockerode. */
import { addAbortSignal, type Readable } from "node:stream";
import Docker from "dockerode";
import type { Limit } from "../../../generators/index.ts";
import { EnvironmentError } from "../../errors.ts";
import type { Socket } from "node:net";
import { createCalls } from "./engine-calls.ts";
import { environmentError } from "./engine-error.ts";
import { demultiplex, drain } from "./engine-output.ts";
import type { Engine, Labelled, Labels, LifeEvent, MemoryLimit } from "./engine.ts";

/** The deadline of most calls, in ms. Even calls on a busy machine usually take less. */
const usualDeadlineMs = 60_000;
/** The deadline for building an image, in ms. A build may download packages. */
const buildDeadlineMs = 20 * 60_000;

/**
 * The largest number of processes and threads in a container: enough for large stores, and few enough that a runaway
 * node does little harm.
 */
const mostProcesses = 8_192;
/**
 * The limit of open files in a container, including connections. It is set because Podman's default exceeds the limit
 * of a restricted root user.
 */
const mostFiles = 16_384;

const periodUs = 100_000;

const lifeEvents = ["start", "kill", "oom", "die"] as const;

/** Parses a line of the engine's event stream. Returns null if the event is none of `lifeEvents`. */
const lifeEventOf = (line: string): LifeEvent | null => {
  const { Action, Actor, timeNano } = JSON.parse(line) as {
    readonly Action: string;
    readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
    readonly timeNano: number;
  };
  const what = lifeEvents.find((name) => name === Action);
  const { name = "", signal, exitCode } = Actor.Attributes;
  return what === undefined
    ? null
    : {
        container: name,
        what,
        atMs: timeNano / 1_000_000,
        ...(signal === undefined ? {} : { signal: Number(signal) }),
        ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
      };
};

/**
 * Converts a memory limit to the engine's form. The limit covers memory and swap together, so that swap cannot extend
 * it.
 */
const memoryOf = ({ memoryMiB }: MemoryLimit): object => {
  const bytes = memoryMiB * 2 ** 20;
  return { Memory: bytes, MemorySwap: bytes };
};

const limitOf = (limit: MemoryLimit | Limit): object => ({
  ...memoryOf(limit),
  CpuPeriod: periodUs,
  CpuQuota: "processorPercent" in limit ? (limit.processorPercent * periodUs) / 100 : -1,
});

/**
 * Connects to the engine that DOCKER_HOST names, else to the local socket. Sends nothing yet. A call without an answer
 * rejects with an EnvironmentError at its deadline. Exception: `registryKnows` resolves with false.
 */
export const connectEngine = ({ deadlineMs = usualDeadlineMs } = {}): Engine => {
  const docker = new Docker();
  const made = {
    containers: new Set<string>(),
    networks: new Set<string>(),
    volumes: new Set<string>(),
  };
  const left = (): Labelled => ({
    containers: [...made.containers],
    networks: [...made.networks],
    volumes: [...made.volumes],
  });
  const { attempt, must } = createCalls(docker.modem, deadlineMs, left);
  const container = (name: string) => docker.getContainer(name);

  const run = async (name: string, command: readonly string[]): Promise<Buffer> => {
    const doing = `run ${command[0] ?? "nothing"} in ${name}`;
    const exec = await must(doing, () =>
      container(name).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true }),
    );
    const stream = await must(doing, () => exec.start({ hijack: true, stdin: false }));
    const { output, errors } = demultiplex(await must(doing, (signal) => drain(stream, signal)));
    const { ExitCode } = await must(doing, () => exec.inspect());
    if (ExitCode === 0) return output;
    throw new EnvironmentError({
      code: "command-failed",
      expected: `\`${command.join(" ")}\` to succeed in ${name}`,
      got: `exit ${ExitCode}: ${errors.toString().trim()}`,
      hint: "The kernel may lack what the command needs; run it by hand with `docker exec`.",
    });
  };

  const buildImage = async (
    tag: string,
    context: Readable,
    labels: Labels,
    file?: string,
  ): Promise<void> => {
    const doing = `build the image ${tag}`;
    const within = { deadlineMs: buildDeadlineMs };
    const progress = await must(
      doing,
      () =>
        docker.buildImage(context, {
          t: tag,
          labels: { ...labels },
          forcerm: true,
          ...(file === undefined ? {} : { dockerfile: file }),
        }),
      within,
    );
    const words: string[] = [];
    await must(
      doing,
      (signal) =>
        new Promise<void>((resolve, reject) => {
          addAbortSignal(signal, progress as Readable);
          docker.modem.followProgress(
            progress,
            (error: Error | null) =>
              error === null
                ? resolve()
                : reject(new Error(`${error.message}: ${words.slice(-12).join("").trim()}`)),
            (event: { stream?: string }) => words.push(event.stream ?? ""),
          );
        }),
      within,
    );
  };

  const found = async (label: string) => {
    const filters = { label: [label] };
    const [containers, networks, volumes] = await Promise.all([
      must("list containers", () => docker.listContainers({ all: true, filters })),
      must("list networks", () => docker.listNetworks({ filters })),
      must("list volumes", () => docker.listVolumes({ filters })),
    ]);
    // The engine returns null for an empty list of volumes, although the types say otherwise.
    return { containers, networks, volumes: volumes.Volumes ?? [] };
  };

  return {
    version: async () => {
      const { Version, Components } = await must("say its version", () => docker.version());
      // Old engines do not list components, although the types say otherwise.
      const isPodman = (Components ?? []).some(({ Name }) => Name.startsWith("Podman"));
      return `${isPodman ? "Podman" : "Docker"} engine ${Version}`;
    },
    imageExists: async (tag) =>
      (await attempt("look up an image", () => docker.getImage(tag).inspect(), {
        fine: [404],
      })) !== undefined,
    registryKnows: (image, timeoutMs) =>
      must("ask a registry", () => docker.getImage(image).distribution(), {
        deadlineMs: timeoutMs,
      }).then(
        () => true,
        // Any failure (no name service, no route, not allowed, too late) has the same consequence: build without the
        // registry.
        () => false,
      ),
    pullImage: async (name, timeoutMs) => {
      const doing = `pull the image ${name}`;
      const within = { deadlineMs: timeoutMs };
      const progress = await must(
        doing,
        (signal) => docker.pull(name, { abortSignal: signal }),
        within,
      );
      await must(
        doing,
        (signal) =>
          new Promise<void>((resolve, reject) => {
            addAbortSignal(signal, progress as Readable);
            docker.modem.followProgress(progress, (error: Error | null) =>
              error === null ? resolve() : reject(error),
            );
          }),
        within,
      );
    },
    buildImage,
    createNetwork: async ({ name, labels, internal, subnet }) => {
      made.networks.add(name);
      try {
        await must(`make the network ${name}`, () =>
          docker.createNetwork({
            Name: name,
            Labels: { ...labels },
            Internal: internal,
            CheckDuplicate: true,
            ...(subnet === undefined
              ? {}
              : { IPAM: { Driver: "default", Config: [{ Subnet: subnet }] } }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof EnvironmentError && /overlap/i.test(error.got)) {
          made.networks.delete(name);
          return false;
        }
        throw error;
      }
    },
    createVolume: async (name, labels) => {
      made.volumes.add(name);
      await must(`make the volume ${name}`, () =>
        docker.createVolume({ Name: name, Labels: { ...labels } }),
      );
    },
    createContainer: async (spec) => {
      made.containers.add(spec.name);
      const published = (spec.publish ?? []).map((port) => `${port}/tcp`);
      await must(`make the container ${spec.name}`, () =>
        docker.createContainer({
          name: spec.name,
          Image: spec.image,
          Labels: { ...spec.labels },
          Cmd: [...spec.command],
          OpenStdin: true,
          ...(spec.user === undefined ? {} : { User: spec.user }),
          Env: Object.entries(spec.environment ?? {}).map(([name, value]) => `${name}=${value}`),
          ExposedPorts: Object.fromEntries(published.map((port) => [port, {}])),
          HostConfig: {
            NetworkMode: spec.network,
            Binds: Object.entries(spec.volumes).map(([volume, path]) => `${volume}:${path}`),
            // Overrides the engine's default: the API must be able to read logs, and a chatty node must not fill the
            // disk.
            LogConfig: { Type: "json-file", Config: { "max-size": "256m", "max-file": "1" } },
            CapDrop: ["ALL"],
            CapAdd: [...spec.capabilities],
            SecurityOpt: ["no-new-privileges"],
            PidsLimit: mostProcesses,
            Ulimits: [
              { Name: "nofile", Soft: mostFiles, Hard: mostFiles },
              { Name: "nproc", Soft: mostProcesses, Hard: mostProcesses },
            ],
            ...memoryOf(spec),
            // Some stores unpack native libraries in /tmp and load them there, which the engine's default forbids.
            ...(spec.readOnly === true
              ? { ReadonlyRootfs: true, Tmpfs: { "/tmp": "rw,exec,size=64m" } }
              : {}),
            PortBindings: Object.fromEntries(
              published.map((port) => [port, [{ HostIp: "127.0.0.1", HostPort: "" }]]),
            ),
          },
        }),
      );
    },
    connectNetwork: async (network, name, address) => {
      await must(`join ${name} to ${network}`, () =>
        docker
          .getNetwork(network)
          .connect({ Container: name, EndpointConfig: { IPAMConfig: { IPv4Address: address } } }),
      );
    },
    start: async (name) => {
      await attempt(`start ${name}`, () => container(name).start(), { fine: [304] });
    },
    kill: async (name) => {
      const killed = await attempt(
        `kill ${name}`,
        () =>
          container(name)
            .kill({ signal: "SIGKILL" })
            .then(() => true),
        { fine: [409] },
      );
      await attempt(`wait for the end of ${name}`, () =>
        container(name).wait({ condition: "not-running" }),
      );
      return killed === true;
    },
    pause: async (name) => {
      await must(`pause ${name}`, () => container(name).pause());
    },
    unpause: async (name) => {
      // 409: the container runs already, or has ended since.
      await attempt(`unpause ${name}`, () => container(name).unpause(), { fine: [409] });
    },
    limit: async (name, limit) => {
      const { Warnings } = (await must(`limit ${name}`, () =>
        container(name).update(limitOf(limit)),
      )) as { readonly Warnings: readonly string[] | null };
      // The engine only warns of limits that the kernel does not support.
      if (Warnings !== null && Warnings.length > 0)
        throw environmentError(`limit ${name}`, new Error(Warnings.join("; ")));
    },
    isRunning: async (name) =>
      (await must(`look at ${name}`, () => container(name).inspect())).State.Running,
    ranOutOfMemory: async (name) =>
      (await must(`look at ${name}`, () => container(name).inspect())).State.OOMKilled,
    watch: async (label, heard, lost) => {
      const stream = (await must("report the events of containers", () =>
        docker.getEvents({
          filters: { type: ["container"], label: [label], event: [...lifeEvents] },
        }),
      )) as Readable & { readonly socket?: Socket };
      // The connection must not keep this process alive.
      stream.socket?.unref();
      let rest = "";
      stream.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines.filter((some) => some.trim() !== "")) {
          const event = lifeEventOf(line);
          if (event !== null) heard(event);
        }
      });
      stream.on("error", lost).on("close", lost);
      return () => {
        stream.off("error", lost).off("close", lost);
        stream.on("error", () => {}).destroy();
      };
    },
    processId: async (name) =>
      (await must(`look at ${name}`, () => container(name).inspect())).State.Pid || null,
    run,
    putArchive: async (name, path, archive) => {
      await must(`put files into ${name}`, () => container(name).putArchive(archive, { path }));
    },
    publishedPort: async (name, port) => {
      const found = await must(`look up a port of ${name}`, () => container(name).inspect());
      const published = found.NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort;
      if (published !== undefined) return Number(published);
      throw new EnvironmentError({
        code: "port-not-published",
        expected: `port ${port} of ${name} to be published on 127.0.0.1`,
        got: `state ${found.State.Status}`,
        hint: `\`docker inspect ${name}\` shows the container's state and ports, \`docker logs ${name}\` what its process said.`,
      });
    },
    logs: async (name, sinceSeconds) =>
      demultiplex(
        await must(`read the log of ${name}`, () =>
          container(name).logs({ stdout: true, stderr: true, follow: false, since: sinceSeconds }),
        ),
      ).all.toString(),
    labelled: async (label) => {
      const { containers, networks, volumes } = await found(label);
      return {
        containers: containers.map(({ Names, Id }) => (Names[0] ?? Id).replace(/^\//, "")),
        networks: networks.map(({ Name }) => Name),
        volumes: volumes.map(({ Name }) => Name),
      };
    },
    labelsOfAll: async (label) => {
      const { containers, networks, volumes } = await found(label);
      return [...containers, ...networks, ...volumes].map(({ Labels }) => Labels ?? {});
    },
    removeContainer: async (name) => {
      await attempt(`remove ${name}`, () => container(name).remove({ force: true, v: true }), {
        fine: [404, 409],
      });
      made.containers.delete(name);
    },
    removeNetwork: async (name) => {
      await attempt(`remove the network ${name}`, () => docker.getNetwork(name).remove(), {
        fine: [404],
      });
      made.networks.delete(name);
    },
    removeVolume: async (name) => {
      await attempt(`remove the volume ${name}`, () => docker.getVolume(name).remove(), {
        fine: [404],
      });
      made.volumes.delete(name);
    },
  };
};
