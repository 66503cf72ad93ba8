/**
 * How many random cases a test tries: `full`, or the share of it that QUORATE_TEST_SHARE asks for (less for mutation
 * testing, more to search).
 */
export const sampleSize = (full: number): number => Math.ceil(full * share);

const share = Number(process.env["QUORATE_TEST_SHARE"] ?? 1);

/** The same for cases that cost little: never so few that they prove nothing. */
export const cheapSampleSize = (full: number): number => Math.max(200, sampleSize(full));

/** Where fast-check begins to draw, so that a test says the same each time; QUORATE_TEST_SEED draws others. */
export const sampleSeed = Number(process.env["QUORATE_TEST_SEED"] ?? 1);
