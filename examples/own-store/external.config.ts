// Tests an own-store that you started by hand (./start.sh). Adds a kind of fault that kills a node and starts it again.
import { defineConfig } from "quorate";
import own from "./quorate.config.ts";

export default defineConfig({
  ...own,
  addresses: ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003"],
  faults: ["crash"],
  faultKinds: [
    {
      kind: "crash",
      meaning: "Kills a node's process, and starts it again later.",
      begin: 'kill -KILL "$(cat data/$QUORATE_NODE/pid)"',
      end: "./start.sh $QUORATE_NODE",
      effects: ["node-down"],
    },
  ],
});
