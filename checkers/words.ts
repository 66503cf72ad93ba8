/** How operations, values and times are named in explanations. */
import type { Operation } from "./operations.ts";
import type { Value, VersionedValue, VersionName } from "./history.ts";

/** `12.4 ms`. */
export const milliseconds = (us: number): string => `${(us / 1000).toFixed(1)} ms`;

export const valueName = (value: Value): string => (value === null ? "a deletion" : value === "" ? "an empty value" : value);

/** `read 17 of k0 by c2`, `write 9 of k0 by c1`. */
export const named = (operation: Operation): string => `${operation.f} ${operation.op} of ${operation.key} by ${operation.client}`;

/** `write 9 (v5)`, `delete 4`. */
export const brief = (operation: Operation): string =>
  operation.f === "write" ? `write ${operation.op} (${operation.value ?? "?"})` : `${operation.f} ${operation.op}`;

/** `only 2`, and `none` of them. */
export const onlyOf = (count: number): string => (count === 0 ? "none" : `only ${count}`);

/** What a read returned, or a replica holds. */
export const returned = (versions: readonly VersionedValue[]): string =>
  versions.length === 0 ? "nothing" : versions.map(({ value }) => valueName(value)).join(", ");

/** Versions as a person knows them, by the operations that they were given to. */
export const versionsByWriter = (versions: readonly VersionName[], writers: { byVersion(version: VersionName): Operation | undefined }): string =>
  versions.length === 0
    ? "nothing"
    : versions
        .map((version) => {
          const writer = writers.byVersion(version);
          return writer === undefined ? `the version ${version}` : writer.f === "write" ? `${writer.value ?? "?"} (write ${writer.op})` : `a deletion (${writer.f} ${writer.op})`;
        })
        .join(", ");
