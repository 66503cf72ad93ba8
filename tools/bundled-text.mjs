// `import text from "./file?bundled"`: the file as a browser takes it, bundled with all that it imports, as a string.
// For esbuild (build.mjs) and for Vitest, so that source and release hold the same page.
import { dirname, resolve } from "node:path";
import { build } from "esbuild";

const suffix = "?bundled";
const namespace = "bundled-text";

/** @returns the bundle's text, and the files that went into it. */
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
  // Nothing of ours writes these, and they would end the element that the text stands in.
  if (/<\/(script|style)/i.test(text)) throw new Error(`${file} holds the end of its element`);
  return {
    text: text.trimEnd(),
    inputs: Object.keys(metafile.inputs).map((input) => resolve(dirname(file), input)),
  };
}

/** For esbuild. */
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

/** For Vite and Vitest. A file's ending would make them treat its text as CSS or TypeScript, so the name is encoded. */
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
