/** `quorate init`: creates the files of a project that tests its own store, and runs it once. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { composeNodes } from "../config/compose.ts";
import { findConfig } from "../config/load-module.ts";
import {
  bundledConfig,
  configFromCompose,
  githubWorkflow,
  gitlabPipeline,
  ignored,
  packageText,
  regressionsHead,
} from "../init/index.ts";
import { exit } from "./exit.ts";
import { createOutput } from "./output.ts";
import { oneOf } from "./values.ts";

interface InitFlags {
  readonly compose?: string;
  readonly services?: string;
  readonly ci?: string;
  readonly run: boolean;
}

const servers = ["github", "gitlab", "none"] as const;
const composeNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

export function addInit(program: Command): void {
  program
    .command("init")
    .description(
      "write a configuration, a CI file and other files of a test project; run once, unless the configuration is a proposal",
    )
    .option(
      "--compose <FILE>",
      "propose nodes from this compose file (default: the one in this folder, if any)",
    )
    .option("--services <LIST>", "the services that are nodes: a,b,c")
    .option("--ci <SERVER>", "the CI file: github, gitlab or none (default: ask, else github)")
    .option("--no-run", "only write the files, without a run")
    .addHelpText(
      "after",
      "\nExisting files are not changed, except .gitignore, which gets the missing lines.",
    )
    .action(async (flags: InitFlags) => {
      process.exitCode = await init(flags);
    });
}

async function init(flags: InitFlags): Promise<number> {
  const { say } = createOutput(false);
  const folder = process.cwd();
  const name = nameOf(folder);
  const ci = oneOf("--ci", flags.ci ?? (await askedServer()), servers);
  const compose = flags.compose ?? composeNames.find((file) => existsSync(file));
  const isNew = findConfig(folder) === undefined;
  const write = (file: string, text: string): void => {
    if (existsSync(file)) return say(`  ${file} exists and was not changed`);
    mkdirSync(dirname(resolve(file)), { recursive: true });
    writeFileSync(file, text);
    say(`  ${file} written`);
  };
  write("package.json", packageText(name));
  const services = flags.services?.split(",").map((service) => service.trim()) ?? [];
  if (!isNew) say("  the configuration exists and was not changed");
  else if (compose === undefined) write("quorate.config.ts", bundledConfig);
  else
    write(
      "quorate.config.ts",
      configFromCompose(name, compose, composeNodes(resolve(compose), folder, services)),
    );
  if (ci === "github") write(".github/workflows/quorate.yml", githubWorkflow);
  if (ci === "gitlab") write(".gitlab/quorate.yml", gitlabPipeline);
  write("quorate.regressions", regressionsHead);
  ignore(say);
  if (!flags.run) return exit.held;
  if (isNew && compose !== undefined) {
    say(
      "quorate.config.ts is a proposal: complete the lines with TODO, run npx quorate doctor, then npx quorate run",
    );
    return exit.held;
  }
  say("A first run:");
  return firstRun();
}

/** Makes a name from the folder's name: lower-case letters, digits and dashes, as in names of targets and packages. */
const nameOf = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^[-\d]+|-+$/g, "") || "store";

async function askedServer(): Promise<string> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return "github";
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`Where does CI run? ${servers.join(", ")} [github] `);
    return answer.trim() === "" ? "github" : answer.trim();
  } finally {
    terminal.close();
  }
}

function ignore(say: (line: string) => void): void {
  const file = ".gitignore";
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const has = new Set(before.split(/\r?\n/).map((line) => line.trim()));
  const missing = ignored.filter((line) => !has.has(line) && !has.has(line.replace(/\/$/, "")));
  if (missing.length === 0) return;
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  writeFileSync(file, `${before}${gap}${missing.join("\n")}\n`);
  say(`  ${file}: ${missing.join(", ")}`);
}

/** Runs two histories in a separate process, as a person would, to show that everything works. */
function firstRun(): Promise<number> {
  const [, program = ""] = process.argv;
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [program, "run", "--histories", "2"], {
      stdio: "inherit",
    });
    child.once("error", reject);
    child.once("close", (status) => settle(status ?? exit.environment));
  });
}
