import type { StoreSettings } from "../../../../store/settings.ts";

/** The documented defaults of a known system, as settings of this store. The promises follow from the settings. */
export interface Profile {
  readonly settings: StoreSettings;
  /** A sentence for each difference between the documented system and this store. */
  readonly deviations: readonly string[];
}
