import type { StoreSettings } from "../../../../store/settings.ts";

/**
 * Named settings of this store, mostly the documented defaults of a known system. The promises follow from the
 * settings.
 */
export interface Profile {
  readonly settings: StoreSettings;
  /** A sentence for each difference between the documented system and this store. */
  readonly deviations: readonly string[];
}
