/** Damage to a dead node's data: commands for its machine, whose image has node and hardly any other tool. */
import type { DiskDamage } from "../../generators/index.ts";

const script = `
const fs = require("node:fs");
const path = require("node:path");
const [root, damage, atPerMille] = process.argv.slice(1);
if (damage === "wipe") for (const name of fs.readdirSync(root)) fs.rmSync(path.join(root, name), { recursive: true });
else for (const name of fs.existsSync(path.join(root, "log")) ? fs.readdirSync(path.join(root, "log")) : []) {
  const file = path.join(root, "log", name);
  const { size } = fs.statSync(file);
  if (size === 0) continue;
  const at = Math.floor(((size - 1) * Number(atPerMille)) / 1000);
  if (damage === "tear") fs.truncateSync(file, size - Math.min(size, 3));
  else if (damage === "truncate") fs.truncateSync(file, at);
  else if (damage === "flip") {
    const handle = fs.openSync(file, "r+");
    const byte = Buffer.alloc(1);
    fs.readSync(handle, byte, 0, 1, at);
    byte[0] ^= 16;
    fs.writeSync(handle, byte, 0, 1, at);
    fs.closeSync(handle);
  }
}`;

/** Does it to all logs below `root`. */
export const damageCommand = (root: string, damage: DiskDamage, atPerMille: number): readonly string[] => ["node", "-e", script, root, damage, String(atPerMille)];
