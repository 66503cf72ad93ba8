import { hostSuite } from "../host-suite.ts";
import { createRealWorld } from "./world.ts";

hostSuite("real, on loopback", () => createRealWorld());
