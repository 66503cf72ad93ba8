/**
 * Tests how live processes are told from dead ones. A run of another live process must never be taken for a killed one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lifeOf, ownSign } from "../../harness/sign-of-life.ts";

const own = ownSign() ?? "";
const [boot = "", names = "", id = "", start = ""] = own.split("/");

describe.skipIf(process.platform !== "linux")("the sign of life of a process", () => {
  it("of this one: alive", () => expect(lifeOf(own)).toBe("alive"));

  it("of an earlier one with the same id, of another boot: gone", () => {
    expect(lifeOf([boot, names, id, Number(start) - 1].join("/"))).toBe("gone");
    expect(lifeOf(["another-boot", names, id, start].join("/"))).toBe("gone");
    expect(lifeOf(["another-boot", "1", id, start].join("/"))).toBe("gone");
  });

  it("of one that cannot be seen from here, or none: unknown", () => {
    expect(lifeOf([boot, "1", id, start].join("/"))).toBe("unknown");
    for (const sign of [undefined, "", "1", `${own}/1`, `${boot}/${names}/../${start}`])
      expect(lifeOf(sign)).toBe("unknown");
  });

  it("of another that lives, whatever its name; of the same, killed: gone", async () => {
    const other = spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        "process.title = 'a) Z 1 ('; console.log(process.pid); setInterval(() => {}, 1000);",
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(other.stdout, "data");
    const stat = readFileSync(`/proc/${other.pid}/stat`, "utf8");
    const sign = [
      boot,
      names,
      other.pid,
      stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19],
    ].join("/");
    expect(lifeOf(sign)).toBe("alive");
    other.kill("SIGKILL");
    await once(other, "exit");
    expect(lifeOf(sign)).toBe("gone");
  });
});
