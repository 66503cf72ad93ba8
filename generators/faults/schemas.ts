/** Parts of JSON Schemas of plans and faults. */

export function closed(
  properties: Readonly<Record<string, object>>,
  required = Object.keys(properties),
): object {
  return { type: "object", properties, required, additionalProperties: false };
}

export const index = { type: "integer", minimum: 0, maximum: 999 };
export const nodeIndices = { type: "array", items: index, minItems: 1, uniqueItems: true };
/** The schema of a time in ms. It is at most a day, so that it fits a timer. */
export const dayMs = { type: "integer", minimum: 0, maximum: 86_400_000 };
