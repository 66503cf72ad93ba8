// Tests an own-store that was started by hand (./start.sh), with a fault of its own: a node that is stopped and goes on.
import { defineConfig } from "quorate";
import own from "./quorate.config.ts";

export default defineConfig({
  ...own,
  addresses: ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003"],
  faults: ["freeze"],
  faultKinds: [
    {
      kind: "freeze",
      meaning: "Stops a node's process, and lets it go on later.",
      begin: 'kill -STOP "$(cat data/$QUORATE_NODE/pid)"',
      end: 'kill -CONT "$(cat data/$QUORATE_NODE/pid)"',
      effects: ["node-down"],
    },
  ],
});
