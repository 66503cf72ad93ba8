import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { checksum, summed } from "../../../store/real/checksum.ts";

it("sums up any part of any bytes as zlib does, short or long", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 1_500, size: "max" }),
      fc.nat(20),
      fc.nat(1_500),
      (bytes, from, length) => {
        const buffer = Buffer.concat([Buffer.from("in front"), bytes]).subarray(8);
        const to = Math.min(bytes.length, from + length);
        if (from <= to)
          expect(checksum(summed(buffer), from, to)).toBe(crc32(buffer.subarray(from, to)));
      },
    ),
  );
});
