import { describe, expect, it } from "vitest";
import { downloadedBytes } from "../../../../harness/targets/software/maven.ts";
import { loadOptional } from "../../../../harness/targets/software/optional-package.ts";
import { runTool } from "../../../../harness/targets/software/tool.ts";

describe("runTool", () => {
  it("gives what the tool prints, and each line of output and errors to the listener", async () => {
    const lines: string[] = [];
    const output = await runTool("sh", ["-c", "echo one; echo two >&2; echo three"], {
      package: "dash",
      onLine: (line) => lines.push(line),
    });
    expect(output).toBe("one\nthree\n");
    expect(lines.sort()).toEqual(["one", "three", "two"]);
  });

  it("names the package where the tool is missing", async () => {
    await expect(runTool("no-such-tool-here", [], { package: "a-package" })).rejects.toMatchObject({
      code: "tool-missing",
      hint: "Install the tool: apt-get install a-package",
    });
  });

  it("quotes the last lines of a tool that fails", async () => {
    await expect(
      runTool("sh", ["-c", "echo broken pipe dream >&2; exit 3"], { package: "dash" }),
    ).rejects.toMatchObject({ code: "tool-failed", got: "exit 3: broken pipe dream" });
  });

  it("kills the tool when it is told to stop", async () => {
    const stop = new AbortController();
    const running = runTool("sleep", ["60"], { package: "coreutils", signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toThrow("aborted");
  });
});

describe("downloadedBytes", () => {
  it("reads the sizes that Maven prints for jars, and nothing else", () => {
    const url = "https://repo.example/a/b/1.0/b-1.0";
    expect(downloadedBytes(`[INFO] Downloaded from central: ${url}.jar (1.2 MB at 3 MB/s)`)).toBe(
      1.2e6,
    );
    expect(downloadedBytes(`Downloaded from central: ${url}.jar (88 kB at 1.1 MB/s)`)).toBe(88e3);
    expect(downloadedBytes(`[INFO] Downloaded from central: ${url}.pom (9 kB at 1 MB/s)`)).toBe(0);
    expect(downloadedBytes(`[INFO] Downloading from central: ${url}.jar`)).toBe(0);
  });
});

describe("loadOptional", () => {
  it("says in one sentence what to install", async () => {
    const name = "no-such-package-here";
    await expect(loadOptional(name, () => import(name))).rejects.toMatchObject({
      code: "package-missing",
      hint: "Install the package: npm install no-such-package-here",
    });
  });

  it("passes on what goes wrong inside of a package that is there", async () => {
    const broken = (): Promise<never> => Promise.reject(new Error("broken inside"));
    await expect(loadOptional("a", broken)).rejects.toThrow("broken inside");
  });
});
