/** Tests that the quoted end of a log has the line that says what went wrong, however long the stack trace is. */
import { describe, expect, it } from "vitest";
import { saidLast } from "../../../harness/platforms/last-words.ts";

const frames = (line: string): string => Array<string>(40).fill(line).join("\n");

describe("the last words of a node", () => {
  it.each([
    [
      "Node",
      `/tmp/n.js:3\n  foo(\n     ^\n\nSyntaxError: missing ) after list\n${frames("    at Module._compile (node:internal/modules/cjs/loader:1529:14)")}\n\nNode.js v20.20.0\n`,
      "foo( | SyntaxError: missing ) after list | Node.js v20.20.0",
    ],
    [
      "Python",
      `Traceback (most recent call last):\n${frames('  File "/tmp/n.py", line 1, in f\n    f()')}\n  File "/tmp/n.py", line 3\n    x = = 1\n        ^\nSyntaxError: invalid syntax\n`,
      'File "/tmp/n.py", line 3 | x = = 1 | SyntaxError: invalid syntax',
    ],
    [
      "Go",
      `n0 starts\npanic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.(*node).read(...)\n\t/tmp/n.go:7\n${frames("main.main()\n\t/tmp/n.go:12 +0x1d")}\nexit status 2\n`,
      "n0 starts | panic: runtime error: index out of range [5] with length 3 | exit status 2",
    ],
    [
      "Ruby",
      `n.rb:1:in 'f': no luck (RuntimeError)\n${frames("\tfrom n.rb:3:in '<main>'")}\n`,
      "n.rb:1:in 'f': no luck (RuntimeError)",
    ],
    [
      "Rust, and more lines after it",
      `thread 'main' panicked at src/main.rs:2:5:\nno luck\nnote: run with RUST_BACKTRACE=1\nbye\nbye, bye\n`,
      "thread 'main' panicked at src/main.rs:2:5: | note: run with RUST_BACKTRACE=1 | bye | bye, bye",
    ],
    ["nobody", "\n  ~~~\n", "nothing"],
  ])("of %s name the error", (_, log, words) => {
    expect(saidLast(log)).toBe(words);
  });
});
