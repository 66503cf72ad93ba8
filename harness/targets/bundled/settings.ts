/** The bundled store's settings, as a target's settings. */
import type { StoreSettings } from "../../../store/index.ts";
import type { Settings } from "../target.ts";

/** What `parseSettings` made of a person's or a plan's settings is what the store takes. */
export const storeSettings = (settings: Settings): StoreSettings => settings;
