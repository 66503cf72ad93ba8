/**
 * All errors that clients can get, by a stable code. Each says whether it is definite (the request certainly had no
 * effect), and has a sentence for people.
 */
export const errors = {
  "bad-frame": {
    definite: true,
    sentence: "the frame is not a message of this protocol; nothing was done",
  },
  "bad-request": {
    definite: true,
    sentence: "the request asks for something impossible; nothing was done",
  },
  "not-enough-replicas": {
    definite: true,
    sentence: "fewer replicas are reachable than the quorum needs; nothing was done",
  },
  "primaries-unreachable": {
    definite: true,
    sentence:
      "fewer of the key's own replicas are reachable than PR or PW asks for; nothing was sent",
  },
  "not-ready": {
    definite: true,
    sentence: "the node is still starting or is not on the ring; nothing was done",
  },
  "disk-full": {
    definite: true,
    sentence: "the disks of all replicas of the key are full; no replica stored the write",
  },
  "disk-full-on-some": {
    definite: false,
    sentence:
      "the disks of too many replicas are full for the quorum; the write may or may not take effect",
  },
  timeout: {
    definite: false,
    sentence: "the quorum was not reached in time; the operation may or may not take effect",
  },
  "forward-lost": {
    definite: false,
    sentence:
      "the node to which the put was passed on did not answer in time; the put may or may not take effect",
  },
} as const satisfies Record<string, { definite: boolean; sentence: string }>;

export type ErrorCode = keyof typeof errors;
