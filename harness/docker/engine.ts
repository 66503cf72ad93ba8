/** The Docker engine behind a small promise-only port: what the cluster needs of it, each failure an EnvironmentError. */
import type { Readable } from "node:stream";
import Docker from "dockerode";
import { EnvironmentError } from "../errors.ts";

export type Labels = Readonly<Record<string, string>>;

export interface NetworkSpec {
  readonly name: string;
  readonly labels: Labels;
  /** Internal: no way out, no published port. */
  readonly internal: boolean;
  /** CIDR; absent: the engine picks one. */
  readonly subnet?: string;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Labels;
  readonly command: readonly string[];
  /** A network's name, or `container:<name>` to live in that container's network namespace. */
  readonly network: string;
  /** Volume name → where it is mounted. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly netAdmin: boolean;
  /** A TCP port to publish on 127.0.0.1, the engine picks the number there. */
  readonly publish?: number;
}

/** Names of what carries a label. */
export interface Labelled {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

export interface Engine {
  version(): Promise<string>;
  imageExists(tag: string): Promise<boolean>;
  /** Whether a registry can name this image within the time. */
  registryKnows(image: string, timeoutMs: number): Promise<boolean>;
  /** Builds from a tar of the context; rejects with the builder's last words. */
  buildImage(tag: string, context: Readable, labels: Labels): Promise<void>;
  /** False: the subnet is taken. */
  createNetwork(spec: NetworkSpec): Promise<boolean>;
  createVolume(name: string, labels: Labels): Promise<void>;
  createContainer(spec: ContainerSpec): Promise<void>;
  connectNetwork(network: string, container: string, address: string): Promise<void>;
  start(container: string): Promise<void>;
  /** SIGKILL; resolves once it is dead. A container that does not run is fine. */
  kill(container: string): Promise<void>;
  pause(container: string): Promise<void>;
  unpause(container: string): Promise<void>;
  isRunning(container: string): Promise<boolean>;
  /** Runs a command in a running container; a non-zero exit rejects with what it printed. */
  run(container: string, command: readonly string[]): Promise<Buffer>;
  /** Unpacks a tar at `path`. */
  putArchive(container: string, path: string, archive: Buffer): Promise<void>;
  /** The port on 127.0.0.1 that leads to this one. */
  publishedPort(container: string, port: number): Promise<number>;
  /** What its main process printed since (seconds since 1970, 0: ever). */
  logs(container: string, sinceSeconds: number): Promise<string>;
  labelled(label: string): Promise<Labelled>;
  /** Forced. What is gone already is fine, here and below. */
  removeContainer(name: string): Promise<void>;
  removeNetwork(name: string): Promise<void>;
  removeVolume(name: string): Promise<void>;
}

interface EngineFailure extends Error {
  readonly statusCode?: number;
  readonly code?: string;
}

const statusOf = (error: unknown): number | undefined => (error as EngineFailure).statusCode;

const environmentError = (doing: string, error: unknown): EnvironmentError => {
  const failure = error as EngineFailure;
  const unreachable = failure.statusCode === undefined && failure.code !== undefined;
  return new EnvironmentError(
    {
      code: unreachable ? "engine-unreachable" : "engine-refused",
      expected: `the Docker engine to ${doing}`,
      got: failure.message.trim(),
      hint: unreachable ? "Start Docker, or set DOCKER_HOST to its socket, or use --on sim." : "`quorate clean` removes what earlier runs left; `docker info` shows the engine's state.",
    },
    error,
  );
};

/** Runs an engine call; `fine` are HTTP statuses that mean that the wanted state holds already. */
const attempt = async <T>(doing: string, call: () => Promise<T>, fine: readonly number[] = []): Promise<T | undefined> => {
  try {
    return await call();
  } catch (error) {
    const status = statusOf(error);
    if (status !== undefined && fine.includes(status)) return undefined;
    throw environmentError(doing, error);
  }
};

const must = async <T>(doing: string, call: () => Promise<T>): Promise<T> => (await attempt(doing, call)) as T;

const standardError = 2;

/** The engine multiplexes stdout and stderr in frames of an 8-byte header (stream, length) and a body. */
const demultiplex = (raw: Buffer): { readonly all: Buffer; readonly output: Buffer; readonly errors: Buffer } => {
  const bodies: { readonly stream: number; readonly body: Buffer }[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    bodies.push({ stream: raw.readUInt8(at), body: raw.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  const joined = (wanted: (stream: number) => boolean): Buffer => Buffer.concat(bodies.filter(({ stream }) => wanted(stream)).map(({ body }) => body));
  return { all: joined(() => true), output: joined((stream) => stream !== standardError), errors: joined((stream) => stream === standardError) };
};

const drain = (stream: NodeJS.ReadableStream): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.once("error", reject);
    stream.once("end", () => resolve(Buffer.concat(chunks)));
  });

/** Resolves to false when the promise has not been kept in time. */
const within = async (promise: Promise<boolean>, timeoutMs: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Connects to the engine that DOCKER_HOST names, else to the local socket. Connects lazily: nothing is asked yet. */
export const connectEngine = (): Engine => {
  const docker = new Docker();
  const container = (name: string) => docker.getContainer(name);

  const run = async (name: string, command: readonly string[]): Promise<Buffer> => {
    const doing = `run ${command[0] ?? "nothing"} in ${name}`;
    const exec = await must(doing, () => container(name).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true }));
    const stream = await must(doing, () => exec.start({ hijack: true, stdin: false }));
    const { output, errors } = demultiplex(await must(doing, () => drain(stream)));
    const { ExitCode } = await must(doing, () => exec.inspect());
    if (ExitCode === 0) return output;
    throw new EnvironmentError({
      code: "command-failed",
      expected: `\`${command.join(" ")}\` to succeed in ${name}`,
      got: `exit ${ExitCode}: ${errors.toString().trim()}`,
      hint: "The kernel may lack what the command needs; run it by hand with `docker exec`.",
    });
  };

  const buildImage = async (tag: string, context: Readable, labels: Labels): Promise<void> => {
    const doing = `build the image ${tag}`;
    const progress = await must(doing, () => docker.buildImage(context, { t: tag, labels: { ...labels }, forcerm: true }));
    const words: string[] = [];
    await must(
      doing,
      () =>
        new Promise<void>((resolve, reject) => {
          docker.modem.followProgress(
            progress,
            (error: Error | null) => (error === null ? resolve() : reject(new Error(`${error.message}: ${words.slice(-12).join("").trim()}`))),
            (event: { stream?: string }) => words.push(event.stream ?? ""),
          );
        }),
    );
  };

  return {
    version: async () => (await must("say its version", () => docker.version())).Version,
    imageExists: async (tag) => (await attempt("look up an image", () => docker.getImage(tag).inspect(), [404])) !== undefined,
    registryKnows: (image, timeoutMs) =>
      within(
        docker.getImage(image).distribution().then(
          () => true,
          // Any refusal (no name service, no route, not allowed) means the same to us: build without it.
          () => false,
        ),
        timeoutMs,
      ),
    buildImage,
    createNetwork: async ({ name, labels, internal, subnet }) => {
      try {
        await docker.createNetwork({
          Name: name,
          Labels: { ...labels },
          Internal: internal,
          CheckDuplicate: true,
          ...(subnet === undefined ? {} : { IPAM: { Driver: "default", Config: [{ Subnet: subnet }] } }),
        });
        return true;
      } catch (error) {
        if (/overlap/i.test((error as Error).message)) return false;
        throw environmentError(`make the network ${name}`, error);
      }
    },
    createVolume: async (name, labels) => {
      await must(`make the volume ${name}`, () => docker.createVolume({ Name: name, Labels: { ...labels } }));
    },
    createContainer: async (spec) => {
      const published = spec.publish === undefined ? undefined : `${spec.publish}/tcp`;
      await must(`make the container ${spec.name}`, () =>
        docker.createContainer({
          name: spec.name,
          Image: spec.image,
          Labels: { ...spec.labels },
          Cmd: [...spec.command],
          OpenStdin: true,
          ...(published === undefined ? {} : { ExposedPorts: { [published]: {} } }),
          HostConfig: {
            NetworkMode: spec.network,
            Binds: Object.entries(spec.volumes).map(([volume, path]) => `${volume}:${path}`),
            CapAdd: spec.netAdmin ? ["NET_ADMIN", "NET_RAW"] : [],
            ...(published === undefined ? {} : { PortBindings: { [published]: [{ HostIp: "127.0.0.1", HostPort: "" }] } }),
          },
        }),
      );
    },
    connectNetwork: async (network, name, address) => {
      await must(`join ${name} to ${network}`, () => docker.getNetwork(network).connect({ Container: name, EndpointConfig: { IPAMConfig: { IPv4Address: address } } }));
    },
    start: async (name) => {
      await attempt(`start ${name}`, () => container(name).start(), [304]);
    },
    kill: async (name) => {
      await attempt(`kill ${name}`, () => container(name).kill({ signal: "SIGKILL" }), [409]);
      await attempt(`wait for the end of ${name}`, () => container(name).wait({ condition: "not-running" }));
    },
    pause: async (name) => {
      await must(`pause ${name}`, () => container(name).pause());
    },
    unpause: async (name) => {
      await must(`unpause ${name}`, () => container(name).unpause());
    },
    isRunning: async (name) => (await must(`look at ${name}`, () => container(name).inspect())).State.Running,
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
        hint: `\`docker logs ${name}\` shows why it is not running.`,
      });
    },
    logs: async (name, sinceSeconds) =>
      demultiplex(await must(`read the log of ${name}`, () => container(name).logs({ stdout: true, stderr: true, follow: false, since: sinceSeconds }))).all.toString(),
    labelled: async (label) => {
      const filters = { label: [label] };
      const [containers, networks, volumes] = await Promise.all([
        must("list containers", () => docker.listContainers({ all: true, filters })),
        must("list networks", () => docker.listNetworks({ filters })),
        must("list volumes", () => docker.listVolumes({ filters })),
      ]);
      return {
        containers: containers.map((found) => (found.Names[0] ?? found.Id).replace(/^\//, "")),
        networks: networks.map((found) => found.Name),
        // The engine says null for none, whatever the types say.
        volumes: (volumes.Volumes ?? []).map((found) => found.Name),
      };
    },
    removeContainer: async (name) => {
      await attempt(`remove ${name}`, () => container(name).remove({ force: true, v: true }), [404, 409]);
    },
    removeNetwork: async (name) => {
      await attempt(`remove the network ${name}`, () => docker.getNetwork(name).remove(), [404]);
    },
    removeVolume: async (name) => {
      await attempt(`remove the volume ${name}`, () => docker.getVolume(name).remove(), [404]);
    },
  };
};
