import type { Plugin } from "esbuild";

/** For esbuild: `import text from "./file?bundled"`. */
export const bundledText: Plugin;
/** For Vite and Vitest: `import text from "./file?bundled"`. */
export const bundledTextForVite: { readonly name: string };
