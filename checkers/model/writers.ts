/** The writer of each value and version of one key. A write is known by its value, a deletion by its version. */
import type { Authors } from "../columnar/authors.ts";
import type { OperationTable } from "../columnar/operation-table.ts";
import type { OperationViews } from "../columnar/operation-view.ts";
import type { Operation } from "../columnar/operation.ts";
import { HistoryError } from "../language/history-error.ts";
import type { VersionedValue, VersionName } from "../language/history.ts";

/** The writes of one key by their values and versions. */
export class Writers {
  /**
   * Deletes that may have happened under an unknown version. A tombstone of unknown origin may belong to any of them.
   */
  readonly anonymousDeletes: readonly Operation[];

  readonly #key: number;
  readonly #table: OperationTable;
  readonly #authors: Authors;
  readonly #views: OperationViews;

  /**
   * @throws HistoryError if a value was written twice.
   * @internal
   */
  constructor(key: number, table: OperationTable, authors: Authors, views: OperationViews) {
    const twice = authors.writtenTwice.get(key);
    if (twice !== undefined) {
      throw new HistoryError(
        "bad-structure",
        `values of ${table.keys.textOf(key)} that are written once`,
        `${table.values.textOf(twice)} twice`,
      );
    }
    this.#key = key;
    this.#table = table;
    this.#authors = authors;
    this.#views = views;
    this.anonymousDeletes = (authors.anonymousDeletes.get(key) ?? []).map((row) => views.at(row));
  }

  /** The operation that wrote it. Undefined: a value that nobody wrote, or a tombstone of unknown origin. */
  of({ version, value }: VersionedValue): Operation | undefined {
    return value === null
      ? this.byVersion(version)
      : this.#at(this.#authors.ofValue(this.#table.values.find(value, this.#key)));
  }

  /** The operation that the version was given to, whatever value it is shown with. */
  byVersion(version: VersionName): Operation | undefined {
    return this.#at(this.#authors.ofVersion(this.#table.versions.find(version, this.#key)));
  }

  /**
   * The version that a write was given. A value shown under another version keeps this one: a restamped value is not
   * newer.
   */
  versionOf(writer: Operation): VersionName | undefined {
    const version = this.#authors.versionOf(this.#table.rowOf(writer.op));
    return version < 0 ? undefined : this.#table.versions.textOf(version);
  }

  /**
   * The version that ranks a returned value: the one that its write was given if that is known, otherwise the returned
   * one.
   */
  rank(versioned: VersionedValue): VersionName {
    const writer = this.of(versioned);
    return (writer === undefined ? undefined : this.versionOf(writer)) ?? versioned.version;
  }

  #at(row: number): Operation | undefined {
    return row < 0 ? undefined : this.#views.at(row);
  }
}
