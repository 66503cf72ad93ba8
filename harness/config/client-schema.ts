/** What a client's program reads and writes, a line of JSON each. Published as schemas/client.schema.json. */

const id = { type: "integer", description: "Of the request; the answer has the same." };
const error = { type: "string", description: "What the store said: for logs and reports." };

export const requestSchema = {
  type: "object",
  description: "One request. The next one comes after its answer.",
  properties: {
    id,
    op: {
      type: "string",
      description: "read, write, delete, or another operation of the workload.",
    },
    key: { type: "string" },
    value: { type: "string", description: "What a write writes." },
    args: { type: "object", description: "What else the operation needs." },
    levels: { type: "object", description: "The consistency asked for, in the target's words." },
  },
  required: ["id", "op", "key"],
} as const;

export const answerSchema = {
  type: "object",
  discriminator: { propertyName: "type" },
  required: ["type"],
  oneOf: [
    {
      description: "It was done.",
      properties: {
        id,
        type: { const: "ok" },
        value: { type: ["string", "null"], description: "What a read found; null: nothing." },
        result: { description: "What an operation of another workload returned." },
      },
      required: ["id", "type"],
      additionalProperties: false,
    },
    {
      description: "It was certainly not done, and never will be.",
      properties: { id, type: { const: "fail" }, error },
      required: ["id", "type"],
      additionalProperties: false,
    },
    {
      description: "Nobody knows whether it was done, or still will be.",
      properties: { id, type: { const: "info" }, error },
      required: ["id", "type"],
      additionalProperties: false,
    },
  ],
} as const;

export const clientSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "The lines of a client's program",
  definitions: { request: requestSchema, answer: answerSchema },
  anyOf: [{ $ref: "#/definitions/request" }, { $ref: "#/definitions/answer" }],
};
