/** How many random cases a test tries: `full`, or the share of it that QUORATE_TEST_SHARE asks for (less for mutation testing, more to search). */
export const sampleSize = (full: number): number => Math.ceil(full * share);

const share = Number(process.env["QUORATE_TEST_SHARE"] ?? 1);
