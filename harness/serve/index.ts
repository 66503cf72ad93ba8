export { serve, type Serving } from "./server.ts";
