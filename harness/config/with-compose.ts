/** Completes the description of a store from the compose file that the description names. */
import { resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { composeNodes } from "./compose.ts";
import { filled } from "./own-node.ts";
import type {
  NodeStart,
  NodeWords,
  OwnContainers,
  OwnTarget,
  WholeContainers,
  WholeOwnTarget,
} from "./own-target.ts";

/**
 * Takes from the compose file what the description leaves out.
 *
 * @throws UsageError if neither the file nor the description says a node's image or port, if there is no compose file
 *   and the description says no command, or if the description has more nodes than the file has services and `node` is
 *   not a function.
 */
export function withCompose(
  { containers, ...own }: OwnTarget,
  { file, folder }: { readonly file: string; readonly folder: string },
): WholeOwnTarget {
  if (containers === undefined) return own;
  const { compose, ...said } = containers;
  if (compose === undefined) return { ...own, containers: wholeOrRefused(said, file) };
  const composed = composeNodes(resolve(folder, compose.file), folder, compose.services);
  const { services, image, port, data, ready, files, start } = composed;
  const nodes = own.nodes ?? services.length;
  if (nodes > services.length && typeof said.node !== "function")
    throw refused(
      "bad-compose",
      `at most as many nodes as services: ${services.join(", ")}`,
      `${file}: /target/nodes is ${nodes}`,
      "Add services to the compose file, or give containers.node as a function",
    );
  const node = (place: NodeStart): Omit<NodeWords, "peer"> => {
    const { node: words } = said;
    if (typeof words === "function") return words(place);
    const { command, environment } = start(place.index, place.nodes);
    const here = filled({ ...words, command: words?.command ?? [] }, place);
    return {
      command: words?.command === undefined ? command : here.command,
      environment: { ...environment, ...here.environment },
      ...(here.files === undefined ? {} : { files: here.files }),
    };
  };
  const fromFile: Partial<WholeContainers> = {
    ...(image === undefined
      ? {}
      : {
          image: "name" in image ? image.name : { from: "dockerfile", folder: image.folder },
        }),
    ...(port === undefined ? {} : { port }),
    ...(data === undefined ? {} : { data }),
    ready,
  };
  return {
    ...own,
    nodes,
    containers: wholeOrRefused(
      { ...fromFile, ...said, files: { ...files, ...said.files }, node },
      file,
    ),
  };
}

function wholeOrRefused(
  { image, port, node, ...rest }: Omit<OwnContainers, "compose">,
  file: string,
): WholeContainers {
  if (image !== undefined && port !== undefined && isWhole(node))
    return { ...rest, image, port, node };
  const missing = Object.entries({ image, port, node }).flatMap(([name, value]) =>
    value === undefined ? [name] : [],
  );
  throw refused(
    "bad-compose",
    `${missing.join(" and ")} of a node, in the compose file or in the configuration`,
    `${file}: neither the compose file nor /target/containers gives ${missing.join(" and ")}`,
    `Add ${missing.join(" and ")} to containers, or add to the compose file what gives them: image or build, ports or expose, command`,
  );
}

const isWhole = (node: OwnContainers["node"]): node is WholeContainers["node"] =>
  typeof node === "function" || node?.command !== undefined;

const refused = (code: string, expected: string, got: string, hint: string): UsageError =>
  new UsageError({ code, expected, got, hint });
