/** Who wrote what, for one key. A write is known by its value, a deletion by its version. */
import type { Operation } from "./operations.ts";
import { HistoryError } from "./history-error.ts";
import type { VersionedValue, VersionName } from "./history.ts";

export class Writers {
  readonly #byValue = new Map<string, Operation>();
  readonly #byVersion = new Map<VersionName, Operation>();
  readonly #versions = new Map<number, VersionName>();
  /** Deletes that may have happened and whose version is not known: a tombstone of unknown origin may be any of them. */
  readonly anonymousDeletes: readonly Operation[];

  /**
   * `operations` are those of one key. `traced` names the version that an operation made, from evidence, where the client did not
   * hear of it.
   */
  constructor(operations: readonly Operation[], traced: (operation: Operation) => VersionName | undefined) {
    const anonymous: Operation[] = [];
    for (const operation of operations) {
      if (operation.f === "read") continue;
      if (typeof operation.value === "string") {
        if (this.#byValue.has(operation.value)) {
          throw new HistoryError("bad-structure", `values of ${operation.key} that are written once`, `${operation.value} twice`);
        }
        this.#byValue.set(operation.value, operation);
      }
      const version = operation.versions[0]?.version ?? traced(operation);
      if (version !== undefined) this.#learn(operation, version);
      else if (operation.f === "delete" && operation.outcome !== "fail") anonymous.push(operation);
    }
    // What reads show of writes that were never acknowledged.
    for (const read of operations) {
      if (read.f !== "read") continue;
      for (const { version, value } of read.versions) {
        const writer = value === null ? undefined : this.#byValue.get(value);
        if (writer !== undefined && !this.#versions.has(writer.op)) this.#learn(writer, version);
      }
    }
    this.anonymousDeletes = anonymous;
  }

  /** The operation that wrote it; undefined for a value that nobody wrote and for a tombstone of unknown origin. */
  of({ version, value }: VersionedValue): Operation | undefined {
    return value === null ? this.#byVersion.get(version) : this.#byValue.get(value);
  }

  /** The operation that a version was given to, whatever value it is shown with. */
  byVersion(version: VersionName): Operation | undefined {
    return this.#byVersion.get(version);
  }

  /** The version that a write was given. A value shown under another version than its own keeps its own: a restamped value is not newer. */
  versionOf(writer: Operation): VersionName | undefined {
    return this.#versions.get(writer.op);
  }

  /** The version by which what was returned takes part in the order of versions. */
  rank(versioned: VersionedValue): VersionName {
    const writer = this.of(versioned);
    return (writer === undefined ? undefined : this.versionOf(writer)) ?? versioned.version;
  }

  #learn(operation: Operation, version: VersionName): void {
    this.#versions.set(operation.op, version);
    if (!this.#byVersion.has(version)) this.#byVersion.set(version, operation);
  }
}
