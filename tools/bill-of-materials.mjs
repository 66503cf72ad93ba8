// Writes the files that an audit of the package needs: dist/sbom.cdx.json (CycloneDX, from npm) and
// dist/third-party-licences.txt. They list the dependencies that are installed with the package, and those whose code
// is in dist/docker-client.js. Other peer dependencies are not listed, since users install them themselves.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { dockerode } from "./lean-dockerode.mjs";

mkdirSync("dist", { recursive: true });

/** Finds the packages whose code is in dist/docker-client.js, by their paths. */
const { metafile } = await build({ ...dockerode, write: false, metafile: true });
const bundled = new Set(
  Object.keys(metafile.inputs).flatMap((file) => {
    const [, path] = /(node_modules\/.*)/.exec(file) ?? [];
    return /^(?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+/.exec(path ?? "")?.[0].slice(0, -1) ?? [];
  }),
);

/**
 * The packages to list, by their paths in the lock file. The lock file marks packages that only development or peers
 * need; these are left out, unless their code is in dist/docker-client.js.
 */
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const installed = Object.entries(packages)
  .filter(
    ([path, facts]) =>
      path !== "" && (bundled.has(path) || (facts.dev !== true && facts.peer !== true)),
  )
  .map(([path, facts]) => ({
    path,
    name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
    version: facts.version,
    licence: facts.license ?? "no licence named",
  }));

const bill = JSON.parse(
  execFileSync(
    "npm",
    ["sbom", "--sbom-format", "cyclonedx", "--sbom-type", "library", "--package-lock-only"],
    { encoding: "utf8", maxBuffer: 64 << 20 },
  ),
);
// npm's option `--omit peer` leaves out each package that is a peer of any other, even if quorate itself depends on it.
const names = new Set(installed.map(({ name, version }) => `${name}@${version}`));
const components = bill.components.filter(({ "bom-ref": ref }) =>
  names.has(ref.replace(/\|.*$/, "")),
);
const references = new Set([
  bill.metadata.component["bom-ref"],
  ...components.map((one) => one["bom-ref"]),
]);
const dependencies = bill.dependencies
  .filter(({ ref }) => references.has(ref))
  .map(({ ref, dependsOn }) => ({
    ref,
    dependsOn: dependsOn.filter((other) => references.has(other)),
  }));
writeFileSync("dist/sbom.cdx.json", JSON.stringify({ ...bill, components, dependencies }));

const texts = installed
  .filter(({ path }) => existsSync(path))
  .map(({ path, name, version, licence }) => {
    const files = readdirSync(path).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const text = files.map((file) => readFileSync(join(path, file), "utf8").trim()).join("\n\n");
    return `${name} ${version}: ${licence}\n\n${text}\n`;
  });
writeFileSync("dist/third-party-licences.txt", texts.join(`\n${"-".repeat(80)}\n\n`));
