/** npm packages that only one target needs: optional peer dependencies, loaded when that target runs. */
import { EnvironmentError } from "../../errors.ts";

/**
 * Loads a package that may be missing.
 *
 * @param load Imports the package. It is a function, so that nothing is loaded before it is needed.
 * @throws EnvironmentError with the code `package-missing`, which says what to install.
 */
export const loadOptional = async <T>(name: string, load: () => Promise<T>): Promise<T> => {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new EnvironmentError({
      code: "package-missing",
      expected: `the npm package ${name}, which this target's client is made of`,
      got: "no such package beside quorate",
      hint: `Install the package: npm install ${name}`,
    });
  }
};
