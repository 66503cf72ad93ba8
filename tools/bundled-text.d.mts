import type { Plugin } from "esbuild";

/** For esbuild: `import text from "./file?bundled"`. */
export const bundledText: Plugin;
/** The same for Vite and Vitest. */
export const bundledTextForVite: { readonly name: string };
