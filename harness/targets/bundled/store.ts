/** Parts of the store that the library and the command line offer. */
export {
  applySetting,
  defaultSettings,
  healthyParts,
  parseSettings,
  plantedPartCalled,
  type Parts,
  type SettingsInput,
  type StoreSettings,
} from "../../../store/index.ts";
