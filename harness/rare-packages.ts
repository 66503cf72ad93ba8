/**
 * npm packages that few commands need. Each is loaded at its first use, since loading all of them takes about as long
 * as a short run without them.
 */
import { createRequire } from "node:module";
import type * as Ajv2020 from "ajv/dist/2020.js";
import type * as TarStream from "tar-stream";
import type * as Ws from "ws";
import type * as Yaml from "yaml";

const require = createRequire(import.meta.url);

export const ajv2020 = (): typeof Ajv2020 => require("ajv/dist/2020.js") as typeof Ajv2020;
export const tarStream = (): typeof TarStream => require("tar-stream") as typeof TarStream;
export const ws = (): typeof Ws => require("ws") as typeof Ws;
export const yaml = (): typeof Yaml => require("yaml") as typeof Yaml;
