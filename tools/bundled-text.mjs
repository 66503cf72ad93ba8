// Makes `import text from "./file?bundled"` possible: the text of a file for browsers, bundled with everything that it
// imports. The same code serves esbuild (build.mjs) and Vitest, so a page is the same in tests from the sources and in
// a release.
import { dirname, resolve } from "node:path";
import { build } from "esbuild";

const suffix = "?bundled";
const namespace = "bundled-text";

/**
 * Bundles a file.
 *
 * @returns the text of the bundle, and the files that it contains
 */
async function bundle(file) {
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    charset: "utf8",
    format: "iife",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    absWorkingDir: dirname(file),
  });
  const [{ text }] = outputFiles;
  // The text is put into a script or style element, and a closing tag in the text would end that element.
  if (/<\/(script|style)/i.test(text))
    throw new Error(`${file} contains the closing tag of the element that it is embedded in`);
  return {
    text: text.trimEnd(),
    inputs: Object.keys(metafile.inputs).map((input) => resolve(dirname(file), input)),
  };
}

/** The esbuild plugin for `import text from "./file?bundled"`. */
export const bundledText = {
  name: namespace,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?bundled$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice(0, -suffix.length)),
      namespace,
    }));
    onLoad({ filter: /./, namespace }, async ({ path }) => {
      const { text, inputs } = await bundle(path);
      return { contents: text, loader: "text", watchFiles: inputs };
    });
  },
};

const prefix = `\0${namespace}:`;

/**
 * The plugin of Vite and Vitest for `import text from "./file?bundled"`. It encodes the file's name, since they would
 * take the text for CSS or TypeScript by the ending of the name.
 */
export const bundledTextForVite = {
  name: namespace,
  enforce: "pre",
  resolveId: (source, importer) =>
    source.endsWith(suffix) && importer !== undefined
      ? `${prefix}${Buffer.from(resolve(dirname(importer), source.slice(0, -suffix.length))).toString("base64url")}`
      : undefined,
  async load(id) {
    if (!id.startsWith(prefix)) return undefined;
    const file = Buffer.from(id.slice(prefix.length), "base64url").toString();
    const { text, inputs } = await bundle(file);
    for (const input of inputs) this.addWatchFile(input);
    return `export default ${JSON.stringify(text)};`;
  },
};
