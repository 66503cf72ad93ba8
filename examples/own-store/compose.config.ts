// Tests own-store in the containers of its Docker Compose file. Run it with: npx quorate run --target compose.config.ts
import { defineConfig } from "quorate";
import inContainers from "./quorate.config.ts";

const { target, ...rest } = inContainers;
if (typeof target !== "object" || !("promises" in target)) throw new Error("expected own-store");

export default defineConfig({
  ...rest,
  target: {
    ...target,
    containers: {
      compose: { file: "compose.yaml", services: ["alpha", "beta", "gamma"] },
      image: "host", // what is said here wins; without this line: the file's own image, node:24
    },
  },
});
