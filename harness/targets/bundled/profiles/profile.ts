import type { StoreSettings } from "../../../../store/settings.ts";

/** A known system's documented defaults as settings of this store. Promises are derived from the settings. */
export interface Profile {
  readonly settings: StoreSettings;
  /** A sentence for each difference between the documented system and this store. */
  readonly deviations: readonly string[];
}
