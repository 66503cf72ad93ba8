/** The current name of each guarantee that was renamed. Command lines and files may still use the former names. */
const renamed: ReadonlyMap<string, string> = new Map([
  ["no-phantom", "no-thin-air"],
  ["no-failed-effect", "no-aborted-read"],
]);

/** The former names of all guarantees that were renamed. */
export const formerGuaranteeNames: readonly string[] = [...renamed.keys()];

/** The current name of a guarantee. Other names are returned unchanged. */
export const currentGuaranteeName = (name: string): string => renamed.get(name) ?? name;
