/** Finds the writer of each value and version of one key. A write is known by its value, a deletion by its version. */
import type { Authors } from "../columnar/authors.ts";
import type { OperationTable } from "../columnar/operation-table.ts";
import type { OperationViews } from "../columnar/operation-view.ts";
import type { Operation } from "../columnar/operation.ts";
import { HistoryError } from "../language/history-error.ts";
import type { VersionedValue, VersionName } from "../language/history.ts";

/** Finds a write of one key by its value or its version. */
export class Writers {
  /**
   * Deletes with an unknown version that may have happened. A tombstone of unknown origin may belong to any of them.
   */
  readonly anonymousDeletes: readonly Operation[];

  readonly #key: number;
  readonly #table: OperationTable;
  readonly #authors: Authors;
  readonly #views: OperationViews;

  /**
   * @throws HistoryError if two writes of the key have the same value.
   * @internal
   */
  constructor(key: number, table: OperationTable, authors: Authors, views: OperationViews) {
    const twice = authors.writtenTwice.get(key);
    if (twice !== undefined) {
      throw new HistoryError(
        "bad-structure",
        `each value of ${table.keys.textOf(key)} to be written only once`,
        `${table.values.textOf(twice)} twice`,
      );
    }
    this.#key = key;
    this.#table = table;
    this.#authors = authors;
    this.#views = views;
    this.anonymousDeletes = (authors.anonymousDeletes.get(key) ?? []).map((row) => views.at(row));
  }

  /**
   * The operation that wrote the version. Undefined: nobody wrote the value, or the origin of the tombstone is unknown.
   */
  of({ version, value }: VersionedValue): Operation | undefined {
    return value === null
      ? this.byVersion(version)
      : this.#at(this.#authors.ofValue(this.#table.values.find(value, this.#key)));
  }

  /** The operation that was given this version, whatever value a read shows with the version. */
  byVersion(version: VersionName): Operation | undefined {
    return this.#at(this.#authors.ofVersion(this.#table.versions.find(version, this.#key)));
  }

  /**
   * The version that the write was given. If a read shows the write's value with another version, this stays the
   * version of the write: a restamped value is not newer. Undefined: unknown.
   */
  versionOf(writer: Operation): VersionName | undefined {
    const version = this.#authors.versionOf(this.#table.rowOf(writer.op));
    return version < 0 ? undefined : this.#table.versions.textOf(version);
  }

  /**
   * The version by which a returned value is ranked: the one that its write was given. If that is unknown: the returned
   * version.
   */
  rank(versioned: VersionedValue): VersionName {
    const writer = this.of(versioned);
    return (writer === undefined ? undefined : this.versionOf(writer)) ?? versioned.version;
  }

  #at(row: number): Operation | undefined {
    return row < 0 ? undefined : this.#views.at(row);
  }
}
