/**
 * The number of random cases of a test: `full`, multiplied by QUORATE_TEST_SHARE if it is set. Mutation testing and
 * `npm run test:fast` set a smaller share. A larger one finds more.
 */
export const sampleSize = (full: number): number => Math.ceil(full * share);

const share = Number(process.env["QUORATE_TEST_SHARE"] ?? 1);

/** The number of random cases of a test with cheap cases. It is at least 200, so that the test proves something. */
export const cheapSampleSize = (full: number): number => Math.max(200, sampleSize(full));

/**
 * The seed for fast-check. It is fixed, so that a test gives the same result each time, unless QUORATE_TEST_SEED sets
 * another.
 */
export const sampleSeed = Number(process.env["QUORATE_TEST_SEED"] ?? 1);
