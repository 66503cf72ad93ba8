/** As it is called on the command line and in histories. */
export const platformName = "process";
