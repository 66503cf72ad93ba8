/** Requests and responses of etcd's robustness tests (tests/robustness/model/types.go of etcd). */
import { absent, Kind, type ValueTable } from "./value-table.ts";
import type { Interpreted } from "./porcupine-operations.ts";

/** The function name of etcd operations in a history. The value is the request, the answer the response. */
export const etcdFunction = ":etcd";

/** An etcd request and its answer as an operation. Undefined: the request neither reads nor changes keys. */
export function etcdOperation(
  values: ValueTable,
  input: number,
  output: number,
): Interpreted | undefined {
  const type = nameIn(values, input, "Type");
  if (type === "leaseGrant" || type === "defragment" || type === "compact") return undefined;
  const failed =
    output === absent ||
    (nameIn(values, output, "Error") ?? "") !== "" ||
    nameIn(values, output, "Persisted") === "true";
  return {
    f: values.scalar(Kind.keyword, etcdFunction),
    key: absent,
    asked: input,
    answered: failed ? absent : output,
    outcome: failed ? "info" : (nameIn(values, output, "ClientError") ?? "") !== "" ? "fail" : "ok",
  };
}

/** A field of an object. `absent`: it has none. */
export function fieldOf(values: ValueTable, object: number, name: string): number {
  if (object === absent || values.kindOf(object) !== Kind.map) return absent;
  const children = values.childrenOf(object);
  for (let i = 0; i < children.length; i += 2)
    if (values.nameOf(children[i] as number) === name) return children[i + 1] as number;
  return absent;
}

/** The text of a scalar field. Undefined: there is none. */
export function nameIn(values: ValueTable, object: number, name: string): string | undefined {
  const value = fieldOf(values, object, name);
  return value === absent || values.sizeOf(value) > 0 || values.kindOf(value) >= Kind.list
    ? undefined
    : values.nameOf(value);
}
