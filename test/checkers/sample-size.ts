/**
 * The number of random cases of a test: `full`, or the share set by QUORATE_TEST_SHARE (less for mutation testing, more
 * for searching).
 */
export const sampleSize = (full: number): number => Math.ceil(full * share);

const share = Number(process.env["QUORATE_TEST_SHARE"] ?? 1);

/** The same for cheap cases, but never too few to prove anything. */
export const cheapSampleSize = (full: number): number => Math.max(200, sampleSize(full));

/** The seed of fast-check, so that a test gives the same each time. QUORATE_TEST_SEED sets another. */
export const sampleSeed = Number(process.env["QUORATE_TEST_SEED"] ?? 1);
