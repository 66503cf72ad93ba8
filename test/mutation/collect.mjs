/**
 * Replaces Vitest's describe, test, it and afterEach while mutants are tested. Collects the tests instead of running
 * them. `expect` is Vitest's own.
 */

/** @typedef {{ id: string, file: string, run: () => Promise<void> }} CollectedTest */

/** @type {CollectedTest[]} */
export const collected = [];

let file = "";
/** @type {string[]} */
let suite = [];
/** @type {Map<string, (() => unknown)[]>} by file */
const afterEachOf = new Map();

/** Sets the file of the tests that follow. @param {string} name */
export function startFile(name) {
  file = name;
  suite = [];
}

const each =
  (register) =>
  (table) =>
  (name, ...rest) => {
    const [body] = rest;
    for (const row of table) register(name, () => (Array.isArray(row) ? body(...row) : body(row)));
  };

const withEach = (register) =>
  Object.assign(register, {
    each: each(register),
    skipIf: (skipped) => (skipped ? () => {} : register),
  });

export const describe = withEach((name, body) => {
  suite.push(name);
  body();
  suite.pop();
});

export const test = withEach((name, body) => {
  const own = file;
  const after = () => afterEachOf.get(own) ?? [];
  const run = async () => {
    try {
      await body();
    } finally {
      for (const hook of after()) await hook();
    }
  };
  collected.push({
    id: `${own} ${[...suite, name].join(" > ")} #${collected.length}`,
    file: own,
    run,
  });
});

export const it = test;

/**
 * Adds a hook that runs after each test of the file. Hooks of a single `describe` are not supported.
 *
 * @param {() => unknown} hook
 */
export function afterEach(hook) {
  afterEachOf.set(file, [...(afterEachOf.get(file) ?? []), hook]);
}
