/** Reads the requests and responses of etcd's robustness tests (tests/robustness/model/types.go of etcd). */
import { absent, Kind, type ValueTable } from "./value-table.ts";
import type { Interpreted } from "./porcupine-operations.ts";

/**
 * The function name of etcd's operations in a history. The value asked for is the request, and the answer is the
 * response.
 */
export const etcdFunction = ":etcd";

/** The operation of an etcd request and its response. Undefined: the request neither reads nor changes keys. */
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

/** The value of the object's field `name`, or `absent` if there is no such field. */
export function fieldOf(values: ValueTable, object: number, name: string): number {
  if (object === absent || values.kindOf(object) !== Kind.map) return absent;
  const children = values.childrenOf(object);
  for (let i = 0; i < children.length; i += 2)
    if (values.nameOf(children[i] as number) === name) return children[i + 1] as number;
  return absent;
}

/** The object's field `name` as text, if it is a scalar. Otherwise undefined. */
export function nameIn(values: ValueTable, object: number, name: string): string | undefined {
  const value = fieldOf(values, object, name);
  return value === absent || values.sizeOf(value) > 0 || values.kindOf(value) >= Kind.list
    ? undefined
    : values.nameOf(value);
}
