/**
 * The package as npm packs it, unpacked in a folder with a user's own files. Downloads nothing: the dependencies are
 * links to those of this repository.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const repository = resolve(import.meta.dirname, "../..");

interface Manifest {
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

export const manifest = JSON.parse(
  readFileSync(join(repository, "package.json"), "utf8"),
) as Manifest;

export interface Consumer {
  readonly folder: string;
  /** The files in the tarball, with paths relative to the package. */
  readonly files: readonly string[];
  /** The size of the tarball in bytes. */
  readonly bytes: number;
  write(name: string, text: string): void;
  /** Installs an optional package, by a link. */
  link(name: string): void;
  /**
   * Runs Node.js in the folder, and returns its standard output.
   *
   * @throws Error with the output if the program fails
   */
  node(...args: readonly string[]): string;
  remove(): void;
}

/**
 * The packages that npm installs together with quorate, and the types of Node.js, which every TypeScript program has.
 * Optional packages are not among them.
 */
function neededPackages(): readonly string[] {
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const peers = Object.keys(peerDependencies).filter(
    (name) => peerDependenciesMeta[name]?.optional !== true,
  );
  return [...Object.keys(dependencies), ...peers, "@types/node"];
}

/** Makes a folder with an ES module package in which the packed package is installed. `npm run build` must have run. */
export function createConsumer(): Consumer {
  const folder = mkdtempSync(join(tmpdir(), "quorate-consumer-"));
  const modules = join(folder, "node_modules");
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      cwd: repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as [
    {
      readonly filename: string;
      readonly size: number;
      readonly files: readonly { readonly path: string }[];
    },
  ];
  mkdirSync(join(modules, "quorate"), { recursive: true });
  execFileSync("tar", [
    "xzf",
    join(folder, packed.filename),
    "-C",
    join(modules, "quorate"),
    "--strip-components",
    "1",
  ]);
  const link = (name: string): void => {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), join(modules, name));
  };
  neededPackages().forEach(link);
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("package.json", JSON.stringify({ name: "consumer", type: "module", private: true }));
  return {
    folder,
    files: packed.files.map(({ path }) => path),
    bytes: packed.size,
    write,
    link,
    node: (...args) => run(folder, args),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function run(folder: string, args: readonly string[]): string {
  try {
    return execFileSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`node ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/**
 * Type-checks the files, and with them the package's declarations, as strictly as a user may. Returns the compiler's
 * output.
 */
export function compile(
  consumer: Consumer,
  resolution: "nodenext" | "bundler",
  files: readonly string[],
  /** If "skipped", the types of other packages are not checked, since they cannot be corrected here. */
  { libraries = "checked" }: { readonly libraries?: "checked" | "skipped" } = {},
): string {
  consumer.write(
    "tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        target: "es2023",
        lib: ["es2023"],
        types: [],
        module: resolution === "bundler" ? "esnext" : "nodenext",
        moduleResolution: resolution,
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: libraries === "skipped",
        noEmit: true,
      },
      files,
    }),
  );
  try {
    consumer.node(join(repository, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json");
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
