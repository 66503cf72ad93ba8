/**
 * Tests which image is built in which case, with an engine that only records calls. cluster.test.ts builds images with
 * the real engine.
 */
import { describe, expect, it } from "vitest";
import type { Engine } from "../../../../harness/platforms/docker/engine.ts";
import { connectEngine } from "../../../../harness/platforms/docker/connect-engine.ts";
import { ensureImage } from "../../../../harness/platforms/docker/image.ts";
import { EnvironmentError } from "../../../../harness/errors.ts";

interface FakeOptions {
  readonly registry: boolean;
  /** The kinds of image whose build fails. */
  readonly failing?: readonly string[];
}

const remembering = ({ registry, failing = [] }: FakeOptions) => {
  const images = new Set<string>();
  const built: string[] = [];
  const engine: Engine = {
    ...connectEngine(),
    imageExists: async (tag) => images.has(tag),
    registryKnows: async () => registry,
    buildImage: async (tag, context) => {
      // A real builder reads its whole input before it prints anything.
      for await (const chunk of context) void chunk;
      built.push(tag);
      if (failing.some((kind) => tag.includes(`:${kind}-`))) {
        throw new EnvironmentError({
          code: "engine-refused",
          expected: "a build",
          got: "no way to apt-get",
          hint: "none",
        });
      }
      images.add(tag);
    },
  };
  return { engine, built };
};

const ensure = async (
  engine: Engine,
): Promise<{ readonly tag: string; readonly said: readonly string[] }> => {
  const said: string[] = [];
  const tag = await ensureImage(engine, (line) => said.push(line));
  return { tag, said };
};

describe("the node's image", () => {
  it("comes from the Dockerfile where a registry answers, once", async () => {
    const { engine, built } = remembering({ registry: true });
    const first = await ensure(engine);
    expect(first.tag).toMatch(/^quorate-node:debian-[0-9a-f]{12}$/);
    expect(first.said).toHaveLength(1);
    expect(await ensure(engine)).toEqual({ tag: first.tag, said: [] });
    expect(built).toEqual([first.tag]);
  });

  it.skipIf(process.platform !== "linux")(
    "is assembled from this host's own files where none answers, said in one line, once",
    async () => {
      const { engine, built } = remembering({ registry: false });
      const outcome = await ensure(engine).catch((error: unknown) => error);
      if (outcome instanceof EnvironmentError) {
        // If the host lacks the tools, the error names the packages to install.
        expect(outcome).toMatchObject({
          code: "image-tool-missing",
          hint: expect.stringContaining("apt-get install"),
        });
        return;
      }
      const { tag, said } = outcome as Awaited<ReturnType<typeof ensure>>;
      expect(tag).toMatch(/^quorate-node:host-[0-9a-f]{12}$/);
      expect(said).toHaveLength(1);
      expect(said[0]).toContain("this host's own node");
      expect(await ensure(engine)).toEqual({ tag, said: [] });
      expect(built).toEqual([tag]);
    },
  );

  it.skipIf(process.platform !== "linux")(
    "falls back on this host's files where the Dockerfile does not build, and says why",
    async () => {
      const { engine } = remembering({ registry: true, failing: ["debian"] });
      const outcome = await ensure(engine).catch((error: unknown) => error);
      if (outcome instanceof EnvironmentError)
        return expect(outcome.code).toBe("image-tool-missing");
      const { tag, said } = outcome as Awaited<ReturnType<typeof ensure>>;
      expect(tag).toContain(":host-");
      expect(said.join("\n")).toContain("no way to apt-get");
    },
  );
});
