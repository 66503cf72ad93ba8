/**
 * Reads Jepsen's binary store files (`test.jepsen`), which have blocks, an index of the blocks, and values in Fressian.
 * Only the history is read. Jepsen's `jepsen.store.format` describes the format.
 */
import { crc32 } from "node:zlib";
import { damaged, FressianReader } from "./fressian.ts";
import { type HistoryParser, MapsParser, type ParsedHistory } from "./history-parsers.ts";

/** The first bytes of a store file. */
export const storeMagic = "JEPSEN";

const versionBytes = 4;
/** The newest known version of the format. Version 1 added streams, and vectors that span several blocks. */
const newestVersion = 1;
/** The size of a block's header: its length, its checksum, and its type, for which 16 bytes are reserved. */
const headerBytes = 8 + 4 + 16;
const checksumAt = 8;
const typeAt = 12;
const Block = { index: 1, fressian: 2, partialMap: 3, stream: 4, bigVector: 5 } as const;
/** The tag of a reference to a block. */
const referenceTag = "block-ref";
/** The largest depth of references between blocks. A file may be wrong and have a cycle of them. */
const deepest = 100;

/**
 * Collects a whole store file, since the index of its blocks is at the end. Then parses the history as EDN, one
 * operation per line.
 */
export class JepsenStoreParser implements HistoryParser {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
  }

  get memoryBytes(): number {
    return this.#size;
  }

  finish(): ParsedHistory {
    const store = new JepsenStore(Buffer.concat(this.#pieces, this.#size));
    const parser = new MapsParser("jepsen-store");
    for (const operation of store.history())
      // Removes line breaks inside of a value, so that each operation stays on one line.
      parser.push(Buffer.from(`${operation.replaceAll("\n", " ")}\n`));
    return parser.finish();
  }
}

class JepsenStore {
  readonly #bytes: Buffer;
  readonly #blocks = new Map<number, number>();
  readonly #root: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const version = this.#version();
    if (version < 0 || version > newestVersion)
      throw damaged(
        `version ${version} of the format; only versions 0 to ${newestVersion} are known`,
      );
    const { type, data } = this.#blockAt(this.#offset(storeMagic.length + versionBytes));
    if (type !== Block.index)
      throw damaged("a file without an index of blocks at the expected place");
    this.#root = data.length < 4 ? 0 : data.readInt32BE(0);
    for (let at = 4; at + 12 <= data.length; at += 12)
      this.#blocks.set(data.readInt32BE(at), Number(data.readBigInt64BE(at + 4)));
  }

  /** The operations of the history in order, each as EDN. */
  history(): readonly string[] {
    if (this.#root === 0)
      throw damaged("a file without a test: the run may have ended before it was saved");
    const entry = this.#testMap(this.#root, 0);
    const reference = /^#block-ref (\d+)$/.exec(entry ?? "")?.[1];
    if (reference !== undefined) return this.#elements(Number(reference), 0);
    if (entry === undefined) throw damaged("a test without a history");
    return [entry];
  }

  /** The value of :history in the map of the test, or undefined if there is none. The map may span several blocks. */
  #testMap(id: number, depth: number): string | undefined {
    if (depth > deepest) throw damaged("blocks that refer to each other in a circle");
    const { type, data } = this.#block(id);
    if (type !== Block.fressian && type !== Block.partialMap)
      throw damaged(`a block of type ${type} where the test should be`);
    const rest = type === Block.partialMap ? data.readInt32BE(0) : 0;
    const map = type === Block.partialMap ? data.subarray(4) : data;
    const found = new FressianReader(map, isReference).readEntry(":history");
    return found ?? (rest === 0 ? undefined : this.#testMap(rest, depth + 1));
  }

  /** The elements of a vector that one or several blocks hold, each as EDN. */
  #elements(id: number, depth: number): string[] {
    if (depth > deepest) throw damaged("blocks that refer to each other in a circle");
    const { type, data } = this.#block(id);
    switch (type) {
      case Block.fressian:
        return new FressianReader(data, isReference).readList();
      case Block.stream: {
        const reader = new FressianReader(data, isReference);
        const values: string[] = [];
        while (!reader.isAtEnd) values.push(reader.read());
        return values;
      }
      case Block.bigVector: {
        const all: string[] = [];
        for (let at = 8; at + 12 <= data.length; at += 12)
          for (const one of this.#elements(data.readInt32BE(at + 8), depth + 1)) all.push(one);
        return all;
      }
      default:
        throw damaged(`a block of type ${type} where the history should be`);
    }
  }

  #block(id: number): { readonly type: number; readonly data: Buffer } {
    const offset = this.#blocks.get(id);
    if (offset === undefined)
      throw damaged(`a reference to block ${id}, which is not in the index`);
    return this.#blockAt(offset);
  }

  #blockAt(offset: number): { readonly type: number; readonly data: Buffer } {
    const length = this.#offset(offset);
    if (length < headerBytes || offset + length > this.#bytes.length)
      throw damaged(
        `a block of ${length} bytes at byte ${offset} in a file of ${this.#bytes.length} bytes`,
      );
    const header = this.#bytes.subarray(offset, offset + headerBytes);
    const data = this.#bytes.subarray(offset + headerBytes, offset + length);
    const sum = checksumOf(header, data);
    if (sum !== header.readUInt32BE(checksumAt))
      throw damaged(
        `a block at byte ${offset} with the checksum ${hex(sum)}, although its header says ${hex(header.readUInt32BE(checksumAt))}`,
      );
    return { type: header.readInt16BE(typeAt), data };
  }

  #version(): number {
    const at = storeMagic.length;
    if (at + versionBytes > this.#bytes.length)
      throw damaged(`a file that ends after ${this.#bytes.length} bytes, where more should follow`);
    return this.#bytes.readInt32BE(at);
  }

  #offset(at: number): number {
    if (at < 0 || at + 8 > this.#bytes.length)
      throw damaged(`a file that ends after ${this.#bytes.length} bytes, where more should follow`);
    return Number(this.#bytes.readBigInt64BE(at));
  }
}

/** The checksum of the data, followed by the header with a checksum of zero. */
function checksumOf(header: Buffer, data: Buffer): number {
  const blank = Buffer.from(header);
  blank.writeUInt32BE(0, checksumAt);
  return crc32(blank, crc32(data));
}

const hex = (number: number): string => number.toString(16).padStart(8, "0");

const isReference = (tag: string): boolean => tag === referenceTag;
