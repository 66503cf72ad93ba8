/** Former names of guarantees, which command lines and files may still use. */
const renamed: ReadonlyMap<string, string> = new Map([
  ["no-phantom", "no-thin-air"],
  ["no-failed-effect", "no-aborted-read"],
]);

/** Every former name. */
export const formerGuaranteeNames: readonly string[] = [...renamed.keys()];

/** The current name of a guarantee. Other names are returned unchanged. */
export const currentGuaranteeName = (name: string): string => renamed.get(name) ?? name;
