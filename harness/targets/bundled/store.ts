/** What of the store itself the library and the command line offer beside the target. */
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
