/** The platform's name on the command line and in histories. */
export const platformName = "process";
