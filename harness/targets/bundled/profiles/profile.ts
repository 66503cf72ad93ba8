import type { StoreSettings } from "../../../../store/settings.ts";

/**
 * A known system's documented defaults as settings of this store. Nothing but settings: what is promised is derived
 * from them.
 */
export interface Profile {
  readonly settings: StoreSettings;
  /** Where the documented system differs from what runs here, a sentence each. */
  readonly deviations: readonly string[];
}
