/** The verdict of a campaign that the error of a node ended. */
import type { Campaign } from "../../reports/index.ts";

/** The verdict, or `invalid` if the error of a node ended the campaign. A broken promise remains the first reason. */
export const withNodeFault = (
  { verdict, reasons }: Pick<Campaign, "verdict" | "reasons">,
  nodeFault: string | undefined,
): Pick<Campaign, "verdict" | "reasons"> => ({
  verdict: nodeFault === undefined ? verdict : "invalid",
  reasons:
    nodeFault === undefined
      ? reasons
      : verdict === "invalid"
        ? [...reasons, nodeFault]
        : [nodeFault, ...reasons],
});
