export { ClientRouter } from "./router.ts";
export type { SetTimer } from "./router.ts";
export type { CallEnd, Connect, Connection, Received, Sent } from "./links.ts";
