/** Names of guarantees that changed. Command lines and files may still have the former ones. */
const renamed: ReadonlyMap<string, string> = new Map([
  ["no-phantom", "no-thin-air"],
  ["no-failed-effect", "no-aborted-read"],
]);

/** Every former name. */
export const formerGuaranteeNames: readonly string[] = [...renamed.keys()];

/** The name by which a guarantee is known now; a name that never changed, or that nobody knows, as it is. */
export const currentGuaranteeName = (name: string): string => renamed.get(name) ?? name;
